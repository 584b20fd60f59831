"""The pictures of convolution arithmetic beside the rules for sizes."""

from __future__ import annotations

from pathlib import Path

import pytest

from symparams.appendices.contract import record
from symparams.figures.window_view import window_figure
from symparams.figures.windows import MOST
from tests.appendices.networks import FORMATS, of_examples, of_texts
from tests.test_cli import run

SMALL = "input(9, 9, 2) -> conv(4, 3) -> conv(4, 3, s=3) -> tconv(4, 2, s=2) -> avgpool(2)"


def test_each_rule_for_a_size_is_drawn_once() -> None:
    composed = of_texts(SMALL, SMALL)
    drawn = {rule.labels[0]: rule.example for rule in composed.contents.rules if rule.example}
    assert set(drawn) == {"sp:rule:conv:size", "sp:rule:tconv:size"}
    assert len(composed.windows) == 2
    assert all(rule.quantity == "shape" for rule in composed.contents.rules if rule.example)


def test_windows_that_lie_apart_are_rather_shown() -> None:
    (one,) = (r.example for r in of_texts(SMALL).contents.rules if r.labels[0] == "sp:rule:conv:size")
    assert one is not None
    assert one.node.name == "conv_2"
    (alone,) = (r.example for r in of_texts("input(9, 9, 2) -> conv(4, 3)").contents.rules if r.example)
    assert alone is not None
    assert alone.node.name == "conv_1"


@pytest.mark.parametrize(
    "text", ["input(99, 99, 2) -> conv(4, 3)", "input(H, W, 2) -> conv(4, 3)", "input(9) -> dense(3)"]
)
def test_what_is_not_drawn(text: str) -> None:
    assert of_texts(text).windows == {}


@pytest.mark.parametrize("format_", [*FORMATS, "tree"])
def test_every_format_has_them(format_: str) -> None:
    composed = of_examples("lenet5")
    text = composed.text(format_) if format_ != "tree" else composed.body(format_)
    (name, drawn), *others = composed.windows.values()
    assert not others
    assert name == "rule_conv_size"
    assert drawn.scene.told == window_figure(composed.networks[0].node("avgpool_2")).told
    assert "windows of" in text
    if format_ in ("html", "typst"):
        assert drawn.scene.told.split(".")[0] in text
    else:
        assert name in text.replace("\\_", "_")


def test_what_is_drawn_is_small() -> None:
    for rule in of_examples().contents.rules:
        if rule.example is not None:
            (shape, *_) = rule.example.node.derived.arriving
            assert all(isinstance(size, int) and size <= MOST for size in shape.spatial)


def test_json_is_as_before() -> None:
    assert "example" not in str(record(of_texts(SMALL).contents)["rules"])


@pytest.mark.extra
def test_they_are_files_beside_a_text(tmp_path: Path) -> None:
    (tmp_path / "small.arch").write_text(SMALL, "utf-8")
    assert run("appendix", tmp_path / "small.arch", "-o", tmp_path / "out") == (0, "", "")
    names = {path.stem for path in (tmp_path / "out" / "figures").iterdir()}
    assert {"small", "rule_conv_size", "rule_tconv_size"} <= names
    assert run("appendix", tmp_path / "small.arch", "-o", tmp_path / "out", "--check") == (0, "", "")
