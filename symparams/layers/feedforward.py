"""The feed-forward networks of a transformer: two layers, or three with a gate."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import ClassVar

from symparams.algebra.formula import ONE, ZERO, Formula, Number, Symbol, as_formula, product, total
from symparams.layers.activation import ACTIVATION, effort
from symparams.layers.dense import same_everywhere
from symparams.model.arguments import COUNT, argument, switch
from symparams.model.citation import found_in
from symparams.model.layer import (
    EVERYWHERE,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Rules,
    Sight,
    Unit,
    layer_class,
    symbol,
)
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import Convention, Tensor, biases, parameter_rule, tensor
from symparams.model.work import Saved, Work


@layer_class
class FeedForward(Layer):
    """Maps every position from d features to f and back to d: (d + 1)·f + (f + 1)·d = 2·d·f + f + d parameters.

    It stands for dense(f, gelu) -> dense(d).
    """

    hidden: Formula = argument(COUNT, "hidden width", told=True)
    bias: bool = argument(switch(), "whether both layers have biases", True, keyword=True, told=True)
    activation: str = argument(ACTIVATION, "function between the layers", "relu", keyword=True, told=True)

    names: ClassVar = ("ffn", "feedforward")
    cited: ClassVar = found_in("vaswani2017 Eq. (2)", macs="kaplan2020 Table 1")
    title: ClassVar = "Feed-forward network"
    family: ClassVar = "Transformer"
    example: ClassVar = "input(128, 512) -> ffn(2048, gelu)"
    saves: ClassVar = "its input, and the hidden values before and after the function, are needed for the gradients"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        d, f = letters(x, self.hidden)
        return Rules(
            output=as_it_came(x),
            tensors=part_tensors(x.convention, d, f, bias=self.bias),
            because=together(
                say(
                    "the first layer maps {d} features to {f hidden units}, and the second maps these back to {d}",
                    d=d,
                    f=f,
                ),
                _BIASES[self.bias],
            ),
            shape_because=say("the second layer maps back to {d features}, so the shape stays the same", d=d),
            channels_are=None,
            units=part_kinds(d, f, gated=False, bias=self.bias),
            ignores=same_everywhere(x) if len(x.shape) > 1 else (),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return part_work(arriving[0], self.hidden, self.bias, self.activation)

    def saved(self, out: Outgoing, *arriving: Incoming) -> Saved:
        return part_saved(arriving[0], self.hidden, self.activation)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE if len(arriving[0].shape) == 1 else ()


@layer_class
class GatedFeedForward(Layer):
    """Multiplies the outputs of two layers, one through a function, and maps back to d features: 3·d·f parameters.

    `swiglu` and `geglu` name its function. There are no biases unless `bias=yes`: 2·(d + 1)·f + (f + 1)·d.
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
    cited: ClassVar = found_in("shazeer2020 §2")
    title: ClassVar = "Gated feed-forward network"
    family: ClassVar = "Transformer"
    example: ClassVar = "input(128, 512) -> gatedffn(1376, silu)"
    saves: ClassVar = (
        "its input, the gate before and after its function, the other layer's output and the product of both are "
        "needed for the gradients"
    )
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        d, f = letters(x, self.hidden)
        return Rules(
            output=as_it_came(x),
            tensors=part_tensors(x.convention, d, f, gated=True, bias=self.bias),
            because=together(
                say(
                    "two layers map the {d} features to {f hidden units} each, one of them the gate that multiplies "
                    "the other, and a third layer maps the product back to {d}",
                    d=d,
                    f=f,
                ),
                _BIASES[self.bias],
            ),
            shape_because=say("the third layer maps back to {d features}, so the shape stays the same", d=d),
            channels_are=None,
            units=part_kinds(d, f, gated=True, bias=self.bias),
            ignores=same_everywhere(x) if len(x.shape) > 1 else (),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return part_work(arriving[0], self.hidden, self.bias, self.activation, gated=True)

    def saved(self, out: Outgoing, *arriving: Incoming) -> Saved:
        return part_saved(arriving[0], self.hidden, self.activation, gated=True)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE if len(arriving[0].shape) == 1 else ()


_BIASES = {True: "each of their outputs has a bias", False: "there are no biases"}

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


def part_kinds(d: Formula, f: Formula, *, gated: bool, bias: bool) -> tuple[Unit, ...]:
    """Its layers by how many parameters they have."""
    if not bias:
        return (Unit("layers", Number(3 if gated else 2), each=d * f),)
    first = Unit("hidden layers", Number(2), each=d * f + f) if gated else Unit("first layers", ONE, each=d * f + f)
    return first, Unit("third layers" if gated else "second layers", ONE, each=f * d + d)


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
        because=_used(product(places(x)), (3 if gated else 2) * d * f, bool(places(x))),
    )
    return work.plus(effort(activation, inside))


def _used(positions: Formula, weights: Formula, several: bool) -> Text:
    if not several:
        return say("there is one product for each of the {=weights weights}", weights=weights)
    text = "each of the {=positions positions} takes {=weights products}, one for each weight"
    return say(text, positions=positions, weights=weights)


def part_saved(x: Incoming, hidden: Formula, activation: str, *, gated: bool = False) -> Saved:
    """What the backward pass of a part needs: its input, and hidden values before and after each of its steps."""
    d, f = letters(x, hidden)
    inside = (3 if gated else 1) + (activation != "linear")
    n = product(places(x))
    return Saved(n * d + (n * f if inside == 1 else product((Number(inside), n, f))))


def joint(*works: Work, because: Text) -> Work:
    """The work of several parts."""
    return replace(reduce(Work.plus, works), because=because)
