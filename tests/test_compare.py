"""Two networks side by side: the difference, the ratio, and which is smaller, checked against numbers."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.significant import significant
from tests.helpers import value
from tests.test_cli import refused, run

THREE = "input(H, W, C) -> [conv(C, 3, same)] * 3"
SEVEN = "input(H, W, C) -> conv(C, 7, same)"
APART = "input(H, W, C) -> separable(F, k, same, bias=no)"
FULL = "input(H, W, C) -> conv(F, k, same, bias=no)"


def compared(one: str, other: str, **values: int) -> sp.Comparison:
    return sp.compare(sp.parse(one), sp.parse(other), "params", **values)


def test_three_small_kernels_against_a_large_one() -> None:
    text = compared(THREE, SEVEN, C=64).to_text("steps")
    for line in (
        "P_A = C(9C + 1) + C(9C + 1) + C(9C + 1)",
        "= 27C² + 3C\n",
        "P_B − P_A = 49C² + C − (27C² + 3C)",
        "= 2C(11C − 1)\n",
        "B has 2C(11C − 1) more parameters than A, for all values of the letters. P_B − P_A = 2C(11C − 1), and ",
        "11C − 1 is at least 10, because C ≥ 1.",
        "P_A/P_B = (27C² + 3C)/(49C² + C)",
        "= 3C(9C + 1)/(C(49C + 1))\n",
        "= (27C + 3)/(49C + 1)\n",
        "As C grows, the ratio approaches 27/49 ≈ 0.551.",
        "P_A/P_B = 110,784/200,768 ≈ 0.5518",
        "A has about 55.18% as many parameters as B.",
    ):
        assert line in text
    assert compared(THREE, SEVEN).difference == sympy.sympify("22*C**2 - 2*C", {"C": _letter("C")})


def _letter(name: str) -> sympy.Symbol:
    return sympy.Symbol(name, integer=True, positive=True)


def test_without_biases_the_ratio_is_a_number() -> None:
    found = compared(THREE.replace("same", "same, bias=no"), SEVEN.replace("same", "same, bias=no"))
    assert found.ratio == sympy.Rational(27, 49)
    assert "= 27/49 ≈ 0.551\n" in found.to_text("steps")
    assert "A has about 55.1% as many parameters as B." in found.to_text()
    assert r"\frac{27}{49} \approx 0.551" in found.to_latex("steps")


def test_depthwise_separable_against_full_convolution() -> None:
    assert "    = 1/F + 1/k²" in compared(APART, FULL).to_text("steps").replace("            = 1", "    = 1")
    other = {"C": "M", "F": "N", "k": "D_k"}
    texts = [text.replace("C", other["C"]).replace("F", other["F"]).replace("k,", "D_k,") for text in (APART, FULL)]
    found = compared(*texts)
    assert "1/N + 1/D_k²" in found.to_text()
    assert r"\frac{1}{N} + \frac{1}{D_k^{2}}" in found.to_markdown()
    assert "for M = 1, N = 2 and D_k = 2, A has fewer (6 against 8)" in found.to_text()
    with_values = compared(*texts, M=64, N=128, D_k=3)
    assert "≈ 0.1189" in with_values.to_text("steps")
    assert "A has about 11.89% as many parameters as B." in with_values.to_text("steps")


def test_where_it_depends_on_the_letter_the_ranges_are_said() -> None:
    ranges = "A has fewer for every C from 101 upward; as many as B for C = 100; more for every C from 1 to 99."
    assert ranges in compared("input(C) -> dense(100)", "input(C) -> dense(C)").to_text()


def test_nothing_against_something() -> None:
    assert "B has no parameters, so there is no ratio." in compared("input(3) -> dense(2)", "input(3) -> relu").to_text(
        "steps"
    )
    assert "A has no parameters." in compared("input(3) -> relu", "input(C) -> dense(2)").to_text("steps")
    assert "Both have 8 parameters." in compared("input(3) -> dense(2)", "input(3) -> dense(2)").to_text()
    assert compared("input(3) -> relu", "input(3) -> relu").ratio is None
    assert (
        "A has 2 times as many parameters as B."
        in compared("input(3) -> [dense(3)] * 2", "input(3) -> dense(3)").to_text()
    )


def test_letters_of_only_one_network_can_be_set() -> None:
    found = compared("input(9) -> dense(F)", "input(9, G) -> dense(3)", F=4, G=2)
    assert "40/9" in found.to_text("steps")
    message = refused("compare", "-e", THREE, "-e", SEVEN, "--set", "D=3")
    assert message.startswith("there is no symbol `D` to set in the networks")


def test_a_letter_with_a_value_in_one_network_is_named() -> None:
    text = compared("let k = 3 input(9, 9, C) -> conv(C, k)", "input(9, 9, C) -> conv(C, k)").to_text()
    assert "In A, k = 3." in text


def test_conventions_and_conditions_are_named() -> None:
    text = compared("convention torch input(3, 9, 9) -> conv(4, 3)", "input(H, W, 3) -> conv(4, 3)").to_text()
    assert "A is counted as in PyTorch, B as in Keras." in text
    assert "Of these formulas, those of B hold for H ≥ 3 and W ≥ 3." in text


def test_values_that_letters_need_are_put_in_at_once() -> None:
    found = sp.compare(sp.parse("input(8) -> [dense(8)] * n", n=3), sp.parse("input(8) -> dense(8)"))
    assert found.ratio == 3
    done = run("compare", "-e", "input(8) -> [dense(8)] * n", "-e", "input(8) -> dense(8)", "--set", "n=3")
    assert "**216 against 72 parameters for $n = 3$, 3 to 1.**\n" in done[1]
    assert "A has fewer, except" not in done[1]
    assert "B has fewer, except for $n = 1$, where both have the same number. $P_A - P_B = 72 (n - 1)$" in done[1]


def test_command(tmp_path: Path) -> None:
    one, other = tmp_path / "small.arch", tmp_path / "large.arch"
    one.write_text('model "a" ' + THREE)
    other.write_text(SEVEN)
    status, out, _ = run("compare", one, other)
    assert status == 0
    assert "\n**$27 C^{2} + 3 C$ against $49 C^{2} + C$ parameters: A always has fewer.**\n" in out
    assert run("compare", one, other, "--style", "steps")[1].startswith("# a against large: parameters\n")
    assert run("compare", "-e", THREE, "-e", SEVEN, "--quantity", "biases", "--format", "text")[1].count("biases") > 2
    assert run("compare", one, other, "--format", "latex", "--standalone")[1].startswith(r"\documentclass")
    found = json.loads(run("compare", one, other, "--format", "json", "--set", "C=64")[1])
    assert found["difference"]["value"] == "22*C^2 - 2*C"
    assert found["ratio"]["steps"][-1] == "(27*C + 3)/(49*C + 1)"
    assert found["networks"][0]["value"] == 110784
    assert found["fewer"] == "A"
    assert found["answer"] == run("compare", one, other, "--set", "C=64")[1]


def test_errors() -> None:
    assert refused("compare", "-e", THREE).startswith("give two networks, as files or with -e; this is 1")
    assert "is not one of" in refused("compare", "-e", THREE, "-e", SEVEN, "--quantity", "size")
    assert refused("compare", "-e", THREE, "-e", "input(3) -> denze(3)").startswith(
        "<command line>:1:13: unknown layer"
    )
    with pytest.raises(sp.SymparamsError, match="there is no quantity `parms`; did you mean `params`"):
        sp.compare(sp.parse(THREE), sp.parse(SEVEN), quantity="parms")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(27, 49), "0.551"),
        (Fraction(1, 4), "0.25"),
        (Fraction(4433, 7385), "0.6003"),
        (Fraction(99996, 100000), "1"),
        (Fraction(123456), "123,500"),
        (Fraction(1, 10**31) * 25 / 10, "2.5·10^(−31)"),
        (Fraction(10) ** 30, "10^30"),
        (Fraction(2, 3), "0.6667"),
    ],
)
def test_four_figures(number: Fraction, text: str) -> None:
    rounded, exact = significant(number)
    assert shown(rounded, PLAIN).replace("³⁰", "^30") == text
    assert exact == (value(rounded, {}) == number if number >= Fraction(1, 10**20) else True)


LAYERS = st.sampled_from(
    ["conv(F, 3, same)", "conv(C, k, same)", "separable(F, 3, same)", "bn", "conv(2*F, 1, bias=no)"]
)


@settings(max_examples=60)
@given(st.lists(LAYERS, min_size=1, max_size=3), st.lists(LAYERS, min_size=1, max_size=3), st.data())
def test_every_line_equals_the_numbers(one: list[str], other: list[str], data: st.DataObject) -> None:
    texts = [" -> ".join(["input(9, 9, C)", *layers]) for layers in (one, other)]
    letters = {x: data.draw(st.integers(1, 9)) for x in "CFk"}
    first, second = (sp.parse(text) for text in texts)
    totals = [n.subs({x: v for x, v in letters.items() if x in n.symbols}).params for n in (first, second)]
    found = json.loads(sp.compare(first, second).to_json())
    assert [value(n["total"], letters) for n in found["networks"]] == totals
    for line in found["difference"]["steps"]:
        assert value(line, letters) == totals[1] - totals[0]
    for line in found["ratio"]["steps"]:
        assert value(line, letters) == Fraction(totals[0]) / totals[1]
    if found["fewer"] is not None:
        sign = (totals[0] > totals[1]) - (totals[0] < totals[1])
        assert {"A": -1, "neither": 0, "B": 1}[found["fewer"]] == sign


def test_other_quantities() -> None:
    text = sp.compare(sp.parse(APART), sp.parse(FULL), "macs").to_text("steps")
    assert "N_A/N_B = HWC(k² + F)/(k²HWCF)" in text
    assert "= 1/F + 1/k²\n" in text


# ---------------------------------------------------------------- which has fewer


def verdict(one: str, other: str) -> str:
    line = next(line for line in compared(one, other).to_text().splitlines() if " against " in line)
    return line.split(": ", 1)[1]


DEPENDS = (
    "which has fewer depends on the letters: for C = 2 and F = 1, A has fewer (3 against 4); "
    "for C = 1 and F = 2, B has fewer (4 against 3)."
)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (
            "input(T, D) -> lstm(U)",
            "input(T, D) -> gru(U)",
            "B has fewer, except for D = 1 and U = 1, where both have the same number.",
        ),
        (
            "where D >= 2 input(T, D) -> lstm(U)",
            "input(T, D) -> gru(U)",
            "B always has fewer.",
        ),
        (
            "input(C) -> dense(F) -> dense(C*F)",
            "input(C) -> dense(C*F) -> dense(F)",
            "A has fewer, except for C = 1, where both have the same number.",
        ),
        ("input(9, 9, C) -> conv(F, 3)", "input(9, 9, C) -> conv(F, 5)", "A always has fewer."),
        (
            "input(9, 9, C) -> conv(F, 3, bias=no)",
            "input(9, 9, C) -> separable(F, 3, bias=no)",
            "A has fewer for F = 1; more for every F from 2 upward.",
        ),
        (
            "input(C) -> dense(F)",
            "input(F) -> dense(C)",
            DEPENDS,
        ),
        (
            "range C in 1, 3 input(C) -> dense(F)",
            "input(C) -> dense(F) -> dense(C) -> dense(F)",
            "A always has fewer.",
        ),
    ],
)
def test_which_has_fewer(one: str, other: str, said: str) -> None:
    assert verdict(one, other) == said


SMALL = st.sampled_from(
    [
        "input(C) -> dense(F)", "input(F) -> dense(C)", "input(C) -> dense(C)", "input(C) -> dense(2*F, bias=no)",
        "input(C) -> dense(3) -> dense(F)", "input(C*F) -> dense(2)", "input(3, C) -> rnn(F)", "input(3, C) -> gru(F)",
        "input(9, 9, C) -> conv(F, k)", "input(9, 9, C) -> separable(F, k)", "input(9, 9, F) -> conv(C, k, bias=no)",
        "where F >= 3 input(C) -> dense(F)", "range C in 2, 5 input(C) -> dense(F)", "input(C) -> dense(5) -> bn",
        "input(9, 9, C) -> conv(F, k, s=2) -> flatten -> dense(2)", "input(C) -> dense(C*C) -> dense(7)",
    ]
)  # fmt: skip


@cache
def total_at(text: str, values: tuple[tuple[str, int], ...]) -> int | None:
    """The parameters with these values; None where the network cannot be built."""
    try:
        return int(sp.parse(text).subs(dict(values)).params)
    except sp.SymparamsError:
        return None


def signs_at_small_values(one: str, other: str) -> set[int]:
    """The signs of the difference that small values of the letters give, wherever both networks can be built."""
    nets = [(text, sp.parse(text).symbols) for text in (one, other)]
    letters = sorted({x for _, symbols in nets for x in symbols})
    found = set()
    for values in itertools.product(range(1, 6), repeat=len(letters)):
        point = dict(zip(letters, values, strict=True))
        first, second = (total_at(text, tuple((x, point[x]) for x in sorted(symbols))) for text, symbols in nets)
        if first is not None and second is not None:
            found.add((first > second) - (first < second))
    return found


@settings(max_examples=60, deadline=None)
@given(SMALL, SMALL)
def test_the_verdict_is_what_small_values_say(one: str, other: str) -> None:
    known = sp.compare(sp.parse(one), sp.parse(other))._contents.verdict
    found = signs_at_small_values(one, other)
    if known.certain is not None:
        assert found <= {known.certain}
    elif known.sign is not None:
        assert found <= {known.sign, 0}
        assert 0 in found or not known.ties
    elif known.order is not None:
        order = known.order
        for sign, numbers in ((-1, order.fewer), (0, order.equal), (1, order.more)):
            assert (sign in found) == any(n in numbers for n in range(1, 6))
    else:
        signs = set()
        for example in known.examples:
            first, second = map(int, example.totals)  # type: ignore[arg-type]
            signs.add((first > second) - (first < second))
            point = {symbol.name: n for symbol, n in example.values}
            for text, total in ((one, first), (other, second)):
                net = sp.parse(text)
                rest = {x: point.get(x, 3) for x in net.symbols}
                assert int(net.subs(rest).params) == total
        assert found - {0} <= signs
