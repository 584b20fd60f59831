"""Wrong totals: which mistakes in which layers add up to the difference between an answer and the right total."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import sub

from symparams.algebra.formula import Formula
from symparams.misconceptions.mistakes import Mistakes
from symparams.misconceptions.totals import Total, WrongTerm, in_all_copies
from symparams.questions.signatures import Signature, Signatures, signature_of_rules


@dataclass(frozen=True, slots=True)
class WrongTotal:
    """Terms that are wrong together."""

    terms: tuple[WrongTerm, ...]  # in the order of the layers
    carried: bool = False  # whether they follow from a mistake about sizes that was made all along
    or_in: tuple[str, ...] = ()  # of a single term: other layers where the same mistake adds as much


@dataclass(frozen=True, slots=True)
class _Way:
    """A wrong term and what it adds."""

    term: WrongTerm
    adds: Signature


class WrongTotals:
    """The wrong ways to a total, worked out once."""

    def __init__(self, mistakes: Mistakes, quantity: str, comparer: Signatures) -> None:
        self.mistakes = mistakes
        self.comparer = comparer
        self.total = Total(mistakes, quantity)
        self._signatures: dict[Formula, Signature | None] = {}

    def explaining(self, answer: Signature) -> list[WrongTotal]:
        """What gives an answer, the likeliest first: everywhere, in one layer; else carried on; else in two layers."""
        right = self._right
        if right is None:
            return []
        gap = minus(answer, right)
        found = [*self._everywhere.get(gap, ()), *self._in_one(gap)]
        return found or list(self._carried.get(gap, ())) or list(self._in_two(gap))

    @cached_property
    def _right(self) -> Signature | None:
        return self._signature(self.total.sum)

    def _signature(self, rule: Formula) -> Signature | None:
        """What a rule gives at the points; equal layers have equal rules, right ones and wrong ones."""
        if rule not in self._signatures:
            self._signatures[rule] = signature_of_rules((rule,), self.comparer.points)
        return self._signatures[rule]

    @cached_property
    def _ways(self) -> dict[str, dict[int, list[_Way]]]:
        """By the name of a misconception and the index of a layer: its wrong terms there."""
        found: dict[str, dict[int, list[_Way]]] = {}
        for term in self.total.wrong_terms():
            way = self._way(term)
            if way is not None:
                found.setdefault(term.made.name, {}).setdefault(term.index, []).append(way)
        return found

    def _way(self, term: WrongTerm) -> _Way | None:
        """A wrong term with what it adds; None if that is nothing or cannot be worked out."""
        is_so, should_be = self._signature(term.rule), self._signature(self.total.terms[term.index].rule)
        if is_so is None or should_be is None or is_so == should_be:
            return None
        return _Way(term, minus(is_so, should_be))

    @cached_property
    def _everywhere(self) -> dict[Signature, list[WrongTotal]]:
        """One misconception in every layer where it can be made, or in every layer of one kind."""
        found: dict[Signature, list[WrongTotal]] = {}
        for by_layer in self._ways.values():
            firsts = [ways[0] for ways in by_layer.values()]
            groups = {"": firsts}
            for way in firsts:
                groups.setdefault(self.total.node(way.term.index).kind, []).append(way)
            sizes = set()
            for group in groups.values():
                if len(group) > 1 and len(group) not in sizes:
                    adds = tuple(map(sum, zip(*(way.adds for way in group), strict=True)))
                    found.setdefault(adds, []).append(WrongTotal(tuple(way.term for way in group)))
                    sizes |= {len(firsts)} if group is firsts else set()
        return found

    @cached_property
    def _singles(self) -> dict[Signature, list[WrongTerm]]:
        found: dict[Signature, list[WrongTerm]] = {}
        for by_layer in self._ways.values():
            for ways in by_layer.values():
                for way in ways:
                    found.setdefault(way.adds, []).append(way.term)
        return found

    def _in_one(self, gap: Signature) -> Iterator[WrongTotal]:
        """One misconception in one layer; layers where it adds as much are told together."""
        by_name: dict[str, dict[int, WrongTerm]] = {}
        for term in self._singles.get(gap, ()):
            by_name.setdefault(term.made.name, {}).setdefault(term.index, term)
        for first, *others in (list(terms.values()) for terms in by_name.values()):
            yield WrongTotal((first,), or_in=tuple(self.total.node(term.index).name for term in others))

    @cached_property
    def _carried(self) -> dict[Signature, list[WrongTotal]]:
        """A misconception about sizes in every layer; what is counted is right for the sizes that come of it."""
        found: dict[Signature, list[WrongTotal]] = {}
        for misconception in self.mistakes.turning(len(self.mistakes.network.nodes) - 1):
            ways: list[_Way] = []
            for i, term in enumerate(self.total.terms):
                rules = self.mistakes.carried_by(misconception, term.task)
                if rules is not None:
                    wrong = WrongTerm(i, misconception, in_all_copies(rules[0], self.total.node(i)))
                    ways += filter(None, [self._way(wrong)])
            if ways:
                adds = tuple(map(sum, zip(*(way.adds for way in ways), strict=True)))
                found.setdefault(adds, []).append(WrongTotal(tuple(way.term for way in ways), carried=True))
        return found

    def _in_two(self, gap: Signature) -> Iterator[WrongTotal]:
        """The same misconception in two layers, the nearest two first."""
        for by_layer in self._ways.values():
            seen: dict[Signature, WrongTerm] = {}
            for ways in by_layer.values():
                other = next((o for o in (seen.get(minus(gap, way.adds)) for way in ways) if o is not None), None)
                if other is not None:
                    last = next(way.term for way in ways if seen.get(minus(gap, way.adds)) is other)
                    yield WrongTotal((other, last))
                    break
                for way in ways:
                    seen[way.adds] = way.term


def minus(one: Signature, other: Signature) -> Signature:
    """What one has more than the other, point by point."""
    return tuple(map(sub, one, other))
