"""The numbers, formulas and shapes that stand in prose, and the layers that it speaks of, in any language."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from symparams.errors import Span
from symparams.quantities.counted_off import position_of

_NUMBER = r"\d{1,3}(?:[,.'’ \u202f\u2009\u00a0]\d{3})+(?![\d])|\d+(?:\.\d+)?"
_OPERAND = rf"(?:[(\[]\s{{0,2}}){{0,9}}(?:{_NUMBER})(?:\s{{0,30}}[)\]]){{0,9}}"
_SIGN = r"\s{0,30}(?:\*\*|[*·×+\-−–/^]|[xX](?=\s{0,9}[(\d]))\s{0,9}|(?<=[)\]])\s{0,2}(?=[(\[])"
_FORMULA = re.compile(rf"(?<![\w.])(?:{_OPERAND})(?:(?:{_SIGN})(?:{_OPERAND})){{1,40}}(?![\w])")
_LETTERED = re.compile(r"[^\W\d_xX]")
_CALCULATES = re.compile(r"[*·×+^(]")
_PLAIN = re.compile(rf"(?<![\w.,*·×+/^=-])(?:{_NUMBER})(?![\w*·×^]|[.,]\d)")
_SHAPE = re.compile(
    r"(?<!\w)[(\[]\s*(?:(?:None|\?|-1|batch(?:_size)?|[NB]|\d+)\s*,\s*){1,4}\d+\s*[)\]]|(?<![\w*])\d+(?:\s*[xX×]\s*\d+){1,3}(?![\w*^+])"
)
_RESULT = re.compile(rf"\s*=+\s*({_NUMBER})(?![\w*])")
_BROKEN_OFF = re.compile(r"\s{0,3}[*·×+]\s{0,3}(?:\.\.|…)")
_TEX = re.compile(
    r"\\(?:times|cdot)(?![a-z])|\\(?:left|right)(?=[(\[)\]])|&times;|\$"
)  # as formulas are typed in posts
_UNIT = re.compile(  # what a number in a formula counts: 4 heads * 3
    r"(?<=\d)(?:\s[^\W\d_]{2,12}){1,2}(?=\s?(?:[*·×+/]\s?[(\d]|\)\s?[*·×+]))"
)
_LONGEST = 200  # characters of a formula
_READ = 100_000  # characters of prose are looked at
_MOST = 60  # of each kind are looked at
_SENTENCE = re.compile(r"[.?!…。？！]+(?=\s|$)|\n\s*\n")


_TASK = re.compile(  # "Calculate the number of parameters", "and hence give the output size"
    r"[\W\d]{0,9}(?:Q(?:uestion)?\s?\d{1,2}\s?\(?[a-h]?\)?[\s.:–-]{1,4})?(?:\(?[a-h]\)\s{0,3})?(?:(?:for|in|given)\s[^,.?!\n]{1,60},\s{1,3})?"
    r"(?:(?:and|please|hence|then|also|thus)\s{1,3}){0,3}"
    r"(?:calculate|compute|determine|find|give|derive|state|work\s+out|write\s+down)\s(?:[^\s.?!]{1,20}\s{1,3}){0,6}"
    r"(?:numbers?|sizes?|shapes?|dimensions?|parameters|weights|formulas?|volume|flops|macs)\b",
    re.I,
)


class Written(NamedTuple):
    """A number, a formula or a shape in prose."""

    text: str  # as a student would type it as an answer
    result: str  # the number that it is said to give; empty where none is
    kind: str  # number, formula or shape
    at: Span  # where it stands in the text
    sentence: int  # the number of the sentence that it stands in

    @property
    def divides(self) -> bool:
        """Whether it is a formula with a quotient and its result, as people work out a size."""
        return self.kind == "formula" and "/" in self.text and bool(self.result)


@lru_cache(16)
def _with_letters(letters: frozenset[str]) -> re.Pattern[str]:
    """Formulas in numbers and some letters."""
    if not letters:
        return _FORMULA
    names = "|".join(sorted(map(re.escape, letters), key=len, reverse=True))
    return re.compile(_FORMULA.pattern.replace(f"(?:{_NUMBER})", rf"(?:{_NUMBER}|(?:{names})(?!\w))"))


def written_in(prose: str, letters: Iterable[str] = ()) -> list[Written]:
    """What stands in prose, in its order; a formula is not also read as the numbers in it.

    `letters` of the network may stand in formulas.
    """
    prose = _UNIT.sub(_blank, _TEX.sub(_plain, prose[:_READ]))
    taken: list[tuple[int, int]] = []
    found: list[Written] = []
    ends = sentence_ends(prose)
    for kind, pattern in (("formula", _with_letters(frozenset(letters))), ("shape", _SHAPE), ("number", _PLAIN)):
        for one in _unread(pattern, prose, taken):
            start, text = _balanced(one[0], one.start())
            end = start + len(text)
            if len(text) > _LONGEST or not text:
                continue
            if kind == "formula" and _LETTERED.search(text) and not _CALCULATES.search(text):
                continue
            if kind == "formula" and _BROKEN_OFF.match(prose, end):  # 16*15 + 32*7 + ...: nobody's answer
                taken.append((start, end))
                continue
            result = _RESULT.match(prose, end) if kind == "formula" else None
            end = end if result is None else result.end()
            taken.append((start, end))
            if kind == "formula" and _is_shape(text):
                kind_, result = "shape", None
            else:
                kind_ = kind
            sentence = bisect_right(ends, start)
            found.append(
                Written(
                    re.sub(r"\s+", " ", text), "" if result is None else result[1], kind_, Span(start, end), sentence
                )
            )
    return sorted(found, key=lambda one: one.at.start)[: 3 * _MOST]


def _blank(mark: re.Match[str]) -> str:
    return " " * len(mark[0])


def _plain(mark: re.Match[str]) -> str:
    """A sign of TeX or HTML as a plain one, as long as before."""
    is_times = "times" in mark[0] or "cdot" in mark[0]
    return ("×" if is_times else "").ljust(len(mark[0]))


def _unread(pattern: re.Pattern[str], prose: str, taken: list[tuple[int, int]]) -> Iterator[re.Match[str]]:
    many = 0
    for one in pattern.finditer(prose):
        if not any(start < one.end() and one.start() < end for start, end in taken):
            yield one
            many += 1
        if many == _MOST:
            return


def _is_shape(text: str) -> bool:
    """28x28x1, 3 × 3: numbers with nothing but crosses between them."""
    return re.fullmatch(r"\(?\s*\d+(?:\s*[xX×]\s*\d+){1,3}\s*\)?", text) is not None


def _balanced(text: str, start: int) -> tuple[int, str]:
    """The last part of a formula whose brackets close, without blanks and signs at its ends."""
    opened: list[int] = []
    begin, end = 0, len(text)
    for i, c in enumerate(text):
        if c in "([":
            opened.append(i)
        elif c in ")]" and opened:
            opened.pop()
        elif c in ")]":
            end = i
            break
    if opened:  # a bracket of the sentence, not of the formula
        begin = opened[-1] + 1
    whole = text[begin:end]
    inner = whole.lstrip()
    return start + begin + len(whole) - len(inner), inner.rstrip().rstrip("*·×+-−–/^ ")


_WORD = re.compile(r"[^\W\d_]\w*|\d+(?:st|nd|rd|th)\b|第[一二三四五]")


class Ordinal(NamedTuple):
    """The second convolution: a position among the layers of a kind that the next words name."""

    position: int  # from 1; -1: the last
    words: tuple[str, ...]  # the words that follow, small
    sentence: int  # the number of the sentence


def ordinals_in(prose: str) -> list[Ordinal]:
    """Where prose counts layers: the second conv2D layer."""
    ends = sentence_ends(prose)
    words = [(word[0].lower(), word.start()) for word in _WORD.finditer(prose)][: 100 * _MOST]
    found = []
    for i, (word, start) in enumerate(words):
        position = position_of(word)
        if position:
            following = tuple(next_ for next_, _ in words[i + 1 : i + 4])
            found.append(Ordinal(position, following, bisect_right(ends, start)))
    return found


def asking(prose: str) -> set[int]:
    """The numbers of the sentences that end with a question mark, or tell the reader to work something out."""
    text = prose.rstrip() + " "  # so that the last sentence ends like the others
    found, start = set(), 0
    for i, mark in enumerate(_SENTENCE.finditer(text)):
        if "?" in mark[0] or "？" in mark[0] or is_task(text[start : mark.start()]):
            found.add(i)
        start = mark.end()
    return found


def is_task(text: str) -> bool:
    """Whether a line of a text tells the reader to work something out."""
    return any(map(_TASK.match, text.split("\n")))


class Sentences:
    """Which sentence an offset lies in."""

    def __init__(self, prose: str) -> None:
        self.prose = prose
        self.ends = sentence_ends(prose)

    def of(self, offset: int) -> int:
        """The number of the sentence, from 0."""
        return bisect_right(self.ends, offset)

    def text(self, number: int) -> str:
        """A sentence by its number."""
        places = [0, *self.ends, len(self.prose)]
        return self.prose[places[number] : places[number + 1]]


def sentence_ends(prose: str) -> list[int]:
    """Where sentences end."""
    return [mark.end() for mark in _SENTENCE.finditer(prose)]
