"""Variants by their numbers: each found without those before it, all different, whatever part of the draws fits."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from symparams.exams.plan import Plan
from symparams.exams.supply import Found, Supply


class Fitting:
    """A plan of which only some draws make a question: the draw itself."""

    words = ("a plan",)

    def __init__(self, most: int, fits: Callable[[int], bool]) -> None:
        self.ranges = {"a": range(most), "b": range(7)}
        self.fits = fits
        self.tried = 0

    def variant(self, drawn: Mapping[str, int], number: int, seed: int) -> Any:
        self.tried += 1
        return (drawn["a"], drawn["b"]) if self.fits(7 * drawn["a"] + drawn["b"]) else None


def supply(most: int, fits: Callable[[int], bool]) -> tuple[Fitting, Supply]:
    plan = Fitting(most, fits)
    return plan, Supply(cast("Plan", plan), 3)


FITS: dict[str, Callable[[int], bool]] = {
    "all": lambda i: True,
    "half": lambda i: i % 2 == 0,
    "one in 11": lambda i: i % 11 == 3,
    "a band": lambda i: i % 1000 < 300,
}


@pytest.mark.parametrize("fits", FITS.values(), ids=FITS)
@pytest.mark.parametrize("most", [40, 900])
def test_variants_differ_and_do_not_depend_on_others(most: int, fits: Callable[[int], bool]) -> None:
    _, counting = supply(most, fits)
    there = sum(map(fits, range(7 * most)))
    assert counting.counted() == there
    for wanted in (1, 20, 64, 65, 300, there, there + 1):
        _, one = supply(most, fits)
        assert one.available(wanted) == min(wanted, there)
        numbers = range(min(wanted, there, 1_000))
        found = [one.variant(number) for number in numbers]
        assert None not in found
        assert len(set(found)) == len(found)
        assert found[:20] == [counting.variant(number) for number in range(len(found[:20]))]
        _, other = supply(most, fits)
        other.available(wanted)
        for number in random.Random(wanted).sample(numbers, min(len(numbers), 60)):
            assert other.variant(number) == found[number]


@pytest.mark.parametrize("fits", FITS.values(), ids=FITS)
def test_a_late_variant_needs_no_more_draws_than_an_early_one(fits: Callable[[int], bool]) -> None:
    def tried(number: int) -> int:
        plan, one = supply(10**9, fits)
        assert one.available(1_000_000) == 1_000_000
        before = plan.tried
        assert one.variant(number) is not None
        return plan.tried - before

    assert max(tried(999_999 - i) for i in range(50)) <= 352
    assert sum(tried(999_999 - i) for i in range(50)) <= 50 * 25


def test_the_first_variants_are_the_first_draws_that_fit() -> None:
    _, one = supply(10**6, FITS["half"])
    first = list(zip(range(64), one, strict=False))
    one.available(100_000)
    assert [one.variant(number) for number in range(64)] == [question for _, question in first]


def test_where_nothing_more_fits_there_is_no_variant() -> None:
    left = 30

    def fits(i: int) -> bool:
        nonlocal left
        left -= 1
        return left >= 0

    _, one = supply(10**6, fits)
    assert one.available(1_000) == 1_000
    assert [one.variant(number) is None for number in (29, 30, 64, 999)] == [False, True, True, True]


def test_a_plan_that_never_fits_ends() -> None:
    plan, one = supply(10**12, lambda i: False)
    assert one.available(1_000) == one.counted() == 0
    assert list(one) == []
    assert plan.tried <= 20_000


@pytest.mark.parametrize("room", [0, 5, 1_000])
def test_what_was_found_in_planning_is_not_worked_out_again(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symparams.exams.supply._KEPT", room)
    plan, alone = supply(40, FITS["half"])
    kept = Supply(cast("Plan", plan), 3, Found())
    assert kept.available(50) == 50
    tried = plan.tried
    found = [kept.variant(number) for number in range(50)]
    assert plan.tried - tried == max(0, 49 - room)  # the last one is always there
    assert found == [alone.variant(number) for number in range(50)]
    assert found == [kept.variant(number) for number in range(50)]  # also when it is asked for a second time
