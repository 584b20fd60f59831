"""A layer in words, as an exam describes it: its arguments, what arrives, which of its kind it is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from symparams.algebra.formula import Formula
from symparams.algebra.simplification import simplified
from symparams.documents.phrases import Phrases
from symparams.documents.vocabulary import small
from symparams.errors import listed
from symparams.exams.describable import is_neutral
from symparams.exams.values import bound
from symparams.model.arguments import Argument, arguments_of
from symparams.model.layer import Incoming, Layer
from symparams.model.network import Network, Node

_UNSAID = (
    "activation",
    "recurrent_activation",
    "dropout",
    "sequences",
    "last",
)  # what is asked does not depend on them
_SPATIAL = ("padding", "stride")  # told always

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NOUNS = ("layer", "convolution", "network", "part", "cell", "unit", "transformer")  # are not followed by `layer`
_SPELLED = ("LSTM", "RMS", "SReLU", "STFT", "LP")  # begin with a vowel when they are read aloud


def arguments_in_words(layer: Layer, x: Incoming, point: Mapping[str, int], words: Phrases) -> str:
    """63 filters, kernel size 3 × 3 and same padding: what is not at its default, and what always matters."""
    phrases: list[str] = []
    for argument in arguments_of(type(layer)):
        value = getattr(layer, argument.name)
        if argument.name in _UNSAID or (value == argument.default and not _always(argument)):
            continue
        phrases.append(_argument(argument, value, x, point, words))
    return listed([text for text in phrases if text])


def _noun(argument: Argument) -> str:
    """What an argument is called in a sentence: filters, kernel size."""
    noun, *more = re.split("[:;,]", argument.meaning)
    short = noun if more or noun.count(" ") < 3 else noun.partition(" of ")[0]
    return short if short.count(" ") < 3 else argument.name.replace("_", " ")


def _always(argument: Argument) -> bool:
    """Whether an argument is told even where it has its default."""
    return argument.name in _SPATIAL or not is_neutral(argument.default)


def _argument(argument: Argument, value: object, x: Incoming, point: Mapping[str, int], words: Phrases) -> str:
    noun = _noun(argument)
    if value is None:
        return "stride as large as the window" if argument.name == "stride" else ""
    if argument.name == "bias":
        return "biases" if value else "no biases"
    if argument.name == "padding" and isinstance(value, str):
        return "no padding" if value == "valid" else f"{value} padding"
    if isinstance(value, Formula):
        count = simplified(bound(value, point))
        plural = noun.removeprefix("number of ")
        return words.counted(count, plural) if plural.endswith("s") else f"{noun} {words.number(count)}"
    if isinstance(value, tuple) and all(isinstance(v, Formula) for v in value):
        return f"{noun} {_sizes(argument, value, x, point, words)}"
    return f"{noun} {words.format.escape(str(value))}"


def _sizes(
    argument: Argument, value: tuple[Formula, ...], x: Incoming, point: Mapping[str, int], words: Phrases
) -> str:
    """3 × 3 of a kernel; 2 of a stride; 1 (height) and 0 (width) of a padding that is not the same everywhere."""
    sizes = [simplified(bound(v, point)) for v in value]
    if argument.name in ("kernel", "size"):
        sizes *= max(len(x.spatial), 1) if len(sizes) == 1 else 1
        return words.size(tuple(sizes)) if len(sizes) > 1 else words.number(sizes[0])
    if len(set(sizes)) == 1:
        return words.number(sizes[0])
    names = [name for name in x.axis_names() if name != "channels"]
    return listed([f"{words.number(s)} ({name})" for s, name in zip(sizes, names, strict=False)])


def arriving_in_words(node: Node, point: Mapping[str, int], words: Phrases) -> str:
    """26 × 26 × 32 (height × width × channels); 128 features."""
    x = node.derived.arriving[0]
    sizes = [simplified(bound(v, point)) if isinstance(v, Formula) else v for v in x.shape]
    names = _axis_names(node)
    if len(sizes) == 1:
        tokens = any(argument.name == "vocabulary" for argument in arguments_of(type(node.layer)))
        return words.counted(sizes[0], "tokens" if tokens else names[0])
    return f"{words.size(tuple(sizes))} ({' × '.join(names)})"


def _axis_names(node: Node) -> tuple[str, ...]:
    """What the axes of the input are called: features come last where the layer reads them so."""
    x = node.derived.arriving[0]
    out = node.derived.out.axes
    last = (len(out) > 1 and out[-1] == "features") or (node.layer.reading == "features" and "channels" not in out)
    return x.feature_names() if last else x.axis_names()


def ordinal(network: Network, node: Node) -> str:
    """The second convolution; the only one of its kind is just called by its kind."""
    alike = [n for n in network.nodes if n.layer.title == node.layer.title]
    word = small(node.layer.title)
    if len(alike) == 1:
        return word
    place = next(i for i, n in enumerate(alike) if n is node)
    return f"the {_ORDINALS[place] if place < len(_ORDINALS) else f'{place + 1}th'} {word}"


def article(heading: str) -> str:
    """A convolution, an average pooling layer."""
    word = small(heading)
    whole = word.endswith(_NOUNS) or " for " in word or " of " in word
    layer = word if whole else f"{word} layer"
    vowel = word[0] in "aeiou" and not word.startswith(("uni", "one"))
    return f"{'an' if vowel or word.startswith(_SPELLED) else 'a'} {layer}"
