"""The network of an exercise, if the text tells all that its layers need."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import starmap
from typing import NamedTuple

from symparams.algebra.formula import Value
from symparams.errors import Source, Span, SymparamsError, listed
from symparams.reading.exercises.arriving import arriving, inputs_at
from symparams.reading.exercises.attaching import UntoldError, layers_in, settings_at
from symparams.reading.exercises.plain import plain
from symparams.reading.exercises.rows import Row, arriving_at, padded, rows_in
from symparams.reading.exercises.told import SPOKEN, Told, written
from symparams.sources.language import built
from symparams.sources.reader import read_network
from symparams.sources.records import Statement

_LONGEST = 6_000  # characters of an exercise
_MOST = 60  # layers
_CONVOLUTION = re.compile(r"\bconv", re.I)
_TIMES = r"\s?[×x*·]\s?"
_COUNTED = re.compile(
    rf"\(\s?(\d{{1,3}}){_TIMES}(\d{{1,3}}){_TIMES}(\d{{1,5}})\s?\)?\s?\+\s?1\s?\){_TIMES}(\d{{1,5}})(?!\s?[\d×x*·+])"
)
_SILENT = ("input", "flatten")  # what no row is for


class Exercise(NamedTuple):
    """A network that a text tells."""

    code: str  # in the language
    statements: tuple[Statement, ...]  # its records
    told: tuple[Span, ...] = ()  # where the text tells the input and the settings


class Untold(NamedTuple):
    """What a text leaves out of a network."""

    said: str  # as an error says it
    at: Span  # the layer that it is missing in
    layers: int  # of how many layers the text tells anything


@lru_cache(4)
def exercise(text: str) -> Exercise | None:
    """The network that a text tells; None where it leaves out what a layer needs, or where the sizes do not fit."""
    if len(text) > _LONGEST:
        return None
    bare = plain(text)
    found = _exercise(bare.text)
    return None if found is None else found._replace(told=tuple(Span(*bare.place(*at)) for at in found.told))


def _exercise(text: str) -> Exercise | None:
    rows = rows_in(text)
    if rows:
        return _of_rows(text, rows)
    try:
        layers = layers_in(text)
    except UntoldError:
        return None
    first = arriving(text, layers) if layers and len(layers) <= _MOST else ""
    if not layers or not first:
        return _by_formula(text)
    found = _written(first, layers) if first else None
    return None if found is None else found._replace(told=tuple(starmap(Span, (*inputs_at(text), *settings_at(text)))))


@lru_cache(4)
def untold(text: str) -> Untold | None:
    """What a text leaves out of a network of which it tells other layers whole; None if that is not what it does."""
    bare = plain(text[: _LONGEST + 1])
    if len(text) <= _LONGEST and not rows_in(bare.text):
        try:
            layers_in(bare.text)
        except UntoldError as error:
            one = error.mention
            lacks = listed([f"the {SPOKEN[name]}" for name in error.lacks])
            said = f"nothing tells {lacks} of `{bare.text[one.start : one.end]}`"
            return Untold(said, Span(*bare.place(one.start, one.end)), error.layers)
    return None


def _by_formula(text: str) -> Exercise | None:
    """The convolution of which a text tells nothing but how its parameters are counted: (5×5×3 + 1)×8."""
    counted = {found.groups() for found in _COUNTED.finditer(text)} if _CONVOLUTION.search(text) else set()
    if len(counted) != 1:
        return None
    height, width, channels, filters = counted.pop()
    kernel = height if height == width else f"({height}, {width})"
    return _written(f"input(H, W, {channels})", [Told("conv", 0, settings={"filters": filters, "kernel": kernel})])


def _of_rows(text: str, rows: Sequence[Row]) -> Exercise | None:
    """The network of rows: of the paddings that may be meant the first that gives the shapes told beside them."""
    first = arriving_at(text, rows)
    shapes = [row.shape for row in rows if row.layer is not None]
    for layers in padded(text, rows) if first else ():
        found = _written(first, layers)
        nodes = () if found is None else built(found.statements, Source("<exercise>", found.code)).nodes
        made = [node.shape for node in nodes if node.layer.names[0] not in _SILENT]
        if len(made) == len(shapes) and all(map(_fits, made, shapes)):
            return found and found._replace(told=tuple(Span(row.start, row.end) for row in rows))
    return None


def _fits(made: tuple[Value, ...], told: tuple[int, ...]) -> bool:
    """Whether an output has the shape that is told; a row of features is told as 1 x 1 x N."""
    return told in ((), made) or (len(made) == 1 and told == (1, 1, *made))


def _written(first: str, layers: Sequence[Told]) -> Exercise | None:
    """A network in the language; None where its sizes do not fit."""
    code = written(first, layers)
    source = Source("<exercise>", code)
    with suppress(SymparamsError):
        statements = tuple(read_network(source))
        built(statements, source)
        return Exercise(code, statements)
    return None
