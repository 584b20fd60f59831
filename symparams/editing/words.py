"""The words of a text that may be broken: where a place is among them, and where macros and points have their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_TOKEN = re.compile(r"""\#[^\n]*|"[^"\n]*"?|'[^'\n]*'?|->|→|[^\W\d]\w*(?:\.[^\W\d]\w*)*|\S""")


def words(text: str) -> list[re.Match[str]]:
    """The words and marks of a text, comments left out."""
    return [token for token in _TOKEN.finditer(text) if token[0][0] != "#"]


def word_at(every: Sequence[re.Match[str]], offset: int) -> int | None:
    """Which of them a place is in or right behind; of two that touch there, the one that is a word."""
    found = [i for i, word in enumerate(every) if word.start() <= offset <= word.end()]
    return max(found, key=lambda i: (every[i][0][0] not in "()[]{}=,|@", i), default=None)


def is_word(text: str) -> bool:
    """Whether it is a word, and no mark, number or text between quotes."""
    return text[0].isalpha() or text[0] == "_"


class Within(NamedTuple):
    """Where in a text a place is."""

    call: str | None  # the name before the round bracket that is open here; None: no such bracket is
    keyword: str  # the argument whose value is written here; empty: none is named
    before: str  # the word or mark before what is typed


def within(text: str, offset: int) -> Within | None:
    """Where a place is; None inside a comment or a text between quotes."""
    stack: list[str | None] = []
    before, last = "", ""
    keyword = ""
    for token in _TOKEN.finditer(text, 0, offset):
        word = token[0]
        if token.end() == offset and word[0] in "#\"'" and (word[0] == "#" or len(word) == 1 or word[-1] != word[0]):
            return None
        if token.end() == offset and is_word(word):
            break  # it is being typed
        if word[0] == "#":
            continue
        if word in "([{":
            stack.append(last if word == "(" and last and is_word(last) else None)
        elif word in ")]}" and stack:
            stack.pop()
        keyword = last if word == "=" and last and is_word(last) else "" if word in "(),[]{}" else keyword
        before, last = word, word
    return Within(stack[-1] if stack else None, keyword, before)


# ---------------------------------------------------------------- where a name comes from


def macros(every: Sequence[re.Match[str]]) -> dict[str, tuple[int, int]]:
    """Where each macro has its name."""
    return _behind(every, "def")


def names(every: Sequence[re.Match[str]]) -> dict[str, tuple[int, int]]:
    """Where each point of the network has its name, without quotes."""
    return _behind(every, "as")


def _behind(every: Sequence[re.Match[str]], mark: str) -> dict[str, tuple[int, int]]:
    pairs = pairwise(every)
    found = ((name[0].strip("\"'"), name.span()) for before, name in pairs if before[0] == mark)
    return {name: place for name, place in found if name}


def defined(text: str, offset: int) -> tuple[int, int] | None:
    """Where the name at a place was given: the macro that is used there, or the point that `@` names."""
    every = words(text)
    index = word_at(every, offset)
    if index is None:
        return None
    if every[index][0] == "@" and index + 1 < len(every):
        index += 1
    is_reference = index > 0 and every[index - 1][0] == "@"
    return (names(every) if is_reference else macros(every)).get(every[index][0].strip("\"'"))
