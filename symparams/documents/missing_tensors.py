"""Which tensors of a layer a number of parameters leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number, Product, as_formula, total
from symparams.quantities.tensor_counts import StoredTensor

_NAMED = 8  # tensors that are named


@dataclass(frozen=True, slots=True)
class Missing:
    """Tensors with as many numbers as an answer lacks."""

    count: int  # of their numbers
    tensors: tuple[StoredTensor, ...]  # all of them, or those of which any one has as many
    is_one_of_them: bool  # whether each has as many, so that nobody knows which one is missing
    counts: tuple[int, ...]  # of the numbers of each

    @property
    def added_up(self) -> Formula:
        """What all of them have together: 288 + 96 + 4·96, neighbors with as many numbers as one product."""
        runs = [(one, len(list(some))) for one, some in groupby(self.counts)]
        return total(Product((Number(many), Number(one))) if many > 1 else Number(one) for one, many in runs)


def missing_tensors(stored: Sequence[StoredTensor], count: int) -> Missing | None:
    """The tensors with so many numbers: a single one, else all biases, else all that are no matrices; None where there
    are none, or too many.
    """
    sizes = {t.name: _numbers(t) for t in stored}
    if len(stored) < 2 or None in sizes.values():
        return None
    for some in _candidates(stored):
        if sum(sizes[t.name] or 0 for t in some) == count:
            alike = tuple(t for t in stored if len(some) == 1 and sizes[t.name] == count)
            found = alike if len(alike) > 1 else some
            if len(found) > _NAMED or (len(alike) > 1 and any(t.kind == "bias" and len(t.shape) > 1 for t in alike)):
                return None  # of a bias in two rows one row is left out sooner than the tensor of one direction
            return Missing(count, found, len(alike) > 1, tuple(sizes[t.name] or 0 for t in found))
    return None


def _candidates(stored: Sequence[StoredTensor]) -> Iterator[tuple[StoredTensor, ...]]:
    yield from ((t,) for t in stored)
    yield tuple(t for t in stored if t.kind == "bias")
    yield tuple(t for t in stored if len(t.shape) == 1)


def _numbers(tensor: StoredTensor) -> int | None:
    """How many numbers a tensor has, if that is known."""
    sizes = [number(as_formula(size)) for size in (*tensor.shape, tensor.copies)]
    return prod(n for n in sizes if isinstance(n, int)) if all(isinstance(n, int) for n in sizes) else None
