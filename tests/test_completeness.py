"""Every class of keras.layers and torch.nn is in the catalogue, or stands here with the reason why not."""

from __future__ import annotations

import importlib
import inspect
import json
import os
from pathlib import Path

import pytest

from symparams.layers import CATALOGUE, key

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
