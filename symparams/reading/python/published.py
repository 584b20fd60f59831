"""Published networks that frameworks bring along: VGG16(include_top=False), models.resnet18().

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
_CALLED = re.compile(r"\b[A-Za-z]\w+(?=\()")
_COMMON = "common"  # the file whose names the others of its framework use


def published(run: Run, path: str, given: Arguments) -> Any:
    """What the call of a published network makes; None if no such network is known."""
    kind = run.framework.kind
    file = names(kind).get(path.rpartition(".")[2])
    if file is None:
        return None
    scope = Scope(dict(BUILTINS))
    scope.names.update({name: Unknown(name) for name in ("math", "nn", "torch", "F")})
    for one in (file.with_stem(_COMMON), file):
        run.statements(_program(one) if one.is_file() else [], scope)
    return scope.names[path.rpartition(".")[2]].called(run, given)


def published_calls(text: str, *kinds: str) -> int:
    """How often a text calls a published network of one of these frameworks."""
    known = {name for kind in kinds for name in names(kind)}
    return sum(name in known for name in _CALLED.findall(text))


@lru_cache(32)
def names(kind: str) -> dict[str, Path]:
    """The networks of a framework, each with its file."""
    files = sorted((folder("applications") / kind).glob("*.txt"))
    return {name: file for file in files if file.stem != _COMMON for name in _DEFINED.findall(file.read_text("utf-8"))}


@lru_cache(32)
def _program(file: Path) -> list[ast.stmt]:
    return code(file.read_text("utf-8"))
