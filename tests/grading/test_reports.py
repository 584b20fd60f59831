"""The reports for students, and the HTML that is made of the Markdown of banks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.documents.formats import OFFICE, format_named
from symparams.documents.pdf import pdf
from symparams.documents.rendering import standalone
from symparams.documents.written_question import WrittenBlank, WrittenMistake
from symparams.errors import Source, SymparamsError
from symparams.exams.kinds import KINDS
from symparams.grading.bank_text import in_format
from symparams.grading.latex_formula import SETTINGS, formula
from symparams.grading.marks import ClassMarks, graded
from symparams.grading.student_report import ReportFormat, _plain, student_report, student_reports, write_reports
from tests import html_reader
from tests.conftest import EXAMPLES
from tests.grading.test_items import NUMBER, bank_of
from tests.grading.test_marking import choice
from tests.test_cli import refused, run
from tests.test_office import said as office_text
from tests.test_pdf import text_of

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


def test_html_is_whole_and_names_are_no_marks() -> None:
    page = said(1, "html")
    assert html_reader.read(page)[1] == []
    assert "script" not in page
    assert "Bo &lt;b&gt;" in page
    index = "<msub><mrow><mi>{}</mi></mrow><mrow>{}</mrow></msub>".format
    letters = f"{index('k', '<mi>h</mi>')}<mo>·</mo>{index('k', '<mi>w</mi>')}<mo>·</mo>"
    out = index("C", "<mrow><mtext>out</mtext></mrow>")
    assert f"{letters}{out}<mo>=</mo><mn>630</mn>" in re.sub("</math><wbr><math>", "", page)


FRACTION = "<mfrac><mrow><mi>H</mi></mrow><mrow><mi>s</mi></mrow></mfrac>"


@pytest.mark.parametrize(
    ("latex", "html", "typst"),
    [
        (r"26 \times 32", "<mn>26</mn><mo>×</mo><mn>32</mn>", "26 × 32"),
        (r"6{,}272", "<mn>6,272</mn>", "6#gs;272"),
        (r"k^2", "<msup><mrow><mi>k</mi></mrow><mrow><mn>2</mn></mrow></msup>", "attach(k, t: 2)"),
        (r"\frac {(1 - k)^2}s", None, "frac(attach(( 1 − k ), t: 2), s)"),
        (r"\frac{1 - k)^2}s", None, "frac(1 − k attach(paren.r, t: 2), s)"),
        (r"\left\lfloor \frac Hs \right\rfloor", f"<mo>⌊</mo>{FRACTION}<mo>⌋</mo>", "⌊ frac(H, s) ⌋"),
        (r"(\frac Hs", f'<mo stretchy="false">(</mo>{FRACTION}', "paren.l frac(H, s)"),
        (r"\text{total params}", "<mtext>total params</mtext>", '"total params"'),
        (r"\underline{\;\text{(a)}\;}", '<mtext class="blank">(a)</mtext>', 'underline(#h(0.3em) "(a)" #h(0.3em))'),
        (r"a < b, c", "<mi>a</mi><mo>&lt;</mo><mi>b</mi><mo>,</mo><mi>c</mi>", "a lt b comma c"),
        (r"x_{", "<msub><mrow><mi>x</mi></mrow><mrow><mrow><mrow></mrow></mrow></mrow></msub>", 'attach(x, b: "")'),
        ("}}", "", ""),
        (r"\unknown", "<mtext>unknown</mtext>", '"unknown"'),
    ],
)  # fmt: skip
def test_formulas(latex: str, html: str | None, typst: str) -> None:
    assert html is None or formula(latex, SETTINGS["html"]) == html
    assert " ".join(formula(latex, SETTINGS["typst"]).split()) == typst


@pytest.mark.parametrize("example", ["exam-cnn", "lenet5-letters", "gpt2", "vgg16-letters", "bilstm-imdb"])
def test_every_command_of_our_own_formulas_is_known(example: str) -> None:
    made = sp.exam(sp.load(EXAMPLES / f"{example}.arch"), questions=8, fade=2, kinds=",".join(KINDS))
    texts = [one.prompt + one.solution + "".join(w.feedback for w in one.wrong_answers) for one in made.questions]
    for found in re.findall(r"\$([^$]+)\$", "\n".join(texts)):
        inside = re.sub(r"\\(begin|end)\{[a-z]+\*?\}", "", found)
        for command in set(re.findall(r"\\([A-Za-z]+)", inside)) - {"bmod"}:
            said = formula(f"\\{command}", SETTINGS["html"])
            assert command not in re.sub("<[^>]*>", "", said), command


def test_blocks() -> None:
    markdown = (
        "One\ntwo.\n\n```\na < b\n```\n\n- `x`: $y$\n- **z**\n\n| A | B \\| C |\n| --- | ---: |\n| 1 | 2 |\nEnd \\* it."
    )
    found, faults = html_reader.read(page_of(markdown))
    assert faults == []
    assert [one.text() for one in found.every("p", "pre", "li", "th", "td")] == [
        "One two.", "a < b", "x: y", "z", "A", "B | C", "1", "2", "End * it.",
    ]  # fmt: skip


def test_the_lines_of_a_solution_are_a_chain() -> None:
    made = in_format(
        "$$\n\\begin{aligned}\nP &= 1 \\\\\n&= 2 \\\\ x &\\ge 3\n\\end{aligned}\n$$", format_named("typst")
    )
    assert "".join(made.split()) == "#display($P&=1\\&=2$)#m($x≥3$);"


def page_of(markdown: str) -> str:
    return standalone(f"<h1>Report</h1>\n{in_format(markdown, format_named('html'))}", "html")


HOSTILE = st.text() | st.text("<>&$`*\\{}^_|-\n ab1\"'#()[],;/@") | st.text("\\^_{}x(").map("${}$".format)


@given(HOSTILE)
def test_whatever_stands_in_a_bank_is_html(markdown: str) -> None:
    assert html_reader.read(page_of(markdown))[1] == []


@pytest.mark.extra
def test_whatever_stands_in_a_bank_is_typst() -> None:
    pytest.importorskip("typst")

    @given(st.lists(HOSTILE, min_size=20, max_size=40))
    def law(texts: list[str]) -> None:
        plain = "".join(c for text in texts for c in f"{text}\n\n" if c < "\u0250" or c == "\n")
        assert pdf(standalone(f"#heading(level: 1)[Report]\n\n{in_format(plain, format_named('typst'))}", "typst"))

    law()


@pytest.mark.parametrize(
    "text", ["$" + "{" * 50_000 + "$", "$" + "x^" * 50_000 + "$", "`" * 50_000, "**" * 50_000, "|" * 50_000]
)
def test_hostile_texts_end(text: str) -> None:
    assert html_reader.read(page_of(text))[1] == []
    assert in_format(text, format_named("typst"))


@pytest.mark.extra
def test_reports_as_pdf_say_what_the_pages_say(tmp_path: Path) -> None:
    pytest.importorskip("typst")
    found = marks(CLASS.replace("Bo <b>", "Иванов Пётр").replace("Cy", "משה"))
    formats: tuple[ReportFormat, ...] = ("pdf", "html")
    for format_ in formats:
        for _ in range(2):
            write_reports(found, tmp_path, format_)
    for page in sorted(tmp_path.glob("*.html")):
        shown, faults = html_reader.read(page.read_text("utf-8"))
        assert faults == []
        printed = "".join(text_of(page.with_suffix(".pdf").read_bytes()).split())
        for piece in ("Иванов", "משה", "18207", "630", "18,207"):
            assert (piece in shown.text().replace(" ", "")) == (piece in printed)


# ---------------------------------------------------------------- the files


def test_the_names_of_files() -> None:
    rows = "".join(f"{name},7\n" for name in ("Ada Lovelace", "Zoë_1", "../../etc", "李雷", "Ada-Lovelace", "x" * 300))
    names = [name for name, _ in student_reports(marks(f"student,1\n{rows}"), "markdown")]
    assert names == [
        "1-ada-lovelace.md", "2-zoë-1.md", "3-etc.md", "4-李雷.md", "5-ada-lovelace.md", f"6-{'x' * 40}.md",
    ]  # fmt: skip


NAMES = {
    "Иванов Пётр": "иванов-пётр", "משה כהן": "משה-כהן", "महेश": "महेश", "Zoe\u0308": "zoë", "\u202eAda": "ada",
    "CON": "con", "a/b\\c": "a-b-c", "!?": "student", "Ａｄａ": "ada", "a\u0301" * 60: "á" * 40,
    "q\u0323" * 60: "q\u0323" * 20, "x" + "q\u0323" * 60: "x" + "q\u0323" * 19, "y" + "\u0323" * 60: "student",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_letters_of_every_script_stay_in_the_names_of_files(name: str) -> None:
    found = next(student_reports(marks(f"student,1\n{name},7\n"), "markdown"))[0]
    assert found == f"1-{NAMES[name]}.md"


@given(st.text(max_size=80))
def test_the_names_of_files_are_names_on_every_system(name: str) -> None:
    made = _plain(name)
    assert made == unicodedata.normalize("NFC", made)
    assert 0 < len(made) <= 40
    assert len(made.encode("utf-8")) <= 200  # of the 255 bytes that most systems have
    assert not re.search(r"""[\x00-\x1f/\\:*?"<>|.\s]""", made)


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
        found.reports(tmp_path / "py", "odt")  # type: ignore[arg-type]
    assert str(caught.value) == "reports are html, markdown, typst, pdf, docx or epub, not `odt`"
    assert (
        refused(*arguments, "--reports", tmp_path / "bank.json")
        == f"cannot write {tmp_path / 'bank.json'}: File exists"
    )
    assert refused(*arguments, "--reports-as", "html").startswith("--reports-as goes with --reports")


@pytest.mark.extra
@pytest.mark.parametrize("kind", OFFICE)
def test_reports_for_word_and_as_epubs(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("pypandoc")
    (tmp_path / "bank.json").write_text(BANK, "utf-8")
    (tmp_path / "answers.csv").write_text(CLASS, "utf-8")
    arguments = ("grade", tmp_path / "bank.json", "--answers", tmp_path / "answers.csv")
    assert (
        run(*arguments, "--reports", tmp_path / "all", "--reports-as", kind, "-o", tmp_path / f"class.{kind}")[0] == 0
    )
    assert sorted(path.suffix for path in (tmp_path / "all").iterdir()) == [f".{kind}"] * 5
    seen = office_text((tmp_path / "all" / f"2-bo-b.{kind}").read_bytes())
    numbers = set(re.findall(r"\d[\d,]*\d", said(1)))
    assert numbers
    assert [number for number in numbers if number not in seen] == []
    assert "ada" in office_text((tmp_path / f"class.{kind}").read_bytes()).casefold()
