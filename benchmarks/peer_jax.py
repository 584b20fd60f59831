"""The peer from JAX: ResNet-50 in Flax, its shapes with letters for batch, height and width by `jax.eval_shape`."""

from __future__ import annotations

import math
from typing import Any

import jax
from flax import linen as nn
from jax import export, numpy


class Neck(nn.Module):  # type: ignore[misc]
    """Three convolutions around which the input is carried."""

    filters: int
    stride: int = 1
    projected: bool = False

    @nn.compact  # type: ignore[untyped-decorator]
    def __call__(self, x: Any) -> Any:
        f, s = self.filters, self.stride
        y = nn.relu(nn.BatchNorm(use_running_average=True)(nn.Conv(f, (1, 1), s)(x)))
        y = nn.relu(nn.BatchNorm(use_running_average=True)(nn.Conv(f, (3, 3))(y)))
        y = nn.BatchNorm(use_running_average=True)(nn.Conv(4 * f, (1, 1))(y))
        if self.projected:
            x = nn.BatchNorm(use_running_average=True)(nn.Conv(4 * f, (1, 1), s)(x))
        return nn.relu(x + y)


class ResNet50(nn.Module):  # type: ignore[misc]
    """As examples/resnet50.arch."""

    @nn.compact  # type: ignore[untyped-decorator]
    def __call__(self, x: Any) -> Any:
        x = nn.Conv(64, (7, 7), 2, padding=3)(x)
        x = nn.relu(nn.BatchNorm(use_running_average=True)(x))
        x = nn.max_pool(x, (3, 3), (2, 2), padding=((1, 1), (1, 1)))
        for stage, copies in enumerate((3, 4, 6, 3)):
            x = Neck(64 * 2**stage, 2 if stage else 1, projected=True)(x)
            for _ in range(copies - 1):
                x = Neck(64 * 2**stage)(x)
        return nn.Dense(1000)(x.mean(axis=(1, 2)))


def parameters() -> int:
    """The number of parameters, statistics among them; every shape is worked out on the way."""
    shape = export.symbolic_shape("b, h, w, 3")
    model = ResNet50()
    found = jax.eval_shape(
        lambda x: model.init_with_output(jax.random.key(0), x), jax.ShapeDtypeStruct(shape, numpy.float32)
    )
    return sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(found[1]))


if __name__ == "__main__":
    print(parameters())
