"""What a text comes to before any size is known: layers in a row, each with what feeds it and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from typing import NamedTuple, TypeAlias, TypeVar

from symparams import limits
from symparams.algebra.facts import Facts
from symparams.algebra.formula import CHANNELS, Formula, Symbol, Value, symbols
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import mapped
from symparams.errors import LimitError, Place, Source, Span, SymparamsError
from symparams.layers import Entry
from symparams.model.network import MacroUse
from symparams.sources.binding import Given
from symparams.sources.records import Told


class LayerCall(NamedTuple):
    """A layer with what stands in its brackets, as a layer of the network or as the argument of another."""

    word: str  # as it was written
    entry: Entry  # what the catalogue has under it
    given: tuple[Given, ...]
    places: tuple[Span, ...]  # of each of these
    at: Span
    waits: bool  # whether something in the brackets is known only when other placements have been placed
    told: tuple[Told, ...] = ()  # what the brackets say about the input, letters resolved


class Pointed(NamedTuple):
    """A layer of the network by its name, as an argument: tied(@words)."""

    name: str
    number: int  # of its placement


class Shared(NamedTuple):
    """Whose weights a layer uses again."""

    name: str  # as it stands behind @
    number: int  # of the placement that has them
    copied: bool  # whether it stands in copies inside what is shared: then the n-th shares those of the n-th


class Placement(NamedTuple):
    """One layer in its place."""

    number: int  # by which others name it
    call: LayerCall  # the layer, its arguments not read yet
    inputs: tuple[int, ...]  # the numbers of what feeds it
    forks: bool  # whether the ends of a fork flow into it
    name: str | None  # as given with `as`
    counted: bool  # whether that name is one of several, such as those in copies: stage_1, stage_2
    shared: Shared | None  # whose weights it uses again; None: it has its own
    frozen: bool  # whether it is not trained
    macro: MacroUse | None  # the outermost use of a macro in which it stands
    steps: int  # how many `timedistributed` stand around it
    copies: tuple[int, ...]  # which copy it is of each bracket around it, the outermost first
    at: Span  # where errors are
    within: tuple[str, ...] = ()  # the macros, and the names of uses and brackets, in which it stands


class Bracket(NamedTuple):
    """Copies whose number is known only with the sizes, or never: `[ … ] * N`."""

    number: int  # that of what the last copy gives
    arrival: int  # that of what flows into each copy
    flow: int  # that of what flows into the first
    body: tuple[Placement | Bracket, ...]  # one copy, with the letter that counts copies in it
    end: int  # the number of what a copy gives
    first: Formula  # the numbers of the first copy and of the last
    last: Formula
    variable: str | None  # the letter, where one stands in the body
    times: bool  # whether it says how often: `* N`, not from where to where
    copies: tuple[int, ...]
    at: Span
    count_at: Span


Placed: TypeAlias = "Placement | Bracket"
_Numbered = TypeVar("_Numbered", Shared, MacroUse)


def channels_at(number: int) -> Symbol:
    """`channels`, where the output of a placement arrives: a stand-in until its size is known."""
    return Symbol(CHANNELS, Symbol(f"@{number}"))


def _stands_in(leaf: Symbol) -> bool:
    return leaf.name == CHANNELS and isinstance(leaf.value, Symbol) and leaf.value.name.startswith("@")


def waits(value: object) -> bool:
    """Whether an argument is known only when other placements have been placed."""
    if isinstance(value, Formula):
        return any(map(_stands_in, symbols(value)))
    if isinstance(value, tuple):
        return isinstance(value, (LayerCall, Pointed)) or any(map(waits, value))
    return False


def filled(formula: Formula, channels: Callable[[int], Formula], letters: Mapping[str, Formula]) -> Formula:
    """The formula with sizes for its stand-ins and values for letters that count copies."""

    def meant(leaf: Formula) -> Formula:
        if not isinstance(leaf, Symbol):
            return leaf
        if _stands_in(leaf):
            assert isinstance(leaf.value, Symbol)
            return Symbol(CHANNELS, channels(int(leaf.value.name[1:])))
        return letters.get(leaf.name, leaf) if leaf.value is None else leaf

    return mapped(formula, meant)


def titled(one: Placed, name: str, counted: bool) -> Placed:
    """The same with a name for its first layer."""
    if isinstance(one, Bracket):
        return one._replace(body=(*(titled(first, name, counted) for first in one.body[:1]), *one.body[1:]))
    return one._replace(name=name, counted=counted)


def inside(one: Placed, name: str) -> Placed:
    """The same as a part of what has a name."""
    if isinstance(one, Bracket):
        return one._replace(body=tuple(inside(part, name) for part in one.body))
    return one._replace(within=(*one.within, name))


def moved(one: Placement, before: int, by: int) -> Placement:
    """The same so many numbers further, with all that it names that was numbered after `before`."""
    return one._replace(
        number=one.number + by,
        inputs=tuple([n + by if n > before else n for n in one.inputs]),
        shared=one.shared and _further(one.shared, before, by),
        macro=one.macro and _further(one.macro, before, by),
    )


def _further(named: _Numbered, before: int, by: int) -> _Numbered:
    return named._replace(number=named.number + by) if named.number > before else named


def numbers_of(placed: Sequence[Placed]) -> list[int]:
    """The numbers of all layers, in order."""
    numbers: list[int] = []
    for one in placed:
        numbers += numbers_of(one.body) if isinstance(one, Bracket) else [one.number]
    return numbers


class End(Enum):
    """One end of a repetition, as messages call it."""

    START = "the start of the repetition"
    LAST = "the end of the repetition"
    TIMES = "the number of copies"


def whole(formula: Formula, facts: Facts, end: End, place: Place) -> Value:
    """A whole number, or a formula with letters; a number of copies is at least 0."""
    try:
        value = formula if waits(formula) else simplified(formula, facts)
    except SymparamsError as error:
        error.place = error.place or place
        raise
    if isinstance(value, Fraction):
        raise SymparamsError(f"{end.value} must be whole, not {shown(value, SOURCE)}", place)
    if isinstance(value, int) and value < 0 and end is End.TIMES:
        raise SymparamsError(f"{end.value} must be at least 0, not {value}", place)
    return value


def copies_of(first: int, last: int, source: Source, at: Span) -> range:
    """The values that the copies run through."""
    if last - first >= limits.LAYERS:
        message = f"{last - first + 1:,} copies are more than {limits.LAYERS:,}, which is the limit"
        raise LimitError(message, Place(source, *at))
    return range(first, last + 1)
