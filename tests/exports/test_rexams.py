"""Exercises for R/exams, read and marked by its documented rules."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from pathlib import Path

import pytest

import symparams as sp
from symparams.documents.formats import FORMATS
from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exams.credit import Credit
from symparams.exams.examination import Wanted
from symparams.exports.rexams import RExams
from tests.exports.asked_samples import BANK, samples
from tests.exports.banks import put
from tests.exports.near import fields, naming, others
from tests.exports.real import every, origin
from tests.exports.rexams_reader import Exercise, read_exercise

CODE = "x`r stop('run')` ```{r} stop('run') ``` `{r} 1` `r# 1` extype: num | exsolution: 1"


def one(asked: WrittenQuestion) -> Exercise:
    _, _, text = RExams().item(asked)
    return read_exercise(text)


def packed(asked: Sequence[WrittenQuestion], place: Path, bank: BankInfo = BANK) -> dict[str, str]:
    put(RExams(), place / "bank.zip", asked, bank)
    with zipfile.ZipFile(place / "bank.zip") as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def plain(markdown: str) -> str:
    """A text on one line, without the signs that are escaped for pandoc only and what it does not know."""
    return " ".join(re.sub(r"\\(?=[\^@])|\\allowbreak ", "", markdown).split())


def assert_marked(read: Exercise, asked: WrittenQuestion) -> None:
    """Only the key is right; each known mistake is commented on."""
    assert plain(read.question).startswith(plain(asked.stem))
    assert plain(read.solution).startswith(plain(asked.solution))
    assert read.about["exname"] == [asked.identity]
    assert sum(map(Fraction, read.about["expoints"])) == sum(part.points for part in fields(asked))
    if asked.options:
        for at, option in enumerate(asked.options):
            assert read.right([str(at)]) == [option.correct]
            assert plain(read.questionlist[at]) == plain(option.text)
            assert plain(read.solutionlist[at]).endswith(plain(option.feedback))
        return
    parts = fields(asked)
    key = [str(part.value) for part in parts]
    assert all(read.right(key))
    for at, part in enumerate(parts):
        known = [str(mistake.value) for mistake in part.mistakes]
        for other in (*known, *others(part)):
            right = read.right([*key[:at], other, *key[at + 1 :]])
            assert right == [place != at for place in range(len(parts))], other
    for mistake in chain.from_iterable(part.mistakes for part in parts):
        assert plain(mistake.feedback) in plain(read.solution)


def test_real_questions() -> None:
    for asked in every(RExams()):
        with naming(origin(asked)):
            assert_marked(one(asked), asked)


def test_samples() -> None:
    for asked in samples(3, "markdown", 80):
        if asked.answer_type in ("number", "choice"):
            with naming(asked.identity):
                assert_marked(one(asked), asked)


def test_a_key_that_is_not_promised_is_seen() -> None:
    asked = next(asked for asked in samples(3) if asked.options)
    read = one(asked)
    (solution,) = read.about["exsolution"]
    read.about["exsolution"] = [solution[1:] + solution[0]]
    with pytest.raises(AssertionError):
        assert_marked(read, asked)


def test_nothing_that_a_user_wrote_is_run() -> None:
    """R runs what stands between backticks behind an r; a title or the name of a layer may have that."""
    escape = FORMATS["markdown"].escape
    for asked in samples(3)[:4:3]:
        stem = f"A {escape(CODE)} `{CODE}`\n\n```\n{CODE}\n```\n"
        options = tuple(replace(option, text=f"{option.text} `{CODE}`") for option in asked.options)
        read = one(replace(asked, name=CODE, tags=(CODE, "b"), stem=stem, options=options, solution=stem))
        assert "stop" in read.question
        assert len(read.about["extags"]) == 2
    made = sp.exam(sp.parse(f'model "{CODE}"\ninput(8) -> dense(4) as "r stop(1)" -> dense(2)'), questions=6)
    for number in range(6):
        read_exercise(made.edition("rexams").item(number)[2])


def test_lines_that_look_like_heads_are_none() -> None:
    asked = replace(samples(3)[0], stem="Question\n========\n\n```\n----\n====x\n```\n", blanks=())
    assert one(asked).question == "Question\n ========\n\n```\n ----\n ====x\n```"


def test_superscripts_and_citations_are_none() -> None:
    asked = replace(samples(3)[0], stem="a^b^ @c \\^ `a^b` $x^2 \\allowbreak y$\n", blanks=())
    assert one(asked).question == "a\\^b\\^ \\@c \\^ `a^b` $x^2 y$"


def test_numbers_that_r_has_not_exactly() -> None:
    asked = replace(samples(3)[0], blanks=(), mistakes=())
    for value, type_, solution, tolerance in (
        (10**15 - 1, "num", "999999999999999", ["0"]),
        (10**15, "string", "1000000000000000", []),
        (Fraction(25, 2), "num", "12.5", ["0"]),
        (Fraction(37, 3), "num", "12.333333", ["0.01"]),
    ):
        about = one(replace(asked, value=value, answer=str(value))).about
        assert (about["extype"], about["exsolution"], about.get("extol", [])) == ([type_], [solution], tolerance)


def test_one_variant_of_each_question_is_drawn(tmp_path: Path) -> None:
    asked = [a for a in samples(3, count=40) if a.answer_type in ("number", "choice")][:6]
    asked = [replace(q, number=at // 3 + 1, variant=at % 3 + 1) for at, q in enumerate(asked)]
    for draw, sizes in (("one", [3, 3]), ("all", [1] * 6)):
        (tmp_path / draw).mkdir()
        files = packed(asked, tmp_path / draw, replace(BANK, variants=3, questions=2, draw=draw))  # type: ignore[arg-type]
        groups = [json.loads(f"[{names}]") for names in re.findall(r"^  c\((.*)\),?$", files["exam.R"], re.MULTILINE)]
        assert [len(group) for group in groups] == sizes
        assert [name for group in groups for name in group] == [f"{a.identity}.Rmd" for a in asked]
        assert {*files} == {"exam.R", *(name for group in groups for name in group)}
        assert files["exam.R"].startswith("# Networks & <shapes>")
        assert files["exam.R"].count("exam <- list(") == 1


def test_what_r_does_not_do_is_said() -> None:
    said = list(RExams().notices(Wanted(credit=Credit(penalty=Fraction(1, 4)))))
    assert said == [
        "the format rexams has no penalty: there a wrong choice takes nothing away",
        "the format rexams has points for the key only: there a known mistake earns nothing",
    ]
    assert not list(RExams().notices(Wanted(credit=Credit("none"))))
