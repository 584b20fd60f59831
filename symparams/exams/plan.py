"""A question before its values are drawn: what one kind asks of one layer or network."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from hashlib import blake2b
from itertools import islice
from typing import Any

from symparams.algebra.evaluation import Exact, Point, RuleGroups
from symparams.algebra.formula import Formula
from symparams.exams.candidates import Candidate
from symparams.exams.course import Course
from symparams.exams.draws import shuffled
from symparams.exams.question import AnswerType, Content, Option, Question, Wrong
from symparams.exams.values import bound
from symparams.model.network import Node
from symparams.questions.points import number_from

FEWEST, USUAL, MOST = 4, 4, 5  # options of a choice
_SHOWN = 16  # wrong answers that a question knows


@dataclass(kw_only=True)
class Plan:
    """One question of one kind; its variants differ in the values of the letters."""

    kind: str  # params, total, shape …
    course: Course  # the network that it is about
    answer_type: AnswerType  # how it is answered
    difficulty: int  # 1 … 5
    node: Node | None = None  # the layer that it asks about; None: the whole network
    quantity: str = "params"  # that is asked for
    ranges: Mapping[str, Sequence[int]] = field(default_factory=dict)  # of the letters that are drawn for it
    local: bool = False  # whether only the layer and what arrives is shown
    more: Mapping[str, Any] = field(default_factory=dict)  # what its kind wants to say besides

    @abstractmethod
    def question(self, point: Point, number: int, seed: int) -> Question | None:
        """The variant with these values; None if it would be no good question."""

    @property
    def words(self) -> tuple[object, ...]:
        """What makes it different from other questions."""
        name = "" if self.node is None else self.node.name
        more = tuple(f"{key}={value}" for key, value in sorted(self.more.items()) if isinstance(value, (str, int)))
        return (self.kind, self.answer_type, self.course.identity, name, self.quantity, *more)

    def identity(self, point: Point) -> str:
        """A stable name, the same for the same question only."""
        text = "\x1f".join([*map(str, self.words), *(f"{name}={point[name]}" for name in self.ranges)])
        return f"q-{blake2b(text.encode(), digest_size=8).hexdigest()}"

    def variant(self, drawn: Point, number: int, seed: int) -> Question | None:
        """The question with values that were drawn; None where they do not fit, or make no good question."""
        point = {**self.course.resting, **drawn}
        if self.ranges and not self.course.accepts(point):
            return None
        return self.question(point, number, seed)


@dataclass(kw_only=True)
class Computed(Plan):
    """A question whose answer is worked out by rules: a count, a size, a quantity."""

    rules: tuple[Formula, ...]  # the right ones, with the letters of the network
    axes: tuple[str, ...] = ("",)
    mistakes: Callable[[], Iterable[Candidate]] = tuple  # the likeliest first; looked for when the plan is used

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
            options = self.options(key, mistakes, number, seed)
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

    def options(self, key: Content, mistakes: Sequence[Wrong], number: int, seed: int) -> tuple[Option, ...]:
        """The key among wrong answers, at each place equally often."""
        start = number_from(seed, *self.words, "options")
        wanted = USUAL if number % (USUAL + MOST) < USUAL else MOST
        wrong = chosen(key, [w for w in mistakes if plausible(w.content)], wanted - 1, number_from(start, number))
        place = _place(start, number, len(wrong) + 1, wanted)
        options = [Option(w.content, w) for w in wrong]
        return (*options[:place], Option(key, None), *options[place:])


def _place(start: int, number: int, count: int, wanted: int) -> int:
    """Where the key stands: in a row of questions once at each place, in an order that nobody can guess."""
    block, turn = divmod(number, USUAL + MOST)
    if count == wanted:
        turn -= 0 if wanted == USUAL else USUAL
    else:
        block, turn = divmod(number, count)
    return shuffled(count, number_from(start, count, block))[turn]


def plausible(content: Content) -> bool:
    """Whether an answer looks like one: whole and positive."""
    return isinstance(content, str) or all(
        not isinstance(v, (int, Fraction)) or (isinstance(v, int) and v > 0) for v in content
    )


def chosen(key: Content, mistakes: Sequence[Wrong], wanted: int, luck: int) -> list[Wrong]:
    """So many wrong answers, the likeliest preferred, so that the key is not always the largest."""
    if len(mistakes) <= wanted:
        answers = list(mistakes)
    else:
        pool = list(mistakes[: wanted + 3])
        start = luck // 7 % len(pool)
        answers = (pool[start:] + pool[:start])[:wanted]
        larger = [w for w in mistakes if _larger(w.content, key)]
        if larger and luck % 2 and not any(_larger(w.content, key) for w in answers):
            answers[-1] = larger[luck // 5 % len(larger)]
    return [answers[i] for i in shuffled(len(answers), luck // 35)]


def _larger(content: Content, key: Content) -> bool:
    return (
        isinstance(content, tuple) and isinstance(key, tuple) and len(content) == len(key) == 1
        and isinstance(content[0], (int, Fraction)) and isinstance(key[0], (int, Fraction)) and content[0] > key[0]
    )  # fmt: skip
