"""What the commands share: options, networks read from what is named, documents delivered."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from symparams import extensions, limits
from symparams.algebra.formula import Formula
from symparams.commands.file_options import ReadFile, WrittenFile
from symparams.commands.format_option import WRITTEN, Output, with_format
from symparams.documents.engines import pdf_by
from symparams.documents.formats import (
    FORMATS,
    GROUPS,
    MATH,
    OFFICE,
    format_named,
    is_whole,
    whole_formats,
    written_formats,
)
from symparams.documents.rendering import delivered, standalone
from symparams.errors import LimitError, Source, SymparamsError, clean, listed
from symparams.extensions import ExtensionWarning
from symparams.files import desk, read_source, read_standard_input, write_standard_output, write_whole
from symparams.model.network import Network
from symparams.quantities.settings import CHOICES, Settings
from symparams.reading.door import network
from symparams.sources.reader import read_expression

T = TypeVar("T")

_MARK = 8  # bytes at the beginning of a file that tell an archive
_ARCHIVES = (b"PK\x03\x04", b"\x89HDF")  # how models that Keras saved begin
_PROTOBUF = b"\x08"  # how ONNX files begin; no text does
COMMAND_LINE = "<command line>"  # where a text of -e comes from


def options(*several: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Several options of click as one decorator."""

    def decorated(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(several):
            command = option(command)
        return command

    return decorated


def like(command: click.Command, *names: str) -> list[click.Parameter]:
    """Some options of a command, for another door that takes them just so."""
    return [parameter for parameter in command.params if parameter.name in names]


class Inputs(NamedTuple):
    """What a command is asked to read."""

    files: tuple[str, ...]  # names; - is the standard input
    expression: str | None  # a text on the command line instead
    kind: str = ""  # as --from names it; empty: as what each looks like
    model: str = ""  # which of several models in each; empty: the only one, or of several the first

    def sources(self) -> list[Source]:
        """The texts that are named."""
        if self.expression is not None:
            if self.files:
                raise click.UsageError("give files or -e, not both")
            return [self._meant(Source(COMMAND_LINE, self.expression))]
        if not self.files:
            raise click.UsageError("give a FILE, - for standard input, or -e SOURCE")
        return [self._meant(_input(file)) for file in self.files]

    def _meant(self, source: Source) -> Source:
        return replace(source, kind=self.kind or source.kind, model=self.model)


_INPUTS = options(
    click.argument("files", nargs=-1, type=ReadFile(), metavar="[FILE]..."),
    click.option("-e", "expression", metavar="SOURCE", help="A network on the command line instead of in a file."),
    click.option("--from", "kind", default="", metavar="KIND", help="What the input is; recognized if not given."),
    click.option("--model", default="", metavar="NAME", help="Which model, where the input has several."),
)


def with_inputs(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options for what is read, which the command gets together."""

    @wraps(command)
    def gathered(**given: Any) -> Any:
        return command(inputs=Inputs(*(given.pop(name) for name in Inputs._fields)), **given)

    return _INPUTS(gathered)


SOURCES = options(
    with_inputs,
    click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A value for a letter; overrides `let`."),
)
FORMAT = options(
    with_format(WRITTEN, "markdown"),
    click.option(
        "--math",
        type=click.Choice(MATH),
        default="latex",
        show_default=True,
        help="In Markdown: formulas between dollar signs, or as plain text.",
    ),
)
OUTPUT = options(
    click.option("--digits", type=click.Choice(GROUPS), default="comma", help="The thousands separator, as in 18,207."),
    click.option(
        "-o", "--output", metavar="FILE", type=WrittenFile(), help="The file to write. Default: standard output."
    ),
)

ALL_LAYERS = click.option(
    "--all-layers",
    is_flag=True,
    help="Each layer in a place of its own, even if the network has more than 500; else blocks that repeat in one are "
    "told once.",
)
FIGURES = click.option(
    "--figures", is_flag=True, help="Draw the network, and where windows stand on inputs of few positions, too."
)
STANDALONE = click.option(
    "--standalone", "whole", is_flag=True, help="With --format latex: a whole document, not a fragment."
)

_HELP = {
    "dtype": "The data type of parameters and activations.",
    "optimizer": "With memory and optimizer: the optimizer whose gradients and state are counted.",
    "flops": "How FLOPs are counted.",
    "macs": "Whether bias additions count as multiply-accumulates.",
    "training": "With training: how the FLOPs of a training step are counted.",
    "kept": "With kept: what training keeps for the backward pass.",
}
_SETTINGS = options(
    *(
        click.option(
            f"--{name}",
            type=click.Choice(list(known)),
            default=getattr(Settings(), name),
            show_default=True,
            help=_HELP[name],
        )
        for name, (_, known) in CHOICES.items()
    ),
    click.option("--batch", metavar="N", help="How many examples, or a letter for them; one if not given."),
    click.option("--cache-all", is_flag=True, help="With cache: also of attention that generates nothing."),
)


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options for all settings, which the command gets together."""

    @wraps(command)
    def gathered(**given: Any) -> Any:
        names = [field.name for field in fields(Settings)]
        return command(settings={name: given.pop(name) for name in names}, **given)

    return _SETTINGS(gathered)


TEMPLATE = click.option("--template", metavar="FILE", type=ReadFile(path_type=Path), help="Your own Jinja template.")


def check_template(template: Path | None, format_: str, output: Output, able: Sequence[str] = ()) -> None:
    """Raise UsageError where a template of a user's own cannot write what is asked for.

    `able`: the formats that it can write; () are all that documents have.
    """
    if template is not None and output.format == "pdf":
        raise click.UsageError(
            "--template makes no PDF, since what it writes would be run; it goes with --format typst"
        )
    if template is not None and format_ in ("office", "json"):
        raise click.UsageError(
            f"--template makes text; it goes with --format {listed(able or written_formats(), 'or')}"
        )


def exhausted(error: RecursionError | MemoryError) -> LimitError:
    """What Python had too little of, as an error of ours."""
    if isinstance(error, RecursionError):
        return LimitError("this is nested too deeply")
    return LimitError("this needs more memory than there is")


def as_ours(error: Exception) -> SymparamsError:
    """An error that is none of ours as one: something Python had too little of, or something of an extension."""
    if isinstance(error, RecursionError | MemoryError):
        return exhausted(error)
    if isinstance(error, OSError) and not extensions.loaded():
        return SymparamsError(f"there is no room for this: {error.strerror or error}")
    others = f"the extensions that are used here: {', '.join(extensions.loaded())}"
    return SymparamsError(f"this failed with {type(error).__name__}: {error}; the cause may be in {others}")


def say(message: str) -> None:
    """Write a message to standard error; where nobody listens, the status has to do."""
    held = desk()
    if held is not None:
        held.notices.append(clean(message, 4000).removeprefix("symparams: "))
        return
    with contextlib.suppress(OSError, AttributeError, ValueError):
        sys.stderr.buffer.write((clean(message, 4000) + "\n").encode("utf-8", "replace"))
        sys.stderr.flush()


@contextmanager
def plain_warnings() -> Iterator[None]:
    """Have what is told of extensions stand on a line of standard error."""

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if issubclass(category, ExtensionWarning):
            say(f"symparams: {message}")
        else:
            usual(message, category, *where, **more)

    with warnings.catch_warnings():
        usual, warnings.showwarning = warnings.showwarning, show
        warnings.simplefilter("always", ExtensionWarning)
        yield


def networks(inputs: Inputs, given: Sequence[str]) -> list[tuple[Source, Network]]:
    """The networks that are named, with the values that are given."""
    texts = inputs.sources()
    values = assignments(given)
    return [(source, network(source, values)) for source in texts]


def of(source: Source, made: Callable[..., T], *given: Any) -> T:
    """What is made of a network; a limit that is passed on the way is told with the name of its file."""
    try:
        return made(*given)
    except LimitError as error:
        if error.place is None:
            error.source = source
        raise


def check_figures(figures: bool, format_: str) -> None:
    """Raise UsageError where pictures are asked for in a format that has none."""
    if figures and (format_ == "json" or not format_named(format_).picture):
        able = [name for name in written_formats() if FORMATS[name].picture]
        raise click.UsageError(f"--figures goes with {listed([*able, 'pdf'], 'or')}; {format_} has no pictures")


def check_standalone(whole: bool, format_: str) -> None:
    """Raise UsageError where a whole document is asked for in a format that has only one form."""
    if whole and not is_whole(format_):
        raise click.UsageError(f"--standalone goes with --format {listed(whole_formats(), 'or')}")


def read(file: str, most: int = limits.SOURCE_BYTES) -> Source:
    """The text of a file, or what is piped in; of so many bytes at most."""
    return read_standard_input(most) if file == "-" else read_source(Path(file), most)


def _input(file: str) -> Source:
    """A text that describes a network: that of a file, the config in an archive of Keras, or what ONNX prints."""
    path = Path(file)
    with contextlib.suppress(OSError, ValueError):  # which reading it as a text tells
        if file != "-" and desk() is None and path.is_file():
            with path.open("rb") as opened:
                beginning = opened.read(_MARK)
            if beginning.startswith(_ARCHIVES):
                from symparams.reading.configs.archive import archived_config  # noqa: PLC0415 - seldom needed

                return archived_config(path)
            if beginning.startswith(_PROTOBUF) or (path.suffix == ".onnx" and not beginning.lstrip().startswith(b"<")):
                from symparams.reading.onnx.model_file import model_text  # noqa: PLC0415 - seldom needed

                return model_text(path)
    return read(file, limits.NOTEBOOK_BYTES if path.suffix == ".ipynb" else limits.INPUT_BYTES)


def assignments(given: Sequence[str]) -> dict[str, Formula]:
    """The values of --set."""
    return dict(map(_assignment, given))


def _assignment(text: str) -> tuple[str, Formula]:
    name, sign, value = text.partition("=")
    if not sign or not re.fullmatch(r"\w+", name.strip()):
        raise SymparamsError(f"--set takes NAME=VALUE, not {text[:60]}")
    return name.strip(), read_expression(Source(f"--set {name.strip()}", value))


def as_json(found: Sequence[dict[str, Any]]) -> str:
    """One object as it is, several as a list."""
    return json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False, indent=2) + "\n"


def deliver_document(body: str, format_: str, output: Output, whole: bool = False, is_all: bool = False) -> None:
    """Write a document in a format, whole or as a fragment, to the file that is named, or print it.

    `is_all`: nothing needs to stand around it unless `whole` says so, since a template of a user's own wrote it.
    """
    if output.format in OFFICE:
        from symparams.documents.office import office  # noqa: PLC0415 - seldom needed

        deliver(office(standalone(body, format_), output.format), output)
    elif output.format == "pdf":
        deliver(pdf_by(output.engine, standalone(body, format_), output.fonts), output)
    else:
        deliver(body if is_all and not whole else delivered(body, format_, whole), output)


def deliver(contents: str | bytes, output: Output) -> None:
    """Write to the file that is named, or print."""
    if output.path is not None:
        write_whole(Path(output.path), contents)
    else:
        assert isinstance(contents, str)
        write_standard_output(contents)
