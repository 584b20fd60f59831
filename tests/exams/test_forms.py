"""A long paper on one network is no drill: few of its stems say the same about other numbers."""

from __future__ import annotations

from collections import Counter

import pytest

from symparams.documents.question_writer import Writer
from symparams.exams.examination import USUAL
from symparams.exams.kinds import KINDS
from tests.exams.samples import EXAMPLE_TEXTS, TEXTS, course, examination
from tests.exams.stem_forms import form_of
from tests.exams.test_guessing import NETS

_QUESTIONS, _MOST = 100, 15
_ONE_LAYER = "range F in 1..50\nrange k in 2..9\ninput(28, 28, 3) -> conv(F, k)"  # round after round
FEW = {"one layer": _ONE_LAYER, "heads": NETS["heads"], "tall": EXAMPLE_TEXTS["resnet20-cifar.arch"]}
MANY = {
    **{name: text for name, text in TEXTS.items() if "letters" not in name},  # of those there are fewer questions
    **NETS,
    **{
        name: EXAMPLE_TEXTS[f"{name}.arch"]
        for name in ("mobilenet", "resnet50", "wavenet", "bert", "vgg16", "vgg16-letters", "exam-cnn", "exam-text")
    },
}


def forms(text: str, seed: int, kinds: tuple[str, ...]) -> Counter[str]:
    """The forms of the stems of a paper."""
    writer = Writer(course(text), "text", seed, "none")
    paper = examination(text, questions=_QUESTIONS, seed=seed, kinds=kinds)
    return Counter(form_of(writer.asked(question).stem) for question in paper.questions())


@pytest.mark.parametrize("text", FEW.values(), ids=FEW)
def test_few_stems_have_one_form(text: str) -> None:
    found = forms(text, 0, USUAL)
    assert found.total() == _QUESTIONS
    assert found.most_common(1)[0][1] <= _MOST


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [USUAL, tuple(KINDS)], ids=["usual", "all"])
@pytest.mark.parametrize("text", MANY.values(), ids=MANY)
def test_few_stems_of_many_networks_have_one_form(text: str, kinds: tuple[str, ...]) -> None:
    for seed in range(3):
        found = forms(text, seed, kinds)
        assert found.total() == _QUESTIONS
        assert found.most_common(1)[0][1] <= _MOST


def test_stems_of_one_form_are_those_that_differ_in_numbers_and_names() -> None:
    asks = "How many parameters does {} have{}?\n"
    local = "In {}, a dense layer with {} units and biases receives an input of {}.\n\n" + asks
    assert form_of(local.format("Keras", 10, "128 features", "this layer", "")) == form_of(
        local.format("PyTorch", 7, "3 × 5 (a × b)", "this layer", "")
    )
    table = "Consider the following network ({} conventions, channels {}).\n\n───\nLayer\n───\n{}\n───\n\n{}" + asks
    one = table.format("Keras", "last", "input_1   Input: 5 features", "", "the layer dense_1 (the dense layer)", "")
    legend = "The letters C and F stand for positive integers.\n\n"
    two = table.format("PyTorch", "first in images", "a\nb", legend, "the layer gru_1 (the second GRU)", " in PyTorch")
    assert form_of(one) == form_of(two) != form_of(local)
    assert form_of(one) == "Consider the following network. NETWORK How many parameters does LAYER have?"
