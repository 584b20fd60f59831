"""The JSON of an appendix."""

from __future__ import annotations

from typing import Any

from symparams.algebra.formula import Formula, Symbol, Value
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.appendices.record import Appendix, CountGroup, Exercise, Names, NetworkSection, Rule, SizeRow, StageRow
from symparams.documents.contract import value
from symparams.references import REFERENCES


def record(appendix: Appendix) -> dict[str, Any]:
    """Everything that the appendix has."""
    return {
        "conventions": list(appendix.conventions),
        "notation": [
            {
                "symbol": one.symbol.name,
                "group": one.group,
                "meanings": [{"text": m.text, "rule": m.rule.number} for m in one.meanings],
            }
            for several in appendix.notation.values()
            for one in several
        ],
        "rules": [_rule(rule) for rule in appendix.rules],
        "networks": [_section(section) for section in appendix.sections],
        "exercises": [_exercise(number, one) for number, one in enumerate(appendix.exercises, 1)],
        "sources": {key: REFERENCES[key].plain() for key in appendix.keys},
    }


def _source(formula: Formula) -> str:
    return shown(formula, SOURCE)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "number": rule.number,
        "labels": list(rule.labels),
        "quantity": rule.quantity,
        "layers": list(rule.headings),
        "left": rule.left.name if isinstance(rule.left, Symbol) else rule.left,
        "formula": _source(rule.formula),
        "cases": [_source(case.rule) for case in rule.cases],
        "sources": [{"key": one.key, "place": one.place} for one in rule.sources],
    }


def _section(section: NetworkSection) -> dict[str, Any]:
    totals = section.totals
    return {
        "name": section.slug,
        "title": section.title,
        "file": section.file,
        "convention": section.convention,
        "inputs": [list(map(value, shape)) for shape in section.input_shapes],
        "counts": [row for group in section.counts for row in _counts(group)],
        "sizes": [_size(row) for row in section.sizes],
        "further_sizes": section.omitted_sizes,
        "stages": [_stage(row) for row in section.stages],
        "totals": {
            "layers": value(totals.layers),
            "params": value(totals.params),
            "trainable": value(totals.trainable),
            "non_trainable": value(totals.non_trainable),
            "macs": value(totals.macs),
            "activations": value(totals.activations),
        },
    }


def _counts(group: CountGroup) -> list[dict[str, Any]]:
    return [
        {
            "rule": group.rule.number,
            "layers": _names(row.names),
            "many": value(row.many),
            "substitution": _source(row.substitution),
            "each": value(row.value),
            "together": value(row.together),
        }
        for row in group.rows
    ]


def _names(several: tuple[Names, ...]) -> list[str]:
    """conv 3–5, and names that were given."""
    runs = [(one.word, run) for one in several for run in (one.runs or [None])]
    return [
        word if run is None else f"{word} {run[0]}" if run[0] == run[1] else f"{word} {run[0]}–{run[1]}"
        for word, run in runs
    ]


def _size(row: SizeRow) -> dict[str, Any]:
    return {
        "rule": row.rule.number,
        "layers": _names(row.names),
        "axes": list(row.axes),
        "likewise": list(row.likewise),
        "substitution": _source(row.substitution),
        "value": value(row.value),
    }


def _stage(row: StageRow) -> dict[str, Any]:
    return {
        "first": row.first,
        "last": row.last,
        "layers": value(row.layers),
        "shape": list(map(value, row.shape)),
        "field": row.field if isinstance(row.field, str) else list(map(value, row.field)),
        "params": value(row.params),
        "macs": value(row.macs),
        "activations": value(row.activations),
    }


def _exercise(number: int, one: Exercise) -> dict[str, Any]:
    found: Value = one.derivation.value
    return {
        "number": number,
        "network": one.slug,
        "layer": one.layer,
        "quantity": one.quantity,
        "rule": one.rule.number,
        "answer": value(found),
    }
