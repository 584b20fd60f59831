"""What several tests need: networks from texts, values of expressions, random networks."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.formula import Formula, Function, Negative, Number, Power, Product, Quotient, Sum, Symbol
from symparams.errors import Source
from symparams.model.conditions import Condition
from symparams.model.network import Network
from symparams.sources.language import network
from symparams.sources.reader import read_expression
from tests.conftest import EXAMPLES


def optional(name: str) -> Any:
    """A module that an extra installs, imported when something of it is asked for: its tests are found without it."""
    return _Optional(name)


class _Optional:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "pytest")):  # what collecting tests asks of everything in a module
            raise AttributeError(name)
        return getattr(pytest.importorskip(self._name), name)


def marked(names: Iterable[str], mark: pytest.MarkDecorator, *those: str) -> list[Any]:
    """Names to try one after another, some of them with a mark."""
    return [pytest.param(name, marks=mark) if name in those else name for name in names]


def few_or_many(name: str, few: object, many: object) -> pytest.MarkDecorator:
    """A law over some networks, numbers or seeds: over few of them always, over many where slow tests run."""
    slow = pytest.param(many, id="many", marks=pytest.mark.slow)
    return pytest.mark.parametrize(name, [pytest.param(few, id="few"), slow])


@cache
def example(name: str, letters: str = "") -> sp.Net:
    """The network of an example, built once for all tests, with values for letters such as `h=8 d=64`."""
    values: dict[str, Any] = dict(pair.split("=") for pair in letters.split())
    return sp.load(EXAMPLES / f"{name}.arch", **values)


def net(text: str) -> Network:
    return network(Source("<test>", text))


@cache
def expression(text: str) -> Formula:
    return read_expression(Source("<test>", text))


def value(formula: Any, letters: Mapping[str, Any]) -> Any:
    """The value of a formula at given letters, computed here and not by the code under test."""
    if isinstance(formula, int):
        return formula
    if isinstance(formula, str):
        formula = expression(formula)
    functions: dict[str, Callable[..., Any]] = {
        "floor": math.floor,
        "ceil": math.ceil,
        "min": min,
        "max": max,
        "mod": lambda a, b: a % b,
    }
    match formula:
        case Number(number):
            return number
        case Symbol(name, known):
            return value(known, letters) if known is not None else _letter(name, letters)
        case Sum(terms):
            return sum(value(t, letters) for t in terms)
        case Negative(term):
            return -value(term, letters)
        case Product(factors):
            return math.prod(value(f, letters) for f in factors)
        case Quotient(top, bottom):
            return Fraction(value(top, letters)) / Fraction(value(bottom, letters))
        case Power(base, exponent):
            power = Fraction(value(base, letters)) ** value(exponent, letters)
            return power.numerator if power.denominator == 1 else power
        case Function("sum", (term, Symbol(index), first, last)):
            copies = range(value(first, letters), value(last, letters) + 1)
            return sum(value(term, {**letters, index: i}) for i in copies)
        case Function(name, arguments):
            return functions[name](*(value(a, letters) for a in arguments))
    raise AssertionError(formula)


def _letter(name: str, letters: Mapping[str, Any]) -> Any:
    given = letters[name]
    if not isinstance(given, str):
        return given
    return value(given, {k: v for k, v in letters.items() if k != name or isinstance(v, int)})


def letters_for(network: Network, letters: Mapping[str, int]) -> dict[str, int]:
    """Values for the letters of a network: those of letters with a range out of it, the others as given."""
    return {**letters, **{name: choices[len(choices) // 2] for name, choices in network.ranges.items()}}


def relation_holds(left: Any, relation: str, right: Any) -> bool:
    """Whether a fact or a condition holds for numbers; left divides right only if it is positive."""
    if relation == "divides":
        return bool(left > 0 and right % left == 0)
    compare = {
        "==": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
    return bool(compare[relation](left, right))


def condition_holds(condition: Condition, letters: Mapping[str, Any]) -> bool:
    """Whether a condition holds at given letters; inside a bracket with a letter, in every copy."""
    if condition.copies:
        repeat, *further = condition.copies
        inside = replace(condition, copies=tuple(further))
        copies = range(value(repeat.first, letters), value(repeat.last, letters) + 1)
        return all(condition_holds(inside, {**letters, repeat.variable: i}) for i in copies)
    try:
        left, right = (value(side, letters) for side in (condition.left, condition.right))
    except ZeroDivisionError:
        return False
    return relation_holds(left, condition.relation, right)


def conditions_hold(network: Network, letters: Mapping[str, Any]) -> bool:
    """Whether every condition that a network states holds at given letters."""
    return all(condition_holds(condition, letters) for condition in network.conditions)


# ---------------------------------------------------------------- random networks

SIZES = st.integers(1, 5)


@st.composite
def convolutions(draw: st.DrawFn, letters: bool = False) -> str:
    filters = draw(st.sampled_from(["F", "2*F", "F + 1"] if letters else ["4", "6", "8", "12"]))
    kernel = draw(st.sampled_from(["k", "3", "(k, 1)"] if letters else ["1", "2", "3", "5", "3x1", "(2, 3)"]))
    more = [
        draw(st.sampled_from(["", "s=2", "s=3", "stride=(2, 1)"])),
        draw(st.sampled_from(["", "same", "p=1", "valid"])),
        draw(st.sampled_from(["", "d=2"])),
        draw(st.sampled_from(["", "bias=no"])),
        draw(st.sampled_from(["", "relu", "activation=tanh"])),
    ]
    return f"conv({', '.join([filters, kernel, *filter(None, more)])})"


POOLS = st.sampled_from(
    ["maxpool(2)", "avgpool(3, s=2)", "maxpool(3x2, same)", "avgpool(2, s=1)", "maxpool(3, p=1, s=2)"]
)
OTHERS = st.sampled_from(["bn", "relu", "dropout(0.3)", "zeropad(1)", "zeropad((1, 2))", "bn(scale=no)"])
DEPTHWISE = st.sampled_from(
    ["depthwise(3, same)", "depthwise(2, m=3)", "separable(8, 3)", "separable(4, 3, m=2, bias=no)"]
)
MERGED = st.sampled_from(
    [
        "{ id | conv(4, 3, same) } -> concat",
        "{ conv(6, 3, same) | conv(6, 1) -> bn } -> add",
        "{ id | globalavgpool -> dense(channels, sigmoid) } -> multiply",
    ]
)
REPEATED = st.sampled_from(["[conv(4, 3, same) -> relu] * 2", "[conv(2*i, 1) for i in 1..3]"])


@st.composite
def networks(draw: st.DrawFn, letters: bool = False) -> str:
    """The text of a network over images; large enough that windows fit."""
    size = "H, W, C" if letters else draw(st.sampled_from(["61, 64, 3", "80, 75, 1", "90, 90, 4"]))
    layer = st.one_of(convolutions(letters), POOLS, OTHERS, DEPTHWISE, MERGED, REPEATED)
    chain = draw(st.lists(layer, min_size=1, max_size=5))
    tail = draw(st.sampled_from([[], ["flatten", "dense(10)"], ["globalavgpool", "dense(7, softmax)"]]))
    return " -> ".join([f"input({size})", *chain, *tail])
