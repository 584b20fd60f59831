"""New files and folders beside those that they become: named so only when they are whole."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from symparams.errors import SymparamsError
from symparams.files import put_in_place

if sys.platform != "win32":  # there, a file that is open cannot be removed: nothing has to be locked
    import fcntl


@contextlib.contextmanager
def disk(path: Path) -> Iterator[None]:
    """Inside, what the disk refuses becomes a message with the path."""
    try:
        yield
    except OSError as error:
        raise SymparamsError(f"cannot write {path}: {error.strerror or error}") from None


class Part:
    """A file that is being written beside the one that it will replace; locked, so that no other run removes it."""

    def __init__(self, path: Path) -> None:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        self.path = path
        self.name = Path(name)
        self.file: BinaryIO = os.fdopen(handle, "w+b")
        _locked(handle)

    def put_in_place(self) -> None:
        """Let it take the place of what was there, once the disk has all of it."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        put_in_place(self.name, self.path)

    def remove(self) -> None:
        """Leave nothing of it."""
        with contextlib.suppress(OSError):
            self.file.close()
        with contextlib.suppress(OSError):
            self.name.unlink()


@contextlib.contextmanager
def folder_beside(folder: Path, name: str) -> Iterator[Path]:
    """An empty folder inside `folder` that is gone afterwards; no other run removes it before."""
    place = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=".part", dir=folder))
    lock = None if sys.platform == "win32" else os.open(place, os.O_RDONLY)
    try:
        if lock is not None:
            _locked(lock)
        yield place
    finally:
        if lock is not None:
            os.close(lock)
        shutil.rmtree(place, ignore_errors=True)


def sweep(folder: Path, name: str) -> None:
    """Remove what runs that were killed have left beside `name`; what a living run has locked stays."""
    ours = re.compile(rf"\.{re.escape(name)}\.[a-z0-9_]{{8}}\.part")
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for path in [Path(entry.path) for entry in entries if ours.fullmatch(entry.name)]:
            with contextlib.suppress(OSError):
                _remove_abandoned(path)


def _remove_abandoned(path: Path) -> None:
    if sys.platform == "win32":
        path.unlink()
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        if _locked(handle):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Whether the lock is now ours; where a disk knows no locks, nothing is."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
