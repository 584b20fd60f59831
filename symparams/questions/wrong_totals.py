"""Wrong totals: which mistakes in which layers add up to the difference between an answer and the right total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import sub
from typing import TypeAlias

from symparams.algebra.formula import ZERO, Formula, as_formula
from symparams.misconceptions.families.misread import MISREAD
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.mistakes import Mistakes
from symparams.misconceptions.task import COUNTS
from symparams.misconceptions.totals import OF_WHOLE_LAYERS, Total, WrongRules, WrongTerm, in_all_copies, layer_left_out
from symparams.quantities.totals import amount
from symparams.questions.signatures import Signature, Signatures, signature_of_rules


@dataclass(frozen=True, slots=True)
class WrongTotal:
    """Terms that are wrong together."""

    terms: tuple[WrongTerm, ...]  # in the order of the layers
    carried: bool = False  # whether they follow from a mistake about sizes that was made all along
    or_in: tuple[str, ...] = ()  # of a single term: other layers where the same mistake adds as much
    both: tuple[Misconception, ...] = ()  # where two mistakes were made: these

    @property
    def made(self) -> tuple[Misconception, ...]:
        """One misconception, or two."""
        return self.both or (self.terms[0].made,)


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """What a mistake makes of a term, and what that adds; equal layers share it."""

    made: Misconception
    rule: Formula  # in all copies
    adds: Signature


_Ways: TypeAlias = "dict[str, tuple[Way, ...]]"  # by the name of a misconception: what it makes of a term
_Together: TypeAlias = "list[tuple[int, Way]]"  # wrong terms by their indices, in the order of the layers


class WrongTotals:
    """The wrong ways to a total, worked out once."""

    def __init__(self, mistakes: Mistakes, quantity: str, comparer: Signatures) -> None:
        self.mistakes = mistakes
        self.comparer = comparer
        self.total = Total(mistakes, quantity)
        self._signatures: dict[Formula, Signature | None] = {}

    def explaining(self, answer: Signature) -> list[WrongTotal]:
        """What gives an answer, the likeliest first: one mistake everywhere, in one layer; else carried on."""
        gap = self.gap(answer)
        if gap is None:
            return []
        everywhere = (WrongTotal(_terms(terms)) for terms in self._everywhere.get(gap, ()))
        likeliest = [*everywhere, *self._in_one(gap)]
        if likeliest:
            return likeliest
        carried = [WrongTotal(_terms(terms), carried=True) for terms in self._carried.get(gap, ())]
        return carried or [WrongTotal(_terms(terms)) for terms in self._misread(gap)]

    def _misread(self, gap: Signature) -> Iterator[_Together]:
        """The question misread as a whole: the total of another quantity; by the layer only where it is that."""
        for made, given in MISREAD:
            if self.total.quantity not in made.quantities or self._right is None:
                continue
            total = self.signature(as_formula(amount(given).of_network(self.mistakes.network)))
            if total is not None and minus(total, self._right) == gap:
                rules = {term.task.index: term.rule for term in Total(self.mistakes, given).terms}
                terms = enumerate(self.total.terms)
                ways = ((i, self._way(term.rule, made, rules.get(term.task.index, ZERO))) for i, term in terms)
                yield [(i, way) for i, way in ways if way is not None]

    def gap(self, answer: Signature) -> Signature | None:
        """By how much an answer is wrong."""
        return None if self._right is None else minus(answer, self._right)

    def near(self, least: Fraction, most: Fraction) -> list[WrongTotal]:
        """What gives a total between two numbers: everywhere, in one layer; else carried on.

        Where nearly nothing of some layers is left, they are as well left out, which is simpler.
        """
        right = self._right
        if right is None or len(right) > 1:
            return []
        least, most = least - right[0], most - right[0]
        found = [WrongTotal(_terms(terms)) for terms in _between(self._everywhere, least, most)]
        for by_layer in self.ways.values():
            ways = [way for several in by_layer.values() for way in several if least <= way.adds[0] <= most]
            found += [w for way in ways[:1] for w in self._in_one(way.adds) if w.terms[0].made is way.made]
        left_out = {_places(w) for w in found if w.terms[0].made is layer_left_out}
        vague = [m for m in OF_WHOLE_LAYERS if m is not layer_left_out]
        found.sort(
            key=lambda w: (w.terms[0].made in vague, _places(w) in left_out and w.terms[0].made is not layer_left_out)
        )
        return found or [WrongTotal(_terms(terms), carried=True) for terms in _between(self._carried, least, most)]

    @cached_property
    def _right(self) -> Signature | None:
        return self.signature(self.total.sum)

    def signature(self, rule: Formula) -> Signature | None:
        """What a rule gives at the points; equal layers have equal rules, right ones and wrong ones."""
        if rule not in self._signatures:
            self._signatures[rule] = signature_of_rules((rule,), self.comparer.points)
        return self._signatures[rule]

    @cached_property
    def ways(self) -> dict[str, dict[int, tuple[Way, ...]]]:
        """By the name of a misconception and the index of a layer: its wrong terms there."""
        ways_by_name: dict[str, dict[int, tuple[Way, ...]]] = {}
        of_equal: dict[tuple[Formula, WrongRules], _Ways] = {}
        for i, term in enumerate(self.total.terms):
            key = (term.rule, self.total.wrong_rules(i))
            if key not in of_equal:
                of_equal[key] = self._ways_of(*key)
            for name, ways in of_equal[key].items():
                ways_by_name.setdefault(name, {})[i] = ways
        return ways_by_name

    def _ways_of(self, right: Formula, wrong: WrongRules) -> _Ways:
        ways: _Ways = {}
        for made, rule in wrong:
            way = self._way(right, made, rule)
            if way is not None:
                ways[made.name] = (*ways.get(made.name, ()), way)
        return ways

    def _way(self, right: Formula, made: Misconception, rule: Formula) -> Way | None:
        """A wrong term with what it adds; None if that is nothing or cannot be worked out."""
        is_so, should_be = self.signature(rule), self.signature(right)
        if is_so is None or should_be is None or is_so == should_be:
            return None
        return Way(made, rule, minus(is_so, should_be))

    @cached_property
    def _everywhere(self) -> dict[Signature, list[_Together]]:
        """One misconception in every layer where it can be made, or in every layer of one kind, family or module."""
        groups_by_sum: dict[Signature, list[_Together]] = {}
        for by_layer in self.ways.values():
            firsts = [(i, ways[0]) for i, ways in by_layer.items()]
            groups = {"": firsts}
            for i, way in firsts:
                node = self.total.node(i)
                groups.setdefault(node.kind, []).append((i, way))
                groups.setdefault(f"{node.layer.family} family", []).append((i, way))
                if way.made is layer_left_out and "." in node.name:
                    groups.setdefault(f"{node.name.rpartition('.')[0]} module", []).append((i, way))
            told = set[tuple[int, ...]]()
            for group in groups.values():
                places = tuple(i for i, _ in group)
                if len(group) > 1 and places not in told:
                    groups_by_sum.setdefault(_added(group), []).append(group)
                    told.add(places)
        for terms in self.total.in_the_network():
            ways = ((term.index, self._way(self.total.terms[term.index].rule, term.made, term.rule)) for term in terms)
            group = [(i, way) for i, way in ways if way is not None]
            groups_by_sum.setdefault(_added(group), []).append(group)
        return groups_by_sum

    def _in_one(self, gap: Signature) -> Iterator[WrongTotal]:
        """One misconception in one layer; layers where it adds as much are told together."""
        for by_layer in self.ways.values():
            fitting = ((i, next((way for way in ways if way.adds == gap), None)) for i, ways in by_layer.items())
            terms = [(i, way) for i, way in fitting if way is not None]
            if terms:
                yield WrongTotal(_terms(terms[:1]), or_in=tuple(self.total.node(i).name for i, _ in terms[1:]))

    @cached_property
    def _carried(self) -> dict[Signature, list[_Together]]:
        """A misconception about sizes in every layer; what is counted is right for the sizes that come of it."""
        terms_by_sum: dict[Signature, list[_Together]] = {}
        last, counts = len(self.mistakes.network.nodes) - 1, self.total.quantity in COUNTS
        every = enumerate(self.total.terms)  # a layer that keeps no numbers keeps none on another input
        counting = [(i, term) for i, term in every if not counts or term.task.derived.rules.counted]
        for misconception in self.mistakes.beliefs.turning(last, self.total.quantity):
            of_equal: dict[tuple[Formula, Formula], Way | None] = {}
            terms: _Together = []
            for i, term in counting:
                rules = self.mistakes.carried_by(misconception, term.task)
                if rules is not None:
                    key = (term.rule, in_all_copies(rules[0], self.total.node(i)))
                    if key not in of_equal:
                        of_equal[key] = self._way(key[0], misconception, key[1])
                    way = of_equal[key]
                    terms += [(i, way)] if way is not None else []
            if terms:
                terms_by_sum.setdefault(_added(terms), []).append(terms)
        return terms_by_sum

    def in_two(self, gap: Signature) -> Iterator[WrongTotal]:
        """The same misconception in two layers, the nearest two first."""
        for by_layer in self.ways.values():
            lacking: dict[Way, Signature] = {}  # what another one would have to add
            seen: dict[Signature, tuple[int, Way]] = {}
            for i, ways in by_layer.items():
                for way in ways:
                    if way not in lacking:
                        lacking[way] = minus(gap, way.adds)
                last = next((way for way in ways if lacking[way] in seen), None)
                if last is not None:
                    yield WrongTotal(_terms([seen[lacking[last]], (i, last)]))
                    break
                for way in ways:
                    seen[way.adds] = i, way


def _added(together: _Together) -> Signature:
    """What wrong terms add together; equal ones are added at once."""
    times = Counter(way for _, way in together)
    each = ([count * x for x in way.adds] for way, count in times.items())
    return tuple(map(sum, zip(*each, strict=True)))


def _between(groups: Mapping[Signature, list[_Together]], least: Fraction, most: Fraction) -> Iterator[_Together]:
    """The groups that add a number between two others."""
    return (group for adds, several in groups.items() if least <= adds[0] <= most for group in several)


def _places(wrong: WrongTotal) -> tuple[int, ...]:
    return tuple(term.index for term in wrong.terms)


def _terms(together: _Together) -> tuple[WrongTerm, ...]:
    return tuple(WrongTerm(i, way.made, way.rule) for i, way in together)


def minus(one: Signature, other: Signature) -> Signature:
    """What one has more than the other, point by point."""
    return tuple(map(sub, one, other))
