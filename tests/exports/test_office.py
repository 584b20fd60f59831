"""Papers as Word documents and EPUBs: they ask what pages ask, give nothing away, and are valid archives."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import pytest

from symparams.documents.written_question import WrittenQuestion
from symparams.exports.office import Docx, Epub
from symparams.exports.paper import variant
from tests.conftest import EXAMPLES
from tests.exports.asked_samples import BANK, samples
from tests.test_cli import refused, run
from tests.test_office import body, parts
from tests.test_office import said as said_in

pytestmark = pytest.mark.extra  # pandoc

KINDS: dict[str, type[Docx]] = {"docx": Docx, "epub": Epub}
STUDENTS = ["Ada Lovelace", "Max O'Neill & Söhne_#1 <b>", "Иванов Пётр", "משה", "王小明"]
CNN = EXAMPLES / "exam-cnn.arch"
EXAM = ("exam", CNN, "--questions", "5", "--variants", "2", "--kinds", "params,shape:choice,story,macs")


@pytest.fixture(scope="module", autouse=True)
def _pandoc() -> None:
    pytest.importorskip("pypandoc")


def paper(
    kind: str, papers: Sequence[Sequence[WrittenQuestion]], key: bool, students: Sequence[str] = (), title: str = "Exam"
) -> bytes:
    export = KINDS[kind]()
    export.students = students
    (made,) = export.written(export.document(title, [list(map(export.item, asked)) for asked in papers], key))
    assert isinstance(made, bytes)
    parts(made)
    return made


def said(data: bytes) -> str:
    return "".join(said_in(data).replace("’", "'").split())


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_student_has_a_paper_with_any_text(kind: str, key: bool) -> None:
    asked = samples(5, "office", 10)
    papers = [asked[at : at + 2] for at in range(0, 10, 2)]
    made = paper(kind, papers, key, STUDENTS, BANK.title)
    seen = said(made)
    for name in (*STUDENTS, *(variant(a.identity for a in one) for one in papers)):
        assert "".join(name.split()) in seen
    assert seen.count("✓") == (sum(one.answer_type == "choice" for one in asked) if key else 0)
    if kind == "docx":
        assert body(made).count('w:type="page"') == len(papers) - 1
    else:
        assert len([name for name in parts(made) if re.search(r"/ch\d+\.xhtml", name)]) == len(papers)


@pytest.mark.parametrize("kind", KINDS)
def test_the_exam_and_its_key_say_what_the_pages_say(kind: str, tmp_path: Path) -> None:
    for suffix in (kind, "html"):
        status, _, error = run(*EXAM, "-o", tmp_path / f"exam.{suffix}")
        assert status == 0, error
    for name in ("exam", "exam-key"):
        page = (tmp_path / f"{name}.html").read_text("utf-8")
        page = re.sub(r"<style>.*?</style>|<title>.*?</title>|<[^>]*>", " ", page, flags=re.DOTALL)
        found = said((tmp_path / f"{name}.{kind}").read_bytes())
        numbers = set(re.findall(r"\d[\d,]*\d|\d", page))
        assert len(numbers) > 20
        assert [number for number in numbers if number not in found] == []
    exam = said((tmp_path / f"exam.{kind}").read_bytes())
    assert "Solution." not in exam
    assert "Knownmistakes" not in exam
    assert "✓" not in exam


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_exam_is_the_same_bytes(kind: str, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        assert run(*EXAM, "-o", tmp_path / folder / f"exam.{kind}")[0] == 0
    one, other = ({p.name: p.read_bytes() for p in (tmp_path / folder).iterdir()} for folder in ("a", "b"))
    assert one == other
    assert set(one) == {f"exam.{kind}", f"exam-key.{kind}"}


@pytest.mark.parametrize("kind", KINDS)
def test_figures_are_pictures(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"exam.{kind}"
    assert run("exam", CNN, "--kinds", "story", "--questions", "1", "--show", "figure", "-o", path)[::2] == (0, "")
    assert re.search(r"svgBlip|<svg|\.svg", body(path.read_bytes()))


def test_what_cannot_be(tmp_path: Path) -> None:
    said = refused(*EXAM, "--sheets", "-o", tmp_path / "exam.docx").splitlines()[0]
    assert said == "--sheets goes with --format latex, typst, html or pdf"
    assert refused(*EXAM, "--format", "docx").splitlines()[0] == (
        "--format docx is not text; say where to write it with -o PATH"
    )
    with mock.patch.dict(sys.modules, {"pypandoc": None}):
        said = refused(*EXAM, "-o", tmp_path / "exam.epub")
    assert said == 'a Word document or an EPUB needs pandoc: pip install "symparams[office]"'
    assert list(tmp_path.iterdir()) == []
