"""What following a program may cost: every step, every value and every layer is paid for."""

from __future__ import annotations

from symparams.errors import LimitError

STEPS = 250_000  # of a whole program
LAYERS = 10_000  # that a program makes
LOOP_STEPS = 20_000  # of a loop in which no layer is made
CALLS = 60  # functions in functions
ITEMS = 100_000  # of a list, a range or a text


class Allowance:
    """Steps that may still be taken."""

    def __init__(self) -> None:
        self.left = STEPS
        self.depth = 0
        self.made = 0  # layers

    def spend(self, amount: int = 1) -> None:
        """Take steps."""
        self.left -= amount
        if self.left < 0:
            raise LimitError(f"following this program takes more than {STEPS:,} steps, which is the limit")

    def make(self) -> None:
        """A layer is made."""
        self.made += 1
        if self.made > LAYERS:
            raise LimitError(f"this program makes more than {LAYERS:,} layers, which is the limit")


def check_size(count: int | float) -> None:
    """Refuse what would hold too many values, before it is made."""
    if count > ITEMS:
        raise LimitError(f"this would hold more than {ITEMS:,} values, which is the limit")
