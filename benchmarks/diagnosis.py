"""Wrong answers explained on VGG-16, against its plain summary and the totals of torchinfo."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterator, Mapping

from benchmarks.measure import PYTHON, best, process, row
from symparams.commands.console import read
from symparams.documents.diagnosis_document import render_diagnosis
from symparams.documents.rendering import Document, render
from symparams.documents.solution import Solution
from symparams.errors import Source
from symparams.model.derived import known
from symparams.model.network import Network
from symparams.questions.diagnosis import Diagnosis, Diagnostician
from symparams.sources.language import network

WrittenQuestion = tuple[str | None, str, str]  # layer (None: the total), quantity, what was answered

_OF_LAYERS: tuple[WrittenQuestion, ...] = (  # explained and not
    ("conv_5", "params", "(3*3 + 1)*256"),
    ("dense_1", "params", "100,000"),
)
_OF_TOTALS: tuple[WrittenQuestion, ...] = (
    (None, "params", "138344128"),
    (None, "params", "138,000,000"),
)


def peers(example: str) -> Iterator[str]:
    """Answers for layers and for totals: the first one on a network, later ones, and with their documents."""
    built = _built(example)
    summary = best(lambda: render(Solution(built), Document("summary", "text")))
    theirs = best(_torchinfo, 3) if importlib.util.find_spec("torchinfo") else None
    for what, answers in (("a layer", _OF_LAYERS), ("a total", _OF_TOTALS)):
        for when, seconds in _timed(example, answers).items():
            more = f"of the time ({seconds * 1e3:.1f} ms, {summary * 1e3:.1f} ms)"
            yield row(f"warm, VGG-16: {what}, {when} / summary", seconds / summary, more)
            if theirs is not None:
                yield row("      the same / torchinfo totals", seconds / theirs, f"of the time ({theirs * 1e3:.1f} ms)")
    if theirs is None:
        yield "torchinfo is not installed: its totals of VGG-16 are left out"


def totals(examples: Mapping[str, str], longest: int) -> Iterator[str]:
    """The first wrong total of a network that is explained, or not, against sympy's import; then by the layer."""
    peer, _ = process([PYTHON, "-c", "import sympy"])
    for name, example in examples.items():
        seconds = _first_total(read(example))
        yield row(
            f"cold, {name}: a first total / import sympy", seconds / peer, f"of the time ({seconds * 1e3:.0f} ms)"
        )
    first = None
    for layers in (longest // 16, longest // 4, longest):
        chain = "".join(f"\n-> conv({8 + i % 500}, 3, same) -> relu" for i in range(layers // 2))
        each = _first_total(Source("benchmark", f"input(224, 224, 3){chain}")) / layers
        first = first or each
        more = f"ms a layer, {each / first:.2f} of what it is with {longest // 16:,} layers"
        yield row(f"cold, {layers:,} layers: a first total", each * 1e3, more)


def _first_total(source: Source) -> float:
    """Seconds for a wrong total that no mistake explains, so that all are tried, with nothing known of layers."""
    known.cache_clear()
    built = network(source)
    total = built.counts.params
    assert isinstance(total, int)
    start = time.process_time()
    Diagnostician(built).typed(None, "params", str(total - total // 7))
    return time.process_time() - start


def _built(example: str) -> Network:
    """The network with its counts, and nothing known of answers."""
    built = network(read(example))
    _ = built.counts
    return built


def _timed(example: str, answers: tuple[WrittenQuestion, ...]) -> dict[str, float]:
    """Seconds for one answer, the mean over several, by what came before it."""

    def mean(one: Callable[[WrittenQuestion], float]) -> float:
        return sum(min(one(asked) for _ in range(5)) for asked in answers) / len(answers)

    def first(asked: WrittenQuestion) -> float:
        built = _built(example)
        start = time.perf_counter()
        Diagnostician(built).typed(*asked)
        return time.perf_counter() - start

    experienced = Diagnostician(_built(example))
    return {
        "first answer": mean(first),
        "later": mean(lambda asked: best(lambda: experienced.typed(*asked))),
        "with document": mean(lambda asked: best(lambda: _document(experienced.typed(*asked)))),
    }


def _document(diagnosis: Diagnosis) -> object:
    return render_diagnosis(diagnosis, Document("steps", "text"))


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
