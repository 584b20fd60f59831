"""The fonts of this machine by the characters that they have, for scripts that the usual fonts lack."""

from __future__ import annotations

import os
import re
import shutil
import struct
import sys
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

from symparams.errors import SymparamsError

_FREE = ("Noto", "DejaVu", "FreeSerif", "Symbola")  # how the names of files begin that may be used without being named
_SUFFIXES = (".ttf", ".otf", ".ttc")
_WEIGHTS = ("-Regular", "-Bold")  # behind the name of a family
_TABLES = 1 << 10  # of a font, and fonts in a collection; more has none that is whole
_SUBTABLES = 1 << 6  # of characters in a font
_MARKS = re.compile(r'#"|";')  # around what stands as a string in Typst
# By these the language of ideographs is told: where there are kana, they are Japanese ones.
_KANA, _HANGUL, _HAN = map(
    re.compile, ("[\u3040-\u30ff]", "[\u1100-\u11ff\uac00-\ud7af]", "[\u2e80-\u2fff\u3400-\u9fff]")
)
_BEHIND_BASIC = 0x10000  # the first character for which a table of segments has no room

# Packages of Debian by the first words of the names of characters.
_CJK = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "HALFWIDTH", "IDEOGRAPHIC")
_EMOJI = range(0x1F000, 0x1FB00)


def font_package(character: str) -> str:
    """The package of Debian that has a font with a character."""
    if unicodedata.name(character, "").startswith(_CJK):
        return "fonts-noto-cjk"
    return "fonts-symbola" if ord(character) in _EMOJI else "fonts-noto-core"


def lacking(character: str, text: str) -> str:
    """What is said where no font has a character of a document."""
    words = re.findall(rf"\w*{re.escape(character)}\w*", _MARKS.sub("", text))
    where = f", which occurs in `{words[0][:40]}`" if words else ""
    return (
        f"no font here has the character `{character}` (U+{ord(character):04X}){where}; install one that has it "
        f"(in Debian {font_package(character)}), or name it with --font FILE, or a folder of fonts"
    )


def ideographs(text: str) -> str:
    """Whose ideographs a text is set with, as fonts call them: JP, KR or SC."""
    return "JP" if _KANA.search(text) else "KR" if _HANGUL.search(text) and not _HAN.search(text) else "SC"


def put(fonts: Iterable[Path], folder: Path, name: str = "") -> list[Path]:
    """Fonts in a folder, under names of ours: by links, or by copies where there are no links."""
    placed = []
    for number, font in enumerate(fonts):
        place = folder / f"{name}{number}{font.suffix}"
        try:
            with font.open("rb"):  # which says what is wrong with it
                pass
            try:
                os.link(font, place)
            except (OSError, NotImplementedError):
                shutil.copy(font, place)
        except (OSError, ValueError) as error:
            raise SymparamsError(f"cannot read the font {font}: {getattr(error, 'strerror', None) or error}") from None
        placed.append(place)
    return placed


def fonts_with(character: str) -> tuple[Path, ...]:
    """The files of the family on this machine that has a character, one with serifs if there is one; () for none."""
    having = [path for path in free_fonts() if _plain(path) and has(path, character)]
    if not having:
        return ()
    best = min(having, key=_rank)
    family = best.stem.removesuffix(_WEIGHTS[0])
    return tuple(path for path in free_fonts() if path.parent == best.parent and path.stem in _named(family))


def _rank(path: Path) -> tuple[int, bool, int, str]:
    """What is taken first: the fonts in their order, those with serifs, those whose names have the fewest words."""
    first = next(at for at, name in enumerate(_FREE) if path.name.startswith(name))
    return first, "Serif" not in path.name, len(path.name), path.name


def _named(family: str) -> tuple[str, ...]:
    return (family, *(f"{family}{weight}" for weight in _WEIGHTS))


def _plain(path: Path) -> bool:
    """Whether a font is the regular one of its family."""
    return "-" not in path.stem or path.stem.endswith(_WEIGHTS[0])


@cache
def free_fonts() -> tuple[Path, ...]:
    """The files in the usual folders for fonts that may be used without being named, sorted."""
    found = (path for folder in _folders() for path in font_files(folder) if path.name.startswith(_FREE))
    return tuple(sorted(set(found)))


def font_files(folder: Path) -> Iterator[Path]:
    """The fonts in a folder, at any depth; what cannot be read is passed over."""
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names if name.lower().endswith(_SUFFIXES))


def _folders() -> Iterable[Path]:
    """Where fonts are kept."""
    home = Path(os.environ.get("HOME") or os.environ.get("USERPROFILE") or ".")
    if sys.platform == "darwin":
        return (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts")
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA") or str(home)
        return (Path(os.environ.get("WINDIR") or "C:/Windows", "Fonts"), Path(local, "Microsoft", "Windows", "Fonts"))
    return (
        Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local" / "share" / "fonts", home / ".fonts",
    )  # fmt: skip


def has(path: Path, character: str) -> bool:
    """Whether a file has a glyph for a character; of a collection, whether its first font has."""
    runs = _covered(path)
    at = bisect(runs, ord(character), key=itemgetter(0)) - 1  # the last that begins at it, or before
    return at >= 0 and ord(character) <= runs[at][1]


@lru_cache(maxsize=256)
def _covered(path: Path) -> Sequence[tuple[int, int]]:
    """The first and last of each run of characters in a font, in their order; () for a file that is none."""
    try:
        with path.open("rb") as file:
            found = sorted(_runs(file))
    except (OSError, ValueError, struct.error):
        return ()
    runs: list[tuple[int, int]] = []
    for first, last in found:
        if runs and first <= runs[-1][1] + 1:
            runs[-1] = runs[-1][0], max(last, runs[-1][1])
        else:
            runs.append((first, last))
    return runs


def _read(file: BinaryIO, at: int, layout: str) -> tuple[Any, ...]:
    file.seek(at)
    return struct.unpack(">" + layout, file.read(struct.calcsize(">" + layout)))


def _runs(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """What the table `cmap` says."""
    start = _read(file, 12, "I")[0] if _read(file, 0, "4s")[0] == b"ttcf" else 0
    (tables,) = _read(file, start + 4, "H")
    for at in range(min(tables, _TABLES)):
        tag, _, offset, _ = _read(file, start + 12 + 16 * at, "4sIII")
        if tag == b"cmap":
            (subtables,) = _read(file, offset + 2, "H")
            places = [_read(file, offset + 4 + 8 * i, "HHI") for i in range(min(subtables, _SUBTABLES))]
            for place in {offset + inner for _, _, inner in places}:
                yield from _subtable(file, place)


def _subtable(file: BinaryIO, at: int) -> Iterator[tuple[int, int]]:
    """The runs of a table of segments (format 4) or of groups (format 12); other tables are of fonts with few."""
    (format_,) = _read(file, at, "H")
    if format_ == 4:
        yield from _segments(file, at)
    elif format_ == 12:
        (groups,) = _read(file, at + 12, "I")
        numbers = _read(file, at + 16, f"{3 * min(groups, _BEHIND_BASIC)}I")
        yield from zip(numbers[::3], numbers[1::3], strict=True)


def _segments(file: BinaryIO, at: int) -> Iterator[tuple[int, int]]:
    """The runs of a table of segments, without what stands for no glyph."""
    (length, _, twice) = _read(file, at + 2, "HHH")
    count = twice // 2
    ends = _read(file, at + 14, f"{count}H")
    starts, deltas, offsets = (_read(file, at + 16 + i * twice, f"{count}H") for i in (1, 2, 3))
    glyphs = _read(file, at + 16 + 4 * twice, f"{max(0, length - 16 - 4 * twice) // 2}H")
    for i, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            place = offsets[i] // 2 + code - first - (count - i)  # among the glyphs; offsets count from themselves
            glyph = code if not offsets[i] else glyphs[place] if 0 <= place < len(glyphs) else 0
            if glyph and (glyph + deltas[i]) & 0xFFFF:
                yield code, code
