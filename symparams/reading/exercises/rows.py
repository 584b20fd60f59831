"""Networks in the short forms of lectures and papers: CONV-9-32, POOL-2, FC-64; conv3-64, maxpool; 32C5-MP2-10N."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from symparams.reading.exercises.arriving import image_told
from symparams.reading.exercises.settings import settings_in
from symparams.reading.exercises.told import Told

_X = r"\s?[x×]\s?"
_ROW = re.compile(
    rf"(?<![\w.])(?:(?P<conv>conv(?:olution)?)[\s-]?[(]?(?P<first>\d{{1,4}})(?:{_X}\d{{1,4}})?(?:\s?[-,/]\s?|{_X})(?P<second>\d{{1,5}})\)?(?!\s?(?:different\s)?(?:filters?|kernels?|channels?|feature|maps|units|neurons|outputs?))"
    r"|(?P<paper>\d{1,5})C(?P<paper_kernel>\d{1,2})"
    rf"|(?P<pool>max-?\s?pool(?:ing)?|avg-?\s?pool|pool(?:ing)?|MP|AP|P)[\s-]?\(?(?P<size>\d{{1,2}})?(?:{_X}\d{{1,2}})?\)?(?![\w])"
    r"|(?P<dense>FC|dense|fully-?connected|F)[\s-]?\(?(?P<units>\d{1,6})?\)?(?!\w)|(?P<neurons>\d{1,6})(?:N|F)(?!\w)"
    r"|(?P<input>input))(?!\w)",
    re.I,
)
_SHAPE = re.compile(rf"[ \t:|]{{0,6}}[\[(]?\s?(\d{{1,6}}){_X}(\d{{1,6}}){_X}(\d{{1,6}})\s?[\])]?")
_LEGEND = re.compile(r"\bconv-?\(?([A-Z])[-,]\s?([A-Z])\b", re.I)
_OTHERS = re.compile(r"\b(?:re-?lu|bn|batch-?norm|softmax|sigmoid|tanh|dropout|flatten)\b", re.I)  # rows of no size
_ALONE = re.compile(r"\s?(?:[,;|\n]|->|→|$)")  # what stands behind a row
_FEWEST = 3  # rows of a network


class Row(NamedTuple):
    """A row of a network, with the shape that is told of what it puts out."""

    layer: Told | None  # none for the input
    shape: tuple[int, ...]  # empty where none is told
    start: int  # where it stands in the text
    end: int


def rows_in(text: str) -> list[Row]:
    """The rows of a network in short forms; empty where there is no such network, or words stand among its rows."""
    rows: list[Row] = []
    skipped = 0  # where the last row stands that begins in the middle of a sentence
    for row in _rows(text, kernel_first=_kernel_first(text)):
        if rows and not _begins(text, rows[-1].end, row.start):
            skipped = row.start
        elif skipped:
            return []
        else:
            rows.append(row)
    layers = [row.layer for row in rows if row.layer is not None]
    return rows if len(layers) >= _FEWEST and any(layer.kind == "conv" for layer in layers) else []


def _begins(text: str, behind: int, start: int) -> bool:
    """Whether a row begins here: at the head of a line, or with no words between it and the row before."""
    between = _OTHERS.sub("", text[behind:start])
    return not re.search(r"[^\W\d_]", between.rpartition("\n")[2])


def _rows(text: str, *, kernel_first: bool) -> Iterator[Row]:
    """Whatever looks like a row."""
    for one in _ROW.finditer(text):
        found = _SHAPE.match(text, one.end())
        shape = tuple(map(int, found.groups())) if found else ()
        layer = _layer(one, shape, text, kernel_first=kernel_first)
        if layer is not None or (one["input"] and shape):
            yield Row(layer, shape, one.start(), found.end() if found else one.end())


def _layer(one: re.Match[str], shape: tuple[int, ...], text: str, *, kernel_first: bool) -> Told | None:
    """The layer of a row; None for the input, and for a word in a sentence."""
    if one["conv"] or one["paper"]:
        first, second = (one["first"], one["second"]) if one["conv"] else (one["paper_kernel"], one["paper"])
        kernel, filters = (first, second) if kernel_first or one["paper"] else (second, first)
        return Told("conv", one.start(), settings={"kernel": kernel, "filters": filters})
    if one["pool"]:
        is_row = one["size"] or shape or _ALONE.match(text, one.end())
        kind = "average" if one["pool"].lower().startswith("a") else "max"
        return Told(kind, one.start(), settings={"size": one["size"] or "2"}) if is_row else None
    units = one["units"] or one["neurons"] or (str(shape[-1]) if shape[:2] == (1, 1) else "")
    return Told("dense", one.start(), settings={"units": units}) if units else None


def _kernel_first(text: str) -> bool:
    """Whether the kernel's size stands before the filters, as a legend says, or as is usual."""
    legend = _LEGEND.search(text)
    if legend is None:
        return True
    return re.search(rf"\b{legend[2]}{_X}{legend[2]}\b", text, re.I) is None


def padded(text: str, rows: Sequence[Row]) -> Iterator[list[Told]]:
    """The layers of the rows, with each padding that may be meant: as it is told, else none and "same"."""
    told = {one.value for one in settings_in(text) if one.name == "padding"}
    for padding in sorted(told) if len(told) == 1 else ("valid", "same"):
        layers = [row.layer for row in rows if row.layer is not None]
        yield [
            Told(one.kind, one.at, settings={**one.settings, **({"padding": padding} if one.kind == "conv" else {})})
            for one in layers
        ]


def arriving_at(text: str, rows: Sequence[Row]) -> str:
    """The input in the language; empty where nothing tells it."""
    first = next((row.shape for row in rows if row.layer is None), ()) or image_told(text)
    return f"input({', '.join(map(str, first))})" if first else ""
