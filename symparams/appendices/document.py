"""What surrounds an appendix in a text: how it was made, its pictures; and all of it as one object for templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from symparams.appendices.record import Appendix
from symparams.version import __version__


@dataclass(frozen=True, slots=True)
class Made:
    """What an appendix says of how it was made."""

    files: tuple[str, ...]  # the names of the sources
    words: tuple[str, ...]  # of the command that made it; () where it was Python
    digest: str = ""  # of the sources and the settings
    version: str = __version__  # of the program that made it

    @property
    def note(self) -> str:
        """The same in a line of a comment, which nothing in it ends."""
        told = f"From {', '.join(self.files)}{' with ' + ' '.join(self.words) if self.words else ''}. Do not edit."
        return re.sub(r"--(?=!?>)|<(?=!--)", r"\g<0> ", " ".join(told.split()))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is put into a text."""

    name: str  # of its file, without the suffix
    text: str  # of the picture itself, where it stands in the text
    told: str  # what it shows, in a line
    digest: str  # of the picture, where it is in a file
    share: str  # of the height of a page, that it takes at most


class Shown(NamedTuple):
    """The pictures of a network."""

    layers: Picture  # the network, from input to output
    costs: Picture | None  # bars; None where there are none
    leads: bool  # whether the layers stand before the tables
    room: str  # that the section takes, as a share of the height of a page; 1.00: a page or more


class Pictures(NamedTuple):
    """All pictures of an appendix."""

    networks: Mapping[str, Shown]  # those of each network, by its slug
    windows: Mapping[int, Picture]  # where windows stand, by the numbers of the rules for their sizes


class Work(NamedTuple):
    """A work that is cited."""

    key: str  # in the bibliography: symparams:dumoulin2016
    text: str  # authors, title and place in a line, without marks of a format


@dataclass(frozen=True)
class AppendixDocument:
    """An appendix as a template of a user's own sees it."""

    title: str  # its heading, without marks of a format
    made: Made  # from what, and by which command
    contents: Appendix  # notation, rules, a section for each network, exercises
    pictures: Mapping[str, Shown]  # those of each network, by its slug
    windows: Mapping[int, Picture]  # where windows stand, by the numbers of the rules for their sizes
    works: tuple[Work, ...]  # that are cited, in the order of their numbers
