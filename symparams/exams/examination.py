"""A bank of questions: which are asked about which networks, in which order, in how many variants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from symparams.errors import SymparamsError, listed
from symparams.exams.blueprint import BlueprintLine
from symparams.exams.course import Course
from symparams.exams.credit import Credit
from symparams.exams.filling import Filling
from symparams.exams.kinds import KINDS
from symparams.exams.missing import why_missing
from symparams.exams.plan import Plan
from symparams.exams.question import AnswerType, Question
from symparams.exams.selection import Selection, kind_named
from symparams.exams.spread import spread
from symparams.exams.supply import Found, Supply
from symparams.exams.wishes import Wishes, check_kinds

USUAL = tuple(kind.name for kind in KINDS.values() if kind.usual)
TYPES: tuple[AnswerType, ...] = ("number", "shape", "formula", "choice")
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
    has_named: bool = True  # whether somebody named these kinds, who then hears which of them cannot be had
    levels: tuple[int, int] = (1, 5)  # the easiest and the hardest
    fade: int = 0  # how many of the last steps of solutions are left out, to be filled in
    answer_types: frozenset[AnswerType] = field(default_factory=lambda: frozenset(TYPES))  # that the format can ask for
    credit: Credit = Credit()  # what wrong answers are worth
    layers: tuple[str, ...] = ()  # that are asked about, by any of their names; (): all, and the whole network
    without: tuple[str, ...] = ()  # that are not asked about
    blueprint: tuple[BlueprintLine, ...] = ()  # what each question is; (): as it comes

    def __post_init__(self) -> None:
        if self.blueprint and self.questions is not None:
            raise SymparamsError("a blueprint has a line for each question; leave the number of questions out")
        check_number("questions", 1 if self.questions is None else self.questions, 1, MOST)
        check_number("variants", self.variants, 1, MOST)
        check_number("seed", self.seed, 0, SEEDS)
        check_number("fade", self.fade, 0, FADED)


def check_number(name: str, value: object, least: int, most: int | None = None) -> None:
    """Raise SymparamsError for what is no number that an exam can be made with."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least or (most is not None and value > most):
        span = f"at least {least:,}" if most is None else f"from {least:,} to {most:,}"
        raise SymparamsError(f"{name}: a number {span} is expected, not {str(value)[:40]}")


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
        for course, rival in zip(self.courses, (*self.courses[1:], None), strict=True):
            course.rival = rival
        check_kinds(wanted.blueprint)
        selection = Selection(
            self.courses,
            layers=wanted.layers,
            without=wanted.without,
            levels=wanted.levels,
            fade=wanted.fade,
            types=wanted.answer_types,
        )
        self._selected = list(selection.of_kinds(self._kinds))
        self.plans = self._plans()
        rows: Counter[tuple[Course, str]] = Counter()
        for plan in self.plans:
            if plan.answer_type == "choice":
                plan.turn = rows[plan.course, plan.row]
                rows[plan.course, plan.row] += 1
        self._supplies: dict[int, Supply] = {}  # of plans that were looked at
        self._found = Found()
        self._laps, self._slots = self._by_blueprint() if wanted.blueprint else self._in_laps()

    @property
    def total(self) -> int:
        """How many questions there are, all variants counted."""
        return self._slots * self.wanted.variants

    @property
    def request(self) -> str:
        """A hash of all that decides the questions."""
        w = self.wanted
        words = [w.questions, w.variants, w.seed, *w.kinds, *w.levels, w.fade, *w.credit.words, *sorted(w.answer_types)]
        words += ["only", *w.layers, "not", *w.without, *(word for line in w.blueprint for word in line.words)]
        words += [
            repr((c.identity, c.title, c.settings, sorted(c.given.items(), key=str), c.show)) for c in self.courses
        ]
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
        supply = self._supply(lap.plans[which])
        question = supply.variant((lap.before + turn) * self.wanted.variants + variant)
        if question is None:
            where = f" on {supply.plan.node.name}" if supply.plan.node is not None else ""
            raise SymparamsError(f"there are no more variants of the question {supply.plan.kind}{where}")
        points = self.wanted.blueprint[slot].points if self.wanted.blueprint else None
        if points is not None:
            question = replace(question, worth=points)
        return self._faded(question)

    @property
    def notices(self) -> Iterator[str]:
        """Which of the kinds that somebody named have no question, and why, a sentence each."""
        asked = {(plan.kind, plan.answer_type) for plan in self.asked}
        places = {plan.words: i for i, plan in enumerate(self.plans)}
        kinds_by_why: dict[str, list[str]] = {}
        for selected in self._selected if self.wanted.has_named and not self.wanted.blueprint else ():
            here = [places[plan.words] for plan in selected.fitting]
            if any((plan.kind, plan.answer_type) in asked for plan in selected.every) or any(
                map(self._has_questions, here)
            ):
                continue
            most = max(map(self._available, here), default=0)
            why = why_missing(selected, self.courses, self.wanted.variants, most)
            kinds_by_why.setdefault(why, []).append(selected.name)
        for why, kinds in kinds_by_why.items():
            yield f"there is no question of the kind{'s' * (len(kinds) > 1)} {listed(kinds, 'or')}: {why}"

    def _faded(self, question: Question) -> Question:
        fade = self.wanted.fade
        return replace(question, fade=fade, identity=f"{question.identity}-f{fade}") if fade else question

    # ------------------------------------------------------------ which questions

    @property
    def _kinds(self) -> Sequence[str]:
        """The kinds that are asked for, by the blueprint where there is one."""
        lines = self.wanted.blueprint
        named = [
            *(line.kind for line in lines if line.kind),
            *(self.wanted.kinds if not all(x.kind for x in lines) else ()),
        ]
        return named if lines else self.wanted.kinds

    def _plans(self) -> list[Plan]:
        """All plans that are asked for; a line of a blueprint may have a level of its own."""
        every = [plan for kind in self._selected for plan in (kind.faded if self.wanted.blueprint else kind.fitting)]
        distinct = list({plan.words: plan for plan in reversed(every)}.values())[::-1]  # one network may be named twice
        if not distinct and not self.wanted.blueprint:
            raise SymparamsError(self._none())
        return distinct

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

    def _by_blueprint(self) -> tuple[list[_Lap], int]:
        """A question for each line of the blueprint."""
        wanted = self.wanted
        wishes = Wishes(wanted.blueprint, self.courses, self.plans, wanted.kinds, wanted.levels)
        filling = Filling(self.plans, wanted.seed, self._has_questions)
        unmet = filling.fill(wishes.of_lines)
        if unmet is not None:
            raise wishes.unmet(unmet, wanted.variants, self._available)
        for i, use in sorted(filling.uses):
            self._has_questions(i, use + 1)  # so that each is ready for all of its questions
        laps = [_Lap(slot, use, (i,)) for slot, (i, use) in enumerate(filling.uses)]
        return laps, len(laps)

    def _in_laps(self) -> tuple[list[_Lap], int]:
        """Which plans are asked, and how many questions that makes: all in turn, each as long as it has variants."""
        wanted, variants = self.wanted.questions, self.wanted.variants
        most = _MANY if wanted is None else wanted
        laps: list[_Lap] = []
        slots = rounds = 0  # so far
        live = list(islice(spread(self.plans, self.wanted.seed, self._has_questions), most))
        while live and slots < most and (wanted is not None or not rounds):
            whole = (most - slots) // len(live) if wanted is not None else min(1, most // len(live))
            if whole:
                has = {i: self._supply(i).available((rounds + whole) * variants) // variants for i in live}
                end = min(has.values())
                asked, live = live, [i for i in live if has[i] > end or end == rounds + whole]
            else:  # less than a round is left: no more plans are looked at than are needed
                end = rounds + 1
                having = (i for i in live if self._supply(i).available(end * variants) >= end * variants)
                asked = live = list(islice(having, most - slots))
            if asked and end > rounds:
                laps.append(_Lap(slots, rounds, tuple(asked)))
            slots += (end - rounds) * len(asked)
            rounds = end
        if not slots or (wanted is not None and slots < wanted):
            raise SymparamsError(self._too_few(slots))
        return laps, slots

    def _supply(self, i: int) -> Supply:
        """The variants of a plan."""
        if i not in self._supplies:
            self._supplies[i] = Supply(self.plans[i], self.wanted.seed, self._found)
        return self._supplies[i]

    def _available(self, i: int) -> int:
        """How many variants a question of a plan has, up to those that are asked for."""
        return self._supply(i).available(self.wanted.variants)

    def _has_questions(self, i: int, count: int = 1) -> bool:
        """Whether a plan gives so many questions with all variants that are asked for."""
        wanted = count * self.wanted.variants
        return self._supply(i).available(wanted) >= wanted

    def _too_few(self, found: int) -> str:
        """How many there are instead of what was asked for."""
        for course in self.courses:
            if course.ranges:
                course.check_ranges()
        variants = self.wanted.variants
        if not found and not any(self._supply(i).counted() for i in range(len(self.plans))):
            return self._none()
        if variants > 1 and not found:
            most = max(self._supply(i).counted() for i in range(len(self.plans)))
            return f"{variants:,} variants of each question are asked for, but no question has more than {most:,}"
        several = f" with {variants:,} variants each" if variants > 1 else ""
        asked = f"{self.wanted.questions:,} questions{several} are asked for"
        return f"{asked}, but there are only {found:,} different ones; wider ranges of letters give more"
