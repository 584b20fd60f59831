"""The sign of a difference: certain for all values of its letters, or left to what its factors do not decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import comb, prod
from typing import TypeAlias

from symparams.algebra import factoring
from symparams.algebra.evaluation import Exact
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Symbol
from symparams.algebra.normal_form import UNIT, Coefficient, Poly, constant, expanded_product, minus, scaled
from symparams.algebra.rounding import cleared
from symparams.algebra.shortest_form import small
from symparams.algebra.simplification import at_least_zero, bounds
from symparams.frozen import Frozen

Tie: TypeAlias = "frozenset[Formula]"  # atoms that are as small as they get, which makes a difference 0

_MOST_TIES = 8  # ways to be zero that are told apart


@dataclass(frozen=True, slots=True)
class Sign:
    """What is certain of a number with letters."""

    sign: int  # -1 or 1 where it is not zero; 0: it is always zero
    ties: tuple[Tie, ...] | None = ()  # where it is zero: at the smallest values of these; None: not known where


@dataclass(frozen=True, slots=True)
class Split:
    """A difference as a product of what has a certain sign and of the rest."""

    sign: int  # of the part that is certain
    rest: tuple[Poly, ...]  # the other factors; () where the sign of all is certain
    deciding: tuple[Poly, ...]  # the certain factors with terms of either sign, as they stand in the difference


def with_least(facts: Facts, least: Mapping[str, int]) -> Facts:
    """Facts with larger bounds below for some letters."""
    return replace(facts, lower=Frozen({**facts.lower, **least}))


def sign_of(p: Poly, facts: Facts) -> Sign | None:
    """The sign of a normal form, where the bounds of its letters or the facts decide it."""
    top = cleared(p, {UNIT: 1})[0] if p else p
    if not top:
        return Sign(0)
    found = _by_shifting(top, facts) if small(top) else None
    if found is not None:
        return found
    for sign in (-1, 1):
        if at_least_zero(minus(scaled(top, sign), {UNIT: 1}), facts):
            return Sign(sign)
    return next((Sign(sign, None) for sign in (-1, 1) if at_least_zero(scaled(top, sign), facts)), None)


def split(p: Poly, facts: Facts) -> Split:
    """The factors of a normal form that are never zero, apart from the rest."""
    top = cleared(p, {UNIT: 1})[0]
    sign, rest, deciding = 1, [], []
    for factor, exponent in _factors(top):
        certain = sign_of(factor, facts)
        if certain is None or certain.ties or certain.ties is None:
            rest.append(factor if exponent % 2 else expanded_product(factor, factor))
            continue
        sign *= certain.sign**exponent
        if len({c > 0 for c in factor.values()}) > 1:
            deciding.append(factor)
    return Split(sign, tuple(rest), tuple(deciding))


def _factors(p: Poly) -> list[tuple[Poly, int]]:
    """A normal form taken apart; as one factor where that is not quick."""
    found = factoring.factored(p) if small(p) else None
    if found is None:
        return [(p, 1)]
    content, factors = found
    return [({UNIT: content}, 1), *factors]


def least_value(p: Poly, facts: Facts) -> Exact | None:
    """The smallest value of a normal form in letters, where it has it at their smallest values; else None."""
    if not all(isinstance(atom, Symbol) for mono in p for atom, _ in mono) or not small(p):
        return None
    lows = {atom: facts.lower.get(atom.name, 1) for mono in p for atom, _ in mono if isinstance(atom, Symbol)}
    least = sum(c * prod(lows[atom] ** e for atom, e in mono if isinstance(atom, Symbol)) for mono, c in p.items())
    rising = _by_shifting(minus(p, constant(least)), facts) if len(p) > 1 or p.keys() != {UNIT} else None
    return least if rising is not None and rising.sign > 0 else None


# ---------------------------------------------------------------- letters replaced by their minimum and more


def _by_shifting(p: Poly, facts: Facts) -> Sign | None:
    """With every atom as its minimum and t >= 0: the sign that all coefficients then have."""
    atoms = list(dict.fromkeys(atom for mono in p for atom, _ in mono))
    least = [_least(atom, facts) for atom in atoms]
    lows = [low for low in least if low is not None]
    if len(lows) < len(least):
        return None
    shifted: dict[tuple[int, ...], Coefficient] = {}
    for mono, coefficient in p.items():
        exponents = dict(mono)
        for powers, c in _shifted([exponents.get(atom, 0) for atom in atoms], lows):
            shifted[powers] = shifted.get(powers, 0) + coefficient * c
    shifted = {powers: c for powers, c in shifted.items() if c}
    if len({c > 0 for c in shifted.values()}) != 1:
        return None
    sign = 1 if next(iter(shifted.values())) > 0 else -1
    more = [frozenset(atom for atom, e in zip(atoms, powers, strict=True) if e) for powers in shifted]
    if frozenset() in more:
        return Sign(sign)
    ties = _ties(more)
    known = ties is not None and all(isinstance(atom, Symbol) for tie in ties for atom in tie)
    return Sign(sign, ties if known else None)


def _least(atom: Formula, facts: Facts) -> Exact | None:
    """The smallest value of an atom; None where it is not known, or below zero."""
    low = bounds({((atom, 1),): 1}, facts)[0]
    return low if low is not None and low >= 0 else None


def _shifted(exponents: list[int], lows: list[Exact]) -> Iterator[tuple[tuple[int, ...], Exact]]:
    """The terms of a product of (low + t)^e: the exponents of the t, and a coefficient."""
    for powers in product(*(range(e + 1) for e in exponents)):
        coefficient: Exact = 1
        for e, power, low in zip(exponents, powers, lows, strict=True):
            coefficient *= comb(e, power) * low ** (e - power)
        if coefficient:
            yield powers, coefficient


def _ties(more: Iterable[Tie]) -> tuple[Tie, ...] | None:
    """The smallest sets of atoms that have one of each term; None where there are too many."""
    ties: set[Tie] = {frozenset()}
    for term in sorted(more, key=len):
        made = {tie if tie & term else tie | {atom} for tie in ties for atom in term}
        ties = {tie for tie in made if not any(other < tie for other in made)}
        if len(ties) > _MOST_TIES:
            return None
    return tuple(sorted(ties, key=lambda tie: (len(tie), sorted(map(repr, tie)))))
