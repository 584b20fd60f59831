"""What flows through a graph of ONNX: tensors with a batch in them, weights, and sizes that are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from symparams import limits
from symparams.algebra.equality import same
from symparams.algebra.formula import Formula, Quotient, Symbol, Value, as_formula, product, symbols
from symparams.algebra.simplification import simplified
from symparams.errors import Span
from symparams.reading.onnx.records import Data
from symparams.reading.python.graph import Node

BATCH = Symbol("batch size")  # of every tensor; no letter of a user has a blank in it

Sizes: TypeAlias = "tuple[Value, ...]"


@dataclass(frozen=True, slots=True)
class Flow:
    """A tensor that a layer made."""

    node: Node
    shape: Sizes  # as the layer leaves it, without the batch
    dims: Sizes  # as ONNX has it, the batch among them

    @property
    def sizes(self) -> Sizes:
        """The shape that ONNX has it in, without the batch."""
        return without_batch(self.dims)

    def axis(self, number: int) -> int | None:
        """Which axis of `sizes` an axis of ONNX is, from 0; None for that of the batch."""
        number %= max(len(self.dims), 1)
        if is_batch(self.dims[number]):
            return None
        return sum(not is_batch(size) for size in self.dims[:number])

    @property
    def batch_first(self) -> bool:
        """Whether examples stand one behind the other along the first axis, and nothing else does."""
        return bool(self.dims) and is_batch(self.dims[0]) and not any(map(has_batch, self.dims[1:]))


@dataclass(frozen=True, slots=True)
class Weight:
    """Numbers that stand in the file, laid out anew perhaps: what a layer learned, or a table of constants."""

    names: tuple[str, ...]  # of the initializers that it consists of
    dims: tuple[int, ...]
    trained: bool  # False: a constant
    at: Span
    data: Data | None = None  # its numbers, where they are few
    part: str = ""  # which part of them it is, where it is not all of them

    @property
    def keys(self) -> tuple[str, ...]:
        """What they are known by, so that each is counted once."""
        return tuple(name + self.part for name in self.names)

    def with_dims(self, dims: tuple[int, ...]) -> Weight:
        """The same weights, laid out otherwise."""
        return replace(self, dims=dims, data=None)

    def part_of(self, number: int) -> Weight:
        """So many of the weights, from somewhere on."""
        return replace(self, part=f"{self.part}/{number}")


class Known(NamedTuple):
    """Sizes, or other numbers, that are worked out while the graph is read."""

    values: tuple[Value | float | None, ...]  # None: not known
    scalar: bool = False  # one number, not a list of one
    width: int = 0  # of a table of numbers: how many there are in a row


Thing: TypeAlias = "Flow | Weight | Known | None"  # None: an input that is left out, or an output that is not followed


def is_batch(size: Value) -> bool:
    """Whether a size is that of the batch, alone."""
    return size is BATCH or (isinstance(size, Symbol) and size.name == BATCH.name)


def has_batch(size: object) -> bool:
    """Whether a size has that of the batch in it."""
    return isinstance(size, Formula) and any(s.name == BATCH.name for s in symbols(size))


def without_batch(dims: Sizes) -> Sizes:
    """Sizes without the batch; where it is multiplied with something, that is left."""
    return tuple(divided(size, BATCH) if has_batch(size) else size for size in dims if not is_batch(size))


def times(*sizes: Value) -> Value:
    """The product of sizes."""
    if all(isinstance(size, int) for size in sizes):
        found = 1
        for size in sizes:
            assert isinstance(size, int)
            found *= size
            limits.checked(found)
        return found
    return _settled(product(map(as_formula, sizes)))


def divided(size: Value, by: Value) -> Value:
    """A size divided by another."""
    if isinstance(size, int) and isinstance(by, int) and by and size % by == 0:
        return size // by
    return _settled(Quotient(as_formula(size), as_formula(by)))


def plus(*sizes: Value) -> Value:
    """The sum of sizes."""
    found = as_formula(0)
    for size in sizes:
        found = found + as_formula(size)
    return _settled(found)


def _settled(formula: Formula) -> Value:
    return simplified(formula)


def alike(a: object, b: object) -> bool:
    """Whether two sizes are surely the same."""
    if isinstance(a, int) and isinstance(b, int):
        return a == b
    if a is None or b is None or isinstance(a, float) or isinstance(b, float):
        return False
    return same(a, b)  # type: ignore[arg-type]


def same_sizes(a: Sizes, b: Sizes) -> bool:
    """Whether two shapes are surely the same."""
    return len(a) == len(b) and all(map(alike, a, b))
