"""What a config is made of: tables of keys and values that know where they stand in the text."""

from __future__ import annotations

from typing import Any

from symparams.errors import Span


class Table(dict[str, Any]):
    """An object of JSON or a mapping of YAML, with places."""

    def __init__(self, at: Span) -> None:
        super().__init__()
        self.at = at  # of the whole
        self.places: dict[str, Span] = {}  # of the value of each key

    def put(self, key: str, value: object, at: Span) -> None:
        """Set a key to a value that stands at a place."""
        self[key] = value
        self.places[key] = at

    def place(self, *keys: str) -> Span:
        """Where the value of the first of some keys that it has stands; else where the table begins."""
        return next((self.places[key] for key in keys if key in self.places), self.at)


MOST = 100_000  # values of a config, in JSON those with places

# The keys under which places are kept: what leads from a model to its layers and into their configs.
WITH_PLACES = frozenset(
    ("config", "layers", "layer", "forward_layer", "backward_layer", "cell", "cells", "modelTopology", "model_config")
)
