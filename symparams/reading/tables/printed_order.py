"""Printed modules in the order in which they stand: each fed by the one before, by an earlier one, or anew."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from symparams.reading.tables.placing import Placed, Placing
from symparams.reading.tables.printed_layers import Printed, printed_layer
from symparams.reading.tables.rules import Shape, outcome
from symparams.reading.tables.table import Row, Sizes, Table
from symparams.reading.tables.tasks import STAND_IN, arguments

_SIZES = (28, 32, 224, 64, 128, 299, 96, 48, 100, 227, 256, 36, 40, 84, 112, 150, 160, 192, 300, 384, 512, 16, 24, 20)
_BACK = 40  # earlier outputs that are looked at


def module_placing(table: Table, rows: Sequence[Row]) -> Placing:
    """The layers of a printed model; the size of its input is open unless a linear layer tells it."""
    layers = [(row, printed_layer(row)) for row in rows]
    best: _Walk | None = None
    for size in (STAND_IN, *_SIZES) if any(one.rank for _, one in layers) else (STAND_IN,):
        walk = _Walk(size)
        for row, layer in layers:
            walk.place(row, layer)
        if best is None or walk.breaks < best.breaks:
            best = walk
        if best.breaks == 0:
            break
    assert best is not None
    return Placing(table, best.placed)


class _Walk:
    """One try, with a size for all axes that are open."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.placed: list[Placed] = []
        self.breaks = 0  # how often a layer could not be fed by one before
        self.shapes: list[Shape] = []
        self.loose: set[int] = set()  # learned values that nothing is known to use

    def place(self, row: Row, layer: Printed) -> None:
        if layer.call == "param":  # where it is used is not printed
            sizes = dict(layer.arguments)["shape"]
            assert isinstance(sizes, tuple)
            shape = tuple(size for size in sizes if isinstance(size, int))
            self.loose.add(self._add(Placed(row.name, "param", layer.arguments, (), row.at, shape, 0, row=row), shape))
            return
        source = self._source(row, layer)
        shape = self.shapes[source]
        found = outcome(layer.call, layer.arguments, (shape,), "torch")
        if found is None:
            found, layer = (shape, 0, 0), Printed("identity", (), known=False)
        self._add(
            Placed(
                row.name, layer.call, layer.arguments, (source,), row.at, None, found[1], found[2],
                row=row, solved=layer.known,
            ),
            found[0],
        )  # fmt: skip

    def _add(self, one: Placed, shape: Shape) -> int:
        self.placed.append(one)
        self.shapes.append(shape)
        return len(self.placed) - 1

    def _source(self, row: Row, layer: Printed) -> int:
        """What feeds a layer."""
        last = next((i for i in reversed(range(len(self.placed))) if i not in self.loose), None)
        if last is None:
            return self._input(row, layer)
        if self._fits(self.shapes[last], layer):
            return last
        if layer.call == "dense" and len(self.shapes[last]) > 1 and math.prod(self.shapes[last]) == layer.features:
            flat = Placed("", "flatten", (), (last,), row.at, None, 0)
            return self._add(flat, (math.prod(self.shapes[last]),))
        for i in range(last - 1, max(last - _BACK, -1), -1):
            if self.placed[i].call not in ("input", "param") and self._fits(self.shapes[i], layer):
                return i
        self.breaks += 1
        return self._input(row, layer)

    def _fits(self, shape: Shape, layer: Printed) -> bool:
        if layer.tokens:
            return False
        if layer.rank is not None and len(shape) != layer.rank + 1 and layer.call not in ("bn", "dropout"):
            return False
        if layer.call in ("lstm", "gru", "rnn", "MultiheadAttention") and len(shape) != 2:
            return False
        if layer.features is None:
            return True
        last = layer.call in ("dense", "ln", "rmsnorm", "lstm", "gru", "rnn", "MultiheadAttention")
        return layer.features == (shape[-1] if last or len(shape) == 1 else shape[0])

    def _input(self, row: Row, layer: Printed) -> int:
        """An input of the kind that a layer takes; another one of the same kind is used again."""
        sizes: Sizes
        if layer.tokens:
            sizes = (None,)
        elif layer.rank is not None and layer.call != "bn":
            sizes = (layer.features or 3, *(None,) * layer.rank)
        elif layer.call in ("lstm", "gru", "rnn", "ln", "rmsnorm", "MultiheadAttention"):
            sizes = (None, layer.features or 1)
        else:
            sizes = (layer.features or 1,)
        if self.size != STAND_IN and layer.rank:
            sizes = tuple(self.size if size is None else size for size in sizes)
        for i, one in enumerate(self.placed):
            if one.call == "input" and one.shape == sizes and layer.tokens:
                return i
        given = arguments(shape=sizes)
        known = tuple(self.size if size is None else size for size in sizes)
        return self._add(replace(Placed("", "input", given, (), row.at, sizes, 0)), known)
