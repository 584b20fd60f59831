"""Normalization layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from symparams.arguments import argument, switch
from symparams.formula import ZERO
from symparams.layer import Incoming, Layer, Outgoing, Rules, Weight, Work


@dataclass(frozen=True, slots=True)
class BatchNormalization(Layer):
    """Normalizes each channel over the batch: 4·C_in parameters in Keras, 2·C_in in PyTorch.

    gamma and beta are trained. The moving mean and variance are measured: Keras counts them as non-trainable,
    PyTorch as buffers, which are no parameters. Ioffe and Szegedy, Batch Normalization, 2015.
    """

    scale: bool = argument(switch(), "whether it has gamma", True, keyword=True)
    center: bool = argument(switch(), "whether it has beta", True, keyword=True)

    names: ClassVar = (
        "bn", "BatchNorm", "BatchNormalization", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm",
        "LazyBatchNorm1d", "LazyBatchNorm2d", "LazyBatchNorm3d",
    )  # fmt: skip
    title: ClassVar = "Batch normalization"
    ranked: ClassVar = False
    example: ClassVar = "input(112, 112, 64) -> bn"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        C_in = x.C_in()
        keras = x.convention == "keras"
        weights = [
            *([Weight("gamma", (C_in,))] if self.scale else []),
            *([Weight("beta", (C_in,), "bias")] if self.center else []),
            Weight("moving mean", (C_in,), "statistic", counted=keras),
            Weight("moving variance", (C_in,), "statistic", counted=keras),
        ]
        counted = sum(w.counted for w in weights)
        trained = " and ".join(w.name for w in weights if w.kind != "statistic") or "nothing"
        measured = (
            " and a mean and a variance that are only measured"
            if keras
            else "; its mean and variance are buffers, not parameters"
        )
        return Rules(
            output=x.kept(),
            parameters=counted * C_in if counted > 1 else C_in if counted else ZERO,
            weights=tuple(weights),
            because=f"each channel has {trained} to train{measured}",
            shape_because="every number is rescaled, so the shape stays",
            channels_are=None,
            differs=_DIFFERS.format(2 + self.scale + self.center, self.scale + self.center),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """Once trained, a factor and a term for each number: the statistics are folded into them."""
        return Work(multiplications=out.numbers(), additions=out.numbers())


_DIFFERS = (
    "Keras counts {} numbers for each channel, the moving mean and variance among them as non-trainable parameters; "
    "PyTorch counts {} and keeps the mean and variance as buffers"
)
