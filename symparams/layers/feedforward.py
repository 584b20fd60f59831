"""The feed-forward parts of a transformer: two layers, or three with a gate."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import ClassVar

from symparams.algebra.formula import ZERO, Formula, Symbol, as_formula, product, total
from symparams.layers.activation import ACTIVATION, effort
from symparams.model.arguments import COUNT, argument, switch
from symparams.model.layer import EVERYWHERE, Axis, Incoming, Layer, Outgoing, Rules, Sight, layer_class, symbol
from symparams.model.tensor import Convention, Tensor, biases, parameter_rule, tensor
from symparams.model.work import Work


@layer_class
class FeedForward(Layer):
    """Widens every position to f numbers and back to d: (d + 1)·f + (f + 1)·d = 2·d·f + f + d parameters.

    It stands for dense(f, gelu) -> dense(d). Vaswani et al., Attention Is All You Need, 2017.
    """

    hidden: Formula = argument(COUNT, "hidden width", told=True)
    bias: bool = argument(switch(), "whether both layers have biases", True, keyword=True, told=True)
    activation: str = argument(ACTIVATION, "function between the layers", "relu", keyword=True, told=True)

    names: ClassVar = ("ffn", "feedforward")
    title: ClassVar = "Feed-forward part"
    family: ClassVar = "Transformer"
    example: ClassVar = "input(128, 512) -> ffn(2048, gelu)"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        d, f = letters(x, self.hidden)
        return Rules(
            output=as_it_came(x),
            tensors=part_tensors(x.convention, d, f, bias=self.bias),
            because="the first layer has one weight for each input and hidden unit, the second takes as many back"
            + (", and every unit has a bias" if self.bias else "; there are no biases"),
            shape_because="the second layer goes back to the width that arrived, so the shape stays",
            channels_are=None,
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return part_work(arriving[0], self.hidden, self.bias, self.activation)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE if len(arriving[0].shape) == 1 else ()


@layer_class
class GatedFeedForward(Layer):
    """Multiplies two layers of f numbers, one through a function, and goes back to d: 3·d·f parameters.

    `swiglu` and `geglu` name its function. There are no biases unless `bias=yes`: 2·(d + 1)·f + (f + 1)·d. Shazeer, GLU
    Variants Improve Transformer, 2020.
    """

    hidden: Formula = argument(COUNT, "hidden width", told=True)
    bias: bool = argument(switch(), "whether the three layers have biases", False, keyword=True, told=True)
    activation: str = argument(ACTIVATION, "function of the gate", "silu", keyword=True, told=True)

    names: ClassVar = ("gatedffn", "swiglu", "geglu", "reglu")
    presets: ClassVar = {
        "swiglu": {"activation": "silu"},
        "geglu": {"activation": "gelu"},
        "reglu": {"activation": "relu"},
    }
    title: ClassVar = "Gated feed-forward part"
    family: ClassVar = "Transformer"
    example: ClassVar = "input(128, 512) -> gatedffn(1376, silu)"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        d, f = letters(x, self.hidden)
        return Rules(
            output=as_it_came(x),
            tensors=part_tensors(x.convention, d, f, gated=True, bias=self.bias),
            because="one layer makes the hidden units, one their gates, and a third goes back to the width that arrived"
            + (", all with biases" if self.bias else "; there are no biases"),
            shape_because="the last layer goes back to the width that arrived, so the shape stays",
            channels_are=None,
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return part_work(arriving[0], self.hidden, self.bias, self.activation, gated=True)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE if len(arriving[0].shape) == 1 else ()


# ---------------------------------------------------------------- shared by all that have such a part


def letters(x: Incoming, hidden: Formula) -> tuple[Symbol, Symbol]:
    """d and f."""
    d = symbol("d", x.shape[-1], "input features", incoming=True)
    return d, symbol("f", hidden, "hidden units")


def as_it_came(x: Incoming) -> tuple[Axis, ...]:
    """The axes of a layer for sequences that keeps the shape."""
    return tuple(map(Axis, x.feature_names(), map(as_formula, x.shape)))


def part_tensors(
    convention: Convention,
    d: Formula,
    f: Formula,
    *,
    gated: bool = False,
    bias: bool,
    paths: tuple[str, ...] = ("gate", "up", "down"),
) -> tuple[Tensor, ...]:
    """The tensors of one part; `paths` are where PyTorch stores its layers."""
    ways = [("gate", d, f), ("up", d, f), ("down", f, d)] if gated else [("up", d, f), ("down", f, d)]
    tensors: list[Tensor] = []
    for (name, inputs, outputs), path in zip(ways, paths[-len(ways) :], strict=True):
        kernel = tensor(convention, f"{name} kernel", inputs=(inputs,), outputs=(outputs,), stored=f"{path}.weight")
        tensors.append(kernel)
        tensors += [biases(convention, outputs, name=f"{name} bias", stored=f"{path}.bias")] if bias else []
    return tuple(tensors)


def part_rule(d: Formula, f: Formula, *, gated: bool = False, bias: bool) -> Formula:
    """The parameters of one part."""
    return parameter_rule(part_tensors("keras", d, f, gated=gated, bias=bias))


def places(x: Incoming) -> tuple[Symbol, ...]:
    """The positions: all axes before the last, as letters."""
    if len(x.shape) == 2:
        return (symbol("T", x.shape[0], "sequence length", incoming=True),)
    names = x.feature_names()
    return tuple(symbol(f"n_{i + 1}", size, names[i], incoming=True) for i, size in enumerate(x.shape[:-1]))


def part_work(
    x: Incoming, hidden: Formula, bias: bool, activation: str, *, gated: bool = False, each: tuple[Formula, ...] = ()
) -> Work:
    """What the part does at every position, `each` times there; the gate is a multiplication for each hidden number."""
    d, f = letters(x, hidden)
    n = (*places(x), *each)
    inside = product([*n, f])
    work = Work(
        macs=product([*n, 3 if gated else 2, d, f]),
        additions=total([2 * inside if gated else inside, product([*n, d])]) if bias else ZERO,
        multiplications=inside if gated else ZERO,
        because="at every position each weight is multiplied once",
    )
    return work.plus(effort(activation, inside))


def together(*works: Work, because: str) -> Work:
    """The work of several parts."""
    return replace(reduce(Work.plus, works), because=because)
