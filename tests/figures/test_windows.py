"""Where windows stand: against convolution and pooling done position by position, and what the picture says."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

import symparams as sp
from symparams.figures.scene import Scene
from symparams.figures.svg import svg
from symparams.figures.window_view import window_figure
from symparams.figures.windows import Along, windows_of
from symparams.model.network import Node
from tests.conftest import EXAMPLES
from tests.helpers import few_or_many, net
from tests.plots.test_plot import _covering
from tests.test_cli import run

WINDOW, NEVER = "The window of", "Never reached:"


def last(text: str) -> Node:
    return net(text).nodes[-1]


def layers(seed: int) -> Iterator[str]:
    """Windows of every kind that fit."""
    draw = random.Random(seed)
    n, m, k, s, d, p = (draw.randint(a, b) for a, b in ((3, 12), (3, 12), (1, 4), (1, 4), (1, 3), (0, 2)))
    yield f"input({n}, {m}, 2) -> conv(3, {k}, s={s})"
    yield f"input({n}, {m}, 2) -> conv(3, {k}, s={s}, same)"
    yield f"input({n}, {m}, 2) -> conv(3, {k}x{draw.randint(1, 4)}, d={d}, same)"
    yield f"convention torch input(2, {n}, {m}) -> conv(3, {k}, s={s}, p={p}, d={d})"
    yield f"convention torch input(2, {n}, {m}) -> maxpool({k}, s={s}, ceil)"
    yield f"convention torch input(2, {n}, {m}) -> maxpool({k}, s={s}, p={min(p, k // 2)}, ceil)"
    yield f"input({n}, {m}, 2) -> avgpool({k}, s={s}, same)"
    yield f"input({n}, 2) -> conv(3, {k}, causal, d={d})"
    yield f"input({n}, {m}, 2) -> depthwise({k}, s={s})"
    yield f"input({n % 4 + 1}, {m % 4 + 1}, 2) -> tconv(3, {k}, s={s})"
    yield f"input({n % 4 + 1}, {m % 4 + 1}, 2) -> tconv(3, {k}, s={s}, same)"
    yield f"convention torch input(2, {n % 4 + 1}, {m % 4 + 1}) -> tconv(3, {k}, s={s}, p={min(p, k - 1)})"


def drawn(seed: int) -> Iterator[tuple[str, Node]]:
    for text in layers(seed):
        try:
            node = last(text)
        except sp.SymparamsError:
            continue
        if windows_of(node) is not None:
            yield text, node


@few_or_many("seeds", range(150), range(5000))
def test_windows_stand_where_the_sizes_say(seeds: range) -> None:
    seen = 0
    for seed in seeds:
        for text, node in drawn(seed):
            found = windows_of(node)
            assert found is not None
            seen += 1
            x = node.derived.arriving[0]
            sizes = (x.spatial, node.derived.leaving.spatial)
            assert (found.sizes, found.counts) == (sizes[::-1] if found.is_transposed else sizes), text
            for axis in found.axes:
                _holds(axis, text, found.is_transposed)
    assert seen > 300


def _holds(axis: Along, text: str, is_transposed: bool) -> None:
    """Windows begin at the edge, follow each other, and no further one would fit."""
    end = axis.size + axis.after
    assert axis.starts[0] == -axis.before, text
    steps = {b - a for a, b in zip(axis.starts, axis.starts[1:], strict=False)}
    assert len(steps) <= 1, text
    reached = {start + weight for start in axis.starts for weight in range(axis.span) if weight in axis.weights}
    assert set(axis.missed) == set(range(axis.size)) - reached, text
    if is_transposed:
        return
    step = int(text.partition("s=")[2].partition(",")[0].rstrip(")") or 1) if "s=" in text else 1
    if "ceil" in text:
        assert axis.starts[-1] < axis.size, text
        assert axis.starts[-1] + step >= axis.size or axis.starts[-1] + axis.span >= end, text
    else:
        assert axis.starts[-1] + axis.span <= end < axis.starts[-1] + step + axis.span, text


@few_or_many("seeds", range(60), range(2000))
def test_nothing_stands_on_anything_else(seeds: range) -> None:
    for seed in seeds:
        for text, node in drawn(seed):
            assert _stray(window_figure(node)) == [], text


def _stray(scene: Scene) -> list[object]:
    """What lies beyond the edges, and texts on texts."""
    found: list[object] = []
    for patch in scene.patches:
        if patch.x < 0 or patch.y < 0 or patch.x + patch.width > scene.width or patch.y + patch.height > scene.height:
            found.append(patch)
    for stroke in scene.strokes:
        if not all(0 <= p.x <= scene.width and 0 <= p.y <= scene.height for p in stroke.points):
            found.append(stroke)
    without_bars = Scene(scene.width, scene.height, "", "", words=scene.words)
    return found + list(_covering(without_bars))


@pytest.mark.parametrize(
    ("text", "missed", "told"),
    [
        (
            "input(6, 6, 3) -> conv(8, 3, s=2)",
            ((5,), (5,)),
            f"{WINDOW} conv_1 has 2 × 2 positions on an input of 6 × 6. {NEVER} row 6. {NEVER} column 6.",
        ),
        (
            "input(8, 5, 3) -> maxpool(2, s=3)",
            ((2, 5), (2,)),
            f"{WINDOW} maxpool_1 has 3 × 2 positions on an input of 8 × 5. {NEVER} rows 3, 6. {NEVER} column 3.",
        ),
        (
            "input(7, 3) -> conv(8, 3, s=2)",
            ((),),
            f"{WINDOW} conv_1 has 3 positions on an input of 7.",
        ),
        ("input(3, 3, 3) -> conv(8, 3)", ((), ()), f"{WINDOW} conv_1 has one position on an input of 3 × 3."),
        ("input(1, 3) -> tconv(8, 2)", ((),), "One copy of the kernel of tconv_1 is laid down on an output of 2."),
        (
            "input(3, 3) -> tconv(8, 2, s=3)",
            ((2, 5, 8),),
            "3 copies of the kernel of tconv_1 are laid down on an output of 9. No kernel reaches positions 3, 6, 9.",
        ),
    ],
)
def test_what_is_never_reached(text: str, missed: tuple[tuple[int, ...], ...], told: str) -> None:
    found = windows_of(last(text))
    assert found is not None
    assert tuple(axis.missed for axis in found.axes) == missed
    scene = window_figure(last(text))
    assert scene.told == told
    hatched = "never reached" in svg(scene) or "no kernel reaches it" in svg(scene)
    assert hatched == any(missed)


def test_the_windows_are_numbered_as_the_output_is() -> None:
    root = ElementTree.fromstring(svg(window_figure(last("input(6, 6, 3) -> conv(8, 3, s=2, same)"))))
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert [texts.count(number) for number in ("1", "2", "9")] == [2, 2, 2]
    assert {"1: first position", "2: second position", "9: last position"} <= set(texts)
    single = svg(window_figure(last("input(3, 3, 3) -> conv(8, 3)")))
    assert "second position" not in single
    assert "last position" not in single


def test_the_command_and_python_draw_the_same(tmp_path: Path) -> None:
    text = "input(9, 9, 1) -> conv(4, 3) -> maxpool(2) -> flatten"
    layer = sp.parse(text)["maxpool_1"]
    assert run("draw", "-e", text, "--layer", "maxpool_1")[1] == layer.figure().to_svg()
    assert run("draw", "-e", text, "--layer", "maxpool_1", "-o", tmp_path / "a.tex") == (0, "", "")
    assert (tmp_path / "a.tex").read_text() == layer.figure().to_tikz()
    assert repr(layer.figure()) == "<Windows of maxpool_1>"
    assert pickle.loads(pickle.dumps(layer.figure())) == layer.figure()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--layer", "conv_1"], "conv_1 has sizes that are not known, or more than 12 positions along an axis"),
        (["--layer", "flatten_1"], "flatten_1 has no window along one or two axes; draw a convolution or a pooling"),
        (["--layer", "conv_77"], "there is no layer `conv_77`"),
        (["--layer", "conv_1", "--view", "u"], "--layer draws one layer; leave out --view and --depth"),
        (["--layer", "conv_1", "--depth", "1"], "--layer draws one layer; leave out --view and --depth"),
    ],
)
def test_refusals(arguments: list[str], message: str) -> None:
    status, printed, error = run("draw", EXAMPLES / "vgg16.arch", *arguments)
    assert (status, printed) == (2, "")
    assert error.startswith(message)
