"""Where files lie: the grammar, the templates and the examples, and what is kept between runs."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from functools import cache
from pathlib import Path

from symparams.version import __version__

_PACKAGE = Path(__file__).parent
_DIGEST = hashlib.sha256().digest_size
_LARGEST = 1 << 24  # bytes of a kept file that are read
# A link is not followed, a pipe not waited for; systems that lack a flag lack what it guards against.
_READING = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


def folder(name: str) -> Path:
    """The folder `grammar`, `templates` or `examples`."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def kept(name: str, origin: bytes) -> bytes | None:
    """What was kept under this name, made from the same origin; None where it is not whole, or not ours alone."""
    place = _cache()
    if place is None:
        return None
    try:
        with open(place / name, "rb", opener=lambda path, _: os.open(path, _READING)) as file:
            about = os.fstat(file.fileno())
            data = file.read(_LARGEST) if stat.S_ISREG(about.st_mode) and _is_ours(about) else b""
    except OSError:
        return None
    contents = data[_DIGEST:]
    return contents if data[:_DIGEST] == _digest(origin, contents) else None


def keep(name: str, origin: bytes, contents: bytes) -> None:
    """Keep something for later runs, with what it was made from; where that cannot be, nothing is kept."""
    place = _cache()
    if place is None:
        return
    with contextlib.suppress(OSError):
        handle, temporary = tempfile.mkstemp(prefix=".", dir=place)  # nobody else can read or write it
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_digest(origin, contents) + contents)
            Path(temporary).replace(place / name)
        except BaseException:
            Path(temporary).unlink()
            raise


def _digest(origin: bytes, contents: bytes) -> bytes:
    """What a kept file starts with: it tells damage, and what was made by other versions."""
    return hashlib.sha256(hashlib.sha256(origin).digest() + contents).digest()


@cache
def _cache() -> Path | None:
    """The user's own folder for parsing tables and compiled templates; None where there is none to trust.

    Compiled templates are code, so nobody else may be able to put something there: neither into the folder nor in its
    place. SYMPARAMS_CACHE names another folder, or none if it is empty.
    """
    given = os.environ.get("SYMPARAMS_CACHE")
    if given == "":
        return None
    try:
        home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
        place = (Path(given) if given else Path(home) / "symparams" / __version__).absolute()
        above = {*place.parents, *Path(os.path.realpath(place)).parents}
        if not all(_is_safe(folder) for folder in above if os.path.lexists(folder)):
            return None
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = place.lstat()
    except (OSError, RuntimeError, ValueError):
        return None
    return place if stat.S_ISDIR(about.st_mode) and _is_ours(about) else None


def _is_ours(about: os.stat_result) -> bool:
    """Whether a file or folder belongs to the user and only the user can write to it; so everywhere without owners."""
    if not hasattr(os, "geteuid"):
        return True
    return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _is_safe(above: Path) -> bool:
    """Whether nobody else, the administrator excepted, can put something of theirs in the place of what lies here."""
    about = above.lstat()
    if _is_ours(about):
        return True
    if about.st_uid not in (0, os.geteuid()):
        return False
    shared = about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return not shared or stat.S_ISLNK(about.st_mode) or bool(about.st_mode & stat.S_ISVTX)
