"""The tensors of a layer that are alike, told together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from symparams.algebra.formula import ONE, Formula, Product, Value, as_formula
from symparams.algebra.simplification import simplified
from symparams.quantities.tensor_counts import StoredTensor, TensorCount


@dataclass(frozen=True, slots=True)
class TensorGroup:
    """Tensors of a layer that are of one kind and size."""

    tensors: tuple[TensorCount, ...]  # in the order of the layer

    @property
    def one(self) -> TensorCount:
        """The first of them."""
        return self.tensors[0]

    @property
    def many(self) -> int:
        """How many there are."""
        return len(self.tensors)

    @property
    def names(self) -> list[str]:
        """What they are called."""
        return [t.name for t in self.tensors]

    @property
    def named_each(self) -> list[str]:
        """Their names in a sentence: the kernel."""
        return [f"the {name}" for name in self.names]

    @property
    def has_one_input(self) -> bool:
        """Whether there is only one input to each."""
        return self.one.inputs == ONE

    @property
    def has_one_output(self) -> bool:
        """Whether there is only one output with weights of its own."""
        return self.one.outputs is not None and self.one.outputs.value == ONE

    @property
    def is_one_per_output(self) -> bool:
        """Whether it is a vector with one number for each output."""
        t = self.one
        outputs = None if t.outputs is None else t.outputs.value
        return t.inputs is None and len(t.sizes) == 1 and outputs is not None and as_formula(t.value) == outputs != ONE

    @property
    def each_by_inputs(self) -> Formula:
        """The numbers of one of them by its inputs: 32·567."""
        inputs = as_formula(0) if self.one.inputs is None else self.one.inputs
        return Product((inputs, as_formula(self.one.each_value)))

    @property
    def by_count(self) -> Formula:
        """The numbers of all as those of one: 3·288."""
        return Product((as_formula(self.many), as_formula(self.one.value)))

    @property
    def all_numbers(self) -> Formula:
        """The same; of a single tensor its numbers alone."""
        return self.by_count if self.many > 1 else as_formula(self.one.value)

    @property
    def value(self) -> Value:
        """The numbers of all, worked out."""
        return simplified(self.by_count)


def grouped(tensors: Sequence[TensorCount]) -> list[TensorGroup]:
    """Those of one kind and size together: the kernels of query, key and value."""
    groups: dict[TensorCount, list[TensorCount]] = {}
    for t in tensors:
        vector = t.inputs is not None and t.each_value == 1 and t.kind != "statistic"
        alike = replace(t, name="bias" if t.name == "bias" else "", kind="weight" if vector else t.kind)
        groups.setdefault(alike, []).append(t)
    return [TensorGroup(tuple(alike)) for alike in groups.values()]


def of_one_shape(tensors: Sequence[StoredTensor]) -> list[list[StoredTensor]]:
    """Tensors one by one; where three and more have one shape, these together."""
    alike: dict[object, list[StoredTensor]] = {}
    for t in tensors:
        alike.setdefault((t.shape, t.copies), []).append(t)
    groups = [alike[t.shape, t.copies] for t in tensors]
    return [
        group if len(group) > 2 else [t]
        for t, group in zip(tensors, groups, strict=True)
        if len(group) <= 2 or t is group[0]
    ]


def of_a_direction(tensors: Sequence[StoredTensor]) -> list[StoredTensor]:
    """Those of one direction under their own names, where the other has the same under the same names; else none."""
    own = [replace(t, name=t.name.rpartition(".")[2]) for t in tensors]
    half = own[: len(own) // 2]
    directions = [t.name.partition("_")[0] for t in tensors]
    both = directions == [*["forward"] * len(half), *["backward"] * len(half)]
    return half if both and own == [*half, *half] else []
