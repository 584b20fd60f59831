"""Exams for Numbas, marked as its own marking scripts do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from html import unescape
from itertools import islice
from typing import Any

import pytest

import symparams as sp
from symparams.documents.written_question import BankInfo, WrittenMistake, WrittenQuestion
from symparams.exports.mark import Mark
from symparams.exports.numbas import Numbas
from tests.exports import qti_samples
from tests.exports.asked_samples import BANK, samples
from tests.exports.near import fields, naming, others
from tests.exports.numbas_marking import Marks, evaluate, marked, questions_of, read_exam, variables
from tests.exports.real import BANK as REAL
from tests.exports.real import every, origin

SPACES = ",", " ", "\u2009", "\u202f", "\u00a0"


def written(*asked: WrittenQuestion, bank: BankInfo = BANK) -> str:
    export = Numbas()
    end = export.end(bank, len(asked), str(Mark("0" * 32, len(asked), 1)))
    return "".join(export.body(bank, map(export.item, asked))) + end


def one(asked: WrittenQuestion) -> dict[str, Any]:
    (question,) = questions_of(read_exam(written(asked)))
    return question


def ways(asked: WrittenQuestion, answer: str, value: int | Fraction | None) -> Iterator[str]:
    """Some ways to type an answer."""
    if value is not None:
        grouped = [f"{value:,}".replace(",", mark) for mark in SPACES] if isinstance(value, int) else [str(value)]
        yield from (answer, f" {answer} ", *grouped)
    elif asked.answer_type == "shape":
        sizes = answer.split("x")
        yield from (sign.join(sizes) for sign in ("x", " x ", " × ", "·", ",", ", "))
        yield from (f"({', '.join(sizes)})", f"[{','.join(sizes)}]", f"({','.join(sizes)},)")
    else:
        yield from (answer, f"({answer})", f"{answer} + 0", answer.replace(" ", ""))


def assert_marked(question: Mapping[str, Any], asked: WrittenQuestion) -> None:
    """The key has full marks, each mistake its credit and feedback, and any other answer nothing."""
    if asked.options:
        (part,) = question["parts"]
        told = list(zip(part["matrix"], part["distractors"], strict=True))
        assert told == [(float(asked.share(o) * asked.points), guarded(o.feedback)) for o in asked.options]
        assert part["choices"] == [guarded(inline(option.text)) for option in asked.options]
        assert (part["type"], part["shuffleChoices"], max(part["matrix"])) == ("1_n_2", False, asked.points)
        assert part["minimumMarks"] <= min(part["matrix"])
        return
    right = variables(question)
    for part, field in zip(question["parts"], fields(asked), strict=True):
        for way in ways(asked, field.answer, field.value):
            assert marked(part, way, right) == Marks(field.points), way
        for mistake in field.mistakes:
            for way in islice(ways(asked, mistake.answer, mistake.value), 4):
                found = marked(part, way, right)
                assert found.score == pytest.approx(float(mistake.credit * field.points)), way
                assert found.feedback == guarded(mistake.feedback), way
        for other in (*others(field), "", "no answer", "1,2"):
            assert marked(part, other, right) == Marks(0), other


def inline(text: str) -> str:
    return text.strip().removeprefix("<p>").removesuffix("</p>") if text.count("<p>") == 1 else text


def guarded(html: str) -> str:
    """What Numbas shows of a text: braces outside formulas stand alone there."""
    parts = re.split(r"(<[^>]*>|\\\(.*?\\\)|\\\[.*?\\\])", html.strip(), flags=re.DOTALL)
    return "".join(part if at % 2 else re.sub("([{}])", r"<span>\1</span>", part) for at, part in enumerate(parts))


def test_real_questions_are_marked_as_they_say() -> None:
    exam = read_exam(written(*every(Numbas()), bank=REAL))
    for question, asked in zip(questions_of(exam), every(Numbas()), strict=True):
        with naming(origin(asked)):
            assert_marked(question, asked)
            assert question["statement"] == guarded(asked.stem)


def test_samples_of_all_types_are_marked_as_they_say() -> None:
    for asked in (*samples(3, "html", 80), *(qti_samples.sample(seed) for seed in range(80))):
        with naming(asked.identity):
            assert_marked(one(asked), asked)


def test_a_mark_that_is_not_promised_is_seen() -> None:
    asked = next(asked for asked in samples(3, "html") if asked.answer_type == "formula")
    question = one(asked)
    question["parts"][0]["alternatives"][1]["marks"] += 0.25
    with pytest.raises(AssertionError):
        assert_marked(question, asked)


def test_nothing_is_computed_in_texts() -> None:
    """Numbas evaluates what stands in braces in any text outside of formulas."""
    asked = replace(samples(3, "html")[0], name="{1/0}", stem="<p>{1/0} \\({a}\\)</p>", solution="<p>{</p>")
    question = one(asked)
    assert question["name"] == "(1/0)"
    assert question["statement"] == "<p><span>{</span>1/0<span>}</span> \\({a}\\)</p>"
    assert question["advice"] == "<p><span>{</span></p>"
    for asked in samples(5, "html", 80):
        for text in texts(one(asked)):
            assert not re.search(r"\{[^<]", re.sub(r"<[^>]*>|\\\(.*?\\\)|\\\[.*?\\\]", "<", text, flags=re.DOTALL))
    assert "{" not in read_exam(written(asked))["name"]


def texts(question: Mapping[str, Any]) -> Iterator[str]:
    yield from (question["statement"], question["advice"], question["name"])
    for part in question["parts"]:
        yield from (*part.get("choices", ()), *part.get("distractors", ()))
        yield from (alternative["alternativeFeedbackMessage"] for alternative in part.get("alternatives", ()))


def test_a_part_for_each_blank() -> None:
    asked = next(asked for asked in samples(3, "html") if asked.blanks)
    parts = one(asked)["parts"]
    assert [part["prompt"] for part in parts] == [f"<p>{blank.mark}</p>" for blank in asked.blanks]
    assert [len(part["alternatives"]) for part in parts] == [0] * (len(parts) - 1) + [len(asked.mistakes)]


def test_large_numbers_and_numbers_without_an_end_are_decimals() -> None:
    asked = replace(samples(3, "html")[4], blanks=(), mistakes=())
    expected: Sequence[tuple[int | Fraction, str, str]] = (
        (2**53 - 1, "9007199254740991", "9007199254740991"),
        (2**53 + 1, 'dec("9007199254740993")', 'dec("9007199254740993")'),
        (Fraction(25, 2), 'dec("12.5")', 'dec("12.5")'),
        (Fraction(37, 3), 'dec("12.323333")', 'dec("12.343333")'),
    )
    for value, least, most in expected:
        (part,) = one(replace(asked, answer=str(value), value=value))["parts"]
        assert (part["minValue"], part["maxValue"]) == (least, most)
        assert part["allowFractions"] == isinstance(value, Fraction)
        assert marked(part, str(value)).score == asked.points
        assert marked(part, str(int(value) - 1)).score == 0


def test_numbers_that_are_met_exactly_stand_before_those_that_are_met_nearly() -> None:
    asked = replace(samples(3, "html")[4], blanks=(), answer="5", value=5)
    third = WrittenMistake("37/3", Fraction(37, 3), Fraction(1, 2), "<p>third</p>", "third")
    near = WrittenMistake("12.33", Fraction(1233, 100), Fraction(1, 2), "<p>near</p>", "near")
    (part,) = one(replace(asked, mistakes=(third, near)))["parts"]
    assert (marked(part, "12.33").feedback, marked(part, "12.333").feedback) == ("<p>near</p>", "<p>third</p>")


def test_letters_that_are_constants_in_numbas_are_letters() -> None:
    for asked in samples(3, "html"):
        constants = one(asked).get("builtin_constants", {})
        assert set(constants.values()) <= {False}
        assert {"e", "i", "pi"} <= {*constants} or asked.answer_type != "formula"


def test_letters_side_by_side_are_multiplied_where_each_is_one_sign() -> None:
    asked = next(asked for asked in samples(3, "html") if asked.answer_type == "formula")
    assert asked.letters == ("C", "F", "k")
    (part,) = one(asked)["parts"]
    assert part["singleLetterVariables"]
    product = asked.answer.replace("k^2*C", "k^2C").replace(")*F", ")F")
    assert marked(part, product).score == asked.points
    long = replace(asked, letters=("C_in", "k"))
    assert not one(long)["parts"][0]["singleLetterVariables"]


def test_points_are_taken_away_for_a_wrong_choice() -> None:
    asked = replace(next(a for a in samples(3, "html") if a.options), penalty=Fraction(1, 4), points=Fraction(2))
    question = one(asked)
    assert_marked(question, asked)
    (part,) = question["parts"]
    assert part["minimumMarks"] == part["minMarks"] == -0.5


def test_a_student_gets_one_variant_of_each_question() -> None:
    made = samples(3, "html", 6)
    asked = [replace(q, number=at // 3 + 1, variant=at % 3 + 1) for at, q in enumerate(made)]
    drawn = replace(BANK, variants=3, questions=12)
    groups = read_exam(written(*asked, bank=drawn))["question_groups"]
    assert [(g["pickingStrategy"], g["pickQuestions"], len(g["questions"])) for g in groups] == [
        ("random-subset", 1, 3),
        ("random-subset", 1, 3),
    ]
    assert [group["name"][:12] for group in groups] == ["Question 01:", "Question 02:"]
    assert groups[1]["questions"][2]["name"].startswith("Question 2, variant 3: ")
    (group,) = read_exam(written(*asked, bank=replace(drawn, draw="all")))["question_groups"]
    assert (group["pickingStrategy"], len(group["questions"])) == ("all-ordered", 6)


def test_what_a_file_says_of_itself() -> None:
    text = written(*samples(3, "html", 2))
    exam = read_exam(text)
    assert text.startswith("// Numbas version: exam_results_page_options\n{")
    assert exam["metadata"]["description"] == "<p>Made by symparams 0.0.1, seed 7, request 0123abcd</p>"
    assert unescape(exam["name"]) == BANK.title.replace("{", "(").replace("}", ")")
    assert exam["symparams"].startswith("symparams bank 0")
    assert written(*samples(3, "html")) == written(*samples(3, "html"))


@pytest.mark.parametrize(
    ("text", "value"), [("2k^2C", 36), ("-k^2 + 1", -8), ("2^3^2", 512), ("floor(k/2)(k + 1)", 4), ("1/2*4", 2)]
)
def test_the_evaluator(text: str, value: int) -> None:
    assert evaluate(text, {"k": Fraction(3), "C": Fraction(2)}, single=True) == value


def test_what_numbas_does_not_read_is_said() -> None:
    made = sp.exam(sp.parse("input(8, 8, c) -> conv(f, 3) -> flatten -> dense(10)"), kinds="formula")
    (said,) = made.notices("numbas")
    assert said == (
        "Numbas reads a typed formula as it shows it beside the field: k^2 and k² are read, k**2 and the comma in "
        "18,207 are not, nor C_in beside another letter without a sign for times"
    )
    choices = "the format rexams cannot mark a formula that is typed: questions of the kind formula are choices"
    assert made.notices("rexams")[1:] == [choices]
