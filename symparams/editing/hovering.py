"""What there is to say about the word at a place."""

from __future__ import annotations

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


class Made(NamedTuple):
    """A layer that a call makes, in its place."""

    name: str
    output: str  # its output shape: 26 × 26 × 32
    parameters: str  # how they come out: formula, substitution, number; empty: it has none


class Told(NamedTuple):
    """What there is to say about a word."""

    start: int  # of what it is said about
    end: int
    made: tuple[Made, ...] = ()  # the layers that stand here, of several the first
    more: int = 0  # further layers that the same call makes
    code: str = ""  # how a layer is written, or the line on which a macro is defined
    about: str = ""  # what it does or means, in Markdown

    @property
    def text(self) -> str:
        """The same in Markdown, as editors show it."""
        parts = [
            f"**`{one.name}`** `{one.output}`" + (f"  \nparameters: `{one.parameters}`" if one.parameters else "")
            for one in self.made
        ]
        parts += [f"The same call makes further layers: {self.more}."] if self.more else []
        parts += [f"```arch\n{self.code}\n```"] if self.code else []
        return "\n\n".join([*parts, *filter(None, [self.about])])


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
                return Told(start, end, about=meaning(argument))
    nodes = _nodes(text, start, word)
    macro, entry = macros(every).get(word), entry_of(word)
    code = _line(text, macro) if macro else form_of(entry.layer) if entry else ""
    about_it = about(entry.layer) if entry and not macro else ""
    if not (nodes or code):
        return None
    return Told(start, end, tuple(map(_made, nodes[:_SHOWN])), max(0, len(nodes) - _SHOWN), code, about_it)


def _nodes(text: str, offset: int, word: str) -> tuple[Node, ...]:
    """What the call at a place makes, or the layer with this name."""
    known = seen(text)
    around = [call for call in known.calls if call.start <= offset < call.end]
    if around:
        return min(around, key=lambda call: call.end - call.start).nodes
    return tuple(node for node in known.network.nodes if node.name == word) if known.network is not None else ()


def _made(node: Node) -> Made:
    if node.counts.params == 0:
        return Made(node.name, size(node.shape, PLAIN), "")
    d = LayerDerivations(node.derived).params
    sides = dict.fromkeys(shown(side, PLAIN) for side in (d.rule, d.substitution, d.value))
    return Made(node.name, size(node.shape, PLAIN), " = ".join(sides))


def _line(text: str, place: tuple[int, int]) -> str:
    """The line on which a name stands."""
    start = text.rfind("\n", 0, place[0]) + 1
    return text[start:].partition("\n")[0].strip()
