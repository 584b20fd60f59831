"""A question as people post it: prose with code, a printed table, or both, each read by its own way in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from symparams.errors import Source, Span, SymparamsError
from symparams.reading.joining import joined
from symparams.reading.python.mending import code_spans
from symparams.reading.python.program import read_python
from symparams.reading.reading import Reading
from symparams.reading.tables.finding import find_tables
from symparams.reading.tables.summary import read_summary

_WORDS = 4  # so many words in a row are prose


def read_question(source: Source, model: str | None) -> Reading:
    """What the code and the table in a text say together; raises SymparamsError if there is neither."""
    text = source.text
    tabled = [table.at for table in find_tables(text, source.name)]
    coded = code_spans(_without(text, tabled))
    readings: list[Reading] = []
    failures: list[SymparamsError] = []
    for spans, read in ((coded, read_python), (tabled, read_summary)):
        if spans:
            try:
                readings.append(read(replace(source, text=_only(text, spans)), model))
            except SymparamsError as error:
                failures.append(error)
    if not readings:
        raise failures[0] if failures else _nothing(source)
    prose = _without(text, [*tabled, *coded])
    return replace(_together(readings), kind="question", source=source, prose=prose)


def recognised(text: str) -> float:
    """How sure it is that prose stands around code or a table."""
    with suppress(SymparamsError):
        tabled = [table.at for table in find_tables(text, "<text>")]
        coded = code_spans(_without(text, tabled))
        if (tabled or coded) and _has_prose(_without(text, [*tabled, *coded])):
            return 0.95
        if tabled and coded:
            return 0.95
    return 0.0


def is_code(text: str) -> float:
    """How sure it is that a text is code."""
    return 0.7 if code_spans(text) else 0.0


def _together(readings: Sequence[Reading]) -> Reading:
    return joined(*readings) if len(readings) == 2 else readings[0]


def _nothing(source: Source) -> SymparamsError:
    return SymparamsError(
        "there is no network in this text; code of a Keras or PyTorch model, a printed summary, a config or a network "
        "in the language would do",
        source=source,
    )


def _has_prose(text: str) -> bool:
    return re.search(rf"(?:[^\W\d_]{{2,}}[ ,.;:]+){{{_WORDS}}}", text) is not None


def _only(text: str, spans: Iterable[Span]) -> str:
    """The text with blanks in place of everything else, so that places stay as they are."""
    kept = list(_blank(text))
    for start, end in spans:
        kept[start:end] = text[start:end]
    return "".join(kept)


def _without(text: str, spans: Iterable[Span]) -> str:
    """The text with blanks in place of these parts."""
    kept = list(text)
    for start, end in spans:
        kept[start:end] = _blank(text[start:end])
    return "".join(kept)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
