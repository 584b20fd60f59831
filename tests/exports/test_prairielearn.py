"""PrairieLearn: what is marked, what is refused, and that the pages say what they should."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from symparams.documents.written_question import BankInfo
from symparams.exports.prairielearn import PrairieLearn
from symparams.exports.prairielearn_server import AnswerError, read
from tests.exports.banks import put
from tests.exports.near import naming
from tests.exports.prairielearn_executor import Question, assert_marked, files
from tests.exports.prairielearn_samples import (
    LETTERS,
    NASTY,
    POINTS,
    base,
    choice,
    formula_question,
    sample,
)
from tests.helpers import optional

pytestmark = pytest.mark.extra
etree = optional("lxml.etree")
lxml_html = optional("lxml.html")
chevron = optional("chevron")

BANK = BankInfo(title=f"Convolutions {NASTY}", seed=1, version="0.3.0", request="abc")
_INSTANCE = "courseInstances/practice/infoCourseInstance.json"
FORMULA = {"kind": "formula", "letters": LETTERS, "at": POINTS}
KEY = "(k^2*C_in + 1)*F"


def test_marking(tmp_path: Path) -> None:
    for seed in range(200):
        with naming(seed):
            assert sample(seed).mistakes
            assert_marked(Question(tmp_path, sample(seed)), sample(seed))


def test_answers_of_teachers_tests(tmp_path: Path) -> None:
    """PrairieLearn submits what test( ) proposes and expects to find the same scores and refusals."""
    for seed in range(20):
        question = Question(tmp_path, replace(sample(seed), mistakes=()) if seed >= 10 else sample(seed))
        for test_type in ("correct", "incorrect", "invalid"):
            data: dict[str, Any] = {
                "test_type": test_type,
                "options": {"question_path": str(question.place)},
                "raw_submitted_answers": {},
                "partial_scores": {},
                "format_errors": {},
                "feedback": {},
                "score": 0,
            }
            question.server["test"](data)
            found = question.submit(**data["raw_submitted_answers"])
            assert set(found["format_errors"]) == set(data["format_errors"])
            assert bool(found["format_errors"]) == (test_type == "invalid")
            assert found["score"] == data["score"]
            assert (found["score"] == 1) == (test_type == "correct")


def test_numbers_are_exact(tmp_path: Path) -> None:
    question = Question(tmp_path, base("q-1"))
    for same in ("18207", "18,207", "18 207", "18_207", " 18207 ", "+18207", "18207.0", "36414/2", "18\u202f207"):
        assert question.submit(answer=same)["score"] == 1, same
    for other in ("18206", "18208", "18,208", "-18207", "182070", "18100", "−18207", str(2**70)):
        data = question.submit(answer=other)
        assert (data["score"], data["format_errors"]) == (0, {}), other
    for refused in ("18.207", "18207.5", "18,20,7", "1,8207", "18207+0", "١٨٢٠٧"):
        assert question.submit(answer=refused)["format_errors"] == {
            "answer": "Type a whole number, such as 18207 or 18,207."
        }


def test_large_numbers(tmp_path: Path) -> None:
    key = 2**80 + 1
    question = Question(tmp_path, replace(base("q-1"), answer=str(key), value=key))
    assert question.submit(answer=f"{key:,}")["score"] == 1
    assert question.submit(answer=str(key + 1))["score"] == 0


def test_marked_again(tmp_path: Path) -> None:
    """What was said about an answer goes when the question has been changed and the answer is marked again."""
    question = Question(tmp_path, sample(0))
    data = {**question.submit(answer=sample(0).mistakes[0].answer)}
    assert set(data["feedback"]) == {"answer"}
    (question.place / "answers.json").write_text(files(base("q-1"))["answers.json"], "utf-8")
    question.server["grade"](data)
    assert data["feedback"] == {}


def test_zero_is_not_a_missing_answer(tmp_path: Path) -> None:
    question = Question(tmp_path, replace(base("q-1"), answer="0", value=0))
    assert question.submit(answer="0")["score"] == 1
    assert question.submit()["format_errors"] == {"answer": "The answer is blank."}


def test_fractions(tmp_path: Path) -> None:
    question = Question(tmp_path, replace(base("q-1"), answer="25/2", value=Fraction(25, 2)))
    for same in ("12.5", "25/2", "12.50", "50 / 4"):
        assert question.submit(answer=same)["score"] == 1
    assert question.submit(answer="12.51")["score"] == 0
    assert question.submit(answer="12,5")["format_errors"] == {
        "answer": "Type a number, such as 18207, 18,207, 12.5 or 25/2."
    }


@pytest.mark.parametrize(
    "answer",
    ["24x24x64", "24, 24, 64", "(24,24,64)", "24 x 24 x 64", "24×24×64", "[24, 24, 64]", "24X24*64", "24 24 64"],
)
def test_writings_of_a_shape(answer: str) -> None:
    assert read({"kind": "shape"}, answer) == "24x24x64"


def test_shapes() -> None:
    field = {"kind": "shape"}
    assert read(field, "1,024 x 7") == "1024x7"
    assert read(field, "(128,)") == read(field, "128") == "128"
    assert read(field, "24x64x24") != read(field, "24x24x64")
    assert read(field, "9.5, 24.0") == read(field, "(9.50, 24)") != read(field, "9, 24")  # a size not rounded down
    for refused in ("24x24x", "24x-1", "(1,024, 7)", "HxWx64", "24..64", "2.x3", ".5x3", "()"):
        with pytest.raises(AnswerError, match=r"^Type a shape, such as 4x5x6 or \(4, 5, 6\)\.$"):
            read(field, refused)


@pytest.mark.parametrize(
    "answer",
    [
        KEY,
        "(k**2 C_in + 1) F",
        "F(k²C_in+1)",
        "F + F·k^2·C_in",
        "k k F C_in + F",
        "kkFC_in + F",
        "F × (C_{in} k^2 − −1)",
        "2F(k^2 C_in + 1)/2",
        "((k^3*C_in)/k + 1)*F",
        "floor((2k^2*C_in + 3)/2) F",
        "⌊(2k^2 C_in + 3)/2⌋ F",
        "⌈ k^2 C_in + 1/2 ⌉ F",
        "(k^2*C_in + 1)*F + 18,207 - 18207",
        "max(0, k^2 C_in + 1) F",
        "(2k^2*C_in + 3)//2 * F",
        "F/(k^-2) * C_in + F",
        "-(-k^2*C_in - 1)F",
        "(k^2*C_in + 1)*F + 7 % 7 + 0.5 - 1/2",
    ],
)
def test_equal_formulas(answer: str) -> None:
    assert read(FORMULA, answer) == read(FORMULA, KEY)


@pytest.mark.parametrize(
    "answer", ["k^2*C_in*F", "(k^2+1)*F", "F - k^2", "-k^2*C_in*F - F", "2^k", "(k^2*C_in + 1)*F + 1/(k-5)", "k^F^0"]
)
def test_other_formulas(answer: str) -> None:
    assert read(FORMULA, answer) != read(FORMULA, KEY)


def test_order_of_operations() -> None:
    for one, same in (
        ("-k^2", "0 - k*k"),
        ("2^3^2", "512"),
        ("k^2F", "(k^2)*F"),
        ("F/k*2", "(F*2)/k"),
        ("F-k-2", "F-(k+2)"),
        ("2k^2", "2*(k^2)"),
        ("k²³", "k^23"),
        ("7//2k", None),
        ("F/2k", None),
    ):
        if same is not None:
            assert read(FORMULA, one) == read(FORMULA, same)
        else:
            with pytest.raises(AnswerError, match=r"^Put brackets around what you divide by: 1/\(2k\), or \(1/2\)k\.$"):
                read(FORMULA, one)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("9^9^9^9", "The formula has a power that is too large."),
        ("2^1500", "The formula has a power that is too large."),
        ("2^" * 450 + "2", "The formula has a power that is too large."),
        ("*".join(["k^400"] * 150), "The formula comes to a number that is too large."),
        ("9" * 999, "The formula comes to a number that is too large."),
        ("(" * 400 + "k", "Brackets are nested more than 50 deep."),
        ("k" * 1001, "The answer is longer than 1,000 characters."),
        ("1/(k-k)", "The formula divides by zero."),
        ("0^-1", "The formula divides by zero."),
        ("k^(1/2)", "The formula has a power that is not a whole number."),
        ("k2", "k2 is not among the letters of this question: C_in, F, k."),
        ("K^2", "K is not among the letters of this question: C_in, F, k."),
        ("k.__class__", "k.__class__ is not among the letters of this question: C_in, F, k."),
        ("(k, F)", "A closing ) is missing."),
        ("(k", "A closing ) is missing."),
        ("k)", "The formula cannot be read from ) on."),
        ("k 2", "The formula cannot be read from 2 on."),
        ("k*", "The formula ends too early."),
        ("k**", "The formula ends too early."),
        ("*k", "Something is missing before *."),
        ("floor k", "floor needs brackets: floor( )."),
        ("max(1,200)", "max compares two values; leave a space after the comma: max(1, 200)."),
        ("k = 3", "There is a sign that a formula cannot have: ="),
        ("", "The answer is blank."),
    ],
)
def test_refused_formulas(answer: str, message: str) -> None:
    with pytest.raises(AnswerError) as refused:
        read(FORMULA, answer)
    assert str(refused.value) == message


def test_long_formulas_are_read() -> None:
    assert read(FORMULA, "k" + "+k" * 499) == read(FORMULA, "500k")
    assert read(FORMULA, "2^999 / 2^996") == read(FORMULA, "8")
    assert read(FORMULA, "-" * 998 + "k") == read(FORMULA, "k")
    assert read(FORMULA, "(" * 50 + "k" + ")" * 50) == read(FORMULA, "k")


def test_info() -> None:
    asked = base("q-1")
    info = json.loads(files(asked)["info.json"])
    assert set(info) == {"uuid", "title", "topic", "type", "tags", "singleVariant"}  # the schema allows no unknown key
    assert info["title"] == asked.name
    assert (info["type"], info["singleVariant"], info["tags"]) == ("v3", True, list(asked.tags))
    assert uuid.UUID(info["uuid"]).version == 5
    again = json.loads(files(replace(asked, stem="<p>Corrected</p>"))["info.json"])
    other = json.loads(files(replace(asked, identity="q-2"))["info.json"])
    assert again["uuid"] == info["uuid"] != other["uuid"]


def test_pages() -> None:
    for asked in [*map(sample, range(10)), choice(), formula_question()]:
        found = files(asked)
        assert ("server.py" in found) == (not asked.options)
        page = chevron.render(found["question.html"], {"params": {"x": "WRONG"}, "y": "WRONG", "feedback": {}})
        assert "WRONG" not in page
        etree.fromstring(f"<div>{page}</div>")  # every tag is closed where it should be
        root = lxml_html.fromstring(f"<div>{page}</div>")
        wanted = "pl-multiple-choice" if asked.options else None
        tags = [str(child.tag) for child in root]
        assert tags[0] == "pl-question-panel"
        assert tags[-1] == "pl-answer-panel"
        assert set(tags[1:-1]) <= {"pl-integer-input", "pl-string-input", "pl-submission-panel", "pl-multiple-choice"}
        assert wanted is None or wanted in tags
        stem, solution = root[0].text_content(), root[-1].text_content()
        assert stem.strip() == _text(asked.stem).strip()
        assert solution.strip() == _text(asked.solution).strip()
        assert NASTY in stem
        assert NASTY in solution
        assert "\\(k^{{2}} \\lt \\text{\\$} 3\\)" in stem


def test_a_dollar_starts_no_mathematics() -> None:
    """PrairieLearn's MathJax takes $5 and $6 for mathematics, except where it is told to ignore the sign."""
    root = lxml_html.fromstring(f"<div>{files(base('q-1'))['question.html']}</div>")
    ignored = root.xpath("//span[@class='mathjax_ignore']")
    assert [span.text_content() for span in ignored] == ["$"] * 4
    for span in ignored:
        span.text = ""
    assert "$" not in root.text_content().replace("\\$", "")


def test_choices() -> None:
    asked = choice()
    page = chevron.render(files(asked)["question.html"], {})
    root = lxml_html.fromstring(f"<div>{page}</div>")
    [element] = root.xpath("//pl-multiple-choice")
    assert dict(element.attrib) == {"answers-name": "answer", "order": "fixed"}
    found = list(element)
    assert [option.tag for option in found] == ["pl-answer"] * 3
    assert [option.get("correct") for option in found] == ["false", "true", "false"]
    assert [float(str(option.get("score"))) for option in found] == [0.5, 1, 0]
    assert [option.text_content() for option in found] == ["630", "18,207", NASTY]
    assert found[1].get("feedback") is None
    for option, known in ((found[0], asked.options[0]), (found[2], asked.options[2])):
        assert _text(str(option.get("feedback"))) == _text(known.feedback)


def test_inputs(tmp_path: Path) -> None:
    assert [element.tag for element in Question(tmp_path, sample(0)).inputs.values()] == ["pl-integer-input"]
    for seed in (1, 2, 3):
        assert [element.tag for element in Question(tmp_path, sample(seed)).inputs.values()] == ["pl-string-input"]
    blanks = Question(tmp_path, sample(4)).inputs
    assert {name: element.get("label") for name, element in blanks.items()} == {"blank_1": "(a)", "blank_2": "(b)"}
    for seed in range(5):
        assert "pl-number-input" not in files(sample(seed))["question.html"]


def test_files_of_the_bank(tmp_path: Path) -> None:
    course = tmp_path / "course"
    asked = [replace(base("q-1"), points=Fraction(3, 2)), replace(base("q-2"), points=Fraction(2))]
    put(PrairieLearn(), course, asked, BANK)
    common = {name: json.loads((course / name).read_text("utf-8")) for name in ("infoCourse.json", _INSTANCE)}
    assert {"name", "title", "topics"} <= set(common["infoCourse.json"])
    topics = [topic["name"] for topic in common["infoCourse.json"]["topics"]]
    assert json.loads(files(base("q-1"))["info.json"])["topic"] in topics
    [listed] = course.rglob("infoAssessment.json")
    name = listed.relative_to(course).as_posix()
    assert re.fullmatch(r"courseInstances/practice/assessments/[a-z0-9-]+/infoAssessment\.json", name)
    assessment = json.loads(listed.read_text("utf-8"))
    assert {"uuid", "type", "title", "set", "number"} <= set(assessment)
    assert assessment["title"] == BANK.title
    assert assessment["zones"] == [{"questions": [{"id": "q-1", "points": 1.5}, {"id": "q-2", "points": 2}]}]
    for each in asked:
        written = {path.name: path.read_text("utf-8") for path in (course / "questions" / each.identity).iterdir()}
        assert written == files(each)


def _text(markup: str) -> str:
    return str(lxml_html.fromstring(f"<div>{markup}</div>").text_content())
