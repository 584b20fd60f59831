"""The symbols of the rules, each once, with what it stands for and the rule that introduces it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from symparams.algebra.formula import Symbol
from symparams.appendices.record import Meaning, Notation, Rule
from symparams.model.layer import OUTPUT_LETTERS

GROUPS = ("sizes", "windows", "layers", "quantities")  # in this order
_WINDOWS = frozenset("kspdcg")  # the letters of kernels and of how they move, where they have no other meaning
_RESULTS = {"P": "parameters of a layer", "r": "receptive field", "j": "jump", "o": "offset"}


def notation_of(rules: Iterable[Rule]) -> Mapping[str, tuple[Notation, ...]]:
    """The table, by group, in the order of the rules."""
    known: dict[str, tuple[Symbol, dict[str, Meaning]]] = {}
    for rule in rules:
        left = [rule.left] if isinstance(rule.left, Symbol) else []
        for symbol in (*(_result(rule, one) for one in left), *rule.symbols):
            if symbol.meaning:
                _, meanings = known.setdefault(symbol.name, (symbol, {}))
                meanings.setdefault(symbol.meaning, Meaning(symbol.meaning, rule))
    made = [Notation(s, _group(s, meanings), tuple(meanings.values())) for s, meanings in known.values()]
    return {group: tuple(one for one in made if one.group == group) for group in GROUPS}


_OUTPUTS = {letter: axis for axis, letter in OUTPUT_LETTERS.items() if letter != "T"}


def _result(rule: Rule, symbol: Symbol) -> Symbol:
    """What a rule gives, with its meaning."""
    axis = _OUTPUTS.get(symbol.name)
    return Symbol(symbol.name, None, _RESULTS.get(symbol.name) or (f"output {axis}" if axis else ""))


def _group(symbol: Symbol, meanings: Mapping[str, Meaning]) -> str:
    head, _, tail = symbol.name.partition("_")
    if symbol.name in _RESULTS or (head in ("r", "j", "o") and tail == "in"):
        return "quantities"
    if tail in ("in", "out") or symbol.name in _OUTPUTS:
        return "sizes"
    is_size = head == "k" and tail in ("h", "w", "d")
    return "windows" if is_size or (head in _WINDOWS and not tail.isalpha()) else "layers"
