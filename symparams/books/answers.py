"""The answers to what a book asks for, as texts that can be kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from string import ascii_uppercase
from typing import Any, NamedTuple

from symparams.api import Net
from symparams.commands.console import assignments
from symparams.commands.main import check_whole, in_order, meant
from symparams.documents.formats import format_named
from symparams.documents.labels import slugs
from symparams.documents.question_writer import Writer
from symparams.documents.rendering import Document, render, typesetter
from symparams.documents.solution import Solution
from symparams.documents.written_question import WrittenQuestion
from symparams.errors import Source, SymparamsError
from symparams.exam_questions import exam
from symparams.figures.figure import figure as drawn
from symparams.figures.svg import svg
from symparams.layers import CATALOGUE
from symparams.model.network import Network
from symparams.quantities.layer_quantities import USUAL, NetworkQuantities
from symparams.quantities.named_layers import layer_named
from symparams.quantities.settings import Setting, Settings
from symparams.quantities.totals import amount
from symparams.reading.door import network

_TREE = "tree"  # the format of all documents here


class About(NamedTuple):
    """What is asked about."""

    sources: tuple[Source, ...]  # the networks
    slug: str = ""  # what tells the labels of its equations from all others in the book; empty: the network's title


def _sources(about: About, kind: str, model: str) -> list[Source]:
    return [replace(s, kind=kind or s.kind, model=model or s.model) for s in about.sources]


def solution(
    about: About,
    /,
    given: Sequence[str],
    kind: str,
    model: str,
    style: str | None,
    layers: Sequence[str],
    quantities: Sequence[str],
    total: bool,
    detail: bool,
    by: str | None,
    digits: str,
    **settings: Setting,
) -> Mapping[str, str]:
    """The worked solution of a network, or a short answer for one layer."""
    if total or by:
        check_whole(layers, quantities if total else (), None)
    style, chosen = meant(style, layers, quantities, total)
    built = [(source, network(source, assignments(given))) for source in _sources(about, kind, model)]
    names = [about.slug] if about.slug and len(built) == 1 else slugs((s, one.title) for s, one in built)
    known, document = Settings(**settings), Document("total" if total and style != "answer" else style, _TREE, digits)
    texts = (
        render(Solution(one, chosen, tuple(layers), known, name, 0, by or "", detail), document)
        for (_, one), name in zip(built, names, strict=True)
    )
    return {"text": "\n".join(texts)}


def summary(
    about: About,
    /,
    given: Sequence[str],
    kind: str,
    model: str,
    quantities: Sequence[str],
    digits: str,
    **settings: Setting,
) -> Mapping[str, str]:
    """The summary table of a network: layers, shapes and parameters."""
    chosen, known = in_order((*USUAL, *quantities)), Settings(**settings)
    built = [network(source, assignments(given)) for source in _sources(about, kind, model)]
    document = Document("summary", _TREE, digits)
    return {"text": "\n".join(render(Solution(one, chosen, (), known), document) for one in built)}


def figure(
    about: About, /, given: Sequence[str], kind: str, model: str, view: str, depth: int | None
) -> Mapping[str, str]:
    """A network as a picture: its layers with shapes and parameters."""
    (source,) = _sources(about, kind, model)
    scene = drawn(network(source, assignments(given)), view, depth)
    return {"svg": svg(scene), "title": scene.title, "told": scene.told}


def exercise(
    about: About, /, given: Sequence[str], kind: str, model: str, seed: int, digits: str, **asked: Any
) -> Mapping[str, str]:
    """An exercise on a network, whose solution stands where `arch:exercise-solution` names it."""
    (source,) = _sources(about, kind, model)
    made = exam(Net(source, assignments(given), CATALOGUE), questions=1, seed=seed, digits=digits, **asked)
    question = made.edition("json").examination.question(0)
    written = Writer(question.course, _TREE, seed, digits).asked(question)
    return {
        "name": written.name,
        "text": written.stem + _places(written),
        "solution": _key(written) + written.solution,
    }


def _places(written: WrittenQuestion) -> str:
    """What to choose from; what is to be filled in has its place in the question."""
    body = "".join(f"<item>{option.text.strip()}</item>" for option in written.options)
    return f'<list kind="choices">{body}</list>\n' if body else ""


def _key(written: WrittenQuestion) -> str:
    """Which choice is right; every other answer stands in the solution."""
    right = [letter for letter, option in zip(ascii_uppercase, written.options, strict=False) if option.correct]
    return f"<paragraph><strong>({right[0]})</strong></paragraph>\n" if right else ""


def quantity(name: str) -> Callable[..., Mapping[str, str]]:
    """How much of a quantity a network or a layer has, for running text."""
    told = partial(_amount, name)
    told.__doc__ = f"The {_OF_LAYERS.get(name) or f'{amount(name).left} of a network or'} of a layer."
    return told


_SEEN = {"everywhere": "all", "nothing": "nothing"}  # where a receptive field has no size
_OF_LAYERS = {"shape": "output shape", "field": "receptive field"}  # what only layers have


_VALUE = re.compile(r"\w+\s*=")  # what begins so is a value for a letter


def _amount(name: str, about: About, /, words: Sequence[str], digits: str, **settings: Setting) -> Mapping[str, str]:
    values = [word for word in words if _VALUE.match(word)]
    layer = " ".join(word for word in words if word not in values)
    (source,) = about.sources
    built, known = network(source, assignments(values)), Settings(**settings)
    return {"text": _written(name, built, layer, known, digits)}


def _written(name: str, built: Network, layer: str, settings: Settings, digits: str) -> str:
    setter = typesetter(format_named(_TREE, digits))
    if not layer:
        return setter.number(amount(name, settings).of_network(built))
    node = layer_named(built, layer)
    if name == "shape":
        return setter.size(node.shape)
    if name != "field":
        return setter.number(amount(name, settings).of_layer(node))
    found = NetworkQuantities(built, (name,), settings).fields_of(built.index(node.name))
    if isinstance(found, str):
        raise SymparamsError(
            f"{node.name} sees {_SEEN.get(found, 'an unknown part')} of the input: no size can be said"
        )
    return setter.size(tuple(one.field.size for one in found))
