"""Messages about sizes that do not fit: what they say, which layer they mean, and what is answered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.errors import Source
from symparams.questions.misfit import misfit
from symparams.reading.door import network, reading_of
from symparams.reading.mismatches import mismatches
from tests.reading.posted import MISFITS
from tests.reading.test_answer import answered

CNN = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3)
        self.conv2 = nn.Conv2d(16, 32, 3)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(32*12*12, 100)
        self.fc2 = nn.Linear(100, 10)

    def forward(self, x):  # x: (64, 1, 28, 28)
        x = self.pool(F.relu(self.conv1(x)))
        x = F.relu(self.conv2(x))
        x = x.view(x.size(0), -1)
        return self.fc2(F.relu(self.fc1(x)))
"""
MATRICES = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (64x3872 and 4608x100)"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (MATRICES, ("features", 3_872, 4_608, 100, None)),
        (
            "RuntimeError: size mismatch, m1: [64 x 3872], m2: [4608 x 100] at /opt",
            ("features", 3_872, 4_608, 100, None),
        ),
        ("ValueError: shapes (64,3872) and (4608,100) not aligned: 3872", ("features", 3_872, 4_608, 100, None)),
        (
            "weight of size [64, 32, 3, 3], expected input[8, 16, 30, 30] to have 32 channels, but got 16 channels",
            ("channels", 16, 32, 64, None),
        ),
        (
            "expected axis -1 of input shape to have value 1152, but received input with shape (None, 800)",
            ("features", 800, 1_152, None, None),
        ),
        ("input.size(-1) must be equal to input_size. Expected 10, got 12", ("features", 12, 10, None, None)),
        ("running_mean should contain 16 elements not 32", ("channels", 16, 32, None, None)),
        (
            "The size of tensor a (57) must match the size of tensor b (60) at non-singleton dimension 3",
            ("size", 57, 60, None, 3),
        ),
        (
            "Given normalized_shape=[64], expected input with shape [*, 64], but got input of size[8, 64, 16, 16]",
            ("normalized", 16, 64, None, None),
        ),
    ],
)
def test_what_messages_say(message: str, expected: tuple[object, ...]) -> None:
    (found,) = mismatches(f"I get this:\n{message}\nWhy?")
    assert tuple(found)[:5] == expected


def test_what_is_no_message() -> None:
    assert list(mismatches("The shapes are (64, 10). mat1 is 3 x 4, and my size mismatch is large.")) == []


def test_the_layer_that_is_meant() -> None:
    source = Source("question", f"{MATRICES}\n\nWhat should I change?\n{CNN}")
    found = misfit(network(source), reading_of(source))
    assert found is not None
    assert (found.reader, found.maker, found.argument) == ("fc1", "flatten_1", "in_features")
    assert network(source).node("fc1").counts.params == 3_873 * 100
    assert network(source).nodes[0].shape == (1, 28, 28)


@given(st.integers(1, 8), st.integers(1, 8), st.integers(1, 8), st.integers(9, 12), st.booleans())
def test_generated_misfits(channels: int, filters: int, units: int, side: int, by_name: bool) -> None:
    """A linear layer that is made for a wrong number of features is read with the number that arrives."""
    arrives, wrong = filters * (side - 2) ** 2, filters * (side - 2) ** 2 + 1
    size = f"in_features={wrong}, out_features={units}" if by_name else f"{wrong}, {units}"
    code = f"net = nn.Sequential(nn.Conv2d({channels}, {filters}, 3), nn.Flatten(), nn.Linear({size}))"
    message = f"mat1 and mat2 shapes cannot be multiplied (5x{arrives} and {wrong}x{units})"
    source = Source(
        "question", f"{message}\n\n{code}\nnet(torch.randn(5, {channels}, {side}, {side}))\n\nWhat is wrong?"
    )
    found = misfit(network(source), reading_of(source))
    assert found is not None
    assert (found.reader, found.maker) == ("2", "1")
    assert network(source).node("2").counts.params == (arrives + 1) * units


def test_the_size_that_must_be_said_stands_first(tmp_path: Path) -> None:
    out = answered(tmp_path, f"{MATRICES}\n\nWhat should I change?\n{CNN}")
    first = "fc1 receives 3,872 features, not 4,608: in_features must be 32·11·11 = 3,872. With padding=1 in conv1 it"
    assert out.startswith(f"{first} would receive 4,608.\n\nflatten_1 receives 32 × 11 × 11")
    assert "28 × 28" in out
    assert "13 − 3 + 1 = 11" in out
    assert "Repaired" not in out  # the first sentence has said it


@pytest.mark.parametrize(
    ("stride", "size", "expected", "remedy"),
    [(", stride=2", 57, 60, ("0", "1")), (", 2", 57, 60, ("0", "1")), (", stride=2", 57, 61, ()), ("", 15, 16, ())],
)
def test_output_padding_is_told_where_it_gives_the_size(
    stride: str, size: int, expected: int, remedy: tuple[str, ...]
) -> None:
    layers = (f"nn.ConvTranspose2d({i}, {o}, 3{stride}, padding=1)" for i, o in ((8, 4), (4, 1)))
    message = f"The size of tensor a ({size}) must match the size of tensor b ({expected}) at dimension 3"
    code = f"net = nn.Sequential({', '.join(layers)})\nnet(torch.randn(5, 8, 15, 15))"
    source = Source("question", f"{message}\n\n{code}\n\nWhy is it so?")
    found = misfit(network(source), reading_of(source))
    assert found is not None
    assert (found.remedy, found.other, found.is_free) == (remedy, expected, bool(remedy))


def test_code_of_which_no_message_speaks_is_refused_as_before(tmp_path: Path) -> None:
    code = "net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(9, 4, 3))\n"
    with pytest.raises(sp.SymparamsError, match="in_channels is 9"):
        sp.read(f"Why does this fail when I run it here?\n\n{code}").answer()


BLOCKS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = double_conv(3, 48)
        self.b = double_conv(48, 96)
        self.c = nn.Conv2d(96, 8, 1)

    def forward(self, x):  # 4 x 3 x 64 x 64
        s = self.b(self.a(x))
        return torch.cat([s, self.c(s)], 1)
"""


def test_blocks_that_are_not_shown_give_the_channels_of_their_arguments() -> None:
    assert network(Source("code", BLOCKS)).nodes[-1].shape == (104, 64, 64)


def test_posted_messages(golden: Callable[[str, str], None]) -> None:
    answers = [f"# {name}\n\n{text}\n---\n\n{sp.read(text).answer().to_text()}" for name, text in MISFITS.items()]
    golden("messages_about_sizes.txt", "\n".join(answers))


@pytest.mark.parametrize(("told", "side"), [("My images are 29x29.", 29), ("My images are 64x64.", 28), ("", 28)])
def test_a_told_size_that_fits_wins_over_the_smallest(told: str, side: int) -> None:
    code = CNN.replace("  # x: (64, 1, 28, 28)", "")
    source = Source("question", f"{MATRICES}\n\n{told} What should I change in it?\n{code}")
    assert network(source).nodes[0].shape == (1, side, side)
