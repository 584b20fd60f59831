"""What a number of parameters does not depend on, since positions share the weights."""

from __future__ import annotations

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.model.sentence import Text, say


def count_of_positions(positions: Formula, reason: str) -> Text:
    """That the number of positions does not matter, which is told only where it is known."""
    told = ", {=positions}," if number(positions) is not None else ""
    return say(f"the number of positions{told} does not matter: {reason}", positions=positions)
