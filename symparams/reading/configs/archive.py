"""A `.keras` archive -> the text of its config; nothing else in it is looked at."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from symparams.errors import LimitError, Source, SymparamsError
from symparams.reading.configs.keras import CONFIG_BYTES

_CONFIG = "config.json"
_LISTING_BYTES = 1 << 20  # of the list of what is in an archive
_END, _END_SIZE, _LONGEST_REMARK = b"PK\x05\x06", 22, 1 << 16
_HDF5 = b"\x89HDF\r\n\x1a\n"


def is_archive(beginning: bytes) -> bool:
    """Whether a file begins as models that Keras saved do, `.keras` or HDF5."""
    return beginning.startswith((b"PK\x03\x04", _HDF5))


def archived_config(path: Path) -> Source:
    """The config in the archive at a path."""
    try:
        with path.open("rb") as file:
            return _config(file, str(path))
    except OSError as error:
        raise SymparamsError(f"cannot read {path}: {error.strerror or error}") from None


def config_in(data: bytes, name: str) -> Source:
    """The config in an archive that is at hand."""
    return _config(io.BytesIO(data), name)


def _config(file: BinaryIO, name: str) -> Source:
    if file.read(len(_HDF5)) == _HDF5:
        raise SymparamsError(
            f"{name}: HDF5 files are not read; the text of model.to_json(), or what model.save gives as `.keras`, is"
        )
    _check_listing(file, name)
    try:
        with zipfile.ZipFile(file) as archive:
            return Source(f"{name}/{_CONFIG}", _text(archive, name))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error):
        raise SymparamsError(f"{name}: this is a damaged archive; `.keras` files are ZIP archives") from None


def _text(archive: zipfile.ZipFile, name: str) -> str:
    try:
        about = archive.getinfo(_CONFIG)
    except KeyError:
        raise SymparamsError(f"{name}: there is no {_CONFIG} in this archive, as there is in `.keras` files") from None
    with archive.open(about) as file:  # what it says of its size need not be true
        data = b"" if about.file_size > CONFIG_BYTES else file.read(CONFIG_BYTES + 1)
    if not 0 < len(data) <= CONFIG_BYTES:
        raise LimitError(f"{name}: {_CONFIG} is larger than {CONFIG_BYTES >> 20} MiB, which is the limit")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SymparamsError(f"{name}: {_CONFIG} is not UTF-8 text") from None


def _check_listing(file: BinaryIO, name: str) -> None:
    """Raise LimitError where the list of what is in an archive would be large; the archive itself may be."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST_REMARK - _END_SIZE))
    tail = file.read()
    file.seek(0)
    end = tail.rfind(_END)
    listing = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if listing > _LISTING_BYTES:
        raise LimitError(f"{name}: this archive holds more files than a model has")
