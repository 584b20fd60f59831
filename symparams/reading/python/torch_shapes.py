"""Shapes in the hands of a PyTorch program: views, permutations, slices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from symparams.algebra.equality import same
from symparams.algebra.formula import Formula, Function, Quotient, Symbol, as_formula, product
from symparams.algebra.simplification import simplified
from symparams.errors import Span
from symparams.reading.python.graph import Node, own
from symparams.reading.python.run import Run
from symparams.reading.python.torch_tensors import BATCH, FOLDED, Batch, Data, Tensor
from symparams.reading.python.values import Unknown, is_number, letter
from symparams.sources import records as r


class TorchShapes:
    """Tensors laid out in other shapes."""

    inputs: Any  # the Entrances of torch_inputs
    folded: dict[Node, bool]  # tensors made of parts of examples: whether these stand where examples do
    gathered: dict[Node, Any]  # rows picked by numbers that are not known, and how wide they are

    def shape(self, run: Run, node: Node) -> tuple[Any, ...] | None:
        raise NotImplementedError

    def fresh(self, kind: str) -> str:
        raise NotImplementedError

    def through(self, run: Run, tensor: Tensor, call: r.Call, name: str, owner: object, at: Span) -> Tensor:
        raise NotImplementedError

    def arranged(self, run: Run, x: Tensor, sizes: Sequence[Any], at: Span) -> Tensor:
        """`x.view(…)`: the same numbers in another shape."""
        if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
            sizes = sizes[0]
        parts = FOLDED in sizes
        sizes = [BATCH if isinstance(s, Batch) or _is_batch(s) else letter(s) for s in sizes]
        batch, rest = 0, list(sizes)
        if x.batch is None and BATCH not in sizes:
            batch = -1
        elif BATCH in sizes:
            batch = next(i for i, s in enumerate(sizes) if s is BATCH)
            del rest[batch]
        elif len(sizes) > 1:
            rest = rest[1:]
        if self.folded.get(x.node) or parts or (x.node in self.folded and sizes[0] == -1):
            return self._refolded(run, x, rest, batch, parts or sizes[0] == -1, at)
        if len(rest) == 1:
            return self._flat(run, x, rest[0], sizes[0] == -1 and BATCH not in sizes, at)
        if x.node in self.gathered:
            sizes = [self.gathered[x.node] if s == -1 else s for s in sizes]
            return Tensor(self, self._rows(run, x, sizes, at).node, None)
        shape = self.shape(run, x.node)
        if shape is not None and -1 not in rest and all(map(is_number, (*shape, *rest))):
            self.inputs.equal(*(simplified(product(map(as_formula, s))) for s in (shape, rest)), at, "view")
        if (
            shape is not None
            and len(rest) == len(shape)
            and all(b == -1 or _same(a, b) for a, b in zip(shape, rest, strict=True))
        ):
            return Tensor(self, x.node, batch)
        if self.inputs.is_open(x.node):
            known = [s for s in rest if s != -1]
            self.inputs.settle(x.node, (product(map(as_formula, known)) if -1 not in rest else None,))
        made = self.through(run, x, own("reshape", at, *rest), self.fresh("view"), None, at)
        made.batch = None if batch < 0 else batch
        return made

    def _refolded(self, run: Run, x: Tensor, sizes: Sequence[Any], batch: int, parts: bool, at: Span) -> Tensor:
        """`windows.view(B * n, …)` and back: how many parts an example has is not followed, their sizes are written."""
        shape = self.shape(run, x.node)
        if -1 in sizes and shape is not None:
            rest = product(as_formula(s) for s in sizes if s != -1)
            missing = simplified(product(map(as_formula, shape)) / rest)
            sizes = [missing if s == -1 else s for s in sizes]
        made = self.through(run, x, own("opaque", at, *sizes), self.fresh("view"), None, at)
        made.batch = max(batch, 0)
        self.folded[made.node] = parts
        return made

    def _flat(self, run: Run, x: Tensor, width: Any, folds: bool, at: Span) -> Tensor:
        """`x.view(-1, 400)`: one row of numbers for each example, or for each position."""
        shape = self.shape(run, x.node)
        if shape is not None:
            if len(shape) == 1:
                return Tensor(self, x.node, 0)
            whole = simplified(product(map(as_formula, shape)))
            if width != -1 and not _same(whole, width):
                if folds and (_same(shape[-1], width)):
                    return Tensor(self, x.node, 0)
                self.inputs.equal(whole, width, at, "view")
        elif self.inputs.is_open(x.node) and is_number(width) and width != -1:
            self.inputs.settle(x.node, (width,))
            return Tensor(self, x.node, 0)
        made = self.through(run, x, own("flatten", at), self.fresh("flatten"), None, at)
        made.batch = 0
        return made

    def permuted(self, run: Run, x: Tensor, dims: Sequence[Any], at: Span) -> Any:
        """`x.permute(…)`: the axes in another order; where the batch goes is only noted."""
        rank = len(dims)
        if not all(isinstance(d, int) for d in dims):
            return x
        order = [d % rank for d in dims]
        if x.batch is None:
            return self._ordered(run, x, order, None, at)
        batch = order.index(x.batch) if x.batch in order else 0
        if self.inputs.is_open(x.node):
            self.inputs.settle(x.node, (None,) * (rank - 1))
        return self._ordered(run, x, [d - (d > x.batch) for d in order if d != x.batch], batch, at)

    def _ordered(self, run: Run, x: Tensor, order: list[int], batch: int | None, at: Span) -> Tensor:
        if order == sorted(order):
            return Tensor(self, x.node, batch)
        call = own("permute", at, *(place + 1 for place in order))
        made = self.through(run, x, call, self.fresh("permute"), None, at)
        made.batch = batch
        return made

    def exchanged(self, run: Run, x: Tensor, a: Any, b: Any, at: Span) -> Any:
        """`x.transpose(1, 2)`."""
        rank = x.rank(run)
        if rank is None and self.inputs.is_open(x.node):
            self.inputs.settle(x.node, (None, None))
            rank = x.rank(run)
        if rank is None or not (isinstance(a, int) and isinstance(b, int)):
            return x
        if not all(-rank <= dim < rank for dim in (a, b)):
            return x
        order = list(range(rank))
        order[a], order[b] = order[b], order[a]
        return self.permuted(run, x, order, at)

    def sliced(self, run: Run, x: Tensor, key: Any, at: Span) -> Any:
        """`x[:, -1]`, `x[:, :, 0]`, `x[-1]`, `x[:, 1:]`."""
        keys = list(key) if isinstance(key, tuple) else [key]
        if x.batch is None and len(keys) == 1 and isinstance(key, (Unknown, Data)):
            return self._picked(run, x, at)
        if x.batch is None and keys[0] is None:  # a parameter, the same for all examples
            x = Tensor(self, x.node, 0)
        if Ellipsis in keys:
            rank = x.rank(run)
            place = keys.index(Ellipsis)
            keys[place : place + 1] = [slice(None)] * max((rank or len(keys)) - len(keys) + 1, 0)
        result, removed = x, 0
        for dim, one in enumerate(keys):
            place = dim if x.batch is None else dim - (dim > x.batch)
            if dim == x.batch or place < 0:
                continue
            if isinstance(one, slice):
                result = self._cut(run, result, place - removed, one, at)
            elif isinstance(one, int):
                keeps = (
                    {"size": 1} if self._is_last_axis(run, result) else {}
                )  # one number for each example keeps its axis
                call = own("slice", at, axis=place - removed + 1, start=one, **keeps)
                result = self.through(run, result, call, self.fresh("slice"), None, at)
                removed += 1
        if removed and x.batch:
            result.batch = 0
        return result

    def _is_last_axis(self, run: Run, x: Tensor) -> bool:
        shape = self.shape(run, x.node)
        return shape is not None and len(shape) == 1

    def _every(self, run: Run, x: Tensor, axis: int, part: slice, at: Span) -> Tensor:
        """`x[:, 1::2]`: every second place."""
        shape = list(self.shape(run, x.node) or ())
        try:
            length = _stepped(shape[axis], part)
        except TypeError:
            return x
        if not isinstance(shape[axis], int):
            run.assume(f"sizes that are cut with a step of {part.step} are taken as multiples of {part.step}", at)
        shape[axis] = length
        return self.through(run, x, own("opaque", at, *shape), self.fresh("slice"), None, at)

    def _picked(self, run: Run, x: Tensor, at: Span) -> Tensor:
        """`table[index]`: rows of a parameter, how many is not known."""
        shape = self.shape(run, x.node)
        if shape is None or len(shape) < 2:
            return x
        made = self._rows(run, x, (Symbol("n_index"), *shape[1:]), at)
        self.gathered[made.node] = shape[-1]
        return made

    def _rows(self, run: Run, x: Tensor, sizes: Sequence[Any], at: Span) -> Tensor:
        return self.through(run, x, own("opaque", at, *sizes), self.fresh("index"), None, at)

    def _cut(self, run: Run, x: Tensor, axis: int, part: slice, at: Span) -> Tensor:
        shape = self.shape(run, x.node)
        if shape is None or axis >= len(shape):
            return x
        if isinstance(part.step, int) and part.step > 1:
            return self._every(run, x, axis, part, at)
        if part.start is None and part.stop is None:
            return x
        length = shape[axis]
        start, stop = (_from_front(e, length) for e in (part.start or 0, length if part.stop is None else part.stop))
        if start is None or stop is None:
            return x
        width = simplified(as_formula(stop) - as_formula(start))
        if isinstance(length, int) and isinstance(width, int):
            width = min(width, length)
            if width == length:
                return x
        if isinstance(width, Formula) and not isinstance(stop, Formula) and isinstance(length, Formula):
            return x
        return self.through(
            run, x, own("slice", at, axis=axis + 1, start=start, size=width), self.fresh("slice"), None, at
        )


def _stepped(length: Any, part: slice) -> Any:
    """How many places a slice with a step has; an open length is taken as a multiple of the step."""
    if isinstance(length, int):
        return len(range(*part.indices(length)))
    return simplified(Function("floor", (Quotient(as_formula(length), as_formula(part.step)),)))


def _from_front(end: Any, length: Any) -> Any:
    """An end of a slice, counted from the front; None if it is open."""
    end = letter(end)
    if not is_number(end):
        return None
    if isinstance(end, int) and end < 0:
        return simplified(as_formula(length) + end)
    return end


def times(width: Any, index: int) -> Any:
    """So many times a size."""
    return simplified(as_formula(width) * index)


def _same(a: Any, b: Any) -> bool:
    return is_number(a) and is_number(b) and not isinstance(b, float) and same(a, b)


def _is_batch(value: Any) -> bool:
    return isinstance(value, Unknown) and re.search(r"batch|\bB$|\bbs$|\bbsz$|\bN$", value.path) is not None
