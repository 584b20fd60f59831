"""Pictures inside documents: each format has a way to put one into its text."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable

from symparams.algebra.typst_notation import quoted
from symparams.documents.escaping import escape_latex
from symparams.figures.scene import Scene
from symparams.figures.svg import svg, told
from symparams.figures.tikz import tikz

_POINTS = 0.75  # of a pixel of CSS
_HIGH = 620.0  # points that a picture on a page is high, at most


def set_picture(scene: Scene, way: str) -> str:
    """The picture as a piece of a document; `way` is that of its format."""
    return _WAYS[way](scene)


def _fitting(scene: Scene) -> float:
    """How wide it is on a page, in points."""
    return _POINTS * scene.width * min(1.0, _HIGH / (_POINTS * scene.height))


def _inline(scene: Scene) -> str:
    return f'<figure class="picture" tabindex="0">\n{svg(scene, is_inside=True)}</figure>\n'


def _data(scene: Scene) -> str:
    """An image whose file stands in the text itself, so that a document remains one file."""
    data = base64.b64encode(svg(scene).encode("utf-8", "replace")).decode("ascii")
    words = told(scene).translate(_UNMARKED)
    return f"![{words}](data:image/svg+xml;base64,{data})\n"


_UNMARKED = str.maketrans(dict.fromkeys("[]\\\n`<>$", " "))  # what is more than words


def _tikz(scene: Scene) -> str:
    """A picture in the line that it is centered in, no wider than that."""
    wide = f"{_fitting(scene):.1f}pt"
    fitting = rf"\ifdim{wide}>\linewidth\linewidth\else{wide}\fi"
    return f"\\begin{{center}}\n\\resizebox{{{fitting}}}{{!}}{{%\n{tikz(scene, escape_latex)}}}\n\\end{{center}}\n"


def _typst(scene: Scene) -> str:
    return f"#picture({quoted(svg(scene))}, {_fitting(scene):.1f}pt, {quoted(told(scene))})\n"


def _image(scene: Scene) -> str:
    """The same in HTML; systems that keep pictures in files take it out of the text."""
    data = base64.b64encode(svg(scene).encode("utf-8", "replace")).decode("ascii")
    return f'<p><img alt="{html.escape(told(scene))}" src="data:image/svg+xml;base64,{data}"/></p>\n'


_WAYS: dict[str, Callable[[Scene], str]] = {
    "inline": _inline,
    "image": _image,
    "data": _data,
    "tikz": _tikz,
    "typst": _typst,
}
