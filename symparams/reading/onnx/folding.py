"""Sizes that a graph works out itself: `Shape`, `Gather`, `Concat` and arithmetic on a few numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from symparams import limits
from symparams.algebra.formula import Formula, Function, Quotient, Value, as_formula
from symparams.algebra.simplification import simplified
from symparams.errors import SymparamsError
from symparams.reading.onnx.flows import Flow, Known, Thing, Weight, plus, times
from symparams.reading.onnx.placing import Network, attribute, integers, whole, wholes
from symparams.reading.onnx.records import Operation, Tensor

Number: TypeAlias = "Value | float | None"


def folded(network: Network, operation: Operation, given: Sequence[Thing]) -> Known | None:
    """What a node gives on numbers that are known; None where it is no such node."""
    if operation.type == "Shape" and given and isinstance(given[0], (Flow, Weight)):
        return _shape(operation, given[0])
    if operation.type == "Size" and given and isinstance(given[0], (Flow, Weight)):
        return Known((times(*given[0].dims),), True)
    does = _DOES.get(operation.type)
    if does is None or not all(isinstance(one, Known) for one in given if one is not None):
        return None
    if not given and operation.type != "Constant":
        return None
    try:
        return does(operation, [one for one in given if isinstance(one, Known)])
    except (TypeError, ValueError, ArithmeticError, IndexError, SymparamsError):
        return Known((None,))


def known_tensor(tensor: Tensor) -> Known | None:
    """A tensor of whole numbers, or of one number, as a row of numbers that are known."""
    is_whole = tensor.type.startswith(("int", "uint", "bool"))
    if tensor.data is None or len(tensor.dims) > 1 or not (is_whole or math.prod(tensor.dims) <= 1):
        return None
    values = tuple(one if isinstance(one, (int, float)) else None for one in tensor.data)
    return Known(values, not tensor.dims) if len(values) == math.prod(tensor.dims) else None


def _shape(operation: Operation, x: Flow | Weight) -> Known:
    dims: Sequence[Value] = x.dims
    start, end = whole(operation, "start", 0), whole(operation, "end", len(dims))
    return Known(tuple(dims[start:end]))


def _constant(operation: Operation, given: Sequence[Known]) -> Known | None:
    value = operation.attributes.get("value")
    if isinstance(value, Tensor):
        return known_tensor(value)
    for name in ("value_int", "value_float"):
        one = operation.attributes.get(name)
        if isinstance(one, (int, float)):
            return Known((one,), True)
    for name in ("value_ints", "value_floats"):
        several = operation.attributes.get(name)
        if isinstance(several, tuple):
            return Known(tuple(one if isinstance(one, (int, float)) else None for one in several))
    return None


def _gather(operation: Operation, given: Sequence[Known]) -> Known:
    values, index = given
    places = integers(index)
    if places is None:
        return Known((None,) * len(index.values), index.scalar)
    return Known(tuple(values.values[place] for place in places), index.scalar)


def _concat(operation: Operation, given: Sequence[Known]) -> Known:
    if sum(len(one.values) for one in given) > limits.ARGUMENTS:
        return Known((None,))
    return Known(tuple(value for one in given for value in one.values))


def _same(operation: Operation, given: Sequence[Known]) -> Known:
    return given[0]


def _listed(operation: Operation, given: Sequence[Known]) -> Known:
    return Known(given[0].values, False)


def _single(operation: Operation, given: Sequence[Known]) -> Known:
    return Known(given[0].values, len(given[0].values) == 1)


def _reshape(operation: Operation, given: Sequence[Known]) -> Known:
    values, target = given[0].values, integers(given[1])
    if (
        target is None
        or len(target) > 2
        or (len(target) == 2 and -1 not in target and target[0] * target[1] != len(values))
    ):
        return Known((None,) * len(values))
    width = 0
    if len(target) == 2:
        width = target[1] if target[1] > 0 else len(values) // max(target[0], 1)
    return Known(values, target == (), width)


def _transpose(operation: Operation, given: Sequence[Known]) -> Known:
    values, width = given[0].values, given[0].width
    if not width:
        return given[0]
    return Known(tuple(one for i in range(width) for one in values[i::width]), False, len(values) // width)


def _slice(operation: Operation, given: Sequence[Known]) -> Known:
    if len(given) > 2:
        told = [integers(one) for one in given[1:]]
        start, end = told[0], told[1]
        step = told[3] if len(told) > 3 and told[3] else (1,)
    else:
        start, end, step = wholes(operation, "starts"), wholes(operation, "ends"), (1,)
    if not start or not end or not step or not step[0]:
        return Known((None,))
    places = slice(start[0], None if step[0] < 0 and end[0] < -(2**31) else end[0], step[0])
    values, width = given[0].values, given[0].width
    if not width:
        return Known(values[places])
    rows = [values[i : i + width] for i in range(0, len(values), width)][places]
    return Known(tuple(one for each in rows for one in each), False, width)


def _cast(operation: Operation, given: Sequence[Known]) -> Known:
    to = whole(operation, "to", 0)
    floats = to in (1, 10, 11, 16)
    values = tuple(
        int(one) if isinstance(one, float) and not floats and math.isfinite(one) else one for one in given[0].values
    )
    return Known(values, given[0].scalar)


def _filled(operation: Operation, given: Sequence[Known]) -> Known:
    """`ConstantOfShape`."""
    dims = integers(given[0])
    value = attribute(operation, "value")
    one = value.data[0] if isinstance(value, Tensor) and value.data else 0
    if dims is None or len(dims) > 1 or math.prod(dims) > limits.ARGUMENTS or isinstance(one, str):
        return Known((None,))
    return Known((one,) * math.prod(dims), not dims)


def _range(operation: Operation, given: Sequence[Known]) -> Known:
    start, end, step = (one.values[0] for one in given)
    if not (isinstance(start, int) and isinstance(end, int) and isinstance(step, int)) or not step:
        return Known((None,))
    numbers = range(start, end, step)
    return Known(tuple(numbers) if len(numbers) <= limits.ARGUMENTS else (None,))


def _where(operation: Operation, given: Sequence[Known]) -> Known:
    chosen = _spread(given)
    return Known(tuple(None if c is None else a if c else b for c, a, b in chosen), all(one.scalar for one in given))


def _pairwise(does: Callable[[Number, Number], Number]) -> Callable[[Operation, Sequence[Known]], Known]:
    def done(operation: Operation, given: Sequence[Known]) -> Known:
        values = tuple(None if None in (a, b) else does(a, b) for a, b in _spread(given))
        return Known(values, all(one.scalar for one in given))

    return done


def _spread(given: Sequence[Known]) -> list[tuple[Number, ...]]:
    """Rows side by side, those of one number repeated."""
    longest = max(len(one.values) for one in given)
    rows = [one.values * longest if len(one.values) == 1 else one.values for one in given]
    return list(zip(*rows, strict=True))


def _times(a: Number, b: Number) -> Number:
    return a * b if isinstance(a, float) or isinstance(b, float) else times(a, b)  # type: ignore[operator, arg-type]


def _plus(a: Number, b: Number) -> Number:
    return a + b if isinstance(a, float) or isinstance(b, float) else plus(a, b)  # type: ignore[operator, arg-type]


def _minus(a: Number, b: Number) -> Number:
    return _plus(a, _times(-1, b))


def _over(a: Number, b: Number) -> Number:
    if isinstance(a, int) and isinstance(b, int) and b:
        return a // b if (a < 0) == (b < 0) else -(-a // b)
    if isinstance(a, float) or isinstance(b, float):
        return a / b  # type: ignore[operator]
    return simplified(Function("floor", (Quotient(as_formula(a), as_formula(b)),)))  # type: ignore[arg-type]


def _equal(a: Number, b: Number) -> Number:
    return int(a == b) if isinstance(a, (int, float)) and isinstance(b, (int, float)) else 0


def _modulo(a: Number, b: Number) -> Number:
    return a % b if isinstance(a, int) and isinstance(b, int) and b else None


def _larger(a: Number, b: Number) -> Number:
    return int(a > b) if isinstance(a, (int, float)) and isinstance(b, (int, float)) else None


def _negative(operation: Operation, given: Sequence[Known]) -> Known:
    return Known(tuple(None if one is None else _times(-1, one) for one in given[0].values), given[0].scalar)


def _largest(a: Number, b: Number) -> Number:
    return max(a, b) if isinstance(a, int) and isinstance(b, int) else None


def _smallest(a: Number, b: Number) -> Number:
    return min(a, b) if isinstance(a, int) and isinstance(b, int) else None


def _rounded(does: Callable[[float | Fraction], int]) -> Callable[[Operation, Sequence[Known]], Known]:
    def done(operation: Operation, given: Sequence[Known]) -> Known:
        values = tuple(does(one) if isinstance(one, (float, Fraction)) else one for one in given[0].values)
        return Known(values, given[0].scalar)

    return done


def _product(operation: Operation, given: Sequence[Known]) -> Known:
    sizes = [value for value in given[0].values if isinstance(value, (int, Formula))]
    return Known((times(*sizes) if len(sizes) == len(given[0].values) else None,), True)


_DOES: dict[str, Callable[[Operation, Sequence[Known]], Known | None]] = {
    "Constant": _constant, "Gather": _gather, "Concat": _concat, "Unsqueeze": _listed, "Squeeze": _single,
    "Slice": _slice, "Cast": _cast, "Identity": _same, "Reshape": _reshape, "ConstantOfShape": _filled,
    "Range": _range, "Transpose": _transpose, "Mod": _pairwise(_modulo), "Neg": _negative,
    "Greater": _pairwise(_larger), "Less": _pairwise(lambda a, b: _larger(b, a)), "CastLike": _same, "Abs": _same,
    "Where": _where, "Mul": _pairwise(_times), "Add": _pairwise(_plus), "Sub": _pairwise(_minus),
    "Div": _pairwise(_over), "Equal": _pairwise(_equal), "Floor": _rounded(math.floor), "Ceil": _rounded(math.ceil),
    "ReduceProd": _product, "Max": _pairwise(_largest),
    "Min": _pairwise(_smallest),
}  # fmt: skip
