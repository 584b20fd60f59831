"""The pictures of a network: its layers, laid out so that they are read on the page, and bars for its costs."""

from __future__ import annotations

import hashlib
import math
import re
from typing import NamedTuple

from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.typst_notation import quoted
from symparams.appendices.document import Picture, Shown
from symparams.appendices.record import NetworkSection, Rule
from symparams.appendices.wording import lettered
from symparams.figures.figure import figure
from symparams.figures.pages import HALF, readable
from symparams.figures.scene import Scene
from symparams.figures.svg import svg, told
from symparams.figures.window_view import window_figure
from symparams.model.network import Network
from symparams.plots.plot import plot_of_rows

_WHOLE = (660.0, 860.0)  # the width and height of a figure that has a page for itself
_LOW = (660.0, 320.0)  # the same of one that shares a page with all tables
_SMALLER = 0.25  # how much of a picture may be given up for a page less
_SMALLEST = 0.7  # how much smaller letters may become

# About how high things are on a page, as shares of the height of its text; LaTeX sets them higher than Typst.
_PIXEL, _WIDTH = 1 / 934, 604.0  # of a picture as large as it is; and the width of the text in pixels
_HEAD, _LINE, _CAPTION = 0.085, 0.021, 0.055
_TABLE, _TOTAL, _ROW, _LETTERS = 0.066, 0.029, 0.0167, 0.02  # the last is a row where fractions of letters stand
_LOWER = 0.85  # of these, where a format sets them lowest
_PAGE, _LOOSE, _LEAST = 0.92, 0.08, 0.3  # tables that fit a page; what is left free; the least room for a figure
_FORMULA = 0.042  # a line of a displayed formula
_SPARE = 0.19  # that must be left on a page for a picture that is not needed, with its caption
_WINDOWS = 0.8  # how large a picture of windows is beside what it is by itself
_HALF = 0.46  # of a figure with tables on its page


class Drawn(NamedTuple):
    """A picture."""

    scene: Scene
    share: float  # of the height of a page, that it takes at most
    leads: bool  # whether it stands before the tables
    room: float = 1.0  # that all of the section takes, of the height of a page


def pictures_of(network: Network, section: NetworkSection) -> dict[str, Drawn]:
    """The pictures by the names of their files; bars are drawn of known numbers, where they need no further page."""
    head = _HEAD + len(section.letters) * _LINE + _totals(section)
    counts, *others = _tables(section)
    tables = counts + sum(others)
    scene, share = min(
        ((one, min(_high(one), _HALF)) for one in (figure(network, page=page) for page in (HALF, _LOW))),
        key=lambda pair: (readable(pair[0], HALF) < _SMALLEST, math.ceil(head + tables + _CAPTION + pair[1])),
    )
    is_small = readable(scene, HALF) < _SMALLEST
    if is_small:
        before = head if tables < _PAGE else math.fmod(head + tables, 1)
        room = 1 - before - _CAPTION - _LOOSE
        room = room if room > _LEAST else _HALF
        page = (_WIDTH, room / _PIXEL)
        scene = max((figure(network, page=one) for one in (HALF, page, _WHOLE)), key=lambda one: readable(one, page))
        share = min(_high(scene), room)
    total = head + tables + share + _CAPTION
    over = total - max(1, math.floor(total))
    if 0 < over < _SMALLER * share:  # a little smaller, and a page less
        share, total = share - over, total - over
    leads = (is_small and tables < _PAGE) or head + share + _CAPTION + counts <= 1
    bars = None if _bars_open(section) or len(section.stages) < 2 else _bars(network, section)
    lowest = _LOWER * (total - share) + share
    found = {}
    if bars is not None and math.ceil(lowest) == math.ceil(total + _high(bars) + _SPARE):
        found[f"{section.slug}-costs"] = Drawn(bars, _high(bars), False)
        total += _high(bars) + _CAPTION
    return {section.slug: Drawn(scene, share, leads, min(total, 1.0)), **found}


def _totals(section: NetworkSection) -> float:
    """About how high the totals with letters are."""
    lines = [1 + len(shown(value, PLAIN)) // 60 for _, value in lettered(section.totals)]
    return sum(lines) * _FORMULA + (_FORMULA if lines else 0.0)


def _bars_open(section: NetworkSection) -> bool:
    """Whether letters leave the lengths of bars open."""
    totals = section.totals
    return not all(isinstance(n, int) for n in (totals.params, totals.macs, totals.activations))


def _bars(network: Network, section: NetworkSection) -> Scene:
    return plot_of_rows([network], "kind" if section.by_kind else "stage")


def _high(scene: Scene) -> float:
    """The height of a picture that is no wider than the text."""
    return scene.height * min(1.0, _WIDTH / scene.width) * _PIXEL


def _tables(section: NetworkSection) -> list[float]:
    """About how high the tables are: that of the counts and the others."""
    counts = sum(len(group.rows) + 1 for group in section.counts)
    stages = len(section.stages) if len(section.stages) > 1 else 0
    row = _LETTERS if section.letters else _ROW
    totals = ((counts, _TOTAL), (len(section.sizes), 0.0), (stages, _TOTAL))
    return [_TABLE + total + many * row if many else 0.0 for many, total in totals]


_IDENTITY = re.compile(r'(id|aria-labelledby)="(title|desc)( desc)?"')


def shown_in(format_: str, pictures: dict[str, Drawn]) -> Shown:
    """The pictures of a network for a text: in it, or beside it in files."""
    made = [picture(format_, name, drawn) for name, drawn in pictures.items()]
    first = next(iter(pictures.values()))
    return Shown(made[0], made[1] if len(made) > 1 else None, first.leads, f"{first.room:.2f}")


def windows_of_rule(rule: Rule) -> tuple[str, Drawn]:
    """Where the windows of the layer stand that is the example of a rule; the name is that of the rule."""
    assert rule.example is not None
    scene = window_figure(rule.example.node)
    return rule.labels[0].removeprefix("sp:").replace(":", "_"), Drawn(scene, _high(scene) * _WINDOWS, False)


def picture(format_: str, name: str, drawn: Drawn) -> Picture:
    """A picture for a text, by the name of its file."""
    scene = drawn.scene
    text = svg(scene)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    if format_ == "html":  # where all pictures stand in one page, with names of their own
        text = _IDENTITY.sub(lambda found: _apart(found, name), text)
    elif format_ == "typst":
        text = quoted(text)
    return Picture(name, text if format_ in ("html", "typst") else "", told(scene), digest, f"{drawn.share:.2f}")


def _apart(found: re.Match[str], name: str) -> str:
    names = " ".join(f"{name}-{part}" for part in (found[2], (found[3] or "").strip()) if part)
    return f'{found[1]}="{names}"'
