"""The answers to what a book asks for, as texts that can be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from string import ascii_uppercase
from typing import Any

from symparams.api import Net
from symparams.appendices.request import Composed
from symparams.appendices.request import Request as AppendixRequest
from symparams.books.request import PICTURE, TREE, About, Texts
from symparams.commands.console import assignments
from symparams.commands.main import check_whole, in_order, meant
from symparams.documents.labels import slugs
from symparams.documents.question_writer import Writer
from symparams.documents.rendering import Document, render
from symparams.documents.solution import Solution
from symparams.documents.written_question import WrittenQuestion
from symparams.errors import Source
from symparams.exam_questions import exam
from symparams.figures.figure import figure as drawn
from symparams.figures.svg import svg
from symparams.layers import CATALOGUE
from symparams.model.tensor import Convention
from symparams.quantities.layer_quantities import USUAL
from symparams.quantities.settings import Setting, Settings
from symparams.reading.door import network


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
    all_layers: bool,
    digits: str,
    **settings: Setting,
) -> Texts:
    """The worked solution of a network, or a short answer for one layer."""
    if total or by:
        check_whole(layers, quantities if total else (), None)
    style, chosen = meant(style, layers, quantities, total)
    built = [(source, network(source, assignments(given))) for source in _sources(about, kind, model)]
    names = [about.slug] if about.slug and len(built) == 1 else slugs((s, one.title) for s, one in built)
    known, document = Settings(**settings), Document("total" if total and style != "answer" else style, TREE, digits)
    texts = (
        render(Solution(one, chosen, tuple(layers), known, name, 0, by or "", detail, all_layers=all_layers), document)
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
    all_layers: bool,
    digits: str,
    **settings: Setting,
) -> Texts:
    """The summary table of a network: layers, shapes and parameters."""
    chosen, known = in_order((*USUAL, *quantities)), Settings(**settings)
    built = [network(source, assignments(given)) for source in _sources(about, kind, model)]
    document = Document("summary", TREE, digits)
    return {
        "text": "\n".join(render(Solution(one, chosen, (), known, all_layers=all_layers), document) for one in built)
    }


def figure(about: About, /, given: Sequence[str], kind: str, model: str, view: str, depth: int | None) -> Texts:
    """A network as a picture: its layers with shapes and parameters."""
    (source,) = _sources(about, kind, model)
    scene = drawn(network(source, assignments(given)), view, depth)
    return {"svg": svg(scene), "title": scene.title, "told": scene.told}


def appendix(
    about: About,
    /,
    given: Sequence[str],
    kind: str,
    model: str,
    unstated: Convention | None,
    exercises: int,
    digits: str,
) -> Texts:
    """The appendix of the book: notation, each rule once, a section for each network, exercises and solutions."""
    sources, values = _sources(about, kind, model), assignments(given)
    built = [network(source, values, unstated=unstated) for source in sources]
    composed = Composed(AppendixRequest(tuple(sources), values, exercises=exercises, digits=digits), built)
    return {"text": composed.body(TREE), **{PICTURE + name: svg(one) for name, one in composed.pictures.items()}}


def exercise(
    about: About, /, given: Sequence[str], kind: str, model: str, seed: int, digits: str, **asked: Any
) -> Texts:
    """An exercise on a network, whose solution stands where `arch:exercise-solution` names it."""
    (source,) = _sources(about, kind, model)
    made = exam(Net(source, assignments(given), CATALOGUE), questions=1, seed=seed, digits=digits, **asked)
    question = made.edition("json").examination.question(0)
    written = Writer(question.course, TREE, seed, digits).asked(question)
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
