"""What could be written at a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from symparams.documents.catalogue import form_of
from symparams.editing.catalogue import about, entry_of, meaning
from symparams.editing.words import macros, names, within, words
from symparams.layers import CATALOGUE
from symparams.model.arguments import LAYER, arguments_of
from symparams.model.layer import Layer

_STATEMENTS = {
    "model": 'the title of the network: model "LeNet-5"',
    "convention": "whose counts are meant: convention keras, or torch",
    "let": "a letter with a value: let k = 5",
    "where": "facts about letters: where H >= 28, H % 4 == 0",
    "range": "the only values of a letter: range C in 1, 3; also 8..64 step 8",
    "def": "a macro: def stage(f) = conv(f, 3) -> relu",
}


class Offered(NamedTuple):
    """What could be written at a place."""

    word: str  # as it is shown
    kind: str  # layer, macro, statement, name, argument or value
    form: str  # how it is written, or what it is, in a few words
    about: str = ""  # what it does, in Markdown
    insert: str = ""  # what is written for it; empty: the word


def offered(text: str, offset: int) -> list[Offered]:
    """What could be written at a place."""
    around = within(text, offset)
    if around is None:
        return []
    every = words(text)
    if around.before == "@":
        return [Offered(name, "name", "a point of the network") for name in names(every) if name.isidentifier()]
    if around.before == "convention":
        return [Offered("keras", "value", "shapes end with the channels"), Offered("torch", "value", "channels first")]
    if around.call is not None:
        entry = entry_of(around.call)
        return list(_for_arguments(entry.layer, around.keyword)) if entry else []
    own = [Offered(name, "macro", "a macro of this text") for name in macros(every)]
    starts = [] if around.before in ("->", "→", "[", "{", "|", "=") else _statements()
    return [*starts, *own, *_layers()]


def _statements() -> list[Offered]:
    return [Offered(word, "statement", form) for word, form in _STATEMENTS.items()]


def _layers() -> Iterator[Offered]:
    """Every layer under each of its names."""
    for entry in {id(entry): entry for entry in CATALOGUE.values()}.values():
        yield Offered(entry.name, "layer", form_of(entry.layer), about(entry.layer))


def _for_arguments(layer: type[Layer], keyword: str) -> Iterator[Offered]:
    """What can stand in the brackets of a layer, or behind the equals sign of one of its arguments."""
    arguments = arguments_of(layer)
    if keyword:
        chosen = [one for one in arguments if keyword in (one.name, one.short)]
        for one in chosen:
            yield from (Offered(word, "value", one.name) for word in (*one.kind.words, *one.kind.answers))
        if any(one.kind is LAYER for one in chosen):
            yield from _layers()
        return
    for one in arguments:
        yield Offered(one.name, "argument", one.kind.expects, meaning(one), f"{one.name}=")
        yield from (Offered(word, "value", one.name, meaning(one)) for word in one.kind.words)
    if any(one.kind is LAYER for one in arguments):
        yield from _layers()
