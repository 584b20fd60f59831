"""Layers that a program or a sentence names without calling them: a model in the order in which they stand."""

from __future__ import annotations

import pytest

import symparams as sp

THREE = "conv1 = nn.Conv2d(3, 16, 3, stride=2)\nconv2 = nn.Conv2d(16, 32, 3)\nconv3 = nn.Conv2d(32, 64, 3)\n"


def layers(text: str) -> list[tuple[str, str]]:
    return [(layer.name, str(layer.params)) for layer in sp.read(text).net if layer.kind != "input"]


def test_layers_that_fit_follow_one_another() -> None:
    reading = sp.read(THREE)
    assert layers(THREE) == [("conv1", "448"), ("conv2", "4640"), ("conv3", "18496")]
    assert list(reading.net)[-1].quantity("field") == (11, 11)


def test_one_of_them_can_be_chosen() -> None:
    assert [layer.kind for layer in sp.read(THREE, model="conv2").net] == ["input", "conv"]


@pytest.mark.parametrize(
    "text",
    [
        "one = nn.Conv2d(3, 16, 3)\nother = nn.Conv2d(3, 16, 5)\n",  # two ways to do the same
        "one = nn.Linear(4, 5)\nother = nn.Conv2d(5, 16, 5)\n",
    ],
)
def test_layers_that_do_not_fit_are_models_of_their_own(text: str) -> None:
    assert [name for name, _ in layers(text)] in (["conv2d_1"], ["linear_1"])


def test_layers_that_are_run_are_models_of_their_own() -> None:
    assert len(layers(f"{THREE}conv1(torch.randn(1, 3, 9, 9))")) == 1


def test_a_class_without_forward_flattens_before_its_linear_layer() -> None:
    text = (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.conv1 = nn.Conv2d(3, 16, 3, stride=2)\n        self.conv2 = nn.Conv2d(16, 32, 3)\n"
        "        self.fc = nn.Linear(32*5*5, 10)\n"
    )
    reading = sp.read(text)
    assert layers(text)[-1] == ("fc", "8010")
    assert len(reading.assumed) == 2  # the flatten, and the sizes of the image that give 800 values


def test_a_layer_of_keras_alone_is_a_model() -> None:
    assert layers("layer = Bidirectional(LSTM(64))\n") == [("bidirectional", "512*d + 33280")]


@pytest.mark.parametrize(
    "told", ["on input (100, 32)", "and my input shape is (100, 32)", "with inputs of 100 x 32", "Input: (100, 32)"]
)
def test_a_call_in_a_sentence_takes_the_input_that_the_sentence_tells(told: str) -> None:
    reading = sp.read(
        f"I have a bidirectional LSTM in Keras: Bidirectional(LSTM(64)), {told}. Why are there 49664 parameters?"
    )
    assert reading.net.params == 49_664
    assert reading.repairs == ()


def test_sizes_of_something_else_are_not_those_of_the_input() -> None:
    reading = sp.read("I use Bidirectional(LSTM(64)) and my output is (100, 32). Why are there so many parameters?")
    assert str(reading.net.params) == "512*d + 33280"


def test_layers_that_follow_one_another_in_a_sentence_are_a_network() -> None:
    reading = sp.read(
        "My input is 32x32x3 and I use Conv2D(16, 3, padding='same'), then MaxPooling2D(2), then Flatten(), then "
        "Dense(10). Why does the Dense layer have 40970 parameters and not 170?"
    )
    assert [layer.kind for layer in reading.net] == ["input", "conv", "maxpool", "flatten", "dense"]
    assert reading.net["dense"].params == 40_970


@pytest.mark.parametrize(
    "asked", ["Why not 630?", "I don't get {}: why is it not 630?", "{} gives 18207. Should it be 630?"]
)
def test_a_chain_of_the_language_in_a_question_is_its_network(asked: str) -> None:
    chain = "input(28,28,1) -> conv(32, 3) -> conv(63, 3)"
    reading = sp.read(asked.format(chain) if "{}" in asked else f"{asked} {chain}")
    assert reading.net.params == 18_527
    assert (
        reading.answer().to_text().startswith("18,207 = (3·3·32 + 1)·63; with (3·3 + 1)·63 = 630, you gave each filter")
    )


def test_a_broken_network_with_a_question_in_a_comment_says_where_it_is_broken() -> None:
    with pytest.raises(sp.SymparamsError, match=r"^<text>:2:\d+: "):
        sp.read("# is this how it works?\ninput(28,28,1) -> conv(32, 3 -> dense(10)\n")


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("Conv2D(32, 3, activation='relu')", "288*C + 32"),
        ("Conv2D(32, 3)\nMaxPooling2D()\nConv2D(64, 3)", "288*C + 18528"),
        ("Dropout(0.2), Conv2D(32, 3)", "288*C + 32"),
        ("Sequential([Dense(8), ReLU()])", "8*n + 8"),
        ("TimeDistributed(Dense(3))", "3*d + 3"),
        ("layers.RandomFlip('horizontal')", "0"),
        ("nn.MaxPool2d(2)", "0"),
    ],
)
def test_calls_that_nothing_flows_into_have_letters_for_their_input(text: str, params: str) -> None:
    assert str(sp.read(text).net.params) == params
    with pytest.raises(sp.SymparamsError, match="has no input"):
        _ = sp.read(text, kind="arch").net


def test_what_is_wrong_with_a_call_alone_is_still_said() -> None:
    with pytest.raises(sp.SymparamsError, match="has no argument `widht`"):
        _ = sp.read("Conv2D(32, 3, widht=2)").net


@pytest.mark.parametrize(
    "text",
    ["nn.CrossEntropyLoss()", "loss_fn = keras.losses.Huber()", "How many parameters does nn.BCELoss() have?"],
)
def test_a_loss_alone_is_said_to_have_no_parameters(text: str) -> None:
    with pytest.raises(sp.SymparamsError, match=r"loss.* has no parameters"):
        _ = sp.read(text).net
