"""Choices of options that extensions may add to: theirs are known once they are named, or when help is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from symparams import extensions


class OpenChoice(click.Choice[str]):
    """One of the names of the package, hyphens as underscores, or of what extensions bring."""

    def __init__(self, part: extensions.Part, own: Sequence[str]) -> None:
        super().__init__(own)
        self._part = part
        self._own = tuple(own)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self._own and str(value).replace("-", "_") in self._own:
            return str(value).replace("-", "_")
        if value not in self._own and extensions.find(self._part, value) is not None:
            return str(value)
        self.choices = (*self._own, *extensions.names(self._part))
        return super().convert(value, param, ctx)

    def get_metavar(self, *about: Any, **more: Any) -> str | None:
        self.choices = (*self._own, *extensions.every(self._part))
        return super().get_metavar(*about, **more)
