"""What a template says about a question: its network or layer, what is asked, how the answer comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from symparams.algebra.formula import Formula, Number, Symbol, Value, as_formula, symbols, total
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import put_in
from symparams.documents.feedback import Feedback
from symparams.documents.layer_description import arguments_in_words, arriving_in_words, article, ordinal
from symparams.documents.phrases import prose
from symparams.documents.vocabulary import Column, capital, columns
from symparams.errors import listed
from symparams.exams.course import Course
from symparams.exams.kinds.inverse import freed
from symparams.exams.question import Question, Wrong
from symparams.exams.values import bound
from symparams.misconceptions.misconception import Misconception
from symparams.model.layer import OUTPUT_LETTERS
from symparams.quantities.quantity import QUANTITY_RULES
from symparams.quantities.totals import amount
from symparams.questions.targets import Target, equations_to

_FRAMEWORKS = {"keras": "Keras", "torch": "PyTorch"}
_ORDERS = {"keras": "channels last", "torch": "channels first in images"}


class Chain(NamedTuple):
    """A displayed derivation."""

    left: str
    lines: list[str]
    also: str = ""  # what comes out in the same way: W_out


class Words(Feedback):
    """What a template says about one question."""

    def __init__(self, asking: Feedback, question: Question) -> None:
        self.__dict__ |= asking.__dict__  # the same network and format; made anew for every question
        self.question = question
        self.more: Mapping[str, Any] = question.more or {}

    capital = staticmethod(capital)
    article = staticmethod(article)

    @property
    def heading(self) -> str:
        assert self.question.node is not None
        return self.format.escape(self.question.node.layer.title)

    @property
    def titled(self) -> str:
        return f", {self.format.escape(self.course.title)}" if self.course.title else ""

    @property
    def counting(self) -> str:
        """In which order sizes stand, and whose counts are meant."""
        return _counting(self.course)

    @property
    def _other(self) -> Course | None:
        """The network of the second design, where two are compared."""
        other: Course | None = self.more.get("other")
        return other

    @property
    def other_counting(self) -> str:
        assert self._other is not None
        return _counting(self._other)

    @property
    def text(self) -> str:
        if self.question.kind == "formula" or self._other is self.course:
            return self.course.text({name: name for name in self.course.ranges})
        point = self.more.get("first", self.question.point)
        return self.course.text({**self.course.resting, **point})

    @property
    def other_text(self) -> str:
        other = self._other
        assert other is not None
        return other.text({**other.resting, **self.more["second"]})

    @property
    def layer_name(self) -> str:
        assert self.question.node is not None
        return self.format.named(self.question.node.name)

    @property
    def ordinal(self) -> str:
        """The second convolution."""
        assert self.question.node is not None
        return ordinal(self.course.network, self.question.node)

    def settings(self, q: Question) -> str:
        """` with 63 filters and same padding`; nothing where there is nothing to say."""
        assert q.node is not None
        told = arguments_in_words(q.node.layer, q.node.derived.arriving[0], q.point, self)
        return f" with {told}" if told else ""

    def arriving(self, q: Question) -> str:
        assert q.node is not None
        return arriving_in_words(q.node, q.point, self)

    def known_symbols(self, q: Question) -> str:
        """The layer by the symbols of its rule: with their values, but for the unknown one; or as letters."""
        names = self.more.get("names", ())
        free = [s for s in _once(q.rules) if s.meaning and s.name not in names]
        layer = article(self.heading)
        if q.kind == "formula":
            return f"Take {layer} with {listed([f'{s.meaning} {self.math(s)}' for s in free])}."
        known = listed([f"{self.equation(s, s.value if s.value is not None else s)} ({s.meaning})" for s in free])
        unknown: Symbol = self.more["symbol"]
        given = f"{capital(layer)} has {known}" if known else f"Take {layer}"
        biased = "" if q.node is None or q.node.derived.counts.biases != 0 else " It has no biases."
        return f"{given}; {self.math(unknown)} ({unknown.meaning}) is not given.{biased}"

    # ------------------------------------------------------------ what is asked

    @property
    def statement(self) -> str:
        about: Misconception = self.more["about"]
        text = capital(about.repair if self.more["is_true"] else about.claim)
        return prose(text if text.endswith(".") else f"{text}.", self.format)

    @property
    def count(self) -> str:
        return self.number(self.question.derivations[0].value)

    @property
    def letters(self) -> str:
        return listed([self.math(Symbol(name)) for name in self.question.letters])

    @property
    def claimed(self) -> str:
        return self.content(self.more["claimed"])

    @property
    def axes(self) -> str:
        names = [f"number of {a}" if a in ("channels", "features") else a for a in self.question.axes]
        form = "x".join(["7", "5", "3", "2", "4"][: len(names)])
        return f"{' × '.join(names)}, in the form {form}" if len(names) > 1 else f"the {names[0]}"

    @property
    def convention_asked(self) -> str:
        node = self.question.node
        return (
            f" as {_FRAMEWORKS[self.course.network.convention]} counts" if node and node.derived.rules.differs else ""
        )

    @property
    def unit(self) -> str:
        measure = QUANTITY_RULES[self.question.quantity]
        return "bytes" if measure.in_bytes else measure.unit

    @property
    def verb(self) -> str:
        return {
            "memory": "need for its parameters",
            "activations": "need for its output",
            "cache": "keep while text is generated",
        }.get(self.question.quantity, "need for one example")

    @property
    def convention(self) -> str:
        return prose(
            f"({capital(QUANTITY_RULES[self.question.quantity].convention(self.course.settings))}.)", self.format
        )

    @property
    def summary_columns(self) -> list[Column]:
        return columns(("Layer", 0.3), ("Output shape", 0.3), ("Parameters", 0.3, "right"))

    def summary_rows(self, q: Question) -> list[list[str]]:
        rows = []
        for node in self.course.network.nodes:
            shape = tuple(_at(value, q.point) for value in node.shape)
            count = "?" if node is q.node else self.number(_at(node.counts.params, q.point))
            rows.append([self.format.named(node.name), self.size(shape), count])
        return rows

    @property
    def first_values(self) -> str:
        return self._values(self.more["first"])

    @property
    def second_values(self) -> str:
        return self._values(self.more["second"])

    def _values(self, point: Mapping[str, int]) -> str:
        return listed([self.equation(Symbol(n), point[n]) for n in self.course.ranges])

    # ------------------------------------------------------------ how it comes out

    @property
    def because(self) -> str:
        node, quantity = self.question.node, self.question.quantity
        if node is None:
            return ""
        rules = node.derived.rules
        text = rules.shape_because if quantity == "shape" else rules.because if quantity == "params" else ""
        if quantity == "field":
            text = "a layer sees `k - 1` places of its input more, each a jump of the input apart"
        if quantity in QUANTITY_RULES:
            text = QUANTITY_RULES[quantity].because(node, self.course.settings)
        return self.sentence(("because", text), lambda: f"{capital(text)}.") if text else ""

    @property
    def chains(self) -> list[Chain]:
        """The derivations; of a shape only the sizes that are computed, each way once."""
        q = self.question
        if q.quantity == "shape":
            return self._sizes()
        word = {"params": "parameters", "field": "field"}.get(q.quantity)
        left = self.format.word(QUANTITY_RULES[q.quantity].left if word is None else word)
        return [*self._before(), *(Chain(left, self.chain_lines(d)) for d in q.derivations)]

    def equals(self, chain: Chain) -> str:
        """W_out = 24: what comes out in the same way."""
        return self._inline(f"{chain.also} = {chain.lines[-1]}") + "."

    def _sizes(self) -> list[Chain]:
        chains: dict[tuple[str, ...], Chain] = {}
        for d in self.question.derivations:
            if isinstance(d.rule, (Symbol, Number)):
                continue
            lines = self.chain_lines(d)
            left = self.formula(Symbol(OUTPUT_LETTERS.get(d.axis, "n_out")))
            alike = chains.get(tuple(lines[1:]))
            chains[tuple(lines[1:])] = Chain(left, lines) if alike is None else alike._replace(also=left)
        return list(chains.values())

    def _before(self) -> list[Chain]:
        """What has to be known first: the multiply-accumulates for FLOPs, the parameters for their bytes."""
        q = self.question
        if q.node is None or q.quantity not in ("flops", "memory"):
            return []
        rules = q.node.derived.rules.parameters if q.quantity == "memory" else q.node.derived.macs
        word = "parameters" if q.quantity == "memory" else "MACs"
        return [Chain(self.format.word(word), self.chain_lines(q.derivation("", bound(rules, q.point))))]

    @property
    def key(self) -> str:
        return self.content(self.question.key)

    @property
    def layer_lines(self) -> list[tuple[str, str]]:
        """The layers with parameters, each with its computation."""
        lines = []
        for term in self.course.total("params").terms:
            derivation = self.question.derivation("", bound(term.rule, self.question.point))
            if derivation.value != 0:
                lines.append((self.format.named(term.task.node.name), self.one_line(derivation, None, "substitution")))
        return lines

    @property
    def total_lines(self) -> list[str]:
        values = (_at(value, self.question.point) for value in self.course.total("params").values)
        terms = [as_formula(value) for value in values if value != 0]
        whole = self.question.key[0]
        assert not isinstance(whole, str)
        return [self.broken(total(terms)), self.formula(whole)] if len(terms) > 1 else [self.formula(whole)]

    @property
    def both_totals(self) -> list[tuple[str, list[str]]]:
        """The totals of two designs, layer by layer."""
        assert self._other is not None
        rows = []
        for course, letter, point in ((self.course, "A", "first"), (self._other, "B", "second")):
            values = (_at(value, self.more[point]) for value in course.total("params").values)
            terms = [as_formula(value) for value in values if value != 0]
            lines = dict.fromkeys([self.broken(total(terms)), self.formula(simplified(total(terms)))])
            rows.append((self.formula(Symbol(f"P_{letter}")), list(lines)))
        return rows

    @property
    def first_count(self) -> str:
        return self.number(self.more["counts"][0])

    @property
    def second_count(self) -> str:
        return self.number(self.more["counts"][1])

    @property
    def equations(self) -> Iterator[tuple[str, str]]:
        """The equation for an unknown, line by line."""
        unknown: Symbol = self.more["symbol"]
        (rule,) = self.question.rules
        free = freed(rule, unknown, self.more["names"])
        known = put_in(free)
        count = self.question.derivations[0].value
        assert isinstance(count, int)
        yield self._inline(f"{self.formula(free)} = {self.formula(count)}"), ""
        for line in equations_to(known, unknown.name, Target(amount("params"), "==", count)):
            yield self._inline(f"{self.formula(line.left)} = {self.formula(line.right)}"), line.note

    @property
    def answer_equation(self) -> str:
        assert not isinstance(self.question.key, str)
        return self.equation(self.more["symbol"], self.question.key[0])

    @property
    def check(self) -> str:
        return self.one_line(self.question.derivations[0], None, "substitution")

    @property
    def made(self) -> str:
        wrong: Wrong = self.more["made"]
        (one,) = wrong.made
        told = f"What the student is told: {one.explanation}."
        return prose(f"{capital(one.name)}. {told} {capital(one.repair)}.", self.format)

    @property
    def both(self) -> list[tuple[str, list[str]]]:
        """The claimed way and the right one."""
        wrong: Wrong = self.more["made"]
        rows = []
        for d, rule in zip(self.question.derivations, wrong.rules, strict=True):
            claimed = self.question.derivation(d.axis, bound(rule, self.question.point))
            if claimed.rule != d.rule:
                rows.append((self.format.word("claimed"), self.chain_lines(claimed)))
                rows.append((self.format.word("right"), self.chain_lines(d)))
        return rows

    @property
    def verdict(self) -> str:
        about = self.more["about"]
        return prose(f"{self.question.key}: {about.repair}.", self.format)


def _counting(course: Course) -> str:
    convention = course.network.convention
    return f" (as {_FRAMEWORKS[convention]} counts, {_ORDERS[convention]})"


def _once(rules: Sequence[Formula]) -> list[Symbol]:
    """The symbols of rules, each once, in reading order."""
    return list({s.name: s for rule in rules for s in symbols(rule)}.values())


def _at(value: Value, point: Mapping[str, int]) -> Value:
    """A value with the numbers of a variant."""
    return simplified(bound(value, point)) if isinstance(value, Formula) else value
