"""Convolutions and pooling."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any, TypeAlias

from symparams.reading.onnx.flows import BATCH, Flow, Sizes, Thing, Weight
from symparams.reading.onnx.placing import Network, whole, wholes, word
from symparams.reading.onnx.records import Operation
from symparams.reading.onnx.weights import weighted
from symparams.reading.python.graph import own

Pads: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]  # before and behind, along each spatial axis


def convolution(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Conv`."""
    x, weight, bias = _of(given)
    if not _is_image(x) or not isinstance(weight, Weight) or len(weight.dims) < 3:
        return None
    assert isinstance(x, Flow)
    kernel = weight.dims[2:]
    strides, dilations = (_each(operation, name, len(kernel)) for name in ("strides", "dilations"))
    groups = whole(operation, "group", 1)
    x, padding = _padded(network, operation, x, kernel, strides, dilations)
    named = _named(stride=strides, dilation=dilations, padding=padding, groups=groups)
    if bias is None:
        named["bias"] = False
    call = own("conv", operation.at, weight.dims[0], kernel, **named)
    return weighted(network, operation, x, call, (weight, bias), _leading)


def transposed(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`ConvTranspose`."""
    x, weight, bias = _of(given)
    if not _is_image(x) or not isinstance(weight, Weight) or len(weight.dims) < 3:
        return None
    assert isinstance(x, Flow)
    kernel = weight.dims[2:]
    strides, dilations = (_each(operation, name, len(kernel)) for name in ("strides", "dilations"))
    more = wholes(operation, "output_padding") or (0,) * len(kernel)
    groups = whole(operation, "group", 1)
    target = wholes(operation, "output_shape")
    pads = _transposed_pads(operation, x, kernel, strides, dilations, more, target)
    if pads is None:
        return None
    before, behind = pads
    padding = tuple((b + e + 1) // 2 for b, e in zip(before, behind, strict=True))
    extra = tuple((b + e) % 2 + m for b, e, m in zip(before, behind, more, strict=True))
    named = _named(stride=strides, dilation=dilations, padding=padding, output_padding=extra, groups=groups)
    if bias is None:
        named["bias"] = False
    call = own("tconv", operation.at, weight.dims[1] * groups, kernel, **named)
    return weighted(network, operation, x, call, (weight, bias), _leading)


def _transposed_pads(
    operation: Operation, x: Flow, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int],
    more: Sequence[int], target: Sequence[int] | None,
) -> Pads | None:  # fmt: skip
    auto = word(operation, "auto_pad", "NOTSET")
    pads = wholes(operation, "pads") or (0,) * (2 * len(kernel))
    rank = len(kernel)
    if target is None and not auto.startswith("SAME"):
        return (tuple(pads[:rank]), tuple(pads[rank:])) if len(pads) == 2 * rank and auto == "NOTSET" else _none(rank)
    sizes = x.sizes[1:]
    if not all(isinstance(size, int) for size in sizes):
        return None
    wanted = tuple(target[-rank:]) if target else tuple(int(n) * s for n, s in zip(sizes, strides, strict=True))  # type: ignore[arg-type]
    before, behind = [], []
    for n, k, s, d, m, out in zip(sizes, kernel, strides, dilations, more, wanted, strict=True):
        assert isinstance(n, int)
        cut = s * (n - 1) + m + (k - 1) * d + 1 - out
        half = cut - cut // 2 if auto != "SAME_UPPER" else cut // 2
        before.append(max(half, 0))
        behind.append(max(cut - half, 0))
    return tuple(before), tuple(behind)


def _none(rank: int) -> Pads:
    return (0,) * rank, (0,) * rank


def pooled(kind: str, network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`MaxPool`, `AveragePool`, `LpPool`."""
    x = given[0] if given else None
    kernel = wholes(operation, "kernel_shape")
    if not _is_image(x) or not kernel:
        return None
    assert isinstance(x, Flow)
    strides, dilations = (_each(operation, name, len(kernel)) for name in ("strides", "dilations"))
    x, padding = _padded(network, operation, x, kernel, strides, dilations)
    named = _named(padding=padding, dilation=dilations if kind == "maxpool" else None)
    if kind != "maxpool" and set(dilations) != {1}:
        return None
    if strides != tuple(kernel):
        named["stride"] = strides
    if whole(operation, "ceil_mode", 0):
        named["ceil"] = True
    first: tuple[Any, ...] = (whole(operation, "p", 2), kernel) if kind == "lppool" else (kernel,)
    if kind == "lppool":
        named.pop("padding", None)
    node, shape = network.layer(operation, [x], own(kind, operation.at, *first, **named))
    return Flow(node, shape, (BATCH, *shape))


def pooled_globally(kind: str, network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`GlobalAveragePool`, `GlobalMaxPool`."""
    x = given[0] if given else None
    if not _is_image(x):
        return None
    assert isinstance(x, Flow)
    node, shape = network.layer(operation, [x], own(kind, operation.at, keepdims=True))
    return Flow(node, shape, (BATCH, *shape))


# ---------------------------------------------------------------- padding


def _padded(
    network: Network, operation: Operation, x: Flow, kernel: Sequence[int], strides: Sequence[int],
    dilations: Sequence[int],
) -> tuple[Flow, tuple[int, ...]]:  # fmt: skip
    """What a window slides over, and the padding that it adds on both sides; sides that differ are a layer before."""
    before, behind = _pads(operation, x, kernel, strides, dilations)
    if before == behind:
        return x, before
    amount = tuple(zip(before, behind, strict=True))
    node, shape = network.layer(operation, [x], own("pad", operation.at, amount), "_pad")
    return Flow(node, shape, (BATCH, *shape)), (0,) * len(kernel)


def _pads(
    operation: Operation, x: Flow, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
) -> Pads:
    rank = len(kernel)
    auto = word(operation, "auto_pad", "NOTSET")
    pads = wholes(operation, "pads")
    if not auto.startswith("SAME"):
        return (pads[:rank], pads[rank:]) if pads and len(pads) == 2 * rank and auto == "NOTSET" else _none(rank)
    before, behind = [], []
    for n, k, s, d in zip(x.sizes[1:], kernel, strides, dilations, strict=False):
        size = int(n) if isinstance(n, int) else s  # a size that is not known is taken as a multiple of the stride
        whole_ = max((ceil(size / s) - 1) * s + d * (k - 1) + 1 - size, 0)
        half = whole_ // 2 if auto == "SAME_UPPER" else whole_ - whole_ // 2
        before.append(half)
        behind.append(whole_ - half)
    return tuple(before), tuple(behind)


# ---------------------------------------------------------------- small things


def _of(given: Sequence[Thing]) -> tuple[Thing, Thing, Thing]:
    return (given[0] if given else None), (given[1] if len(given) > 1 else None), (given[2] if len(given) > 2 else None)


def _is_image(x: Thing) -> bool:
    """Whether channels and positions follow the batch."""
    return isinstance(x, Flow) and x.batch_first and len(x.dims) > 2


def _each(operation: Operation, name: str, rank: int) -> tuple[int, ...]:
    found = wholes(operation, name)
    return found if found is not None and len(found) == rank else (1,) * rank


def _named(**given: Any) -> dict[str, Any]:
    """Arguments that differ from what is usual."""
    usual = {"stride": 1, "dilation": 1, "padding": 0, "output_padding": 0, "groups": 1}
    found = {}
    for name, value in given.items():
        values = set(value) if isinstance(value, tuple) else {value}
        if value is not None and values != {usual[name]}:
            found[name] = value
    return found


def _leading(x: Flow, shape: Sizes) -> Sizes:
    return (BATCH, *shape)
