"""Word documents and EPUBs: formulas stay formulas, one a line; every number is there; the same input, same bytes."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from symparams.documents.formats import OFFICE
from symparams.documents.office import office
from symparams.documents.rendering import Document, render, standalone
from symparams.documents.solution import Solution
from symparams.errors import Source
from symparams.sources.language import network
from tests.conftest import EXAMPLES
from tests.test_cli import NETWORK, refused, run
from tests.test_pdf import TITLES
from tests.test_suffixes import COMMANDS

pytestmark = pytest.mark.extra  # pandoc

_FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_PARAGRAPH = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"


def parts(data: bytes) -> dict[str, str]:
    """The texts in an archive, each of which is XML."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".xhtml", ".opf", ".rels"))]
        found = {name: archive.read(name).decode("utf-8") for name in names}
    for text in found.values():
        ElementTree.fromstring(text)
    return found


def body(data: bytes) -> str:
    """The XML of what is read."""
    found = parts(data)
    return found.get("word/document.xml") or "".join(found[name] for name in sorted(found) if "/text/ch" in name)


def said(data: bytes) -> str:
    return unescape(re.sub("<[^>]*>", " ", body(data)))


@pytest.fixture(scope="module", autouse=True)
def _pandoc() -> None:
    pytest.importorskip("pypandoc")


def made(folder: Path, kind: str, *command: str | Path) -> bytes:
    path = folder / f"out.{kind}"
    status, out, error = run(*command, "-o", path)
    assert (status, out) == (1 if command[0] == "check" else 0, ""), error
    return path.read_bytes()


@pytest.mark.extra
@pytest.mark.parametrize("kind", OFFICE)
@pytest.mark.parametrize("style", ["steps", "textbook", "table"])
def test_every_number_is_there(kind: str, style: str, tmp_path: Path) -> None:
    arguments = ("solve", EXAMPLES / "lenet5.arch", "--style", style)
    digits = re.compile(r"\d[\d,]*\d|\d")
    wanted = set(digits.findall(run(*arguments, "--format", "text")[1]))
    assert len(wanted) > 20
    assert wanted - set(digits.findall(said(made(tmp_path, kind, *arguments)))) <= {"0"}


@pytest.mark.extra
def test_formulas_are_formulas_with_both_sides_and_their_numbers(tmp_path: Path) -> None:
    data = made(tmp_path, "docx", "solve", EXAMPLES / "lenet5-letters.arch", "--style", "textbook")
    tree = ElementTree.fromstring(body(data))
    formulas = ["".join(one.itertext()) for one in tree.iter(_FORMULA)]
    assert len(formulas) > 40
    assert not [text for text in formulas if text.lstrip().startswith("=")]
    lines = ["".join(one.itertext()).strip() for one in tree.iter(_PARAGRAPH)]
    numbered = [line for line in lines if re.fullmatch(r".*=.* \(\d+\)", line)]
    assert [int(line.rpartition("(")[2][:-1]) for line in numbered] == list(range(1, len(numbered) + 1)) != []
    links = set(re.findall(r'w:anchor="([^"]+)"', body(data)))
    assert links
    assert links <= set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', body(data)))


@pytest.mark.extra
@pytest.mark.parametrize("kind", OFFICE)
@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in ("convert", "exam")])
def test_every_command_writes_them_and_again_the_same(kind: str, command: str, tmp_path: Path) -> None:
    assert made(tmp_path, kind, *COMMANDS[command]) == made(tmp_path, kind, *COMMANDS[command], "--format", kind)


@pytest.mark.extra
@pytest.mark.parametrize("kind", OFFICE)
@pytest.mark.parametrize("title", TITLES)
def test_titles_are_text_and_nothing_else(kind: str, title: str) -> None:
    one = replace(network(Source("<text>", NETWORK)), title=title)
    page = standalone(render(Solution(one), Document("textbook", "office")), "office")
    assert "".join(title.split()) in "".join(said(office(page, kind)).split())


@pytest.mark.extra
def test_an_epub_says_its_language_and_title(tmp_path: Path) -> None:
    found = parts(made(tmp_path, "epub", "solve", EXAMPLES / "mnist-63.arch"))["EPUB/content.opf"]
    assert "<dc:language>en</dc:language>" in found
    assert "MNIST with 63 filters: step by step</dc:title>" in found
    assert re.search(r"<dc:identifier [^>]*>urn:uuid:[0-9a-f-]{36}<", found)
    assert not re.search(r"20[0-9]{2}-", re.sub("<dc:identifier.*", "", found))


REFUSED: Sequence[tuple[tuple[str, ...], str]] = (
    (("--format", "docx"), "--format docx is not text; say where to write it with -o FILE"),
    (
        ("--format", "epub", "-o", "{}/a.docx"),
        "--format epub does not go with -o {}/a.docx, as .docx stands for docx",
    ),
    (("-o", "{}/a.docx", "--template", "{}/b"), "--template makes text; it goes with --format markdown, latex, "),
    (("-o", "{}/a.docx", "--font", "{}"), "--font goes with --format pdf"),
    (("-o", "{}/no/a.epub"), "cannot write {}/no/a.epub: No such file or directory"),
)


@pytest.mark.parametrize(("given", "message"), REFUSED)
def test_what_cannot_be(given: tuple[str, ...], message: str, tmp_path: Path) -> None:
    words = [word.format(tmp_path) for word in given]
    assert refused("solve", "-e", NETWORK, *words).startswith(message.format(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_without_pandoc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pypandoc", None)
    said = refused("solve", tmp_path / "missing.arch", "-o", tmp_path / "a.docx")
    assert said == 'a Word document or an EPUB needs pandoc: pip install "symparams[office]"'
