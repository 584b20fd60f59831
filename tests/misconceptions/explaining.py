"""What the tests of families share: answers as students give them, and the single misconceptions that explain them."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

from symparams.algebra.formula import Formula, Value, as_formula
from symparams.quantities.settings import Settings
from symparams.questions.diagnosis import Diagnostician
from tests.helpers import expression, net

Answer: TypeAlias = "Value | str | tuple[Value | str, ...]"  # a tuple for a shape, formulas as texts
Case: TypeAlias = "tuple[str, str, str, Answer]"  # misconception, network, quantity, answer for the last layer
LayerCase: TypeAlias = "tuple[str, str, str, str, Answer]"  # misconception, network, layer, quantity, answer


@cache
def diagnostician(text: str, settings: Settings | None = None) -> Diagnostician:
    return Diagnostician(net(text), settings)


def explained(
    text: str, quantity: str, answer: Answer, layer: str | None = None, settings: Settings | None = None
) -> list[str]:
    """The misconceptions that give an answer by themselves, the likeliest first; of the last layer if none is named."""
    of = diagnostician(text, settings)
    numbers = answer if isinstance(answer, tuple) else (answer,)
    found = of.of_layer(layer or of.network.nodes[-1].name, quantity, tuple(map(_formula, numbers)))
    assert not found.correct, "this is the right answer"
    return [m.made[0].name for m in found.matches if len(m.made) == 1 and not m.carried]


def _formula(number: Value | str) -> Formula:
    return expression(number) if isinstance(number, str) else as_formula(number)
