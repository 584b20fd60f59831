"""A question of an exam, as the template of questions sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from symparams.algebra.equality import collected
from symparams.algebra.evaluation import Point
from symparams.algebra.formula import Formula, Number, Symbol, Value, as_formula, symbols, total
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import put_in
from symparams.documents.layer_description import ArrivingEntry, SettingEntry, arriving, noun_of, place, settings
from symparams.documents.network_rows import ShownNetwork
from symparams.exams.course import Course
from symparams.exams.kinds import KINDS
from symparams.exams.kinds.inverse import freed
from symparams.exams.question import Question, StoryPart, Wrong
from symparams.exams.statements import Said
from symparams.exams.values import bound
from symparams.misconceptions.misconception import Misconception
from symparams.model.arguments import arguments_of
from symparams.model.layer import OUTPUT_LETTERS
from symparams.model.network import Node
from symparams.model.sentence import Text
from symparams.quantities.derivation import Derivation
from symparams.quantities.quantity import QUANTITY_RULES, Quantity
from symparams.questions.equations import Equation, equations_to

_OF_WEIGHTS = ("params", "biases", "trainable")  # what does not depend on what a layer returns


class SizeChain(NamedTuple):
    """How a size of an output comes out."""

    symbol: Symbol  # what comes out: H_out
    derivation: Derivation  # its steps
    also: Symbol | None  # what comes out in the same way: W_out


class Way(NamedTuple):
    """How a wrong answer comes out."""

    steps: list[Formula]  # the lines before the one with the values put in
    rule: Formula  # into which the values of the variant are put; the last step, where there are none
    point: Point  # the values of the variant
    value: Value  # the wrong answer


@dataclass(frozen=True)
class QuestionDocument:
    """A question with everything that can be said about it; what its kind does not have must not be asked for."""

    question: Question  # what is asked, what is right, which wrong answers are known

    @property
    def _more(self) -> Mapping[str, Any]:
        return self.question.more or {}

    # ------------------------------------------------------------ the network and the layer

    @property
    def course(self) -> Course:
        """The network that it is about, with its `title`, `network` and `settings`."""
        return self.question.course

    @property
    def other(self) -> Course | None:
        """The network of the second design, where two are compared."""
        other: Course | None = self._more.get("other")
        return other

    @property
    def about_what(self) -> str:
        """The name of the layer, or what the network is called."""
        node = self.question.node
        return node.name if node is not None else self.course.title or self.course.stem

    @property
    def title(self) -> str:
        """How a question of its kind is called where nothing else is said of it."""
        return KINDS[self.question.kind].heading.format(self.about_what)

    @property
    def asked(self) -> str:
        """What is asked, where the kind of question has a sentence of its own for it; else empty."""
        asked: str = self._more.get("ask", "")
        return asked

    @cached_property
    def network(self) -> ShownNetwork:
        """The network with the values of the variant, or with letters; of two designs the first one."""
        q, in_letters = self.question, self.question.kind == "formula" or self.other is self.course
        point = {} if in_letters else {**self.course.resting, **self._more.get("first", q.point)}
        blank = q.node if q.kind == "blank" else None
        is_cut = q.node is not None and q.kind in KINDS and not self.asked
        return ShownNetwork(self.course, point, blank, tuple(self._layers), is_cut)

    @property
    def _layers(self) -> Iterator[str]:
        """The names of the layers that the stem names."""
        nodes = [self.question.node, *(part.node for part in self.parts)]
        yield from (node.name for node in nodes if node is not None)
        if "said" in self._more and self.said.other:
            yield self.said.other

    @property
    def other_network(self) -> ShownNetwork:
        """The network of the second design."""
        assert self.other is not None
        return ShownNetwork(self.other, {**self.other.resting, **self._more["second"]})

    @property
    def has_letters(self) -> bool:
        """Whether the network has letters without a value."""
        return any(value is None for value in self.course.network.symbols.values())

    @property
    def place(self) -> tuple[int, int]:
        """Which of its kind the layer is, from 1, and how many there are."""
        assert self.question.node is not None
        return self.place_of(self.question.node)

    def place_of(self, node: Node) -> tuple[int, int]:
        """The same of another layer of the network."""
        return place(self.course.network, node)

    @property
    def settings(self) -> list[SettingEntry]:
        """The settings of the layer that have to be told."""
        assert self.question.node is not None
        return settings(self.question.node, self.question.point, weights_only=self.question.quantity in _OF_WEIGHTS)

    @property
    def switches(self) -> list[SettingEntry]:
        """Those of them that are no sizes: whether there are biases."""
        return [entry for entry in self.settings if entry.form == "switch"]

    @property
    def has_switches(self) -> bool:
        """Whether the layer can be built without biases, which is then said with its settings."""
        return any(entry.name == "bias" for entry in self.switches)

    @property
    def arriving(self) -> ArrivingEntry:
        """What the layer is fed."""
        assert self.question.node is not None
        return arriving(self.question.node, self.question.point)

    @property
    def parts(self) -> tuple[StoryPart, ...]:
        """The parts of the question, each with its `mark`, `node`, `axes`, `value`, `follows`; () where it has none."""
        parts: tuple[StoryPart, ...] = self._more.get("parts", ())
        return parts

    def part_derivation(self, part: StoryPart) -> Derivation:
        """How the answer to a part comes out."""
        return self.question.derivation(part.axes[0] if part.axes else "", part.rule)

    @property
    def is_own(self) -> bool:
        """Whether a formula in the letters of the rule is asked for, not in those of the network."""
        return bool(self._more.get("own"))

    @property
    def free(self) -> list[Symbol]:
        """The symbols of the rules, each once, without the unknown ones."""
        names = self._more.get("names", ())
        every = {s.name: s for rule in self.question.rules for s in symbols(rule)}
        return [s for s in every.values() if s.meaning and s.name not in names]

    @property
    def given(self) -> list[tuple[Symbol, Value]]:
        """The same with what they stand for."""
        return [(s, s if s.value is None else _at(s.value, self.question.point)) for s in self.free]

    @property
    def unknown(self) -> Symbol:
        """The symbol that is asked for."""
        symbol: Symbol = self._more["symbol"]
        return symbol

    @property
    def has_no_biases(self) -> bool:
        """Whether the layer has no biases."""
        return self.question.node is not None and self.question.node.derived.counts.biases == 0

    # ------------------------------------------------------------ what is asked

    @property
    def said(self) -> Said:
        """What is stated to be so, truly or not."""
        said: Said = self._more["said"]
        return said

    @property
    def doubled(self) -> str:
        """What is twice as large in a statement: filters, kernel size; or an axis of the input."""
        assert self.question.node is not None
        if self.said.is_axis:
            return "tokens" if self.arriving.has_tokens else self.said.noun
        every = arguments_of(type(self.question.node.layer))
        return noun_of(next(a for a in every if a.name == self.said.noun)).removeprefix("number of ")

    @property
    def doubled_everywhere(self) -> bool:
        """Whether that has several axes, along all of which it is twice as large."""
        return any(entry.name == self.said.noun and entry.form == "size" for entry in self.settings)

    @property
    def count(self) -> Value:
        """The number of parameters that is given."""
        return self.question.derivations[0].value

    @property
    def letters(self) -> list[Symbol]:
        """The letters that may stand in a formula."""
        return [Symbol(name) for name in self.question.letters]

    @property
    def claimed(self) -> Any:
        """The wrong answer of a student."""
        return self._more["claimed"]

    @property
    def differs(self) -> bool:
        """Whether the conventions differ for the layer."""
        node = self.question.node
        return node is not None and bool(node.derived.rules.differs)

    @property
    def measure(self) -> Quantity | None:
        """The further quantity that is asked for; none for parameters, shapes and receptive fields."""
        return QUANTITY_RULES.get(self.question.quantity)

    @property
    def designs(self) -> tuple[list[tuple[Symbol, int]], list[tuple[Symbol, int]]]:
        """The values of the letters in the first and the second design."""
        first, second = self._more["first"], self._more["second"]
        letters = [(Symbol(name), name) for name in self.course.ranges]
        return [(letter, first[n]) for letter, n in letters], [(letter, second[n]) for letter, n in letters]

    # ------------------------------------------------------------ how it comes out

    @property
    def because(self) -> Text:
        """One clause on the rule; empty where there is none."""
        node, measure = self.question.node, self.measure
        if node is None:
            return ""
        if measure is not None:
            return measure.because(node, self.course.settings)
        rules = node.derived.rules
        return {"shape": rules.shape_reason, "params": rules.because, "biases": rules.because}.get(
            self.question.quantity, ""
        )

    @property
    def before(self) -> Derivation | None:
        """What has to be known first: the multiply-accumulates for FLOPs, the parameters for their bytes."""
        q = self.question
        if q.node is None or q.quantity not in ("flops", "memory"):
            return None
        rule = q.node.derived.rules.parameters if q.quantity == "memory" else q.node.derived.macs
        return q.derivation("", bound(rule, q.point))

    @property
    def sizes(self) -> list[SizeChain]:
        """How the sizes of a shape come out that are computed, each way once."""
        chains: dict[tuple[str, ...], SizeChain] = {}
        for d in self.question.derivations:
            if not isinstance(d.rule, (Symbol, Number)):
                key = tuple(dict.fromkeys(shown(step.expression, PLAIN) for step in d.steps))[1:]
                symbol = Symbol(OUTPUT_LETTERS.get(d.axis, "n_out"))
                before = chains.get(key)
                chains[key] = SizeChain(symbol, d, None) if before is None else before._replace(also=symbol)
        return list(chains.values())

    @property
    def layers(self) -> list[tuple[str, Derivation]]:
        """The layers with parameters, each with its computation."""
        lines = []
        for term in self.course.total("params").terms:
            derivation = self.question.derivation("", bound(term.rule, self.question.point))
            if derivation.value != 0:
                lines.append((term.task.node.name, derivation))
        return lines

    @property
    def total_lines(self) -> list[Formula]:
        """The sum over the layers, and the total."""
        return _sum_of(self.course, self.question.point)

    @property
    def both_totals(self) -> list[tuple[Symbol, list[Formula]]]:
        """The totals of two designs, layer by layer."""
        assert self.other is not None
        designs = ((self.course, "P_A", "first"), (self.other, "P_B", "second"))
        return [(Symbol(letter), _sum_of(course, self._more[point])) for course, letter, point in designs]

    @property
    def counts(self) -> Sequence[int]:
        """The number of parameters of either design."""
        counts: Sequence[int] = self._more["counts"]
        return counts

    @property
    def equations(self) -> Iterator[Equation]:
        """The equation for an unknown, line by line."""
        (rule,) = self.question.rules
        free = freed(rule, self.unknown, self._more["names"])
        count = self.question.derivations[0].value
        assert isinstance(count, int)
        yield Equation(free, "==", as_formula(count))
        yield from equations_to(put_in(free), self.unknown.name, "==", count)

    @property
    def made(self) -> Misconception:
        """The mistake that was made, with its `name`, `explanation` and `repair`."""
        wrong: Wrong = self._more["made"]
        return wrong.made[0]

    @property
    def both(self) -> list[tuple[str, Derivation]]:
        """The claimed way and the right one, for each number where they differ."""
        wrong: Wrong = self._more["made"]
        pairs = []
        for d, rule in zip(self.question.derivations, wrong.rules, strict=True):
            claimed = self.question.derivation(d.axis, bound(rule, self.question.point))
            if claimed.rule != d.rule:
                pairs += [("claimed", claimed), ("right", d)]
        return pairs

    # ------------------------------------------------------------ wrong answers

    def way(self, wrong: Wrong) -> Way | None:
        """How a wrong answer comes out, where it is one number."""
        q = self.question
        if len(wrong.rules) != 1 or isinstance(wrong.content, str) or len(wrong.content) != 1:
            return None
        (rule,), (value,) = wrong.rules, wrong.content
        if q.point:
            return Way([] if q.node is None else [rule], rule, q.point, value)  # of a total a number for each layer
        derivation = q.derivation("", rule)
        return Way([derivation.rule], derivation.substitution, {}, derivation.value)


def _sum_of(course: Course, point: Point) -> list[Formula]:
    """The sum over the layers with the values of a variant, and what it gives; one line where there is one term."""
    values = (_at(value, point) for value in course.total("params").values)
    every = total(as_formula(value) for value in values if value != 0)
    return list(dict.fromkeys([every, as_formula(collected(every, course.network.facts))]))


def _at(value: Value, point: Mapping[str, int]) -> Value:
    """A value with the numbers of a variant."""
    return simplified(bound(value, point)) if isinstance(value, Formula) else value
