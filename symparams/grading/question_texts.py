"""Which question of a bank a text asks, whatever markup was taken out of it on the way."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from symparams.documents.written_question import WrittenQuestion
from symparams.grading.bank import Bank

_WORD = re.compile(r"[^\W_]+")
_RARE = 12  # of the words of a text: by so many of the rarest ones questions are looked for
_LIKE = 0.7  # the share of words that a text must have in common with a question
_LONGEST = 20_000  # characters of a text that are looked at


class QuestionTexts:
    """The words of all questions of a bank."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        # What a question may be exported as: its stem, and its stem with the answers to choose from.
        self._words = [
            tuple(_words(text) for text in dict.fromkeys((asked.stem, _with_options(asked))))
            for asked in bank.questions
        ]
        self._with: dict[str, list[int]] = {}  # a word: the questions that have it
        for at, several in enumerate(self._words):
            for word in several[-1]:
                self._with.setdefault(word, []).append(at)
        self._found: dict[str, tuple[int, ...]] = {}

    def question(self, text: str, number: int | None = None) -> WrittenQuestion | None:
        """The question whose words a text has; None where there is none.

        Where several ask the same, it is the one of a number, or the first whose answer is typed.
        """
        if text not in self._found:
            self._found[text] = self._sought(text)
        several = self._found[text]
        of_number = [at for at in several if at // self._bank.info.variants + 1 == number]
        first = min(of_number or several, key=lambda at: (bool(self._bank.questions[at].options), at), default=None)
        return None if first is None else self._bank.questions[first]

    def _sought(self, text: str) -> tuple[int, ...]:
        """The questions that are most like a text, if they are like it enough."""
        words = _words(text[:_LONGEST])
        rare = sorted((word for word in words if word in self._with), key=lambda word: (len(self._with[word]), word))
        near = {at for word in rare[:_RARE] for at in self._with[word]}
        alike = {at: max(_likeness(words, known) for known in self._words[at]) for at in near}
        best = max(alike.values(), default=0.0)
        return tuple(sorted(at for at in near if alike[at] == best)) if best >= _LIKE else ()


def _with_options(asked: WrittenQuestion) -> str:
    return " ".join([asked.stem, *(option.plain for option in asked.options)])


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """The words of two texts that both have, as a share of all of them."""
    return (one & other).total() / ((one | other).total() or 1)
