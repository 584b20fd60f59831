"""Texts in QTI 2.1: HTML as its schema allows it, and patterns for numbers."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree

from symparams.exports.qti import Maker, Node, add_text, allowed, figures, places
from symparams.exports.shapes import literal, number_literal

# The elements and attributes of HTML that the schema has.
_ELEMENTS = {
    "abbr", "acronym", "address", "b", "big", "blockquote", "br", "caption", "cite", "code", "col", "colgroup",
    "dd", "dfn", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p",
    "pre", "q", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "tt", "ul", "var",
}  # fmt: skip
_ATTRIBUTES = {"alt", "class", "rowspan", "colspan", "scope", "src", "abbr"}


def flow(make: Maker, tag: str, attributes: dict[str, str], html: str) -> Node:
    """An element of QTI that holds a text in HTML."""
    target = make(tag, attributes)
    # Our own HTML, and inside an element, where no entities can be declared.
    _copy(make, ElementTree.fromstring(f"<div>{allowed(html)}</div>"), target)  # noqa: S314
    return target


def _copy(make: Maker, source: Node, target: Node) -> None:
    """Copy what is in an element; of one that the schema lacks only the content is kept, as of an attribute nothing."""
    add_text(target, source.text or "")
    for child in source:
        if child.tag in _ELEMENTS:
            copied = make(child.tag, {name: text for name, text in child.attrib.items() if name in _ATTRIBUTES})
            _copy(make, child, copied)
            target.append(_with_body(make, copied) if child.tag == "table" else copied)
        else:
            _copy(make, child, target)
        add_text(target, child.tail or "")


def _with_body(make: Maker, table: Node) -> Node:
    """A table with its rows in a body, where the schema wants them."""
    rows = [row for row in table if row.tag == "tr"]
    for row in rows:
        table.remove(row)
    if rows:
        table.append(make("tbody", {}, *rows))
    return table


def number_pattern(value: int | Fraction) -> str:
    """A pattern that the spellings of a number match, and no other number."""
    if places(value) is None:
        return _spaced("|".join(literal(form) for form in (str(value), *_near(value))))
    whole, _, rest = figures(abs(Fraction(value))).partition(".")
    groups = number_literal(whole)
    behind = rf"\.{rest}0*" if rest else r"(\.0*)?"
    decimal = f"{'0?' if whole == '0' and rest else groups}{behind}"
    quotient = f"|{abs(Fraction(value))}" if rest else ""
    return _spaced(f"{'[-−]' if value < 0 else '[+]?'}({decimal}{quotient})")


def _near(value: int | Fraction) -> list[str]:
    """A number whose digits have no end, cut off or rounded behind the third to sixth of them."""
    cut = [(Fraction(int(value * 10**digits), 10**digits), digits) for digits in range(3, 7)]
    rounded = [(round(Fraction(value), digits), digits) for digits in range(3, 7)]
    return sorted({f"{float(number):.{digits}f}" for number, digits in cut + rounded})


def _spaced(pattern: str) -> str:
    return rf"\s*({pattern})\s*"
