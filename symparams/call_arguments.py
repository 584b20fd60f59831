"""The arguments of a call: JSON as the words of a command line, read off the options that click knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from symparams import limits
from symparams.commands.file_options import ReadFile, WrittenFile
from symparams.errors import LimitError, SymparamsError, listed, nearest

TEXT = "text"  # the argument with what a command reads
_FILE_NAME = re.compile(r"[^\W_.-][\w.-]{0,99}")  # of what is written: no folder, nothing hidden


@dataclass
class Given:
    """A command with all that it is given."""

    command: click.Command
    words: list[str] = field(default_factory=list)  # of its command line
    texts: dict[str, str] = field(default_factory=dict)  # what its words name as files


def keys(command: click.Command) -> dict[str, click.Parameter]:
    """What a command takes, by the keys of the JSON; what names fonts on the disk it does not take."""
    found: dict[str, click.Parameter] = {}
    for parameter in command.params:
        if isinstance(parameter.type, click.Path) and not isinstance(parameter.type, ReadFile | WrittenFile):
            continue
        several = isinstance(parameter, click.Argument) and parameter.nargs != 1
        key = TEXT if several or "-e" in parameter.opts else max(parameter.opts, key=len).lstrip("-")
        if key != TEXT or several:
            found[key] = parameter
    return found


def given(command: click.Command, operation: str, arguments: Mapping[str, object]) -> Given:
    """The words and texts of a call.

    Raises SymparamsError for an argument that the command does not have, or of another type.
    """
    known = keys(command)
    asked = Given(command)
    behind: list[str] = []  # names of files, behind all options
    for key, value in arguments.items():
        parameter = known.get(str(key))
        if parameter is None:
            there = nearest(str(key), known) or f"; its arguments are {listed(list(known))}"
            raise SymparamsError(f"{operation} has no argument `{str(key)[:60]}`{there}")
        if value is None:
            continue
        if key == TEXT:
            behind += _put(asked, value)
        elif isinstance(parameter, click.Argument):
            behind.append(_one(asked, parameter, key, value))
        else:
            asked.words += _option(asked, parameter, key, value)
    if TEXT in known and not arguments.get(TEXT):
        raise SymparamsError(f"give the argument `{TEXT}`: what {operation} is to read")
    asked.words += ["--", *behind]
    return asked


def _put(asked: Given, value: object) -> list[str]:
    """The texts to read: names of those that are files to the command; the others become words of it."""
    if isinstance(value, Mapping):
        for name, text in value.items():
            asked.texts[_checked_name(str(name))] = _text(TEXT, text)
        return list(map(str, value))
    texts = [_text(TEXT, text) for text in (value if isinstance(value, list | tuple) else [value])]
    if len(texts) == 1:
        asked.words += ["-e", texts[0]]
        return []
    names = [f"<{TEXT} {number}>" for number in range(1, len(texts) + 1)]
    asked.texts |= dict(zip(names, texts, strict=True))
    return names


def _checked_name(name: str) -> str:
    if name.startswith(("-", "<")) or not name.isprintable() or not 0 < len(name) <= 200:
        raise SymparamsError(f"`{name[:60]}` is no name for a text; a name is that of a file, such as net.arch")
    return name


def _option(asked: Given, parameter: click.Parameter, key: str, value: object) -> Iterator[str]:
    """The words of an option, one for each of its values."""
    if isinstance(parameter, click.Option) and parameter.is_flag:
        if not isinstance(value, bool):
            raise SymparamsError(f"`{key}` is true or false")
        yield from [f"--{key}"] if value else []
        return
    for one in _several(key, value) if parameter.multiple else [value]:
        yield f"--{key}={_one(asked, parameter, key, one)}"


def _several(key: str, value: object) -> Sequence[object]:
    if isinstance(value, Mapping):  # values of letters
        return [f"{name}={_scalar(key, one)}" for name, one in value.items()]
    return value if isinstance(value, list | tuple) else [value]


def _one(asked: Given, parameter: click.Parameter, key: str, value: object) -> str:
    """A value as a word; of a file that is read the name under which its text lies ready."""
    kind = parameter.type
    if isinstance(kind, ReadFile) and not (kind.words and isinstance(value, str) and value.isidentifier()):
        asked.texts[f"<{key}>"] = _text(key, value)
        return f"<{key}>"
    word = _scalar(key, value)
    if isinstance(kind, WrittenFile) and not _FILE_NAME.fullmatch(word):
        raise SymparamsError(f"`{key}` is the name of a file, such as solution.html, without a folder")
    return word


def _scalar(key: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise SymparamsError(f"`{key}` is a text or a number")
    try:
        return str(value)
    except ValueError:  # an integer with thousands of digits
        raise LimitError(f"`{key}` has more than {limits.DIGITS:,} digits, which is the limit") from None


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise SymparamsError(f"`{key}` is a text, or several of them" if key == TEXT else f"`{key}` is a text")
    if len(value) > limits.NOTEBOOK_BYTES:
        raise LimitError(f"`{key}` is longer than {limits.NOTEBOOK_BYTES >> 20} MiB, which is the limit")
    return value


# ---------------------------------------------------------------- what there is


def described(command: click.Command) -> dict[str, Any]:
    """What a command is for, and a JSON schema of its arguments."""
    known = keys(command)
    required = [key for key, one in known.items() if key == TEXT or one.required]
    schema = {"type": "object", "properties": {key: _schema(key, one) for key, one in known.items()}}
    return {
        "about": (command.help or "").split("\n\n")[0],
        "arguments": {**schema, "required": required, "additionalProperties": False},
    }


def _schema(key: str, parameter: click.Parameter) -> dict[str, Any]:
    said = getattr(parameter, "help", None)
    about = {"description": said} if said else {}
    if key == TEXT:
        texts = {"type": "array", "items": {"type": "string"}}
        return {"anyOf": [{"type": "string"}, texts, {"type": "object", "additionalProperties": {"type": "string"}}]}
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return {"type": "boolean", **about}
    kind = parameter.type
    one: dict[str, Any] = {"type": "integer" if isinstance(kind, click.types.IntParamType) else "string"}
    if isinstance(kind, click.Choice):
        one["enum"] = list(kind.choices)
    if isinstance(kind, click.IntRange):
        one |= {name: bound for name, bound in (("minimum", kind.min), ("maximum", kind.max)) if bound is not None}
    if not parameter.multiple:
        return {**one, **about}
    return {"anyOf": [{"type": "array", "items": one}, one], **about}
