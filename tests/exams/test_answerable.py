"""Every stem is answerable from itself: its network is withheld, and a reader of its words finds the key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, zip_longest

import pytest

from symparams.algebra.formula import as_formula
from symparams.documents.question_writer import Writer
from symparams.documents.written_question import WrittenQuestion
from symparams.errors import Source
from symparams.exams.course import SHOWN, Course
from symparams.exams.kinds import KINDS
from symparams.exams.question import Question
from symparams.exams.supply import Supply
from tests.exams.samples import EXAMPLE_TEXTS, LAYER_TEXTS, TEXTS, course, readable
from tests.exams.stem_reading import answered
from tests.helpers import value

_NUMBER = re.compile(r"(?<![\w.])[0-9]+")
_APART = 7  # every so many of the plans of a network


def asked(on: Course, count: int, start: int = 0) -> Iterator[tuple[Question, WrittenQuestion]]:
    """So many questions on a network, from all kinds and over all its layers."""
    writer = Writer(on, "text", 0, "none")
    rows = []
    kinds = list(KINDS.values())
    for kind in kinds[start % len(kinds) :] + kinds[: start % len(kinds)]:
        for answer_type in kind.types:
            plans = list(kind.plans(on, answer_type))
            place = start % len(plans) if plans else 0
            rows.append(plans[place::_APART] + plans[:place:_APART])
    every = (plan for row in zip_longest(*rows) for plan in row if plan is not None)
    found = (next(iter(Supply(plan, start)), None) for plan in every)
    for question in islice((q for q in found if q is not None), count):
        yield question, writer.asked(question)


def is_repeated(on: Course) -> bool:
    """Whether a layer stands for copies of itself, which a table says in a sentence beside."""
    return any(node.repeats for node in on.network.nodes)


def check(question: Question, found: WrittenQuestion) -> None:
    if isinstance(question.key, tuple) and len(question.key) == 1 and isinstance(question.key[0], int):
        assert question.key[0] not in map(int, _NUMBER.findall(found.stem)), found.stem
    if is_repeated(question.course) and not question.local:
        return
    if question.kind == "story":  # whose parts are computed again in the tests of stories
        return
    answer = answered(found.stem, tuple(option.plain for option in found.options))
    if question.kind == "mistake":
        assert isinstance(answer, str)
        assert answer.casefold() == str(question.key).casefold(), found.stem
    elif question.kind == "formula":
        assert isinstance(answer, tuple)
        assert isinstance(question.key, tuple)
        one, key = as_formula(answer[0]), as_formula(question.key[0])
        assert all(value(one, p) == value(key, p) for p in question.points), found.stem
    else:
        assert answer == question.key, found.stem


@pytest.mark.parametrize("name", TEXTS)
def test_stems(name: str) -> None:
    for question, found in asked(course(TEXTS[name]), 12):
        check(question, found)


@pytest.mark.parametrize("show", SHOWN[1:])
@pytest.mark.parametrize("name", ["images", "numbers", "torch", "torch sequences"])
def test_stems_with_code(name: str, show: str) -> None:
    on = Course(Source("net.arch", TEXTS[name]), show=show)
    if show != "language" and show != on.network.convention:
        return
    for question, found in asked(on, 12):
        check(question, found)


@pytest.mark.slow
def test_five_hundred_stems() -> None:
    count = 0
    for i, text in enumerate([*TEXTS.values(), *EXAMPLE_TEXTS.values(), *filter(readable, LAYER_TEXTS)]):
        if readable(text):
            for question, found in asked(course(text), 8, i):
                check(question, found)
                count += 1
    assert count >= 500
