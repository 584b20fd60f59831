"""What tests of misconceptions need: which ones explain a number, and which ones a table leaves out."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence

from symparams.algebra.formula import as_formula
from symparams.misconceptions.misconception import Misconception
from symparams.quantities.measures import Settings
from symparams.questions.diagnosis import Diagnostician
from tests.helpers import expression, net

Case = tuple[str, str, str, object]  # misconception, network, quantity, what a student answers for the last layer


def explained(text: str, quantity: str, answer: object, settings: Settings | None = None) -> set[str]:
    """The single misconceptions that give an answer for the last layer; a tuple for a shape, formulas as texts."""
    network = net(text)
    numbers: Sequence[object] = answer if isinstance(answer, tuple) else (answer,)
    given = tuple(expression(n) if isinstance(n, str) else as_formula(n) for n in numbers)  # type: ignore[arg-type]
    found = Diagnostician(network, settings).of_layer(network.nodes[-1].name, quantity, given)
    assert not found.correct
    return {m.made[0].name for m in found.matches if len(m.made) == 1 and not m.carried}


def family(module: str) -> set[str]:
    """The names of the misconceptions of a family."""
    found = importlib.import_module(f"symparams.misconceptions.families.{module}")
    return {m.name for m in vars(found).values() if isinstance(m, Misconception)}


def missing(cases: Iterable[Case], *modules: str) -> set[str]:
    """The misconceptions of some families that no case shows."""
    return set().union(*map(family, modules)) - {case[0] for case in cases}
