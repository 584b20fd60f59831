"""Reading what users name and writing what they ask for: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from symparams import limits
from symparams.errors import LimitError, Source, SymparamsError


def read_source(path: Path, most: int = limits.SOURCE_BYTES) -> Source:
    """The text of a file, refused before it is read if it is larger than so many bytes."""
    try:
        with path.open("rb") as file:
            return _decoded(str(path), file.read(most + 1), most)
    except OSError as error:
        raise SymparamsError(f"cannot read {path}: {error.strerror}") from None


def read_standard_input(most: int = limits.SOURCE_BYTES) -> Source:
    """What is piped in, refused past the limit."""
    return _decoded("<stdin>", sys.stdin.buffer.read(most + 1), most)


def _decoded(name: str, data: bytes, most: int) -> Source:
    if len(data) > most:
        raise LimitError(f"{name}: the source is larger than {most >> 20} MiB, which is the limit")
    try:
        return Source(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SymparamsError(f"{name}:{line}: this is not UTF-8 text") from None


def write_standard_output(text: str) -> None:
    """Print a document."""
    try:
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (OSError, AttributeError, ValueError) as error:  # a full disk, or an output that is closed
        reason = error.strerror if isinstance(error, OSError) else "it is closed"
        raise SymparamsError(f"cannot write to the standard output: {reason}") from None


def write_whole(path: Path, contents: str | bytes) -> None:
    """Write beside and rename, so that nothing half-written is ever left; a device or pipe is written to."""
    if not str(path).strip(".") and not path.name:
        raise SymparamsError("the name of the output file is empty")
    data = contents.encode("utf-8") if isinstance(contents, str) else contents
    if path.is_symlink():
        path = path.resolve()
    if path.exists() and not path.is_file() and not path.is_dir():
        try:
            path.write_bytes(data)
        except OSError as error:
            raise SymparamsError(f"cannot write {path}: {error.strerror}") from None
        return
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        put_in_place(Path(temporary), path)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        raise SymparamsError(f"cannot write {path}: {error.strerror}") from None


def put_in_place(temporary: Path, path: Path) -> None:
    """Give a finished temporary file the usual rights and the name that it was made for."""
    mask = os.umask(0)
    os.umask(mask)
    temporary.chmod(0o666 & ~mask)
    temporary.replace(path)
