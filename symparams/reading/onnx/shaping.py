"""The same values in another shape, or with their axes in another order."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from symparams.algebra.formula import Value
from symparams.reading.onnx.flows import (
    BATCH,
    Flow,
    Known,
    Sizes,
    Thing,
    Weight,
    alike,
    divided,
    has_batch,
    is_batch,
    same_sizes,
    times,
    without_batch,
)
from symparams.reading.onnx.placing import Network, integers, row, whole, wholes
from symparams.reading.onnx.records import Operation
from symparams.reading.python.graph import own


def reshaped(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Reshape`."""
    x = given[0] if given else None
    target = given[1] if len(given) > 1 else row(operation, "shape")  # the attribute is that of the oldest versions
    if isinstance(x, Weight):
        return _weight_reshaped(x, integers(target))
    if not isinstance(x, Flow):
        return None
    dims = _target(network, x, target, keeps_zero=bool(whole(operation, "allowzero", 0)))
    if dims is None:
        dims = network.stated(operation.outputs[0], x)
    return None if dims is None else _laid_out(network, operation, x, dims)


def _laid_out(network: Network, operation: Operation, x: Flow, dims: Sizes) -> Flow:
    known = Flow(x.node, x.shape, dims)
    if same_sizes(known.sizes, x.sizes) or same_sizes(known.sizes, x.shape):
        return known
    return network.laid_out(x, dims, operation)


def _weight_reshaped(x: Weight, target: tuple[int, ...] | None) -> Weight | None:
    if target is None:
        return None
    sizes = [x.dims[i] if size == 0 and i < len(x.dims) else size for i, size in enumerate(target)]
    if sizes.count(-1) == 1:
        rest = prod(size for size in sizes if size != -1)
        sizes[sizes.index(-1)] = prod(x.dims) // rest if rest else 0
    return x.with_dims(tuple(sizes)) if prod(sizes) == prod(x.dims) and min(sizes, default=1) >= 0 else None


def _target(network: Network, x: Flow, target: Thing, keeps_zero: bool) -> Sizes | None:
    """The shape that is asked for, every size known; None where it is open."""
    if not isinstance(target, Known):
        return None
    sizes: list[Value] = []
    for i, size in enumerate(target.values):
        if isinstance(size, float):
            return None
        if size is None:
            sizes.append(-1)
        elif size == 0 and not keeps_zero:
            if i >= len(x.dims):
                return None
            sizes.append(x.dims[i])
        else:
            sizes.append(size)
    if sizes.count(-1) > 1:
        return None
    if any(map(has_batch, sizes)) or not any(map(has_batch, x.dims)):
        return _without_open(sizes, times(*x.dims))
    return _with_batch(network, x, sizes)


def _without_open(sizes: list[Value], total: Value) -> Sizes | None:
    if -1 in sizes:
        place = sizes.index(-1)
        rest = times(*sizes[:place], *sizes[place + 1 :])
        if rest == 0:
            return None
        sizes[place] = divided(total, rest)
    return tuple(sizes) if all(size != 0 for size in sizes) else None


def _with_batch(network: Network, x: Flow, sizes: list[Value]) -> Sizes | None:
    """Where the batch goes, if the file has a number for it or leaves it open."""
    held = times(*without_batch(x.dims))
    if network.batch is None:
        if -1 in sizes:
            return _without_open(sizes, times(BATCH, held))
        return (BATCH, *sizes[1:]) if len(sizes) > 1 and same_sizes((times(*sizes[1:]),), (held,)) else None
    filled = _without_open(sizes, times(network.batch, held))
    return None if filled is None else _placed_batch(x.dims, filled, network.batch)


def _placed_batch(dims: Sizes, wanted: Sizes, batch: int) -> Sizes:
    """A shape of a file that was written for so many examples, with the batch in the axis that holds it."""
    before = [times(divided(size, BATCH), batch) if has_batch(size) else size for size in dims]
    start = end = first = 0
    for i in range(len(dims)):  # axes that are joined or split come in groups with equally many values
        held, taken = times(*before[first : i + 1]), times(*wanted[start:end])
        while end < len(wanted) and not alike(held, taken) and _is_less(taken, held):
            end += 1
            taken = times(*wanted[start:end])
        has = any(map(has_batch, dims[first : i + 1]))
        if not alike(held, taken):
            continue
        if has:
            while end < len(wanted) and wanted[end] == 1:
                end += 1
            return _with_batch_in(wanted, start, end, batch)
        start, first = end, i + 1
    return _with_batch_in(wanted, 0, len(wanted), batch)


def _is_less(a: Value, b: Value) -> bool:
    return isinstance(a, int) and isinstance(b, int) and a < b


def _with_batch_in(wanted: Sizes, start: int, end: int, batch: int) -> Sizes:
    """The batch in the first of some axes that can hold it."""
    for place in range(start, end):
        if wanted[place] == batch:
            return (*wanted[:place], BATCH, *wanted[place + 1 :])
    for place in range(start, end):
        size = wanted[place]
        if batch > 1 and isinstance(size, int) and size % batch == 0:
            return (*wanted[:place], times(BATCH, size // batch), *wanted[place + 1 :])
    return wanted


def flattened(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Flatten`: two axes are left."""
    x = given[0] if given else None
    if not isinstance(x, Flow):
        return None
    axis = whole(operation, "axis", 1)
    axis = axis % len(x.dims) if axis < 0 else axis
    return _laid_out(network, operation, x, (times(*x.dims[:axis]), times(*x.dims[axis:])))


def transposed(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Transpose`."""
    x = given[0] if given else None
    if not isinstance(x, (Flow, Weight)):
        return None
    order = wholes(operation, "perm") or tuple(reversed(range(len(x.dims))))
    if sorted(order) != list(range(len(x.dims))):
        return None
    if isinstance(x, Weight):
        return x.with_dims(tuple(x.dims[i] for i in order))
    dims = tuple(x.dims[i] for i in order)
    places = [axis for axis in map(x.axis, order) if axis is not None]
    if places == sorted(places):
        return Flow(x.node, x.shape, dims)
    node, shape = network.layer(operation, [x], own("permute", operation.at, *(axis + 1 for axis in places)))
    return Flow(node, shape, dims)


def squeezed(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Squeeze`: axes of size 1 are gone."""
    x = given[0] if given else None
    if not isinstance(x, (Flow, Weight)):
        return None
    axes = axes_of(operation, given, len(x.dims))
    if axes is None:
        axes = [i for i, size in enumerate(x.dims) if size == 1]
    if isinstance(x, Weight):
        return x.with_dims(tuple(size for i, size in enumerate(x.dims) if i not in axes))
    if any(
        x.dims[i] != 1 and not (is_batch(x.dims[i]) and network.batch in (1, None)) for i in axes if i < len(x.dims)
    ):
        return None
    return Flow(x.node, x.shape, tuple(size for i, size in enumerate(x.dims) if i not in axes))


def unsqueezed(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Unsqueeze`: axes of size 1 are put in."""
    x = given[0] if given else None
    if not isinstance(x, (Flow, Weight)):
        return None
    stated = operation.attributes.get("axes")
    axes = wholes(operation, "axes") if isinstance(stated, tuple) else integers(given[1]) if len(given) > 1 else None
    if axes is None:
        return None
    sizes: list[Value] = list(x.dims)
    for axis in sorted(a % (len(x.dims) + len(axes)) for a in axes):
        sizes.insert(axis, 1)
    if isinstance(x, Weight):
        return x.with_dims(tuple(size for size in sizes if isinstance(size, int)))
    return Flow(x.node, x.shape, tuple(sizes))


def axes_of(operation: Operation, given: Sequence[Thing], rank: int) -> list[int] | None:
    """The axes that a node names, in an attribute or, later on, in an input; None where it names none."""
    stated = operation.attributes.get("axes")
    axes = wholes(operation, "axes") if isinstance(stated, tuple) else integers(given[1]) if len(given) > 1 else None
    return None if not axes or not rank else [axis % rank for axis in axes]


def expanded(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Expand`: axes of size 1 repeated."""
    x, target = given[0], given[1] if len(given) > 1 else None
    if isinstance(x, Weight):
        x = network.learned(x, operation)
    if not isinstance(x, Flow) or not isinstance(target, Known):
        return x if isinstance(x, Flow) else None
    rank = max(len(x.dims), len(target.values))
    old: Sizes = (*(1,) * (rank - len(x.dims)), *x.dims)
    new = (*(1,) * (rank - len(target.values)), *target.values)
    dims: list[Value] = []
    for i, (a, b) in enumerate(zip(old, new, strict=True)):
        is_examples = b == network.batch and i == 0 and network.batch is not None
        grown = a if b is None or b == 1 or isinstance(b, float) or has_batch(a) else b
        dims.append(BATCH if a == 1 and (is_examples or is_batch(grown)) else grown)
    if same_sizes(without_batch(tuple(dims)), x.sizes):
        return Flow(x.node, x.shape, tuple(dims))
    kept = tuple(size for size, wanted in zip(old, dims, strict=True) if not is_batch(wanted))
    if same_sizes(without_batch(tuple(dims)), kept):
        return Flow(x.node, x.shape, tuple(dims))
    return network.opaque(operation, [x], tuple(dims))
