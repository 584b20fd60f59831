"""Two texts of a network, layer by layer: what is said of every kind of difference."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

import symparams as sp
from symparams.checking.aligning import Look, aligned
from tests.test_cli import refused, run

BASE = "input(28,28,1) -> conv(32,3,relu) -> maxpool(2) -> conv(63,3) -> flatten -> dropout(0.5) -> dense(10)"
TABLE = """Layer (type)                 Output Shape              Param #
=================================================================
conv2d_1 (Conv2D)            (None, 35, 35, 25)        700
conv2d_2 (Conv2D)            (None, 33, 33, 45)        10170
flatten_1 (Flatten)          (None, 49005)             0
dense_1 (Dense)              (None, 8)                 392048
=================================================================
Total params: 402,918
"""
SAME = "The output shapes, the parameters (94,767 in total) and the shapes of the weights are the same.\n"
CODE = """model = Sequential()
model.add(Conv2D(25, (3, 3), activation='relu', input_shape=(37, 37, 3), name='conv2d_1'))
model.add(Conv2D(45, (3, 3), activation='relu', name='conv2d_2'))
model.add(Flatten(name='flatten_1'))
model.add(Dense(8, activation='softmax', name='dense_1'))
"""


def told(folder: Path, one: str, other: str, *more: str) -> tuple[int, str]:
    """Status and output of the command on two texts, which are files a and b."""
    for name, text in (("a", one), ("b", other)):
        (folder / name).write_text(text, "utf-8")
    status, out, error = run("check", folder / "a", "--against", folder / "b", *more)
    assert error == ""
    return status, out


def test_all_layers_agree(tmp_path: Path) -> None:
    assert told(tmp_path, BASE, BASE) == (
        0,
        (f"a agrees with b in all 6 layers. {SAME}"),
    )
    assert told(tmp_path, "input(3) -> dense(2)", "input(3) -> dense(2)")[1].startswith(
        "a agrees with b in its only layer. The output shapes, the parameters (8 in total)"
    )


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            BASE.replace("conv(63,3)", "conv(63,5,same)"),
            (
                "The first difference is the output of conv_2: 11 × 11 × 63 in a and 13 × 13 × 63 in b.\n\n"
                "They differ in height (11 and 13) and width (11 and 13). It is written with kernel=3 and "
                'padding="valid" in a and kernel=5 and padding="same" in b.\n\n'
                "2 layers before it agree. 3 layers after it differ too: flatten_1, dropout_1 and dense_1.\n"
            ),
        ),
        (
            BASE.replace("conv(63,3)", "conv(63,3,bias=no)"),
            (
                "The first difference is in conv_2, which has 18,207 parameters in a and 18,144 in b.\n\n"
                "That is 63 more in a. It is written with bias=True in a and bias=False in b. "
                "Only in a: bias (63,).\n\n"
                "2 layers before it agree.\n"
            ),
        ),
        (
            BASE.replace("dense(10)", "dense(10,frozen)"),
            (
                "The first difference is in dense_1: of its 76,240 parameters, 76,240 in a and 0 in b are trained.\n\n"
                "5 layers before it agree.\n"
            ),
        ),
        (
            BASE.replace(" -> maxpool(2)", ""),
            (
                "The first difference is maxpool_1 (max pooling), which is only in a, after conv_1.\n\n"
                "1 layer before it agrees. 4 layers after it differ too: conv_2, flatten_1, dropout_1 and dense_1.\n"
            ),
        ),
        (
            BASE + " -> dense(4)",
            (
                "The first difference is dense_2 (dense layer), which is only in b, after dense_1.\n\n"
                "It has 44 parameters.\n\n6 layers before it agree.\n"
            ),
        ),
        (
            BASE.replace(" -> dropout(0.5)", " -> relu -> relu"),
            (
                f"a agrees with b in all 5 layers. {SAME}\n"
                "Only in a, but without parameters and without an effect on the shape: dropout_1.\n\n"
                "Only in b, but without parameters and without an effect on the shape: relu_1 and relu_2.\n"
            ),
        ),
        (
            BASE.replace(" -> dropout(0.5)", ""),
            (
                f"a agrees with b in all 5 layers. {SAME}\n"
                "Only in a, but without parameters and without an effect on the shape: dropout_1.\n"
            ),
        ),
        (
            BASE.replace("input(28,28,1)", "input(28,28,3)"),
            (
                "The first difference is the output of input_1: 28 × 28 × 1 in a and 28 × 28 × 3 in b.\n\n"
                "They differ in channels (1 and 3).\n\n1 layer after it differs too: conv_1.\n"
            ),
        ),
        (
            BASE.replace("dense(10)", "lora(dense(10),3)"),
            (
                "The first difference is in dense_1 (lora_1 in b), which has 76,240 parameters in a and 99,139 in "
                "b.\n\n"
                "It is a dense layer in a and a low-rank adapter layer in b. That is 22,899 more in b. "
                "Only in b: lora_kernel_a (7623, 3) and lora_kernel_b (3, 10).\n\n"
                "5 layers before it agree.\n"
            ),
        ),
    ],
)
def test_the_first_difference(tmp_path: Path, other: str, said: str) -> None:
    status, out = told(tmp_path, BASE, other)
    assert out == said
    assert status == ("difference" in said)


def test_tensors_of_other_shapes(tmp_path: Path) -> None:
    status, out = told(tmp_path, "input(9,9,1) -> conv(4,1x9,same)", "input(9,9,1) -> conv(4,3,same)")
    assert status == 1
    assert out == (
        "The first difference is in conv_1: its 40 parameters are stored in tensors of other shapes.\n\n"
        "Only in a: kernel (1, 9, 1, 4). Only in b: kernel (3, 3, 1, 4).\n"
    )


def test_code_and_its_table(tmp_path: Path) -> None:
    status, out = told(tmp_path, CODE, TABLE)
    assert status == 0
    assert out.endswith(
        "a agrees with b in all 4 layers. The output shapes, the parameters (402,918 in total) and the shapes of the "
        "weights are the same.\n"
    )
    status, out = told(tmp_path, CODE, TABLE.replace("10170", "450"))
    assert status == 1
    assert "The first difference is in conv2d_2, which has 10,170 parameters in a and 450 in b.\n\n" in out
    status, out = told(tmp_path, CODE, TABLE.replace("402,918", "402,919"))
    assert status == 1
    assert "The layers agree, but not the totals: 402,918 parameters in a and 402,919 in b.\n" in out


def test_shapes_of_two_conventions(tmp_path: Path) -> None:
    """Channels last beside channels first; what the frameworks really count otherwise is a difference."""
    own = "input(8,8,3) -> conv(4,3) -> maxpool(2)"
    assert told(tmp_path, own, "convention torch input(3,8,8) -> conv(4,3) -> maxpool(2)")[0] == 0
    status, out = told(tmp_path, f"{own} -> bn", "convention torch input(3,8,8) -> conv(4,3) -> maxpool(2) -> bn")
    assert status == 1
    assert out == (
        "The first difference is in bn_1, which has 16 parameters in a and 8 in b.\n\n"
        "That is 8 more in a.\n\n2 layers before it agree.\n"
    )


def test_letters_need_numbers(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("input(H, W, 1) -> conv(F, 3)", "utf-8")
    one = ("check", "-e", "input(28, 28, 1) -> conv(8, 3)", "--against", tmp_path / "b")
    assert refused(*one) == (
        "layers are compared by their numbers; H, W and F in b must have values, as with --set H=8"
    )
    assert run(*one, "--set", "H=28", "--set", "W=28", "--set", "F=8")[0] == 0
    assert refused(*one, "--set", "Z=28") == "there is no symbol `Z` to set in the networks; they have H, W, F"
    assert refused("check", "-e", "input(n) -> dense(2)", "--against", "keras") == (
        "layers are compared by their numbers; n must have values, as with --set n=8"
    )


def test_what_cannot_be_compared() -> None:
    assert refused("check", "-e", "input(3) -> dense(2)", "--against", "no/such") == (
        "cannot read no/such: No such file or directory"
    )
    assert refused("check", "-e", "input(3) -> dense(2)", "--against", "torch") == (
        "this network is written and counted as Keras does; for PyTorch it has to be written under `convention torch`"
    )
    assert refused("check", "examples/vgg16.arch", "examples/lenet5.arch", "--against", "keras").startswith(
        "give one network\n"
    )


def test_json(tmp_path: Path) -> None:
    status, out = told(tmp_path, "input(3) -> dense(2)", "input(3) -> dense(4)", "--format", "json")
    found = json.loads(out)
    assert status == 1
    assert {key: found[key] for key in ("sides", "agrees", "first", "alone")} == {
        "sides": ["a", "b"],
        "agrees": False,
        "first": {"layer": "dense_1", "subject": "shape"},
        "alone": [],
    }
    assert found["layers"][1]["first"] == {
        "name": "dense_1",
        "output_shape": [2],
        "params": 8,
        "trainable": 8,
        "non_trainable": 0,
        "tensors": [{"name": "kernel", "shape": [3, 2]}, {"name": "bias", "shape": [2]}],
    }
    assert found["layers"][1]["differs"] == "shape"
    assert found["answer"].startswith("**The first difference is the output of `dense_1`: $2$ in a and $4$ in b.**")


def test_from_python() -> None:
    net = sp.parse('model "one" input(3) -> dense(2) -> relu')
    check = net.against(sp.parse('model "two" input(3) -> dense(4)'))
    assert (check.agrees, check.differences, check.not_compared) == (False, (("dense_1", "shape"),), ("relu_1",))
    assert repr(check) == "<Check: one does not agree with two>"
    assert repr(net.against(net)) == "<Check: one agrees with one>"
    with pytest.raises(sp.SymparamsError) as caught:
        net.against("jax")
    assert str(caught.value) == "a network is compared with keras, torch or another network, not jax"


def test_long_networks_end_soon(tmp_path: Path) -> None:
    """Without an end in common, and in the worst case for the search of what is alike."""
    alike = [Look("dense", (8,), 72, "")] * 3000
    start = time.perf_counter()
    pairs = list(aligned([Look("a", (1,), 0, ""), *alike, Look("b", (1,), 0, "")], alike[1:]))
    assert len(pairs) >= 3001
    shifted = [Look("dense", (n % 7,), n % 5, f"x{n}") for n in range(900)]
    assert [pair for pair in aligned(shifted, shifted[1:]) if None in pair] == [(0, None)]
    assert time.perf_counter() - start < 10
