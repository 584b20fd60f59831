"""What a format has to say: what it keeps of a question, and how a bank is put together from that."""

from __future__ import annotations

import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeAlias

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.errors import SymparamsError
from symparams.exams.examination import Wanted
from symparams.exports.mark import LONGEST, Mark, foreign, last_mark

Item: TypeAlias = Any  # what a format keeps of a question: a text, or else texts, numbers and lists of them, as in JSON

_TAIL = 1 << 16  # bytes at the end of a text in which its mark stands
_UNDATED = (1980, 1, 1, 0, 0, 0)  # all files in an archive: the bytes must not depend on the day


class Items(Protocol):
    """What was kept of the questions of a bank; it can be gone through again and again."""

    origin: str  # a hash of what decides the bytes of the bank

    @property
    def papers(self) -> Sequence[Iterable[Item]]:
        """Those of each paper, for formats that are printed; otherwise all of them."""

    def __iter__(self) -> Iterator[Item]: ...

    def __len__(self) -> int: ...


class Export(ABC):
    """A format for banks of questions."""

    name: ClassVar[str]  # as --format takes it
    markup: ClassVar[str]  # what its texts are written in: html, mathml, markdown, latex, typst or text
    shapes: ClassVar[bool] = True  # whether a shape that is typed can be marked; if not, it is a choice
    formulas: ClassVar[bool] = False  # whether a formula that is typed can be marked; if not, it is a choice
    penalties: ClassVar[bool] = False  # whether a wrong choice can take points away
    shares: ClassVar[bool] = True  # whether wrong answers can earn a share of the points
    shape_notice: ClassVar[str] = ""  # what is said at export if shapes are typed: which of them earn nothing
    formula_notice: ClassVar[str] = ""  # the same of formulas
    pictures: ClassVar[bool] = False  # whether its questions can have pictures; if not, networks are tables
    follows: ClassVar[bool] = False  # whether a part is, or is left to be, marked by a student's own earlier answers

    @abstractmethod
    def item(self, asked: WrittenQuestion) -> Item:
        """What the bank keeps of a question."""

    @abstractmethod
    def write(self, path: Path, bank: BankInfo, items: Items) -> None:
        """Put the bank together as a file, and what belongs to it beside; nothing is there yet."""

    def notices(self, wanted: Wanted) -> Iterator[str]:
        """What was asked for and cannot be had in this format, a sentence each."""
        if wanted.credit.penalty and not self.penalties:
            yield f"the format {self.name} has no penalty: there a wrong choice takes nothing away"
        if wanted.credit.policy != "none" and not self.shares:
            yield f"the format {self.name} has points for the key only: there a known mistake earns nothing"

    def check(self) -> None:  # noqa: B027 - most need nothing
        """Raise SymparamsError where something that it needs is not installed; before there is any work."""

    def is_there(self, path: Path, bank: BankInfo, origin: str) -> bool:
        """Whether the bank stands there already; an error if something else does."""
        if not path.exists():
            return False
        try:
            mark = self.mark(path, bank) if path.is_file() else None
        except OSError as error:
            raise SymparamsError(f"cannot read {path}: {error.strerror or error}") from None
        if mark is None or mark.origin != origin:
            raise foreign(path)
        return True

    def mark(self, path: Path, bank: BankInfo) -> Mark | None:
        """The mark in a file, if this is a whole bank."""
        return None


class TextExport(Export):
    """A bank that is one text file: a head, one question behind the other, a foot."""

    @abstractmethod
    def head(self, bank: BankInfo) -> str:
        """What stands before the first question."""

    @abstractmethod
    def item(self, asked: WrittenQuestion) -> str:
        """One question."""

    def between(self) -> str:
        """What stands between two questions."""
        return ""

    @abstractmethod
    def foot(self, bank: BankInfo) -> str:
        """What stands behind the last question."""

    @abstractmethod
    def comment(self, text: str) -> str:
        """A last line that whoever reads the format passes over; `text` has letters, digits, spaces, commas, colons."""

    def end(self, bank: BankInfo, count: int, mark: str) -> str:
        """The foot of a bank of `count` questions, with the mark by which a later run knows the bank as its own."""
        return self.foot(bank) + self.comment(mark)

    def body(self, bank: BankInfo, items: Iterable[str]) -> Iterator[str]:
        """The text before its end, in pieces."""
        yield self.head(bank)
        for i, item in enumerate(items):
            yield (self.between() if i else "") + item

    def write(self, path: Path, bank: BankInfo, items: Items) -> None:
        with path.open("wb") as file:
            extent = put(self.body(bank, items), file.write)
            file.write(encoded(self.end(bank, len(items), str(Mark(items.origin, len(items), extent)))))

    def mark(self, path: Path, bank: BankInfo) -> Mark | None:
        size, head = path.stat().st_size, encoded(self.head(bank))
        with path.open("rb") as file:
            starts = file.read(len(head)) == head
            file.seek(max(0, size - _TAIL))
            tail = file.read()
        mark = last_mark(tail)
        if mark is None or not starts:
            return None
        end = encoded(self.end(bank, mark.count, str(mark)))
        return mark if tail.endswith(end) and size == mark.extent + len(end) else None


class PackedExport(Export):
    """A bank that is a zip archive; its mark is the comment of the archive."""

    @abstractmethod
    def pack(self, archive: zipfile.ZipFile, bank: BankInfo, items: Items) -> int:
        """Put all files into an archive; what is returned stands in the mark as its extent."""

    def write(self, path: Path, bank: BankInfo, items: Items) -> None:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            extent = self.pack(archive, bank, items)
            archive.comment = str(Mark(items.origin, len(items), extent)).encode("ascii")

    def mark(self, path: Path, bank: BankInfo) -> Mark | None:
        try:
            with zipfile.ZipFile(path) as archive:
                return last_mark(archive.comment[:LONGEST])
        except (zipfile.BadZipFile, ValueError, NotImplementedError):  # what a broken archive can raise
            return None


class FolderExport(Export):
    """A bank that is a folder with a folder for each question; others may have files there too."""

    questions: ClassVar[str]  # the folder inside it that has those of the questions

    @abstractmethod
    def listing(self, bank: BankInfo) -> str:
        """The file in it that lists the questions."""

    def is_there(self, path: Path, bank: BankInfo, origin: str) -> bool:
        if path.exists() and not path.is_dir():
            raise foreign(path)
        return False  # what is missing can only be found out by making it


class PaperExport(Export):
    """Exams on paper: the papers of all students in one text, the key in another."""

    is_text: ClassVar[bool] = True  # whether what is written is the text, so that it can be printed
    students: Sequence[str] = ()  # a name for each paper, or none: then whoever gets a paper writes a name on it
    fonts: Sequence[str] = ()  # files or folders with further fonts, for a PDF
    sheets: bool = False  # whether there is a sheet for the answers before each paper
    draws: bool = False  # whether questions may have pictures

    @abstractmethod
    def text(self, bank: BankInfo, papers: Sequence[Iterable[Item]], *, key: bool) -> Iterator[str]:
        """The exam or its key, in pieces."""

    def write(self, path: Path, bank: BankInfo, items: Items) -> None:
        for key, name in ((False, path.name), (True, f"{path.stem}-key{path.suffix}")):
            with path.with_name(name).open("wb") as file:
                put(self.written(self.text(bank, items.papers, key=key)), file.write)

    def written(self, text: Iterator[str]) -> Iterator[str | bytes]:
        """What stands in the file of a text."""
        return text

    def is_there(self, path: Path, bank: BankInfo, origin: str) -> bool:
        if path.exists() and not path.is_file():
            raise foreign(path)
        return False  # it has no mark: what is there is compared with what has been made


def put(texts: Iterable[str | bytes], write: Callable[[bytes], object]) -> int:
    """Write texts, and return how many bytes that were."""
    extent = 0
    for text in texts:
        data = encoded(text) if isinstance(text, str) else text
        write(data)
        extent += len(data)
    return extent


def entry(name: str, comment: bytes = b"") -> zipfile.ZipInfo:
    """A file in an archive, without the day and the machine it was made on."""
    made = zipfile.ZipInfo(name, _UNDATED)
    made.compress_type = zipfile.ZIP_DEFLATED
    made.create_system = 3  # Unix, also where this is not
    made.external_attr = 0o100644 << 16
    made.comment = comment
    return made


def encoded(text: str) -> bytes:
    """A text as it stands in a file; half a character that a source may hold is a question mark."""
    return text.encode("utf-8", "replace")
