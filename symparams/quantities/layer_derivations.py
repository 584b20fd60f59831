"""What a solution says about one layer on one input: its derivations, values and tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from symparams.algebra.formula import Formula, Function, Number, Symbol, Value, as_formula, parts
from symparams.algebra.simplification import simplified
from symparams.model.derived import Derived
from symparams.model.layer import OUTPUT_LETTERS, Axis
from symparams.quantities.derivation import Derivation, derive_axis, derive_parameters
from symparams.quantities.tensor_counts import StoredTensor, TensorCount, count_tensors, stored_tensors


@dataclass(frozen=True)
class AxisSize:
    """How one axis of an output comes out."""

    axis: str  # height, width …
    symbol: Symbol  # H_out
    rule: Formula  # in reading order
    value: Value  # the size in its simplest form
    like: str | None  # the axis before it that is computed in just the same way
    _steps: Callable[[], Derivation]  # makes the derivation, when it is asked for

    @cached_property
    def derivation(self) -> Derivation:
        """How its size comes out."""
        return self._steps()

    @property
    def joined(self) -> Function | None:
        """The floor in the size that was joined with a number beside it, or with one inside it; none was."""
        after = rounded(self.value)
        before = rounded(self.derivation.substitution) if after else []
        whole = isinstance(self.value, Function) and bool(after) and after[0] not in before
        return after[0] if after and (len(after) < len(before) or whole) else None

    @property
    def label(self) -> str:
        """The axis in a sentence: height, number of channels …"""
        return f"number of {self.axis}" if self.axis in ("channels", "features") else self.axis


@dataclass(frozen=True, slots=True)
class Known:
    """A symbol of a rule with its value, as the list of values shows it."""

    symbol: Symbol  # as it stands in the rule, with its meaning
    value: Value  # what is put in for it
    written: Formula | None  # the user's letters for it, if they are not the value: k
    incoming: bool  # a size of what arrives


@dataclass(frozen=True)
class LayerDerivations:
    """What a solution says about a layer on an input; equal layers on equal inputs share it."""

    derived: Derived  # the layer and what it says

    @cached_property
    def params(self) -> Derivation:
        """How the number of its parameters comes out."""
        return derive_parameters(self.derived)

    @cached_property
    def axes(self) -> tuple[AxisSize, ...]:
        """The axes whose size has to be computed."""
        return self._axes(self.derived.rules.output)

    @cached_property
    def ruled_axes(self) -> tuple[AxisSize, ...]:
        """The same and those for which there is a rule that leaves nothing to compute here."""
        return self._axes([replace(a, size=a.general or a.size) for a in self.derived.rules.output])

    def _axes(self, axes: Sequence[Axis]) -> tuple[AxisSize, ...]:
        axis_sizes: list[AxisSize] = []
        for axis, value in zip(axes, self.derived.shape, strict=True):
            if not parts(axis.size) or value is axis.size:
                continue  # a single symbol, or a size that is handed on
            own = (a for a in axis_sizes if a.like is None and _same_pattern(a.rule, axis.size))
            like = next((a.axis for a in own if rounds(a.value) == rounds(value)), None)
            steps = partial(derive_axis, self.derived, axis, value)
            axis_sizes.append(
                AxisSize(axis.name, Symbol(OUTPUT_LETTERS.get(axis.name, "n_out")), axis.size, value, like, steps)
            )
        return tuple(axis_sizes)

    @cached_property
    def tensors(self) -> tuple[TensorCount, ...]:
        """What is in each of its tensors."""
        return count_tensors(self.derived.rules, self.derived.facts)

    @cached_property
    def stored(self) -> tuple[StoredTensor, ...]:
        """Its tensors as the framework stores them, buffers among them."""
        return stored_tensors(self.derived.rules, self.derived.facts)

    @property
    def stored_parameters(self) -> list[StoredTensor]:
        """Those among them that the convention calls parameters."""
        return [t for t in self.stored if not t.is_buffer]

    @property
    def stored_buffers(self) -> list[StoredTensor]:
        """The others: buffers of PyTorch."""
        return [t for t in self.stored if t.is_buffer]

    @cached_property
    def values(self) -> tuple[Known, ...]:
        """The symbols of the parameter rule with their values, in reading order."""
        return self.known(self.params)

    def known(self, derivation: Derivation, every: bool = False) -> tuple[Known, ...]:
        """The symbols of a derivation; with `every`, also the user's letters that have values."""
        result = []
        for s in derivation.symbols:
            assert s.value is not None
            value = simplified(s.value, self.derived.facts)
            written = s.value if not isinstance(s.value, Number) and as_formula(value) != s.value else None
            if s.meaning or every:
                result.append(Known(s, value, written, s.incoming))
        return tuple(result)


def rounded(value: Value) -> list[Function]:
    """The floors and ceilings in a value, the outermost first."""
    if not isinstance(value, Formula):
        return []
    own = [value] if isinstance(value, Function) and value.name in ("floor", "ceil") else []
    return own + [one for part in parts(value) for one in rounded(part)]


def rounds(value: Value) -> bool:
    """Whether a value has a floor or ceiling in it."""
    if not isinstance(value, Formula):
        return False
    return isinstance(value, Function) or any(map(rounds, parts(value)))


def _same_pattern(one: Formula, other: Formula) -> bool:
    """Whether two sizes are computed alike: same rule, same settings, other input."""
    pending = [(one, other)]
    while pending:
        left, right = pending.pop()
        if isinstance(left, Symbol) and isinstance(right, Symbol):
            if left.incoming != right.incoming or (not left.incoming and left.value != right.value):
                return False
        elif (
            type(left) is not type(right)
            or len(parts(left)) != len(parts(right))
            or (not parts(left) and left != right)
        ):
            return False
        else:
            pending += zip(parts(left), parts(right), strict=True)
    return True
