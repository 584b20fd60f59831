"""What there is to say about the word at a place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from symparams.algebra.notation import shown, size
from symparams.algebra.notations import PLAIN
from symparams.documents.catalogue import form_of
from symparams.editing.catalogue import about, entry_of, meaning
from symparams.editing.seen import seen
from symparams.editing.words import is_word, macros, within, word_at, words
from symparams.model.arguments import arguments_of
from symparams.model.network import Node
from symparams.quantities.layer_derivations import LayerDerivations

_SHOWN = 5  # layers that one call makes, that are told one by one


class Told(NamedTuple):
    """What there is to say about a word."""

    start: int  # of what it is said about
    end: int
    text: str  # Markdown


def told(text: str, offset: int) -> Told | None:
    """What there is to say about the word at a place: its layer in the network, what it is, what an argument means."""
    every = words(text)
    index = word_at(every, offset)
    if index is None or not is_word(every[index][0]):
        return None
    word, (start, end) = every[index][0], every[index].span()
    around = within(text, start)
    asked = around and around.call and entry_of(around.call)
    if asked:
        for argument in arguments_of(asked.layer):
            if word in (argument.name, argument.short) or word.casefold() in argument.kind.words:
                return Told(start, end, meaning(argument))
    parts = [*_of_network(text, start, word), *_of_catalogue(word), *_of_macro(text, macros(every).get(word))]
    return Told(start, end, "\n\n".join(parts)) if parts else None


def _of_network(text: str, offset: int, word: str) -> Iterator[str]:
    """What the layers have that the call at a place makes, or the layer with this name."""
    known = seen(text)
    around = [call for call in known.calls if call.start <= offset < call.end]
    nodes = min(around, key=lambda call: call.end - call.start).nodes if around else ()
    if not around and known.network is not None:
        nodes = tuple(node for node in known.network.nodes if node.name == word)
    for node in nodes[:_SHOWN]:
        yield _of_layer(node)
    if len(nodes) > _SHOWN:
        yield f"The same call makes further layers: {len(nodes) - _SHOWN}."


def _of_layer(node: Node) -> str:
    """A layer in its place: its name, its output and how its parameters come out."""
    lines = [f"**`{node.name}`** `{size(node.shape, PLAIN)}`"]
    if node.counts.params != 0:
        d = LayerDerivations(node.derived).params
        sides = dict.fromkeys(shown(side, PLAIN) for side in (d.rule, d.substitution, d.value))
        lines.append(f"parameters: `{' = '.join(sides)}`")
    return "  \n".join(lines)


def _of_catalogue(word: str) -> Iterator[str]:
    """What a word of the catalogue stands for."""
    entry = entry_of(word)
    if entry is not None:
        yield f"```arch\n{form_of(entry.layer)}\n```"
        yield about(entry.layer)


def _of_macro(text: str, place: tuple[int, int] | None) -> Iterator[str]:
    """The line on which a macro is defined, as it was written."""
    if place is not None:
        start = text.rfind("\n", 0, place[0]) + 1
        yield f"```arch\n{text[start:].partition(chr(10))[0].strip()}\n```"
