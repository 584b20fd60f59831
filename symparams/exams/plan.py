"""A question before its values are drawn: what one kind asks of one layer or network."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from hashlib import blake2b
from typing import Any

from symparams import limits
from symparams.algebra.compiling import Evaluator, Exact, compiled
from symparams.algebra.formula import Formula, Value, as_formula
from symparams.errors import SymparamsError
from symparams.exams.course import Course
from symparams.exams.drawing import Draws, number_from
from symparams.exams.question import AnswerType, Content, Option, Question, Wrong, at_point
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.mistakes import Mistake
from symparams.model.network import Node
from symparams.questions.points import Point

FEWEST, USUAL, MOST = 4, 4, 5  # options of a choice
_CANDIDATES = 16  # mistakes that are looked at for one question, besides single ones


@dataclass(kw_only=True)
class Plan:
    """One question of one kind; its variants differ in the values of the letters."""

    kind: str  # params, total, shape …
    course: Course
    answer_type: AnswerType
    difficulty: int  # 1 … 5
    node: Node | None = None  # the layer that it asks about; None: the whole network
    quantity: str = "params"
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

    def variants(self, seed: int) -> Iterator[Question]:
        """All variants, each once, in an order that the seed decides."""
        number = 0
        accepts = self.course.accepts
        resting = self.course.resting
        for drawn in Draws(self.ranges, number_from(seed, *self.words)):
            point = {**resting, **drawn}
            if self.ranges and not accepts(point):
                continue
            question = self.question(point, number, seed)
            if question is not None:
                number += 1
                yield question

    def shown_letters(self, point: Point) -> Point:
        """The values that a student of the variant sees."""
        return {name: point[name] for name in self.ranges}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wrong answer before its values are drawn."""

    made: tuple[Misconception, ...]
    rules: tuple[Formula, ...]
    values: tuple[Evaluator, ...]  # of the rules
    carried: bool = False  # as in Mistake
    layers: tuple[str, ...] = ()  # as in Mistake


def candidate(mistake: Mistake) -> Candidate:
    """A mistake, made ready for drawing."""
    return Candidate(mistake.made, mistake.rules, tuple(map(compiled, mistake.rules)), mistake.carried, mistake.layers)


@dataclass(kw_only=True)
class Computed(Plan):
    """A question whose answer is worked out by rules: a count, a size, a quantity."""

    rules: tuple[Formula, ...]  # the right ones, with the letters of the network
    axes: tuple[str, ...] = ("",)
    candidates: tuple[Candidate, ...] = ()  # the likeliest first
    points: int = 1

    @cached_property
    def _right(self) -> tuple[Evaluator, ...]:
        return tuple(map(compiled, self.rules))

    def question(self, point: Point, number: int, seed: int) -> Question | None:
        key = _values(self._right, point)
        if key is None or any(not isinstance(value, int) or value < 0 for value in key):
            return None
        mistakes = self._mistakes(key, point)
        if mistakes is None:
            return None
        options: tuple[Option, ...] = ()
        if self.answer_type == "choice":
            options = self.options(key, mistakes, number, seed)
            if len(options) < FEWEST:
                return None
        return self.made(key, options, mistakes, point)

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
            tuple(at_point(rule, point) for rule in self.rules),
            self.axes,
            options,
            () if options else tuple(mistakes),
            self.difficulty,
            self.identity(point),
            self.local,
            self.more,
        )

    def _mistakes(self, key: tuple[Value, ...], point: Point) -> list[Wrong] | None:
        """The wrong answers, each once; None if a single misconception gives the right one by luck."""
        seen: set[tuple[Exact, ...]] = set()
        found: list[Wrong] = []
        for c in self.candidates:
            value = _values(c.values, point)
            if value is None:
                continue
            if value == key:
                if len(c.made) == 1 and not c.carried:
                    return None
                continue
            if value not in seen:
                seen.add(value)
                found.append(Wrong(value, _credit(c), c.made, c.rules, c.carried, c.layers))
        return found

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
    return sorted(range(count), key=lambda i: number_from(start, count, block, i))[turn]


def plausible(content: Content) -> bool:
    """Whether an answer looks like one: whole and positive."""
    return isinstance(content, str) or all(
        not isinstance(v, (int, Fraction)) or (isinstance(v, int) and v > 0) for v in content
    )


def chosen(key: Content, mistakes: Sequence[Wrong], wanted: int, luck: int) -> list[Wrong]:
    """So many wrong answers, the likeliest preferred, so that the key is not always the largest."""
    if len(mistakes) <= wanted:
        found = list(mistakes)
    else:
        pool = list(mistakes[: wanted + 3])
        start = luck // 7 % len(pool)
        found = (pool[start:] + pool[:start])[:wanted]
        larger = [w for w in mistakes if _larger(w.content, key)]
        if larger and luck % 2 and not any(_larger(w.content, key) for w in found):
            found[-1] = larger[luck // 5 % len(larger)]
    order = sorted(range(len(found)), key=lambda i: number_from(luck, i))
    return [found[i] for i in order]


def _larger(content: Content, key: Content) -> bool:
    return (
        isinstance(content, tuple) and isinstance(key, tuple) and len(content) == len(key) == 1
        and isinstance(content[0], (int, Fraction)) and isinstance(key[0], (int, Fraction)) and content[0] > key[0]
    )  # fmt: skip


def _values(evaluators: Iterable[Evaluator], point: Point) -> tuple[Exact, ...] | None:
    """What rules give at a point; None where one gives nothing, or has a letter that is not drawn."""
    try:
        return tuple(_whole(of(point)) for of in evaluators)
    except (SymparamsError, KeyError):
        return None


def _whole(value: Exact) -> Exact:
    """A fraction that is a whole number as a whole number: they are written differently."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def _credit(c: Candidate) -> Fraction:
    """A single mistake has its own credit, two have half of the smaller one."""
    credits = [made.credit for made in c.made]
    return credits[0] if len(credits) == 1 else min(credits) / 2


def candidates(course: Course, mistakes: Iterable[Mistake], rules: tuple[Formula, ...]) -> tuple[Candidate, ...]:
    """Mistakes that differ from the right rules and from one another somewhere."""
    right = tuple(map(compiled, rules))
    points = course.points
    seen = {tuple(_values(right, p) for p in points)}
    found: list[Candidate] = []
    for mistake in mistakes:
        c = candidate(mistake)
        gives = tuple(_values(c.values, p) for p in points)
        if gives not in seen and None not in gives:
            seen.add(gives)
            single = len(c.made) == 1 and not c.carried and not c.layers
            if len(found) < _CANDIDATES or single:  # of single ones all: none may give the right answer by luck
                found.append(c)
            else:
                break
    return tuple(found)


def all_mistakes(
    course: Course, index: int, quantity: str, *, local: bool = False, enough: int = 8
) -> Iterator[Mistake]:
    """The single mistakes of a task, those that are carried on, and pairs where these are too few.

    Where the question is `local` they are those of somebody who sees nothing but the layer and what arrives.
    """
    limits.begin_work(len(course.network.nodes))
    mistakes = course.alone(index) if local else course.mistakes
    task = mistakes.tasks.of(len(mistakes.network.nodes) - 1 if local else index, quantity)
    count = 0
    for mistake in (*mistakes.singles(task), *mistakes.carried(task)):
        count += 1
        yield mistake
    if count < enough:
        yield from mistakes.pairs(task)


def as_formulas(values: Iterable[Value]) -> tuple[Formula, ...]:
    """Numbers as formulas."""
    return tuple(map(as_formula, values))
