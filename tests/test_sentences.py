"""Sentences read well whatever is put into them."""

from __future__ import annotations

import pytest

import symparams as sp
from symparams.algebra.formula import Number, as_formula
from symparams.model.layer import Layer
from symparams.model.sentence import Put, say
from symparams.quantities.settings import a_value
from tests.phrasebook.variants import LAYERS, variants


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (3, "a 3"),
        (8, "an 8"),
        (11, "an 11"),
        (18, "an 18"),
        (80, "an 80"),
        (88, "an 88"),
        (110, "a 110"),
        (118, "a 118"),
        (1_100, "a 1,100"),
        (11_000, "an 11,000"),
    ],
)
def test_the_article_before_a_number_is_as_it_is_read(number: int, said: str) -> None:
    assert str(say("it is a {n} block", n=as_formula(number))) == f"it is {said} block"


@pytest.mark.parametrize(
    ("network", "layer", "said"),
    [
        ("input(28, 28, 8) -> conv(4, 8)", "conv_1", "an 8 × 8 × 8 block, not an 8 × 8 square"),
        ("input(28, 28, 8) -> conv(4, 3)", "conv_1", "a 3 × 3 × 8 block, not a 3 × 3 square"),
        ("input(28, 28, C) -> conv(4, n)", "conv_1", "an n × n × C block, not an n × n square"),
    ],
)
def test_an_answer_has_the_article_of_its_numbers(network: str, layer: str, said: str) -> None:
    assert said in sp.parse(network).solve("steps", layers=[layer]).to_text()


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ("input(2, 3, 4) -> prelu", "Alpha: one value for each of the 24 input elements."),
        ("input(9, 9, 1) -> bn", "Gamma and beta: one value for the only input channel, 2·1 = 2 together."),
        ("input(9, 9, 3) -> conv(1, 3)", "There is one bias."),
        ("input(4) -> repeatvector(1)", "The vector of 4 features becomes one row."),
        ("input(4) -> repeatvector(3)", "The vector of 4 features is repeated 3 times, once for each row."),
    ],
)
def test_a_lesson_speaks_of_one_as_of_one(network: str, said: str) -> None:
    assert said in sp.parse(network).solve("lesson").to_text()


def test_types_have_their_article() -> None:
    assert [a_value(dtype) for dtype in ("float32", "int8")] == ["a float32 value", "an int8 value"]


@pytest.mark.parametrize(
    ("layer", "noun"),
    [("lstm(4)", "LSTM"), ("gru(4)", "GRU"), ("rnn(4)", "recurrent layer"), ("convlstm(4, 3)", "ConvLSTM")],
)
def test_a_second_direction_is_called_by_its_layer(layer: str, noun: str) -> None:
    network = f"input({'5, 8, 8, 3' if noun == 'ConvLSTM' else '5, 3'}) -> bidirectional({layer})"
    said = f"A second {noun} with its own weights processes the sequence in reverse"
    assert said in sp.parse(network).solve("steps").to_text()


@pytest.mark.parametrize("kind", LAYERS, ids=[kind.names[0] for kind in LAYERS])
def test_what_is_said_in_general_has_no_number_of_one_layer(kind: type[Layer]) -> None:
    for derived, case in variants(kind):
        work = derived.layer.work(derived.out, *derived.arriving)
        for text in (derived.rules.because, derived.rules.shape_reason, work.because):
            for piece in () if isinstance(text, str) else text.in_general().pieces():
                if isinstance(piece, Put) and not isinstance(piece.slot, str):
                    slots = piece.slot if isinstance(piece.slot, tuple) else (piece.slot,)
                    assert not any(isinstance(as_formula(one), Number) for one in slots), (case, text)
