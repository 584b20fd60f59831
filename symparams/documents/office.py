"""A page in the format `office` -> a Word document or an EPUB, by pandoc, which keeps formulas as formulas."""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import subprocess
import tempfile
import uuid
from html import unescape
from pathlib import Path
from typing import Any

from symparams.errors import LimitError, SymparamsError
from symparams.files import TEMPORARY
from symparams.resources import folder

_SECONDS = 300  # that pandoc may take
_DAY = "315532800"  # the first one that an archive can say, 1980-01-01, since the bytes must not depend on it
_TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_PAGED = re.compile(r'<div class="(?:page-break|room)">')  # what paged.lua makes something of


def check_pandoc() -> None:
    """Raise SymparamsError where pandoc is not installed."""
    _pandoc()


def office(page: str, kind: str) -> bytes:
    """The document of a whole page, docx or epub; the same page gives the same bytes."""
    command = [_pandoc(), "--sandbox", "--from", "html", "--to", kind, *_metadata(page, kind)]
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as place:
        made = Path(place, "document")
        if _PAGED.search(page):
            command += ["--lua-filter", str(folder("templates") / "formats" / "paged.lua")]
        try:
            done = subprocess.run(  # noqa: S603 - a command of our own, without a shell
                [*command, "--output", str(made)],
                input=page.encode("utf-8", "replace"),
                env={**os.environ, "SOURCE_DATE_EPOCH": _DAY},
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LimitError(f"pandoc has not ended after {_SECONDS} seconds, which is the limit") from None
        except OSError as error:
            raise SymparamsError(f"cannot run pandoc: {error.strerror or error}") from None
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise SymparamsError(f"pandoc cannot make this document: {said[:200]}")
        return made.read_bytes()


def _metadata(page: str, kind: str) -> list[str]:
    """What is said about a document: its language, and of an EPUB its title and a name that its text decides."""
    given = ["--metadata", "lang=en"]
    if kind == "epub":
        first = _TITLE.search(page)
        title = " ".join(unescape(_TAG.sub("", first[1])).split()) if first else ""
        digest = hashlib.sha256(page.encode("utf-8", "replace")).digest()[:16]
        given += ["--metadata", f"title={title or 'Answer'}", "--metadata", f"identifier={uuid.UUID(bytes=digest).urn}"]
    return given


def _pandoc() -> str:
    """Where pandoc is that the extra brings along, or another one that is installed."""
    try:
        pypandoc: Any = importlib.import_module("pypandoc")
        return str(pypandoc.get_pandoc_path())
    except (ImportError, OSError):
        raise SymparamsError('a Word document or an EPUB needs pandoc: pip install "symparams[office]"') from None
