"""torch.einsum: sizes by the letters of its equation."""

from __future__ import annotations

import re
from typing import Any

from symparams.reading.python.graph import Torch
from symparams.reading.python.run import Run
from symparams.reading.python.torch_tensors import BATCH
from symparams.reading.python.values import Arguments


def einsum(calls: Torch, run: Run, name: str, given: Arguments) -> Any:
    """`torch.einsum("bhid,bhjd->bhij", q, k)`: a calculation without weights whose sizes are those of its letters."""
    equation = given.get(0, "equation")
    parts = [calls.tensor(run, g.value, given.at) for g in given.positional[1:]]
    tensors = [t for t in parts if t is not None]
    sizes = [t.sizes(run) for t in tensors]
    read = (
        re.fullmatch(r"([a-zA-Z,]+)->([a-zA-Z]+)", re.sub(r"\s", "", equation)) if isinstance(equation, str) else None
    )
    terms = read[1].split(",") if read else []
    if read is None or len(tensors) != len(parts) or [len(s or ()) for s in sizes] != [len(t) for t in terms]:
        return calls.not_understood(run, name, given)
    meant = {
        letter: size for term, row in zip(terms, sizes, strict=True) for letter, size in zip(term, row, strict=True)
    }
    out = [meant.get(letter) for letter in read[2]]
    if None in out:
        return calls.not_understood(run, name, given)
    made = calls.opaque(run, tensors, [s for s in out if s is not BATCH], name, given.at)
    made.batch = out.index(BATCH) if BATCH in out else None
    return made
