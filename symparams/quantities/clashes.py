"""Names of rules and of users: a rule's symbol gets another name where the user's letters have it."""

from __future__ import annotations

from collections.abc import Iterator

from symparams.algebra.formula import Formula, Number, Symbol, symbols
from symparams.algebra.substitution import renamed


def without_clashes(rule: Formula) -> Formula:
    """The rule with a symbol renamed where the user's letters use its name for something else."""
    if all(isinstance(s.value, Number) for s in symbols(rule)):
        return rule
    used = {s.name: s for known in symbols(rule) if known.value is not None for s in _letters(known.value)}
    others: dict[str, str] = {}
    for s in symbols(rule):
        mine = used.get(s.name)
        if s.value is not None and mine is not None and s.value != mine:
            others[s.name] = _free(s.name, used)
    return renamed(rule, others) if others else rule


def _letters(formula: Formula) -> Iterator[Symbol]:
    for s in symbols(formula):
        yield s
        if s.value is not None:
            yield from _letters(s.value)


def _free(name: str, used: dict[str, Symbol]) -> str:
    count = 1
    while f"{name}_{count}" in used:
        count += 1
    return f"{name}_{count}"
