"""The options that say what a command writes, and where: the suffix of the output says what, unless it is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import click

from symparams.commands.choices import OpenChoice
from symparams.documents.engines import ENGINES, check_engine
from symparams.documents.formats import FORMATS, OFFICE, written_formats
from symparams.errors import listed

Suffixes: TypeAlias = Mapping[str, Sequence[str]]
_Command: TypeAlias = Callable[..., Any]

# What commands write documents in, and the suffixes that such files have.
WRITTEN: Suffixes = {
    **{name: FORMATS[name].suffixes for name in written_formats()},
    "pdf": (".pdf",),
    **{name: (suffix,) for name, suffix in OFFICE.items()},
    "json": (".json",),
}

FONT = click.option(
    "--font", "fonts", multiple=True, metavar="PATH", type=click.Path(exists=True),
    help="For a PDF: a font, or a folder of fonts, for characters that the usual ones lack; may be repeated.",
)  # fmt: skip
ENGINE = click.option(
    "--engine", type=click.Choice(list(ENGINES)),
    help="For a PDF: what makes it, typst if not given, or LuaLaTeX where it is installed.",
)  # fmt: skip


class Output(NamedTuple):
    """Where a document is to stand, and as what."""

    path: str | None  # as it was given; None: it is printed
    format: str  # of the file, such as pdf, where the command writes the text that it is made of
    fonts: Sequence[str] = ()  # for a PDF: files or folders with further fonts
    engine: str = "typst"  # for a PDF: what makes it, one of ENGINES


def with_format(suffixes: Suffixes, default: str, picture: str = "") -> Callable[[_Command], _Command]:
    """The option --format, or what the suffix of the output stands for; the command gets its output with it.

    `picture` is an option of the command that names the file of a picture, which may be set with further fonts, too.
    """
    option = click.option("--format", "format_", type=OpenChoice("format", list(suffixes)), help=_help(default))

    def decorated(command: _Command) -> _Command:
        @wraps(command)
        def chosen(**given: Any) -> Any:
            path, fonts, engine = given["output"], given.pop("fonts"), given.pop("engine")
            name = chosen_format("--format", given["format_"], path, suffixes) or default
            has_picture = bool(picture) and given[picture] is not None
            check_pdf_options(name, () if has_picture and _takes_fonts(given[picture]) else fonts, engine)
            engine = engine or next(iter(ENGINES))
            made_of = {"pdf": ENGINES[engine], **dict.fromkeys(OFFICE, "office")}
            if name in made_of:
                _check_file(name, path, engine)
            text = made_of.get(name, name)
            return command(**{**given, "format_": text, "output": Output(path, name, fonts, engine)})

        return option(FONT(ENGINE(chosen)))

    return decorated


def _takes_fonts(picture: Path) -> bool:
    """Whether a picture is set with fonts, as a PDF is."""
    return picture.suffix.lower() in (".pdf", ".png")


def check_pdf_options(name: str, fonts: Sequence[str], engine: str | None) -> None:
    """Raise UsageError where something is asked for that only a PDF has."""
    for option, given in (("--font", fonts), ("--engine", engine)):
        if given and name != "pdf":
            raise click.UsageError(f"{option} goes with --format pdf")


def _check_file(name: str, path: str | None, engine: str) -> None:
    """Raise UsageError, or SymparamsError, where a file cannot be made so; before there is any work."""
    if path is None:
        raise click.UsageError(f"--format {name} is not text; say where to write it with -o FILE")
    if name in OFFICE:
        from symparams.documents.office import check_pandoc  # noqa: PLC0415 - seldom needed

        check_pandoc()
    else:
        check_engine(engine)


def with_named(
    option: str, name: str, choices: click.Choice[str], suffixes: Suffixes, default: str
) -> Callable[[_Command], _Command]:
    """An option by which a command gets what is named, or what the suffix of the output stands for."""

    def decorated(command: _Command) -> _Command:
        @wraps(command)
        def chosen(**given: Any) -> Any:
            named = chosen_format(option, given[name], given["output"], suffixes)
            return command(**{**given, name: named or default})

        return click.option(option, name, type=choices, help=_help(default))(chosen)

    return decorated


def _help(default: str) -> str:
    return f"What to write. Default: what the suffix of -o stands for, or else {default}."


def chosen_format(option: str, named: str | None, output: str | None, suffixes: Suffixes) -> str | None:
    """What is named, or what the suffix of the output stands for, if anything; UsageError if they contradict."""
    suffix = Path(output or "").suffix.lower()
    meant = [name for name, its in suffixes.items() if suffix in its]
    for name in ("pdf", *OFFICE):
        if not meant and suffix in WRITTEN[name]:
            raise click.UsageError(
                f"-o {output} stands for {name}, which is not written here; choose {listed(list(suffixes), 'or')}"
            )
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
