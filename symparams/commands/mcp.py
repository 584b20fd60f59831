"""The command that serves assistants."""

from __future__ import annotations

import importlib

import click


@click.command()
def mcp() -> None:
    """Serve an assistant by the Model Context Protocol, on the standard input and output.

    Its tools are commands of this program. Assistants start it themselves; see docs/assistants.md.
    """
    importlib.import_module("symparams.assistants").serve()  # which calls commands itself, so it stands above them
