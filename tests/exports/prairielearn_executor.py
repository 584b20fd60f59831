"""PrairieLearn's way with a question: the elements parse and grade what is submitted, then server.py does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from symparams.documents.written_question import WrittenQuestion
from symparams.exports import prairielearn_server
from symparams.exports.prairielearn import PrairieLearn
from tests.exports.near import fields, others

_GARBAGE = ("", " ", "?", "18207 parameters", "__import__('os')", "1/0", "9^9^9^9", "x" * 1001, "<b>", "nan")


def files(asked: WrittenQuestion) -> dict[str, str]:
    """The files of a question, as they are written."""
    *_, found = PrairieLearn().item(asked)
    server = {} if asked.options else {"server.py": Path(prairielearn_server.__file__).read_text("utf-8")}
    return {**found, **server}


@cache
def _compiled(text: str) -> CodeType:
    return compile(text, "server.py", "exec")


class Question:
    """A question as PrairieLearn has it on its disk, to submit answers to."""

    def __init__(self, place: Path, asked: WrittenQuestion) -> None:
        import lxml.html

        self.files = files(asked)
        self.place = place / asked.identity
        self.place.mkdir(exist_ok=True)
        for name, text in self.files.items():
            (self.place / name).write_text(text, "utf-8")
        elements = list(lxml.html.fromstring(f"<div>{self.files['question.html']}</div>").iter())
        self.inputs = {
            str(element.get("answers-name")): element
            for element in elements
            if str(element.tag) in ("pl-integer-input", "pl-string-input")
        }
        self.options = [element for element in elements if element.tag == "pl-answer"]
        self.server: dict[str, Any] = {"__file__": str(self.place / "server.py")}
        if "server.py" in self.files:
            exec(_compiled(self.files["server.py"]), self.server)

    def submit(self, **answers: str) -> Mapping[str, Any]:
        """What stands in `data` after parse, and after grade if that has found nothing to refuse."""
        data: dict[str, Any] = {
            "params": {},
            "correct_answers": {name: element.get("correct-answer") for name, element in self.inputs.items()},
            "submitted_answers": dict(answers),
            "raw_submitted_answers": dict(answers),
            "format_errors": {},
            "partial_scores": {},
            "score": 0,
            "feedback": {},
            "variant_seed": 1,
            "options": {"question_path": str(self.place)},
            "preferences": {},
            "gradable": True,
        }
        keys = set(data)
        for name in self.inputs:
            self._parse_element(name, data)
        self.server["parse"](data)
        if not data["format_errors"]:
            for name in self.inputs:
                self._grade_element(name, data)
            self.server["grade"](data)
        assert set(data) == keys
        assert data["raw_submitted_answers"] == answers
        return dict(json.loads(json.dumps(data, allow_nan=False)))

    def _parse_element(self, name: str, data: dict[str, Any]) -> None:
        raw = data["submitted_answers"].get(name)
        whole = self.inputs[name].tag == "pl-integer-input"
        try:
            if raw is None or not raw:
                raise ValueError
            value = int(raw) if whole else raw
            data["submitted_answers"][name] = str(value) if whole and abs(value) >= 1 << 53 else value
        except ValueError:
            data["format_errors"][name] = "Invalid format."
            data["submitted_answers"][name] = None

    def _grade_element(self, name: str, data: dict[str, Any]) -> None:
        given, right = data["submitted_answers"][name], data["correct_answers"][name]
        same = int(given) == int(right) if self.inputs[name].tag == "pl-integer-input" else given == right
        data["partial_scores"][name] = {"score": int(same), "weight": 1}


def assert_marked(question: Question, asked: WrittenQuestion) -> None:
    """The key has all points, each mistake its credit and feedback, anything else nothing, and garbage is refused."""
    if asked.options:
        _options_are_marked(question, asked)
        return
    parts = dict(zip(question.inputs, fields(asked), strict=True))
    right = {name: part.answer for name, part in parts.items()}
    found = question.submit(**right)
    assert (found["score"], found["feedback"], found["format_errors"]) == (pytest.approx(1), {}, {})
    total = sum((part.points for part in parts.values()), Fraction())
    for name, part in parts.items():
        share = part.points / total if asked.blanks else Fraction(1)
        known = {mistake.answer: (mistake.credit, _text(mistake.feedback)) for mistake in part.mistakes}
        for typed, (credit, said) in (known | dict.fromkeys(others(part), (Fraction(0), ""))).items():
            data = question.submit(**right | {name: typed})
            assert data["format_errors"] == {}, typed
            assert data["partial_scores"][name]["score"] == pytest.approx(float(credit)), typed
            assert data["score"] == pytest.approx(float(1 - share + share * credit)), typed
            assert _text(data["feedback"].get(name, "")) == said, typed
        for garbage in _GARBAGE:
            data = question.submit(**right | {name: garbage})
            assert set(data["format_errors"]) == {name}, garbage
            assert "<" not in data["format_errors"][name]
            assert data["partial_scores"] == {}


def _options_are_marked(question: Question, asked: WrittenQuestion) -> None:
    for option, known in zip(question.options, asked.options, strict=True):
        assert option.get("correct") == str(known.correct).lower()
        assert float(option.get("score")) == pytest.approx(float(known.credit))
        assert option.text_content() == _text(known.text)
        assert _text(option.get("feedback") or "") == _text(known.feedback)


def _text(markup: str) -> str:
    import lxml.html

    return str(lxml.html.fromstring(f"<div>{markup}</div>").text_content())
