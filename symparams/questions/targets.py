"""A target such as params <= 100,000: read, and made simpler as far as that is clear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from symparams import extensions, limits
from symparams.algebra.equality import expanded
from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number, Symbol, as_formula
from symparams.algebra.normal_form import UNIT, Poly, formula_of, scaled
from symparams.algebra.simplification import poly
from symparams.algebra.solving import SIGNS
from symparams.errors import Place, Source, SymparamsError, nearest
from symparams.quantities.quantity import QUANTITY_RULES, Settings
from symparams.quantities.totals import TOTALS, TotalQuantity, amount
from symparams.sources.reader import read_expression


@dataclass(frozen=True, slots=True)
class Target:
    """How much of a quantity is wanted."""

    what: TotalQuantity  # the quantity
    relation: str  # == <= >= < or >
    amount: int  # how much of it
    layer: str | None = None  # of this layer alone


@dataclass(frozen=True, slots=True)
class Equation:
    """One line of the way to the answer."""

    left: Formula  # with the letter
    relation: str  # == <= >= < or >
    right: Formula  # a number
    note: str = ""  # what was done, or why there is no going on


def read_target(text: str, layer: str | None = None, settings: Settings | None = None) -> Target:
    """params <= 100,000."""
    source = Source("--target", text[: limits.SOURCE_BYTES])
    head = re.match(r"\s*(\w*)\s*(==|<=|>=|=|≤|≥|<|>)?\s*", source.text)
    assert head is not None
    if not head[1]:
        raise SymparamsError("a target starts with a quantity: params=51264, params<=100000", Place(source, 0))
    if head[1].isdigit() and not head[2]:
        raise SymparamsError(f"what is {head[1][:20]} a number of? write params={head[1][:20]}", Place(source, 0))
    if head[1] not in TOTALS and QUANTITY_RULES.ask(head[1]) is None:
        known = (*TOTALS, *extensions.names("quantity"))
        near = nearest(head[1], known) or f"; there are {', '.join(known)}"
        raise SymparamsError(f"there is no quantity `{head[1][:60]}`{near}", Place(source, head.start(1)))
    if not head[2]:
        raise SymparamsError("=, <= or >= is expected here", Place(source, head.end(1)))
    grouped = re.sub(r"(?<=[0-9])[,_ \u202f](?=[0-9]{3}(?![0-9]))", "", source.text[head.end() :])
    if not grouped.strip():
        raise SymparamsError("a number is expected after the sign", Place(source, max(head.end() - 1, 0)))
    written = read_expression(Source(f"--target {head[1]}", grouped))
    try:
        wanted = number(written)
    except SymparamsError as error:
        error.place = Place(source, head.end())
        raise
    if not isinstance(wanted, int):
        needed = "one number, without letters" if wanted is None else "a whole number"
        raise SymparamsError(f"the target must be {needed}", Place(source, head.end()))
    sign = {"=": "==", "≤": "<=", "≥": ">="}.get(head[2], head[2])
    return Target(amount(head[1], settings), sign, wanted, layer)


def whole_target(value: object) -> int:
    """The amount, if it is a whole number within the limit."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise SymparamsError("the target must be a whole number")
    limits.checked(value)
    return value


def holds(count: int | Fraction, target: Target) -> bool:
    """Whether a number is what is wanted."""
    return (count > target.amount) - (count < target.amount) in SIGNS[target.relation]


# ---------------------------------------------------------------- the way to the answer


def equations_to(formula: Formula, letter: str, target: Target) -> tuple[Equation, ...]:
    """The equation, made simpler as far as that is clear."""
    relation = target.relation
    start = Equation(formula, relation, as_formula(target.amount))
    p = expanded(poly(formula))
    symbol = Symbol(letter)
    if any(atom != symbol or e < 0 for m in p for atom, e in m) or any(c.denominator != 1 for c in p.values()):
        return (start,)
    equations = [start]
    rest: Poly = {m: c for m, c in p.items() if m}
    right = target.amount - int(p.get(UNIT, 0))
    if UNIT in p or len(rest) < len(p) or formula_of(p) != formula:
        note = "" if UNIT not in p else f"`{p[UNIT]}` taken to the right" if p[UNIT] > 0 else "the number taken over"
        equations.append(Equation(formula_of(rest), relation, as_formula(right), note))
    shared = gcd(*(int(c) for c in rest.values()))
    if shared > 1:
        if right % shared and relation == "==":
            before = f"{equations.pop().note}; " if UNIT in p else ""
            note = f"{before}`{shared}` divides the left side, but not the right one"
            return (*equations, Equation(formula_of(rest), relation, as_formula(right), note))
        rest = scaled(rest, Fraction(1, shared))
        exact = right % shared == 0
        right = -(-right // shared) if relation in (">=", "<") else right // shared
        way = "up" if relation in (">=", "<") else "down"
        note = f"divided by `{shared}`" + (
            "" if exact else f"; the left side is whole, so the right one is rounded {way}"
        )
        equations.append(Equation(formula_of(rest), relation, as_formula(right), note))
    return (*equations, *_root(rest, relation, right, symbol))


def _root(rest: Poly, relation: str, right: int, symbol: Symbol) -> Iterator[Equation]:
    """k² = 25, so k = 5."""
    ((mono, coefficient),) = rest.items() if len(rest) == 1 else ((UNIT, 0),)
    exponent = mono[0][1] if mono and coefficient == 1 else 1
    if exponent < 2 or right < 1:
        return
    root = _whole_root(right, exponent)
    exact = root**exponent == right
    if exact:
        yield Equation(symbol, relation, Number(root))
    elif relation == "==":
        note = f"no whole number has `{right}` as its {'square' if exponent == 2 else 'power'}"
        yield Equation(formula_of(rest), relation, Number(right), note)
    else:
        rounded = root + 1 if relation in (">=", "<") else root
        yield Equation(symbol, relation, Number(rounded), "a whole number")


def _whole_root(value: int, exponent: int) -> int:
    """The largest whole number whose power is at most `value`."""
    low, high = 0, 1 << (value.bit_length() // exponent + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**exponent <= value else (low, middle - 1)
    return low
