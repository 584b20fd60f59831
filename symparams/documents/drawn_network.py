"""The network of a question as a picture: what its table says of each layer, in boxes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symparams.documents.network_rows import NetworkRow, ShownNetwork
from symparams.figures.scene import Scene
from symparams.figures.stem import Told, stem_figure


def drawn_network(network: ShownNetwork, macros: Any) -> Scene:
    """The picture; `macros` are those of networks in questions, as plain text."""
    return stem_figure(network.course.network, [_told(row, macros) for row in network.rows])


def _told(row: NetworkRow, macros: Any) -> Told:
    """What the row of a layer says, in plain text."""
    said: Callable[[Callable[..., Any]], str] = lambda macro: " ".join(str(macro(row)).split())  # noqa: E731
    title, _, settings = said(macros.row_settings).partition(": ")
    fed = [said(macros.row_fed)] if row.attends else []
    return Told(title, tuple(filter(None, [settings, *fed])))
