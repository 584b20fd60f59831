"""The lines of a blueprint filled with plans, spread over the layers by the seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from symparams.exams.plan import Plan
from symparams.questions.points import number_from

_LOOKED_AT = 64  # plans of a line, before the best of them is taken


class Filling:
    """Which plan each line has got; every plan is used as often as it has questions."""

    def __init__(self, plans: Sequence[Plan], seed: int, has: Callable[[int, int], bool]) -> None:
        self._plans = plans
        self._has = has  # whether a plan gives so many questions
        self._lucks = [number_from(seed, "blueprint", *plan.words) for plan in plans]
        self._lines: dict[int, list[int]] = {}  # the lines that a plan fills
        self._asked: Counter[object] = Counter()  # how often each matter, subject, kind and type
        self._wishes: dict[int, Sequence[int]] = {}  # the plans that a line may have

    def fill(self, wishes: Sequence[Sequence[int]]) -> int | None:
        """Give each line one of the plans that it may have; the first line for which there is none, None if all have.

        Lines that leave little open come first, so that the others do not take their plans away.
        """
        self._wishes = {line: sorted(wish, key=self._lucks.__getitem__) for line, wish in enumerate(wishes)}
        for line in sorted(self._wishes, key=lambda line: len(self._wishes[line])):
            if not self._take(line) and not self._make_room(line, set()):
                return line
        return None

    @property
    def uses(self) -> list[tuple[int, int]]:
        """For each line its plan, and which of the questions of this plan it is, from 0."""
        by_line = {line: (i, use) for i, lines in self._lines.items() for use, line in enumerate(sorted(lines))}
        return [by_line[line] for line in sorted(by_line)]

    def _take(self, line: int) -> bool:
        """Give a line the plan that asks what was asked least; whether there is one."""
        wish, best = self._wishes[line], None
        for start in range(0, len(wish), _LOOKED_AT):
            ranked = sorted(wish[start : start + _LOOKED_AT], key=self._rank)
            here = next((i for i in ranked if self._has(i, len(self._lines.get(i, ())) + 1)), None)
            if here is not None and (best is None or self._rank(here) < self._rank(best)):
                best = here
            if best is not None and not self._rank(best)[0]:
                break
        if best is not None:
            self._put(line, best)
        return best is not None

    def _make_room(self, line: int, tried: set[int]) -> bool:
        """Give a line a plan that is free, or one whose line can have another; whether that is possible."""
        for i in self._wishes[line]:
            if i in tried:
                continue
            tried.add(i)
            if self._has(i, len(self._lines.get(i, ())) + 1):
                self._put(line, i)
                return True
            for other in list(self._lines.get(i, ())):
                if self._make_room(other, tried):
                    self._put(other, i, -1)
                    self._put(line, i)
                    return True
        return False

    def _put(self, line: int, i: int, sign: int = 1) -> None:
        """Let a line have a plan, or no longer."""
        lines = self._lines.setdefault(i, [])
        lines.append(line) if sign > 0 else lines.remove(line)
        for what in self._traits(i):
            self._asked[what] += sign

    def _rank(self, i: int) -> list[int]:
        return [self._asked[what] for what in self._traits(i)]

    def _traits(self, i: int) -> tuple[object, ...]:
        """What is to be asked as seldom as possible, the most important first."""
        plan = self._plans[i]
        return (plan.matter, plan.subject, (plan.kind,), (plan.kind, plan.answer_type))
