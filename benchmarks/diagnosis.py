"""Wrong answers explained on VGG-16, against its plain summary and the totals of torchinfo."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

from benchmarks.measure import best, row
from symparams.commands.console import read
from symparams.documents.solution import Solution
from symparams.documents.writing import Document, render, render_diagnosis
from symparams.model.network import Network
from symparams.questions.diagnosis import Diagnosis, Diagnostician
from symparams.sources.language import network

_ANSWERS = (  # layer, quantity, what was answered: explained and not
    ("conv_5", "params", "(3*3 + 1)*256"),
    ("dense_1", "params", "100,000"),
    (None, "params", "138344128"),
    (None, "params", "138,000,000"),
)


def _each(diagnostician: Diagnostician) -> list[Diagnosis]:
    return [diagnostician.typed(*answer) for answer in _ANSWERS]


def peers(example: str) -> Iterator[str]:
    """Four answers about a network: the first ones, when nothing is known yet, further ones, and with documents."""
    known: Network = network(read(example))
    summary = best(lambda: render(Solution(known), Document("summary", "text")))
    diagnostician = Diagnostician(known)
    figures = {
        "an answer, nothing known yet": best(lambda: _each(Diagnostician(known))),
        "an answer, when others came before": best(lambda: _each(diagnostician)),
        "an answer with its document": best(
            lambda: [render_diagnosis(d, Document("steps", "text")) for d in _each(diagnostician)]
        ),
    }
    for what, seconds in figures.items():
        each = seconds / len(_ANSWERS)
        more = f"of the time ({each * 1e3:.1f} ms, {summary * 1e3:.1f} ms)"
        yield row(f"warm, VGG-16: {what} / summary", each / summary, more)
    if not importlib.util.find_spec("torchinfo"):
        yield "torchinfo is not installed: its totals of VGG-16 are left out"
        return
    theirs = best(_torchinfo, 3)
    first = figures["an answer, nothing known yet"] / len(_ANSWERS)
    yield row("      the first / torchinfo totals", first / theirs, f"of the time ({theirs * 1e3:.1f} ms)")


def _torchinfo() -> object:
    import torch
    from torch import nn
    from torchinfo import summary

    layers: list[nn.Module] = []
    channels = 3
    for copies, filters in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(copies):
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
            channels = filters
        layers.append(nn.MaxPool2d(2))
    dense = [nn.Linear(25088, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]
    with torch.device("meta"):
        model = nn.Sequential(*layers, nn.Flatten(), *dense).to("meta")
        return summary(model, input_data=torch.empty(1, 3, 224, 224), verbose=0, device="meta")
