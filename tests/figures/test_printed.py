"""Figures as PDF and PNG: what can be read in them, how large they are, the same bytes each time."""

from __future__ import annotations

import re
import struct
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import symparams as sp
from symparams.documents import font_files
from symparams.documents.figure_files import pdf
from symparams.figures.figure import figure
from tests.figures.test_draw import NET
from tests.helpers import example
from tests.test_cli import run
from tests.test_pdf import font_with, text_of

_NUMBER = re.compile(r"\d[\d,]*")
NAMES = ("lenet5", "resnet50", "unet", "transformer", "lenet5-letters")


@pytest.fixture(scope="module", autouse=True)
def typst() -> Any:
    return pytest.importorskip("typst")


@pytest.mark.extra
@pytest.mark.parametrize("name", NAMES)
def test_a_pdf_says_what_the_svg_says(name: str) -> None:
    drawn = example(name).figure()
    root = ElementTree.fromstring(drawn.to_svg())
    written = [text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text")]
    data = drawn.to_pdf()
    read = text_of(data)
    said = unicodedata.normalize("NFKC", " ".join(written))
    assert sorted(_NUMBER.findall(said)) == sorted(_NUMBER.findall(read))
    box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert box is not None
    wide, high = float(root.get("width", "")), float(root.get("height", ""))
    assert [round(float(side), 1) for side in box.groups()] == [round(0.75 * wide, 1), round(0.75 * high, 1)]


@pytest.mark.extra
def test_the_same_bytes_each_time(tmp_path: Path) -> None:
    for suffix in (".pdf", ".png"):
        files = [tmp_path / f"{number}{suffix}" for number in range(2)]
        assert run("draw", "-e", NET, "-o", files[0]) == (0, "", "")
        sp.parse(NET).figure().write(files[1])
        assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.extra
@pytest.mark.parametrize("scale", [0.5, 1, 2, 3.25])
def test_a_png_has_the_scale_that_is_asked_for(scale: float, tmp_path: Path) -> None:
    assert run("draw", "-e", NET, "-o", tmp_path / "net.png", "--scale", str(scale)) == (0, "", "")
    data = (tmp_path / "net.png").read_bytes()
    wide, high = struct.unpack(">II", data[16:24])
    root = ElementTree.fromstring(sp.parse(NET).figure().to_svg())
    assert abs(wide - scale * float(root.get("width", ""))) < 1
    assert abs(high - scale * float(root.get("height", ""))) < 1


@pytest.mark.extra
@pytest.mark.parametrize("name", ['"); #panic()', "</svg>", "%\\input{x}", "a\x07b", "משה", "x" * 3000])
def test_a_title_is_text(name: str) -> None:
    network = replace(sp.parse(NET)._network, title=name)
    assert "conv_1" in text_of(pdf(figure(network)))


@pytest.mark.extra
@pytest.mark.parametrize("suffix", [".pdf", ".png"])
def test_what_cannot_be_made_is_said(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"net{suffix}"
    monkeypatch.setattr(font_files, "free_fonts", tuple)
    assert run("draw", "-e", f'{NET} as "王小明"', "-o", path)[2].startswith(
        "no font here has the character `王` (U+738B), which occurs in `王小明`; "
    )
    monkeypatch.setitem(sys.modules, "typst", None)
    kind = suffix[1:].upper()
    assert run("draw", tmp_path / "missing.arch", "-o", path)[2] == (
        f'a figure as {kind} needs typst: pip install "symparams[pdf]"\n'
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.extra
@pytest.mark.parametrize(
    ("scale", "message"),
    [
        ("0", "the scale is more than 0 and at most 20, not 0"),
        ("nan", "the scale is more than 0 and at most 20, not nan"),
        ("15", "a PNG of 13,890 × 13,800 pixels is too large; at most --scale 8.3 can be had"),
    ],
)
def test_scales_that_give_no_picture(scale: str, message: str, tmp_path: Path) -> None:
    source = str(Path(__file__).parents[2] / "examples" / "resnet50.arch")
    assert run("draw", source, "-o", tmp_path / "a.png", "--scale", scale)[2] == f"{message}\n"


@pytest.mark.extra
def test_a_font_of_ones_own(tmp_path: Path) -> None:
    rare = "\N{OLD ITALIC LETTER A}"
    font = font_with(rare, tmp_path / "fonts")
    assert run("draw", "-e", f'{NET} as "in {rare}ttus"', "-o", tmp_path / "a.pdf", "--font", font) == (0, "", "")
    assert f"in {rare}ttus" in text_of((tmp_path / "a.pdf").read_bytes())
    assert run("draw", "-e", f'{NET} as "in {rare}ttus"', "-o", tmp_path / "a.png", "--font", font) == (0, "", "")
