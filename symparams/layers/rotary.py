"""Rotary position embedding: a layer of its own, and what the rotation costs inside attention."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from symparams.algebra.formula import Formula, Number, Symbol, product
from symparams.errors import LayerError
from symparams.layers.attended import width
from symparams.layers.feedforward import as_it_came, places
from symparams.layers.sizes import known
from symparams.model.arguments import COUNT, NOT_NEGATIVE, argument
from symparams.model.citation import found_in
from symparams.model.layer import Incoming, Layer, Outgoing, Requirement, Rules, layer_class, nothing_to_learn, symbol
from symparams.model.work import Work


@layer_class
class Rotary(Layer):
    """Rotates each pair of features by an angle that grows with the position: same shape, no parameters.

    With `rope(n)` only n of the features are rotated, and the others stay. Attention rotates queries and keys, not its
    input: `attention(8, rope)` does so and counts it; before attention the layer only says that it is done. Keras Hub
    calls it RotaryEmbedding, torchtune RotaryPositionalEmbeddings.
    """

    width: Formula | None = argument(COUNT, "rotated features: by default all", None, short="dim", told=True)
    length: Formula | None = argument(
        COUNT, "maximum sequence length: by default that of the input", None, short="max_seq_len"
    )
    base: Formula = argument(
        NOT_NEGATIVE,
        "base of the angles: the longest wavelength divided by 2π; no count depends on it",
        Number(10_000),
        short="max_wavelength",
    )

    names: ClassVar = ("rope", "rotary", "RotaryEmbedding", "RotaryPositionalEmbeddings")
    cited: ClassVar = found_in(shape="su2024 §3.2")
    title: ClassVar = "Rotary position embedding"
    family: ClassVar = "Transformer"
    example: ClassVar = "input(128, 512) -> rope"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) < 2:
            raise LayerError(f"needs a sequence of shape (T, d), but {x} arrives")
        return nothing_to_learn(
            as_it_came(x),
            "each pair of features is rotated by an angle that is computed from its position, so no angle is learned",
            "each pair of features is rotated in place, so the shape stays the same",
            requires=tuple(self._requires(x)),
        )

    def _requires(self, x: Incoming) -> Iterator[Requirement]:
        d = width(x)
        n = self._turned(x)
        yield in_pairs(n, "features")
        if self.width is not None:
            yield Requirement(d, ">=", n, lambda: f"cannot rotate {known(n)} of {known(d)} features")
        if self.length is not None:
            T = symbol("T", x.shape[0], "sequence length", incoming=True)
            most = symbol("n_max", self.length, "maximum sequence length")
            yield Requirement(most, ">=", T, lambda: f"rotates at most {known(most)} positions, but {known(T)} arrive")

    def _turned(self, x: Incoming) -> Symbol:
        return width(x) if self.width is None else symbol("n", self.width, "rotated features")

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        if self.width is None:
            return turning(out.numbers())
        (x,) = arriving
        return turning(product([*places(x), self._turned(x)]))


def in_pairs(width: Symbol, what: str) -> Requirement:
    """The features that are rotated must be even in number."""
    return Requirement(
        width, "multiple", Number(2), lambda: f"rotates pairs of {what}, but their number ({known(width)}) is odd"
    )


def turning(numbers: Formula) -> Work:
    """Two multiplications and one addition for each number that is rotated; sines and cosines are computed once."""
    return Work(multiplications=2 * numbers, additions=numbers)
