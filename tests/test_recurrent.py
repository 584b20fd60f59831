"""Recurrent layers: numbers measured in Keras 3.15 and PyTorch 2.13, letters against numbers, work by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.equality import same
from symparams.algebra.formula import as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN, SOURCE
from symparams.errors import SymparamsError
from symparams.layers import CATALOGUE
from symparams.layers.recurrent import LSTM
from symparams.model.layer import EVERYWHERE
from symparams.quantities.unit_counts import counts_by_unit
from tests.helpers import net, value
from tests.test_laws import steps_agree, tensors_agree

# Layer, output behind an input of (4, 10), count_params() in Keras.
KERAS = [
    ("lstm(20)", (20,), 2480),
    ("lstm(20, sequences)", (4, 20), 2480),
    ("lstm(20, bias=no)", (20,), 2400),
    ("gru(20)", (20,), 1920),
    ("gru(20, reset_after=no)", (20,), 1860),
    ("rnn(20)", (20,), 620),
    ("bidirectional(lstm(20))", (40,), 4960),
    ("bidirectional(lstm(20, sequences), sum)", (4, 20), 4960),
    ("lstm(20, bidirectional)", (40,), 4960),
    ("rnn(lstmcell(20), sequences)", (4, 20), 2480),
]

# Layer, output behind an input of (4, 10), numbers in parameters() in PyTorch.
TORCH = [
    ("lstm(20)", (4, 20), 2560),
    ("lstm(20, last)", (20,), 2560),
    ("nn.LSTM(10, 20, proj_size=5)", (4, 5), 1460),
    ("nn.LSTM(10, 20, proj_size=5, num_layers=3, bidirectional)", (4, 10), 8760),
    ("lstm(20, layers=12)", (4, 20), 39520),
    ("gru(20, layers=2)", (4, 20), 4440),
    ("rnn(20, layers=3, bidirectional)", (4, 40), 6240),
]


@pytest.mark.parametrize(("layer", "shape", "params"), KERAS)
def test_as_keras_has_it(layer: str, shape: tuple[int, ...], params: int) -> None:
    found = sp.parse(f"input(4, 10) -> {layer}").layers[-1]
    assert (found.output_shape, found.params) == (shape, params)


@pytest.mark.parametrize(("layer", "shape", "params"), TORCH)
def test_as_torch_has_it(layer: str, shape: tuple[int, ...], params: int) -> None:
    found = sp.parse(f"convention torch input(4, 10) -> {layer}").layers[-1]
    assert (found.output_shape, found.params) == (shape, params)


def test_the_text_classifier_of_the_keras_examples() -> None:
    """keras.io, Bidirectional LSTM on IMDB: 2,757,761 in all, of which the embedding has 2,560,000."""
    text = (
        "input(T) -> embedding(20000, 128) -> bidirectional(lstm(64, sequences)) -> bidirectional(lstm(64)) -> dense(1)"
    )
    network = sp.parse(text)
    assert [layer.params for layer in network] == [0, 2_560_000, 98_816, 98_816, 129]
    assert network.params == 2_757_761


def test_both_directions_of_a_convolutional_lstm() -> None:
    """Measured in Keras: an output of (6, 8, 8, 6), 1,104 parameters."""
    found = sp.parse("input(6, 8, 8, 2) -> bidirectional(convlstm(3, 3, same, sequences))").layers[-1]
    assert (found.output_shape, found.params) == ((6, 8, 8, 6), 1104)


RULES = [
    ("", "lstm(U)", "4*((D + U)*U + U)"),
    ("", "gru(U)", "3*((D + U)*U + 2*U)"),
    ("", "gru(U, reset_after=no)", "3*((D + U)*U + U)"),
    ("", "rnn(U)", "(D + U)*U + U"),
    ("", "lstm(U, bias=no)", "4*(D + U)*U"),
    ("", "bidirectional(lstm(U))", "2*4*((D + U)*U + U)"),
    ("convention torch", "lstm(H)", "4*((D + H)*H + 2*H)"),
    ("convention torch", "gru(H)", "3*((D + H)*H + 2*H)"),
    ("convention torch", "rnn(H)", "(D + H)*H + 2*H"),
    ("convention torch", "lstm(H, projection=P)", "4*((D + P)*H + 2*H) + H*P"),
    ("convention torch", "rnn(H, layers=n)", "(D + H)*H + 2*H + (n - 1)*((H + H)*H + 2*H)"),
]


@pytest.mark.parametrize(("convention", "layer", "rule"), RULES)
def test_the_rule_as_a_teacher_writes_it(convention: str, layer: str, rule: str) -> None:
    rules = net(f"{convention} input(T, D) -> {layer}").nodes[-1].derived.rules
    assert shown(rules.parameters, SOURCE) == rule


def tensors(text: str) -> list[tuple[str, tuple[object, ...]]]:
    tensors = net(text).nodes[-1].derived.rules.tensors
    return [(t.name, tuple(value(size, {}) for size in t.stored.shape)) for t in tensors]


def test_tensors_are_those_of_the_frameworks() -> None:
    """As `weights` of Keras and `named_parameters()` of PyTorch list them."""
    assert tensors("input(7, 5) -> gru(4)") == [("kernel", (5, 12)), ("recurrent kernel", (4, 12)), ("bias", (2, 12))]
    found = tensors("convention torch input(7, 5) -> lstm(4, layers=2, bidirectional, projection=3)")
    one = [
        ("weight_ih", (16, 5)),
        ("weight_hh", (16, 3)),
        ("bias_ih", (16,)),
        ("bias_hh", (16,)),
        ("weight_hr", (3, 4)),
    ]
    two = [("weight_ih", (16, 6)), *one[1:]]
    assert found == [
        (f"{name}_l{floor}{direction}", sizes)
        for floor, layer in enumerate((one, two))
        for direction in ("", "_reverse")
        for name, sizes in layer
    ]


# ---------------------------------------------------------------- letters and numbers

CELLS = st.sampled_from(["lstmcell(U)", "grucell(V, reset_after=no)", "rnncell(U + 1, relu)", "grucell(2*U, bias=no)"])


@st.composite
def layers(draw: st.DrawFn) -> str:
    flags = draw(
        st.sampled_from(["", ", sequences", ", last", ", bias=no", ", bidirectional", ", layers=n", ", layers=3"])
    )
    kind = draw(st.sampled_from(["lstm", "gru", "rnn"]))
    inner = draw(
        st.sampled_from(
            [f"{kind}(U{flags})", f"rnn(stackedcells({draw(CELLS)}, {draw(CELLS)}))", f"rnn({draw(CELLS)})"]
        )
    )
    if "bidirectional" in inner or "layers" in inner or draw(st.booleans()):
        return inner
    backward = draw(st.sampled_from(["", ", gru(V, sequences)" if "sequences" in inner else ", gru(V, last)"]))
    merge = draw(st.sampled_from(["", ", sum", ", mul", ", ave"])) if not backward else ""
    return f"bidirectional({inner.replace(', last', '')}{backward}{merge})"


@given(layers(), st.sampled_from(["keras", "torch"]), *[st.integers(1, 9)] * 5)
def test_letters_equal_numbers(layer: str, convention: str, T: int, D: int, U: int, V: int, n: int) -> None:
    text = f"convention {convention} input(T, D) -> {layer}"
    letters = {"T": T, "D": D, "U": U, "V": V, "n": n}
    try:
        symbolic = net(text)
    except SymparamsError as error:
        refused = "reset gate after the recurrent weights" in str(error) or "every step in one direction" in str(error)
        assert refused
        assert convention == "torch"
        return
    tensors_agree(symbolic)
    steps_agree(symbolic, letters)
    numeric = sp.parse(text).subs({name: letters[name] for name in symbolic.symbols})
    node = symbolic.nodes[-1]
    assert numeric.layers[-1].output_shape == tuple(value(as_formula(size), letters) for size in node.shape)
    assert numeric.params == value(as_formula(node.counts.params), letters)


def test_a_stack_is_the_layers_in_a_row() -> None:
    row = net("input(T, D) -> [bidirectional(lstm(U, sequences))] * N").counts.params
    stack = net("input(T, D) -> lstm(U, sequences, bidirectional, layers=N)").counts.params
    assert same(row, stack)


def test_a_bound_from_the_projection() -> None:
    (condition,) = net("convention torch input(T, 8) -> lstm(H, projection=5)").conditions
    assert (shown(condition.left, SOURCE), value(condition.right, {})) == ("H", 6)


# ---------------------------------------------------------------- work and reach


def work(text: str) -> tuple[int, ...]:
    done = net(text).nodes[-1].derived.work
    kinds = (done.macs, done.additions, done.multiplications, done.comparisons, done.exponentials)
    return tuple(value(kind, {}) for kind in kinds)


def test_work_by_hand() -> None:
    """5 steps, 3 features, 2 units: the cell has (3 + 2)·2 = 10 weights in each part."""
    assert work("input(5, 3) -> rnn(2)") == (5 * 10, 5 * 2, 0, 0, 5 * 2)
    assert work("input(5, 3) -> lstm(2)") == (5 * 40, 5 * (8 + 2), 5 * 6, 0, 5 * 10)
    assert work("input(5, 3) -> lstm(2, relu)") == (5 * 40, 5 * (8 + 2), 5 * 6, 5 * 4, 5 * 6)
    assert work("input(5, 3) -> gru(2)") == (5 * 30, 5 * (12 + 4), 5 * 6, 0, 5 * 6)
    assert work("input(5, 3) -> lstm(2, bidirectional)") == (5 * 80, 5 * 20, 5 * 12, 0, 5 * 20)
    assert work("input(5, 3) -> bidirectional(rnn(2), ave)") == (5 * 20, 5 * 4 + 2, 2, 0, 5 * 4)
    assert work("input(3) -> lstmcell(2)") == (40, 10, 6, 0, 10)
    assert work("input(5, 3) -> rnn(stackedcells(rnncell(2), rnncell(1)))") == (5 * (10 + 3), 15, 0, 0, 15)


def test_work_as_torch_counts_it() -> None:
    """Half of what torch.utils.flop_counter says of one example, the multiply-accumulates."""
    text = "convention torch input(5, 3) -> lstm(4, layers=3, bidirectional, projection=2)"
    assert work(text)[0] == 5 * 2 * (4 * (3 + 2) * 4 + 2 * 4 + 2 * (4 * (4 + 2) * 4 + 2 * 4))


def test_every_output_sees_every_step() -> None:
    for layer in ("lstm(2, sequences)", "bidirectional(gru(3))"):
        derived = net(f"input(5, 3) -> {layer}").nodes[-1].derived
        assert derived.layer.reach(*derived.arriving) == EVERYWHERE


# ---------------------------------------------------------------- names and mistakes


def test_the_names_of_both_frameworks() -> None:
    for name in (
        "LSTM",
        "GRU",
        "RNN",
        "SimpleRNN",
        "LSTMCell",
        "GRUCell",
        "RNNCell",
        "SimpleRNNCell",
        "StackedRNNCells",
    ):
        assert name.casefold() in CATALOGUE


def test_flag_words_go_to_the_activation_and_not_to_the_gates() -> None:
    layer = net("input(5, 3) -> lstm(2, relu, recurrent_activation=hardsigmoid)").nodes[-1].layer
    assert isinstance(layer, LSTM)
    assert (layer.activation, layer.recurrent_activation) == ("relu", "hardsigmoid")


MISTAKES = [
    ("input(7) -> lstm(64)", "give the layer before it `sequences`"),
    ("input(9, 7) -> lstm(64) -> lstm(32)", "lstm_2: needs an input of shape (T, features), not 64"),
    ("convention torch input(9, 7) -> lstm(6, last) -> gru(5)", "leave out `last` before it"),
    ("input(7, 8, 9) -> lstm(64)", "timedistributed(flatten)"),
    ("input(9, 7) -> lstm(3, sequences, last)", "leave out `sequences` or `last`"),
    ("input(9, 7) -> lstm(3, projection=2)", "has no projection in Keras"),
    ("convention torch input(9, 7) -> lstm(3, projection=3)", "the projection (3) must be smaller than the units (3)"),
    ("convention torch input(9, 7) -> lstm(3, relu)", "has tanh as its activation in PyTorch"),
    ("convention torch input(9, 7) -> rnn(3, sigmoid)", "has tanh or relu as its activation in PyTorch"),
    ("convention torch input(9, 7) -> gru(3, recurrent_activation=tanh)", "has sigmoid as the function of its gates"),
    ("convention torch input(9, 7) -> gru(3, reset_after=no)", "leave out reset_after=no"),
    ("input(9, 7) -> lstmcell(4)", "rnn(lstmcell(…)) runs it over all steps"),
    ("input(9, 7) -> rnn(dense(3))", "units must be a number of units, or a cell such as lstmcell(64)"),
    ("input(9, 7) -> rnn(lstmcell(4), layers=2)", "rnn(stackedcells(…, …)) stacks cells"),
    ("input(9, 7) -> rnn(lstmcell(4), relu)", "takes the bias and the activation from its cell"),
    ("input(9, 7) -> rnn(stackedcells(lstmcell(4), dense(4)))", "cells must be a cell, such as lstmcell(64)"),
    ("input(9, 7) -> bidirectional(lstm(3), none)", "{ lstm(…) | lstm(…) }"),
    ("input(9, 7) -> bidirectional(dense(3))", "takes a recurrent layer, such as lstm(64), not dense"),
    ("input(9, 7) -> bidirectional(lstm(3), gru(4), sum)", "has 3 and 4 features in its two directions"),
    ("input(9, 7) -> bidirectional(lstm(3, sequences), gru(4))", "every step in one direction"),
    ("input(9, 7) -> bidirectional(lstm(3, bidirectional))", "leave out its `bidirectional`"),
    ("input(9, 7) -> bidirectional(lstm(3, layers=2))", "takes a single layer"),
]


@pytest.mark.parametrize(("text", "part"), MISTAKES)
def test_mistakes_say_what_to_write(text: str, part: str) -> None:
    with pytest.raises(SymparamsError) as caught:
        net(text)
    assert part in str(caught.value)


_SAME_WEIGHTS = "every step uses the same weights, so more steps only mean more computation"
SAID = {
    "input(50, 24) -> gru(32)": """
        in each step the layer sees 24 input features and its own 32 outputs from the previous step. It computes three
        vectors of 32 values: the update gate, the reset gate and the candidate state. Each value has one weight for
        each of these 24 + 32 inputs, and two biases, one beside each weight matrix
        / in Keras's GRU the reset gate multiplies the recurrent sum after its bias has been added (reset_after=True,
        the default), so in the candidate state the two biases cannot be merged into one. With reset_after=False there
        is one bias per value, which makes 3·32 = 96 fewer parameters: 5,472""",
    "convention torch input(1, 1) -> rnn(1)": """
        in each step the layer sees 1 input feature and its own 1 output from the previous step. Each unit has one
        weight for each of these 1 + 1 inputs, and two biases, one beside each weight matrix
        / Keras's RNN has only one bias per unit, which makes 1 fewer parameter: 3""",
    "input(T, D) -> lstm(U, bias=no, bidirectional)": """
        in each step the layer sees D input features and its own U outputs from the previous step. It computes four
        vectors of U values: the input gate, the forget gate, the output gate and the cell candidate. Each value has
        one weight for each of these D + U inputs; there is no bias. A second LSTM with its own weights processes the
        sequence in reverse; the outputs of both are joined, 2U features /""",
    "convention torch input(9, 5) -> lstm(4, projection=3, layers=2)": """
        in each step the first layer sees 5 input features and its own 3 outputs from the previous step. It computes
        four vectors of 4 values: the input gate, the forget gate, the output gate and the cell candidate. Each value
        has one weight for each of these 5 + 3 inputs, and two biases, one beside each weight matrix. One more matrix,
        without a bias, projects the 4 hidden values to the 3 outputs. The second layer sees the 3 outputs of the layer
        below in place of 5 features /""",
    "input(9, 5) -> bidirectional(rnn(4), sum)": """
        in each step the layer sees 5 input features and its own 4 outputs from the previous step. Each unit has one
        weight for each of these 5 + 4 inputs, and one bias. A second recurrent layer with its own weights processes
        the sequence in reverse
        / PyTorch's RNN has two biases per unit, one beside each weight matrix, which makes 2·4 = 8 more parameters:
        88""",
}


@pytest.mark.parametrize("text", SAID)
def test_what_one_value_is_made_from(text: str) -> None:
    rules = net(text).nodes[-1].derived.rules
    assert f"{rules.because} / {rules.differs}".split() == SAID[text].split()


UNITS = [
    ("input(9, 5) -> gru(4)", ["each 5 + 4 + 2, 12 values"]),
    ("input(9, 5) -> rnn(4, bias=no)", ["each 5 + 4, 4 units"]),
    ("input(9, 5) -> lstm(4, bidirectional)", ["in each direction: each 5 + 4 + 1, 32 values"]),
    ("input(9, 5) -> bidirectional(lstm(4), ave)", ["in each direction: each 5 + 4 + 1, 32 values"]),
    (
        "input(9, 5) -> lstm(4, layers=2)",
        ["in layer 1: each 5 + 4 + 1, 16 values", "in layer 2: each 4 + 4 + 1, 16 values"],
    ),
    (
        "convention torch input(9, 5) -> lstm(4, projection=3, layers=3, bidirectional)",
        [
            "in each direction of layer 1: each 5 + 3 + 2, 32 values",
            "in each direction of layer 1: each 4, 6 outputs",
            "in each direction of each layer above: each 2·3 + 3 + 2, 64 values",
            "in each direction of each layer above: each 4, 12 outputs",
        ],
    ),
    (
        "convention torch input(9, 5) -> gru(4, layers=9)",
        ["in layer 1: each 5 + 4 + 2, 12 values", "in the layers above: each 4 + 4 + 2, 96 values"],
    ),
    (
        "input(9, 5) -> bidirectional(lstm(4), gru(3))",
        [
            "in the forward direction: each 5 + 4 + 1, 16 values",
            "in the backward direction: each 5 + 3 + 2, 9 values",
        ],
    ),
    (
        "input(9, 5) -> bidirectional(rnn(stackedcells(lstmcell(4), rnncell(3))))",
        [
            "in each direction in cell 1: each 5 + 4 + 1, 32 values",
            "in each direction in cell 2: each 4 + 3 + 1, 6 units",
        ],
    ),
]


@pytest.mark.parametrize(("text", "counted"), UNITS)
def test_its_parameters_are_those_of_its_units(text: str, counted: list[str]) -> None:
    node = net(text).nodes[-1]
    counts = counts_by_unit(node.derived.rules, node.derived.facts)
    written = [
        f"{c.where + ': ' if c.where else ''}each {shown(c.each, PLAIN)}, {c.many_value} {c.plural}" for c in counts
    ]
    assert written == counted
    assert sum(value(as_formula(c.value), {}) for c in counts) == sp.parse(text).layers[-1].params


def test_one_step_is_not_said_not_to_enter() -> None:
    assert net("input(1, 5) -> lstm(4)").nodes[-1].derived.rules.ignores == ()
    assert [str(s) for s in net("input(T, 5) -> lstm(4, dropout=0.1)").nodes[-1].derived.rules.ignores] == [
        f"the number of steps does not matter: {_SAME_WEIGHTS}",
        "the dropout rate does not matter: dropout has no weights",
    ]
