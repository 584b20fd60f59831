"""The commands that print what is known: layers, families, misconceptions and extensions."""

from __future__ import annotations

import click

from symparams.commands.completion import among
from symparams.documents.built_in import template_list, template_text
from symparams.documents.catalogue import catalogue_text
from symparams.documents.families import families_text
from symparams.documents.installed import extensions_text
from symparams.documents.misconceptions import misconception_names, misconceptions_text
from symparams.files import write_standard_output
from symparams.layers import CATALOGUE
from symparams.reading.families import family_names


@click.command()
@click.argument("name", required=False, shell_complete=among(lambda: CATALOGUE))
@click.option("--format", "format_", type=click.Choice(("text", "markdown")), default="text", show_default=True)
def layers(name: str | None, format_: str) -> None:
    """List the layers, with their arguments, rules and examples."""
    write_standard_output(catalogue_text(name, format_))


@click.command()
@click.argument("name", required=False, shell_complete=among(misconception_names))
@click.option("--format", "format_", type=click.Choice(("text", "markdown")), default="text", show_default=True)
def misconceptions(name: str | None, format_: str) -> None:
    """List the known mistakes: what goes wrong, what is correct, where it is described."""
    write_standard_output(misconceptions_text(name, format_))


@click.command()
@click.argument("name", required=False, shell_complete=among(family_names))
@click.option("--format", "format_", type=click.Choice(("text", "markdown")), default="text", show_default=True)
def families(name: str | None, format_: str) -> None:
    """List the families of Hugging Face configs, with their keys and networks."""
    write_standard_output(families_text(name, format_))


@click.command()
@click.argument("name", required=False)
def template(name: str | None) -> None:
    """Print a template that is in use, such as steps or exam/question; without a name, list them."""
    write_standard_output(template_list() if name is None else template_text(name))


@click.command()
def extensions() -> None:
    """List what other distributions add, and why any are left out."""
    write_standard_output(extensions_text())
