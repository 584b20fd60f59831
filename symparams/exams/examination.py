"""A bank of questions: which are asked about which networks, in which order, in how many variants."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import chain, islice
from typing import NamedTuple

from symparams import limits
from symparams.errors import SymparamsError, listed, nearest
from symparams.exams.course import Course
from symparams.exams.credit import Credit
from symparams.exams.kind import Kind
from symparams.exams.kinds import KINDS
from symparams.exams.plan import Plan
from symparams.exams.question import AnswerType, Question
from symparams.exams.spread import spread
from symparams.exams.supply import Supply

USUAL = tuple(kind.name for kind in KINDS.values() if kind.usual)
TYPES: tuple[AnswerType, ...] = ("number", "shape", "formula", "choice")
_LEVELS = re.compile(r"([1-5])(?:\.\.([1-5]))?")
MOST = 1_000_000  # questions of a bank
SEEDS = 2**63 - 1  # the largest seed
FADED = 20  # steps that can be left out
_MANY = 10  # questions, if no number is asked for


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
    credit: Credit = Credit()  # what wrong answers are worth

    def __post_init__(self) -> None:
        check_number("questions", 1 if self.questions is None else self.questions, 1, MOST)
        check_number("variants", self.variants, 1, MOST)
        check_number("seed", self.seed, 0, SEEDS)
        check_number("fade", self.fade, 0, FADED)


def check_number(name: str, value: object, least: int, most: int | None = None) -> None:
    """Raise SymparamsError for what is no number that an exam can be made with."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least or (most is not None and value > most):
        span = f"at least {least:,}" if most is None else f"from {least:,} to {most:,}"
        raise SymparamsError(f"{name}: a number {span} is expected, not {str(value)[:40]}")


def levels_of(given: int | str | tuple[int, int]) -> tuple[int, int]:
    """The easiest and the hardest level of 3, of "2..4" or of (2, 4)."""
    text = "..".join(map(str, given)) if isinstance(given, tuple) else str(given).strip()
    span = _LEVELS.fullmatch(text)
    if span is None or int(span[2] or span[1]) < int(span[1]):
        raise SymparamsError(f"a level is a number from 1 to 5, or two of them as 2..4, not {text[:40]}")
    return int(span[1]), int(span[2] or span[1])


class _Lap(NamedTuple):
    """Questions that ask the same plans in turn, round after round."""

    first: int  # of its questions, variants not counted
    before: int  # how often each of the plans has been asked before
    plans: tuple[int, ...]


class Examination:
    """The questions on some networks, drawn by their numbers."""

    def __init__(self, courses: Sequence[Course], wanted: Wanted) -> None:
        self.courses = tuple(courses)
        self.wanted = wanted
        for course, rival in zip(self.courses, self.courses[1:], strict=False):
            course.rival = rival
        self.plans = self._plans()
        rows: Counter[tuple[Course, str]] = Counter()
        for plan in self.plans:
            if plan.answer_type == "choice":
                plan.turn = rows[plan.course, plan.row]
                rows[plan.course, plan.row] += 1
        self._supplies = [Supply(plan, wanted.seed) for plan in self.plans]
        self._laps, self._slots = self._in_laps()

    @property
    def total(self) -> int:
        """How many questions there are, all variants counted."""
        return self._slots * self.wanted.variants

    @property
    def request(self) -> str:
        """A hash of all that decides the questions."""
        w = self.wanted
        words = [w.questions, w.variants, w.seed, *w.kinds, *w.levels, w.fade, *w.credit.words, *sorted(w.answer_types)]
        words += [repr((c.identity, c.title, c.settings, sorted(c.given.items(), key=str))) for c in self.courses]
        return blake2b("\x1f".join(map(str, words)).encode(), digest_size=16).hexdigest()

    @property
    def asked(self) -> list[Plan]:
        """The plans that have questions, in their order."""
        return [self.plans[i] for i in dict.fromkeys(i for lap in self._laps for i in lap.plans)]

    def questions(self) -> Iterator[Question]:
        """All questions."""
        return map(self.question, range(self.total))

    def question(self, number: int) -> Question:
        """The question of a number, from 0: all variants of the first one come first, then those of the second …"""
        slot, variant = divmod(number, self.wanted.variants)
        lap = next(lap for lap in reversed(self._laps) if lap.first <= slot)
        turn, which = divmod(slot - lap.first, len(lap.plans))
        supply = self._supplies[lap.plans[which]]
        question = supply.variant((lap.before + turn) * self.wanted.variants + variant)
        if question is None:
            where = f" on {supply.plan.node.name}" if supply.plan.node is not None else ""
            raise SymparamsError(f"there are no more variants of the question {supply.plan.kind}{where}")
        return self._faded(question)

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
            each = [_plans_of(kind, course, t) for course in self.courses for t in allowed]
            by_kind.append(self._fitting(chain.from_iterable(each)))
        every = list(chain.from_iterable(by_kind))
        distinct = list({plan.words: plan for plan in reversed(every)}.values())[::-1]  # one network may be named twice
        if not distinct:
            raise SymparamsError(self._none())
        return distinct

    def _fitting(self, plans: Iterable[Plan]) -> list[Plan]:
        low, high = self.wanted.levels
        fitting = [plan for plan in plans if low <= plan.difficulty <= high]
        if self.wanted.fade:
            fitting = [plan for plan in fitting if plan.answer_type == "number" and KINDS[plan.kind].fades]
        return fitting

    def _none(self) -> str:
        """That there is no question at all, and what may be the cause."""
        if not self.wanted.kinds:
            return f"no kind of question is named; the choices are {', '.join(KINDS)}"
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

    def _in_laps(self) -> tuple[list[_Lap], int]:
        """Which plans are asked, and how many questions that makes: all in turn, each as long as it has variants."""
        wanted, variants = self.wanted.questions, self.wanted.variants
        most = _MANY if wanted is None else wanted
        laps: list[_Lap] = []
        slots = rounds = 0  # so far
        live = list(islice(spread(self.plans, self.wanted.seed, self._has_variants), most))
        while live and slots < most and (wanted is not None or not rounds):
            whole = (most - slots) // len(live) if wanted is not None else min(1, most // len(live))
            if whole:
                has = {i: self._supplies[i].available((rounds + whole) * variants) // variants for i in live}
                end = min(has.values())
                asked, live = live, [i for i in live if has[i] > end or end == rounds + whole]
            else:  # less than a round is left: no more plans are looked at than are needed
                end = rounds + 1
                having = (i for i in live if self._supplies[i].available(end * variants) >= end * variants)
                asked = live = list(islice(having, most - slots))
            if asked and end > rounds:
                laps.append(_Lap(slots, rounds, tuple(asked)))
            slots += (end - rounds) * len(asked)
            rounds = end
        if not slots or (wanted is not None and slots < wanted):
            raise SymparamsError(self._too_few(slots))
        return laps, slots

    def _has_variants(self, i: int) -> bool:
        """Whether a plan gives one question with all variants that are asked for."""
        return self._supplies[i].available(self.wanted.variants) >= self.wanted.variants

    def _too_few(self, found: int) -> str:
        """How many there are instead of what was asked for."""
        for course in self.courses:
            if course.ranges:
                course.check_ranges()
        variants = self.wanted.variants
        if not found and not any(supply.counted() for supply in self._supplies):
            return self._none()
        if variants > 1 and not found:
            most = max(supply.counted() for supply in self._supplies)
            return f"{variants:,} variants of each question are asked for, but no question has more than {most:,}"
        several = f" with {variants:,} variants each" if variants > 1 else ""
        asked = f"{self.wanted.questions:,} questions{several} are asked for"
        return f"{asked}, but there are only {found:,} different ones; wider ranges of letters give more"


def kind_named(text: str) -> tuple[Kind, tuple[AnswerType, ...]]:
    """A kind and the types of answers asked for: `params`, or `params:choice`."""
    name, _, wanted = text.partition(":")
    kind = KINDS.ask(name)
    if kind is None:
        near = nearest(name, KINDS.names()) or f"; the choices are {', '.join(KINDS.names())}"
        raise SymparamsError(f"there is no kind of question `{name[:60]}`{near}")
    types = tuple(t for t in kind.types if not wanted or t == wanted)
    if not types:
        raise SymparamsError(
            f"questions of the kind {name} are answered by {listed(kind.types, 'or')}, not {wanted[:60]}"
        )
    return kind, types


def _plans_of(kind: Kind, course: Course, answer_type: AnswerType) -> list[Plan]:
    with limits.work(len(course.network.nodes)):
        plans = list(kind.plans(course, answer_type))
    if not all(isinstance(plan, Plan) and plan.kind == kind.name for plan in plans):
        raise SymparamsError(f"the kind of question {kind.name} makes plans under another name")
    return plans
