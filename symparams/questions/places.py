"""Places in a network that prose names by a part of it: after block2, at the end of the encoder, at the output."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symparams.model.network import Network
from symparams.reading.doubts import Sentences

_WHOLE = re.compile(
    r"\b(?:outputs?|end|last\s+layer)\s+of\s+(?:the|my|this)\s+(?:whole\s+)?(?:net(?:work)?|model|CNN|stack)\b"
    r"|\b(?:the|each|one|an?)\s+(?:final|last)\s+(?:output|feature\s+map|activation|layer)\b",
    re.I,
)
_SHORT = 3  # letters of a name that a longer word may begin with: enc for encoder


def places_in(network: Network, sentences: Sentences) -> Iterator[tuple[str, int]]:
    """The last layer of each part that prose names, with the number of the sentence."""
    prose = sentences.prose
    for part, last in _parts(network).items():
        longer = rf"(?:{_rest(part)})?" if len(part) >= _SHORT and part.isalpha() else ""
        for mark in re.finditer(rf"(?<![\w.]){re.escape(part)}{longer}(?![\w(=]|\.\w)", prose, re.I):
            yield last, sentences.of(mark.start())
    for mark in _WHOLE.finditer(prose):
        yield last_with_positions(network), sentences.of(mark.start())


def last_with_positions(network: Network) -> str:
    """The last layer whose output still has positions, behind which nothing sees only a part of the input."""
    several = [node for node in network.nodes if len(node.shape) > 1 and node.inputs]
    return (several or network.nodes)[-1].name


def _parts(network: Network) -> dict[str, str]:
    """The parts of a network, each with the name of its last layer: of block2.conv1 and block2.bn1 the latter."""
    parts: dict[str, str] = {}
    for node in network.nodes:
        names = node.name.split(".")[:-1]
        for one in (*(".".join(names[: i + 1]) for i in range(len(names))), *node.within):
            parts[one] = node.name
    return parts


def _rest(part: str) -> str:
    """How a word goes on of which a name is the beginning."""
    words = ("encoder", "decoder", "features", "backbone", "convolutions", "layers", "blocks")
    return "|".join(word[len(part) :] for word in words if word.startswith(part.lower()) and word != part.lower())
