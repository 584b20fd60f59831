"""The parameters of a network as its figure says them: boxes times the frames around them, read off the SVG."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.etree import ElementTree

_SVG = "{http://www.w3.org/2000/svg}"


class _Group(NamedTuple):
    """A box or a frame."""

    x: float
    y: float
    right: float
    bottom: float
    is_frame: bool
    is_kind: bool  # of a block: what is in it is counted elsewhere
    texts: tuple[tuple[float, str, str], ...]  # how far down, anchor, text

    def holds(self, other: _Group) -> bool:
        """Whether it is around another."""
        return self.x < other.x and self.y < other.y and self.right > other.right and self.bottom > other.bottom


def groups(svg: str) -> list[_Group]:
    """The boxes and frames of a figure."""
    found = []
    for group in ElementTree.fromstring(svg).iter(f"{_SVG}g"):
        rect = group.find(f"{_SVG}rect")
        if rect is None:
            continue
        x, y, width, height = (float(rect.get(name, "")) for name in ("x", "y", "width", "height"))
        texts = tuple(
            (float(t.get("y", "")) - y, t.get("text-anchor", "start"), t.text or "") for t in group.iter(f"{_SVG}text")
        )
        is_frame = "stroke-dasharray" in rect.attrib
        is_kind = rect.get("fill") == "none" and not is_frame
        found.append(_Group(x, y, x + width, y + height, is_frame, is_kind, texts))
    return found


def parameters(svg: str) -> int:
    """What all boxes have together, those in frames as often as these say."""
    every = groups(svg)
    frames = [group for group in every if group.is_frame]
    kinds = [group for group in every if group.is_kind]
    whole = {frame: total for frame in frames if (total := _whole(frame)) is not None}
    found = 0
    for group in every:
        around = [frame for frame in frames if frame.holds(group)]
        if any(frame in whole for frame in around) or group in kinds or any(kind.holds(group) for kind in kinds):
            continue
        amount = whole.get(group, 0) if group.is_frame else _count(group)
        for frame in around:
            amount *= _times(frame)
        found += amount
    return found


def _times(frame: _Group) -> int:
    return _number(next(text for _, _, text in frame.texts if text.startswith("× ")).removeprefix("× "))


def _whole(frame: _Group) -> int | None:
    totals = [text.removesuffix(" in all") for _, _, text in frame.texts if text.endswith(" in all")]
    return _number(totals[0]) if totals else None


def _count(box: _Group) -> int:
    counts = [text for down, anchor, text in box.texts if anchor == "end" and down < 16]
    return _number(counts[0]) if counts else 0


def _number(text: str) -> int:
    assert re.fullmatch(r"\d{1,3}(,\d{3})*", text), text
    return int(text.replace(",", ""))
