"""Counting a layer tensor by tensor, as a lesson does: what one input needs, and how many inputs there are."""

from __future__ import annotations

from dataclasses import dataclass

from symparams.algebra.evaluation import number
from symparams.algebra.facts import Facts
from symparams.algebra.formula import (
    ONE,
    ZERO,
    Formula,
    Number,
    Product,
    Quotient,
    Symbol,
    Value,
    as_formula,
    parts,
    symbols,
)
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import can_put_in, put_in
from symparams.model.layer import Rules
from symparams.model.tensor import Sizes, Tensor, TensorAxis, TensorKind, flat


@dataclass(frozen=True, slots=True)
class TensorCount:
    """The numbers in one tensor: so many for each input, and so many inputs."""

    name: str  # kernel, bias …
    kind: TensorKind  # weight, bias or statistic
    each: Formula | None  # what one input needs, values put in: 63·3·3; None if that is a single number
    outputs: Symbol | None  # what the first factor of `each` counts, where it does not belong to the kernel: filters
    each_value: Value  # the same, worked out
    inputs: Formula | None  # how many inputs there are; None if the tensor does not depend on them
    input_word: str  # what the inputs are: "input channels"
    value: Value  # all numbers of the tensor
    sizes: tuple[Formula, ...]  # of its axes in reading order, values put in: 64, 4·64
    spans: bool  # whether it is the kernel of a convolution, which spans several places
    joined: Formula | None  # the outputs that a matrix joins its inputs to: 4·64; None if it is no such matrix
    in_groups: bool  # whether an output joins the inputs of its group only

    @property
    def product(self) -> Formula:
        """Its sizes multiplied: 64·4·64."""
        return flat(self.sizes)


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor as the framework keeps it."""

    name: str  # the end of its path there: kernel, in_proj_weight; a star stands for the number of a copy
    shape: tuple[Value, ...]  # in the order of its axes there; () for a single number
    copies: Value  # how many there are, each under a name of its own
    kind: TensorKind  # weight, bias or statistic
    trained: bool  # whether training changes it
    is_buffer: bool  # whether the convention does not count it among the parameters


def stored_tensors(rules: Rules, facts: Facts) -> tuple[StoredTensor, ...]:
    """Every tensor as it is stored, buffers among them."""
    return tuple(
        StoredTensor(
            t.stored.name,
            tuple(simplified(size, facts) for size in t.stored.shape),
            simplified(flat(t.of("copy")) if "*" in t.stored.name else ONE, facts),
            t.kind,
            not t.fixed,
            not t.counted,
        )
        for t in rules.tensors
    )


def count_tensors(rules: Rules, facts: Facts) -> tuple[TensorCount, ...]:
    """Every counted tensor, its outputs first and then its inputs: 63·3·3 = 567, 32·567 = 18,144."""
    made = {t.of("output") for t in rules.counted if t.joins and not t.of("kernel")}
    return tuple(_count(t, t.kind == "bias" and t.of("output") in made, facts) for t in rules.counted)


def _count(t: Tensor, of_outputs: bool, facts: Facts) -> TensorCount:
    """`of_outputs`: it is the biases of what a matrix makes, which may be as many as what arrives, but is not that."""
    inputs, word = ((), "") if of_outputs else _inputs(t)
    each_has = inputs if not _joined(t) else ()  # where the inputs are the outputs too, as in a depthwise kernel
    beside = [f for f in _factors(t.of("copy", "part", "output")) if number(f) != 1 and f not in each_has]
    kernel = tuple(k for k in t.of("kernel") if number(k) != 1)
    needs = (*beside, *kernel)
    each = _line(needs)
    matrix = len(inputs) == 1 and not kernel and bool(t.of("input")) and not t.of("copy")
    first = beside[0] if beside and (len(needs) > 1 or t.kind == "bias") else None
    return TensorCount(
        t.name,
        t.kind,
        each if len(needs) > 1 else None,
        first if isinstance(first, Symbol) else None,
        simplified(each, facts),
        as_formula(simplified(_line(inputs), facts)) if inputs else None,
        word,
        simplified(t.size, facts),
        tuple(_size(size, facts) for size in t.sizes if number(size) != 1) or (ONE,),
        bool(kernel),
        _size(flat(t.of("part", "output")), facts) if matrix else None,
        any(isinstance(axis.size, Quotient) for axis in _joined(t)),
    )


def _inputs(t: Tensor) -> tuple[Sizes, str]:
    """What it has numbers for, and what they are called: the inputs it joins, or the sizes of what arrives."""
    axes = _joined(t)
    sizes = tuple(axis.size for axis in axes)
    if not axes:
        sizes = tuple(f for f in _factors(t.of("output")) if isinstance(f, Symbol) and f.incoming)
    known = [axis.word for axis in axes if axis.word] + [s.meaning for size in sizes for s in symbols(size)]
    return sizes, "input elements" if len(set(sizes)) > 1 and not axes else known[0] if sizes else ""


def _joined(t: Tensor) -> list[TensorAxis]:
    """The axes of the inputs that it joins; a table that is looked up joins none."""
    return [axis for axis in t.axes if axis.role == "input" and t.uses != ZERO]


def _factors(sizes: Sizes) -> Sizes:
    """The sizes with products among them taken apart."""
    return tuple(f for size in sizes for f in (size.factors if isinstance(size, Product) else (size,)))


def _size(dimension: Formula, facts: Facts) -> Formula:
    """A size with its values put in; computed where it is more than a product: 512/8·8 = 512."""
    line = _line((dimension,))
    plain = all(isinstance(part, (Number, Symbol)) for part in (parts(line) or (line,)))
    return line if plain else as_formula(simplified(line, facts))


def _line(factors: Sizes) -> Formula:
    line = flat(factors)
    while can_put_in(line):
        line = put_in(line)
    return line
