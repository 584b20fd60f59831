"""A network -> a figure: which view it gets, and how its repeats are folded."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.errors import SymparamsError, listed, nearest
from symparams.figures.blocks import blocks, has_blocks
from symparams.figures.boxes import boxes_of
from symparams.figures.cards import Drawn
from symparams.figures.column import Opened, pieces_of
from symparams.figures.folding import Item, Leaf, folded, leaves
from symparams.figures.levels import levels_of
from symparams.figures.pages import PAGE, on_a_page, readable
from symparams.figures.parts import Part
from symparams.figures.scene import TITLE, Scene, Words
from symparams.figures.stretches import MANY, stretches
from symparams.figures.u_view import u_view
from symparams.figures.widths import shortened, width
from symparams.figures.words import written
from symparams.model.network import Network

VIEWS = ("auto", "column", "u", "blocks")
_MARGIN = 14.0
_WORDS = 600.0  # how wide a title may be above a narrow network
_PAGE = 25  # boxes that fit a page
_LETTERS = 0.75  # how much smaller letters may become in a column before blocks are drawn once beside it
_SMALLEST = 0.55  # how much smaller before a network in which little repeats is drawn as its stretches
_FOLDED = 0.5  # the share of the boxes that is left in such a network when what repeats is folded
_MOST = 200  # boxes of a U


def figure(network: Network, view: str = "auto", depth: int | None = None, page: tuple[float, float] = PAGE) -> Scene:
    """The network as a picture in a view, laid out for a page; frames so deep are drawn closed."""
    if view not in VIEWS:
        raise SymparamsError(f"a figure is drawn as {listed(VIEWS, 'or')}, not {view[:60]}{nearest(view, VIEWS)}")
    part = _part(_drawn(network), view, depth, page)
    title = network.title or "Network"
    told = f"{len(network.nodes):,} layers, {written(network.counts.params)} parameters"
    top = _MARGIN + 22
    below = shortened(told, max(part.width, _WORDS), TITLE)
    above = shortened(title, max(part.width, _WORDS), TITLE + 2, bold=True)
    wide = max(part.width, width(below, TITLE), width(above, TITLE + 2, bold=True))
    scene = Scene(wide + 2 * _MARGIN, part.height + top + _MARGIN + 20, title, told)
    scene.words.append(Words(_MARGIN, _MARGIN + 8, above, TITLE + 2, bold=True))
    scene.words.append(Words(_MARGIN, scene.height - _MARGIN, below, TITLE))
    part.draw_on(scene, _MARGIN, top)
    return scene


def _drawn(network: Network) -> Drawn:
    """The network with its repeats folded: equal ones, and where that is not enough those of other channels, too."""
    boxes = boxes_of(network)
    items = folded(network, boxes)
    if _many(items) > _PAGE:
        alike = folded(network, boxes, alike=True)
        if _many(alike) < _many(items):
            items = alike
    return Drawn(network, boxes, items)


def _many(items: Sequence[Item]) -> int:
    return sum(1 for _ in leaves(items))


def _part(drawn: Drawn, view: str, depth: int | None, page: tuple[float, float]) -> Part:
    """The network in a view; in none that is asked for, the one that is read best."""
    if view == "u" or (view == "auto" and depth is None):
        every = Drawn(drawn.network, drawn.boxes, tuple(map(Leaf, range(len(drawn.boxes)))))
        levels = levels_of(every) if len(drawn.boxes) <= _MOST else None
        if levels is not None:
            return u_view(every, levels)
        if view == "u":
            raise SymparamsError("only a network whose resolution falls and rises again, with lines across, is a U")
    if view == "blocks":
        return blocks(drawn, depth, page)
    if view == "auto" and depth is None and _many(drawn.items) > MANY:
        part = stretches(drawn)
        if part is not None:
            return part
    column = on_a_page(pieces_of(drawn, drawn.items, None, Opened(depth)), page)
    return column if view == "column" or depth is not None else _read_best(drawn, column, page)


def _read_best(drawn: Drawn, column: Part, page: tuple[float, float]) -> Part:
    """The network as a column, or in another view where that is read better."""
    best = column
    if (_many(drawn.items) > _PAGE or readable(column) < _LETTERS) and has_blocks(drawn):
        best = max(column, blocks(drawn, page=page), key=lambda part: readable(part, page))
    if readable(best) < _SMALLEST and _many(drawn.items) > _FOLDED * len(drawn.boxes):
        return stretches(drawn) or best
    return best
