"""`[ chain ] * N` with a letter: the first copies are derived, then one that stands for all that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from typing import ClassVar, Protocol

from symparams import limits
from symparams.algebra.equality import same
from symparams.algebra.evaluation import number
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Symbol, Value, as_formula
from symparams.algebra.growth import at, law, plus_number
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import replaced
from symparams.algebra.sums import Repeat, mentions
from symparams.errors import LayerError, LimitError, Span, SymparamsError
from symparams.model.builder import Builder
from symparams.model.layer import Axis, Incoming, Layer, Rules, Shape, layer_class, nothing_to_learn
from symparams.sources.placements import Bracket

_TRIED = 4  # copies that a law for the sizes must fit before it is proved
_LETTERS = ("i", "j", "t", "u", "v")  # for the number of the copy, where the user gives none


@layer_class
class Copies(Layer):
    """The beginning or the end of copies whose sizes change: hands on what arrives there, no parameters."""

    sizes: tuple[Formula, ...] = field()  # what arrives at the copy, with the letter that counts copies
    text: str = field()  # why

    names: ClassVar[tuple[str, ...]] = ()
    title: ClassVar[str] = "Repetition"
    kind: ClassVar[str] = "copies"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        return nothing_to_learn(
            tuple(map(Axis, x.axis_names(), self.sizes)),
            "it only says how sizes change from copy to copy",
            self.text,
        )


class Places(Protocol):
    """What a repetition needs of the walk that it belongs to."""

    builder: Builder
    counting: set[str]  # letters that count copies
    around: list[str]  # those of the brackets around this place
    tried: int  # layers of copies in copies that were tried

    def error(self, matter: str, at: Span, kind: type[SymparamsError] = SymparamsError) -> SymparamsError: ...
    def copy(self, bracket: Bracket, flow: int, copy: Formula) -> int: ...
    def back_to(self, bracket: Bracket, mark: tuple[int, dict[str, int]]) -> None: ...
    def free_letter(self, wanted: Sequence[str]) -> str: ...
    def axis_name(self, axis: int) -> str: ...


class Repetition:
    """One bracket with a symbolic number of copies, as it is placed."""

    def __init__(self, places: Places, bracket: Bracket, first: Formula, last: Formula) -> None:
        self.places = places
        self.builder = places.builder
        self.bracket = bracket
        self.first = first
        self.last = last
        self.facts = places.builder.facts
        name = bracket.variable or places.free_letter(_LETTERS)
        if name in places.around:
            message = f"{name} counts the copies of a bracket around this one; take another letter"
            raise places.error(message, bracket.at)
        self.runs = bracket.variable is not None
        self.index = Symbol(name)
        places.counting.add(name)

    def built(self, flow: int) -> int:
        """Add the layers that stand for all copies and return the end of the last."""
        self.places.around.append(self.index.name)
        try:
            return self._built(flow)
        finally:
            self.places.around.pop()

    def _built(self, flow: int) -> int:
        start = len(self.builder.nodes)
        mark = self.builder.mark()
        end = self._copy(flow, self.first)
        if end == flow:
            return flow
        if not self.runs and self._alike(end, flow):
            self.builder.repeat(start, self._repeat(self.first))
            return end
        if not self.runs:
            second = len(self.builder.nodes)
            after = self._following(end, plus_number(self.first, 1))
            if self._alike(after, end):
                self.builder.repeat(second, self._repeat(plus_number(self.first, 1)))
                return after
        self._back_to(mark)
        return self._changing(flow)

    def _copy(self, flow: int, copy: Formula) -> int:
        """One copy behind `flow`."""
        return self.places.copy(self.bracket, flow, copy)

    def _following(self, flow: int, copy: Formula) -> int:
        try:
            return self._copy(flow, copy)
        except LayerError as error:
            error.behind("the next copy")
            raise

    def _alike(self, one: int, other: int) -> bool:
        left, right = self.builder.nodes[one].shape, self.builder.nodes[other].shape
        return len(left) == len(right) and all(same(a, b, self.facts) for a, b in zip(left, right, strict=True))

    def _repeat(self, first: Formula) -> Repeat:
        count = simplified(self.last - first + 1, self.facts)
        return Repeat(self.index.name, first, self.last, count, self.runs)

    def _back_to(self, mark: tuple[int, dict[str, int]]) -> None:
        """Take away the copies that were tried; brackets in brackets try copies of copies."""
        if len(self.places.around) > 1:
            self.places.tried += len(self.builder.nodes) - mark[0]
        if self.places.tried > limits.TRIED_LAYERS:
            raise self.places.error(
                f"copies in copies whose sizes change have more than {limits.TRIED_LAYERS:,} layers to be tried, which "
                "is the limit; give a number of copies as a number",
                self.bracket.at,
                LimitError,
            )
        self.places.back_to(self.bracket, mark)

    # ------------------------------------------------------------ sizes that change

    def _changing(self, flow: int) -> int:
        sizes, skipped = self._laws(flow)
        first = plus_number(self.first, skipped)
        if skipped:
            flow = self._copy(flow, self.first)
        start = len(self.builder.nodes)
        steady = not any(mentions(size, self.index.name) for size in sizes)
        repeat = replace(self._repeat(first), runs=True)
        self.builder.facts = self._facts(first)
        try:
            arriving = flow if steady else self._marker(flow, sizes, self._words())
            end = self._following(arriving, self.index)
            self._prove(sizes, self.builder.nodes[end].shape)
            self.builder.repeat(start, repeat)
        finally:
            self.builder.facts = self.facts
        if not any(mentions(size, self.index.name) for size in self.builder.nodes[end].shape):
            return end
        beyond = Symbol(self.index.name, as_formula(simplified(self.last + 1, self.facts)), "the copy after the last")
        final = [replaced(size, self.index.name, beyond) for size in sizes]
        return self._marker(end, final, "these are the sizes that one more copy would receive")

    def _laws(self, flow: int) -> tuple[list[Formula], int]:
        """The sizes that arrive at a copy, and how many copies stand before these hold."""
        shapes, step = self._tried(flow)
        laws: list[tuple[Formula, bool]] = []
        for axis, values in enumerate(zip(*shapes, strict=True)):
            one = law(values, step[axis] if step else None, self.index, self.first, self.facts)
            if one is None:
                raise self._lost(axis, values)
            laws.append(one)
        return [size for size, _ in laws], 0 if all(from_first for _, from_first in laws) else 1

    def _tried(self, flow: int) -> tuple[list[Shape], Shape | None]:
        """What arrives at the first copies, and what a copy makes, written with the letter for its number."""
        nodes, mark = self.builder.nodes, self.builder.mark()
        shapes = [nodes[flow].shape]
        end = flow
        for i in range(_TRIED):
            copy = plus_number(self.first, i)
            try:
                end = self._copy(end, copy) if i == 0 else self._following(end, copy)
            except LayerError:
                if len(shapes) < 3:
                    raise
                break  # the sizes of later copies are too small for known numbers
            shapes.append(nodes[end].shape)
        if any(len(shape) != len(shapes[0]) for shape in shapes):
            raise self.places.error("each copy changes the number of axes, so it cannot be repeated", self.bracket.at)
        step = None
        if self.runs:
            self._back_to(mark)
            self.builder.facts = self._facts(self.first)
            try:
                before = flow if len(shapes[0]) == len(shapes[1]) else end
                step = nodes[self._copy(before, self.index)].shape
            except LayerError:
                step = None
            finally:
                self.builder.facts = self.facts
        self._back_to(mark)
        return shapes, step

    def _facts(self, first: Formula) -> Facts:
        """What is known inside a copy: its number lies between the first and the last."""
        least = number(first)
        lower = self.facts.lower | {self.index.name: least if isinstance(least, int) else 1}
        between = (*self.facts.at_least_zero, self.last - self.index)
        return replace(self.facts, lower=lower, at_least_zero=between)

    def _prove(self, sizes: Sequence[Formula], made: Shape) -> None:
        """A copy must make of what arrives what the next one is said to get: then the law holds for every copy."""
        for axis, (size, value) in enumerate(zip(sizes, made, strict=True)):
            if not same(at(size, self.index, self.index + 1, self.builder.facts), value, self.builder.facts):
                raise self._lost(axis, [size, value])

    def _lost(self, axis: int, values: Sequence[Value]) -> Exception:
        texts = ", ".join(shown(value, PLAIN) for value in values[:3])
        what = self.places.axis_name(axis)
        return self.places.error(
            f"how the {what} changes from copy to copy ({texts} …) has no formula that could be proved; "
            "give the number of copies as a number",
            self.bracket.count_at,
        )

    def _marker(self, flow: int, sizes: Sequence[Formula], text: str) -> int:
        return self.builder.add(Copies(tuple(sizes), text), [flow])

    def _words(self) -> str:
        i = self.index.name
        return (
            f"the sizes hold for the first copy, and if copy `{i}` receives them, its output has the sizes for copy "
            f"`{i} + 1`; so, by induction, they hold for every copy"
        )
