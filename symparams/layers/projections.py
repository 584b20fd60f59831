"""The matrices of attention: how many numbers each has, how they are stored, what they cost, how they are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number, Symbol
from symparams.algebra.substitution import mapped
from symparams.errors import listed
from symparams.model.layer import Unit, symbol
from symparams.model.sentence import Text, say, together, with_values
from symparams.model.tensor import Convention, Tensor, tensor

FROM_HEADS = "features from the heads"  # what the output projection joins


@dataclass(frozen=True, slots=True)
class Projection:
    """One of the matrices, or several alike."""

    name: str  # query, key, value, gate or output
    joins: Formula  # the inputs of an output
    wide: Formula  # the outputs
    heads: tuple[Formula, Formula]  # how many heads it makes, or joins again, and how wide they are
    bias: bool  # whether its outputs have biases
    rows: Formula  # the positions at which it is applied
    times: int = 1  # how many alike stand for one another

    def count(self) -> Formula:
        joins = self.joins + 1 if self.bias else self.joins
        return joins * self.wide if self.times == 1 else self.times * joins * self.wide

    def tensors(self, convention: Convention) -> Iterator[Tensor]:
        """The matrix and its biases; Keras gives the heads an axis."""
        joins_heads = self.name == "output"
        shape: tuple[Formula, ...]
        if convention == "keras":
            path, matrix = f"{'attention_' * joins_heads}{self.name}", "kernel"
            shape = (*self.heads, self.wide) if joins_heads else (self.joins, *self.heads)
        else:
            path, matrix, shape = self.name, "weight", (self.wide, self.joins)
        kernel = tensor(
            convention,
            f"{self.name} kernel",
            inputs=(self.joins,),
            outputs=(self.wide,),
            uses=self.rows,
            stored=f"{path}.{matrix}",
            shape=shape,
            input_word=FROM_HEADS * joins_heads,
        )
        apart = (self.name,) if joins_heads else ()  # counted by itself, though it may be as large as the others
        yield kernel.inside(*apart)
        if self.bias:
            sizes = self.heads if convention == "keras" and not joins_heads else (self.wide,)
            name, stored = f"{self.name} bias", f"{path}.bias"
            bias = tensor(
                convention, name, outputs=(self.wide,), kind="bias", uses=self.rows, stored=stored, shape=sizes
            )
            yield bias.inside(*apart)


def merged(projections: Iterable[Projection]) -> Iterator[Projection]:
    """Neighbours that are alike as one: 3·(d + 1)·d."""
    runs: list[Projection] = []
    for p in projections:
        before = runs[-1] if runs else None
        if before is not None and p.name != "output" and _alike(before) == _alike(p):
            runs[-1] = replace(before, times=before.times + 1)
        else:
            runs.append(p)
    return iter(runs)


def _alike(p: Projection) -> tuple[object, ...]:
    return p.joins, p.wide, p.bias, p.rows


def projected(projections: Iterable[Projection]) -> Iterator[Formula]:
    """Their work; that of those of one size together: 4·T·d²."""
    for (joins, wide, rows), alike in groupby(projections, lambda p: (p.joins, p.wide, p.rows)):
        count = sum(1 for _ in alike)
        one = rows * multiplied(joins, wide)
        yield one if count == 1 else count * one


def multiplied(left: Formula, right: Formula) -> Formula:
    """left · right, or a square."""
    return left**2 if left == right else left * right


# ---------------------------------------------------------------- how they are told

_MADE = {"query": "queries", "key": "keys", "value": "values", "gate": "the gate", "output": "the output"}
_COUNTS = {4: "four", 5: "five"}


def told(every: Sequence[Projection]) -> Text:
    """How many projections there are, and from how many features to how many each of them goes."""
    start = f"attention has {_COUNTS[len(every)]} projections"
    ways = [list(some) for _, some in groupby(every, _size)]
    if len(ways) == 1:
        one = every[0]
        alike = len({p.bias for p in every}) == 1
        biases = (" with {wide biases}" if one.bias else " without biases") if alike else ""
        text = f"{start}, each from {{joins}} to {{wide features}}{biases}: {_listed(every)}"
        return together(say(text, joins=one.joins, wide=one.wide), "" if alike else _biases(every))
    *first, last = map(_way, ways)
    return together(together(f"{start}: ", together(*first, between=", "), ", and ", last, between=""), _biases(every))


def _way(some: Sequence[Projection]) -> Text:
    """From how many features to how many projections of one size go."""
    each = "each " if len(some) > 1 else ""
    of_heads = "=" if number(some[0].heads[0]) != 1 else ""
    text = f"{_listed(some)} {each}from {{joins}} to {{{of_heads}wide features}}"
    return say(text, joins=some[0].joins, wide=settled(some[0].wide))


def kinds(every: Sequence[Projection]) -> tuple[Unit, ...]:
    """The projections by how many parameters they have."""
    alike = _by_size(every)
    return tuple(
        Unit(
            "projections" if len(alike) == 1 else f"{listed([p.name for p in some])} projections",
            Number(len(some)),
            each=_parameters(some[0]),
        )
        for some in alike
    )


def _parameters(p: Projection) -> Formula:
    """Those of one, its weights first and then its biases."""
    joins, wide = settled(p.joins), settled(p.wide)
    return joins * wide + wide if p.bias else joins * wide


def settled(formula: Formula) -> Formula:
    """The same with the value of each letter worked out where it has one: 2·64 for 2·512/8."""

    if not isinstance(formula, Symbol):
        return mapped(formula, lambda one: settled(one) if isinstance(one, Symbol) else one)
    value = number(formula)
    if value is None or isinstance(formula.value, Number):
        return formula
    return symbol(formula.name, int(value), formula.meaning)


def _size(p: Projection) -> tuple[object, ...]:
    """What is the same where projections are; one with heads of their own width tells it as a product."""
    return _known(p.joins), _known(p.wide), isinstance(p.wide, Symbol)


def _known(formula: Formula) -> object:
    value = number(formula)
    return with_values(formula) if value is None else value


def _by_size(every: Sequence[Projection]) -> list[list[Projection]]:
    """Those that are alike together, in the order of the first of them."""
    found: dict[object, list[Projection]] = {}
    for p in every:
        found.setdefault((_known(p.joins), _known(p.wide), p.bias), []).append(p)
    return list(found.values())


def _listed(every: Sequence[Projection]) -> str:
    return listed([_MADE[p.name] for p in every])


def _biases(every: Sequence[Projection]) -> str:
    """Which of several projections have biases."""
    have = [p for p in every if p.bias]
    if len(have) == len(every):
        return "each has a bias for every feature that it produces"
    if not have:
        return "none has biases"
    lack = [p for p in every if not p.bias]
    if len(lack) == 1:
        return f"all but the {lack[0].name} projection have biases"
    if len(have) == 1:
        return f"only the {have[0].name} projection has biases"
    return f"only the {listed([p.name for p in have])} projections have biases"
