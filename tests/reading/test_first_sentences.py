"""The first sentence of an answer: what was asked, with the number that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.evaluation import number
from symparams.algebra.formula import as_formula
from symparams.documents.asked import Asked
from symparams.documents.missing_tensors import missing_tensors
from symparams.documents.rendering import Document
from symparams.errors import Source, SymparamsError
from symparams.quantities.tensor_counts import stored_tensors
from symparams.questions.asked_about import doubts_about
from symparams.questions.diagnosis import Diagnostician
from symparams.questions.not_entering import not_entering
from symparams.questions.right_for import right_for
from symparams.reading.asking import inquiry
from symparams.reading.door import reading_of
from tests.differential.generating import networks
from tests.helpers import net
from tests.reading.questions import FURTHER, QUESTIONS

# ---------------------------------------------------------------- whole questions


def test_whole_questions(golden: Callable[[str, str], None]) -> None:
    answers = [
        f"# {name}\n\n{text}\n---\n\n{sp.read(text).answer().to_text()}" for name, text in (QUESTIONS | FURTHER).items()
    ]
    golden("questions.txt", "\n".join(answers))


# ---------------------------------------------------------------- what kind of question it is


@pytest.mark.parametrize(
    ("prose", "quantity", "topics", "chooses"),
    [
        ("Why does the layer have 630 parameters?", "", [], False),
        ("Who is right, the book or Keras?", "", [], True),
        ("Which of the two numbers is correct?", "", [], True),
        ("Wer hat recht?", "", [], True),
        ("What is the receptive field of conv_2?", "field", [], False),
        ("How many multiply-adds are there?", "macs", [], False),
        ("Why does the pooling give 37x37?", "shape", [], False),
        ("Does the sequence length matter for the parameters?", "", ["positions"], False),
        ("Why is the count independent of the image size?", "", ["positions"], False),
        ("I would expect it to depend on the number of heads. Why not?", "", ["heads"], False),
        ("Does the batch size affect it, or the stride?", "", ["batch", "stride"], False),
        ("Und wo geht die Länge 50 ein?", "", ["positions"], False),
        ("My image is large. It has three heads.", "", [], False),
        ("The images have 3 channels. Why 448?", "", [], False),
    ],
)
def test_what_is_asked(prose: str, quantity: str, topics: list[str], chooses: bool) -> None:
    asked = inquiry(prose)
    assert (asked.quantity, sorted(asked.topics), asked.chooses) == (quantity, topics, chooses)


# ---------------------------------------------------------------- what a wrong number is right for


@pytest.mark.parametrize(
    ("text", "quantity", "answer", "change", "call"),
    [
        ("input(26,26,32) -> conv(63,3)", "params", "630", "channels", "Conv2D(63, 3)"),
        ("input(26,26,32) -> conv(63,3,relu)", "params", "18144", "setting", "Conv2D(63, 3, use_bias=False)"),
        ("input(9,16) -> gru(32)", "params", "4704", "setting", "GRU(32, reset_after=False)"),
        ("input(90,12) -> conv(64,5)", "params", "19264", "axes", "Conv2D(64, 5)"),
        ("input(26,26,32) -> conv(63,3)", "shape", "26x26x63", "setting", 'Conv2D(63, 3, padding="same")'),
        ("input(26,26,32) -> conv(63,3)", "shape", "26x26", "setting", 'Conv2D(63, 3, padding="same")'),
        (
            "convention torch input(8,9,9) -> conv(4,3,s=2)",
            "shape",
            "5x5",
            "setting",
            "nn.Conv2d(8, 4, 3, stride=2, padding=1)",
        ),
        ("convention torch input(64,9,9) -> conv(96,3,groups=8)", "params", "55392", "setting", "nn.Conv2d(64, 96, 3)"),
        ("convention torch input(64,9,9) -> conv(96,3)", "params", "960", "channels", "nn.Conv2d(1, 96, 3)"),
    ],
)
def test_another_layer_has_the_number(text: str, quantity: str, answer: str, change: str, call: str) -> None:
    network = net(text)
    found = right_for(Diagnostician(network).typed(network.nodes[-1].name, quantity, answer))
    assert found is not None
    assert (found.change, found.call) == (change, call)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("input(26,26,32) -> conv(63,3)", "18207"),  # right
        ("input(26,26,32) -> conv(63,3)", "777"),  # right for nothing near
        ("input(26,26,C) -> conv(63,k)", "630"),  # not for every kernel
        ("input(9,64) -> bidirectional(lstm(32))", "12416"),  # no setting of this layer
    ],
)
def test_nothing_is_said_of_other_numbers(text: str, answer: str) -> None:
    network = net(text)
    assert right_for(Diagnostician(network).typed(network.nodes[-1].name, "params", answer)) is None


_ON = {  # layers on so many inputs, and with other biases
    "keras": ("input({n}) -> dense(7{b})", "input(9,9,{n}) -> conv(5,3{b})", "input(8,{n}) -> lstm(6{b})"),
    "torch": ("input({n}) -> dense(7{b})", "input({n},9,9) -> conv(5,3{b})", "input({n},8) -> conv(5,3,bias=no)"),
}


@pytest.mark.parametrize(("convention", "text"), [(c, text) for c, texts in _ON.items() for text in texts])
@given(st.integers(2, 300), st.integers(2, 300), st.booleans())
def test_another_number_of_inputs_is_found(convention: str, text: str, n: int, typed: int, bias: bool) -> None:
    text = f"convention {convention} {text}"
    network, other = (net(text.format(n=m, b="" if b else ",bias=no")) for m, b in ((n, True), (typed, bias)))
    count = other.nodes[-1].counts.params
    diagnosis = Diagnostician(network).typed(network.nodes[-1].name, "params", f"{typed}*{count}/{typed}")
    found = None if diagnosis.correct or diagnosis.matches else right_for(diagnosis)
    if found is not None and found.change == "inputs":  # else it is right for another reason, which comes first
        assert found.inputs is not None
        assert found.inputs.value is not None
        assert found.own_inputs == n
        again = net(text.format(n=number(found.inputs.value), b="" if "ias=False" not in found.call else ",bias=no"))
        assert again.nodes[-1].counts.params == count
    elif not diagnosis.correct and not diagnosis.matches:
        assert found is not None


@given(st.integers(2, 300), st.integers(2, 300))
def test_the_inputs_of_a_number_alone_are_worked_out(n: int, other: int) -> None:
    network = net(f"input({n}) -> dense(7)")
    found = right_for(Diagnostician(network).typed("dense_1", "params", str((other + 1) * 7)))
    assert found is None or found.change != "inputs" or found.inputs is None or found.inputs.value == as_formula(other)


@given(networks("torch"), st.randoms(use_true_random=False))
def test_the_tensors_that_are_missing_have_so_many_numbers(text: str, draw: Any) -> None:
    try:
        network = net(text)
    except SymparamsError:
        return
    for node in network.nodes:
        stored = [t for t in stored_tensors(node.derived.rules, node.derived.facts) if not t.is_buffer]
        sizes = [prod(n for n in (*t.shape, t.copies) if isinstance(n, int)) for t in stored]
        known = all(isinstance(n, int) for t in stored for n in (*t.shape, t.copies))
        count = draw.choice([*sizes, 1 + sum(sizes)])
        found = missing_tensors(stored, count)
        if len(stored) > 1 and known and count in sizes and sizes.count(count) < 4:
            assert found is not None
        if found is not None:
            own = [sizes[stored.index(t)] for t in found.tensors]
            assert {*own} == {count} if found.is_one_of_them else sum(own) == count == number(found.added_up)
            assert found.counts == tuple(own)


# ---------------------------------------------------------------- what does not matter


@pytest.mark.parametrize(
    ("text", "topics", "said"),
    [
        ("input(9,16) -> lstm(32)", ["positions"], ["the 9 steps do not matter: every step uses the same weights"]),
        ("input(9,16) -> lstm(32)", ["heads"], []),
        (
            "input(28,28,3) -> conv(8,3,s=2)",
            ["stride"],
            ["the stride does not matter: it only changes the output size"],
        ),
        ("input(28,28,3) -> flatten -> dense(5)", ["positions"], []),  # it enters by the features
        ("input(9,16) -> attention(4)", ["heads"], ["the number of heads does not matter"]),
        ("input(9,16) -> MultiHeadAttention(4,8)", ["heads"], []),  # each head adds its own width
    ],
)
def test_what_does_not_enter_is_said_of_what_is_asked(text: str, topics: list[Any], said: list[str]) -> None:
    found = [str(sentence) for sentence in not_entering(net(text).nodes[-1].derived, topics)]
    assert [one[: len(start)] for one, start in zip(found, said, strict=True)] == said


# ---------------------------------------------------------------- random networks


def first_sentence(text: str, layer: str, quantity: str, prose: str) -> str:
    source = Source("random", text)
    network = net(text)
    reading = replace(reading_of(source), prose=prose)
    doubts = [d for d in doubts_about(network, reading) if (d.layer, d.quantity) == (layer, quantity)]
    return Asked(reading, network, doubts).document(Document("answer", "text")).split("\n\n")[0]


@pytest.mark.parametrize("convention", ["keras", "torch"])
def test_the_first_sentence_has_the_number_that_is_asked_for(convention: str) -> None:
    tried = 0

    @settings(max_examples=40, deadline=None)
    @given(networks(convention, None, None), st.randoms(use_true_random=False))
    def of(text: str, draw: Any) -> None:
        nonlocal tried
        try:
            network = net(text)
        except SymparamsError:
            return
        some = [
            n
            for n in network.nodes
            if isinstance(n.counts.params, int) and n.counts.params >= 10 and not n.repeats and "_" in n.name
        ]
        if not some:
            return
        node = draw.choice(some)
        prose = f"Why does {node.name} have {node.counts.params} parameters? Does the length or the batch size matter?"
        assert f"{node.counts.params:,}" in first_sentence(text, node.name, "params", prose), text
        tried += 1

    of()
    assert tried > 10


def test_a_number_that_is_called_usual_is_nobodys_mistake() -> None:
    text = (
        "conv = nn.Sequential(nn.Conv2d(12, 24, 3, groups=3))\n\nWhy are there 888 parameters and not the usual 2,616?"
    )
    first = sp.read(text).answer().to_text().splitlines()[0]
    assert first == "888 = (3·3·4 + 1)·24; without groups=3 it would be 2,616."
    other = sp.read(text.replace("the usual 2,616", "2,616")).answer().to_text().splitlines()[0]
    assert "you counted all input channels for every filter" in other
