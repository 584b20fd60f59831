"""Reading what users name and writing what they ask for: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from symparams import limits
from symparams.errors import LimitError, Source, SymparamsError

TEMPORARY = ".symparams-"  # how the names of files begin that are not whole yet


def read_source(path: Path, most: int = limits.SOURCE_BYTES) -> Source:
    """The text of a file, refused before it is read if it is larger than so many bytes."""
    try:
        with path.open("rb") as file:
            return _decoded(str(path), file.read(most + 1), most)
    except (OSError, ValueError) as error:
        raise SymparamsError(f"cannot read {path}: {_reason(error, _NO_NAME)}") from None


def read_standard_input(most: int = limits.SOURCE_BYTES) -> Source:
    """What is piped in, refused past the limit."""
    try:
        return _decoded("<stdin>", sys.stdin.buffer.read(most + 1), most)
    except (OSError, AttributeError, ValueError) as error:
        raise SymparamsError(f"cannot read the standard input: {_reason(error, _CLOSED)}") from None


_NO_NAME = "no file can have such a name"  # such as one with a null in it
_CLOSED = "it is closed"  # a stream that is closed is None, or refuses to work


def _reason(error: Exception, otherwise: str) -> str:
    """Why a file cannot be had, in the words of the system if it has some."""
    return (error.strerror or str(error)) if isinstance(error, OSError) else otherwise


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
        sys.stdout.buffer.write(_encoded(text))
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as head, has seen enough
        let_go()
        sys.exit(0)
    except (OSError, AttributeError, ValueError) as error:  # a full disk, or an output that is closed
        let_go()
        raise SymparamsError(f"cannot write to the standard output: {_reason(error, _CLOSED)}") from None


def let_go() -> None:
    """Send what the standard output has not taken nowhere, or Python would try it again when it ends."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _encoded(text: str) -> bytes:
    """A text as bytes; what is no character, as in the name of a file that is not UTF-8, becomes a question mark."""
    return text.encode("utf-8", "replace")


def write_whole(path: Path, contents: str | bytes) -> None:
    """Write beside and rename, so that nothing half-written is ever left; a device or pipe is written to."""
    if not str(path).strip(".") and not path.name:
        raise SymparamsError("the name of the output file is empty")
    data = _encoded(contents) if isinstance(contents, str) else contents
    temporary: str | None = None
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(data)
            return
        path = followed(path)
        handle, temporary = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        put_in_place(Path(temporary), path)
    except (OSError, ValueError) as error:
        raise SymparamsError(f"cannot write {path}: {_reason(error, _NO_NAME)}") from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def followed(path: Path) -> Path:
    """What a link leads to, be it there or not; OSError if it leads around in a circle."""
    if not path.is_symlink():
        return path
    with contextlib.suppress(FileNotFoundError):
        path.stat()
    return Path(os.path.realpath(path))


def put_in_place(temporary: Path, path: Path) -> None:
    """Give a finished temporary file the usual rights and the name that it was made for."""
    mask = os.umask(0)
    os.umask(mask)
    temporary.chmod(0o666 & ~mask)
    temporary.replace(path)
