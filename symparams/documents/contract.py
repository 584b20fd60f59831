"""The JSON that other programs build on: integers as integers, values with letters as expressions of the language."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symparams.algebra.formula import Value
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.numbersets import NumberSet
from symparams.algebra.simplification import simplified
from symparams.algebra.sums import Repeat
from symparams.documents.derivations import Explained, explained
from symparams.documents.entries import LayerEntry
from symparams.documents.solution import Solution
from symparams.model.conditions import Condition
from symparams.model.derived import Counts
from symparams.model.network import Network
from symparams.quantities.derivation import Derivation
from symparams.quantities.field import Field
from symparams.quantities.layer_quantities import FieldSteps
from symparams.quantities.tensor_counts import StoredTensor
from symparams.quantities.totals import adds_up

if TYPE_CHECKING:
    from symparams.questions.comparison import Comparison
    from symparams.questions.findings import Finding

_TEXTS = {
    "rule": "the rule",
    "substitution": "the values put in",
    "arithmetic": "computed further",
    "result": "the result",
}


def summary(solution: Solution) -> dict[str, Any]:
    """The familiar table, for one network."""
    network = solution.network
    return {
        "model": network.title,
        "convention": network.convention,
        "layers": [_layer(entry, solution) for entry in solution.layers],
        **_totals(network.counts),
        "conditions": [_condition(condition) for condition in network.conditions],
        **_letters(network),
        **_ranges(network),
        **_measures(solution),
    }


def _condition(condition: Condition) -> dict[str, Any]:
    """What must hold for the formulas to be valid."""
    left, right = shown(condition.left, SOURCE), shown(condition.right, SOURCE)
    record: dict[str, Any] = {"left": left, "relation": condition.relation, "right": right}
    if condition.copies:
        record["copies"] = [_repeat(repeat) for repeat in condition.copies]
    return record


def _letters(network: Network) -> dict[str, Any]:
    """The letters with their values, null for one that is open; where there are letters."""
    letters = {name: None if given is None else value(simplified(given)) for name, given in network.symbols.items()}
    return {"letters": letters} if letters else {}


def _ranges(network: Network) -> dict[str, Any]:
    """The values of letters that take only some, where there are such letters."""
    ranges = {
        letter: [{"first": p[0], "last": p[-1], "step": p.step} for p in choices.pieces]
        for letter, choices in network.ranges.items()
    }
    return {"ranges": ranges} if ranges else {}


def _measures(solution: Solution) -> dict[str, Any]:
    """The totals of the further quantities, and what they depend on."""
    measurements = solution.measurements
    if not measurements.chosen:
        return {}
    settings = {field.name: getattr(measurements.settings, field.name) for field in fields(measurements.settings)}
    totals = {m.name: value(measurements.total(m)) for m in measurements.chosen}
    return {"quantities": totals, "settings": settings}


def solve(solution: Solution) -> dict[str, Any]:
    """The table and every derivation; all expressions of a derivation have the same value under its symbols."""
    derivations = [
        _derivation(entry, one)
        for entry in solution.layers
        for one in explained(entry.node, entry.number - 1, entry.account, solution.quantities, solution.measurements)
    ]
    return {**summary(solution), "derivations": derivations, **_subtotals(solution)}


def _subtotals(solution: Solution) -> dict[str, Any]:
    """What layers have together by kind or by macro, where that was asked for; outside of all macros under ""."""
    if not solution.by:
        return {}
    totals = {quantity: solution.total_of(quantity).subtotals for quantity in solution.quantities if adds_up(quantity)}
    return {"subtotals": {q: {one.name: value(one.value) for one in several} for q, several in totals.items()}}


def value(given: Value) -> int | str:
    """An integer as it is, anything else in the language's syntax."""
    if isinstance(given, int):
        return given
    return str(given) if isinstance(given, Fraction) else shown(given, SOURCE)


def _layer(entry: LayerEntry, solution: Solution) -> dict[str, Any]:
    counts = entry.all_counts
    record = {
        "name": entry.name,
        "kind": entry.kind,
        "inputs": list(entry.inputs),
        "output_shape": [value(size) for size in entry.shape],
        "weights": value(counts.weights),
        "biases": value(counts.biases),
        **({} if counts.statistics == 0 else {"statistics": value(counts.statistics)}),
        **_totals(counts),
    }
    if entry.account.stored and entry.node.shared is None:
        record["tensors"] = [_tensor(t, entry.node.frozen) for t in entry.account.stored]
    if entry.node.repeats:
        record["copies"] = [_repeat(repeat) for repeat in entry.node.repeats]
    measurements = solution.measurements
    if measurements.chosen:
        record["quantities"] = {m.measure.name: value(m.together) for m in measurements.of(entry.node)}
    if measurements.has_padding:
        record["padding"] = [
            {"axis": one.axis, "before": value(one.before.value), "after": value(one.after.value)}
            for one in entry.padding
        ]
    if measurements.has_fields:
        steps = measurements.fields_of(entry.number - 1)
        record["field"] = steps if isinstance(steps, str) else [_field(one) for one in steps]
    return record


def _tensor(t: StoredTensor, frozen: bool) -> dict[str, Any]:
    """A tensor of one copy of the layer; `count` where it stands there several times, under numbered names."""
    several = {} if t.copies == 1 else {"count": value(t.copies)}
    kept = {"kind": t.kind, "trained": t.trained and not frozen, "parameter": not t.is_buffer}
    return {"name": t.name, "shape": [value(size) for size in t.shape], **several, **kept}


def _repeat(repeat: Repeat) -> dict[str, Any]:
    ends = {"first": shown(repeat.first, SOURCE), "last": shown(repeat.last, SOURCE)}
    return {"letter": repeat.variable, **ends, "count": value(repeat.count)}


def _field(steps: FieldSteps) -> dict[str, Any]:
    record = {"axis": steps.axis, **_numbers_of(steps.field)}
    of_copy = steps.field.of_copy
    return record if of_copy is None else {**record, "of_copy": _numbers_of(of_copy)}


def _numbers_of(field: Field) -> dict[str, Any]:
    return {"size": value(field.size), "jump": value(field.jump), "offset": value(field.offset)}


def _totals(counts: Counts) -> dict[str, Any]:
    return {
        "params": value(counts.params),
        "trainable": value(counts.trainable),
        "non_trainable": value(counts.non_trainable),
    }


def _derivation(entry: LayerEntry, one: Explained) -> dict[str, Any]:
    derivation = one.derivation
    known = {k.symbol.name: value(k.value) for k in entry.account.known(derivation, every=True)}
    result = shown(derivation.value, SOURCE)
    steps = [{"kind": "quantity", "expression": result, "text": one.asked}]
    for step in derivation.steps:
        text = result_text(entry, derivation, one.unit) if step.kind == "result" else _TEXTS[step.kind]
        steps.append({"kind": step.kind, "expression": shown(step.expression, SOURCE), "text": text})
    steps.append({"kind": "remark", "expression": result, "text": str(one.because)})
    record = {"layer": entry.name, "quantity": derivation.quantity, "symbols": known, "steps": steps}
    record |= {"axis": derivation.axis} if derivation.axis else {}
    return record | ({"part": one.part} if one.part else {})


def result_text(entry: LayerEntry, derivation: Derivation, unit: str = "") -> str:
    """The result with its unit."""
    if unit:
        return f"{shown(derivation.value, SOURCE)} {unit}"
    if derivation.quantity == "shape":
        return f"{derivation.axis} {shown(derivation.value, SOURCE)}"
    counts = entry.node.derived.counts
    numbers = [shown(one, SOURCE) for one in (counts.learned_weights, counts.biases, counts.statistics)]
    parts = "{} weights, {} biases and {} statistics" if counts.statistics != 0 else "{} weights and {} biases"
    parts = parts.format(*numbers)
    return f"{shown(derivation.value, SOURCE)} parameters" + (f", of which {parts}" if counts.params != 0 else "")


def compare(comparison: Comparison, answer: str) -> dict[str, Any]:
    """Two networks side by side, and the answer in Markdown; every line of `steps` has the same value."""
    c, order, certain = comparison, comparison.verdict.order, comparison.verdict.certain
    networks = [
        {
            "model": side.title,
            "convention": side.network.convention,
            "layers": side.layers,
            "total": value(side.total),
            "steps": [shown(line, SOURCE) for line in side.lines],
        }
        for side in c.sides
    ]
    for network, total in zip(networks, c.values or (), strict=False):
        network["value"] = value(total)
    known = c.number_of_values
    return {
        "quantity": c.what.name,
        "set": {name: value(simplified(given)) for name, given in c.given.items()},
        "networks": networks,
        "difference": {"value": value(c.difference), "steps": [shown(line, SOURCE) for line in c.difference_lines]},
        "ratio": None
        if c.ratio is None
        else {"value": value(c.ratio), "steps": [shown(line, SOURCE) for line in c.ratio_lines]},
        "ratio_with_values": None if known is None else value(known),
        "fewer": None if certain is None else {-1: "A", 0: "neither", 1: "B"}[certain],
        "order": None
        if order is None
        else {
            "letter": order.letter.name,
            "A has fewer": _numbers(order.fewer),
            "as many": _numbers(order.equal),
            "A has more": _numbers(order.more),
        },
        "answer": answer,
    }


def find(finding: Finding) -> dict[str, Any]:
    """The values that were searched for."""
    x = finding
    return {
        "model": x.network.title,
        "quantity": x.target.what.name,
        "layer": x.target.layer,
        "relation": x.target.relation,
        "target": x.target.amount,
        "unknowns": [letter.name for letter in x.letters],
        "formula": shown(x.lines[-1], SOURCE) if x.lines else None,
        "equations": [
            {"left": shown(e.left, SOURCE), "relation": e.relation, "right": shown(e.right, SOURCE), "text": e.note}
            for e in x.equations
        ],
        "depends": x.depends,
        "solutions": _numbers(x.numbers) if len(x.letters) == 1 else None,
        "rows": [{"values": list(row.values), "count": value(row.count), "fits": row.fulfils} for row in x.rows],
        "tried_up_to": x.tried,
        "more": x.more,
        **({"any": [letter.name for letter in x.free]} if x.free else {}),
        **({} if x.outside.is_empty else {"outside_range": _numbers(x.outside)}),
    }


def _numbers(numbers: NumberSet) -> list[dict[str, int | None]]:
    """Whole numbers as stretches from first to last; last is null where there is no end."""
    return [{"first": s.first, "last": s.last, "step": s.step} for s in numbers.stretches()]
