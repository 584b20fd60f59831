"""Banks that grow: a new file takes over the questions of the old one, gets more, and takes its place."""

from __future__ import annotations

import contextlib
import json
import zipfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import IO, BinaryIO

from symparams.documents.asked import Asked, BankInfo
from symparams.errors import SymparamsError
from symparams.exports.beside import Part, disk
from symparams.exports.export import Export, PackedExport, TextExport
from symparams.exports.mark import LONGEST, Mark, foreign, last_mark, origin

_PIECE = 1 << 16  # bytes that are copied or packed at a time
_TITLE = 1_000  # characters of the name of a question that a manifest gets
_UNDATED = (1980, 1, 1, 0, 0, 0)  # all files in an archive: the bytes must not depend on the day


class Growing(ABC):
    """A bank in one file; between `start` and `finish` a part beside it gets the questions."""

    count: int = 0  # questions that it has
    whole: bool = False  # whether there is a part, and what is in it are whole questions: it can be finished

    def __init__(self, export: Export, path: Path, bank: BankInfo) -> None:
        self.path = path
        self.bank = bank
        self.origin = origin(export, bank)
        self._part: Part | None = None

    def find(self) -> None:
        """Read how far the bank has come; an error if what is there is something else."""
        if not self.path.exists():
            return
        try:
            mark = self._read() if self.path.is_file() else None
        except OSError as error:
            raise SymparamsError(f"cannot read {self.path}: {error.strerror or error}") from None
        except (zipfile.BadZipFile, LookupError, ValueError, NotImplementedError):  # what a broken archive can raise
            mark = None
        if mark is None or mark.origin != self.origin:
            raise foreign(self.path)
        self.count = mark.count

    def start(self) -> None:
        """Begin a part with the questions that are there."""
        with disk(self.path):
            self._part = Part(self.path)
            self._take_over(self._part.file)
        self.whole = True

    def add(self, asked: Asked) -> None:
        """Put one more question into the part."""
        texts = self._texts(asked)
        self.whole = False
        with disk(self.path):
            self._put(asked, texts)
        self.count += 1
        self.whole = True

    def finish(self) -> None:
        """Close the part and let it take the place of the bank."""
        assert self._part is not None
        self.whole = False
        with disk(self.path):
            self._close(self._part.file)
            self._part.put_in_place()
        self._part = None

    def drop(self) -> None:
        """Leave nothing of a part that was not finished."""
        if self._part is not None:
            self._part.remove()

    @abstractmethod
    def _read(self) -> Mark | None:
        """The mark of the bank, if it is whole."""

    @abstractmethod
    def _take_over(self, file: BinaryIO) -> None: ...

    @abstractmethod
    def _texts(self, asked: Asked) -> dict[str, bytes]:
        """What a question adds, by the name of the file."""

    @abstractmethod
    def _put(self, asked: Asked, texts: dict[str, bytes]) -> None: ...

    @abstractmethod
    def _close(self, file: BinaryIO) -> None: ...


class GrowingText(Growing):
    """A bank that is one text."""

    def __init__(self, export: TextExport, path: Path, bank: BankInfo) -> None:
        super().__init__(export, path, bank)
        self._export = export
        self._extent = 0  # bytes before the foot

    def _read(self) -> Mark | None:
        size = self.path.stat().st_size
        with self.path.open("rb") as file:
            file.seek(max(0, size - _PIECE))
            mark = last_mark(file.read())
            if mark is None or mark.extent > size:
                return None
            file.seek(mark.extent)
            ends = file.read(_PIECE) == self._end(mark)
            file.seek(0)
            starts = file.read(len(self._head())) == self._head()
        self._extent = mark.extent
        return mark if starts and ends else None

    def _head(self) -> bytes:
        return _bytes(self._export.head(self.bank))

    def _end(self, mark: Mark) -> bytes:
        return _bytes(self._export.end(self.bank, mark.count, str(mark)))

    def _take_over(self, file: BinaryIO) -> None:
        if self.count:
            with self.path.open("rb") as old:
                _copy(old, file, self._extent, self.path)
        else:
            self._extent = file.write(self._head())

    def _texts(self, asked: Asked) -> dict[str, bytes]:
        return {"": _bytes((self._export.between() if self.count else "") + self._export.item(asked))}

    def _put(self, asked: Asked, texts: dict[str, bytes]) -> None:
        assert self._part is not None
        self._extent += self._part.file.write(texts[""])

    def _close(self, file: BinaryIO) -> None:
        file.write(self._end(Mark(self.origin, self.count, self._extent)))


class _Packed(Growing):
    """A bank that is an archive; its mark is the comment of the archive."""

    def __init__(self, export: PackedExport, path: Path, bank: BankInfo) -> None:
        super().__init__(export, path, bank)
        self._export = export
        self._archive: zipfile.ZipFile | None = None
        self._extent = 0
        self._questions: list[tuple[str, str]] = []  # of each its identity and name, for the manifest

    def _take_over(self, file: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)

    def _close(self, file: BinaryIO) -> None:
        assert self._archive is not None
        for name, text in self._export.closing(self.bank, self._questions).items():
            self._archive.writestr(_entry(name), _bytes(text))
        self._archive.comment = str(Mark(self.origin, self.count, self._extent)).encode("ascii")
        self._archive.close()

    def drop(self) -> None:
        if self._archive is not None:
            with contextlib.suppress(Exception):  # whatever an archive says that was left in the middle
                self._archive.close()
        super().drop()

    def _unpacked(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self.path)
        except zipfile.BadZipFile:
            raise OSError("another program has changed it") from None


class GrowingFiles(_Packed):
    """An archive with files of their own for each question."""

    def _read(self) -> Mark | None:
        with zipfile.ZipFile(self.path) as archive:
            mark = last_mark(archive.comment[:LONGEST])
            if mark is None or mark.extent > len(archive.infolist()):
                return None
            notes = [entry.comment for entry in archive.infolist()[: mark.extent]]
        self._extent = mark.extent
        self._questions = [(identity, name) for identity, name in map(json.loads, filter(None, notes))]
        return mark if len(self._questions) == mark.count else None

    def _take_over(self, file: BinaryIO) -> None:
        super()._take_over(file)
        assert self._archive is not None
        if not self.count:
            return
        with self._unpacked() as old:
            for entry in old.infolist()[: self._extent]:
                self._archive.writestr(_entry(entry.filename, entry.comment), old.read(entry))

    def _texts(self, asked: Asked) -> dict[str, bytes]:
        texts = {name: _bytes(text) for name, text in self._export.files(asked).items()}
        assert texts, "a question in an archive is at least one file"
        return texts

    def _put(self, asked: Asked, texts: dict[str, bytes]) -> None:
        assert self._archive is not None
        known = (asked.identity, asked.name[:_TITLE])
        note = json.dumps(known).encode("ascii")
        for name, text in texts.items():
            if name in self._archive.NameToInfo:
                raise SymparamsError(f"{self.path}: two questions would have the same file, {name}")
            self._archive.writestr(_entry(name, note), text)
            self._extent += 1
            note = b""
        self._questions.append(known)


class GrowingPackedText(_Packed):
    """An archive in which one text holds all questions."""

    def __init__(self, export: PackedExport, text: TextExport, path: Path, bank: BankInfo) -> None:
        super().__init__(export, path, bank)
        self._text = text
        self._stream: _Even | None = None

    def _read(self) -> Mark | None:
        with zipfile.ZipFile(self.path) as archive:
            mark = last_mark(archive.comment[:LONGEST])
            if mark is None:
                return None
            size = archive.getinfo(self._export.text_name(self.bank)).file_size
        self._extent = mark.extent
        return mark if size == mark.extent + len(self._foot()) else None

    def _foot(self) -> bytes:
        return _bytes(self._text.foot(self.bank))

    def _take_over(self, file: BinaryIO) -> None:
        super()._take_over(file)
        assert self._archive is not None
        name = self._export.text_name(self.bank)
        self._stream = _Even(self._archive.open(_entry(name), "w"))
        if self.count:
            with self._unpacked() as archive, archive.open(name) as old:
                _copy(old, self._stream, self._extent, self.path)
        else:
            self._extent = self._stream.write(_bytes(self._text.head(self.bank)))

    def _texts(self, asked: Asked) -> dict[str, bytes]:
        return {"": _bytes((self._text.between() if self.count else "") + self._text.item(asked))}

    def _put(self, asked: Asked, texts: dict[str, bytes]) -> None:
        assert self._stream is not None
        self._extent += self._stream.write(texts[""])

    def _close(self, file: BinaryIO) -> None:
        assert self._stream is not None
        self._stream.write(self._foot())
        self._stream.close()
        super()._close(file)

    def drop(self) -> None:
        if self._stream is not None:
            with contextlib.suppress(Exception):  # before the archive, which waits for it
                self._stream.close()
        super().drop()


class _Even:
    """A stream to an archive that is given pieces of one size: then its bytes do not depend on who wrote how much."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        while len(self._waiting) >= _PIECE:
            self._stream.write(bytes(self._waiting[:_PIECE]))
            del self._waiting[:_PIECE]
        return len(data)

    def close(self) -> None:
        self._stream.write(bytes(self._waiting))
        self._stream.close()


def _entry(name: str, comment: bytes = b"") -> zipfile.ZipInfo:
    """A file in an archive, without the day and the machine it was made on."""
    entry = zipfile.ZipInfo(name, _UNDATED)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, also where this is not
    entry.external_attr = 0o100644 << 16
    entry.comment = comment
    return entry


def _copy(old: IO[bytes], new: IO[bytes] | _Even, extent: int, path: Path) -> None:
    """The first bytes of one stream to another."""
    left = extent
    while left:
        piece = old.read(min(left, _PIECE))
        if not piece:
            raise SymparamsError(f"{path} was changed while questions were added to it; run the command again")
        new.write(piece)
        left -= len(piece)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
