"""Rules with numbers put in, written again and again: the text around the numbers is made once."""

from __future__ import annotations

import re

from symparams.algebra.evaluation import Point
from symparams.algebra.formula import Formula, Number, Symbol
from symparams.algebra.notation import Notation, shown
from symparams.algebra.substitution import mapped
from symparams.exams.values import written, written_leaf

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
        if not self._pieces:
            return shown(written(self.rule, point), self._notation)
        texts = list(self._pieces)
        for i in range(1, len(texts), 2):
            number = written_leaf(self._leaves[int(texts[i])], point)
            if not isinstance(number, Number) or not isinstance(number.value, int) or number.value < 2:
                return shown(written(self.rule, point), self._notation)  # beside a 1 the dots stand otherwise
            texts[i] = f"{number.value:,}".replace(",", self._notation.group)
        return "".join(texts)
