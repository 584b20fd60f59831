"""Every class of keras.layers and torch.nn is in the catalogue, and every layer of it is compared with a framework."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import pkgutil
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest

import symparams.layers
from symparams.layers import CATALOGUE, key
from symparams.layers.recurrent_cells import GRUCell, LSTMCell, RNNCell
from symparams.model.arguments import argument, arguments_of, switch
from symparams.model.layer import Layer, layer_class
from tests.differential import functions
from tests.differential.coverage import ARGUMENTS, LAYERS, Goal
from tests.differential.families import families
from tests.differential.family import BOTH
from tests.differential.reach import is_out_of_reach

RECORDED = json.loads((Path(__file__).parent / "data" / "classes.json").read_text("utf-8"))

WITHOUT: dict[str, str] = {
    name: reason
    for reason, names in {
        "a base class for layers of one's own": "Layer Wrapper Module RNNBase RNNCellBase Container",
        "no layer, but a part or a setting of one": "InputSpec Parameter Buffer UninitializedParameter "
        "UninitializedBuffer LinearCrossEntropyOptions",
        "holds layers; the arrows and brackets of the language do": "Sequential ModuleList ModuleDict ParameterList "
        "ParameterDict Pipeline",
        "copies a network to several devices, which changes no layer": "DataParallel",
        "runs code of its own or a saved model, which nobody can see into": "Lambda FlaxLayer JaxLayer TFSMLayer "
        "TorchModuleWrapper",
        "works on texts or boxes, which have no shape": "TextVectorization HashedCrossing MaxNumBoundingBoxes",
        "a loss: it compares the output of a network with targets": "AdaptiveLogSoftmaxWithLoss BCELoss "
        "BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss HuberLoss "
        "KLDivLoss L1Loss LinearCrossEntropyLoss MSELoss MarginRankingLoss MultiLabelMarginLoss "
        "MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d PoissonNLLLoss SmoothL1Loss SoftMarginLoss "
        "TripletMarginLoss TripletMarginWithDistanceLoss",
    }.items()
    for name in names.split()
}


def missing(names: list[str]) -> list[str]:
    return [name for name in names if key(name) not in CATALOGUE and name not in WITHOUT]


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_every_recorded_class_is_in_the_catalogue(framework: str) -> None:
    assert len(RECORDED[framework]) > 150
    assert missing(RECORDED[framework]) == []


@pytest.mark.filterwarnings("ignore")
@pytest.mark.framework
@pytest.mark.parametrize(("framework", "module"), [("keras", "keras.layers"), ("torch", "torch.nn")])
def test_every_class_of_an_installed_framework_is_in_the_catalogue(framework: str, module: str) -> None:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    pytest.importorskip("torch")
    pytest.importorskip(framework)
    found = importlib.import_module(module)
    names = [name for name in dir(found) if inspect.isclass(getattr(found, name))]
    assert missing(names) == [], f"{framework} has layers that {RECORDED['recorded']} did not have"


def test_every_exception_is_needed() -> None:
    assert [name for name in WITHOUT if key(name) in CATALOGUE] == []
    assert [name for name in WITHOUT if name not in [*RECORDED["keras"], *RECORDED["torch"]]] == []


# ---------------------------------------------------------------- the layers of the catalogue


def unbuilt(convention: str, layers: Iterable[type[Layer]]) -> list[str]:
    """The layers that no family of the random networks builds, though nothing says that they cannot be compared."""
    built = {layer for family in families().values() for layer in getattr(family, f"{convention}_builders")}
    return [o.names[0] for o in layers if o not in built and not is_out_of_reach(Goal(o), convention)]


@layer_class
class Unheard(Layer):
    names: ClassVar = ("unheard",)


@pytest.mark.parametrize("convention", BOTH)
def test_every_layer_is_built_in_a_framework(convention: str) -> None:
    assert unbuilt(convention, LAYERS) == [], "a builder in tests/differential/families, or a reason in reach.py"
    assert unbuilt(convention, [*LAYERS, Unheard]) == ["unheard"]


def unread(convention: str, layers: Iterable[type[Layer]], modules: Iterable[ModuleType] = ()) -> list[str]:
    """The arguments that no builder of their layer mentions, though nothing says that they cannot be compared.

    Whether they are read in truth is counted where the frameworks are: `python -m tests.differential`.
    """
    silent = []
    for layer in layers:
        builders = [getattr(family, f"{convention}_builders").get(layer) for family in families().values()]
        places = {sys.modules[b.__module__] for b in builders if b} or modules
        text = "".join(map(inspect.getsource, (*places, functions)))
        for name, kinds in ARGUMENTS.get(layer, {a.name: () for a in arguments_of(layer)}).items():
            beyond = [
                is_out_of_reach(Goal(layer, values), convention) for values in ((), *(((name, k),) for k in kinds))
            ]
            if not beyond[0] and not (kinds and all(beyond[1:])) and not re.search(rf'\.{name}\b|"{name}"', text):
                silent.append(f"{layer.names[0]}: {name}")
    return silent


@layer_class
class Unread(Layer):
    volume: str = argument(switch("loud"), "how loud it is", False)

    names: ClassVar = ("unread",)


@pytest.mark.parametrize("convention", BOTH)
def test_every_argument_is_read_by_a_builder(convention: str) -> None:
    assert unread(convention, LAYERS) == [], (
        "a builder in tests/differential/families reads it, or a reason in reach.py"
    )
    assert unread(convention, [*LAYERS, Unread], [functions]) == ["unread: volume"]


_COMPOSED = (GRUCell, LSTMCell, RNNCell)  # written as the name of a layer with "cell" behind it


def unwritten(convention: str, layers: Iterable[type[Layer]]) -> list[str]:
    """The layers whose names stand in no function that draws the text of layers."""
    modules = {inspect.getsource(sys.modules[w.draw.__module__]) for f in families().values() for w in f.writers}
    bodies = [node for text in modules for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    texts = {
        c.value for body in bodies for c in ast.walk(body) if isinstance(c, ast.Constant) and isinstance(c.value, str)
    }
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    wanted = (o for o in layers if o not in _COMPOSED and not is_out_of_reach(Goal(o), convention))
    return [o.names[0] for o in wanted if words.isdisjoint(o.names)]


@pytest.mark.parametrize("convention", BOTH)
def test_every_layer_is_written_by_the_random_networks(convention: str) -> None:
    assert unwritten(convention, LAYERS) == [], "a function with @FAMILY.layer in tests/differential/families"
    assert unwritten(convention, [*LAYERS, Unheard]) == ["unheard"]


@pytest.mark.parametrize("convention", BOTH)
def test_no_layer_that_is_built_is_declared_as_out_of_reach(convention: str) -> None:
    built = {layer for family in families().values() for layer in getattr(family, f"{convention}_builders")}
    assert [layer.names[0] for layer in built if is_out_of_reach(Goal(layer), convention)] == []


def test_every_name_is_that_of_one_layer() -> None:
    modules = [
        importlib.import_module(f"symparams.layers.{m.name}") for m in pkgutil.iter_modules(symparams.layers.__path__)
    ]
    found = {value for module in modules for value in vars(module).values() if inspect.isclass(value)}
    for layer in (one for one in found if issubclass(one, Layer)):
        taken = [name for name in layer.names if CATALOGUE[key(name)].layer is not layer]
        assert taken == [], f"another name for {layer.__name__}, as these are taken: {', '.join(taken)}"
