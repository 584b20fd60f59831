"""The examples against the numbers of their sources, and against golden documents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import symparams as sp
from symparams.documents.rendering import STYLES, Style
from tests.conftest import EXAMPLES
from tests.helpers import example, few_or_many

# Every row of the summaries that the questions and tutorials quote: shape and parameters.
SUMMARIES: dict[str, list[tuple[tuple[int, ...], int]]] = {
    "horses-or-humans": [
        ((298, 298, 16), 448),
        ((149, 149, 16), 0),
        ((147, 147, 32), 4640),
        ((73, 73, 32), 0),
        ((71, 71, 64), 18496),
        ((35, 35, 64), 0),
        ((33, 33, 64), 36928),
        ((16, 16, 64), 0),
        ((14, 14, 64), 36928),
        ((7, 7, 64), 0),
        ((3136,), 0),
        ((512,), 1606144),
        ((1,), 513),
    ],
    "mnist-63": [
        ((26, 26, 32), 320),
        ((24, 24, 63), 18207),
        ((12, 12, 63), 0),
        ((12, 12, 63), 0),
        ((9072,), 0),
        ((128,), 1161344),
        ((128,), 0),
        ((10,), 1290),
    ],
}

# Published totals: parameters, of which non-trainable.
TOTALS = {
    "horses-or-humans": (1704097, 0),
    "mnist-63": (1181161, 0),
    "lenet5": (61706, 0),
    "vgg16": (138357544, 0),
    "resnet50": (25636712, 53120),
}

# Arithmetic that a solution in a style must show, with * for the dot and no commas.
ARITHMETIC: dict[tuple[str, Style], list[str]] = {
    ("two-classes", "steps"): ["(5*5*1 + 1)*32 = 832", "(5*5*32 + 1)*64 = 51264"],
    ("mnist-63", "formula"): ["(k_h*k_w*C_in + 1)*C_out = (3*3*32 + 1)*63 = 18207"],
    ("lesson-prose", "lesson"): [
        "32*3*3 = 288",
        "3*288 = 864",
        "864 + 32 = 896",
        "64*3*3 = 576",
        "32*576 = 18432",
        "18432 + 64 = 18496",
    ],
    ("horses-or-humans", "table"): ["(3*3*16 + 1)*32", "4640", "(3136 + 1)*512", "1606144", "1704097"],
    ("micrographs", "table"): ["(3*3*64 + 1)*64", "36928"],
}


def solved(name: str, style: Style) -> sp.Solution:
    return example(name).solve(style)


@pytest.mark.parametrize("name", SUMMARIES)
def test_every_row_of_the_quoted_summary(name: str) -> None:
    rows = [(layer.output_shape, layer.params) for layer in example(name) if layer.kind != "input"]
    assert rows == SUMMARIES[name]


@pytest.mark.parametrize("name", TOTALS)
def test_published_totals(name: str) -> None:
    net = example(name)
    assert (net.params, net.non_trainable) == TOTALS[name]


@pytest.mark.parametrize(("name", "style"), ARITHMETIC)
def test_arithmetic_of_the_tutorials(name: str, style: Style) -> None:
    text = solved(name, style).to_text().replace("·", "*").replace(",", "")
    for line in ARITHMETIC[name, style]:
        assert line in text


def test_letters_give_the_numbers_back() -> None:
    assert sp.load(EXAMPLES / "lenet5-letters.arch", H=32, W=32, C=1, k=5).params == 61706
    assert sp.load(EXAMPLES / "vgg16-letters.arch").subs(H=224, W=224, C=3, k=3).params == 138357544
    assert sp.load(EXAMPLES / "two-classes.arch", H=28, W=28)["dense_1"].params == 102500


def test_the_large_examples_are_short() -> None:
    for name in ("lenet5", "vgg16", "resnet50"):
        assert len((EXAMPLES / f"{name}.arch").read_text().splitlines()) < 30


GOLDEN = [
    *[(name, style) for name in ("mnist-63", "two-classes") for style in STYLES],
    ("horses-or-humans", "table"),
    ("lesson-prose", "lesson"),
    ("lenet5-letters", "steps"),
    ("vgg16-letters", "formula"),
    ("resnet50", "table"),
]


@pytest.mark.parametrize(("name", "style"), GOLDEN)
def test_markdown_documents(name: str, style: Style, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.{style}.md", solved(name, style).to_markdown())


@pytest.mark.parametrize("style", STYLES)
def test_latex_and_text_documents(style: Style, golden: Callable[[str, str], None]) -> None:
    solution = solved("mnist-63", style)
    golden(f"mnist-63.{style}.tex", solution.to_latex())
    golden(f"mnist-63.{style}.txt", solution.to_text())


@pytest.mark.parametrize("style", ["answer", "steps", "textbook"])
def test_html_documents(style: Style, golden: Callable[[str, str], None]) -> None:
    golden(f"mnist-63.{style}.html", solved("mnist-63", style).to_html(standalone=False))


def test_json_document(golden: Callable[[str, str], None]) -> None:
    golden("mnist-63.json", example("mnist-63").solve().to_json() + "\n")


CONSTRUCTS = {
    "shared": "input(8) -> dense(8) as a -> share(@a) -> dense(3, frozen)",
    "branches": 'model "A & 50% sum" input(14, 14, C) -> { conv(8, 1) | conv(16, 3, same, g=2) } -> concat -> bn',
    "let": "let k = 5 let f = 4*m where H % 4 == 0, H >= 16 input(H, H, 1) -> conv(f, k, same, bias=no) -> maxpool(2)",
    "torch": "convention torch input(3, 32, 32) -> conv(8, 3, p=1, d=2) -> bn -> maxpool(3, s=2, p=1, ceil)",
    "sequence": "input(T, 9) -> conv(8, 3, causal) -> depthwise(5, m=2) -> separable(6, 3) -> gmp -> dense(K)",
    "clashing": "input(H_in, 20, C_in) -> conv(C_out, k_h) -> conv(2*C_out, s) -> dense(n_in)",
    "repeated": "input(8, 8, 4) -> [conv(4, 3, same) -> relu] * 3",
    "nothing": "input(8, 8, 4) -> relu",
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_constructs(name: str, golden: Callable[[str, str], None]) -> None:
    solution = sp.parse(CONSTRUCTS[name]).solve()
    golden(f"construct-{name}.txt", "\n".join(solution.to_text(style) for style in STYLES))


@few_or_many("styles", STYLES[:1], STYLES)
def test_the_same_numbers_in_every_style_and_format(styles: tuple[Style, ...]) -> None:
    for path in sorted(EXAMPLES.glob("*.arch")):
        total = example(path.stem).params
        if isinstance(total, int):
            assert json.loads(solved(path.stem, "steps").to_json())["params"] == total
            for style in styles:
                solution = solved(path.stem, style)
                for text in (solution.to_text(), solution.to_markdown(), solution.to_latex()):
                    assert f"{total:,}" in text, (path.stem, style)


def test_every_example_stands_in_the_list_with_its_total() -> None:
    page = (Path(__file__).parent.parent / "docs" / "examples.md").read_text("utf-8")
    rows = {path.name: row for row in page.splitlines() for path in EXAMPLES.glob("*.arch") if f"`{path.name}`" in row}
    for path in EXAMPLES.glob("*.arch"):
        params = example(path.stem).params
        assert path.name in rows
        said = re.fullmatch(r"[\d,]+", rows[path.name].split("|")[-2].strip())
        if said is not None and isinstance(params, int):
            assert said[0] == f"{params:,}", path.name
