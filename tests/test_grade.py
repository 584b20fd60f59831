"""A class is marked: tables of answers in all layouts, the documents that come out, and what is said of wrong input."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import symparams as sp
from symparams.documents.asked import BankInfo
from symparams.errors import Source
from symparams.exports.json import Json
from symparams.exports.paper import variant
from symparams.grading.bank import Bank, read_bank
from symparams.grading.marks import ClassMarks, graded
from tests.conftest import EXAMPLES
from tests.exports.asked_samples import samples
from tests.test_cli import refused, run

NETWORK = """range k in 3, 5, 7
range F in 8..64 step 8
range C in 4..32 step 4
input(32, 32, C) -> conv(F, k) -> maxpool(2) -> conv(2*F, 3) -> flatten -> dense(10)
"""


def bank_text(seed: int = 1, count: int = 8, variants: int = 1, title: str = "Week 3") -> str:
    export, info = Json(), BankInfo(title, 7, "0.0.1", "0123abcd", variants)
    questions = samples(seed, count=count)
    return export.head(info) + export.between().join(map(export.item, questions)) + export.end(info, count, "mark")


def bank(seed: int = 1, count: int = 8, variants: int = 1) -> Bank:
    return read_bank(Source("bank.json", bank_text(seed, count, variants)))


def marks(table: str, text: str | None = None) -> ClassMarks:
    return graded(Source("bank.json", bank_text() if text is None else text), Source("answers.csv", table))


def error(table: str, text: str | None = None) -> str:
    with pytest.raises(sp.SymparamsError) as caught:
        marks(table, text)
    return str(caught.value)


def answers(found: ClassMarks) -> list[tuple[str, int, int, str, str]]:
    """Everything that was taken from a table."""
    return [(s.name, a.number, a.variant, a.text, a.mark.outcome) for s in found.students for a in s.answers if a.text]


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exam as a bank and on paper, in three variants."""
    folder = tmp_path_factory.mktemp("exam")
    (folder / "net.arch").write_text(NETWORK, "utf-8")
    kinds = "params,shape,total,blank,inverse,formula,compare,truth,params:choice,formula:choice"
    for format_, name in (("json", "bank.json"), ("latex", "exam.tex")):
        status, _, said = run(
            "exam", folder / "net.arch", "--questions", "10", "--variants", "3", "--kinds", kinds,
            "--format", format_, "-o", folder / name,
        )  # fmt: skip
        assert status == 0, said
    return folder


# ---------------------------------------------------------------- banks


def test_a_bank_is_read_as_it_was_written() -> None:
    for seed in range(20):
        assert list(bank(seed, 24).questions) == samples(seed)


def test_the_keys_of_an_exam_are_right_and_its_mistakes_are_known(exam: Path) -> None:
    found = read_bank(Source("bank.json", (exam / "bank.json").read_text("utf-8")))
    assert found.info.variants == 3
    assert len(found.numbered) == 10
    rows = [["student", "question", "answer"]]
    expected: dict[str, tuple[Fraction, str]] = {}
    for asked in found.questions:
        known = [(asked.answer, Fraction(1), "")]
        known += [(m.answer, m.credit, m.misconception) for m in asked.mistakes]
        known += [(o.plain, o.credit, o.misconception) for o in asked.options]
        for answer, credit, misconception in known:
            student = f"{asked.identity} {len(rows)}"
            rows.append([student, asked.identity, answer])
            expected[student] = credit * asked.points, misconception
    table = io.StringIO()
    csv.writer(table).writerows(rows)
    got = graded(Source("b", (exam / "bank.json").read_text("utf-8")), Source("a", table.getvalue()))
    assert len(got.students) == len(expected) > 60
    for found_of in got.students:
        (given,) = (a for a in found_of.answers if a.text)
        assert (given.mark.points, given.mark.misconception) == expected[found_of.name], given


def test_the_code_on_a_paper_says_which_questions_it_has(exam: Path) -> None:
    found = read_bank(Source("bank.json", (exam / "bank.json").read_text("utf-8")))
    codes = re.findall(r"^% ---- variant (\w+)$", (exam / "exam.tex").read_text("utf-8"), re.MULTILINE)
    assert list(found.codes) == codes
    assert len(set(codes)) == 3


# ---------------------------------------------------------------- tables of answers

TAKEN = [("Ada", 1, 1, "18,207", "unknown"), ("Ada", 4, 1, "b", "known"), ("Bob", 2, 1, "3x3", "unknown")]
TABLES = {
    "long": 'student,question,answer\nAda,1,"18,207"\nAda,4,b\nBob,2,3x3\nBob,3,\n',
    "long in another order": 'Response;when;Item;User Name\n18,207;today;1;Ada\n\nb;;4;Ada\n3x3;;Q2;Bob\n',
    "wide by number": 'student;1;2;3;4\nAda;18,207;;;b\nBob;;3x3;;\n',
    "wide with tabs": "\ufeffwho\tQuestion 1\tQuestion 2\tq4\r\nAda\t18,207\t\tb\r\nBob\t\t3x3\r\n",
    "as Excel writes it": 'sep=;\nname;1;2;4\nAda;"18,207";;b\nBob;;3x3;\n',
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_layouts(name: str) -> None:
    assert answers(marks(TABLES[name])) == TAKEN


def test_questions_by_identity() -> None:
    names = [asked.identity for asked in bank().questions]
    assert answers(marks(f"student,{names[1]},{names[0]},4\nAda,,5+,b\nBob,3x3,,\n")) == [
        ("Ada", 1, 1, "5+", "unread"), *TAKEN[1:],
    ]  # fmt: skip


@pytest.mark.parametrize("paper", ["2", "code"])
@pytest.mark.parametrize("layout", ["wide", "long", "by identity"])
def test_variants(layout: str, paper: str) -> None:
    """Questions 1 and 3 of 4 in two variants; on the second paper are the second, the fourth … of the bank."""
    questions = bank(variants=2).questions
    which = variant(questions[1::2]).lower() if paper == "code" else paper
    table = {
        "wide": f"student,paper,1,3\nAda,{which},7,8\n",
        "long": f"student,variant,question,answer\nAda,{which},1,7\nAda,{which},3,8\n",
        "by identity": f"student,{questions[0].identity},{questions[1].identity},{questions[5].identity}\nAda,,7,8\n",
    }[layout]
    found = marks(table, bank_text(variants=2))
    assert [(n, v, t) for _, n, v, t, _ in answers(found)] == [(1, 2, "7"), (3, 2, "8")]
    (student,) = found.students
    assert student.paper == 2
    assert student.of == sum(asked.points for asked in questions[1::2])
    assert [a.asked for a in student.answers if a.text] == [questions[1], questions[5]]


def test_an_answer_of_a_million_characters_is_one_wrong_answer() -> None:
    limit = csv.field_size_limit()
    found = marks(f"student,1,4\nAda,{'9' * 1_000_000},b\nBob,9^9^9^9,b\n")
    assert [a[1:3] + a[4:] for a in answers(found)] == [(1, 1, "unread"), (4, 1, "known")] * 2
    assert csv.field_size_limit() == limit


Q = [asked.identity for asked in bank().questions]
P = [asked.identity for asked in bank(variants=2).questions]
COLUMNS = (
    "answers.csv:1: the first line must name the columns: student, question and answer; or student and the questions "
    f"by number (1 to 8) or identity ({Q[0]} …); here are"
)
CELLS = (
    "answers.csv:2: there are 3 cells in this line, but 2 columns; a cell that holds the mark between cells needs "
    'quotation marks: "18,207"'
)
PAPER = (
    "answers.csv:2: which variant does `Ada` have? A column `paper` must say it, with a number (1 to 2) or the printed "
    "code; or name questions by identity"
)
ERRORS: dict[str, tuple[str, int, str]] = {
    "an empty file": ("\n\n", 1, "answers.csv: there are no answers in this file"),
    "only a header": ("student,1\n", 1, "answers.csv: there are no answers below the first line"),
    "no columns": (
        "a,b,c\nAda,1,2\n", 1, f"{COLUMNS} `a`, `b`, `c`",
    ),
    "columns missing": (
        "student,question\nAda,1\n", 1, f"{COLUMNS} `student`, `question`",
    ),
    "an unknown question": (
        "student,question,answer\nAda,9,5\n", 1,
        "answers.csv:2: there is no question `9` in bank.json; there are 1 to 8, or their identities",
    ),
    "an unknown identity": (
        f"student,1,{Q[1]}0\n", 1,
        f"answers.csv:1: there is no question `{Q[1]}0` in bank.json; did you mean `{Q[1]}`?",
    ),
    "a column twice": (
        "student,1,Q1\nAda,5,6\n", 1, "answers.csv:1: the columns `1` and `Q1` are the same question",
    ),
    "a student twice": (
        "student,1\nAda,5\n Ada ,6\n", 1, "answers.csv:3: `Ada` stands in line 2 already; a student has one line",
    ),
    "two answers": (
        f"student,question,answer\nAda,1,5\nAda,{Q[0]},5\n", 1, "answers.csv:3: `Ada` has two answers to question 1",
    ),
    "no student": ("student,1\n,5\n", 1, "answers.csv:2: this line names no student"),
    "a comma in a cell": (
        "student,1\nAda,18,207\n", 1,
        CELLS,
    ),
    "quotation marks left open": (
        'student,1\nAda,"18\n', 1, "answers.csv:2: this line is no CSV: unexpected end of data",
    ),
    "no paper": (
        "student,1\nAda,5\n", 2,
        PAPER,
    ),
    "an unknown paper": (
        "student,paper,1\nAda,3,5\n", 2,
        "answers.csv:2: there is no paper `3`; there is 1 to 2, or the code that is printed on it",
    ),
    "two papers": (
        "student,paper,question,answer\nAda,1,1,5\nAda,2,2,5\n", 2, "answers.csv:3: `Ada` has another paper in line 2",
    ),
    "a question of another paper": (
        f"student,paper,{P[1]}\nAda,1,5\n", 2, f"answers.csv:2: `{P[1]}` is not on the paper of `Ada`",
    ),
    "two variants": (
        f"student,{P[0]},{P[1]}\nAda,5,6\n", 2,
        "answers.csv:2: `Ada` has two answers to several variants of question 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_what_is_said_of_a_wrong_table(name: str) -> None:
    table, variants, message = ERRORS[name]
    assert error(table, bank_text(variants=variants)) == message


def changed(**more: Any) -> str:
    """A bank with something else in its first question, or without it."""
    found = json.loads(bank_text())
    first = {**found["questions"][0], **more}
    found["questions"][0] = {key: entry for key, entry in first.items() if entry is not ...}
    return json.dumps(found)


NO_BANK = "bank.json is not a bank of questions: {}; such a bank is made by symparams exam --format json -o FILE"
PARTIAL = (
    "bank.json: the bank is not complete, it has 7 questions in 2 variants each; the same symparams exam completes it"
)
BANKS: dict[str, tuple[str, str]] = {
    "no JSON": ("student,1\n", NO_BANK.format("it is not JSON")),
    "a deep one": ("[" * 100_000, NO_BANK.format("it is not JSON")),
    "a long number": ("9" * 10_000, NO_BANK.format("it is not JSON")),
    "another JSON": ('{"model": ""}', NO_BANK.format("it has no `bank` and `questions`")),
    "a list": ("[]", NO_BANK.format("it has no `bank` and `questions`")),
    "another version": (
        bank_text().replace('"format": 1', '"format": 2'),
        "bank.json is a bank of format 2; this version of symparams reads format 1",
    ),
    "a field missing": (changed(points=...), NO_BANK.format("question 1 has no `points`")),
    "a field of another type": (
        changed(points="1e999999999"), NO_BANK.format("`points` of question 1: it is not a number"),
    ),
    "a list that is none": (changed(options=1), NO_BANK.format("`options` of question 1: it is not a list")),
    "inside a list": (
        changed(mistakes=[{"answer": 5}]),
        NO_BANK.format("`mistakes` of question 1: `answer` of mistake 1: it is not a text"),
    ),
    "no number": (changed(value=None), NO_BANK.format("question 1: its answer is no number")),
    "an unknown type": (changed(answer_type="essay"), NO_BANK.format("question 1: there is no answer type essay")),
    "no key": (
        changed(answer_type="choice", options=[]), NO_BANK.format("question 1: not exactly one option is right"),
    ),
    "a formula without points": (
        changed(answer_type="formula"), NO_BANK.format("question 1: it has no points to compare formulas at"),
    ),
    "not complete": (
        bank_text(count=7, variants=2),
        PARTIAL,
    ),
    "no questions": (bank_text(count=0), "bank.json: there are no questions in this bank"),
}  # fmt: skip


@pytest.mark.parametrize("name", BANKS)
def test_what_is_said_of_a_wrong_bank(name: str) -> None:
    text, message = BANKS[name]
    assert error("student,1\nAda,5\n", text) == message


def test_whatever_is_taken_out_of_a_bank_there_is_one_message() -> None:
    text = bank_text(count=4)
    for at in range(0, len(text), 97):
        assert error("student,1\nAda,5\n", text[:at]).startswith("bank.json is not a bank of questions: ")


# ---------------------------------------------------------------- documents


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bank and the answers of a class to it."""
    folder = tmp_path_factory.mktemp("class")
    questions = bank().questions
    (folder / "bank.json").write_text(bank_text(), "utf-8")

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
    status, out, said = run(
        "grade", classroom / "bank.json", "--answers", classroom / "answers.csv", "--format", format_
    )
    assert (status, said) == (0, "")
    golden(f"grade.{suffix}", out)


@pytest.mark.parametrize("table", ["marks", "tally", "answers"])
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
    found = sp.Marks(marks(f"{header}\nAda,5\n", bank_text(count=20)))
    text = found.to_latex()
    assert [f"Questions {a} to {b}" in text for a, b in ((1, 8), (9, 16), (17, 20))] == [True] * 3
    assert "Questions 1 to" not in found.to_text()


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs LaTeX")
def test_latex_can_be_set(classroom: Path, tmp_path: Path) -> None:
    arguments = ("grade", classroom / "bank.json", "--answers", classroom / "answers.csv", "--format", "latex")
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


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_tally_is_the_same_picture(classroom: Path, tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("matplotlib")
    found = sp.grade(classroom / "bank.json", classroom / "answers.csv")
    starts = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}
    for name in ("one", "two"):
        found.plot(tmp_path / f"{name}{suffix}")
    one, two = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("one", "two"))
    assert one == two
    assert one.startswith(starts[suffix])
    assert len(list(tmp_path.iterdir())) == 2


def test_the_picture_is_drawn_beside_the_document(classroom: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    arguments = ("grade", classroom / "bank.json", "--answers", classroom / "answers.csv")
    assert run(*arguments, "--plot", tmp_path / "m.svg")[1] == run(*arguments)[1]
    assert "<svg" in (tmp_path / "m.svg").read_text("utf-8")
    message = "m.jpg: a plot is a file that ends with .png, .svg or .pdf"
    assert refused(*arguments, "--plot", tmp_path / "m.jpg").endswith(message)


def test_a_class_without_mistakes_has_a_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    sp.Marks(marks("student,1\nAda,\n")).plot(tmp_path / "m.png")
    assert (tmp_path / "m.png").stat().st_size > 1000


def test_without_matplotlib(classroom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(sp.SymparamsError) as caught:
        sp.grade(classroom / "bank.json", classroom / "answers.csv").plot(tmp_path / "m.png")
    assert str(caught.value) == "a plot needs matplotlib; install it with: pip install 'symparams[plots]'"


def test_the_page_names_every_key(classroom: Path) -> None:
    page = (EXAMPLES.parent / "docs" / "json.md").read_text("utf-8").partition("## Marks")[2]
    record = json.loads(sp.grade(classroom / "bank.json", classroom / "answers.csv").to_json())
    inner = [record["students"][0], record["students"][0]["answers"][0], record["questions"][0], record["tally"][0]]
    for key in {key for entry in (record, record["outcomes"], *inner) for key in entry}:
        assert f"`{key}`" in page, key
