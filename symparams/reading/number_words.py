"""Small numbers as words: "three hidden layers"."""

from __future__ import annotations

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ONE = ("a", "an", "single")
NUMBER_WORD = rf"(?:{'|'.join(_WORDS)})"  # a pattern for each of them
SEVERAL = rf"(?:{'|'.join(_WORDS[1:])}|[2-9])"  # two and more, as a word or a digit


def number_of(text: str) -> int:
    """The number that a word or digits say; an article says one."""
    word = text.lower()
    if word in _WORDS:
        return _WORDS.index(word) + 1
    return 1 if word in _ONE else int(word.replace(",", ""))
