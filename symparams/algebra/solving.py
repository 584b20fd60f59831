"""Which whole numbers put in for a letter fulfil a relation between formulas.

Three ways, the first that works: a polynomial along every residue class (floors by numbers become polynomials there),
which is exact; a formula that can be seen to grow with the letter, by halving; or trying the first numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor, isqrt, lcm
from typing import TypeAlias

from symparams import limits
from symparams.algebra.evaluation import at, number
from symparams.algebra.formula import (
    Formula,
    Function,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    count_leaves,
    parts,
)
from symparams.algebra.normal_form import UNIT, formula_of
from symparams.algebra.numbersets import Interval, NumberSet, everything, points, residue_classes
from symparams.algebra.polynomials import DEGREE, added, least, multiplied, signs
from symparams.algebra.rounding import cleared
from symparams.algebra.simplification import poly, simplified
from symparams.algebra.substitution import replaced_inside
from symparams.errors import LimitError, SymparamsError

PERIOD = 2_000  # residue classes that are followed one by one
TRIED = 10_000  # numbers that are tried where nothing better is known
LEAST_TRIED = 20  # numbers that are tried however long it takes
SUMMED = 200  # the same where each of them means adding up a sum

# The signs that left - right has where a relation holds.
SIGNS = {"==": (0,), "!=": (-1, 1), "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}


@dataclass(frozen=True, slots=True)
class Found:
    """The positive whole numbers that fulfil a relation."""

    numbers: NumberSet  # those that fulfil it; up to `tried`, if that is a number
    tried: int | None = None  # up to where numbers were tried one by one; None: the set is complete
    grows: bool = False  # whether the left side grows with the letter


def letters_of(formula: Formula) -> dict[str, None]:
    """The free letters, in reading order."""
    match formula:
        case Symbol(name, value):
            return {name: None} if value is None else letters_of(value)
        case Function("sum", (term, Symbol(running), first, last)):
            inside = {name: None for name in letters_of(term) if name != running}
            return inside | letters_of(first) | letters_of(last)
    found: dict[str, None] = {}
    for part in parts(formula):
        found |= letters_of(part)
    return found


def solutions(left: Formula, relation: str, right: Formula, letter: str) -> Found:
    """The positive whole numbers for which `left relation right` holds; the letter must be the only free one."""
    if relation == "divides":
        return _divisors(left, right, letter)
    try:
        return Found(_exactly(left, relation, right, letter), grows=grows(left, letter))
    except _NoPolynomialError:
        pass
    known = number(right)
    if known is not None and grows(left, letter):
        return Found(_growing(left, relation, known, letter), grows=True)
    return _by_trying(left, relation, right, letter)


def value_for(formula: Formula, letter: str, n: int) -> int | Fraction | None:
    """The value of a formula with a number put in; None where it has none, or one too large."""
    try:
        return _number_at(formula, letter, n)
    except SymparamsError:
        return None


def _number_at(formula: Formula, letter: str, n: int) -> int | Fraction | None:
    if not _has_sum(formula):
        try:
            return at(formula, {letter: n})
        except KeyError:  # there is another letter
            return None
    there = replaced_inside(formula, letter, Number(n))
    known = number(there)
    value = simplified(there) if known is None else known  # a sum over copies
    return None if isinstance(value, Formula) else value


# ---------------------------------------------------------------- residue classes


class _NoPolynomialError(Exception):
    """A formula that is no polynomial on residue classes."""


class _FinerError(Exception):
    """The residue classes must be this many times finer."""

    def __init__(self, times: int) -> None:
        self.times = times


def _exactly(left: Formula, relation: str, right: Formula, letter: str) -> NumberSet:
    """The numbers for which a relation holds, residue class by residue class.

    With the letter n = period·m + rest, a floor of (a·n + b)/c is a whole number times m plus a number, as soon as c
    divides a·period: what had floors is then a polynomial in m, and its signs are known from its roots. So the period
    is made finer until all floors are gone, class by class, and not one number has to be tried.
    """
    difference = _without_fractions(left, right, letter)
    period, weight = 1, 3 + _count_nodes(difference) // 6
    while True:
        limits.searched(weight * period)
        try:
            found = {rest: _stretches(difference, relation, letter, period, rest) for rest in range(period)}
            return residue_classes(period, found) & everything(1)
        except _FinerError as error:
            period *= error.times
            if period > PERIOD:
                raise _NoPolynomialError from None


def _count_nodes(formula: Formula) -> int:
    """How many different nodes a formula has."""
    seen, pending = {formula}, [formula]
    while pending:
        for part in parts(pending.pop()):
            if part not in seen:
                seen.add(part)
                pending.append(part)
    return len(seen)


def _without_fractions(left: Formula, right: Formula, letter: str) -> Formula:
    """left - right, with the letter nowhere below a fraction bar that stands outside all brackets."""
    difference = left - right
    if not _divides_by(difference, letter):
        return difference
    top, bottom = cleared(poly(difference), {UNIT: 1})
    ((mono, _),) = bottom.items()  # the bottom is a positive number times letters
    if any(not isinstance(atom, Symbol) for atom, _ in mono):
        raise _NoPolynomialError
    return formula_of(top)


def _divides_by(formula: Formula, letter: str) -> bool:
    if isinstance(formula, Quotient) and letter in letters_of(formula.bottom):
        return True
    if isinstance(formula, Symbol) and formula.value is not None:
        return _divides_by(formula.value, letter)
    return any(_divides_by(part, letter) for part in parts(formula))


def _stretches(difference: Formula, relation: str, letter: str, period: int, rest: int) -> tuple[Interval, ...]:
    """The m for which the relation holds at period·m + rest."""
    p = along(difference, letter, period, rest)
    if len(p) - 1 > DEGREE and sum(c < 0 for c in p) > 1:
        raise _NoPolynomialError
    bits = max((abs(Fraction(c).numerator).bit_length() for c in p), default=0)
    limits.searched(len(p) * bits // 512)  # Newton's steps are few, on numbers of so many bits
    runs = signs(p)
    found: list[Interval] = []
    for i, (first, sign) in enumerate(runs):
        if sign in SIGNS[relation]:
            last = runs[i + 1][0] - 1 if i + 1 < len(runs) else None
            if found and found[-1][1] == first - 1:
                first = found.pop()[0]
            found.append((first, last))
    return tuple(found)


def along(formula: Formula, letter: str, period: int, rest: int) -> list[int | Fraction]:
    """The formula at period·m + rest as a polynomial in m."""
    return _along(formula, letter, period, rest, {})


_Known: TypeAlias = "dict[Formula, list[int | Fraction]]"


def _along(formula: Formula, letter: str, period: int, rest: int, known: _Known) -> list[int | Fraction]:
    """The same; sizes stand in one another, and each is worked out once."""
    if formula not in known:
        known[formula] = _along_parts(formula, letter, period, rest, known)
    return known[formula]


def _along_parts(formula: Formula, letter: str, period: int, rest: int, known: _Known) -> list[int | Fraction]:
    match formula:
        case Number(value):
            return [value] if value else []
        case Symbol(name, None):
            if name != letter:
                raise _NoPolynomialError
            return [rest, period]
        case Symbol(_, value):
            assert value is not None
            return _along(value, letter, period, rest, known)
        case Negative(term):
            return [-c for c in _along(term, letter, period, rest, known)]
        case Function("floor" | "ceil" as name, (inside,)):
            sign = 1 if name == "floor" else -1
            return [sign * c for c in _floored([sign * c for c in _along(inside, letter, period, rest, known)])]
    below = [_along(part, letter, period, rest, known) for part in parts(formula)]
    match formula:
        case Sum():
            total: list[int | Fraction] = []
            for p in below:
                total = added(total, p)
            return _trimmed(total)
        case Product():
            return _product(below)
        case Quotient():
            return [c / Fraction(_constant(below[1])) for c in below[0]]
        case Power():
            return _raised(below[0], _constant(below[1]))
        case Function("mod"):
            bottom = Fraction(_constant(below[1]))
            whole = _floored([c / bottom for c in below[0]])
            return _trimmed(added(below[0], [-bottom * c for c in whole]))
    raise _NoPolynomialError


def _product(factors: list[list[int | Fraction]]) -> list[int | Fraction]:
    result: list[int | Fraction] = [1]
    for p in factors:
        result = _trimmed(multiplied(result, p))
        if len(result) > 2 * DEGREE:
            raise _NoPolynomialError
    return result


def _raised(base: list[int | Fraction], exponent: int | Fraction) -> list[int | Fraction]:
    if not isinstance(exponent, int) or exponent < 0 or exponent > DEGREE:
        raise _NoPolynomialError
    return _product([base] * exponent)


def _constant(p: list[int | Fraction]) -> int | Fraction:
    if len(p) != 1:  # a letter, or 0
        raise _NoPolynomialError
    return p[0]


def _floored(p: list[int | Fraction]) -> list[int | Fraction]:
    """⌊p⌋, where all that depends on m is whole."""
    times = lcm(*(Fraction(c).denominator for c in p[1:]))
    if times > 1:
        raise _FinerError(times)
    return _trimmed([floor(p[0]), *p[1:]]) if p else p


def _trimmed(p: list[int | Fraction]) -> list[int | Fraction]:
    while p and not p[-1]:
        p = p[:-1]
    return p


# ---------------------------------------------------------------- formulas that grow, and others


def grows(formula: Formula, letter: str) -> bool:
    """Whether it is certain that the formula is never negative and never falls as the letter grows."""
    match formula:
        case Number(value):
            return value >= 0
        case Symbol(_, None):
            return True  # the letter itself, or another one, which stands for one positive number
        case Symbol(_, value):
            assert value is not None
            return grows(value, letter)
        case Sum() | Product():
            return all(grows(part, letter) for part in parts(formula))
        case Function("floor" | "ceil" | "min" | "max"):
            return all(grows(part, letter) for part in parts(formula))
        case Quotient(top, bottom):
            below = number(bottom) if letter not in letters_of(bottom) else None
            return below is not None and below > 0 and grows(top, letter)
        case Power(base, exponent):
            at_one = value_for(base, letter, 1)
            return at_one is not None and at_one >= 1 and grows(base, letter) and grows(exponent, letter)
    return False


def _growing(left: Formula, relation: str, target: int | Fraction, letter: str) -> NumberSet:
    """By halving, for a left side that never falls."""
    try:
        start = least(lambda n: _passes(left, letter, n, target, or_equal=True), 1, _FAR)
        after = least(lambda n: _passes(left, letter, n, target, or_equal=False), start, _FAR)
    except RecursionError:
        raise LimitError("the formulas here are nested too deeply") from None
    lower, upper = everything(1, start - 1), everything(after) if after <= _FAR else points([])
    if relation == "!=":
        return residue_classes(1, {0: (*lower.classes.get(0, ()), *upper.classes.get(0, ()))})
    ranges = {
        "==": everything(start, after - 1),
        "<": lower,
        "<=": everything(1, after - 1 if after <= _FAR else None),
        ">": upper,
        ">=": everything(start) if start <= _FAR else points([]),
    }
    return ranges[relation]


_FAR = 10**1000


def _passes(left: Formula, letter: str, n: int, target: int | Fraction, *, or_equal: bool) -> bool:
    limits.searched(1 + count_leaves(left) // 4)
    try:
        value = _number_at(left, letter, n)
    except LimitError:
        return True  # more digits than any target has
    assert value is not None
    return value > target or (or_equal and value == target)


def _by_trying(left: Formula, relation: str, right: Formula, letter: str) -> Found:
    found = []
    difference = left - right
    weight, sums = 1 + count_leaves(difference) // 4, _has_sum(difference)
    tried = SUMMED if sums else TRIED
    for n in range(1, tried + 1):
        limits.allow()
        limits.searched(weight * (4 * n if sums else 1))
        if limits.search_is_over() and n > LEAST_TRIED:
            tried = n - 1
            break
        value = value_for(difference, letter, n)
        if value is not None and (value > 0) - (value < 0) in SIGNS[relation]:
            found.append(n)
    return Found(points(found), tried=tried)


def _has_sum(formula: Formula) -> bool:
    """Whether a sum over copies stands in it, which is added up term by term."""
    return (isinstance(formula, Function) and formula.name == "sum") or any(map(_has_sum, parts(formula)))


def _divisors(bottom: Formula, top: Formula, letter: str) -> Found:
    """Where bottom divides top."""
    below, above = number(bottom), number(top)
    if isinstance(below, int) and below > 0:
        return solutions(Function("mod", (top, bottom)), "==", Number(0), letter)
    if bottom == Symbol(letter) and isinstance(above, int) and 0 < above <= TRIED**2:
        small = [n for n in range(1, isqrt(above) + 1) if above % n == 0]
        return Found(points([*small, *(above // n for n in small)]))
    found: list[int] = []
    weight = 1 + count_leaves(top + bottom) // 4
    for n in range(1, TRIED + 1):
        limits.searched(weight)
        if limits.search_is_over() and n > LEAST_TRIED:
            return Found(points(found), tried=n - 1)
        values = value_for(top, letter, n), value_for(bottom, letter, n)
        if values[0] is not None and values[1] and values[0] % values[1] == 0:
            found.append(n)
    return Found(points(found), tried=TRIED)
