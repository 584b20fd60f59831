"""Questions as `symparams exam` makes them, in every format: the key has full marks, each known mistake its own credit
and feedback, and any other answer nothing.

The environment variable EXPORT_SEEDS says how many seeds are tried; 12 if it is not set.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from symparams.documents.written_question import WrittenQuestion
from symparams.errors import Source
from symparams.exports.anki import Anki
from symparams.exports.blackboard import Blackboard
from symparams.exports.export import TextExport
from symparams.exports.gift import Gift
from symparams.exports.json import Json
from symparams.exports.latex import Latex
from symparams.exports.mark import Mark
from symparams.exports.moodle import Moodle
from symparams.exports.prairielearn import PrairieLearn
from symparams.exports.qti12 import Qti12
from symparams.exports.qti21 import Qti21
from symparams.grading.bank import read_bank
from symparams.grading.marking import Marker
from tests.exports import moodle_marking, prairielearn_executor, qti12_scoring, qti21_session
from tests.exports import test_blackboard as test_blackboard_
from tests.exports.anki_shelf import Shelf, assert_told
from tests.exports.gift_parsers import assert_pegjs_agrees, assert_pygiftparser_agrees, inside
from tests.exports.gift_reader import read_gift
from tests.exports.moodle_reader import read_moodle
from tests.exports.near import fields, naming, others
from tests.exports.paper_building import built, needs_latex
from tests.exports.qti_samples import packed
from tests.exports.real import BANK, NETWORKS, REAL_SEEDS, bank, every, origin


def text_of(export: TextExport) -> str:
    """The bank of all seeds."""
    asked = every(export)
    end = export.end(BANK, len(asked), str(Mark("0" * 32, len(asked), 1)))
    return "".join([*export.body(BANK, map(export.item, asked)), end])


@pytest.mark.slow
def test_questions_of_every_kind_are_drawn() -> None:
    asked = every(Json())
    assert {question.answer_type for question in asked} == {"number", "shape", "formula", "choice"}
    assert len(asked) > 4 * len(REAL_SEEDS)
    assert any(len(question.blanks) > 1 for question in asked)
    assert any("50%" in question.stem for question in asked)
    assert len({question.kind for question in asked}) >= 12
    assert len(NETWORKS) == 7


def assert_marked_by_moodle(
    export: TextExport, reads: list[moodle_marking.Read], inside: moodle_marking.Inside = str.strip
) -> None:
    by_name = {read.idnumber: read for read in reads}
    for asked in every(export):
        names = [asked.identity, *(f"{asked.identity}-{blank.mark.strip('()')}" for blank in asked.blanks)]
        with naming(origin(asked)):
            moodle_marking.assert_marked([by_name.pop(name) for name in names if name in by_name], asked, inside)
    assert not by_name


def test_moodle() -> None:
    assert_marked_by_moodle(Moodle(), read_moodle(text_of(Moodle()))[1])


def test_gift() -> None:
    assert_marked_by_moodle(Gift(), read_gift(text_of(Gift()))[1], inside)


@pytest.mark.program
def test_gift_pegjs(tmp_path: Path) -> None:
    assert_pegjs_agrees({"real": text_of(Gift())}, tmp_path)


@pytest.mark.extra
def test_pygiftparser(caplog: pytest.LogCaptureFixture) -> None:
    assert_pygiftparser_agrees(text_of(Gift()), caplog)


def schema(path: str) -> Any:
    """A schema of QTI, or None where there is none."""
    etree = pytest.importorskip("lxml.etree")
    folder = os.environ.get("QTI_SCHEMAS")
    return etree.XMLSchema(etree.parse(str(Path(folder) / path))) if folder else None


@pytest.mark.extra
def test_qti12() -> None:
    etree = pytest.importorskip("lxml.etree")
    text = packed(Qti12(), every(Qti12()))
    (root,) = [etree.fromstring(file.encode()) for name, file in text.items() if name != "imsmanifest.xml"]
    rules = schema("qti12/domainProfile/ims_qtiasiv1p2.xsd")
    if rules is not None:
        rules.assertValid(root)
    items = qti12_scoring.items_of(root)
    for asked in every(Qti12()):
        with naming(origin(asked)):
            qti12_scoring.assert_scored(items, asked)


@pytest.mark.extra
def test_qti21() -> None:
    etree = pytest.importorskip("lxml.etree")
    rules = schema("qti21/imsqti_v2p1p2.xsd")
    for asked in every(Qti21()):
        text = Qti21().item(asked)[3]
        item = etree.fromstring(text.encode())
        with naming(origin(asked)):
            if rules is not None:
                rules.assertValid(item)
            qti21_session.assert_scored(item, asked)


@pytest.mark.extra
def test_prairielearn(tmp_path: Path) -> None:
    pytest.importorskip("lxml.html")
    for asked in every(PrairieLearn()):
        with naming(origin(asked)):
            prairielearn_executor.assert_marked(prairielearn_executor.Question(tmp_path, asked), asked)


def test_blackboard(tmp_path: Path) -> None:
    asked = every(Blackboard())
    ((pool,), _) = test_blackboard_.read(tmp_path, asked, BANK)
    written = [(question, part) for question in asked for part in fields(question)]
    for found, (question, part) in zip(pool.questions, written, strict=True):
        with naming(origin(question)):
            (test_blackboard_.assert_chosen if part.options else test_blackboard_.assert_typed)(found, part)


@pytest.mark.extra
def test_anki(tmp_path: Path) -> None:
    shelf, asked = Shelf(tmp_path), every(Anki())
    assert shelf.take(asked, BANK) == (len(asked), 0, 0)
    for question in asked:
        with naming(origin(question)):
            assert_told(shelf, question)
    assert shelf.take(asked, BANK) == (0, 0, len(asked))
    assert shelf.collection.card_count() == len(asked)
    shelf.collection.close()


def test_json() -> None:
    asked = read_bank(Source("bank.json", text_of(Json()))).questions
    assert list(asked) == every(Json())
    for question in asked:
        with naming(origin(question)):
            assert_marked_by_us(question)


def assert_marked_by_us(asked: WrittenQuestion) -> None:
    marker = Marker(asked)
    if asked.options:
        for letter, option in zip("abcdefgh", asked.options, strict=False):
            assert marker.mark(letter).points == marker.mark(option.plain).points == asked.share(option) * asked.points
        return
    parts = fields(asked)
    whole = sum(part.points for part in parts)
    assert marker.mark("; ".join(part.answer for part in parts)).points == asked.points == whole
    for part in parts:
        for mistake in part.mistakes:
            mark = marker.mark("; ".join(mistake.answer if p is part else p.answer for p in parts))
            assert mark.points == whole - part.points * (1 - mistake.credit), mistake.answer
            assert mark.misconception == mistake.misconception, mistake.answer
        for other in others(part):
            mark = marker.mark("; ".join(other if p is part else p.answer for p in parts))
            assert (mark.points, mark.misconception) == (whole - part.points, ""), other


@needs_latex
def test_paper(tmp_path: Path) -> None:
    papers = [bank(Latex(), seed) for seed in REAL_SEEDS]
    items = [list(map(Latex().item, asked)) for asked in papers]
    for key in (False, True):
        (tmp_path / str(key)).mkdir()
        assert len(built("".join(Latex().text(BANK, items, key=key)), tmp_path / str(key))) >= len(papers)
