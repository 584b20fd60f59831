from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from symparams.documents.written_question import WrittenQuestion
from symparams.exports.gift import Gift
from symparams.exports.mark import Mark
from tests.exports import moodle_samples as samples
from tests.exports.gift_parsers import assert_pegjs_agrees, assert_pygiftparser_agrees, inside
from tests.exports.gift_reader import read_gift
from tests.exports.moodle_marking import Read, assert_marked, shown_name
from tests.exports.near import naming

SEEDS = range(200)


def written(*asked: WrittenQuestion, title: str = samples.BANK.title) -> str:
    export, bank = Gift(), replace(samples.BANK, title=title)
    end = export.end(bank, len(asked), str(Mark("0" * 32, len(asked), 1)))
    return "".join([*export.body(bank, map(export.item, asked)), end])


def one(asked: WrittenQuestion) -> Read:
    (read,) = read_gift(written(asked))[1]
    return read


@pytest.mark.slow
def test_moodle_marks_questions_as_they_say() -> None:
    for seed in SEEDS:
        source = random.Random(seed)
        for make in (samples.number, samples.shape, samples.choice, samples.truth):
            asked = make(source, f"q-{seed}")
            with naming(f"{make.__name__}, seed {seed}"):
                assert_marked([one(asked)], asked, inside)


def test_moodle_reads_one_question_for_each_blank() -> None:
    for seed in SEEDS:
        asked = samples.faded(random.Random(seed), f"q-{seed}")
        reads = read_gift(written(asked))[1]
        with naming(seed):
            assert [read.idnumber for read in reads] == [f"q-{seed}-a", f"q-{seed}-b"]
            assert reads[0].stem == f"{asked.stem}\n<p>What belongs at (a)?</p>"
            assert_marked(reads, asked, inside)


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
    said = [answer.feedback for answer in read.answers if not answer.feedback.startswith(("<p>Correct", "<p>This is"))]
    assert set(filter(None, said)) == {"<p>32 -&gt; 16</p>"}


def test_the_same_bytes_each_time() -> None:
    assert written(*samples.bank(0)) == written(*samples.bank(0))


@pytest.mark.program
def test_gift_pegjs_reads_the_same_as_moodle(tmp_path: Path) -> None:
    assert_pegjs_agrees({str(seed): written(*samples.bank(seed)) for seed in SEEDS}, tmp_path)


@pytest.mark.extra
def test_pygiftparser_reads_the_same_as_moodle(caplog: pytest.LogCaptureFixture) -> None:
    for seed in SEEDS:
        with naming(seed):
            assert_pygiftparser_agrees(written(*samples.bank(seed)), caplog)


def test_a_credit_is_rounded_down() -> None:
    mistakes = samples.number(random.Random(0), "q").mistakes
    asked = samples.number(random.Random(0), "q")
    same = tuple(replace(mistake, credit=Fraction(99, 100)) for mistake in mistakes)
    assert {answer.fraction for answer in one(replace(asked, mistakes=same)).answers} == {1, 0.9, 0}
