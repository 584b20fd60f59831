"""What a format has to say: how a question is written, and what stands around all of them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

from symparams.documents.asked import Asked, BankInfo


class Export:
    """A format for banks of questions."""

    name: ClassVar[str]  # as --format takes it
    markup: ClassVar[str]  # what its texts are written in: html, markdown, latex or text
    shapes: ClassVar[bool] = True  # whether a shape that is typed can be marked; if not, it is a choice
    formulas: ClassVar[bool] = False  # whether a formula that is typed can be marked; if not, it is a choice


class TextExport(Export):
    """A bank that is one text file: a head, one question behind the other, a foot."""

    suffix: ClassVar[str]  # what the name of such a file ends with, for messages: .xml

    @abstractmethod
    def head(self, bank: BankInfo) -> str:
        """What stands before the first question."""

    @abstractmethod
    def item(self, asked: Asked) -> str:
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


class PackedExport(Export):
    """A bank that is a zip archive: files for each question, or one text with all of them, and a manifest."""

    suffix: ClassVar[str] = ".zip"
    text: ClassVar[TextExport | None] = None  # the file that holds all questions, if they are not files of their own

    def files(self, asked: Asked) -> Mapping[str, str]:
        """The files of one question, by their names in the archive; none where `text` holds them."""
        return {}

    @abstractmethod
    def closing(self, bank: BankInfo, questions: Sequence[tuple[str, str]]) -> Mapping[str, str]:
        """The files on the bank as a whole, by name: the manifest; of each question its identity and name are known.

        Where `text` holds the questions, its own file is not among them (`text_name` says where it stands), and
        `questions` is empty.
        """

    def text_name(self, bank: BankInfo) -> str:
        """Where the text with all questions stands in the archive."""
        return ""


class FolderExport(Export):
    """A bank that is a folder with a folder for each question."""

    @abstractmethod
    def files(self, asked: Asked) -> Mapping[str, str]:
        """The files of one question, by their names in its folder."""

    @abstractmethod
    def folder(self, asked: Asked) -> str:
        """The folder of a question, inside that of the bank: questions/q-4b2f."""

    def common(self, bank: BankInfo) -> Mapping[str, str]:
        """Files of the bank as a whole; one that exists is left as it is."""
        return {}

    def closing(self, bank: BankInfo, questions: Sequence[tuple[str, Fraction]]) -> Mapping[str, str]:
        """Files that list the questions, by their names in the folder of the bank; of each its folder and points."""
        return {}


class WholeExport(Export):
    """A bank that can only be written at one go, by the library of its format, as a zip archive."""

    suffix: ClassVar[str]

    @abstractmethod
    def write(self, path: Path, bank: BankInfo, questions: Iterable[Asked]) -> None:
        """Write all questions to a file that does not exist yet."""


class PaperExport(Export):
    """Exams on paper: the papers of all students in one text, the key in another."""

    suffix: ClassVar[str]

    @abstractmethod
    def texts(self, bank: BankInfo, students: Sequence[str], papers: Sequence[Sequence[Asked]]) -> Mapping[str, str]:
        """The texts, by what their file's name has behind that of the exam: nothing, or -key.

        There are as many students as papers, or no student: then whoever gets a paper writes a name on it.
        """
