"""Networks as pictures, as Python has them; loaded when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from symparams import limits
from symparams.documents.figure_files import SCALE, pdf, png, tex, write
from symparams.figures.figure import figure
from symparams.figures.scene import Scene
from symparams.figures.svg import svg
from symparams.model.network import Network


@limits.face
@dataclass(frozen=True, repr=False)
class Figure:
    """A network as a picture, which a notebook shows."""

    _network: Network
    view: str = "auto"  # column, u or blocks; auto: what fits
    depth: int | None = None  # how many frames inside one another are opened; None: all

    @property
    def _layers(self) -> int:
        return len(self._network.nodes)

    @cached_property
    def _scene(self) -> Scene:
        return figure(self._network, self.view, self.depth)

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

    def __repr__(self) -> str:
        return f"<Figure {self._network.title!r}: {len(self._network.nodes)} layers>"

    def _repr_svg_(self) -> str:
        return self.to_svg()
