"""Formula -> text: plain, LaTeX, or the language's own. A notation is a table; one printer serves them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

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
    Value,
    as_formula,
)

# How tightly a node binds; a part that binds less than its place asks for gets brackets.
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)


Labelled: TypeAlias = Sequence[tuple[str, Sequence[str]]]  # each term of a sum with the texts under it


@dataclass(frozen=True, slots=True)
class Notation:
    """How each kind of node is written."""

    number: Callable[[str], str]  # the digits of a number, grouped
    plus: str  # with its spaces
    times: str  # between factors that cannot stand side by side
    beside: str | None  # between factors that can; None: always `times`
    parting: str  # after a bracket or floor that another one follows: a line may break there
    cross: str  # between the sizes of a shape
    minus: str  # binary, with its spaces
    leading_minus: str  # before a term
    group: str  # between groups of three digits
    thin: str  # the same with thin spaces
    symbol: Callable[[str], str]  # a letter with what stands below it: C_in
    indexed: Callable[[str, str], str]  # a letter with the name of a layer
    word: Callable[[str], str]  # a word among formulas
    blank: Callable[[str], str]  # a place to fill in, with its mark
    quotient: Callable[[str, str], str] | None  # top and bottom of a built-up fraction; None: side by side
    over: str  # between top and bottom side by side
    power: Callable[[str, str], str]  # base and exponent
    function: Callable[[str, list[str]], str]  # its name and its arguments
    series: Callable[[str, str, str, str], str]  # term, letter, first, last: a written-out sum
    bracket: Callable[[str], str]  # around a part that binds less than its place asks for
    modulo: str  # between the two sides of a remainder
    relation: Mapping[str, str]  # the sign for each of == != < <= > >=, for "divides" and for "about"
    comma: str  # between values of which there are several
    dots: str  # for values that are not written
    members: Callable[[str, str], str]  # a letter and the values that it may take
    exact: bool  # whether reading the text back must give the same tree
    whole: str = "{}"  # around what no line may break
    labelled: Callable[[Labelled, str], str] | None = None  # terms of a sum with texts under each, and what starts it


def shown(value: Value, notation: Notation) -> str:
    """A formula or number in a notation."""
    if type(value) is int and value >= 0:
        return notation.number(f"{value:,}".replace(",", notation.group))
    return _show(as_formula(value), notation, _SUM)


def size(shape: Sequence[Value], notation: Notation) -> str:
    """A shape: 26 × 26 × 32."""
    return notation.cross.join(_show(as_formula(v), notation, _PRODUCT) for v in shape)


def _show(f: Formula, n: Notation, place: int) -> str:
    match f:
        case Number(value):
            text, level = _number(value, n)
        case Symbol(name):
            return n.symbol(name)
        case Sum(terms):
            text, level = _sum(terms, n), _SUM
        case Negative(term):
            text, level = n.leading_minus + _show(term, n, _SIGN if n.exact else _PRODUCT), _SUM
            level = _SIGN if n.exact else _SUM
        case Product(factors):
            text, level = _product(factors, n), _PRODUCT
        case Quotient(top, bottom):
            text, level = _quotient(top, bottom, n)
        case Power(base, exponent):
            text, level = _power(base, exponent, n), _POWER
        case Function("mod", (left, right)):
            text = _show(left, n, _PRODUCT) + n.modulo + _show(right, n, _SIGN)
            level = _PRODUCT if n.exact else _SUM
        case Function("sum", (term, letter, first, last)) if not n.exact:
            sides = [_show(a, n, _SUM) for a in (letter, first, last)]
            text, level = n.series(_show(term, n, _PRODUCT), *sides), _PRODUCT
        case Function(name, arguments):
            return n.function(name, [_show(a, n, _SUM) for a in arguments])
        case _:
            raise AssertionError(f)
    return text if level >= place else n.bracket(text)


def _number(value: int | Fraction, n: Notation) -> tuple[str, int]:
    if value.denominator == 1:
        return n.number(f"{value.numerator:,}".replace(",", n.group)), _ATOM if value >= 0 else _SUM
    decimal = decimals(Fraction(value))
    if decimal is not None:
        return n.number(decimal), _ATOM
    return _quotient(Number(value.numerator), Number(value.denominator), n)


def decimals(value: Fraction) -> str | None:
    """0.25 for 1/4; None for 1/3, which never ends."""
    scale = 1
    for digits in range(7):
        if (value * scale).denominator == 1:
            whole, rest = divmod(int(value * scale), scale)
            return f"{whole}.{rest:0{digits}}" if digits else str(whole)
        scale *= 10
    return None


def _sum(terms: Sequence[Formula], n: Notation) -> str:
    text = _show(terms[0], n, _PRODUCT if isinstance(terms[0], Sum) else _SUM)
    for term in terms[1:]:
        if isinstance(term, Negative):
            text += n.minus + _show(term.term, n, _PRODUCT)
        else:
            text += n.plus + _show(term, n, _PRODUCT)
    return text


def _product(factors: Sequence[Formula], n: Notation) -> str:
    texts = [_factor(f, n, at) for f, at in zip(factors, _places(len(factors)), strict=True)]
    if n.beside is None or not _can_touch(factors):
        return n.times.join(texts)
    closed = [isinstance(f, (Sum, Function)) for f in factors]
    parted = [t + (n.parting if a and b else n.beside) for t, a, b in zip(texts, closed, closed[1:], strict=False)]
    return "".join([*parted, texts[-1]])


def _places(count: int) -> list[str]:
    return ["first", *["middle"] * (count - 2), "last"] if count > 1 else ["first"]


def _factor(f: Formula, n: Notation, at: str) -> str:
    """A factor, with brackets where it would be read otherwise without."""
    if n.exact:  # a*(b/c) is not (a*b)/c
        return _show(f, n, _PRODUCT if at == "first" else _POWER)
    if isinstance(f, Product) or (isinstance(f, Quotient) and at == "last"):
        return _show(f, n, _PRODUCT)  # (4F + 1)·2F, k·C/g
    built_up = n.quotient is not None
    return _show(f, n, _SIGN if built_up else _PRODUCT if at == "first" else _POWER)


def _can_touch(factors: Sequence[Formula]) -> bool:
    """Whether factors read well with nothing between them: 9C, 2(H - 1), k²C; not 3·3, C_in·F or k·k."""
    bases = [f.base if isinstance(f, Power) else f for f in factors]
    if isinstance(factors[0], Number):
        if factors[0].value == 1:
            return False
        bases = bases[1:]
    letters = [b.name for b in bases if isinstance(b, Symbol)]
    brackets = [
        b for b in bases if isinstance(b, (Sum, Function)) and not (isinstance(b, Function) and b.name == "mod")
    ]
    return (
        len(letters) + len(brackets) == len(bases)
        and len(set(letters)) == len(letters)
        and all(len(name) == 1 for name in letters)
        and not (letters and isinstance(bases[0], Sum))
        and (isinstance(factors[0], Number) or len(factors) > 1)
    )


def _quotient(top: Formula, bottom: Formula, n: Notation) -> tuple[str, int]:
    if n.quotient is not None:
        return n.quotient(_show(top, n, _SUM), _show(bottom, n, _SUM)), _SIGN
    above = _PRODUCT if n.exact or not isinstance(top, Quotient) else _POWER  # (T/2)/2
    return f"{_show(top, n, above)}{n.over}{_show(bottom, n, _SIGN if n.exact else _POWER)}", _PRODUCT


def _power(base: Formula, exponent: Formula, n: Notation) -> str:
    return n.power(_show(base, n, _ATOM), _show(exponent, n, _ATOM if n.exact else _SUM))


# ---------------------------------------------------------------- the notations
