"""What is asked about several networks that a text sets against each other."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symparams.errors import Span
from symparams.model.network import Network
from symparams.quantities.totals import adds_up
from symparams.questions.doubted import Doubt, Doubts
from symparams.questions.spoken_of import Spoken
from symparams.reading.asking import inquiry
from symparams.reading.doubts import Sentences, Written
from symparams.reading.items import alone, items_in
from symparams.reading.reading import Reading

_MOST = 2  # quantities that are compared


def quantities_of(prose: str) -> tuple[str, ...]:
    """The quantities in which the networks are compared: those that questions name, else parameters."""
    asked = tuple(one for one in inquiry(prose).quantities if adds_up(one))
    return asked[:_MOST] or ("params",)


def doubts_of_each(networks: Sequence[Network], readings: Sequence[Reading]) -> list[tuple[Doubt, ...]]:
    """The wrong numbers of each network: one that is right for another of them is no doubt, and each is told once."""
    prose = readings[0].prose
    right = {one.at for network in networks for one in _right(Spoken(network, prose))}
    texts = [alone(prose, item) for item in items_in(prose)] or [prose]
    found: dict[Span, list[tuple[int, Doubt]]] = {}
    for i, network in enumerate(networks):
        for doubt in (doubt for text in texts for doubt in Doubts(network, text).found()):
            if doubt.diagnosis is not None and doubt.at is not None and doubt.at not in right:
                found.setdefault(doubt.at, []).append((i, doubt))
    sentences = Sentences(prose)
    meant = [_meant(some, readings, sentences) for some in found.values()]
    return [tuple(doubt for j, doubt in meant if j == i) for i in range(len(networks))]


def _right(spoken: Spoken) -> list[Written]:
    """What is right for a network."""
    return [*spoken.of_parts, *(one for one, _ in (*spoken.right, *spoken.right_sizes))]


def _meant(some: Sequence[tuple[int, Doubt]], readings: Sequence[Reading], sentences: Sentences) -> tuple[int, Doubt]:
    """Which network a number is meant for: one that its sentence names, else one for which a mistake gives it."""

    def rank(pair: tuple[int, Doubt]) -> tuple[bool, bool]:
        i, doubt = pair
        sentence = "" if doubt.at is None else sentences.text(sentences.of(doubt.at.start))
        name = readings[i].title
        is_named = bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence, re.I) is not None
        return not is_named, doubt.diagnosis is None or not doubt.diagnosis.matches

    return min(some, key=rank)
