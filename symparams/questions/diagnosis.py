"""A wrong answer explained: which misconceptions give it, and where they part from the right way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from math import prod

from symparams.algebra.formula import Formula, Value
from symparams.errors import SymparamsError
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.mistakes import Mistake, Mistakes
from symparams.misconceptions.shapes import of_shapes
from symparams.misconceptions.task import COUNTS, Task, Tasks
from symparams.misconceptions.totals import OF_WHOLE_LAYERS, layer_left_out, worked_out
from symparams.model.network import Network, Node
from symparams.quantities.derivation import Derivation
from symparams.quantities.named_layers import layer_named
from symparams.quantities.quantity import with_batch
from symparams.quantities.settings import Settings
from symparams.quantities.totals import amount
from symparams.questions.as_written import by_luck, formed
from symparams.questions.explanations import Apart, Arriving, Changed, Match, derived_total
from symparams.questions.rounded import About, how_typed, read_as, readings
from symparams.questions.signatures import Signature, Signatures, signature, signature_of_rules
from symparams.questions.two_mistakes import TwoMistakes
from symparams.questions.typed_answers import (
    Given,
    check_count,
    fitted,
    how_read,
    read_for,
    read_total,
)
from symparams.questions.typed_numbers import Answer
from symparams.questions.wrong_totals import WrongTotal, WrongTotals
from symparams.sources.typed import Typed

_MOST = 6  # explanations that are given
_ASKED = 40  # further questions that are tried


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is found out about an answer."""

    network: Network  # which it is about
    layer: str | None  # which was asked for; None: the total
    quantity: str  # that was asked for
    settings: Settings  # types and policies
    answer: Answer  # as it was typed, a formula for each of its numbers
    value: tuple[Value, ...]  # the right answer, a value for each of its numbers
    correct: bool  # whether it is right
    right: tuple[Derivation, ...]  # how the right answer comes out, for each of its numbers
    matches: tuple[Match, ...] = ()  # what gives the answer, the likeliest first; () if it is right or nothing does
    apart: Apart | None = None  # where there are several
    rounded: bool = False  # whether it is right as a number that was rounded
    note: str = ""  # how the answer was read, where that is not plain
    unclear: str = ""  # why the answer gives no number for some values of the letters

    @property
    def node(self) -> Node | None:
        """The layer that was asked for."""
        return None if self.layer is None else self.network.node(self.layer)


class Diagnostician:
    """Explains answers on one network; what it worked out once it keeps."""

    def __init__(self, network: Network, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.network = with_batch(network, self.settings)
        self.comparer = Signatures(self.network)
        self.mistakes = Mistakes(Tasks(self.network, self.settings))
        self._known: dict[tuple[object, ...], dict[Signature, list[Mistake]]] = {}
        self._totals: dict[str, WrongTotals] = {}
        self._twos: dict[str, TwoMistakes] = {}

    @cached_property
    def _wholes(self) -> dict[str, Callable[[Task], Iterable[Mistake]]]:
        """The kinds of mistakes; one is tried where those before it explain nothing."""
        m = self.mistakes
        return {"singles": m.singles, "shapes": of_shapes, "carried": m.carried, "pairs": m.pairs}

    def task(self, layer: str, quantity: str) -> Task:
        """What is asked of a layer; raises SymparamsError if there is no such layer or quantity."""
        name = layer_named(self.network, layer).name
        return self.mistakes.tasks.of(self.network.index(name), quantity)

    # ------------------------------------------------------------ a layer

    def typed(self, layer: str | None, quantity: str, text: str) -> Diagnosis:
        """An answer as it was typed, for a layer or for the total."""
        if layer is None:
            measure = amount(quantity).measure  # which raises where it does not add up over the layers
            written, answer = read_total(self.network, text, in_bytes=measure is not None and measure.in_bytes)
            return self.of_total(quantity, answer, written)
        task = self.task(layer, quantity)
        rules = (m.rules[0] for m in self.mistakes.singles(task))
        given = read_for(task, text, lambda: (task.rules[0], *rules))
        found = self._of_given(given)
        if given.as_each and quantity == "shape" and not (found.correct or found.matches):
            with suppress(SymparamsError):  # one number may be meant for the whole shape
                whole = self._of_given(Given(given.answer[:1], task))
                return whole if whole.matches else found
        return found

    def of_layer(self, layer: str, quantity: str, answer: Answer) -> Diagnosis:
        """An answer for one layer."""
        return self._of_given(fitted(self.task(layer, quantity), answer))

    def _of_given(self, given: Given) -> Diagnosis:
        task, answer = given.task, given.answer
        answer_signature = signature(answer, self.comparer.of_task(task))
        said = partial(
            Diagnosis,
            self.network,
            task.node.name,
            task.quantity,
            self.settings,
            answer,
            task.values,
            note=how_read(given) or how_typed(given.typed, answer, task.values[0]),
        )
        if self.comparer.equal(task, answer, task.rules):
            right = said(True, task.derivations())
            return right if right.note else replace(right, note=by_luck(task, answer, self.mistakes.singles(task)))
        if read_as(given.typed, answer, task.values[0]) is not None:
            return replace(said(True, task.derivations()), rounded=True)
        matches = []
        if answer_signature is not None:
            about = readings(given.typed, answer)
            matches = formed(task, answer, self._explained(task, answer_signature, len(answer), about))
        if not matches:
            check_count(task, answer)
        return said(
            False,
            task.derivations(),
            tuple(self._match(task, m) for m in matches),
            self._apart(task, matches),
            unclear="" if answer_signature is not None else _UNCLEAR,
        )

    def _explained(self, task: Task, given: Signature, count: int, about: Sequence[About]) -> list[Mistake]:
        """The mistakes that give an answer, or what it is about, of the first kind that explains it.

        A single worth nothing, such as a question misread, comes behind what is carried on, but before any pair.
        """
        misread: list[Mistake] = []
        for kind in self._wholes:
            if kind == "pairs" and misread:
                break
            mistakes_by_made: dict[tuple[Misconception, ...], Mistake] = {}
            for mistake in self._giving(kind, task, given, about):
                if len(mistake.rules) == count:
                    mistakes_by_made.setdefault(mistake.made, mistake)
            explained = sorted(mistakes_by_made.values(), key=lambda m: -prod(x.credit for x in m.made))
            if any(prod(x.credit for x in m.made) for m in explained):
                return [*explained, *misread][:_MOST]
            misread += explained
        return misread[:_MOST]

    def _giving(self, kind: str, task: Task, given: Signature, about: Sequence[About]) -> list[Mistake]:
        """The mistakes of a kind with this signature, or near it; but no pairs, of which some are near any number."""
        key = (kind, task.index, task.quantity, task.axes)
        if key not in self._known:
            points = self.comparer.of_task(task)
            by_signature: dict[Signature, list[Mistake]] = {}
            for mistake in self._wholes[kind](task):
                mistake_signature = signature_of_rules(mistake.rules, points)
                if mistake_signature is not None:
                    by_signature.setdefault(mistake_signature, []).append(mistake)
            self._known[key] = by_signature
        if not about:
            return self._known[key].get(given, [])
        if kind == "pairs" or len(given) > 1:
            return []
        singles = [(Fraction(own[0]), made) for own, made in self._known[key].items() if len(own) == 1]
        for least, most in (bounds for one in about for bounds in one.bounds):
            near = [mistake for own, made in singles if least <= own <= most for mistake in made]
            if near:
                return near
        return []

    def _match(self, task: Task, mistake: Mistake) -> Match:
        wrong = task.derivations(mistake.rules, mistake.axes)
        way = tuple(self._way(mistake.made[0], task.index)) if mistake.carried else ()
        between = worked_out(mistake.between[0], self.network.facts) if len(mistake.between) == 1 else None
        return Match(mistake.made, wrong, way, between=between)

    def _way(self, made: Misconception, index: int) -> Iterator[Arriving]:
        """The layers before one whose outputs a misconception makes wrong, in reading order."""
        pending, seen = [index], set()
        while pending:
            for i in self.network.nodes[pending.pop()].inputs:
                if i not in seen:
                    seen.add(i)
                    pending.append(i)
        for i in sorted(seen):
            believed, right = self.mistakes.beliefs.believed(made, i).shape, self.network.nodes[i].shape
            if believed is not None and believed != right:
                yield Arriving(self.network.nodes[i].name, right, believed)

    # ------------------------------------------------------------ a further question

    def _apart(self, task: Task, matches: Sequence[Mistake]) -> Apart | None:
        """The question on another layer, or for another quantity, on which most explanations differ."""
        if len(matches) < 2 or any(m.carried or m.axes or len(m.made) > 1 for m in matches):
            return None
        best, most = None, 1
        for asked in self._further(task):
            by_name = {m.made[0].name: m.rules for m in reversed(self.mistakes.singles(asked))}
            rules = [by_name.get(m.made[0].name, asked.rules) for m in matches]
            different = len({signature_of_rules(r, self.comparer.of_task(asked)) for r in rules})
            if different > most:
                best, most = Apart(asked.node.name, asked.quantity, tuple(r[0] for r in rules)), different
            if most == len(matches):
                break
        return best

    def _further(self, task: Task) -> Iterator[Task]:
        """Questions with one number as their answer, the nearest layers first, then other counts of the same layer."""
        nodes = self.network.nodes
        seen = {task.derived}
        near = sorted(range(len(nodes)), key=lambda i: abs(i - task.index))
        for i in near if len(task.rules) == 1 else ():
            if nodes[i].derived.arriving and nodes[i].derived not in seen and len(seen) < _ASKED:
                seen.add(nodes[i].derived)
                try:
                    yield self.mistakes.tasks.of(i, task.quantity)
                except SymparamsError:  # a receptive field that has no size
                    continue
        for quantity in COUNTS:
            if quantity != task.quantity:
                yield self.mistakes.tasks.of(task.index, quantity)

    # ------------------------------------------------------------ totals

    def of_total(self, quantity: str, answer: Answer, written: Typed | None = None) -> Diagnosis:
        """An answer for the whole network; `written`: how it was typed."""
        amount(quantity)  # which raises where it does not add up over the layers
        if quantity not in self._totals:
            self._totals[quantity] = WrongTotals(self.mistakes, quantity, self.comparer)
        totals = self._totals[quantity]
        right = derived_total(quantity, totals.total.sum, self.network.facts)
        answer_signature = signature(answer, self.comparer.points)
        rounded = read_as(written, answer, right.value) is not None
        correct = rounded or self.comparer.equal(None, answer, (totals.total.sum,))
        wrong = [] if correct else self._explaining(totals, answer_signature, readings(written, answer))[:_MOST]
        return Diagnosis(
            self.network,
            None,
            quantity,
            self.settings,
            answer,
            (right.value,),
            correct,
            (right,),
            tuple(self._match_of(totals, w) for w in wrong),
            self._apart_of(totals, wrong),
            rounded,
            how_typed(written, answer, right.value),
            unclear="" if answer_signature is not None else _UNCLEAR,
        )

    def _explaining(self, totals: WrongTotals, given: Signature | None, about: Sequence[About]) -> list[WrongTotal]:
        if given is None:
            return []
        if not about:
            wrong = totals.explaining(given) or self._two_mistakes(totals).explaining(given)
            special = [w for w in wrong if w.made[0] not in OF_WHOLE_LAYERS]
            return [*special, *(w for w in wrong if w not in special and (not special or w.made[0] is layer_left_out))]
        near = (totals.near(*bounds) for one in about for bounds in one.bounds)
        return next(filter(None, near), [])

    def _two_mistakes(self, totals: WrongTotals) -> TwoMistakes:
        return self._twos.setdefault(totals.total.quantity, TwoMistakes(totals))

    def _match_of(self, totals: WrongTotals, wrong: WrongTotal) -> Match:
        total, made = totals.total, wrong.made
        way = tuple(self._way(made[0], len(self.network.nodes) - 1)) if wrong.carried else ()
        terms = tuple(self._changed(totals, term.index, term.rule) for term in wrong.terms)
        steps = derived_total(total.quantity, total.with_terms(wrong.terms), self.network.facts)
        return Match(made, (steps,), way, terms, wrong.or_in)

    def _changed(self, totals: WrongTotals, index: int, rule: Formula) -> Changed:
        total, facts = totals.total, self.network.facts
        rules = (total.terms[index].rule, rule)
        name = total.node(index).name
        return Changed(name, total.values[index], worked_out(rule, facts), total.quantity, rules, facts)

    def _apart_of(self, totals: WrongTotals, wrong: Sequence[WrongTotal]) -> Apart | None:
        """The layer about which most of the wrong totals differ."""
        if len(wrong) < 2:
            return None
        best, most = None, 1
        changed = [{term.index: term.rule for term in w.terms} for w in wrong]
        for index in dict.fromkeys(i for terms in changed for i in terms):
            if len(wrong[0].or_in) == 0 or index != wrong[0].terms[0].index:
                rules = [terms.get(index, totals.total.terms[index].rule) for terms in changed]
                different = len({signature_of_rules((rule,), self.comparer.points) for rule in rules})
                if different > most:
                    best, most = Apart(totals.total.node(index).name, totals.total.quantity, tuple(rules)), different
        return best


_UNCLEAR = "for some values of the letters it gives no number, because it divides by zero there"
