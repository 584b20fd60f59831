"""Neither its length nor a word or a mark in it tells whether a statement is true."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from statistics import median
from typing import NamedTuple

import pytest

from symparams.documents.question_writer import Writer
from symparams.exams.question import Question
from symparams.exams.statements import Said
from tests.exams.samples import course, examination
from tests.exams.test_guessing import NETS

_TOLD = 0.05  # by which a cue may do better than luck; the error of so many statements is one point


class Statement(NamedTuple):
    """What is said, and whether it is so."""

    text: str
    is_true: bool
    form: str  # what is stated; of numbers of parameters also whether the layer has any
    is_copied: bool  # whether its number stands in what is said before

    @property
    def cues(self) -> frozenset[str]:
        """Its words and marks."""
        return frozenset(re.findall(r"[a-z]+|[^\w\s]", self.text.lower()))


def statement(question: Question, stem: str) -> Statement:
    said: Said = (question.more or {})["said"]
    has = {True: " of a layer without any", False: " of a layer that has some"}[said.actual == 0]
    form = said.form + (
        has
        if said.form == "params" and said.stated != 0
        else " none"
        if said.stated == 0 and said.form == "params"
        else ""
    )
    before, _, text = stem.rpartition("True or false?")
    is_copied = str(said.stated) in re.findall(r"\d+", before.replace(",", ""))
    return Statement(
        text.strip(), question.key == "True", form, is_copied and said.form in ("biases", "output", "params")
    )


@cache
def statements() -> tuple[Statement, ...]:
    """Those of 200 exams on ten networks."""
    found = []
    for text in NETS.values():
        for seed in range(20):
            for question in examination(text, kinds=("truth",), questions=8, seed=seed).questions():
                stem = Writer(course(text), "text", seed).asked(question).stem
                found.append(statement(question, stem))
    return tuple(found)


def told(said: list[bool]) -> float:
    """How much more often than by luck statements are true just where a cue says so, or just where it does not."""
    return abs(sum(said) / len(said) - 0.5)


@pytest.mark.slow
def test_no_cue_tells() -> None:
    assert len(statements()) > 1_500
    assert told([one.is_true for one in statements()]) < 0.04
    cues = set(chain.from_iterable(one.cues for one in statements()))
    telling = {cue: told([(cue in one.cues) == one.is_true for one in statements()]) for cue in cues}
    assert {cue: share for cue, share in telling.items() if share > _TOLD} == {}
    assert not {"so", "all", "only", "always", "never"} & cues


@pytest.mark.slow
def test_length_does_not_tell() -> None:
    middle = median(len(one.text) for one in statements())
    assert told([(len(one.text) > middle) == one.is_true for one in statements()]) < 0.04
