"""Blackboard: pools that its importer, and others for its packages, read; and what they mark."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import Any

import pytest

import symparams as sp
from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exports.blackboard import Blackboard
from tests.exams.samples import TEXTS
from tests.exports import test_one_of_several as several
from tests.exports.banks import put
from tests.exports.blackboard_reader import Block, Pool, Read, read_package
from tests.exports.near import fields, naming, others
from tests.exports.qti_samples import BANK, NASTY, SEEDS, sample, visible

EXPORT = Blackboard()


def read(place: Path, asked: Sequence[WrittenQuestion], bank: BankInfo = BANK) -> tuple[list[Pool], list[Block]]:
    put(EXPORT, place / "bank.zip", asked, bank)
    return read_package(place / "bank.zip")


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    asked = [sample(seed) for seed in SEEDS if sample(seed).answer_type != "shape"]
    ((pool,), blocks) = read(tmp_path_factory.mktemp("bank"), asked)
    assert blocks == []
    return pool


def parts() -> list[tuple[str, WrittenQuestion]]:
    """The questions that are written: their identities, and what they ask."""
    found = []
    for asked in map(sample, SEEDS):
        if asked.answer_type != "shape":
            names = [f"{asked.identity}-{blank.mark[1]}" for blank in asked.blanks] or [asked.identity]
            found += list(zip(names, fields(asked), strict=True))
    return found


def test_questions_are_marked(pool: Pool) -> None:
    assert visible(pool.title) == visible(NASTY)
    for question, (identity, asked) in zip(pool.questions, parts(), strict=True):
        with naming(identity):
            assert question.ident == identity
            assert question.points == asked.points
            assert visible(question.name).startswith(visible(asked.name))
            (assert_chosen if asked.options else assert_typed)(question, asked)


def assert_chosen(question: Read, asked: WrittenQuestion) -> None:
    if question.kind == "True/False":
        key, other = sorted(asked.options, key=lambda option: not option.correct)
        assert [question.share(o.plain.lower()) for o in (key, other)] == [1, 0]
        assert shown(other.feedback) in visible(question.incorrect)
        return
    assert question.kind == "Multiple Choice"
    for (text, share, feedback), option in zip(question.options.values(), asked.options, strict=True):
        assert abs(share - asked.share(option)) < Fraction(1, 10**6)
        assert (visible(text), visible(feedback)) == (shown(option.text), shown(option.feedback))
    assert question.negative == bool(asked.penalty)


def assert_typed(question: Read, asked: WrittenQuestion) -> None:
    assert asked.value is not None
    assert question.kind == "Numeric"
    assert question.share(f"{float(asked.value):.6f}" if question.window and asked.value % 1 else asked.answer) == 1
    for mistake in asked.mistakes:
        assert escape(mistake.answer) in question.incorrect
        assert shown(mistake.feedback) in visible(question.incorrect)
    for wrong in (*others(asked), "no number", ""):
        assert question.share(wrong) == 0


def shown(html: str) -> str:
    """A text as Blackboard shows it: code as lines, mathematics on one line."""

    def lines(code: re.Match[str]) -> str:
        each = (re.sub("^ +", lambda found: len(found[0]) * "&nbsp;", line) for line in code[1].strip("\n").split("\n"))
        return f'<p style="font-family: monospace">{"<br/>".join(each)}</p>'

    return visible(re.sub(r"<pre>(.*?)</pre>", lines, html, flags=re.DOTALL))


def test_code_keeps_its_lines(tmp_path: Path) -> None:
    ((only,), _) = read(tmp_path, [replace(sample(0), stem="<p>c</p>\n<pre>\na\n  b\n</pre>")])
    code = '<p style="font-family: monospace">a<br/>&nbsp;&nbsp;b</p>'
    assert only.questions[0].stem == f"<p>c</p>\n{code}"


def test_texts(pool: Pool) -> None:
    for question, (_, asked) in zip(pool.questions, parts(), strict=True):
        assert visible(question.stem).startswith(shown(asked.stem).removesuffix("</p>"))
        assert visible(question.correct) == shown(asked.solution)
        assert visible(question.incorrect).endswith(shown(asked.solution))


def test_mathematics_stands_on_one_line(tmp_path: Path) -> None:
    asked = replace(sample(0), stem="<p>\\[\na\n= b\n\\] and \\(c\nd\\)</p>")
    ((only,), _) = read(tmp_path, [asked])
    assert only.questions[0].stem == "<p>\\[ a = b \\] and \\(c d\\)</p>"


def test_numbers_that_are_too_large_to_compute_with_are_texts(tmp_path: Path) -> None:
    """From 2^53 on, a floating-point number is not told from its neighbor."""
    key = 2**53 + 1
    ((only,), _) = read(tmp_path, [replace(sample(0), answer=str(key), value=key)])
    (question,) = only.questions
    assert question.kind == "Fill in the Blank"
    assert [question.share(text) for text in (str(key), f"{key:,}", str(key + 1), str(key - 1))] == [1, 1, 0, 0]


def test_a_number_without_an_end_may_be_rounded(tmp_path: Path) -> None:
    ((only,), _) = read(tmp_path, [replace(sample(0), answer="37/3", value=Fraction(37, 3))])
    (question,) = only.questions
    assert [question.share(text) for text in ("12.333", "12.3333", "12.33", "12")] == [1, 1, 0, 0]


def test_one_of_several(tmp_path: Path) -> None:
    pools, blocks = read(tmp_path, several.ASKED, several.BANK)
    found = [(pool.title, question.name) for pool in pools for question in pool.questions]
    assert sorted(found) == sorted(several.expected())
    assert [pool.name for pool in pools] == [f"res{number:05}" for number in range(1, 15)]  # each blank has its own
    assert [(block.title, block.pool, block.number) for block in blocks] == [(p.title, p.name, 1) for p in pools]
    for pool, block in zip(pools, blocks, strict=True):
        assert {question.points for question in pool.questions} == {block.points}
        assert {question.kind for question in pool.questions} == set(block.kinds)


def test_all_of_several(tmp_path: Path) -> None:
    ((pool,), blocks) = read(tmp_path, several.ASKED, replace(several.BANK, draw="all"))
    assert blocks == []
    assert len(pool.questions) == len(list(several.expected()))


def test_what_it_cannot_mark_is_said() -> None:
    source = "input(28, 28, 1) -> conv(32, 3) -> flatten -> dense(10)"
    made = sp.exam(sp.parse(source), kinds="params,shape", questions=4)
    assert made.notices("blackboard") == [
        "Blackboard has no shares for numbers that are typed: there known mistakes earn nothing",
        "the format blackboard cannot mark a shape that is typed: questions of the kind shape are choices",
    ]
    assert sp.exam(sp.parse(source), kinds="params", credit="none").notices("blackboard") == []


@pytest.mark.extra
def test_a_converter_reads_every_question(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """qti-package-maker reads what Blackboard exports, true or false questions apart, and says what it leaves out."""
    package: Any = pytest.importorskip("qti_package_maker.engines.blackboard_export_zip.read_package")
    importlib.reload(package)
    made = sp.exam(sp.parse(TEXTS["torch"]), questions=12, variants=2, seed=3, kinds="params,total,mistake,shape")
    made.write(tmp_path / "bank.zip", "blackboard")
    asked = [made.edition("blackboard").asked(number) for number in range(24)]
    items = list(package.read_items_from_file(str(tmp_path / "bank.zip"), allow_mixed=True))
    assert len(items) == len(asked)
    assert "skip" not in capsys.readouterr().out.lower()
    for item, question in zip(items, asked, strict=True):
        if question.options:
            assert item.answer_text
            assert len(item.choices_list) == len(question.options)
        else:
            assert question.value is not None
            assert (item.answer_float, item.tolerance_float) == (float(question.value), 0)
