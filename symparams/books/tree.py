"""A document as a tree, from which a book makes its own nodes; it comes from the format `tree`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.etree import ElementTree

# title, heading, subheading, paragraph, list with item, table with row and cell, math with line, block (code in lines
# of its own); in an appendix section (the title of one), captioned with caption and table, figure with caption and
# told (what it shows); in a line strong, emphasis, code, m (mathematics), reference (to a numbered equation) and link
# (to a section or paragraph).
Child: TypeAlias = "Piece | str"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a document."""

    kind: str  # one of those above
    children: tuple[Child, ...] = ()
    attributes: Mapping[str, str] = field(
        default_factory=dict
    )  # label of what is referred to and of reference, to of link, level of section, name of figure, kind of row and
    # list, side of cell; also: of math further labels

    @property
    def text(self) -> str:
        """All that stands in it, without what it means."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The parts in it that are no mere text."""
        return tuple(child for child in self.children if isinstance(child, Piece))

    @property
    def label(self) -> str:
        """What a numbered equation is called, or the one that is meant; empty for all else."""
        return self.attributes.get("label", "")


def tree(text: str) -> tuple[Piece, ...]:
    """The parts of a document in the format `tree`."""
    return _piece(ElementTree.fromstring(f"<document>{text}</document>")).pieces  # noqa: S314 - our own


def line(text: str) -> tuple[Child, ...]:
    """The parts of what stands in a line."""
    return _piece(ElementTree.fromstring(f"<line>{text}</line>")).children  # noqa: S314 - our own


def _piece(element: ElementTree.Element) -> Piece:
    return Piece(element.tag, tuple(_children(element)), dict(element.attrib))


def _children(element: ElementTree.Element) -> Iterator[Child]:
    if element.text:
        yield element.text
    for child in element:
        yield _piece(child)
        if child.tail:
            yield child.tail


_BREAK = " \\\\\n"  # between lines that are aligned
_TOGETHER = 8  # rows of equations that a page need not break between


def displays(math: Piece) -> Iterator[str]:
    """The LaTeX of displayed equations, without an environment around it; very many come in several pieces.

    Where there are several lines, each has a sign at which they are aligned.
    """
    rows = [row.text for row in math.pieces]
    for start in range(0, len(rows), _TOGETHER):
        text = _BREAK.join(rows[start : start + _TOGETHER])
        yield text if _BREAK in text else text.replace("&= ", "= ")
