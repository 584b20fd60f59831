"""Searches through many residue classes, long numbers and many facts: the right numbers, or how far they came."""

from __future__ import annotations

from itertools import pairwise

import pytest

import symparams as sp
from symparams.algebra.numbersets import everything, residue_classes
from symparams.algebra.polynomials import signs
from symparams.algebra.solving import Found
from symparams.errors import LimitError
from symparams.questions.domain import both

PRIMES = [p for p in range(2, 2000) if all(p % q for q in range(2, p))]


def test_facts_whose_periods_multiply() -> None:
    period = 997 * 991 * 983
    network = sp.parse("where H % 997 == 0, H % 991 == 0, H % 983 == 0\ninput(H) -> dense(3)")
    finding = network.find(target="params <= 10^12")
    assert finding.values[:3] == (period, 2 * period, 3 * period)
    assert finding.largest == (10**12 - 3) // (3 * period) * period


def test_two_facts_that_seldom_meet() -> None:
    finding = sp.parse("where H % 1999 == 5, H % 1997 == 3\ninput(H) -> dense(3)").find(target="params <= 10^8")
    expected = [n for n in range(5, 10**8 // 3, 1999) if n % 1997 == 3]
    assert list(finding.values[:9]) == expected[:9]
    assert finding.largest == expected[-1]


def test_too_many_classes_are_tried_one_by_one() -> None:
    odd = [Found(residue_classes(p, dict.fromkeys(range(1, p), ((0, None),)))) for p in (991, 997)]
    found = both(*odd)
    numbers = [n for n in range(1, 10_100) if n % 991 and n % 997]
    assert found.tried is not None
    assert found.numbers.first(20_000) == [n for n in numbers if n <= found.tried]
    assert found.tried >= 10_000
    with pytest.raises(LimitError, match="fall into more than 20,000 residue classes, which is the limit"):
        _ = odd[0].numbers & odd[1].numbers
    finding = sp.parse("where H % 997 != 0, H % 991 != 0\ninput(H) -> dense(3)").find(target="params <= 10^12")
    assert not finding.complete
    assert finding.largest == found.tried


def test_points_meet_classes() -> None:
    thirds = residue_classes(3, {0: ((0, None),)})
    few = residue_classes(1, {0: tuple((n, n) for n in range(0, 3000, 7))})
    assert (few & thirds).first(3000) == list(range(0, 3000, 21))
    assert (thirds & everything(10, 20)).first(9) == [12, 15, 18]


def test_a_target_of_a_thousand_digits() -> None:
    network = sp.parse("input(128) -> { dense(ceil(H/1000)) | dense(30) } -> bilinear(40)")

    def memory(n: int) -> int:
        units = -(-n // 1000)
        return 4 * (129 * units + 129 * 30 + (units * 30 + 1) * 40)

    smallest = network.find(target="memory >= 10^999").smallest
    assert smallest is not None
    assert memory(smallest) >= 10**999 > memory(smallest - 1)


@pytest.mark.parametrize(
    "p", [[-(10**999), 1], [-(10**999), 5, 0, 7], [10**999, -(10**600), 1], [-(10**999)] + [1] * 30]
)
def test_where_long_polynomials_change_their_sign(p: list[int]) -> None:
    def value(n: int) -> int:
        return sum(c * n**i for i, c in enumerate(p))

    runs = signs(p)
    for (first, sign), (after, _) in pairwise(runs):
        for n in (first, after - 1):
            assert (value(n) > 0) - (value(n) < 0) == sign
    assert value(runs[-1][0]) * runs[-1][1] > 0


@pytest.mark.slow
@pytest.mark.parametrize("fact", ["H % {} != 1", "H % {} == 1", "H // {} >= 2"])
def test_hundreds_of_facts(fact: str) -> None:
    network = sp.parse("where " + ", ".join(fact.format(p) for p in PRIMES[-250:]) + "\ninput(H) -> dense(3)")
    with pytest.raises(LimitError, match="a search through so many values would take too long"):
        network.find(target="params <= 10^12")
    assert network.diagnose("3*(H + 1)", "dense_1").correct or fact == "H % {} == 1"


def test_a_target_of_many_digits_is_come_near_to() -> None:
    layers = " -> ".join(f"dense(n//{p} + 1)" for p in PRIMES[:60])
    network = sp.parse(f"input(n) -> {layers}")
    finding = network.find(target="params <= 10^900")
    largest = finding.largest
    assert largest is not None
    assert largest + 1 not in finding
    assert network.subs(n=largest).params <= 10**900 < network.subs(n=largest + 1).params
