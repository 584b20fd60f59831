"""What is found out about an answer, as a document and as the data of JSON."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.simplification import simplified
from symparams.documents.contract import value
from symparams.documents.diagnosis_sections import DiagnosisDocument
from symparams.documents.rendering import Document, check_style, written, written_with
from symparams.errors import SymparamsError
from symparams.quantities.derivation import Derivation
from symparams.questions.diagnosis import Diagnosis
from symparams.questions.explanations import Apart, Match
from symparams.reading.inquiry import Inquiry


def render_diagnosis(diagnosis: Diagnosis, document: Document, inquiry: Inquiry | None = None) -> str:
    """What is found out about an answer, in one of the styles; with what is asked beside its number."""
    check_style(document.style)
    return written(document, "diagnose", d=DiagnosisDocument(diagnosis, document.style, inquiry or Inquiry()))


def diagnosis_with(template: Path, diagnosis: Diagnosis, document: Document) -> str:
    """The same through a user's own template."""
    about = DiagnosisDocument(diagnosis, document.style, Inquiry())
    return written_with(template, len(diagnosis.network.nodes), document, d=about)


def record(diagnosis: Diagnosis) -> dict[str, Any]:
    """What is found out about an answer; a shape or a receptive field is a list, with a value for each axis."""
    d = diagnosis
    return {
        "correct": d.correct,
        "value": _one_or_several(d, [value(v) for v in d.value]),
        "answer": _one_or_several(d, [_answered(each) for each in d.answer]),
        "matches": [_explained(d, match) for match in d.matches],
        "model": d.network.title,
        "convention": d.network.convention,
        "layer": d.layer,
        "quantity": d.quantity,
        "settings": {field.name: getattr(d.settings, field.name) for field in fields(d.settings)},
        "written": _one_or_several(d, [shown(each, SOURCE) for each in d.answer]),
        "steps": [_chain(derivation) for derivation in d.right],
        "apart": None if d.apart is None else _further(d.apart),
        "note": d.note or d.unclear,
        "rounded": d.rounded,
    }


def _one_or_several(d: Diagnosis, values: list[Any]) -> Any:
    return values if d.quantity in ("shape", "field") else values[0]


def _answered(given: Formula) -> int | str:
    try:
        known = number(given)
        return value(simplified(given) if known is None else known)
    except SymparamsError:  # too large to be simplified, or a division by zero
        return shown(given, SOURCE)


def _explained(d: Diagnosis, match: Match) -> dict[str, Any]:
    first, *more = match.made
    return {
        "misconception": first.name,
        "formula": _one_or_several(d, [shown(w.rule, SOURCE) for w in match.wrong]),
        "value": _one_or_several(d, [value(w.value) for w in match.wrong]),
        "explanation": first.explanation,
        "repair": first.repair,
        "second": next(
            ({"misconception": m.name, "explanation": m.explanation, "repair": m.repair} for m in more), None
        ),
        "steps": [_chain(derivation) for derivation in match.wrong],
        "carried": [
            {"layer": a.layer, "right": [value(n) for n in a.right], "wrong": [value(n) for n in a.wrong]}
            for a in match.way
        ],
        "layers": [{"layer": t.layer, "right": value(t.right), "wrong": value(t.wrong)} for t in match.terms],
        "or_in": list(match.or_in),
    }


def _chain(derivation: Derivation) -> dict[str, Any]:
    """The lines of a derivation, each of which has the same value once the symbols are put in."""
    known = {s.name: value(simplified(s.value)) for s in derivation.symbols if s.value is not None}
    lines = [{"kind": step.kind, "expression": shown(step.expression, SOURCE)} for step in derivation.steps]
    return {"axis": derivation.axis, "symbols": known, "lines": lines}


def _further(apart: Apart) -> dict[str, Any]:
    gives = [_answered(given) for given in apart.gives]
    return {"layer": apart.layer, "quantity": apart.quantity, "gives": gives}
