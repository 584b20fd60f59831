"""Files that options name: which are read and which are written; a program that calls gives or gets their contents."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import click

from symparams.files import desk


class _File(click.Path):
    """A file by its name; where texts are in hand, no name is looked up on the disk."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        return super().convert(value, param, ctx) if desk() is None else self.coerce_path_result(value)


class ReadFile(_File):
    """A file that is read, or one of a few words in its place."""

    def __init__(self, words: Sequence[str] = (), path_type: type[Any] | None = None) -> None:
        super().__init__(path_type=path_type)
        self.words = words  # that are no names of files


class WrittenFile(_File):
    """A file, or a folder, that is written."""
