"""The JSON that other programs build on: integers as integers, values with letters as expressions of the language."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symparams import limits
from symparams.derivation import Derivation
from symparams.derivation import derive_shape as _shapes
from symparams.formula import Value
from symparams.network import Counts
from symparams.notation import SOURCE, shown
from symparams.solution import LayerEntry, Solution

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
        "layers": [_layer(entry) for entry in solution.layers],
        **_totals(network.counts),
    }


def solve(solution: Solution) -> dict[str, Any]:
    """The table and every derivation; all expressions of a derivation have the same value under its symbols."""
    limits.begin_work(len(solution.network.nodes))
    derivations = [d for entry in solution.layers for d in _derivations(entry, solution)]
    return {**summary(solution), "derivations": derivations}


def value(given: Value) -> int | str:
    """An integer as it is, anything else in the language's syntax."""
    if isinstance(given, int):
        return given
    return str(given) if isinstance(given, Fraction) else shown(given, SOURCE)


def _layer(entry: LayerEntry) -> dict[str, Any]:
    counts = entry.counts
    return {
        "name": entry.name,
        "kind": entry.kind,
        "inputs": list(entry.inputs),
        "output_shape": [value(size) for size in entry.shape],
        "weights": value(counts.weights),
        "biases": value(counts.biases),
        **_totals(counts),
    }


def _totals(counts: Counts) -> dict[str, Any]:
    return {
        "params": value(counts.params),
        "trainable": value(counts.trainable),
        "non_trainable": value(counts.non_trainable),
    }


def _derivations(entry: LayerEntry, solution: Solution) -> Iterator[dict[str, Any]]:
    if "shape" in solution.quantities:
        for derivation in _shapes(entry.node.derived):
            why = entry.shape_because
            yield _derivation(entry, derivation, f"{derivation.axis} of the output of {entry.name}", why)
    if "params" in solution.quantities:
        yield _derivation(entry, entry.account.params, f"parameters of {entry.name}", _why(entry))


def _why(entry: LayerEntry) -> str:
    if entry.node.shared is not None:
        return f"these are the weights of {entry.node.shared}, which are counted there"
    return entry.because + ("; they are frozen" if entry.node.frozen and entry.has_parameters else "")


def _derivation(entry: LayerEntry, derivation: Derivation, asked: str, why: str) -> dict[str, Any]:
    known = {k.symbol.name: value(k.value) for k in entry.account.known(derivation, every=True)}
    result = shown(derivation.value, SOURCE)
    steps = [{"kind": "quantity", "expression": result, "text": asked}]
    for step in derivation.steps:
        text = result_text(entry, derivation) if step.kind == "result" else _TEXTS[step.kind]
        steps.append({"kind": step.kind, "expression": shown(step.expression, SOURCE), "text": text})
    steps.append({"kind": "remark", "expression": result, "text": why})
    found = {"layer": entry.name, "quantity": derivation.quantity, "symbols": known, "steps": steps}
    return {**found, "axis": derivation.axis} if derivation.axis else found


def result_text(entry: LayerEntry, derivation: Derivation) -> str:
    """The result with its unit."""
    if derivation.quantity == "shape":
        return f"{derivation.axis} {shown(derivation.value, SOURCE)}"
    counts = entry.node.derived.counts
    parts = f"{shown(counts.weights, SOURCE)} weights and {shown(counts.biases, SOURCE)} biases"
    return f"{shown(derivation.value, SOURCE)} parameters" + (f", of which {parts}" if counts.params != 0 else "")
