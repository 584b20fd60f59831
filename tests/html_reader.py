"""A page in HTML as a strict reader finds it: a tree, what is wrong with it, and what its formulas say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

_VOID = {"meta", "wbr", "br"}
_BLOCKS = {"p", "ul", "ol", "table", "div", "details", "pre", "h1", "h2", "h3", "section", "article"}
_PHRASING = {"code", "strong", "em", "a", "math", "wbr", "span", "br", "bdi", "svg"}
_ROW = {"mi", "mn", "mo", "mtext", "mrow", "msqrt", "mfrac", "msub", "msup", "munder", "munderover"}
# What may stand in an element. Text stands in those of the last group and of MathML's leaves alone.
_INSIDE: dict[str, set[str]] = {
    "": {"html"},
    "html": {"head", "body"},
    "head": {"meta", "title", "style"},
    "body": {"main"},
    **dict.fromkeys(("main", "article"), _BLOCKS),
    "section": {*_BLOCKS, "span"},
    "details": {"summary", *_BLOCKS},
    "summary": {"h2"},
    **{key: {"li"} for key in ("ul", "ol")},
    "svg": {"path"},
    "path": set(),
    "table": {"thead", "tbody", "tfoot"},
    **{tag: {"tr"} for tag in ("thead", "tbody", "tfoot")},
    "tr": {"th", "td"},
    **dict.fromkeys(("math", "mrow", "msqrt", "mfrac", "msub", "msup", "munder", "munderover"), _ROW),
    **{tag: set() for tag in ("mi", "mn", "mo", "mtext", "title", "style")},
    **dict.fromkeys(("p", "li", "th", "td", "h1", "h2", "h3", "code", "strong", "em", "a", "span", "bdi"), _PHRASING),
    "pre": {"code"},
    "div": {*_BLOCKS, *_PHRASING},
}
_TEXT = {
    "p",
    "li",
    "th",
    "td",
    "h1",
    "h2",
    "h3",
    "code",
    "strong",
    "em",
    "a",
    "span",
    "bdi",
    "div",
    "title",
    "style",
    "mi",
    "mn",
    "mo",
    "mtext",
}
_PARTS = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "munderover": 3}
_ATTRIBUTES = {
    "html": {"lang"},
    "meta": {"charset", "name", "content"},
    "div": {"class", "id"},
    "section": {"class", "aria-label", "data-question"},
    **{key: {"class"} for key in ("article", "p", "ul", "ol", "li")},
    "svg": {"role", "aria-label", "width", "height", "viewbox", "shape-rendering"},
    "path": {"d"},
    "a": {"href"},
    "table": {"class", "style"},
    "th": {"scope", "class"},
    "td": {"class"},
    "h1": {"class"},
    "span": {"class", "style"},
    "details": {"open"},
    "math": {"aria-label"},
    "mo": {"stretchy", "form", "minsize", "maxsize"},
    "mtext": {"class"},
}


@dataclass
class Element:
    """An element with what is in it."""

    tag: str
    attributes: dict[str, str | None]
    children: list[Element | str] = field(default_factory=list)

    def text(self) -> str:
        """All that is read of it."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)

    def pieces(self) -> Iterator[str]:
        """The texts in it, each by itself."""
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child.pieces()

    def all(self) -> Iterator[Element]:
        """It and all elements in it."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.all()

    def every(self, *tags: str) -> list[Element]:
        """All elements in it with one of these tags."""
        return [one for one in self.all() if one.tag in tags]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> in <{self.open[-1].tag}>")

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"a comment: {data[:40]}")


def read(page: str) -> tuple[Element, list[str]]:
    """The tree of a page, and all that is wrong with it."""
    reader = _Reader()
    assert page.startswith("<!DOCTYPE html>\n")
    reader.feed(page)
    reader.close()
    faults = reader.faults + [f"<{one.tag}> is not closed" for one in reader.open[1:]]
    return reader.root, [*faults, *_misplaced(reader.root), *_unreachable(reader.root)]


def _misplaced(root: Element) -> Iterator[str]:
    for element in root.all():
        if extra := set(element.attributes) - _ATTRIBUTES.get(element.tag, set()):
            yield f"<{element.tag}> has {extra}"
        parts = [child for child in element.children if isinstance(child, Element)]
        if element.tag in _PARTS and len(parts) != _PARTS[element.tag]:
            yield f"<{element.tag}> with {len(parts)} parts"
        for child in element.children:
            if isinstance(child, Element):
                if child.tag not in _INSIDE.get(element.tag, set()):
                    yield f"<{child.tag}> in <{element.tag}>"
            elif child.strip() and element.tag not in _TEXT and element.attributes.get("class") != "number":
                yield f"`{child.strip()[:40]}` in <{element.tag}>"


def _unreachable(root: Element) -> Iterator[str]:
    ids = [one.attributes["id"] for one in root.all() if "id" in one.attributes]
    yield from (f"the name {name} twice" for name in ids if ids.count(name) > 1)
    links = [one.attributes["href"] or "" for one in root.every("a")]
    yield from (f"no {link}" for link in links if not (link.startswith("#") and link[1:] in ids))
    levels = [0, *(int(one.tag[1]) for one in root.every("h1", "h2", "h3"))]
    yield from (f"a heading of level {b} behind {a}" for a, b in pairwise(levels) if b > a + 1)
    for table in root.every("table"):
        widths = [len([c for c in row.children if isinstance(c, Element)]) for row in table.every("tr")]
        if len(set(widths)) != 1:
            yield f"rows of {sorted(set(widths))} cells"
        for cell in table.every("th"):
            if cell.attributes.get("scope") not in ("col", "row") or not cell.text().strip():
                yield f"an empty heading, or one of nothing: {cell.text()}"
    if len(root.every("main")) != 1 or not root.every("h1"):
        yield "no <main>, or no <h1>"


def numbers(text: str) -> list[str]:
    """The numbers in a text, as they are written."""
    return re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)
