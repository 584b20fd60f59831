"""What a figure consists of, with coordinates: what every format writes. Lengths are those of CSS pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from symparams.model.family import Family

TITLE, TEXT = 11.5, 10.0  # sizes of letters: of the title of a box, of all else
LINE = 14.0  # from one line of a title to the next
INSET = 8.0  # around the text of a box


class Point(NamedTuple):
    """A place: to the right and down from the upper left corner."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Card:
    """A rounded box with two lines of text, each with a left and a right part."""

    x: float  # of its upper left corner
    y: float
    width: float
    height: float
    family: Family  # what it is colored by
    title: tuple[str, ...]  # upper left, bold, in one line or two: what it is
    count: str  # upper right: its parameters
    name: str  # lower left
    shape: str  # lower right
    told: str  # the whole of it, unshortened, for readers that do not see it
    boxes: tuple[int, ...] = ()  # which boxes of the network it stands for
    details: tuple[str, ...] = ()  # further lines below the title, in letters that are not bold


@dataclass(frozen=True, slots=True)
class Border:
    """A dashed frame around what stands there several times."""

    x: float
    y: float
    width: float
    height: float
    label: str  # upper left: × 12
    total: str  # upper right: what all of it has
    told: str  # the same, whole
    is_solid: bool = False  # of a kind of block, which is drawn once and counted elsewhere


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line along an edge of the network, with its head at the last point."""

    points: tuple[Point, ...]
    headed: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text."""

    x: float
    y: float  # of its base line
    text: str
    size: float
    bold: bool = False
    anchor: str = "start"  # or middle, or end
    gray: bool = False


@dataclass(frozen=True, slots=True)
class Patch:
    """A filled rectangle, such as a bar or a cell."""

    x: float
    y: float
    width: float
    height: float
    fill: str  # its color: #1d4ed8
    line: str = ""  # the color of its border; empty: it has none
    told: str = ""  # what it stands for


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points, such as a curve or an axis."""

    points: tuple[Point, ...]
    color: str
    weight: float = 1.2
    dashes: str = ""  # lengths of dashes and gaps; empty: it is whole
    told: str = ""  # what it stands for


@dataclass(slots=True)
class Scene:
    """A whole figure."""

    width: float
    height: float
    title: str  # of the network
    told: str  # what it shows, in a sentence
    cards: list[Card] = field(default_factory=list)
    borders: list[Border] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)  # below all else
    strokes: list[Stroke] = field(default_factory=list)  # above the patches
