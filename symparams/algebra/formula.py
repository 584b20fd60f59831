"""Formulas that keep the order they were written in.

`(k * C_in + 1) * C_out` builds exactly that tree. One tree serves the rule, the rule with values put in, each line of
the arithmetic and the result; what is done with it (printing, evaluating, simplifying) are functions elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias


class Formula:
    """A node of the tree; `+ - * / ** -x` and numbers beside it build larger ones as they stand."""

    __slots__ = ()

    def __add__(self, other: Operand) -> Formula:
        return add(self, as_formula(other))

    def __radd__(self, other: Operand) -> Formula:
        return add(as_formula(other), self)

    def __sub__(self, other: Operand) -> Formula:
        return add(self, negative(as_formula(other)))

    def __rsub__(self, other: Operand) -> Formula:
        return add(as_formula(other), negative(self))

    def __mul__(self, other: Operand) -> Formula:
        return multiply(self, as_formula(other))

    def __rmul__(self, other: Operand) -> Formula:
        return multiply(as_formula(other), self)

    def __truediv__(self, other: Operand) -> Formula:
        return Quotient(self, as_formula(other))

    def __pow__(self, other: Operand) -> Formula:
        return Power(self, as_formula(other))

    def __neg__(self) -> Formula:
        return negative(self)


@dataclass(frozen=True, slots=True)
class Number(Formula):
    """An integer, or a rational such as a dropout rate."""

    value: int | Fraction

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True, slots=True)
class Symbol(Formula):
    """A letter; with a value it is known, without one it is free (a positive integer)."""

    name: str  # as typed: C_in, k, alpha
    value: Formula | None = None  # what is put in for it
    meaning: str = ""  # what it stands for, in a few words: "input channels"
    incoming: bool = False  # whether it is a size of what arrives, not an argument of the layer

    def __hash__(self) -> int:
        return hash((self.name, self.value))


@dataclass(frozen=True, slots=True)
class Sum(Formula):
    """a + b - c."""

    terms: tuple[Formula, ...]  # in reading order; a subtracted term is a Negative


@dataclass(frozen=True, slots=True)
class Negative(Formula):
    """-a."""

    term: Formula


@dataclass(frozen=True, slots=True)
class Product(Formula):
    """a · b · c."""

    factors: tuple[Formula, ...]  # in reading order


@dataclass(frozen=True, slots=True)
class Quotient(Formula):
    """a / b, exactly."""

    top: Formula
    bottom: Formula


@dataclass(frozen=True, slots=True)
class Power(Formula):
    """a to the power of b."""

    base: Formula
    exponent: Formula


@dataclass(frozen=True, slots=True)
class Function(Formula):
    """⌊a⌋, ⌈a⌉, min(a, b), max(a, b), a mod b, or sum(term, i, first, last): the term added up for i = first … last."""

    name: str  # floor, ceil, min, max, mod or sum
    arguments: tuple[Formula, ...]


Operand: TypeAlias = "Formula | int | Fraction"
Value: TypeAlias = "int | Fraction | Formula"  # a known number, or a simplified formula with letters

CHANNELS = "channels"  # the name that stands for the channels that arrive; its value is whole already

ZERO = Number(0)
ONE = Number(1)


def as_formula(value: Operand) -> Formula:
    """A number as a leaf (a negative one as the negative of a leaf); a formula as it is."""
    if isinstance(value, Formula):
        return value
    return Number(value) if value >= 0 else Negative(Number(-value))


def negative(term: Formula) -> Formula:
    """-term; the negative of a negative is the term itself."""
    return term.term if isinstance(term, Negative) else Negative(term)


def add(left: Formula, right: Formula) -> Formula:
    """left + right, one flat sum."""
    terms = left.terms if isinstance(left, Sum) else (left,)
    return Sum(terms + (right.terms if isinstance(right, Sum) else (right,)))


def multiply(left: Formula, right: Formula) -> Formula:
    """left · right, one flat product."""
    factors = left.factors if isinstance(left, Product) else (left,)
    return Product(factors + (right.factors if isinstance(right, Product) else (right,)))


def total(terms: Iterable[Formula]) -> Formula:
    """The sum of all terms (0 of none)."""
    several = tuple(terms)
    return Sum(several) if len(several) > 1 else several[0] if several else ZERO


def product(factors: Iterable[Operand]) -> Formula:
    """The product of all factors (1 of none)."""
    several = tuple(as_formula(f) for f in factors)
    return Product(several) if len(several) > 1 else several[0] if several else ONE


def floor(inner: Formula) -> Formula:
    """⌊inner⌋."""
    return Function("floor", (inner,))


def ceil(inner: Formula) -> Formula:
    """⌈inner⌉."""
    return Function("ceil", (inner,))


_PARTS: dict[type[Formula], Callable[[Any], tuple[Formula, ...]]] = {
    Number: lambda leaf: (),
    Symbol: lambda leaf: (),
    Sum: lambda f: f.terms,
    Negative: lambda f: (f.term,),
    Product: lambda f: f.factors,
    Quotient: lambda f: (f.top, f.bottom),
    Power: lambda f: (f.base, f.exponent),
    Function: lambda f: f.arguments,
}


def parts(formula: Formula) -> tuple[Formula, ...]:
    """The nodes directly below, in reading order."""
    return _PARTS[type(formula)](formula)


def _flat(terms: tuple[Formula, ...]) -> tuple[Formula, ...]:
    """The terms with sums among them opened."""
    return tuple(t for term in terms for t in (term.terms if isinstance(term, Sum) else (term,)))


_REBUILT: dict[type[Formula], Callable[[Any, tuple[Formula, ...]], Formula]] = {
    Sum: lambda f, below: Sum(_flat(below)),
    Negative: lambda f, below: negative(*below),
    Product: lambda f, below: Product(below),
    Quotient: lambda f, below: Quotient(*below),
    Power: lambda f, below: Power(*below),
    Function: lambda f, below: Function(f.name, below),
}


def rebuilt(formula: Formula, below: tuple[Formula, ...]) -> Formula:
    """The same kind of node over other parts; a sum in a sum is laid flat, a product such as 2F stays together."""
    return _REBUILT[type(formula)](formula, below)


def mapped(formula: Formula, change: Callable[[Formula], Formula]) -> Formula:
    """The tree with `change` done to every leaf."""
    below = parts(formula)
    return rebuilt(formula, tuple(mapped(p, change) for p in below)) if below else change(formula)


def symbols(formula: Formula) -> Iterator[Symbol]:
    """Every symbol that stands in the formula, in reading order, as often as it stands there."""
    pending = [formula]
    while pending:
        node = pending.pop()
        if isinstance(node, Symbol):
            yield node
        elif not isinstance(node, Number):
            pending.extend(reversed(parts(node)))


def put_in(formula: Formula) -> Formula:
    """Every known symbol replaced by its value, once: the substitution line of a solution."""
    return mapped(formula, lambda leaf: leaf.value if isinstance(leaf, Symbol) and leaf.value is not None else leaf)


def replaced(formula: Formula, name: str, by: Formula) -> Formula:
    """The formula with a free letter replaced."""
    return mapped(
        formula, lambda leaf: by if isinstance(leaf, Symbol) and leaf.value is None and leaf.name == name else leaf
    )


def can_put_in(formula: Formula) -> bool:
    """Whether some symbol of the formula still waits for its value to be put in."""
    return any(s.value is not None for s in symbols(formula))


def size_and_depth(formula: Formula, known: dict[int, tuple[int, int]] | None = None) -> tuple[int, int]:
    """How many leaves the formula has with all values put in, and how deep it is; shared parts are walked once."""
    known = {} if known is None else known
    if isinstance(formula, Symbol) and formula.value is None:
        return 1, 1
    found = known.get(id(formula))
    if found is None:
        below = (formula.value,) if isinstance(formula, Symbol) and formula.value is not None else parts(formula)
        each = [size_and_depth(part, known) for part in below]
        found = (sum(w for w, _ in each) or 1, 1 + max((d for _, d in each), default=0))
        known[id(formula)] = found
    return found


def count_leaves(formula: Formula) -> int:
    """How many numbers and symbols stand in the formula; k² is one."""
    if isinstance(formula, Power) and isinstance(formula.exponent, Number):
        return count_leaves(formula.base)
    below = parts(formula)
    return sum(map(count_leaves, below)) if below else 1
