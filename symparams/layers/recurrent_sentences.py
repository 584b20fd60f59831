"""What recurrent layers say of their output."""

from __future__ import annotations

from symparams.layers.cell import Cell
from symparams.model.layer import (
    Incoming,
)
from symparams.model.sentence import Text, say
from symparams.model.tensor import Convention


def shape_because(cell: Cell, every: bool, both: bool, convention: Convention) -> Text:
    """Which steps are returned, and how many values each has."""
    returned = {
        ("keras", True): "with {@on} the layer returns its output at every step",
        ("torch", True): "PyTorch returns the output of every step",
        ("keras", False): "by default ({@off}) Keras returns only the output of the last step",
        ("torch", False): "only the output of the last step is used",
    }[convention, every]
    values = f"one value per {cell.giver}{' in each direction, side by side' if both else ''}"
    return say(
        f"{returned}, {values}{', so the length stays the same' if every else ''}",
        on="return_sequences=True",
        off="return_sequences=False",
    )


def hint(x: Incoming) -> str:
    """What to do where something else than a sequence arrives."""
    if len(x.shape) == 1:
        before = "give the layer before it `sequences`" if x.convention == "keras" else "leave out `last` before it"
        return f"; {before}, or put an embedding before it"
    return "; timedistributed(flatten) turns each step into one row of values"
