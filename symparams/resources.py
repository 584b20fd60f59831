"""Where files lie: the grammar and the templates, and what is kept between runs."""

from __future__ import annotations

import os
import stat
from functools import cache
from pathlib import Path

from symparams.version import __version__

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """The folder `grammar` or `templates`."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


@cache
def kept() -> Path | None:
    """The user's own folder for parsing tables and compiled templates; None where there is none to trust.

    What lies there is loaded as code, so it must belong to the user and to nobody else. SYMPARAMS_CACHE names another
    place, or none if it is empty.
    """
    given = os.environ.get("SYMPARAMS_CACHE")
    if given == "":
        return None
    try:
        home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
        place = Path(given) if given else Path(home) / "symparams" / __version__
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = place.stat()
    except (OSError, RuntimeError):
        return None
    mine = not hasattr(os, "getuid") or about.st_uid == os.getuid()
    closed = not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return place if mine and closed and os.access(place, os.W_OK) else None
