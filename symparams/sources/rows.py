"""Layers that stand in a row without an arrow: in a list, in `Sequential`, on lines of their own."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.algebra.formula import Symbol
from symparams.errors import Span
from symparams.sources.records import Argument, Call, Chain, Group, Item, Macro, Named, Reference, Statement


def joined(statements: Sequence[Statement]) -> list[Statement]:
    """The statements, lines that begin with a framework call joined to the chain before: they continue it.

    A class name begins with a capital letter. What starts a chain of its own is an input, `@name`, and a macro.
    """
    macros = {s.name for s in statements if isinstance(s, Macro)}
    found: list[Statement] = []
    last: int | None = None  # where the chain before is
    for statement in statements:
        if isinstance(statement, Chain):
            if last is not None and _continues(statement.items[0], macros):
                before = found[last]
                assert isinstance(before, Chain)
                found[last] = before._replace(items=(*before.items, *statement.items))
                continue
            last = len(found)
        found.append(statement)
    return found


def _continues(item: Item, macros: set[str]) -> bool:
    """Whether the first item of a chain is a framework call that something must arrive at."""
    while isinstance(item, (Named, Group)):
        item = item.item if isinstance(item, Named) else item.chain.items[0]
    if not isinstance(item, Call) or item.name in macros:
        return False
    last = item.name.rpartition(".")[2]
    return last[0].isupper() and last not in ("Input", "InputLayer")


def in_a_row(arguments: Sequence[Argument]) -> tuple[Item, ...] | None:
    """The layers that stand in the brackets of `Sequential`, in a list or one by one; None if something is no layer."""
    items: list[Item] = []
    for argument in arguments:
        if argument.keyword not in (None, "layers"):
            continue  # its name
        several = (
            argument.value if isinstance(argument.value, tuple) and _is_plain(argument.value) else (argument.value,)
        )
        for one in several:
            item = _item(one, argument.at)
            if item is None:
                return None
            items.extend(item)
    return tuple(items)


def _is_plain(value: object) -> bool:
    """Whether a value in brackets is a list, not a record."""
    return type(value) is tuple


def _item(value: object, at: Span) -> tuple[Item, ...] | None:
    if isinstance(value, (Call, Group, Reference)):
        if isinstance(value, Call) and value.name.rpartition(".")[2] == "OrderedDict":
            return in_a_row(value.arguments)
        return (value,)
    if isinstance(value, Symbol):
        return (Call(value.name, (), at),)
    if type(value) is tuple and len(value) == 2 and isinstance(value[0], str):  # a layer with its name
        inner = _item(value[1], at)
        return None if inner is None or len(inner) != 1 else (Named(inner[0], value[0][1:-1], at),)
    return None
