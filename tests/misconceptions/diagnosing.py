"""What the tests of families share: an answer, and the names of the single misconceptions that explain it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from types import ModuleType
from typing import TypeAlias

from symparams.algebra.formula import as_formula
from symparams.misconceptions.misconception import Misconception
from symparams.questions.diagnosis import Diagnostician
from tests.helpers import net

Number: TypeAlias = "int | Fraction"
Case: TypeAlias = "tuple[str, str, str, Number | tuple[Number, ...], str]"  # network, layer, quantity, answer, name


@cache
def diagnostician(text: str) -> Diagnostician:
    return Diagnostician(net(text))


def explained(text: str, layer: str, quantity: str, answer: Number | tuple[Number, ...]) -> list[str]:
    """The misconceptions that give an answer by themselves, the likeliest first."""
    numbers = answer if isinstance(answer, tuple) else (answer,)
    found = diagnostician(text).of_layer(layer, quantity, tuple(map(as_formula, numbers)))
    assert not found.correct, "this is the right answer"
    return [m.made[0].name for m in found.matches if len(m.made) == 1 and not m.carried]


def without_example(cases: Iterable[Case], *families: ModuleType) -> set[str]:
    """The misconceptions of these families that no case has the name of."""
    every = {v.name for family in families for v in vars(family).values() if isinstance(v, Misconception)}
    return every - {case[-1] for case in cases}
