"""What symparams says of a text, up to the layer that it refuses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from symparams.errors import LayerError, Source, SymparamsError
from symparams.model.builder import Builder
from symparams.model.layer import Layer
from symparams.model.network import Network, Node
from symparams.sources import language

_PROMISED = re.compile(r"^[\w.]+ is for \d spatial ax")


class NotUnderstoodError(Exception):
    """The text itself is wrong, not the place of a layer."""


@dataclass
class Read:
    """What our side says of a text."""

    nodes: list[Node]
    refused: tuple[Layer, tuple[int, ...], str] | None = None  # the layer that does not fit, its inputs, the message
    network: Network | None = None  # the whole of it, if nothing is refused
    by_name: bool = False  # refused for what a name promises, such as Conv2D on a sequence: no framework to ask
    shared: int | None = None  # the node whose weights the refused layer uses again


def read(text: str) -> Read:
    """The layers of a text, up to one that does not fit; NotUnderstoodError if another thing is wrong."""
    found = Read([])

    class Recorded(Builder):
        def add(self, layer: Layer, inputs: Sequence[int], name: str | None = None, **more: Any) -> int:
            if found.refused is None:  # what is refused may be tried once more, its axes read in another way
                found.nodes = self.nodes
            try:
                return super().add(layer, inputs, name, **more)
            except LayerError as error:
                if found.refused is None:
                    found.refused, found.shared = (layer, tuple(inputs), error.matter), more.get("shared")
                raise

    with patch.object(language, "Builder", Recorded):
        try:
            found.network = language.network(Source("<random>", text))
            found.refused, found.nodes = None, list(found.network.nodes)
        except SymparamsError as error:
            found.by_name = bool(_PROMISED.search(error.matter))
            if found.refused is None and not found.by_name:
                raise NotUnderstoodError(str(error)) from error
    return found
