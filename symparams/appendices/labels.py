"""What the equations of rules are called in the source of a document: by what they are, not where they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from symparams.appendices.entries import all_found, entries_of
from symparams.appendices.identity import Found
from symparams.errors import Source
from symparams.sources.language import network


def label_of(found: Found) -> str:
    """That of a rule: by kind and quantity, and by the formula where the kind has several."""
    identity = found.identity
    what = identity.role or identity.quantity
    kind = "".join(c if c.isascii() else f"u{ord(c):x}" for c in found.layer.kind) if found.heading else "all"
    label = f"sp:rule:{kind}:{what}"
    layer: Any = type(found.layer)
    if not found.heading or _usual(layer).get(identity[:2]) == identity.text:
        return label
    return f"{label}:{hashlib.sha256(identity.text.encode()).hexdigest()[:4]}"


@lru_cache(1024)
def _usual(kind: Any) -> Mapping[tuple[str, str], str]:
    """The rules of a class of layers with the settings of its example: the text of each, by quantity and role."""
    usual: dict[tuple[str, str], str] = {}
    several = entries_of(network(Source("example", kind.example))) if kind.example else ()
    for entry in [one for one in several if type(one.node.layer) is kind][:1]:
        for found in all_found(entry):
            usual.setdefault(found.identity[:2], found.identity.text)
    return usual
