"""Templates of users for answers, comparisons, diagnoses and exams, and the templates that are in use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import symparams as sp
from symparams.documents.built_in import template_names, template_text
from symparams.errors import SymparamsError
from symparams.resources import folder
from tests.conftest import EXAMPLES
from tests.test_cli import refused, run

QUESTION = """I don't understand why there are 18207 parameters in the second conv2D layer. Shouldn't it be 630?
model = Sequential([Conv2D(32, 3, input_shape=(28, 28, 1)), Conv2D(63, 3)])"""
MNIST = EXAMPLES / "mnist-63.arch"
CNN = EXAMPLES / "exam-cnn.arch"
EXAM = ("exam", CNN, "--questions", "3", "--kinds", "params,shape:choice", "--variants", "2")
Own = Callable[[str], Path]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    def written(text: str) -> Path:
        path = tmp_path / "mine.j2"
        path.write_text(text, "utf-8")
        return path

    return written


def test_an_answer(own: Own) -> None:
    template = own(
        "{% for q in d.questions %}{{ q.layer }}, {{ q.quantity }}, {{ q.number }}: "
        "{% for e in q.solution.layers %}{{ e.account.params|one_line }}{% endfor %}; "
        "{{ q.diagnosis.matches|length if q.diagnosis }}{% endfor %} of {{ d.solution.total|number }}"
    )
    status, out, _ = run("answer", "-e", QUESTION, "--template", template, "--format", "text")
    assert (status, out) == (0, out)
    assert "params, 630: " in out
    assert out.endswith(" of 18,527")


def test_a_comparison(own: Own) -> None:
    template = own("<< d.sides[0].side.total|number >> against << d.sides[1].side.total|number >> & 50 %")
    arguments = ("compare", MNIST, CNN, "--set", "F=8", "--set", "k=3")
    status, out, error = run(*arguments[:3], "--template", template, "--format", "latex")
    assert status == 0, error
    total = sp.load(MNIST).params
    assert out.startswith(f"{total:,} against ")
    assert out.endswith("& 50 %")


def test_a_diagnosis(own: Own) -> None:
    template = own(
        "{{ d.diagnosis.layer|named }}: {{ d.diagnosis.matches[0].made[0].name|plain }}"
        "{% for side in d.matches[0].sides() %}, {{ side.lines|length }} lines{% endfor %}"
    )
    arguments = ("diagnose", MNIST, "--layer", "conv_2", "--answer", "630")
    assert run(*arguments, "--template", template) == (0, "`conv_2`: input channels left out, 5 lines", "")


@pytest.mark.parametrize("format_", ["markdown", "latex", "typst", "html"])
def test_an_exam(own: Own, format_: str) -> None:
    question = "{{ q.stem }};{{ q.answer|plain }};"
    text = f"{{% for p in d.papers %}}{{% for q in p.questions %}}{question}{{% endfor %}}{{% endfor %}}"
    if format_ in ("latex", "typst"):
        for ours, theirs in (("{{", "<<"), ("}}", ">>"), ("{%", "<%"), ("%}", "%>")):
            text = text.replace(ours, theirs)
    status, out, error = run(*EXAM, "--template", own(text), "--format", format_)
    assert status == 0, error
    made = sp.exam(sp.load(CNN), questions=3, kinds="params,shape:choice", variants=2)
    edition = made.edition(format_)
    asked = [edition.asked(number) for number in range(edition.total)]
    assert len(asked) == 6
    assert all(one.stem.strip() in out for one in asked)
    first, second = (asked[at::2] for at in range(2))
    assert out.index(first[-1].stem.strip()) < out.index(second[0].stem.strip())


def test_names_and_parts_of_an_exam(own: Own, tmp_path: Path) -> None:
    names = tmp_path / "class.txt"
    names.write_text("王小明; 4711\nמשה\n", "utf-8")
    template = own("{% for p in d.papers %}{{ p.name|plain }}: {{ p.questions|length }}. {% endfor %}{{ d.title }}")
    found = run(*EXAM, "--names", names, "--template", template, "--format", "html", "-o", tmp_path / "out.html")
    assert found == (0, "", "")
    assert (tmp_path / "out.html").read_text("utf-8") == "王小明: 3. משה: 3. A small image classifier"
    part = run(*EXAM, "--template", own("{{ d.questions|length }}"), "--part", "1..2")
    assert part == (0, "1", "")


SAID = "--template goes with --format markdown, latex, typst or html"


@pytest.mark.extra
def test_what_cannot_be(own: Own, tmp_path: Path) -> None:
    template = own("#panic()")
    for command in (
        ("answer", "-e", QUESTION),
        ("diagnose", MNIST, "--total", "--answer", "3"),
        ("compare", MNIST, CNN),
    ):
        said = refused(*command, "--template", template, "--format", "json").splitlines()[0]
        assert said.startswith("--template makes text; it goes with --format markdown, latex, ")
        pdf = refused(*command, "--template", template, "-o", tmp_path / "a.pdf").splitlines()[0]
        assert pdf == "--template makes no PDF, since what it writes would be run; it goes with --format typst"
    for format_ in ("moodle", "json", "pdf"):
        assert refused(*EXAM, "--template", template, "--format", format_).splitlines()[0] == SAID
    with pytest.raises(SymparamsError, match=r"^templates go with the formats markdown, latex, typst and html"):
        sp.exam(sp.load(CNN), questions=1).with_template(template, "gift")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ d.__class__.__mro__ }}", "a template may not do this: "),
        ("{{ d.questions[0].share(1) }}", "a template may not do this: `share` cannot be called"),
        ("{{ nothing }}", "'nothing' is undefined; the names a template can use are "),
        ("{% for i in range(99999) %}{{ d.questions|length }}{% endfor %}", "this template takes more than "),
    ],
)
def test_nothing_behind_the_objects_is_reached(own: Own, text: str, said: str) -> None:
    path = own(text)
    assert said in refused(*EXAM, "--template", path)
    assert refused(*EXAM, "--template", path).startswith(f"{path}:1:")


# ---------------------------------------------------------------- the templates that are in use


def test_every_template_is_listed_and_printed() -> None:
    listed = run("template")[1].splitlines()
    assert [line.split()[0] for line in listed] == template_names()
    files = {
        path for name in ("styles", "exam", "appendix", "formats") for path in (folder("templates") / name).glob("*.j2")
    }
    assert len(listed) == len(files) > 40
    for name in template_names():
        assert run("template", name) == (0, template_text(name), "")
    assert all(len(line.split(None, 1)) == 2 for line in listed if not line.startswith("formats/"))


def test_a_template_that_there_is_not() -> None:
    assert refused("template", "step").endswith("; did you mean `steps`?")
    for name in ("../pyproject", "formats/../../README", "", "formats/document.css"):
        assert refused("template", name).startswith(f"there is no template `{name}`; `symparams template` lists them")
