"""What leaves the parser: the text of a network as records, names not yet resolved."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from symparams.algebra.formula import Formula, Symbol, symbols
from symparams.errors import Span
from symparams.layers import Entry
from symparams.model.framework import Arriving


class Reference(NamedTuple):
    """`@name`, or `@"name"` where it is no identifier."""

    name: str  # without quotes
    at: Span


class Argument(NamedTuple):
    """What stands between two commas of a layer's brackets."""

    keyword: str | None
    value: RawValue
    at: Span
    called: str = ""  # what its framework calls it, for messages; "": as the keyword says


class Told(NamedTuple):
    """What a framework wants to be told about the input, which is compared with what arrives: `in_channels=3`."""

    name: str  # of the argument
    what: Arriving  # which size it says
    value: Formula
    at: Span


class Call(NamedTuple):
    """`name(…)`, or `name` alone.

    A class name of Keras or PyTorch takes the arguments that its framework gives it, in the framework's order and under
    the framework's names: `Call("Conv2D", …)`, `Call("nn.Conv2d", …)`. Which framework a name such as `LSTM` is of that
    both have, its prefix says (`nn.`, `torch.nn.`, `layers.`, `keras.layers.`, …), else the convention.
    """

    name: str  # of a layer or a macro, as it was written, prefixes too
    arguments: tuple[Argument, ...]  # in the order in which they were written
    at: Span  # of the whole call
    entry: Entry | None = None  # the layer, where a framework's name has been understood; None: the catalogue knows
    told: tuple[Told, ...] = ()  # what a framework's arguments say about the input


class Group(NamedTuple):
    """`[ chain ]`, with what repeats it."""

    chain: Chain
    times: Formula | None  # `* times`
    variable: str | None  # `for variable in first..last`
    first: Formula | None
    last: Formula | None
    at: Span  # of the bracket
    count_at: Span  # of what says how often


class Branches(NamedTuple):
    """`{ chain | chain }`."""

    chains: tuple[Chain, ...]
    at: Span


class Named(NamedTuple):
    """`item as name`, or `item as "name"` where it is no identifier."""

    item: Item
    name: str  # without quotes
    at: Span
    bare: bool = False  # whether it was written without quotes, so that it must be no word of the language


class Chain(NamedTuple):
    """`item -> item -> …`."""

    items: tuple[Item, ...]
    at: Span


Item: TypeAlias = "Call | Reference | Group | Branches | Named"

# What stands for an argument:
#   a Formula    an expression; a number is a Number, a decimal one too; a word is a Symbol of that name, dots in it:
#                `same`, `tf.nn.relu`, and also Python's `True`, `False`, `None`: TRUE, FALSE, NONE
#   a tuple      what stands in round or square brackets, one value too: (3, 3), [3, 3], (3,); of values such as these
#   a Call       a layer or anything else that is called: lstm(64), l2(0.01), tf.nn.relu() is none, its name is a word
#   a Reference  @name
#   a str        a text with its quotes, as it was written: '"same"', "'same'"
#   a Group      layers in a row, where a layer stands for an argument: TimeDistributed(Sequential([…]))
RawValue: TypeAlias = "Formula | tuple[object, ...] | Call | Group | Reference | str"

TRUE, FALSE, NONE = Symbol("True"), Symbol("False"), Symbol("None")


class Let(NamedTuple):
    """`let name = expression`."""

    name: str
    value: Formula
    at: Span


class Piece(NamedTuple):
    """A value of a range, or values from first to last."""

    first: Formula
    last: Formula | None  # None: the first alone
    step: Formula | None  # None: 1
    at: Span


class Range(NamedTuple):
    """`range name in piece, piece, …`."""

    name: str
    pieces: tuple[Piece, ...]
    at: Span


class Fact(NamedTuple):
    """One relation of a `where`, or of what a range says."""

    left: Formula
    relation: str
    right: Formula
    at: Span
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
    at: Span


class Model(NamedTuple):
    """`model "title"`."""

    title: str
    at: Span


class Convention(NamedTuple):
    """`convention name`."""

    name: str
    at: Span


Statement: TypeAlias = "Model | Convention | Let | Range | tuple[Fact, ...] | Macro | Chain"


def uses(item: object, name: str | None) -> bool:
    """Whether a letter, if there is one, stands anywhere in a part of the text."""
    if name is None:
        return False
    if isinstance(item, Formula):
        return any(s.name == name for s in symbols(item))
    if isinstance(item, tuple):
        return any(uses(part, name) for part in item)
    return False
