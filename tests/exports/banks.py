"""Questions to write banks of, in every format, and what is in a bank: for the tests of banks."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.errors import SymparamsError
from symparams.exports.bank import write_bank
from symparams.exports.edition import answer_types
from symparams.exports.export import Export, Item
from symparams.exports.registry import EXPORTS
from symparams.exports.registry import export as registered
from tests.conftest import EXAMPLES
from tests.exports.asked_samples import BANK, PACKED, samples
from tests.helpers import marked

ROOT = EXAMPLES.parent
COUNT = 250  # questions of the banks here: two shards and a half
FORMATS = marked(EXPORTS, pytest.mark.extra, *PACKED)


class StoppedError(Exception):
    pass


@cache
def questions(name: str, count: int = COUNT) -> list[WrittenQuestion]:
    """Different questions that a format can ask."""
    export = registered(name)
    found = samples(3, export.markup, 3 * count)
    return [asked for asked in found if asked.answer_type in answer_types(export)][:count]


@cache
def items(name: str) -> list[Item]:
    """What a format keeps of them, made once."""
    return list(map(registered(name).item, questions(name)))


def put(export: Export, path: Path, asked: Sequence[WrittenQuestion], bank: BankInfo = BANK) -> None:
    """Write a bank of some questions."""
    write_bank(export, path, bank, [range(len(asked))], lambda number: export.item(asked[number]))


def written(
    name: str, path: Path, bank: BankInfo = BANK, *, stop: int = -1, tell: Callable[[int], None] = lambda count: None
) -> list[int]:
    """Write a bank of all questions, stopped before that of a number; the numbers of those that were made."""
    made: list[int] = []

    def item(number: int) -> Item:
        if number == stop:
            raise StoppedError
        made.append(number)
        return items(name)[number]

    write_bank(registered(name), path, bank, [range(COUNT)], item, progress=tell)
    return made


def identities(name: str, path: Path) -> list[str]:
    """Which questions are in a bank, found by means other than those that wrote it."""
    if name == "prairielearn":
        (listed,) = (path / "courseInstances").rglob("infoAssessment.json")
        return [each["id"] for each in json.loads(listed.read_text("utf-8"))["zones"][0]["questions"]]
    if name == "anki":
        with (
            zipfile.ZipFile(path) as archive,
            sqlite3.connect(archive.extract("collection.anki2", path.parent)) as deck,
        ):
            Path(path.parent / "collection.anki2").unlink()
            return [fields.rpartition("\x1f")[2] for (fields,) in deck.execute("select flds from notes order by id")]
    if name in ("docx", "epub"):
        with zipfile.ZipFile(path) as archive:
            texts = [archive.read(one).decode() for one in sorted(archive.namelist()) if one.endswith(_OFFICE)]
        return list(dict.fromkeys(re.findall(r'="(q-[0-9a-f]+)-\d+"', "".join(texts))))
    if name in ("qti12", "qti21", "blackboard", "rexams", "h5p"):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            others = r"items|imsmanifest|\.bb|.*\.Rmd|h5p\.json"
            (entry,) = (entry for entry in archive.namelist() if not re.match(others, entry))
            text = archive.read(entry).decode("utf-8")
    else:
        text = path.read_text("utf-8")
    assert name in _IDENTITIES, f"{name}: a pattern in _IDENTITIES, by which questions are found in a bank"
    return list(dict.fromkeys(re.findall(_IDENTITIES[name] % r"(q-[0-9a-f]+)", text, re.M)))


_OFFICE = ("document.xml", ".xhtml")  # the files of Word documents and EPUBs that are read
_IDENTITIES = {
    "json": r'^\{"identity": "%s"',
    "latex": r"^%% %s$",
    "typst": r"^// %s$",
    "html": r'data-question="%s"',
    "markdown": r"^\*.*· `%s`$",
    "moodle": r"<idnumber>%s",
    "gift": r"\[id:%s",
    "numbas": r'^\{"name": ".*"metadata": \{"description": "<p>%s</p>',
    "h5p": r'"authorComments": "%s"',
    "rexams": r'"%s\.Rmd"',
    "qti12": r'<item ident="%s',
    "qti21": r'<assessmentItemRef identifier="%s"',
    "blackboard": r"<bbmd_asi_object_id>%s(?:-[a-z])?</bbmd_asi_object_id>",
}


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def bytes_of(path: Path) -> dict[str, bytes]:
    """What a bank is on the disk: one file, two of an exam on paper, or a folder."""
    if path.is_dir():
        return files_of(path)
    return {file.name.removeprefix(path.name): file.read_bytes() for file in path.parent.glob(f"{path.name}*")}


def refused(name: str, path: Path, bank: BankInfo = BANK) -> None:
    """That nothing is written or changed where something else stands."""
    before = files_of(path.parent)
    with pytest.raises(SymparamsError) as caught:
        written(name, path, bank, stop=0)
    said = f"{path} exists and is not the bank that is to be written; choose another name or remove it"
    assert str(caught.value) == said
    assert files_of(path.parent) == before
