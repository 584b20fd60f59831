"""What stands in the cells of a table: shapes, counts, connections."""

from __future__ import annotations

import re

from symparams.reading.tables.table import Sizes

_ONE = r"(?:None|\?|-?\d{1,12})"
_SIZES = rf"{_ONE}(?:\s*+,\s*+{_ONE}){{0,15}}+"
TUPLE = rf"[\[(]\s*+{_SIZES}(?:\s*+,)?(?:\s*+[\])]{{1,2}})?"  # the end may stand below
COUNT = r"\d{1,3}(?:[,.’']\d{3})+(?!\d)|\d{1,30}"
_TUPLE = re.compile(rf"[\[(]\s*({_SIZES})")
_CONNECTION = re.compile(r"([\w./:\-]+)(?:(?:\[\s*\d+\s*\]){1,2}(?!\S*…)|(\[)[\s\d\]\[]*…|(…))")


def shapes_in(text: str) -> tuple[Sizes, ...]:
    """Every shape in a cell, each without its batch axis."""
    return tuple(tuple(_size(one) for one in found[1].split(",")[1:]) for found in _TUPLE.finditer(text))


def numbers_in(text: str) -> tuple[int, ...]:
    """The numbers of a shape that has no batch axis: [5, 5]."""
    return tuple(map(int, re.findall(r"\d{1,12}", text)))


def _size(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdigit() else None


def count_in(text: str) -> int | None:
    """A printed count, whatever separates its thousands."""
    found = re.search(COUNT, text)
    return int(re.sub(r"\D", "", found[0])) if found else None


def connections_in(text: str) -> tuple[str, ...]:
    """The names in `conv2d[0][0], add_1[0][0]`; one that is cut ends in dots."""
    joined = re.sub(r"'[^']*'", _unbroken, text)
    found = tuple(one[1] + (one[3] or "") for one in _CONNECTION.finditer(joined))
    rest = _CONNECTION.sub(" ", joined).strip()
    cut = re.fullmatch(r"[\w./:\-]*\w", rest)  # at the edge of a terminal, without dots
    return (*found, f"{rest}…") if cut else found


def _unbroken(quoted: re.Match[str]) -> str:
    """A name that goes on below, without the rest of a class that stands between."""
    return "".join(part for part in quoted[0].split() if ")" not in part)
