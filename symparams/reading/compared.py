"""A question about several networks: each piece of code or table between words such as "by" and "vs." is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import pairwise

from symparams.algebra.formula import Value
from symparams.errors import Source, Span, SymparamsError
from symparams.reading.alternatives import (
    MOST,
    are_independent,
    compares,
    divided,
    is_about_several,
    sets_against,
    title,
)
from symparams.reading.inline_calls import rows_in_sentences
from symparams.reading.mismatches import mismatches
from symparams.reading.reading import Reading
from symparams.reading.tables.finding import find_tables
from symparams.reading.tables.summary import read_table
from symparams.sources.language import built

_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:[,.'’ ]\d{3})+(?![\d])|(?<![\w.,])\d{3,15}(?![\w])")

Read = Callable[[Source, "str | None"], Reading]


def parts_of(source: Source, pieces: Callable[[str], Sequence[Span]], read: Read) -> list[Reading]:
    """The networks between the words that set them against each other; none where a part has none of its own.

    `pieces` says where code stands in a text.
    """
    parts = divided(source.text)
    if len(parts) < 2:
        return []
    found = []
    codes = []
    for part in parts:
        alone = _only(source.text, [part])
        spans = pieces(alone)
        code = _only(alone, spans)
        codes.append("\n".join(alone[span.start : span.end] for span in spans))
        reading = _row_of(replace(source, text=alone)) if not spans else None
        with suppress(SymparamsError):
            if spans:
                reading = replace(read(replace(source, text=code), None), title=title(codes[-1]))
        if reading is None or not _is_built(reading):
            return []
        found.append(reading)
    return found if are_independent(list(filter(None, codes))) else []


def _row_of(source: Source) -> Reading | None:
    """The network of a table, which may be a single row."""
    with suppress(SymparamsError):
        tables = find_tables(source.text, source.name, 1)
        if len(tables) == 1:
            rows = Span(tables[0].at.start, tables[0].rows[-1].at.end)
            if len(tables[0].rows) == 1:  # totals behind it are of another table
                tables = find_tables(_only(source.text, [rows]), source.name, 1)
            name = tables[0].rows[0].name if len(tables[0].rows) == 1 else tables[0].title
            return replace(read_table(source, tables[0]), title=name)
    return None


def models_of(source: Source, first: Reading, read: Read) -> list[Reading]:
    """The models of one program, where the prose compares them."""
    names = [name for name in first.models if name not in first.parts]
    if names == ["model"] and is_about_several(first.prose):  # layers in a row, which may stand beside each other
        names = [name for name in first.parts if _place(first.prose, name) < len(first.prose)]
    if not 1 < len(names) <= MOST or not compares(first.prose):
        return []
    spoken = [name for name in names if _place(first.prose, name) < len(first.prose)]
    if len(spoken) < 2 and not is_about_several(first.prose):
        return []
    found: list[Reading] = []
    with suppress(SymparamsError):
        found = [replace(read(source, name), title=name) for name in sorted(names, key=partial(_place, source.text))]
    return found if len(found) == len(names) and all(map(_is_built, found)) else []


def rows_of(source: Source, prose: str, read: Read) -> list[Reading]:
    """The layers that a sentence compares, each with its sizes: "nn.LayerNorm(64) instead of nn.BatchNorm2d(64)"."""
    rows = list(rows_in_sentences(source.text))
    if not any(sets_against(source.text, a[0].start, a[-1].end, b[0].start) for a, b in pairwise(rows)):
        return []
    refused = {f"LayerNorm({one.expected})" for one in mismatches(prose) if one.of == "normalized"}
    found: dict[str, Reading] = {}
    for row in rows:
        code = re.sub(r"\s+", " ", ", ".join(source.text[span.start : span.end] for span in row))
        if code not in found and not any(code.endswith(one) for one in refused) and len(found) < MOST:
            with suppress(SymparamsError):
                reading = replace(read(replace(source, text=_only(source.text, row)), None), title=code)
                if _is_built(reading):
                    found[code] = reading
    return list(found.values()) if len(found) > 1 else []


def spoken_model(source: Source, first: Reading, read: Read) -> Reading:
    """Of the models of one program, the only one that the prose names, or whose number of parameters stands in it."""
    names = [name for name in first.models if name not in first.parts]
    if not 1 < len(names) <= MOST:
        return first
    spoken = [name for name in names if _place(first.prose, name) < len(first.prose)]
    if not spoken:
        each = {name: _total(source, name, read) for name in names}
        written = _numbers(first.prose)
        spoken = [name for name, total in each.items() if total in written]
    if len(spoken) != 1 or spoken[0] == first.models[0]:
        return first
    with suppress(SymparamsError):
        chosen = read(source, spoken[0])
        if _is_built(chosen):
            others = [name for name in names if name != spoken[0]]
            return replace(chosen, kind=first.kind, source=first.source, prose=_without(first.prose, source, others))
    return first


def _without(prose: str, code: Source, models: Sequence[str]) -> str:
    """Prose without what stands behind the code of some models, on the same line."""
    for name in models:
        for line in re.finditer(rf"^[ \t]*{re.escape(name)}[ \t]*=[^\n]*", code.text, re.M):
            prose = prose[: line.start()] + " " * len(line[0]) + prose[line.end() :]
    return prose


def _total(source: Source, name: str, read: Read) -> Value | None:
    """How many parameters a model of a program has; None where it cannot be built."""
    with suppress(SymparamsError):
        reading = read(source, name)
        return built(reading.statements, reading.source).counts.params
    return None


def _numbers(prose: str) -> set[int]:
    """The numbers of three digits and more that stand in prose."""
    return {int(re.sub(r"\D", "", one)) for one in _NUMBER.findall(prose)}


def _place(text: str, name: str) -> int:
    """Where a name first stands; behind everything where it does not."""
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return len(text) if found is None else found.start()


def together(source: Source, prose: str, readings: Sequence[Reading]) -> Reading:
    """The first of several networks, with the others beside it."""
    each = list(_each(source, prose, readings))
    models = tuple(one.title for one in each if one.title)
    return replace(each[0], models=models, alternatives=tuple(each[1:]))


def _each(source: Source, prose: str, readings: Sequence[Reading]) -> Iterator[Reading]:
    for one in readings:
        yield replace(_plain(one), kind="question", source=source, prose=prose, models=(), parts=(), repairs=())


def _plain(reading: Reading) -> Reading:
    """The same without what only its own kind of reading has."""
    return Reading(reading.kind, reading.source, reading.statements, assumed=reading.assumed, title=reading.title)


def _is_built(reading: Reading) -> bool:
    with suppress(SymparamsError):
        return bool(built(reading.statements, reading.source).nodes)
    return False


def _only(text: str, spans: Sequence[Span]) -> str:
    kept = ["\n" if c == "\n" else " " for c in text]
    for start, end in spans:
        kept[start:end] = text[start:end]
    return "".join(kept)
