"""Which layers of a network prose names, counts off or speaks of by their kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from symparams.model.layer import Layer
from symparams.model.network import Network, Node
from symparams.quantities.counted_off import at, kinds, of_words
from symparams.questions.places import places_in
from symparams.reading.doubts import Sentences, asking, ordinals_in

_BEFORE = 40  # characters before a word that say how it is meant
_POOLING = "pooling"  # said of every kind of it
_DESCRIBED = 3  # a sentence that names so many layers describes the network
_EXPECTING = re.compile(  # who says so asks, too
    r"\b(?:I|we)(?:'d|\s+would)?(?:\s+have)?\s+expect(?:ed)?|\bshould(?:n't)?\s+(?:be|have)\b", re.I
)
_BESIDE = re.compile(r"\b(?:after|behind|following|past)\s+(?:the\s+|an?\s+|my\s+)?$", re.I)  # the dense layer after


class Naming:
    """Reads which layers of one network prose is about."""

    def __init__(self, network: Network, prose: str) -> None:
        self.network = network
        self.prose = prose
        self.sentences = Sentences(prose)
        expecting = {self.sentences.of(word.start()) for word in _EXPECTING.finditer(prose)}
        self.questions = asking(prose)
        self.asking = self.questions | expecting

    @cached_property
    def only(self) -> str | None:
        """The only layer that has parameters; None if there are several, or none."""
        weighted = [node.name for node in self.network.nodes if node.counts.params != 0]
        return weighted[0] if len(weighted) == 1 else None

    @property
    def layers(self) -> list[Node]:
        """The layers, without the inputs."""
        return [node for node in self.network.nodes if node.layer.inputs != "none"]

    @cached_property
    def named(self) -> list[tuple[str, int]]:
        """The layers that are called by their names, each with the number of its sentence."""
        found = []
        for name in [node.name for node in self.network.nodes if node.layer.inputs != "none"]:
            if name.isdecimal():
                pattern = rf"\b(?:layer|module|model\[)\s?{name}\b"
            elif not re.search(r"[\d_.]", name):  # `dense` is also a word; it counts only in code marks
                pattern = rf"[`'\"]{re.escape(name)}[`'\"]"
            else:
                pattern = rf"(?<![\w.]){re.escape(name)}(?![\w])"
            marks = re.finditer(pattern, self.prose, re.I if name.isdecimal() else 0)
            found += [(name, self.sentences.of(mark.start())) for mark in marks]
        return sorted(found, key=lambda pair: pair[1])

    @cached_property
    def places(self) -> list[tuple[str, int]]:
        """The last layers of the parts that the text names."""
        return list(places_in(self.network, self.sentences))

    @cached_property
    def counted_off(self) -> list[tuple[str, int]]:
        """The layers that the text numbers: the second convolution."""
        found = []
        for one in ordinals_in(self.prose):
            node = at(of_words(self.network, one.words), one.position)
            if node is not None:
                found.append((node.name, one.sentence))
        return found

    @cached_property
    def kinds(self) -> list[tuple[type[Layer], int]]:
        """The kinds of layers that the text names, each with the number of its sentence; not as the place of others."""
        found = (m for m in re.finditer(r"[^\W\d_]\w*", self.prose) if not self._is_beside(m.start()))
        words = ((m[0].lower(), self.sentences.of(m.start())) for m in found)
        own = {kind for node in self.network.nodes for kind in _kinds_of(node)}
        known = {word: kind for word, kind in kinds().items() if kind in own or not word.islower()}
        pooling = next((kind for kind in own if kind.title.endswith(_POOLING)), None)
        known |= {_POOLING: pooling} if pooling is not None and _POOLING not in known else {}  # whichever it has
        return [(known[word], sentence) for word, sentence in words if word in known]

    def _is_beside(self, start: int) -> bool:
        """Whether the word that begins there only says where another layer stands."""
        return _BESIDE.search(self.prose[max(start - _BEFORE, 0) : start]) is not None

    @cached_property
    def only_ones(self) -> list[tuple[str, int]]:
        """The layers with parameters that are the only one of a kind which the text names, each with its sentence."""
        spoken = Counter(sentence for _, sentence in self.kinds)
        found = []
        for kind, sentence in self.kinds:
            own = [n.name for n in self.network.nodes if kind in _kinds_of(n) and n.derived.counts.params != 0]
            if len(own) == 1 and spoken[sentence] < _DESCRIBED:
                found.append((own[0], sentence))
        return list(dict.fromkeys(found))

    def without(self) -> Iterator[str]:
        """A layer of each kind that has no parameters and is asked about."""
        spoken = Counter(sentence for _, sentence in self.kinds)
        without = {
            kind for kind, sentence in self.kinds if self.is_near_question(sentence) and spoken[sentence] < _DESCRIBED
        }
        for node in self.network.nodes:
            if type(node.layer) in without and node.layer.inputs != "none" and node.derived.counts.params == 0:
                without.discard(type(node.layer))
                yield node.name

    def is_near_question(self, sentence: int) -> bool:
        """Whether a sentence asks, or the one behind it."""
        return sentence in self.asking or sentence + 1 in self.asking

    def is_without(self, layer: str) -> bool:
        """Whether a layer has no parameters."""
        return self.network.node(layer).derived.counts.params == 0


def _kinds_of(node: Node) -> set[type[Layer]]:
    """The kind of a layer, and that of one that it wraps."""
    inner = getattr(node.layer, "layer", None)
    return {type(node.layer), *([type(inner)] if isinstance(inner, Layer) else [])}
