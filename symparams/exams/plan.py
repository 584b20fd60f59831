"""A question before its values are drawn: what one kind asks of one layer or network."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from itertools import islice
from typing import Any, ClassVar

from symparams.algebra.evaluation import Exact, Point, RuleGroups
from symparams.algebra.formula import Formula, Symbol
from symparams.exams.candidates import Candidate
from symparams.exams.choosing import FEWEST, Turn, options
from symparams.exams.course import Course
from symparams.exams.fillers import near_numbers
from symparams.exams.question import AnswerType, Content, Option, Question, Wrong
from symparams.exams.told import numbers_of_layer, numbers_of_network, numbers_of_summary
from symparams.exams.values import bound
from symparams.model.network import Node
from symparams.quantities.quantity import QUANTITY_RULES
from symparams.questions.points import number_from

_SHOWN = 16  # wrong answers that a question knows


@dataclass(kw_only=True)
class Plan:
    """One question of one kind; its variants differ in the values of the letters."""

    row: ClassVar[str] = "sizes"  # of choices among which the key has every place and every rank equally often

    kind: str  # params, total, shape …
    course: Course  # the network that it is about
    answer_type: AnswerType  # how it is answered
    difficulty: int  # 1 … 5
    node: Node | None = None  # the layer that it asks about; None: the whole network
    quantity: str = "params"  # that is asked for
    ranges: Mapping[str, Sequence[int]] = field(default_factory=dict)  # of the letters that are drawn for it
    local: bool = False  # whether only the layer and what arrives is shown
    summary: bool = False  # whether the sizes and counts of all other layers are shown
    more: Mapping[str, Any] = field(default_factory=dict)  # what its kind wants to say besides
    turn: int = 0  # where it stands in its row of choices, from 0

    @abstractmethod
    def question(self, point: Point, number: int, seed: int) -> Question | None:
        """The variant with these values; None if it would be no good question."""

    @cached_property
    def words(self) -> tuple[object, ...]:
        """What makes it different from other questions."""
        name = "" if self.node is None else self.node.name
        more = tuple(f"{key}={value}" for key, value in sorted(self.more.items()) if isinstance(value, (str, int)))
        return (self.kind, self.answer_type, self.course.identity, name, self.quantity, *more)

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers that it asks about; () where it asks about the whole network only."""
        return () if self.node is None else (self.node.name,)

    @property
    def subject(self) -> tuple[str, ...]:
        """What it is about: a layer, or what its kind asks about the whole network."""
        return (self.course.identity, self.kind) if self.node is None else (self.course.identity, self.node.name)

    @property
    def form(self) -> tuple[object, ...]:
        """What is equal for stems that differ in nothing but numbers and names."""
        return (self.kind, self.quantity, self.local, self.node is None)

    @property
    def matter(self) -> tuple[object, ...]:
        """What is asked, whatever the layer is called: equal for layers that are built alike on equal input."""
        if self.node is None:
            return self.words
        return (*self.words[:3], self.node.derived, *self.words[4:])

    @property
    def _wording(self) -> tuple[str, ...]:
        """What the stem says otherwise than it once did: other words for layers, other ways to show networks."""
        if self.local:
            return ("settings",)
        show = self.course.show
        folded = ("folded",) if show == "table" and self.course.is_long else ()
        return () if show == "language" else (f"show={show}", *folded)

    def identity(self, point: Point, *drawn: object) -> str:
        """A stable name, the same for the same question only; `drawn` is what is left to luck beside the letters."""
        values = (f"{name}={point[name]}" for name in self.ranges)
        text = "\x1f".join(map(str, [*self.words, *self._wording, *values, *drawn]))
        return f"q-{blake2b(text.encode(), digest_size=8).hexdigest()}"

    def in_turn(self, number: int, seed: int) -> Turn:
        """Where a variant stands in its row of choices."""
        return Turn(self.turn + number, number_from(seed, self.course.identity, self.row))

    def variant(self, drawn: Point, number: int, seed: int) -> Question | None:
        """The question with values that were drawn; None where they do not fit, or make no good question."""
        point = {**self.course.resting, **drawn}
        if self.ranges and not self.course.accepts(point):
            return None
        question = self.question(point, number, seed)
        return None if question is None or self._is_told(question.key, point) else question

    def _is_told(self, key: Content, point: Point) -> bool:
        """Whether the stem says the answer already."""
        if not isinstance(key, tuple) or len(key) != 1:
            return False
        return isinstance(key[0], Symbol) or (isinstance(key[0], int) and key[0] in self.told(point))

    def told(self, point: Point) -> frozenset[int]:
        """The numbers in the stem."""
        rule = QUANTITY_RULES.get(self.quantity)
        size = {self.course.settings.size} if rule is not None and rule.in_bytes else frozenset()
        if self.local and self.node is not None:
            return numbers_of_layer(self.node, point) | size
        shown = numbers_of_network(self.course, point) | size
        return shown | numbers_of_summary(self.course, point, self.node) if self.summary else shown


@dataclass(kw_only=True)
class Computed(Plan):
    """A question whose answer is worked out by rules: a count, a size, a quantity."""

    rules: tuple[Formula, ...]  # the right ones, with the letters of the network
    axes: tuple[str, ...] = ("",)
    mistakes: Callable[[], Iterable[Candidate]] = tuple  # the likeliest first; looked for when the plan is used

    @property
    def matter(self) -> tuple[object, ...]:
        return (*super().matter, self.rules)  # a receptive field depends on the layers before

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The wrong answers that it may have."""
        return tuple(self.mistakes())

    @cached_property
    def _together(self) -> RuleGroups:
        return RuleGroups([self.rules, *(c.rules for c in self.candidates)])

    def question(self, point: Point, number: int, seed: int) -> Question | None:
        drawn = self.drawn(point)
        if drawn is None:
            return None
        key, mistakes = drawn
        options: tuple[Option, ...] = ()
        if self.answer_type == "choice":
            options = self.options(key, mistakes, number, seed, point)
            if len(options) < FEWEST:
                return None
        return self.made(key, options, mistakes, point)

    def drawn(self, point: Point) -> tuple[tuple[Exact, ...], list[Wrong]] | None:
        """The key with these values and the wrong answers, each once.

        None if the key is no answer, or if a single misconception gives it by luck.
        """
        key, *others = self._together.at(point)
        if key is None or any(not isinstance(value, int) or value < 0 for value in key):
            return None
        candidates_by_value: dict[tuple[Exact, ...], Candidate] = {}
        for c, value in zip(self.candidates, others, strict=True):
            if value == key:
                if len(c.made) == 1 and not c.carried:
                    return None
            elif value is not None:
                candidates_by_value.setdefault(value, c)
        shown = islice(candidates_by_value.items(), _SHOWN)
        return key, [Wrong(value, c.credit, c.made, c.rules, c.carried, c.layers) for value, c in shown]

    def made(self, key: Content, options: tuple[Option, ...], mistakes: Iterable[Wrong], point: Point) -> Question:
        """The question, with its rules bound to the values."""
        return Question(
            self.kind,
            self.answer_type,
            self.course,
            self.node,
            self.quantity,
            point,
            key,
            tuple(bound(rule, point) for rule in self.rules),
            self.axes,
            options,
            () if options else tuple(mistakes),
            self.difficulty,
            self.identity(point),
            self.local,
            self.more,
        )

    def options(
        self, key: Content, mistakes: Sequence[Wrong], number: int, seed: int, point: Point | None = None
    ) -> tuple[Option, ...]:
        """The key among wrong answers, in each place and with each rank equally often; with what is near at a point."""
        return options(key, mistakes, self.in_turn(number, seed), lambda: self.near(key, mistakes, point))

    def near(self, key: Content, known: Sequence[Wrong], point: Point | None) -> Iterable[Wrong]:
        """Wrong answers that are only near, for where too few known ones are larger, or smaller, than the key."""
        return () if point is None or isinstance(key, str) else near_numbers(key, self.rules, point, known)
