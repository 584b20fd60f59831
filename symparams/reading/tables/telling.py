"""What the sentences around a table tell of its layers: "(input 20 x 80 x 80, all convs bias=False)"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from symparams.reading.tables.table import Told

_LARGEST = 11  # two equal sizes up to this are those of a kernel, not of an image
_CROSSED = re.compile(r"(?<![\w.])(\d{1,2})\s?[x×]\s?(\d{1,2})(?![\w]|\s?[x×])")
_KERNEL = re.compile(r"\bkernel[\s_]?size\s?=?\s?\(?(\d{1,2})(?:\s?,\s?(\d{1,2}))?")
_IN_CALL = re.compile(r"\bConv(?:olution)?[123]D\(\s?\d+\s?,\s?\(?(\d{1,2})(?:\s?,\s?(\d{1,2})\s?\))?")
_GROUPS = re.compile(r"\bgroups?\s?(?:=|of|:)?\s?(\d{1,5})\b|\b(\d{1,5})\sgroups\b")
_UNBIASED = re.compile(r"\b(?:use_)?bias\s?=\s?False\b|\b(?:no|without)\s(?:a\s|any\s)?bias(?:es)?\b", re.I)


def told_beside(prose: str, inputs: Iterable[tuple[int, ...]]) -> Told:
    """What prose tells, with the shapes that it calls those of the input."""
    kernels: set[tuple[int, ...]] = set()
    for pattern in (_CROSSED, _KERNEL, _IN_CALL):
        for one, other in pattern.findall(prose):
            if max(int(one), int(other or one)) <= _LARGEST:
                kernels.add((int(one),) if other in ("", one) else (int(one), int(other)))
    groups = {int(one or other) for one, other in _GROUPS.findall(prose)} - {0, 1}
    return Told(tuple(dict.fromkeys(inputs)), frozenset(kernels), frozenset(groups), bool(_UNBIASED.search(prose)))
