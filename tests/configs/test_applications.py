"""Every model of keras.applications by its config, to the last shape and count: one at a time, without weights."""

from __future__ import annotations

import gc
import math
import os
from typing import Any

import pytest

from tests.configs.reading import differing, network

MODELS = [
    "ConvNeXtBase",
    "ConvNeXtLarge",
    "ConvNeXtSmall",
    "ConvNeXtTiny",
    "ConvNeXtXLarge",
    "DenseNet121",
    "DenseNet169",
    "DenseNet201",
    "EfficientNetB0",
    "EfficientNetB1",
    "EfficientNetB2",
    "EfficientNetB3",
    "EfficientNetB4",
    "EfficientNetB5",
    "EfficientNetB6",
    "EfficientNetB7",
    "EfficientNetV2B0",
    "EfficientNetV2B1",
    "EfficientNetV2B2",
    "EfficientNetV2B3",
    "EfficientNetV2L",
    "EfficientNetV2M",
    "EfficientNetV2S",
    "InceptionResNetV2",
    "InceptionV3",
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Large",
    "MobileNetV3Small",
    "NASNetLarge",
    "NASNetMobile",
    "ResNet101",
    "ResNet101V2",
    "ResNet152",
    "ResNet152V2",
    "ResNet50",
    "ResNet50V2",
    "VGG16",
    "VGG19",
    "Xception",
]


class _Elsewhere:
    """Keras's backend under another name: one model refuses to be built on PyTorch, though only training it fails."""

    def __init__(self, backend: Any) -> None:
        self.of = backend

    def backend(self) -> str:
        return "another"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.of, name)


@pytest.fixture
def keras(monkeypatch: pytest.MonkeyPatch) -> Any:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras
    from keras.src.applications import nasnet

    monkeypatch.setattr(nasnet, "backend", _Elsewhere(nasnet.backend))
    return keras


@pytest.mark.framework
def test_there_are_no_others(keras: Any) -> None:
    found = [name for name in dir(keras.applications) if name[0].isupper()]
    assert sorted(found) == sorted(MODELS)


@pytest.mark.framework
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MODELS)
def test_every_layer(keras: Any, name: str) -> None:
    model = getattr(keras.applications, name)(weights=None)
    wanted = [
        (layer.name, tuple(layer.output.shape[1:]), layer.count_params(), _sum(layer.trainable_weights))
        for layer in model.layers
    ]
    config, total = model.to_json(), model.count_params()
    del model
    gc.collect()
    ours = network(config)
    assert differing(ours, wanted) == []
    assert ours.counts.params == total


def _sum(weights: Any) -> int:
    return sum(math.prod(weight.shape) for weight in weights)
