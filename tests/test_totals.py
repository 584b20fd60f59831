"""Totals that can be followed: a term for each layer, equal layers together, subtotals, percentages."""

import json
import re

import pytest

import symparams as sp
from symparams.documents.solution import Solution
from tests.conftest import EXAMPLES
from tests.test_cli import refused, run

EQUAL = "input(8) -> [dense(8)]*13"


def shown(text: str, *more: str) -> str:
    return run("solve", "-e", text, "--total", "--format", "text", *more)[1]


def test_equal_layers_are_one_term_and_the_sum_has_its_result() -> None:
    out = shown(EQUAL, "--quantity", "params", "--quantity", "macs")
    assert "    parameters = 13·72\n                 13 × dense\n               = 936\n" in out
    assert "    MACs = 13·64\n           13 × dense\n         = 832\n" in out


def test_each_layer_is_named_under_its_term_with_its_share() -> None:
    out = shown("input(28, 28, 1) -> conv(32, 3) -> conv(63, 3) -> gap -> dense(10)")
    assert (
        "    parameters = 320    + 18,207 + 640\n"
        "                 conv_1   conv_2   dense_1\n"
        "                 1.7%     95.0%    3.3%\n"
        "               = 19,167\n"
    ) in out
    markdown = sp.parse("input(9) -> dense(3) -> dense(2)").solve(total=True).to_markdown()
    assert r"\underbrace{30}_{\substack{\texttt{dense\_1} \\ \texttt{78.9\%}}} + " in markdown
    assert "\n&= 38\n" in markdown


def test_a_single_layer_needs_no_sum() -> None:
    assert shown("input(9) -> dense(3)") == "30 parameters.\n\ndense_1 has (9 + 1)·3 = 30.\n"


def test_nothing_to_count_is_said() -> None:
    assert "The network has no parameters." in shown("input(9, 9, 3) -> maxpool(2)")
    assert "The network has no multiply-accumulates." in shown("input(9, 9, 3) -> maxpool(2)", "--quantity", "macs")


@pytest.mark.parametrize("name", ["resnet50", "mobilenet-v2", "densenet", "efficientnet-b0", "inception-v3"])
def test_a_deep_network_fits_on_a_page_and_its_parts_add_up(name: str) -> None:
    out = run("solve", str(EXAMPLES / f"{name}.arch"), "--total", "--format", "text")[1]
    assert len(out.splitlines()) < 90
    network = sp.load(EXAMPLES / f"{name}.arch")
    for quantity in ("params", "macs"):
        total = Solution(network._network).total_of(quantity)
        assert sum(part.value for part in total.parts) == total.value == network.quantity(quantity)
        assert len(total.parts) < len(network) / 2
        assert all(f" {part.value:,} " in out for part in total.parts) or quantity == "macs"


@pytest.mark.parametrize("by", ["kind", "macro"])
def test_subtotals_add_up_to_the_total(by: str) -> None:
    network = sp.load(EXAMPLES / "resnet50.arch")
    assert sum(network.subtotals(by).values()) == network.params == 25_636_712
    out = run("solve", str(EXAMPLES / "resnet50.arch"), "--total", "--by", by, "--format", "text")[1]
    row = {"kind": r"Convolution +53 +23,481,472 +91.6", "macro": r"stage\(512, 3\) +20 +14,998,528 +58.5"}[by]
    assert re.search(row, out)
    found = json.loads(run("solve", str(EXAMPLES / "resnet50.arch"), "--by", by, "--format", "json")[1])
    assert found["subtotals"] == {"params": network.subtotals(by)}


def test_uses_of_a_macro_are_counted_also_in_copies_that_are_laid_out_at_once() -> None:
    out = shown(
        "def b(d) = dense(d)->relu->dense(8)\ninput(8) -> b(4) -> [b(4) -> b(5)] * 5 -> dense(2)", "--by", "macro"
    )
    assert re.search(r"6 × b\(4\) +12 +456 ", out)
    assert re.search(r"5 × b\(5\) +10 +465 ", out)
    assert re.search(r"outside of macros +1 +18 ", out)


def test_a_group_at_the_start_of_a_macro_belongs_to_one_use() -> None:
    out = shown("def b(d) = [dense(d)] * 6\ninput(8) -> [b(8)] * 4", "--by", "macro")
    assert re.search(r"4 × b\(8\) +24 +1,728", out)


def test_letters_have_sums_and_no_percentages() -> None:
    text = "def block(d) = dense(4*d) -> dense(d)\ninput(d) -> [block(d)] * N -> dense(3)"
    out = shown(text, "--by", "macro")
    assert (
        "    parameters = N·4d(d + 1) + N·d(4d + 1) + (3d + 3)\n"
        "                 dense_1       dense_2       dense_3\n"
        "               = Nd(8d + 5) + 3d + 3\n"
    ) in out
    assert re.search(r"block\(d\) +2N +Nd\(8d \+ 5\)\n", out)
    assert "%" not in out


def test_total_and_by_go_with_the_whole_network() -> None:
    for option in (["--total"], ["--by", "kind"]):
        message = refused("solve", "-e", EQUAL, "--layer", "dense_1", *option)
        assert message.startswith("--total and --by are about the whole network; leave out --layer\n")
    with pytest.raises(sp.SymparamsError, match=r"^total and by are about the whole network; leave out layers$"):
        sp.parse(EQUAL).solve(layers=["dense_1"], total=True)
    with pytest.raises(sp.SymparamsError, match=r"^layers are added up by kind or macro, not by `size`$"):
        sp.parse(EQUAL).subtotals("size")
    with pytest.raises(
        sp.SymparamsError, match=r"^no layer that counts here is in a macro \(`def`\); add up by kind instead$"
    ):
        sp.parse(EQUAL).subtotals("macro")


def test_what_does_not_add_up_has_no_total() -> None:
    assert refused("solve", "-e", EQUAL, "--total", "--quantity", "field").startswith("field does not add up over the ")
    assert shown(EQUAL, "--quantity", "all").count("13 × dense") > 4


@pytest.mark.parametrize("format_", ["text", "markdown", "latex"])
def test_a_long_sum_is_broken_before_a_plus(format_: str) -> None:
    names = " -> ".join(f"dense({n}0000) as layer_with_a_name_{n}" for n in range(1, 6))
    out = run("solve", "-e", f"input(8) -> {names}", "--total", "--format", format_)[1]
    start = "\n                 + " if format_ == "text" else "\n&\\quad {}+ \\under"
    assert 1 <= out.count(start) <= 2
