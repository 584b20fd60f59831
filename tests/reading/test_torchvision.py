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
WINDOWS = "attention in windows is written out of functions that are not followed"
REFUSED = dict.fromkeys(("swin_t", "swin_s", "swin_b", "swin_v2_t", "swin_v2_s", "swin_v2_b"), WINDOWS)
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
            with pytest.raises(SymparamsError):
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
