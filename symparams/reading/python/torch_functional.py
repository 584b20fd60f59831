"""Functions of PyTorch that are given weights: F.linear(x, self.fc.weight) is the layer that has these weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symparams.algebra.formula import as_formula
from symparams.algebra.simplification import simplified
from symparams.reading.python.graph import Torch
from symparams.reading.python.run import Run
from symparams.reading.python.torch_einsum import einsum
from symparams.reading.python.torch_modules import Leaf, Parameter, Weights
from symparams.reading.python.values import Arguments, Given, is_number

Does = Callable[[Torch, Run, str, Arguments], Any]


def _weighted(kind: str, place: int) -> Does:
    """The module of some kind whose weights stand at a place."""

    def does(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
        x, weight = given.given(0, "input"), given.get(place, "weight")
        if x is not None and isinstance(weight, Weights) and getattr(weight.module, "kind", None) == kind:
            return weight.module.called(run, Arguments([x], {}, given.at))
        if x is not None and weight is None and kind.endswith("Norm"):
            return x.value  # with the sizes and without weights
        sizes = weight.shape if isinstance(weight, Parameter) else ()
        if x is None or kind not in _ORDER or not all(map(is_number, sizes)) or len(sizes) < 2:
            return calls.not_understood(run, name, given)
        return _of_parameter(calls, run, kind, weight, given)

    return does


_ORDER = {"Linear": (), **{f"Conv{n}d": ("stride", "padding", "dilation", "groups") for n in "123"}}


def _of_parameter(calls: Torch, run: Run, kind: str, weight: Parameter, given: Arguments) -> Any:
    """The layer that a parameter of the program is the matrix or the kernel of."""
    bias = given.get(2, "bias")
    named = dict(zip(_ORDER[kind], given.positional[3:], strict=False)) | given.without("input", "weight").keywords
    named["bias"] = Given(bias is not None, given.at)
    groups = named["groups"].value if "groups" in named else 1
    out, into, *kernel = weight.shape
    sizes = [simplified(as_formula(into) * as_formula(groups)), out, *([tuple(kernel)] if kernel else ())]
    layer = Leaf(calls, kind, Arguments([Given(s, given.at) for s in sizes], named, given.at))
    x = calls.tensor(run, given.get(0, "input"), given.at)
    path = calls.names.get(id(weight), weight.text()).removesuffix(".weight")
    calls.inputs.read(run, layer, x)
    made = calls.through(run, x, layer.recorded(), path, weight, given.at)
    if isinstance(bias, Parameter):
        calls.used.add(id(bias))
    return made


FURTHER: dict[str, Does] = {
    "einsum": einsum,
    "linear": _weighted("Linear", 1),
    "embedding": _weighted("Embedding", 1),
    "layer_norm": _weighted("LayerNorm", 2),
    "group_norm": _weighted("GroupNorm", 2),
}
for _n in "123":
    FURTHER[f"conv{_n}d"] = _weighted(f"Conv{_n}d", 1)
    FURTHER[f"conv_transpose{_n}d"] = _weighted(f"ConvTranspose{_n}d", 1)
