"""What options have in common does not point to the key."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symparams.exams.choosing import MOST, USUAL, Turn, options
from symparams.exams.fillers import near_numbers
from symparams.exams.question import Content, Wrong
from symparams.misconceptions.families import CATALOGUE
from tests.exams.guessing import alike, alike_in_places, apart, best
from tests.exams.samples import questions

_KEY = (56, 56, 18)
_SINGLE = [(55, 55, 18), (54, 54, 18), (56, 56, 9), (56, 56, 36), (18, 56, 56)]
_TOGETHER = [(55, 55, 9), (54, 54, 36), (55, 55, 36), (54, 54, 9), (18, 55, 55), (9, 56, 56)]
_TURNS = [Turn(number, row) for row in range(6) for number in range(USUAL + MOST)]
_MISTAKE = next(iter(CATALOGUE.values()))


def made(*contents: Content) -> list[Wrong]:
    return [Wrong(content, Fraction(0), (_MISTAKE,)) for content in contents]


def texts(contents: list[Content]) -> list[str]:
    return [" × ".join(map(str, content)) for content in contents]


def share(found: list[list[int]], keys: list[int]) -> float:
    """How much more often than by luck the key is found among the options of a rule; of these any is taken."""
    return sum((key in places) / len(places) for places, key in zip(found, keys, strict=True)) / len(keys)


@pytest.mark.parametrize("known", [[*_SINGLE[:3], *_TOGETHER[:1]], []], ids=["mistakes made together", "none known"])
def test_the_right_shape_is_not_what_the_others_have_in_common(known: list[Content]) -> None:
    shown, keys = [], []
    for turn in _TURNS:
        made_of = options(_KEY, made(*known), turn, lambda: near_numbers(_KEY, (), {}, made(*known)))
        shown.append(texts([option.content for option in made_of]))
        keys.append([option.wrong for option in made_of].index(None))
    assert all(len(each) == turn.wanted for each, turn in zip(shown, _TURNS, strict=True))
    for rule in (alike, alike_in_places):
        assert share([best(rule(each)) for each in shown], keys) < 0.32, rule.__name__


def test_among_single_mistakes_it_would_be() -> None:
    made_of = texts([_KEY, *_SINGLE[:3]])
    assert best(alike_in_places(made_of)) == [0]


def test_the_right_number_is_one_of_the_two_that_are_nearest_no_more_often_than_others() -> None:
    wrong = made(*((value,) for value in (18_144, 630, 567, 36_414, 36_288, 90_000, 18_208, 400)))
    found, keys = [], []
    for turn in _TURNS:
        made_of = options((18_207,), wrong, turn)
        sizes = [Fraction(v) for option in made_of for v in option.content if isinstance(v, int)]
        found.append(best([-distance for distance in apart(sizes)]))
        keys.append([option.wrong for option in made_of].index(None))
    assert share(found, keys) < 0.32


def test_shapes_with_several_wrong_sizes_are_offered() -> None:
    text = "range F in 8..64 step 8\ninput(28, 28, 3) -> conv(F, 3, same, s=2) -> maxpool(2)"
    found = [q for q in questions(text, "shape", count=6) if q.options]
    together = [
        option.wrong
        for question in found
        for option in question.options
        if option.wrong is not None and len(option.wrong.made) == 2
    ]
    assert len(found) >= 6
    assert len(together) >= len(found) // 2
