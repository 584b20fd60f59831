"""A wrong answer explained: which misconceptions give it, and where they part from the right way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from symparams import limits
from symparams.algebra.exact import at
from symparams.algebra.formula import Formula
from symparams.algebra.simplifying import simplified
from symparams.errors import LimitError, SymparamsError
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.mistakes import Mistake, Mistakes
from symparams.misconceptions.task import Task, Tasks
from symparams.misconceptions.totals import Total, WrongTerm
from symparams.model.network import Network
from symparams.quantities.amounts import node
from symparams.quantities.derivation import Derivation, derive
from symparams.quantities.measures import Settings
from symparams.questions.points import Point, points

Answer: TypeAlias = "tuple[Formula, ...]"  # one formula for each number of the answer
Signature: TypeAlias = "tuple[int | Fraction, ...]"  # what it gives at the points, axis by axis
_POINTS = 12  # where formulas are compared; two that agree there are taken for equal
_MOST = 6  # explanations that are given


@dataclass(frozen=True, slots=True)
class Changed:
    """A layer that was counted wrongly for a total."""

    layer: str
    right: Derivation  # what it adds, in all its copies
    wrong: Derivation


@dataclass(frozen=True, slots=True)
class Match:
    """A way to get a wrong answer."""

    made: tuple[Misconception, ...]  # one, or two
    wrong: tuple[Derivation, ...]  # how the wrong answer comes out, for each of its numbers
    carried: bool = False  # whether it was made in earlier layers
    terms: tuple[Changed, ...] = ()  # of a total: the layers where it was made


def signature(answer: Iterable[Formula], points: Sequence[Point]) -> Signature | None:
    """What an answer gives at the points; None if it gives nothing at one of them."""
    try:
        return tuple(at(formula, point) for formula in answer for point in points)
    except LimitError:
        raise
    except SymparamsError:
        return None


@dataclass(frozen=True, slots=True)
class Apart:
    """A further question on which two explanations of an answer differ."""

    layer: str  # whose quantity is to be asked for
    gives: tuple[Formula, ...]  # what each explanation gives there, in the order of the matches


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is found out about an answer."""

    network: Network
    layer: str | None  # which was asked for; None: the total
    quantity: str
    answer: Answer
    correct: bool
    right: tuple[Derivation, ...]  # how the right answer comes out, for each of its numbers
    matches: tuple[Match, ...]  # what gives the answer, the likeliest first; () if it is right or nothing does
    apart: Apart | None = None  # where there are several


class Diagnostician:
    """Explains answers on one network; what it worked out once it keeps."""

    def __init__(self, network: Network, settings: Settings | None = None) -> None:
        self.network = network
        self.points = points(network, _POINTS)
        self.mistakes = Mistakes(Tasks(network, settings))
        self._totals: dict[str, tuple[Total, list[tuple[WrongTerm, Signature]]]] = {}

    def task(self, layer: str, quantity: str) -> Task:
        """What is asked of a layer; raises SymparamsError if there is no such layer or quantity."""
        node(self.network, layer)
        return self.mistakes.tasks.of(self.network.index(layer), quantity)

    def of_layer(self, layer: str, quantity: str, answer: Answer) -> Diagnosis:
        """An answer for one layer."""
        limits.begin_work(len(self.network.nodes))
        task = self.task(layer, quantity)
        given = signature(answer, self.points)
        right = task.derivations()
        if given is not None and given == signature(task.rules, self.points):
            return Diagnosis(self.network, layer, quantity, answer, True, right, ())
        matches = [] if given is None else self._explained(task, given)
        found = tuple(Match(m.made, task.derivations(m.rules), m.carried) for m in matches)
        return Diagnosis(self.network, layer, quantity, answer, False, right, found, self._apart(task, matches))

    def _explained(self, task: Task, given: Signature) -> list[Mistake]:
        """The singles that give the answer; if there is none those that are carried on; if there is none the pairs.

        A single worth nothing, such as a question misread, comes behind what is carried on.
        """
        singles = self._giving(self.mistakes.singles(task), given)
        if any(m.made[0].credit for m in singles):
            return singles
        carried = self._giving(self.mistakes.carried(task), given)
        return [*carried, *singles][:_MOST] or self._giving(self.mistakes.pairs(task), given)

    def _giving(self, mistakes: Iterable[Mistake], given: Signature) -> list[Mistake]:
        """The mistakes that give an answer, one for each misconception, those worth most first."""
        found = {m.made: m for m in mistakes if signature(m.rules, self.points) == given}
        return sorted(found.values(), key=lambda m: -m.made[0].credit)[:_MOST]

    def _apart(self, task: Task, matches: Sequence[Mistake]) -> Apart | None:
        """The first other layer for which two explanations differ."""
        if len(matches) < 2 or matches[0].carried or len(matches[0].made) > 1:
            return None
        for i, other in enumerate(self.network.nodes):
            if other.layer.inputs == "none" or i == task.index:
                continue
            asked = self.mistakes.tasks.of(i, task.quantity)
            by_name = {m.made[0].name: m.rules for m in self.mistakes.singles(asked)}
            rules = [by_name.get(m.made[0].name, asked.rules) for m in matches]
            if len({signature(r, self.points) for r in rules}) == len(rules) and len(asked.rules) == 1:
                return Apart(other.name, tuple(r[0] for r in rules))
        return None

    # ------------------------------------------------------------ totals

    def of_total(self, quantity: str, answer: Answer) -> Diagnosis:
        """An answer for the whole network."""
        limits.begin_work(len(self.network.nodes))
        total, wrong = self._total(quantity)
        given = signature(answer, self.points)
        right = signature((total.sum,), self.points)
        if given is None or right is None or given == right:
            return self._of_total(total, answer, given is not None and given == right, [])
        gap = _minus(given, right)
        return self._of_total(total, answer, False, list(_adding_up(wrong, gap))[:_MOST])

    def _of_total(self, total: Total, answer: Answer, correct: bool, found: list[tuple[WrongTerm, ...]]) -> Diagnosis:
        right = self._derived(total.quantity, total.sum)
        matches = []
        for terms in found:
            wrong = self._derived(total.quantity, total.with_terms(terms))
            matches.append(Match((terms[0].made,), (wrong,), terms=tuple(self._changed(total, t) for t in terms)))
        return Diagnosis(self.network, None, total.quantity, answer, correct, (right,), tuple(matches))

    def _changed(self, total: Total, wrong: WrongTerm) -> Changed:
        right = self._derived(total.quantity, total.terms[wrong.index].rule)
        return Changed(total.node(wrong.index).name, right, self._derived(total.quantity, wrong.rule))

    def _derived(self, quantity: str, rule: Formula) -> Derivation:
        return derive(quantity, "", rule, simplified(rule, self.network.facts), self.network.facts)

    def _total(self, quantity: str) -> tuple[Total, list[tuple[WrongTerm, Signature]]]:
        """The total and what each wrong term adds to it."""
        if quantity not in self._totals:
            total = Total(self.mistakes, quantity)
            right = [signature((term.rule,), self.points) for term in total.terms]
            wrong = []
            for term in total.wrong_terms():
                is_so = signature((term.rule,), self.points)
                should_be = right[term.index]
                if is_so is not None and should_be is not None and is_so != should_be:
                    wrong.append((term, _minus(is_so, should_be)))
            self._totals[quantity] = total, wrong
        return self._totals[quantity]


def _adding_up(wrong: Sequence[tuple[WrongTerm, Signature]], gap: Signature) -> Iterator[tuple[WrongTerm, ...]]:
    """The wrong terms that explain a gap: one misconception in every layer where it can be made, in one, in two."""
    groups: dict[str, dict[int, list[tuple[WrongTerm, Signature]]]] = {}
    for term, adds in wrong:
        groups.setdefault(term.made.name, {}).setdefault(term.index, []).append((term, adds))
    for by_layer in groups.values():
        firsts = [ways[0] for ways in by_layer.values()]
        if len(firsts) > 1 and _added([adds for _, adds in firsts]) == gap:
            yield tuple(term for term, _ in firsts)
    for term, adds in wrong:
        if adds == gap:
            yield (term,)
    for by_layer in groups.values():
        yield from _two(by_layer, gap)


def _two(by_layer: dict[int, list[tuple[WrongTerm, Signature]]], gap: Signature) -> Iterator[tuple[WrongTerm, ...]]:
    """The same misconception in two layers, the nearest two first."""
    seen: dict[Signature, WrongTerm] = {}
    for ways in by_layer.values():
        for term, adds in ways:
            other = seen.get(_minus(gap, adds))
            if other is not None and other.index != term.index:
                yield (other, term)
                return
        for term, adds in ways:
            seen.setdefault(adds, term)


def _added(several: Sequence[Signature]) -> Signature:
    return tuple(map(sum, zip(*several, strict=True)))


def _minus(one: Signature, other: Signature) -> Signature:
    return tuple(a - b for a, b in zip(one, other, strict=True))
