"""Pictures of networks and of their numbers, as Python has them; loaded when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from symparams import limits
from symparams.documents.figure_files import SCALE, pdf, png, tex, write
from symparams.errors import SymparamsError
from symparams.figures.figure import figure
from symparams.figures.scene import Scene
from symparams.figures.svg import svg
from symparams.figures.window_view import window_figure
from symparams.model.network import Network, Node
from symparams.plots.plot import plot_against, plot_of_rows
from symparams.quantities.settings import Settings


@limits.face
class Picture:
    """What a notebook shows, and every format writes."""

    def _made(self) -> Scene:
        raise NotImplementedError

    @cached_property
    def _scene(self) -> Scene:
        return self._made()

    def to_svg(self) -> str:
        """The picture as a text that stands alone."""
        return svg(self._scene)

    def to_tikz(self) -> str:
        """The picture for LaTeX, to be set with TikZ."""
        return tex(self._scene)

    def to_pdf(self, fonts: Sequence[str] = ()) -> bytes:
        """The picture as a PDF of its size; `fonts` are files or folders, for characters that the usual ones lack."""
        return pdf(self._scene, fonts)

    def to_png(self, scale: float = SCALE, fonts: Sequence[str] = ()) -> bytes:
        """The picture as PNG, with so many pixels for each of the SVG."""
        return png(self._scene, scale, fonts)

    def write(self, path: str | Path, scale: float = SCALE, fonts: Sequence[str] = ()) -> None:
        """Write it to a file, whose suffix says the format; `scale` is that of a PNG, `fonts` of a PDF or PNG."""
        write(self._scene, Path(path), scale, fonts)

    def __str__(self) -> str:
        return self.to_svg()

    def _repr_svg_(self) -> str:
        return self.to_svg()


@dataclass(frozen=True, repr=False)
class Figure(Picture):
    """A network as a picture, which a notebook shows."""

    _network: Network
    view: str = "auto"  # column, u or blocks; auto: what fits
    depth: int | None = None  # how many frames inside one another are opened; None: all

    @property
    def _layers(self) -> int:
        return len(self._network.nodes)

    def _made(self) -> Scene:
        return figure(self._network, self.view, self.depth)

    def __repr__(self) -> str:
        return f"<Figure {self._network.title!r}: {len(self._network.nodes)} layers>"


@dataclass(frozen=True, repr=False)
class Windows(Picture):
    """Where the windows of a layer stand on its input, which a notebook shows."""

    _layer: Node

    def _made(self) -> Scene:
        return window_figure(self._layer)

    def __repr__(self) -> str:
        return f"<Windows of {self._layer.name}>"


@dataclass(frozen=True, repr=False)
class Plot(Picture):
    """What networks have of some quantities as bars, or against a letter as curves, which a notebook shows."""

    _networks: tuple[Network, ...]
    by: str = ""  # layer, stage, kind or network; empty: by layer, and several by network
    against: str = ""  # the letter that curves are drawn against; empty: bars
    over: range | None = None  # the values of the letter; None: all that fit
    quantities: tuple[str, ...] = ()  # (): the usual ones
    _settings: Settings = Settings()

    @property
    def _layers(self) -> int:
        return sum(len(network.nodes) for network in self._networks)

    def _made(self) -> Scene:
        if self.against:
            return plot_against(self._networks, self.against, self.over, self.quantities, self._settings)
        return plot_of_rows(self._networks, self.by, self.quantities, self._settings)

    def __repr__(self) -> str:
        about = f"against {self.against}" if self.against else f"by {self.by}" if self.by else "of quantities"
        return f"<Plot {about}: {', '.join(repr(network.title) for network in self._networks)}>"


def plotted(
    networks: tuple[Network, ...],
    by: str,
    against: str,
    over: tuple[int, int] | None,
    quantities: tuple[str, ...],
    settings: Settings,
) -> Plot:
    """A plot of networks; raises SymparamsError where what is given does not go together."""
    if against and by:
        raise SymparamsError("by is about bars, and against draws curves; give one of them")
    if over is not None and not against:
        raise SymparamsError("over goes with against")
    if over is not None and not 1 <= over[0] <= over[1]:
        raise SymparamsError(f"over takes two whole numbers from 1 on, as in (1, 256), not {over}")
    values = None if over is None else range(over[0], over[1] + 1)
    return Plot(networks, by, against, values, quantities, settings)
