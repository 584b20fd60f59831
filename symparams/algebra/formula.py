"""Formulas that keep the order they were written in.

`(k * C_in + 1) * C_out` builds exactly that tree. One tree serves the rule, the rule with values put in, each line of
the arithmetic and the result; what is done with it (printing, evaluating, simplifying) are functions elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from threading import RLock
from typing import Any, TypeAlias
from weakref import ref


class Formula:
    """A node of the tree; `+ - * / ** -x` and numbers beside it build larger ones as they stand.

    Nodes are interned: all are made through `_interned`, so that equal is identical, and are kept only while somebody
    holds them. What is worked out of a node once may therefore stay with it (`_value`, `_measure`) or be found by it
    in any dictionary.
    """

    __slots__ = ("__weakref__", "_measure", "_value")
    __match_args__: tuple[str, ...] = ()
    _measure: tuple[int, int]  # what `size_and_depth` has found
    _value: int | Fraction | None  # what `number` has found

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a formula cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a formula cannot be changed")

    def __reduce__(self) -> tuple[type[Formula], tuple[object, ...]]:
        return type(self), tuple(getattr(self, name) for name in self.__match_args__)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__match_args__)})"

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


class _Kept(ref[Formula]):
    """A node as the table of all nodes keeps it: it stays there as long as the node lives."""

    __slots__ = ("key",)
    key: tuple[object, ...]


_nodes: dict[tuple[object, ...], _Kept] = {}  # every living node, by its class and fields
_lock = RLock()  # held again where a collection of garbage inside it forgets another node


def _forget(kept: _Kept) -> None:
    with _lock:
        if _nodes.get(kept.key) is kept:
            del _nodes[kept.key]


def _interned(key: tuple[Any, ...]) -> Any:
    """The one node of a class with these fields."""
    kept = _nodes.get(key)
    node = None if kept is None else kept()
    if node is not None:
        return node
    cls = key[0]
    made = object.__new__(cls)
    for name, value in zip(cls.__match_args__, key[1:], strict=True):
        _set(made, name, value)
    mine = _Kept(made, _forget)
    mine.key = key
    while (kept := _nodes.setdefault(key, mine)) is not mine:  # another thread has made it meanwhile, or it just died
        node = kept()
        if node is not None:
            return node
        _forget(kept)
    return made


_set = object.__setattr__


class Number(Formula):
    """An integer, or a rational such as a dropout rate."""

    __slots__ = __match_args__ = ("value",)
    value: int | Fraction

    def __new__(cls, value: int | Fraction) -> Number:
        node: Number = _interned((cls, value if type(value) is int or value.denominator != 1 else value.numerator))
        return node


class Symbol(Formula):
    """A letter; with a value it is known, without one it is free (a positive integer)."""

    __slots__ = __match_args__ = ("name", "value", "meaning", "incoming")
    name: str  # as typed: C_in, k, alpha
    value: Formula | None  # what is put in for it
    meaning: str  # what it stands for, in a few words: "input channels"
    incoming: bool  # whether it is a size of what arrives, not an argument of the layer

    def __new__(cls, name: str, value: Formula | None = None, meaning: str = "", incoming: bool = False) -> Symbol:
        node: Symbol = _interned((cls, name, value, meaning, incoming))
        return node

    def renamed(self, name: str) -> Symbol:
        """The same symbol under another name."""
        return Symbol(name, self.value, self.meaning, self.incoming)


class Sum(Formula):
    """a + b - c."""

    __slots__ = __match_args__ = ("terms",)
    terms: tuple[Formula, ...]  # in reading order; a subtracted term is a Negative

    def __new__(cls, terms: tuple[Formula, ...]) -> Sum:
        node: Sum = _interned((cls, terms))
        return node


class Negative(Formula):
    """-a."""

    __slots__ = __match_args__ = ("term",)
    term: Formula

    def __new__(cls, term: Formula) -> Negative:
        node: Negative = _interned((cls, term))
        return node


class Product(Formula):
    """a · b · c."""

    __slots__ = __match_args__ = ("factors",)
    factors: tuple[Formula, ...]  # in reading order

    def __new__(cls, factors: tuple[Formula, ...]) -> Product:
        node: Product = _interned((cls, factors))
        return node


class Quotient(Formula):
    """a / b, exactly."""

    __slots__ = __match_args__ = ("top", "bottom")
    top: Formula
    bottom: Formula

    def __new__(cls, top: Formula, bottom: Formula) -> Quotient:
        node: Quotient = _interned((cls, top, bottom))
        return node


class Power(Formula):
    """a to the power of b."""

    __slots__ = __match_args__ = ("base", "exponent")
    base: Formula
    exponent: Formula

    def __new__(cls, base: Formula, exponent: Formula) -> Power:
        node: Power = _interned((cls, base, exponent))
        return node


class Function(Formula):
    """⌊a⌋, ⌈a⌉, min(a, b), max(a, b), a mod b, or sum(term, i, first, last): the term added up for i = first … last."""

    __slots__ = __match_args__ = ("name", "arguments")
    name: str  # floor, ceil, min, max, mod or sum
    arguments: tuple[Formula, ...]

    def __new__(cls, name: str, arguments: tuple[Formula, ...]) -> Function:
        node: Function = _interned((cls, name, arguments))
        return node


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


def symbols(formula: Formula) -> Iterator[Symbol]:
    """Every symbol that stands in the formula, in reading order, as often as it stands there."""
    pending = [formula]
    while pending:
        node = pending.pop()
        if isinstance(node, Symbol):
            yield node
        elif not isinstance(node, Number):
            pending.extend(reversed(parts(node)))


def size_and_depth(formula: Formula) -> tuple[int, int]:
    """How many leaves the formula has with all values put in, and how deep it is; worked out once for each node."""
    try:
        return formula._measure
    except AttributeError:
        pass
    inside = formula.value if isinstance(formula, Symbol) else None
    each = [size_and_depth(part) for part in (parts(formula) if inside is None else (inside,))]
    measure = sum(w for w, _ in each) or 1, 1 + max((d for _, d in each), default=0)
    _set(formula, "_measure", measure)
    return measure


def is_deeper(formula: Formula, most: int) -> bool:
    """Whether the formula is nested more than so many deep; found without going down itself."""
    level: list[Formula] = [formula]
    for _ in range(most):
        level = [part for node in level for part in parts(node)]
        if not level:
            return False
    return True


def count_leaves(formula: Formula) -> int:
    """How many numbers and symbols stand in the formula; k² is one."""
    if isinstance(formula, Power) and isinstance(formula.exponent, Number):
        return count_leaves(formula.base)
    below = parts(formula)
    return sum(map(count_leaves, below)) if below else 1
