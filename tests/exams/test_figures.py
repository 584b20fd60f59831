"""Networks in stems as figures: they say what tables say, in the formats that take pictures."""

from __future__ import annotations

import base64
import html
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

import symparams as sp
from symparams.documents.drawn_network import drawn_network
from symparams.documents.formats import format_named
from symparams.documents.network_rows import ShownNetwork
from symparams.documents.rendering import environment
from symparams.exports.registry import EXPORTS, export
from symparams.figures.scene import Scene
from symparams.figures.svg import svg
from tests.conftest import EXAMPLES
from tests.exams.samples import TEXTS, course
from tests.figures import geometry
from tests.test_cli import run

PLAIN = ("gift", "blackboard")  # formats without pictures
COPIES = "input(8) -> [dense(8)] * n"
CNN = EXAMPLES / "exam-cnn.arch"
BLOCKS = """model "Res" convention torch input(3, 20, 20) -> conv(8, 3, p=1) as stem
-> { conv(8, 3, p=1, bias=no) -> bn -> relu -> conv(8, 3, p=1) | id } -> add -> relu -> globalavgpool -> dense(10)"""


def picture(text: str) -> tuple[Scene, ShownNetwork]:
    on = course(text)
    network = ShownNetwork(on, {})
    return drawn_network(network, _macros()), network


def _macros() -> object:
    return environment(format_named("text")).get_template("exam/network.j2").module


@pytest.mark.parametrize("text", [*TEXTS.values(), BLOCKS], ids=[*TEXTS, "blocks"])
def test_a_figure_says_what_the_table_says(text: str) -> None:
    scene, network = picture(text)
    assert geometry.overlapping(scene.cards) == []
    assert geometry.crossing(scene) == []
    assert geometry.outside(scene) == []
    rows = {row.name: str(_macros().row_settings(row)) for row in network.rows}  # type: ignore[attr-defined]
    assert [card.name for card in scene.cards] == list(rows)
    for card in scene.cards:
        said = " ".join([*card.title, *card.details])
        assert said.split(", attending")[0].startswith(" ".join(rows[card.name].replace(": ", " ", 1).split())[:40])
        assert sorted(re.findall(r"\d+", rows[card.name])) == sorted(re.findall(r"\d+", said))
        assert "…" not in said
        assert card.count == card.shape == ""


def test_nothing_of_the_answer_is_drawn() -> None:
    network = sp.parse(BLOCKS)
    root = ElementTree.fromstring(svg(picture(BLOCKS)[0]))
    written = set(re.findall(r"[\d,]+", " ".join(element.text or "" for element in root.iter())))
    counts = {f"{layer.params:,}" for layer in (*network.layers, network) if layer.params}
    assert len(counts) == 6
    assert not counts & written


@pytest.mark.parametrize("format_", EXPORTS)
def test_formats_have_pictures_or_say_so(format_: str) -> None:
    made = sp.exam(sp.load(CNN), questions=4, show="figure", kinds="total,blank,mistake,shape", level=(1, 5))
    edition = made.edition(format_)
    notice = f"the format {format_} has no pictures: networks are shown as tables"
    assert (notice in edition.notices) == (not export(format_).pictures) == (format_ in PLAIN)
    stems = "".join(edition.asked(number).stem for number in range(edition.total))
    assert bool(re.search(r"base64,|tikzpicture|<svg", stems)) == (format_ not in PLAIN)


def test_long_networks_and_copies_stay_tables() -> None:
    for text in (f"input(8, 8, 4) -> {' -> '.join(['conv(4, 3, same)'] * 40)}", COPIES):
        net = sp.parse(f'model "Net" range n in 2..9 {text}')
        made = sp.exam(net, questions=1, show="figure", kinds="total", level=(1, 5))
        edition = made.edition("markdown")
        assert edition.notices[-1] == (
            "Net has many layers, or some that stand for copies: it is shown as a table, not as a figure"
        )
        assert "base64" not in edition.asked(0).stem
        assert "| Layer |" in edition.asked(0).stem


def test_moodle_has_the_pictures_in_files(tmp_path: Path) -> None:
    path = tmp_path / "bank.xml"
    assert run("exam", CNN, "--questions", "6", "--show", "figure", "--kinds", "total,shape", "-o", path)[0] == 0
    root = ElementTree.parse(path).getroot()
    seen = 0
    for text in root.iter("questiontext"):
        said = text.findtext("text") or ""
        named = re.findall(r'src="@@PLUGINFILE@@/([^"]*)"', said)
        files = {file.get("name"): base64.b64decode(file.text or "").decode() for file in text.iter("file")}
        assert "data:" not in said
        assert set(named) == set(files)
        for data in files.values():
            assert ElementTree.fromstring(data).tag.endswith("svg")
        seen += len(named)
    assert seen > 0


def test_titles_are_text_beside_pictures() -> None:
    title = '"><b>$x$</b> \\(y\\)'
    net = sp.parse(f"model '{title}' input(8, 8, 3) -> conv(4, 3) -> flatten -> dense(5)")
    edition = sp.exam(net, questions=1, show="figure", kinds="total", level=(1, 5)).edition("moodle")
    found = re.search(r'<img alt="([^"]*)" src="data:', edition.asked(0).stem)
    assert found is not None
    assert html.unescape(found[1]).startswith(f"{title}: input_1: Input")
    assert "<" not in found[1]


@pytest.mark.program
def test_latex_sets_the_papers(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("there is no pdflatex")
    assert run("exam", CNN, "--questions", "6", "--show", "figure", "-o", tmp_path / "exam.tex")[0] == 0
    for name in ("exam.tex", "exam-key.tex"):
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", name]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
        assert done.returncode == 0, done.stdout[-2000:]
        assert "Overfull" not in done.stdout
