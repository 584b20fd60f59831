"""What explains a wrong answer: the ways to get it, and a question that tells them apart."""

from __future__ import annotations

from dataclasses import dataclass, field

from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Value
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.totals import worked_out
from symparams.model.layer import Shape
from symparams.quantities.derivation import Derivation, derive


@dataclass(frozen=True, slots=True)
class Changed:
    """A layer that was counted wrongly for a total."""

    layer: str  # its name
    right: Value  # what it adds, in all its copies
    wrong: Value  # what was counted for it
    quantity: str  # of the total
    rules: tuple[Formula, Formula]  # the right one and the wrong one
    facts: Facts = field(compare=False)  # those of the network

    def steps(self) -> tuple[Derivation, Derivation]:
        """How the right one and the wrong one come out."""
        right, wrong = (derived_total(self.quantity, rule, self.facts) for rule in self.rules)
        return right, wrong


@dataclass(frozen=True, slots=True)
class Arriving:
    """A layer whose output a student has wrong, on the way to the one that was asked for."""

    layer: str  # its name
    right: Shape  # of its output
    wrong: Shape  # as the student has it


@dataclass(frozen=True, slots=True)
class Match:
    """A way to get a wrong answer."""

    made: tuple[Misconception, ...]  # one, or two
    wrong: tuple[Derivation, ...]  # how the wrong answer comes out, for each of its numbers
    way: tuple[Arriving, ...] = ()  # of a mistake in earlier layers: from where it was made to what is asked for
    terms: tuple[Changed, ...] = ()  # of a total: the layers where it was made
    or_in: tuple[str, ...] = ()  # of a total with one such layer: others where the same mistake gives the same
    between: Value | None = None  # of two in one number: what the first alone gives

    @property
    def carried(self) -> bool:
        """Whether it was made in earlier layers and the rest follows from it."""
        return bool(self.way)


@dataclass(frozen=True, slots=True)
class Apart:
    """A further question on which explanations of an answer differ."""

    layer: str  # which is to be asked about
    quantity: str  # that is to be asked for
    gives: tuple[Formula, ...]  # what each explanation gives there, in the order of the matches


def derived_total(quantity: str, rule: Formula, facts: Facts) -> Derivation:
    """How a total, or what a layer adds to one, comes out."""
    return derive(quantity, "", rule, worked_out(rule, facts), facts)
