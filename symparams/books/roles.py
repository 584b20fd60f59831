"""The roles of a book, each for a number in running text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

import click

from symparams.books.request import SETTINGS, TREE, About, Request, Texts, request
from symparams.commands.console import assignments, like
from symparams.commands.main import solve
from symparams.documents.formats import format_named
from symparams.documents.rendering import typesetter
from symparams.errors import SymparamsError
from symparams.model.network import Network
from symparams.quantities.layer_quantities import NetworkQuantities
from symparams.quantities.named_layers import layer_named
from symparams.quantities.settings import Setting, Settings
from symparams.quantities.totals import TOTALS, amount
from symparams.reading.door import network


def _quantity(name: str) -> Callable[..., Texts]:
    """How much of a quantity a network or a layer has, for running text."""
    told = partial(_amount, name)
    told.__doc__ = f"The {_OF_LAYERS.get(name) or f'{amount(name).left} of a network or'} of a layer."
    return told


_SEEN = {"everywhere": "all", "nothing": "nothing"}  # where a receptive field has no size
_OF_LAYERS = {"shape": "output shape", "field": "receptive field"}  # what only layers have


_VALUE = re.compile(r"\w+\s*=")  # what begins so is a value for a letter


def _amount(name: str, about: About, /, words: Sequence[str], digits: str, **settings: Setting) -> Texts:
    values = [word for word in words if _VALUE.match(word)]
    layer = " ".join(word for word in words if word not in values)
    (source,) = about.sources
    built, known = network(source, assignments(values)), Settings(**settings)
    return {"text": _written(name, built, layer, known, digits)}


def _written(name: str, built: Network, layer: str, settings: Settings, digits: str) -> str:
    setter = typesetter(format_named(TREE, digits))
    if not layer:
        return setter.number(amount(name, settings).of_network(built))
    node = layer_named(built, layer)
    if name == "shape":
        return setter.size(node.shape)
    if name != "field":
        return setter.number(amount(name, settings).of_layer(node))
    found = NetworkQuantities(built, (name,), settings).fields_of(built.index(node.name))
    if isinstance(found, str):
        raise SymparamsError(
            f"{node.name} sees {_SEEN.get(found, 'an unknown part')} of the input: no size can be said"
        )
    return setter.size(tuple(one.field.size for one in found))


def _role(quantity: str) -> Request:
    words = click.Argument(["words"], nargs=-1)
    callback = _quantity(quantity)
    params = [words, *like(solve, "digits", *SETTINGS)]
    return request(quantity.replace("_", "-"), callback, params)


ROLES = {one.name: one for one in map(_role, ("shape", *TOTALS, "field"))}
