"""What a shell offers while a command is typed: names of layers of the network, of the catalogue, of examples."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

import click

from symparams import limits
from symparams.errors import SymparamsError


def among(names: Callable[[], Iterable[str]]) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Offers names that begin as what is typed."""

    def offered(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
        return [name for name in names() if name.startswith(typed)]

    return offered


def layers_of_the_network(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    """The layers of the network that stands before on the line; none where it cannot be read."""
    from symparams.commands.console import Inputs  # noqa: PLC0415 - it has options that ask this module
    from symparams.reading.door import network  # noqa: PLC0415 - seldom needed

    with suppress(SymparamsError, click.UsageError, RecursionError, MemoryError), limits.work():
        files = (*(context.params.get("files") or ()), *context.args)  # these stand before an option without a value
        inputs = Inputs(files, context.params.get("expression"))
        if "-" not in inputs.files:  # nobody types it now
            return [name for source in inputs.sources() for name in network(source, {}).names if name.startswith(typed)]
    return []
