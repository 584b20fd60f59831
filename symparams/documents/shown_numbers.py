"""Which numbers and sizes stand in a text, so that whoever types one of them may have only copied it."""

from __future__ import annotations

import re
from fractions import Fraction

from symparams.algebra.formula import Number, Symbol
from symparams.exams.question import Content

_NUMBER = re.compile(r"(?<![\w.])[0-9]+(?:\.[0-9]+)?")
_CROSS = re.compile(r"(?<=[0-9])x(?=[0-9])")  # 3x2 in the language
_BETWEEN = re.compile(r"\s*[×,]?\s*")  # what may stand between the sizes of a shape


class Shown:
    """What can be copied from a text, in which a number is nothing but its digits."""

    def __init__(self, text: str) -> None:
        self._runs: list[list[int | Fraction]] = [[]]  # numbers that stand next to one another
        text, end = _CROSS.sub("×", text), 0
        for found in _NUMBER.finditer(text):
            if not _BETWEEN.fullmatch(text, end, found.start()):
                self._runs.append([])
            self._runs[-1].append(int(found[0]) if found[0].isdecimal() else Fraction(found[0]))
            end = found.end()
        self._numbers = {number for run in self._runs for number in run}

    @property
    def told(self) -> tuple[int | Fraction, ...]:
        """The numbers that nobody has to work out: 0, and those in the text."""
        return tuple(sorted(self._numbers | {0}))

    def has(self, content: Content) -> bool:
        """Whether an answer is 0, or a number, sizes in a row or a letter that stand in the text."""
        if isinstance(content, str):
            return False
        if len(content) == 1:
            (only,) = content
            only = only.value if isinstance(only, Number) else only
            return only == 0 or only in self._numbers or isinstance(only, Symbol)  # a formula's letters are all named
        sizes, count = list(content), len(content)
        return self._numbers.issuperset(sizes) and any(
            run[at : at + count] == sizes for run in self._runs for at in range(len(run) - count + 1)
        )
