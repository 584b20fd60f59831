"""A network -> a figure: which view it gets, and how its repeats are folded."""

from __future__ import annotations

from symparams.errors import SymparamsError, listed, nearest
from symparams.figures.boxes import boxes_of
from symparams.figures.cards import Drawn
from symparams.figures.column import column
from symparams.figures.folding import folded, leaves
from symparams.figures.scene import TITLE, Scene, Words
from symparams.figures.words import written
from symparams.model.network import Network

VIEWS = ("auto", "column")
_MARGIN = 14.0
_PAGE = 25  # boxes that fit a page


def figure(network: Network, view: str = "auto", depth: int | None = None) -> Scene:
    """The network as a picture in a view; frames so deep are drawn closed."""
    if view not in VIEWS:
        raise SymparamsError(f"a figure is drawn as {listed(VIEWS, 'or')}, not {view[:60]}{nearest(view, VIEWS)}")
    boxes = boxes_of(network)
    items = folded(network, boxes)
    if sum(1 for _ in leaves(items)) > _PAGE:
        alike = folded(network, boxes, alike=True)
        if sum(1 for _ in leaves(alike)) < sum(1 for _ in leaves(items)):
            items = alike
    drawn = Drawn(network, boxes, items)
    part = column(drawn, depth)
    title = network.title or "Network"
    told = f"{len(network.nodes):,} layers, {written(network.counts.params)} parameters"
    top = _MARGIN + 22
    scene = Scene(part.width + 2 * _MARGIN, part.height + top + _MARGIN + 20, title, told)
    scene.words.append(Words(_MARGIN, _MARGIN + 8, title, TITLE + 2, bold=True))
    scene.words.append(Words(_MARGIN, scene.height - _MARGIN, told, TITLE))
    part.draw_on(scene, _MARGIN, top)
    return scene
