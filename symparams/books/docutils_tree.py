"""A document as a tree -> nodes of docutils, with the equations and references of Sphinx."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from docutils import nodes
from sphinx import addnodes

from symparams.books.tree import Child, Piece, displays

_LONG = 25  # rows of a table that may be longer than a page

_IN_LINE: dict[str, Callable[..., Any]] = {
    "strong": nodes.strong,
    "emphasis": nodes.emphasis,
    "code": nodes.literal,
    "m": nodes.math,
}


class Placer:
    """Makes nodes for a place in a book."""

    def __init__(
        self,
        docname: str,
        add: Callable[[Any], Iterable[Any]],
        draw: Callable[[str, str], Any] | None = None,
        note: Callable[[str, str, str], None] | None = None,
    ) -> None:
        self._docname = docname
        self._add = add  # gives an equation with a label its number, and what is to stand before it
        self._draw = draw  # makes an image of the name of a figure and what it shows; None: there are no figures
        self._note = note  # is told the label, the place and the title of what can be referred to; None: nothing can

    def blocks(self, pieces: Iterable[Piece]) -> list[Any]:
        """The nodes of whole paragraphs, tables and equations."""
        found: list[Any] = []
        within: list[Any] = []  # the sections that are open, from the outermost to the innermost
        for node in (node for piece in pieces for node in self._block(piece)):
            while within and isinstance(node, nodes.section) and within[-1]["level"] >= node["level"]:
                within.pop()
            (within[-1] if within else found).append(node)
            if isinstance(node, nodes.section):
                within.append(node)
        return found

    def line(self, children: Iterable[Child]) -> list[Any]:
        """The nodes of what stands in a line."""
        return [node for child in children for node in self._inside(child)]

    def _block(self, piece: Piece) -> Iterator[Any]:
        match piece.kind:
            case "title" | "heading" | "subheading":
                yield self._with("rubric", piece, classes=[f"arch-{piece.kind}"])
            case "list":
                yield self._list(piece)
            case "table":
                yield from self._table(piece.pieces)
            case "math":
                yield from self._math(piece)
            case "section":
                yield self._section(piece)
            case "captioned" | "figure":
                yield from self._captioned(piece)
            case "block":
                yield nodes.literal_block(piece.text, piece.text, language="arch")
            case _:
                yield self._labelled(piece, self._paragraph(piece.children))

    def _section(self, piece: Piece) -> Any:
        section = nodes.section("", self._with("title", piece), level=int(piece.attributes["level"]))
        return self._labelled(piece, section, piece.text)

    def _captioned(self, piece: Piece) -> Iterator[Any]:
        caption, other = piece.pieces
        if piece.kind == "figure":
            assert self._draw is not None
            image = self._draw(piece.attributes["name"], other.text)
            yield self._labelled(piece, nodes.figure("", image, self._with("caption", caption)), caption.text)
            return
        for node in self._table(other.pieces):
            if isinstance(node, nodes.table):
                node.insert(0, self._with("title", caption))
                self._labelled(piece, node, caption.text)
            yield node

    def _labelled(self, piece: Piece, node: Any, title: str = "") -> Any:
        """A node that can be referred to by the label of a piece, if it has one."""
        if piece.label:
            node["ids"].append(nodes.make_id(piece.label))
            if self._note is not None:
                self._note(piece.label, node["ids"][0], title)
        return node

    def _list(self, piece: Piece) -> Any:
        items = (nodes.list_item("", self._paragraph(item.children)) for item in piece.pieces)
        if piece.attributes.get("kind") == "choices":
            return nodes.enumerated_list("", *items, enumtype="upperalpha", prefix="(", suffix=")")
        if piece.attributes.get("kind") == "numbers":
            return nodes.enumerated_list("", *items, enumtype="arabic", prefix="", suffix=".")
        return nodes.bullet_list("", *items, bullet="-")

    def _with(self, kind: str, piece: Piece, **attributes: Any) -> Any:
        return getattr(nodes, kind)("", "", *self.line(piece.children), **attributes)

    def _paragraph(self, children: Iterable[Child]) -> Any:
        return nodes.paragraph("", "", *self.line(children))

    def _inside(self, child: Child) -> Iterator[Any]:
        if isinstance(child, str):
            yield nodes.Text(" ".join(child.split("\n")))
        elif child.kind == "reference":
            wanted = {"refdomain": "math", "reftype": "eq", "reftarget": child.label, "refdoc": self._docname}
            inside = nodes.inline(child.text, child.text, classes=["xref", "eq"])
            yield addnodes.pending_xref("", inside, refexplicit=False, refwarn=True, **wanted)
        elif child.kind == "link":
            place = nodes.make_id(child.attributes["to"])
            yield nodes.reference("", "", *self.line(child.children), internal=True, refid=place)
        elif child.kind in ("code", "m"):
            yield _IN_LINE[child.kind](child.text, child.text)
        else:
            yield _IN_LINE[child.kind]("", "", *self.line(child.children))

    def _math(self, piece: Piece) -> Iterator[Any]:
        for text in displays(piece):
            node = nodes.math_block(text, text, docname=self._docname, number=None, label=piece.label or None)
            node["no-wrap"] = node["nowrap"] = False
            node["also"] = piece.attributes.get("also", "").split()
            yield from self._add(node) if piece.label else (node,)

    def _table(self, rows: Iterable[Piece]) -> Iterator[Any]:
        rows = tuple(rows)
        head, *body = rows
        sides = [cell.attributes["side"] for cell in head.pieces]
        spec = addnodes.tabular_col_spec()
        spec["spec"] = "".join("r" if side == "right" else "l" for side in sides)
        widths = [
            max(2, *(len(cell.text) for cell in column))
            for column in zip(*(row.pieces for row in rows if len(row.pieces) == len(sides)), strict=True)
        ]
        group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in widths), cols=len(sides))
        group += nodes.thead("", self._row(head, sides))
        group += nodes.tbody("", *(self._row(row, sides) for row in body))
        look = ["colwidths-auto", "longtable"] if len(body) > _LONG else ["colwidths-auto"]
        yield spec
        yield nodes.table("", group, classes=[*look, "arch-table"])

    def _row(self, row: Piece, sides: Sequence[str]) -> Any:
        strong = row.attributes["kind"] == "total"
        made = nodes.row("", *(self._cell(cell, strong) for cell in row.pieces))
        if len(row.pieces) < len(sides):  # the heading of a group; in LaTeX it stands as its last column does
            across = max(at for at, side in enumerate(sides) if side == "left")
            made[0]["morecols"] = across
            made[0][0][:] = [nodes.emphasis("", "", *made[0][0].children)]
            made += [nodes.entry("") for _ in sides[across + 1 :]]
        return made

    def _cell(self, cell: Piece, strong: bool) -> Any:
        inside = self.line(cell.children)
        if strong and inside:
            inside = [nodes.strong("", "", *inside)]
        look = ["text-right", "align-right"] if cell.attributes["side"] == "right" else []
        return nodes.entry("", nodes.paragraph("", "", *inside), classes=look)
