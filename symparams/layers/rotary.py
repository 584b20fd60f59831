"""Rotary positions: a layer of its own, and what turning costs inside attention."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from symparams.algebra.formula import Formula, Number, Symbol, product
from symparams.errors import LayerError
from symparams.layers.attended import width
from symparams.layers.feedforward import as_it_came, places
from symparams.layers.sizes import known
from symparams.model.arguments import COUNT, NOT_NEGATIVE, argument
from symparams.model.layer import Incoming, Layer, Outgoing, Requirement, Rules, layer_class, nothing_to_learn, symbol
from symparams.model.work import Work


@layer_class
class Rotary(Layer):
    """Turns each pair of features by an angle that grows with the position: same shape, no parameters.

    With `rope(n)` only n of the features are turned, and the others stay. Attention turns queries and keys, not what
    arrives: `attention(8, rope)` does so and counts it; before attention the layer only says that it is done. Keras Hub
    calls it RotaryEmbedding, torchtune RotaryPositionalEmbeddings. Su et al., RoFormer, 2021.
    """

    width: Formula | None = argument(COUNT, "features that are turned: all if not given", None, short="dim", told=True)
    length: Formula | None = argument(
        COUNT, "most positions: as many as there are if not given", None, short="max_seq_len"
    )
    base: Formula = argument(
        NOT_NEGATIVE,
        "wavelength: the longest one over 2π; no number depends on it",
        Number(10_000),
        short="max_wavelength",
    )

    names: ClassVar = ("rope", "rotary", "RotaryEmbedding", "RotaryPositionalEmbeddings")
    title: ClassVar = "Rotary positions"
    family: ClassVar = "Transformer"
    example: ClassVar = "input(128, 512) -> rope"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) < 2:
            raise LayerError(f"needs a sequence of shape (T, d), but {x} arrives")
        return nothing_to_learn(
            as_it_came(x),
            "the angles follow from the position; there is nothing in it to learn",
            "every pair of numbers is turned, so the shape stays",
            requires=tuple(self._requires(x)),
        )

    def _requires(self, x: Incoming) -> Iterator[Requirement]:
        d = width(x)
        n = self._turned(x)
        yield in_pairs(n, "features")
        if self.width is not None:
            yield Requirement(d, ">=", n, lambda: f"cannot turn {known(n)} of {known(d)} features")
        if self.length is not None:
            T = symbol("T", x.shape[0], "sequence length", incoming=True)
            most = symbol("n_max", self.length, "most positions")
            yield Requirement(most, ">=", T, lambda: f"turns at most {known(most)} positions, but {known(T)} arrive")

    def _turned(self, x: Incoming) -> Symbol:
        return width(x) if self.width is None else symbol("n", self.width, "turned features")

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        if self.width is None:
            return turning(out.numbers())
        (x,) = arriving
        return turning(product([*places(x), self._turned(x)]))


def in_pairs(width: Symbol, what: str) -> Requirement:
    """The features that are turned must be even in number."""
    return Requirement(
        width, "multiple", Number(2), lambda: f"turns pairs of {what}, but their number ({known(width)}) is odd"
    )


def turning(numbers: Formula) -> Work:
    """Two multiplications and one addition for each number that is turned; sines and cosines are made once."""
    return Work(multiplications=2 * numbers, additions=numbers)
