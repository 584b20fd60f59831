"""The command that hands out the networks that come with the package."""

from __future__ import annotations

import re
from pathlib import Path

import click

from symparams.commands.completion import among
from symparams.commands.file_options import WrittenFile
from symparams.errors import SymparamsError, nearest
from symparams.files import desk, write_standard_output, write_whole
from symparams.resources import folder


def _files() -> list[Path]:
    return sorted(path for path in folder("examples").iterdir() if path.is_file())


def _called(path: Path) -> str:
    """What an example is called: networks without their suffix."""
    return path.name.removesuffix(".arch")


_TITLE = re.compile(r'^model "([^"\n]*)"', re.MULTILINE)


@click.command()
@click.argument("name", required=False, shell_complete=among(lambda: [_called(path) for path in _files()]))
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    type=WrittenFile(path_type=Path),
    help="Write it there, or without a name all of them. Default: standard output.",
)
def examples(name: str | None, output: Path | None) -> None:
    """List the examples, or print one: networks, a blueprint for an exam and a notebook."""
    every = {path.name: path for path in _files()}
    chosen = every if name is None else {(found := _named(name, every)): every[found]}
    if output is not None:
        _write(chosen, output)
    elif name is None:
        write_standard_output("".join(f"{_listed(path)}\n" for path in every.values()))
    else:
        write_standard_output("".join(path.read_text("utf-8") for path in chosen.values()))


def _named(name: str, every: dict[str, Path]) -> str:
    """The file that is meant; networks are called without their suffix."""
    for known in (f"{name}.arch", name):
        if known in every:
            return known
    near = nearest(name, [known.removesuffix(".arch") for known in every])
    raise SymparamsError(f"there is no example `{name[:60]}`{near or '; `symparams examples` lists them'}")


def _listed(path: Path) -> str:
    title = _TITLE.search(path.read_text("utf-8")) if path.suffix == ".arch" else None
    return f"{_called(path):22} {title[1] if title else ''}".rstrip()


def _write(chosen: dict[str, Path], output: Path) -> None:
    """Put them into a folder, which is made if it is not there; what stands there already is left alone."""
    if desk() is None:
        _check(chosen, output)
    for name, path in chosen.items():
        write_whole(output / name, path.read_text("utf-8"))


def _check(chosen: dict[str, Path], output: Path) -> None:
    """Make the folder; raises SymparamsError where it cannot be made, or something else has the name of an example."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        others = [n for n, path in chosen.items() if (output / n).exists() and not _is_same(output / n, path)]
    except OSError as error:
        raise SymparamsError(f"cannot write to the folder {output}: {error.strerror}") from None
    if others:
        raise SymparamsError(f"{output / others[0]} is there already, and something else; choose another folder")


def _is_same(there: Path, path: Path) -> bool:
    return there.is_file() and there.read_bytes() == path.read_bytes()
