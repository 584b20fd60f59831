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
        self._runs: list[list[Fraction]] = [[]]  # numbers that stand next to one another
        text, end = _CROSS.sub("×", text), 0
        for found in _NUMBER.finditer(text):
            if not _BETWEEN.fullmatch(text, end, found.start()):
                self._runs.append([])
            self._runs[-1].append(Fraction(found[0]))
            end = found.end()

    def has(self, content: Content) -> bool:
        """Whether an answer is 0, or a number, sizes in a row or a letter that stand in the text."""
        if isinstance(content, str):
            return False
        if any(isinstance(value, Symbol) for value in content):
            return len(content) == 1  # the letters of a formula are named in its stem
        sizes = [value.value if isinstance(value, Number) else value for value in content]
        if len(sizes) == 1 and sizes[0] == 0:
            return True
        count = len(sizes)
        return any(run[at : at + count] == sizes for run in self._runs for at in range(len(run) - count + 1))
