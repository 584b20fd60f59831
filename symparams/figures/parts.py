"""Pieces of a figure that are laid out by themselves and then put into larger ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from symparams.figures.scene import Arrow, Border, Card, Point, Scene

GAP = 20.0  # between two boxes of a column


class Side(NamedTuple):
    """Where a line comes in at the left border of a part."""

    source: int  # the box that it comes from
    y: float


@dataclass(slots=True)
class Part:
    """A piece of a figure in coordinates of its own."""

    width: float
    height: float
    port: float  # where along its width the main line comes in at the top
    exit: float = -1.0  # where it goes out at the bottom; -1: at the port
    cards: list[Card] = field(default_factory=list)
    borders: list[Border] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    inside: list[tuple[float, float, Part]] = field(default_factory=list)  # further pieces, each with its place
    sides: list[Side] = field(default_factory=list)
    lead: float = 0.0  # how much of the gap above it is its own
    is_open: bool = False  # whether the main line goes on inside
    is_box: bool = False  # whether it is nothing but a box

    def __post_init__(self) -> None:
        if self.exit < 0:
            self.exit = self.port

    def stretch(self, width: float) -> None:
        """Make a box as wide as others."""
        if self.is_box and self.width < width:
            self.cards = [replace(card, width=width) for card in self.cards]
            self.width, self.port, self.exit = width, width / 2, width / 2

    def put(self, x: float, y: float, part: Part) -> None:
        """Put a piece at a place."""
        self.inside.append((x, y, part))

    def draw_on(self, scene: Scene, x: float, y: float) -> None:
        """Add everything in the piece to a figure, the piece standing at a place of it."""
        pending: list[tuple[float, float, Part]] = [(x, y, self)]
        while pending:
            x, y, part = pending.pop()
            scene.cards += [replace(card, x=card.x + x, y=card.y + y) for card in part.cards]
            scene.borders += [replace(border, x=border.x + x, y=border.y + y) for border in part.borders]
            scene.arrows += [
                replace(arrow, points=tuple(Point(p.x + x, p.y + y) for p in arrow.points)) for arrow in part.arrows
            ]
            pending += [(x + dx, y + dy, inner) for dx, dy, inner in reversed(part.inside)]


def arrow(*points: tuple[float, float], headed: bool = True) -> Arrow:
    """A line through some points; one that does not change direction is left out."""
    kept: list[Point] = []
    for point in map(Point._make, points):
        if kept and abs(kept[-1].x - point.x) < 0.01 and abs(kept[-1].y - point.y) < 0.01:
            continue
        if len(kept) > 1 and _is_straight(kept[-2], kept[-1], point):
            kept[-1] = point
        else:
            kept.append(point)
    return Arrow(tuple(kept), headed)


def _is_straight(a: Point, b: Point, c: Point) -> bool:
    return (a.x == b.x == c.x) or (a.y == b.y == c.y)


def colored(intervals: list[tuple[float, float]]) -> list[int]:
    """For each interval the first track on which it touches no other, the shortest ones first."""
    tracks: list[list[tuple[float, float]]] = []
    found = [0] * len(intervals)
    for index in sorted(range(len(intervals)), key=lambda i: (intervals[i][1] - intervals[i][0], intervals[i], i)):
        low, high = intervals[index]
        track = next((t for t, taken in enumerate(tracks) if _is_free(taken, low, high)), len(tracks))
        if track == len(tracks):
            tracks.append([])
        tracks[track].append((low, high))
        found[index] = track
    return found


def _is_free(taken: list[tuple[float, float]], low: float, high: float) -> bool:
    return all(high < a or b < low for a, b in taken)


def flat(part: Part) -> Iterator[Part]:
    """A part and all parts in it."""
    yield part
    for _, _, inner in part.inside:
        yield from flat(inner)
