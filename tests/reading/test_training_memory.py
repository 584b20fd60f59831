"""How much memory training takes for parameters, gradients and optimizers, as questions ask for it."""

from __future__ import annotations

import itertools
import random
import re

import pytest

import symparams as sp
from tests.reading.posted import TRAINED

_KEPT = {"plain SGD": 0, "SGD with momentum": 1, "Adam": 2}  # numbers beside a parameter and its gradient
_ARROWS = (" -> ", "->", " → ", "-", " - ReLU - ")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "a checkpoint",
            [
                "9,777,744 bytes (9.778 MB, or 9.325 MiB) for a checkpoint",
                "3,259,248 bytes (3.259 MB, or 3.108 MiB) for the saved model",
                "814,812·4·4 = 13,036,992 bytes (13.04 MB, or 12.43 MiB)",
                "holds no gradients",
                "Before the first step, PyTorch has not made the averages yet",
            ],
        ),
        ("momentum", ["(3·3·3 + 1)·64", "the velocity that momentum keeps", f"{20256 * 12:,} bytes"]),
        ("half precision", [f"{8 * 1024 * 1024 * 16:,} bytes", "(2 + 2 + 3·4)", "a float32 copy of the parameter"]),
        ("a frozen layer", ["51n + 1,550 parameters", "each of the 51n trainable parameters", "408n + 6,200 bytes"]),
    ],
)
def test_posted_questions(name: str, said: list[str]) -> None:
    answer = sp.read(TRAINED[name]).answer().to_text()
    assert [one for one in said if one not in " ".join(answer.split())] == []


def test_generated_perceptrons_need_so_many_numbers_for_each_parameter() -> None:
    chance = random.Random(30)
    for _ in range(30):
        sizes = [chance.choice([3, 10, 64, 300, 784]) for _ in range(chance.randint(3, 5))]
        arrow, has_bias, optimizer = chance.choice(_ARROWS), chance.choice([True, False]), chance.choice([*_KEPT])
        question = (
            f"An MLP {arrow.join(map(str, sizes))}{'' if has_bias else ' without bias'} is trained with {optimizer}. "
            "How much memory do the parameters, gradients and optimizer states need?"
        )
        params = sum((before + has_bias) * after for before, after in itertools.pairwise(sizes))
        read = sp.read(question)
        assert read.net.params == params, question
        answer = read.answer().to_text()
        assert f"{params * 4 * (2 + _KEPT[optimizer]):,} bytes" in re.split(r" for training", answer)[0], question
        assert f"{params * 4:,} bytes" in answer, question


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (  # what is full is not the outputs, since only the optimizer differs
            (
                "CUDA out of memory when I use Adam, but SGD works\n\n"
                "model = nn.Sequential(nn.Linear(10000, 20000), nn.ReLU(), nn.Linear(20000, 10000))\n\n"
                "With SGD it fits on my 4 GB card, with Adam I get an OOM in the first optimizer.step(). Why?"
            ),
            ["3,200,240,000 bytes (3.2 GB, or 2.98 GiB) for training with plain SGD, 6,400,480,000 bytes"],
        ),
        (  # bytes are no parameters
            (
                "How big is the optimizer state of Adam for this model?\n\n"
                "model = keras.Sequential([keras.Input((784,)), layers.Dense(512), layers.Dense(10)])\n\n"
                "model.save gives a file of 4.9 MB but I expected 407,050 * 4 = 1.6 MB."
            ),
            ["4,884,600 bytes (4.885 MB, or 4.658 MiB) for a checkpoint with the state of Adam"],
        ),
        (
            (
                "4 bytes * 138 million parameters = 552 MB for VGG16\n\nfrom torchvision import models\n"
                "vgg = models.vgg16()\n\nHow much memory does it need for training with SGD with momentum?"
            ),
            ["1,660,290,528 bytes", "138,357,544·3·4"],
        ),
    ],
)
def test_bytes_and_full_memory_are_about_training(question: str, said: list[str]) -> None:
    answer = " ".join(sp.read(question).answer().to_text().split())
    assert [one for one in said if one not in answer] == []
    assert "not 4" not in answer


def test_both_are_told_where_no_optimizer_is() -> None:
    answer = sp.read("How much memory does it take to train a neural network 100 -> 50 -> 10?").answer().to_text()
    assert "44,480 bytes (44.48 kB, or 43.44 KiB) for training with plain SGD" in answer
    assert "88,960 bytes (88.96 kB, or 86.88 KiB) for training with Adam" in answer


@pytest.mark.parametrize(
    "question",
    [
        "Why 330 parameters? I train this MLP 10 -> 20 -> 5 with Adam.",
        "How many MB has the saved model, an MLP 10 -> 20 -> 5?",
    ],
)
def test_who_asks_for_something_else_gets_no_memory_of_training(question: str) -> None:
    answer = sp.read(question).answer().to_text()
    assert "for training" not in answer
    assert "325" in answer or "1,300 bytes" in answer


@pytest.mark.parametrize(
    "question",
    [
        "An MLP, 10 -> 20 -> 5 or 10 -> 30 -> 5: which has fewer parameters?",
        "A conv net with 28 -> 14 -> 7 positions: which kernels has my neural network?",
        "My neural network counts 3 -> 2 parameters?",
    ],
)
def test_other_rows_of_numbers_are_no_perceptron(question: str) -> None:
    with pytest.raises(sp.SymparamsError):
        _ = sp.read(question).net


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "How much GPU memory do I need to fine-tune a model with 7 billion parameters with AdamW in fp32?",
            ["112,000,000,000 bytes (112 GB, or 104.3 GiB) for training with Adam", "7,000,000,000·4·4"],
        ),
        (
            "How much memory does a 7B model need for inference in fp16?",
            ["14,000,000,000 bytes (14 GB, or 13.04 GiB) for the parameters.", "A float16 number takes 2 bytes"],
        ),
        (
            "My network has 25,600,000 parameters. How much memory is needed for training with SGD + momentum?",
            ["307,200,000 bytes", "the velocity that momentum keeps"],
        ),
    ],
)
def test_the_number_of_parameters_is_enough(question: str, said: list[str]) -> None:
    answer = " ".join(sp.read(question).answer().to_text().split())
    assert [one for one in said if one not in answer] == []
    assert "param_1" not in answer


@pytest.mark.parametrize(
    "question",
    [
        "How much memory do a 7B model and a 13B model need?",
        "How much memory does it take to train a 7B model with LoRA and Adam?",
        "What is a good learning rate for a 7B model?",
        "How many layers has a model with 7 billion parameters?",
    ],
)
def test_a_number_of_parameters_alone_answers_nothing_else(question: str) -> None:
    with pytest.raises(sp.SymparamsError):
        sp.read(question).answer()


def test_a_file_three_times_too_large_has_the_averages_of_adam() -> None:
    text = (
        "I downloaded model.pt, and it is 2.5G. The base model has 63M parameters, that is 63M*4 bytes, about 252MB; "
        "the big one has 213M parameters, 213M*4 bytes, about 852MB. Why is the file so much bigger?"
    )
    shown = sp.read(text).answer().to_text()
    assert shown.startswith("2,556,000,000 bytes (2.556 GB, or 2.38 GiB) for a checkpoint with the state of Adam")
