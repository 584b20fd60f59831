"""Reading what users name and writing what they ask for: whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from symparams import limits
from symparams.errors import LimitError, Source, SymparamsError

TEMPORARY = ".symparams-"  # how the names of files begin that are not whole yet


@dataclass
class Desk:
    """What stands in the place of files and streams for a program that has its texts in hand and asks for bytes."""

    texts: Mapping[str, str]  # what can be read, by its name
    printed: list[str] = field(default_factory=list)  # for the standard output, in pieces
    written: dict[str, bytes] = field(default_factory=dict)  # what would be files, by their names
    notices: list[str] = field(default_factory=list)  # for the standard error


_desk: ContextVar[Desk | None] = ContextVar("_desk", default=None)


@contextmanager
def at(desk: Desk | None) -> Iterator[None]:
    """Read from a desk and write to it, whatever is named; no file and no stream is touched meanwhile.

    None: for a while the disk again.
    """
    token = _desk.set(desk)
    try:
        yield
    finally:
        _desk.reset(token)


def desk() -> Desk | None:
    """What stands in the place of files now; None: files are read and written."""
    return _desk.get()


@contextmanager
def place_for(path: Path) -> Iterator[Path]:
    """Where a file or a folder can be made: `path`, or on a desk a place on the disk that is gone when it is left.

    What has been made there lies on the desk then.
    """
    held = desk()
    if held is None:
        yield path
        return
    with at(None), tempfile.TemporaryDirectory(prefix=TEMPORARY) as folder:
        yield Path(folder) / path
        for file in sorted(Path(folder).rglob("*")):
            if file.is_file():
                held.written[file.relative_to(folder).as_posix()] = file.read_bytes()


def read_source(path: Path, most: int = limits.SOURCE_BYTES) -> Source:
    """The text of a file, refused before it is read if it is larger than so many bytes."""
    held = desk()
    if held is not None:
        return _held(held, str(path), most)
    try:
        with path.open("rb") as file:
            return _decoded(str(path), file.read(most + 1), most)
    except (OSError, ValueError) as error:
        raise SymparamsError(f"cannot read {path}: {_reason(error, _NO_NAME)}") from None


def _held(held: Desk, name: str, most: int) -> Source:
    """A text on a desk."""
    if name not in held.texts:
        raise SymparamsError(f"there is no text `{name}` here")
    return _decoded(name, _encoded(held.texts[name]), most)


def is_there(name: str) -> bool:
    """Whether something of this name can be read."""
    held = desk()
    return Path(name).exists() if held is None else name in held.texts


def opened(path: Path) -> BinaryIO:
    """A file to read bytes from, or what lies on the desk in its place; OSError if there is none."""
    held = desk()
    if held is None:
        return path.open("rb")
    if str(path) not in held.texts:
        raise FileNotFoundError(errno.ENOENT, "there is no such text here")
    return io.BytesIO(_encoded(held.texts[str(path)]))


def read_standard_input(most: int = limits.SOURCE_BYTES) -> Source:
    """What is piped in, refused past the limit."""
    held = desk()
    if held is not None:
        return _held(held, "-", most)
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
    held = desk()
    if held is not None:
        held.printed.append(text)
        return
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
    held = desk()
    if held is not None:
        held.written[path.as_posix()] = data
        return
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
    """Give a finished temporary file the name that it was made for; it gets the rights of what stands there."""
    mask = os.umask(0)
    os.umask(mask)
    mode = 0o666 & ~mask
    with contextlib.suppress(FileNotFoundError):
        mode = stat.S_IMODE(path.stat().st_mode)
    temporary.chmod(mode)
    temporary.replace(path)
