"""A misconception: an edit of a right derivation, with what it is called and what would mend it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from symparams.algebra.formula import Formula, Symbol
from symparams.layers.spelling import Spelling
from symparams.misconceptions.roles import Need
from symparams.misconceptions.task import Subject
from symparams.model.layer import Layer

Edit: TypeAlias = Callable[[Subject], Iterable[Formula]]
Bringing: TypeAlias = Callable[[Subject], tuple[Symbol, ...]]


@dataclass(frozen=True, slots=True, eq=False)  # each is the only one of its name
class Misconception:
    """One thing done wrong.

    Sentences are plain text; what stands between backquotes is an expression, as in the sentences of layers.
    """

    name: str  # what goes wrong, as a heading and as its stable name: "input channels left out"
    quantities: frozenset[str]  # what it gives wrong answers for
    explanation: str  # one sentence on what was done, said to who did it; it names no layer
    repair: str  # one sentence on what is right and why
    claim: str  # the belief behind it, a statement on networks in general that is false; empty if there is none
    source: str  # where it is described or asked: a paper, a course, a question
    credit: Fraction  # the share of the points for an answer with this one mistake
    edit: Edit  # the wrong rules that it makes of a right one, the likeliest first; none where it makes no sense
    layers: tuple[type[Layer], ...] = (Layer,)  # the kinds of layers that can be mistaken so
    around: bool = False  # whether its edit looks at other layers of the network too
    needs: Need | None = None  # what a layer must have for its edit to be worth a try; None: the edit finds out
    # Whether its edit looks at letters and their places only, never at their numbers but to find a 0 or 1; what it
    # makes of a rule then holds for all rules of the same form.
    formal: bool = False
    # Of a formal one: the letters that it puts in which are neither of the layer's tensors nor sizes that arrive.
    brings: Bringing | None = None
    whole: bool = False  # whether it takes the place of a right rule whole, so that no other mistake goes before it
    beside: tuple[type[Layer], ...] = ()  # of `around`: kinds of layers of which the network has one; (): any network
    of_several: str = ""  # the explanation where it was made in several layers that are named; empty: the same

    def __reduce__(self) -> tuple[Any, ...]:
        """As the name that it has in its module, which is that of its edit."""
        return _of_module, (self.edit.__module__, self.edit.__name__)

    def concerns(self, kind: type[Layer], quantity: str) -> bool:
        """Whether its edit is worth a try; what a layer under a framework's name is, only the edit can tell."""
        return quantity in self.quantities and issubclass(kind, (*self.layers, Spelling))


def _of_module(module: str, name: str) -> Misconception:
    named: Misconception = getattr(importlib.import_module(module), name)
    return named


def misconception(
    name: str,
    *quantities: str,
    layers: tuple[type[Layer], ...] = (Layer,),
    around: bool = False,
    needs: Need | None = None,
    formal: bool = False,
    brings: Bringing | None = None,
    whole: bool = False,
    beside: tuple[type[Layer], ...] = (),
    explanation: str,
    of_several: str = "",
    repair: str,
    source: str,
    claim: str = "",
    credit: Fraction = Fraction(1, 4),
) -> Callable[[Edit], Misconception]:
    """Makes a misconception of an edit."""
    asked = frozenset(quantities)
    said = (explanation, repair, claim, source)
    return lambda edit: Misconception(
        name, asked, *said, credit, edit, layers, around, needs, formal, brings, whole, beside, of_several
    )
