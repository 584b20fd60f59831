"""Networks of blocks: a column in which each block is one box, and beside it each kind of block, drawn once."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.figures.cards import Drawn
from symparams.figures.column import Opened, pieces_of, stacked
from symparams.figures.kinds import Kind, boxes_in, kinds_of
from symparams.figures.pages import PAGE, on_a_page, readable
from symparams.figures.parts import Part, arrow
from symparams.figures.scene import Border

_PAD = 12.0  # between the border of a kind and what is in it
_HEAD = 22.0  # the height of its heading
_BETWEEN = 28.0  # two kinds


def has_blocks(drawn: Drawn) -> bool:
    """Whether there is something that branches, so that there are kinds of blocks."""
    return bool(kinds_of(drawn).every)


def blocks(drawn: Drawn, depth: int | None = None, page: tuple[float, float] = PAGE) -> Part:
    """The network with its blocks closed, and the kinds of blocks beside it."""
    kinds = kinds_of(drawn)
    names = {box: kind.name for box, kind in kinds.of.items()}
    backbone = on_a_page(pieces_of(drawn, drawn.items, None, Opened(depth, names)), page)
    parts = [_kind_part(drawn, kind) for kind in kinds.every]
    heights = {backbone.height, *(sum(part.height + _BETWEEN for part in parts[:n]) for n in range(1, len(parts) + 1))}
    return max((_beside(backbone, parts, high) for high in sorted(heights)), key=lambda part: readable(part, page))


def _beside(backbone: Part, parts: Sequence[Part], high: float) -> Part:
    """Kinds in columns of a height beside the network."""
    found = Part(backbone.width, backbone.height, backbone.port)
    found.put(0, 0, backbone)
    x, y, widest = backbone.width + _BETWEEN, 0.0, 0.0
    for part in parts:
        if y and y + part.height > high:
            x, y, widest = x + widest + _BETWEEN, 0.0, 0.0
        found.put(x, y, part)
        widest = max(widest, part.width)
        found.width, found.height = max(found.width, x + part.width), max(found.height, y + part.height)
        y += part.height + _BETWEEN
    return found


def _kind_part(drawn: Drawn, kind: Kind) -> Part:
    """A kind of block under its name, with the sizes of all blocks of this kind."""
    first = kind.uses[0]
    about = _spoken_of(drawn, kind)
    inner = stacked(pieces_of(drawn, first, kind.entry, Opened(about=about)), has_entry=True)
    found = Part(inner.width + 2 * _PAD, inner.height + _HEAD + _PAD, inner.port + _PAD)
    found.borders.append(Border(0, 0, found.width, found.height, kind.called, "", kind.called, is_solid=True))
    found.put(_PAD, _HEAD, inner)
    bottom = _HEAD + inner.height
    found.arrows.append(arrow((found.port, 0.0), (found.port, _HEAD), headed=False))
    found.arrows.append(arrow((_PAD + inner.exit, bottom), (_PAD + inner.exit, found.height), headed=False))
    return found


def _spoken_of(drawn: Drawn, kind: Kind) -> dict[int, tuple[int, ...]]:
    """For each box of the first use, all boxes of all uses that it speaks of."""
    rows: Sequence[tuple[int, ...]] = [boxes_in(use) for use in kind.uses]
    return {
        several[0]: tuple(copy for box in several for copy in drawn.copies[box]) for several in zip(*rows, strict=True)
    }
