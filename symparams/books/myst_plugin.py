"""The plugin for MyST, a program of its own: says what it has, or answers a directive or role with nodes."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from symparams.books import myst_tree
from symparams.books.appendix_labels import relabelled
from symparams.books.myst_tree import Node, labelled
from symparams.books.request import PICTURE, About, Request, Texts, label_of, role_of, words
from symparams.books.roles import ROLES
from symparams.books.tree import line, tree
from symparams.commands.console import Inputs, say
from symparams.errors import Source, SymparamsError
from symparams.limits import SOURCE_BYTES

_INLINE = "<network>"  # what a network in the text of a directive is called
_FIGURE, _APPENDIX, _EXERCISE, _SOLVED = "arch:figure", "arch:appendix", "arch:exercise", "arch:exercise-solution"
_LABEL = {"label": {"type": "string", "alias": ["name"], "doc": "What it is called in references."}}
_CAPTION = {
    "caption": {"type": "myst", "doc": "What stands below it."},
    "alt": {"type": "string", "doc": "What is said to who cannot see it."},
    "width": {"type": "string", "doc": "How wide it is, such as 50%."},
}


def _directives() -> Mapping[str, Request]:
    from symparams.books.directives import DIRECTIVES  # noqa: PLC0415 - a role needs none of what exercises do

    return DIRECTIVES


def specification() -> Node:
    """What there is, as MyST wants to know it."""
    directives = [_directive(request, request.name) for request in _directives().values()]
    solved = _directive(_directives()[_EXERCISE], _SOLVED)
    solved["doc"] = "The solution of an exercise: its label, and in `file` and the other options what it says itself."
    solved["arg"] = {"type": "string", "doc": "The label of the exercise.", "required": True}
    solved["options"]["file"] = {"type": "string", "doc": "The network."}
    return {
        "name": "symparams",
        "author": "symparams",
        "license": "MIT",
        "directives": [*directives, solved],
        "roles": [
            {"name": name, "doc": role.told, "body": {"type": "string", "required": True}}
            for name, role in ROLES.items()
        ],
        "transforms": [],
    }


def _directive(request: Request, name: str) -> Node:
    options: Node = {
        option: {"type": "boolean" if one.is_flag else "string", "doc": one.help or ""}
        for option, one in request.options.items()
    }
    return {
        "name": name,
        "doc": request.told,
        "arg": {"type": "string", "doc": "The network: a file, unless it stands below."},
        "options": {**options, **_LABEL, **(_CAPTION if request.name == _FIGURE else {})},
        "body": {"type": "string", "doc": "A network, instead of a file."},
    }


def placed(name: str, data: Mapping[str, Any]) -> list[Node]:
    """The nodes for a directive; raises SymparamsError for everything that is wrong."""
    options: Any = data.get("options")
    options = options if isinstance(options, dict) else {}
    argument, body = _text(data, "arg"), _text(data, "body")
    if name == _SOLVED:
        return _solution(argument.strip(), options, body)
    if name not in _directives():
        raise SymparamsError(f"there is no directive `{name[:60]}`")
    texts = _asked(_directives()[name], words(argument), body, options)
    placing = {_EXERCISE: _exercise, _FIGURE: _figure, _APPENDIX: _appendix}.get(name, _document)
    return placing(texts, _text(options, "label"), options)


def _text(data: Mapping[str, Any], name: str) -> str:
    """A text that is given; numbers are texts, too, and what is not given is an empty one."""
    value = data.get(name)
    return "" if value is None or isinstance(value, (dict, list, bool)) else str(value)


def told(name: str, data: Mapping[str, Any]) -> list[Node]:
    """The nodes for a role."""
    if name not in ROLES:
        raise SymparamsError(f"there is no role `{name[:60]}`")
    file, arguments = role_of(_text(data, "body"))
    return myst_tree.line(line(ROLES[name].answer(arguments, About(_sources([file], "")))["text"]))


def _asked(request: Request, files: Sequence[str], body: str, options: Mapping[str, Any]) -> Texts:
    off = {name for name, option in request.options.items() if option.is_flag and options.get(name) is not True}
    given = {name: _text(options, name) for name in request.options if name in options and name not in off}
    label = _text(options, "label")
    about = About(_sources(files, body), label_of(label) if label else "")
    return request.answer(request.arguments(given), about)


def _sources(files: Sequence[str], body: str) -> tuple[Source, ...]:
    if bool(files) == bool(body):
        raise SymparamsError("give a FILE, or a network as the text of the directive")
    return tuple(Inputs(tuple(files), None).sources()) if files else (Source(_INLINE, body),)


def _document(texts: Texts, label: str, options: Mapping[str, Any]) -> list[Node]:
    pictures = {name.removeprefix(PICTURE): _address(texts[name]) for name in texts if name.startswith(PICTURE)}
    return myst_tree.blocks(tree(texts["text"]), pictures)


def _appendix(texts: Texts, label: str, options: Mapping[str, Any]) -> list[Node]:
    named = {**texts, "text": relabelled(texts["text"], label_of(label))} if label else texts
    return _document(named, label, options)


def _address(svg: str) -> str:
    """A picture as an address that has all of it."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


def _figure(texts: Texts, label: str, options: Mapping[str, Any]) -> list[Node]:
    said = f"{texts['title']}: {texts['told']}" if texts["title"] else texts["told"]
    image: Node = {"type": "image", "url": _address(texts["svg"]), "alt": _text(options, "alt") or said}
    if width := _text(options, "width"):
        image["width"] = width
    caption = _settled(options.get("caption"))
    below = [{"type": "caption", "children": [myst_tree.paragraph(caption)]}] if caption else []
    named = labelled(label) if label else {}
    return [{"type": "container", "kind": "figure", **named, "children": [image, *below]}]


def _settled(nodes: Any) -> list[Node]:
    """The nodes of a text in an option; our roles in it, which MyST leaves to us, are answered."""
    settled: list[Node] = []
    for node in nodes if isinstance(nodes, list) else []:
        if not isinstance(node, dict):
            continue
        if node.get("type") == "mystRole" and str(node.get("name")) in ROLES:
            settled += told(node["name"], {"body": node.get("value")})
        else:
            settled.append({**node, "children": _settled(node["children"])} if "children" in node else node)
    return settled


def _exercise(texts: Texts, label: str, options: Mapping[str, Any]) -> list[Node]:
    title = {"type": "admonitionTitle", "children": [myst_tree.text(texts["name"])]}
    named = labelled(label or f"exercise-{label_of(texts['text'])[:60]}")
    return [{"type": "exercise", "enumerated": True, **named, "children": [title, *_document(texts, label, options)]}]


def _solution(of: str, options: Mapping[str, Any], body: str) -> list[Node]:
    """The solution of an exercise, which is asked for again, as every directive is answered alone."""
    texts = _asked(_directives()[_EXERCISE], words(_text(options, "file")), body, options)
    link = {"type": "crossReference", **labelled(of)}
    title = {"type": "admonitionTitle", "children": [myst_tree.text("Solution of "), link]}
    return [{"type": "solution", "children": [title, *myst_tree.blocks(tree(texts["solution"]))]}]


_ANSWERS: Mapping[str, Callable[[str, Mapping[str, Any]], list[Node]]] = {"--directive": placed, "--role": told}


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """The program `symparams-myst`: what is wrong is one message on standard error and status 1, as MyST expects it."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        reply = specification() if not given else _answered(given)
    except SymparamsError as error:
        say(str(error))
        sys.exit(1)
    sys.stdout.buffer.write(json.dumps(reply, ensure_ascii=False).encode("utf-8", "replace"))
    sys.exit(0)


def _answered(given: Sequence[str]) -> list[Node]:
    if len(given) != 2 or given[0] not in _ANSWERS:
        raise SymparamsError("this is the plugin of symparams for MyST, which MyST runs: see docs/books.md")
    try:
        data = json.loads(sys.stdin.buffer.read(8 * SOURCE_BYTES))
    except (ValueError, RecursionError):
        raise SymparamsError("MyST should have given JSON on the standard input") from None
    data = data if isinstance(data, dict) else {}
    try:
        return _ANSWERS[given[0]](given[1], data)
    except SymparamsError as error:
        raise SymparamsError(f"{_line(data)}{error}") from None


def _line(data: Mapping[str, Any]) -> str:
    """Where a directive or role stands in its file, which MyST names."""
    place: Any = data
    for part in ("node", "position", "start", "line"):
        place = place.get(part) if isinstance(place, dict) else None
    return f"line {place}: " if isinstance(place, int) else ""
