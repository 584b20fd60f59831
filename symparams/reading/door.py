"""The one door: a text of any kind -> what was read of it, and the network that it describes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache

from symparams.algebra.formula import Formula
from symparams.errors import LimitError, MissingInputError, Source, SymparamsError
from symparams.layers import CATALOGUE, Catalogue
from symparams.model.network import Network
from symparams.model.tensor import Convention
from symparams.reading.prose import has_prose, has_question, nothing, without_comments
from symparams.reading.reading import Reading
from symparams.reading.ways import (
    is_language,
    is_printed,
    is_program,
    names_published,
    read_as,
    recognised,
    way_of_kind,
)
from symparams.sources.language import built
from symparams.sources.reader import read_network
from symparams.sources.records import Call, Statement
from symparams.sources.unread import elsewhere, is_rounded

LANGUAGE = "arch"  # the kind of a text in the architecture language
_FEW = 2_000  # characters of a text that has nothing but some layers
_CALLS = re.compile(
    r"[\s\[(]*(?!input\b)(?:\w+\.)*[A-Za-z]\w*[\[(]"
)  # the first layer, or the list around it; no input


def reading_of(source: Source) -> Reading:
    """What a text says, as what it is to be read or as what it looks like.

    Raises SymparamsError, with its place in the text, for what cannot be read.
    """
    if source.kind not in ("", LANGUAGE):
        return _of_kind(source)
    try:
        own = Reading(LANGUAGE, source, tuple(_statements(source)))
    except SymparamsError:
        bare = without_comments(source.text)
        is_own = source.kind == LANGUAGE or (is_language(source.text) and not has_question(bare))
        other = None if is_own else _recognised(source)
        if other is None and (has_prose(bare) or _is_known(bare) or (not is_own and is_program(bare))):
            raise nothing(source) from None
        if other is None:
            raise
        return other
    if source.kind == LANGUAGE:
        return own
    if own.statements and not is_printed(source.text):
        return _with_letters(own) or own
    return _recognised(source) or own  # all of it in comments, or a table on one line, whose `#` looks like a comment


@lru_cache(8)
def _of_kind(source: Source) -> Reading:
    return read_as(way_of_kind(source.kind), source)


@lru_cache(8)
def _recognised(source: Source) -> Reading | None:
    way = recognised(source.text)
    return None if way is None else read_as(way, source)


def _is_known(text: str) -> bool:
    """Whether more can be said of a text than that it is not in the language."""
    return bool(elsewhere(text)) or is_rounded(text)


def _with_letters(own: Reading) -> Reading | None:
    """Layers of a framework alone, `Conv2D(32, 3)`, read as the code that they are: their input becomes letters.

    So is a network that a framework brings along: `models.resnet18()`.
    """
    if _CALLS.match(own.source.text) is None or len(own.source.text) > _FEW:
        return None
    try:
        built(own.statements, own.source)
    except SymparamsError as error:
        with suppress(SymparamsError):
            code = _recognised(own.source)
            alone = (
                isinstance(error, MissingInputError) and code and _layers(code.statements) == _layers(own.statements)
            )
            if code and (alone or names_published(own.source.text)):
                built(code.statements, own.source)
                return code
    return None


def _layers(item: object) -> int:
    """How many layers are called in statements, beside inputs."""
    if isinstance(item, Call):
        return int(item.name != "input")
    return sum(map(_layers, item)) if isinstance(item, (tuple, list)) else 0


def _statements(source: Source) -> list[Statement]:
    try:
        return read_network(source)
    except RecursionError:
        raise LimitError("the formulas here are nested too deeply", source=source) from None


def network(
    source: Source,
    given: Mapping[str, Formula] | None = None,
    catalogue: Catalogue = CATALOGUE,
    *,
    for_others: bool = False,
    without_ranges: bool = False,
    unstated: Convention | None = None,
) -> Network:
    """The network that a text of any kind describes; see `symparams.sources.language.network`, and `built` there."""
    statements = reading_of(source).statements
    return built(
        statements, source, given, catalogue,
        for_others=for_others, without_ranges=without_ranges, unstated=unstated,
    )  # fmt: skip
