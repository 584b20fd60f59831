"""How a layer is written in a framework: what makes it, and how it is called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from symparams.errors import SymparamsError
from symparams.model.layer import Layer
from symparams.model.network import Node


class Recipe(NamedTuple):
    """Code for a layer."""

    made: tuple[str, ...]  # the calls that make its parts, one on the output of the other
    called: str = "{x}"  # what the first part is called on: {x} is the input, {xs} all of them with commas
    more: str = ""  # further arguments of that call
    helper: str = ""  # the name of a class that has to be written out
    weighted: int = -1  # which of the parts has the name of the layer


class NoCounterpartError(Exception):
    """The framework has nothing of this kind."""


Maker: TypeAlias = "Callable[[Any, Node], Recipe]"
Makers: TypeAlias = "dict[type[Layer], Maker]"


def refused(node: Node, framework: str, instead: Sequence[str] = ()) -> SymparamsError:
    """The error for a layer that a framework does not have."""
    title = node.layer.heading[:1].lower() + node.layer.heading[1:]
    return SymparamsError(f"{node.name} cannot be written for {framework}, which has no {title} of this kind")
