"""Statements with numbers put in for letters: a network as a student of one variant sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symparams.algebra.formula import Formula, Symbol, symbols
from symparams.algebra.substitution import mapped
from symparams.sources import records as r


def with_values(statements: Sequence[r.Statement], values: Mapping[str, Formula]) -> list[r.Statement]:
    """The statements with these letters replaced, without title, ranges and facts in which no letter is left."""
    kept: list[r.Statement] = []
    for statement in statements:
        if isinstance(statement, r.Macro):
            own = {parameter.name for parameter in statement.parameters}
            kept.append(_put(statement, {n: v for n, v in values.items() if n not in own}))
        elif isinstance(statement, (r.Convention, r.Let, r.Chain)):
            kept.append(_put(statement, values))
        elif not isinstance(statement, (r.Range, r.Model)):
            facts = tuple(fact for fact in statement if not _only(fact, values))
            kept += [_put(facts, values)] if facts else []
    return kept


def _only(fact: r.Fact, values: Mapping[str, Formula]) -> bool:
    """Whether a fact is about these letters alone."""
    letters = {symbol.name for side in (fact.left, fact.right) for symbol in symbols(side)}
    return letters <= values.keys()


def _put(record: Any, values: Mapping[str, Formula]) -> Any:
    if isinstance(record, Formula):
        return mapped(record, lambda leaf: values.get(leaf.name, leaf) if isinstance(leaf, Symbol) else leaf)
    if isinstance(record, r.Group) and record.variable in values:
        values = {name: value for name, value in values.items() if name != record.variable}
    if isinstance(record, tuple):
        parts = [_put(part, values) for part in record]
        return type(record)(*parts) if hasattr(record, "_fields") else tuple(parts)
    return record
