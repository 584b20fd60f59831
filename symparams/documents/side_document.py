"""Answers to what a text asks beside its numbers, as the template sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from symparams.algebra.formula import Formula, Value, as_formula
from symparams.documents.answer import LayerAnswer
from symparams.documents.solution import Solution
from symparams.quantities.totals import TotalQuantity, amount
from symparams.questions.side_answers import Side
from symparams.questions.side_facts import Fact
from symparams.questions.state_dicts import Listed

_NAMED = 3  # layers that change are named


@dataclass(frozen=True, slots=True)
class ChangedLayer:
    """A layer that has another number under a change."""

    name: str  # its name
    line: Formula  # how the other number comes out
    value: Value  # the other number
    own: Value  # the one that it has


@dataclass(frozen=True)
class SideAnswer:
    """The answer to one question beside the numbers."""

    side: Side  # what is asked, and what comes of it
    opening: Literal["", "yes", "no", "still"]  # the word that it begins with; "": none

    @property
    def what(self) -> TotalQuantity:
        """The quantity that is meant."""
        return amount(self.side.quantity)

    @cached_property
    def layers(self) -> tuple[ChangedLayer, ...]:
        """The layers whose number changes: the one that is asked about, or all, where they are few."""
        side = self.side
        changes = [one for one in side.changes if side.layer in ("", one[0])]
        if len(changes) > _NAMED:
            return ()
        solution = Solution(side.other, (side.quantity,))
        return tuple(ChangedLayer(name, self._line(solution, name), other, own) for name, own, other in changes)

    def _line(self, solution: Solution, name: str) -> Formula:
        answer = LayerAnswer(solution, solution.every[self.side.other.index(name)], self.side.quantity)
        if self.side.quantity == "params" and answer.params.value != 0:
            return answer.head
        return as_formula(_of(solution, self.side.quantity, name))

    @property
    def says_total(self) -> bool:
        """Whether it is said how much the network has in all."""
        return not self.side.layer and (len(self.layers) != 1 or self.layers[0].own != self.side.number)


def _of(solution: Solution, quantity: str, name: str) -> Value:
    return amount(quantity).of_layer(solution.network.node(name))


@dataclass(frozen=True)
class SideDocument:
    """All that is answered beside the numbers of a text."""

    sides: Sequence[Side]  # what changes a number, or does not
    facts: Sequence[Fact]  # what one fact of the network answers
    listed: Listed | None = None  # what `state_dict()` lists, where the text speaks of it
    outside: Sequence[tuple[int, str]] = ()  # the items that no answer is known to: a sentence, the mark as it stands

    @cached_property
    def parts(self) -> list[tuple[str, list[Fact | SideAnswer]]]:
        """The answers in the order of the text, those of an item together behind its mark.

        The same word does not begin two answers in a row.
        """
        answers: list[Fact | Side] = [*self.facts, *self.sides]
        outside = dict(self.outside)
        every = sorted([*answers, *outside], key=lambda one: one if isinstance(one, int) else one.ask.number)
        parts: list[tuple[str, list[Fact | SideAnswer]]] = []
        last = ""
        for one in every:
            if isinstance(one, int):
                parts.append((outside[one], []))
                continue
            if not parts or parts[-1][0] != one.ask.mark:
                parts.append((one.ask.mark, []))
                last = ""
            opening: Literal["", "yes", "no", "still"] = "" if one.opening == last else one.opening
            last = one.opening
            parts[-1][1].append(_with(one, opening))
        return parts


def _with(one: Fact | Side, opening: Literal["", "yes", "no", "still"]) -> Fact | SideAnswer:
    if isinstance(one, Side):
        return SideAnswer(one, opening)
    return replace(one, opening="" if opening == "still" else opening)
