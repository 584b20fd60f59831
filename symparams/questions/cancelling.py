"""What two totals have in common: their products compared factor by factor, and the ratio as a sum of fractions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import chain
from math import prod
from operator import and_
from typing import TypeAlias

from symparams.algebra.evaluation import Exact, number
from symparams.algebra.formula import (
    ONE,
    Formula,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    product,
    total,
)
from symparams.algebra.order import atom_key

Factors: TypeAlias = "Counter[Formula]"  # a product by its factors: numbers, letters, floors …

_TERMS = 12  # products that a total is taken apart into
_FACTORS = 60  # factors that they have together


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Two totals without what all their products share."""

    common: Formula  # what they share: 14·14·32
    left: tuple[Formula, Formula]  # what is left of the first and of the second: 9·64, 9 + 64
    over: int | None  # the one that is a single product, so that the other over it is a sum of fractions
    shares: tuple[Formula, ...]  # these fractions: 1/64, 1/9
    is_of_factors: bool  # whether the other adds up just the factors that this one multiplies


def cancelled(first: Formula, second: Formula) -> Cancelled | None:
    """What two rules with their values leave when what they share is cancelled; None where that shows nothing."""
    sides = [_products(rule) for rule in (first, second)]
    one, other = sides
    if not one or not other or sum(sum(f.values()) for f in chain(one, other)) > _FACTORS:
        return None
    common = reduce(and_, chain(one, other))
    left = [[factors - common for factors in side] for side in (one, other)]
    over = next((i for i in (1, 0) if len(left[i]) == 1 < len(left[1 - i])), None)
    shares = () if over is None else tuple(_share(factors, left[over][0]) for factors in left[1 - over])
    if not common and not shares:
        return None
    several = [] if over is None else left[1 - over]
    return Cancelled(
        _written(common),
        (_sum(left[0]), _sum(left[1])),
        over,
        shares,
        over is not None and _product_of(several) == _product_of(left[over]) and all(map(bool, several)),
    )


def _products(rule: Formula) -> list[Factors] | None:
    """A rule multiplied out, its numbers left as they stand; None where it has other signs, or too many products."""
    match rule:
        case Symbol(_, Formula() as value):
            return _products(value)
        case Sum(terms):
            each = [_products(term) for term in terms]
            found = [] if None in each else [f for several in each for f in several or ()]
        case Product(factors):
            found = [Counter()]
            for factor in factors:
                several = _products(factor)
                found = [f + g for f in found for g in several or ()][: _TERMS + 1]
        case Power(base, Number(int() as exponent)) if 0 < exponent <= _TERMS:
            return _products(Product((base,) * exponent))
        case Number(1):
            return [Counter()]
        case Number(int() as value) if value > 0:
            return [Counter([rule])]
        case Symbol():
            return [Counter([rule])]
        case Quotient() if isinstance(many := number(rule), int) and many > 0:  # the channels of a group
            return [Counter([Number(many)] if many > 1 else [])]
        case _:
            return None
    return found if 0 < len(found) <= _TERMS else None


def _share(top: Factors, bottom: Factors) -> Formula:
    """One product over another, in lowest terms."""
    above, below = top - bottom, bottom - top
    known = Fraction(_number(above), _number(below))
    letters = [Counter({f: n for f, n in factors.items() if not isinstance(f, Number)}) for factors in (above, below)]
    over, under = (_joined(n, f) for n, f in zip((known.numerator, known.denominator), letters, strict=True))
    return over if under == ONE else Quotient(over, under)


def _joined(number_: int, letters: Factors) -> Formula:
    written = _written(letters)
    return written if number_ == 1 else Number(number_) if not letters else product((Number(number_), written))


def _number(factors: Factors) -> int:
    return prod(int(number(f) or 1) ** n for f, n in factors.items() if isinstance(f, Number))


def _product_of(several: Iterable[Factors]) -> Factors:
    return reduce(lambda one, other: one + other, several, Counter())


def _written(factors: Factors) -> Formula:
    """A product in reading order, equal letters as a power."""
    each = (
        [f] * n if isinstance(f, Number) or n == 1 else [Power(f, Number(n))]
        for f, n in sorted(factors.items(), key=lambda pair: _place(pair[0]))
    )
    return product(chain.from_iterable(each))


def _place(factor: Formula) -> tuple[bool, Exact, tuple[int, int, str, str]]:
    """Numbers first, the smallest of them in front; then letters as the field writes them."""
    known = number(factor)
    return known is None, known or 0, atom_key((factor, 1))


def _sum(products: Sequence[Factors]) -> Formula:
    return total(_written(factors) for factors in products)
