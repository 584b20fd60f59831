"""A document as a tree -> nodes of MyST's own tree, as JSON has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import ascii_uppercase
from typing import Any, TypeAlias

from symparams.books.tree import Child, Piece, displays

Node: TypeAlias = dict[str, Any]

_KINDS = {"strong": "strong", "emphasis": "emphasis"}
_VALUES = {"code": "inlineCode", "m": "inlineMath"}
NONE: Mapping[str, str] = {}  # no pictures


def blocks(pieces: Iterable[Piece], pictures: Mapping[str, str] = NONE) -> list[Node]:
    """The nodes of whole paragraphs, tables and equations; `pictures`: the addresses of figures by their names."""
    return [node for piece in pieces for node in _block(piece, pictures)]


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


def _block(piece: Piece, pictures: Mapping[str, str]) -> Iterator[Node]:
    match piece.kind:
        case "title" | "heading":
            yield paragraph([{"type": "strong", "children": line(piece.children)}])
        case "subheading":
            yield paragraph([{"type": "emphasis", "children": line(piece.children)}])
        case "list":
            yield _list(piece)
        case "table":
            yield {"type": "table", "children": _rows(piece.pieces)}
        case "math":
            yield from _math(piece)
        case "section":
            depth = 1 + int(piece.attributes["level"])
            yield {"type": "heading", "depth": depth, **labelled(piece.label), "children": line(piece.children)}
        case "captioned" | "figure":
            yield _captioned(piece, pictures)
        case "block":
            yield {"type": "code", "lang": "arch", "value": piece.text}
        case _:
            yield {**paragraph(line(piece.children)), **(labelled(piece.label) if piece.label else {})}


def _captioned(piece: Piece, pictures: Mapping[str, str]) -> Node:
    caption, other = piece.pieces
    said = {"type": "caption", "children": [paragraph(line(caption.children))]}
    if piece.kind == "figure":
        image = {"type": "image", "url": pictures[piece.attributes["name"]], "alt": other.text}
        return {"type": "container", "kind": "figure", **labelled(piece.label), "children": [image, said]}
    table = {"type": "table", "children": _rows(other.pieces)}
    return {"type": "container", "kind": "table", **labelled(piece.label), "children": [said, table]}


def _inside(child: Child) -> Node:
    if isinstance(child, str):
        return text(" ".join(child.split("\n")))
    if child.kind in _VALUES:
        return {"type": _VALUES[child.kind], "value": child.text}
    if child.kind == "reference":
        return {"type": "crossReference", "kind": "equation", **labelled(child.label)}
    if child.kind == "link":
        return {"type": "crossReference", **labelled(child.attributes["to"]), "children": line(child.children)}
    return {"type": _KINDS[child.kind], "children": line(child.children)}


def _list(piece: Piece) -> Node:
    marks = [f"({letter}) " for letter in ascii_uppercase] if piece.attributes.get("kind") == "choices" else []
    items = [[*([text(marks[at])] if marks else []), *line(item.children)] for at, item in enumerate(piece.pieces)]
    return {
        "type": "list",
        "ordered": piece.attributes.get("kind") == "numbers",
        "spread": False,
        "children": [{"type": "listItem", "spread": False, "children": [paragraph(item)]} for item in items],
    }


def _math(piece: Piece) -> Iterator[Node]:
    for latex in displays(piece):
        value = f"\\begin{{aligned}}\n{latex}\n\\end{{aligned}}" if "&= " in latex else latex
        numbered = {**labelled(piece.label), "enumerated": True} if piece.label else {"enumerated": False}
        yield {"type": "math", "value": value, **numbered}


def _rows(rows: Sequence[Piece]) -> list[Node]:
    return [_row(row, len(rows[0].pieces)) for row in rows]


def _row(row: Piece, columns: int) -> Node:
    kind = row.attributes["kind"]
    cells = [_cell(cell, kind) for cell in row.pieces]
    if len(cells) < columns:  # the heading of a group
        cells[-1] |= {"colspan": 1 + columns - len(cells)}
        cells[-1]["children"] = [{"type": "emphasis", "children": cells[-1]["children"]}]
    return {"type": "tableRow", "children": cells}


def _cell(cell: Piece, kind: str) -> Node:
    inside = line(cell.children)
    if kind == "total" and inside:
        inside = [{"type": "strong", "children": inside}]
    head = {"header": True} if kind == "head" else {}
    return {"type": "tableCell", "align": cell.attributes["side"], **head, "children": inside}
