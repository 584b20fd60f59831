"""Pictures in questions as files: systems that keep them beside a text have them taken out of it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import blake2b
from html import unescape
from typing import NamedTuple

from symparams.documents.written_question import WrittenQuestion

_DATA = re.compile('src="data:image/svg\\+xml;base64,([A-Za-z0-9+/=]*)"')
_ALONE = re.compile('<p><img alt="([^"]*)" src="data:image/svg\\+xml;base64,([A-Za-z0-9+/=]*)"/></p>\\s*')


class Picture(NamedTuple):
    """A picture of a question."""

    name: str  # of its file: network-5f0e9d57a1b2.svg; equal for equal pictures only
    data: str  # the SVG, in base64

    @property
    def svg(self) -> bytes:
        """What stands in the file."""
        return base64.b64decode(self.data)


def in_files(text: str, address: Callable[[str], str]) -> tuple[str, tuple[Picture, ...]]:
    """A text in HTML with the addresses of files in place of its pictures; `address` makes one of a name."""
    found: dict[str, Picture] = {}

    def named(match: re.Match[str]) -> str:
        picture = _picture(match[1])
        found[picture.name] = picture
        return f'src="{address(picture.name)}"'

    return _DATA.sub(named, text), tuple(found.values())


def stem_in_files(
    asked: WrittenQuestion, address: Callable[[str], str] = str
) -> tuple[WrittenQuestion, tuple[Picture, ...]]:
    """The same for what a question asks, where alone its pictures stand."""
    stem, pictures = in_files(asked.stem, address)
    return (replace(asked, stem=stem), pictures) if pictures else (asked, ())


def without_pictures(asked: WrittenQuestion) -> tuple[WrittenQuestion, tuple[tuple[Picture, str], ...]]:
    """A question without its pictures, and these, each with what it shows."""
    found = tuple((_picture(data), unescape(told)) for told, data in _ALONE.findall(asked.stem))
    return (replace(asked, stem=_ALONE.sub("", asked.stem)), found) if found else (asked, ())


class Album:
    """The pictures of all questions of a bank, each once, taken up while its questions are gone through."""

    def __init__(self) -> None:
        self._data: dict[str, str] = {}  # by the names of their files

    def add(self, pictures: Iterable[tuple[str, str]]) -> None:
        """Take up those of a question, as a bank keeps them."""
        self._data.update(pictures)

    def __iter__(self) -> Iterator[Picture]:
        return (Picture(name, data) for name, data in self._data.items())


def _picture(data: str) -> Picture:
    return Picture(f"network-{blake2b(data.encode(), digest_size=6).hexdigest()}.svg", data)
