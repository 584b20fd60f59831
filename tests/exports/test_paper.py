"""The exam on paper: pdflatex takes it without complaint, it gives nothing away, and its points add up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given

from symparams.api import parse
from symparams.documents.escaping import escape_latex
from symparams.documents.rendering import STYLES, Document, render
from symparams.documents.written_question import WrittenBlank, WrittenQuestion
from symparams.errors import SymparamsError
from symparams.exports.latex import Latex
from symparams.exports.paper import variant
from tests.conftest import EXAMPLES
from tests.exports.asked_samples import BANK, questions, samples
from tests.exports.banks import put
from tests.exports.paper_building import built, needs_latex

ASKED = samples(5, "latex", 24)
STUDENTS = ["Ada Lovelace", "Max O'Neill & Söhne_#1", " ".join(["Anna"] * 24)]


def paper(title: str, students: Sequence[str], papers: Sequence[Sequence[WrittenQuestion]], key: bool) -> str:
    export = Latex()
    export.students = students
    return "".join(export.document(title, [list(map(export.item, asked)) for asked in papers], key))


@needs_latex
@pytest.mark.parametrize("key", [False, True])
def test_every_student_has_a_paper(key: bool, tmp_path: Path) -> None:
    papers = [ASKED[:9], ASKED[9:21], ASKED[21:]]
    pages = built(paper(BANK.title, STUDENTS, papers, key), tmp_path)
    feet = [re.search(r"Variant (\w+)\s+Page (\d+) of (\d+)\s*$", page) for page in pages if page.strip()]
    said = [foot.groups() if foot else () for foot in feet]
    expected: list[tuple[str, ...]] = []
    for asked in papers:
        count = said[len(expected)][2]
        expected.extend(
            (variant(each.identity for each in asked), str(number), count) for number in range(1, int(count) + 1)
        )
    assert said == expected
    whole = "\n".join(pages)
    assert re.findall(r"^\s*Name: +(\S.*?)(?:  .*)?$", whole, re.M)[:2] == ["Ada Lovelace", "Max O’Neill & Söhne_#1"]
    assert [len(re.findall(rf"^ *{number}\. +\S", whole, re.M)) for number in (1, 3, 4, 9, 12, 13)] == [
        3,
        3,
        2,
        2,
        1,
        0,
    ]
    assert whole.count("✓") == (sum(asked.answer_type == "choice" for asked in ASKED) if key else 0)
    for text in (
        "<script>alert(1)</script> &amp; &#38;",
        r"\(x\) \[y\] $z$ $$w$$ \neq \end{document}",
        "<<x>> <% y %>",
        "-- ]]> -->",
    ):
        assert text in whole


@needs_latex
def test_without_names_there_is_a_line_for_one(tmp_path: Path) -> None:
    pages = built(paper("Exam", (), [ASKED[:5]], key=False), tmp_path)
    assert all("Name:" in page for page in pages)


@needs_latex
def test_an_answer_with_brackets_is_printed_whole(tmp_path: Path) -> None:
    asked = replace(ASKED[0], answer="a] [b]] c", blanks=())
    assert "a] [b]] c" in "".join(built(paper("Exam", (), [[asked]], key=True), tmp_path))


@needs_latex
def test_an_answer_that_is_wider_than_its_line_takes_several(tmp_path: Path) -> None:
    answer = " + ".join(f"{i}*k^2*F*floor((H - {i})/4)" for i in range(2, 12))
    (page,) = built(paper("Exam", (), [[replace(ASKED[0], answer=answer, blanks=())]], key=True), tmp_path)
    assert answer in " ".join(page.split())


@needs_latex
@pytest.mark.parametrize("style", STYLES)
def test_solutions_of_any_style_fit_into_the_key(style: str, tmp_path: Path) -> None:
    network = parse((EXAMPLES / "mnist-63.arch").read_text("utf-8"))
    solution = render(network.solve()._contents, Document(style, "latex"))
    stem = "What of this?\n\\begin{verbatim}\ninput(28, 28, 1)\n  conv(32, 3) # 100%\n\\end{verbatim}"
    built(paper("Exam", (), [[replace(ASKED[0], stem=stem, solution=solution), ASKED[1]]], key=True), tmp_path)


def marked(text: str) -> list[Fraction]:
    """The points in a LaTeX text, as the class adds them up."""
    found = re.findall(r"\\(?:question|part)\[(\d*)(\\half)?\]", text)
    return [Fraction(int(whole or 0)) + (Fraction(1, 2) if half else 0) for whole, half in found]


@given(questions("latex"))
def test_points_stand_on_the_question_or_on_its_parts(asked: WrittenQuestion) -> None:
    assert sum(marked(paper("", (), [[asked]], key=False))) == asked.points


def test_blanks_share_the_points_where_halves_can() -> None:
    def with_blanks(*shares: Fraction) -> list[Fraction]:
        blanks = tuple(WrittenBlank(f"({mark})", "7", 7, share) for mark, share in zip("abc", shares, strict=False))
        asked = replace(ASKED[0], points=Fraction(2), blanks=blanks)
        return marked(paper("", (), [[asked]], key=False))

    assert with_blanks(Fraction(1, 2), Fraction(3, 2)) == [Fraction(1, 2), Fraction(3, 2)]
    assert with_blanks(Fraction(2, 3), Fraction(4, 3)) == [2]
    assert with_blanks(Fraction(1), Fraction(1, 2)) == [2]


@given(questions("latex"))
def test_the_exam_gives_nothing_away_and_the_key_asks_the_same(asked: WrittenQuestion) -> None:
    asked = replace(asked, solution="SECRET WAY", answer="SECRET", name="SECRET NAME")
    exam = paper("", ["Ada"], [[asked]], key=False)
    key = paper("", ["Ada"], [[asked]], key=True)
    assert not re.search(r"SECRET|CorrectChoice |printanswers\n|Known mistakes|\\checkmark", exam)
    assert "SECRET WAY" in key
    assert ("\\CorrectChoice " if asked.options else "\\fillin") in key
    for text in (asked.stem.strip(), *(option.text for option in asked.options), variant([asked.identity])):
        assert text in exam
        assert text in key
    assert all(escape_latex(blank.answer) in key for blank in asked.blanks)


def test_the_table_of_grades_has_every_question() -> None:
    exam = paper("", (), [ASKED], key=False)
    assert re.findall(r"\\makebox\[7mm\]\{(\d+)\}", exam) == [str(number) for number in range(1, 25)]
    rows = re.findall(r"^Points (.*) \\\\ \\hline$", exam, re.M)
    cells = " ".join(rows).replace("\\textonehalf{}", ".5").replace("&", "").split()
    assert [Fraction(cell) for cell in cells] == [*(asked.points for asked in ASKED), sum(a.points for a in ASKED)]


def test_a_mark_that_latex_does_not_make_is_printed() -> None:
    blanks = (WrittenBlank("(a)", "1", 1, Fraction(1)), WrittenBlank("(ii)", "2", 2, Fraction(1)))
    exam = paper("", (), [[replace(ASKED[0], points=Fraction(2), blanks=blanks)]], key=False)
    assert "\\part[1] \\fillin[][40mm]\n\\part[1] (ii)\\enspace \\fillin[][40mm]\n" in exam


def test_every_student_needs_a_paper() -> None:
    with pytest.raises(SymparamsError, match=r"^there are 3 students and 2 papers; each needs one$"):
        paper("", STUDENTS, [ASKED, ASKED], key=False)


def test_exam_and_key_are_two_files(tmp_path: Path) -> None:
    export, path, key = Latex(), tmp_path / "exam.tex", tmp_path / "exam-key.tex"
    export.students = STUDENTS[:1]
    for _ in range(2):
        put(export, path, ASKED)
        assert path.read_text("utf-8") == paper(BANK.title, STUDENTS[:1], [ASKED], key=False)
        assert key.read_text("utf-8") == paper(BANK.title, STUDENTS[:1], [ASKED], key=True)
    path.unlink()
    key.write_text("corrected by hand")
    with pytest.raises(SymparamsError) as caught:
        put(export, path, ASKED)
    assert str(caught.value) == f"{key} exists and is not what is to be written; choose another name or remove it"
    assert not path.exists()
    assert key.read_text() == "corrected by hand"
