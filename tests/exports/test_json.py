"""The JSON says everything that a question is, and the page on it names every key."""

from __future__ import annotations

import json
from dataclasses import fields
from fractions import Fraction
from itertools import starmap
from typing import Any

from hypothesis import given

from symparams.documents.written_question import BankInfo, WrittenBlank, WrittenMistake, WrittenOption, WrittenQuestion
from symparams.exports.json import Json
from tests.conftest import EXAMPLES
from tests.exports.asked_samples import BANK, questions, samples


def number(value: Any) -> Any:
    """An integer stays one; 25/2 is a fraction."""
    return Fraction(value) if isinstance(value, str) else value


def numbers(values: list[Any]) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, values))


def option(text: str, plain: str, credit: Any, feedback: str, misconception: str, correct: bool) -> WrittenOption:
    read = WrittenOption(text, plain, Fraction(credit), feedback, misconception)
    assert read.correct is correct
    return read


def question(record: dict[str, Any]) -> WrittenQuestion:
    """The question that a program would read from the JSON."""
    mistakes = [
        WrittenMistake(**{**mistake, "value": number(mistake["value"]), "credit": Fraction(mistake["credit"]),
                        "values": numbers(mistake["values"])})
        for mistake in record["mistakes"]
    ]  # fmt: skip
    blanks = [
        WrittenBlank(blank["mark"], blank["answer"], number(blank["value"]), Fraction(blank["points"]))
        for blank in record["blanks"]
    ]
    return WrittenQuestion(**record | {
        "options": tuple(starmap(option, (entry.values() for entry in record["options"]))),
        "mistakes": tuple(mistakes), "blanks": tuple(blanks), "at": tuple(record["at"]),
        "value": number(record["value"]), "points": Fraction(record["points"]), "values": numbers(record["values"]),
        "penalty": Fraction(record["penalty"]), "tags": tuple(record["tags"]), "letters": tuple(record["letters"]),
    })  # fmt: skip


@given(questions())
def test_what_is_read_is_what_was_written(asked: WrittenQuestion) -> None:
    assert question(json.loads(Json().item(asked))) == asked
    assert "\n" not in Json().item(asked)


def test_the_bank_around_the_questions() -> None:
    export, asked = Json(), samples(2)
    text = export.head(BANK) + export.between().join(map(export.item, asked)) + export.end(BANK, len(asked), "mark")
    read = json.loads(text)
    assert read.pop("bank") == {
        "format": 1, "title": BANK.title, "seed": 7, "version": "0.0.1", "request": "0123abcd", "variants": 1,
        "questions": 1, "draw": "one",
    }  # fmt: skip
    assert [question(record) for record in read.pop("questions")] == asked
    assert read == {"count": len(asked), "mark": "mark"}


def test_the_page_names_every_key() -> None:
    page = (EXAMPLES.parent / "docs" / "json.md").read_text("utf-8").partition("## Questions")[2]
    for record in (WrittenQuestion, WrittenOption, WrittenMistake, WrittenBlank, BankInfo):
        for field in fields(record):
            assert f"`{field.name}`" in page, field.name
