"""Every document in a made-up format that tags what it prints: nothing is untagged, no mark is of another format."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

import symparams as sp
from symparams.documents import formats, rendering
from symparams.documents.diagnosis_document import render_diagnosis
from symparams.documents.formats import GROUPS
from symparams.documents.question_writer import Writer
from symparams.documents.rendering import COMPARISON_STYLES, STYLES, Document, render, render_comparison, render_finding
from symparams.documents.solution import Solution
from symparams.errors import Source
from symparams.exams.kinds import KINDS
from symparams.exams.question import Question
from symparams.grading.report import report
from symparams.quantities.layer_quantities import QUANTITIES
from symparams.resources import folder
from symparams.sources.language import network
from tests.conftest import EXAMPLES
from tests.exams.samples import TEXTS, examination, questions
from tests.grading.classes import bank_text, marks
from tests.tagged import TAGGED, faults
from tests.test_cli import run
from tests.test_diagnose import DOCUMENTS, typed

COMPARED = [
    ("mnist-63", "lenet5", {}),
    ("vgg16-letters", "vgg16", {}),
    ("input(9,9,C) -> conv(F,3)", "input(9,9,C) -> conv(F,5)", {"C": 64, "F": 128}),
    ("input(n) -> dense(n)", "input(n) -> dense(64)", {"n": 7}),
    ("let F = 4\ninput(9,9,C) -> conv(F,3)", "convention torch\nlet F = 8\ninput(C,9,9) -> conv(F,3)", {}),
    ("input(4) -> dense(3)", "input(4) -> dense(3)", {}),
    ("input(4) -> dense(3)", "input(4)", {}),
    ("input(4)", "input(4) -> dense(n)", {"n": 3}),
    ("input(T,D) -> lstm(U)", "input(T,D) -> gru(U)", {}),
    ("input(C) -> dense(F)", "input(F) -> dense(C)", {}),
    ("input(9,9,8) -> separable(4,3,bias=no)", "input(9,9,8) -> conv(4,3,bias=no)", {}),
    ("resnet50", "input(9,9,8) -> [conv(8,3,same)] * n", {}),
    (
        "range F in 8..64 step 8\ninput(H,W,C) -> conv(F,3)",
        "range F in 8..64 step 8\nwhere H >= 10\ninput(H,W,C) -> conv(2*F,5)",
        {},
    ),
]
SEARCHED = [
    ("input(28,28,32) -> conv(63,k)", ["k"], "params=50463", "conv_1"),
    ("input(28,28,32) -> conv(63,k)", ["k"], "params=50464", None),
    ("input(28,28,32) -> conv(63,k)", ["k"], "params<=100000", None),
    ("input(28,28,32) -> conv(63,k)", ["k"], "params>=1000", None),
    ("input(28,28,C) -> conv(63,k)", ["k", "C"], "params<=100000", None),
    ("input(a) -> dense(b)", ["a", "b"], "params=12", None),
    ("range F in 8..64 step 8\ninput(9,9,3) -> conv(F,3) -> gap", ["F"], "params=140", None),
    ("range F in 8..64 step 8\ninput(9,9,3) -> conv(F,3) -> gap", ["F"], "params<5000", None),
    ("input(H,9,3) -> conv(4,3) -> gap", ["H"], "params=112", None),
    ("input(H,9,3) -> conv(4,3) -> gap", ["H"], "params=113", None),
    ("input(H,9,3) -> conv(4,3) -> flatten -> dense(7)", ["H"], "macs>=4000", None),
    ("input(28,28,4*g) -> conv(F,3,groups=g)", ["F", "g"], "params=4000", None),
]
ANSWERED = [
    *DOCUMENTS.values(),
    ("mnist-63", "conv_2", "22x24x63", "shape"),
    ("mnist-63", "conv_2", "26x26x63", "shape"),
    ("mnist-63", "conv_2", "4552", "memory"),
    ("mnist-63", "conv_2", "7", "field"),
    ("mnist-63", "conv_2", "1/3", "params"),
    ("input(9,9,C) -> [conv(C, 3, same)]*N -> gap -> dense(3)", "conv_1", "9*C^2", "params"),
    ("vgg16", None, "138344128", "params"),
]
NETWORKS = {
    **{name: (EXAMPLES / f"{name}.arch").read_text("utf-8") for name in ("mnist-63", "vgg16-letters", "gpt2")},
    "floors": "input(H, W, C) -> conv(F, k, s=2) -> maxpool(2) -> flatten -> dense(10)",
    "given": "where H % 2 == 0, H >= 8\nrange F in 8..64 step 8\ninput(H, 28, 3) -> conv(F, 3, s=2) -> gap -> dense(n)",
    "copies": "convention torch\ninput(3, 32, 32) -> conv(8, 3) -> bn -> [conv(8, 3, same) -> relu]*N -> gap",
    "running": "input(16, 16, 4) -> [conv(4*i, 3, same) for i in 1..N] -> gap",
    "enlarging": "input(8, 8, 4) -> tconv(8, 4, s=2) -> conv(4, 3)",
    "nothing": "input(3)",
    "shared": "let c = 5\ninput(c) -> dense(c) as a -> share(@a) -> dense(2)",
}


@pytest.fixture(autouse=True)
def _tagged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(formats._OWN, "tagged", TAGGED)


def built(text: str) -> sp.Net:
    return sp.parse(text if "(" in text else (EXAMPLES / f"{text}.arch").read_text("utf-8"))


def check(document: str) -> None:
    assert document
    assert list(faults(document)) == []


@pytest.mark.parametrize("style", [*STYLES, "summary", "total"])
@pytest.mark.parametrize("name", NETWORKS)
def test_solutions(name: str, style: str) -> None:
    one = network(Source("<text>", NETWORKS[name]))
    for digits in GROUPS if name == "mnist-63" else GROUPS[:1]:
        check(render(Solution(one, QUANTITIES), Document(style, "tagged", digits)))


@pytest.mark.parametrize(("one", "other", "values"), COMPARED)
def test_comparisons(one: str, other: str, values: dict[str, Any]) -> None:
    compared = sp.compare(built(one), built(other), **values)._contents
    for style in COMPARISON_STYLES:
        check(render_comparison(compared, Document(style, "tagged")))


@pytest.mark.parametrize(("text", "letters", "target", "layer"), SEARCHED)
def test_searches(text: str, letters: list[str], target: str, layer: str | None) -> None:
    found = built(text).find(*letters, target=target, layer=layer)._contents
    check(render_finding(found, Document(format="tagged")))


@pytest.mark.parametrize(("text", "layer", "answer", "quantity"), ANSWERED)
def test_diagnoses(text: str, layer: str | None, answer: str, quantity: str) -> None:
    diagnosis = typed(text, layer, answer, quantity)
    for style in STYLES:
        check(render_diagnosis(diagnosis, Document(style, "tagged")))


def test_marks() -> None:
    table = "student,1,2,3,4,5,6,7,8\nAda & Zoë_1,630,k^2,b,7; 8,large,,-5,a\nBob,1,2,3,4,5,6,7,8\nNobody,,,,,,,,\n"
    check(report(marks(table), "tagged"))
    check(report(marks(table, bank_text(title="Exam #1")), "tagged", "space"))


def check_asked(question: Question) -> None:
    asked = Writer(question.course, "tagged", 0).asked(question)
    check(asked.stem)
    check(asked.solution)
    said = [text for option in asked.options for text in (option.text, option.feedback)]
    said += [mistake.feedback for mistake in asked.mistakes]
    for text in filter(None, said):
        check(f"<p>{text}</p>")


def test_questions() -> None:
    seen = set()
    for text in TEXTS.values():
        for question in questions(text, count=1, most=80):
            seen.add(question.kind)
            check_asked(question)
    assert seen == set(KINDS)


def test_solutions_with_blanks() -> None:
    for name in ("images", "torch", "sequences"):
        for question in examination(TEXTS[name], fade=3, questions=None, kinds=("params", "macs")).questions():
            check_asked(question)


def test_two_networks_have_other_labels_and_keep_them() -> None:
    def labels(*files: str) -> list[str]:
        status, out, _ = run("solve", *files, "--style", "textbook", "--format", "latex", "--quantity", "all")
        assert status == 0
        return re.findall(r"\\label\{(.*?)\}", out)

    one, other = (str(EXAMPLES / name) for name in ("mnist-63.arch", "gpt2.arch"))
    assert "rule:mnist-with-63-filters:conv:params" in labels(one)
    assert labels(one, other) == labels(one) + labels(other)
    assert labels(other, one) == labels(other) + labels(one)
    twice = labels(one, one)
    assert len(set(twice)) == len(twice)
    assert twice[: len(labels(one))] == labels(one)


@pytest.mark.parametrize(
    "wrong",
    [
        "k", "<p>k = 5</p>", "<p>$k$</p>", "<p>5 parameters</p>", "<p>a + b</p>", "<p>**bold**</p>", "<p>50%</p>",
        "<p>a → b</p>", "<p>…</p>", "<p>26 × 26</p>", "<p>`code`</p>", "<p><b</p>", "<p>\\text</p>", "<m>k</m>",
        "<m><n>1,000</n></m>", "<m><s>k</s></m>", "<p>", "</p>", "<h1>One</h1><h3>Three</h3>", "<h2>Two</h2>",
        "<label>eq-1</label>", "<ref>rule:conv:params</ref>", "<p>a_b</p>",
        "<label>rule:conv:params</label>" * 2,
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(wrong: str) -> None:
    assert list(faults(wrong))


GIVEN = {  # what a template may ask for beside its own names: the object of its document, blocks, marks
    "styles/answering.j2": set(),
    "styles/phrases.j2": set(),
    "styles/common.j2": set(),
    "styles/totals.j2": set(),
    "styles/answers.j2": set(),
    "exam/question.j2": set(),
    **{
        f"styles/{name}.j2": {"d"}
        for name in (
            "calculation",
            "check",
            "compare",
            "compare_steps",
            "comparing",
            "find",
            "diagnose",
            "grade",
            "student",
        )
    },
    **{f"styles/{name}.j2": {"s"} for name in (*STYLES, "summary", "total")},
    "styles/answer.j2": {"s", "a"},
    "styles/reading.j2": {"r"},
    "styles/calculation.j2": {"d"},
    "styles/misfit.j2": {"d"},
    "styles/beside.j2": {"d"},
    "styles/item.j2": {"label"},
    "styles/training_memory.j2": {"d"},
    "styles/printed_sizes.j2": {"d"},
    "styles/other_counts.j2": {"counts", "quantity"},
    "styles/several.j2": {"d", "what"},
}


def test_a_template_gets_one_object() -> None:
    environment = rendering.environment(TAGGED)
    for path in (folder("templates") / "styles").glob("*.j2"):
        assert f"styles/{path.name}" in GIVEN
    for name, given in GIVEN.items():
        tree = environment.parse((folder("templates") / name).read_text("utf-8"))
        own = {one.name for one in tree.find_all(nodes.Name) if one.ctx == "store"}
        own |= {one.name for one in tree.find_all(nodes.Macro)}
        assert find_undeclared_variables(tree) - own - {"f", "mark"} == given, name


def macros(name: str) -> set[str]:
    """The blocks that a format has."""
    environment = rendering.environment(formats.FORMATS[name])
    source = formats.FORMATS[name].blocks or (folder("templates") / "formats" / f"{name}.j2").read_text("utf-8")
    return {macro.name for macro in environment.parse(source).find_all(nodes.Macro)}


def test_every_format_has_a_name_of_its_own() -> None:
    records = inspect.getsource(formats).partition("_OWN:")[2].partition("\n}\n")[0]
    names = re.findall(r'^ +name="(.*)",$', records, re.M)
    assert len(names) == records.count(" Format(") == len(set(names)), "a name of its own for each"


@pytest.mark.parametrize("name", formats.FORMATS)
def test_every_format_has_all_blocks(name: str) -> None:
    assert macros("tagged") - macros(name) == set(), f"a macro in templates/formats/{name}.j2"


@pytest.mark.parametrize("style", [*STYLES, "summary", "total"])
@pytest.mark.parametrize("name", formats.written_formats())
def test_every_format_writes_every_style(name: str, style: str) -> None:
    one = network(Source("<text>", NETWORKS["floors"]))
    assert "<<" not in render(Solution(one, QUANTITIES), Document(style, name))
