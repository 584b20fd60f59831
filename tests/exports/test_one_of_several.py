"""One of the variants of each question: the groups of every format, and quizzes that draw from them."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import symparams as sp
from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.errors import SymparamsError
from symparams.exports.mark import Mark
from symparams.exports.registry import export as registered
from tests.exams.samples import TEXTS
from tests.exports import moodle_samples
from tests.exports.asked_samples import asked as sample
from tests.exports.banks import put
from tests.exports.gift_parsers import assert_pegjs_agrees, assert_pygiftparser_agrees
from tests.exports.gift_reader import read_gift
from tests.exports.moodle_marking import Read, shown_name
from tests.exports.moodle_reader import read_moodle
from tests.exports.qti12_scoring import Q as QTI12
from tests.exports.qti12_scoring import metadata, standard
from tests.exports.qti21_session import Q as QTI21
from tests.helpers import optional
from tests.test_cli import run

etree = optional("lxml.etree")
TITLE = "Networks / <week> 3"
BANK = BankInfo(title=TITLE, seed=7, version="0.0.1", request="0123abcd", variants=3, questions=12)
NAMES = ("a/b", "c & d", "\\neq {x}")  # of questions, which may be paths to a category


def varied() -> list[WrittenQuestion]:
    """Three variants of each of twelve questions; the third and the seventh are faded."""
    found = []
    for number in range(1, 13):
        for variant in range(1, 4):
            chance = 10 * number + variant
            numbers = [1000 * chance + at for at in range(5)]
            kind = "choice" if number % 2 == 0 else "number"
            question = sample("html", kind, NAMES[number % 3], numbers, 1 if number in (3, 7) else 3)
            found.append(replace(question, identity=f"q-{chance:x}", number=number, variant=variant))
    assert [bool(one.blanks) for one in found].count(True) == 6
    return found


ASKED = varied()


def text_of(name: str, bank: BankInfo = BANK, asked: Sequence[WrittenQuestion] = ASKED) -> str:
    export: Any = registered(name)
    items = map(export.item, asked)
    return "".join([*export.body(bank, items), export.end(bank, len(asked), str(Mark("0" * 32, len(asked), 1)))])


def packed(name: str, place: Path, bank: BankInfo = BANK) -> dict[str, str]:
    export = registered(name)
    put(export, place / "bank.zip", ASKED, bank)
    with zipfile.ZipFile(place / "bank.zip") as archive:
        return {file: archive.read(file).decode() for file in archive.namelist()}


def named(number: int, mark: str = "") -> str:
    return f"Question {number:02}: Parameters of {NAMES[number % 3]} {mark}".rstrip()


def expected() -> Iterator[tuple[str, str]]:
    """The group and the name of each question, one for each blank."""
    for one in ASKED:
        name = f"Question {one.number}, variant {one.variant}: {one.name}"
        marks = [blank.mark for blank in one.blanks] or [""]
        yield from ((named(one.number, mark), f"{name} {mark}".rstrip()) for mark in marks)


class TestMoodle:
    """A category for each question, inside that of the bank."""

    @staticmethod
    def assert_grouped(reads: Sequence[Read]) -> None:
        found = [(*map(shown_name, read.path), shown_name(read.name)) for read in reads]
        assert found == [(TITLE, group, name) for group, name in expected()]

    def test_xml(self) -> None:
        self.assert_grouped(read_moodle(text_of("moodle"))[1])

    def test_gift(self) -> None:
        self.assert_grouped(read_gift(text_of("gift"))[1])

    def test_the_category_says_how_to_make_a_quiz(self) -> None:
        info = ElementTree.fromstring(text_of("moodle")).findtext("question/info/text")
        assert info == (
            "Made by symparams 0.0.1, seed 7, request 0123abcd. A quiz: add one random question of each category inside"
        )

    def test_blanks_that_are_asked_together_are_one_question(self) -> None:
        whole = [replace(blank, points=Fraction(1)) for blank in ASKED[6].blanks]
        asked = [replace(ASKED[6], blanks=tuple(whole), points=Fraction(2))]
        (read,) = read_moodle(text_of("moodle", BANK, asked))[1]
        assert (read.kind, *map(shown_name, read.path)) == ("cloze", TITLE, named(3))

    def test_a_part_has_the_categories_of_the_whole(self) -> None:
        part = read_moodle(text_of("moodle", BANK, ASKED[8:14]))[1]
        whole = read_moodle(text_of("moodle"))[1]
        paths = {read.idnumber: read.path for read in whole}
        assert all(paths[read.idnumber] == read.path for read in part)

    @pytest.mark.program
    def test_gift_pegjs_reads_the_categories(self, tmp_path: Path) -> None:
        assert_pegjs_agrees({"bank": text_of("gift")}, tmp_path)

    @pytest.mark.extra
    def test_pygiftparser_reads_the_questions(self, caplog: pytest.LogCaptureFixture) -> None:
        asked = [replace(one, number=at) for at in (1, 2) for one in moodle_samples.bank(at)]
        assert_pygiftparser_agrees(text_of("gift", BANK, asked), caplog)


class TestQti12:
    """A section of which Canvas draws one, with the points of a question."""

    def test_groups(self, tmp_path: Path) -> None:
        ((_, text), _) = packed("qti12", tmp_path).items()
        (root,) = ElementTree.fromstring(text).iter(f"{QTI12}assessment")
        (outer,) = root.findall(f"{QTI12}section")
        assert not outer.findall(f"{QTI12}item")
        groups = outer.findall(f"{QTI12}section")
        assert len({group.get("ident") for group in groups}) == len(groups) == 14  # each blank has its own
        found = []
        for group in groups:
            selection = group.find(f"{QTI12}selection_ordering/{QTI12}selection")
            assert selection is not None
            assert selection.findtext(f"{QTI12}selection_number") == "1"
            worth = selection.findtext(f"{QTI12}selection_extension/{QTI12}points_per_item")
            items = group.findall(f"{QTI12}item")
            assert {metadata(item)["points_possible"] for item in items} == {worth}
            assert len(items) == 3
            found += [(group.get("title"), item.get("title")) for item in items]
        assert Counter(found) == Counter(expected())

    @pytest.mark.schemas
    def test_schema(self, tmp_path: Path) -> None:
        ((_, text), _) = packed("qti12", tmp_path).items()
        schema(("qti12", "domainProfile", "ims_qtiasiv1p2.xsd")).assertValid(standard(etree.fromstring(text.encode())))


class TestQti21:
    """A section of which the test selects one."""

    def test_selection(self, tmp_path: Path) -> None:
        files = packed("qti21", tmp_path)
        test = ElementTree.fromstring(files["test.xml"])
        (outer,) = test.findall(f"{QTI21}testPart/{QTI21}assessmentSection")
        sections = outer.findall(f"{QTI21}assessmentSection")
        assert outer.findall(f"{QTI21}assessmentItemRef") == []
        assert [section.get("title") for section in sections] == [named(number) for number in range(1, 13)]
        assert [section.get("identifier") for section in sections] == [f"question_{n}" for n in range(1, 13)]
        for section in sections:
            assert [child.tag.removeprefix(QTI21) for child in section] == ["selection", *3 * ["assessmentItemRef"]]
            assert section[0].attrib == {"select": "1"}
            assert section.get("visible") == "false"
        listed = [reference.get("identifier") for reference in test.iter(f"{QTI21}assessmentItemRef")]
        assert listed == [one.identity for one in ASKED]
        titles = [
            ElementTree.fromstring(text).get("title") for name, text in files.items() if name.startswith("items/")
        ]
        assert titles == [f"Question {one.number}, variant {one.variant}: {one.name}" for one in ASKED]

    @pytest.mark.schemas
    def test_schema(self, tmp_path: Path) -> None:
        text = packed("qti21", tmp_path)["test.xml"]
        schema(("qti21", "imsqti_v2p1p2.xsd")).assertValid(etree.fromstring(text.encode()))


def schema(path: Sequence[str]) -> Any:
    folder = os.environ.get("QTI_SCHEMAS")
    if not folder:
        pytest.skip("QTI_SCHEMAS names no folder with the schemas of QTI")
    return etree.XMLSchema(etree.parse(str(Path(folder, *path))))


def test_prairielearn(tmp_path: Path) -> None:
    put(registered("prairielearn"), tmp_path / "course", ASKED, BANK)
    (listed,) = tmp_path.rglob("infoAssessment.json")
    (zone,) = json.loads(listed.read_text("utf-8"))["zones"]
    assert zone == {"questions": [
        {"numberChoose": 1, "alternatives": [
            {"id": one.identity, "points": float(one.points)} for one in ASKED if one.number == number
        ]}
        for number in range(1, 13)
    ]}  # fmt: skip
    infos = [json.loads((tmp_path / f"course/questions/{one.identity}/info.json").read_text("utf-8")) for one in ASKED]
    assert [info["title"] for info in infos] == [f"Question {o.number}, variant {o.variant}: {o.name}" for o in ASKED]


def test_all_variants_where_they_are_asked_for(tmp_path: Path) -> None:
    """As it was before there were groups."""
    bank = replace(BANK, draw="all")
    assert {len(read.path) for read in read_moodle(text_of("moodle", bank))[1]} == {1}
    assert text_of("gift", bank).count("$CATEGORY") == 1
    for name, inner in (("qti12", "<selection"), ("qti21", "<selection")):
        (tmp_path / name).mkdir()
        assert not any(inner in text for text in packed(name, tmp_path / name, bank).values())
    put(registered("prairielearn"), tmp_path / "course", ASKED, bank)
    (listed,) = tmp_path.rglob("infoAssessment.json")
    (zone,) = json.loads(listed.read_text("utf-8"))["zones"]
    assert [question["id"] for question in zone["questions"]] == [one.identity for one in ASKED]


SOURCE = TEXTS["torch"]


class TestExam:
    """The whole way, from the options to the files."""

    def test_numbers_and_variants(self) -> None:
        made = sp.exam(sp.parse(SOURCE), questions=4, variants=3, seed=1)
        bank = json.loads(made.to_json())
        assert (bank["bank"]["questions"], bank["bank"]["variants"], bank["bank"]["draw"]) == (4, 3, "one")
        found = [(asked["number"], asked["variant"]) for asked in bank["questions"]]
        assert found == [(number, variant) for number in range(1, 5) for variant in range(1, 4)]
        once = json.loads(sp.exam(sp.parse(SOURCE), questions=4, seed=1).to_json())
        assert [(asked["number"], asked["variant"]) for asked in once["questions"]] == [(n, 0) for n in range(1, 5)]

    def test_one_variant_keeps_the_names(self, tmp_path: Path) -> None:
        sp.exam(sp.parse(SOURCE), questions=4, seed=1).write(tmp_path / "exam.xml", "moodle")
        reads = read_moodle((tmp_path / "exam.xml").read_text("utf-8"))[1]
        assert {len(read.path) for read in reads} == {1}
        assert not any(re.match("Question [0-9]", read.name) for read in reads)

    def test_a_variant_has_the_points_of_its_group(self, tmp_path: Path) -> None:
        made = sp.exam(sp.parse(SOURCE), questions=12, variants=4, seed=2, format="qti12")
        made.write(tmp_path / "bank.zip", "qti12")
        with zipfile.ZipFile(tmp_path / "bank.zip") as archive:
            root = ElementTree.fromstring(archive.read(archive.namelist()[0]))
        groups = [group for group in root.iter(f"{QTI12}section") if group.findall(f"{QTI12}item")]
        assert len(groups) == 12
        for group in groups:
            (worth,) = {metadata(item)["points_possible"] for item in group.iter(f"{QTI12}item")}
            assert group.findtext(f".//{QTI12}points_per_item") == worth

    def test_draw(self) -> None:
        one, every = (sp.exam(sp.parse(SOURCE), questions=2, variants=2, draw=draw) for draw in ("one", "all"))
        assert one.info.request != every.info.request
        assert [asked.identity for asked in one.questions] == [asked.identity for asked in every.questions]
        with pytest.raises(SymparamsError) as caught:
            sp.exam(sp.parse(SOURCE), draw="two")
        assert str(caught.value) == "draw: one or all is expected, not two"

    def test_the_command(self, tmp_path: Path) -> None:
        (tmp_path / "net.arch").write_text(SOURCE, "utf-8")
        words = ("exam", str(tmp_path / "net.arch"), "--questions", "3", "--variants", "2", "--format", "gift")
        for draw, categories in (((), 4), (("--draw", "one"), 4), (("--draw", "all"), 1)):
            status, out, _ = run(*words, *draw)
            assert status == 0
            assert len(re.findall(r"^\$CATEGORY: ", out, re.M)) == categories
