"""The files of an appendix: written where they are not as the sources give them, or compared with those on disk."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from symparams.appendices.request import DRAWN, HEAD, SUFFIXES, TEXTS, Composed, Request, is_sealed, whole
from symparams.documents import figure_files
from symparams.documents.pdf import check_typst, pdf
from symparams.errors import SymparamsError
from symparams.figures.scene import Scene
from symparams.figures.svg import svg
from symparams.files import write_whole

BIBLIOGRAPHY = "symparams.bib"
_CITING = ("latex", "typst", "pdf", "html")  # beside which the bibliography is written
_VERSION = re.compile(r"symparams[^\w\n]{1,4}\d+(?:\.\d+)*")
_PICTURE = re.compile(r"figures/([\w.-]+\.(?:pdf|svg|tex))")
_SHOWN = 200  # lines of a difference


@dataclass(frozen=True)
class Place:
    """Where an appendix stands: a folder, or a file and what belongs beside it."""

    path: Path  # as it was named
    format: str  # one of TEXTS

    @property
    def is_file(self) -> bool:
        """Whether the name is that of the text itself."""
        return self.path.suffix.lower() in SUFFIXES

    @property
    def text(self) -> Path:
        """The file that is read: of a PDF, the PDF."""
        return self.path if self.is_file else self.path / f"appendix{TEXTS[self.format]}"

    @property
    def source(self) -> Path:
        """The file that has the text: of a PDF, that of Typst beside it."""
        return self.text.with_suffix(".typ") if self.format == "pdf" else self.text

    @property
    def folder(self) -> Path:
        """Where the bibliography and the pictures are."""
        return self.path.parent if self.is_file else self.path


def _suffix(place: Place, request: Request) -> str:
    """How the files of pictures end; "" where pictures stand in the text."""
    return {"latex": DRAWN[request.drawn], "markdown": ".svg"}.get(place.format, "")


def check_place(place: Place, request: Request) -> None:
    """Raise SymparamsError where nothing can be written, before there is any work."""
    if place.format == "pdf" or _suffix(place, request) == ".pdf":
        check_typst("a PDF" if place.format == "pdf" else "an appendix in LaTeX, whose pictures are PDF,")
    folder = place.folder
    if folder.exists() and not folder.is_dir():
        raise SymparamsError(f"{folder} is a file, not a folder; for a file, end the name with .tex, .pdf, .html …")
    for path in dict.fromkeys((place.source, place.text)):
        if path.suffix in (".pdf", ".json") or not path.exists():
            continue
        if HEAD.search(_read(path) or "") is None:
            raise SymparamsError(f"{path} stands there and is no appendix of symparams; choose another name")


def is_current(place: Place, request: Request) -> bool:
    """Whether what is on disk was made from the same sources in the same way, and nobody has changed it."""
    text = _read(place.source)
    found = HEAD.search(text or "")
    if text is None or found is None or found[2] != _made(place, request).digest(place.format) or not is_sealed(text):
        return False
    names = _PICTURE.findall(text) if _suffix(place, request) else []
    needed = [place.text, *(place.folder / "figures" / name for name in names)]
    needed += [place.folder / BIBLIOGRAPHY] if place.format in _CITING else []
    return all(path.is_file() and path.stat().st_size > 0 for path in needed)


def _made(place: Place, request: Request) -> Request:
    return whole(request) if place.format == "pdf" else request


def write(place: Place, composed: Composed, fonts: Sequence[str] = ()) -> None:
    """Write all files; the text comes last, so that what it names is there."""
    text = _text(place, composed)
    data = pdf(text, fonts) if place.format == "pdf" else None
    _make(place.folder)
    for path, contents in _beside(place, composed):
        write_whole(path, contents() if callable(contents) else contents)
    write_whole(place.source, text)
    if data is not None:
        write_whole(place.text, data)


def _text(place: Place, composed: Composed) -> str:
    if place.format != "pdf":
        return composed.text(place.format)
    return Composed(whole(composed.request), composed.networks).text("typst")


def _beside(place: Place, composed: Composed) -> Iterator[tuple[Path, str | Callable[[], bytes | str]]]:
    """The files beside the text."""
    if place.format in _CITING:
        yield place.folder / BIBLIOGRAPHY, composed.bibliography
    suffix = _suffix(place, composed.request)
    if suffix:
        _make(place.folder / "figures")
        for name, scene in composed.pictures.items():
            yield place.folder / "figures" / f"{name}{suffix}", _drawn(scene, suffix)


def _drawn(scene: Scene, suffix: str) -> Callable[[], bytes | str]:
    made: dict[str, Callable[[Scene], bytes | str]] = {".pdf": figure_files.pdf, ".tex": figure_files.tex, ".svg": svg}
    return partial(made[suffix], scene)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise SymparamsError(f"cannot make the folder {folder}: {getattr(error, 'strerror', None) or error}") from None


def difference(place: Place, composed: Composed) -> str:
    """How what is on disk differs from what the sources give; empty where only the version does."""
    lines = _compared(place.source, _text(place, composed))
    for path, contents in _beside_texts(place, composed):
        lines += _compared(path, contents)
    missing = [path for path in _files(place, composed) if not path.is_file()]
    lines += [f"{path} is missing" for path in missing]
    if len(lines) > _SHOWN:
        lines = [*lines[:_SHOWN], f"and {len(lines) - _SHOWN:,} more lines"]
    return "\n".join(lines)


def _beside_texts(place: Place, composed: Composed) -> Iterator[tuple[Path, str]]:
    if place.format in _CITING:
        yield place.folder / BIBLIOGRAPHY, composed.bibliography


def _files(place: Place, composed: Composed) -> Iterator[Path]:
    """The files that have no text to be compared."""
    if place.format == "pdf":
        yield place.text
    suffix = _suffix(place, composed.request)
    if suffix:
        yield from (place.folder / "figures" / f"{name}{suffix}" for name in composed.pictures)


def _compared(path: Path, text: str) -> list[str]:
    there = _read(path)
    if there is None:
        return [f"{path} is missing"]
    before, after = (_plain(one).splitlines() for one in (there, text))
    names = (f"{path} as it is", f"{path} as the sources give it")
    return list(difflib.unified_diff(before, after, *names, lineterm="", n=1))


def _plain(text: str) -> str:
    """The text without what only says which version made it."""
    return _VERSION.sub("symparams", HEAD.sub("", text))


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise SymparamsError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None
