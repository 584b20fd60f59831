"""What attention looks at: query, key and value out of the tensors that arrive, and their letters."""

from __future__ import annotations

from dataclasses import dataclass

from symparams.algebra.equality import same
from symparams.algebra.formula import Formula, Symbol, product
from symparams.errors import LayerError
from symparams.model.layer import SPATIAL, Incoming, symbol


@dataclass(frozen=True, slots=True)
class Attended:
    """The tensors of an attention layer: query, key and value."""

    query: Incoming
    key: Incoming
    value: Incoming
    count: int  # how many of them are different tensors


def attended(arriving: tuple[Incoming, ...]) -> Attended:
    """Query, key and value out of one, two or three tensors; raises LayerError if they do not fit."""
    if len(arriving) > 3:
        raise LayerError(f"takes query, key and value, but {len(arriving)} tensors arrive")
    for x in arriving:
        if len(x.shape) < 2 or (x.convention == "torch" and len(x.shape) > 2):
            raise LayerError(f"needs a sequence of shape (T, d), but {x} arrives")
    query, key, value = (*arriving, *arriving[-1:] * 2)[:3] if len(arriving) < 3 else arriving
    if len(query.shape) != len(key.shape):
        raise LayerError(f"the query is {query} and the memory is {key}: they have different numbers of axes")
    if len(key.shape) != len(value.shape) or not all(map(same, key.shape[:-1], value.shape[:-1])):
        raise LayerError(f"the key is {key} and the value is {value}: they must have the same positions")
    return Attended(query, key, value, len(arriving))


def positions(x: Incoming, mark: str = "") -> Formula:
    """How many positions x has: T, or H·W for an image; `mark` tells those of a second tensor apart: T_m."""
    if len(x.shape) == 2:
        return symbol(f"T{mark}", x.shape[0], "sequence length" if not mark else "memory length", incoming=True)
    axes = SPATIAL.get(len(x.shape) - 1)
    letters = [letter for _, letter, _ in axes] if axes else [f"n_{i + 1}" for i in range(len(x.shape) - 1)]
    names = x.axis_names()
    return product(
        symbol(letter + mark, size, names[i], incoming=True)
        for i, (letter, size) in enumerate(zip(letters, x.shape[:-1], strict=True))
    )


def width(x: Incoming, letter: str = "d", of: str = "input") -> Symbol:
    """The features of a position."""
    return symbol(letter, x.shape[-1], f"{of} features", incoming=True)
