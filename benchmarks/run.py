"""Run with `python -m benchmarks.run`; peers that are not installed are left out and named.

Peers: sympy's import (always there); `pip install torch torchinfo keras jax flax` for the others.
"""

from __future__ import annotations

import importlib.util
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import diagnosis, exams, normal_form, quantities, symbolic
from benchmarks.measure import PYTHON, best, paired, process, row, solved

EXAMPLES = Path(__file__).parent.parent / "examples"


def cold() -> Iterator[str]:
    """A whole process against sympy's import, and against Keras building and summarising the same network."""
    ours = [PYTHON, "-m", "symparams", "solve", str(EXAMPLES / "vgg16.arch")]
    seconds, memory, peer, peer_memory = paired(ours, [PYTHON, "-c", "import sympy"])
    yield row("cold, VGG-16 solved / import sympy", seconds / peer, f"of the time ({seconds:.2f} s, {peer:.2f} s)")
    yield row("", memory / peer_memory, f"of the memory ({memory:.0f} MB, {peer_memory:.0f} MB)")
    letters, question = str(EXAMPLES / "vgg16-letters.arch"), QUESTION
    for what, arguments in (
        ("VGG-16 with letters solved", ["solve", letters]),
        ("VGG-16's summary", ["summary", str(EXAMPLES / "vgg16.arch")]),
        ("a question answered", ["answer", "-e", question]),
    ):
        each, _, theirs, _ = paired([PYTHON, "-m", "symparams", *arguments], [PYTHON, "-c", "import sympy"])
        yield row(f"cold, {what} / import sympy", each / theirs, f"of the time ({each:.2f} s, {theirs:.2f} s)")
    if importlib.util.find_spec("keras"):
        peer, peer_memory = process([PYTHON, "-c", KERAS], {"KERAS_BACKEND": "torch"})
        more = f"of the time ({peer:.1f} s, {peer_memory:.0f} MB)"
        yield row("cold, VGG-16 solved / Keras building and summary", seconds / peer, more)
    else:
        yield "keras is not installed: its summary of VGG-16 is left out"


QUESTION = """
Why does the second convolution have 51,264 parameters in Keras? I expected 1,664.

model = Sequential()
model.add(Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)))
model.add(MaxPooling2D((2, 2)))
model.add(Conv2D(64, (5, 5), activation='relu'))
model.add(Flatten())
model.add(Dense(10, activation='softmax'))
"""

KERAS = """
import keras
from keras import layers as l
m = keras.Sequential([keras.Input((224, 224, 3))])
for n, f in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
    for _ in range(n):
        m.add(l.Conv2D(f, 3, padding="same", activation="relu"))
    m.add(l.MaxPooling2D(2))
for layer in (l.Flatten(), l.Dense(4096, activation="relu"), l.Dense(4096, activation="relu"), l.Dense(1000)):
    m.add(layer)
m.summary()
"""


def warm() -> Iterator[str]:
    """Time and memory a layer as networks grow: linear, so the last ratio stays near 1."""
    first = None
    for layers in (100, 1_000, 10_000, 99_999):
        text = f"input(224, 224, 64) -> [conv(64, 3, same) -> relu] * {(layers - 1) // 2}"
        each = best(partial(solved, text), 3 if layers < 20_000 else 1) / layers
        first = first or each
        more = f"ms a layer, {each / first:.2f} of what it is with 100 layers"
        yield row(f"warm, {layers:,} layers of two kinds", each * 1e3, more)
    for layers in (100, 1_000, 5_000):
        chain = "".join(f"\n-> conv({8 + i % 500}, 3, same) -> relu" for i in range(layers // 2))
        each = best(partial(solved, f"input(224, 224, 3){chain}"), 3) / layers
        yield row(f"warm, {layers:,} layers, all different", each * 1e3, "ms a layer")
    for layers in (1_001, 10_001):
        text = f"input(224, 224, 64) -> [conv(64, 3, same) -> relu] * {layers // 2}"
        tracemalloc.start()
        solved(text)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        yield row(f"memory, {layers:,} layers", peak / layers / 1024, "KB a layer at the peak")


def torchinfo() -> Iterator[str]:
    """Totals alone on meta tensors, which explain nothing, against the whole solution."""
    if not importlib.util.find_spec("torchinfo"):
        yield "torchinfo is not installed: its totals are left out"
        return
    import torch
    from torch import nn
    from torchinfo import summary

    layers = [part for _ in range(100) for part in (nn.Conv2d(64, 64, 3, padding=1), nn.ReLU())]
    with torch.device("meta"):
        model = nn.Sequential(*layers).to("meta")
        data = torch.empty(1, 64, 224, 224, device="meta")
        theirs = best(lambda: summary(model, input_data=data, verbose=0, device="meta"), 3)
    ours = best(lambda: solved("convention torch input(64, 224, 224) -> [conv(64, 3, p=1) -> relu] * 100"))
    yield row("warm, 200 layers solved / torchinfo totals", ours / theirs, "of the time")


def letters() -> Iterator[str]:
    """ResNet-50 with free H, W, C against the same network with numbers."""
    numbers = (EXAMPLES / "resnet50.arch").read_text("utf-8")
    free = numbers.replace("224, 224, 3", "H, W, C")
    solved(free)
    ratio = best(lambda: solved(free)) / best(lambda: solved(numbers))
    yield row("warm, ResNet-50, free H, W, C / numbers", ratio, "of the time")


def answers() -> Iterator[str]:
    """Wrong answers explained."""
    yield from diagnosis.peers(str(EXAMPLES / "vgg16.arch"))
    names = {"VGG-16": "vgg16", "ResNet-50": "resnet50", "DenseNet-121": "densenet"}
    yield from diagnosis.totals({name: str(EXAMPLES / f"{file}.arch") for name, file in names.items()}, 1_600)


if __name__ == "__main__":
    for part in (
        cold,
        warm,
        torchinfo,
        letters,
        symbolic.peers,
        symbolic.depth,
        normal_form.all_of_them,
        quantities.all_of_them,
        answers,
        exams.all_of_them,
    ):
        for line in part():
            print(line, flush=True)
