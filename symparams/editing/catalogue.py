"""What the catalogue says of a word, as editors show it."""

from __future__ import annotations

import inspect

from symparams.documents.catalogue import described
from symparams.editing.words import is_word
from symparams.layers import CATALOGUE, Entry, key
from symparams.model.arguments import Argument
from symparams.model.layer import Layer


def entry_of(word: str) -> Entry | None:
    """The layer that a word is a name of."""
    return CATALOGUE.get(key(word)) if is_word(word) else None


def about(layer: type[Layer]) -> str:
    """The first paragraph on a layer."""
    return " ".join(inspect.cleandoc(layer.__doc__ or "").partition("\n\n")[0].split())


def meaning(argument: Argument) -> str:
    """What an argument means and takes, in Markdown."""
    text = described(argument, "`{}`".format)
    return text[:1].upper() + text[1:]
