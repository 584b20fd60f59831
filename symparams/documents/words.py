"""How English words change in a sentence: capitals, plurals, articles, ordinals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import overload

from symparams import errors
from symparams.model.sentence import Sentence, Text, for_so_many

_NAMES = ("Gaussian", "Keras", "Mamba", "PyTorch")  # words that keep their capital letter
_NOUNS = ("layer", "convolution", "network", "part", "cell", "unit", "transformer")  # are not followed by `layer`
_SPELLED = ("LSTM", "RMS", "SReLU", "STFT", "LP")  # begin with a vowel when they are read aloud
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@overload
def capital(text: str) -> str: ...
@overload
def capital(text: Text) -> Text: ...
def capital(text: Text) -> Text:
    """The text with a capital at its start."""
    if isinstance(text, Sentence):
        return replace(text, text=capital(text.text))
    return text[:1].upper() + text[1:]


def small(heading: str) -> str:
    """A heading inside a line: its first letter small, unless a name begins it."""
    return heading if heading.split(" ")[0] in _NAMES or heading[1:2].isupper() else heading[:1].lower() + heading[1:]


def listed(texts: Iterable[str], last: str = "and") -> str:
    """Texts one behind the other: a, b and c."""
    return errors.listed(list(texts), last)


def singular(plural: str) -> str:
    """One of many: filter."""
    return for_so_many(1, plural)


def squeezed(text: str) -> str:
    """A text that several macros wrote, with one blank between its words."""
    return " ".join(text.split())


def ordinal(number: int) -> str:
    """The word for a place, from 1: second."""
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def percentage(share: Fraction) -> str:
    """A part of a whole in percent, with one decimal: 98.3, <0.1."""
    tenths = round(1000 * share)
    return f"{tenths // 10}.{tenths % 10}" if tenths or not share else "<0.1"


def article(heading: str) -> str:
    """A layer by its heading: a convolution, an average pooling layer."""
    word = small(heading)
    whole = word.endswith(_NOUNS) or " for " in word or " of " in word
    layer = word if whole else f"{word} layer"
    vowel = word[0] in "aeiou" and not word.startswith(("uni", "one"))
    return f"{'an' if vowel or word.startswith(_SPELLED) else 'a'} {layer}"
