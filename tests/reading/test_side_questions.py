"""What is asked beside a number: whether something changes it, answered by a network with that changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.formula import Number, as_formula
from symparams.converters.targets import converted
from symparams.documents.asked import Asked
from symparams.errors import Source, SymparamsError
from symparams.layers import CATALOGUE
from symparams.model.layer import Layer
from symparams.model.network import Network
from symparams.questions.asked_about import doubts_about
from symparams.questions.changed_networks import changed, resized, settings_of, with_setting, without
from symparams.questions.side_answers import Side
from symparams.questions.side_facts import says_nothing_is_frozen
from symparams.questions.side_questions import Sides
from symparams.questions.side_settings import settings_in
from symparams.questions.state_dicts import listed
from symparams.reading.door import reading_of
from symparams.reading.side_sentences import asks
from symparams.sources.language import built
from tests.helpers import net
from tests.reading.questions import ASIDE

LAYERS: list[type[Layer]] = list(dict.fromkeys(entry.layer for entry in CATALOGUE.values()))


def test_whole_questions(golden: Callable[[str, str], None]) -> None:
    answers = [f"# {name}\n\n{text}\n---\n\n{sp.read(text).answer().to_text()}" for name, text in ASIDE.items()]
    golden("side_questions.txt", "\n".join(answers))


# ---------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("text", "polar", "what", "denied", "wanted"),
    [
        ("Does dropout change it?", True, False, False, ""),
        ("Dropout is 0.5, shouldn't that cut it in half?", True, False, False, "fewer"),
        ("Do groups save parameters or not?", True, False, False, "fewer"),
        ("And would 12 heads need more?", True, False, False, "more"),
        ("I thought maybe the dropout removes some of them?", True, False, False, "fewer"),
        ("What changes with padding='same'?", False, True, False, ""),
        ("How many do I save with bias=False?", False, True, False, "fewer"),
        ("Why does the image size not matter?", False, False, False, ""),
        ("So it does not depend on the stride, right?", False, False, True, ""),
        ("But with 4 heads I'd expect the same number, right?", True, False, False, "same"),
        ("With bidirectional=True, is it exactly double?", True, False, False, "more"),
        ("And without the pooling?", False, True, False, ""),
        ("Why 448?", False, False, False, ""),
    ],
)
def test_how_a_sentence_asks(text: str, polar: bool, what: bool, denied: bool, wanted: str) -> None:
    (ask,) = asks(text)
    assert (ask.is_polar, ask.is_what, ask.is_denied, ask.wanted) == (polar, what, denied, wanted)


def test_sentences_of_items_have_their_marks() -> None:
    found = list(asks("Help!\n\na) How many? Really.\nb) What changes with 64?\n\nThanks. Is it so?"))
    assert [(one.mark, one.text) for one in found] == [
        ("a)", "How many?"), ("a)", "Really."), ("b)", "What changes with 64?"), ("", "Is it so?"),
    ]  # fmt: skip


# ---------------------------------------------------------------- answers


def sides_of(text: str, prose: str, *about: tuple[str | None, str]) -> list[Side]:
    network = net(text)
    return list(Sides(network, prose, about or ((network.nodes[-1].name, "params"),)).found())


_CONV = "input(28,28,8) -> conv(16,3,s=2)"
_ROW = "input(8,8,3) -> conv(4,3,same) -> maxpool(2) -> dropout(0.5) -> flatten -> dense(5)"


@pytest.mark.parametrize(
    ("text", "prose", "opening", "code", "numbers"),
    [
        (_CONV, "Does the stride matter?", "no", "strides=1", (1168, 1168)),
        (_CONV, "Does the stride matter for the MACs?", "yes", "strides=1", (194688, 778752)),
        (_CONV, "Do strides save MACs?", "yes", "strides=1", (194688, 778752)),
        (_CONV, "Do strides add MACs?", "no", "strides=1", (194688, 778752)),
        (_CONV, "Does dilation_rate=2 add parameters?", None, "", ()),  # Keras takes no stride with it
        (_CONV, "Does groups=4 save parameters?", "yes", "groups=4", (1168, 304)),
        (_CONV, "Does groups=4 cut it to a quarter?", "no", "groups=4", (1168, 304)),
        (_CONV, "Does use_bias=False save parameters?", "yes", "use_bias=False", (1168, 1152)),
        (_CONV, "How much do I save with use_bias=False?", "", "use_bias=False", (1168, 1152)),
        (_CONV, "Why 16 and not 8?", None, "", ()),
        (_CONV, "Does the kernel size matter?", None, "", ()),  # which it does; no other is told
        ("input(9,16) -> attention(4)", "Does the number of heads matter?", "no", "", (1088, 1088)),
        ("input(9,16) -> MultiHeadAttention(4,8)", "Do the heads matter?", "yes", "num_heads=8", (2160, 4304)),
        ("input(9,16) -> MultiHeadAttention(4,8)", "Would 2 heads be fewer?", "yes", "num_heads=2", (2160, 1088)),
        ("input(9,6) -> bidirectional(gru(4))", "What changes with merge_mode='sum'?", "still", 'merge_mode="sum"',
         (288, 288)),
        ("input(9,6) -> bidirectional(gru(4)) -> dense(1)", "What changes with merge_mode='sum'?", "",
         'merge_mode="sum"', (297, 293)),
        ("input(9,6) -> lstm(4,sequences) -> lstm(4)", "Does return_sequences=True in lstm_1 change it?", "no",
         "return_sequences=False", (176, 176)),
        (_CONV, "Does groups=4 give the same number?", "no", "groups=4", (1168, 304)),
        (_CONV, "Does groups=4 with 100 filters fit?", None, "", ()),
        ("input(9,6) -> lstm(4)", "With dropout=0.3, does it stay the same?", "yes", "", (176, 176)),
        ("input(9,6) -> dense(4,bias=no)", "Would use_bias=True double it?", "no", "use_bias=True", (24, 28)),
        ("input(1) -> dense(4,bias=no)", "Would use_bias=True double it?", "yes", "use_bias=True", (4, 8)),
        ("input(20) -> dense(5,relu)", "Does the activation function matter?", "no", 'activation="linear"', (105, 105)),
    ],
)  # fmt: skip
def test_settings(text: str, prose: str, opening: str | None, code: str, numbers: tuple[int, ...]) -> None:
    found = sides_of(text, prose)
    assert [one.opening for one in found] == ([] if opening is None else [opening])
    if found and code:
        assert found[0].code == code
    if found:
        assert (found[0].number, found[0].other_number) == numbers


@pytest.mark.parametrize(
    ("text", "prose", "opening", "told"),
    [
        (_ROW, "Shouldn't the dropout cut it in half?", "no", "dropout only sets values to zero"),
        (_ROW, "Does the pooling reduce the number?", "yes", ""),
        (_ROW, "Does the batch size matter?", "no", ""),
        (_ROW, "Does the image size matter?", "yes", ""),
        (_ROW, "Does the image size matter for conv_1?", "no", "the size of the image, 8 × 8, does not matter"),
        (_ROW, "Does flatten add parameters?", None, ""),
        (_ROW, "Would grayscale images need fewer for conv_1?", "yes", ""),
        (_ROW, "What changes if the images are gray?", "", ""),
        (_ROW, "Do RGB images need more parameters?", None, ""),  # which they are
        ("input(30) -> dense(5)", "Does the image size matter?", None, ""),
        ("input(9,6) -> lstm(4)", "Would more time steps increase it?", "no", "the 9 steps do not matter"),
        ("input(9,6) -> lstm(4)", "Would 90 time steps increase it?", "no", "the 9 steps do not matter"),
        ("input(T) -> embedding(50,8)", "What changes with 90 tokens?", "still", "the length of the input, 90, does"),
    ],
)
def test_layers_and_sizes(text: str, prose: str, opening: str | None, told: str) -> None:
    found = sides_of(text, prose)
    assert [one.opening for one in found] == ([] if opening is None else [opening])
    assert str((*found[0].told, "")[0] if found else "").startswith(told)


def test_a_told_size_of_the_input_is_taken() -> None:
    (one,) = sides_of(_ROW, "Does the number change for images of 16x16?")
    assert (one.sizes, one.number, one.other_number) == ((16, 16), 4 * 4 * 4 * 5 + 5, 8 * 8 * 4 * 5 + 5)
    assert one.changes == (("dense_1", 325, 1285),)


# ---------------------------------------------------------------- what is said is true


def _examples() -> Iterator[Network]:
    for layer in LAYERS:
        for convention in ("keras", "torch"):
            text = (
                layer.example if layer.example.startswith("convention") else f"convention {convention} {layer.example}"
            )
            with suppress(SymparamsError):
                yield net(text)


def _written_again(network: Network) -> Network | None:
    """The network as its framework's code says it, read anew; None where it cannot be written."""
    with suppress(SymparamsError, AttributeError, KeyError):
        reading = reading_of(Source("code", converted(network.convention, network, [])))
        return built(reading.statements, reading.source)
    return None


def test_a_changed_network_is_the_one_that_is_written_so() -> None:
    compared = 0
    for network in _examples():
        for node in network.nodes:
            for owner, argument in settings_of(node.layer):
                for one in settings_in(f"{argument.name} " + argument.name.replace("_", " "), [node]):
                    for value in one.others:
                        if one.argument is not argument or one.owner is not owner:
                            continue
                        with suppress(SymparamsError, ValueError, TypeError, IndexError):
                            layer = with_setting(node.layer, owner, argument.name, value)
                            other = changed(network, {node.name: layer})
                            again = _written_again(other)
                            if again is not None:
                                assert again.counts.params == other.counts.params, (node.name, one.written(value))
                                compared += 1
    assert compared > 100


def test_nothing_changed_is_the_same_network() -> None:
    for network in _examples():
        assert changed(network, {}) == network


def test_a_setting_that_is_said_not_to_matter_does_not() -> None:
    """Of every layer, in the words of its framework; the reason is the layer's own, and is told of that setting."""
    said = 0
    for network in _examples():
        last = network.nodes[-1]
        for owner, argument in settings_of(last.layer):
            for called in owner.calls:
                names = [p.name for p in called.parameters() if p.argument == argument.name]
                for name in names if called.framework == network.convention else ():
                    prose = f"Does the setting {name} change the number of parameters?"
                    for side in Sides(network, prose, [(last.name, "params")]).found():
                        if side.kind == "same":
                            assert side.opening == "no"
                            assert side.number == side.other_number
                            said += 1
                        elif side.kind == "changed":
                            assert side.number != side.other_number
    assert said > 60


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 5), st.booleans(), st.integers(50, 90))
def test_sizes_of_the_input(filters: int, units: int, kernel: int, is_row: bool, size: int) -> None:
    head = "flatten" if is_row else "globalavgpool"
    network, other = (
        net(f"input({n},{n},3) -> conv({filters},{kernel},same) -> {head} -> dense({units})") for n in (16, size)
    )
    said = 0
    found = Sides(network, f"Does the number change with {size}x{size} images?", [("dense_1", "params")]).found()
    for one in found:
        assert one.other_number == other.node("dense_1").counts.params
        assert (one.kind == "same") == (not is_row)
        said += 1
    assert said == 1


def test_what_is_left_out_is_not_there() -> None:
    network = net(_ROW)
    assert without(network, "maxpool_1").counts == net(_ROW.replace("maxpool(2) -> ", "")).counts
    assert without(network, "dropout_1").counts == network.counts


def test_copies_are_not_changed() -> None:
    network = net("input(9,8) -> [dense(8)] * n")
    with pytest.raises(SymparamsError, match="several copies"):
        changed(network, {network.nodes[1].name: replace(network.nodes[1].layer, units=Number(9))})


def test_a_tied_matrix_changes_with_its_embedding() -> None:
    network = net("input(9) -> embedding(50,8) as words -> dense(8) -> tied(@words)")
    layer = replace(network.node("words").layer, vocabulary=Number(60))
    assert changed(network, {"words": layer}).nodes[-1].shape == (9, 60)
    input_ = resized(network.nodes[0].layer, {0: as_formula(20)})
    assert changed(network, {network.nodes[0].name: input_}).nodes[-1].shape == (20, 50)


# ---------------------------------------------------------------- facts


def facts_of(text: str, prose: str, layer: str = "") -> list[tuple[str, str]]:
    network = net(text)
    about = [(layer or network.nodes[-1].name, "params")]
    return [(one.kind, one.opening) for one in Sides(network, prose, about).facts()]


@pytest.mark.parametrize(
    ("text", "prose", "expected"),
    [
        ("input(9) -> embedding(50,8)", "Is it multiplied with one-hot vectors?", [("one-hot", "no")]),
        ("input(9) -> embedding(50,8)", "And is there no bias?", [("biases", "")]),
        ("input(9) -> embedding(50,8)", "Are the other 8 the biases?", [("biases", "")]),
        ("input(9,9,3) -> conv(8,3) -> conv(4,3)", "RGB is 3 channels, no?", [("image", "")]),
        ("input(9,9,3) -> conv(8,3)", "RGB is 3 channels, no?", []),  # it reads the image itself
        ("input(9,6) -> lstm(4,sequences) -> dense(5)", "Is it only using the last step?", [("steps", "no")]),
        ("input(9,6) -> lstm(4,sequences) -> dense(5)", "Does it use every step?", [("steps", "yes")]),
        ("input(9,6) -> lstm(4)", "Is it only using the last step?", [("last", "yes")]),
        ("input(9,6) -> lstm(4) -> dropout -> dense(2)", "Is it only using the last step?", [("last", "yes")]),
        ("convention torch input(9,6) -> gru(4)", "Does batch_first=True change it?", [("idle", "no")]),
        ("input(9,6) -> dense(5)", "Do I need TimeDistributed?", [("wrapped", "no")]),
        ("input(9,6) -> lstm(4)", "Do I need TimeDistributed?", []),
        ("input(6) -> dense(5)", "Does freezing reduce the number?", [("freezing", "no")]),
        ("input(9,9,3) -> conv(8,3) -> batchnorm", "Is the bias useless?", [("undone", "")]),
        ("input(9,9,3) -> conv(8,3) -> relu -> batchnorm", "Is the bias useless?", []),
        ("input(9) -> embedding(50,8) as e -> tied(@e)", "Does sharing save anything?", [("own matrix", "yes")]),
    ],
)
def test_facts(text: str, prose: str, expected: list[tuple[str, str]]) -> None:
    assert facts_of(text, prose) == expected


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("I didn't freeze anything.", True),
        ("Nothing is frozen!", True),
        ("I have not frozen a layer", True),
        ("I froze the first layer.", False),
        ("How do I freeze it?", False),
    ],
)
def test_nothing_is_said_to_be_frozen(text: str, is_so: bool) -> None:
    assert says_nothing_is_frozen(text) is is_so


def test_what_a_state_dict_lists() -> None:
    tied = listed(net("convention torch input(T) -> embedding(50,8) as e -> dense(8) -> tied(@e, bias)"))
    assert tied is not None
    assert (tied.total, tied.params, tied.again, tied.buffers) == (400 + 72 + 50 + 400, 522, (("tied_1", 400),), 0)
    norm = listed(net("convention torch input(3,9,9) -> conv(4,3) -> batchnorm"))
    assert norm is not None
    assert (norm.total, norm.buffers) == (112 + 8 + 9, 9)  # two statistics for each channel and one counter
    assert listed(net("convention torch input(9) -> dense(4)")) is None
    assert listed(net("input(3,9,9) -> conv(4,3) -> batchnorm")) is None


_TWO = "model = Sequential([Input((9,)), Dense(4), Dense(2)])\n"


def test_what_is_not_answered_is_said() -> None:
    text = "1. How many parameters in total?\n2. Who are you?\n\n" + _TWO
    assert re.search(r"^2\. This is not answered here\.$", sp.read(text).answer().to_text(), re.M)


def test_json_has_the_answers_beside() -> None:
    def beside(text: str) -> object:
        reading = reading_of(Source("text", text))
        network = built(reading.statements, reading.source)
        return Asked(reading, network, doubts_about(network, reading)).record()["beside"]

    assert str(beside(ASIDE["every step"])).startswith("No, dense works at each of the 20 steps")
    assert beside(_TWO) is None


def test_a_dense_layer_in_place_of_a_convolution() -> None:
    text = (
        "A convolution with 7 filters of size 3x3 and same padding sees an 8x9x2 input. How many parameters has it? "
        "How many would a fully connected layer with the same input and output sizes have?"
    )
    dense = sp.parse("input(8, 9, 2) -> flatten -> dense(504)").params
    assert (
        f"to all 504 output values would have (144 + 1)·504 = {dense:,} parameters." in sp.read(text).answer().to_text()
    )


def test_addresses_and_sums_of_parameters_ask_nothing() -> None:
    text = (
        "See https://github.com/someone/flops-counter/blob/x.py#L110\n`bn = torch.nn.BatchNorm2d(6)`\n"
        "`sum(p.numel() for p in bn.parameters() if p.requires_grad)`\nThat is 12, but has it not running statistics, "
        "too, so 6 * 4 = 24?"
    )
    shown = sp.read(text).answer().to_text()
    assert "FLOPs" not in shown
    assert "freezing" not in shown


@pytest.mark.parametrize(
    ("told", "first"),
    [
        ("(3*3*32 + 1)*64 = 18496. Is that right?", "18,496 = (3·3·32 + 1)·64 is right."),
        ("(3*3*32 + 1)*64 = 18496. Why so many?", "18,496 = (3·3·32 + 1)·64."),
        ("3*3*64 + 64 = 640. Is that right?", "18,496 = (3·3·32 + 1)·64; with 3·3·64 + 64 = 640"),
    ],
)
def test_a_calculation_that_is_right_is_called_so(told: str, first: str) -> None:
    code = "model = Sequential([Input((28, 28, 1)), Conv2D(32, 3), Conv2D(64, 3)])"
    assert sp.read(f"{code}\n\nFor the second layer I get {told}").answer().to_text().startswith(first)
