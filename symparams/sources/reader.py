"""Text -> records, by the grammar. Nothing here knows what a layer is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, cast

from lark import Token, Transformer
from lark.exceptions import UnexpectedInput

from symparams import limits
from symparams.algebra.formula import (
    Formula,
    Function,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    is_deeper,
    negative,
)
from symparams.errors import EXPRESSION, LimitError, Place, Source, Span, SymparamsError
from symparams.sources.parsing_tables import parser
from symparams.sources.records import (
    Argument,
    Branches,
    Call,
    Chain,
    Convention,
    Fact,
    Group,
    Let,
    Macro,
    Model,
    Named,
    Parameter,
    Piece,
    Range,
    Reference,
    Statement,
)
from symparams.sources.rows import in_a_row, joined
from symparams.sources.syntax_errors import explained

_RELATIONS = {"≤": "<=", "≥": ">=", "≠": "!="}


def read_network(source: Source) -> list[Statement]:
    """The statements of a file, in order."""
    return cast("list[Statement]", parsed("architecture", source))


def read_expression(source: Source) -> Formula:
    """An expression alone; its names are free symbols."""
    return cast(Formula, parsed("expression", source))


def parsed(grammar: str, source: Source, reader: type[Transformer[Token, Any]] | None = None) -> object:
    """A text by one of the grammars, each rule read by the method of its name."""
    _guard(source)
    try:
        tree = parser(grammar, reader or _Reader).parse(source.text)
    except UnexpectedInput as error:
        raise explained(error, source) from None
    except _MisuseError as error:
        raise error.kind(error.matter, Place(source, error.offset)) from None
    if isinstance(tree, Formula) and is_deeper(tree, limits.NESTING):
        raise LimitError(f"this is nested more than {limits.NESTING} deep, which is the limit", source=source)
    return tree


def lexed(text: str) -> Iterator[Token]:
    """The tokens of a network's text that has no error."""
    yield from parser("architecture", _Reader).parse_interactive(text).iter_parse()


class _MisuseError(Exception):
    """What the grammar lets pass but a rule's method refuses; the source is known one level up."""

    def __init__(self, matter: str, token: Token, kind: type[SymparamsError] = LimitError) -> None:
        self.matter, self.offset, self.kind = matter, token.start_pos or 0, kind


# ---------------------------------------------------------------- before parsing

_TOKENS = re.compile(r'"[^"\n]*"|\'[^\'\n]*\'|#[^\n]*|[][(){}]|[0-9]{' + str(limits.DIGITS + 1) + ",}")


def _guard(source: Source) -> None:
    """Refuse at once what would only waste time: too long, too deep, numbers too large."""
    try:
        size = len(source.text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise SymparamsError("this is not a character", Place(source, error.start)) from None
    if size > limits.SOURCE_BYTES:
        raise LimitError(
            f"the source is larger than {limits.SOURCE_BYTES >> 20} MiB, which is the limit", source=source
        )
    depth = 0
    for token in _TOKENS.finditer(source.text):
        first = token[0][0]
        if first in "([{":
            depth += 1
            if depth > limits.NESTING:
                message = f"brackets are nested more than {limits.NESTING} deep, which is the limit"
                raise LimitError(message, Place(source, token.start()))
        elif first in ")]}":
            depth -= 1
        elif first.isdigit():
            message = f"this number has more than {limits.DIGITS:,} digits, which is the limit"
            raise LimitError(message, Place(source, token.start()))


# ---------------------------------------------------------------- grammar rule -> record


class Expressions(Transformer[Token, Any]):
    """One method for each rule of expression.lark."""

    def number(self, children: list[Token]) -> Formula:
        text = children[0].value
        return Number(int(text)) if text.isdigit() else Number(_exact(children[0]))

    def symbol(self, children: list[Token]) -> Formula:
        return Symbol(children[0].value)

    def sum(self, children: list[Any]) -> Formula:
        terms: list[Formula] = []
        for sign, term in zip([None, *children[1::2]], children[::2], strict=True):
            signed = negative(term) if sign is not None and sign.value != "+" else term
            terms.extend(signed.terms if isinstance(signed, Sum) else (signed,))
        return Sum(tuple(terms))

    def product(self, children: list[Any]) -> Formula:
        factors: list[Formula] = list(children[0].factors) if isinstance(children[0], Product) else [children[0]]
        divisions = 0
        for sign, factor in zip(children[1::2], children[2::2], strict=True):
            if sign.value in ("*", "·", "×"):
                factors.extend(factor.factors if isinstance(factor, Product) else (factor,))
                continue
            divisions += 1
            if divisions > limits.NESTING:
                raise _MisuseError(f"more than {limits.NESTING} divisions in one product, which is the limit", sign)
            top = Product(tuple(factors)) if len(factors) > 1 else factors[0]
            factors = [_DIVISIONS[sign.value](top, factor)]
        return Product(tuple(factors)) if len(factors) > 1 else factors[0]

    def signed(self, children: list[Any]) -> Formula:
        minuses = len([sign for sign in children[:-1] if sign.value != "+"])
        return negative(children[-1]) if minuses % 2 else cast(Formula, children[-1])

    def power(self, children: list[Any]) -> Formula:
        operands, carets = children[::2], children[1::2]
        if len(carets) > limits.NESTING:
            message = f"more than {limits.NESTING} powers of powers, which is the limit"
            raise _MisuseError(message, carets[limits.NESTING])
        result = operands[-1]
        for base in reversed(operands[:-1]):
            result = Power(base, result)
        return cast(Formula, result)

    def function(self, children: list[Any]) -> Formula:
        name, *arguments = children
        wanted = 1 if name.value in ("floor", "ceil") else None
        if wanted and len(arguments) != wanted:
            raise _MisuseError(f"{name.value} takes one expression, not {len(arguments)}", name, SymparamsError)
        if name.value == "sum" and (len(arguments) != 4 or not isinstance(arguments[1], Symbol)):
            raise _MisuseError("sum is written sum(term, i, first, last)", name, SymparamsError)
        return Function(name.value, tuple(arguments))

    def relation(self, children: list[Any]) -> tuple[Formula, str, Formula]:
        left, sign, right = children
        return left, _RELATIONS.get(sign.value, sign.value), right


_DIVISIONS: dict[str, Callable[[Formula, Formula], Formula]] = {
    "/": Quotient,
    "//": lambda top, bottom: Function("floor", (Quotient(top, bottom),)),
    "%": lambda top, bottom: Function("mod", (top, bottom)),
}


def _exact(token: Token) -> int | Fraction:
    """1e-4 and 50_257 as they are; no number becomes longer than one that is written out."""
    text = token.value.replace("_", "")
    digits, _, exponent = text.lower().partition("e")
    if len(digits) + abs(int(exponent or 0)) > limits.DIGITS:
        raise _MisuseError(f"this number has more than {limits.DIGITS:,} digits, which is the limit", token)
    value = Fraction(text)
    return value.numerator if value.denominator == 1 else value


class _Reader(Expressions):
    """One method for each rule of architecture.lark."""

    def start(self, children: list[Any]) -> list[Any]:
        return joined(children)

    def model(self, children: list[Token]) -> Model:
        return Model(children[0].value[1:-1], _span(children[0]))

    def convention(self, children: list[Token]) -> Convention:
        return Convention(children[0].value, _span(children[0]))

    def let(self, children: list[Any]) -> Let:
        name, _, value = children
        return Let(name.value, value, _span(name))

    def range(self, children: list[Any]) -> Range:
        name, befores, pieces = children[1], children[2::2], children[3::2]
        placed = [Piece(first, last, step, _after(b)) for b, (first, last, step) in zip(befores, pieces, strict=True)]
        return Range(name.value, tuple(placed), _span(name))

    def piece(self, children: list[Any]) -> tuple[Any, ...]:
        first, last, _, step = children
        return first, last, step

    def where(self, children: list[Any]) -> tuple[Fact, ...]:
        pairs = zip(children[::2], children[1::2], strict=True)
        return tuple(Fact(left, sign, right, _after(before)) for before, (left, sign, right) in pairs)

    def define(self, children: list[Any]) -> Macro:
        name, *parameters, _, chain = children
        return Macro(name.value, tuple(p for p in parameters if p is not None), chain, _span(name))

    def parameter(self, children: list[Any]) -> Parameter:
        return Parameter(children[0].value, children[2])

    def chain(self, children: list[Any]) -> Chain:
        items = tuple(child for child in children if child is not None and not isinstance(child, Token))
        return Chain(items, items[0].at)

    def named(self, children: list[Any]) -> Named:
        item, name = children
        return Named(item, _name(name), _span(name), bare=name.type == "NAME")

    def word(self, children: list[Token]) -> Call:
        return Call(children[0].value, (), _span(children[0]))

    def call(self, children: list[Any]) -> Call | Group:
        name, before, *rest = children
        arguments = []
        value: Any = None
        for child in rest:
            if isinstance(child, Token):  # a comma, or the bracket
                if value is not None:
                    keyword, value = value if isinstance(value, list) else (None, value)
                    arguments.append(Argument(keyword, value, Span(before.end_pos or 0, child.start_pos or 0)))
                before, value = child, None
            elif child is not None:
                value = child
        if name.value.rpartition(".")[2].casefold() == "sequential":
            return self._sequential(name, arguments)
        return Call(name.value, tuple(arguments), _span(name))

    def _sequential(self, name: Token, arguments: list[Argument]) -> Group:
        """The layers of `Sequential([…])` in a row."""
        layers = in_a_row(arguments)
        if not layers:
            raise _MisuseError(f"{name.value} takes layers, in a list or one by one", name, SymparamsError)
        return Group(Chain(layers, layers[0].at), None, None, None, None, _span(name), _span(name))

    def keyword(self, children: list[Any]) -> list[Any]:
        return [children[0].value, children[2]]

    def size(self, children: list[Token]) -> tuple[Formula, ...]:
        return tuple(Number(int(part)) for part in re.split("[x×]", children[0].value))

    def sizes(self, children: list[Any]) -> tuple[Any, ...]:
        return tuple(child for child in children if child is not None and not isinstance(child, Token))

    def string(self, children: list[Token]) -> str:
        return cast(str, children[0].value)

    def reference(self, children: list[Token]) -> Reference:
        at, name = children
        return Reference(_name(name), Span(_span(at).start, _span(name).end))

    def group(self, children: list[Any]) -> Group:
        bracket, chain = children
        return Group(chain, None, None, None, None, _span(bracket), _span(bracket))

    def repeat(self, children: list[Any]) -> Group:
        bracket, chain, star, times = children
        return Group(chain, times, None, None, None, _span(bracket), _after(star))

    def each(self, children: list[Any]) -> Group:
        bracket, chain, variable, word, first, last = children
        return Group(chain, None, variable.value, first, last, _span(bracket), _after(word))

    def branches(self, children: list[Any]) -> Branches:
        return Branches(tuple(children[1:]), _span(children[0]))


for _rule in ("number", "symbol", "sum", "product", "signed", "power", "function", "relation"):
    setattr(_Reader, f"expression__{_rule}", getattr(Expressions, _rule))  # as an import names them


def _name(token: Token) -> str:
    return cast(str, token.value) if token.type == "NAME" else token.value[1:-1]


def _span(token: Token) -> Span:
    return Span(token.start_pos or 0, token.end_pos or 0)


def _after(mark: Token) -> Span:
    """The expression behind a mark."""
    return Span(mark.end_pos or 0, EXPRESSION)
