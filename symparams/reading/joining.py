"""Code and the table that it printed, read together: what the code leaves open, the table says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Any

from symparams.algebra.evaluation import at as value_at
from symparams.algebra.formula import Formula, Number, Symbol, Value, as_formula, symbols
from symparams.errors import Span, SymparamsError
from symparams.layers.opaque import Opaque
from symparams.model.network import Network, Node
from symparams.reading.reading import Reading, Repair
from symparams.reading.tables.finding import is_beheaded
from symparams.reading.told_sizes import told, without_products
from symparams.sources import records as r
from symparams.sources.language import built


def joined(code: Reading, table: Reading) -> Reading:
    """The network of the code with the names and sizes of the table; of the table alone where they do not fit."""
    ours, theirs = _network(code), _network(table)
    if ours is None or theirs is None:
        return _all_of(code if theirs is None else table, code, table)
    guessed = {one.at for one in code.assumed}
    unknown = {name: call.at for name, call in _calls(code.statements) if call.at in guessed}
    pairs = _met(ours, theirs) if is_beheaded(table) else _paired(ours, theirs, unknown)
    if not pairs:
        taken = theirs.nodes and not theirs.symbols and not is_beheaded(table)
        return _all_of(table if taken else code, code, table)
    values = _values(pairs)
    names = {one.name: other.name for one, other in pairs if one.layer.inputs != "none"}
    lets = tuple(r.Let(name, Number(value), Span(0)) for name, value in values.items())
    rows = dict(_calls(table.statements))
    shown = {one.name: rows[other.name] for one, other in pairs if one.name in unknown and other.name in rows}
    code = _with(code, shown, {unknown[name] for name in shown})
    whole = (*(_renamed(statement, names) for statement in code.statements), *lets)
    again = _network(replace(code, statements=whole))
    if again is None:
        return _all_of(code, code, table)
    return _all_of(replace(code, statements=whole), code, table, _contradictions(again, theirs))


def _network(reading: Reading) -> Network | None:
    with suppress(SymparamsError):
        return built(reading.statements, reading.source)
    return None


def _all_of(read: Reading, code: Reading, table: Reading, also: Sequence[Repair] = ()) -> Reading:
    """One of the two, with what both of them say of damage, of assumptions and of wrong rows."""
    assumed = code.assumed if read.statements != table.statements else table.assumed
    repairs = tuple(dict.fromkeys((*code.repairs, *table.repairs)))
    return replace(read, repairs=repairs, assumed=(*assumed, *also), wrong=table.wrong, models=code.models)


def with_told_sizes(reading: Reading) -> Reading:
    """The same with the sizes of its inputs that the prose tells."""
    network = _network(reading)
    if network is None or not network.symbols:
        return reading
    lets = told(reading.prose, network, reading.source.text)
    prose = without_products(reading.prose) if lets else reading.prose
    return replace(reading, statements=(*reading.statements, *lets), prose=prose)


# ---------------------------------------------------------------- which layer is which


def _paired(ours: Network, theirs: Network, unknown: Collection[str]) -> list[tuple[Node, Node]]:
    """The layers of the code, each with its row; empty where they differ in number or kind."""
    mine, others = ([n for n in network.nodes if n.layer.inputs != "none"] for network in (ours, theirs))
    if len(mine) != len(others) or not all(
        type(a.layer) is type(b.layer) or (a.name in unknown and isinstance(b.layer, Opaque))
        for a, b in zip(mine, others, strict=True)
    ):
        return []
    starts = zip(*([n for n in network.nodes if n.layer.inputs == "none"] for network in (ours, theirs)), strict=False)
    return [*starts, *zip(mine, others, strict=True)]


def _met(ours: Network, theirs: Network) -> list[tuple[Node, Node]]:
    """The layers of the code that a part of the table has too, in the same order: one alone fits each."""
    found: list[tuple[Node, Node]] = []
    for row in theirs.nodes:
        alike = [n for n in ours.nodes if type(n.layer) is type(row.layer) and n.shape == row.shape]
        alike = [n for n in alike if n.derived.counts.params == row.derived.counts.params]
        if row.layer.inputs != "none" and len(alike) == 1:
            found.append((alike[0], row))
    kept = {n.name for n in ours.nodes} - {one.name for one, _ in found}
    return [] if kept & {other.name for _, other in found} else found


def _values(pairs: Sequence[tuple[Node, Node]]) -> dict[str, int]:
    """The letters of the code that stand alone as a size where the table has a number, or a count has only them."""
    values: dict[str, int] = {}
    for one, other in pairs:
        for mine, theirs in zip(one.shape, other.shape, strict=False):
            if isinstance(theirs, int) and isinstance(mine, Symbol):
                values.setdefault(mine.name, theirs)
    for one, other in pairs:
        found = _solved(as_formula(one.derived.counts.params), other.derived.counts.params, values)
        values.update(found)
    return values


def _solved(mine: Formula, theirs: Value, known: Mapping[str, int]) -> dict[str, int]:
    """The only letter of a count that is still open, where the count is linear in it."""
    open_ = {one.name for one in symbols(mine)} - known.keys()
    if len(open_) != 1 or not isinstance(theirs, int):
        return {}
    (name,) = open_
    with suppress(SymparamsError):
        first, second = (value_at(mine, {**known, name: n}) for n in (1, 2))
        n = 1 + (theirs - first) / Fraction(second - first) if second != first else Fraction(0)
        if n > 0 and n.denominator == 1 and value_at(mine, {**known, name: int(n)}) == theirs:
            return {name: int(n)}
    return {}


def _contradictions(ours: Network, theirs: Network) -> list[Repair]:
    """Where code and table disagree about a layer, though it is the same."""
    found = []
    for node in theirs.nodes:
        with suppress(KeyError):
            mine = ours.node(node.name)
            if mine.shape != node.shape or mine.derived.counts.params != node.derived.counts.params:
                found.append(Repair(f"code and table differ in {node.name}; the code is taken", Span(0)))
    return found[:1]


# ---------------------------------------------------------------- statements


def _calls(item: Any) -> Iterator[tuple[str, r.Call]]:
    """The calls of layers that have names."""
    if isinstance(item, r.Named) and isinstance(item.item, r.Call):
        yield item.name, item.item
    elif isinstance(item, tuple):
        for part in item:
            yield from _calls(part)


def _with(code: Reading, shown: Mapping[str, r.Call], at: Collection[Span]) -> Reading:
    """The code with the layers that it does not know as the table shows them."""
    assumed = tuple(one for one in code.assumed if one.at not in at)
    return replace(code, statements=tuple(_replaced(one, shown) for one in code.statements), assumed=assumed)


def _replaced(item: Any, shown: Mapping[str, r.Call]) -> Any:
    match item:
        case r.Named(r.Call(_, _, at), name) if name in shown:
            return item._replace(item=_at(shown[name], at))
        case tuple() if hasattr(item, "_fields"):
            return type(item)(*(_replaced(part, shown) for part in item))
        case tuple():
            return tuple(_replaced(part, shown) for part in item)
    return item


def _at(call: r.Call, at: Span) -> r.Call:
    """A call of the table where the code has it."""
    return call._replace(at=at, arguments=tuple(one._replace(at=at) for one in call.arguments))


def _renamed(item: Any, names: Mapping[str, str]) -> Any:
    """A statement with the names of the table for the layers."""
    match item:
        case r.Named(inner, name, at):
            return r.Named(_renamed(inner, names), names.get(name, name), at)
        case r.Reference(name, at):
            return r.Reference(names.get(name, name), at)
        case tuple() if hasattr(item, "_fields"):
            return type(item)(*(_renamed(part, names) for part in item))
        case tuple():
            return tuple(_renamed(part, names) for part in item)
    return item
