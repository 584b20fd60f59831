"""A bank of questions: which are asked about which networks, in which order, in how many variants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import chain, islice, zip_longest

from symparams.errors import SymparamsError, listed, nearest
from symparams.exams.course import Course
from symparams.exams.drawing import Draws
from symparams.exams.kind import Kind
from symparams.exams.kinds import KINDS
from symparams.exams.plan import Plan
from symparams.exams.question import AnswerType, Question

USUAL = ("params", "shape", "macs", "field", "total", "blank", "inverse", "formula", "mistake", "compare", "truth")
TYPES: tuple[AnswerType, ...] = ("number", "shape", "formula", "choice")
_MANY = 10  # questions, if no number is asked for
_SURELY = 20  # so many combinations of values for each variant that is wanted are taken to be enough
_SAMPLE = 20  # if so many variants come out of them
_FADING = ("params", "macs", "flops", "memory", "activations", "cache", "field")  # kinds whose solutions can fade


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a bank is to hold."""

    questions: int | None = None  # None: one of each kind and layer, at most 10
    variants: int = 1  # of each question
    seed: int = 0
    kinds: tuple[str, ...] = USUAL  # names, each perhaps with a type behind a colon: params:choice
    levels: tuple[int, int] = (1, 5)  # the easiest and the hardest
    fade: int = 0  # how many of the last steps of solutions are left out, to be filled in
    answer_types: frozenset[AnswerType] = field(default_factory=lambda: frozenset(TYPES))  # that the format can ask for


class Examination:
    """The questions on some networks."""

    def __init__(self, courses: Sequence[Course], wanted: Wanted) -> None:
        self.courses = tuple(courses)
        self.wanted = wanted
        for course, rival in zip(self.courses, self.courses[1:], strict=False):
            course.rival = rival
        self.plans = self._plans()
        self.slots = self._slots()

    @property
    def total(self) -> int:
        """How many questions there are, all variants counted."""
        return len(self.slots) * self.wanted.variants

    @property
    def request(self) -> str:
        """A hash of all that decides the questions."""
        w = self.wanted
        words = [w.questions, w.variants, w.seed, *w.kinds, *w.levels, w.fade, *sorted(w.answer_types)]
        words += [repr((c.identity, c.title, c.settings, sorted(c.given.items(), key=str))) for c in self.courses]
        return blake2b("\x1f".join(map(str, words)).encode(), digest_size=16).hexdigest()

    def questions(self, start: int = 0) -> Iterator[Question]:
        """All questions from an index on: every variant of the first, then of the second …"""
        running: dict[int, Iterator[Question]] = {}
        for slot, number in enumerate(self.slots):
            if number not in running:
                running[number] = self.plans[number].variants(self.wanted.seed)
            count = 0
            for question in islice(running[number], self.wanted.variants):
                if slot * self.wanted.variants + count >= start:
                    yield self._faded(question)
                count += 1
            if count < self.wanted.variants:
                where = f" on {question.node.name}" if question.node is not None else ""
                raise SymparamsError(f"there are no more variants of the question {self.plans[number].kind}{where}")

    def papers(self) -> list[list[Question]]:
        """The questions of each paper: the i-th variant of every question."""
        every = list(self.questions())
        return [every[i :: self.wanted.variants] for i in range(self.wanted.variants)]

    def _faded(self, question: Question) -> Question:
        fade = self.wanted.fade
        return replace(question, fade=fade, identity=f"{question.identity}-f{fade}") if fade else question

    # ------------------------------------------------------------ which questions

    def _plans(self) -> list[Plan]:
        by_kind: list[list[Plan]] = []
        asked: set[tuple[str, AnswerType]] = set()
        for name in self.wanted.kinds:
            kind, types = kind_named(name)
            allowed = [t for t in types if t in self.wanted.answer_types and (kind.name, t) not in asked]
            asked |= {(kind.name, t) for t in allowed}
            each = [list(kind.plans(course, t)) for course in self.courses for t in allowed]
            by_kind.append(self._fitting(_alternating(each)))
        found = [plan for plans in zip_longest(*by_kind) for plan in plans if plan is not None]
        if not found:
            raise SymparamsError(self._none())
        return found

    def _fitting(self, plans: list[Plan]) -> list[Plan]:
        low, high = self.wanted.levels
        fitting = [plan for plan in plans if low <= plan.difficulty <= high]
        if self.wanted.fade:
            fitting = [plan for plan in fitting if plan.answer_type == "number" and plan.kind in _FADING]
        return fitting

    def _none(self) -> str:
        """That there is no question at all, and what may be the cause."""
        if not self.wanted.kinds:
            return f"no kind of question is named; there are {', '.join(KINDS)}"
        for course in self.courses:
            if course.ranges:
                course.check_ranges()
        low, high = self.wanted.levels
        what = f"of the kind{'s' if len(self.wanted.kinds) > 1 else ''} {listed(self.wanted.kinds, 'or')}"
        level = "" if (low, high) == (1, 5) else f" of level {low}" if low == high else f" of levels {low} to {high}"
        faded = f" whose solution has {self.wanted.fade} steps to fade" if self.wanted.fade else ""
        where = listed([c.source.name for c in self.courses])
        return f"there is no question {what}{level}{faded} on {where}{self._cause()}"

    def _cause(self) -> str:
        """What keeps questions away: a format, or letters."""
        types = dict.fromkeys(t for name in self.wanted.kinds for t in kind_named(name)[1])
        unmarked = [t for t in types if t not in self.wanted.answer_types]
        if unmarked:
            return f"; this format cannot mark answers of the type {listed(unmarked, 'or')}"
        letters = list(dict.fromkeys(letter for c in self.courses for letter in c.open_letters))
        if not letters:
            return ""
        has = "has no value and no range" if len(letters) == 1 else "have no values and no ranges"
        return f"; {listed(letters)} {has}, as `range {letters[0]} in 8, 16, 32` gives one"

    def _slots(self) -> list[int]:
        """The plan of each question: all in turn, again and again while they have variants."""
        wanted, variants = self.wanted.questions, self.wanted.variants
        supplies = [_Supply(plan, self.wanted.seed) for plan in self.plans]
        most = _MANY if wanted is None else wanted
        found: list[int] = []
        while len(found) < most:
            before = len(found)
            for i, supply in enumerate(supplies):
                if len(found) < most and supply.has(supply.used + variants):
                    supply.used += variants
                    found.append(i)
            if len(found) == before or wanted is None:
                break
        if not found or (wanted is not None and len(found) < wanted):
            raise SymparamsError(self._too_few(supplies, found))
        return found

    def _too_few(self, supplies: Sequence[_Supply], found: Sequence[int]) -> str:
        """How many there are instead of what was asked for."""
        for course in self.courses:
            if course.ranges:
                course.check_ranges()
        variants = self.wanted.variants
        if not found and not any(supply.counted() for supply in supplies):
            return self._none()
        if variants > 1 and not found:
            most = max(supply.counted() for supply in supplies)
            return f"{variants:,} variants of each question are asked for, but no question has more than {most:,}"
        several = f" with {variants:,} variants each" if variants > 1 else ""
        asked = f"{self.wanted.questions:,} questions{several} are asked for"
        return f"{asked}, but there are only {len(found):,} different ones; wider ranges of letters give more"


class _Supply:
    """How many variants a plan has, counted as far as somebody wants to know."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.used = 0  # by the questions so far
        self._stream = plan.variants(seed)
        self._space = Draws(plan.ranges, 0).count
        self._count = 0

    def has(self, count: int) -> bool:
        """Whether there are so many; taken for granted where there are far more combinations of values."""
        enough = min(count, _SAMPLE) if self._space >= _SURELY * count else count
        while self._count < enough and next(self._stream, None) is not None:
            self._count += 1
        return self._count >= enough

    def counted(self) -> int:
        """All of them."""
        self._count += sum(1 for _ in self._stream)
        return self._count


def kind_named(text: str) -> tuple[Kind, tuple[AnswerType, ...]]:
    """A kind and the types of answers asked for: `params`, or `params:choice`."""
    name, _, wanted = text.partition(":")
    if name not in KINDS:
        near = nearest(name, KINDS) or f"; there are {', '.join(KINDS)}"
        raise SymparamsError(f"there is no kind of question `{name[:60]}`{near}")
    kind = KINDS[name]
    types = tuple(t for t in kind.types if not wanted or t == wanted)
    if not types:
        raise SymparamsError(
            f"questions of the kind {name} are answered by {listed(kind.types, 'or')}, not {wanted[:60]}"
        )
    return kind, types


def _alternating(by_type: Sequence[Sequence[Plan]]) -> list[Plan]:
    """The plans of all types and networks: each layer first in one of the types, the next one in another."""
    rows = [[plan for plan in row if plan is not None] for row in zip_longest(*by_type)]
    turned = [row[i % len(row) :] + row[: i % len(row)] for i, row in enumerate(rows)]
    return [row[0] for row in turned] + list(chain.from_iterable(row[1:] for row in turned))
