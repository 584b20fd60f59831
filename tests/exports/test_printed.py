"""Papers of Typst, as PDF and as pages of HTML: they ask what the LaTeX asks, give nothing away, and print any text."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

import symparams as sp
from symparams.algebra.typst_notation import quoted
from symparams.documents.pdf import pdf
from symparams.documents.written_question import WrittenQuestion
from symparams.errors import SymparamsError
from symparams.exports.html import Html
from symparams.exports.latex import Latex
from symparams.exports.paper import Paper, variant
from symparams.exports.typst import Typst
from tests import html_reader
from tests.conftest import EXAMPLES
from tests.exports.asked_samples import BANK, questions, samples
from tests.test_cli import refused, run
from tests.test_pdf import text_of

WRITERS: dict[str, type[Paper]] = {"typst": Typst, "html": Html}
MARKUPS = {"typst": "typst", "html": "mathml", "latex": "latex"}
STUDENTS = ["Ada Lovelace", "Max O'Neill & Söhne_#1 <b>", "Иванов Пётр", "משה", "محمد", " ".join(["Anna"] * 24)]
NAMES = [name for name in STUDENTS if "Anna" not in name]
MARKS = "\u202a\u202b\u202c\u200b"  # which pdftotext puts around Hebrew and Arabic, and where a word may break


def paper(
    name: str, papers: Sequence[Sequence[WrittenQuestion]], key: bool, students: Sequence[str] = (), title: str = "Exam"
) -> str:
    export = WRITERS[name]() if name in WRITERS else Latex()
    export.students = students
    return "".join(export.document(title, [list(map(export.item, asked)) for asked in papers], key))


def read(name: str, text: str) -> str:
    """What a reader sees of a document."""
    if name == "html":
        body = re.sub(r"<style>.*?</style>|<wbr>", "", text, flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())
    seen = text_of(pdf(text))
    return " ".join("".join(c for c in seen if c not in MARKS).split())


@pytest.mark.extra
@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize("name", WRITERS)
def test_every_student_has_a_paper_with_any_text(name: str, key: bool) -> None:
    asked = samples(5, MARKUPS[name], 24)
    papers = [asked[:4], asked[4:8], asked[8:12], asked[12:16], asked[16:20], asked[20:]]
    text = paper(name, papers, key, STUDENTS, BANK.title)
    seen = read(name, text)
    for student in (*NAMES, BANK.title.replace('"', "")[:8], *(variant(a.identity for a in one) for one in papers)):
        assert "".join(student.split()) in "".join(seen.replace("’", "'").split())
    for nasty in (r"\(x\) \[y\] $z$ $$w$$ \neq \end{document}", "<<x>> <% y %> {{z}} {% w %}", "-- ]]> -->"):
        assert "".join(nasty.split()) in "".join(seen.split())
    assert seen.count("✓") == (sum(one.answer_type == "choice" for one in asked) if key else 0)
    if name == "html":
        assert html_reader.read(text)[1] == []


@pytest.mark.parametrize("name", WRITERS)
def test_the_exam_gives_nothing_away_and_the_key_asks_the_same(name: str) -> None:
    @given(questions(MARKUPS[name]))
    def law(asked: WrittenQuestion) -> None:
        asked = replace(asked, solution="SECRET WAY", answer="SECRET", name="SECRET NAME")
        exam, key = (paper(name, [[asked]], key=is_key, students=["Ada"]) for is_key in (False, True))
        assert not re.search(r"SECRET|Known mistakes|✓|\(true,|class=\"right\"", exam.split("\n// ---- variant")[-1])
        assert "SECRET WAY" in key
        for text in (asked.stem.strip(), *(option.text for option in asked.options), variant([asked.identity])):
            if "<math>" not in text:  # which holds the marks behind it, too
                assert text in exam
                assert text in key

    law()


@pytest.mark.parametrize("name", WRITERS)
def test_points_and_lines_are_those_of_latex(name: str) -> None:
    """The same questions have the same points, table of grades and lines in every format."""
    asked = {one: samples(5, MARKUPS[one]) for one in (name, "latex")}
    texts = {one: paper(one, [asked[one]], key=False) for one in asked}
    margin = {
        "latex": re.findall(r"\\(?:question|part)\[(\d*)(\\half)?\]", texts["latex"]),
        "typst": re.findall(r"^#(?:question|part)\(.*?, \[(?=[\d½])(\d*)(½)?\], ", texts.get("typst", ""), re.M),
        "html": re.findall(r'class="points">\[(\d*)(½)?&nbsp;pt\]', texts.get("html", "")),
    }
    found = [(whole, bool(half)) for whole, half in margin[name]]
    assert found == [(whole, bool(half)) for whole, half in margin["latex"]] != []
    widths = {
        "latex": re.findall(r"\]\[(\d+)mm\]|\\answerhere\{\}\{(\d+)mm\}", texts["latex"]),
        "typst": re.findall(r"^#(?:part|answer-here)\(.*?(\d+)mm", texts.get("typst", ""), re.M),
        "html": re.findall(r'min-width: (\d+)mm"></span></(?:p|div)>\n', texts.get("html", "")),
    }
    assert list(widths[name]) == [one or other for one, other in widths["latex"]]


@pytest.mark.extra
@pytest.mark.parametrize("option", [(), ("--story",), ("--fade", "2"), ("--show", "keras"), ("--digits", "space")])
def test_exams_of_every_sort(option: tuple[str, ...], tmp_path: Path) -> None:
    arguments = ("exam", EXAMPLES / "exam-cnn.arch", "--questions", "3" if "--story" not in option else "1", *option)
    for name in ("exam.pdf", "exam.html", "exam.typ"):
        for _ in range(2):
            status, out, error = run(*arguments, "-o", tmp_path / name)
            assert (status, out) == (0, ""), error
    keys = read("html", (tmp_path / "exam-key.html").read_text("utf-8"))
    numbers = set(re.findall(r"\d[\d,\u202f]*", keys))
    printed = text_of((tmp_path / "exam-key.pdf").read_bytes()).replace("-\n", "")
    assert numbers - set(re.findall(r"\d[\d,\u202f ]*\d|\d", printed)) - set(re.findall(r"\d[\d,]*", printed)) <= {"0"}
    assert html_reader.read((tmp_path / "exam.html").read_text("utf-8"))[1] == []
    assert pdf((tmp_path / "exam.typ").read_text("utf-8")) == (tmp_path / "exam.pdf").read_bytes()


@pytest.mark.extra
@pytest.mark.parametrize("name", ["pdf", "html"])
def test_sheets_are_read_by_another_program(name: str, tmp_path: Path) -> None:
    zxing, image = pytest.importorskip("zxingcpp"), pytest.importorskip("PIL.Image")
    typst = pytest.importorskip("typst")
    made = sp.exam(
        sp.parse("range F in 4..40 input(3) -> dense(F)"),
        questions=1,
        names=["Ada; 4711", "Zoë"],
        sheets=True,
        kinds="params,params:choice",
    )
    codes = re.findall(r"\\scriptsize\\texttt\{([^}]*)\}", made.to_latex())
    if name == "html":
        pictures = re.findall(r"<svg .*?</svg>", "".join(made.edition("html").texts()))
        texts = []
        for picture in pictures:
            shown = picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
            page = f"#set page(width: auto, height: auto)\n#image(bytes({quoted(shown)}), width: 60mm)"
            (tmp_path / "code.png").write_bytes(typst.compile(page.encode(), format="png"))
            texts += [one.text for one in zxing.read_barcodes(image.open(tmp_path / "code.png").convert("RGB"))]
    else:
        pages = typst.compile("".join(made.edition("typst").texts()).encode(), format="png", ppi=110)
        texts = []
        for page in pages:
            (tmp_path / "page.png").write_bytes(page)
            texts += [one.text for one in zxing.read_barcodes(image.open(tmp_path / "page.png").convert("RGB"))]
    assert texts == codes
    assert len(codes) == 2


def test_a_pdf_is_not_printed_and_needs_typst(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    arguments = ("exam", "-e", "input(3) -> dense(4)", "--questions", "1", "--kinds", "params")
    said = refused(*arguments, "--format", "pdf").splitlines()[0]
    assert said == "--format pdf is not text; say where to write it with -o PATH"
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(SymparamsError, match=r'^a PDF needs typst: pip install "symparams\[pdf\]"$'):
        sp.exam(sp.parse("input(3) -> dense(4)"), questions=1, kinds="params").write(tmp_path / "exam.pdf", "pdf")
    assert list(tmp_path.iterdir()) == []
