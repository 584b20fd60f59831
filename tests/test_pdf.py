"""Documents as PDFs: what stands in them, that they are the same everywhere, what is said where none can be made."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import symparams as sp
from symparams.documents import font_files
from symparams.documents import pdf as pdfs
from symparams.documents.pdf import pdf
from symparams.documents.rendering import STYLES, Document, render, standalone
from symparams.documents.solution import Solution
from symparams.errors import Source, SymparamsError
from symparams.quantities.layer_quantities import QUANTITIES
from symparams.sources.language import network
from tests.conftest import EXAMPLES
from tests.test_cli import NETWORK, refused, run
from tests.test_formats import NETWORKS
from tests.test_suffixes import COMMANDS

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_RARE = "\N{OLD ITALIC LETTER A}"  # which none of the usual fonts has
TITLES = (
    '#panic("no") $ * _a_ <b> @c = == \\\\ `r` // /* */ ~ -- ... {z} [w] 50% &amp; {{ x }} << y >> ""',
    "1. first",
    "= no heading",
    "- no item",
    "é ß Ελλάδα Иванов Пётр",
    "משה",
    "أحمد",
    " ",
)


@pytest.fixture(scope="module")
def typst() -> Any:
    return pytest.importorskip("typst")


def text_of(data: bytes) -> str:
    """What can be read in a PDF, letters of mathematics as usual ones."""
    if shutil.which("pdftotext") is None:
        pytest.skip("there is no pdftotext")
    read = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()
    return unicodedata.normalize("NFKC", read)


def whole(text: str, style: str = "steps", title: str = "", quantities: Sequence[str] = QUANTITIES) -> str:
    """A document of Typst that stands alone."""
    one = network(Source("<text>", text))
    contents = Solution(one if not title else _titled(one, title), tuple(quantities))
    return standalone(render(contents, Document(style, "typst")), "typst")


def _titled(one: Any, title: str) -> Any:
    return replace(one, title=title)


def numbers(found: object) -> Iterator[int]:
    """The numbers in what JSON has."""
    if isinstance(found, dict):
        for value in found.values():
            yield from numbers(value)
    elif isinstance(found, list):
        for value in found:
            yield from numbers(value)
    elif isinstance(found, int) and not isinstance(found, bool):
        yield found


@pytest.mark.extra
@pytest.mark.parametrize("style", [*STYLES, "summary", "total"])
@pytest.mark.parametrize("name", ["mnist-63", "floors", "copies", "shared"])
def test_every_document_is_set_and_no_number_is_missing(typst: Any, name: str, style: str) -> None:
    one = network(Source("<text>", NETWORKS[name]))
    said = render(Solution(one, QUANTITIES), Document(style, "text"))
    printed = set(_NUMBER.findall(text_of(pdf(whole(NETWORKS[name], style))).replace("-\n", "")))
    lacking = {number.rstrip(",") for number in _NUMBER.findall(said)} - {number.rstrip(",") for number in printed}
    assert not lacking - {"0"}


@pytest.mark.extra
def test_every_number_of_the_json_is_there(typst: Any, tmp_path: Path) -> None:
    path = tmp_path / "lenet.pdf"
    lenet = EXAMPLES / "lenet5.arch"
    assert run("solve", lenet, "-o", path)[0] == 0
    printed = set(_NUMBER.findall(text_of(path.read_bytes())))
    found = json.loads(run("solve", lenet, "--format", "json")[1])
    wanted = {f"{number:,}" for number in numbers([found["layers"], found["derivations"]])}
    assert len(wanted) > 20
    assert wanted - printed <= {"0"}


@pytest.mark.extra
@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("convert", "exam")])
def test_every_command_writes_one(typst: Any, tmp_path: Path, command: str) -> None:
    path = tmp_path / "out.pdf"
    status, out, error = run(*COMMANDS[command], "-o", path)
    assert (status, out) == (1 if command == "check" else 0, ""), error
    assert path.read_bytes().startswith(b"%PDF-1.7")
    assert path.read_bytes() == _again(tmp_path, command)


def _again(tmp_path: Path, command: str) -> bytes:
    path = tmp_path / "again"
    run(*COMMANDS[command], "--format", "pdf", "-o", path)
    return path.read_bytes()


@pytest.mark.extra
def test_the_same_text_gives_the_same_bytes(typst: Any) -> None:
    text = whole(NETWORKS["mnist-63"], "textbook")
    first = pdf(text)
    pdfs._usual.cache_clear()
    assert pdf(text) == first
    assert pdf(text.replace("MNIST", "Mnist")) != first


@pytest.mark.extra
@pytest.mark.parametrize("title", TITLES)
def test_titles_are_text_and_nothing_else(typst: Any, title: str) -> None:
    read = " ".join(text_of(pdf(whole(NETWORK, "textbook", title))).split())
    for mark in "\u202a\u202b\u202c":  # which pdftotext puts around Hebrew and Arabic
        read = read.replace(mark, "")
    assert title.replace(" ", "") in read.replace(" ", "")


@pytest.mark.extra
def test_every_formula_has_a_text_for_screen_readers(typst: Any) -> None:
    text = whole(NETWORKS["floors"], "textbook")
    spoken = json.loads(typst.query(text.encode(), "math.equation", field="alt", ignore_system_fonts=True))
    assert "H_out = ⌊(H_in - k_h)/(s)⌋ + 1".replace("-", "−") in spoken
    assert "n_out = H_in ⋅ W_in ⋅ C_in" in spoken
    assert all(one.strip() for one in spoken)


@pytest.mark.extra
def test_title_and_headings(typst: Any) -> None:
    text = whole(NETWORKS["mnist-63"], "steps")
    data = pdf(text)
    assert b"MNIST with 63 filters: step by step</rdf:li>" in data
    assert b"/Lang" in data
    assert b"/MarkInfo" in data
    assert b"/StructTreeRoot" in data


def font_with(character: str, folder: Path) -> Path:
    """A font that has a character, and nothing else."""
    builder = pytest.importorskip("fontTools.fontBuilder").FontBuilder(1000, isTTF=True)
    pen = pytest.importorskip("fontTools.pens.ttGlyphPen").TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 700), (600, 700), (600, 0)):
        pen.lineTo(corner)
    pen.closePath()
    square = pen.glyph()
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({ord(character): "square"})
    builder.setupGlyf({".notdef": square, "square": square})
    builder.setupHorizontalMetrics({".notdef": (650, 0), "square": (650, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Square", "styleName": "Regular", "psName": "Square-Regular"})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    folder.mkdir()
    builder.save(folder / "square.ttf")
    return folder / "square.ttf"


@pytest.mark.extra
def test_a_character_that_no_font_has_is_an_error(typst: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(font_files, "free_fonts", tuple)
    path = tmp_path / "out.pdf"
    named = f'model "in {_RARE}ttus" {NETWORK}'
    assert refused("solve", "-e", named, "-o", path) == (
        f"no font here has the character `{_RARE}` (U+10300), which occurs in `{_RARE}ttus`; install one that has "
        "it (in Debian fonts-noto-core), or name it with --font FILE, or a folder of fonts"
    )
    assert not path.exists()
    file = font_with(_RARE, tmp_path / "fonts")
    for font in (file.parent, file):
        assert run("solve", "-e", named, "-o", path, "--font", font) == (0, "", "")
        assert f"in {_RARE}ttus" in text_of(path.read_bytes())
    assert refused("solve", "-e", named, "-o", path, "--font", EXAMPLES / "vgg16.arch").startswith("no font here has")


@pytest.mark.extra
def test_a_formula_may_be_longer_than_a_text_in_a_pdf(typst: Any) -> None:
    long = "input(8,8,8) -> " + " -> ".join(["conv(8,3,same)"] * 700)
    assert "conv_700" in text_of(pdf(whole(long, "textbook", quantities=("params",))))


def test_what_cannot_be_is_said_before_anything_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    no_network = ("solve", tmp_path / "missing.arch")
    assert refused(*no_network, "-o", tmp_path / "a.pdf") == 'a PDF needs typst: pip install "symparams[pdf]"'
    assert refused(*no_network, "--format", "pdf").splitlines()[0] == (
        "--format pdf is not text; say where to write it with -o FILE"
    )
    assert refused(*no_network, "--font", tmp_path, "-o", tmp_path / "a.tex").splitlines()[0] == (
        "--font goes with --format pdf"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.extra
def test_nothing_half_written_stays(typst: Any, tmp_path: Path) -> None:
    assert refused("solve", "-e", NETWORK, "-o", tmp_path / "no" / "out.pdf").startswith("cannot write")
    (tmp_path / "out.pdf").mkdir()
    assert refused("solve", "-e", NETWORK, "-o", tmp_path / "out.pdf").startswith("cannot write")
    template = tmp_path / "mine.j2"
    template.write_text("#panic()")
    assert refused("solve", "-e", NETWORK, "--template", template, "-o", tmp_path / "b.pdf").splitlines()[0] == (
        "--template makes no PDF, since what it writes would be run; it goes with --format typst"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.j2", "out.pdf"]


def test_what_typst_refuses_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    class RefusedError(RuntimeError):
        message = "unknown variable: x"

    class Broken:
        TypstError = RefusedError

        class Compiler:
            def __init__(self, **options: object) -> None:
                pass

            def compile(self, *given: object, **options: object) -> bytes:
                raise RefusedError

    monkeypatch.setattr(importlib, "import_module", lambda name: Broken)
    pdfs._usual.cache_clear()
    with pytest.raises(SymparamsError, match="no PDF can be made of this document: unknown variable: x"):
        pdf("#x")
    pdfs._usual.cache_clear()


def test_a_fragment_can_be_included() -> None:
    """It has the definitions that it uses once, and neither page nor title."""
    text = (
        run("solve", "-e", NETWORK, "-e", NETWORK, "--format", "typst")[1]
        or run("solve", EXAMPLES / "lenet5.arch", EXAMPLES / "mnist-63.arch", "--format", "typst")[1]
    )
    assert text.count("#let m(it)") == 1
    assert "paper" not in text
    assert "#show: paper" in run("solve", "-e", NETWORK, "--format", "typst", "--standalone")[1]


@pytest.mark.extra
def test_python_gives_the_same(typst: Any, tmp_path: Path) -> None:
    net = sp.parse(NETWORK)
    assert net.solve().to_typst() == run("solve", "-e", NETWORK, "--format", "typst")[1]
    run("solve", "-e", NETWORK, "--style", "table", "-o", tmp_path / "table.pdf")
    assert net.solve().to_pdf("table") == (tmp_path / "table.pdf").read_bytes()
    found = sp.parse("input(3) -> dense(n)").find("n", target="params=16")
    assert "n = 4" in text_of(found.to_pdf())
