"""What a layer adds around its input."""

from __future__ import annotations

from dataclasses import dataclass

from symparams.algebra.formula import Formula


@dataclass(frozen=True, slots=True)
class Padded:
    """How many positions are added to the input along one axis."""

    axis: str  # height, width …
    before: Formula  # at the start
    after: Formula  # at the end
    added: Formula | None = None  # in all, where half of them is added at each end
