"""A target such as params <= 100,000, as it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from symparams import extensions, limits
from symparams.algebra.evaluation import number
from symparams.algebra.solving import SIGNS
from symparams.errors import Place, Source, SymparamsError, nearest
from symparams.quantities.quantity import QUANTITY_RULES
from symparams.quantities.settings import Settings
from symparams.quantities.totals import TOTALS, TotalQuantity, amount
from symparams.sources.reader import read_expression


@dataclass(frozen=True, slots=True)
class Target:
    """How much of a quantity is wanted."""

    what: TotalQuantity  # the quantity
    relation: str  # == <= >= < or >
    amount: int  # how much of it
    layer: str | None = None  # of this layer alone


def read_target(text: str, layer: str | None = None, settings: Settings | None = None) -> Target:
    """params <= 100,000."""
    source = Source("--target", text[: limits.SOURCE_BYTES])
    head = re.match(r"\s*(\w*(?:-\w+)?)\s*(==|<=|>=|=|≤|≥|<|>)?\s*", source.text)
    assert head is not None
    if not head[1]:
        raise SymparamsError("a target starts with a quantity: params=51264, params<=100000", Place(source, 0))
    if head[1].isdigit() and not head[2]:
        raise SymparamsError(f"what is {head[1][:20]} a number of? write params={head[1][:20]}", Place(source, 0))
    if head[1].replace("-", "_") not in TOTALS and QUANTITY_RULES.ask(head[1]) is None:
        known = (*TOTALS, *extensions.names("quantity"))
        near = nearest(head[1], known) or f"; the choices are {', '.join(known)}"
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
