"""Records -> text: a network written again in the language, one statement a line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symparams.algebra.formula import Formula, Number, Power, Symbol
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.sources import records as r
from symparams.sources.words import WORDS, reserved_words


def printed(statements: Sequence[r.Statement]) -> str:
    """A text that reads back as the same statements."""
    return "".join(map(_statement, statements))


def _statement(s: r.Statement) -> str:
    match s:
        case r.Model(title):
            return f"model {quoted(title)}\n"
        case r.Convention(name):
            return f"convention {name}\n"
        case r.Let(name, value):
            return f"let {name} = {shown(value, SOURCE)}\n"
        case r.Range(name):
            return f"range {written_range(s)}\n"
        case r.Macro(name, parameters, chain):
            inside = ", ".join(map(_parameter, parameters))
            return f"def {name}{f'({inside})' if parameters else ''} = {_chain(chain)}\n"
        case r.Chain():
            return _chain(s) + "\n"
    facts = [f"{shown(f.left, SOURCE)} {f.relation} {shown(f.right, SOURCE)}" for f in s]
    return f"where {', '.join(facts)}\n"


def written_range(stated: r.Range) -> str:
    """k in 3, 5, 7."""
    return f"{stated.name} in {', '.join(map(written_piece, stated.pieces))}"


def written_piece(piece: r.Piece) -> str:
    """8..64 step 8."""
    last = "" if piece.last is None else f"..{shown(piece.last, SOURCE)}"
    return shown(piece.first, SOURCE) + last + ("" if piece.step is None else f" step {shown(piece.step, SOURCE)}")


def _parameter(parameter: r.Parameter) -> str:
    return parameter.name if parameter.default is None else f"{parameter.name}={shown(parameter.default, SOURCE)}"


def _chain(chain: r.Chain) -> str:
    return " -> ".join(map(written_item, chain.items))


def written_item(item: r.Item) -> str:
    """What stands between two arrows: a layer, a macro, a fork, a group."""
    match item:
        case r.Named(inner, name):
            return f"{written_item(inner)} as {written_name(name)}"
        case r.Reference(name):
            return f"@{written_name(name)}"
        case r.Branches(chains):
            return f"{{ {' | '.join(map(_chain, chains))} }}"
        case r.Group():
            return _group(item)
        case r.Call(name, arguments):
            return f"{name}({', '.join(map(_argument, arguments))})" if arguments else name
    raise AssertionError(item)


def _group(group: r.Group) -> str:
    chain = _chain(group.chain)
    if group.first is not None and group.last is not None:
        return f"[{chain} for {group.variable} in {shown(group.first, SOURCE)}..{shown(group.last, SOURCE)}]"
    if group.times is None:
        return f"[{chain}]"
    text = shown(group.times, SOURCE)
    return f"[{chain}] * {text if isinstance(group.times, (Number, Symbol, Power)) else f'({text})'}"


def _argument(argument: r.Argument) -> str:
    value = written_value(argument.value)
    return value if argument.keyword is None else f"{argument.keyword}={value}"


def written_value(value: object) -> str:
    """What stands for an argument."""
    if isinstance(value, str):
        return value
    if isinstance(value, Formula):
        return shown(value, SOURCE)
    if isinstance(value, r.Call):
        return written_item(value) if value.arguments else f"{value.name}()"
    if isinstance(value, r.Group):
        return f"Sequential({_group(value)})"
    if isinstance(value, r.Reference):
        return written_item(value)
    assert isinstance(value, tuple)
    return f"({', '.join(map(written_value, value))}{',' if len(value) == 1 else ''})"


_NAME = re.compile(r"[A-Za-zͰ-Ͽ_][A-Za-z0-9Ͱ-Ͽ_]*")


def written_name(name: str) -> str:
    """A name, between quotes where it is no identifier or a word of the language."""
    is_word = name in WORDS or name.casefold() in reserved_words()
    return name if _NAME.fullmatch(name) and not is_word else quoted(name)


def quoted(text: str) -> str:
    """A text between quotes that it does not have inside."""
    return f"'{text}'" if '"' in text else f'"{text}"'
