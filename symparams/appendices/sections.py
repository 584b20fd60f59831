"""What an appendix says of one network: distinct counts, sizes that change, costs by stage, totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from symparams.algebra.formula import Value, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.shortest_form import shortest
from symparams.appendices.canonical import Features
from symparams.appendices.identity import Identity, params_found, size_found
from symparams.appendices.record import CountGroup, CountRow, Names, NetworkSection, Rule, SizeRow, Totals
from symparams.appendices.stages import stages_of
from symparams.documents.entries import LayerEntry
from symparams.documents.solution import Solution
from symparams.model.derived import added_over
from symparams.quantities.layer_derivations import AxisSize

_NAMED = 12  # layers, or stretches of them, that are named in a row
_SIZES = 16  # rows of sizes that change
_ALIKE = 4  # of one rule, before others are left out


class SectionMaker:
    """Makes the section of a network from its solution and the rules that are numbered."""

    def __init__(self, solution: Solution, rules: Mapping[Identity, Rule]) -> None:
        self.solution = solution
        self.rules = rules
        self._entries = [e for e in solution.every if not e.is_marker and not e.is_input]

    def section(self, slug: str, title: str, file: str) -> NetworkSection:
        """All that is said of the network."""
        solution = self.solution
        sizes, omitted = _fewer(list(self._sizes()))
        stages, by_kind = stages_of(solution)
        return NetworkSection(
            slug=slug,
            title=title,
            file=file,
            convention=solution.convention,
            input_shapes=tuple(e.shape for e in solution.every if e.is_input),
            letters=solution.letters,
            given=tuple(solution.given),
            counts=tuple(self._counts()),
            sizes=sizes,
            omitted_sizes=omitted,
            stages=stages,
            by_kind=by_kind,
            totals=self._totals(),
            bounds=tuple(solution.bounds),
            divisions=tuple(solution.divisions),
        )

    def _totals(self) -> Totals:
        s = self.solution
        macs, activations = (s.measurements.total(measure) for measure in s.measurements.chosen)
        counts = s.totals
        layers = _together(((1, entry) for entry in self._entries), s)
        return Totals(layers, s.total, counts.trainable, counts.non_trainable, macs, activations)

    def _counts(self) -> Iterator[CountGroup]:
        """The distinct counts, by rule."""
        groups: dict[tuple[Identity, Features], dict[tuple[str, object], list[LayerEntry]]] = {}
        for entry in self._entries:
            if entry.has_parameters and entry.shared is None:
                found = params_found(entry)
                key = (shown(entry.account.params.substitution, PLAIN), entry.repeats)
                groups.setdefault((found.identity, found.features), {}).setdefault(key, []).append(entry)
        for (identity, features), rows in sorted(groups.items(), key=lambda item: self.rules[item[0][0]].number):
            yield CountGroup(self.rules[identity], features, tuple(map(self._count_row, rows.values())))

    def _count_row(self, entries: Sequence[LayerEntry]) -> CountRow:
        first = entries[0]
        derivation = first.account.params
        together = _together(((derivation.value, entry) for entry in entries), self.solution)
        names, omitted = named(entry.name for entry in entries)
        whole = self.solution.total
        share = Fraction(together, whole) if isinstance(together, int) and isinstance(whole, int) and whole else None
        many = _together(((1, entry) for entry in entries), self.solution)
        return CountRow(names, omitted, many, derivation.substitution, derivation.value, together, share)

    def _sizes(self) -> Iterator[SizeRow]:
        """The sizes that change, each way in which one comes out once."""
        groups: dict[tuple[Identity, str, str], list[tuple[LayerEntry, AxisSize]]] = {}
        for entry in self._entries:
            for axis in entry.account.ruled_axes:
                if _changes(entry, axis) and (axis.like is None or _is_other(entry, axis)):
                    substitution = shown(axis.derivation.substitution, PLAIN)
                    key = (size_found(entry, axis).identity, substitution, shown(as_formula(axis.value), PLAIN))
                    groups.setdefault(key, []).append((entry, axis))
        for (identity, _, _), cases in groups.items():
            axis = cases[0][1]
            names, omitted = named(dict.fromkeys(entry.name for entry, _ in cases))
            own = tuple(dict.fromkeys(a.axis for entry, one in cases for a in (one, *_equal(entry, one))))
            alike = ((entry, a) for entry, one in cases for a in entry.alike(one) if a.axis not in own)
            like = dict.fromkeys(a.axis for entry, a in alike if not _is_other(entry, a))
            yield SizeRow(
                self.rules[identity], names, omitted, own, tuple(like), axis.derivation.substitution, axis.value
            )


def _equal(entry: LayerEntry, axis: AxisSize) -> list[AxisSize]:
    """The axes whose size is the same number, which comes out in the same way."""
    return [
        a
        for a in entry.account.ruled_axes
        if a.like == axis.axis and a.derivation.substitution == axis.derivation.substitution
    ]


def _is_other(entry: LayerEntry, axis: AxisSize) -> bool:
    """Whether an axis that comes out like one before it has a number of its own."""
    before = next(a for a in entry.account.ruled_axes if a.axis == axis.like)
    return isinstance(axis.value, int) and before.derivation.substitution != axis.derivation.substitution


def _together(having: Iterable[tuple[Value, LayerEntry]], solution: Solution) -> Value:
    facts = solution.network.facts
    return shortest(added_over(((value, entry.repeats) for value, entry in having), facts), facts)


def _changes(entry: LayerEntry, axis: AxisSize) -> bool:
    """Whether an axis of the output has another size than that of the first input."""
    if not entry.arriving:
        return False
    names = [one.name for one in entry.node.derived.rules.output]
    before = entry.arriving[0]
    if len(before) != len(names):
        return True
    return before[names.index(axis.axis)] != axis.value


def _fewer(rows: list[SizeRow]) -> tuple[tuple[SizeRow, ...], int]:
    """So many rows as a page has room for: of those by one rule the first ones and the last."""
    if len(rows) <= _SIZES:
        return tuple(rows), 0
    by_rule: dict[int, list[SizeRow]] = {}
    for row in rows:
        by_rule.setdefault(row.rule.number, []).append(row)
    kept = {id(row) for some in by_rule.values() for row in (*some[: _ALIKE - 1], some[-1])}
    fewer = [row for row in rows if id(row) in kept]
    return tuple(fewer), len(rows) - len(fewer)


_NUMBERED = re.compile(r"(.*[^\W\d_])_(\d+)")  # conv_3


def named(names: Iterable[str]) -> tuple[tuple[Names, ...], int]:
    """Names of layers, those that begin alike together; and how many further ones there are."""
    numbers: dict[str, list[int]] = {}
    for name in names:
        found = _NUMBERED.fullmatch(name)
        numbers.setdefault(found[1] if found else name, []).extend([int(found[2])] if found else [])
    made: list[Names] = []
    room, omitted = _NAMED, 0
    for word, several in numbers.items():
        runs = _runs(several)
        if room <= 0:
            omitted += len(several) or 1
            continue
        kept = runs[:room]
        omitted += sum(last - first + 1 for first, last in runs[room:])
        room -= len(kept) or 1
        made.append(Names(word, tuple(kept)))
    return tuple(made), omitted


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Stretches of numbers that follow one another."""
    runs: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
