"""Whoever knows nothing earns no more than by luck: over many banks on ten networks of different kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

import pytest

from symparams.exams.choosing import MOST, USUAL, Turn, options
from symparams.exams.question import Wrong
from symparams.misconceptions.families import CATALOGUE
from tests.exams.guessing import Choice, choice, gains, places, ranks
from tests.exams.samples import TEXTS, examination, questions

NETS = {
    "digits": """
        range k in 3, 5
        range F in 8..32 step 4
        input(28, 28, 1) -> conv(F, k, relu) -> maxpool(2) -> flatten -> dense(10, softmax)""",
    "colors": """
        range F in 16..64 step 16
        range s in 1, 2
        input(64, 48, 3) -> conv(F, 5, s=s, same) -> bn -> relu -> conv(2*F, 3) -> maxpool(2) -> dropout(0.2)
        -> conv(F, 1, bias=no) -> globalavgpool -> dense(64) -> dense(7)""",
    "torch": """
        convention torch
        range F in 8..40 step 8
        range g in 2, 4
        input(3, 56, 56) -> conv(F, 7, stride=2, padding=3, bias=no) -> bn -> relu -> maxpool(3, stride=2, padding=1)
        -> conv(2*F, 3, groups=g, padding=1) -> conv(F, 3, d=2) -> tconv(F, 2, s=2) -> flatten -> dense(10)""",
    "mobile": """
        range F in 8..32 step 8
        range m in 10..100 step 10
        input(32, 32, 3) -> conv(F, 3, s=2, same) -> depthwise(3, same) -> conv(2*F, 1) -> bn -> separable(F, 3)
        -> avgpool(2) -> flatten -> dense(m)""",
    "text": """
        range V in 1000..9000 step 1000
        range d in 16, 32, 64
        range h in 16..96 step 16
        input(50) -> embedding(V, d) -> lstm(h) -> dense(h, relu) -> dense(3)""",
    "both ways": """
        range h in 8..64 step 8
        range d in 32..96 step 32
        input(30) -> embedding(5000, d) -> bidirectional(lstm(h, sequences)) -> gru(h) -> dropout(0.5) -> dense(h)
        -> dense(5)""",
    "steps": """
        convention torch
        range h in 8..64 step 8
        range n in 4..20 step 4
        input(20, n) -> lstm(h) -> gru(2*h) -> rnn(h) -> dense(2)""",
    "heads": """
        range d in 64, 128, 256
        range V in 2000..8000 step 2000
        input(64) -> embedding(V, d) -> attention(4) -> layernorm -> dense(4*d) -> dense(d) -> layernorm -> dense(2)""",
    "series": """
        range F in 8..48 step 8
        range k in 3, 5, 7
        input(100, 6) -> conv(F, k) -> maxpool(2) -> conv(2*F, k, same) -> bn -> globalmaxpool -> dense(20)
        -> dense(4)""",
    "table": """
        range n in 5..60 step 5
        range m in 8..128 step 8
        input(n) -> dense(m, relu) -> bn -> dense(2*m, relu) -> dropout(0.3) -> dense(m) -> dense(1)""",
}

_POINTS = 0.04  # by which a share may differ from that of luck
_FEW = 100  # choices of a sort, from which on their figures say something


@cache
def choices(text: str, seed: int) -> tuple[Choice, ...]:
    """The choices of a bank."""
    bank = examination(text, questions=25, seed=seed)
    return tuple(choice(question) for question in bank.questions() if question.options)


def banks(seeds: range) -> list[Choice]:
    return [one for text in NETS.values() for seed in seeds for one in choices(text, seed)]


def off_luck(found: list[Choice], allowed: float) -> Iterator[str]:
    """Where places, ranks and rules are further from luck than is allowed."""
    for name, shares in (("place", places(found)), ("rank", ranks(found))):
        for (count, at), (share, of) in shares.items():
            if abs(share - 1 / count) > allowed and of >= _FEW:
                yield f"{name} {at} of {count}: {share:.3f} of {of}"
    for name, (gain, of) in gains(found).items():
        if gain > allowed and of >= _FEW:
            yield f"the rule {name} earns {gain:+.3f} more than luck in {of}"


@pytest.mark.slow
def test_200_banks_cannot_be_guessed() -> None:
    found = banks(range(20))
    assert len(found) > 2_500
    assert list(off_luck([c for c in found if c.kind != "truth"], _POINTS)) == []
    truths = Counter(c.texts[c.key] for c in found if c.kind == "truth")
    assert abs(truths["True"] / truths.total() - 0.5) <= _POINTS
    assert truths.total() > 200


def test_a_few_banks_can_hardly_be_guessed() -> None:
    found = banks(range(2))
    assert list(off_luck([c for c in found if c.kind != "truth"], 3 * _POINTS)) == []
    assert list(off_luck([c._replace(key=0) for c in found], 3 * _POINTS)) != []  # a key that always stands first
    by_size = [c for c in found if c.sizes]
    largest = [c._replace(key=(c.sizes or ()).index(max(c.sizes or ()))) for c in by_size]
    assert any("the rule largest" in line for line in off_luck(largest, 3 * _POINTS))


def test_in_each_block_every_place_and_rank_comes_once() -> None:
    for row in range(5):
        turns = [Turn(number, row) for number in range(3 * (USUAL + MOST))]
        for what in ("place", "rank"):
            found = Counter((t.wanted, getattr(t, what)(t.wanted)) for t in turns)
            assert set(found.values()) == {3}
            assert len(found) == USUAL + MOST
    orders = {tuple(Turn(n, row).place(USUAL) for n in range(USUAL)) for row in range(100)}
    assert len(orders) > 15


def test_place_and_rank_do_not_tell_each_other() -> None:
    both = Counter(
        (turn.place(USUAL), turn.rank(USUAL)) for row in range(400) for turn in (Turn(n, row) for n in range(USUAL))
    )
    assert len(both) == USUAL * USUAL
    assert all(abs(count - 100) < 40 for count in both.values())


def wrong(value: int) -> Wrong:
    return Wrong((value,), Fraction(0), (next(iter(CATALOGUE.values())),))


@pytest.mark.parametrize("known", [range(1, 50, 7), range(51, 90, 7), range(1, 99, 7), ()])
def test_the_key_has_the_rank_whose_turn_it_is(known: range) -> None:
    near = [Wrong((value,), Fraction(0)) for value in range(40, 61)]
    for number in range(40):
        turn = Turn(number, 3)
        made = options((50,), [wrong(value) for value in known if value != 50], turn, lambda: near)
        values = [option.content[0] for option in made if not isinstance(option.content, str)]
        assert len(set(values)) == len(values) == turn.wanted
        assert values.index(50) == turn.place(turn.wanted)
        assert sum(isinstance(value, int) and value > 50 for value in values) == turn.rank(turn.wanted)


def test_known_mistakes_come_before_what_is_only_near() -> None:
    known = [wrong(value) for value in (10, 20, 30, 40, 60, 70, 80, 90)]
    made = options((50,), known, Turn(0, 3), lambda: pytest.fail("there are enough"))
    assert len(made) == USUAL


def test_no_two_options_are_equal_in_value_or_text() -> None:
    seen = 0
    for text in TEXTS.values():
        for question in questions(text, count=2):
            if question.options:
                asked = choice(question)
                seen += 1
                assert len({one.casefold() for one in asked.texts}) == len(asked.texts)
                assert len(set(asked.values)) == len(asked.texts), asked.texts
    assert seen > 800
