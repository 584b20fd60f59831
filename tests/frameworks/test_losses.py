"""The losses that are known by name are those of the installed frameworks that have no weights."""

from __future__ import annotations

import inspect
import os

import pytest

from symparams.sources.losses import KERAS, TORCH, is_loss, loss_in

WITH_WEIGHTS = {"LinearCrossEntropyLoss", "AdaptiveLogSoftmaxWithLoss"}


@pytest.mark.framework
def test_losses_of_torch() -> None:
    from torch import nn
    from torch.nn.modules import loss

    every = {name for name, cls in vars(loss).items() if inspect.isclass(cls) and name.endswith(("Loss", "Loss2d"))}
    assert every - WITH_WEIGHTS - {"_Loss", "_WeightedLoss"} == TORCH
    assert all(not list(getattr(nn, name)().parameters()) for name in (TORCH & vars(nn).keys()) - {"NLLLoss2d"})


@pytest.mark.framework
def test_losses_of_keras() -> None:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    from keras import losses

    assert {name for name, cls in vars(losses).items() if inspect.isclass(cls)} - {"Loss"} == KERAS


def test_a_name_of_keras_needs_its_module() -> None:
    assert not is_loss("Circle")
    assert not is_loss("layers.Hinge")
    assert is_loss("tf.keras.losses.Hinge")
    assert loss_in("Is a Circle of nn.Linear like torch.nn.L1Loss?") == "torch.nn.L1Loss"
    assert not is_loss("nn.AdaptiveLogSoftmaxWithLoss")
