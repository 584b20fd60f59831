"""Calculations line by line, each line with its label ("conv1: 5*5*12 + 12 = 312") or behind its code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from symparams.errors import Span
from symparams.reading.doubts import Written, written_in
from symparams.reading.reading import Reading
from symparams.sources import records as r

_MARKS = r"[*_`]{0,3}"  # of Markdown
_BULLET = r"(?:(?:[-*•+>|]|\d{1,2}[.)])[ \t]{1,4})?"
_NAME = r"(?P<label>[^\W\d_][\w.\- ]{0,40}?|\d{1,2}(?:st|nd|rd|th)[ \w]{1,30}?)"
_REMARK = r"(?:[ \t]{0,3}\([^()\n]{0,60}\))?"
_POINT = r"[ \t]{0,8}(?:[:=|]|-+>|→|[-–—](?=[ \t]))"
_BEFORE = rf"(?:^|[,;])[ \t]{{0,20}}{_BULLET}{_MARKS}"
_LABEL = re.compile(rf"{_BEFORE}{_NAME}{_MARKS}{_REMARK}{_MARKS}{_POINT}{_MARKS}[ \t]{{0,20}}(?=[\d(\[$])", re.M)
_TOTAL = re.compile(r"\b(?:total|sum|together|altogether|overall|summe|gesamt|insgesamt|somme|suma)\b", re.I)
_RESULT = r"=+\s{0,3}[\d,.' ]{1,15}"
_UNIT = r"(?:trainable |total )?(?:param\w*|weights?|macs?|flops?|multiplications)"
_NOTE = r"[(\[][^\n]{0,60}|(?:<-|--)[^\n]{0,60}|✓|✔|ok\b|right\b"
_BEHIND = re.compile(  # what may stand behind the number of a line
    rf"[ \t*_`|$]{{0,9}}(?:{_RESULT}|{_UNIT}|{_NOTE})?[ \t.,;*_`|$]{{0,9}}$",
    re.I,
)
_SETTING = re.compile(  # names of sizes, which count no layer: output_dim = 2
    r"_(?:dim|size|units|length|len|steps|features|channels|shape|filters|heads)\b|^(?:n|num|in|out)_\w+$", re.I
)
_MOST = 200  # lines of a calculation


class Line(NamedTuple):
    """One line of a calculation."""

    label: str  # as it was written; of a comment, the name of the layer whose code stands before it
    written: Written  # what it comes to, with its place in the text
    by_code: bool  # whether it is a comment behind code
    is_total: bool  # whether it says what all lines come to


def labeled_lines(prose: str) -> Iterator[Line]:
    """The lines of prose that begin with a label and go on with nothing but a number or a formula."""
    labels = list(_LABEL.finditer(prose))[:_MOST]
    starts = [*(label.start() for label in labels[1:]), len(prose)]
    for label, following in zip(labels, starts, strict=False):
        end = prose.find("\n", label.end())
        end = following if end < 0 else min(end, following)
        written = _only(prose, label.end(), end)
        if written is not None and not _SETTING.search(label["label"]):
            yield Line(label["label"].strip(), written, False, _TOTAL.search(label["label"]) is not None)


def spoken_lines(text: str) -> list[Span]:
    """The places of lines that code has not, though they could be read as annotations: conv1: 5*5*12 + 12 = 312."""
    return [
        Span(text.rfind("\n", 0, line.written.at.start) + 1, line.written.at.end)
        for line in labeled_lines(text)
        if re.match(r"[ \t]*[\w.]+[ \t]*:", text[text.rfind("\n", 0, line.written.at.start) + 1 :])
    ]


def commented_lines(reading: Reading) -> Iterator[Line]:
    """The comments behind the code of one layer that are nothing but a number or a formula."""
    text = reading.source.text
    for name, place in _places(reading.statements).items():
        end = text.find("\n", place.end)
        end = len(text) if end < 0 else end
        mark = text.find("#", place.end, end)
        written = None if mark < 0 else _only(text, mark + 1, end)
        if written is not None:
            yield Line(name, written, True, False)


def _only(text: str, start: int, end: int) -> Written | None:
    """The number or formula that is all that stands there, but for its unit and remarks."""
    part = text[start:end]
    found = written_in(part)
    if not found or found[0].kind == "shape" or part[: found[0].at.start].strip(" \t*_`$~=([") != "":
        return None
    first = found[0]
    if _BEHIND.match(part, first.at.end) is None:
        return None
    return first._replace(at=Span(start + first.at.start, start + first.at.end))


def _places(item: Any) -> Mapping[str, Span]:
    """Where each layer stands, by its name."""
    places: dict[str, Span] = {}
    if isinstance(item, r.Named) and isinstance(item.item, r.Call):
        places[item.name] = item.at
    if isinstance(item, tuple):
        for part in item:
            places |= {name: place for name, place in _places(part).items() if name not in places}
    return places
