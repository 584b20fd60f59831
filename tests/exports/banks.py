"""Formats to write banks in, questions that stop, and what is in a bank: for the tests of banks."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import pytest

from symparams.documents.asked import Asked, BankInfo
from symparams.errors import SymparamsError
from symparams.exports.bank import write_bank
from symparams.exports.export import Export, FolderExport, PackedExport, TextExport, WholeExport
from symparams.exports.json import Json
from symparams.exports.markdown import Markdown
from tests.conftest import EXAMPLES
from tests.exports.asked_samples import BANK, samples

ROOT = EXAMPLES.parent
ASKED = samples(3, count=12)
OTHER = BankInfo(title=BANK.title, seed=BANK.seed, version=BANK.version, request="ffff")


class Lines(TextExport):
    """The simplest text: a question a line."""

    name = "lines"
    markup = "text"
    suffix = ".txt"

    def head(self, bank: BankInfo) -> str:
        return "head\n"

    def item(self, asked: Asked) -> str:
        return f"{asked.identity} {asked.stem!r}\n" * 40

    def between(self) -> str:
        return "--\n"

    def foot(self, bank: BankInfo) -> str:
        return "foot\n"

    def comment(self, text: str) -> str:
        return f"# {text}\n"


class Files(PackedExport):
    """Two files a question, and a list of all."""

    name = "files"
    markup = "text"

    def files(self, asked: Asked) -> Mapping[str, str]:
        return {f"{asked.identity}/a.txt": asked.stem * 20, f"{asked.identity}/b.txt": asked.answer}

    def closing(self, bank: BankInfo, questions: Sequence[tuple[str, str]]) -> Mapping[str, str]:
        return {"manifest.json": json.dumps(questions), "bank.txt": bank.title}


class PackedLines(Files):
    """All questions in one text."""

    name = "packed-lines"
    text: ClassVar[TextExport | None] = Lines()

    def files(self, asked: Asked) -> Mapping[str, str]:
        return {}

    def text_name(self, bank: BankInfo) -> str:
        return "bank/questions.txt"


class Folders(FolderExport):
    """A folder a question, one below another."""

    name = "folders"
    markup = "text"

    def files(self, asked: Asked) -> Mapping[str, str]:
        return {"info.json": json.dumps(asked.name), "deep/er/question.txt": asked.stem}

    def folder(self, asked: Asked) -> str:
        return f"questions/{asked.identity}"

    def common(self, bank: BankInfo) -> Mapping[str, str]:
        return {"course.json": bank.title, "lib/help.py": "pass\n"}

    def closing(self, bank: BankInfo, questions: Sequence[tuple[str, Fraction]]) -> Mapping[str, str]:
        return {"lists/all.json": json.dumps([folder for folder, _ in questions])}


class Deck(WholeExport):
    """An archive that its library writes."""

    name = "deck"
    markup = "text"
    suffix = ".deck"

    def write(self, path: Path, bank: BankInfo, questions: Iterable[Asked]) -> None:
        assert not path.exists()
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo("deck"), "\n".join(asked.identity for asked in questions))


GROWING: list[Export] = [Lines(), Json(), Markdown(), Files(), PackedLines()]


class StoppedError(Exception):
    pass


def upto(last: int) -> Callable[[int], Iterator[Asked]]:
    """All questions, but something stops before one of them."""

    def questions(first: int) -> Iterator[Asked]:
        for index in range(first, len(ASKED)):
            if index == last:
                raise StoppedError
            yield ASKED[index]

    return questions


def everything(first: int) -> list[Asked]:
    return ASKED[first:]


def never(first: int) -> list[Asked]:
    raise AssertionError("nothing is to be asked for")


class Clock:
    """A clock that goes on by `step` with each question; pass `tell` as progress."""

    def __init__(self, step: float) -> None:
        self.step = step
        self.now = 0.0
        self.told: list[int] = []  # what progress was told

    def tell(self, count: int) -> None:
        self.told.append(count)
        self.now += self.step

    def __call__(self) -> float:
        return self.now


def identities(export: Export, path: Path) -> list[str]:
    """Which questions are in a bank, found by means other than those that wrote it; the bank must be whole."""
    if isinstance(export, Json):
        parsed = json.loads(path.read_text("utf-8"))
        assert parsed["count"] == len(parsed["questions"])
        return [question["identity"] for question in parsed["questions"]]
    if isinstance(export, Markdown):
        text = path.read_text("utf-8")
        assert text.count("<details>\n") == text.count("\n</details>\n")
        return re.findall(r"^\*.*· `(q-\w+)`$", text, re.M)
    if isinstance(export, Lines):
        return in_lines(path.read_text("utf-8").rpartition("# symparams bank")[0])
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        if isinstance(export, PackedLines):
            assert json.loads(archive.read("manifest.json")) == []
            return in_lines(archive.read("bank/questions.txt").decode("utf-8"))
        known = [identity for identity, name in json.loads(archive.read("manifest.json"))]
        assert archive.namelist()[:-2] == [f"{identity}/{name}.txt" for identity in known for name in "ab"]
        return known


def in_lines(text: str) -> list[str]:
    assert text.startswith("head\n")
    assert text.endswith("foot\n")
    return [part.split()[0] for part in text[5:-5].split("--\n") if part]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(export: Export, path: Path, bank: BankInfo = BANK) -> None:
    before = files_of(path.parent)
    with pytest.raises(SymparamsError) as caught:
        write_bank(export, path, bank, never, len(ASKED))
    assert (
        str(caught.value)
        == f"{path} exists and is not a bank that this run could continue; choose another name or remove it"
    )
    assert files_of(path.parent) == before


def finished(export: Export, folder: Path) -> bytes:
    """The bytes of the bank that nothing stopped."""
    path = folder / "reference" / "bank"
    path.parent.mkdir(exist_ok=True)
    assert write_bank(export, path, BANK, everything, len(ASKED)) == 0
    assert identities(export, path) == [asked.identity for asked in ASKED]
    return path.read_bytes()
