"""What is found where a network is compared with a second witness, as a document and as the data of JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symparams.checking.check import Check, Pair
from symparams.checking.measured import Kept, Measured
from symparams.documents.rendering import Document, written
from symparams.reading.reading import Reading


def render_check(check: Check, readings: Sequence[Reading], document: Document) -> str:
    """What was repaired or assumed in the texts, and whether all layers agree or what the first difference is."""
    bodies = [*(written(document, "reading", r=reading) for reading in readings), written(document, "check", d=check)]
    return "\n".join(body for body in bodies if body.strip())


def record(check: Check) -> dict[str, Any]:
    """Every layer as both sides have it."""
    differences = check.differences
    return {
        "sides": list(check.sides),
        "agrees": check.agrees,
        "first": None if not differences else {"layer": differences[0].name, "subject": differences[0].subject},
        "layers": [_pair(pair) for pair in check.pairs],
        "alone": [{"layer": one.layer.name, "side": one.side} for one in check.alone],
        "answer": written(Document("check", "markdown"), "check", d=check).rstrip(),
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "differs": None if pair.difference is None else pair.difference.subject,
        "refusal": (pair.difference.refusal or None) if pair.difference is not None else None,
        "first": _layer(pair.first),
        "second": _layer(pair.second),
    }


def _layer(layer: Measured | None) -> dict[str, Any] | None:
    if layer is None:
        return None
    return {
        "name": layer.name,
        "output_shape": list(layer.shape),
        "params": layer.params,
        "trainable": layer.trainable,
        "non_trainable": layer.fixed,
        "tensors": None if layer.tensors is None else [_tensor(one) for one in layer.tensors],
    }


def _tensor(one: Kept) -> dict[str, Any]:
    return {"name": one.name, "shape": list(one.shape)}
