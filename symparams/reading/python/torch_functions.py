"""Functions and methods of PyTorch through which data flows, each as a layer of the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symparams.algebra.formula import as_formula
from symparams.algebra.simplification import simplified
from symparams.reading.python.graph import Torch, own, record, words
from symparams.reading.python.run import Run
from symparams.reading.python.torch_tensors import Tensor
from symparams.reading.python.values import Arguments, Given, Unknown, is_number, letter

Does = Callable[[Torch, Run, str, Arguments], Any]
_UNUSED = ("inplace", "training", "return_indices", "dtype", "_stacklevel", "recompute_scale_factor", "antialias")


def _first(calls: Torch, run: Run, given: Arguments) -> Tensor | None:
    found: Tensor | None = calls.tensor(run, given.get(0, "input", "x"), given.at)
    return found


def _module(kind: str, *order: str) -> Does:
    """A function that does what a module does; its arguments in the function's order."""

    def does(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
        x = _first(calls, run, given)
        if x is None:
            return Unknown(f"{name}()")
        rest = given.without("input", "x", *_UNUSED, first=0 if "input" in given.keywords else 1)
        named = dict(zip(order, rest.positional, strict=False)) if order else {}
        kept = Arguments([] if order else rest.positional, {**named, **rest.keywords}, given.at)
        for unused in _UNUSED:
            kept.keywords.pop(unused, None)
        return calls.through(run, x, record(f"nn.{kind}", kept), calls.fresh(name), None, given.at)

    return does


def _activation(kind: str) -> Does:
    def does(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
        x = _first(calls, run, given)
        if x is None:
            return Unknown(f"{name}()")
        name = name.rstrip("_")
        return calls.through(run, x, record(f"nn.{kind}", Arguments(at=given.at)), calls.fresh(name), None, given.at)

    return does


def _same(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    return _first(calls, run, given)


def _flatten(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    x = _first(calls, run, given)
    if x is None:
        return Unknown("flatten()")
    start, end = given.get(1, "start_dim", default=0), given.get(2, "end_dim", default=-1)
    if x.batch == 0 and isinstance(start, int) and start > 1:
        more = {} if end == -1 or not isinstance(end, int) else {"end": end}
        return calls.through(run, x, own("flatten", given.at, start=start, **more), calls.fresh(name), None, given.at)
    if isinstance(end, int) and end > 0 and start == 1:
        return calls.through(run, x, own("flatten", given.at, start=1, end=end), calls.fresh(name), None, given.at)
    made = calls.through(run, x, own("flatten", given.at), calls.fresh(name), None, given.at)
    made.batch = 0
    return made


def _view(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    x = _first(calls, run, given)
    if x is None:
        return Unknown("view()")
    sizes = [g.value for g in given.positional[1:]] or [given.get(None, "shape", default=())]
    return calls.arranged(run, x, sizes, given.at)


def _permute(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    x = _first(calls, run, given)
    dims = [g.value for g in given.positional[1:]] or [given.get(None, "dims", default=())]
    if len(dims) == 1 and isinstance(dims[0], (tuple, list)):
        dims = list(dims[0])
    return Unknown("permute()") if x is None else calls.permuted(run, x, dims, given.at)


def _transpose(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    x = _first(calls, run, given)
    if x is None:
        return Unknown("transpose()")
    return calls.exchanged(run, x, given.get(1, "dim0", default=0), given.get(2, "dim1", default=1), given.at)


def _cat(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    values = run.each(given.get(0, "tensors")) or ()
    parts = [t for t in (calls.tensor(run, v, given.at) for v in values) if t is not None]
    if not parts:
        return Unknown("cat()")
    if len(parts) == 1:
        return parts[0]
    batched = next((p for p in parts if p.batch is not None), parts[0])
    axis = batched.axis(run, given.get(1, "dim", "axis", default=0))
    return calls.joined(run, "concat", parts, given.at, axis=-1 if axis is None else axis + 1)


def _stack(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    values = run.each(given.get(0, "tensors")) or ()
    parts = [t for t in (calls.tensor(run, v, given.at) for v in values) if t is not None]
    shape = calls.shape(run, parts[0].node) if parts else None
    dim = given.get(1, "dim", default=0)
    if shape is None or not isinstance(dim, int):
        return parts[0] if parts else Unknown("stack()")
    place = (dim if dim >= 0 else len(shape) + 2 + dim) - 1
    return calls.opaque(run, parts, (*shape[: max(place, 0)], len(parts), *shape[max(place, 0) :]), name, given.at)


def _merge(kind: str) -> Does:
    def does(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
        x = _first(calls, run, given)
        if x is None:
            return Unknown(f"{name}()")
        return calls.operated(run, x, kind, given.get(1, "other"), False, given.at)

    return does


def _reduced(function: str) -> Does:
    """The mean, the sum or the largest along some axes."""

    def does(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
        x = _first(calls, run, given)
        dims = given.get(1, "dim", "axis")
        if x is None or dims is None:
            return Unknown(f"{name}()")
        if isinstance(dims, Tensor):
            return calls.operated(run, x, "Add", dims, False, given.at)
        found = [x.axis(run, d) for d in (dims if isinstance(dims, (tuple, list)) else (dims,))]
        axes = sorted(a for a in found if a is not None)
        if not axes:
            return Unknown(f"{name}()")
        keep = given.get(2, "keepdim", "keepdims") is True
        call = _pooled(calls, run, x, function, axes, keep, given)
        made = calls.through(run, x, call, calls.fresh(name), None, given.at)
        if x.batch and not keep:
            made.batch = x.batch - sum(a < x.batch for a in axes)
        return (made, Unknown("indices")) if name in ("max", "min") else made

    return does


def _pooled(calls: Torch, run: Run, x: Tensor, function: str, axes: list[int], keep: bool, given: Arguments) -> Any:
    """Over all places of an image it is a global pooling."""
    shape = calls.shape(run, x.node)
    pooling = {"averaged": "globalavgpool", "largest": "globalmaxpool"}.get(function)
    if pooling is not None and shape is not None and len(shape) > 2 and axes == list(range(1, len(shape))):
        return own(pooling, given.at, *words(*["keepdims"] * keep))
    flags = words(function, *["keepdims"] * keep)
    return own("reduce", given.at, *(a + 1 for a in axes), *flags)


def _squeeze(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    x = _first(calls, run, given)
    if x is None:
        return Unknown("squeeze()")
    shape = calls.shape(run, x.node)
    axis = x.axis(run, given.get(1, "dim"))
    if shape is None:
        return x
    gone = (
        [axis] if axis is not None else [i for i, s in enumerate(shape) if s == 1] if len(given.positional) < 2 else []
    )
    for place in sorted((p for p in gone if p < len(shape) and shape[p] == 1), reverse=True):
        if len(shape) > 1:
            x = calls.through(
                run, x, own("slice", given.at, axis=place + 1, start=0), calls.fresh(name), None, given.at
            )
            shape = (*shape[:place], *shape[place + 1 :])
    return x


def _unsqueeze(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    x = _first(calls, run, given)
    if x is None:
        return Unknown("unsqueeze()")
    shape, dim = calls.shape(run, x.node), given.get(1, "dim")
    if shape is None or not isinstance(dim, int):
        return x
    rank = len(shape) + (x.batch is not None)
    dim = dim if dim >= 0 else rank + 1 + dim
    if x.batch is None:
        if dim == 0:
            return Tensor(x.torch, x.node, 0)
        place = dim
    elif dim <= x.batch:
        return x
    else:
        place = dim - 1
    sizes = (*shape[:place], 1, *shape[place:])
    return calls.through(run, x, own("reshape", given.at, *sizes), calls.fresh(name), None, given.at)


def _expand(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    x = _first(calls, run, given)
    if x is None:
        return Unknown("expand()")
    sizes = [g.value for g in given.positional[1:]]
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = list(sizes[0])
    shape = calls.shape(run, x.node)
    if shape is None or not sizes:
        return x
    rest = [letter(s) for s in sizes[len(sizes) - len(shape) :]]
    kept = (
        all(s in (-1, 1) for s in rest)
        if name == "repeat"
        else all(s == -1 or s == old for s, old in zip(rest, shape, strict=False))
    )
    if kept or not all(map(is_number, rest)):
        return Tensor(x.torch, x.node, 0)
    wide = [
        simplified(as_formula(old) * as_formula(s)) if name == "repeat" else (old if s == -1 else s)
        for s, old in zip(rest, shape, strict=False)
    ]
    return calls.opaque(run, [x], wide, name, given.at)


def _chunk(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    x, count = _first(calls, run, given), given.get(1, "chunks", "split_size_or_sections", "split_size")
    if x is None:
        return Unknown("chunk()")
    axis, shape = x.axis(run, given.get(2, "dim", default=0)), calls.shape(run, x.node)
    if axis is None or shape is None:
        return Unknown("chunk()")
    if name == "chunk" and isinstance(count, int):
        return tuple(calls.part(run, x, axis, i, count, given.at) for i in range(min(count, 64)))
    if isinstance(count, (tuple, list)):
        found, start = [], as_formula(0)
        for width in count:
            call = own("slice", given.at, axis=axis + 1, start=simplified(start), size=width)
            found.append(calls.through(run, x, call, calls.fresh(name), None, given.at))
            start = start + as_formula(width)
        return tuple(found)
    parts = simplified(as_formula(shape[axis]) / as_formula(count)) if is_number(count) else None
    return (
        tuple(calls.part(run, x, axis, i, parts, given.at) for i in range(parts))
        if isinstance(parts, int)
        else Unknown("split()")
    )


def _matmul(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    x, y = _first(calls, run, given), calls.tensor(run, given.get(1, "other", "mat2"), given.at)
    return Unknown("matmul()") if x is None or y is None else calls.multiplied(run, x, y, given.at)


def _attention(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    query = calls.tensor(run, given.get(0, "query"), given.at)
    value = calls.tensor(run, given.get(2, "value"), given.at)
    shape = calls.shape(run, query.node) if query is not None else None
    other = calls.shape(run, value.node) if value is not None else None
    if query is None or value is None or shape is None or other is None:
        return Unknown("attention()")
    return calls.opaque(run, [query, value], (*shape[:-1], other[-1]), "attention", given.at)


def _pad(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    x, amounts = _first(calls, run, given), given.get(1, "pad")
    shape = calls.shape(run, x.node) if x is not None else None
    if x is None or shape is None or not isinstance(amounts, (tuple, list)):
        return x
    sizes = list(shape)
    for place, (before, behind) in enumerate(zip(amounts[::2], amounts[1::2], strict=False)):
        index = len(sizes) - 1 - place
        if index >= 0 and is_number(before) and is_number(behind):
            sizes[index] = simplified(as_formula(sizes[index]) + as_formula(before) + as_formula(behind))
    if 0 < len(amounts) // 2 < len(shape) and len(shape) > 1:
        kind = f"ZeroPad{len(shape) - 1}d"
        sides = (tuple(amounts) + (0,) * 8)[: 2 * (len(shape) - 1)]
        kept = Arguments([Given(sides, given.at)], {}, given.at)
        return calls.through(run, x, record(f"nn.{kind}", kept), calls.fresh(name), None, given.at)
    return calls.opaque(run, [x], sizes, name, given.at)


def _packed(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    x = given.get(0)
    return (x, Unknown("lengths")) if name == "pad_packed_sequence" else x


_POOL = ("kernel_size", "stride", "padding")
FUNCTIONS: dict[str, Does] = {
    "flatten": _flatten,
    "view": _view,
    "reshape": _view,
    "permute": _permute,
    "transpose": _transpose,
    "swapaxes": _transpose,
    "cat": _cat,
    "concat": _cat,
    "concatenate": _cat,
    "stack": _stack,
    "add": _merge("Add"),
    "mul": _merge("Mult"),
    "multiply": _merge("Mult"),
    "sub": _merge("Sub"),
    "mean": _reduced("averaged"),
    "sum": _reduced("summed"),
    "max": _reduced("largest"),
    "amax": _reduced("largest"),
    "min": _reduced("smallest"),
    "norm": _reduced("summed"),
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
    "expand": _expand,
    "repeat": _expand,
    "chunk": _chunk,
    "split": _chunk,
    "matmul": _matmul,
    "bmm": _matmul,
    "mm": _matmul,
    "scaled_dot_product_attention": _attention,
    "pad": _pad,
    "pack_padded_sequence": _packed,
    "pad_packed_sequence": _packed,
    "interpolate": _module("Upsample", "size", "scale_factor", "mode", "align_corners"),
    "upsample": _module("Upsample", "size", "scale_factor", "mode", "align_corners"),
    "pixel_shuffle": _module("PixelShuffle"),
    "dropout": _module("Dropout"),
    "dropout2d": _module("Dropout2d"),
    "softmax": _module("Softmax", "dim"),
    "log_softmax": _module("LogSoftmax", "dim"),
    "adaptive_avg_pool1d": _module("AdaptiveAvgPool1d"),
    "adaptive_avg_pool2d": _module("AdaptiveAvgPool2d"),
    "adaptive_avg_pool3d": _module("AdaptiveAvgPool3d"),
    "adaptive_max_pool1d": _module("AdaptiveMaxPool1d"),
    "adaptive_max_pool2d": _module("AdaptiveMaxPool2d"),
}
for _d in "123":
    FUNCTIONS[f"max_pool{_d}d"] = _module(f"MaxPool{_d}d", *_POOL, "dilation", "ceil_mode")
    FUNCTIONS[f"avg_pool{_d}d"] = _module(f"AvgPool{_d}d", *_POOL, "ceil_mode", "count_include_pad")
for _name, _kind in {
    "relu": "ReLU", "relu_": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU",
    "silu": "SiLU",
    "mish": "Mish", "relu6": "ReLU6", "sigmoid": "Sigmoid", "sigmoid_": "Sigmoid", "tanh": "Tanh", "tanh_": "Tanh",
    "softplus": "Softplus", "hardtanh": "Hardtanh", "hardswish": "Hardswish", "hardsigmoid": "Hardsigmoid",
    "logsigmoid": "LogSigmoid", "softsign": "Softsign", "glu": "GLU",
}.items():  # fmt: skip
    FUNCTIONS[_name] = _activation(_kind)
for _name in ("normalize", "sqrt", "exp", "log", "abs", "clamp", "sin", "cos", "pow", "square", "detach", "roll"):
    FUNCTIONS[_name] = _same
