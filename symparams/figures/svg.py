"""A figure as SVG: text as text, sizes by viewBox, nothing from elsewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from symparams.figures.colors import INK, QUIET, colors_of
from symparams.figures.scene import INSET, LINE, TEXT, TITLE, Arrow, Border, Card, Patch, Scene, Stroke, Words

_FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
_EMPTY = 'fill="none"'
_STROKE = 'stroke-width="1.2"'  # of all lines
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot have


def svg(scene: Scene, *, is_inside: bool = False) -> str:
    """The figure as a text that stands alone, or inside a page, where others may have its identifiers."""
    return "".join(f"{line}\n" for line in _lines(scene, is_inside))


def told(scene: Scene) -> str:
    """What the figure shows, in a line for those who do not see it."""
    return _UNWRITABLE.sub("\ufffd", f"{scene.title}: {scene.told}")


def _lines(scene: Scene, is_inside: bool) -> Iterator[str]:
    wide, high = _number(scene.width), _number(scene.height)
    named = f'aria-label="{_text(told(scene))}"' if is_inside else 'aria-labelledby="title desc"'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        f'role="img" {named} style="max-width:100%;height:auto">'
    )
    if not is_inside:
        yield f'<title id="title">{_text(scene.title)}</title>'
        yield f'<desc id="desc">{_text(scene.told)}</desc>'
    yield f'<rect width="{wide}" height="{high}" fill="#fff"/>'
    yield f'<g font-family="{_FONT}" font-size="{_number(TEXT)}" fill="{INK}">'
    for border in scene.borders:
        yield from _border(border)
    yield from map(_patch, scene.patches)
    yield from map(_stroke, scene.strokes)
    if scene.arrows:
        yield from _arrows(scene.arrows)
    for card in scene.cards:
        yield from _card(card)
    for words in scene.words:
        yield _words(words)
    yield "</g>"
    yield "</svg>"


def _arrows(arrows: Sequence[Arrow]) -> Iterator[str]:
    """All of them in one path, as lines that lie on each other are not darker."""
    paths = dict.fromkeys(map(_path, arrows))
    yield f'<path fill="none" stroke="{QUIET}" {_STROKE} d="{"".join(paths)}"/>'
    heads = dict.fromkeys(_head(line) for line in arrows if line.headed and len(line.points) > 1)
    yield f'<path fill="{QUIET}" d="{"".join(heads)}"/>'


def _patch(patch: Patch) -> str:
    line = f' stroke="{patch.line}" stroke-width="0.8"' if patch.line else ""
    place = _place(patch.x, patch.y, patch.width, patch.height)
    return _told(f'<rect {place} fill="{patch.fill}"{line}', "rect", patch.told)


def _stroke(stroke: Stroke) -> str:
    dashes = f' stroke-dasharray="{stroke.dashes}"' if stroke.dashes else ""
    about = f'{_EMPTY} stroke="{stroke.color}" stroke-width="{_number(stroke.weight)}" stroke-linejoin="round"{dashes}'
    return _told(f'<path {about} d="{_path(stroke)}"', "path", stroke.told)


def _told(begun: str, tag: str, told: str) -> str:
    """An element, with what it stands for where that is said."""
    return f"{begun}><title>{_text(told)}</title></{tag}>" if told else f"{begun}/>"


def _border(border: Border) -> Iterator[str]:
    right = border.x + border.width - INSET
    dashes = "" if border.is_solid else ' stroke-dasharray="5 3"'
    yield f"<g><title>{_text(border.told)}</title>"
    yield (
        f'<rect {_place(border.x, border.y, border.width, border.height)} rx="8" {_EMPTY} stroke="{QUIET}" '
        f"{_STROKE}{dashes}/>"
    )
    yield _words(Words(border.x + INSET, border.y + 13, border.label, TEXT, bold=True))
    if border.total:
        yield _words(Words(right, border.y + 13, border.total, TEXT, anchor="end", gray=True))
    yield "</g>"


def _card(card: Card) -> Iterator[str]:
    fill, line = colors_of(card.family)
    left, right = card.x + INSET, card.x + card.width - INSET
    first, second = card.y + 15, card.y + card.height - 7
    yield f"<g><title>{_text(card.told)}</title>"
    yield (f'<rect {_place(card.x, card.y, card.width, card.height)} rx="5" fill="{fill}" stroke="{line}" {_STROKE}/>')
    for number, line in enumerate(card.title):
        yield _words(Words(left, first + number * LINE, line, TITLE, bold=True))
    for number, line in enumerate(card.details, len(card.title)):
        yield _words(Words(left, first + number * LINE - 1, line, TEXT))
    if card.count:
        yield _words(Words(right, first, card.count, TEXT, anchor="end"))
    yield _words(Words(left, second, card.name, TEXT, gray=True))
    if card.shape:
        yield _words(Words(right, second, card.shape, TEXT, anchor="end"))
    yield "</g>"


def _words(words: Words) -> str:
    about = f'x="{_number(words.x)}" y="{_number(words.y)}"'
    if words.size != TEXT:
        about += f' font-size="{_number(words.size)}"'
    if words.bold:
        about += ' font-weight="bold"'
    if words.anchor != "start":
        about += f' text-anchor="{words.anchor}"'
    if words.gray:
        about += ' fill="#4b5563"'
    return f"<text {about}>{_text(words.text)}</text>"


def _place(x: float, y: float, width: float, height: float) -> str:
    return f'x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'


def _path(line: Arrow | Stroke) -> str:
    return "".join(f"{'L' if i else 'M'}{_number(p.x)} {_number(p.y)}" for i, p in enumerate(line.points))


def _head(line: Arrow) -> str:
    """A filled triangle at the end of a line."""
    (ax, ay), (bx, by) = line.points[-2:]
    length = max(abs(bx - ax), abs(by - ay)) or 1.0
    dx, dy = (bx - ax) / length * 6.5, (by - ay) / length * 6.5
    corners = ((bx, by), (bx - dx - dy / 2, by - dy + dx / 2), (bx - dx + dy / 2, by - dy - dx / 2))
    return "".join(f"{'L' if i else 'M'}{_number(x)} {_number(y)}" for i, (x, y) in enumerate(corners)) + "Z"


def _number(value: float) -> str:
    return (
        f"{value:.1f}".removesuffix(".0").replace("-0", "0") if abs(value) < 0.05 else f"{value:.1f}".removesuffix(".0")
    )


def _text(text: str) -> str:
    return html.escape(_UNWRITABLE.sub("\ufffd", text))
