"""Parts of tensors, tensors side by side, borders, and other resolutions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from symparams.algebra.formula import Value, as_formula
from symparams.algebra.simplification import simplified
from symparams.reading.onnx.flows import BATCH, Flow, Known, Sizes, Thing, Weight, alike, is_batch, plus, times
from symparams.reading.onnx.placing import Network, integers, row, whole, wholes, word
from symparams.reading.onnx.records import Operation
from symparams.reading.onnx.weights import weighted
from symparams.reading.python.graph import Node, Word, own

Outputs: TypeAlias = "Thing | tuple[Thing, ...]"


def concatenated(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Concat`."""
    if given and all(isinstance(one, Weight) for one in given):
        return _weights_joined([one for one in given if isinstance(one, Weight)], whole(operation, "axis", 0))
    flows = [network.learned(one, operation) if isinstance(one, Weight) else one for one in given]
    if not flows or not all(isinstance(one, Flow) for one in flows):
        return None
    several = [one for one in flows if isinstance(one, Flow)]
    first = next((one for one in several if any(map(is_batch, one.dims))), several[0])
    number = whole(operation, "axis", 0) % len(first.dims)
    if len({len(one.dims) for one in several}) > 1:
        return None
    dims = tuple(plus(*(s.dims[i] for s in several)) if i == number else size for i, size in enumerate(first.dims))
    axis = first.axis(number)
    if axis is None or len({tuple(map(is_batch, one.dims)) for one in several}) > 1:
        return network.opaque(operation, several, dims)
    if len(several) == 1:
        return several[0]
    node, shape = network.layer(operation, several, own("concat", operation.at, axis=axis + 1))
    return Flow(node, shape, dims)


def _weights_joined(weights: Sequence[Weight], axis: int) -> Weight | None:
    first = weights[0]
    if len({len(one.dims) for one in weights}) > 1 or not first.dims:
        return None
    axis %= len(first.dims)
    dims = tuple(sum(one.dims[i] for one in weights) if i == axis else size for i, size in enumerate(first.dims))
    names = tuple(dict.fromkeys(name for one in weights for name in one.names))
    return Weight(names, dims, any(one.trained for one in weights), first.at)


def split(network: Network, operation: Operation, given: Sequence[Thing]) -> Outputs:
    """`Split`: each part is a slice."""
    x = given[0] if given else None
    if isinstance(x, Weight):
        return _weight_split(operation, x)
    if not isinstance(x, Flow):
        return None
    number = whole(operation, "axis", 0) % len(x.dims)
    axis, count = x.axis(number), len(operation.outputs)
    sizes: Sequence[Value] | None = wholes(operation, "split") or (integers(given[1]) if len(given) > 1 else None)
    if sizes is None:
        sizes = _equal_parts(x.dims[number], count)
    if axis is None or sizes is None or len(sizes) != count:
        return None
    found: list[Thing] = []
    start: Value = 0
    for i, size in enumerate(sizes):
        call = own("slice", operation.at, axis=axis + 1, start=start, size=size)
        if operation.outputs[i] and size != 0:
            node, shape = network.layer(operation, [x], call, f"_{i + 1}")
            found.append(Flow(node, shape, (*x.dims[:number], size, *x.dims[number + 1 :])))
        else:
            found.append(None)
        start = plus(start, size)
    return tuple(found)


def _equal_parts(size: Value, count: int) -> Sequence[Value] | None:
    if isinstance(size, int):
        part = -(-size // count)
        return [min(part, size - i * part) for i in range(count)] if part * (count - 1) < size else None
    return [simplified(as_formula(size) / as_formula(count))] * count


def _weight_split(operation: Operation, x: Weight) -> Outputs:
    if not x.dims:
        return None
    axis, count = whole(operation, "axis", 0) % len(x.dims), len(operation.outputs)
    sizes = wholes(operation, "split") or (x.dims[axis] // count,) * count
    parts = [x.with_dims((*x.dims[:axis], size, *x.dims[axis + 1 :])) for size in sizes]
    return tuple(part.part_of(i) for i, part in enumerate(parts))


def sliced(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Slice`."""
    x = given[0] if given else None
    if isinstance(x, Weight):
        x = _weight_sliced(network, operation, given, x)
    if not isinstance(x, Flow):
        return x
    for number, start, end, step in _ranges(operation, given, len(x.dims)) or ():
        axis, size = x.axis(number), x.dims[number]
        taken = _taken(size, start, end, step)
        if axis is None or taken is None:
            if axis is None and (start, step) == (0, 1):
                continue
            return None
        first, count = taken
        if alike(count, size) or count == 0:
            continue
        dims = (*x.dims[:number], count, *x.dims[number + 1 :])
        if step != 1:
            x = network.opaque(operation, [x], dims)
            continue
        call = own("slice", operation.at, axis=axis + 1, start=first, size=count)
        node, shape = network.layer(operation, [x], call)
        x = Flow(node, shape, dims)
    return x if _ranges(operation, given, len(x.dims)) is not None else None


Range: TypeAlias = tuple[int, int, Value, int]  # axis, start, end, step


def _ranges(operation: Operation, given: Sequence[Thing], rank: int) -> list[Range] | None:
    starts = row(operation, "starts") or (given[1] if len(given) > 1 else None)
    ends = row(operation, "ends") or (given[2] if len(given) > 2 else None)
    first = integers(starts)
    if first is None or not isinstance(ends, Known) or any(v is None or isinstance(v, float) for v in ends.values):
        return None
    axes = wholes(operation, "axes") or (integers(given[3]) if len(given) > 3 else None) or tuple(range(len(first)))
    steps = (integers(given[4]) if len(given) > 4 else None) or (1,) * len(first)
    if not len(axes) == len(first) == len(ends.values) == len(steps) or not rank:
        return None
    return [(a % rank, s, e, t) for a, s, e, t in zip(axes, first, ends.values, steps, strict=True)]  # type: ignore[misc]


def _taken(size: Value, start: int, end: Value, step: int) -> tuple[Value, Value] | None:
    """From which position on how many are taken."""
    if isinstance(size, int) and isinstance(end, int) and step:
        places = range(*slice(start, max(end, -size - 1) if step < 0 else end, step).indices(size))
        return (places[0], len(places)) if places else None
    if step != 1:
        return None
    first = plus(size, start) if start < 0 else start
    if isinstance(end, int):
        end = size if end >= 2**31 - 1 else plus(size, end) if end < 0 else end
    return first, plus(end, times(-1, first))


def _weight_sliced(network: Network, operation: Operation, given: Sequence[Thing], x: Weight) -> Thing:
    """Part of some weights, which are a parameter by themselves where the part flows."""
    ranges = _ranges(operation, given, len(x.dims))
    if ranges is None or len(x.dims) > 3:
        return network.learned(x, operation) if ranges is None and x.trained else None
    if len(x.names) == 1 and x.dims == network.graph.initializers[x.names[0]].dims and x.dims[:1] == (1,):
        return network.learned(x, operation)
    dims = list(x.dims)
    for number, start, end, step in ranges:
        taken = _taken(dims[number], start, end, step)
        if taken is None or not isinstance(taken[1], int):
            return network.learned(x, operation) if x.trained else None
        dims[number] = taken[1]
    return x.with_dims(tuple(dims)).part_of(ranges[0][1])


def gathered(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Gather`: of a table of weights an embedding, else a slice."""
    x, index = given[0], given[1]
    if isinstance(x, Weight) and isinstance(index, Known) and index.scalar:
        x = network.learned(x, operation)
    if isinstance(x, Weight):
        return _looked_up(network, operation, x, index)
    if not isinstance(x, Flow):
        return None
    number = whole(operation, "axis", 0) % len(x.dims)
    axis = x.axis(number)
    if not isinstance(index, Known) or axis is None:
        return None
    places = integers(index)
    if index.scalar and places is not None:
        if len(x.sizes) < 2:
            return network.opaque(operation, [x], (*x.dims[:number], *x.dims[number + 1 :]))
        node, shape = network.layer(operation, [x], own("slice", operation.at, axis=axis + 1, start=places[0]))
        return Flow(node, shape, (*x.dims[:number], *x.dims[number + 1 :]))
    return network.opaque(operation, [x], (*x.dims[:number], len(index.values), *x.dims[number + 1 :]))


def _looked_up(network: Network, operation: Operation, table: Weight, index: Thing) -> Thing:
    if len(table.dims) != 2 or whole(operation, "axis", 0) not in (0, -2):
        return None
    if isinstance(index, Known):
        call = own("input", operation.at, max(len(index.values), 1))
        node, shape = network.put(Node(call, (), operation.at, None, f"{network.name_of(operation)}_positions"))
        index = Flow(node, shape, shape)
    elif isinstance(index, Weight):
        index = network.learned(index, operation)
    if not isinstance(index, Flow):
        return None
    one = not index.sizes
    call = own("embedding", operation.at, *table.dims)
    found = weighted(network, operation, index, call, (table,), lambda x, shape: (*x.dims, table.dims[1]))
    if found is not None and not one:
        network.tables.setdefault(table.names, (found.node, table.dims[0]))
    return found


def bordered(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Pad`."""
    x = given[0] if given else None
    pads = (
        wholes(operation, "pads") or wholes(operation, "paddings") or (integers(given[1]) if len(given) > 1 else None)
    )
    if not isinstance(x, Flow) or pads is None:
        return None
    axes = (integers(given[3]) if len(given) > 3 else None) or tuple(range(len(x.dims)))
    if len(pads) != 2 * len(axes):
        return None
    sides = {axis % len(x.dims): (pads[i], pads[i + len(axes)]) for i, axis in enumerate(axes)}
    if not any(map(any, sides.values())):
        return x
    dims = tuple(plus(size, *sides.get(i, (0, 0))) if any(sides.get(i, ())) else size for i, size in enumerate(x.dims))
    amounts = [sides.get(i, (0, 0)) for i in range(2, len(x.dims))]
    inside = x.batch_first and not any(sides.get(0, ())) and not any(sides.get(1, ())) and len(x.dims) > 2
    if not inside or min(map(min, amounts)) < 0:
        return (
            None
            if any(is_batch(x.dims[i]) and any(side) for i, side in sides.items())
            else network.opaque(operation, [x], dims)
        )
    mode = {"reflect": "reflect", "edge": "replicate", "wrap": "circular"}.get(word(operation, "mode", "constant"))
    node, shape = network.layer(operation, [x], own("pad", operation.at, tuple(amounts), **_mode(mode)))
    return Flow(node, shape, dims)


def _mode(mode: str | None) -> dict[str, Any]:
    return {} if mode is None else {"mode": Word(mode)}


def resized(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Resize`, `Upsample`: to a size, or by factors."""
    x = given[0] if given else None
    if not isinstance(x, Flow) or not x.batch_first or len(x.dims) < 3:
        return None
    sizes = given[3] if len(given) > 3 else None
    if isinstance(sizes, Known) and len(sizes.values) in (len(x.dims), len(x.dims) - 2):
        wanted = sizes.values[-(len(x.dims) - 2) :]
        if any(size is None or isinstance(size, float) for size in wanted):
            return None
        call = own("upsample", operation.at, size=wanted, **_how(operation, len(wanted)))
    else:
        factors = _factors(operation, given)
        if factors is None or len(factors) not in (len(x.dims), len(x.dims) - 2):
            return None
        wanted = factors[-(len(x.dims) - 2) :]
        if any(f <= 0 for f in wanted) or any(f != 1 for f in factors[: -len(wanted)]):
            return None
        call = own(
            "upsample",
            operation.at,
            tuple(int(f) if f == int(f) else f for f in wanted),
            **_how(operation, len(wanted)),
        )
    node, shape = network.layer(operation, [x], call)
    return Flow(node, shape, (BATCH, *shape))


def _factors(operation: Operation, given: Sequence[Thing]) -> tuple[float, ...] | None:
    stated = operation.attributes.get("scales")
    if isinstance(stated, tuple):
        return tuple(one for one in stated if isinstance(one, (int, float)))
    for one in reversed(given[1:3]):
        data = one.data if isinstance(one, Weight) else one.values if isinstance(one, Known) else None
        if data:
            return tuple(float(v) for v in data if isinstance(v, (int, float)))
    return None


def _how(operation: Operation, rank: int) -> dict[str, Any]:
    linear = {1: "linear", 2: "bilinear", 3: "trilinear"}.get(rank, "nearest")
    mode = {"linear": linear, "cubic": "bicubic"}.get(word(operation, "mode", "nearest"))
    return {} if mode is None or (mode == "bicubic" and rank != 2) else {"mode": Word(mode)}


def shuffled(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`DepthToSpace`, `SpaceToDepth`."""
    x = given[0] if given else None
    if not isinstance(x, Flow) or not x.batch_first or len(x.dims) != 4:
        return None
    kind = "pixelshuffle" if operation.type == "DepthToSpace" else "pixelunshuffle"
    node, shape = network.layer(operation, [x], own(kind, operation.at, whole(operation, "blocksize", 1)))
    return Flow(node, shape, (BATCH, *shape))


def tiled(network: Network, operation: Operation, given: Sequence[Thing]) -> Thing:
    """`Tile`."""
    x, times_ = given[0], integers(given[1]) if len(given) > 1 else None
    if not isinstance(x, Flow) or times_ is None or len(times_) != len(x.dims):
        return None
    dims: Sizes = tuple(times(size, count) if count != 1 else size for size, count in zip(x.dims, times_, strict=True))
    return x if set(times_) == {1} else network.opaque(operation, [x], dims)
