"""Attention inside windows of an image, with a bias for every offset between two positions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Symbol, as_formula, ceil, product, total
from symparams.errors import LayerError
from symparams.layers import projections
from symparams.layers.feedforward import as_it_came
from symparams.layers.projections import FROM_HEADS, Projection, multiplied
from symparams.layers.sizes import known
from symparams.model.arguments import COUNT, SIZES, argument, switch
from symparams.model.citation import found_in
from symparams.model.layer import (
    UNKNOWN,
    Incoming,
    Layer,
    Outgoing,
    Requirement,
    Rules,
    Sight,
    Unit,
    layer_class,
    symbol,
)
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import Tensor, biases, tensor
from symparams.model.work import Work

_WINDOWS = "the number of windows does not matter: all of them use the same projections and biases"
_SHIFT = "shifting the windows does not matter: it only changes which positions attend to each other"


@layer_class
class WindowAttention(Layer):
    """Lets the positions of each window attend to each other: 4·(C + 1)·C + (2·M - 1)²·h parameters.

    The feature map (H, W, C), features last in both conventions, is cut into windows of M × M; each head adds a bias to
    a score for the offset of its two positions, of which there are (2·M - 1)². Work: 4·H·W·C² + 2·M²·H·W·C, where H and
    W are padded to multiples of M and cropped again, as torchvision does. `shifted` moves the windows by half of their
    size, which changes no number; its mask hides scores that are computed all the same.
    """

    heads: Formula = argument(COUNT, "number of heads", short="h", told=True)
    window: tuple[Formula, ...] = argument(SIZES, "window size", short="window_size", told=True)
    bias: bool = argument(switch(), "whether the projections have biases", True, keyword=True)
    qkvbias: bool | None = argument(
        switch(),
        "whether the query, key and value projections have biases, where the output projection differs",
        None,
        short="qkv_bias",
        keyword=True,
    )
    shifted: bool = argument(
        switch("shifted"), "whether the windows are shifted by half of their size", False, keyword=True, weightless=True
    )

    names: ClassVar = ("windowattention",)
    cited: ClassVar = found_in("liu2021 §3.2", macs="liu2021 Eq. (2)")
    title: ClassVar = "Window attention"
    family: ClassVar = "Attention"
    example: ClassVar = "input(56, 56, 96) -> windowattention(3, 7)"
    reads: ClassVar = "features"
    ranked: ClassVar = False

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) != 3:
            raise LayerError(f"needs a feature map of shape (H, W, C), features last, but {x} arrives")
        C, h = self._C(x), self._h()
        return Rules(
            output=as_it_came(x),
            tensors=tuple(self._tensors(x)),
            because=self._because(x),
            shape_because=say(
                "each position produces one vector of {C features}, as many as it has in the input, so the shape stays "
                "the same",
                C=C,
            ),
            channels_are=None,
            units=self._kinds(x),
            ignores=(_WINDOWS, *((_SHIFT,) if self.shifted else ())),
            requires=(Requirement(C, "multiple", h, lambda: f"{known(h)} heads do not divide the width {known(C)}"),),
        )

    def _tensors(self, x: Incoming) -> Iterator[Tensor]:
        C, uses, three = self._C(x), product(self._padded(x)), (as_formula(3),)
        yield tensor(x.convention, "qkv kernel", parts=three, inputs=(C,), outputs=(C,), uses=uses, stored="qkv.weight")
        if self.input_bias:
            own = partial(tensor, x.convention, "qkv bias", kind="bias", stored="qkv.bias")
            yield own(parts=three, outputs=(C,), uses=uses)
        yield tensor(
            x.convention,
            "output kernel",
            inputs=(C,),
            outputs=(C,),
            uses=uses,
            stored="proj.weight",
            input_word=FROM_HEADS,
        )
        if self.bias:
            yield replace(biases(x.convention, C, name="output bias", stored="proj.bias"), uses=uses)
        table = biases(x.convention, self._offsets(), self._h(), name="relative position bias table")
        yield replace(table, uses=ZERO)  # added to scores, not to sums of products

    def _because(self, x: Incoming) -> Text:
        first, second = self._sides()
        across = (2 * first - 1, 2 * second - 1)
        table = say(
            "Each head also learns one bias for every offset between two positions of a window; along an axis of "
            + (
                "{M positions} there are {=one offsets}"
                if first == second
                else "{M} or {N} positions there are {=one} or {=two}"
            )
            + ", so it has {=offsets} of them",
            M=first,
            N=second,
            one=across[0],
            two=across[1],
            offsets=self._offsets(),
        )
        return together(projections.told(self._projections(x)), table, between=". ")

    def _kinds(self, x: Incoming) -> tuple[Unit, ...]:
        return (
            *projections.kinds(self._projections(x)),
            Unit("relative position bias tables", self._h(), each=self._offsets()),
        )

    def _projections(self, x: Incoming) -> list[Projection]:
        C, rows, heads = self._C(x), product(self._padded(x)), (ONE, self._C(x))
        made = [Projection(name, C, C, heads, self.input_bias, rows) for name in ("query", "key", "value")]
        return [*made, Projection("output", C, C, heads, self.bias, rows)]

    def _offsets(self) -> Formula:
        """How many offsets two positions of a window can have."""
        first, second = (2 * M - 1 for M in self._sides())
        return first**2 if first == second else first * second

    @property
    def input_bias(self) -> bool:
        return self.bias if self.qkvbias is None else self.qkvbias

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """Beside the multiply-accumulates: biases, one of them a score, and an exponential for each score."""
        (x,) = arriving
        C, places = self._C(x), product(self._padded(x))
        seen = self._seen()
        scores = product([self._h(), seen, *self._padded(x)])
        met = 2 * seen * places * C
        added = 3 * self.input_bias + self.bias
        return Work(
            macs=4 * places * C**2 + met,
            pairs=met,
            additions=total([*([added * places * C] if added else []), scores]),
            exponentials=scores,
            because=self._work_because(x, 4 * places * C**2, seen * places * C),
        )

    def _work_because(self, x: Incoming, projected: Formula, scores: Formula) -> Text:
        even = all(size == padded for size, padded in zip(self._arriving(x), self._padded(x), strict=True))
        padded = "" if even else "The feature map is padded to multiples of the window size"
        form = "=" if number(scores) is not None else "."
        text = say(
            f"the projections take {{{form}projected products}}, one for each weight at each position; each position "
            f"attends to the {{=seen positions}} of its window, so queries times keys take {{{form}scores products}} "
            "in all heads together, and weighting the values as many again",
            projected=projected,
            seen=self._seen(),
            scores=scores,
        )
        return together(text, padded, between=". ")

    def reach(self, *arriving: Incoming) -> Sight:
        """The window that it stands in, wherever in it that is."""
        return UNKNOWN

    # ------------------------------------------------------------ letters

    def _h(self) -> Symbol:
        return symbol("h", self.heads, "heads")

    def _C(self, x: Incoming) -> Symbol:
        return symbol("C", x.shape[-1], "input features", incoming=True)

    def _sides(self) -> tuple[Symbol, Symbol]:
        """M twice, or the height and the width of the window where they differ."""
        if len(self.window) > 2:
            raise LayerError(f"window has {len(self.window)} sizes, but a feature map has height and width")
        height, width = self.window if len(self.window) == 2 else self.window * 2
        if height == width:
            M = symbol("M", height, "window size")
            return M, M
        return symbol("M_h", height, "window height"), symbol("M_w", width, "window width")

    def _seen(self) -> Formula:
        """How many positions a window has."""
        return multiplied(*self._sides())

    def _arriving(self, x: Incoming) -> tuple[Symbol, Symbol]:
        """Height and width of the feature map."""
        height, width = x.shape[:2]
        return symbol("H", height, "input height", incoming=True), symbol("W", width, "input width", incoming=True)

    def _padded(self, x: Incoming) -> tuple[Formula, Formula]:
        """Height and width as multiples of the window."""
        height, width = self._arriving(x)
        first, second = self._sides()
        return _multiple(height, first), _multiple(width, second)


def _multiple(size: Symbol, window: Symbol) -> Formula:
    """The least multiple of the window that is as large: the size itself where it is one."""
    windows = number(as_formula(size) / window)
    return size if isinstance(windows, int) else window * ceil(size / window)
