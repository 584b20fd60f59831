"""Layers in their places -> statements of the language."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from symparams.algebra.formula import Number, Symbol
from symparams.errors import Span
from symparams.reading.tables.placing import Placed
from symparams.reading.tables.rules import Argument, Inner
from symparams.reading.tables.table import Sizes
from symparams.sources import records as r

_LETTERS = {1: ("n",), 2: ("T", "n"), 3: ("H", "W", "C"), 4: ("D", "H", "W", "C")}
_WITHOUT_KEYWORD = {"shape", "target", "order"}  # arguments that take all values without a keyword
_POSITIONAL = {"filters", "kernel", "units", "vocabulary", "width", "size", "factor", "amount", "layer", "function"}


class _Part(NamedTuple):
    """An item of a chain."""

    item: r.Item
    within: str  # the model that it is a part of


class Letters:
    """A letter for each size that is not known."""

    def __init__(self) -> None:
        self.used: list[str] = []

    def shape(self, sizes: Sizes, channels_first: bool) -> tuple[r.RawValue, ...]:
        """The sizes as formulas."""
        names = list(_LETTERS.get(len(sizes), tuple(f"n_{i}" for i in range(1, len(sizes) + 1))))
        if channels_first and len(sizes) > 2:
            names = [names[-1], *names[:-1]]
        return tuple(Number(s) if s is not None else Symbol(self._free(n)) for s, n in zip(sizes, names, strict=True))

    def _free(self, letter: str) -> str:
        name, number = letter, 1
        while name in self.used:
            number += 1
            name = f"{letter}_{number}"
        self.used.append(name)
        return name


def statements(placed: Sequence[Placed], title: str, convention: str, at: Span) -> tuple[list[r.Statement], list[str]]:
    """The network as the language has it, and the letters in it."""
    letters = Letters()
    result: list[r.Statement] = []
    if title:
        result.append(r.Model(title.replace('"', "'"), at))
    result.append(r.Convention(convention, at))
    names = _names(placed)
    needed = _named_sources(placed)
    chain: list[_Part] = []
    parts = Counter(one.row.within for one in placed if one.row is not None)
    for i, one in enumerate(placed):
        item: r.Item = _item(one, names, letters, convention == "torch")
        if one.row is not None or i in needed:
            item = r.Named(item, names[i], one.at)
        if one.inputs == (i - 1,) and chain:
            chain.append(_Part(item, one.row.within if one.row is not None else ""))
            continue
        if chain:
            result.append(_chain(chain, parts))
        chain = [*(_Part(feeding, "") for feeding in _feeding(one, names)), _Part(item, "")]
    if chain:
        result.append(_chain(chain, parts))
    return result, letters.used


def _chain(parts: Sequence[_Part], many: Counter[str]) -> r.Chain:
    """A chain, what belongs to one model in it in brackets with its name, if all its parts stand in a row."""
    items: list[r.Item] = []
    for within, group in itertools.groupby(parts, key=lambda part: part.within):
        inside = tuple(part.item for part in group)
        if within and len(inside) == many[within] > 1:
            at = inside[0].at
            bracket = r.Group(r.Chain(inside, at), None, None, None, None, at, at)
            items.append(r.Named(bracket, within, at))
        else:
            items += inside
    return r.Chain(tuple(items), items[0].at)


def _names(placed: Sequence[Placed]) -> list[str]:
    """A name for every layer, also for those that no row says, which are named as functions are: relu_1."""
    taken = {one.name for one in placed if one.name}
    numbers: dict[str, int] = {}
    result = []
    for one in placed:
        name = one.name
        while not name or (not one.name and name in taken):
            numbers[one.call] = numbers.get(one.call, 0) + 1
            name = f"{one.call.lower()}_{numbers[one.call]}"
        result.append(name)
    return result


def _named_sources(placed: Sequence[Placed]) -> set[int]:
    """The layers that others name: all that feed something but the next one, or share weights."""
    found: set[int] = {one.shares for one in placed if one.shares is not None}
    for i, one in enumerate(placed):
        if one.inputs != (i - 1,):
            found.update(one.inputs)
    return found


def _feeding(one: Placed, names: Sequence[str]) -> list[r.Item]:
    sources = one.inputs
    if not sources:
        return []
    if len(sources) == 1 or _takes_memory(one):
        return [r.Reference(names[sources[0]], one.at)]
    return [r.Branches(tuple(r.Chain((r.Reference(names[i], one.at),), one.at) for i in sources), one.at)]


def _takes_memory(one: Placed) -> bool:
    return one.call.casefold() in ("multiheadattention", "transformerdecoderlayer")


def _item(one: Placed, names: Sequence[str], letters: Letters, channels_first: bool) -> r.Call:
    if one.shares is not None:
        return r.Call("share", (r.Argument(None, r.Reference(names[one.shares], one.at), one.at),), one.at)
    given = []
    for keyword, value in one.arguments:
        given += _arguments(keyword, value, one, letters, channels_first)
    if _takes_memory(one) and len(set(one.inputs)) > 1:
        other = next(i for i in one.inputs if i != one.inputs[0])
        given.append(r.Argument("memory", r.Reference(names[other], one.at), one.at))
    if one.frozen:
        given.append(r.Argument(None, Symbol("frozen"), one.at))
    return r.Call(one.call, tuple(given), one.at)


def _arguments(keyword: str, value: Argument, one: Placed, letters: Letters, channels_first: bool) -> list[r.Argument]:
    if keyword == "shape":
        assert isinstance(value, tuple)
        sizes = tuple(size if isinstance(size, int) else None for size in value)
        return [r.Argument(None, size, one.at) for size in letters.shape(sizes, channels_first)]
    if keyword in _WITHOUT_KEYWORD:
        assert isinstance(value, tuple)
        return [r.Argument(None, _value(size, one.at), one.at) for size in value]
    return [r.Argument(None if keyword in _POSITIONAL else keyword, _value(value, one.at), one.at)]


def _value(value: Argument, at: Span) -> r.RawValue:
    if isinstance(value, bool):
        return Symbol("yes" if value else "no")
    if isinstance(value, int):
        return Number(value)
    if isinstance(value, str):
        return Symbol(value)
    if isinstance(value, Inner):
        inside = [r.Argument(None if k in _POSITIONAL else k, _value(v, at), at) for k, v in value.arguments]
        return r.Call(value.call, tuple(inside), at)
    assert isinstance(value, tuple)
    if len(value) == 1 and not isinstance(value[0], tuple):
        return _value(value[0], at)
    return tuple(_value(part, at) for part in value)
