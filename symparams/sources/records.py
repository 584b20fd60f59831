"""What leaves the parser: the text of a network as records, names not yet resolved."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from symparams.algebra.formula import Formula


class Reference(NamedTuple):
    """`@name`."""

    name: str
    at: int  # offset in the source


class Argument(NamedTuple):
    """What stands between two commas of a layer's brackets."""

    keyword: str | None
    value: RawValue
    at: int


class Call(NamedTuple):
    """`name(…)`, or `name` alone."""

    name: str
    arguments: tuple[Argument, ...]
    at: int


class Group(NamedTuple):
    """`[ chain ]`, with what repeats it."""

    chain: Chain
    times: Formula | None  # `* times`
    variable: str | None  # `for variable in first..last`
    first: Formula | None
    last: Formula | None
    at: int  # of the bracket
    count_at: int  # of what says how often


class Branches(NamedTuple):
    """`{ chain | chain }`."""

    chains: tuple[Chain, ...]
    at: int


class Named(NamedTuple):
    """`item as name`."""

    item: Item
    name: str
    at: int


class Chain(NamedTuple):
    """`item -> item -> …`."""

    items: tuple[Item, ...]
    at: int


Item: TypeAlias = "Call | Reference | Group | Branches | Named"
RawValue: TypeAlias = "Formula | tuple[object, ...] | Call | Reference | str"


class Let(NamedTuple):
    """`let name = expression`."""

    name: str
    value: Formula
    at: int


class Piece(NamedTuple):
    """A value of a range, or values from first to last."""

    first: Formula
    last: Formula | None  # None: the first alone
    step: Formula | None  # None: 1
    at: int


class Range(NamedTuple):
    """`range name in piece, piece, …`."""

    name: str
    pieces: tuple[Piece, ...]
    at: int


class Fact(NamedTuple):
    """One relation of a `where`, or of what a range says."""

    left: Formula
    relation: str
    right: Formula
    at: int
    range: Range | None = None  # the range that says so; None: a `where` does


class Parameter(NamedTuple):
    """A parameter of a macro."""

    name: str
    default: Formula | None


class Macro(NamedTuple):
    """`def name(parameters) = chain`."""

    name: str
    parameters: tuple[Parameter, ...]
    chain: Chain
    at: int


class Model(NamedTuple):
    """`model "title"`."""

    title: str
    at: int


class Convention(NamedTuple):
    """`convention name`."""

    name: str
    at: int


Statement: TypeAlias = "Model | Convention | Let | Range | tuple[Fact, ...] | Macro | Chain"
