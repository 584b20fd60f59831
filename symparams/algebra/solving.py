"""Which whole numbers put in for a letter fulfil a relation between formulas.

Three ways, the first that works: a polynomial along every residue class (floors by numbers become polynomials there),
which is exact; a formula that can be seen to grow with the letter, by halving; or trying the first numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from symparams import limits
from symparams.algebra.evaluation import at, number
from symparams.algebra.formula import (
    Formula,
    Function,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    count_leaves,
    parts,
    total,
)
from symparams.algebra.normal_form import UNIT, formula_of
from symparams.algebra.numbersets import Interval, NumberSet, everything, points, residue_classes
from symparams.algebra.polynomials import DEGREE, least, signs
from symparams.algebra.residues import FinerError, NoPolynomialError, along
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
    letters: dict[str, None] = {}
    for part in parts(formula):
        letters |= letters_of(part)
    return letters


def solutions(left: Formula, relation: str, right: Formula, letter: str) -> Found:
    """The positive whole numbers for which `left relation right` holds; the letter must be the only free one."""
    if relation == "divides":
        return _divisors(left, right, letter)
    try:
        return Found(_exactly(left, relation, right, letter), grows=grows(_without_constants(left), letter))
    except NoPolynomialError:
        pass
    known = number(right)
    if known is not None and grows(left, letter):
        return Found(_growing(left, relation, known, letter), grows=True)
    return _by_trying(left, relation, right, letter)


def _without_constants(formula: Formula) -> Formula:
    """A sum without its known numbers, which do not change how it grows."""
    return total(part for part in parts(formula) if number(part) is None) if isinstance(formula, Sum) else formula


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
            stretches = {rest: _stretches(difference, relation, letter, period, rest) for rest in range(period)}
            return residue_classes(period, stretches) & everything(1)
        except FinerError as error:
            period *= error.times
            if period > PERIOD:
                raise NoPolynomialError from None


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
        raise NoPolynomialError
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
        raise NoPolynomialError
    bits = max((abs(Fraction(c).numerator).bit_length() for c in p), default=0)
    limits.searched(len(p) * bits // 512)  # Newton's steps are few, on numbers of so many bits
    runs = signs(p)
    intervals: list[Interval] = []
    for i, (first, sign) in enumerate(runs):
        if sign in SIGNS[relation]:
            last = runs[i + 1][0] - 1 if i + 1 < len(runs) else None
            if intervals and intervals[-1][1] == first - 1:
                first = intervals.pop()[0]
            intervals.append((first, last))
    return tuple(intervals)


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
            at_one = value_for(base, letter, 1)  # below 1 a power falls where its exponent grows
            falls = letter in letters_of(exponent) and (at_one is None or at_one < 1)
            return not falls and grows(base, letter) and grows(exponent, letter)
    return False


def _growing(left: Formula, relation: str, target: int | Fraction, letter: str) -> NumberSet:
    """By looking ever nearer, for a left side that never falls."""
    look = _Nearing(left, letter, target)
    try:
        start = least(lambda n: look.passes(n, or_equal=True), 1, _FAR, look.between)
        after = least(lambda n: look.passes(n, or_equal=False), start, _FAR, look.between)
    except RecursionError:
        raise LimitError("the formulas here are nested too deeply") from None
    lower, upper = everything(1, start - 1), everything(after) if after <= _FAR else points([])
    if relation == "!=":
        return residue_classes(1, {0: (*lower.classes.get(0, ()), *upper.classes.get(0, ()))})
    ranges = {
        "==": everything(start, None if start <= _FAR < after else after - 1),
        "<": lower,
        "<=": everything(1, after - 1 if after <= _FAR else None),
        ">": upper,
        ">=": everything(start) if start <= _FAR else points([]),
    }
    return ranges[relation]


_FAR = 10**1000


class _Nearing:
    """Values of a formula that never falls, which come nearer and nearer to a target."""

    def __init__(self, formula: Formula, letter: str, target: int | Fraction) -> None:
        self.formula = formula
        self.letter = letter
        self.target = target
        self._weight = 1 + count_leaves(formula) // 4
        self._values: dict[int, int | Fraction | None] = {}  # None: more digits than any target has

    def passes(self, n: int, *, or_equal: bool) -> bool:
        """Whether the value at n is beyond the target."""
        value = self._value(n)
        return value is None or value > self.target or (or_equal and value == self.target)

    def _value(self, n: int) -> int | Fraction | None:
        if n not in self._values:
            limits.searched(self._weight)
            try:
                self._values[n] = _number_at(self.formula, self.letter, n)
            except LimitError:
                self._values[n] = None
        return self._values[n]

    def between(self, low: int, high: int) -> int:
        """Where to look next: at the middle of the digits; then along the secant, a little beyond, and in the middle.

        A secant comes near from one side only, so that the other side has to be brought near too.
        """
        if high > 4 * low:
            return isqrt(low * high)
        below, above = self._values.get(low - 1), self._values.get(high)
        turn = len(self._values) % 3
        if turn == 0 or below is None or above is None or above <= below:
            return (low + high) // 2
        step = int((self.target - below) * (high - low + 1) // (above - below))
        return min(max(low - 1 + turn * (step + turn - 1), low), high - 1)


def _by_trying(left: Formula, relation: str, right: Formula, letter: str) -> Found:
    numbers = []
    difference = left - right
    weight, sums = 1 + count_leaves(difference) // 4, _has_sum(difference)
    tried = SUMMED if sums else TRIED
    for n in range(1, tried + 1):
        limits.searched(weight * (4 * n if sums else 1))
        if limits.search_is_over() and n > LEAST_TRIED:
            tried = n - 1
            break
        with limits.work():  # of its own, so that no number takes anything from those behind it
            value = value_for(difference, letter, n)
        if value is not None and (value > 0) - (value < 0) in SIGNS[relation]:
            numbers.append(n)
    return Found(points(numbers), tried=tried)


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
    numbers: list[int] = []
    weight = 1 + count_leaves(top + bottom) // 4
    for n in range(1, TRIED + 1):
        limits.searched(weight)
        if limits.search_is_over() and n > LEAST_TRIED:
            return Found(points(numbers), tried=n - 1)
        values = value_for(top, letter, n), value_for(bottom, letter, n)
        if values[0] is not None and values[1] and values[0] % values[1] == 0:
            numbers.append(n)
    return Found(points(numbers), tried=TRIED)
