"""Pictures inside documents: in every format and style, nothing of them where they are not asked for."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

import symparams as sp
from symparams.documents.formats import FORMATS, written_formats
from symparams.documents.pdf import pdf
from symparams.documents.rendering import STYLES, Document, render, standalone
from symparams.documents.solution import Solution
from tests.helpers import example, net
from tests.test_cli import refused, run
from tests.test_pdf import text_of

SMALL = "input(9, 9, 1) -> conv(4, 3, relu) -> maxpool(2) -> conv(4, 3, same) -> flatten -> dense(10)"
WITH_PICTURES = [name for name in written_formats() if FORMATS[name].picture]
MARKS = {"markdown": "](data:image/svg+xml", "latex": r"\begin{tikzpicture}", "typst": "#picture(", "html": "<svg "}
HOSTILE = ["</svg></figure>--><script>", '"); #panic()', "a](x) `b` [c", r"50 % & #1 $x$ \input{y}", "x" * 2000]


def document(style: str, format_: str, text: str = SMALL, title: str = "", *, pictures: bool = True) -> str:
    network = replace(net(text), title=title)
    layers = ("maxpool_1",) if style == "answer" else ()
    return render(Solution(network, ("shape",) if layers else ("shape", "params"), layers, pictures=pictures),
                  Document(style, format_))  # fmt: skip


def test_formats_that_are_written_have_pictures() -> None:
    assert WITH_PICTURES == ["markdown", "latex", "typst", "html"]
    assert set(MARKS) == set(WITH_PICTURES)


@pytest.mark.parametrize("format_", WITH_PICTURES)
@pytest.mark.parametrize("style", [*STYLES, "summary", "total"])
def test_pictures_stand_in_every_style_and_format(style: str, format_: str) -> None:
    text, without = document(style, format_), document(style, format_, pictures=False)
    shown = {"answer": 1, "steps": 4, "lesson": 4, "textbook": 4}.get(style, 1)
    assert text.count(MARKS[format_]) == shown
    assert MARKS[format_] not in without
    kept = [line for line in without.splitlines() if line]
    lines = iter(text.splitlines())
    assert all(line in lines for line in kept)  # in this order, with pictures between


def test_the_totals_have_the_figure_of_the_network() -> None:
    text = render(Solution(net(SMALL), pictures=True), Document("answer", "html"))
    assert "6 layers, " in text
    assert text.count("<svg ") == 1


def test_the_data_of_a_picture_in_markdown_is_the_picture() -> None:
    found = re.findall(r"!\[([^\]]*)\]\(data:image/svg\+xml;base64,([^)]*)\)", document("steps", "markdown"))
    pictures = [base64.b64decode(data).decode() for _, data in found]
    layer = sp.parse(SMALL)["maxpool_1"]
    assert pictures[0] == sp.parse(SMALL).figure().to_svg()
    assert layer.figure().to_svg() in pictures
    told = "The window of maxpool_1 has 3 × 3 positions on an input of 7 × 7. Never reached: row 7. "
    assert found[2][0] == f"maxpool_1: Max pool 2 × 2: {told}Never reached: column 7."


@pytest.mark.parametrize("title", HOSTILE)
def test_titles_are_text(title: str) -> None:
    page = standalone(document("steps", "html", title=title), "html")
    assert "<script" not in page
    for svg in re.findall(r"(?s)<svg .*?</svg>", page):
        ElementTree.fromstring(svg)
    assert " id=" not in "".join(re.findall(r"(?s)<svg .*?</svg>", page))
    words = re.findall(r"!\[(.*?)\]\(data:", document("steps", "markdown", title=title))
    assert len(words) == 4
    assert not re.search(r"[\[\]`<>$\\]", "".join(words))


@pytest.mark.extra
@pytest.mark.parametrize("title", HOSTILE)
def test_typst_sets_it(title: str) -> None:
    pytest.importorskip("typst")
    read = text_of(pdf(standalone(document("steps", "typst", title=title), "typst")))
    assert "2: second position" in read
    assert "6 layers, " in read


@pytest.mark.program
@pytest.mark.parametrize("name", ["small", "resnet50", "unet"])
def test_latex_sets_it(name: str, tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("there is no pdflatex")
    if name == "small":
        text = document("steps", "latex", title=HOSTILE[3])
    else:
        text = render(Solution(example(name)._network, pictures=True), Document("summary", "latex"))
    (tmp_path / "a.tex").write_text(standalone(text), "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Overfull" not in done.stdout


def test_the_commands_and_python_draw_the_same(tmp_path: Path) -> None:
    printed = run("solve", "-e", SMALL, "--figures", "--style", "lesson")[1]
    assert printed == sp.parse(SMALL).solve("lesson", figures=True).to_markdown()
    assert run("summary", "-e", SMALL, "--figures", "--format", "html")[1].count("<svg ") == 1
    asked = run("answer", "-e", SMALL, "--layer", "maxpool_1", "--quantity", "shape", "--figures")
    assert asked[1].count("](data:") == 1
    assert run("answer", "-e", SMALL, "--figures", "--format", "html")[1].count("<svg ") == 1
    for command in ("solve", "summary", "answer"):
        for name in ("text", "json"):
            assert refused(command, "-e", SMALL, "--figures", "--format", name).splitlines()[0] == (
                f"--figures goes with markdown, latex, typst, html or pdf; {name} has no pictures"
            )


def test_letters_and_large_inputs_have_no_windows() -> None:
    for text in ("input(H, 9, 1) -> conv(4, 3) -> dense(2)", "input(20, 20, 1) -> conv(4, 3) -> dense(2)"):
        assert document("steps", "html", text).count("<svg ") == 1


def test_equal_layers_have_one_picture() -> None:
    text = "input(8, 8, 4) -> conv(4, 3, same) -> conv(4, 3, same) -> conv(4, 3, same)"
    assert document("steps", "html", text).count("<svg ") == 2
