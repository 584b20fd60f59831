"""What must hold of every figure, whatever it shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symparams.figures.scene import INSET, TEXT, TITLE, Arrow, Border, Card, Point, Scene
from symparams.figures.widths import width

CLOSE = 0.01  # lengths that differ by less are the same


def overlapping(cards: Sequence[Card]) -> list[tuple[Card, Card]]:
    """Boxes that share a place."""
    found: list[tuple[Card, Card]] = []
    open_: list[Card] = []
    for card in sorted(cards, key=lambda c: c.y):
        open_ = [one for one in open_ if one.y + one.height > card.y + CLOSE]
        found += [(one, card) for one in open_ if not _beside(one, card)]
        open_.append(card)
    return found


def _beside(one: Card, other: Card) -> bool:
    return one.x + one.width <= other.x + CLOSE or other.x + other.width <= one.x + CLOSE


def crossing(scene: Scene) -> list[tuple[Arrow, Card]]:
    """Lines that run through a box."""
    return [
        (arrow, card)
        for arrow in scene.arrows
        for a, b in pairwise(arrow.points)
        for card in scene.cards
        if _meets(a, b, card)
    ]


def _meets(a: Point, b: Point, card: Card) -> bool:
    low, high = min(a.x, b.x), max(a.x, b.x)
    top, bottom = min(a.y, b.y), max(a.y, b.y)
    inside_x = high > card.x + CLOSE and low < card.x + card.width - CLOSE
    return inside_x and bottom > card.y + CLOSE and top < card.y + card.height - CLOSE


def slanted(scene: Scene) -> list[Arrow]:
    """Lines that run neither across nor down."""
    return [
        arrow
        for arrow in scene.arrows
        for a, b in pairwise(arrow.points)
        if abs(a.x - b.x) > CLOSE and abs(a.y - b.y) > CLOSE
    ]


def outside(scene: Scene) -> list[Card | Border | Arrow]:
    """What stands beyond the edges of the figure."""
    boxes: list[Card | Border] = [*scene.cards, *scene.borders]
    found: list[Card | Border | Arrow] = [
        one
        for one in boxes
        if one.x < 0 or one.y < 0 or one.x + one.width > scene.width or one.y + one.height > scene.height
    ]
    within = (0, scene.width), (0, scene.height)
    found += [
        arrow
        for arrow in scene.arrows
        if not all(low <= at <= high for p in arrow.points for at, (low, high) in zip(p, within, strict=True))
    ]
    return found


def overfull(scene: Scene) -> list[str]:
    """Texts that are wider than their box."""
    return [text for texts, room in _lines(scene) for text in texts if _needed(texts) > room + CLOSE]


def _lines(scene: Scene) -> Iterator[tuple[tuple[str, ...], float]]:
    for card in scene.cards:
        yield (f"*{card.title[0]}", card.count), card.width - 2 * INSET
        yield from (((f"*{line}",), card.width - 2 * INSET) for line in card.title[1:])
        yield (card.name, card.shape), card.width - 2 * INSET
    for border in scene.borders:
        yield (f"*{border.label}", border.total), border.width - 2 * INSET


def _needed(texts: tuple[str, ...]) -> float:
    bold = [width(text[1:], TITLE, bold=True) for text in texts if text.startswith("*")]
    plain = [width(text, TEXT) for text in texts if text and not text.startswith("*")]
    return sum(bold) + sum(plain)


def unjoined(scene: Scene) -> list[Arrow]:
    """Lines whose beginning touches neither a box, nor a frame, nor another line."""
    return [arrow for arrow in scene.arrows if not _touches(arrow.points[0], scene, arrow)]


def _touches(point: Point, scene: Scene, but: Arrow) -> bool:
    on_box = any(
        one.x - CLOSE <= point.x <= one.x + one.width + CLOSE and one.y - CLOSE <= point.y <= one.y + one.height + CLOSE
        for one in scene.cards
    )
    on_box = on_box or any(point.y in (one.y, one.y + one.height) for one in scene.borders if one.is_solid)
    others = (arrow for arrow in scene.arrows if arrow is not but)
    return on_box or any(_on(point, a, b) for arrow in others for a, b in pairwise(arrow.points))


def _on(point: Point, a: Point, b: Point) -> bool:
    across = min(a.x, b.x) - CLOSE <= point.x <= max(a.x, b.x) + CLOSE
    return across and min(a.y, b.y) - CLOSE <= point.y <= max(a.y, b.y) + CLOSE
