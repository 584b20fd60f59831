"""Wrong answers: every explanation gives the answer, a right answer is never explained, documents say it well."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.evaluation import at
from symparams.algebra.formula import Number
from symparams.documents.diagnosis_document import render_diagnosis
from symparams.documents.misconceptions import misconceptions_text
from symparams.documents.rendering import STYLES, Document
from symparams.misconceptions.mistakes import Mistakes
from symparams.misconceptions.task import Tasks
from symparams.questions.diagnosis import Diagnosis, Diagnostician
from tests.conftest import EXAMPLES
from tests.helpers import net, networks
from tests.test_cli import refused, run

MNIST = str(EXAMPLES / "mnist-63.arch")
TWO_POOLS = "input(28, 28, 1) -> conv(32, 5, relu) -> maxpool(2) -> conv(64, 5, relu) -> maxpool(2) -> dropout(0.25)"
LETTERS = "input(H, W, C) -> conv(16, k, s=2) -> maxpool(2) -> conv(F, 3) -> flatten -> dense(n)"


@cache
def diagnostician(text: str) -> Diagnostician:
    return Diagnostician(net((EXAMPLES / f"{text}.arch").read_text("utf-8") if "(" not in text else text))


def typed(text: str, layer: str | None, answer: str, quantity: str = "params") -> Diagnosis:
    return diagnostician(text).typed(layer, quantity, answer)


def names(diagnosis: Diagnosis) -> list[str]:
    return [" and ".join(m.name for m in match.made) for match in diagnosis.matches]


def test_what_people_ask() -> None:
    assert names(typed("mnist-63", "conv_2", "630"))[:1] == ["input channels left out"]
    assert names(typed(TWO_POOLS, "conv_2", "1664"))[:1] == ["input channels left out"]
    assert "filters of all earlier layers multiplied in" in names(typed("horses-or-humans", "conv_2", "13,856"))


def test_expressions_against_numbers_and_letters() -> None:
    for answer in ("(k^2 + 1)*F", "(k² + 1)·F", "k*k*F + F", "(k_h k_w + 1) C_out", "630"):
        assert names(typed("mnist-63", "conv_2", answer))[:1] == ["input channels left out"]
    for answer in ("(k^2*C + 1)*F", "k²CF + F", "(9*32 + 1)*63", "18207.0"):
        assert typed("mnist-63", "conv_2", answer).correct
    text = "input(H, W, 3) -> conv(32, k) -> conv(F, k)"
    assert typed(text, "conv_2", "(32k^2 + 1)F").correct
    assert names(typed(text, "conv_2", "(k^2 + 1)F"))[:1] == ["input channels left out"]
    found = typed(text, "conv_2", "18496")
    assert (found.correct, found.matches) == (False, ())
    assert "no number is correct for all values" in shown(found)


def test_right_for_some_values_is_not_right() -> None:
    text = "input(H, H, 3) -> conv(8, 3, s=2)"
    assert typed(text, "conv_1", "floor((H-3)/2) + 1", "shape").correct
    assert typed(text, "conv_1", "ceil((H-2)/2)", "shape").correct
    assert not typed(text, "conv_1", "(H-1)/2", "shape").correct
    assert not typed(text, "conv_1", "floor((H-1)/2) + floor(H/90000)", "shape").correct
    assert not typed(text, "conv_1", "floor((H-1)/2) + 0/(H-40)", "shape").correct
    assert not typed("where H <= 5 input(H, 9, C) -> conv(8, 3)", "conv_1", "72*C + H + 3", "params").correct


def test_shapes() -> None:
    for answer in ("24x24x63", "(None, 24, 24, 63)", "24 × 24 × 63", "[24; 24; 63]"):
        assert typed("mnist-63", "conv_2", answer, "shape").correct
    for answer in ("24", "24x24"):
        found = typed("mnist-63", "conv_2", answer, "shape")
        assert found.correct
        assert "the number of channels was not given" in found.note
    assert not typed("mnist-63", "conv_2", "25", "shape").correct
    assert names(typed("mnist-63", "conv_2", "63x24x24", "shape")) == ["channels at the wrong end"]
    assert names(typed("mnist-63", "flatten_1", "12x12x63", "shape")) == ["shape of the input given"]
    assert typed("mnist-63", "flatten_1", "12 * 12 * 63", "shape").correct
    assert typed("mnist-63", "dense_1", "128", "shape").correct
    assert typed("mnist-63", "conv_2", "5", "field").correct
    assert typed("mnist-63", "conv_2", "5 x 5", "field").correct


def test_a_wrong_number_of_axes() -> None:
    with pytest.raises(sp.SymparamsError) as caught:
        typed("mnist-63", "conv_2", "1x24x24x63", "shape")
    assert str(caught.value) == (
        "the answer has 4 numbers; the output shape of conv_2 has 3: height, width and channels, "
        "in this order, as Keras counts"
    )


def test_totals() -> None:
    found = typed("mnist-63", None, f"{1181161 - 63 - 32}")
    assert names(found)[0] == "biases left out"
    assert [changed.layer for changed in found.matches[0].terms] == ["conv_1", "conv_2"]
    one = typed("vgg16", None, f"{138357544 - 512}").matches[0]
    assert (one.made[0].name, one.terms[0].layer, one.or_in[:2]) == ("biases left out", "conv_8", ("conv_9", "conv_10"))
    every = typed("vgg16", None, f"{138357544 - 13416}").matches[0]
    assert (every.made[0].name, len(every.terms)) == ("biases left out", 16)
    assert typed("lenet5", None, str(diagnostician("lenet5").network.counts.params)).correct
    assert names(typed("mnist-63", None, f"{1181161 - 1290}"))[0] == "layer left out"


def test_copies() -> None:
    text = "input(9, 9, 4) -> [conv(4, 3, same)] * N -> [conv(2*i, 1) for i in 1..3]"
    assert typed(text, "conv_1", "(3*3*4 + 1)*4").correct
    assert names(typed(text, "conv_1", "40"))[:1] == ["input channels left out"]
    assert typed(text, None, "148N + 10 + 12 + 30").correct
    assert "one copy for all" in names(typed(text, None, "148 + 10 + 12 + 30"))
    running = "input(9, 9, 3) -> [conv(2*i, 3, same) -> conv(3, 1) for i in 1..N]"
    assert typed(running, "conv_1", "(27 + 1)*2i").correct
    assert names(typed(running, "conv_1", "20i"))[:1] == ["input channels left out"]
    assert typed(running, None, "28N(N + 1) + 3N(N + 1) + 3N").correct
    found = typed(running, None, "28N(N + 1) + 3N(N + 1)")
    assert names(found)[0] == "biases left out"
    assert [changed.layer for changed in found.matches[0].terms] == ["conv_2"]


def test_a_mistake_that_is_carried_on() -> None:
    text = "input(9, 9, 1) -> conv(8, 4, s=3) -> flatten -> dense(10)"
    found = typed(text, "dense_1", f"{3 * 3 * 8 * 10 + 10}")
    (match,) = [m for m in found.matches if m.made[0].name == "rounded the wrong way"]
    assert match.carried
    assert (match.way[0].layer, match.way[0].right, match.way[0].wrong) == ("conv_1", (2, 2, 8), (3, 3, 8))
    text = shown(found)
    assert "The error starts at conv_1: its output comes out as 3 × 3 × 8 instead of 2 × 2 × 8." in text
    total = typed("input(9, 9, 1) -> conv(8, 4, s=3) -> flatten -> dense(10)", None, f"{136 + 730}")
    assert any(m.carried for m in total.matches)


def test_explanations_are_told_apart() -> None:
    found = typed("input(9, 9, 2) -> conv(1, 1) -> conv(5, 2)", "conv_1", "2")
    assert len(found.matches) >= 2
    assert found.apart is not None
    assert len({str(gives) for gives in found.apart.gives}) > 1
    assert "How to tell. Ask for the parameters of conv_2: " in shown(found)


def test_a_right_answer_is_not_explained() -> None:
    for text in ("mnist-63", "horses-or-humans", "lenet5", "alexnet", TWO_POOLS, LETTERS):
        d = diagnostician(text)
        for i, node in enumerate(d.network.nodes):
            for quantity in ("params", "weights", "biases", "shape", "macs", "memory"):
                found = d.of_layer(node.name, quantity, d.mistakes.tasks.of(i, quantity).rules)
                assert found.correct
                assert found.matches == ()


def fitting(text: str) -> Diagnostician:
    """A diagnostician for a random network, if it is one."""
    try:
        return Diagnostician(net(text))
    except sp.SymparamsError:
        assume(False)
        raise


@given(networks(), st.data())
def test_every_single_mistake_is_found(text: str, data: st.DataObject) -> None:
    d = fitting(text)
    i = data.draw(st.integers(1, len(d.network.nodes) - 1))
    task = d.mistakes.tasks.of(i, data.draw(st.sampled_from(["params", "shape", "macs"])))
    mistakes = list(Mistakes(Tasks(d.network)).singles(task))
    assume(mistakes)
    mistake = data.draw(st.sampled_from(mistakes))
    found = d.of_layer(task.node.name, task.quantity, mistake.rules)
    if found.correct:
        assert [at(rule, {}) for rule in mistake.rules] == [at(rule, {}) for rule in task.rules]
        return
    assert mistake.made in [match.made for match in found.matches] or len(found.matches) == 6
    for match in found.matches:
        assert [w.value for w in match.wrong] == [at(rule, {}) for rule in mistake.rules]
        for w, r in zip(match.wrong, found.right, strict=True):
            assert w.steps[0].kind == r.steps[0].kind == "rule"
            assert w.steps[-1].kind == r.steps[-1].kind == "result"
    for style in STYLES:
        assert render_diagnosis(found, Document(style, "text"))


@given(networks(letters=True), st.integers(-3, 40))
def test_any_number_has_a_document(text: str, answer: int) -> None:
    d = fitting(text)
    for node in d.network.nodes[1:3]:
        found = d.of_layer(node.name, "params", (Number(answer) if answer >= 0 else -Number(-answer),))
        assert found.correct == (node.derived.counts.params == answer)
        assert shown(found)


# ---------------------------------------------------------------- documents


def shown(diagnosis: Diagnosis, style: str = "steps", format_: str = "text") -> str:
    return render_diagnosis(diagnosis, Document(style, format_))


DOCUMENTS = {
    "channels": ("mnist-63", "conv_2", "(k^2 + 1)*F", "params"),
    "total": ("mnist-63", None, "1,181,066", "params"),
    "carried": ("input(9, 9, 1) -> conv(8, 4, s=3) -> flatten -> dense(10)", "dense_1", "730", "params"),
    "letters": (LETTERS, "conv_1", "(H-k)/2+1 x (W-k)/2+1 x 16", "shape"),
    "nothing": ("mnist-63", "conv_2", "18100", "params"),
    "right": ("mnist-63", "conv_2", "24", "shape"),
    "several": ("input(9, 9, 2) -> conv(1, 1) -> conv(5, 2)", "conv_1", "2", "params"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents(name: str, golden: Callable[[str, str], None]) -> None:
    text, layer, answer, quantity = DOCUMENTS[name]
    found = typed(text, layer, answer, quantity)
    parts = [shown(found, style) for style in STYLES] if name in ("channels", "total") else [shown(found)]
    golden(f"diagnose-{name}.txt", "\n\n".join(parts))
    if name in ("channels", "letters"):
        golden(f"diagnose-{name}.md", shown(found, "steps", "markdown"))
        golden(f"diagnose-{name}.tex", shown(found, "steps", "latex"))


def test_where_the_ways_part_is_marked_once() -> None:
    for name, (text, layer, answer, quantity) in DOCUMENTS.items():
        found = typed(text, layer, answer, quantity)
        marks = shown(found).count("← first difference")
        changed = sum(w.value != r.value for m in found.matches[:1] for w, r in zip(m.wrong, found.right, strict=False))
        assert marks == (changed if layer else 0), name


def test_a_lesson_has_no_symbols() -> None:
    found = typed("mnist-63", "conv_2", "630")
    assert "C_in" not in shown(found, "lesson")
    assert "(3·3 + 1)·63" in shown(found, "lesson")


# ---------------------------------------------------------------- JSON, Python, command line


def test_json() -> None:
    page = json.loads(run("diagnose", MNIST, "--layer", "conv_2", "--answer", "630", "--format", "json")[1])
    assert list(page)[:4] == ["correct", "value", "answer", "matches"]
    assert (page["correct"], page["value"], page["answer"]) == (False, 18207, 630)
    match = page["matches"][0]
    assert list(match)[:5] == ["misconception", "formula", "value", "explanation", "repair"]
    assert match["misconception"] == "input channels left out"
    assert (match["formula"], match["value"]) == ("(k_h*k_w + 1)*C_out", 630)
    right = json.loads(run("diagnose", MNIST, "--total", "--answer", "1181161", "--format", "json")[1])
    assert (right["correct"], right["matches"], right["layer"]) == (True, [], None)
    shape = json.loads(
        run("diagnose", MNIST, "--layer", "conv_2", "--quantity", "shape", "--answer", "1x2.5x3", "--format", "json")[1]
    )
    assert (shape["value"], shape["answer"]) == ([24, 24, 63], [1, "5/2", 3])


def test_python() -> None:
    network = sp.load(MNIST)
    found = network.diagnose(630, "conv_2")
    assert (found.correct, found.value, found.matches[0].misconception) == (False, 18207, "input channels left out")
    assert repr(found).startswith("<Diagnosis: input channels left out")
    assert repr(network.diagnose(1181161)) == "<Diagnosis: right>"
    assert repr(network.diagnose("18,100", "conv_2")) == "<Diagnosis: no known mistake>"
    assert network.diagnose((24, 24, 63), "conv_2", "shape").correct
    assert network.diagnose([24, 24, 63], "conv_2", "shape").value == (24, 24, 63)
    assert not network.diagnose(12.5, "conv_2").correct
    assert not network.diagnose(Fraction(-1, 3), "conv_2").correct
    assert network.diagnose(4 * 18207, "conv_2", "memory").correct
    assert network.diagnose(2 * 18207, "conv_2", "memory", dtype="float16").correct
    assert found.to_latex(standalone=True).startswith(r"\documentclass")
    assert json.loads(found.to_json())["value"] == 18207
    assert "Your solution" in found.to_markdown("table")
    letters = sp.parse("input(3) -> dense(n)")
    n = letters.symbols["n"]
    assert letters.diagnose(4 * n, "dense_1").correct


def test_command() -> None:
    status, out, _ = run("diagnose", MNIST, "--layer", "conv_2", "--answer", "630", "--format", "latex", "--standalone")
    assert status == 0
    assert out.startswith(r"\documentclass")
    text = "input(H, W, C) -> conv(F, 3)"
    told = run("diagnose", "-e", text, "--set", "C=32", "--layer", "conv_1", "--answer", "10F", "--format", "text")[1]
    assert "you gave each filter a single kernel" in told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--answer", "1"], "give --layer NAME or --total; the layers are input_1, conv_1"),
        (["--answer", "1", "--layer", "conv_1", "--total"], "give --layer or --total, not both"),
        (["--answer", "1", "--layer", "conf_1"], "there is no layer `conf_1`; did you mean `conv_1`?"),
        (
            ["--answer", "1", "--total", "--quantity", "field"],
            "field does not add up over the layers; name a layer, or",
        ),
        (["--answer", "1", "--total", "--standalone"], "--standalone goes with --format latex"),
        (["--total"], "Missing option '--answer'"),
    ],
)
def test_refused(arguments: list[str], message: str) -> None:
    assert message in refused("diagnose", "-e", "input(9, 9, 1) -> conv(8, 3)", *arguments)


# ---------------------------------------------------------------- the catalogue page


def test_the_page_of_misconceptions_is_what_the_command_prints(request: pytest.FixtureRequest) -> None:
    page = EXAMPLES.parent / "docs" / "misconceptions.md"
    text = run("misconceptions", "--format", "markdown")[1]
    if request.config.getoption("--rewrite"):
        page.write_text(text, "utf-8")
    assert page.read_text("utf-8") == text, "python -m pytest tests/test_diagnose.py --rewrite makes it anew"
    for anchor in {part.split(")")[0] for part in text.split("](#")[1:]}:
        headings = [line.lstrip("# ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")]
        assert anchor in ["".join(c for c in h if c.isalnum() or c in "-_") for h in headings]


def test_one_misconception() -> None:
    assert misconceptions_text("biases left out", "text").startswith("biases left out\n")
    with pytest.raises(sp.SymparamsError, match="did you mean `biases left out`"):
        misconceptions_text("biases left ou", "text")


def test_a_question_misread_goes_before_pairs() -> None:
    found = typed("input(56, 56, 64) -> conv(64, 1, bias=no)", "conv_1", f"{56 * 56 * 64}")
    assert names(found) == ["output size given for parameters"]


def test_no_edit_where_it_makes_no_sense() -> None:
    passed_on = typed("input(H, W, 3) -> maxpool(2) -> dropout(0.5)", "dropout_1", "H/2, W/2, 3", "shape")
    assert "not rounded" not in [m.made[0].name for m in passed_on.matches if not m.carried]
    assert "channels at the wrong end" not in names(
        typed("convention torch input(T, 8) -> attention(2)", "attention_1", "8, T", "shape")
    )


def test_two_mistakes_are_told_one_by_one() -> None:
    text = shown(typed("mnist-63", "conv_2", "567"))
    assert (
        "Two mistakes together give exactly this answer: you counted the weights and left out the biases; and you gave "
        "each filter a single kernel" in text
    )
