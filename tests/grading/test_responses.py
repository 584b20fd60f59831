"""Tables that a learning platform or a form exports, and tables that are broken, too large or hostile."""

from __future__ import annotations

import csv
import html
import io
import random
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import pytest

import symparams as sp
from symparams import limits
from symparams.documents.written_question import WrittenQuestion
from symparams.grading.marks import ClassMarks
from tests.grading.classes import bank, bank_text, error, marks
from tests.grading.test_bank import NETWORK

Q = bank().questions
WHO = ["Last name", "First name", "Email address", "Status", "Started", "Completed", "Duration", "Grade/10.00"]
ADA = [
    "Lovelace",
    "Ada",
    "ada@example.org",
    "Finished",
    "1 May 2026  9:00 AM",
    "1 May 2026  9:30 AM",
    "30 mins",
    "5.00",
]


def table(*rows: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def given(found: ClassMarks) -> list[tuple[str, int, int, str]]:
    return [(s.name, a.number, a.variant, a.text) for s in found.students for a in s.answers if a.text]


# ---------------------------------------------------------------- Moodle


def test_responses_by_their_number() -> None:
    absent = ["Bell", "Bo", "bo@example.org", *"-----", "-", "-"]
    found = marks(table([*WHO, "Response 1", "Response 4"], [*ADA, "18,207", "-"], absent))
    assert given(found) == [("Ada Lovelace", 1, 1, "18,207")]
    assert found.passed_over == ()


def test_a_finished_attempt_without_answers_counts() -> None:
    found = marks(table([*WHO, "Response 1"], [*ADA, "-"]))
    assert [(s.name, s.points) for s in found.students] == [("Ada Lovelace", Fraction(0))]


HEADERS = {
    "Response": "Surname,First name,Institution,Email address,State,Started on,Completed,Time taken,Grade/10.00",
    "Antwort": "Nachname,Vorname,ID-Nummer,E-Mail-Adresse,Status,Begonnen am,Beendet,Verbrauchte Zeit,Bewertung/10.00",
    "Réponse": "Nom,Prénom,Département,Adresse de courriel,État,Commencé le,Terminé,Temps utilisé,Note/10.00",
    "Respuesta": "Apellido(s),Nombre,Departamento,Dirección de correo,Estado,Finalizado,Calificación/10.00",
}


@pytest.mark.parametrize("response", HEADERS)
def test_the_language_of_the_platform_does_not_matter(response: str) -> None:
    names = HEADERS[response].split(",")
    cells = {0: "Lovelace", 1: "Ada", 3: "ada@example.org"}
    row = [cells.get(at, "x") for at in range(len(names))]
    found = marks(table([*names, f"{response} 1", f"{response} 2"], [*row, "5+1", "3x3"]))
    assert given(found) == [("Ada Lovelace", 1, 1, "5+1"), ("Ada Lovelace", 2, 1, "3x3")]


def test_students_of_one_name_are_told_apart() -> None:
    other = [*ADA[:2], "lovelace@example.org", *ADA[3:]]
    found = marks(table([*WHO, "Response 1"], [*ADA, "1"], [*other, "2"]))
    assert [s.name for s in found.students] == ["Ada Lovelace (ada@example.org)", "Ada Lovelace (lovelace@example.org)"]
    assert error(table([*WHO, "Response 1"], [*ADA, "1"], [*ADA, "2"])) == (
        "answers.csv:3: `Ada Lovelace` stands in line 2 already; each student has one line"
    )


def plain(markup: str) -> str:
    """What a platform makes of HTML where it needs text."""
    markup = re.sub(r"<(strong|th)\b[^>]*>(.*?)</\1>", lambda found: f"{found[2].upper()} ", markup, flags=re.DOTALL)
    markup = re.sub(r"</(p|tr|pre|table)>", "\n", markup)
    return html.unescape(re.sub("<[^>]+>", "", markup)).strip()


Texts: TypeAlias = dict[str, list[tuple[str, str]]]


def exported(folder: Path, variants: int, **options: object) -> tuple[list[WrittenQuestion], Texts]:
    """The questions of an exam, and as which texts a Moodle has them: each with the mark of the blank it asks for."""
    made = sp.exam(sp.parse(NETWORK), questions=16, variants=variants, **options)  # type: ignore[arg-type]
    made.write(folder / "bank.json", "json")
    made.write(folder / "bank.xml", "moodle")
    texts: Texts = {}
    for element in ElementTree.parse(folder / "bank.xml").iter("question"):
        identity = element.findtext("idnumber") or ""
        text = plain(element.findtext("questiontext/text") or "")
        if element.get("type") == "multichoice":
            text += ": " + "; ".join(plain(e.findtext("text") or "") for e in element.findall("answer")[::-1])
        if identity:
            part = re.fullmatch(r"(.*-f\d+)-(\w)", identity)
            texts.setdefault(part[1] if part else identity, []).append((f"({part[2]})" if part else "", text))
    return [q._asked for q in made.questions], texts


def test_questions_are_known_by_their_text(tmp_path: Path) -> None:
    """Drawn at random for each student, in another order than in the bank."""
    kinds = "params,shape,total,blank,inverse,compare,truth,params:choice,shape:choice,mistake"
    asked, texts = exported(tmp_path, 3, kinds=kinds)
    chance = random.Random(1)
    slots = list(range(16))
    chance.shuffle(slots)
    header = [part.format(n) for n in range(1, 17) for part in ("Question {}", "Response {}", "Right answer {}")]
    rows, expected = [], {}
    for student in range(12):
        row = [f"Last{student}", f"First{student}", f"s{student}@example.org", *ADA[3:]]
        for slot in slots:
            one = asked[3 * slot + chance.randrange(3)]
            answer = chance.choice(["-", one.answer, one.answer])
            ((_, text),) = texts[one.identity]
            row += [text, answer, one.answer]
            expected[f"First{student} Last{student}", one.identity] = "empty" if answer == "-" else "right"
        rows.append(row)
    (tmp_path / "responses.csv").write_text(table([*WHO, *header], *rows), "utf-8-sig")
    found = sp.grade(tmp_path / "bank.json", tmp_path / "responses.csv")
    assert {(s.name, a.asked.identity): a.mark.outcome for s in found.students for a in s.answers} == expected


def test_blanks_that_are_asked_for_one_by_one_are_put_together(tmp_path: Path) -> None:
    asked, texts = exported(tmp_path, 1, kinds="params,total", fade=2)
    one = next(q for q in asked if len(q.blanks) == 2 and len(texts[q.identity]) == 2)
    row, header = [*ADA], [*WHO]
    for number, (mark, text) in enumerate(texts[one.identity], 1):
        header += [f"Question {number}", f"Response {number}"]
        row += [text, next(blank.answer for blank in one.blanks if blank.mark == mark)]
    (tmp_path / "responses.csv").write_text(table(header, row), "utf-8")
    found = sp.grade(tmp_path / "bank.json", tmp_path / "responses.csv")
    assert [a.mark.outcome for a in found.students[0].answers if a.asked.identity == one.identity] == ["right"]


def test_blanks_in_one_text() -> None:
    faded = next(q for q in Q if q.blanks)
    typed = "; ".join(f"Part {n}: {blank.answer}" for n, blank in enumerate(faded.blanks, 1))
    found = marks(table([*WHO, f"Response {Q.index(faded) + 1}"], [*ADA, typed]))
    assert [a.mark.outcome for a in found.students[0].answers if a.text] == ["right"]


# ---------------------------------------------------------------- forms


def test_a_form_by_the_texts_of_its_questions() -> None:
    header = [
        "Timestamp", "Email Address", "Score", "Your name?", "Which group are you in?",
        "1. How many parameters?", "1. How many parameters? [Score]", Q[1].name, f"Size ({Q[5].identity})",
    ]  # fmt: skip
    row = ["2026/05/01 9:00:00 AM", "ada@example.org", "3 / 5", "Ada", "B", "18207", "1.00 / 1", "3x3", "4x4"]
    found = marks(table(header, row))
    assert given(found) == [("Ada", 1, 1, "18207"), ("Ada", 2, 1, "3x3"), ("Ada", 6, 1, "4x4")]
    assert found.passed_over == ("Which group are you in?",)


def test_a_form_by_stems(tmp_path: Path) -> None:
    asked, _ = exported(tmp_path, 1, kinds="params,shape:choice")
    rows = (
        ["Zeitstempel", "E-Mail-Adresse", *(q.stem for q in asked)],
        ["x", "ada@example.org", *(q.answer for q in asked)],
    )
    (tmp_path / "form.csv").write_text(table(*rows), "utf-8")
    found = sp.grade(tmp_path / "bank.json", tmp_path / "form.csv")
    assert {a.mark.outcome for a in found.students[0].answers} == {"right"}


def test_a_form_that_asks_for_no_name() -> None:
    found = marks(table(["Timestamp", "Question 1"], ["x", "5"], ["y", "6"]))
    assert given(found) == [("1", 1, 1, "5"), ("2", 1, 1, "6")]


def test_other_columns_are_named() -> None:
    header = ["Timestamp", "Email Address", "Favourite color", "=HYPERLINK(1)", "x" * 100]
    assert error(table(header, ["x", "a@example.org", "red", "", ""])) == (
        "answers.csv:1: the first line must name the columns: student, question and answer; or student and the "
        f"questions by number (1 to 8), identity ({Q[0].identity} …) or text; here are `Timestamp`, `Email Address`, "
        f"`Favourite color`, `=HYPERLINK(1)`, `{'x' * 60}…`"
    )


def test_points_without_answers() -> None:
    assert error(table([*WHO, "Q. 1 /1.00", "Q. 2 /1.00"], [*ADA, "1.00", "0.00"])) == (
        "answers.csv:1: this table has points for the questions, such as `Q. 1 /1.00`, but no answers; download the "
        "table of responses instead (in Moodle: Results, then Responses)"
    )


def test_a_question_that_is_not_in_the_bank() -> None:
    row = [*ADA, "Who wrote the first program?", "Ada"]
    assert error(table([*WHO, "Question 1", "Response 1"], row)) == (
        "answers.csv:2: no question of bank.json is `Who wrote the first program?`"
    )


# ---------------------------------------------------------------- what comes along with copied texts


def test_signs_that_turn_the_direction_are_dropped() -> None:
    found = marks("student,1\n\u202eAda\u202c,\u202a5\u202c\n\u2067אדה\u2069,6\n")
    assert given(found) == [("Ada", 1, 1, "5"), ("אדה", 1, 1, "6")]


def test_what_is_masked_is_read_as_it_was() -> None:
    assert given(marks("student,1\n'=Ada,'-5\n'Bo,'5\n")) == [("=Ada", 1, 1, "-5"), ("'Bo", 1, 1, "'5")]


# ---------------------------------------------------------------- too large, or no table


def hostile() -> Iterator[tuple[str, str, str]]:
    n = 2_100_000
    rows = "".join(f"a{i},1\n" for i in range(70_000))
    yield "cells", "student,1\n" + "," * n, "answers.csv:2: there are more than 10,000 cells, which is the limit"
    yield "columns", "student" + ",1" * 20_000, "answers.csv:1: there are more than 10,000 cells, which is the limit"
    yield (
        "lines",
        "student,1\n" + "\n" * 600_000,
        "answers.csv:500001: there are more than 500,000 lines, which is the limit",
    )
    yield (
        "a long line",
        "student,1\nAda," + "9" * n,
        "answers.csv:2: this line has more than 2,000,000 characters, which is the limit",
    )
    yield (
        "a long cell over many lines",
        'student,1\nAda,"' + "9\n" * n,
        "answers.csv:500001: there are more than 500,000 lines, which is the limit",
    )
    yield (
        "students",
        "student,1\n" + rows,
        "answers.csv: more than 62,500 students answer 8 questions, which is the limit; mark the class in parts",
    )
    yield "a workbook", "PK\x03\x04\0\0\0", "answers.csv: this is no table of text; save it as CSV, in UTF-8"


@pytest.mark.parametrize("name", [name for name, _, _ in hostile()])
def test_one_message(name: str) -> None:
    text, message = next((text, message) for known, text, message in hostile() if known == name)
    assert error(text) == message


def test_long_headers_are_read_in_no_time() -> None:
    words = " ".join(f"w{i} [" for i in range(200_000))
    assert marks(table(["Timestamp", words, "student", "1"], ["x", "", "Ada", "5"])).students[0].name == "Ada"
    assert len(words) < limits.ANSWER_LINE


def test_an_exported_table_takes_its_answers_from_variants_only_if_it_says_which() -> None:
    text = bank_text(variants=2)
    assert error(table([*WHO, "Response 1"], [*ADA, "5"]), text) == (
        "answers.csv:2: which variant does `Ada Lovelace` have? A column `paper` must say it, with a number (1 to 2) "
        "or the printed code; or name questions by identity or text"
    )
