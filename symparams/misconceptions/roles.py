"""What the letters of a rule stand for, read off the tensors of the layer: so an edit holds for any layer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, TypeAlias

from symparams.algebra.formula import Formula, Number, Product, Quotient, Symbol
from symparams.misconceptions.edits import Test, named
from symparams.misconceptions.task import Subject
from symparams.model.derived import Derived
from symparams.model.tensor import Role, Tensor

# What a layer must have for a mistake to make sense: any tensor, a kernel, one that spans input channels in groups or
# not, a single matrix, or a matrix for the outputs of the step before.
Need: TypeAlias = Literal["tensor", "kernel", "spanning kernel", "groups", "matrix", "state"]


@lru_cache(2048)
def offers(derived: Derived) -> frozenset[Need]:
    """What a layer has of that."""
    tensors = derived.rules.counted
    kernels = spanning(tensors)
    found: dict[Need, bool] = {
        "tensor": bool(tensors),
        "kernel": any(t.of("kernel") for t in tensors),
        "spanning kernel": bool(kernels),
        "groups": any(isinstance(size, Quotient) for t in kernels for size in t.of("input")),
        "matrix": _matrix(tensors) is not None,
        "state": any(t.of("state") for t in tensors),
    }
    return frozenset(need for need, has in found.items() if has)


def letters(tensors: Iterable[Tensor], *roles: Role) -> tuple[Symbol, ...]:
    """The symbols in the axes of tensors that have these roles: C_in of C_in/g, C_in and m of C_in·m."""
    return tuple(dict.fromkeys(s for t in tensors for size in t.of(*roles) for s in _letters(size)))


def _letters(size: Formula) -> tuple[Symbol, ...]:
    top = size.top if isinstance(size, Quotient) else size
    factors = top.factors if isinstance(top, Product) else (top,)
    return tuple(f for f in factors if isinstance(f, Symbol))


def is_of(tensors: Iterable[Tensor], *roles: Role) -> Test:
    """Whether a node is one of these symbols, whatever it is bound to."""
    return named(*(s.name for s in letters(tensors, *roles)))


def is_kernel(s: Subject) -> Test:
    """Whether a node is a side of the kernel."""
    return _is_kernel(s.task.derived)


@lru_cache(1024)  # nearly every edit of a convolution asks
def _is_kernel(derived: Derived) -> Test:
    return is_of(derived.rules.counted, "kernel")


def is_spanned(s: Subject) -> Test:
    """Whether a node is the input channels that a kernel spans."""
    return _is_spanned(s.task.derived)


@lru_cache(1024)
def _is_spanned(derived: Derived) -> Test:
    return is_of(spanning(derived.rules.counted), "input")


def spanning(tensors: Iterable[Tensor]) -> list[Tensor]:
    """The kernels that span input channels, as those of a convolution; not those of gates."""
    return [t for t in tensors if t.joins and t.of("kernel") and t.of("input") and not t.of("copy", "part")]


def apart(tensors: Iterable[Tensor]) -> list[Tensor]:
    """The kernels of each channel by itself, as those of a depthwise convolution."""
    return [t for t in tensors if t.of("kernel") and not t.of("input", "part")]


def matrix(s: Subject) -> Tensor | None:
    """The one matrix of a layer that joins its inputs to its outputs, as a dense layer has it."""
    return _matrix(s.tensors)


def _matrix(tensors: Iterable[Tensor]) -> Tensor | None:
    joining = [t for t in tensors if t.joins]
    if len(joining) != 1:
        return None
    (one,) = joining
    plain = {axis.role for axis in one.axes} == {"input", "output"} and len(one.of("input")) == 1
    return one if plain and len(letters((one,), "input")) == 1 else None


def groups(s: Subject) -> Symbol | None:
    """The letter that divides the input channels among groups: g of C_in/g."""
    divided = (size for t in spanning(s.tensors) for size in t.of("input") if isinstance(size, Quotient))
    return next((size.bottom for size in divided if isinstance(size.bottom, Symbol)), None)


def gates(s: Subject) -> set[int]:
    """How many parts a recurrent layer has that are alike: 4, 3."""
    recurrent = [t for t in s.tensors if t.of("state")]
    sizes = (size for t in recurrent for size in t.of("part"))
    return {size.value for size in sizes if isinstance(size, Number) and isinstance(size.value, int)}
