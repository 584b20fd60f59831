"""A class is marked: the documents, tables and pictures that come out."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

import symparams as sp
from tests.conftest import EXAMPLES
from tests.grading.classes import bank, bank_text, marks
from tests.test_cli import refused, run


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bank and the answers of a class to it."""
    folder = tmp_path_factory.mktemp("class")
    questions = bank().questions
    (folder / "bank.json").write_text(bank_text(), "utf-8")
    (folder / "latin.json").write_text(bank_text(markup="latex"), "utf-8")

    def mistake(at: int) -> str:
        return questions[at].mistakes[1].answer

    rows: list[Sequence[str]] = [
        ["student", *map(str, range(1, 9))],
        ["Ada & Zoë_1", *("; ".join(b.answer for b in q.blanks) or q.answer for q in questions)],
        ["Bob", mistake(0), mistake(1), "k^2", "b", "7; 8", mistake(5), "", ""],
        ["=CMD()", mistake(0), "large", "9^9^9^9", "z", "=1+1", "", "-5", "a"],
        ["Nobody", *[""] * 8],
    ]
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.mark.parametrize(
    ("format_", "suffix"), [("text", "txt"), ("markdown", "md"), ("latex", "tex"), ("json", "json")]
)
def test_documents(classroom: Path, golden: Callable[[str, str], None], format_: str, suffix: str) -> None:
    bank = classroom / ("latin.json" if format_ == "latex" else "bank.json")
    status, out, said = run("grade", bank, "--answers", classroom / "answers.csv", "--format", format_)
    assert (status, said) == (0, "")
    golden(f"grade.{suffix}", out)


def test_letters_that_latex_cannot_print_are_refused_in_names_and_numbered_in_answers(classroom: Path) -> None:
    arguments = ("--answers", classroom / "answers.csv", "--format", "latex")
    assert refused("grade", classroom / "bank.json", *arguments) == (
        "the format latex has no letter `网` (U+7F51), which occurs in `网络`; "
        "write it in Latin letters, or choose another format, such as markdown"
    )
    answers = "student,1\nAda,李雷\n"
    out = run("grade", classroom / "latin.json", "--answers", "-", "--format", "latex", given=answers)[1]
    assert "U+674EU+96F7" in out


def test_an_answer_of_two_readings_is_listed_and_has_no_points(classroom: Path) -> None:
    arguments = ("grade", classroom / "bank.json", "--answers", "-")
    out = run(*arguments, given="student;1\nAda;18.207\n")[1]
    assert "Ada      ?" in out
    assert "1 answer has two readings" in out
    asked = "Ada             1  18.207  18.207 is 18,207 in some countries and a fraction in others; write 18207"
    assert asked in out.partition("Answers to ask about\n")[2]
    csv_ = run(*arguments, "--format", "csv", given="student;1;2\nAda;18.207;\n")[1]
    assert csv_ == "student,1,2,3,4,5,6,7,8,points,of,share\nAda,?,,,,,,,,0,10,0\n"


def test_columns_that_are_passed_over_are_named(classroom: Path) -> None:
    table = "Timestamp,Email Address,Color,1\nx,ada@example.org,red,5\n"
    status, out, said = run("grade", classroom / "bank.json", "--answers", "-", "--format", "json", given=table)
    assert status == 0
    assert said == "symparams: -: columns that are no question of the bank are passed over: Color\n"
    assert json.loads(out)["passed_over"] == ["Color"]


@pytest.mark.parametrize("table", ["marks", "tally", "answers", "items", "drawn"])
def test_tables(classroom: Path, golden: Callable[[str, str], None], table: str) -> None:
    arguments = ("grade", classroom / "bank.json", "--answers", classroom / "answers.csv", "--format", "csv")
    _, out, _ = run(*arguments, "--table", table)
    golden(f"grade-{table}.csv", out)
    rows = list(csv.reader(io.StringIO(out)))
    assert len({len(row) for row in rows}) == 1
    if table == "marks":
        assert run(*arguments)[1] == out


def test_what_python_gets(classroom: Path) -> None:
    found = sp.grade(classroom / "bank.json", classroom / "answers.csv")
    ada, bob, *_ = found.students
    assert ada.points == ada.of == sum(asked.points for asked in bank().questions)
    assert ada.share == 1
    assert 0 < bob.points < bob.of
    assert found.right(1) == Fraction(1, 4)
    assert found.tally[0].count == 2
    assert [tally.count for tally in found.tally] == sorted((tally.count for tally in found.tally), reverse=True)
    assert found.mean == (ada.points + bob.points + sum(s.points for s in found.students[2:])) / 4
    assert repr(found) == "<Marks: 4 students, 8 questions>"
    arguments = ("grade", classroom / "bank.json", "--answers", classroom / "answers.csv", "--format")
    for format_, text in (("text", str(found)), ("csv", found.to_csv()), ("json", found.to_json() + "\n")):
        assert run(*arguments, format_)[1] == text


def test_many_questions_fit_the_page() -> None:
    header = ",".join(["student", *map(str, range(1, 21))])
    found = sp.Marks(marks(f"{header}\nAda,5\n", bank_text(count=20, markup="latex")))
    text = found.to_latex()
    assert [f"Questions {a} to {b}" in text for a, b in ((1, 8), (9, 16), (17, 20))] == [True] * 3
    assert "Questions 1 to" not in found.to_text()


@pytest.mark.program
def test_latex_can_be_set(classroom: Path, tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("there is no pdflatex")
    arguments = ("grade", classroom / "latin.json", "--answers", classroom / "answers.csv", "--format", "latex")
    run(*arguments, "--standalone", "-o", tmp_path / "marks.tex")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "marks.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode("latin-1")[-2000:]


def test_answers_can_be_piped_in(classroom: Path) -> None:
    table = (classroom / "answers.csv").read_text("utf-8")
    piped = run("grade", classroom / "bank.json", "--answers", "-", given=table)
    assert piped == run("grade", classroom / "bank.json", "--answers", classroom / "answers.csv")


def test_options_that_do_not_go_together(classroom: Path) -> None:
    arguments = ("grade", classroom / "bank.json", "--answers", classroom / "answers.csv")
    assert refused(*arguments, "--table", "tally").startswith("--table goes with --format csv")
    assert refused(*arguments, "--standalone").startswith("--standalone goes with --format latex")
    assert refused("grade", "-", "--answers", "-").startswith(
        "only one of BANK and --answers can be the standard input"
    )
    assert refused("grade", "no.json", "--answers", "no.csv") == "cannot read no.json: No such file or directory"


# ---------------------------------------------------------------- the picture


@pytest.mark.extra
@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_the_same_tally_is_the_same_picture(classroom: Path, tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("typst")
    found = sp.grade(classroom / "bank.json", classroom / "answers.csv")
    starts = {".png": b"\x89PNG", ".pdf": b"%PDF"}
    for name in ("one", "two"):
        found.plot(tmp_path / f"{name}{suffix}")
    one, two = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("one", "two"))
    assert one == two
    assert one.startswith(starts[suffix])
    assert len(list(tmp_path.iterdir())) == 2


def test_the_picture(classroom: Path, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    arguments = ("grade", classroom / "bank.json", "--answers", classroom / "answers.csv")
    assert run(*arguments, "--plot", tmp_path / "m.svg")[1] == run(*arguments)[1]
    golden("grade.svg", (tmp_path / "m.svg").read_text("utf-8"))
    message = "m.jpg: a plot is a file that ends with .png, .svg or .pdf"
    assert refused(*arguments, "--plot", tmp_path / "m.jpg").endswith(message)


def test_what_the_picture_says(classroom: Path, tmp_path: Path) -> None:
    found = sp.grade(classroom / "bank.json", classroom / "answers.csv")
    found.plot(tmp_path / "m.svg")
    root = ElementTree.parse(tmp_path / "m.svg").getroot()
    svg = "{http://www.w3.org/2000/svg}"
    bars = [float(bar.get("width", 0)) for bar in root.findall(f"{svg}rect")][1:]
    assert bars == [bars[0] * tally.count / found.tally[0].count for tally in found.tally]
    texts = [text.text for text in root.findall(f"{svg}text")]
    assert texts[0] == "Week 3: mistakes"
    assert [text for text in texts if text in {"1", "2"}][:2] == ["2", "1"]
    said = " ".join(filter(None, texts))
    for name in ("Left out conv_2", "--> </details> <!-- */ %>", "A & B <b> \"quoted\" 'single'"):
        assert name in said
    assert all(int(text.get("y", 0)) < int(root.get("height", 0)) for text in root.findall(f"{svg}text"))


@pytest.mark.extra
def test_a_class_without_mistakes_has_a_picture(tmp_path: Path) -> None:
    found = sp.Marks(marks("student,1\nAda,\n"))
    found.plot(tmp_path / "m.svg")
    assert ">No known mistake was made.</text>" in (tmp_path / "m.svg").read_text("utf-8")
    pytest.importorskip("typst")
    found.plot(tmp_path / "m.png")
    assert (tmp_path / "m.png").stat().st_size > 1000


def test_without_typst(classroom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    found = sp.grade(classroom / "bank.json", classroom / "answers.csv")
    with pytest.raises(sp.SymparamsError) as caught:
        found.plot(tmp_path / "m.png")
    assert str(caught.value) == 'a plot as PNG needs typst: pip install "symparams[pdf]"'
    found.plot(tmp_path / "m.svg")


def test_the_page_names_every_key(classroom: Path) -> None:
    page = (EXAMPLES.parent / "docs" / "json.md").read_text("utf-8").partition("## Marks")[2]
    record = json.loads(sp.grade(classroom / "bank.json", classroom / "answers.csv").to_json())
    inner = [record["students"][0], record["students"][0]["answers"][0], record["questions"][0], record["tally"][0]]
    for key in {key for entry in (record, record["outcomes"], *inner) for key in entry}:
        assert f"`{key}`" in page, key
