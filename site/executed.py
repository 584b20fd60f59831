"""Tutorials are executed: what a cell of a page prints has to be what stands on the page.

Cells are fences of the kinds `console` (lines that begin with `$ `, each with its output behind it) and `pycon`. The
cells of a page are run in its order in one folder, which begins empty; a fence behind the words "`NAME`:" is a file
of this name. `fresh` gives the page with the outputs as they are now.
"""

from __future__ import annotations

import contextlib
import difflib
import doctest
import io
import re
import shlex
import tempfile
from pathlib import Path
from typing import Any

from symparams.commands.main import run

_FENCE = re.compile(
    r"(?P<named>`(?P<file>[\w.-]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)


def fresh(page: str) -> str:
    """A page with the outputs of its cells as they are now."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with tempfile.TemporaryDirectory() as folder:

        def made(fence: re.Match[str]) -> str:
            text = fence["text"]
            if fence["file"]:
                (Path(folder) / fence["file"]).write_text(text, "utf-8")
            elif fence["kind"] == "console":
                text = _console(text, folder)
            elif fence["kind"] == "pycon":
                with contextlib.chdir(folder):
                    text = _python(text, names)
            return f"{fence['named'] or ''}```{fence['kind']}\n{text}```"

        return _FENCE.sub(made, page)


def stale(page: str) -> str:
    """What of a page is not as it would be made now, as a difference of lines; empty where all is."""
    now = fresh(page)
    return "\n".join(
        difflib.unified_diff(page.splitlines(), now.splitlines(), "the page", "made now", lineterm="", n=1)
    )


def _console(cell: str, folder: str) -> str:
    """The commands of a cell, each with what it prints."""
    shown = []
    for command in (line for line in cell.splitlines() if line.startswith("$ ")):
        program, *words = shlex.split(command.removeprefix("$ "))
        if program != "symparams":
            raise ValueError(f"a tutorial runs symparams, not {program}")
        printed = _printed(words, folder).rstrip("\n")
        shown += [command, *printed.split("\n")] if printed else [command]
    return "".join(f"{line.rstrip()}\n" for line in shown)


def _printed(words: list[str], folder: str) -> str:
    """What a command prints, and what it says beside."""
    stream = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.chdir(folder), contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        with contextlib.suppress(SystemExit):
            run(words)
        stream.flush()
    return stream.buffer.getvalue().decode()


def _python(cell: str, names: dict[str, Any]) -> str:
    """The statements of a cell, each with what it prints."""
    shown = []
    for example in doctest.DocTestParser().get_examples(cell):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(example.source, "<tutorial>", "single"), names)
        first, *more = example.source.rstrip("\n").split("\n")
        shown += [f">>> {first}\n", *(f"... {line}\n" for line in more), printed.getvalue()]
    return "".join(shown)


def _read(app: Any, name: str, source: list[str]) -> None:
    """Warn of a page of the site whose outputs are stale."""
    from sphinx.util import logging

    if name.startswith("site/") and (difference := stale(source[0])):
        logging.getLogger(__name__).warning("stale output:\n%s", difference, location=name)


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx what there is."""
    app.connect("source-read", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
