"""A document of Typst -> a PDF that is tagged, a picture in SVG -> PDF or PNG; the same text gives the same bytes."""

from __future__ import annotations

import importlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from symparams.algebra.typst_notation import quoted
from symparams.errors import SymparamsError
from symparams.files import TEMPORARY

_STANDARDS = ["ua-1", "a-2a"]  # for screen readers, and to be kept; both refuse a character that no font has
_UNDATED = 0  # the day it was made on, which must not be in the bytes
_MISSING = re.compile(r'the text `"(.)')

_MARKS = re.compile(r'#"|";')  # around what stands as a string

_POINTS = 0.75  # of a pixel of CSS, in which pictures are measured
_SIZE = re.compile(r'<svg\b[^>]*? width="([\d.]+)" height="([\d.]+)"')
_LARGEST = 60_000_000  # pixels of a PNG, which take four bytes each


def check_typst(what: str = "a PDF") -> None:
    """Raise SymparamsError where what makes a PDF, or a picture of another kind, is not installed."""
    _typst(what)


def pdf(text: str, fonts: Sequence[str] = ()) -> bytes:
    """The PDF of a whole document; `fonts` are files or folders, for characters that the usual ones lack."""
    return _compiled(text, fonts, format="pdf", pdf_standards=_STANDARDS, timestamp=_UNDATED)


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
    pdf(page, fonts)  # refuses a character that no font has, where a PNG would have a box
    return _compiled(page, fonts, format="png", ppi=72 / _POINTS * scale)


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


def _compiled(text: str, fonts: Sequence[str], **settings: Any) -> bytes:
    typst = _typst()
    data = text.encode("utf-8", "replace")
    try:
        with _compiler(fonts) as compiler:
            made = compiler.compile(data, **settings)
    except typst.TypstError as error:
        missing = _MISSING.search(error.message)
        raise SymparamsError(
            _lacking(missing[1], text) if missing else f"no PDF can be made of this document: {error.message}"
        ) from None
    assert isinstance(made, bytes)
    return made


def _lacking(character: str, text: str) -> str:
    words = re.findall(rf"\w*{re.escape(character)}\w*", _MARKS.sub("", text))
    where = f", which occurs in `{words[0][:40]}`" if words else ""
    return (
        f"no font here has the character `{character}` (U+{ord(character):04X}){where}; name one that has it with "
        "--font FILE, or a folder of fonts: for Chinese, Japanese and Korean, Noto Sans CJK (fonts-noto-cjk in Debian)"
    )


@cache
def _usual() -> Any:
    """What sets documents with its own fonts alone: what a machine has besides must not change the bytes."""
    return _typst().Compiler(ignore_system_fonts=True)


@contextmanager
def _compiler(fonts: Sequence[str]) -> Iterator[Any]:
    """The same with further fonts; as it takes whole folders only, files are put into one."""
    if not fonts:
        yield _usual()
        return
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as place:
        try:
            for number, file in enumerate(path for path in map(Path, fonts) if not path.is_dir()):
                shutil.copy(file, Path(place, f"{number}{file.suffix}"))
        except (OSError, ValueError) as error:
            raise SymparamsError(f"cannot read the font {file}: {getattr(error, 'strerror', None) or error}") from None
        folders = [place, *(name for name in fonts if Path(name).is_dir())]
        yield _typst().Compiler(font_paths=folders, ignore_system_fonts=True)


def _typst(what: str = "a PDF") -> Any:
    try:
        return importlib.import_module("typst")
    except ImportError:
        raise SymparamsError(f'{what} needs typst: pip install "symparams[pdf]"') from None
