"""Neither its length nor a word or a mark in it tells whether a statement is true."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable
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


# Networks in which many layers have no parameters, of which less can be asked.
FEW_WEIGHTS = (
    """
    convention torch
    range F in 10..60 step 10
    range k in 3, 5, 9
    input(2, 400) -> conv(F, k, stride=2) -> relu -> maxpool(4) -> conv(2*F, k, groups=2) -> relu -> gap -> dropout(0.2)
    -> dense(6)""",
    """
    range F in 6..36 step 6
    input(64, 64, 1) -> conv(F, 3) -> relu -> avgpool(2) -> dropout(0.1) -> flatten -> dense(F) -> dropout(0.5)
    -> dense(8)""",
    """
    range F in 4..24 step 4
    input(16, 32, 32, 3) -> conv(F, 3x3x3) -> maxpool(2) -> conv(2*F, 3x3x3, same) -> relu -> dropout(0.1) -> flatten
    -> dense(12)""",
    """
    range s in 8..32 step 8
    input(56, 56, 64) -> conv(s, 1) -> relu -> upsample(2) -> zeropad(1) -> maxpool(3, s=2) -> conv(10, 1) -> gap""",
)


@cache
def statements(texts: tuple[str, ...] = tuple(NETS.values())) -> tuple[Statement, ...]:
    """Those of 200 exams on ten networks, or of 20 on each of others."""
    found = []
    for text in texts:
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
def test_no_cue_tells_where_many_layers_have_no_parameters() -> None:
    found = statements(FEW_WEIGHTS)
    assert len(found) > 600
    cues = Counter(cue for one in found for cue in one.cues)
    assert {"no", "exactly", "more", "fewer"} <= cues.keys()
    telling = {cue: told([(cue in one.cues) == one.is_true for one in found]) for cue in cues}
    assert {cue: share for cue, share in telling.items() if share > 2 * _TOLD} == {}


@pytest.mark.slow
def test_length_does_not_tell() -> None:
    middle = median(len(one.text) for one in statements())
    assert told([(len(one.text) > middle) == one.is_true for one in statements()]) < 0.04


def by(sort: Callable[[Statement], Hashable]) -> dict[Hashable, list[bool]]:
    """Whether statements are true, sorted."""
    found: dict[Hashable, list[bool]] = defaultdict(list)
    for one in statements():
        found[sort(one)].append(one.is_true)
    return {name: said for name, said in found.items() if len(said) >= _MANY}


_MANY = 60  # statements of a sort, from which on their share says something
_OF_A_SORT = 0.12  # by which that share may differ from luck
_KNOWN = {"params none", "params of a layer without any"}  # decided by whether a layer has parameters, not by numbers
_HALF = "params of a layer that has some"  # as half of the false ones say that it has none, two of three are true


@pytest.mark.slow
def test_no_form_tells() -> None:
    sorted_ = by(lambda one: one.form)
    assert {"output", "scaled", "larger", "biases", "unit", "params of a layer that has some"} <= sorted_.keys()
    assert {
        form: told(said) for form, said in sorted_.items() if told(said) > _OF_A_SORT and form not in {*_KNOWN, _HALF}
    } == {}
    assert told(sorted_[_HALF]) < 0.22


@pytest.mark.slow
def test_a_comparison_does_not_tell() -> None:
    sorted_ = by(lambda one: one.form == "larger" and ("more" if " has more " in one.text else "fewer"))
    assert {"more", "fewer"} <= sorted_.keys()
    assert max(told(sorted_[word]) for word in ("more", "fewer")) <= _OF_A_SORT


@pytest.mark.slow
def test_a_number_that_stands_in_the_stem_hardly_tells() -> None:
    sorted_ = by(lambda one: (one.form, one.is_copied))
    assert max(told(sorted_["output", copied]) for copied in (False, True)) <= 0.18
