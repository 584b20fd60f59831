"""A document of Typst -> a PDF that is tagged, a picture in SVG -> PDF or PNG; the same text gives the same bytes."""

from __future__ import annotations

import importlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from symparams.algebra.typst_notation import quoted
from symparams.documents.font_files import fonts_with, ideographs, lacking, put
from symparams.errors import SymparamsError
from symparams.files import TEMPORARY

_STANDARDS = ["ua-1", "a-2a"]  # for screen readers, and to be kept; both refuse a character that no font has
_UNDATED = 0  # the day it was made on, which must not be in the bytes
_MISSING = re.compile(r'the text `"(.)')
_MOST = 16  # fonts of the machine in one document

_POINTS = 0.75  # of a pixel of CSS, in which pictures are measured
_SIZE = re.compile(r'<svg\b[^>]*? width="([\d.]+)" height="([\d.]+)"')
_LARGEST = 60_000_000  # pixels of a PNG, which take four bytes each


def check_typst(what: str = "a PDF") -> None:
    """Raise SymparamsError where what makes a PDF, or a picture of another kind, is not installed."""
    _typst(what)


def pdf(text: str, fonts: Sequence[str] = ()) -> bytes:
    """The PDF of a whole document; `fonts` are files or folders, for characters that the usual ones lack.

    For a character that none of these has, a free font of the machine is taken.
    """
    return _tried(text, fonts, format="pdf", pdf_standards=_STANDARDS, timestamp=_UNDATED)[0]


def figure_pdf(svg: str, told: str, fonts: Sequence[str] = ()) -> bytes:
    """A picture as a PDF of its size, which can be put into a document; `told` says what is seen to who cannot see."""
    return pdf(_page(svg, told), fonts)


def figure_png(svg: str, told: str, scale: float = 2.0, fonts: Sequence[str] = ()) -> bytes:
    """A picture as PNG, with so many pixels for each of CSS; raises SymparamsError where it would be too large."""
    wide, high = (scale * size for size in _size(svg))
    if wide * high > _LARGEST:
        most = int(10 * scale * (_LARGEST / (wide * high)) ** 0.5) / 10
        advice = f"at most --scale {most:g} can be had" if most else "write it as .svg or .pdf"
        raise SymparamsError(f"a PNG of {wide:,.0f} × {high:,.0f} pixels is too large; {advice}")
    page = _page(svg, told)
    # A character that no font has is refused in a PDF, where a PNG would have a box.
    _, found = _tried(page, fonts, format="pdf", pdf_standards=_STANDARDS, timestamp=_UNDATED)
    return _compiled(page, found, format="png", ppi=72 / _POINTS * scale)


def _page(svg: str, told: str) -> str:
    """A document that is the picture alone."""
    wide, high = (f"{size * _POINTS:.3f}pt" for size in _size(svg))
    return (
        f"#set document(title: {quoted(told)})\n"
        f"#set page(width: {wide}, height: {high}, margin: 0pt)\n"
        f'#image(bytes({quoted(svg)}), format: "svg", width: {wide}, height: {high}, alt: {quoted(told)})\n'
    )


def _size(svg: str) -> tuple[float, float]:
    found = _SIZE.search(svg)
    assert found is not None  # all of ours begin so
    return float(found[1]), float(found[2])


def _tried(text: str, fonts: Sequence[str], **settings: Any) -> tuple[bytes, Sequence[str]]:
    """A document, and the fonts that it is set in besides the usual ones."""
    typst = _typst()
    found = tuple(fonts)
    while True:
        try:
            return _compiled(text, found, **settings), found
        except typst.TypstError as error:
            missing = _MISSING.search(error.message)
            if missing is None:
                raise SymparamsError(f"no PDF can be made of this document: {error.message}") from None
            more = tuple(str(path) for path in fonts_with(missing[1]) if str(path) not in found)
            if not more or len(found) - len(fonts) > _MOST:
                raise SymparamsError(lacking(missing[1], text)) from None
            found += more


def _compiled(text: str, fonts: Sequence[str], **settings: Any) -> bytes:
    """The document with some further fonts."""
    data = text.encode("utf-8", "replace")
    with _compiler(fonts) as (compiler, families):
        inputs = {"sys_inputs": {"fonts": "|".join(_ordered(families, text))}} if families else {}
        made = compiler.compile(data, **settings, **inputs)
    assert isinstance(made, bytes)
    return made


def _ordered(families: Sequence[str], text: str) -> list[str]:
    """Families of fonts, those first whose ideographs are those of the language of a text."""
    language = ideographs(text)
    return sorted(families, key=lambda name: (not name.endswith(f" {language}"), name))


@cache
def _usual() -> Any:
    """What sets documents with its own fonts alone: what a machine has besides must not change the bytes."""
    return _typst().Compiler(ignore_system_fonts=True)


@contextmanager
def _compiler(fonts: Sequence[str]) -> Iterator[tuple[Any, Sequence[str]]]:
    """The same with further fonts, and their families; as it takes whole folders only, files are put into one."""
    if not fonts:
        yield _usual(), ()
        return
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as place:
        put([path for path in map(Path, fonts) if not path.is_dir()], Path(place))
        folders = [place, *(name for name in fonts if Path(name).is_dir())]
        typst = _typst()
        own = set(typst.Fonts(include_system_fonts=False).families())
        every = typst.Fonts(include_system_fonts=False, font_paths=folders)
        compiler = typst.Compiler(font_paths=every, ignore_system_fonts=True)
        yield compiler, [name for name in every.families() if name not in own]


def _typst(what: str = "a PDF") -> Any:
    try:
        return importlib.import_module("typst")
    except ImportError:
        raise SymparamsError(f'{what} needs typst: pip install "symparams[pdf]"') from None
