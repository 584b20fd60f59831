"""What all kinds of QTI need: XML that is built, not pasted together; manifests; numbers in figures."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from itertools import groupby
from math import gcd
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exports.export import entry
from symparams.exports.pictures import Album
from symparams.exports.points import group_title

Node: TypeAlias = "Element[str]"
Part: TypeAlias = "Sequence[Any]"  # of an item: number and mark of the question, its name, its points, the rest

_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_TEXT = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}
_IN_ATTRIBUTE = {**_IN_TEXT, ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"}


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the elements of one namespace."""

    namespace: str  # "": that of the text around them
    schema: str = ""  # where its schema is published

    def __call__(self, tag: str, attributes: Mapping[str, str] | None = None, *content: Node | str) -> Node:
        """An element with text and elements in it."""
        made = Element(tag, {key: allowed(value) for key, value in (attributes or {}).items()})
        for part in content:
            if isinstance(part, str):
                add_text(made, part)
            else:
                made.append(part)
        return made

    def root(self, tag: str, attributes: Mapping[str, str], *content: Node | str) -> Node:
        """The element around all others, which names the namespace and its schema."""
        names = {"xmlns": self.namespace, "xmlns:xsi": _INSTANCE}
        return self(tag, {**names, **attributes, "xsi:schemaLocation": f"{self.namespace} {self.schema}"}, *content)


def allowed(text: str) -> str:
    """A text without the characters that XML has no way to write."""
    return text if text.isprintable() else _NOT_XML.sub(" ", text)


def add_text(node: Node, text: str) -> None:
    """Put text behind what an element holds."""
    text = allowed(text)
    if len(node):
        node[-1].tail = (node[-1].tail or "") + text
    else:
        node.text = (node.text or "") + text


def indent(node: Node, texts: frozenset[str] = frozenset(), level: int = 0) -> Node:
    """Put each element on a line of its own, except in elements (`texts`) where white space is part of a text."""
    if len(node) and node.tag not in texts:
        node.text = "\n" + "  " * (level + 1)
        for child in node:
            indent(child, texts, level + 1)
            child.tail = node.text
        node[-1].tail = "\n" + "  " * level
    return node


def written(node: Node) -> str:
    """The text of an element."""
    pieces: list[str] = []
    _write(node, pieces)
    return f"{''.join(pieces)}\n"


def _write(node: Node, pieces: list[str]) -> None:
    """Put the text of an element behind others."""
    attributes = "".join([f' {name}="{value.translate(_IN_ATTRIBUTE)}"' for name, value in node.items()])
    if not len(node) and not node.text:
        pieces.append(f"<{node.tag}{attributes}/>")
        return
    pieces.append(f"<{node.tag}{attributes}>{(node.text or '').translate(_IN_TEXT)}")
    for child in node:
        _write(child, pieces)
        if child.tail:
            pieces.append(child.tail.translate(_IN_TEXT))
    pieces.append(f"</{node.tag}>")


def document(root: Node) -> str:
    """The text of a file."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written(root)}'


@dataclass(frozen=True, slots=True)
class Resource:
    """A file of a package, as its manifest lists it."""

    identifier: str
    type: str  # imsqti_item_xmlv2p1 …
    href: str  # where it stands in the archive
    needs: tuple[str, ...] = ()  # identifiers of resources that it refers to


def manifest(make: Maker, bank: BankInfo, schema: tuple[str, str], resources: Iterable[Resource]) -> str:
    """The file that lists all others; `schema` is the name and version of the kind of package."""
    listed = [
        make(
            "resource",
            {"identifier": resource.identifier, "type": resource.type, "href": resource.href},
            make("file", {"href": resource.href}),
            *(make("dependency", {"identifierref": needed}) for needed in resource.needs),
        )
        for resource in resources
    ]
    metadata = make("metadata", {}, make("schema", {}, schema[0]), make("schemaversion", {}, schema[1]))
    content = (metadata, make("organizations"), make("resources", {}, *listed))
    return document(indent(make.root("manifest", {"identifier": f"{identifier(bank)}-manifest"}, *content)))


def pictured(album: Album, folder: str, archive: ZipFile) -> list[Resource]:
    """Put the pictures of a bank into a folder of an archive; how a manifest lists them."""
    made = []
    for picture in album:
        made.append(Resource(picture_name(picture.name), "webcontent", f"{folder}/{picture.name}"))
        archive.writestr(entry(made[-1].href), picture.svg)
    return made


def picture_name(file: str) -> str:
    """What a picture is called in a manifest."""
    return file.removesuffix(".svg")


def identifier(bank: BankInfo) -> str:
    """A name in XML for a bank, equal for equal requests only."""
    return f"bank-{hashlib.sha256(bank.request.encode()).hexdigest()[:16]}"


def places(value: int | Fraction) -> int | None:
    """How many digits stand behind the point of a number; None if they have no end."""
    rest, count = Fraction(value).denominator, 0
    while (shared := gcd(rest, 10)) > 1:
        rest, count = rest // shared, count + 1
    return count if rest == 1 else None


def figures(value: int | Fraction, digits: int = 6) -> str:
    """A number in figures, 12.5; if its digits have no end it is rounded to `digits` of them."""
    count = places(value)
    count = digits if count is None else count
    scaled = round(Fraction(value) * 10**count)
    whole, rest = divmod(abs(scaled), 10**count)
    behind = f".{rest:0{count}}" if count else ""
    return f"{'-' if scaled < 0 else ''}{whole}{behind}"


def one_by_one(asked: WrittenQuestion) -> Iterator[WrittenQuestion]:
    """The question itself, or one for each of its parts or of the blanks of a faded solution."""
    if not asked.blanks:
        yield asked
    for blank in asked.blanks:
        yield replace(
            asked,
            identity=f"{asked.identity}-{blank.mark.strip('()')}",
            name=f"{asked.name} {blank.mark}",
            stem=f"{asked.stem}\n<p>What belongs at {escape(blank.mark)}?</p>",
            answer=blank.answer,
            value=blank.value,
            points=blank.points,
            mistakes=asked.mistakes_at(blank),
            blanks=(),
        )


def groups(bank: BankInfo, parts: Iterable[Part]) -> Iterator[tuple[str, str, list[Part]]]:
    """The variants of each question, with a name and a title for all of them.

    The blanks of a faded solution are questions of their own.
    """
    for number, several in groupby(parts, lambda part: part[0]):
        by_mark: dict[str, list[Part]] = {}
        for part in several:
            by_mark.setdefault(part[1], []).append(part)
        for mark, variants in by_mark.items():
            name = variants[0][2]
            yield f"{number}{mark}", group_title(number, f"{name} {mark}".rstrip(), bank), variants


def explained(asked: WrittenQuestion) -> str:
    """The wrong answers that have an explanation, for all who give a wrong one; empty if none has."""
    told = [f"<p><strong>{escape(m.answer)}</strong></p>\n{m.feedback}" for m in asked.mistakes if m.feedback]
    return "\n".join(["<p>Wrong answers that have an explanation:</p>", *told]) if told else ""
