"""Networks whose resolution falls and rises again: on which level each box stands, and what crosses over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from symparams.algebra.evaluation import at
from symparams.algebra.formula import Value, as_formula
from symparams.errors import SymparamsError
from symparams.figures.cards import Drawn
from symparams.figures.streams import main_stream
from symparams.model.derived import Derived

_CHANGED = 1.9  # how much more or fewer places a level has than the next
_LEAST = 2  # levels below the first
_LARGE: Mapping[str, int] = defaultdict(lambda: 1 << 20)  # what letters stand for where sizes are compared


class Crossing(NamedTuple):
    """A line from one arm to the other."""

    source: int  # a box
    target: int
    between: int | None  # a box on its way


@dataclass(frozen=True, slots=True)
class Levels:
    """The boxes of a U, in the order of the main line."""

    down: tuple[tuple[int, ...], ...]  # of each level, the boxes on the way down; the last level is the bottom
    up: tuple[tuple[int, ...], ...]  # of each level but the bottom, the boxes on the way up
    crossings: tuple[Crossing, ...]
    beside: tuple[tuple[int, int], ...]  # lines within a level of an arm, from box to box


def levels_of(drawn: Drawn) -> Levels | None:
    """The levels of a network; None where it is no U."""
    sources = [tuple(dict.fromkeys(box.inputs)) for box in drawn.boxes]
    main = main_stream(sources)
    arms = _arms(drawn, main)
    crossings = _crossings(sources, main)
    if arms is None or crossings is None:
        return None
    down, up = arms
    level = {box: depth for arm in arms for depth, several in enumerate(arm) for box in several}
    is_left = {box: True for several in down for box in several} | {box: False for several in up for box in several}
    if any(level[one.source] != level[one.target] for one in crossings):
        return None
    beside = [one for one in crossings if is_left[one.source] == is_left[one.target]]
    across = [one for one in crossings if one not in beside]
    targets = [one.target for one in across]
    if not across or len(set(targets)) < len(targets) or any(one.between is not None for one in beside):
        return None
    if any(is_left[one.target] for one in across):
        return None
    return Levels(down, up, tuple(across), tuple((one.source, one.target) for one in beside))


def _arms(drawn: Drawn, main: Sequence[int]) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]] | None:
    """The boxes of the main line by level, on the way down and on the way up."""
    down: list[list[int]] = [[]]
    up: list[list[int]] = []
    depth, before = 0, None
    for box in main:
        places = _places(drawn.nodes(box)[-1].derived)
        change = 0 if before is None else _change(before, places)
        before = places
        if change > 0:
            if up or change > 1:
                return None
            depth += 1
            down.append([])
        elif change < 0:
            depth -= 1
            if depth < 0:
                return None
            up.append([])
        (up or down)[-1].append(box)
    if len(down) <= _LEAST or len(up) != len(down) - 1:
        return None
    return tuple(map(tuple, down)), tuple(map(tuple, reversed(up)))


def _change(before: float, after: float) -> int:
    """1: there are far fewer places, -1: far more."""
    if before >= _CHANGED * after:
        return 1
    return -1 if after >= _CHANGED * before else 0


def _places(derived: Derived) -> float:
    """How many places an output has, whatever its channels."""
    axis = derived.feature_axis
    return prod((_about(size) for i, size in enumerate(derived.shape) if i != axis), start=1.0)


def _about(size: Value) -> float:
    if isinstance(size, int):
        return float(size)
    try:
        return float(at(as_formula(size), _LARGE))
    except (ArithmeticError, SymparamsError):
        return 1.0


def _crossings(sources: Sequence[Sequence[int]], main: Sequence[int]) -> list[Crossing] | None:
    """What does not run along the main line; None where more than one box stands on its way."""
    place = {box: number for number, box in enumerate(main)}
    users: dict[int, list[int]] = {}
    for box, several in enumerate(sources):
        for source in several:
            users.setdefault(source, []).append(box)
    found = []
    for box, several in enumerate(sources):
        if box not in place:
            if len(several) != 1 or len(users.get(box, ())) != 1:
                return None
            if several[0] not in place or users[box][0] not in place:
                return None
            found.append(Crossing(several[0], users[box][0], box))
            continue
        further = [source for source in several if not _is_next(place, source, box)]
        found += [Crossing(source, box, None) for source in further if source in place]
        if place[box] and len(further) == len(several):
            return None
    return found


def _is_next(place: dict[int, int], source: int, box: int) -> bool:
    return source in place and place[source] == place[box] - 1
