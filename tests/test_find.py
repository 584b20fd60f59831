"""Values that are searched for: every one is right, none is missed, and what cannot be answered says why."""

from __future__ import annotations

import contextlib
import itertools
import json
import time
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.formula import Number, Quotient, Symbol, as_formula, total
from symparams.algebra.numbersets import NumberSet, everything, points, residue_classes
from symparams.algebra.polynomials import Coefficients, multiplied, signs, value_at
from symparams.algebra.solving import letters_of
from symparams.questions.equations import equations_to
from symparams.questions.targets import read_target
from tests.helpers import convolutions, relation_holds, value
from tests.test_cli import refused, run

TWO = "input(28, 28, 1) -> conv(32, 5) -> conv(64, k)"
THREE = "input(300, 300, 3) -> conv(C, 5) -> conv(F, 5)"
SIZED = "input(H, H, 1) -> conv(8, 3) -> maxpool(2) -> flatten -> dense(10)"


def found(text: str, *letters: str, target: str, layer: str | None = None) -> sp.Finding:
    return sp.parse(text).find(*letters, target=target, layer=layer)


def test_the_kernel_of_the_second_convolution() -> None:
    finding = sp.parse(TWO).find("k", layer="conv_2", params=51264)
    assert finding.values == (5,)
    assert finding.complete
    text = finding.to_text()
    for line in (
        "parameters = (k_h·k_w·C_in + 1)·C_out",
        "= (k·k·32 + 1)·64\n",
        "= 2,048k² + 64\n",
        "- 2,048k² = 51,200 (subtract 64 from both sides)",
        "- k² = 25 (divide both sides by 2,048)",
        "- k = 5 (take the square root; k is positive)\n",
        "Check: built with k = 5, the layer has 51,264 parameters.",
    ):
        assert line in text
    assert r"k^{2} = 25" in finding.to_markdown()


def test_a_quadratic_equation() -> None:
    text = found("input(50, 100) -> lstm(U)", target="params = 42240").to_text()
    steps = """\
- 4U² + 404U = 42,240
- U² + 101U = 10,560 (divide both sides by 4)
- U² + 101U − 10,560 = 0 (subtract 10,560 from both sides)
- 101² − 4·1·(−10,560) = 52,441 (the discriminant, b² − 4ac; its square root is 229)
- U = (−101 + 229)/2 (the quadratic formula; the other root, (−101 − 229)/2, is negative)
- U = 64

Answer
"""
    assert steps in text
    assert "Check: built with U = 64, the network has 42,240 parameters." in text
    none = found("input(50, 100) -> lstm(U)", target="params = 42244").to_text()
    assert "(the discriminant, b² − 4ac, is not the square of an integer, so no integer fits)" in none
    both = found("input(n) -> dense(100 - n)", target="params = 2550").to_text()
    assert "- n = 50\n- n = (99 − 1)/2 (the quadratic formula)\n- n = 49\n" in both


def test_what_was_tried_and_why_that_is_enough() -> None:
    assert (
        "The number of parameters grows with n, so at most one value fits: n = 9 gives 33,280, n = 10 gives 66,560 "
        "and n = 11 gives 133,120." in found("input(64) -> dense(2^n)", target="params = 66560").to_text()
    )
    pairs = found(THREE, "C", "F", target="params = 2000").to_text()
    assert "with each of them the equation was solved for the other." in pairs
    assert "Check: built with C = 1 and F = 74, the network has 2,000 parameters." in pairs


def test_a_letter_that_does_not_matter_is_named() -> None:
    text = "input(28, 28, 1) -> conv(F, 3, same) -> conv(64, k)"
    finding = found(text, "F", "k", target="params = 640", layer="conv_1")
    assert finding.values == (64,)
    page = finding.to_text()
    assert page.startswith("Which F and k give exactly 640 parameters in conv_1?\n")
    assert "The number of parameters does not depend on k, so any value that the network allows will do." in page
    assert json.loads(finding.to_json())["any"] == ["k"]


@given(
    st.lists(st.integers(-6, 9), min_size=2, max_size=3),
    st.sampled_from(["==", "<=", ">=", "<", ">"]),
    st.integers(1, 12),
    st.integers(-2, 2),
    st.integers(1, 3),
)
def test_every_step_says_the_same(coefficients: list[int], relation: str, at: int, beside: int, below: int) -> None:
    assume(any(coefficients[1:]))
    n = Symbol("n")
    formula = total(Quotient(as_formula(c), Number(below)) * n**i for i, c in enumerate(coefficients))
    amount = value_at(coefficients, at) + beside
    assume(amount % below == 0)
    lines = equations_to(formula, "n", relation, int(amount) // below)
    fitting = {m for m in range(1, 60) if relation_holds(value(lines[0].left, {"n": m}), relation, amount // below)}
    answers = [line for line in lines if line.left == n and not isinstance(line.right, Quotient)]
    for line in lines:
        if line.left != n:
            for m in range(1, 60):
                holds = relation_holds(value(line.left, {"n": m}), line.relation, value(line.right, {}))
                assert holds == (m in fitting) or "n" not in letters_of(line.left)
                assert holds or "n" in letters_of(line.left)
    if relation == "==" and answers:
        assert {value(line.right, {}) for line in answers} >= fitting
    if relation == "==" and not answers:
        assert not fitting or sum(map(bool, coefficients[1:])) == 0


@given(st.integers(1, 5), st.integers(1, 40), st.integers(-40, 40), st.integers(0, 100))
def test_the_roots_of_quadratic_equations(a: int, one: int, other: int, more: int) -> None:
    n = Symbol("n")
    formula = as_formula(a) * n**2 + as_formula(-a * (one + other)) * n + as_formula(a * one * other) + more
    lines = equations_to(formula, "n", "==", more)
    answers = [line.right for line in lines if line.left == n and not isinstance(line.right, Quotient)]
    assert {value(right, {}) for right in answers} == {root for root in (one, other) if root > 0}


def test_the_whole_network() -> None:
    assert found(TWO, target="params = 52,096").values == (5,)
    assert found(TWO, "k", target="weights = 52000").values == (5,)
    assert found("input(C) -> dense(C, bias=no)", target="params = 10^200").values == (10**100,)


def test_none_with_its_neighbors() -> None:
    finding = found(TWO, "k", target="params = 100000")
    assert finding.values == ()
    assert finding.largest is None
    text = finding.to_text()
    assert "No k gives exactly 100,000 parameters. The nearest: k = 6 gives 74,624 and k = 7 gives 101,248." in text
    assert "the left side is a multiple of 2,048, but the right side is not" in text
    assert "k = 24 gives 1,180,544." in found(TWO, "k", target="params = 10^7").to_text()


def test_a_budget() -> None:
    finding = found(TWO, "k", target="params <= 100000")
    assert (finding.smallest, finding.largest, finding.count) == (1, 6, 6)
    text = finding.to_text()
    assert "Every k from 1 to 6 fits; the largest is k = 6." in text
    assert "7     101,248  no" in text
    assert found(TWO, "k", target="params >= 100000").values == tuple(range(7, 25))
    assert found(TWO, "k", target="params < 74624").largest == 5
    assert found(TWO, "k", target="params > 74624").smallest == 7


def test_without_end() -> None:
    finding = found("input(3) -> dense(F)", target="params >= 41")
    assert finding.count is None
    assert "Every F from 11 upward fits." in finding.to_text()
    assert (
        "does not depend on H: it is always 80, so every H from 3 upward fits."
        in found("input(H, 9, 1) -> conv(8, 3)", "H", target="params <= 80").to_text()
    )
    assert "so no value fits" in found("input(H, 9, 1) -> conv(8, 3)", "H", target="params = 81").to_text()


def test_sizes_with_floors_and_conditions() -> None:
    finding = found(SIZED, target="params = 98090")
    assert finding.values == (72, 73)
    assert "H = 72 or 73." in finding.to_text()
    assert found(SIZED, target="params <= 200").smallest == 4
    assert found("where H % 4 == 0, H >= 20 " + SIZED, target="params <= 98090").values == tuple(range(20, 73, 4))
    assert found("where H != 73 " + SIZED, target="params = 98090").values == (72,)


def test_divisors() -> None:
    finding = found("input(9, 9, 64) -> conv(128, 3, g=g)", target="params <= 50000")
    assert finding.values == (2, 4, 8, 16, 32, 64)
    assert "g = 2, 4, 8, 16, 32 or 64 fit" in finding.to_text()


def test_exponents() -> None:
    assert found("input(64) -> dense(2^n)", target="params = 2^100*65").values == (100,)
    assert found("input(64) -> dense(2^n)", target="params <= 10^9").largest == 23


def test_copies() -> None:
    assert found("input(8) -> [dense(8)] * n", target="params <= 1000").largest == 13
    assert found("input(8) -> [dense(8) -> dense(n)] * 2", target="params = 210").values == (5,)


def test_two_letters() -> None:
    total = sp.parse(THREE, C=7, F=9).params
    finding = found(THREE, "C", "F", target=f"params = {total}")
    assert (7, 9) in finding.values
    expected = [(c, f) for c, f in itertools.product(range(1, 60), repeat=2) if 76 * c + (25 * c + 1) * f == total]
    assert list(finding.values) == expected
    assert finding.complete
    fitting = found(THREE, "F", "C", target="params <= 1000").values
    assert (2, 7) in fitting
    assert all(a[0] < b[0] and a[1] > b[1] for a, b in itertools.pairwise(fitting))
    assert all(76 * c + (25 * c + 1) * f <= 1000 < 76 * c + (25 * c + 1) * (f + 1) for f, c in fitting)


def test_huge_targets_are_answered_at_once() -> None:
    started = time.monotonic()
    assert found(SIZED, target="params <= 10^30").largest == 223606797749981
    assert found("input(9, 9, C) -> conv(C, 3) -> conv(2*C, 3)", target="params <= 10^300").largest is not None
    assert not found(THREE, "C", "F", target="params = 10^30").complete
    assert time.monotonic() - started < 10


def test_json() -> None:
    page = json.loads(found(TWO, "k", target="params <= 100000").to_json())
    assert page["solutions"] == [{"first": 1, "last": 6, "step": 1}]
    assert page["formula"] == "2048*k^2 + 896"
    assert page["equations"][2] == {
        "left": "k^2",
        "relation": "<=",
        "right": "48",
        "text": "divide both sides by `2048`; the left side is an integer, so the right side is rounded down",
    }


def test_command() -> None:
    status, out, _ = run("find", "-e", TWO, "--unknown", "k", "--target", "params<=100000", "--layer", "conv_2")
    assert status == 0
    assert out.startswith("# Which $k$ gives at most 100,000 parameters in `conv_2`?\n")
    assert "every" not in run("find", "-e", TWO, "--target", "params=52096", "--format", "text")[1]
    two = run("find", "-e", THREE, "--unknown", "C", "--set", "F=9", "--target", "params=2116", "--format", "text")[1]
    assert "C = 7." in two
    latex = run("find", "-e", TWO, "--target", "params=52096", "--format", "latex", "--standalone")[1]
    assert latex.startswith(r"\documentclass")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--target", "prams=3"], "--target:1:1: there is no quantity `prams`; did you mean `params`?"),
        (["--target", "params"], "--target:1:7: =, <= or >= is expected here"),
        (["--target", "params ~ 3"], "--target:1:8: =, <= or >= is expected here"),
        (["--target", "51264"], "--target:1:1: what is 51264 a number of? write params=51264"),
        (["--target", "<= 3"], "--target:1:1: a target starts with a quantity: params=51264, params<=100000"),
        (["--target", "params ="], "--target:1:8: a number is expected after the sign"),
        (["--target", "params = x"], "--target:1:10: the target must be one number, without letters"),
        (["--target", "params = 1/2"], "--target:1:10: the target must be a whole number"),
        (["--target", "params = 3 +"], "--target params:1:4: "),
        (["--target", "params=3", "--unknown", "kk"], "there is no letter `kk` in the network; did you mean `k`?"),
        (["--target", "params=3", "--unknown", "F"], "there is no letter `F` in the network; its letters are k"),
        (["--target", "params=3", "--layer", "conv_3"], "there is no layer `conv_3`; did you mean `conv_"),
        (["--target", "params=3", "--unknown", "k", "--set", "k=3"], "`k` cannot be both set and unknown"),
        (["--target", "params=3", "--unknown", "k", "--unknown", "k"], "name one unknown or two different ones"),
        (["--target", "params=9^9^9^9"], "--target:1:8: a power here has more than 1,000 digits"),
    ],
)
def test_errors(arguments: list[str], message: str) -> None:
    assert refused("find", "-e", TWO, *arguments).startswith(message)


def test_letters_that_are_open_have_to_be_named() -> None:
    message = refused("find", "-e", THREE, "--unknown", "C", "--target", "params=3")
    assert message == "the number of parameters depends on `F` too; give it a value with --set"
    message = refused("find", "-e", THREE, "--target", "params=3")
    assert message == "say which letter is wanted with --unknown; the network has the letters C, F"
    message = refused("find", "-e", "let k = 3 input(9) -> dense(k)", "--unknown", "k", "--target", "params=3")
    assert message == "`k` has a value already; to search for it, take the value away"
    message = refused("find", "-e", THREE, "--unknown", "C", "--unknown", "F", "--target", "params>=3")
    assert message.startswith("there are infinitely many pairs with parameters >= 3; give one of the letters a value")
    assert refused("find", "-e", "input(3)", "--target", "params=3").endswith("the network has no free letters")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("params=" + "9" * 10**6, "more than 1,000 digits"),
        ("params=" + "9," * 10**5, "is expected|limit|understand|digits|wrong|not"),
        ("params=9^9^9^9", "more than 1,000 digits"),
        ("params=" + "(" * 10**5, "brackets are nested more than 100 deep"),
        ("p" * 10**6 + "=3", "there is no quantity"),
        ("params=\ud800", "not a character"),
    ],
)
def test_hostile_targets(target: str, message: str) -> None:
    started = time.monotonic()
    with pytest.raises(sp.SymparamsError, match=message) as caught:
        found(TWO, "k", target=target)
    assert len(str(caught.value)) < 2000
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        "input(64) -> dense(2^(2^n))",
        "input(64) -> dense(n^900)",
        "input(9, 9, 3) -> [conv(n, 3, same)] * 90",
        "input(n, n, n) -> maxpool(2) -> [conv(n, 3, same) -> maxpool(2)] * 9 -> flatten -> dense(n)",
        "input(64) -> dense(max(n, 7) * min(n, 9))",
        "input(64) -> dense(n % 7 + n // 13 + 1)",
    ],
)
def test_letters_that_explode(text: str) -> None:
    started = time.monotonic()
    finding = found(text, "n", target="params <= 10^40")
    assert finding.count is None or finding.count >= 0
    assert time.monotonic() - started < 20


def test_a_target_in_python() -> None:
    with pytest.raises(sp.SymparamsError, match="find takes one target"):
        sp.parse(TWO).find("k")
    with pytest.raises(sp.SymparamsError, match="more than 1,000 digits"):
        sp.parse(TWO).find("k", params=10**1000000)
    with pytest.raises(sp.SymparamsError, match="whole number"):
        sp.parse(TWO).find("k", params=0.5)  # type: ignore[arg-type]
    assert read_target("params ≤ 100_000").amount == 100000


# ---------------------------------------------------------------- nothing is missed

NETWORKS = st.sampled_from(
    [
        "input(n, n, 2) -> {} -> flatten -> dense(3)",
        "input(30, 30, n) -> {} -> flatten -> dense(3)",
        "input(30, 30, 2) -> conv(n, 3) -> {} -> bn",
        "input(30, 30, 12) -> conv(24, 3, g=n) -> {}",
        "input(30, 30, 12) -> conv(8, n, p=1, s=2) -> {} -> flatten -> dense(2)",
        "input(30, 12) -> dense(24/n) -> dense(n)",
        "input(12) -> dense(max(n, 5)) -> dense(2^n)",
    ]
)


@cache
def counted(text: str) -> dict[int, int]:
    """The parameters of a network for each n that it accepts."""
    counts: dict[int, int] = {}
    for n in range(1, 41):
        with contextlib.suppress(sp.SymparamsError):
            counts[n] = int(sp.parse(text, n=n).params)
    return counts


@given(NETWORKS, convolutions(), st.sampled_from(["==", "<=", ">=", "<", ">"]), st.integers(1, 24), st.integers(-1, 1))
def test_all_that_numbers_say(text: str, layer: str, relation: str, at: int, beside: int) -> None:
    text = text.format(layer)
    counts = counted(text)
    assume(at in counts)
    target = counts[at] + beside
    try:
        finding = found(text, "n", target=f"params {relation} {target}")
    except sp.SymparamsError as error:
        raise AssertionError(f"{text} {relation} {target}") from error
    expected = [n for n, count in counts.items() if relation_holds(count, relation, target)]
    assert [n for n in range(1, 41) if n in finding] == expected
    assert finding.to_text()


@given(st.lists(st.integers(-30, 30), min_size=1, max_size=6), st.lists(st.integers(0, 30), max_size=4))
def test_signs_of_polynomials(p: list[int], roots: list[int]) -> None:
    q: Coefficients = p
    for root in roots:
        q = multiplied(q, [-root, 1])
    runs = signs(q)
    for n in range(60):
        exact = value_at(q, n)
        assert [sign for first, sign in runs if first <= n][-1] == (exact > 0) - (exact < 0)


SETS = st.one_of(
    st.lists(st.integers(0, 40), max_size=8).map(points),
    st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(0, 40))).map(lambda ends: everything(*ends)),
    st.integers(1, 6).flatmap(
        lambda period: st.lists(st.booleans(), min_size=period, max_size=period).map(
            lambda kept: residue_classes(len(kept), {r: ((0, None),) if k else () for r, k in enumerate(kept)})
        )
    ),
)


@given(SETS, SETS)
def test_sets_of_numbers(one: NumberSet, other: NumberSet) -> None:
    both = one & other
    numbers = [n for n in range(120) if n in both]
    assert numbers == [n for n in range(120) if n in one and n in other]
    assert [n for n in both.first(200) if n < 120] == numbers[:200]
    assert both.is_empty == (not numbers)
    listed = [n for s in both.stretches() for n in itertools.takewhile(lambda n: n < 120, s)]
    assert sorted(listed) == numbers
    if numbers:
        assert both.smallest == numbers[0]
        assert both.is_endless == (numbers[-1] > 100)
        assert both.is_endless or (both.largest == numbers[-1] and both.count == len(numbers))
        assert [n for n in range(120) if n in both.without(numbers[0])] == numbers[1:]


def test_other_quantities() -> None:
    text = "input(224, 224, 3) -> conv(F, 3, same) -> conv(F, 3, same)"
    assert found(text, target="macs <= 10^9", layer="conv_2").largest == 47
    finding = run("find", "-e", text, "--target", "memory<=10^6", "--optimizer", "adam", "--format", "text")[1]
    assert "Every F from 1 to 81 fits" in finding
    assert "bytes of parameter memory" in finding
