"""The variants of a plan by their numbers: each has values of its own, found without the variants before it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from symparams.exams.draws import Draws
from symparams.exams.plan import Plan
from symparams.exams.question import Question
from symparams.questions.points import number_from

_SAMPLE = 20  # variants that are drawn to see how many draws one takes
_FIRST = 64  # variants that are simply the first draws that fit
_IN_VAIN = 5_000  # draws of which none fits, after which no more are tried
_FEWEST = 16  # draws that each variant behind those gets where the whole sample fits
_KEPT = 10_000  # questions that were found in planning and wait to be asked for
_SPARE = 32  # how many more it gets, for each draw that fits, where as many draws do not fit as do


class Found:
    """What was found to see how many questions there are, as far as there is room; each is handed out once."""

    def __init__(self) -> None:
        self._questions: dict[tuple[Supply, int], Question] = {}

    def keep(self, supply: Supply, number: int, question: Question) -> None:
        """Keep the variant of a number."""
        if len(self._questions) < _KEPT:
            self._questions[supply, number] = question

    def taken(self, supply: Supply, number: int) -> Question | None:
        """The variant of a number, which is kept no longer; None if it is not there."""
        return self._questions.pop((supply, number), None)


class Supply:
    """All variants of a plan for a seed.

    Not every draw makes a question: its values may fit no layer, or a mistake may give the right answer by luck. So
    that the n-th variant does not depend on what became of the draws before it, it has draws of its own: those whose
    places leave one remainder, of which it takes the first that fits. No draw belongs to two variants, so all differ.
    Only where there are too few draws to share out like this they are taken one after another, which a bank then does
    before its first question.
    """

    def __init__(self, plan: Plan, seed: int, found: Found | None = None) -> None:
        self.plan = plan
        self._found = found  # None: nothing is kept
        self._seed = seed
        self._draws = Draws(plan.ranges, number_from(seed, *plan.words))
        self._places = array("Q")  # of the draws that fit, one after another
        self._tried = 0  # draws, one after another
        self._last: Question | None = None  # that came out of them
        self._in_turn = True  # whether all variants come one after another

    def __iter__(self) -> Iterator[Question]:
        """All variants, one after another."""
        anew = Supply(self.plan, self._seed)
        while (question := anew._next(self._draws.count)) is not None:
            yield question

    def available(self, count: int) -> int:
        """How many variants there are, up to `count`; taken for granted where there are far more draws."""
        self._look(min(count, _SAMPLE), self._draws.count)
        self._in_turn = count > self._draws.count // self._share
        if not self._in_turn:
            return count
        self._look(count, self._draws.count)
        return min(count, len(self._places))

    def counted(self) -> int:
        """How many variants there are."""
        self._look(self._draws.count, self._draws.count)
        return len(self._places)

    def variant(self, number: int) -> Question | None:
        """The variant of a number, from 0; None where there is none."""
        first = _FIRST * self._share  # draws that the first variants share
        if self._in_turn or number < _FIRST:
            self._look(number + 1, self._draws.count if self._in_turn else first)
            if number >= len(self._places):
                return None
            found = self._found and self._found.taken(self, number)
            return found or (self._last if number == len(self._places) - 1 else self._at(self._places[number], number))
        step = self._draws.count // self._share - _FIRST
        own = range(first + number - _FIRST, first + self._share * step, step)
        return next((question for i in own if (question := self._at(i, number)) is not None), None)

    @property
    def _share(self) -> int:
        """How many draws one variant gets, so that surely one of them fits; all where the sample is not full."""
        if len(self._places) < _SAMPLE:
            return self._draws.count + 1
        tried = self._places[_SAMPLE - 1] + 1
        return _FEWEST + _SPARE * (tried - _SAMPLE) // _SAMPLE

    def _look(self, count: int, most: int) -> None:
        """Draw until there are so many variants, or no more among so many draws."""
        while len(self._places) < count and self._next(most) is not None:
            pass

    def _next(self, most: int) -> Question | None:
        """The next variant among so many draws, one after another."""
        for i in range(self._tried, min(most, self._tried + _IN_VAIN)):
            self._tried = i + 1
            question = self._at(i, len(self._places))
            if question is not None:
                if self._found:
                    self._found.keep(self, len(self._places), question)
                self._places.append(i)
                self._last = question
                return question
        if self._tried < most:
            self._tried = self._draws.count  # from now on there are none, whoever asks
        return None

    def _at(self, i: int, number: int) -> Question | None:
        return self.plan.variant(self._draws.point(i), number, self._seed)
