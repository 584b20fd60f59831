"""Plots: every number against a second witness, nothing on anything else, what is refused."""

from __future__ import annotations

import pickle
import random
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

import symparams as sp
from symparams.figures.scene import Scene, Words
from symparams.figures.svg import svg
from symparams.figures.widths import width
from symparams.plots.axes import between, exact, share, short, ticks
from symparams.plots.plot import plot_against, plot_of_rows
from symparams.plots.points import curve_of
from symparams.plots.rows import BY, USUAL, Rows, rows_of
from symparams.plots.stages import stages
from symparams.quantities.totals import amount
from tests.conftest import EXAMPLES
from tests.figures.test_random import network_text
from tests.helpers import example, few_or_many, net
from tests.test_cli import run

UNKNOWN = "bars are drawn of numbers, and H is not known"
NAMES = ("vgg16", "resnet50", "densenet", "unet", "gpt2", "efficientnet-b0", "char-rnn", "squeezenet")
LETTERED = "input(H, H, 1) -> conv(32, 3) -> maxpool(2) -> flatten -> dense(10)"


def known(name: str) -> sp.Net:
    """An example with numbers for all its letters."""
    one = example(name)
    return one.subs(dict.fromkeys(one.symbols, 64)) if one.symbols else one


def rows(network: sp.Net, by: str) -> Rows:
    return rows_of(network._network, by, [amount(name) for name in USUAL])


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("name", NAMES)
def test_rows_add_up(name: str, by: str) -> None:
    network = known(name)
    found = rows(network, by)
    layers = [layer for row in found.rows for layer in row.layers]
    assert len(layers) == len(set(layers))
    assert 0 < len(found.rows) <= 48
    for column, quantity in enumerate(USUAL):
        assert found.totals[column] == network.quantity(quantity) == sum(row.values[column] for row in found.rows)
        for row in found.rows:
            assert row.values[column] == sum(_all(network.layers[layer], quantity) for layer in row.layers)


def _all(layer: object, quantity: str) -> int:
    value = layer.params if quantity == "params" else layer.quantity(quantity)  # type: ignore[attr-defined]
    return int(value)


@few_or_many("seeds", range(20), range(500))
@pytest.mark.parametrize("by", BY)
def test_rows_of_random_networks_add_up(seeds: range, by: str) -> None:
    for seed in seeds:
        network = sp.parse(network_text(seed).replace("* n", "* 3"))
        found = rows(network, by)
        for column, quantity in enumerate(USUAL):
            assert sum(row.values[column] for row in found.rows) == network.quantity(quantity)
        assert _covering(plot_of_rows([network._network], by)) == []


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_stands_on_anything_else(name: str, by: str) -> None:
    one, other = known(name)._network, known("vgg16")._network
    for several in ([one], [one, other]):
        assert _covering(plot_of_rows(several, by)) == []
    assert _covering(plot_of_rows([one], by, ["macs"])) == []
    assert _covering(plot_of_rows([one], by, ["params", "macs", "flops", "memory"])) == []


def _covering(scene: Scene) -> list[tuple[object, object]]:
    """Texts that lie on each other, on a bar or beyond the edges."""
    boxes = [(words, *_box(words)) for words in scene.words]
    bars = [(bar, bar.x, bar.y, bar.x + bar.width, bar.y + bar.height) for bar in scene.patches if bar.width > 5]
    found: list[tuple[object, object]] = []
    for number, (one, left, top, right, bottom) in enumerate(boxes):
        if left < 0 or top < 0 or right > scene.width + 0.01 or bottom > scene.height:
            found.append((one, "edge"))
        for other, a, b, c, d in [*boxes[number + 1 :], *bars]:
            if left < c and a < right and top < d and b < bottom:
                found.append((one, other))
    return found


def _box(words: Words) -> tuple[float, float, float, float]:
    wide = width(words.text, words.size, bold=words.bold)
    left = words.x - {"start": 0.0, "middle": wide / 2, "end": wide}[words.anchor]
    return left, words.y - 0.75 * words.size, left + wide, words.y + 0.1 * words.size


def test_the_checks_find_what_is_wrong() -> None:
    scene = plot_of_rows([example("lenet5")._network])
    scene.words.append(Words(scene.words[3].x, scene.words[3].y, "123,456", 10.0))
    assert _covering(scene) != []


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("name", NAMES)
def test_bars_are_as_long_as_numbers_are_large(name: str, by: str) -> None:
    scene = plot_of_rows([known(name)._network], by)
    for column in {round(bar.x) for bar in scene.patches}:
        bars = [bar for bar in scene.patches if round(bar.x) == column]
        pairs = [(bar.width, int(bar.told.rpartition(": ")[2].split()[0].replace(",", ""))) for bar in bars]
        longest, most = max(pairs)
        assert most == max(value for _, value in pairs)
        assert longest >= 80 or len(scene.patches) < 4
        assert all(abs(length - max(0.8, longest * value / most)) < 0.01 for length, value in pairs)


def test_every_number_of_the_picture_is_one_of_the_network() -> None:
    network = example("vgg16")
    said = {exact(value) for one in (*network.layers, network) for value in _values(one)}
    root = ElementTree.fromstring(network.plot().to_svg())
    texts = [text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {text for text in texts if text[0].isdigit()} == said


def _values(one: object) -> Iterator[int]:
    yield one.params  # type: ignore[attr-defined]
    yield from (one.quantity(name) for name in USUAL[1:])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("vgg16", ["224 × 224", "112 × 112", "56 × 56", "28 × 28", "14 × 14", "7 × 7", "vectors"]),
        ("resnet50", ["224 × 224", "112 × 112", "56 × 56", "28 × 28", "14 × 14", "7 × 7", "vectors"]),
        ("efficientnet-b0", ["224 × 224", "112 × 112", "56 × 56", "28 × 28", "14 × 14", "7 × 7", "vectors"]),
        ("conv-autoencoder", ["28 × 28", "14 × 14", "7 × 7", "4 × 4", "8 × 8", "16 × 16 … 14 × 14", "28 × 28"]),
    ],
)
def test_stages(name: str, expected: list[str]) -> None:
    network = example(name)._network
    found = stages(network)
    assert [label for label, _ in found] == expected
    assert sorted(layer for _, layers in found for layer in layers) == list(range(len(network.nodes)))


def test_a_network_of_one_block_is_plotted_by_its_blocks() -> None:
    labels = [row.label for row in rows(example("gpt2"), "stage").rows]
    assert labels == ["input_1 … add_1", "ln_1 … add_25 × 12", "ln_25 … tied_1"]


def test_a_long_network_is_folded_to_a_page() -> None:
    draw = random.Random(1)
    text = " -> ".join(f"conv({draw.randint(2, 9)}, 3, same)" for _ in range(700))
    network = net(f"input(8, 8, 4) -> {text}")
    for by in BY:
        scene = plot_of_rows([network], by)
        assert scene.height < 1000
        assert f">{network.counts.params:,}<" in svg(scene)


# ---------------------------------------------------------------- against a letter


@pytest.mark.parametrize(
    ("text", "letter", "over"),
    [
        (LETTERED, "H", range(1, 40)),
        ("input(28, 28, C) -> conv(F, 3) -> flatten -> dense(10)".replace("F", "6"), "C", range(1, 2000)),
        (f"range H in 20..60 step 4 {LETTERED}", "H", None),
        ("where n <= 12 input(8) -> [dense(8)] * n", "n", None),
    ],
)
def test_curves_are_what_networks_with_values_have(text: str, letter: str, over: range | None) -> None:
    network = sp.parse(text)
    for quantity in ("params", "macs"):
        curve = curve_of(network._network, letter, amount(quantity), over)
        assert 2 <= len(curve.points) <= 160
        for n, value in curve.points[:: max(1, len(curve.points) // 8)]:
            assert network.subs({letter: n}).quantity(quantity) == value
        assert _covering(plot_against([network._network], letter, over, [quantity])) == []


def test_values_that_do_not_fit_have_no_point() -> None:
    curve = curve_of(sp.parse(LETTERED)._network, "H", amount("params"), range(1, 9))
    assert [n for n, _ in curve.points] == [4, 5, 6, 7, 8]
    assert curve.is_every


def test_several_networks_have_a_curve_each() -> None:
    texts = [f'model "net {i}" {LETTERED.replace("32", str(8 * i))}' for i in range(1, 5)]
    scene = plot_against([net(text) for text in texts], "H", range(4, 60), ["params", "macs"])
    assert len({stroke.dashes for stroke in scene.strokes if stroke.told}) == 4
    assert [words.text for words in scene.words].count("net 3") == 2
    assert _covering(scene) == []


@pytest.mark.parametrize("most", [0, 1, 2, 3, 9, 10, 11, 99, 123_456, 10**9, 10**30, 3 * 10**400])
def test_axes(most: int) -> None:
    found = ticks(most)
    assert found[0] == 0
    assert found[-1] >= most
    assert len({b - a for a, b in pairwise(found)}) == 1
    assert 2 <= len(found) <= 7
    assert len({short(tick, found) for tick in found}) == len(found)
    assert share(most, most) == (1.0 if most else 0.0)
    assert all(3 <= n <= 3 + most for n in between(3, 3 + most))


# ---------------------------------------------------------------- the command, and Python


def test_the_command_and_python_write_the_same(tmp_path: Path) -> None:
    source = EXAMPLES / "lenet5.arch"
    status, printed, _ = run("plot", source, "--by", "kind", "--quantity", "memory", "--dtype", "int8")
    assert status == 0
    plot = example("lenet5").plot(by="kind", quantities=("memory",), dtype="int8")
    assert printed == plot.to_svg() == plot._repr_svg_()
    assert pickle.loads(pickle.dumps(plot)) == plot
    assert repr(plot) == "<Plot by kind: 'LeNet-5'>"
    for suffix in ("svg", "tex"):
        assert run("plot", source, "--by", "kind", "-o", tmp_path / f"a.{suffix}")[0] == 0
        example("lenet5").plot(by="kind").write(tmp_path / f"b.{suffix}")
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()
    against = sp.parse(LETTERED).plot(against="H", over=(4, 9))
    assert run("plot", "-e", LETTERED, "--against", "H", "--over", "4..9")[1] == against.to_svg()
    assert repr(against) == "<Plot against H: ''>"
    both = run("plot", source, EXAMPLES / "vgg16.arch")[1]
    assert both == example("lenet5").plot(example("vgg16")).to_svg()
    assert repr(example("lenet5").plot(example("vgg16"))) == "<Plot of quantities: 'LeNet-5', 'VGG-16'>"


def test_a_network_without_a_title_has_the_name_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine.arch").write_text("input(8) -> dense(4)")
    assert ">mine: parameters, MACs and activation memory by layer<" in run("plot", tmp_path / "mine.arch")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], f"{UNKNOWN}; give a value with --set H=…, or draw a curve with --against H"),
        (["--set", "H=8", "--batch", "B"], "bars are drawn of numbers; give --batch a number"),
        (["--against", "H"], "there is no end to the values of H; say how far, as in --over 1..256"),
        (["--against", "W"], "the network has no letter `W`; its letters are H"),
        (["--set", "H=8", "--against", "H"], "the network has no letter `H`; it has no letters"),
        (["--against", "H", "--over", "1..3"], "no value of H from 1 to 3 fits the network"),
        (["--against", "H", "--by", "kind"], "--by goes with bars, and --against draws curves; give one of them"),
        (["--over", "1..3"], "--over goes with --against"),
        (["--against", "H", "--over", "3..1"], "--over takes two whole numbers from 1 on, as in 1..256, not 3..1"),
        (["--against", "H", "--over", "0..1"], "--over takes two whole numbers from 1 on, as in 1..256, not 0..1"),
        (
            ["--against", "H", "--over", "4..9", "--batch", "B", "--quantity", "macs"],
            "the multiply-accumulates depend on B, too; give it a value with --set B=…",
        ),
        (["-o", "net.jpg"], "net.jpg: a plot is a file that ends with .svg, .tex, .pdf or .png"),
        (["--scale", "2"], "--scale goes with a file that ends with .png"),
    ],
)
def test_refusals(arguments: list[str], message: str) -> None:
    status, printed, error = run("plot", "-e", LETTERED, *arguments)
    assert (status, printed) == (2, "")
    assert error.splitlines()[0] == message


def test_more_than_a_page_has() -> None:
    five = [word for name in ("params", "macs", "flops", "memory", "neurons") for word in ("--quantity", name)]
    source = EXAMPLES / "lenet5.arch"
    assert run("plot", source, *five)[2].startswith("at most 4 quantities stand beside each other, not 5")
    assert run("plot", *[source] * 13, "--by", "kind")[2].startswith(
        "at most 12 networks stand below each other, not 13"
    )
    against = ["--against", "H", "--set", "W=28", "--over", "28..40"]
    assert run("plot", *[EXAMPLES / "lenet5-letters.arch"] * 7, *against)[2].startswith(
        "at most 6 networks are told apart as curves, not 7"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"against": "H", "by": "kind"}, "by is about bars, and against draws curves; give one of them"),
        ({"over": (1, 2)}, "over goes with against"),
        ({"against": "H", "over": (2, 1)}, "over takes two whole numbers from 1 on, as in (1, 256), not (2, 1)"),
        ({"by": "layers"}, "a network is plotted by layer, stage, kind or network, not layers; did you mean `layer`?"),
    ],
)
def test_refusals_in_python(given: dict[str, object], message: str) -> None:
    with pytest.raises(sp.SymparamsError) as refused:
        sp.parse(LETTERED).plot(**given).to_svg()  # type: ignore[arg-type]
    assert str(refused.value) == message


@pytest.mark.program
@pytest.mark.parametrize("which", ["bars", "curves"])
def test_latex_sets_it(which: str, tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("there is no pdflatex")
    one = sp.parse(f'model "50 % & #1" {LETTERED}')
    plot = one.plot(one, against="H", over=(4, 20)) if which == "curves" else one.subs(H=9).plot()
    plot.write(tmp_path / "net.tex")
    (tmp_path / "whole.tex").write_text(
        r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{lmodern}\usepackage{tikz}"
        r"\usepackage[paperwidth=60in,paperheight=60in]{geometry}\usetikzlibrary{arrows.meta}"
        r"\begin{document}\noindent\input{net.tex}\end{document}"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "whole.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Warning" not in done.stdout
