"""Documents as trees, and what Sphinx and MyST are given for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, reject

from symparams.books import myst_tree
from symparams.books.appendix_labels import relabelled
from symparams.books.directives import DIRECTIVES
from symparams.books.request import About
from symparams.books.roles import ROLES
from symparams.books.tree import Piece, displays, tree
from symparams.documents.rendering import STYLES, Document, render
from symparams.documents.solution import Solution
from symparams.errors import Source, SymparamsError
from symparams.sources.language import network
from tests.conftest import EXAMPLES
from tests.helpers import networks

BLOCKS = {
    "title", "heading", "subheading", "paragraph", "list", "table", "math", "block", "section", "captioned", "figure",
}  # fmt: skip
INSIDE: dict[str, set[str]] = {  # what may stand in what; in anything else, texts and what stands in a line
    "list": {"item"},
    "table": {"row"},
    "captioned": {"caption", "table"},
    "figure": {"caption", "told"},
    "told": set(),
    "row": {"cell"},
    "math": {"line"},
    **{kind: set() for kind in ("line", "m", "code", "block")},
}
IN_LINE = {"strong", "emphasis", "code", "m", "reference", "link"}


def check(pieces: tuple[Piece, ...], may: set[str] = BLOCKS) -> None:
    """Every piece stands where it may, and nothing is lost between pieces."""
    for piece in pieces:
        assert piece.kind in may
        if piece.kind in ("list", "table", "row", "math"):
            assert not "".join(c for c in piece.children if isinstance(c, str)).strip(), piece
        check(piece.pieces, INSIDE.get(piece.kind, IN_LINE))


def every(node: Any) -> Iterator[dict[str, Any]]:
    """A node of MyST and all that are in it."""
    for one in node if isinstance(node, list) else [node]:
        yield one
        yield from every(one.get("children", []))


def digits(text: str) -> str:
    """The digits of a text, with all marks between thousands left out."""
    return "".join(re.findall(r"\d", text))


def said(nodes: list[dict[str, Any]]) -> str:
    return "".join(n.get("value", "") for n in every(nodes))


def valid(text: str) -> str:
    """A text of a network, unless its layers do not fit."""
    try:
        network(Source("<text>", text))
    except SymparamsError:
        reject()
    return text


def document(text: str, style: str, quantities: tuple[str, ...] = ("shape", "params", "macs")) -> str:
    return render(Solution(network(Source("<text>", text)), quantities), Document(style, "tree"))


@pytest.mark.parametrize("style", [*STYLES, "summary", "total"])
@pytest.mark.parametrize("example", ["mnist-63", "vgg16-letters", "gpt2", "bilstm-imdb", "unet", "exam-cnn"])
def test_every_piece_stands_where_it_may(example: str, style: str) -> None:
    check(tree(document((EXAMPLES / f"{example}.arch").read_text("utf-8"), style)))


def appendix(*texts: str) -> dict[str, str]:
    sources = tuple(Source(f"net{n}.arch", text) for n, text in enumerate(texts))
    return dict(DIRECTIVES["arch:appendix"].answer([], About(sources)))


def test_an_appendix_has_everything_that_it_refers_to() -> None:
    names = ("mnist-63", "vgg16-letters", "gpt2", "unet")
    texts = appendix(*((EXAMPLES / f"{name}.arch").read_text("utf-8") for name in names))
    pieces = tree(texts["text"])
    check(pieces)
    inside = list(_inside(pieces))
    labels = [p.label for p in inside if p.label and p.kind != "reference"]
    labels += [label for p in inside for label in p.attributes.get("also", "").split()]
    assert len(labels) == len(set(labels)) > 40
    assert {p.label for p in inside if p.kind == "reference"} <= set(labels)
    assert {p.attributes["to"] for p in inside if p.kind == "link"} <= set(labels)
    drawn = {f"picture:{p.attributes['name']}" for p in inside if p.kind == "figure"}
    assert drawn == set(texts) - {"text"}
    assert "Do not edit" not in texts["text"]
    assert [p.attributes["level"] for p in pieces if p.kind == "section"].count("1") == 6 + len(names)


def test_an_appendix_with_a_name_has_no_label_of_another() -> None:
    text = appendix((EXAMPLES / "mnist-63.arch").read_text("utf-8").replace("model", "# ", 1))["text"]
    named = relabelled(text, "numbers")
    attributes = [p.attributes for p in _inside(tree(named))]
    labels = [label for a in attributes for name in ("label", "also", "to") for label in a.get(name, "").split()]
    assert len(labels) > 40
    assert {label.partition(":")[0] for label in labels} == {"numbers"}
    assert relabelled(text, "sp") == text
    assert len(named) - len(text) == len(labels) * (len("numbers") - len("sp"))
    said = '<paragraph label="net">sp:rule and label="sp:x"</paragraph>'.replace('"sp:x"', "&quot;sp:x&quot;")
    assert relabelled(said, "numbers") == said


@given(networks(letters=True), networks())
def test_appendices_of_random_networks(one: str, other: str) -> None:
    check(tree(appendix(valid(one), valid(other))["text"]))


def _inside(pieces: tuple[Piece, ...]) -> Iterator[Piece]:
    for piece in pieces:
        yield piece
        yield from _inside(piece.pieces)


@given(networks(letters=True))
def test_documents_of_random_networks(text: str) -> None:
    for style in STYLES:
        check(tree(document(valid(text), style)))


def test_nothing_is_a_tag_that_a_title_says() -> None:
    title = "</title><m>&amp; <script>\\(x\\) $y$ ]]>"
    first = tree(document(f'model "{title}"\ninput(3) -> dense(2) as "<b>"', "steps"))
    assert first[0].text.startswith(title)
    assert first[0].pieces == ()


def test_lines_are_aligned_only_where_there_are_several() -> None:
    lone = Piece("math", (Piece("line", ("P &= 3",)),))
    assert list(displays(lone)) == ["P = 3"]
    many = Piece("math", tuple(Piece("line", (f"P_{i} &= {i}",)) for i in range(20)))
    found = list(displays(many))
    assert len(found) == 3
    assert all("&= " in text for text in found)
    assert " \\\\\n".join(found) == " \\\\\n".join(f"P_{i} &= {i}" for i in range(20))


@given(networks(letters=True))
def test_a_tree_of_myst_says_all_numbers(text: str) -> None:
    for style in ("steps", "textbook", "table"):
        pieces = tree(document(valid(text), style))
        nodes = myst_tree.blocks(pieces)
        json.dumps(nodes)
        assert digits(said(nodes)) == digits(_without_references(pieces))


def _without_references(pieces: Any) -> str:
    return "".join(
        p if isinstance(p, str) else "" if p.kind == "reference" else _without_references(p.children) for p in pieces
    )


def test_references_mean_equations_that_there_are() -> None:
    nodes = list(every(myst_tree.blocks(tree(document((EXAMPLES / "vgg16.arch").read_text("utf-8"), "textbook")))))
    labels = [n["identifier"] for n in nodes if n["type"] == "math" and n["enumerated"]]
    meant = [n["identifier"] for n in nodes if n["type"] == "crossReference"]
    assert len(labels) == len(set(labels))
    assert meant
    assert set(meant) <= set(labels)


def about(text: str = "input(9, 9, 2) -> conv(4, 3) -> conv(8, 3)") -> About:
    return About((Source("<text>", text),))


@pytest.mark.parametrize(
    ("role", "words", "shown"),
    [
        ("params", [], "372"),
        ("params", ["conv_2"], "296"),
        ("weights", ["conv_2"], "288"),
        ("shape", ["conv_2"], "<m>5 \\times 5 \\times 8</m>"),
        ("field", ["second", "conv"], "<m>5 \\times 5</m>"),
        ("macs", ["conv_1"], "3,528"),
        ("memory", ["--dtype", "float16"], "744"),
        ("macs", ["--digits", "none"], "10728"),
    ],
)
def test_roles(role: str, words: list[str], shown: str) -> None:
    assert ROLES[role].answer(words, about())["text"] == shown


def test_equal_questions_have_equal_keys_whatever_files_are_called() -> None:
    request = DIRECTIVES["arch:summary"]
    one, other = (About((Source(name, "input(3)"),)) for name in ("a", "b"))
    assert request.key(["--quantity=macs"], one) == request.key(["--quantity=macs"], other)
    keys = {
        request.key([], one),
        request.key(["--quantity=macs"], one),
        request.key([], About((Source("a", "input(4)"),))),
        request.key([], About((Source("a", "input(3)"),), "slug")),
        DIRECTIVES["arch:solution"].key([], one),
    }
    assert len(keys) == 5
