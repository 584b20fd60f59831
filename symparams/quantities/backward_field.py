"""The receptive field of one layer, followed back to the input: how many positions r outputs need, layer by layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from symparams.algebra.equality import collected, same
from symparams.algebra.evaluation import number
from symparams.algebra.formula import (
    ONE,
    Formula,
    Number,
    Product,
    Quotient,
    Sum,
    Value,
    as_formula,
    product,
    total,
)
from symparams.layers.pooling import Pooling
from symparams.model.network import Network
from symparams.quantities.field import Field

_STACK = 6  # so many dilated layers are told together, not one by one


class StepBack(NamedTuple):
    """What a layer on the way back needs."""

    name: str  # of the layer
    kernel: Value  # how many positions one of its outputs spans
    stride: Value  # how far apart the spans of neighboring outputs begin
    outputs: Value  # how many neighboring outputs are wanted
    inputs: Value  # how many of its inputs they need: (r − 1)·s + k
    pools: bool  # whether it is pooling, which counts as a convolution does
    dilation: Value = 1  # how far apart the positions are that it looks at

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

    @property
    def by_dilation(self) -> Formula | None:
        """The same for a stack of dilated layers: 1 + 2·(2·1 + 2·2 + 2·4), where each layer adds (k − 1)·d.

        None for a few layers, which are told one by one, where a layer moves on by more than 1 or a size is open.
        """
        pairs = [(step.kernel, step.dilation) for step in self.steps[::-1] if step.stride == 1]
        known = [(k, d) for k, d in pairs if isinstance(k, int) and isinstance(d, int)]
        if not self.dilated or not len(known) == len(self.steps) >= _STACK:
            return None
        many = Counter(((k - 1) // d, d) for k, d in known)
        if len({*many.values()}) > 1:
            return total([ONE, *(product([n, more, d]) for (more, d), n in many.items())])
        count, terms = next(iter(many.values())), [product([more, d] if more > 1 else [d]) for more, d in many if more]
        return total([ONE, *(terms if count == 1 else [product([count, total(terms)])])])


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
            apart = _dilation(node.layer, axis)
            steps.append(StepBack(node.name, k, s, wanted, needed, isinstance(node.layer, Pooling), apart))
            dilated = dilated or apart != 1
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


def _dilation(layer: object, axis: int) -> Value:
    """How far apart the positions are that a layer looks at, along an axis."""
    dilation: tuple[Formula, ...] = getattr(layer, "dilation", ())
    own = dilation[axis] if axis < len(dilation) else dilation[0] if dilation else ONE
    known = number(own)
    return known if isinstance(known, int) else own
