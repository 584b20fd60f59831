"""Texts in H5P, which keeps few elements of HTML: paragraphs, code and what emphasizes words."""

from __future__ import annotations

import html
from collections.abc import Iterator
from xml.etree import ElementTree

from symparams.exports.qti import allowed

_KEPT = {"strong", "em", "sub", "sup", "code"}  # inside a line
_JOINER = "\u2060"  # behind a sign that would begin mathematics; it is not seen


def paragraphs(text: str) -> str:
    """A text of several paragraphs; the rows of a table and the items of a list are some, too."""
    return "".join(_blocks(_parsed(text)))


def inlined(text: str, *, bare: bool = False) -> str:
    """A text on one line; `bare`: without any element."""
    found = [_inside(one, bare) for one in _lines(_parsed(text))]
    return " ".join(line for line in found if line)


def _parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{allowed(text)}</div>")  # noqa: S314 - it was written by our own templates


def _blocks(around: ElementTree.Element) -> Iterator[str]:
    if (around.text or "").strip():
        yield f"<p>{_text(around.text or '').strip()}</p>"
    for block in around:
        if block.tag == "pre":
            yield f"<pre>{_text(''.join(block.itertext()))}</pre>"
        elif block.tag == "tr":
            cells = [f"<strong>{_inside(c)}</strong>" if c.tag == "th" else _inside(c) for c in block]
            yield f"<p>{' | '.join(cells)}</p>"
        elif block.tag in ("ul", "ol", "table", "thead", "tbody", "div"):
            yield from _blocks(block)
        else:
            yield f"<p>{'– ' * (block.tag == 'li')}{_inside(block)}</p>"


def _lines(around: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The paragraphs of a text, or the text itself."""
    if any(block.tag == "p" for block in around):
        yield from around
    else:
        yield around


def _inside(element: ElementTree.Element, bare: bool = False) -> str:
    """What is in an element, on one line; of elements that are not kept only their text."""
    parts = [_text(element.text or "")]
    for child in element:
        inside = _inside(child, bare)
        if child.tag == "span":  # around a sign that is no mathematics
            inside += _JOINER
        parts.append(f"<{child.tag}>{inside}</{child.tag}>" if child.tag in _KEPT and not bare else inside)
        parts.append(_text(child.tail or ""))
    return " ".join("".join(parts).split())


def _text(text: str) -> str:
    return html.escape(text, quote=False)
