"""Sheets for answers: a row for each, and a QR code that says exam, paper and student, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import symparams as sp
from symparams.errors import SymparamsError
from symparams.exports.answer_sheets import Student, pages, sheet_code, students
from tests.exports.paper_building import built, needs_latex
from tests.grading.test_bank import NETWORK
from tests.test_cli import refused, run

NAMES = ["Ada Lovelace; 4711", "Bo O'Neill", "Zoë\tX-7/b"]
CODE = re.compile(r"\\scriptsize\\texttt\{([^}]*)\}")


def exam(**more: object) -> sp.Exam:
    kinds = "params,shape:choice,total,truth"
    options = {"names": NAMES, "sheets": True, **more}
    return sp.exam(sp.parse(NETWORK), questions=6, kinds=kinds, title="Week 3", **options)  # type: ignore[arg-type]


def text(made: sp.Exam) -> str:
    return made.to_latex()


@pytest.mark.parametrize(
    ("line", "student"),
    [
        ("Ada Lovelace; 4711", Student("Ada Lovelace", "4711")),
        ("Ada Lovelace\t4711", Student("Ada Lovelace", "4711")),
        ("Lovelace, Ada ;A.4/711", Student("Lovelace, Ada", "A.4/711")),
        ("Lovelace, Ada", Student("Lovelace, Ada", "1")),
        ("Lovelace; Ada", Student("Lovelace; Ada", "1")),
        ("Ada; " + "9" * 31, Student("Ada; " + "9" * 31, "1")),
        ("", Student("", "")),
    ],
)
def test_a_line_of_the_list_of_names(line: str, student: Student) -> None:
    assert students([line]) == [student]


def test_codes() -> None:
    assert sheet_code("0123AB", "4567CD", "4711") == "0123AB-4567CD-4711"
    assert sheet_code("0123AB", "4567CD", "") == "0123AB-4567CD"


def test_pages() -> None:
    assert list(map(len, pages([{}] * 40))) == [18, 18, 4]


@pytest.mark.extra
def test_the_code_is_drawn_as_it_is_made() -> None:
    segno = pytest.importorskip("segno")
    made = text(exam())
    codes = CODE.findall(made)
    assert [code.split("-", 2)[2] for code in codes] == ["4711", "2", "X-7/b"]
    for code, drawn in zip(codes, made.split(r"\begin{picture}")[1:], strict=True):
        matrix = [list(map(bool, row)) for row in segno.make_qr(code, error="m").matrix]
        size = len(matrix)
        assert drawn.startswith(f"({size},{size})")
        found = [[False] * size for _ in range(size)]
        for left, below, length in re.findall(r"\\qrbar\{(\d+)\}\{(\d+)\}\{(\d+)\}", drawn):
            for at in range(int(left), int(left) + int(length)):
                assert not found[size - 1 - int(below)][at]
                found[size - 1 - int(below)][at] = True
        assert found == matrix


@pytest.mark.extra
def test_what_a_code_says_is_what_grade_reads() -> None:
    pytest.importorskip("segno")
    made = exam()
    bank = exam(names=(), sheets=False, variants=3)
    codes = CODE.findall(text(made))
    asked = [[q for q in bank.questions if q.variant == paper] for paper in (1, 2, 3)]
    rows = [f'{code},"{q[0].key}","{q[2].key}"' for code, q in zip(codes, asked, strict=True)]
    found = sp.grade(bank, "\n".join(["qr,1,3", *rows, ""]))
    assert [(s.name, s.paper) for s in found.students] == [("4711", 1), ("2", 2), ("X-7/b", 3)]
    assert all(s.answers[n].mark.outcome == "right" for s in found.students for n in (0, 2))
    named = "\n".join(["student,paper,1", *(f"S{n},{code},5" for n, code in enumerate(codes)), ""])
    assert [s.name for s in sp.grade(bank, named).students] == ["S0", "S1", "S2"]
    other = exam(names=(), sheets=False, variants=3, seed=1)
    with pytest.raises(SymparamsError) as caught:
        sp.grade(other, f"qr,1\n{codes[0]},5\n")
    assert str(caught.value) == (
        f"the answers:2: the sheet `{codes[0]}` belongs to another exam than Week 3, whose code is "
        f"{sp_code(other)}; grade it with the bank of that exam"
    )


def sp_code(made: sp.Exam) -> str:
    from symparams.exports.paper import exam_code

    return exam_code(made.info)


@pytest.mark.extra
def test_without_names_the_code_names_no_student() -> None:
    pytest.importorskip("segno")
    codes = CODE.findall(text(exam(names=(), variants=2)))
    assert [len(code.split("-")) for code in codes] == [2, 2]


@pytest.mark.extra
def test_the_key_has_no_sheets(tmp_path: Path) -> None:
    pytest.importorskip("segno")
    exam().write(tmp_path / "exam.tex", "latex")
    assert "picture" in (tmp_path / "exam.tex").read_text("utf-8")
    assert "picture" not in (tmp_path / "exam-key.tex").read_text("utf-8")
    without = exam(sheets=False)
    without.write(tmp_path / "without.tex", "latex")
    assert (tmp_path / "without-key.tex").read_bytes() == (tmp_path / "exam-key.tex").read_bytes()


def test_without_segno(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    with pytest.raises(SymparamsError) as caught:
        exam().write(tmp_path / "exam.tex", "latex")
    assert str(caught.value) == 'answer sheets need segno: pip install "symparams[sheets]"'
    assert not (tmp_path / "exam.tex").exists()


def test_sheets_are_of_paper() -> None:
    said = refused("exam", "-e", "input(3) -> dense(4)", "--sheets")
    assert said.startswith("--sheets goes with --format latex")


@needs_latex
@pytest.mark.extra
def test_the_pages_are_read_by_another_program(tmp_path: Path) -> None:
    pytest.importorskip("segno")
    made = text(exam(names=[*NAMES, " ".join(["Anna"] * 24)]))
    found = built(made, tmp_path)
    sheets = [page for page in found if "Answer sheet" in page]
    assert len(sheets) == 4
    assert all("Page 1 of" in page for page in found if re.search(r"^ *1\. ", page, re.M) and "worth" in page)
    zxing = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    subprocess.run(["pdftoppm", "-r", "80", "-png", "exam.pdf", "page"], cwd=tmp_path, check=True)
    scanned = [zxing.read_barcodes(image.open(png).convert("RGB")) for png in sorted(tmp_path.glob("page*.png"))]
    assert [code.text for codes in scanned for code in codes] == CODE.findall(made)


def test_what_is_printed_without_sheets_is_as_before() -> None:
    arguments = ("exam", "-e", NETWORK, "--format", "latex", "--questions", "3")
    assert "qrbar" not in run(*arguments)[1]
