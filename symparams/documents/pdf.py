"""A document of Typst -> a PDF that is tagged, for readers of every kind; the same text gives the same bytes."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from symparams.errors import SymparamsError

_STANDARDS = ["ua-1", "a-2a"]  # for screen readers, and to be kept; both refuse a character that no font has
_UNDATED = 0  # the day it was made on, which must not be in the bytes
_MISSING = re.compile(r'the text `"(.)')


def check_typst() -> None:
    """Raise SymparamsError where what makes a PDF is not installed."""
    _typst()


def pdf(text: str, fonts: Sequence[str] = ()) -> bytes:
    """The PDF of a whole document; `fonts` are files or folders, for characters that the usual ones lack."""
    typst = _typst()
    data = text.encode("utf-8", "replace")
    try:
        made = _compiler(tuple(fonts)).compile(data, format="pdf", pdf_standards=_STANDARDS, timestamp=_UNDATED)
    except typst.TypstError as error:
        missing = _MISSING.search(error.message)
        raise SymparamsError(
            _lacking(missing[1], text) if missing else f"no PDF can be made of this document: {error.message}"
        ) from None
    assert isinstance(made, bytes)
    return made


def _lacking(character: str, text: str) -> str:
    words = re.findall(rf"\w*{re.escape(character)}\w*", text)
    where = f", which occurs in `{words[0][:40]}`" if words else ""
    return (
        f"no font here has the character `{character}` (U+{ord(character):04X}){where}; name one that has it with "
        "--font FILE, or a folder of fonts: for Chinese, Japanese and Korean, Noto Sans CJK (fonts-noto-cjk in Debian)"
    )


@lru_cache(maxsize=2)
def _compiler(fonts: tuple[str, ...]) -> Any:
    """What sets documents, with its own fonts and these: what a machine has besides must not change the bytes."""
    return _typst().Compiler(font_paths=list(fonts), ignore_system_fonts=True)


def _typst() -> Any:
    try:
        return importlib.import_module("typst")
    except ImportError:
        raise SymparamsError('a PDF needs typst: pip install "symparams[pdf]"') from None
