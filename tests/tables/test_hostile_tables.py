"""Tables made to take long: an answer or a message in bounded work."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from symparams.errors import Source, SymparamsError
from symparams.reading.tables.summary import read_summary, recognised

HEAD = "Layer (type)                 Output Shape              Param #   \n======\n"
BOX = "┏━━━━┳━━━━┳━━━━┓\n┃ Layer (type) ┃ Output Shape ┃ Param # ┃\n┡━━━━╇━━━━╇━━━━┩\n"
ROW = "conv2d_{0} (Conv2D)            (None, 26, 26, {1})        {2}       \n"
TORCH = "        Layer (type)               Output Shape         Param #\n======\n"
HOSTILE = {
    "many rows": HEAD + "".join(ROW.format(i, 32, 9248) for i in range(100_000)),
    "rows that contradict each other": HEAD + "".join(ROW.format(i, 32, i * 1000 + 17) for i in range(1_000)),
    "rows of PyTorch that fit nothing": TORCH
    + "".join(f"  Conv2d-{i}  [-1, {32 + i % 13}, {26 + i % 7}, 20]  {9248 + i * 7}\n" for i in range(2_000)),
    "digits without end": HEAD + "conv2d (Conv2D) (None, 26, 26, 32) " + "9" * 1_000_000,
    "a shape without end": HEAD + "conv2d (Conv2D) " + "(None, " * 100_000,
    "marks without end": "#" * 1_000_000 + HEAD,
    "cells without end": BOX + "│" * 1_000_000,
    "cut connections": "Layer (type)  Output Shape  Param #  Connected to\n====\n"
    + "".join(f"add_{i} (Add) (None, 64) 0 ad… ad… ad… ad…\n" for i in range(1_000)),
    "modules in modules": "Net(\n" + "(a): Net(\n" * 50_000,
    "a billion equal modules": "Net(\n  (0-999999999): 1000000000 x Block(\n    (a): ReLU()\n    (b): ReLU()\n  )\n)",
    "settings without end": "Net(\n  (a): Linear(" + "a=1," * 300_000 + ")\n)",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_table_ends_soon(name: str) -> None:
    before = time.process_time()
    with suppress(SymparamsError):
        recognised(HOSTILE[name])
        read_summary(Source("table.txt", HOSTILE[name]))
    assert time.process_time() - before < 4


def test_a_table_of_too_many_rows_is_refused_with_its_place() -> None:
    with pytest.raises(SymparamsError) as caught:
        read_summary(Source("table.txt", HOSTILE["many rows"]))
    assert str(caught.value) == (
        "table.txt:3003:1: this table has more than 3,000 rows, which is the limit\n"
        "    conv2d_3000 (Conv2D)            (None, 26, 26, 32)        9248\n"
        "    ^"
    )


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(SymparamsError) as caught:
        read_summary(Source("table.txt", "input(3) -> dense(4)"))
    assert str(caught.value) == (
        "table.txt: there is no table here that model.summary(), torchsummary, torchinfo, print(model) or "
        "named_parameters() prints"
    )


def test_a_model_that_is_not_there_is_refused() -> None:
    with pytest.raises(SymparamsError) as caught:
        read_summary(Source("table.txt", f'Model: "net"\n{HEAD}{ROW.format(1, 32, 320)}'), "other")
    assert str(caught.value) == "table.txt: there is no table of a model `other`; there is net"
