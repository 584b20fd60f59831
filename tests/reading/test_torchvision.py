"""The models of torchvision, read from its source files: totals equal to the `num_params` that stand there."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from symparams.errors import SymparamsError
from tests.reading.test_programs import net, reading

FILES = (
    "alexnet", "convnext", "densenet", "efficientnet", "googlenet", "inception", "maxvit", "mnasnet", "mobilenetv2",
    "mobilenetv3", "regnet", "resnet", "shufflenetv2", "squeezenet", "swin_transformer", "vgg", "vision_transformer",
)  # fmt: skip
LETTERS = "the formulas here are nested too deeply to be read"  # the height after each padding to whole windows
REFUSED = dict.fromkeys(("swin_t", "swin_s", "swin_b", "swin_v2_t", "swin_v2_s", "swin_v2_b"), LETTERS)
ASKED = {"googlenet": "googlenet(aux_logits=False)"}  # as its weights are counted; else it has two more classifiers


def source(file: str) -> str:
    folder = os.environ.get("TORCHVISION_MODELS")
    if folder is None:
        pytest.skip("TORCHVISION_MODELS names no folder with the source files of torchvision's models")
    return (Path(folder) / f"{file}.py").read_text("utf-8")


def builders(text: str) -> Iterator[tuple[str, set[int]]]:
    """Each function that builds a model, with the counts of its weights."""
    tree = ast.parse(text)
    counts = {node.name: set(numbers(node)) for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        for argument in node.args.kwonlyargs if isinstance(node, ast.FunctionDef) else ():
            if argument.arg == "weights" and argument.annotation is not None:
                named = {n.id for n in ast.walk(argument.annotation) if isinstance(n, ast.Name)}
                if named & counts.keys():
                    assert isinstance(node, ast.FunctionDef)
                    found = set().union(*(counts.get(name, ()) for name in named))
                    yield node.name, found or set(numbers(tree))  # several may have one dictionary


def numbers(weights: ast.AST) -> Iterator[int]:
    for node in ast.walk(weights):
        for key, value in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
            if isinstance(key, ast.Constant) and key.value == "num_params" and isinstance(value, ast.Constant):
                yield int(str(value.value))


@pytest.mark.torchvision
@pytest.mark.parametrize("file", FILES)
def test_totals_are_those_that_torchvision_states(file: str) -> None:
    text = source(file)
    found = dict(builders(text))
    assert found
    wrong = {}
    for name, counts in found.items():
        whole, model = (f"{text}\nmodel = {ASKED[name]}\n", "model") if name in ASKED else (text, name)
        if name in REFUSED:
            with pytest.raises(SymparamsError, match=REFUSED[name]):
                net(whole, model)
            continue
        total = net(whole, model).counts.params
        if total not in counts:
            wrong[name] = (total, counts)
    assert wrong == {}


@pytest.mark.torchvision
def test_aux_classifiers_of_a_model_that_is_made_without_weights() -> None:
    text = source("googlenet")
    assert net(text, "googlenet").counts.params == 13_004_888
    assert [a.what for a in reading(text, "googlenet").assumed if "trained" in a.what] == [
        "the model is taken as it is trained: only then it uses `aux1` and `aux2`"
    ]


def on_images(name: str, side: int) -> str:
    return f"{source('swin_transformer')}\nmodel = {name}()\nmodel(torch.randn(1, 3, {side}, {side}))\n"


@pytest.mark.torchvision
@pytest.mark.parametrize("name", ["swin_t", "swin_s", "swin_b"])
def test_windows_of_images_whose_size_is_given(name: str) -> None:
    text = on_images(name, 224)
    assert {net(text).counts.params} == dict(builders(text))[name]
    assert reading(text).assumed == ()


@pytest.mark.torchvision
def test_what_is_worked_out_of_numbers_alone_is_said_not_to_be_counted() -> None:
    text = on_images("swin_v2_t", 256)
    multilayer = sum(2 * 512 + 512 + 512 * heads for heads in [3] * 2 + [6] * 2 + [12] * 6 + [24] * 2)
    assert {net(text).counts.params + multilayer} == dict(builders(text))["swin_v2_t"]
    assert [a.what for a in reading(text).assumed] == [
        (
            "`features.1.0.attn.cpb_mlp`, `features.1.1.attn.cpb_mlp`, `features.3.0.attn.cpb_mlp` and "
            "`features.3.1.attn.cpb_mlp`, with 8 more are not used by `forward` as far as can be followed here: "
            "their parameters are not counted"
        )
    ]
