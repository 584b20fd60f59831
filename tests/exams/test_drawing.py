"""Every combination of values is drawn once, in an order that only the seed decides."""

from __future__ import annotations

from collections import Counter
from math import prod

from hypothesis import given
from hypothesis import strategies as st

from symparams.exams.draws import Draws
from symparams.questions.points import number_from

RANGES = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.integers(-5, 99), min_size=1, max_size=7, unique=True), max_size=4
)
SEEDS = st.integers(0, 2**63 - 1)


@given(RANGES, SEEDS)
def test_every_combination_comes_once(ranges: dict[str, list[int]], seed: int) -> None:
    draws = Draws(ranges, seed)
    found = [tuple(point.items()) for point in draws]
    assert draws.count == prod(map(len, ranges.values())) == len(found) == len(set(found))
    for point in found:
        assert [name for name, _ in point] == list(ranges)
        assert all(value in ranges[name] for name, value in point)


@given(RANGES, SEEDS, st.data())
def test_one_is_found_without_those_before(ranges: dict[str, list[int]], seed: int, data: st.DataObject) -> None:
    every = list(Draws(ranges, seed))
    i = data.draw(st.integers(0, len(every) - 1))
    assert Draws(ranges, seed).point(i) == every[i]


def test_far_out_costs_nothing() -> None:
    ranges = {name: range(10**6) for name in "abc"}
    points = [tuple(Draws(ranges, 7).point(10**18 - 1 - i).values()) for i in range(50)]
    assert len(set(points)) == 50


def test_orders_of_two_seeds_differ() -> None:
    ranges = {"a": range(50), "b": range(50)}
    orders = {tuple(tuple(Draws(ranges, seed).point(i).values()) for i in range(5)) for seed in range(200)}
    assert len(orders) == 200


def test_first_values_are_spread() -> None:
    ranges = {"a": range(5), "b": range(7)}
    for letter, count in (("a", 5), ("b", 7)):
        firsts = Counter(Draws(ranges, number_from(seed, "x")).point(0)[letter] for seed in range(3_000))
        assert len(firsts) == count
        assert all(abs(n - 3_000 / count) < 0.25 * 3_000 / count for n in firsts.values())


@given(st.lists(st.text(max_size=4), max_size=4), st.lists(st.text(max_size=4), max_size=4))
def test_other_words_give_another_number(one: list[str], other: list[str]) -> None:
    if "\x1f".join(one) != "\x1f".join(other):
        assert number_from(*one) != number_from(*other)
    assert 0 <= number_from(*one) < 2**64
