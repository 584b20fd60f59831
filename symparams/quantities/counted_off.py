"""Layers as people count them off: the second convolution, the last dense layer, layer 3."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from symparams.layers import CATALOGUE
from symparams.model.layer import Layer
from symparams.model.network import Network, Node

_WORD = re.compile(r"[^\W\d_][^\W_]*|\d+(?:st|nd|rd|th)?")
_LAYER_WORDS = {"layer", "schicht", "ebene", "capa", "couche", "camada", "strato", "livello", "слой", "слоя", "层"}
_LAST = {"last", "letzte", "letzten", "última", "último", "dernière", "dernier", "ultima", "ultimo", "final", "output"}
_ORDINALS = {
    word: number
    for number, words in enumerate(
        (
            "first 1st erste ersten erster primera primer première premier prima primo первый первая 第一",
            "second 2nd zweite zweiten zweiter segunda segundo deuxième seconde seconda secondo второй вторая 第二",
            "third 3rd dritte dritten dritter tercera tercer troisième terza terzo третий третья 第三",
            "fourth 4th vierte vierten vierter cuarta cuarto quatrième quarta quarto четвертый 第四",
            "fifth 5th fünfte fünften fünfter quinta quinto cinquième пятый 第五",
        ),
        1,
    )
    for word in words.split()
} | dict.fromkeys(_LAST, -1)
_FILLING = {"the", "of", "number", "no"}


def position_of(word: str) -> int:
    """Which one a word means, from 1; -1: the last; 0: it does not count. Any language's words are small."""
    number = re.fullmatch(r"([1-9]\d{0,5})(?:st|nd|rd|th)", word)
    return int(number[1]) if number else _ORDINALS.get(word, 0)


def kinds() -> dict[str, type[Layer]]:
    """The kinds of layers by the words that people have for them."""
    return _kinds(len(CATALOGUE))


@lru_cache(4)
def _kinds(_entries: int) -> dict[str, type[Layer]]:
    words: dict[str, type[Layer]] = {}
    for name, entry in CATALOGUE.items():
        words.setdefault(name.lower().rpartition(".")[2], entry.layer)
        if entry.name == entry.layer.names[0]:
            words.setdefault(entry.layer.title.lower().split()[0], entry.layer)
    return words | {"convolution": words["conv"], "convolutional": words["conv"], "pooling": words["maxpool"]}


def of_words(network: Network, words: Iterable[str]) -> list[Node]:
    """The layers of the kind that one of these words names; of a layer in general, those with parameters."""
    words = list(words)
    for word in words:
        kind = kinds().get(word)
        if kind is not None and (several := [node for node in network.nodes if type(node.layer) is kind]):
            return several
    if _LAYER_WORDS.intersection(words):
        return [node for node in network.nodes if node.counts.params != 0]
    return []


def at(several: list[Node], position: int) -> Node | None:
    """The layer at a position; None if there are not so many."""
    place = position if position < 0 else position - 1
    return several[place] if -len(several) <= place < len(several) else None


def counted_off(network: Network, text: str) -> Node | None:
    """The layer that `second conv`, `last`, `layer 3`, `conv 2` or `3` means; None if the text is no such name.

    A number counts the layers behind the input.
    """
    words = [word for word in text.lower().split() if word not in _FILLING]
    if not all(map(_WORD.fullmatch, words)):
        return None
    counting = [word for word in words if position_of(word) or word.isdecimal()]
    others = [word for word in words if word not in counting]
    if len(counting) != 1:
        return None
    (word,) = counting
    position = int(word) if word.isdecimal() and len(word) <= 6 else position_of(word)
    if not position:
        return None
    behind = [node for node in network.nodes if node.layer.inputs != "none" and node.kind != "copies"]
    named = [word for word in others if word not in _LAYER_WORDS]
    return at(of_words(network, named) if named else behind, position)
