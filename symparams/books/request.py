"""What a book can ask for, by directives and roles: each with the options of the command that answers it."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple, TypeAlias

import click

from symparams import limits
from symparams.commands.console import exhausted
from symparams.documents.labels import slug
from symparams.errors import Source, SymparamsError
from symparams.quantities.settings import Settings
from symparams.version import __version__

Texts: TypeAlias = Mapping[
    str, str
]  # what is answered, by what it is: text (a `tree`), svg, told, name, solution, pictures

PICTURE = "picture:"  # before the name of a picture that a text has
TREE = "tree"  # the format of all documents here
SETTINGS = tuple(field.name for field in fields(Settings))  # the options for what quantities depend on


class About(NamedTuple):
    """What is asked about."""

    sources: tuple[Source, ...]  # the networks
    slug: str = ""  # what tells the labels of its equations from all others in the book; empty: the network's title


@dataclass(frozen=True)
class Request:
    """Something that can be asked for."""

    name: str  # as a book writes it
    command: click.Command  # its options; called with what is asked about, it gives Texts
    is_for_one: bool = True  # whether it is about one network, not several

    @cached_property
    def options(self) -> dict[str, click.Option]:
        """Its options by their names."""
        options = (parameter for parameter in self.command.params if isinstance(parameter, click.Option))
        return {option.opts[0].removeprefix("--"): option for option in options}

    @property
    def told(self) -> str:
        """What it gives, in a sentence."""
        return self.command.help or ""

    def arguments(self, given: Mapping[str, str | None]) -> list[str]:
        """The options of a book as a command line has them; one that may be repeated has words with spaces between."""
        line: list[str] = []
        for name, value in given.items():
            option = self.options[name]
            if option.is_flag:
                line.append(f"--{name}")
            elif not option.multiple:
                line.append(f"--{name}={(value or '').strip()}")
            else:
                line += [f"--{name}={word}" for word in words(value or "")]
        return line

    def key(self, arguments: Sequence[str], about: About) -> str:
        """What stands for a question: equal for equal questions only, whatever the files are called."""
        texts = [(s.text, s.kind, s.model) for s in about.sources]
        asked = repr((__version__, self.name, list(arguments), texts, about.slug))
        return hashlib.sha256(asked.encode("utf-8", "backslashreplace")).hexdigest()

    def answer(self, arguments: Sequence[str], about: About) -> Texts:
        """What is asked for; raises SymparamsError for everything that is wrong."""
        if self.is_for_one and len(about.sources) != 1:
            raise SymparamsError("give one network")
        try:
            with limits.work():
                found: Texts = self.command.main(list(arguments), self.name, standalone_mode=False, obj=about)
        except click.UsageError as error:
            raise SymparamsError(self._told_in_a_book(error)) from None
        except (RecursionError, MemoryError) as error:
            raise exhausted(error) from None
        return found

    def _told_in_a_book(self, error: click.UsageError) -> str:
        """What is wrong with options, which have colons around them there."""
        if isinstance(error, click.BadParameter) and error.param is not None:
            return f":{error.param.opts[0].lstrip('-')}: {error.message}"
        return _OPTION.sub(lambda found: f":{found[1]}:" if found[1] in self.options else found[0], error.message)


_OPTION = re.compile(r"--([a-z][a-z-]*)")


def words(text: str) -> list[str]:
    """Words with spaces between, one with a space in it between quotation marks."""
    try:
        return shlex.split(text)
    except ValueError:
        raise SymparamsError(f"there is a quotation mark without its partner in {text.strip()[:60]}") from None


def role_of(text: str) -> tuple[str, list[str]]:
    """The file that a role names, and the rest of what it says."""
    found = words(text)
    if not found or found[0].startswith("-"):
        raise SymparamsError("say which file: FILE, FILE LAYER or FILE LAYER NAME=VALUE")
    return found[0], found[1:]


def label_of(text: str) -> str:
    """A name for labels that stands for any text."""
    return slug(text) or f"x-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:6]}"


def request(
    name: str, callback: Callable[..., Texts], params: list[click.Parameter], is_for_one: bool = True
) -> Request:
    """What can be asked for by a name, answered by a function that gets the values of these parameters."""
    taken = click.pass_obj(callback)
    return Request(name, click.Command(name, params=params, callback=taken, help=callback.__doc__), is_for_one)
