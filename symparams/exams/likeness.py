"""Wrong options among which the key is not the one that is most like the others, nor the one that is least like them.

Each known mistake changes one thing of what is right. So among 56 × 56 × 18, 55 × 55 × 18, 56 × 56 × 9 and
18 × 56 × 56 the key is what the others have most in common, and nobody has to compute it. Beside 55 × 55 × 9, which has
two of these mistakes, it is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from itertools import combinations, pairwise, product
from typing import TypeAlias

from symparams.exams.question import Content, Wrong

Likeness: TypeAlias = list[list[int]]  # how much each answer has in common with each other
Texts: TypeAlias = Callable[[Content], str]  # how an answer is read

_SPARE = 3  # wrong answers beside those that are needed, of which luck takes some
_WITH_PARTS = 6  # of shapes and formulas: here mistakes are wanted that were made together, and those come last
_LOOKED_AT = 16  # ways to take them, of numbers
_WITH_PARTS_LOOKED_AT = 60  # the same of shapes and formulas


def unlike(
    key: Content, larger: Sequence[Wrong], above: int, smaller: Sequence[Wrong], below: int, luck: int, text: Texts
) -> list[Wrong]:
    """So many of the first that are larger than the key and of those that are not; `luck` decides which."""
    is_number = len(key) == 1 and isinstance(key[0], int)
    spare = _SPARE if is_number or isinstance(key, str) else _WITH_PARTS
    larger, smaller = larger[: above + spare], smaller[: below + spare]
    ways = _ways(len(larger), above, len(smaller), below)
    first = luck % len(ways)
    wrong = [*larger, *smaller]
    if len(ways) == 1 or isinstance(key, str):
        return [wrong[i] for i in ways[first]]
    if is_number and isinstance(key[0], int):
        way = _as_near(key[0], [w.content[0] for w in wrong], ways, first, luck // len(ways))
    else:
        way = _as_like([key, *(w.content for w in wrong)], ways, first, text)
    return [wrong[i] for i in way]


@lru_cache(256)
def _ways(larger: int, above: int, smaller: int, below: int) -> tuple[tuple[int, ...], ...]:
    """All ways to take so many of the one sort and of the other, which are behind them."""
    ups, downs = combinations(range(larger), min(above, larger)), combinations(range(smaller), min(below, smaller))
    return tuple((*up, *(larger + i for i in down)) for up, down in product(ups, downs))


def _as_near(
    key: int, values: Sequence[object], ways: Sequence[tuple[int, ...]], first: int, luck: int
) -> tuple[int, ...]:
    """Numbers among which the key is one of the two that are nearest to each other as often as by luck."""
    wanted = luck % (len(ways[first]) + 1) < 1  # not two of all options, since often it cannot be otherwise
    for step in range(min(len(ways), _LOOKED_AT)):
        way = ways[(first + step) % len(ways)]
        if _is_nearest(key, [value for i in way if isinstance(value := values[i], int)]) == wanted:
            return way
    return ways[first]


def _is_nearest(key: int, others: Sequence[int]) -> bool:
    """Whether no two others are nearer to each other than one of them is to the key."""
    row = sorted(others)
    between = min((b - a for a, b in pairwise(row)), default=0)
    return min((abs(key - other) for other in row), default=0) < between


def _as_like(contents: Sequence[Content], ways: Sequence[tuple[int, ...]], first: int, text: Texts) -> tuple[int, ...]:
    """Answers with parts among which the key, the first of them, has as much in common with others as they have."""
    measures = [_likeness([_parts(content, text) for content in contents])]
    if len(contents[0]) > 1:
        measures.append(_likeness([list(enumerate(content)) for content in contents]))
    best, least = ways[first], 9.0
    stride = max(1, len(ways) // _WITH_PARTS_LOOKED_AT)
    for step in range(0, len(ways), stride):
        way = ways[(first + step) % len(ways)]
        told = sum(_told(measure, (0, *(i + 1 for i in way))) for measure in measures)
        if told < least:
            best, least = way, told
            if not told:
                break
    return best


def _parts(content: Content, text: Texts) -> list[Hashable]:
    """What an answer is made of, wherever it stands."""
    return list(re.findall(r"[0-9]+|[^\W\d]+", text(content).replace(",", "")))


def _likeness(every: Sequence[Sequence[Hashable]]) -> Likeness:
    counted = [Counter(parts) for parts in every]
    return [[(one & other).total() for other in counted] for one in counted]


def _told(likeness: Likeness, shown: Sequence[int]) -> float:
    """How far from luck somebody is who takes what is most like the others, or least like them; the key is 0."""
    sums = [sum(likeness[i][j] for j in shown if j != i) for i in shown]
    ends = (max(sums), min(sums))
    return sum(abs((sums[0] == end) / sums.count(end) - 1 / len(sums)) for end in ends)
