"""What is compared of a layer: its output, its parameters, its tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Value, as_formula, product
from symparams.errors import SymparamsError, listed
from symparams.model.network import Network, Node

Sizes: TypeAlias = tuple[int, ...]


class Kept(NamedTuple):
    """A tensor that a layer keeps."""

    name: str  # its path below the layer: kernel, lstm_cell.kernel; of ours a star stands for the number of a copy
    shape: Sizes  # as it is stored


class Measured(NamedTuple):
    """A layer as one of two witnesses has it."""

    name: str  # as that witness calls it
    title: str  # what it is: Convolution
    shape: Sizes  # of its output
    trainable: int  # parameters that training changes
    fixed: int  # parameters that it does not
    tensors: tuple[Kept, ...] | None  # in the order of storage; None: not stored as one layer of the framework

    @property
    def params(self) -> int:
        """All of its parameters."""
        return self.trainable + self.fixed


def measured(node: Node) -> Measured:
    """A layer of a network without letters."""
    counts = node.counts
    shape, tensors = tuple(map(whole, node.shape)), tuple(_tensors(node))
    return Measured(node.name, node.layer.heading, shape, whole(counts.trainable), whole(counts.non_trainable), tensors)


def _tensors(node: Node) -> Sequence[Kept]:
    if node.shared is not None:
        return []
    every: list[Kept] = []
    for one in node.derived.rules.tensors:
        every += [Kept(one.stored.name, tuple(map(whole, one.stored.shape)))] * whole(product(one.of("copy")))
    return every


def check_numbers(network: Network, where: str = "") -> None:
    """Raise SymparamsError where a network has letters; `where` says in which text."""
    letters = [name for name, value in network.symbols.items() if value is None]
    if letters:
        raise SymparamsError(
            f"layers are compared by their numbers; {listed(letters)}{where} must have values, as with "
            f"--set {letters[0]}=8"
        )


def whole(value: Value) -> int:
    """A value without letters as an integer."""
    known = number(as_formula(value))
    assert isinstance(known, int), value
    return known
