"""The one door for programs: a command by its name, its options as JSON, the reply as JSON.

>>> call("diagnose", {"text": "input(3) -> dense(4)", "total": True, "answer": "12", "format": "json"})
{'format': 1, 'ok': True, 'result': {'json': {'correct': False, ...}, 'files': [], 'notices': [], 'status': 0}}
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, overload

import click

from symparams import extensions, limits
from symparams.call_arguments import Given, described, given
from symparams.commands.console import COMMAND_LINE, as_ours, plain_warnings
from symparams.commands.main import main
from symparams.errors import Place, SymparamsError, clean, closest, nearest
from symparams.files import Desk, at

FORMAT = 1  # of replies; it changes when a key changes its meaning
_LONGEST = 4000  # characters of a message
_SERVING = ("lsp", "mcp")  # commands that go on until they are ended, and so answer nothing


@overload
def call(operation: str, arguments: str = ...) -> str: ...
@overload
def call(operation: str, arguments: Mapping[str, object]) -> dict[str, Any]: ...
def call(operation: str, arguments: str | Mapping[str, object] = "{}") -> str | dict[str, Any]:
    """What a command says of texts that are given inline: JSON for JSON, a dict for a mapping.

    `operation`: the name of a command, or `operations`, which lists them with their arguments. `arguments`: the long
    options of the command, without hyphens in front; `text` is what it reads: a text, a list of them, or an object
    with a text for each name. Where an option names a file that is read, its contents are given; where it names a file
    that is written, the file comes back under this name. No file is read, and none is left on the disk.

    The reply has `format` (1), `ok` and either `result`: `text` (what would be printed), or with the format json
    `json`, then `files` (each with `name` and `base64`), `notices` (sentences) and `status` (1 where a check finds a
    difference); or `error`: `message`, `source` (the argument in which something is wrong, or null), `start` and `end`
    (in characters of it, or null), `line`, `column` and `suggestion` (a known word that was perhaps meant, or null).
    """
    reply = _reply(operation, arguments)
    return json.dumps(reply, ensure_ascii=False) if isinstance(arguments, str) else reply


def _reply(operation: str, arguments: str | Mapping[str, object]) -> dict[str, Any]:
    desk = Desk({})
    try:
        with at(desk), plain_warnings(), limits.work():
            result = _result(operation, _read(arguments), desk)
    except SymparamsError as error:
        return _failed(error.matter, error.place, error.suggestion)
    except click.BadParameter as error:
        return _failed(error.format_message(), None, _meant(error, arguments), source=_key(error.param))
    except click.ClickException as error:
        return _failed(error.format_message(), None, "")
    except (RecursionError, MemoryError, OSError) as error:
        return _failed(as_ours(error).matter, None, "")
    except Exception as error:
        if not extensions.loaded():
            raise
        return _failed(as_ours(error).matter, None, "")
    return {"format": FORMAT, "ok": True, "result": result}


def _read(arguments: str | Mapping[str, object]) -> Mapping[str, object]:
    """The arguments; raises SymparamsError unless they are an object."""
    try:
        read = json.loads(arguments) if isinstance(arguments, str) else arguments
    except ValueError as error:
        raise SymparamsError(f"the arguments are no JSON: {error}") from None
    if not isinstance(read, Mapping):
        raise SymparamsError('the arguments are an object, as in {"text": "input(3) -> dense(4)"}')
    return read


def _result(operation: str, arguments: Mapping[str, object], desk: Desk) -> dict[str, Any]:
    if operation == "operations":
        return {"json": operations(), "files": [], "notices": [], "status": 0}
    asked = given(_command(operation), operation, arguments)
    desk.texts = asked.texts
    status = _run(asked, operation)
    printed = "".join(desk.printed)
    as_json = printed and arguments.get("format") == "json"
    return {
        **({"json": json.loads(printed)} if as_json else {"text": _plain(printed)}),
        "files": [{"name": _plain(name), "base64": b64encode(data).decode()} for name, data in desk.written.items()],
        "notices": list(map(_plain, desk.notices)),
        "status": status,
    }


def _run(asked: Given, operation: str) -> int:
    """The status with which the command ends, having written to the desk."""
    try:
        with asked.command.make_context(operation, list(asked.words)) as context:
            asked.command.invoke(context)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def _command(name: object) -> click.Command:
    """The command of a name; raises SymparamsError if there is none."""
    names = _names()
    command = main.get_command(click.Context(main), name) if isinstance(name, str) and name in names else None
    if command is None:
        near = nearest(str(name), names) or f"; they are {', '.join(names)}"
        raise SymparamsError(f"there is no operation `{str(name)[:60]}`{near}")
    return command


def operations() -> dict[str, Any]:
    """Every operation: `about`, a sentence, and `arguments`, a JSON schema of the object that it takes."""
    return {name: described(_command(name)) for name in _names()}


def _names() -> list[str]:
    return [name for name in main.list_commands(click.Context(main)) if name not in _SERVING]


# ---------------------------------------------------------------- errors


def _failed(matter: str, place: Place | None, suggestion: str, source: str | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"message": _plain(clean(matter, _LONGEST)), "source": source, "start": None, "end": None}
    error |= {"line": None, "column": None, "suggestion": _plain(suggestion) or None}
    if place is not None:
        line, column, _ = place.position()
        error |= {"source": _named(place.source.name), "start": place.start, "end": place.end}
        error |= {"line": line, "column": column}
    return {"format": FORMAT, "ok": False, "error": error}


def _named(source: str) -> str:
    """The argument that a text came from, or the name that it was given with."""
    return "text" if source == COMMAND_LINE else _plain(source.removeprefix("--").strip("<>"))


def _key(parameter: click.Parameter | None) -> str | None:
    options = [option.removeprefix("--") for option in parameter.opts if option.startswith("--")] if parameter else []
    return options[0] if options else None


def _meant(error: click.BadParameter, arguments: str | Mapping[str, object]) -> str:
    """Of the choices of an option the one that is close to what was given."""
    kind = error.param.type if error.param is not None else None
    value = _read(arguments).get(_key(error.param) or "")
    return closest(value, map(str, kind.choices)) if isinstance(kind, click.Choice) and isinstance(value, str) else ""


def _plain(text: str) -> str:
    """A text that any JSON can hold: what is no character becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
