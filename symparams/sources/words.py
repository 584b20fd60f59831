"""Words of the language: no letter and no name without quotes can be one of them."""

from __future__ import annotations

from symparams.algebra.formula import CHANNELS
from symparams.layers import CATALOGUE, Catalogue
from symparams.model.arguments import ANSWERS, arguments_of
from symparams.model.layer import Layer

FROZEN = "frozen"  # the flag that every layer and every macro takes
WORDS = frozenset(("model convention let where def for in as id share floor ceil min max " + CHANNELS).split())


def reserved_words(catalogue: Catalogue = CATALOGUE) -> frozenset[str]:
    """Every flag word of every layer: none of them can be a symbol."""
    layers = tuple(dict.fromkeys(entry.layer for entry in catalogue.values()))
    if layers not in _reserved:
        words = (word for layer in layers for argument in arguments_of(layer) for word in argument.kind.words)
        _reserved[layers] = frozenset((FROZEN, *ANSWERS, *words))
    return _reserved[layers]


_reserved: dict[tuple[type[Layer], ...], frozenset[str]] = {}
