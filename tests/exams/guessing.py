"""What blind rules earn: where the key stands, how large it is among the options, how long its text is."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import NamedTuple

from symparams.algebra.evaluation import Point
from symparams.algebra.formula import as_formula
from symparams.documents.question_writer import plain
from symparams.exams.question import Content, Question
from tests.helpers import value


class Choice(NamedTuple):
    """A question with options as somebody sees it who knows nothing."""

    kind: str
    texts: tuple[str, ...]
    sizes: tuple[Fraction, ...] | None  # numbers, or how many values shapes have; None for other options
    key: int  # where it stands
    values: tuple[object, ...]  # what the options are: of formulas what they give at some points


def choice(question: Question) -> Choice:
    contents = [option.content for option in question.options]
    sizes = tuple(map(_size, contents))
    place = [option.wrong for option in question.options].index(None)
    values = tuple(_values(content, question.points or (question.point,)) for content in contents)
    numbers = None if None in sizes else tuple(size for size in sizes if size is not None)
    return Choice(question.kind, tuple(map(plain, contents)), numbers, place, values)


def _size(content: Content) -> Fraction | None:
    """A number, or how many values a shape has."""
    sizes = [value for value in content if isinstance(value, (int, Fraction))]
    return Fraction(prod(sizes)) if len(sizes) == len(content) else None


def _values(content: Content, points: Iterable[Point]) -> object:
    """A sentence as it is; of numbers and formulas the values by the tests' own arithmetic."""
    if isinstance(content, str):
        return content
    formulas = list(map(as_formula, content))
    return tuple(value(formula, point) for point in points for formula in formulas)


def best(scores: Sequence[float | Fraction]) -> list[int]:
    """The places of the largest."""
    return [i for i, score in enumerate(scores) if score == max(scores)]


def ranked(sizes: Sequence[Fraction], rank: int) -> list[int]:
    """The places of the options that are as large as that of a rank, from 0 for the largest."""
    wanted = sorted(sizes, reverse=True)[rank]
    return [i for i, size in enumerate(sizes) if size == wanted]


def digits(text: str) -> int:
    return len(re.findall(r"\d", text))


def alike(texts: Sequence[str]) -> list[int]:
    """How much each has in common with the others: numbers and words, wherever they stand."""
    parts = [Counter(re.findall(r"\d+|[^\W\d]+", text.replace(",", ""))) for text in texts]
    return [sum((one & other).total() for other in parts) for one in parts]


def alike_in_places(texts: Sequence[str]) -> list[int]:
    """The same of shapes, whose sizes have their places."""
    rows = [text.split(" × ") for text in texts]
    return [sum(a == b for other in rows for a, b in zip(one, other, strict=False)) for one in rows]


def apart(sizes: Sequence[Fraction]) -> list[Fraction]:
    """How far each is from the one that is nearest to it."""
    return [min(abs(one - two) for j, two in enumerate(sizes) if j != i) for i, one in enumerate(sizes)]


def negative(scores: Iterable[float | Fraction]) -> list[float | Fraction]:
    return [-score for score in scores]


# What is chosen without knowing anything, of options with numbers, and of all.
OF_NUMBERS: Mapping[str, Callable[[Choice], list[int]]] = {
    "largest": lambda c: ranked(c.sizes or (), 0),
    "second": lambda c: ranked(c.sizes or (), 1),
    "third": lambda c: ranked(c.sizes or (), 2),
    "smallest": lambda c: ranked(c.sizes or (), -1),
    "one of the two that are nearest": lambda c: best(negative(apart(c.sizes or ()))),
    "far from all": lambda c: best(apart(c.sizes or ())),
}
OF_PARTS: Mapping[str, Callable[[Choice], list[int]]] = {
    "most like the others": lambda c: best(alike(c.texts)),
    "least like the others": lambda c: best(negative(alike(c.texts))),
    "most like the others, by place": lambda c: best(alike_in_places(c.texts)),
    "least like the others, by place": lambda c: best(negative(alike_in_places(c.texts))),
}
WITH_PARTS = ("shape", "formula")  # kinds of questions
OF_ALL: Mapping[str, Callable[[Choice], list[int]]] = {
    "longest": lambda c: best([len(text) for text in c.texts]),
    "shortest": lambda c: best([-len(text) for text in c.texts]),
    "most digits": lambda c: best([digits(text) for text in c.texts]),
    "fewest digits": lambda c: best([-digits(text) for text in c.texts]),
    "first": lambda c: [0],
    "second place": lambda c: [1],
    "last": lambda c: [len(c.texts) - 1],
}


def rules_for(c: Choice) -> dict[str, Callable[[Choice], list[int]]]:
    of_parts = OF_PARTS if c.kind in WITH_PARTS else {}
    return {**(OF_NUMBERS if c.sizes else {}), **OF_ALL, **of_parts}


def gains(choices: Iterable[Choice]) -> dict[str, tuple[float, int]]:
    """By how much each rule does better than luck, and of how many questions that is seen."""
    above: dict[str, list[float]] = defaultdict(list)
    for c in choices:
        for name, rule in rules_for(c).items():
            chosen = rule(c)
            above[name].append((c.key in chosen) / len(chosen) - 1 / len(c.texts))
    return {name: (sum(each) / len(each), len(each)) for name, each in above.items()}


def places(choices: Iterable[Choice]) -> dict[tuple[int, int], tuple[float, int]]:
    """By the number of options and the place: the share of the keys that stand there, and of how many."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for c in choices:
        found[len(c.texts)][c.key] += 1
    return _shares(found)


def ranks(choices: Iterable[Choice]) -> dict[tuple[int, int], tuple[float, int]]:
    """By the number of options and the rank, 0 for the largest: the share of the keys that have it."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for c in choices:
        if c.sizes:
            found[len(c.texts)][sum(size > c.sizes[c.key] for size in c.sizes)] += 1
    return _shares(found)


def _shares(found: Mapping[int, Counter[int]]) -> dict[tuple[int, int], tuple[float, int]]:
    return {
        (count, at): (each[at] / each.total(), each.total()) for count, each in found.items() for at in range(count)
    }
