"""A layer in words, as an exam describes it: its arguments, what arrives, which of its kind it is."""

from __future__ import annotations

from collections.abc import Mapping

from symparams.algebra.formula import Formula
from symparams.algebra.simplifying import simplified
from symparams.documents.phrases import Phrases
from symparams.documents.vocabulary import small
from symparams.errors import listed
from symparams.exams.question import at_point
from symparams.model.arguments import Argument, arguments_of
from symparams.model.layer import Incoming, Layer
from symparams.model.network import Network, Node

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def arguments_in_words(layer: Layer, x: Incoming, point: Mapping[str, int], words: Phrases) -> str:
    """Filters 63, kernel size 3 × 3 and padding same: what is not at its default, and what always matters."""
    found: list[str] = []
    for argument in arguments_of(type(layer)):
        value = getattr(layer, argument.name)
        if value == argument.default and not _always(argument.name):
            continue
        noun = _noun(argument)
        found.append(_argument(noun, value, x, point, words))
    return listed([text for text in found if text]) or "its usual settings"


def _noun(argument: Argument) -> str:
    """What an argument is called in a sentence: filters, kernel size."""
    noun, colon, _ = argument.meaning.partition(":")
    return noun if colon or noun.count(" ") < 2 else argument.name.replace("_", " ")


def _always(name: str) -> bool:
    """Whether an argument is told even where it has its default."""
    return name in ("padding",)


def _argument(noun: str, value: object, x: Incoming, point: Mapping[str, int], words: Phrases) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"{noun} {'yes' if value else 'no'}"
    if isinstance(value, Formula):
        count = simplified(at_point(value, point))
        return words.counted(count, noun) if noun.endswith("s") and " " not in noun else f"{noun} {words.number(count)}"
    if isinstance(value, tuple) and all(isinstance(v, Formula) for v in value):
        sizes = [simplified(at_point(v, point)) for v in value]
        if len(sizes) == 1 and ("kernel" in noun or "window" in noun):
            sizes *= max(len(x.spatial), 1)
        return f"{noun} {words.size(tuple(sizes)) if len(sizes) > 1 else words.number(sizes[0])}"
    return f"{noun} {words.format.escape(str(value))}"


def arriving_in_words(node: Node, point: Mapping[str, int], words: Phrases) -> str:
    """26 × 26 × 32 (height × width × channels); 128 features."""
    x = node.derived.arriving[0]
    sizes = [simplified(at_point(v, point)) if isinstance(v, Formula) else v for v in x.shape]
    names = x.axis_names()
    if len(sizes) == 1:
        return words.counted(sizes[0], names[0])
    return f"{words.size(tuple(sizes))} ({' × '.join(names)})"


def ordinal(network: Network, node: Node) -> str:
    """The second convolution; the only one of its kind is just called by its kind."""
    alike = [n for n in network.nodes if n.layer.title == node.layer.title]
    word = small(node.layer.title)
    if len(alike) == 1:
        return word
    place = next(i for i, n in enumerate(alike) if n is node)
    return f"the {_ORDINALS[place] if place < len(_ORDINALS) else f'{place + 1}th'} {word}"
