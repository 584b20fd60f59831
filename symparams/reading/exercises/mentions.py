"""Where an exercise names a layer."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from symparams.reading.exercises.told import RECURRENT, WINDOWED, Told
from symparams.reading.number_words import SEVERAL, number_of

_UNREAD = (  # what makes a network that is not a row of layers, or layers that are not read here
    (
        r"\b(?:skip[\s-]connections?|shortcuts?|residual|branch(?:es)?|concatenat\w+|in\sparallel|up-?sampl\w+|decoders?"
        r"|U-?Net|siamese|repeat(?:ed|s)?|\d+\stimes|stacks?\sof|blocks\sof|locally[\s-]connected|highway|peephole\w*"
        r"|mixture)\b"
    ),
    r"\b(?:pointwise|causal|masked|graph|inception)[\s-]conv\w*",
)
_MENTIONS: tuple[tuple[str, str], ...] = (  # those that say most first
    *(("", words) for words in _UNREAD),
    ("separable", r"\b(?:depthwise[\s-])?separable[\s-]conv(?:olution(?:al)?)?s?(?:\slayers?)?\b"),
    ("depthwise", r"\bdepthwise\sconv(?:olution(?:al)?)?s?(?:\slayers?)?\b"),
    ("transposed", r"\b(?:transposed?[\s-]|de)conv(?:olution(?:al)?)?s?(?:\slayers?)?\b"),
    ("global", r"\bglobal[\s-]?(?:average[\s-]?)?pool(?:ing)?(?:[123]d)?(?:\slayers?)?\b|\bGAP\b"),
    ("max", r"\bmax(?:imum)?[\s-]?pool(?:ing|s|ed)?(?:[123]d|\d{1,2})?(?:\slayers?|\soperations?)?\b"),
    ("average", r"\b(?:average|avg|mean)[\s-]?pool(?:ing|s|ed)?(?:[123]d)?(?:\slayers?)?\b"),
    ("max", r"\b(?<!-)pool(?:ing)?\d{0,2}(?:\slayers?)?\b(?!\s(?:size|window))"),
    (
        "conv",
        (
            r"(?<!not\s)(?<!non-)\bconv(?:olution(?:al)?)?(?:s|[123]d|\d{1,2})?(?:[\s-]layers?)?\b"
            r"(?![\s-]*(?:(?:neural|deep)\s)*net)"
        ),
    ),
    ("conv", r"\bconvolv(?:e[sd]?|ing)\b|\bfilter(?:ed|s)?\s(?:it|them|this|the\s(?:image|input))\swith\b"),
    ("encoder", r"\b(?:transformer\s)?encoder\s(?:layer|block)s?\b"),
    ("attention", r"\b(?:multi-?\s?head(?:ed)?\s)?(?:self-?\s?)?attention(?:\s(?:layer|block|module))?\b(?!\sheads)"),
    ("lstm", r"\bLSTM(?:\s(?:cell|layers?|networks?))?\b(?!\s(?:units|cells\b))"),
    ("gru", r"\bGRU(?:\s(?:cell|layers?|networks?))?\b(?!\s(?:units|cells\b))"),
    (
        "rnn",
        r"\b(?:vanilla\s|simple\s|Elman\s)?(?:RNN|recurrent\s(?:neural\snetwork|network|layer))(?:\s(?:cell|layers?))?\b",
    ),
    ("embedding", r"\b(?:word\s)?embedding(?:\slayer|\stable|\smatrix)\b"),
    ("norm", r"\bbatch[\s-]?norm(?:ali[sz]ation)?(?:\slayers?)?\b"),
    (
        "dense",
        r"\b(?:fully[\s-]connected|densely[\s-]connected|dense|linear)\slayers?\b|\bFC\d{0,2}\b(?:[\s-]layers?)?",
    ),
    ("dense", r"\bfully[\s-]connected\b(?!\s(?:to|with|neural|net|feed))"),
    ("some", r"\b(?:first|second|third|next|fourth|fifth|last)\slayer\b(?!\s(?:is|of\sthe)\b)"),
    ("conv", r"\b(?:then|next|followed\sby)\s(?=(?:another\s)?\d{1,4}\s(?:filters|kernels)\b)"),
    ("some", r"(?<=\n)[\W_]{0,6}layer[\s-]?\d{1,2}(?=\s?[:)])"),
    ("pad", r"\bpad\s(?:it|them|the\s(?:image|input))\b"),
    ("dense", r"\b(?:hidden|output|softmax)\slayers?\b|\boutput(?=\s?\(\d)"),
)
_LINES = (  # what a layer is that has only a number, by the words of its line
    (r"\bpool|\bmax", "max"),
    (r"\b(?:filters?|kernels?)\b", "conv"),
    (r"\b(?:units?|neurons?|nodes?)\b", "dense"),
)
_WINDOW = re.compile(r"\b(?:filters?|kernels?)\b", re.I)
_CLASS = re.compile(r"\bnn\.|\w[123][dD]\b|\w+Conv")  # a layer that a framework names
_ALL = re.compile(r"\b(?:all|every|each)\s(?:of\s)?(?:the\s|our\s)?(?:\w+\s)?$", re.I)
_NEW = re.compile(r"\b(?:an?|one|another|then|second|third|fourth|followed\sby)\s(?:[\w-]+\s){0,2}$|(?:->|→)\s?$", re.I)
_REFERRED = re.compile(r"\b(?:this|that|these|each|which|its|both|the\ssame)\s(?:\w+\s)?$|\bthe\s$", re.I)
_MANY = re.compile(rf"\b({SEVERAL})\s(?:more\s|further\s|stacked\s|consecutive\s)?$", re.I)
_DEEP = re.compile(rf"\b({SEVERAL})[\s-]layer(?:ed)?\s$", re.I)  # "a two-layer LSTM"
_ASIDE = re.compile(r"\b(?:following|after|from|before)\s(?:the\s)?$", re.I)  # "the pooling layer following Conv-1"
_LABEL = re.compile(r"-?\s?\d")
_MOST = 100  # layers of a kind that are looked at
_BEFORE = 30  # characters before a layer that say how many, or whether it is pointed at


class Mention(NamedTuple):
    """Where a text names layers."""

    start: int
    end: int
    kind: str  # a name in KINDS; empty for a layer that is not read here
    many: int = 1  # how many in a row
    is_referred: bool = False  # whether it is pointed at: "this layer"
    is_all: bool = False  # whether all layers of the kind are meant: "all convolutions have"
    is_new: bool = False  # whether it is one more: "a dense layer", "another one"
    is_plural: bool = False
    is_hidden: bool = False  # a hidden layer, which has no outputs of the network
    is_implied: bool = False  # a convolution of which only the filter is named


@lru_cache(1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(kind, re.compile(pattern, re.I)) for kind, pattern in _MENTIONS]


def mentions_in(text: str) -> list[Mention]:
    """The layers that a text names, in order."""
    found: list[Mention] = []
    for kind, pattern in _patterns():
        for one in islice(pattern.finditer(text), _MOST):
            is_aside = _ASIDE.search(text[: one.start()][-_BEFORE:]) and _LABEL.match(text, one.end())
            if not is_aside and all(one.end() <= other.start or other.end <= one.start() for other in found):
                found.append(_mention(text, one, kind))
    found = [one for one in found if one.kind != "some"]  # of which nothing else is told
    is_windowed = any(one.kind in WINDOWED for one in found)
    return sorted(found if is_windowed else [*found, *_implied(text)])


def _mention(text: str, one: re.Match[str], kind: str) -> Mention:
    """What the words before the name of a layer say of it."""
    before = text[max(one.start() - _BEFORE, 0) : one.start()]
    is_plural = one[0].endswith("s") and not one[0].endswith("ss")
    many = (_MANY.search(before) if is_plural else None) or (_DEEP.search(before) if kind in RECURRENT else None)
    if kind == "some":
        line = re.split(r"\n|[.;]\s", text[one.end() :], maxsplit=1)[0]
        places = {kind: found.start() for words, kind in _LINES if (found := re.search(words, line, re.I))}
        kind = min(places, key=lambda kind: places[kind], default="some")
    return Mention(
        one.start(),
        one.end(),
        kind,
        1 if many is None else number_of(many[1]),
        is_referred=_REFERRED.search(before) is not None,
        is_all=many is None and _ALL.search(before) is not None and (is_plural or not one[0].lower().endswith("layer")),
        is_new=_NEW.search(before) is not None,
        is_plural=is_plural,
        is_hidden=one[0].lower().startswith("hidden"),
    )


def _implied(text: str) -> list[Mention]:
    """The convolution of a text that names nothing but a filter."""
    window = None if _CLASS.search(text) else _WINDOW.search(text)
    return [] if window is None else [Mention(window.start(), window.end(), "conv", is_implied=True)]


def layers_of(mention: Mention) -> list[Told]:
    """The layers that are named in one place; where only a filter is named, it is one."""
    layers = [Told(mention.kind, mention.start, mention.is_referred) for _ in range(mention.many)]
    for layer in layers if mention.is_implied else ():
        layer.usual["filters"] = "1"
    return layers
