"""Python's own functions, as far as they make sizes, names and lists."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from symparams.algebra.formula import Formula, Function
from symparams.reading.python.allowance import ITEMS
from symparams.reading.python.operations import formula, is_true, operated, settled
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Native, Row, Unknown, Value, copied, is_number, letter

Does = Callable[["Run", Arguments], Any]


def _numbers(run: Run, given: Arguments) -> list[Any] | None:
    """The numbers of `max(a, b)` or `max([a, b])`."""
    values = [letter(g.value) for g in given.positional]
    if len(values) == 1:
        inside = run.each(values[0])
        values = [] if inside is None else [letter(v) for v in inside]
    return values if values and all(map(is_number, values)) else None


def _largest(name: str, plain: Callable[..., Any]) -> Does:
    def does(run: Run, given: Arguments) -> Any:
        values = _numbers(run, given)
        if values is None:
            return Unknown(f"{name}_of")
        if any(isinstance(v, Formula) for v in values):
            return settled(Function(name, tuple(map(formula, values))))
        return plain(values)

    return does


def _sum(run: Run, given: Arguments) -> Any:
    parts = run.each(given.get(0, default=()))
    if parts is None:
        return Unknown("sum")
    result: Any = given.get(1, "start", default=0)
    for part in parts:
        result = run.operate("Add", result, part, given.at)
    return result


def _range(run: Run, given: Arguments) -> Any:
    values = [g.value for g in given.positional]
    if not values or not all(isinstance(v, int) for v in values) or len(values) > 3:
        return Unknown("range")
    if len(values) == 3 and values[2] == 0:
        return Unknown("range")
    return range(*values)


def _int(run: Run, given: Arguments) -> Any:
    value = letter(given.get(0, default=0))
    if isinstance(value, Formula):
        return settled(Function("floor", (value,)))
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return Unknown("number")


def _rounded(name: str, plain: Callable[[Any], Any]) -> Does:
    def does(run: Run, given: Arguments) -> Any:
        value = letter(given.get(0, default=0))
        if isinstance(value, Formula):
            return settled(Function(name, (value,)))
        try:
            return plain(value)
        except (TypeError, ValueError, OverflowError):
            return Unknown("number")

    return does


def _plainly(plain: Callable[..., Any]) -> Does:
    """A function of known numbers and texts."""

    def does(run: Run, given: Arguments) -> Any:
        values = [g.value for g in given.positional]
        if any(isinstance(v, (Value, Formula)) for v in values):
            return letter(values[0]) if isinstance(values[0], (Formula, Unknown)) else Unknown("number")
        try:
            return plain(*values)
        except (TypeError, ValueError, ArithmeticError, IndexError):
            return Unknown("number")

    return does


def _length(run: Run, given: Arguments) -> Any:
    value = given.get(0)
    if isinstance(value, Value):
        return value.length(run)
    if isinstance(value, range):
        return max(-((value.start - value.stop) // value.step), 0)  # of the longest, too
    return len(value) if isinstance(value, (str, list, tuple, dict, set)) else Unknown("len")


def _as_list(kind: Callable[[Any], Any]) -> Does:
    def does(run: Run, given: Arguments) -> Any:
        if not given.positional:
            return kind(())
        parts = run.each(given.positional[0].value)
        try:
            return given.positional[0].value if parts is None else kind(parts)
        except TypeError:
            return list(parts or ())

    return does


def _enumerate(run: Run, given: Arguments) -> Any:
    parts, start = run.each(given.get(0)), given.get(1, "start", default=0)
    if parts is None or not isinstance(start, int):
        return Unknown("enumerate")
    return list(enumerate(parts, start))


def _zip(run: Run, given: Arguments) -> Any:
    lists = [run.each(g.value) for g in given.positional]
    if any(one is None for one in lists):
        return Unknown("zip")
    return list(zip(*(one or () for one in lists), strict=False))


def _map(run: Run, given: Arguments) -> Any:
    function, parts = given.get(0), run.each(given.get(1))
    if parts is None or not isinstance(function, Value):
        return Unknown("map")
    return [function.called(run, Arguments([given.positional[1]._replace(value=p)], {}, given.at)) for p in parts]


def _sorted(run: Run, given: Arguments) -> Any:
    parts = run.each(given.get(0))
    try:
        return Unknown("sorted") if parts is None else sorted(parts, reverse=bool(given.get(None, "reverse")))
    except TypeError:
        return list(parts or ())


def _isinstance(run: Run, given: Arguments) -> Any:
    value, kinds = given.get(0), given.get(1)
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    return any(run.framework.is_a(run, value, kind) for kind in kinds)


def _getattr(run: Run, given: Arguments) -> Any:
    owner, name = given.get(0), given.get(1)
    if isinstance(owner, Value) and isinstance(name, str):
        found = owner.attribute(run, name)
        return given.get(2) if isinstance(found, Unknown) and len(given.positional) > 2 else found
    return Unknown("value")


def _setattr(run: Run, given: Arguments) -> Any:
    owner, name = given.get(0), given.get(1)
    if isinstance(owner, Value) and isinstance(name, str):
        owner.set_attribute(run, name, given.get(2))


def _every(wanted: bool) -> Does:
    def does(run: Run, given: Arguments) -> Any:
        parts = run.each(given.get(0))
        return Unknown("value") if parts is None else any(is_true(p) is wanted for p in parts) is wanted

    return does


def _dict(run: Run, given: Arguments) -> Any:
    first = given.get(0, default={})
    try:
        made = dict(first) if isinstance(first, (dict, list, tuple)) else {}
    except (TypeError, ValueError):
        made = {}
    return made | {k: g.value for k, g in given.keywords.items()}


def _product(run: Run, given: Arguments) -> Any:
    parts = run.each(given.get(0))
    if parts is None:
        return Unknown("prod")
    result: Any = 1
    for part in parts:
        result = run.operate("Mult", result, letter(part), given.at)
    return result


def _power(run: Run, given: Arguments) -> Any:
    return operated("Pow", letter(given.get(0)), letter(given.get(1)))


def _nothing(run: Run, given: Arguments) -> Any:
    return None


def _text(run: Run, given: Arguments) -> Any:
    value = given.get(0, default="")
    return (
        value.text()
        if isinstance(value, Value)
        else str(value)[:ITEMS]
        if is_number(value)
        else Unknown("text")
        if (not isinstance(value, (str, bool, type(None))))
        else str(value)
    )


def _filter(run: Run, given: Arguments) -> Any:
    return run.each(given.get(1))


_FUNCTIONS: dict[str, Does] = {
    "range": _range,
    "xrange": _range,
    "len": _length,
    "enumerate": _enumerate,
    "zip": _zip,
    "map": _map,
    "filter": _filter,
    "min": _largest("min", min),
    "max": _largest("max", max),
    "sum": _sum,
    "int": _int,
    "float": _plainly(float),
    "round": _plainly(round),
    "abs": _plainly(abs),
    "pow": _power,
    "divmod": _plainly(divmod),
    "str": _text,
    "bool": lambda run, given: bool(is_true(given.get(0))),
    "list": _as_list(list),
    "tuple": _as_list(tuple),
    "set": _as_list(lambda parts: list(dict.fromkeys(parts))),
    "sorted": _sorted,
    "reversed": _as_list(lambda parts: list(parts)[::-1]),
    "iter": lambda run, given: Unknown("iter"),
    "dict": _dict,
    "isinstance": _isinstance,
    "getattr": _getattr,
    "setattr": _setattr,
    "hasattr": lambda run, given: not isinstance(_getattr(run, given), Unknown),
    "any": _every(True),
    "all": _every(False),
    "print": _nothing,
    "super": _nothing,
}

BUILTINS: dict[str, Any] = {name: Native(name, does) for name, does in _FUNCTIONS.items()}
BUILTINS |= {
    name: Unknown(name) for name in ("open", "exec", "eval", "compile", "input", "object", "type", "__import__")
}

MATH: dict[str, Does] = {
    "ceil": _rounded("ceil", math.ceil),
    "floor": _rounded("floor", math.floor),
    "sqrt": _plainly(math.sqrt),
    "log2": _plainly(math.log2),
    "log": _plainly(math.log),
    "prod": _product,
    "pow": _power,
    "int64": _int,
    "int32": _int,
    "maximum": _largest("max", max),
    "minimum": _largest("min", min),
    "array": lambda run, given: given.get(0),
    "arange": _range,
}


def _row(run: Run, given: Arguments) -> Any:
    """`namedtuple("Block", ["width", "stride"])`."""
    fields = given.get(1, "field_names")
    names = re.findall(r"\w+", fields) if isinstance(fields, str) else [str(f) for f in run.each(fields) or ()]
    rest = run.each(given.get(None, "defaults", default=())) or ()
    usual = dict(zip(names[len(names) - len(rest) :], rest, strict=False))

    def made(run: Run, more: Arguments) -> Any:
        values = usual | dict(zip(names, (g.value for g in more.positional), strict=False))
        values |= {k: g.value for k, g in more.keywords.items()}
        return Row.of(names, [values.get(name, Unknown(name)) for name in names])

    return Native(str(given.get(0, "typename")), made)


OUTSIDE: dict[str, Does] = {
    "collections.namedtuple": _row,
    "typing.cast": lambda run, given: given.get(1, "val"),
    "copy.copy": lambda run, given: copied(run, given.get(0, "x"), None),
    "copy.deepcopy": lambda run, given: copied(run, given.get(0, "x"), {}),
}
