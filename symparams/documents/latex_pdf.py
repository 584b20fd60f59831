"""A document of LaTeX -> a PDF, by LuaLaTeX where it is installed: for those who want TeX's pages and any script."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from symparams.documents.font_files import font_files, fonts_with, has, ideographs, lacking, put
from symparams.documents.formats import FORMATS
from symparams.errors import LimitError, SymparamsError
from symparams.files import TEMPORARY

_SECONDS = 300  # that a run may take; the first on a machine takes half a minute for its list of fonts
_RUNS = 2  # the second one knows the numbers of pages and the widths of tables
_IN_COLLECTION = {"JP": 0, "KR": 1, "SC": 2}  # the place of a language in a collection of Noto CJK
# Nothing is run or written outside the folder, and neither the day nor the place is in the bytes.
_SURROUNDINGS = {"openout_any": "p", "shell_escape": "f", "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}
_SAME = " ".join(("\\pdfvariable", "suppressoptionalinfo=512\n"))  # no name of the file that depends on the time
_COMMAND = ("lualatex", "--no-shell-escape", "--interaction=nonstopmode", "--halt-on-error", "document.tex")


def check_lualatex() -> None:
    """Raise SymparamsError where LuaLaTeX is not installed."""
    if shutil.which(_COMMAND[0]) is None:
        raise SymparamsError(
            "--engine lualatex needs LuaLaTeX, which is not installed (in Debian texlive-luatex, texlive-latex-extra "
            "and lmodern); without --engine a PDF needs no TeX"
        )


def latex_pdf(text: str, fonts: Sequence[str] = ()) -> bytes:
    """The PDF of a whole document in the format `lualatex`; `fonts` are files or folders, for other scripts."""
    check_lualatex()
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as place:
        folder = Path(place)
        (folder / "document.tex").write_bytes(text.encode("utf-8", "replace"))
        (folder / "fonts.tex").write_text(_fonts(text, fonts, folder), "utf-8")
        for _ in range(_RUNS):
            _run(folder)
        return (folder / "document.pdf").read_bytes()


def _run(folder: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - a command of our own, without a shell
            _COMMAND, cwd=folder, env={**os.environ, **_SURROUNDINGS}, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise LimitError(f"LuaLaTeX has not ended after {_SECONDS} seconds, which is the limit") from None
    except OSError as error:
        raise SymparamsError(f"cannot run LuaLaTeX: {error.strerror or error}") from None
    said = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        wrong = re.search(r"^! .*", said, re.MULTILINE)
        raise SymparamsError(f"LuaLaTeX cannot set this document: {wrong[0][2:] if wrong else said[-200:].strip()}")


def _fonts(text: str, fonts: Sequence[str], folder: Path) -> str:
    """The part of the preamble that says which fonts serve for what Latin Modern lacks; they are put beside."""
    named = [path for name in fonts for path in (font_files(Path(name)) if Path(name).is_dir() else [Path(name)])]
    latin = FORMATS["latex"].lacks
    assert latin is not None
    regular: dict[Path, None] = {}
    bold: dict[Path, None] = {}
    for character in dict.fromkeys(latin.findall(text)):
        if any(has(path, character) for path in regular):
            continue
        found = [path for path in named if has(path, character)] or list(fonts_with(character))
        if not found:
            raise SymparamsError(lacking(character, text))
        regular[next((path for path in found if "Bold" not in path.stem), found[0])] = None
        bold[next((path for path in found if "Bold" in path.stem), found[0])] = None
    place = _IN_COLLECTION[ideographs(text)]
    lists = [_listed(name, put(paths, folder, name), paths, place) for name, paths in (("r", regular), ("b", bold))]
    return _SAME + "".join(lists) + _families(bool(regular))


def _listed(name: str, files: Sequence[Path], paths: Iterable[Path], place: int) -> str:
    """The definition of a list of fonts, which are asked one behind the other."""
    entries = (
        f'"[{file.name}]{f"({place})" if "CJK" in path.stem else ""}:mode=harf;"'
        for file, path in zip(files, paths, strict=True)
    )
    return f'\\directlua{{luaotfload.add_fallback("further{name}", {{{", ".join(entries)}}})}}\n' if files else ""


def _families(has_further: bool) -> str:
    """Latin Modern as the font of texts and of names, with what serves for the rest."""
    regular, bold = (f",RawFeature={{fallback=further{name}}}" if has_further else "" for name in "rb")
    roman = f"ItalicFont=*-italic,BoldFont=*-bold,UprightFeatures={{{regular[1:]}}},BoldFeatures={{{bold[1:]}}}"
    return (
        f"\\setmainfont{{lmroman10}}[Extension=.otf,UprightFont=*-regular,{roman}]\n"
        f"\\setmonofont{{lmmono10}}[Extension=.otf,UprightFont=*-regular,ItalicFont=*-italic{regular}]\n"
    )
