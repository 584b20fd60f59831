"""The peer from PyTorch: ResNet-50 exported by `torch.export` with letters for batch, height and width."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


def _normed(layer: nn.Module, channels: int) -> list[nn.Module]:
    return [layer, nn.BatchNorm2d(channels)]


class Neck(nn.Module):  # type: ignore[misc]
    """Three convolutions around which the input is carried."""

    def __init__(self, channels: int, f: int, s: int = 1, projected: bool = False) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_normed(nn.Conv2d(channels, f, 1, s), f),
            nn.ReLU(),
            *_normed(nn.Conv2d(f, f, 3, padding=1), f),
            nn.ReLU(),
            *_normed(nn.Conv2d(f, 4 * f, 1), 4 * f),
        )
        carried = _normed(nn.Conv2d(channels, 4 * f, 1, s), 4 * f) if projected else []
        self.carried = nn.Sequential(*carried)

    def forward(self, x: Any) -> Any:
        return torch.relu(self.body(x) + self.carried(x))


def resnet50() -> nn.Module:
    """As examples/resnet50.arch."""
    layers = [*_normed(nn.Conv2d(3, 64, 7, 2, 3), 64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for stage, copies in enumerate((3, 4, 6, 3)):
        f = 64 * 2**stage
        layers.append(Neck(channels, f, 2 if stage else 1, projected=True))
        channels = 4 * f
        layers += [Neck(channels, f) for _ in range(copies - 1)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000))


def parameters() -> int:
    """The number of parameters, statistics among them; every shape is worked out on the way."""
    with torch.device("meta"):
        model = resnet50().eval()
        data = torch.empty(2, 3, 224, 224)
    sizes = {0: torch.export.Dim("b"), 2: 32 * torch.export.Dim("h"), 3: 32 * torch.export.Dim("w")}
    exported = torch.export.export(model, (data,), dynamic_shapes=(sizes,))
    found = exported.state_dict.values()
    return sum(tensor.numel() for tensor in found if tensor.ndim)  # a counter of batches has no axis


if __name__ == "__main__":
    print(parameters())
