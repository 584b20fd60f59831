"""Rows of known numbers in PyTorch: torch.linspace(0, rate, n) and what is worked out of them to build a model."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

from symparams.errors import Span
from symparams.reading.python.allowance import check_size
from symparams.reading.python.operations import operated
from symparams.reading.python.run import Run
from symparams.reading.python.torch_tensors import Data, Tensor
from symparams.reading.python.values import Arguments, Native

Does = Callable[[Arguments], "Numbers | None"]


class Numbers(Data):
    """A tensor of one axis whose numbers are known."""

    def __init__(self, values: Sequence[int | float], at: Span) -> None:
        super().__init__((len(values),), at)
        self.values = tuple(v if isinstance(v, int) else _single(v) for v in values)

    def attribute(self, run: Run, name: str) -> Any:
        if name in ("tolist", "numpy", "item", "round", "int", "long", "diff", "float", "log", "floor", "ceil"):
            return Native(name, lambda run, given: self._done(run, name))
        return super().attribute(run, name)

    def _done(self, run: Run, name: str) -> Any:
        run.allowance.spend(len(self.values))
        if name == "tolist":
            return list(self.values)
        if name == "item":
            return self.values[0] if self.values else Data(None, self.at)
        if name == "numpy":
            return self
        return _applied(name, self)

    def items(self, run: Run) -> Sequence[Any]:
        run.allowance.spend(len(self.values))
        return [Numbers([v], self.at) for v in self.values]

    def length(self, run: Run) -> Any:
        return len(self.values)

    def item(self, run: Run, key: Any, at: Span) -> Any:
        if isinstance(key, int) and -len(self.values) <= key < len(self.values):
            return Numbers([self.values[key]], at)
        return Numbers(self.values[key], at) if isinstance(key, slice) else Data(None, at)

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        if isinstance(other, Tensor):
            return other
        run.allowance.spend(max(len(v.values) for v in (self, other) if isinstance(v, Numbers)))
        made = _combined(operator, *((other, self) if reflected else (self, other)))
        return Data(self.data_shape, at) if made is None else made


def _single(value: float) -> float:
    """A number as PyTorch keeps it, in 32 bits."""
    try:
        found: float = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)
    return found


def _combined(operator: str, left: Any, right: Any) -> Numbers | None:
    """Numbers with numbers, one by one; None if they are not known."""
    rows = [v.values if isinstance(v, Numbers) else (v,) for v in (left, right)]
    if any(type(v) not in (int, float) for row in rows for v in row):
        return None
    count = max(map(len, rows))
    if any(len(row) not in (1, count) for row in rows):
        return None
    pairs = zip(*(row * count if len(row) == 1 else row for row in rows), strict=True)
    found = [operated(operator, a, b) for a, b in pairs]
    at = left.at if isinstance(left, Numbers) else right.at
    return Numbers(found, at) if all(type(v) in (int, float) for v in found) else None


_EACH: dict[str, Callable[[Any], Any]] = {
    "round": lambda v: float(round(v)),
    "log": math.log,
    "floor": lambda v: float(math.floor(v)),
    "ceil": lambda v: float(math.ceil(v)),
    "sqrt": math.sqrt,
    "exp": math.exp,
    "int": int,
    "long": int,
    "float": float,
}
_BOTH = {"pow": "Pow", "divide": "Div", "div": "Div", "mul": "Mult", "add": "Add", "sub": "Sub"}


def _applied(name: str, row: Numbers) -> Any:
    """A function of each number."""
    if name == "diff":
        return Numbers([b - a for a, b in zip(row.values, row.values[1:], strict=False)], row.at)
    try:
        return Numbers([_EACH[name](v) for v in row.values], row.at)
    except (ValueError, OverflowError):
        return Data(row.data_shape, row.at)


def numbers(run: Run, name: str, given: Arguments) -> Numbers | Data | None:
    """What a function of PyTorch makes of known numbers; None where nothing is known."""
    values = [g.value for g in given.positional]
    run.allowance.spend(sum(len(v.values) for v in values if isinstance(v, Numbers)))
    if name in _BOTH and len(values) > 1 and any(isinstance(v, Numbers) for v in values):
        return _combined(_BOTH[name], values[0], values[1])
    if values and isinstance(values[0], Numbers) and (name in _EACH or name == "diff"):
        found: Numbers | Data = _applied(name, values[0])
        return found
    if values and isinstance(values[0], Data) and name in _SHAPED:
        return Data(values[0].data_shape, given.at)
    made = _made(name, values, given)
    run.allowance.spend(len(made.values) if made is not None else 0)
    return made


_SHAPED = frozenset((*_EACH, "abs", "neg", "clamp", "square", "sigmoid", "tanh", "relu", "softmax", "sign"))


def _made(name: str, values: Sequence[Any], given: Arguments) -> Numbers | None:
    """The numbers that torch.arange(4), torch.linspace(0, 1, 5) and torch.tensor([1, 2]) make."""
    if name == "tensor" and values and isinstance(values[0], (list, tuple)):
        row = values[0]
        return Numbers(row, given.at) if row and all(type(v) in (int, float) for v in row) else None
    if name == "arange" and 0 < len(values) < 4 and all(type(v) is int for v in values) and 0 not in values[2:]:
        made = range(*values)
        check_size(abs(made.stop - made.start))
        return Numbers(made, given.at)
    start, end, steps = (given.get(i, n) for i, n in enumerate(("start", "end", "steps")))
    if name == "linspace" and type(steps) is int and all(type(v) in (int, float) for v in (start, end)) and steps > 0:
        check_size(steps)
        wide = (end - start) / max(steps - 1, 1)
        return Numbers([float(start + wide * i) for i in range(steps)], given.at)
    return None
