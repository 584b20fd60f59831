"""A figure as TikZ, from the same coordinates: a picture to \\input, as wide as a line at most."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from symparams.figures.colors import INK, QUIET, colors_of
from symparams.figures.scene import INSET, LINE, TEXT, TITLE, Arrow, Border, Card, Patch, Scene, Stroke, Words

# What the fonts of pdfTeX have only in formulas, as plain text writes these.
_MATHEMATICS = {
    "⌊": r"$\lfloor$", "⌋": r"$\rfloor$", "⌈": r"$\lceil$", "⌉": r"$\rceil$", "√": r"$\surd$", "∞": r"$\infty$",
    "²": "$^2$", "³": "$^3$", "∑": r"$\sum$", "≠": r"$\ne$", "≈": r"$\approx$", "⋅": r"$\cdot$",
    **{sign: f"$^{digit}$" for digit, sign in zip("014567890", "⁰¹⁴⁵⁶⁷⁸⁹", strict=False)},
}  # fmt: skip
_SIGN = re.compile(f"([{''.join(_MATHEMATICS)}])")


def tikz(scene: Scene, escape: Callable[[str], str]) -> str:
    """The figure as a text to \\input; `escape` writes a text for LaTeX."""
    return "".join(f"{line}\n" for line in _Picture(escape).lines(scene))


class _Picture:
    """How the parts of a figure are written."""

    def __init__(self, escape: Callable[[str], str]) -> None:
        self._escape = escape

    def escaped(self, text: str) -> str:
        """A text that has signs of formulas in it."""
        return "".join(_MATHEMATICS.get(part) or self._escape(part) for part in _SIGN.split(text))

    def lines(self, scene: Scene) -> Iterator[str]:
        """The whole picture."""
        yield r"% Needs \usepackage{tikz} and \usetikzlibrary{arrows.meta}; \resizebox{\linewidth}{!}{...} scales it."
        yield r"\begingroup"
        for name, color in _colors(scene):
            yield rf"\definecolor{{{name}}}{{HTML}}{{{color}}}%"
        yield r"\begin{tikzpicture}[x=0.75pt, y=-0.75pt, line width=0.6pt, >={Stealth[length=4.5pt]},"
        yield r"  every node/.style={inner sep=0pt, outer sep=0pt}]"
        for border in scene.borders:
            yield from self._border(border)
        yield from map(_patch, scene.patches)
        yield from map(_stroke, scene.strokes)
        for line in scene.arrows:
            if len(line.points) > 1:
                yield _arrow(line)
        for card in scene.cards:
            yield from self._card(card)
        for words in scene.words:
            yield from self._words(words)
        yield r"\end{tikzpicture}%"
        yield r"\endgroup"

    def _border(self, border: Border) -> Iterator[str]:
        style = "draw=spline, rounded corners=5pt" + ("" if border.is_solid else ", dashed")
        yield rf"\draw[{style}] {_box(border)};"
        yield from self._words(Words(border.x + INSET, border.y + 13, border.label, TEXT, bold=True))
        right = border.x + border.width - INSET
        yield from self._words(Words(right, border.y + 13, border.total, TEXT, anchor="end", gray=True))

    def _card(self, card: Card) -> Iterator[str]:
        fill, line = colors_of(card.family)
        left, right, low = card.x + INSET, card.x + card.width - INSET, card.y + card.height - 7
        yield rf"\filldraw[fill={_name(fill)}, draw={_name(line)}, rounded corners=3pt] {_box(card)};"
        for number, title in enumerate(card.title):
            yield from self._words(Words(left, card.y + 15 + number * LINE, title, TITLE, bold=True))
        for number, detail in enumerate(card.details, len(card.title)):
            yield from self._words(Words(left, card.y + 14 + number * LINE, detail, TEXT))
        yield from self._words(Words(right, card.y + 15, card.count, TEXT, anchor="end"))
        yield from self._words(Words(left, low, card.name, TEXT, gray=True))
        yield from self._words(Words(right, low, card.shape, TEXT, anchor="end"))

    def _words(self, words: Words) -> Iterator[str]:
        if words.text:
            size = words.size * 0.75
            font = rf"\sffamily\fontsize{{{size:.1f}}}{{{size * 1.2:.1f}}}\selectfont"
            font += r"\bfseries" if words.bold else ""
            anchor = {"start": "base west", "middle": "base", "end": "base east"}[words.anchor]
            color = "spline" if words.gray else "spink"
            text = self.escaped(words.text)
            yield rf"\node[anchor={anchor}, text={color}, font={font}] at {_at(words.x, words.y)} {{{text}}};"


def _colors(scene: Scene) -> Iterator[tuple[str, str]]:
    """The colors that occur, each with its name."""
    yield "spink", INK.removeprefix("#").upper()
    yield "spline", QUIET.removeprefix("#").upper()
    used = [color for card in scene.cards for color in colors_of(card.family)]
    used += [color for patch in scene.patches for color in (patch.fill, patch.line) if color]
    used += [stroke.color for stroke in scene.strokes]
    for color in dict.fromkeys(used):
        yield _name(color), color.removeprefix("#").upper()


def _name(color: str) -> str:
    return f"sp{color.removeprefix('#')}"


def _patch(patch: Patch) -> str:
    style = f"fill={_name(patch.fill)}" + (f", draw={_name(patch.line)}" if patch.line else "")
    return rf"\path[{style}] {_box(patch)};"


def _stroke(stroke: Stroke) -> str:
    style = f"draw={_name(stroke.color)}, line width={_number(stroke.weight * 0.75)}pt"
    if stroke.dashes:
        on, off = (_number(float(length) * 0.75) for length in stroke.dashes.split())
        style += f", dash pattern=on {on}pt off {off}pt"
    return rf"\draw[{style}] {' -- '.join(_at(p.x, p.y) for p in stroke.points)};"


def _box(one: Card | Border | Patch) -> str:
    return f"{_at(one.x, one.y)} rectangle {_at(one.x + one.width, one.y + one.height)}"


def _arrow(line: Arrow) -> str:
    style = "->, draw=spline" if line.headed else "draw=spline"
    return rf"\draw[{style}] {' -- '.join(_at(p.x, p.y) for p in line.points)};"


def _at(x: float, y: float) -> str:
    return f"({_number(x)},{_number(y)})"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
