"""Grammars as parsers. Working out their tables takes longer than reading a network: they are kept between runs."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import lark
from lark import Lark, Token, Transformer
from lark.grammar import Rule
from lark.lexer import TerminalDef

from symparams.resources import folder, keep, kept


@cache
def parser(grammar: str, reader: type[Transformer[Token, Any]]) -> Lark:
    """The parser of a grammar, each rule read by the method of its name."""
    name, origin = f"{grammar}.json", _origin()
    tables = kept(name, origin)
    if tables is None:
        tables = _tables(grammar)
        keep(name, origin, tables)
    # Also what was made just now is read back: there is one way from a grammar to a parser.
    read = json.loads(tables)
    data = read["data"]
    data["options"]["transformer"] = reader()
    numbered = data["parser"]["parser"]
    numbered["tokens"] = _numbered(numbered["tokens"])
    numbered["states"] = {int(state): _numbered(actions) for state, actions in numbered["states"].items()}
    return Lark.load({"data": data, "memo": _numbered(read["memo"])})


@cache
def _origin() -> bytes:
    """What the parsing tables are made from."""
    return lark.__version__.encode() + b"".join(path.read_bytes() for path in sorted(folder("grammar").glob("*.lark")))


def _tables(grammar: str) -> bytes:
    """The parsing tables of a grammar: plain data, from which nothing can be run."""
    made = Lark.open(
        str(folder("grammar") / f"{grammar}.lark"),
        parser="lalr",
        start="start" if grammar == "architecture" else "expression",
        maybe_placeholders=True,
        propagate_positions=False,
    )
    data, memo = made.memo_serialize([TerminalDef, Rule])
    return json.dumps({"data": data, "memo": memo}).encode()


def _numbered(read: dict[str, Any]) -> dict[int, Any]:
    """An object of JSON whose keys were numbers, as it was before."""
    return {int(key): value for key, value in read.items()}
