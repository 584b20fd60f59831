"""The reports for students, and the HTML that is made of the Markdown of banks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.documents.written_question import WrittenBlank, WrittenMistake
from symparams.errors import Source, SymparamsError
from symparams.grading.bank_html import as_html, formula_html
from symparams.grading.marks import ClassMarks, graded
from symparams.grading.student_report import student_report, student_reports
from tests.grading.test_items import NUMBER, bank_of
from tests.grading.test_marking import choice
from tests.test_cli import refused, run

FEEDBACK = "You left out the input channels: that gives $k_h \\cdot k_w \\cdot C_{\\mathrm{out}} = 630$."
TYPED = replace(
    NUMBER,
    value=18_207,
    answer="18207",
    stem="How many parameters does `conv_2` have?\n",
    solution="A filter is a block.\n\n$$\n\\begin{aligned}\nP &= 289 \\cdot 63 \\\\\n&= 18{,}207\n\\end{aligned}\n$$\n",
    mistakes=(WrittenMistake("630", 630, Fraction(1, 2), FEEDBACK, "input channels left out"),),
)
CHOICE = replace(choice("True", "False"), stem="A bias is a weight.\n", solution="It is not.\n")
BLANKS = (WrittenBlank("(a)", "9", 9, Fraction(1, 2)), WrittenBlank("(b)", "18207", 18_207, Fraction(1, 2)))
FADED = replace(TYPED, blanks=BLANKS, name="A solution with blanks")
BANK = bank_of([TYPED, CHOICE, FADED])
TWO = "18.207 is 18,207 in some countries and a fraction in others"
CLASS = """student,1,2,3
Ada,18207,a,9; 18207
Bo <b>,630,b,9; 630
Cy,18.207,,9
Di,large,a,x; 5
Ed,about 18200,,
"""


def marks(table: str = CLASS, bank: str = BANK) -> ClassMarks:
    return graded(Source("bank.json", bank), Source("answers.csv", table))


def said(student: int, format_: str = "markdown") -> str:
    found = marks()
    return student_report(found, found.students[student], "html" if format_ == "html" else "markdown")


def test_whole(golden: Callable[[str, str], None]) -> None:
    golden("student-report.md", said(1))
    golden("student-report.html", said(1, "html"))


@pytest.mark.parametrize(
    ("student", "number", "verdict"),
    [
        (0, 1, "Your answer is correct."),
        (0, 3, "Your answer is correct."),
        (1, 1, f"Your answer is not correct.\n\n{FEEDBACK}\n\n**Correct answer:** 18207\n\nA filter is a block."),
        (1, 2, "**Your answer:** False\n\nYour answer is not correct.\n\n**Correct answer:** True\n\nIt is not."),
        (1, 3, f"**Your answer:** 9; 630\n\nNot everything is correct: wrong at (b).\n\n{FEEDBACK}"),
        (2, 1, f"Your answer has two readings: {TWO}; write 18207. It is not graded yet."),
        (2, 2, "You left this question unanswered."),
        (2, 3, "What you filled in is correct; nothing at (b)."),
        (3, 1, "Your answer could not be read: nothing here is called `large`; there are no letters here; expected"),
        (3, 3, "Your answer could not be read: (a) nothing here is called `x`; there are no letters here; expected"),
        (3, 3, "; wrong at (b).\n\n**Correct answer:** (a) 9; (b) 18207\n"),
        (4, 1, "Your answer is not correct (rounded, where the exact number is asked for)."),
    ],
)  # fmt: skip
def test_what_is_said(student: int, number: int, verdict: str) -> None:
    part = re.split(r"^## ", said(student), flags=re.MULTILINE)[number]
    assert verdict in part.replace("\\`", "`")


def test_what_is_not_graded_yet_does_not_give_the_answer_away() -> None:
    part = re.split(r"^## ", said(2), flags=re.MULTILINE)[1]
    assert "Correct answer" not in part
    assert "289" not in part


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)
        if tag not in ("br", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(page: str) -> set[str]:
    parser = _Tags()
    parser.feed(page)
    assert not parser.open
    return parser.seen


def test_html_is_whole_and_names_are_no_marks() -> None:
    page = said(1, "html")
    assert page.startswith("<!DOCTYPE html>")
    assert "script" not in tags(page)
    assert "Bo &lt;b&gt;" in page
    assert "<b>" not in page
    assert "<i>k</i><sub><i>h</i></sub> · <i>k</i><sub><i>w</i></sub> · <i>C</i><sub>out</sub> = 630" in page


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"26 \times 26 \times 32", "26 × 26 × 32"),
        (r"(k_h \cdot C_{\mathrm{in}} + 1)", "(<i>k</i><sub><i>h</i></sub> · <i>C</i><sub>in</sub> + 1)"),
        (r"6{,}272", "6,272"),
        (r"k^{2} - 1", "<i>k</i><sup>2</sup> − 1"),
        (r"\left\lfloor \frac{H - k}{s} \right\rfloor", "⌊(<i>H</i> − <i>k</i>)/<i>s</i>⌋"),
        (r"\frac{1}{2}", "1/2"),
        (r"\text{total params}", "total params"),
        (r"\underline{\;\text{(a)}\;}", "<u> (a) </u>"),
        (r"a < b", "<i>a</i> &lt; <i>b</i>"),
        (r"x_{", "<i>x</i><sub></sub>"),
        ("}}", ""),
        (r"\unknown", "unknown"),
    ],
)
def test_formulas(latex: str, text: str) -> None:
    assert formula_html(latex) == text


def test_blocks() -> None:
    markdown = (
        "One\ntwo.\n\n```\na < b\n```\n\n- `x`: $y$\n- **z**\n\n| A | B \\| C |\n| --- | ---: |\n| 1 | 2 |\nEnd \\* it."
    )
    assert as_html(markdown).split("\n") == [
        "<p>One two.</p>",
        "<pre>a &lt; b</pre>",
        "<ul><li><code>x</code>: <span class=m><i>y</i></span></li><li><strong>z</strong></li></ul>",
        "<table><tr><th>A</th><th>B | C</th></tr><tr><td>1</td><td>2</td></tr></table>",
        "<p>End * it.</p>",
    ]


def test_the_lines_of_a_solution_are_in_a_table() -> None:
    assert as_html("$$\n\\begin{aligned}\nP &= 1 \\\\\n&= 2\n\\end{aligned}\n$$") == (
        '<table class="steps"><tr><td><i>P</i></td><td>= 1</td></tr><tr><td></td><td>= 2</td></tr></table>'
    )


@given(st.text() | st.text("<>&$`*\\{}^_|-\n ab1\"'"))
def test_whatever_stands_in_a_bank_is_html(markdown: str) -> None:
    allowed = {
        "p",
        "pre",
        "ul",
        "li",
        "code",
        "span",
        "i",
        "sub",
        "sup",
        "u",
        "strong",
        "table",
        "tr",
        "td",
        "th",
        "br",
    }
    assert tags(as_html(markdown)) <= allowed


@pytest.mark.parametrize(
    "text", ["$" + "{" * 50_000 + "$", "$" + "x^" * 50_000 + "$", "`" * 50_000, "**" * 50_000, "|" * 50_000]
)
def test_hostile_texts_end(text: str) -> None:
    assert tags(as_html(text)) is not None


# ---------------------------------------------------------------- the files


def test_the_names_of_files() -> None:
    rows = "".join(f"{name},7\n" for name in ("Ada Lovelace", "Zoë_1", "../../etc", "李雷", "Ada-Lovelace", "x" * 300))
    names = [name for name, _ in student_reports(marks(f"student,1\n{rows}"), "markdown")]
    assert names == [
        "1-ada-lovelace.md", "2-zoe-1.md", "3-etc.md", "4-student.md", "5-ada-lovelace.md", f"6-{'x' * 40}.md",
    ]  # fmt: skip


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "bank.json").write_text(BANK, "utf-8")
    (tmp_path / "answers.csv").write_text(CLASS, "utf-8")
    arguments = ("grade", tmp_path / "bank.json", "--answers", tmp_path / "answers.csv")
    assert run(*arguments, "--reports", tmp_path / "a" / "b")[1] == run(*arguments)[1]
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == [
        "1-ada.html", "2-bo-b.html", "3-cy.html", "4-di.html", "5-ed.html",
    ]  # fmt: skip
    assert run(*arguments, "--reports", tmp_path / "md", "--reports-as", "markdown")[0] == 0
    assert (tmp_path / "md" / "2-bo-b.md").read_text("utf-8") == said(1)
    found = sp.grade(tmp_path / "bank.json", tmp_path / "answers.csv")
    found.reports(tmp_path / "py")
    assert (tmp_path / "py" / "2-bo-b.html").read_text("utf-8") == said(1, "html")
    with pytest.raises(SymparamsError) as caught:
        found.reports(tmp_path / "py", "pdf")  # type: ignore[arg-type]
    assert str(caught.value) == "reports are html or markdown, not `pdf`"
    assert (
        refused(*arguments, "--reports", tmp_path / "bank.json")
        == f"cannot write {tmp_path / 'bank.json'}: File exists"
    )
    assert refused(*arguments, "--reports-as", "html").startswith("--reports-as goes with --reports")
