"""What wrong answers earn, and what a wrong choice costs."""

from __future__ import annotations

import pickle
from fractions import Fraction
from pathlib import Path

import pytest

import symparams as sp
from symparams.documents.shown_numbers import Shown
from symparams.errors import SymparamsError
from symparams.exams.credit import penalty_of
from tests.exams.samples import TEXTS
from tests.test_cli import run as run_command

TEXT = "range F in 8..64 step 8\ninput(28, 28, 3) -> conv(F, 3) -> maxpool(2) -> bn -> flatten -> dense(10)"
TYPED = ["params:number", "macs:number", "shape:shape", "formula:formula", "total:number", "blank:number"]
CHOSEN = ["params:choice", "shape:choice", "formula:choice", "mistake", "truth", "inverse:choice"]


def exam(text: str = TEXT, **wanted: object) -> sp.Exam:
    return sp.exam(sp.parse(text), **wanted)  # type: ignore[arg-type]


def own_shares(text: str, kinds: list[str], **wanted: object) -> list[tuple[sp.ExamQuestion, str, Fraction, Fraction]]:
    """Wrong answers with what they earn by default and by their mistakes alone."""
    made = [exam(text, kinds=kinds, questions=40, seed=1, credit=credit, **wanted) for credit in ("default", "choices")]
    return [
        (q, one.answer, one.credit, other.credit)
        for q, same in zip(*(m.questions for m in made), strict=True)
        for one, other in zip(q.wrong_answers, same.wrong_answers, strict=True)
    ]


def test_a_typed_answer_earns_its_share_unless_it_is_0_or_stands_in_the_question() -> None:
    found = own_shares(TEXTS["torch"], TYPED)
    copied = [(q, answer) for q, answer, credit, own in found if credit != own]
    assert len([1 for _, _, credit, own in found if credit == own > 0]) > 200
    assert len(copied) > 5
    for q, answer, credit, own in found:
        assert credit in (0, own)
        if credit < own:
            assert answer == "0" or answer.replace("x", " × ") in q.prompt.replace(",", "").replace("\\times", "×"), q
    assert "0" in {answer for _, answer in copied}


@pytest.mark.parametrize(
    ("text", "answer", "stands"),
    [
        ("A convolution with 32 filters", (32,), True),
        ("A convolution with 32 filters", (3,), False),
        ("the layer conv_2", (2,), False),
        ("a rate of 0.5", (Fraction(1, 2),), True),
        ("a rate of 0.5", (5,), False),
        ("28 × 26 × 32 (height × width × channels)", (28, 26, 32), True),
        ("28 × 26 × 32", (26, 32), True),
        ("28 × 26 × 32", (28, 32), False),
        ("28 rows and 26 columns", (28, 26), False),
        ("Conv2D(32, 3x2)", (3, 2), True),
        ("Conv2D(32, 3)", (2,), False),
        ("nothing", (0,), True),
        ("nothing", (0, 3), False),
    ],
)
def test_what_stands_in_a_text(text: str, answer: tuple[int | Fraction, ...], stands: bool) -> None:
    assert Shown(text).has(answer) is stands


def test_a_letter_that_is_given_earns_nothing() -> None:
    questions = exam("input(H, W, C) -> conv(F, k) -> bn", kinds=["formula:formula"]).questions
    found = [(w.answer, w.credit) for q in questions for w in q.wrong_answers]
    assert ("F", Fraction(0)) in found
    assert ("0", Fraction(0)) in found
    assert any(credit for _, credit in found)


def test_by_default_only_the_key_of_a_choice_earns_something() -> None:
    found = own_shares(TEXT, CHOSEN)
    assert {credit for _, _, credit, _ in found} == {0}
    assert {own for _, _, _, own in found} >= {Fraction(1, 4), Fraction(1, 2)}


def test_none_gives_points_for_the_key_only() -> None:
    wrong = [w for q in exam(questions=40, credit="none").questions for w in q.wrong_answers]
    assert {w.credit for w in wrong} == {0}
    assert any(w.mistake and w.feedback for w in wrong)


def test_what_is_earned_changes_nothing_else() -> None:
    one, other = (exam(questions=30, credit=credit) for credit in ("default", "none"))
    assert [(q.identity, q.prompt, q.options) for q in one.questions] == [
        (q.identity, q.prompt, q.options) for q in other.questions
    ]
    assert one.info.request != other.info.request
    assert pickle.loads(pickle.dumps(other)).to_json() == other.to_json()


# ---------------------------------------------------------------- a file


def shares(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "shares.csv"
    path.write_text("\n".join(["mistake,share", *lines]) + "\n", "utf-8")
    return path


def test_a_file_says_what_mistakes_earn(tmp_path: Path) -> None:
    path = shares(tmp_path, "biases left out,0.75", '"input channels left out", 1/3', "", "one filter counted,0%")
    for credit in (
        path,
        str(path),
        {"biases left out": 0.75, "input channels left out": "1/3", "one filter counted": 0},
    ):
        questions = exam(kinds=["params:number", "params:choice"], questions=30, credit=credit).questions
        typed = {w.mistake: w.credit for q in questions if not q.options for w in q.wrong_answers if w.credit}
        assert typed["biases left out"] == Fraction(3, 4)
        assert typed["input channels left out"] == Fraction(1, 3)
        assert "one filter counted" not in typed
        assert set(typed.values()) > {Fraction(3, 4), Fraction(1, 3)}  # the others keep theirs
        assert {w.credit for q in questions if q.options for w in q.wrong_answers} == {0}


def test_a_file_can_speak_of_all_others(tmp_path: Path) -> None:
    path = shares(tmp_path, "biases left out,.5", "*,0")
    questions = exam(kinds=["params:number", "total:number"], questions=30, credit=path).questions
    assert {w.mistake for q in questions for w in q.wrong_answers if w.credit} == {"biases left out"}


def test_two_mistakes_earn_half_of_the_smaller_share(tmp_path: Path) -> None:
    path = shares(tmp_path, "*,0.5", "same and valid padding exchanged,0.2", "channels multiplied by the filters,0.9")
    text = "range F in 8..64 step 8\ninput(28, 28, 3) -> conv(F, 5)"
    wrong = [w for q in exam(text, kinds=["shape:shape"], credit=path).questions for w in q.wrong_answers]
    earned = {w.mistake: w.credit for w in wrong}
    both = "same and valid padding exchanged and channels multiplied by the filters"
    assert earned[both] == Fraction(1, 10)


# ---------------------------------------------------------------- penalties


@pytest.mark.parametrize(
    ("given", "penalty"),
    [(0, 0), (1, 1), (0.25, Fraction(1, 4)), ("1/3", Fraction(1, 3)), ("25 %", Fraction(1, 4)), (".5", Fraction(1, 2))],
)
def test_a_penalty_as_people_write_it(given: object, penalty: Fraction) -> None:
    assert penalty_of(given) == penalty


@pytest.mark.parametrize("given", [-0.1, 1.1, "2", "1/0", "much", "", True, "9" * 100])
def test_what_is_no_penalty(given: object) -> None:
    with pytest.raises(SymparamsError) as caught:
        penalty_of(given)
    assert str(caught.value) == f"a penalty is a number from 0 to 1, such as 0.25, 1/3 or 25%, not {str(given)[:60]}"


def test_a_wrong_choice_takes_points_away_and_a_typed_answer_does_not() -> None:
    made = exam(questions=40, penalty="1/4", credit="choices")
    chosen = [w for q in made.questions if q.options for w in q.wrong_answers]
    typed = [w for q in made.questions if not q.options for w in q.wrong_answers]
    assert min(w.credit for w in chosen) == Fraction(-1, 4)
    assert max(w.credit for w in chosen) > 0  # a share that is earned stays
    assert 0 not in {w.credit for w in chosen}
    assert min(w.credit for w in typed) == 0


def test_marking_takes_the_penalty_away() -> None:
    made = exam(kinds=["params:choice"], questions=3, penalty=0.5)
    keys = ["abcde"[q.options.index(q.key)] for q in made.questions]
    others = ["b" if key == "a" else "a" for key in keys]
    marks = sp.grade(made, [("Ada", 1, keys[0]), ("Ada", 2, others[1]), ("Bob", 1, others[0])])
    points = [q.points for q in made.questions]
    assert [s.points for s in marks.students] == [points[0] - points[1] / 2, -points[0] / 2]


NOTICES = {
    "anki": ["the format anki has no penalty: there a wrong choice takes nothing away"],
    "prairielearn": ["the format prairielearn has no penalty: there a wrong choice takes nothing away"],
    "qti12": ["Canvas takes nothing away for a wrong choice; other systems that read QTI 1.2 do"],
    "moodle": ["Moodle's grades have fixed steps: there a wrong choice takes away 14.28571% instead of 15%"],
    "gift": ["Moodle's grades have fixed steps: there a wrong choice takes away 14.28571% instead of 15%"],
}


@pytest.mark.parametrize(
    "format_", ["json", "markdown", "latex", "moodle", "gift", "qti12", "qti21", "prairielearn", "anki"]
)
def test_what_a_format_cannot_hold_is_said(format_: str) -> None:
    typed = exam().notices(format_)  # what is said of answers that are typed
    assert not any("wrong choice" in notice for notice in typed)
    assert exam(penalty=0.15).notices(format_) == [*NOTICES.get(format_, []), *typed]
    if format_ in ("moodle", "gift"):
        assert exam(penalty="1/3").notices(format_) == typed


def test_the_command_says_it_on_standard_error(tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(TEXT, "utf-8")
    words = ["exam", str(tmp_path / "net.arch"), "--kinds", "params:choice", "--questions", "2", "--format", "gift"]
    code, out, err = run_command(*words, "--penalty", "15%")
    assert (code, err) == (0, f"symparams: {NOTICES['gift'][0]}\n")
    assert out.count("~%-14.28571%") == 6
    code, out, err = run_command(*words, "--penalty", "1")
    instead = "there a wrong choice takes away 90% instead of 100%"
    assert (code, err) == (0, f"symparams: Moodle's grades have fixed steps: {instead}\n")
    assert out.count("~%-90%") == 6


def test_whoever_takes_a_printed_exam_knows_of_the_penalty() -> None:
    made = exam(kinds=["params:choice"], questions=2, penalty="1/4")
    assert made.to_markdown().count("A wrong choice takes away 0.25 points; no choice takes nothing away.") == 2
    assert made.to_markdown().count(": -0.25 points. ") == 6
    texts = "".join(made.edition("latex").texts())
    said = (
        "A wrong choice takes away $1/4$ of the points of its question; a question without a choice takes nothing away."
    )
    assert texts.count(said) == 1
    assert "takes away" not in "".join(exam(kinds=["params:choice"]).edition("latex").texts())
