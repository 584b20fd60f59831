"""Wrong totals with two mistakes: each made wherever it can be made, or both in one layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import prod
from typing import TypeAlias

from symparams.algebra.formula import Formula
from symparams.misconceptions.forms import Filled
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.totals import OF_WHOLE_LAYERS, WrongTerm, in_all_copies
from symparams.model.network import Node
from symparams.questions.signatures import Signature
from symparams.questions.wrong_totals import Way, WrongTotal, WrongTotals, minus

_DISTINCT = 48  # layers that are built differently, in which two mistakes at once are looked for


@dataclass(frozen=True, eq=False)
class _Both:
    """What two mistakes at once make of a term, and what that adds; equal layers share it."""

    made: tuple[Misconception, ...]
    wrong: Filled | Formula  # in one copy
    node: Node  # the layer
    adds: Signature

    @cached_property
    def rule(self) -> Formula:
        """In all copies; written out only where it explains an answer."""
        return in_all_copies(_rule(self.wrong), self.node)


_Names: TypeAlias = tuple[str, ...]  # of two misconceptions, in the order in which they are made
_Single: TypeAlias = "Mapping[int, Way]"  # by the index of a layer: the likeliest way of one misconception


class TwoMistakes:
    """The ways to a wrong total with two mistakes, worked out once."""

    def __init__(self, totals: WrongTotals) -> None:
        self.totals = totals

    def explaining(self, answer: Signature) -> list[WrongTotal]:
        """What gives an answer, the likeliest first: one mistake in two layers, two everywhere, in one kind, in one."""
        gap = self.totals.gap(answer)
        if gap is None:
            return []
        found = (*self._everywhere(gap), *self._in_kinds(gap), *self._in_one(gap))
        places = {name: place for place, name in enumerate(self.totals.ways)}

        def order(wrong: WrongTotal) -> tuple[Fraction, int]:
            return -Fraction(prod(m.credit for m in wrong.made)), sum(
                places.get(m.name, len(places)) for m in wrong.made
            )

        return [*self.totals.in_two(gap), *sorted(found, key=order)]

    def _everywhere(self, gap: Signature) -> Iterator[WrongTotal]:
        """Two misconceptions, each in every layer where it can be made; where both can be made, both."""
        for one, other in self._sums.get(gap, ()):
            first, second = self._singles[one], self._singles[other]
            both = self._ways_of(one, other)
            ways: dict[int, Way | _Both] = {**first, **second}
            ways |= {i: both[i][0] for i in first.keys() & second.keys()}
            terms = tuple(WrongTerm(i, _first(way), way.rule) for i, way in sorted(ways.items()))
            yield WrongTotal(terms, both=(_made(first), _made(second)))

    @cached_property
    def _sums(self) -> dict[Signature, list[tuple[str, str]]]:
        """By what they add: the names of two misconceptions."""
        added = {name: _sum(way.adds for way in single.values()) for name, single in self._singles.items()}
        names_by_sum: dict[Signature, list[tuple[str, str]]] = {}
        for one, other in combinations(self._singles, 2):
            first, second, both = self._singles[one], self._singles[other], self._ways_of(one, other)
            shared = first.keys() & second.keys()
            if len(shared) == len(first) == len(second) == 1 or not shared <= both.keys():
                continue  # both in one layer, or two mistakes that exclude each other
            adds = _sum((added[one], added[other]))
            for i in shared:
                adds = minus(_sum((adds, both[i][0].adds)), _sum((first[i].adds, second[i].adds)))
            names_by_sum.setdefault(adds, []).append((one, other))
        return names_by_sum

    def _ways_of(self, one: str, other: str) -> Mapping[int, list[_Both]]:
        return self._both.get((one, other)) or self._both.get((other, one)) or {}

    @cached_property
    def _singles(self) -> dict[str, _Single]:
        whole = {made.name for made in OF_WHOLE_LAYERS}
        return {
            name: {i: ways[0] for i, ways in by_layer.items()}
            for name, by_layer in self.totals.ways.items()
            if name not in whole
        }

    def _in_kinds(self, gap: Signature) -> Iterator[WrongTotal]:
        """Both in every layer of one kind."""
        for by_layer in self._both.values():
            kinds: dict[str, dict[int, list[_Both]]] = {}
            for i, ways in by_layer.items():
                kinds.setdefault(self.totals.total.node(i).kind, {})[i] = ways
            for group in kinds.values():
                for way in range(max(map(len, group.values()))) if len(group) > 1 else ():
                    alike = {i: ways[min(way, len(ways) - 1)] for i, ways in group.items()}
                    if _sum(way.adds for way in alike.values()) == gap:
                        terms = tuple(WrongTerm(i, w.made[0], w.rule) for i, w in alike.items())
                        yield WrongTotal(terms, both=alike[terms[0].index].made)

    def _in_one(self, gap: Signature) -> Iterator[WrongTotal]:
        """Two misconceptions in one layer; layers where they add as much are told together."""
        node = self.totals.total.node
        for by_layer in self._both.values():
            fitting = ((i, next((way for way in ways if way.adds == gap), None)) for i, ways in by_layer.items())
            terms = [(i, way) for i, way in fitting if way is not None]
            if terms:
                index, way = terms[0]
                wrong = (WrongTerm(index, way.made[0], way.rule),)
                yield WrongTotal(wrong, or_in=tuple(node(i).name for i, _ in terms[1:]), both=way.made)

    @cached_property
    def _both(self) -> dict[_Names, dict[int, list[_Both]]]:
        """By the names of two misconceptions and the index of a layer: its wrong terms there."""
        total = self.totals.total
        found: dict[_Names, dict[int, list[_Both]]] = {}
        of_equal: dict[object, dict[_Names, list[_Both]]] = {}
        for i, term in enumerate(total.terms):
            node = total.node(i)
            key = (term.rule, total.wrong_rules(i), node.derived, node.repeats)
            if key not in of_equal:
                if len(of_equal) == _DISTINCT:
                    break
                of_equal[key] = _by_names(self._of_layer(i))
            for names, ways in of_equal[key].items():
                found.setdefault(names, {})[i] = ways
        return found

    def _of_layer(self, index: int) -> Iterator[_Both]:
        total, signature = self.totals.total, self.totals.signature
        term = total.terms[index]
        right, node = signature(term.rule), total.node(index)
        if right is None:
            return
        for made, wrong in self.totals.mistakes.slips_together(term.task):
            if isinstance(wrong, Filled) and not node.repeats:
                value = wrong.value
                given = None if value is None else (value,) * len(right)
            else:
                given = signature(in_all_copies(_rule(wrong), node))
            if given is not None and given != right:
                yield _Both(made, wrong, node, minus(given, right))


def _by_names(ways: Iterable[_Both]) -> dict[_Names, list[_Both]]:
    found: dict[_Names, list[_Both]] = {}
    for way in ways:
        found.setdefault(tuple(m.name for m in way.made), []).append(way)
    return found


def _rule(wrong: Filled | Formula) -> Formula:
    return wrong.rule if isinstance(wrong, Filled) else wrong


def _made(single: _Single) -> Misconception:
    return next(iter(single.values())).made


def _first(way: Way | _Both) -> Misconception:
    return way.made if isinstance(way, Way) else way.made[0]


def _sum(every: Iterable[Signature]) -> Signature:
    return tuple(map(sum, zip(*every, strict=True)))
