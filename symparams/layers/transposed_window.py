"""A window whose copies are laid down a stride apart, along one axis, and the sentences on how far they reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, as_formula, ceil, floor
from symparams.layers.sizes import by_axis
from symparams.layers.spatial_letters import span
from symparams.model.layer import Reach
from symparams.model.sentence import Text, say, together


@dataclass(frozen=True, slots=True)
class Along:
    """A transposed window along one axis."""

    name: str  # of the axis
    n: Formula  # the input size
    k: Formula  # the kernel size
    s: Formula  # the stride
    d: Formula  # the dilation
    p: Formula | None  # None: no padding in numbers
    op: Formula | None  # output padding; None: not given

    @property
    def dilated(self) -> bool:
        return number(self.d) != 1

    @property
    def span(self) -> Formula:
        """How many output positions the kernel covers."""
        return span(self.k, self.d)

    @property
    def starts(self) -> Formula:
        """How far the last copy of the kernel starts after the first."""
        return self.n - 1 if number(self.s) == 1 else (self.n - 1) * self.s

    def reach(self, padding: Formula) -> Reach:
        """What an output value sees, where so much is taken off before the first one."""
        before = floor((self.span - 1 - padding) / self.s)
        return Reach(self._seen(), ONE / self.s, before, self.span, padding)

    @property
    def shares_unknown_factor(self) -> bool:
        """Whether letters leave open which weights meet the same position."""
        s, d = number(self.s), number(self.d)
        return 1 not in (s, d) and None in (s, d)

    def _seen(self) -> Formula:
        s, d = number(self.s), number(self.d)
        if s == 1 or d == 1 or not isinstance(s, int) or not isinstance(d, int):
            return self.span if s == 1 else ceil(self.span / self.s)
        common = gcd(s, d)  # only every (s/common)-th weight can meet the same position
        return (d // common) * floor((self.k - 1) / as_formula(s // common)) + 1


def amounts_of(along: tuple[Along, ...], amounts: Sequence[Formula], text: str) -> Text:
    """So many positions along each axis, where there are some."""
    cases = zip(along, amounts, strict=True)
    return by_axis((a.name, "" if number(amount) == 0 else text, {"amount": amount}) for a, amount in cases)


def how_far_apart(along: tuple[Along, ...]) -> Text:
    """How far apart the copies of a window start."""
    if all(number(a.s) == 1 for a in along):
        return "one position apart"
    if len({a.s for a in along}) == 1:
        return say("{s positions} apart", s=along[0].s)
    return by_axis((a.name, "{s positions} apart along {axes}", {"s": a.s}) for a in along)


def last_start(what: str, along: tuple[Along, ...]) -> Text:
    """Where the last copy of a window starts, and how far it reaches."""
    text = "{=starts positions} after the first and covers {=span positions} along {axes}"
    cases = by_axis((a.name, text, {"starts": a.starts, "span": a.span}) for a in along)
    return together(f"The last {what} starts ", cases, between="")
