"""The receptive field of one layer, followed back to the input: how many positions r outputs need, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from symparams.algebra.equality import collected, same
from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, Number, Product, Quotient, Sum, Value, as_formula
from symparams.layers.pooling import Pooling
from symparams.model.network import Network
from symparams.quantities.field import Field


class StepBack(NamedTuple):
    """What a layer on the way back needs."""

    name: str  # of the layer
    kernel: Value  # how many positions one of its outputs spans
    stride: Value  # how far apart the spans of neighboring outputs begin
    outputs: Value  # how many neighboring outputs are wanted
    inputs: Value  # how many of its inputs they need: (r − 1)·s + k
    pools: bool  # whether it is pooling, which counts as a convolution does

    @property
    def working(self) -> Formula:
        """How that comes out: (5 − 1)·2 + 3."""
        return (as_formula(self.outputs) - 1) * as_formula(self.stride) + as_formula(self.kernel)


class WayBack(NamedTuple):
    """The way from a layer to the input along one axis."""

    steps: tuple[StepBack, ...]  # the layers that change the number, from the last to the first
    passed: bool  # whether there are layers between that look at one position each
    dilated: bool  # whether a kernel is spread, so that it spans more positions than it has
    joined: bool = False  # whether paths join on the way, of which the one that sees most is followed

    @property
    def has_strides(self) -> bool:
        """Whether a layer with a stride stands before another one."""
        return any(number(as_formula(step.stride)) != 1 for step in self.steps[1:])

    @property
    def added_up(self) -> Formula:
        """The same from the input on: one position, and k − 1 for each layer times the strides before it."""
        terms: list[Formula] = [ONE]
        jump: Formula = ONE
        for step in reversed(self.steps):
            adds = as_formula(collected(as_formula(step.kernel) - 1))
            terms.append(adds if not self.has_strides else Product((adds, jump)))
            jump = as_formula(collected(jump * as_formula(step.stride)))
        return Sum(tuple(terms)) if len(terms) > 1 else ONE


def way_back(
    network: Network, index: int, axis: int, field: Field, states: Sequence[Sequence[Field] | str]
) -> WayBack | None:
    """The layers from a layer back to the input; `states` are the fields of all layers.

    None where no path that joins others sees as much as all of them, copies repeat or a kernel has no one size.
    """
    wanted: Value = 1
    steps: list[StepBack] = []
    passed = dilated = joined = False
    while (node := network.nodes[index]).inputs:
        sight = node.layer.reach(*node.derived.arriving)
        widest = _widest(node.inputs, axis, states, states[index])
        if widest is None or node.repeats or isinstance(sight, str) or (sight and len(node.inputs) > 1):
            return None
        facts = node.derived.facts
        kernel, stride = (1, 1) if not sight else (sight[axis].kernel, sight[axis].stride)
        k, s = collected(as_formula(kernel), facts), collected(as_formula(stride), facts)
        if any(isinstance(one, Fraction | Quotient | Number) for one in (k, s)):  # no whole numbers
            return None
        if (k, s) == (1, 1):
            passed = passed or bool(steps)
        else:
            needed = collected((as_formula(wanted) - 1) * as_formula(s) + as_formula(k), facts)
            steps.append(StepBack(node.name, k, s, wanted, needed, isinstance(node.layer, Pooling)))
            dilated = dilated or _is_dilated(node.layer)
            wanted = needed
        joined = joined or len(node.inputs) > 1
        index = widest
    return WayBack(tuple(steps), passed, dilated, joined) if same(as_formula(wanted), as_formula(field.size)) else None


def _widest(
    inputs: Sequence[int], axis: int, states: Sequence[Sequence[Field] | str], joint: Sequence[Field] | str
) -> int | None:
    """The only input, or the one whose field is as large as that of all together; None if there is none."""
    if len(inputs) == 1:
        return inputs[0]
    size = None if isinstance(joint, str) else as_formula(joint[axis].size)
    for i in inputs:
        own = states[i]
        if size is not None and not isinstance(own, str) and axis < len(own) and same(as_formula(own[axis].size), size):
            return i
    return None


def _is_dilated(layer: object) -> bool:
    dilation: tuple[Formula, ...] = getattr(layer, "dilation", ())
    return any(number(d) != 1 for d in dilation)
