"""Calculations in several steps, of which only the last gives the number that is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence

from symparams.reading.doubts import Written

_MULTIPLE = 64  # so many times a step may stand in what it leads to
_TERMS = 6  # so many formulas are added up
_GROUPED = re.compile(r"(?<=\d)[,.](?=\d{3}(?!\d))")

Valued = Callable[[Written], "int | None"]


def led_on_from(written: Sequence[Written], value: Valued, is_alone: bool) -> set[Written]:
    """Formulas that are no answers by themselves: steps, and of a layer that is alone also terms of a sum."""
    return _used_later(written, value) | (_terms(written, value) if is_alone else set())


def _used_later(written: Sequence[Written], value: Valued) -> set[Written]:
    """Formulas whose value a later formula goes on with: 12*12*32 = 4608 before 4608*100 + 100."""
    formulas = [one for one in written if one.kind == "formula"]
    numbers = [set(re.findall(r"\d+", _GROUPED.sub("", one.text))) for one in formulas]
    return {one for i, one in enumerate(formulas) if any(str(value(one)) in later for later in numbers[i + 1 :])}


def multiples(written: Sequence[Written], value: Valued, right: Container[int]) -> dict[Written, Written]:
    """Numbers that are several times the value of a formula in front of them, which is right for nothing."""
    found = {}
    for one in written:
        number = value(one) if one.kind == "number" else None
        for step in written if number is not None and number not in right else ():
            near = step.kind == "formula" and 0 <= one.sentence - step.sentence <= 1 and step.at < one.at
            each = value(step) if near else None
            if each and number and number % each == 0 and 1 < number // each <= _MULTIPLE:
                found[one] = step
    return found


def _terms(written: Sequence[Written], value: Valued) -> set[Written]:
    """Formulas in a row that make another number together: 3*3*48*2 + 96 and 96*128 + 128 for 13376."""
    formulas = [one for one in written if one.kind == "formula" and value(one)]
    numbers = {value(one) for one in written if one.kind == "number"}
    for start in range(len(formulas)):
        for end in range(start + 2, min(start + _TERMS, len(formulas)) + 1):
            if sum(value(one) or 0 for one in formulas[start:end]) in numbers:
                return set(formulas[start:end])
    return set()
