"""Which of two totals is smaller: for all values of the letters, for which values of one, or by an example each way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import islice, product
from math import prod
from typing import TypeAlias

from symparams import limits
from symparams.algebra.evaluation import at
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Number, Symbol, Value, count_leaves
from symparams.algebra.normal_form import UNIT, Poly, expanded_product, formula_of, minus, scaled
from symparams.algebra.numbersets import NumberSet
from symparams.algebra.order import atom_key
from symparams.algebra.signs import Sign, least_value, sign_of, split, with_least
from symparams.algebra.solving import Found, letters_of, solutions
from symparams.errors import SymparamsError
from symparams.model.network import Network
from symparams.questions.domain import both, domain

Totals: TypeAlias = "Callable[[Mapping[str, Formula]], tuple[Value, Value]]"  # of both networks, built with values

_FIRST = 10  # small values of a letter that are tried
_FAR = (16, 32, 64, 128, 256, 1024, 4096)  # and some larger ones
_POINTS = 4_000  # sets of values for which the sign of the difference is worked out
_BUILT = 12  # sets of values with which both networks are built
_FILLED = 6  # values that are tried for the letters that do not matter
_FEW = 2_000  # sets of values that are all gone through, where there are no more


@dataclass(frozen=True, slots=True)
class Order:
    """For which values of the only letter the first network has fewer, as many, more."""

    letter: Symbol  # the only one on which the order depends
    fewer: NumberSet  # values for which the first network has less
    equal: NumberSet  # values for which both have as much
    more: NumberSet  # values for which the first has more


@dataclass(frozen=True, slots=True)
class Part:
    """A factor of the difference whose sign is certain, though terms of either sign stand in it."""

    formula: Formula  # as it stands in the difference
    least: Value  # the smallest value it has: at the smallest values of its letters
    letters: tuple[tuple[Symbol, int], ...]  # its letters, with their smallest values


@dataclass(frozen=True, slots=True)
class Example:
    """Values of the letters, and what both networks have with them."""

    values: tuple[tuple[Symbol, int], ...]  # of the letters on which the totals depend
    totals: tuple[Value, Value]  # of the first network and of the second


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of the sign of the first total minus the second."""

    sign: int | None = None  # -1, 0 or 1 where the first has never more, as many, never fewer; None: it depends
    ties: tuple[tuple[tuple[Symbol, int], ...], ...] = ()  # values of letters for which both have as many, in any case
    is_strict: bool = True  # whether these are all cases where both have as many
    parts: tuple[Part, ...] = ()  # what shows the sign, where it cannot be seen
    order: Order | None = None  # where it depends on one letter
    examples: tuple[Example, ...] = ()  # else: where the first has fewer, where the second has; one may be missing

    @property
    def certain(self) -> int | None:
        """The sign, if it is the same for all values of the letters."""
        return self.sign if self.is_strict and not self.ties else None


def verdict(open_: tuple[Poly, Poly], networks: Sequence[Network], facts: Facts, totals: Totals) -> Verdict:
    """Which of two networks has fewer, by their totals as normal forms; `totals` builds both with values."""
    gap = minus(*open_)
    if not gap:
        return Verdict(0)
    letters = {x: None for network in networks for x, value in network.symbols.items() if value is None}
    told = {x for p in open_ for x in letters_of(formula_of(p))}
    search = _Search({x: _allowed(networks, x) for x in letters}, tuple(x for x in letters if x in told), totals)
    facts = with_least(facts, search.least)
    apart = split(gap, facts)
    rest: Poly = reduce(expanded_product, apart.rest, {UNIT: apart.sign})
    certain = sign_of(rest, facts) or sign_of(gap, facts)
    if certain is not None:
        parts = (_part(factor, facts) for factor in (*apart.deciding, *apart.rest))
        return search.for_all(certain, tuple(part for part in parts if part is not None))
    open_letters = letters_of(formula_of(rest))
    undecided = [x for x in letters if x in open_letters]
    found = search.ordered(rest, undecided[0]) if len(undecided) == 1 else search.each(rest, undecided)
    return found or search.by_examples(rest, undecided)


def _allowed(networks: Sequence[Network], letter: str) -> Found:
    one, other = (domain(network, letter) for network in networks)
    return both(one, other)


def _part(factor: Poly, facts: Facts) -> Part | None:
    """A factor with its smallest value, turned so that it is not below zero; None where that shows nothing."""
    for turned in (factor, scaled(factor, -1)):
        least = least_value(turned, facts)
        if least is not None and least >= 0:
            letters = tuple((Symbol(x), facts.lower.get(x, 1)) for x in letters_of(formula_of(turned)))
            return Part(formula_of(turned), least, letters)
    return None


@dataclass(frozen=True, slots=True)
class _Search:
    """Values of the letters, and what both networks have with them."""

    allowed: Mapping[str, Found]  # values that each letter may have in both networks
    told: tuple[str, ...]  # letters on which the totals depend
    totals: Totals  # of both networks, built with values

    @property
    def least(self) -> dict[str, int]:
        """The smallest value of each letter."""
        return {x: found.numbers.smallest for x, found in self.allowed.items() if not found.numbers.is_empty}

    def for_all(self, certain: Sign, parts: tuple[Part, ...]) -> Verdict:
        """The verdict of a sign that holds for all values of the letters."""
        if certain.ties is None:
            return Verdict(certain.sign, is_strict=False, parts=parts)
        letters = [sorted((x for x in tie if isinstance(x, Symbol)), key=_place) for tie in certain.ties]
        ties = [{x.name: self.least.get(x.name, 1) for x in several} for several in letters]
        shown = [tie for tie in ties if self.example(tie, 0) is not None]
        named = tuple(tuple((Symbol(x), n) for x, n in tie.items()) for tie in shown)
        return Verdict(certain.sign, named, len(shown) == len(ties), parts)

    def ordered(self, rest: Poly, letter: str) -> Verdict | None:
        """For which values of the only letter the first network has fewer, as many, more."""
        cases = [
            both(self.allowed[letter], solutions(formula_of(rest), relation, Number(0), letter))
            for relation in ("<", "==", ">")
        ]
        if any(case.tried is not None for case in cases):
            return None
        fewer, equal, more = (case.numbers for case in cases)
        if equal.is_empty and fewer.is_empty != more.is_empty:
            return Verdict(1 if fewer.is_empty else -1)
        return Verdict(order=Order(Symbol(letter), fewer, equal, more))

    def each(self, rest: Poly, letters: Sequence[str]) -> Verdict | None:
        """The sign where the letters have few values, all of which give the same."""
        counts = [self.allowed[x].numbers.count for x in letters if self.allowed[x].tried is None]
        if len(counts) < len(letters) or None in counts or prod(n or 0 for n in counts) > _FEW:
            return None
        every = product(*(self.allowed[x].numbers.first(_FEW) for x in letters))
        found = {_sign_at(formula_of(rest), dict(zip(letters, values, strict=True))) for values in every}
        return Verdict(found.pop()) if len(found) == 1 and None not in found else None

    @limits.search()
    def by_examples(self, rest: Poly, letters: Sequence[str]) -> Verdict:
        """Small values for which the first network has fewer, and others for which it has more."""
        formula = formula_of(rest)
        weight = 1 + count_leaves(formula) // 2
        found: dict[int, Example] = {}
        built = {-1: 0, 1: 0}
        for values in islice(self._points(letters), _POINTS):
            limits.searched(weight)
            sign = _sign_at(formula, values)
            if sign and sign not in found and built[sign] < _BUILT:
                built[sign] += 1
                limits.searched(weight)
                example = self.example(values, sign)
                found |= {} if example is None else {sign: example}
            if len(found) == 2 or limits.search_is_over():
                break
        return Verdict(examples=tuple(found[sign] for sign in sorted(found)))

    def example(self, values: Mapping[str, int], sign: int) -> Example | None:
        """Both totals with these values, if they have this sign; letters that do not matter have small values."""
        for others in islice(self._points([x for x in self.allowed if x not in values]), _FILLED):
            every = {**others, **values}
            try:
                first, second = self.totals({x: Number(n) for x, n in every.items()})
            except SymparamsError:
                continue
            if isinstance(first, Formula) or isinstance(second, Formula):
                return None
            if (first > second) - (first < second) == sign:
                return Example(tuple((Symbol(x), every[x]) for x in self.told), (first, second))
        return None

    def _points(self, letters: Sequence[str]) -> Iterator[dict[str, int]]:
        """Values of letters, the smallest first."""
        several = [self._some(x) for x in letters]
        for largest in range(_FIRST + len(_FAR)):
            for places in product(*(range(min(largest + 1, len(each))) for each in several)):
                if largest == max(places, default=0):
                    yield {x: each[i] for x, each, i in zip(letters, several, places, strict=True)}

    def _some(self, letter: str) -> list[int]:
        numbers = self.allowed[letter].numbers
        few = numbers.first(_FIRST)
        return few + [n for n in _FAR if n in numbers and n not in few]


def _place(letter: Symbol) -> tuple[int, int, str, str]:
    return atom_key((letter, 1))


def _sign_at(formula: Formula, values: Mapping[str, int]) -> int | None:
    """The sign with these values; None where there is none."""
    try:
        value = at(formula, values)
    except (SymparamsError, KeyError):
        return None
    return (value > 0) - (value < 0)
