"""Networks of which only the number of parameters is told: "a 7B model", "200 million parameters"."""

from __future__ import annotations

import re
from fractions import Fraction

from symparams.reading.training_words import sizes_apart

_FACTORS = {"k": 10**3, "thousand": 10**3, "m": 10**6, "million": 10**6, "b": 10**9, "bn": 10**9, "billion": 10**9}
_COUNT = re.compile(
    r"(?<![\w.,$])(\d{1,3}(?:,\d{3})+|\d{1,12}(?:\.\d{1,4})?)\s?(billion|million|thousand|bn|[bmk](?![a-z]))?"
    r"[- ]?(?:(?:trainable|learnable)\s)?param(?:eter)?s?\b",
    re.I,
)
_SHORT = re.compile(r"(?<![\w.,$])(\d{1,4}(?:\.\d{1,3})?)\s?([BM])\b(?!ytes)(?!\s?/)")  # 7B, 350M
_LEAST = 1_000
_BYTES = 4  # of a float32 number
_IN_PART = re.compile(
    r"\b(?:q?lora|peft|adapters?|quanti[sz]\w+|int[48]|[48][- ]?bit|frozen|fro?ze?\w*|moe|kv|cache)\b", re.I
)


def told_count(text: str) -> tuple[int, int] | None:
    """The only number of parameters in a text and where it stands; None where there is none, or several.

    None, too, where not all of them are trained or stored alike, or something else is kept.
    """
    if _IN_PART.search(text):
        return None
    found: dict[int, int] = {}
    for pattern in (_COUNT, _SHORT):
        for one in pattern.finditer(text):
            value = Fraction(one[1].replace(",", "")) * _FACTORS.get((one[2] or "").lower(), 1)
            if value >= _LEAST and value.denominator == 1:
                found.setdefault(int(value), one.start())
    if len(found) > 1:  # that of the file which is too large
        fitting = {_BYTES * many for many in found} & {round(size * 10**6) for size in sizes_apart(text)}
        found = {many: at for many, at in found.items() if _BYTES * many in fitting}
    return found.popitem() if len(found) == 1 else None
