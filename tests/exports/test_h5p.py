"""Quizzes for H5P, read and marked as its question types do."""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exams.credit import Credit
from symparams.exams.examination import Wanted
from symparams.exports.h5p import H5p
from tests.exports.asked_samples import BANK, samples
from tests.exports.banks import put
from tests.exports.near import fields, naming, others
from tests.exports.qti_samples import sample
from tests.exports.real import every, origin

# What the editor and the filter of H5P keep in a text of each question type.
LINE = {"strong", "em", "sub", "sup", "code"}
KEPT = {
    "question": LINE | {"p", "pre", "h2", "h3"},
    "text": {"strong", "em", "code", "p", "pre"},
    "answer": LINE | {"div"},
    "questions": {"p"},
    "told": set[str](),
}


def one(asked: WrittenQuestion) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(H5p().item(asked)[2])
    return found


def packed(asked: Sequence[WrittenQuestion], place: Path, bank: BankInfo = BANK) -> dict[str, Any]:
    put(H5p(), place / "quiz.h5p", asked, bank)
    with zipfile.ZipFile(place / "quiz.h5p") as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


def words(text: str) -> str:
    """What a reader sees of a text; spaces, marks of lists and rows, and joiners do not count."""
    seen = html.unescape(re.sub("<[^>]*>", " ", text))
    return re.sub(r"[\s|–\u2060]+", "", "".join(c if c.isprintable() else " " for c in seen))


def assert_kept(text: str, where: str) -> None:
    tags = {*re.findall(r"</?([a-z0-9]+)", text)}
    assert tags <= KEPT[where], tags
    assert text.count("<") == len(re.findall(r"</?[a-z0-9]+>", text))


def blank_answers(text: str) -> list[str]:
    """The right answers to a blank: what stands between asterisks, apart at slashes, a tip behind a colon."""
    (inside,) = re.findall(r"\*([^*]*)\*", text)
    assert text.count("*") == 2
    assert ":" not in inside
    return [html.unescape(answer.strip()).lower() for answer in inside.split("/")]


def assert_marked(question: dict[str, Any], asked: WrittenQuestion) -> None:
    """Only the key is right, and each option has its feedback."""
    params, library = question["params"], question["library"]
    stem = params["text" if library == "H5P.Blanks 1.14" else "question"]
    assert_kept(stem, "text" if library == "H5P.Blanks 1.14" else "question")
    assert words(stem) == words(asked.stem)
    if library == "H5P.MultiChoice 1.16":
        assert (
            params["behaviour"] | {"type": "single", "singlePoint": True, "randomAnswers": False} == params["behaviour"]
        )
        for answer, option in zip(params["answers"], asked.options, strict=True):
            assert answer["correct"] == option.correct
            assert words(answer["text"]) == words(option.text)
            assert words(answer["tipsAndFeedback"]["chosenFeedback"]) == words(option.feedback)
            assert_kept(answer["text"] + answer["tipsAndFeedback"]["chosenFeedback"], "answer")
    elif library == "H5P.TrueFalse 1.8":
        for option in asked.options:
            right = params["correct"] == option.plain.lower()
            told = params["behaviour"].get("feedbackOnCorrect" if right else "feedbackOnWrong", "")
            assert (right, words(told)) == (option.correct, words(option.feedback))
            assert_kept(told, "told")
    else:
        assert library == "H5P.Blanks 1.14"
        assert (params["behaviour"]["caseSensitive"], params["behaviour"]["acceptSpellingErrors"]) == (False, False)
        for text, part in zip(params["questions"], fields(asked), strict=True):
            assert_kept(text, "questions")
            right = blank_answers(text)
            assert {*ways(part.value)} <= {*right}
            assert not {*right} & {*others(part, 20), *(way for m in part.mistakes for way in ways(m.value))}


def ways(value: int | Fraction | None) -> Iterator[str]:
    assert value is not None
    if Fraction(value).denominator == 1:
        yield from (str(value), f"{int(value):,}", f"{int(value):,}".replace(",", " "))
    elif Fraction(value).denominator in (2, 4, 8):
        yield f"{float(value)}"
    else:
        yield f"{float(value):.2f}"


def test_real_questions() -> None:
    for asked in every(H5p()):
        with naming(origin(asked)):
            assert_marked(one(asked), asked)


def test_samples() -> None:
    for asked in (*samples(3, "html", 80), *map(sample, range(80))):
        if asked.answer_type in ("number", "choice"):
            with naming(asked.identity):
                assert_marked(one(asked), asked)


def test_a_key_that_is_not_promised_is_seen() -> None:
    asked = next(asked for asked in samples(3, "html") if asked.options)
    question = one(asked)
    question["params"]["answers"].reverse()
    with pytest.raises(AssertionError):
        assert_marked(question, asked)


def test_rows_and_items_are_paragraphs() -> None:
    table = "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>&lt;</td></tr></tbody></table>"
    asked = replace(samples(3, "html")[0], stem=f"{table}<ul><li>x <em>y</em></li></ul><p>\n a\n b</p>", blanks=())
    assert one(asked)["params"]["text"] == (
        "<p><strong>a</strong> | <strong>b</strong></p><p>1 | &lt;</p><p>– x <em>y</em></p><p>a b</p>"
    )


def test_signs_that_are_no_mathematics_begin_none() -> None:
    asked = replace(samples(3, "html")[0], stem="<p><span>\\</span>(x<span>\\</span>) \\(y\\)</p>", blanks=())
    assert one(asked)["params"]["text"] == "<p>\\\u2060(x\\\u2060) \\(y\\)</p>"


def test_the_package(tmp_path: Path) -> None:
    asked = [a for a in samples(3, "html", 40) if a.answer_type in ("number", "choice")]
    files = packed(asked, tmp_path)
    about, content = files["h5p.json"], files["content/content.json"]
    assert {*files} == {"h5p.json", "content/content.json"}
    assert about["mainLibrary"] == about["preloadedDependencies"][0]["machineName"] == "H5P.QuestionSet"
    needed = {f"{n['machineName']} {n['majorVersion']}.{n['minorVersion']}" for n in about["preloadedDependencies"]}
    assert needed == {"H5P.QuestionSet 1.21", *(question["library"] for question in content["questions"])}
    assert (about["language"], about["embedTypes"], about["license"]) == ("en", ["iframe"], "U")
    assert re.fullmatch(r".{1,255}", about["title"])
    assert len({question["subContentId"] for question in content["questions"]}) == len(asked)
    for question in content["questions"]:
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", question["subContentId"])
        assert re.fullmatch(r".{1,255}", question["metadata"]["title"])
    (tmp_path / "long").mkdir()
    long = packed(asked[:1], tmp_path / "long", replace(BANK, title="t" * 300))
    assert long["h5p.json"]["title"] == "t" * 255


def test_what_h5p_does_not_do_is_said() -> None:
    content = (
        "the format h5p has the content only: the site needs the content types H5P.QuestionSet 1.21, "
        "H5P.MultiChoice 1.16, H5P.TrueFalse 1.8, H5P.Blanks 1.14, "
        "for pictures H5P.Image 1.1, and MathDisplay for formulas"
    )
    points = "the format h5p counts one point for each answer, and has no place for worked solutions"
    assert list(H5p().notices(Wanted(credit=Credit("none")))) == [content, points]
    assert list(H5p().notices(Wanted(variants=2, credit=Credit(penalty=Fraction(1, 4))))) == [
        "the format h5p has no penalty: there a wrong choice takes nothing away",
        "the format h5p has points for the key only: there a known mistake earns nothing",
        content,
        points,
        "the format h5p cannot draw one variant of each question: a student gets them all",
    ]
