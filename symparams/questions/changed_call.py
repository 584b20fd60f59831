"""What two calls of a framework's class differ in: the one argument that is given, or is not given, instead."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal, TypeAlias

from symparams.layers import CATALOGUE, key
from symparams.model.tensor import Convention

How: TypeAlias = Literal["with", "without", "in place of", "before"]


@dataclass(frozen=True, slots=True)
class Way:
    """What to write so that a layer has another number."""

    how: How  # with or without an argument; another layer in place of one, or before one
    code: str  # the argument, or the other layer, as the framework has it: padding="same"
    layer: str = ""  # the layer in whose place, or before which, the other one stands

    @property
    def name(self) -> str:
        """The name of the argument, or the other layer."""
        return self.code.partition("=")[0]


def changed_argument(own: str, other: str, convention: Convention) -> Way | None:
    """The one argument in which a call differs from another of the same class; None where they differ in more."""
    before, after = _bound(own, convention), _bound(other, convention)
    if before is None or after is None or before[0] != after[0]:
        return None
    mine, theirs = before[1], after[1]
    differ = [name for name in (*mine, *(n for n in theirs if n not in mine)) if mine.get(name) != theirs.get(name)]
    if len(differ) != 1:
        return None
    (name,) = differ
    if name in theirs:
        return Way("with", f"{name}={theirs[name]}")
    return Way("without", f"{name}={mine[name]}")


def _bound(text: str, convention: Convention) -> tuple[str, dict[str, str]] | None:
    """The class of a call and its arguments by their names, each as it is written; None where one has no name."""
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    called = ast.unparse(call.func)
    names = _names(called.rpartition(".")[2], convention)
    if len(call.args) > len(names):
        return None
    given = dict(zip(names, (ast.get_source_segment(text, one) or "" for one in call.args), strict=False))
    for one in call.keywords:
        if one.arg is None:
            return None
        given[one.arg] = ast.get_source_segment(text, one.value) or ""
    return called, given


def _names(word: str, convention: Convention) -> tuple[str, ...]:
    """What the arguments of a class are called, in its order."""
    entry = CATALOGUE.get(key(word))
    for one in () if entry is None else entry.layer.calls:
        if one.framework == convention and word in one.names:
            return tuple(parameter.name for parameter in one.parameters())
    return ()
