"""Where a number comes from: rule, values put in, arithmetic line by line, result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from symparams.algebra.evaluation import number
from symparams.algebra.facts import Facts
from symparams.algebra.formula import (
    Formula,
    Function,
    Number,
    Quotient,
    Symbol,
    Value,
    as_formula,
    count_leaves,
    parts,
    rebuilt,
    symbols,
)
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import can_put_in, put_in
from symparams.model.derived import Derived
from symparams.model.layer import Axis
from symparams.quantities.clashes import without_clashes

StepKind: TypeAlias = Literal["rule", "substitution", "arithmetic", "result"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation; it equals the line before."""

    kind: StepKind  # what was done: rule, substitution, arithmetic, result
    expression: Formula  # the line


@dataclass(frozen=True, slots=True)
class Derivation:
    """The chain of equal expressions from a rule to its result."""

    quantity: str  # shape, params, macs …
    axis: str  # which axis of a shape: "height"; empty for parameters
    steps: tuple[Step, ...]  # from the rule to the result, neighbors equal
    symbols: tuple[Symbol, ...]  # the known symbols in the rule, once each, in reading order
    value: Value  # the result

    def of_kind(self, kind: StepKind) -> tuple[Formula, ...]:
        """The lines of a kind."""
        return tuple(step.expression for step in self.steps if step.kind == kind)

    @property
    def rule(self) -> Formula:
        """The first line."""
        return self.steps[0].expression

    @property
    def substitution(self) -> Formula:
        """The rule with all values in, nothing computed."""
        put = self.of_kind("substitution")
        return put[-1] if put else self.rule


def derive_parameters(derived: Derived) -> Derivation:
    """How the number of parameters of a layer comes out."""
    return derive("params", "", derived.rules.parameters, derived.counts.params, derived.facts)


def derive_shape(derived: Derived) -> tuple[Derivation, ...]:
    """How every axis of the output of a layer comes out."""
    sizes = zip(derived.rules.output, derived.shape, strict=True)
    return tuple(derive_axis(derived, axis, value) for axis, value in sizes)


def derive_axis(derived: Derived, axis: Axis, value: Value) -> Derivation:
    """How one axis of the output of a layer comes out."""
    return derive("shape", axis.name, axis.size, value, derived.facts)


@lru_cache(4096)
def derive(quantity: str, axis: str, rule: Formula, value: Value, facts: Facts) -> Derivation:
    """The steps from a rule to its value; many layers have the same ones."""
    rule = without_clashes(rule)
    steps = [Step("rule", rule)]
    line = rule
    while can_put_in(line):
        line = put_in(line)
        steps.append(Step("substitution", line))
    steps += [Step("arithmetic", further) for further in _computed(line, facts)]
    result = as_formula(value)
    if steps[-1].kind == "arithmetic" and steps[-1].expression == result:
        steps.pop()
    steps.append(Step("result", result))
    known: dict[str, Symbol] = {}
    for s in (s for step in steps for s in symbols(step.expression) if s.value is not None):
        known.setdefault(s.name, s)
    return Derivation(quantity, axis, tuple(steps), tuple(known.values()), value)


def _computed(line: Formula, facts: Facts) -> Iterator[Formula]:
    """The line computed further and further, one level of operations each time, inside out."""
    while True:
        further = one_level(line, facts)
        if further == line:
            return
        yield further
        line = further


@lru_cache(8192)
def one_level(formula: Formula, facts: Facts) -> Formula:
    """The formula with its innermost operations carried out; what stays is met again in every line."""
    below = parts(formula)
    if not below:
        return formula
    if isinstance(formula, Function) and formula.name in ("floor", "ceil") and isinstance(below[0], Quotient):
        inner = tuple(one_level(side, facts) for side in parts(below[0]))  # ⌊25/2⌋ is one operation
        changed = inner != parts(below[0])
        return Function(formula.name, (Quotient(*inner),)) if changed else _carried_out(formula, facts)
    reduced = tuple(one_level(part, facts) for part in below)
    return rebuilt(formula, reduced) if reduced != below else _carried_out(formula, facts)


def _carried_out(formula: Formula, facts: Facts) -> Formula:
    """A node whose parts are as simple as they get; itself if nothing can be computed."""
    if all(type(part) is Number for part in parts(formula)) and not isinstance(formula, Quotient):
        return as_formula(number(formula) or 0)
    if isinstance(formula, Quotient) and all(isinstance(p, Number) for p in parts(formula)):
        known = number(formula)
        return as_formula(known) if isinstance(known, int) else formula
    value = as_formula(simplified(formula, facts))
    return value if count_leaves(value) < count_leaves(formula) else formula
