"""Which plans each line of a blueprint may have, and what is said of a line that cannot be met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from symparams.errors import SymparamsError, listed
from symparams.exams.blueprint import BlueprintLine
from symparams.exams.course import Course
from symparams.exams.missing import none_at_all
from symparams.exams.plan import Plan
from symparams.exams.selection import kind_named, levels_in, nodes_named

_LISTED = 8  # so many names stand in a message


def check_kinds(lines: Sequence[BlueprintLine]) -> None:
    """Raise SymparamsError for the first line that names a kind of question that there is not."""
    for line in lines:
        try:
            if line.kind:
                kind_named(line.kind)
        except SymparamsError as error:
            raise SymparamsError(error.matter, line.place) from None


class Wishes:
    """The lines of a blueprint beside the plans that there are."""

    def __init__(
        self,
        lines: Sequence[BlueprintLine],
        courses: Sequence[Course],
        plans: Sequence[Plan],
        kinds: Sequence[str],
        levels: tuple[int, int],
    ) -> None:
        self._lines = lines
        self._courses = courses
        self._plans = plans
        self._levels = levels
        self._usual = frozenset((kind.name, t) for kind, types in map(kind_named, kinds) for t in types)
        self._found: dict[object, list[int]] = {}  # by what is wanted

    @cached_property
    def of_lines(self) -> list[list[int]]:
        """For each line the places of the plans that it may have; an error for one that may have none."""
        found = [self._of(line) for line in self._lines]
        for line, wish in zip(self._lines, found, strict=True):
            if not wish:
                raise SymparamsError(f"there is no question {self._told(line)}{self._instead(line)}", line.place)
        return found

    def _of(self, line: BlueprintLine) -> list[int]:
        if line.wish not in self._found:
            try:
                kinds, layers = self._kinds(line), self._layers(line)
            except SymparamsError as error:
                raise SymparamsError(error.matter, line.place) from None
            low, high = line.levels or self._levels
            self._found[line.wish] = [
                i
                for i, plan in enumerate(self._plans)
                if (plan.kind, plan.answer_type) in kinds
                and (layers is None or (plan.node is not None and (plan.course, plan.node.name) in layers))
                and low <= plan.difficulty <= high
            ]
        return self._found[line.wish]

    def _kinds(self, line: BlueprintLine) -> frozenset[tuple[str, str]]:
        if not line.kind:
            return self._usual
        kind, types = kind_named(line.kind)
        return frozenset((kind.name, t) for t in types)

    def _layers(self, line: BlueprintLine) -> frozenset[tuple[Course, str]] | None:
        return nodes_named(self._courses, [line.layer]) if line.layer else None

    # ------------------------------------------------------------ what is said

    def unmet(self, at: int, variants: int, available: Callable[[int], int]) -> SymparamsError:
        """That a line cannot be met, since its plans have no such variants, or other lines have taken them."""
        line, wish = self._lines[at], self.of_lines[at]
        several = f" with {variants:,} variants" if variants > 1 else ""
        having = [i for i in wish if available(i) == variants]
        if not having:
            most = max(map(available, wish))
            instead = f"; the most is {most:,}" if most else "; no values were found with which it can be asked"
            return SymparamsError(f"there is no question {self._told(line)}{several}{instead}", line.place)
        rivals = [
            str(other.number)
            for other, theirs in zip(self._lines, self.of_lines, strict=True)
            if set(theirs) & set(having)
        ]
        named = f"{', '.join(rivals[:_LISTED])} …" if len(rivals) > _LISTED else listed(rivals)
        matter = f"there are not enough different questions {self._told(line)}{several} for the lines {named}"
        return SymparamsError(f"{matter}; wider ranges of letters give more", line.place)

    def _told(self, line: BlueprintLine) -> str:
        """What a line wants: of the kind field, of level 5, about conv_1."""
        low, high = line.levels or (1, 5)
        wants = [f"of the kind {line.kind}"] if line.kind else []
        if (low, high) != (1, 5):
            wants.append(f"of level {low}" if low == high else f"of levels {low} to {high}")
        wants += [f"about {line.layer}"] if line.layer else []
        return ", ".join(wants) or "of any kind"

    def _instead(self, line: BlueprintLine) -> str:
        """What is available where one of the wishes is dropped: the level, or the layer, or the kind; or why not."""
        if self._levels_dropped(line):
            return f"; there are such questions of level {levels_in(self._levels_dropped(line))}"
        for kind, layer in ((line.kind, ""), ("", line.layer)):
            if kind or layer:
                there = self._of(BlueprintLine(line.number, line.place, None, kind, (1, 5), layer))
                if there:
                    return self._among(there)
        return f": {none_at_all(kind_named(line.kind)[0], self._courses)}" if line.kind else ""

    def _levels_dropped(self, line: BlueprintLine) -> list[Plan]:
        free = BlueprintLine(line.number, line.place, None, line.kind, (1, 5), line.layer)
        return [self._plans[i] for i in self._of(free)]

    def _among(self, places: Sequence[int]) -> str:
        """What there are questions of: kinds, and layers that they are about."""
        plans = [self._plans[i] for i in places]
        if not plans:
            return ""
        kinds = list(dict.fromkeys(plan.kind for plan in plans))
        names = list(dict.fromkeys("the whole network" if p.node is None else p.node.name for p in plans))
        return f"; there are questions of the kind{'s' * (len(kinds) > 1)} {_some(kinds)} about {_some(names)}"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_LISTED]) + " …" if len(names) > _LISTED else listed(names)
