"""A document of Typst -> a PDF that is tagged, for readers of every kind; the same text gives the same bytes."""

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

from symparams.errors import SymparamsError
from symparams.files import TEMPORARY

_STANDARDS = ["ua-1", "a-2a"]  # for screen readers, and to be kept; both refuse a character that no font has
_UNDATED = 0  # the day it was made on, which must not be in the bytes
_MISSING = re.compile(r'the text `"(.)')

_MARKS = re.compile(r'#"|";')  # around what stands as a string


def check_typst() -> None:
    """Raise SymparamsError where what makes a PDF is not installed."""
    _typst()


def pdf(text: str, fonts: Sequence[str] = ()) -> bytes:
    """The PDF of a whole document; `fonts` are files or folders, for characters that the usual ones lack."""
    typst = _typst()
    data = text.encode("utf-8", "replace")
    try:
        with _compiler(fonts) as compiler:
            made = compiler.compile(data, format="pdf", pdf_standards=_STANDARDS, timestamp=_UNDATED)
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


def _typst() -> Any:
    try:
        return importlib.import_module("typst")
    except ImportError:
        raise SymparamsError('a PDF needs typst: pip install "symparams[pdf]"') from None
