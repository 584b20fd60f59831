"""What a layer computes: multiply-accumulates and the other kinds of operations, each as a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from symparams.algebra.formula import ZERO, Formula, Operand
from symparams.model.sentence import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a layer computes for one example, each kind of operation as a rule in reading order.

    A multiply-accumulate is one multiplication and the addition of its product to a sum; the other kinds count what is
    done besides. Training is not counted, only the forward pass.
    """

    macs: Formula | None = None  # multiply-accumulates; None: those of its weights and pairs
    pairs: Formula = ZERO  # those among them that take no weight: queries with keys, scores with values
    additions: Formula = ZERO  # additions and subtractions, those of biases among them
    multiplications: Formula = ZERO  # multiplications and divisions
    comparisons: Formula = ZERO  # as in max pooling and relu
    exponentials: Formula = ZERO  # exp, tanh, sigmoid and other functions that need a series, one each
    because: Text = ""  # one sentence on the rule for the multiply-accumulates

    def changed(self, change: Callable[[Formula], Formula]) -> Work:
        """The rules changed, all alike; what is not done stays so."""

        def of(done: Formula) -> Formula:
            return done if done == ZERO else change(done)

        return Work(
            macs=None if self.macs is None else of(self.macs),
            pairs=of(self.pairs),
            additions=of(self.additions),
            multiplications=of(self.multiplications),
            comparisons=of(self.comparisons),
            exponentials=of(self.exponentials),
            because=self.because,
        )

    def times(self, factor: Operand) -> Work:
        """All of it so many times over."""
        return self.changed(lambda done: factor * done)

    def plus(self, other: Work) -> Work:
        """This and other work besides; the sentence stays."""
        return Work(
            macs=other.macs
            if self.macs is None
            else self.macs
            if other.macs is None
            else joined(self.macs, other.macs),
            pairs=joined(self.pairs, other.pairs),
            additions=joined(self.additions, other.additions),
            multiplications=joined(self.multiplications, other.multiplications),
            comparisons=joined(self.comparisons, other.comparisons),
            exponentials=joined(self.exponentials, other.exponentials),
            because=self.because,
        )


class Saved(NamedTuple):
    """What the backward pass needs of the forward pass of one example."""

    values: Formula = ZERO  # numbers in the type of the network
    masks: Formula = ZERO  # places that dropout switches on or off, one byte each


def joined(left: Formula, right: Formula) -> Formula:
    """left + right, where either may be nothing."""
    return right if left == ZERO else left if right == ZERO else left + right
