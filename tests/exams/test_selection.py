"""Which layers are asked about, and what is said of kinds of which there is no question."""

from __future__ import annotations

import pytest

from symparams.errors import SymparamsError
from symparams.exams.examination import Examination
from tests.exams.samples import EXAMPLE_TEXTS, TEXTS, examination
from tests.test_cli import run

CNN = EXAMPLE_TEXTS["exam-cnn.arch"]
BLOCKS = (
    "def block(n) = conv(n, 3, same) -> bn -> relu\ninput(8, 8, 3) -> block(4) as one -> block(8) as two -> flatten"
)


def names(found: Examination) -> set[str]:
    return {"" if question.node is None else question.node.name for question in found.questions()}


def test_only_layers_that_are_named() -> None:
    assert names(examination(CNN, questions=20, layers=("conv_a", "scores"))) == {"conv_a", "scores"}


def test_all_but_layers_that_are_named() -> None:
    every = names(examination(CNN, questions=30))
    assert names(examination(CNN, questions=30, without=("conv_a", "scores"))) == every - {"conv_a", "scores"}
    assert "" in every


def test_a_name_may_be_that_of_a_group() -> None:
    assert names(examination(BLOCKS, questions=8, layers=("two",))) <= {"conv_2", "bn_2", "relu_2"}
    assert names(examination(BLOCKS, questions=6, layers=("two",), without=("bn_2",))) == {"conv_2", "relu_2"}


def test_one_of_equal_layers_can_be_named() -> None:
    text = "input(32, 32, 3) -> conv(8, 3, same) -> conv(8, 3, same) -> conv(8, 3, same)"
    assert names(examination(text, questions=4, layers=("conv_3",))) == {"conv_3"}


def test_a_name_of_one_of_two_networks() -> None:
    found = examination(CNN, "input(4) -> dense(3) as only", questions=4, layers=("only",))
    assert names(found) == {"only"}


@pytest.mark.parametrize("option", ["layers", "without"])
def test_names_that_are_none(option: str) -> None:
    with pytest.raises(SymparamsError) as caught:
        examination(CNN, **{option: ("conv_a", "pol_a")})
    assert str(caught.value) == "there is no layer `pol_a`; did you mean `pool_a`?"


def test_other_layers_make_another_request() -> None:
    requests = {
        examination(CNN, questions=2, **more).request
        for more in ({}, {"layers": ("conv_a",)}, {"without": ("conv_a",)}, {"layers": ("conv_b",)})
    }
    assert len(requests) == 4


# ---------------------------------------------------------------- what is missing

_LETTERS = "H, W, C, F, k and m have no values and no ranges"
_FEW = f"that takes a network of at most 24 layers, all of whose letters have values or ranges; {_LETTERS}"
_TWO = "that takes a letter with a range, or a second network"
_CACHE = "that takes causal attention, which keeps keys and values"
MISSING = [
    (CNN, {}, []),
    (TEXTS["numbers"], {}, [f"kind compare: {_TWO}"]),
    (TEXTS["numbers"], {"kinds": ("params", "cache")}, [f"kind cache: {_CACHE}"]),
    (TEXTS["letters"], {"kinds": ("total", "shape", "blank", "formula")},
     [f"kinds total or shape: {_LETTERS}", f"kind blank: {_FEW}"]),
    (CNN, {"kinds": ("params", "formula:formula"), "answer_types": frozenset({"number"})},
     ["kind formula:formula: this format cannot mark answers of the type formula"]),
    (CNN, {"kinds": ("params", "total", "field"), "layers": ("scores",)},
     ["kind total: only the whole network can be asked about",
      "kind field: only pool_a, conv_b and pool_b can be asked about"]),
    (CNN, {"kinds": ("params", "shape"), "fade": 2}, ["kind shape: the solutions have no steps to leave out"]),
    (CNN, {"kinds": ("truth", "total", "compare"), "levels": (1, 1)},
     ["kind total: all are of level 5", "kind compare: all are of level 4"]),
    (CNN, {"kinds": ("params", "formula", "truth"), "variants": 2, "questions": 2},
     ["kind formula: none has 2 variants; the most is 1"]),
    ("input(4) -> relu", {"kinds": ("activations", "params", "macs")},
     ["kinds params or macs: there is nothing to ask in this network"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted", "sentences"), MISSING)
def test_kinds_that_cannot_be_had_are_named(text: str, wanted: dict[str, object], sentences: list[str]) -> None:
    found = examination(text, **wanted)
    assert list(found.notices) == [f"there is no question of the {sentence}" for sentence in sentences]


def test_kinds_for_which_there_was_no_place_are_not() -> None:
    found = examination(TEXTS["images"], questions=2)
    assert len({question.kind for question in found.questions()}) == 2
    assert list(found.notices) == []


def test_the_command_says_it_on_standard_error() -> None:
    chosen = ("--questions", "3", "--not", "conv_1, dense_1")
    code, out, err = run("exam", "-e", TEXTS["numbers"], *chosen, "--kinds", "params,shape,compare")
    assert (code, err) == (
        0, f"symparams: there is no question of the kind compare: {_TWO}\n"
    )  # fmt: skip
    assert "conv_1 has" not in out
    code, out, err = run("exam", "-e", TEXTS["numbers"], "--layers", "conv_9")
    assert (code, out, err) == (2, "", "there is no layer `conv_9`; did you mean `conv_2`?\n")
