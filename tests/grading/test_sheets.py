"""Tables of answers in all layouts, and what is said of wrong ones."""

from __future__ import annotations

import csv

import pytest

from symparams.exports.paper import variant
from symparams.grading.marks import ClassMarks
from tests.grading.classes import bank, bank_text, error, marks


def answers(found: ClassMarks) -> list[tuple[str, int, int, str, str]]:
    """Everything that was taken from a table."""
    return [(s.name, a.number, a.variant, a.text, a.mark.outcome) for s in found.students for a in s.answers if a.text]


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
    which = variant(asked.identity for asked in questions[1::2]).lower() if paper == "code" else paper
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
    f"by number (1 to 8), identity ({Q[0]} …) or text; here are"
)
CELLS = (
    "answers.csv:2: there are 3 cells in this line, but 2 columns; a cell that holds the mark between cells needs "
    'quotation marks: "18,207"'
)
PAPER = (
    "answers.csv:2: which variant does `Ada` have? A column `paper` must say it, with a number (1 to 2) or the printed "
    "code; or name questions by identity or text"
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
    "two columns of one name": (
        "student,question,answer,Answer\nAda,1,5,6\n", 1, "answers.csv:1: two columns are called `answer`",
    ),
    "a student twice": (
        "student,1\nAda,5\n Ada ,6\n", 1, "answers.csv:3: `Ada` stands in line 2 already; each student has one line",
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
