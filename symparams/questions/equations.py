"""An equation or inequality in one letter, solved step by step: linear, a power, or quadratic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, isqrt, lcm

from symparams.algebra.equality import expanded
from symparams.algebra.formula import Formula, Negative, Number, Power, Product, Quotient, Symbol, as_formula
from symparams.algebra.normal_form import UNIT, Coefficient, Monomial, Poly, formula_of, scaled
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.simplification import poly

_REVERSED = {"==": "==", "<=": ">=", ">=": "<=", "<": ">", ">": "<"}
_ROOTS = {2: "square root", 3: "cube root"}
_POWERS = {2: "square", 3: "cube"}
_DIGITS = 400  # of numbers whose roots are shown


@dataclass(frozen=True, slots=True)
class Equation:
    """One line of the way to the answer."""

    left: Formula  # with the letter
    relation: str  # == <= >= < or >
    right: Formula  # a number
    note: str = ""  # what was done, or why there is no going on; what stands between backquotes is an expression


def equations_to(formula: Formula, letter: str, relation: str, amount: int) -> tuple[Equation, ...]:
    """The equation, and each step to its solution as far as there are such steps."""
    start = Equation(formula, relation, as_formula(amount))
    p = expanded(poly(formula))
    symbol = Symbol(letter)
    if any(atom != symbol or e < 0 for m in p for atom, e in m) or len(str(amount)) > _DIGITS:
        return (start,)
    return (start, *_Steps(p, symbol, relation, amount, is_written_out=formula_of(p) == formula))


class _Steps:
    """The steps, each of which changes the equation that is left."""

    def __init__(self, p: Poly, symbol: Symbol, relation: str, right: int, *, is_written_out: bool) -> None:
        self._left: Poly = p
        self._symbol = symbol
        self._relation = relation
        self._right: Coefficient = right
        self._is_written_out = is_written_out

    def __iter__(self) -> Iterator[Equation]:
        if not self._is_written_out:
            yield self._line("multiply out and collect terms")
        if any(c.denominator != 1 for c in self._left.values()):
            yield self._cleared()
        if UNIT in self._left:
            yield self._moved()
        if not self._left or not isinstance(self._right, int):
            return
        divided = self._divided()
        if divided is not None:
            yield divided
        if len(self._left) == 1 and self._left[next(iter(self._left))] == 1:
            yield from self._root()
        elif self._relation == "==" and self._is_quadratic and self._is_divided:
            yield from self._quadratic()

    def _line(self, note: str) -> Equation:
        return Equation(formula_of(self._left), self._relation, as_formula(self._right), note)

    def _cleared(self) -> Equation:
        """Without fractions."""
        times = lcm(*(Fraction(c).denominator for c in self._left.values()))
        self._left, self._right = scaled(self._left, times), self._right * times
        return self._line(f"multiply both sides by `{times}`")

    def _moved(self) -> Equation:
        """The number on the left is brought to the right."""
        number = self._left[UNIT]
        self._left, self._right = {m: c for m, c in self._left.items() if m}, self._right - number
        return self._line(f"subtract `{number}` from both sides" if number > 0 else f"add `{-number}` to both sides")

    def _divided(self) -> Equation | None:
        """Both sides divided by what all terms on the left have in common; by a negative number if need be."""
        shared = gcd(*(int(c) for c in self._left.values()))
        shared = shared if max(self._left.items(), key=_degree)[1] > 0 else -shared
        self._is_divided = self._right % shared == 0
        if shared == 1:
            return None
        if not self._is_divided and self._relation == "==":
            return self._line(f"the left side is a multiple of `{abs(shared)}`, but the right side is not")
        note = f"divide both sides by `{shared}`"
        if shared < 0:
            self._relation = _REVERSED[self._relation]
            note += ", which reverses the sign" if self._relation != "==" else ""
        self._left = scaled(self._left, Fraction(1, shared))
        is_up = self._relation in (">=", "<")
        quotient = Fraction(self._right) / shared
        self._right = -(-quotient.numerator // quotient.denominator) if is_up else quotient // 1
        if not self._is_divided:
            note += f"; the left side is an integer, so the right side is rounded {'up' if is_up else 'down'}"
        return self._line(note)

    def _root(self) -> Iterator[Equation]:
        """k² = 25, so k = 5."""
        exponent, right = _degree(next(iter(self._left.items()))), int(self._right)
        if exponent < 2:
            if self._relation == "==" and right < 1:
                yield self._line(f"`{self._symbol.name}` is a positive integer, so nothing fits")
            return
        if right < 1:
            return
        name = _ROOTS.get(exponent, f"root of order `{exponent}`")
        root = _whole_root(right, exponent)
        exact = root**exponent == right
        if not exact and self._relation == "==":
            power = _POWERS.get(exponent, f"power of order `{exponent}`")
            yield self._line(f"`{right}` is not the {power} of an integer")
            return
        up = self._relation in (">=", "<") and not exact
        rounded = "" if exact else f", rounded {'up' if up else 'down'} to an integer"
        note = f"take the {name}{rounded}; `{self._symbol.name}` is positive"
        yield Equation(self._symbol, self._relation, Number(root + up), note)

    # ------------------------------------------------------------ quadratic

    @property
    def _is_quadratic(self) -> bool:
        return sorted(map(_degree, self._left.items())) == [1, 2]

    def _quadratic(self) -> Iterator[Equation]:
        """Standard form, discriminant, roots."""
        a, b = (int(c) for _, c in sorted(self._left.items(), key=_degree, reverse=True))
        c = -int(self._right)
        self._left, self._right = {**self._left, **({UNIT: c} if c else {})}, 0
        if c:
            yield self._line(f"subtract `{-c}` from both sides" if c < 0 else f"add `{c}` to both sides")
        found = b * b - 4 * a * c
        sum_ = Power(_signed(b), Number(2)) - Product((Number(4), Number(a), _signed(c)))
        root = isqrt(max(found, 0))
        line = Equation(sum_, "==", as_formula(found), "the discriminant, `b^2 - 4*a*c`")
        if found < 0:
            yield replace(line, note=f"{line.note}, is negative, so nothing fits")
        elif root * root != found:
            yield replace(line, note=f"{line.note}, is not the square of an integer, so no integer fits")
        else:
            yield replace(line, note=f"{line.note}; its square root is `{root}`")
            yield from self._roots(a, b, root)

    def _roots(self, a: int, b: int, root: int) -> Iterator[Equation]:
        """The roots that fit; of one that does not, the reason."""
        values = [Fraction(-b + signed, 2 * a) for signed in (root, -root)]
        written = [Quotient(_plus(as_formula(-b), signed), Number(2 * a)) for signed in (root, -root)]
        fits = [value > 0 and value.denominator == 1 for value in values]
        if root and any(fits) and not all(fits):
            at = fits.index(True)
            other = f"the other root, `{shown(written[1 - at], SOURCE)}`, is {_misfit(values[1 - at])}"
            yield self._found(written[at], f"the quadratic formula; {other}")
            yield self._found(as_formula(values[at]))
        elif any(fits):
            for value, way in zip(values[: 2 if root else 1], written, strict=False):
                yield self._found(way, "the quadratic formula")
                yield self._found(as_formula(value))
        else:
            note = f"the quadratic formula; this is {_misfit(values[0])}"
            note += f"; the other root, `{shown(written[1], SOURCE)}`, is {_misfit(values[1])}" if root else ""
            yield self._found(written[0], note)

    def _found(self, value: Formula, note: str = "") -> Equation:
        return Equation(self._symbol, "==", value, note)


def _plus(left: Formula, number: int) -> Formula:
    return left + number if number >= 0 else left - Number(-number)


def _degree(term: tuple[Monomial, Coefficient]) -> int:
    return sum(e for _, e in term[0])


def _misfit(value: Fraction) -> str:
    """Why a root is no answer."""
    return "negative" if value < 0 else "zero" if value == 0 else "not an integer"


def _signed(number: int) -> Formula:
    return Number(number) if number >= 0 else Negative(Number(-number))


def _whole_root(value: int, exponent: int) -> int:
    """The largest integer whose power is at most `value`."""
    low, high = 0, 1 << (value.bit_length() // exponent + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**exponent <= value else (low, middle - 1)
    return low
