"""The extension for IPython and Jupyter: `%load_ext symparams` brings the cells `%%arch` and `%%answer`."""

from __future__ import annotations

import keyword
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import click

from symparams import limits
from symparams.api import Net
from symparams.commands.answer import answer
from symparams.commands.console import assignments, exhausted, like
from symparams.commands.main import check_whole, meant, solve
from symparams.errors import Source, SymparamsError
from symparams.frozen import Frozen
from symparams.layers import CATALOGUE
from symparams.quantities.settings import Setting, Settings
from symparams.readings import Reading
from symparams.results import Displayed, Solution


class CellError(SymparamsError):
    """What is wrong with a cell. A notebook shows the message alone, and a run of all its cells fails."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()  # IPython asks for it


@dataclass(frozen=True, slots=True)
class _Cell:
    """What is below the line of options."""

    text: str
    keep: Callable[[str, object], None]  # gives a variable of the notebook a value

    def source(self, kind: str, model: str) -> Source:
        """The text, on the lines that it has in the notebook."""
        return Source("<cell>", "\n" + self.text, kind, model)


def load_ipython_extension(shell: Any) -> None:
    """Give a shell of IPython the cells `%%arch` and `%%answer`."""
    for command in (ARCH, ANSWER):
        shown = partial(_shown, command, shell)
        shown.__doc__ = f"%%{command.name}: {command.help}"
        shell.register_magic_function(shown, "cell", command.name)


def _shown(command: click.Command, shell: Any, line: str, text: str) -> Displayed | None:
    """What a cell gives, which is shown; whatever is wrong with it is said here, so that the cell fails."""
    cell = _Cell(text, lambda name, value: shell.push({name: value}))
    try:
        with limits.work():
            found = command.main(_words(line), f"%%{command.name}", standalone_mode=False, obj=cell)
        if not isinstance(found, Displayed):
            return None  # only help was asked for
        found._repr_markdown_()
        return found
    except SymparamsError as error:
        raise CellError(error.matter, error.place, error.source) from None
    except click.UsageError as error:
        hint = f"\n{error.ctx.get_usage()}" if error.ctx is not None else ""
        raise CellError(error.format_message() + hint) from None
    except (RecursionError, MemoryError) as error:
        raise CellError(exhausted(error).matter) from None


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        raise CellError("the options of this cell have a quotation mark without its partner") from None


@click.pass_obj
def _network(
    cell: _Cell,
    /,
    name: str | None,
    style: str | None,
    layers: Sequence[str],
    quantities: Sequence[str],
    total: bool,
    by: str | None,
    all_layers: bool,
    given: Sequence[str],
    kind: str,
    model: str,
    **settings: Setting,
) -> Net | Solution:
    """Show the network that the cell describes, or its solution if an option asks for one.

    NAME is the variable that keeps the network.
    """
    if name is not None and (not name.isidentifier() or keyword.iskeyword(name)):
        raise click.UsageError(f"`{name[:60]}` cannot be the name of a variable")
    if total or by:
        check_whole(layers, quantities if total else (), None)
    net = Net(cell.source(kind, model), assignments(given), CATALOGUE)
    if name is not None:
        cell.keep(name, net)
    known = Settings(**settings)
    if not (style or layers or quantities or total or by or all_layers or known != Settings()):
        return net
    style, chosen = meant(style, layers, quantities, total)
    shown = "total" if total and style != "answer" else style
    return Solution(net._network, chosen, tuple(layers), known, shown, by or "", all_layers=all_layers)


@click.pass_obj
def _answer(
    cell: _Cell, /, layer: str | None, quantity: str | None, given: Sequence[str], kind: str, model: str
) -> Reading:
    """Answer the question in the cell, as people paste it: prose, code and printed tables in any order."""
    return Reading(cell.source(kind, model), Frozen(assignments(given)), layer, quantity)


ARCH = click.Command(
    "arch",
    params=[
        click.Argument(["name"], required=False),
        *like(solve, "given", "style", "layers", "quantities", "total", "by", "all_layers", "kind", "model"),
        *like(solve, *(field.name for field in fields(Settings))),
    ],
    callback=_network,
    help=_network.__doc__,
)
ANSWER = click.Command(
    "answer",
    params=like(answer, "layer", "quantity", "given", "kind", "model"),
    callback=_answer,
    help=_answer.__doc__,
)
