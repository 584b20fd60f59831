"""The matrices of attention: how many numbers each has, how they are stored, what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from symparams.algebra.formula import Formula
from symparams.model.tensor import Convention, Tensor, tensor

FROM_HEADS = "numbers from the heads"  # what the output projection joins


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
            bias = tensor(convention, name, outputs=(self.wide,), kind="bias", stored=stored, shape=sizes)
            yield bias.inside(*apart)


def merged(projections: Iterator[Projection]) -> Iterator[Projection]:
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
