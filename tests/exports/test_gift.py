from __future__ import annotations

import json
import logging
import os
import random
import re
import shutil
import subprocess
import warnings
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from symparams.documents.asked import Asked
from symparams.exports.gift import Gift
from symparams.exports.mark import Mark
from tests.exports import moodle_samples as samples
from tests.exports.gift_reader import read_gift
from tests.exports.moodle_marking import Read, assert_typed, nearest_below, shown_name

SEEDS = range(200)
PARSER = Path(__file__).parents[2] / ".ci" / "gift.mjs"


def written(*asked: Asked, title: str = samples.BANK.title) -> str:
    export, bank = Gift(), replace(samples.BANK, title=title)
    end = export.end(bank, len(asked), str(Mark("0" * 32, len(asked), 1)))
    return export.head(bank) + export.between().join(map(export.item, asked)) + end


def one(asked: Asked) -> Read:
    (read,) = read_gift(written(asked))[1]
    return read


def inside(html: str) -> str:
    """A text as it stands inside the braces, where an arrow is written as an entity."""
    return html.strip().replace("->", "-&gt;")


def assert_common(read: Read, asked: Asked) -> None:
    assert shown_name(read.name) == " ".join(asked.name.split())
    assert (read.stem, read.general) == (asked.stem, inside(asked.solution))
    assert (read.idnumber, read.tags) == (asked.identity, list(asked.tags))


@pytest.mark.parametrize("seed", SEEDS)
def test_moodle_marks_typed_answers_as_they_say(seed: int) -> None:
    source = random.Random(seed)
    for asked in (samples.number(source, "q-n"), samples.shape(source, "q-s")):
        read = one(asked)
        assert_common(read, asked)
        assert_typed(read, asked, asked.mistakes)


@pytest.mark.parametrize("seed", SEEDS)
def test_moodle_reads_options_in_their_order(seed: int) -> None:
    asked = samples.choice(random.Random(seed), "q-c")
    read = one(asked)
    assert_common(read, asked)
    assert read.kind == "multichoice"
    for answer, option in zip(read.answers, asked.options, strict=True):
        assert (answer.text, answer.feedback) == (inside(option.text), inside(option.feedback))
        assert answer.fraction == pytest.approx(nearest_below(option.credit), abs=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_moodle_reads_true_and_false(seed: int) -> None:
    asked = samples.truth(random.Random(seed), "q-t")
    read = one(asked)
    assert_common(read, asked)
    assert read.kind == "truefalse"
    told = {answer.text: (answer.fraction, answer.feedback) for answer in read.answers}
    assert told == {o.plain.upper(): (float(o.credit), inside(o.feedback)) for o in asked.options}


@pytest.mark.parametrize("seed", SEEDS)
def test_moodle_reads_one_question_for_each_blank(seed: int) -> None:
    asked = samples.faded(random.Random(seed), "q-f")
    first, last = read_gift(written(asked))[1]
    assert [first.idnumber, last.idnumber] == ["q-f-a", "q-f-b"]
    assert first.stem == f"{asked.stem}\n<p>What stands at (a)?</p>"
    assert_typed(first, replace(asked, answer="289", value=289), ())
    assert_typed(last, asked, asked.mistakes)


def test_the_category_is_the_title() -> None:
    for title in (samples.BANK.title, "/a/", "a//b", "\\neq \\: \\\\", "plain"):
        category, _ = read_gift(written(samples.number(random.Random(0), "q"), title=title))
        assert shown_name(category) == title


def test_identities_and_tags_in_brackets() -> None:
    asked = replace(samples.number(random.Random(0), "q-[1]"), tags=("a]b", "c`<d", "\n"))
    assert (one(asked).idnumber, one(asked).tags) == ("q-[1]", ["a]b", "c d"])


def test_what_begins_like_a_format_or_a_percentage_stays() -> None:
    asked = samples.choice(random.Random(0), "q")
    texts = ("[moodle] a", "%50% b", "[3, 3]", "[html][html]")
    options = tuple(replace(option, text=text) for option, text in zip(asked.options, texts, strict=True))
    read = one(replace(asked, options=options, stem="[plain] text", solution="[markdown] x"))
    assert [answer.text for answer in read.answers] == list(texts)
    assert (read.stem, read.general) == ("[plain] text", "[markdown] x")


def test_an_option_without_feedback() -> None:
    asked = samples.choice(random.Random(0), "q")
    options = tuple(replace(option, feedback="") for option in asked.options)
    assert [answer.feedback for answer in one(replace(asked, options=options)).answers] == [""] * 4


def test_an_arrow_makes_no_question_of_pairs() -> None:
    asked = samples.shape(random.Random(0), "q")
    mistakes = tuple(replace(mistake, feedback="<p>32 -> 16</p>") for mistake in asked.mistakes)
    read = one(replace(asked, mistakes=mistakes))
    assert read.kind == "shortanswer"
    assert read.answers[-2].feedback == "<p>32 -&gt; 16</p>"


def test_the_same_bytes_each_time() -> None:
    assert written(*samples.bank(0)) == written(*samples.bank(0))


@pytest.fixture(scope="module")
def by_pegjs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[dict[str, Any]]]:
    """What gift-pegjs reads from the banks of all seeds."""
    modules = os.environ.get("GIFT_PEGJS_MODULES", "")
    if not (modules and shutil.which("node") and (Path(modules) / "gift-pegjs").is_dir()):
        pytest.skip("gift-pegjs is not there: set GIFT_PEGJS_MODULES to the node_modules that have it")
    if not PARSER.is_file():
        pytest.skip("the tests stand outside of the project: .ci/gift.mjs is not there")
    folder = tmp_path_factory.mktemp("gift")
    files = {seed: folder / f"{seed}.gift" for seed in SEEDS}
    for seed, file in files.items():
        file.write_text(written(*samples.bank(seed)), encoding="utf-8")
    command = ["node", str(PARSER), *map(str, files.values())]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    read = json.loads(run.stdout)
    return {seed: read[str(file)] for seed, file in files.items()}


def said(text: dict[str, str] | None) -> str:
    assert text is None or text["format"] == "html"
    return text["text"] if text else ""


@pytest.mark.parametrize("seed", SEEDS)
def test_gift_pegjs_reads_the_same_as_moodle(seed: int, by_pegjs: dict[int, list[dict[str, Any]]]) -> None:
    category, *questions = by_pegjs[seed]
    assert category["type"] == "Category"
    kinds = {"Numerical": "numerical", "Short": "shortanswer", "MC": "multichoice", "TF": "truefalse"}
    for question, read in zip(questions, read_gift(written(*samples.bank(seed)))[1], strict=True):
        assert kinds[question["type"]] == read.kind
        assert (question["id"], question["tags"], question["title"]) == (read.idnumber, read.tags, read.name)
        assert (said(question["stem"]), said(question["globalFeedback"])) == (read.stem, read.general)
        if read.kind == "truefalse":
            feedback = [said(question["falseFeedback"]), said(question["trueFeedback"])]  # the right one, the wrong one
            assert (question["isTrue"], feedback) == (
                read.answers[0].text == "TRUE",
                [a.feedback for a in read.answers],
            )
            continue
        for choice, answer in zip(question["choices"], read.answers, strict=True):
            weight = {True: 100, False: 0}[choice["isCorrect"]] if choice["weight"] is None else choice["weight"]
            assert (weight / 100, said(choice["feedback"])) == (answer.fraction, answer.feedback)
            text = choice["text"]
            if read.kind == "numerical" and answer.text != "*":
                assert (text["number"], text.get("range", 0)) == (float(answer.text), answer.tolerance)
            else:
                assert text["text"] == answer.text


@pytest.mark.parametrize("seed", SEEDS)
def test_pygiftparser_reads_the_same_as_moodle(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its source has escapes that Python warns of when it is compiled
        pygiftparser = pytest.importorskip("pygiftparser.parser", reason="pygiftparser is not installed")
    text = written(*samples.bank(seed))
    # It ends the answers at the first brace and a title at the first two colons, also where they are escaped, and
    # knows no feedback for all other numbers.
    hidden = re.sub(r"\\(.)", lambda match: {"}": "\ue000", ":": "\ue001"}.get(match[1], match[0]), text)
    plainer = re.sub(r"(?m)^\t~#.*\n", "", hidden)
    with caplog.at_level(logging.WARNING):
        questions = pygiftparser.parseFile(plainer.splitlines(keepends=True))
    assert not caplog.records
    kinds = {
        "numerical": ["NumericAnswerSet"],
        "multichoice": ["SelectSet"],
        "shortanswer": ["ShortSet", "SelectSet"],  # the latter where an answer has a weight
        "truefalse": ["TrueFalseSet"],
    }
    for question, read in zip(questions, read_gift(text)[1], strict=True):
        assert question.valid
        assert question.markup == "html"
        found = question.answers
        assert type(found).__name__ in kinds[read.kind]
        if read.kind == "truefalse":
            told = [found.answer, unescaped(found.feedbackCorrect), unescaped(found.feedbackWrong)]
            assert told == [read.answers[0].text == "TRUE", *(answer.feedback for answer in read.answers)]
            continue
        known = [answer for answer in read.answers if answer.text != "*" or read.kind != "numerical"]
        for answer, same in zip(found.answers, known, strict=True):
            assert (answer.fraction / 100, unescaped(answer.feedback)) == (same.fraction, same.feedback)
            if read.kind == "numerical":
                assert (answer.value, answer.tolerance) == (float(same.text), same.tolerance)
            else:
                assert unescaped(answer.answer) == same.text


def unescaped(text: str) -> str:
    """It leaves the escapes in answers and feedback."""
    back = re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], text)
    back = back.replace("\ue000", "}").replace("\ue001", ":")
    return re.sub(r"^\[html\]", "", back)


def test_a_credit_is_rounded_down() -> None:
    mistakes = samples.number(random.Random(0), "q").mistakes
    asked = samples.number(random.Random(0), "q")
    same = tuple(replace(mistake, credit=Fraction(99, 100)) for mistake in mistakes)
    assert {answer.fraction for answer in one(replace(asked, mistakes=same)).answers} == {1, 0.9, 0}
