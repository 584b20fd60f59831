"""Rules with numbers put in, written again and again: the text around the numbers is made once."""

from __future__ import annotations

import re
from collections.abc import Callable

from symparams.algebra.evaluation import Point, compiled, number, whole
from symparams.algebra.formula import Formula, Number, Symbol
from symparams.algebra.notation import Notation, shown
from symparams.algebra.substitution import mapped
from symparams.errors import SymparamsError
from symparams.exams.values import written

_MARKS = range(101, 1000)  # numbers that hold a place: of three digits, so that no mark parts them


class Pattern:
    """A rule in a notation, with places for the numbers of its symbols."""

    def __init__(self, rule: Formula, notation: Notation) -> None:
        self.rule = rule
        self._notation = notation
        self._leaves: dict[int, Formula] = {}  # what stands at each mark
        self._literals: list[int] = []
        mapped(rule, self._note)
        marked = mapped(rule, self._marked) if self._is_possible else rule
        marks = "|".join(map(str, self._leaves))
        self._pieces = re.split(rf"(?<!\d)({marks})(?!\d)", shown(marked, notation)) if marks else []
        self._numbers = [_number_at(self._leaves[int(mark)]) for mark in self._pieces[1::2]]

    def _note(self, leaf: Formula) -> Formula:
        if isinstance(leaf, Number):
            self._literals.append(int(leaf.value) if leaf.value.denominator == 1 else 1000)
        return leaf

    @property
    def _is_possible(self) -> bool:
        return all(n < 100 for n in self._literals)

    def _marked(self, leaf: Formula) -> Formula:
        if not isinstance(leaf, Symbol):
            return leaf
        mark = _MARKS[len(self._leaves)]
        self._leaves[mark] = leaf
        return Number(mark)

    def __len__(self) -> int:
        return sum(map(len, self._pieces))

    def written(self, point: Point) -> str:
        """The rule with the numbers of a point."""
        texts = list(self._pieces)
        for i, value_at in enumerate(self._numbers):
            value = value_at(point)
            if value is None or value < 2:  # beside a 1 the dots stand otherwise
                return shown(written(self.rule, point), self._notation)
            texts[2 * i + 1] = f"{value:,}".replace(",", self._notation.group)
        return "".join(texts) or shown(written(self.rule, point), self._notation)


def _number_at(leaf: Formula) -> Callable[[Point], int | None]:
    """The number that a symbol stands for at a point; None if it is none, or none that is whole."""
    value = leaf.value if isinstance(leaf, Symbol) and leaf.value is not None else leaf
    known, found = number(value), compiled(value)

    def number_at(point: Point) -> int | None:
        try:
            exact = whole(found(point)) if known is None else known
        except (KeyError, SymparamsError):
            return None
        return exact if isinstance(exact, int) else None

    return number_at
