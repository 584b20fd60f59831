"""Programs that others wrote read the same from GIFT as Moodle does: gift-pegjs and pygiftparser."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.exports.gift_reader import read_gift
from tests.exports.moodle_marking import Read

_PARSER = Path(__file__).parents[2] / ".ci" / "gift.mjs"
_BY_PEGJS = {"Numerical": "numerical", "Short": "shortanswer", "MC": "multichoice", "TF": "truefalse"}
_BY_PYGIFTPARSER = {
    "numerical": ["NumericAnswerSet"],
    "multichoice": ["SelectSet"],
    "shortanswer": ["ShortSet", "SelectSet"],  # the latter where an answer has a weight
    "truefalse": ["TrueFalseSet"],
}


def inside(html: str) -> str:
    """A text as it stands inside the braces, where an arrow is written as an entity."""
    return html.strip().replace("->", "-&gt;")


def assert_pegjs_agrees(texts: Mapping[str, str], folder: Path) -> None:
    """gift-pegjs, started once for all texts, reads the same from each as Moodle."""
    modules = os.environ.get("GIFT_PEGJS_MODULES", "")
    if not (modules and shutil.which("node") and (Path(modules) / "gift-pegjs").is_dir()):
        pytest.skip("gift-pegjs is not there: set GIFT_PEGJS_MODULES to the node_modules that have it")
    if not _PARSER.is_file():
        pytest.skip("the tests stand outside of the project: .ci/gift.mjs is not there")
    files = {folder / f"{name}.gift": text for name, text in texts.items()}
    for file, text in files.items():
        file.write_text(text, encoding="utf-8")
    run = subprocess.run(
        ["node", str(_PARSER), *map(str, files)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert run.returncode == 0, run.stderr
    read = json.loads(run.stdout)
    for file, text in files.items():
        categories = [question for question in read[str(file)] if question["type"] == "Category"]
        assert len(categories) == len(re.findall(r"^\$CATEGORY", text, re.M))
        questions = [question for question in read[str(file)] if question["type"] != "Category"]
        for question, same in zip(questions, read_gift(text)[1], strict=True):
            _same_by_pegjs(question, same)


def _same_by_pegjs(question: Mapping[str, Any], read: Read) -> None:
    assert _BY_PEGJS[question["type"]] == read.kind
    assert (question["id"], question["tags"], question["title"]) == (read.idnumber, read.tags, read.name)
    assert (_said(question["stem"]), _said(question["globalFeedback"])) == (read.stem, read.general)
    if read.kind == "truefalse":
        feedback = [_said(question["falseFeedback"]), _said(question["trueFeedback"])]  # the right one, the wrong one
        key = read.answers[0].text == "TRUE"
        assert (question["isTrue"], feedback) == (key, [answer.feedback for answer in read.answers])
        return
    for choice, answer in zip(question["choices"], read.answers, strict=True):
        weight = {True: 100, False: 0}[choice["isCorrect"]] if choice["weight"] is None else choice["weight"]
        assert (weight / 100, _said(choice["feedback"])) == (answer.fraction, answer.feedback)
        text = choice["text"]
        if read.kind == "numerical" and answer.text != "*":
            assert (text["number"], text.get("range", 0)) == (float(answer.text), answer.tolerance)
        else:
            assert text["text"] == answer.text


def _said(text: Mapping[str, str] | None) -> str:
    assert text is None or text["format"] == "html"
    return text["text"] if text else ""


def assert_pygiftparser_agrees(text: str, caplog: pytest.LogCaptureFixture) -> None:
    """pygiftparser reads the same from a text as Moodle."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its source has escapes that Python warns of when it is compiled
        pygiftparser = pytest.importorskip("pygiftparser.parser", reason="pygiftparser is not installed")
    # It ends the answers at the first brace and a title at the first two colons, also where they are escaped, and
    # knows neither a feedback for all other numbers nor a number below zero.
    hidden = re.sub(r"\\(.)", lambda match: {"}": "\ue000", ":": "\ue001"}.get(match[1], match[0]), text)
    plainer = re.sub(r"(?m)^\t(~#|=%[0-9.]+%-[0-9]).*\n", "", hidden)
    with caplog.at_level(logging.WARNING):
        questions = pygiftparser.parseFile(plainer.splitlines(keepends=True))
    assert not caplog.records
    for question, read in zip(questions, read_gift(text)[1], strict=True):
        assert question.valid
        assert question.markup == "html"
        _same_by_pygiftparser(question.answers, read)


def _same_by_pygiftparser(found: Any, read: Read) -> None:
    assert type(found).__name__ in _BY_PYGIFTPARSER[read.kind]
    if read.kind == "truefalse":
        told = [found.answer, _unescaped(found.feedbackCorrect), _unescaped(found.feedbackWrong)]
        assert told == [read.answers[0].text == "TRUE", *(answer.feedback for answer in read.answers)]
        return
    known = [
        answer for answer in read.answers if (answer.text != "*" and answer.text[0] != "-") or read.kind != "numerical"
    ]
    for answer, same in zip(found.answers, known, strict=True):
        assert (answer.fraction / 100, _unescaped(answer.feedback)) == (same.fraction, same.feedback)
        if read.kind == "numerical":
            assert (answer.value, answer.tolerance) == (float(same.text), same.tolerance)
        else:
            assert _unescaped(answer.answer) == same.text


def _unescaped(text: str) -> str:
    """It leaves the escapes in answers and feedback."""
    back = re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], text)
    back = back.replace("\ue000", "}").replace("\ue001", ":")
    return re.sub(r"^\[html\]", "", back)
