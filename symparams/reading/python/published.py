"""Published networks that frameworks bring along: VGG16(include_top=False), models.resnet18(), get_model("resnet18").

Each is a program of ours in the folder `applications`, in the words of its framework, and is followed like one that was
given; its layers stand where the call stands.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from symparams.reading.python.builtin import BUILTINS
from symparams.reading.python.functions import Scope, code
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Unknown
from symparams.resources import folder

_DEFINED = re.compile(r"^def ([A-Za-z]\w*)", re.MULTILINE)  # a class, or a name with _, is a part and not a network
_CALLED = re.compile(
    r"\b(?:get_model|create_model|hub\.load)\([^()\n]{0,200}?['\"](?P<name>[A-Za-z]\w+)[.'\"]|\b[A-Za-z]\w+(?=\()"
)
_COMMON = "common"  # the file whose names the others of its framework use


def published(run: Run, path: str, given: Arguments) -> Any:
    """What the call of a published network makes; None if no such network is known."""
    called, given = _by_name(path, given)
    file = names(run.framework.kind).get(called)
    if file is None:
        return None
    scope = Scope(dict(BUILTINS))
    scope.names.update({name: Unknown(name) for name in ("math", "nn", "torch", "F")})
    for one in (file.with_stem(_COMMON), file):
        run.statements(_program(one) if one.is_file() else [], scope)
    return scope.names[called].called(run, given)


# What makes a network of a name, and where the name stands; timm has the same layers as torchvision in these families.
_MAKERS = {"models.get_model": 0, "get_model": 0, "timm.create_model": 0, "create_model": 0, "hub.load": 1}
_IN_TIMM = re.compile(r"(?:resnet|resnext|wide_resnet|densenet)\d+(?:_\d+x\d+d|_2)?")
_NAMING = ("name", "model_name", "model", "repo_or_dir")


def _by_name(path: str, given: Arguments) -> tuple[str, Arguments]:
    """The network that a call makes, and its arguments: get_model("resnet18", num_classes=10)."""
    maker = path.removeprefix("torch.").removeprefix("torchvision.")
    place = _MAKERS.get(maker)
    name = None if place is None else given.get(place, "name", "model_name", "model")
    if place is None or not isinstance(name, str):
        return path.rpartition(".")[2], given
    rest = given.without(*_NAMING, first=place + 1)
    if not maker.endswith("create_model"):
        return name, rest
    name = name.partition(".")[0]  # behind the dot it says how the weights were trained
    settings = {keyword: one for keyword, one in rest.keywords.items() if not keyword.startswith("pretrained")}
    alike = settings.keys() <= {"num_classes"} and rest.get(None, "num_classes", default=1)
    known = name if alike and _IN_TIMM.fullmatch(name) else ""
    return known, Arguments([], settings, rest.at)


def published_calls(text: str, *kinds: str) -> int:
    """How often a text calls a published network of one of these frameworks."""
    known = {name for kind in kinds for name in names(kind)}
    return sum((found["name"] or found[0]) in known for found in _CALLED.finditer(text))


@lru_cache(32)
def names(kind: str) -> dict[str, Path]:
    """The networks of a framework, each with its file."""
    files = sorted((folder("applications") / kind).glob("*.txt"))
    return {name: file for file in files if file.stem != _COMMON for name in _DEFINED.findall(file.read_text("utf-8"))}


@lru_cache(32)
def _program(file: Path) -> list[ast.stmt]:
    return code(file.read_text("utf-8"))
