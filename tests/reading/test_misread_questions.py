"""Questions that are easily misread: what the right answer says, and what it must not say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symparams as sp
from tests.reading.misread import MISREAD


def test_misread_questions(golden: Callable[[str, str], None]) -> None:
    golden("misread_questions.txt", "\n".join(f"# {n}\n\n{t}\n---\n\n{answered(t)}" for n, t in MISREAD.items()))


def answered(text: str) -> str:
    return sp.read(text).answer().to_text()


@pytest.mark.parametrize(
    ("calls", "total"),
    [
        (["Convolution2D(8, (2, 3), border_mode='valid', input_shape=(1, 6, 8))"], 8 * (2 * 3 + 1)),
        (["Convolution2D(8, 2, 3, border_mode='valid', input_shape=(1, 6, 8))"], 8 * (2 * 3 + 1)),
        (["Conv2D(8, kernel_size=(2, 3), subsample=(2, 2), border_mode='same', input_shape=(6, 8, 1))"], 8 * 7),
        (["Conv3D(4, (3, 3, 3), border_mode='same', input_shape=(6, 8, 8, 2))"], 4 * (27 * 2 + 1)),
        (["Conv1D(4, filter_length=3, nb_filter=None)"], None),
    ],
)
def test_arguments_of_two_versions_of_keras(calls: list[str], total: int | None) -> None:
    text = "How many parameters does this have?\n\n" + "".join(f"model.add({call})\n" for call in calls)
    if total is None:
        with pytest.raises(sp.SymparamsError):
            answered(text)
    else:
        assert sp.read(text).net.params == total


def test_sizes_with_channels_first() -> None:
    shown = answered(
        "Parameters (.output_shape) of my model\n\nmodel.add(Convolution2D(128, (2,2), border_mode= 'valid' , "
        "input_shape=(1, 3, 4)))\n\nThe output_shape is (None, 128, 2, 3). 1 is the channel, 3 and 4 the sizes. "
        "My question is what does the elements 2,3 shows here?"
    )
    assert shown.startswith("2 × 3 × 128.")
    assert "Height: 3 − 2 + 1 = 2; the width: 4 − 2 + 1 = 3." in shown


LENET = """self.conv1 = nn.Conv2d({c}, 6, 5{p})
self.pool = nn.MaxPool2d(2, 2)
self.conv2 = nn.Conv2d(6, 16, 5{p})
self.fc1 = nn.Linear({n}, 120)
"""


@pytest.mark.parametrize(
    ("data", "channels", "side", "padding"),
    [("CIFAR-10", 3, 32, ""), ("MNIST", 1, 28, ", padding=2"), ("SVHN", 3, 32, "")],
)
def test_pooling_that_is_not_shown(data: str, channels: int, side: int, padding: str) -> None:
    side = (side - (0 if padding else 4)) // 2
    side = (side - (0 if padding else 4)) // 2
    code = LENET.format(c=channels, p=padding, n=16 * side * side)
    reading = sp.read(f"{code}\nI train on {data}. Where does the {16 * side * side} come from?")
    shown = reading.answer().to_text()
    assert shown.startswith(f"{16 * side * side}.")
    assert f"Number of features: 16·{side}·{side} = {16 * side * side}." in shown
    assert "2 × 2 max pooling stands behind conv2 in the forward that is not shown" in shown
    assert [node.name for node in reading.net.layers if "pool" in node.name] == ["pool", "max_pool2d_1"]


def test_pooling_that_is_shown_is_not_put_in_again() -> None:
    code = LENET.format(c=3, p="", n=400).replace("self.fc1", "self.pool2 = nn.MaxPool2d(2)\nself.fc1")
    shown = sp.read(f"{code}\nI train on CIFAR10. Where does the 400 come from?").answer().to_text()
    assert "that is not shown" not in shown
    assert "pool2: ⌊(10 − 2)/2⌋ + 1 = 5" in shown


FIELD = """def __init__(self):
    self.conv1 = nn.Conv2d(3, 32, 7, stride=2, padding=3)
    self.pool  = nn.MaxPool2d(3, stride=2, padding=1)
    self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
    self.conv3 = nn.Conv2d(64, 64, 3, padding={d}, dilation={d})

def forward(self, x):
    return self.conv3(self.conv2(self.pool(self.conv1(x))))

How large is the receptive field of one output pixel of conv3? Every layer should add k - 1, so I have {sum}.
"""


@pytest.mark.parametrize(
    ("dilation", "typed", "said", "added"),
    [
        (1, "1 + 6 + 2 + 2 + 2 = 13", "27, not 13; you ignored the strides", "1 + 6·1 + 2·2 + 2·4 + 2·4 = 27"),
        (1, "7 + 2 + 2 + 2 = 13", "27, not 13; you ignored the strides", "1 + 6·1 + 2·2 + 2·4 + 2·4 = 27"),
        (2, "1 + 6 + 2 + 2 + 2 = 13", "35, not 13; you added k − 1 for every layer", "1 + 6·1 + 2·2 + 2·4 + 4·4 = 35"),
    ],
)
def test_a_field_that_was_added_up(dilation: int, typed: str, said: str, added: str) -> None:
    shown = answered(FIELD.format(d=dilation, sum=typed))
    assert shown.startswith(said)
    assert f"As a sum: {added}; each layer adds k − 1" in shown


@settings(max_examples=20)
@given(st.integers(3, 30), st.integers(1, 5), st.integers(1, 3), st.integers(0, 2))
def test_sizes_that_a_convolution_does_not_tell_apart(n: int, k: int, s: int, p: int) -> None:
    """Said just where the convolution makes the same size of both."""
    size = (n - 1) * s - 2 * p + k
    if size < 1 or p > k // 2:
        return
    shown = answered(
        f"My input is 4 x {n} x {n}.\n\nnn.ConvTranspose2d(4, 6, {k}, stride={s}, padding={p})\n\n"
        f"Why is the output shape not 6 x {size + 1} x {size + 1}?"
    )
    is_same = (size + 1 + 2 * p - k) // s + 1 == n
    assert (
        f"outputs {n} × {n} for an input of {size} × {size} and for one of {size + 1} × {size + 1}" in shown
    ) is is_same
    assert ("output_padding=1" in shown) is is_same


@pytest.mark.parametrize(
    ("code", "shape", "said"),
    [
        (
            "m = nn.Conv2d(3, 12, 3, 1, 1, groups=3)",
            "(1, 3, 20, 20)",
            (
                "Each of the 3 groups has 4 filters of its own, which see only its one input channel, and outputs "
                "4 × 20 × 20; the outputs are joined along the channels. The framework keeps the filters of all groups "
                "in one tensor: weight[0:4], weight[4:8] and weight[8:12]."
            ),
        ),
        (
            "m = nn.Conv2d(10, 10, 3, groups=5)",
            "(1, 10, 20, 20)",
            "The framework keeps the filters of all groups in one tensor: weight[0:2], weight[2:4], …, weight[8:10].",
        ),
        (
            "m = nn.Conv2d(6, 6, 3, groups=6)",
            "(1, 6, 20, 20)",
            "has 1 filter of its own, which sees only its one input channel, and outputs 1 × 18 × 18;",
        ),
        ("m = nn.Conv2d(6, 6, 3)", "(1, 6, 20, 20)", ""),
    ],
)
def test_groups_that_are_asked_about(code: str, shape: str, said: str) -> None:
    shown = answered(
        f"How to understand the `groups` parameter of `Conv2d`\n\n{code}\nx = torch.randn{shape}\ny = m(x)\n\n"
        "Does the weight include all groups, and what is the output shape of each group?"
    )
    assert said in shown
    assert ("groups has" in shown) is bool(said)


LENET_SIZES = """The images have shape (1 x 28 x 28). The first conv layer has a 4x4 kernel, so the output is 6x24x24.
Then we pool with a 2x2 kernel and stride 2 and get 6x11x11. Same for the second conv and pool, with a 3x3 kernel,
resulting in 16x3x3. My assumption is that the first linear layer should have 144 inputs (16 * 3 * 3), but I get 400.
What did I miss?

class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, 4)
        self.conv2 = nn.Conv2d(6, 16, 3)
        self.fc1 = nn.Linear(400, 120)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc1(x.view(-1, 400))
"""


def test_inputs_of_a_linear_layer_are_a_size() -> None:
    shown = answered(LENET_SIZES)
    assert "conv1: 6 × 25 × 25, not 6 × 24 × 24; you left out the + 1." in shown
    assert "max_pool2d_1: 6 × 12 × 12, not 6 × 11 × 11; you left out the + 1." in shown
    assert "880" not in shown  # the parameters of conv2, which nobody asks about


def test_an_expected_shape_with_the_batch() -> None:
    shown = answered(
        "m = nn.ConvTranspose3d(64, 32, kernel_size=(1,3,3), stride=(1,2,2), padding=(0,1,1), bias=False)\n"
        "m(torch.zeros(4,64,32,16,16))\n# output size torch.Size([4, 32, 32, 31, 31])\n\n"
        "Shouldn't it be torch.Size([4, 32, 32, 32, 32])?"
    )
    assert shown.startswith("32 × 32 × 31 × 31, not 32 × 32 × 32 × 32; you multiplied the size by the stride")
    assert "outputs 32 × 16 × 16 for an input of 32 × 31 × 31 and for one of 32 × 32 × 32" in shown


def test_a_message_about_a_normalization_alone() -> None:
    shown = answered(
        "I have x of shape (16, 32, 100) from nn.Conv1d(3, 32, 5) and then nn.LayerNorm(32):\n\n"
        "RuntimeError: Given normalized_shape=[32], expected input with shape [*, 32], but got input of size"
        "[16, 32, 100]\n\nHow do I use LayerNorm(32) here?"
    )
    assert shown.startswith("The error: normalized_shape must be the last sizes of the input")
    assert shown.rstrip().endswith("x.permute(0, 2, 1), and move them back afterwards with permute(0, 2, 1).")


def test_what_a_setting_changes_that_changes_no_count() -> None:
    code = "model = Sequential([Input((20, 8)), LSTM(16), Dense(1)])"
    shown = answered(f"{code}\n\nWhat changes if I set return_sequences=True in the LSTM?")
    assert shown.startswith("Still 1,617 parameters.")


def test_channels_that_come_first_as_a_count_says() -> None:
    code = "model = Sequential([Convolution3D(20, (3, 3, 3), input_shape=(3, 8, 40, 40))])"
    shown = answered(f"{code}\n\nThe summary displays 1640 parameters, how is this number made?")
    assert shown.startswith("1,640 = (3·3·3·3 + 1)·20.")
    other = answered(f"{code}\n\nThe summary displays 21620 parameters, how is this number made?")
    assert other.startswith("21,620 = (3·3·3·40 + 1)·20.")


def test_units_and_features_of_variables() -> None:
    code = (
        "model = Sequential()\n"
        "model.add(GRU(p.recurrent_units, input_shape=(p.n_features, p.feature_size), name='net'))\n"
        "model.add(Dense(1))\n\nMy features have a size of 17*9. The GRU layer has 12 units. "
    )
    assert answered(f"{code}How many parameters are there?").startswith("841 parameters.")
    first = answered(f"{code}How can my model have 792 parameters in the GRU?")
    assert first.startswith("792 = 3·12·(9 + 12 + 1).")
    assert "Assumed: reset_after=False, the default before TensorFlow 2" in first
    wrong = answered(f"{code}I get 792 parameters. Why 828?")
    assert wrong.startswith("828 = 3·12·(9 + 12 + 2); with 3((9 + 12)·12 + 12) = 792, you counted one bias")
