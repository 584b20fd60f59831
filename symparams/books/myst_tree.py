"""A document as a tree -> nodes of MyST's own tree, as JSON has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from string import ascii_uppercase
from typing import Any, TypeAlias

from symparams.books.tree import Child, Piece, displays

Node: TypeAlias = dict[str, Any]

_KINDS = {"strong": "strong", "emphasis": "emphasis"}
_VALUES = {"code": "inlineCode", "m": "inlineMath"}


def blocks(pieces: Iterable[Piece]) -> list[Node]:
    """The nodes of whole paragraphs, tables and equations."""
    return [node for piece in pieces for node in _block(piece)]


def line(children: Iterable[Child]) -> list[Node]:
    """The nodes of what stands in a line."""
    return [_inside(child) for child in children]


def text(value: str) -> Node:
    """A mere text."""
    return {"type": "text", "value": value}


def paragraph(children: list[Node]) -> Node:
    """A paragraph of what stands in a line."""
    return {"type": "paragraph", "children": children}


def labelled(label: str) -> Node:
    """How a node is called that can be referred to."""
    return {"label": label, "identifier": label.lower()}


def _block(piece: Piece) -> Iterator[Node]:
    match piece.kind:
        case "title" | "heading":
            yield paragraph([{"type": "strong", "children": line(piece.children)}])
        case "subheading":
            yield paragraph([{"type": "emphasis", "children": line(piece.children)}])
        case "list":
            yield _list(piece)
        case "table":
            yield {"type": "table", "children": [_row(row) for row in piece.pieces]}
        case "math":
            yield from _math(piece)
        case "block":
            yield {"type": "code", "lang": "arch", "value": piece.text}
        case _:
            yield paragraph(line(piece.children))


def _inside(child: Child) -> Node:
    if isinstance(child, str):
        return text(" ".join(child.split("\n")))
    if child.kind in _VALUES:
        return {"type": _VALUES[child.kind], "value": child.text}
    if child.kind == "reference":
        return {"type": "crossReference", "kind": "equation", **labelled(child.label)}
    return {"type": _KINDS[child.kind], "children": line(child.children)}


def _list(piece: Piece) -> Node:
    marks = [f"({letter}) " for letter in ascii_uppercase] if piece.attributes.get("kind") == "choices" else []
    items = [[*([text(marks[at])] if marks else []), *line(item.children)] for at, item in enumerate(piece.pieces)]
    return {
        "type": "list",
        "ordered": False,
        "spread": False,
        "children": [{"type": "listItem", "spread": False, "children": [paragraph(item)]} for item in items],
    }


def _math(piece: Piece) -> Iterator[Node]:
    for latex in displays(piece):
        value = f"\\begin{{aligned}}\n{latex}\n\\end{{aligned}}" if "&= " in latex else latex
        numbered = {**labelled(piece.label), "enumerated": True} if piece.label else {"enumerated": False}
        yield {"type": "math", "value": value, **numbered}


def _row(row: Piece) -> Node:
    kind = row.attributes["kind"]
    return {"type": "tableRow", "children": [_cell(cell, kind) for cell in row.pieces]}


def _cell(cell: Piece, kind: str) -> Node:
    inside = line(cell.children)
    if kind == "total" and inside:
        inside = [{"type": "strong", "children": inside}]
    head = {"header": True} if kind == "head" else {}
    return {"type": "tableCell", "align": cell.attributes["side"], **head, "children": inside}
