"""Questions in the forms in which people post them: a title, code, several quantities, several steps."""

from __future__ import annotations

import pytest

import symparams as sp

STACK = """Dense after Flatten: too many parameters

model = keras.Sequential([
    keras.Input(shape=(50, 50, 1)),
    layers.Conv2D(16, 3, padding="same"),
    layers.MaxPooling2D(2),
    layers.Conv2D(32, 3),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dense(100),
    layers.Dense(5),
])

"""
TWO_LAYERS = """How many parameters has my LSTM?

lstm = nn.LSTM(input_size=40, hidden_size=128, num_layers=2, bidirectional=True)

"""
SUMMARY = """Why does BatchNormalization have 224 params?

Layer (type)                                Output Shape           Param #
conv2d (Conv2D)                             (None, 28, 28, 32)     320
conv2d_1 (Conv2D)                           (None, 28, 28, 56)     16184
batch_normalization (BatchNormalization)    (None, 28, 28, 56)     224
dense (Dense)                               (None, 28, 28, 10)     570
Total params: 17,298
Trainable params: 17,186
Non-trainable params: 112

I didn't freeze anything. Can someone explain the 224 and the 112?
"""


@pytest.mark.parametrize(
    ("text", "doubts", "said"),
    [
        (  # a number of the calculation is used in the next one
            STACK
            + "50 -> 25 -> 12, so Flatten has 12*12*32 = 4608 values, and 4608*100 + 100 = 460900. Keras: 387300.",
            [("dense", "params", "4608*100 + 100")],
            ["you used 4,608 in place of 3,872, the number of inputs", "23 × 23 in conv2d_1"],
        ),
        (  # the last number of several steps, for the layer that has it nearly right
            STACK
            + "After the 2nd conv the map is 24x24, a quarter is 144, 144*30 = 4320, and 4320*100 + 100 = 432100. Why?",
            [("dense", "params", "4320*100 + 100")],
            ["4,320 inputs, but dense has 3,872"],
        ),
        (  # several times a step
            TWO_LAYERS
            + "I calculate 4*(128*(40+128)+128) = 86528 for one LSTM, and there are 4 of them, makes 346112.\n"
            "pytorch: 569344. why?",
            [("lstm_1", "params", "346112")],
            ["input features of the first layer for a layer above it (221,184 too few), and you counted one bias"],
        ),
        (SUMMARY, [("batch_normalization", "params", "")], ["the 112 in moving_mean and moving_variance are not"]),
        (  # the title says what is asked
            (
                "Output size of a dilated convolution\n\nMy input is 60 x 60 x 16 and the layer is\n\n"
                'layers.Conv2D(32, 3, dilation_rate=4, padding="same")\n\nA dilated 3x3 kernel covers 9 pixels: I get '
                "(60 + 2*1 - 9) + 1 = 54. Is the dilation ignored?"
            ),
            [("conv2d", "shape", "(60 + 2*1 - 9) + 1")],
            ["60 × 60, not 54 × 54", "padding that 'same' would add without dilation"],
        ),
        (  # a sentence tells the input, batch and all
            (
                "A tensor of shape (8, 64, 45, 61) goes through nn.MaxPool2d(kernel_size=3, stride=2, padding=1). "
                "What is the shape of the output?"
            ),
            [("max_pool2d_1", "shape", "")],
            ["64 × 23 × 31", "the width: ⌊(61 + 2·1 − 3)/2⌋ + 1 = 31"],
        ),
        (
            (
                "How much memory do the weights and the activations need?\n\nThe layer is "
                "nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3) and I feed it batches of 32 RGB images of size "
                "224 x 224."
            ),
            [("conv2d_1", "activations", ""), ("conv2d_1", "memory", "")],
            ["102,760,448 bytes (98 MiB)", "37,888 bytes"],
        ),
        (
            (
                "Dropout shows 0 parameters, and what shape goes into Flatten?\n\nmodel = keras.Sequential([\n"
                "keras.Input(shape=(75, 75, 3)), layers.Conv2D(32, 3), layers.MaxPooling2D(2), layers.Dropout(0.25),\n"
                "layers.Flatten(), layers.Dense(10)])\n"
            ),
            [(name, q, "") for name in ("dropout", "flatten") for q in ("params", "shape")],
            ["36 × 36 × 32", "41,472"],
        ),
        (
            (
                "Formula for the parameters of a Conv2D\n\nThe input has shape (H, W, C), the layer is Conv2D(F, k). "
                "What is the formula for the number of parameters, and what is the output shape? I wrote H*W*C*F + F."
            ),
            [("conv2d", "params", "H*W*C*F + F"), ("conv2d", "shape", "")],
            ["one weight per input value", "H − k + 1"],
        ),
        (  # a product is no shape of the input, a sum is what is meant
            (
                "SeparableConv2D params\n\nInput has 16 channels, layer SeparableConv2D(36, (5, 5)): 1,012.\n\n"
                "depthwise weights: 5 x 5 x 16 = 400\n\npointwise: 1 x 1 x 16 x 36 = 576\n\nsum: 1028\n\nWhat is wrong?"
            ),
            [("separable_conv2d", "params", "1028")],
            ["you also counted biases for the depthwise step", "The size of the image does not matter"],
        ),
        (  # the shape of a matrix is no output, and no repair is told that changes no number
            (
                "Embedding\n\nmodel = Sequential([Input(shape=(120,)), Embedding(8000, 24), Flatten(), Dense(16)])\n\n"
                "Why does the embedding have 192,000? Is a matrix 8000x24 multiplied with every word?"
            ),
            [("embedding", "params", "")],
            ["192,000 = 8,000·24"],
        ),
        (  # modules without the class around them; the field at the layer that is named
            (
                "Receptive field with strides?\n\n(0): Conv2d(1, 16, kernel_size=(5, 5), stride=(2, 2))\n"
                "(1): MaxPool2d(kernel_size=2, stride=2)\n(2): Conv2d(16, 32, kernel_size=(3, 3), stride=(1, 1))\n\n"
                "For one unit after (2) I get 5 + 1 + 2 = 8. Why is it 15?"
            ),
            [("2", "field", "5 + 1 + 2")],
            ["15, not 8"],
        ),
        (
            (
                "Receptive field\n\nself.conv1 = nn.Conv2d(3, 32, 7, stride=2)\nself.conv2 = nn.Conv2d(32, 64, 3)\n"
                "self.conv3 = nn.Conv2d(64, 64, 3, dilation=2)\n\n"
                "How large is the receptive field of conv3? I have 1 + 6 + 2 + 2 = 11."
            ),
            [("conv3", "field", "1 + 6 + 2 + 2")],
            ["19, not 11"],
        ),
        (  # steps and features of a sequence, and a batch by its name
            (
                "LSTM\n\nA window of 60 time steps with 11 features, then an LSTM with 75 units. I calculated "
                "4 * (60 * 11 * 75 + 75) = 198,300 but Keras tells me 26,100. Why?"
            ),
            [("lstm", "params", "4 * (60 * 11 * 75 + 75)")],
            ["26,100 = 4·75·(11 + 75 + 1)"],
        ),
        (
            (
                "x has shape (batch, 100, 256).\n\nmha = layers.MultiHeadAttention(6, key_dim=64)\ny = mha(x, x)\n\n"
                "4 * (256*256 + 256) = 263,168. Where do the extra 131,456 come from?"
            ),
            [("multi_head_attention", "params", "4 * (256*256 + 256)")],
            ["394,624", "as if the heads divided these"],
        ),
        (  # names of sizes count no layer
            "model = Sequential()\nmodel.add(LSTM(2, input_dim=3))\n\ninput_dim = 3, output_dim = 2\n\nWhy is it 48?",
            [("lstm", "params", "")],
            ["48 = 4·2·(3 + 2 + 1)"],
        ),
    ],
)
def test_what_is_asked(text: str, doubts: list[tuple[str, str, str]], said: list[str]) -> None:
    answer = sp.read(text).answer()
    assert [(d.layer, d.quantity, d.text) for d in answer.doubts] == doubts
    shown = answer.to_text()
    assert [part for part in said if part not in shown] == [], shown


def test_models_whose_difference_is_asked_for_stand_beside_each_other() -> None:
    text = """The number of parameters differs between the sequential and the functional API

        model = Sequential()
        model.add(LSTM(2, input_dim=3))

        returns 48 parameters. But

        inputs = Input(shape=(3, 1))
        lstm = LSTM(2)(inputs)
        model = Model(inputs, lstm)

        returns 32 parameters.

        Why is there such a difference?
    """
    shown = sp.read(text.replace("        ", "")).answer().to_text()
    assert "32 = 4·2·(2 + 2)" in shown
    assert "48 = 4·2·(3 + 2 + 1)" in shown
    assert (
        "its inputs differ: in model it reads 3 time steps of 1 feature and in sequential any number of time steps of "
        "3 features. Only the features of a step have weights."
    ) in shown
    alike = sp.read(text.replace("        ", "").replace("shape=(3, 1)", "shape=(7, 3)")).answer().to_text()
    assert "its inputs differ" not in alike
