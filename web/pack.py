"""Run by build.mjs inside the Python of the page: folders of modules -> archives of byte code, the same every time."""

import ast
import importlib.util
import json
import sys
import zipfile
from importlib._bootstrap_external import _code_to_hash_pyc
from pathlib import Path

AS_TEXT = ("prairielearn_server.py",)  # modules that the package reads as text
SHOWN = ("symparams/layers/", "symparams/commands/")  # whose docstrings are shown
PYODIDE = ("_pyodide/", "pyodide/")  # which reads docstrings of its own
LIBRARY = "/lib/python314.zip/"
_DATE = (1980, 1, 1, 0, 0, 0)


def pack(folder: str, archive: str, among: frozenset[str] | None = None, *, others: bool = False) -> None:
    """What is below a folder, modules as byte code of this Python; only the modules `among` these, or only the others.

    What is no module goes with those among them.
    """
    root = Path(folder)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as made:  # compressed as one piece later, which is smaller
        for path in sorted(file for file in root.rglob("*") if file.is_file()):
            name, data = path.relative_to(root).as_posix(), path.read_bytes()
            is_module = path.suffix == ".py"
            if among is not None and others is (not is_module or name in among):
                continue
            if is_module and path.name not in AS_TEXT:
                name, data = f"{name}c", compiled(name, data)
            made.writestr(zipfile.ZipInfo(name, _DATE), data)


def compiled(name: str, source: bytes) -> bytes:
    """A module as byte code, without assertions, and without docstrings unless somebody reads them."""
    tree = ast.parse(source)
    if not name.startswith((*SHOWN, *PYODIDE)):
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                _shorten(node)
    code = compile(tree, name, "exec", dont_inherit=True, optimize=0 if name.startswith(SHOWN) else 1)
    return bytes(_code_to_hash_pyc(code, importlib.util.source_hash(source), False))


def _shorten(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Take a docstring away; of a class leave a mark, or each dataclass would work out a docstring when it is made."""
    first = node.body[0] if node.body else None
    if not (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    ):
        return
    if isinstance(node, ast.ClassDef):
        first.value.value = "-"
    else:
        node.body[:1] = [] if len(node.body) > 1 else [ast.copy_location(ast.Pass(), first)]


def loaded(place: str) -> frozenset[str]:
    """The modules that are imported by now from a folder, as their sources are called in it."""
    files = (getattr(module, "__file__", None) or "" for module in sys.modules.values())
    return frozenset(file.removeprefix(f"{place}/").removesuffix("c") for file in files if file.startswith(place))


def split_library(archive: str, first: str, rest: str) -> None:
    """Python's own modules: packages of which something is imported by now, and at the end of `rest` all others."""
    used = {file.removeprefix(LIBRARY).split("/")[0] for module in list(sys.modules.values())
            if (file := getattr(module, "__file__", None) or "").startswith(LIBRARY)}  # fmt: skip
    with (
        zipfile.ZipFile(archive) as every,
        zipfile.ZipFile(first, "w", zipfile.ZIP_STORED) as kept,
        zipfile.ZipFile(rest, "a", zipfile.ZIP_STORED) as later,
    ):
        for name in sorted(every.namelist()):
            if not name.endswith("/"):
                into = kept if name.split("/")[0] in used else later
                data = every.read(name)
                if name.endswith(".py"):
                    name, data = f"{name}c", compiled(name, data)
                into.writestr(zipfile.ZipInfo(name, _DATE), data)


def catalogue() -> str:
    """What the editor completes, as JSON: each layer, how it is written, what it is and takes, its other names."""
    from symparams.documents.catalogue import catalogue_text
    from symparams.layers import CATALOGUE

    entries = []
    for layer in sorted({entry.layer for entry in CATALOGUE.values()}, key=lambda layer: layer.names[0]):
        name = layer.names[0]
        head, _, rest = catalogue_text(name, "text").strip().partition("\n\n")
        about = " ".join(rest.partition("\n\n")[0].split())
        also = {*layer.names[1:], *(name for called in vars(layer).get("calls", ()) for name in called.names)}
        entry = {"label": name, "detail": head.splitlines()[0].removeprefix(name), "info": about}
        entries.append({**entry, "also": sorted(also), "takes": _takes(layer)})
    return json.dumps(entries, ensure_ascii=False)


def _takes(layer: type) -> list[dict[str, str]]:
    """What may stand between the brackets of a layer: its arguments, and the words that some of them are.

    The activations, which many layers take, are those of the layer `activation`.
    """
    from symparams.layers.activation import ACTIVATION
    from symparams.model.arguments import arguments_of

    found = {}
    for argument in arguments_of(layer):
        meaning = argument.meaning.removeprefix(f"{argument.name}: ")
        is_named = argument.kind is ACTIVATION
        expects = "" if is_named else f"; {argument.kind.expects}"
        found[argument.name] = {"label": f"{argument.name}=", "info": f"{meaning}{expects}", "type": "property"}
        for word in argument.kind.words if not is_named or layer.names[0] == "activation" else ():
            found.setdefault(word, {"label": word, "detail": f" {argument.name}", "type": "enum"})
    return list(found.values())


def kinds() -> str:
    """The kinds of questions of exams as JSON: a name, what it asks for, whether it is asked where none is named."""
    from symparams.exams.kinds import KINDS

    return json.dumps([{"name": kind.name, "usual": kind.usual, "about": kind.title} for kind in KINDS.values()])


def exports() -> str:
    """The formats for exams that can be made in the page, as JSON: a name, the suffix of its files."""
    from symparams.calls import call
    from symparams.exports.registry import SUFFIXES

    asked = {"text": "input(9,9,1) -> conv(4,3) -> flatten -> dense(2)", "questions": 1, "output": "exam"}
    made = {name: call("exam", {**asked, "format": name})["ok"] for name in SUFFIXES}
    return json.dumps({name: next(iter(SUFFIXES[name]), "") for name in SUFFIXES if made[name]})


def warm(calls: str) -> str:
    """The replies to some calls, which leave parsing tables and compiled templates in the cache; and the version."""
    from symparams.calls import call
    from symparams.version import __version__

    replies = [json.loads(call(operation, json.dumps(arguments))) for operation, arguments in json.loads(calls)]
    failed = [reply for reply in replies if not reply["ok"]]
    if failed:
        sys.exit(f"the page cannot be built: {failed[0]['error']['message']}")
    return __version__
