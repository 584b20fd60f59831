"""The Markdown to read: a user's text prints as itself, and answers are folded away behind each question."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given

from symparams.documents.written_question import WrittenQuestion
from symparams.exports.markdown import Markdown
from symparams.exports.points import points
from tests.exports.asked_samples import BANK, questions, samples


def test_a_sheet(golden: Callable[[str, str], None]) -> None:
    export = Markdown()
    text = export.head(BANK) + "".join(map(export.item, samples(4, count=6))) + export.foot(BANK)
    golden("exports/sheet.md", text)


@pytest.mark.extra
@given(questions())
def test_users_text_prints_as_itself_and_answers_are_folded_away(asked: WrittenQuestion) -> None:
    reader = pytest.importorskip("markdown_it").MarkdownIt("commonmark")
    asked = replace(asked, stem="STEM", solution="SOLUTION", options=(), mistakes=())
    tokens = reader.parse(Markdown().item(asked))
    heading = next(tokens[at + 1] for at, token in enumerate(tokens) if token.type == "heading_open")
    assert "".join(child.content for child in heading.children) == re.sub(r"^[ \t]+|[ \t]+$", "", printed(asked.name))
    html = reader.render(Markdown().item(asked))
    before, folded = html.split("<details>\n")
    assert "STEM" in before
    assert "SOLUTION" in folded.split("\n</details>")[0]
    assert folded.endswith("</details>\n")
    assert "<strong>Answer" not in before


def printed(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def test_options_have_letters_and_the_key_names_one() -> None:
    asked = samples(1)[3]
    assert asked.answer_type == "choice"
    text = Markdown().item(asked)
    (right,) = [letter for letter, option in zip("ABCDE", asked.options, strict=True) if option.correct]
    assert re.findall(r"^- ([A-E])\. ", text, re.M) == list("ABCDE")
    assert f"\n**Answer:** {right}. " in text
    assert re.findall(r"^- \*\*([A-E])\. ", text, re.M) == [letter for letter in "ABCDE" if letter != right]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (Fraction(1), "1 point"),
        (Fraction(2), "2 points"),
        (Fraction(5, 2), "2.5 points"),
        (Fraction(0), "0 points"),
        (Fraction(1, 3), "1/3 points"),
        (Fraction(3, 8), "0.375 points"),
        (Fraction(1_000_000), "1000000 points"),
    ],
)
def test_points(count: Fraction, said: str) -> None:
    assert points(count) == said
