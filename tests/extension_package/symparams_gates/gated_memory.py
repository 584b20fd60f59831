"""A layer with parameters, work and a cache."""

from __future__ import annotations

from typing import ClassVar

from symparams.extend import (
    COUNT,
    Axis,
    Formula,
    Incoming,
    Layer,
    Outgoing,
    Rules,
    Work,
    argument,
    layer_class,
    switch,
    symbol,
    tensor,
)


@layer_class
class GatedMemory(Layer):
    """Keeps a memory of some units for each position, which a gate opens: 2·(d + 1)·m parameters."""

    units: Formula = argument(COUNT, "units: the numbers in the memory", told=True)
    bias: bool = argument(switch(), "whether memory and gate have biases", True, keyword=True, told=True)

    names: ClassVar = ("gatedmemory", "GatedMemory", "gmem")
    title: ClassVar = "Gated memory"
    example: ClassVar = "input(10, 16) -> gatedmemory(32)"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        d, m = symbol("d", x.shape[-1], "inputs", incoming=True), symbol("m", self.units, "units")
        parts = symbol("p", 2, "parts, the memory and its gate")
        *before, last = x.kept_by_position()
        return Rules(
            output=(*before, Axis(last.name, m)),
            tensors=(
                tensor(x.convention, "kernel", parts=(parts,), inputs=(d,), outputs=(m,)),
                *([tensor(x.convention, "bias", parts=(parts,), outputs=(m,), kind="bias")] if self.bias else []),
            ),
            because="the memory and its gate each have a weight for every input and unit"
            + (", and a bias for every unit" if self.bias else ""),
            shape_because="every position has a memory of its own",
            channels_are="units",
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return Work(
            multiplications=out.numbers(),
            because="memory and gate are sums over all inputs at every position",
        )

    def cache(self, out: Outgoing, *arriving: Incoming) -> Formula:
        return out.numbers()
