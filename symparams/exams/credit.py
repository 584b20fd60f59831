"""What wrong answers are worth: which of them earn a share of the points, and what a wrong choice costs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, TypeAlias, get_args

from symparams.errors import SymparamsError
from symparams.frozen import Frozen
from symparams.misconceptions.misconception import Misconception

# default: a typed wrong answer earns the share of its mistake, unless it is 0 or stands in the stem; choices: every
# known wrong answer earns it, those to choose from too; none: only the key has points.
Policy: TypeAlias = Literal["default", "choices", "none"]
POLICIES: Final[tuple[Policy, ...]] = get_args(Policy)
Shares: TypeAlias = Frozen[str, Fraction]  # of the points, by the names of mistakes
OTHERS: Final = "*"  # in place of a name: all mistakes that are not named

_SHARE = re.compile(r"([0-9]{1,9})/([0-9]{1,9})|([0-9]{0,9}\.?[0-9]{1,9})\s*(%?)")
_SHOWN = 60  # characters of what a user wrote, in a message
_NONE: Final[Shares] = Frozen()


@dataclass(frozen=True, slots=True)
class Credit:
    """What is earned besides full points for the key."""

    policy: Policy = "default"
    shares: Shares = _NONE  # of mistakes, in place of their own
    penalty: Fraction = Fraction(0)  # the share of its points that a question takes away for a wrong choice

    def share(self, made: Sequence[Misconception], own: Fraction, *, typed: bool, copied: bool) -> Fraction:
        """The share of the points that a wrong answer earns, where its mistakes earn their `own`.

        It is `copied` if it is 0 or stands in the stem.
        """
        if self.policy == "none" or (copied and not self.pays_copied) or (self.policy == "default" and not typed):
            return Fraction(0)
        return share_of(made, self.shares) if self.shares and made else own

    @property
    def pays_copied(self) -> bool:
        """Whether a mistake has its share also where it gives 0, or a number in the stem."""
        return self.policy == "choices"

    @property
    def words(self) -> tuple[object, ...]:
        """What makes it different from others."""
        return (self.policy, *sorted(self.shares.items()), self.penalty)


def share_of(made: Sequence[Misconception], shares: Shares = _NONE) -> Fraction:
    """What mistakes made at once earn: a single one its own share, two half of the smaller one."""
    each = [shares.get(one.name, shares.get(OTHERS, one.credit)) for one in made]
    return Fraction(0) if not each else each[0] if len(each) == 1 else min(each) / 2


def read_share(text: str) -> Fraction | None:
    """A share as people write it: 0.25, .25, 1/4, 25%; None where it is none."""
    found = _SHARE.fullmatch(text.strip()) if len(text) <= _SHOWN else None
    if found is None or (found[2] is not None and not int(found[2])):
        return None
    if found[2] is not None:
        return Fraction(int(found[1]), int(found[2]))
    return Fraction(found[3]) / (100 if found[4] else 1)


def penalty_of(given: object) -> Fraction:
    """The share of its points that a wrong choice costs, from a number or a text."""
    penalty = None if isinstance(given, bool) else read_share(str(given))
    if penalty is None or penalty > 1:
        raise SymparamsError(f"a penalty is a number from 0 to 1, such as 0.25, 1/3 or 25%, not {str(given)[:_SHOWN]}")
    return penalty
