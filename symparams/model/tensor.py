"""The tensors that a layer keeps: what each axis counts, how often a weight is used, how the frameworks store them.

Counts, weights and biases, what is trained, memory and multiply-accumulates are read off them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, NamedTuple, TypeAlias

from symparams.algebra.formula import ONE, ZERO, Formula, Number, Product, Sum, total

Convention: TypeAlias = Literal["keras", "torch"]
Role: TypeAlias = Literal["copy", "part", "kernel", "input", "state", "output"]
TensorKind: TypeAlias = Literal["weight", "bias", "statistic"]
Sizes: TypeAlias = tuple[Formula, ...]

BOTH: tuple[Convention, ...] = ("keras", "torch")

JOINED: tuple[Role, ...] = ("kernel", "input", "state")  # the axes along which products are added up


class TensorAxis(NamedTuple):
    """One axis of a tensor."""

    size: Formula  # in the letters of the rule
    # What it counts. copy: equal tensors, such as experts; part: gates, or queries, keys and values; kernel: places of
    # a window; input: numbers that an output joins; state: the same, but outputs of the step before; output: numbers
    # that have weights of their own.
    role: Role
    word: str = ""  # what inputs are called in a sentence, where the meaning of their letter does not say it


class Stored(NamedTuple):
    """How a framework stores a tensor, if it has the layer; one with copies is stored once for each of them."""

    name: str  # the end of its path: kernel, self_attn.in_proj_weight; a star stands for the number of a copy
    shape: Sizes  # in the order of its axes there


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of numbers that a layer keeps; `tensor` makes it."""

    name: str  # in a sentence: kernel, bias, gamma …
    axes: tuple[TensorAxis, ...]  # in reading order: copies, parts, kernel, inputs, states, outputs
    stored: Stored  # in the convention of the network
    kind: TensorKind = "weight"  # bias: added to the outputs; statistic: measured, never trained
    uses: Formula | None = None  # how often a weight is used for one example; None: once at every output position
    counted: bool = True  # False: a buffer, which this convention does not call a parameter
    trained: bool = True  # False: kept as it is, like the weights below an adapter; a statistic never is
    within: tuple[str, ...] = ()  # the larger parts that are counted by themselves, the outermost first: self_attn

    def of(self, *roles: Role) -> Sizes:
        """The sizes of its axes with these roles, in reading order."""
        return tuple(axis.size for axis in self.axes if axis.role in roles)

    @property
    def sizes(self) -> Sizes:
        """The sizes of all axes, in reading order."""
        return tuple(axis.size for axis in self.axes)

    @property
    def size(self) -> Formula:
        """How many numbers it has: the product of its sizes."""
        return flat(self.sizes)

    @property
    def joins(self) -> bool:
        """Whether its numbers are multiplied with inputs and the products added up."""
        return self.kind == "weight" and any(axis.role in JOINED for axis in self.axes)

    @property
    def fixed(self) -> bool:
        """Whether training does not change it."""
        return self.kind == "statistic" or not self.trained

    def called(self, name: str, stored: str) -> Tensor:
        """The same under other names."""
        return replace(self, name=name, stored=self.stored._replace(name=stored))

    def inside(self, *parts: str) -> Tensor:
        """The same as a tensor of larger parts."""
        return replace(self, within=(*parts, *self.within))

    def changed(self, change: Callable[[Formula], Formula]) -> Tensor:
        """The same with every size changed."""
        return replace(
            self,
            axes=tuple(axis._replace(size=change(axis.size)) for axis in self.axes),
            stored=self.stored._replace(shape=tuple(map(change, self.stored.shape))),
            uses=None if self.uses is None else change(self.uses),
        )

    def repeated(self, copies: Formula) -> Tensor:
        """So many of it, each stored by itself."""
        return replace(self, axes=(TensorAxis(copies, "copy"), *self.axes))


# What the frameworks call the common tensors, Keras and PyTorch; others are stored under their own name.
STORED_NAMES: dict[str, tuple[str, str]] = {
    "kernel": ("kernel", "weight"),
    "depthwise kernel": ("kernel", "weight"),
    "gamma": ("gamma", "weight"),
    "beta": ("beta", "bias"),
    "embeddings": ("embeddings", "weight"),
    "alpha": ("alpha", "weight"),
}


def tensor(
    convention: Convention,
    name: str,
    *,
    copies: Sizes = (),
    parts: Sizes = (),
    kernel: Sizes = (),
    inputs: Sizes = (),
    states: Sizes = (),
    outputs: Sizes = (),
    kind: TensorKind = "weight",
    uses: Formula | None = None,
    counted: bool = True,
    trained: bool = True,
    stored: str = "",
    shape: Sizes | None = None,
    input_word: str = "",
) -> Tensor:
    """A tensor by the roles of its axes, stored as the convention usually does unless another shape is given.

    Keras stores the kernel first, then the inputs, then the outputs of all parts side by side; PyTorch the outputs
    first, then the inputs, then the kernel.
    """
    axes = (
        *[TensorAxis(size, "copy") for size in copies],
        *[TensorAxis(size, "part") for size in parts],
        *[TensorAxis(size, "kernel") for size in kernel],
        *[TensorAxis(size, "input", input_word) for size in inputs],
        *[TensorAxis(size, "state") for size in states],
        *[TensorAxis(size, "output") for size in outputs],
    )
    if shape is None:
        beside = (flat((*parts, *outputs[:1])), *outputs[1:]) if parts else outputs
        seen = (*inputs, *states) or (
            (ONE,) if kernel and convention == "torch" else ()
        )  # each filter of a group of one channel
        shape = (*beside, *seen, *kernel) if convention == "torch" else (*kernel, *seen, *beside)
    if not stored:
        usual = STORED_NAMES.get(name)
        stored = name.replace(" ", "_") if usual is None else usual[convention == "torch"]
    return Tensor(name, axes, Stored(stored, shape), kind, uses, counted, trained)


def biases(convention: Convention, *outputs: Formula, name: str = "bias", stored: str = "") -> Tensor:
    """A bias for each output."""
    return tensor(convention, name, outputs=outputs, kind="bias", stored=stored)


# ---------------------------------------------------------------- what follows from them


def flat(factors: Iterable[Formula]) -> Formula:
    """The product of all factors, those of products among them laid flat; 1 of none."""
    every = tuple(factors)
    if any(type(f) is Product for f in every):
        every = tuple(g for f in every for g in _factors(f))
    return Product(every) if len(every) > 1 else every[0] if every else ONE


class _Row(NamedTuple):
    """A tensor as a product to be added up."""

    within: tuple[str, ...]  # the larger parts that it belongs to
    lead: tuple[TensorAxis, ...]  # its copies and parts
    body: tuple[TensorAxis, ...]  # its kernel, inputs and states
    tail: Sizes  # its outputs
    is_bias: bool


def _row(t: Tensor) -> _Row:
    body = tuple(axis for axis in t.axes if axis.role in JOINED)
    lead = tuple(axis for axis in t.axes if axis.role in ("copy", "part"))
    return _Row(t.within, lead, body, t.of("output"), t.kind == "bias")


def parameter_rule(tensors: Iterable[Tensor]) -> Formula:
    """The sum of the sizes of tensors in reading order, what they share before and behind it taken out.

    A kernel and a bias make (k·k·C_in + 1)·C_out; different matrices of the same outputs stand before their biases:
    4·((D + U)·U + U). Those that are alike are counted: 2·(d + 1)·f, 2·C.
    """
    every = tuple(tensors)
    simple = _matrix_and_bias(every) if len(every) <= 2 else None
    return _added(_summed(list(map(_row, every)))) if simple is None else simple


def _matrix_and_bias(tensors: Sequence[Tensor]) -> Formula | None:
    """The same for a kernel or a matrix with or without biases, which most layers have, in a fraction of the time."""
    if not tensors or tensors[0].within or tensors[0].kind != "weight":
        return None
    body: list[Formula] = []
    tail: list[Formula] = []
    for axis in tensors[0].axes:
        if axis.role in ("copy", "part"):
            return None
        (tail if axis.role == "output" else body).append(axis.size)
    if not body:
        return None
    if len(tensors) == 1:
        return flat((*body, *tail))
    bias = tensors[1]
    if bias.kind != "bias" or bias.within or list(bias.sizes) != tail or bias.axes[0].role != "output":
        return None
    return flat((flat(body) + 1, *tail))


_Term: TypeAlias = tuple[int, Formula]  # how often a product stands in a sum


def _summed(rows: Sequence[_Row]) -> list[_Term]:
    first = {row.lead[:1] for row in rows}
    shared = first.pop() if len(first) == 1 else ()
    parted = any(row.within for row in rows)
    if shared and (shared[0].role == "copy" or not parted):  # the parts of a larger part stand inside it
        inside = _added(_summed([row._replace(lead=row.lead[1:]) for row in rows]))
        return [(1, flat((shared[0].size, inside)))]
    if parted:
        parts = (list(run) for _, run in groupby(rows, lambda row: row.within[:1]))
        return [(1, _added(_summed([row._replace(within=row.within[1:]) for row in part]))) for part in parts]
    terms: list[_Term] = []
    for lead, alike in groupby(rows, lambda row: row.lead[:1]):
        if lead:
            terms += _summed(list(alike))
        else:
            for tail, same in groupby(alike, lambda row: row.tail):
                terms += _group(list(same), tail)
    return terms


def _group(rows: Sequence[_Row], tail: Sizes) -> list[_Term]:
    """The terms of tensors with the same outputs."""
    outputs = flat(tail)
    matrices = [row.body for row in rows if row.body]
    if not matrices:
        return [(len(rows), outputs)]
    biases = sum(row.is_bias for row in rows)
    others = len(rows) - len(matrices) - biases
    rest = [(count, outputs) for count in (biases, others) if count]
    roles = {tuple((axis.role, axis.size) for axis in body) for body in matrices}
    each, more = divmod(biases, len(matrices))
    if len(roles) == 1 and not more:
        body = flat(axis.size for axis in matrices[0])
        return [(len(matrices), flat((body + each if each else body, *tail))), *rest[bool(biases) :]]
    return [(1, flat((*_side_by_side(matrices), *tail))), *rest]


def _side_by_side(matrices: Sequence[tuple[TensorAxis, ...]]) -> Sizes:
    """What several matrices have for an output: D + U, with a kernel of all k·k·(C + F)."""
    kernels = {tuple(axis.size for axis in body if axis.role == "kernel") for body in matrices}
    kernel = kernels.pop() if len(kernels) == 1 else ()
    joined = (flat(axis.size for axis in body if not kernel or axis.role != "kernel") for body in matrices)
    return (*kernel, total(joined))


def _added(terms: Iterable[_Term]) -> Formula:
    """The sum of terms; neighbors of the same factors are taken together: 3·d·f."""
    every = list(terms)
    if len(every) == 1:
        added = [_times(*every[0])]
    else:
        runs = (list(run) for _, run in groupby(every, lambda term: Counter(_factors(term[1]))))
        added = [_times(sum(count for count, _ in run), run[0][1]) for run in runs]
    return total(t for term in added for t in (term.terms if isinstance(term, Sum) else (term,)))


def _factors(term: Formula) -> Sizes:
    return term.factors if isinstance(term, Product) else (term,)


def _times(count: int, term: Formula) -> Formula:
    """count · term, without a needless factor."""
    return term if count == 1 else Number(count) if term == ONE else flat((Number(count), term))


def macs_rule(tensors: Iterable[Tensor], positions: Sequence[Formula], biases: Sequence[Tensor] = ()) -> Formula:
    """The multiply-accumulates of one example: each weight that joins inputs, as often as it is used.

    With `biases`, each of these as often as it is added.
    """
    counted = [t for t in tensors if (t.joins or t in biases) and t.uses != ZERO]
    terms: list[_Term] = []
    for uses, alike in groupby(counted, lambda t: t.uses):
        numbers = parameter_rule(alike)
        times = tuple(positions) if uses is None else () if uses == ONE else (uses,)
        terms.append((1, flat((numbers, *times))))
    return _added(terms)


def summed_biases(tensors: Iterable[Tensor]) -> tuple[Tensor, ...]:
    """The biases that are added to sums of products; those behind a gamma are the betas of a normalization."""
    found, of_sums = list[Tensor](), True
    for t in tensors:
        if t.kind == "weight":
            of_sums = t.joins
        elif t.kind == "bias" and of_sums:
            found.append(t)
    return tuple(found)
