"""What every style says of a solution: the reason of what was asked for, each symbol once, only what holds."""

import re
from collections.abc import Iterable

import pytest

import symparams as sp
from symparams.documents.rendering import Style
from tests.test_cli import refused, run

WRITTEN_OUT: tuple[Style, ...] = ("steps", "formula", "lesson", "table", "textbook")


def text(
    network: str, style: Style, *, layers: Iterable[str] = (), quantities: Iterable[str] = ("shape", "params")
) -> str:
    return sp.parse(network).solve(style, layers=list(layers), quantities=list(quantities)).to_text()


@pytest.mark.parametrize("style", WRITTEN_OUT)
def test_the_reason_stands_with_what_was_asked_for_and_else_once(style: Style) -> None:
    network = "input(28, 28, 3) -> conv(8, 3) -> conv(8, 3, same) -> dense(4) -> dense(5)"
    reason = "A filter looks at all" if style != "textbook" else "A filter looks at all C_in input channels"
    assert text(network, style).count(reason) == 1
    assert text(network, style).count("A unit has one weight for each of the") == 1
    for layer, said in (("conv_2", reason), ("dense_2", "A unit has one weight for each of the")):
        assert text(network, style, layers=[layer]).count(said) == 1
    both = text(network, style, layers=["dense_1", "dense_2"])
    assert both.count("A unit has one weight for each of the") == (1 if style == "textbook" else 2)


@pytest.mark.parametrize("style", WRITTEN_OUT)
def test_further_quantities_have_their_reason_in_every_style(style: Style) -> None:
    network = "input(28, 28, 3) -> conv(8, 3) -> conv(8, 5) -> flatten -> dense(4)"
    assert (
        len(re.findall(r"Each of the [^.]* output values is the sum of", text(network, style, quantities=["macs"])))
        >= 1
    )


@pytest.mark.parametrize("style", ["steps", "lesson"])
def test_a_layer_that_was_asked_for_has_its_own_steps(style: Style) -> None:
    network = "input(28, 28, 3) -> [conv(3, 3, same)] * 3"
    alone = text(network, style, layers=["conv_3"])
    assert "conv_1" not in alone
    assert "(3·3·3 + 1)·3 = 84 parameters" in alone or "81 + 3 = 84 parameters" in alone
    assert "same settings and input shape as conv_1" in text(network, style)


def test_one_layer_has_its_own_conditions_and_no_total() -> None:
    network = "input(H, W, C) -> conv(8, 3, s=2) -> maxpool(2)"
    alone = text(network, "formula", layers=["conv_1"])
    assert "Total" not in alone
    assert alone.rstrip().endswith("These formulas hold for H ≥ 3 and W ≥ 3.")
    assert "These formulas hold for H ≥ 5 and W ≥ 5." in text(network, "formula")


@pytest.mark.parametrize(
    "network", ["input(H, W, C) -> maxpool(3, stride=2, same)", "input(H, W, C) -> conv(F, k, s=s)"]
)
def test_floors_that_were_not_joined_need_no_law(network: str) -> None:
    for style in WRITTEN_OUT:
        assert "For integers" not in text(network, style)


@pytest.mark.parametrize("style", ["steps", "formula", "lesson"])
def test_floors_that_were_joined_come_with_the_law(style: Style) -> None:
    law = "For integers n and positive integers s, t: ⌊a/s⌋ + n = ⌊(a + ns)/s⌋, and ⌊⌊a/s⌋/t⌋ = ⌊a/(st)⌋."
    assert text("input(H, W, C) -> conv(8, 3, s=2) -> maxpool(2)", style).count(law) == 1
    up = "For integers n and positive integers s, t: ⌈a/s⌉ + n = ⌈(a + ns)/s⌉, and ⌈⌈a/s⌉/t⌉ = ⌈a/(st)⌉."
    assert text("input(H, W, C) -> maxpool(2, same) -> maxpool(2, same)", style).count(up) == 1


def test_a_textbook_has_a_word_for_each_quantity_and_each_symbol_once() -> None:
    book = text("input(T, 1) -> conv(32, 2, causal, dilation=4)", "textbook", quantities=["macs", "memory", "field"])
    assert "MACs(conv_1) = 2·1·32·T = 64T" in book
    assert "parameter memory(conv_1) = 96·4 = 384" in book
    assert "size r_in + (k_eff − 1)·j_in = 1 + (5 − 1)·1 = 5" in book
    table = book[: book.index("Convolution: ")]
    for name in ("k", "k_eff", "r_in", "j_in", "o_in", "s", "p", "C_in", "C_out", "L_out", "b"):
        assert len(re.findall(rf"^{name} +\w", table, re.M)) == 1, name
    assert book.index("The receptive field r is the length") < book.index("size r_in")


def test_a_textbook_states_the_size_rule_of_same_padding() -> None:
    book = text("input(H, W, C) -> conv(64, 3, same) -> maxpool(2, same)", "textbook")
    assert "    H_out = ⌈H_in/s⌉   (1)" in book
    assert "    H(conv_1) = ⌈H/1⌉ = H\n    W(conv_1) = ⌈W/1⌉ = W\n" in book
    assert re.search(r"^s +stride", book, re.M)


def test_equations_of_several_networks_are_numbered_through() -> None:
    book = run("solve", "--style", "textbook", "--format", "text", "examples/lenet5.arch", "examples/mnist-63.arch")[1]
    numbers = [int(n) for n in re.findall(r"   \((\d+)\)$", book, re.M)]
    assert numbers == [*range(1, len(numbers) + 1)]
    assert [int(n) for n in re.findall(r"By \((\d+)\)", book)] == numbers


def test_a_layer_without_symbols_has_no_empty_headings() -> None:
    steps = text("convention torch input(3, 8, 8) -> prelu(1)", "steps")
    assert "Values." not in steps
    assert "Result. 1 parameter: a single weight." in steps


def test_statistics_are_counted_apart() -> None:
    assert "8 weights, 8 biases and 16 statistics (not learned by gradient descent); 16 trainable and 16 non" in text(
        "input(8) -> bn", "steps"
    )


@pytest.mark.parametrize("style", WRITTEN_OUT)
def test_only_what_was_asked_for_is_shown(style: Style) -> None:
    assert "arameters" not in text("input(8) -> dense(4)", style, quantities=["macs"]).replace(
        "Parameters are counted", ""
    )


def test_columns_have_units() -> None:
    table = text("input(8) -> dense(4)", "table", quantities=["activations", "macs"])
    assert "Activation memory (bytes)" in table
    assert "48 bytes" in table


def test_letters_that_latex_cannot_print_are_named() -> None:
    source = 'model "Von Nguyễn und 李雷" input(3) -> dense(2)'
    assert refused("solve", "-e", source, "--format", "latex") == (
        "the format latex has no letter `ễ` (U+1EC5), which occurs in `Nguyễn`; "
        "write it in Latin letters, or choose another format, such as markdown"
    )
    assert "Nguyễn und 李雷" in run("solve", "-e", source)[1]
    assert "Łódź, „Müller“" in run("solve", "-e", 'model "Łódź, „Müller“" input(3) -> dense(2)', "--format", "latex")[1]


def test_cells_break_between_the_terms_of_a_sum_only() -> None:
    markdown = sp.parse("input(H, W, C) -> conv(F, k, same) -> flatten -> dense(9)").solve("table").to_markdown()
    row = next(line for line in markdown.split("\n") if line.startswith("| Total"))
    assert re.search(r"\$\{.*?\}\$ \$\{\+ .*?\}\$", row)
