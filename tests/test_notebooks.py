"""What a notebook shows: cells in the language, questions in cells, and what is shown of each object."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import symparams as sp
from symparams.documents.rendering import STYLES, standalone
from symparams.errors import SymparamsError
from symparams.notebooks import ARCH
from tests.conftest import EXAMPLES
from tests.exports.paper_building import built, needs_latex

NETWORK = "input(28, 28, 1) -> conv(F, 3, relu) -> flatten -> dense(10)\n"
QUESTION = "Why does conv2d have 320 parameters, not 10?\n\nmodel.add(Conv2D(32, (3, 3), input_shape=(28, 28, 1)))\n"


class Shell:
    """As much of IPython's shell as the extension uses."""

    def __init__(self) -> None:
        self.cells: dict[str, Callable[[str, str], Any]] = {}
        self.variables: dict[str, Any] = {}
        sp.load_ipython_extension(self)

    def register_magic_function(self, function: Callable[[str, str], Any], kind: str, name: str) -> None:
        assert kind == "cell"
        self.cells[name] = function

    def push(self, variables: dict[str, Any]) -> None:
        self.variables |= variables


def markdown(shown: Any) -> str:
    text: str = shown._repr_markdown_()
    return text


# ---------------------------------------------------------------- cells


def test_a_cell_is_a_network() -> None:
    shell = Shell()
    shown = shell.cells["arch"]("net --set F=8", NETWORK)
    assert shell.variables == {"net": shown}
    assert shown == sp.parse(NETWORK, F=8)
    assert markdown(shown).splitlines()[0] == "**Summary**"
    assert shown.params == 8 * 10 + 10 * (26 * 26 * 8 + 1)


@pytest.mark.parametrize(
    ("options", "same"),
    [
        ("--style lesson", lambda net: net.solve("lesson")),
        ('--layer "first conv"', lambda net: net.solve("answer", layers=("first conv",), quantities=())),
        ("--layer conv_1 --quantity macs", lambda net: net.answer("conv_1", "macs")),
        ("--layer conv_1 --style steps", lambda net: net.solve("steps", layers=("conv_1",))),
        ("--total", lambda net: net.solve("answer")),
        ("--total --style table", lambda net: net.solve(total=True)),
        ("--by kind", lambda net: net.solve(by="kind")),
        ("--quantity memory --optimizer adam", lambda net: net.solve(quantities=("memory",), optimizer="adam")),
    ],
)
def test_options_are_those_of_solve(options: str, same: Callable[[sp.Net], Any]) -> None:
    shown = Shell().cells["arch"](options, NETWORK)
    assert markdown(shown) == markdown(same(sp.parse(NETWORK)))


def test_a_style_alone_keeps_the_network_too() -> None:
    shell = Shell()
    shown = shell.cells["arch"]("net --style table", NETWORK)
    assert isinstance(shown, sp.Solution)
    assert shell.variables == {"net": sp.parse(NETWORK)}


def test_whatever_is_read_can_stand_in_a_cell() -> None:
    code = "nn.Sequential(nn.Linear(3, 4), nn.ReLU())"
    assert Shell().cells["arch"]("", code) == sp.parse(code)


def test_a_question_is_answered() -> None:
    shown = Shell().cells["answer"]("", QUESTION)
    assert markdown(shown) == markdown(sp.read(QUESTION).answer())
    assert "**320 = " in markdown(shown)


def test_what_is_asked_can_be_said() -> None:
    shown = Shell().cells["answer"]("--layer conv_1 --quantity macs --set F=8", NETWORK)
    assert markdown(shown) == markdown(sp.parse(NETWORK, F=8).answer("conv_1", "macs"))
    same = sp.read(NETWORK).answer("conv_1", "macs", F=8)
    assert (same, same.net) == (sp.read(NETWORK).answer("conv_1", "macs", F=8), sp.parse(NETWORK, F=8))
    assert markdown(same) == markdown(shown)


def test_help_shows_no_result(capsys: pytest.CaptureFixture[str]) -> None:
    assert Shell().cells["answer"]("--help", QUESTION) is None
    assert capsys.readouterr().out.startswith("Usage: %%answer [OPTIONS]\n\n  Answer the question in the cell")


@pytest.mark.parametrize(
    ("cell", "options", "text", "message"),
    [
        (
            "arch",
            "net",
            "input(28, 28, 1)\n-> conw(32, 3)",
            "<cell>:3:4: unknown layer `conw`; did you mean `conv`?\n    -> conw(32, 3)\n       ^",
        ),
        (
            "arch",
            "",
            "input(3) -> conv(3, 3",
            (
                "<cell>:2:22: the text ends here, but the ( of line 2, column 17 is open\n"
                "    input(3) -> conv(3, 3\n                         ^"
            ),
        ),
        (
            "arch",
            "--style novel",
            NETWORK,
            (
                "Invalid value for '--style': 'novel' is not one of 'answer', 'steps', 'formula', 'lesson', 'table', "
                "'textbook'.\nUsage: %%arch [OPTIONS] [NAME]"
            ),
        ),
        ("arch", "--layer conv_9", NETWORK, "there is no layer `conv_9`; did you mean `conv_1`?"),
        ("arch", "--set F", NETWORK, "--set takes NAME=VALUE, not F"),
        ("arch", "x y", NETWORK, "Got unexpected extra argument (y)\nUsage: %%arch [OPTIONS] [NAME]"),
        ("arch", "2x", NETWORK, "`2x` cannot be the name of a variable\nUsage: %%arch [OPTIONS] [NAME]"),
        ("arch", "def", NETWORK, "`def` cannot be the name of a variable\nUsage: %%arch [OPTIONS] [NAME]"),
        (
            "arch",
            "--layer 'conv_1",
            NETWORK,
            "the options of this cell have a quotation mark without its partner",
        ),
        (
            "arch",
            "--total --layer conv_1",
            NETWORK,
            "--total and --by are about the whole network; leave out --layer\nUsage: %%arch [OPTIONS] [NAME]",
        ),
        (
            "answer",
            "--quantity shape",
            NETWORK,
            (
                "shape does not add up over the layers; name a layer, or ask for params, weights, biases, trainable, "
                "non_trainable, macs, flops, activations, memory, cache, training, kept, optimizer, active, neurons, "
                "connections"
            ),
        ),
        (
            "arch",
            "",
            "input(3) -> " + "[" * 1000,
            "<cell>:2:113: brackets are nested more than 100 deep, which is the limit",
        ),
    ],
)
def test_errors_are_told_without_a_traceback(cell: str, options: str, text: str, message: str) -> None:
    shell = Shell()
    with pytest.raises(SymparamsError) as raised:
        shell.cells[cell](options, text)
    told: Any = raised.value
    assert "\n".join(told._render_traceback_()).partition("\n    …")[0] == message
    assert told._render_traceback_() == str(told).splitlines()
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert shell.variables == {}


# ---------------------------------------------------------------- what is shown

LETTERS = sp.parse('model "A # net" input(H, W, C) -> conv(F, 3) as c -> maxpool(2) -> flatten -> dense(10)')
SMALL = sp.parse(NETWORK, F=8)


def _shown() -> dict[str, Any]:
    solutions: dict[str, Any] = {
        f"{style} of {net.title}": net.solve(style, quantities=("shape", "params", "macs", "field"))
        for style in STYLES
        for net in (LETTERS, SMALL)
    }
    exam = sp.exam(sp.parse(f"range F in 8..64\n{NETWORK}"), questions=3, variants=2, show="keras")
    answers = [("Ann", q.identity, q.key) for q in exam.questions]
    return {
        "network": LETTERS,
        **solutions,
        "total": LETTERS.solve(total=True, by="kind"),
        "comparison": sp.compare(LETTERS, SMALL),
        "finding": sp.parse(NETWORK).find("F", target="params <= 10^6"),
        "diagnosis": SMALL.diagnose(72, "conv_1"),
        "total diagnosis": SMALL.diagnose(72),
        "check": SMALL.against(sp.parse(NETWORK, F=9)),
        "reading": sp.read(QUESTION),
        "whole reading": sp.read("nn.Sequential(nn.Linear(3, 4), nn.ReLU())"),
        "exam": exam,
        "question": exam.questions[0],
        "marks": sp.grade(exam, [answers[0]]),
        "derivation": LETTERS["c"].derivation("params"),
        "step": LETTERS["c"].derivation("params").rule,
    }


SHOWN = _shown()


def _outside_code(text: str) -> str:
    return re.sub(r"(?ms)^```.*?^```$|`[^`\n]*`", "", text)


@pytest.mark.parametrize("name", SHOWN)
def test_results_begin_with_a_paragraph(name: str) -> None:
    """No heading that would stray into a book, no section, no label that two cells could both have."""
    shown = SHOWN[name]
    texts = [getattr(shown, f"_repr_{kind}_", lambda: None)() for kind in ("markdown", "latex")]
    assert any(texts)
    if texts[0] is not None:
        assert texts[0].strip()
        assert not re.search(r"(?m)^\s*(#|={3,}$|-{3,}$|<h[1-6])", _outside_code(texts[0]))
    if texts[1] is not None:
        strays = r"\\(?:(?:sub)*(?:section|paragraph)|chapter|documentclass|label|eqref|begin\{document\})"
        assert re.findall(strays, texts[1]) == []


def test_nothing_but_headings_differs() -> None:
    """A solution in a cell is the one of the file, but for headings and labels."""
    solution = LETTERS.solve("textbook")
    plain = re.sub(r"(?m)^#+ (.*)$", r"**\1**", solution.to_markdown())
    assert markdown(solution) == plain
    headed = re.sub(r"\\(?:sub)*section\*?\{(.*)\}\n", r"\\noindent\\textbf{\1}\\par" + "\n", solution.to_latex())
    labels = re.findall(r" \\label\{(.*?)\}", headed)
    assert len(labels) > 2
    for number, label in enumerate(labels, 1):
        headed = headed.replace(f" \\label{{{label}}}", f" \\tag{{{number}}}").replace(
            f"\\eqref{{{label}}}", f"({number})"
        )
    assert solution._repr_latex_() == headed.replace("{align}", "{align*}")


@needs_latex
def test_results_are_typeset_together(tmp_path: Path) -> None:
    """All in one document, as nbconvert writes it: no label is there twice, no line too wide."""
    texts = [getattr(shown, "_repr_latex_", lambda: None)() for shown in SHOWN.values()]
    pages = built(standalone("\n\n".join(filter(None, texts))), tmp_path)
    assert len(pages) > 10
    assert "??" not in "".join(pages)


def test_terminals_get_the_text() -> None:
    assert SMALL._repr_mimebundle_(include=None, exclude=None) == {"text/plain": SMALL.summary().rstrip()}
    assert SMALL.solve()._repr_mimebundle_() == {"text/plain": SMALL.solve().to_text().rstrip()}
    assert SHOWN["exam"]._repr_mimebundle_() == {"text/plain": "<Exam 'Exam': 6 questions>"}


def test_letters_that_latex_lacks_are_shown_by_markdown() -> None:
    net = sp.parse('model "王" input(3) -> dense(3)')
    assert net._repr_latex_() is None
    assert "**王**" in markdown(net)


def test_an_exam_is_shown_as_a_student_reads_it() -> None:
    exam = SHOWN["exam"]
    text = exam._repr_markdown_()
    assert [exam.questions[i].prompt.strip() in text for i in (0, 2, 4)] == [True, True, True]
    assert re.findall(r"(?m)^\*\*(.*)\*\*$", text)[0] == "Exam"
    assert "Solution" not in text


def test_what_there_is_not_is_told_where_it_is_asked_for() -> None:
    """Not where it is shown: an error there would not stop a notebook."""
    with pytest.raises(
        SymparamsError, match=r"^there is no layer `nope`; the layers are input_1, conv_1, flatten_1, dense_1$"
    ):
        SMALL.solve(layers=("nope",))
    with pytest.raises(SymparamsError, match=r"^there is no style `novel`; the choices are answer, steps"):
        SMALL.solve("novel")  # type: ignore[arg-type]


# ---------------------------------------------------------------- what it costs


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    seldom = {"symparams.notebooks", "symparams.highlighting", "click", "IPython", "pygments"}
    code = f"import sys, symparams; print(sorted({seldom} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=EXAMPLES.parent)
    assert done.stdout == "[]\n"


def test_neither_ipython_nor_pygments_is_imported_elsewhere() -> None:
    modules = (EXAMPLES.parent / "symparams").rglob("*.py")
    imported = re.compile(r"(?m)^\s*(?:from|import) (?:IPython|ipykernel|pygments)")
    assert [path.name for path in modules if imported.search(path.read_text("utf-8"))] == ["highlighting.py"]


def test_the_page_shows_cells_that_work() -> None:
    page = (EXAMPLES.parent / "docs" / "notebooks.md").read_text("utf-8")
    (cell,) = re.findall(r"```text\n(%%arch.*?)```", page, re.S)
    line, _, text = cell.partition("\n")
    shell = Shell()
    assert shell.cells["arch"](line.removeprefix("%%arch"), text).params == 61_706
    assert shell.variables["lenet"].title == "LeNet-5"
    options = set(re.findall(r"`(--[a-z]+)", page.partition("A cell that begins with `%%answer`")[0]))
    assert options <= {option for parameter in ARCH.params for option in parameter.opts} | {"--help"}
