"""What rules about whole shapes share: a symbol for each size, spatial axes, axes by number, equal sizes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from symparams.algebra.equality import same
from symparams.algebra.evaluation import number
from symparams.algebra.formula import ZERO, Formula, Symbol, product
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.errors import LayerError, listed, spatial_axes_of
from symparams.model.layer import SPATIAL, Axis, Incoming, Requirement, symbol
from symparams.model.sentence import Text, say, together, with_values

Slots: TypeAlias = Mapping[str, Formula]  # what is put into a sentence, by name

_LETTERS = {
    "length": "L_in",
    "height": "H_in",
    "width": "W_in",
    "depth": "D_in",
    "channels": "C_in",
    "features": "n_in",
}


def sizes_of(x: Incoming, names: Sequence[str] | None = None) -> tuple[Symbol, ...]:
    """H_in, W_in, C_in: a symbol for each size of the input."""
    return tuple(
        symbol(_LETTERS.get(name, f"n_{i + 1}"), value, f"input {name}", incoming=True)
        for i, (name, value) in enumerate(zip(names or x.axis_names(), x.shape, strict=True))
    )


def spatial_axes(x: Incoming, ranks: Sequence[int] = (1, 2, 3)) -> tuple[tuple[str, str, str], ...]:
    """Names and letters of the spatial axes of x, or an error if a layer cannot take so many."""
    count = len(x.shape) - 1
    if count not in ranks:
        expected = {1: "(L, C)", 2: "(H, W, C)", 3: "(D, H, W, C)"}
        if x.convention == "torch":
            expected = {1: "(C, L)", 2: "(C, H, W)", 3: "(C, D, H, W)"}
        wanted = listed([expected[r] for r in ranks], "or")
        lost = "height and width" if 2 in ranks else "length"
        hint = f"; a flattened tensor has no {lost} left" if count == 0 else ""
        raise LayerError(f"needs an input of shape {wanted}, but the input is {x}{hint}")
    return SPATIAL[count]


def per_axis(sizes: tuple[Formula, ...], x: Incoming, what: str) -> tuple[Formula, ...]:
    """One size for each spatial axis of x; a single size is meant for all of them."""
    count = len(x.shape) - 1
    if len(sizes) == 1:
        return sizes * count
    if len(sizes) != count:
        raise LayerError(f"{what} has {len(sizes)} sizes, but the input {x} has {spatial_axes_of(count)}")
    return sizes


def _axes(axis: int, rank: int) -> str:
    if axis == 0:
        return "axes count from 1, and the batch is not one of them"
    return "it has one axis" if rank == 1 else f"axes count from 1 to {rank}"


def axis_of(axis: int, x: Incoming) -> int:
    """The place of an axis in the shape: 1 is the first, -1 the last."""
    rank = len(x.shape)
    place = axis - 1 if axis > 0 else rank + axis
    if not 0 <= place < rank or axis == 0:
        raise LayerError(f"there is no axis {axis} in {x}; {_axes(axis, rank)}")
    return place


def axes_of(axes: Sequence[int], x: Incoming) -> tuple[int, ...]:
    """The places of several axes, in the order of the shape; none twice."""
    places = sorted(axis_of(axis, x) for axis in axes)
    for one, other in itertools.pairwise(places):
        if one == other:
            raise LayerError(f"axis {one + 1} of {x} is named twice")
    return tuple(places)


def times(count: int, numbers: Formula) -> Formula:
    """count · numbers, without a needless factor."""
    return ZERO if count == 0 else numbers if count == 1 else count * numbers


def equal(left: Formula, right: Formula, otherwise: Callable[[], str]) -> tuple[Requirement, ...]:
    """Two sizes must be the same: an error for numbers, conditions for letters."""
    if same(simplified(left), simplified(right)):
        return ()
    return (Requirement(left, ">=", right, otherwise), Requirement(right, ">=", left, otherwise))


def numbers_in(x: Incoming) -> Formula:
    """How many values the input has: H_in·W_in·C_in."""
    return product(sizes_of(x))


def numbers_of(x: Incoming, place: int = 1) -> Formula:
    """How many numbers the first or a further input has, which has letters of its own: T_2."""
    if place == 1:
        return numbers_in(x)
    ending, of = f"_{place}", f"of input {place}"
    return product(symbol(s.name + ending, s.value or ZERO, f"{s.meaning} {of}") for s in sizes_of(x))


def features_named(sizes: tuple[Formula, ...], x: Incoming) -> tuple[Axis, ...]:
    """Axes for sizes, called as such a tensor's axes are called."""
    return tuple(map(Axis, Incoming(sizes, x.convention).feature_names(), sizes))


def others_keep(count: int) -> str:
    """What becomes of so many other axes, as a further clause: "; the other axes keep their sizes"."""
    return ("", "; the other axis keeps its size")[count] if count < 2 else "; the other axes keep their sizes"


def by_axis(cases: Iterable[tuple[str, str, Slots]]) -> Text:
    """A clause for every axis, one for all axes of which it says the same: 1 position along the height and the width.

    A case is an axis, a text with `{axes}` in it, and what else is put into that; nothing is said with an empty text.
    """
    alike: dict[tuple[object, ...], tuple[str, list[str], Slots]] = {}
    for name, text, slots in cases:
        if text:
            key = (text, *(with_values(f) if (known := number(f)) is None else known for f in slots.values()))
            alike.setdefault(key, (text, [], slots))[1].append(f"the {name}")
    clauses: list[Text] = [say(text, axes=listed(names), **slots) for text, names, slots in alike.values()]
    last = ", and " if any(" and " in f"{one}" for one in clauses) else " and "
    return together(together(*clauses[:-1], between=", "), *clauses[-1:], between=last)


def known(value: Formula) -> str:
    """A value in a message."""
    return shown(simplified(value), PLAIN)
