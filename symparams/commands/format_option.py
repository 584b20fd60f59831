"""The option that says what a command writes, for which the suffix of the output serves as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from symparams import extensions
from symparams.commands.choices import OpenChoice
from symparams.errors import listed


def with_format(
    suffixes: Mapping[str, Sequence[str]], default: str, part: extensions.Part = "format"
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option --format; a command gets what it names, or what the suffix of the output stands for."""
    return _chosen("--format", "format_", OpenChoice(part, list(suffixes)), suffixes, default)


def with_target(
    suffixes: Mapping[str, Sequence[str]], default: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The same as an option --to."""
    return _chosen("--to", "target", click.Choice(list(suffixes)), suffixes, default)


def _chosen(
    option: str, name: str, choices: click.Choice[str], suffixes: Mapping[str, Sequence[str]], default: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    given_as = click.option(
        option, name, type=choices, help=f"What to write. Default: what the suffix of -o stands for, or else {default}."
    )

    def decorated(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def chosen(**given: Any) -> Any:
            named, output = given[name], given["output"]
            given[name] = named if output is None else _of_output(option, named, output, suffixes)
            if given[name] is None:
                given[name] = default
            return command(**given)

        return given_as(chosen)

    return decorated


def _of_output(option: str, named: str | None, output: str, suffixes: Mapping[str, Sequence[str]]) -> str | None:
    """What is named, or what the suffix of the output stands for, if anything; UsageError if they contradict."""
    suffix = Path(output).suffix.lower()
    meant = [name for name, its in suffixes.items() if suffix in its]
    if named is None and len(meant) > 1:
        raise click.UsageError(f"-o {output} can be {listed(meant, 'or')}; say which with {option}")
    if named is None:
        return meant[0] if meant else None
    if meant and named in suffixes and named not in meant:  # those of extensions have any suffix
        other = f"end the name with {suffixes[named][0]}" if suffixes[named] else "choose a name without a suffix"
        raise click.UsageError(
            f"{option} {named} does not go with -o {output}, as {suffix} stands for {listed(meant, 'or')}; "
            f"leave out {option}, or {other}"
        )
    return named
