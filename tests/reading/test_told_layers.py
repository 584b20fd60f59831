"""Layers that only prose names, read into calls of their framework; nothing is guessed against the text."""

from __future__ import annotations

import random

import pytest

import symparams as sp
from symparams.errors import SymparamsError
from symparams.reading.told_layers import told_layer


@pytest.mark.parametrize(
    ("prose", "code"),
    [
        (
            "A keras SeparableConv2D with 128 filters, 3x3 kernel, depth_multiplier 2, padding same: how many?",
            'SeparableConv2D(128, 3, padding="same", depth_multiplier=2)',
        ),
        (
            "For nn.TransformerEncoderLayer with d_model=192, nhead=6 and dim_feedforward=768 I get 4*192*192.",
            "nn.TransformerEncoderLayer(192, 6, dim_feedforward=768)",
        ),
        ("How many weights has a conv layer with 64 filters of size 3x3, stride 2?", "Conv2D(64, 3, strides=2)"),
        ("A 3x5 convolution from 64 to 128 channels in PyTorch, no bias?", "nn.Conv2d(64, 128, (3, 5), bias=False)"),
        ("How many parameters has an LSTM with 100 units and 50 input features?", "LSTM(100)"),
        ("My nn.GRU has hidden size 128, input size 64 and 2 layers. How many?", "nn.GRU(64, 128, num_layers=2)"),
        ("My bidirectional LSTM in Keras has 64 units. How many?", "Bidirectional(LSTM(64))"),
        ("A dense layer from 4096 to 1000: how many parameters?", "Dense(1000)"),
        ("PyTorch: a fully connected layer with 4,096 inputs and 10 outputs?", "nn.Linear(4096, 10)"),
        ("A 1D convolution with 64 filters of length 7?", "Conv1D(64, 7)"),
        ("An embedding layer with a vocabulary of 10,000 words and dimension 128?", "Embedding(10000, 128)"),
        ("A max pooling layer of size 3x3 with stride 2?", "MaxPooling2D(pool_size=3, strides=2)"),
        ("A Conv2D layer with 32 filters: how many parameters?", "Conv2D(32, k)"),  # what is not told is a letter
        ("A conv layer with 32 3x3 kernels, padding 1?", "nn.Conv2d(C_in, 32, 3, padding=1)"),  # as PyTorch pads
    ],
)
def test_a_layer_in_prose_is_a_call(prose: str, code: str) -> None:
    found = told_layer(prose)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "prose",
    [
        "What does a convolution do?",
        "How many layers should my network have? I use Conv2D and Dense.",
        "Why is my LSTM so slow?",
        "A Conv2D layer with padding 1 and 32 filters of 3x3?",  # Keras has no such padding
        "My convolutional network has 64 filters and 10 classes.",
    ],
)
def test_nothing_is_guessed(prose: str) -> None:
    assert told_layer(prose) is None


@pytest.mark.parametrize(
    ("prose", "first", "read"),
    [
        (
            "How many parameters does a conv layer with 64 filters of size 3x3, stride 2, on a 32x32x3 image have?",
            "1,792 = (3·3·3 + 1)·64.",
            "Read as: Conv2D(64, 3, strides=2) on an input of shape (32, 32, 3).",
        ),
        (
            "How many parameters has an LSTM with 100 units and 50 input features?",
            "60,400 = 4·100·(50 + 100 + 1).",
            "Read as: LSTM(100) on an input of shape (None, 50).",
        ),
        (
            "What is the output size of a max pooling layer of size 3x3 with stride 2 that gets 55x55x96?",
            "27 × 27 × 96.",
            "Read as: MaxPooling2D(pool_size=3, strides=2) on an input of shape (55, 55, 96).",
        ),
        (
            "An embedding layer has a vocabulary of 10,000 words and dimension 128. How many parameters are these?",
            "1,280,000 = 10,000·128: 128 parameters for each of the 10,000 rows.",
            "Read as: Embedding(10000, 128).",
        ),
    ],
)
def test_the_answer_says_as_what_it_was_read(prose: str, first: str, read: str) -> None:
    lines = sp.read(prose).answer().to_text().splitlines()
    assert (lines[0], lines[-1]) == (first, read)


def test_a_class_that_is_named_goes_before_words_beside_it() -> None:
    prose = "nn.TransformerEncoderLayer with d_model=192, nhead=6, dim_feedforward=768: is the attention all? How many?"
    assert "feed-forward network" in sp.read(prose).answer().to_text()


def test_generated_convolutions_are_counted_as_told() -> None:
    chance = random.Random(28)
    for _ in range(40):
        filters, channels = chance.choice([8, 12, 40, 96]), chance.choice([1, 3, 20, 64])
        kernel, bias = chance.choice([1, 3, 5, 7]), chance.choice([True, False])
        told = [f"{filters} filters", f"a {kernel}x{kernel} kernel", *([] if bias else ["no bias"])]
        chance.shuffle(told)
        prose = (
            f"A 30x20 feature map with {channels} channels goes into a Conv2D layer with {', '.join(told)}. How many?"
        )
        assert sp.read(prose).net.params == (kernel * kernel * channels + bias) * filters, prose


def test_code_goes_before_prose() -> None:
    read = sp.read("A conv layer with 64 filters of 5x5?\n\n    model.add(Conv2D(9, 3, input_shape=(20, 20, 2)))\n")
    assert read.net.params == (3 * 3 * 2 + 1) * 9


def test_what_cannot_be_built_is_said() -> None:
    with pytest.raises(SymparamsError, match=r"512 .*7"):
        _ = sp.read("How many parameters has nn.MultiheadAttention with embed_dim 512 and 7 heads?").net


def test_a_told_shape_is_the_input_of_code_without_one() -> None:
    question = """In my generator I have feature maps of shape (None, 11, 11, 80) and after that

    x = layers.Conv2DTranspose(32, 4, strides=3)(x)

My teammate says (None, 33, 33, 32), I say (11-1)*3+4 = 34, so (None, 34, 34, 32). Which is right?
"""
    answer = sp.read(question).answer().to_text()
    assert answer.startswith("34 × 34 × 32")
    assert "The input only passes" not in answer


def test_only_letters_that_follow_are_explained() -> None:
    field = """How large is the receptive field of the last convolution?

    self.features = nn.Sequential(nn.Conv2d(3, 32, 7, stride=2), nn.MaxPool2d(3, 2), nn.Conv2d(32, 64, 3))
"""
    assert sp.read(field).answer().to_text().startswith("19 × 19.\n\nWork backward")
    lines = sp.read("How many parameters has a Conv2D layer with 9 filters of 3x3?").answer().to_text().splitlines()
    assert lines[0] == "Let C be the channels of the input."


def test_an_axis_of_another_size_is_worked_out() -> None:
    text = (
        "What shape does a max pooling layer of size 3x3 with stride 2 and padding 1 make of 64 x 45 x 60 in PyTorch?"
    )
    answer = sp.read(text).answer().to_text()
    assert "Height: ⌊(45 + 2·1 − 3)/2⌋ + 1 = 23; the width: ⌊(60 + 2·1 − 3)/2⌋ + 1 = 30." in answer


@pytest.mark.parametrize(
    ("prose", "code"),
    [
        (
            "28x28x1 images: a conv layer with 10 5x5 filters, then 2x2 max pooling, then a dense layer with 10 units.",
            "Sequential([Conv2D(10, 5), MaxPooling2D(pool_size=2), Flatten(), Dense(10)])",
        ),
        (
            "An embedding layer (vocabulary 500, dimension 64), then an LSTM with 32 units, then a dense layer: 1 unit",
            "Sequential([Embedding(500, 64), LSTM(32), Dense(1)])",
        ),
        (
            "In PyTorch, a linear layer with 784 inputs and 128 outputs followed by a linear layer from 128 to 10.",
            "nn.Sequential(nn.Linear(784, 128), nn.Linear(128, 10))",
        ),
        ("What is the receptive field of two 3x3 convolutions?", "Sequential([Conv2D(F, 3), Conv2D(F, 3)])"),
        ("Replace a Conv2D with 64 filters of 3x3 by a SeparableConv2D with 64 filters of 3x3.", "Conv2D(64, 3)"),
        (
            "A fully connected network with 784 inputs, two hidden layers with 128 neurons each and 10 outputs",
            "Sequential([Input((784,)), Dense(128), Dense(128), Dense(10)])",
        ),
        (
            "A neural network with 30 features, two hidden layers with 64 and 32 neurons, and 1 output",
            "Sequential([Input((30,)), Dense(64), Dense(32), Dense(1)])",
        ),
        ("A 784-128-64-10 neural network", "Sequential([Input((784,)), Dense(128), Dense(64), Dense(10)])"),
        ("An MLP with layer sizes 784, 300, 10", "Sequential([Input((784,)), Dense(300), Dense(10)])"),
        (
            "A neural network with 784 inputs, 16 nodes in 2 hidden layers and 10 nodes in the output layer",
            "Sequential([Input((784,)), Dense(16), Dense(16), Dense(10)])",
        ),
        (
            "An MLP 784 -> 1,000 -> ReLU -> 10 in PyTorch, bias=False",
            "nn.Sequential(nn.Linear(784, 1000, bias=False), nn.Linear(1000, 10, bias=False))",
        ),
        (
            (
                "A perceptron.\n- Input layer: 784 neurons\n- Hidden layer 1: 128 neurons\n"
                "- Hidden layer 2: 64 neurons\n- Output layer: 10 neurons"
            ),
            "Sequential([Input((784,)), Dense(128), Dense(64), Dense(10)])",
        ),
        (
            (
                "A multi-layer perceptron has 30 neurons in the input layer. The first hidden layer has 4 neurons and "
                "the second 3 neurons, the output layer has only 1 neuron. No bias parameters."
            ),
            "Sequential([Input((30,)), Dense(4, use_bias=False), Dense(3, use_bias=False), Dense(1, use_bias=False)])",
        ),
        (
            (
                "The input is a 128 by 128 grayscale image. The first hidden layer has 256 neurons, fully connected to "
                "the input."
            ),
            "Sequential([Input((16384,)), Dense(256)])",
        ),
        (
            "A fully connected network on 32x32 RGB images: the first hidden layer has 50 units, output layer: 9.",
            "Sequential([Input((3072,)), Dense(50), Dense(9)])",
        ),
        ("All 17 convolutional layers have 3x3 filters.", "Sequential([Conv2D(F, 3) for _ in range(17)])"),
    ],
)
def test_layers_in_a_row_are_a_network(prose: str, code: str) -> None:
    found = told_layer(prose)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "prose",
    [
        "A neural network with 2 hidden layers?",
        "A neural network with 10 inputs, 3 hidden layers with 4 and 5 units, 2 outputs",
        "A neural network: 10 inputs, the first hidden layer has 4 units, the third hidden layer has 5, 2 outputs",
        "A neural network: 10 inputs, the first hidden layer has 4 units, no, the first hidden layer has 5, 2 outputs",
        "A fully connected network on 32x32 images: the first hidden layer has 50 units, the output layer has 10.",
    ],
)
def test_dense_networks_with_open_sizes_are_not_read(prose: str) -> None:
    assert told_layer(prose) is None


@pytest.mark.parametrize(
    ("prose", "first"),
    [
        (
            "Input 32x32x3, Conv2D with 16 filters 3x3, then MaxPooling2D of size 2x2. What is the output shape?",
            "15 × 15 × 16.",
        ),
        (
            "A 784-128-64-10 neural network: how many parameters? I get 109,184.",
            "109,386, not 109,184;",
        ),
    ],
)
def test_what_is_asked_about_layers_in_a_row(prose: str, first: str) -> None:
    assert sp.read(prose).answer().to_text().startswith(first)


def test_what_asks_for_no_number_is_not_answered() -> None:
    with pytest.raises(SymparamsError, match="there is no network in this text"):
        sp.read("My Conv2D layer with 32 filters overfits, what should I do?")


@pytest.mark.parametrize(
    ("prose", "first"),
    [
        ("PyTorch BatchNorm2d with 64 channels: why 128 parameters and not 256?", "128 = 2·64;"),
        ("A LayerNorm over 512 features, how many parameters does it have?", "1,024 = 2·512"),
        ("nn.Embedding with 30522 tokens and 768 dimensions: how many parameters?", "23,440,896 = 30,522·768"),
        (
            "How many MACs does a 7x7 convolution with 64 filters, stride 2 and padding 3 on a 224x224x3 image have?",
            "118,013,952 multiply-accumulates = 7·7·3·64·112·112.",  # the channels stand behind, PyTorch has them first
        ),
        (
            "My GRU layer (Keras, 64 units) gets sequences of length 50 with 10 features. Why 14,592 and not 14,400?",
            "14,592 = 3·64·(10 + 64 + 2);",
        ),
    ],
)
def test_single_layers_are_answered(prose: str, first: str) -> None:
    assert sp.read(prose).answer().to_text().startswith(first)
