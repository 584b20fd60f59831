"""The command that serves editors."""

from __future__ import annotations

import importlib

import click


@click.command()
def lsp() -> None:
    """Serve an editor by the Language Server Protocol, on the standard input and output.

    It says what is wrong while a network is written. Editors start it themselves; see docs/editors.md.
    """
    importlib.import_module("symparams.language_server").serve()  # which reads networks as commands do
