"""Methods of Python's own texts, lists and dictionaries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symparams.reading.python.allowance import check_size
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, MadeUp, Native, Row, Unknown, Value, data_sizes, is_number

_TEXT = ("format", "join", "upper", "lower", "strip", "split", "replace", "startswith", "endswith", "title", "rstrip")
_LIST = ("append", "extend", "insert", "pop", "reverse", "index", "copy", "clear", "count")
_DICT = ("items", "keys", "values", "get", "update", "pop", "copy", "setdefault")
_SET = ("add", "update")


def plain_attribute(owner: Any, name: str) -> Any:
    """`owner.name` of a plain value."""
    if isinstance(owner, Row) and name in owner.names:
        return owner[owner.names.index(name)]
    if name == "as_list" and isinstance(owner, tuple):  # of a shape of TensorFlow
        return Native(name, lambda run, given: list(owner))
    if name == "value" and is_number(owner):  # of one of its sizes
        return owner
    if name == "reshape" and (sizes := data_sizes(owner)) is not None:
        return MadeUp(sizes).attribute_reshape()
    for kind, known in ((str, _TEXT), (list, _LIST), (dict, _DICT), (set, _SET), (tuple, ("index", "count"))):
        if isinstance(owner, kind) and name in known:
            return Native(name, _calling(owner, name))
    return Unknown(name)


def _calling(owner: Any, name: str) -> Callable[[Run, Arguments], Any]:
    """The method, with values that Python's own takes."""

    def does(run: Run, given: Arguments) -> Any:
        values = [g.value for g in given.positional]
        named = {k: g.value for k, g in given.keywords.items()}
        if isinstance(owner, str):
            values, named = [_plain(v) for v in values], {k: _plain(v) for k, v in named.items()}
            check_size(sum(len(str(v)) for v in values) + len(owner))
            if name == "format" and _is_wide(owner):
                return Unknown("value")
        if name in ("extend", "update") and values:
            found = values[0] if isinstance(values[0], dict) else run.each(values[0])
            if found is None:
                return None
            values = [found]
            check_size(len(owner) + len(found))
            run.allowance.spend(len(found))
        try:
            result = getattr(owner, name)(*values, **named)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError):
            return Unknown("value")
        return list(result) if name in ("items", "keys", "values") else result

    return does


def _is_wide(layout: str) -> bool:
    """Whether a layout asks for a very wide field."""
    return any(len(part) > 6 for part in layout.replace("{", ":").split(":") if part.strip("}<>^0 ").isdigit())


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.text() if isinstance(value, Value) else value
