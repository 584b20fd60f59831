"""Numbers that are told in prose or in a comment, so that the answer is a number."""

from __future__ import annotations

import pytest

import symparams as sp


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            (
                "Number of parameters in an LSTM layer (Keras)\n\nEach sample is a window of 60 time steps with 11 "
                "features, and my first layer is an LSTM with 75 units. I calculated 4 * (60 * 11 * 75 + 75) = 198,300 "
                "but Keras tells me 26,100. Can somebody explain?"
            ),
            [
                "26,100 = 4·75·(11 + 75 + 1); with 4(60·11·75 + 75)",
                "left out the recurrent weights",
                "of all time steps",
            ],
        ),
        (
            (
                "What is the algebraic expression for the output shape? (example starts with 5 x 5)\n\n"
                "nn.ConvTranspose2d(cin, cout, kernel_size=k, stride=s, padding=p)\n\n"
                "# yields a 7 x 7 image\nnn.ConvTranspose2d(cin, cout, kernel_size=3, stride=2, padding=2)\n"
            ),
            ["(5 − 1)·s − 2p + k"],
        ),
        (
            (
                "How many MACs?\n\n    nn.Conv2d(128, 256, kernel_size=3, stride=2, padding=1, bias=False)\n\n"
                "and it gets a 56x56 feature map.\n"
            ),
            ["231,211,008"],
        ),
        (
            (
                "Dense after LSTM: why only 325 params\n\ninp = keras.Input((30, 8))\n"
                "h = layers.LSTM(64, return_sequences=True)(inp)\nout = layers.Dense(5)(h)\n\n"
                "I expected the Dense to have 30*64*5 + 5 = 9605 parameters, but it's 325."
            ),
            ["325 = (64 + 1)·5; with 30·64·5 + 5 = 9,605"],
        ),
    ],
)
def test_the_answer_is_a_number(question: str, said: list[str]) -> None:
    answer = " ".join(sp.read(question).answer().to_text().split())
    assert [one for one in said if one not in answer] == []


NET = """net = nn.Sequential(
    nn.Conv2d(3, 16, 3, stride=2),   # -> 16x31x31
    nn.Conv2d(16, 32, 3, stride=2),  # -> 32x15x15
)
"""


def test_layers_in_a_row_have_the_names_of_their_variables() -> None:
    question = (
        "conv1 = Conv2D(16, 3, activation='relu')   # 26x26x16\nconv2 = Conv2D(32, 3)   # 24x24x32\n\n"
        "input is 28x28 grayscale. I get 3*3*32 = 288 for conv2. Why is that wrong?"
    )
    answer = sp.read(question).answer().to_text()
    assert answer.startswith("4,640 = (3·3·16 + 1)·32; with 3·3·32 = 288")
    assert "its 16 channels are the 16 filters of conv1" in answer
    named = sp.read(question.replace("'relu')   # 26", "'relu', name='stem')   # 26"))
    assert [node.name for node in named.net.layers[1:]] == ["stem", "conv2"]


def test_a_size_in_megabytes_is_no_number_of_parameters() -> None:
    question = "Model size in MB: torchinfo prints Params size (MB): 44.59. Is it right?\n\nm = models.resnet18()\n"
    assert sp.read(question).answer().to_text().startswith("46,758,048 bytes (44.59 MiB).")


def test_data_in_code_are_the_input() -> None:
    asked = "Why is the last one not 16x16?\n\n"
    assert sp.read(f"{asked}{NET}x = torch.randn(8, 3, 64, 64)\n").answer().to_text().startswith("32 × 15 × 15")
    several = f"{asked}{NET}x = torch.randn(8, 3, 64, 64)\ny = torch.randn(8, 3, 32, 32)\n"
    assert "H" in sp.read(several).answer().to_text()


@pytest.mark.parametrize("words", ["I get a 56x56 feature map", "I got a 56x56 image", "it yields a 56x56 feature map"])
def test_what_somebody_gets_is_no_input(words: str) -> None:
    question = (
        f"How many MACs?\n\n    nn.Conv2d(128, 256, kernel_size=3, stride=2, padding=1, bias=False)\n\n{words}.\n"
    )
    assert "⌈H/2⌉" in sp.read(question).answer().to_text()
