"""What every scorer asks: the fields of a question, each as a question of its own, and wrong answers near the key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import count, islice

from symparams.documents.written_question import WrittenQuestion


@contextmanager
def naming(what: object) -> Iterator[None]:
    """Say where a failure comes from, in a test of many seeds."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"from {what}")
        raise


def fields(asked: WrittenQuestion) -> list[WrittenQuestion]:
    """The question itself, or one for each of its blanks, with its mistakes."""
    if not asked.blanks:
        return [asked]
    return [
        replace(
            asked,
            answer=blank.answer,
            value=blank.value,
            points=blank.points,
            mistakes=asked.mistakes_at(blank),
            blanks=(),
        )
        for blank in asked.blanks
    ]


def others(asked: WrittenQuestion, wanted: int = 5) -> list[str]:
    """Answers near the key that are neither right nor a known mistake, as a student types them."""
    near = {"number": _numbers, "shape": _shapes, "formula": _formulas}
    return list(islice(near[asked.answer_type](asked), wanted))


def _numbers(asked: WrittenQuestion) -> Iterator[str]:
    assert asked.value is not None
    known = {asked.value, *(mistake.value for mistake in asked.mistakes)}
    key = int(asked.value)
    for step in count(1):
        yield from (
            str(value) for value in (key + step, key - step, key + 10**step) if value >= 0 and value not in known
        )


def _shapes(asked: WrittenQuestion) -> Iterator[str]:
    known = {asked.answer, *(mistake.answer for mistake in asked.mistakes)}
    sizes = asked.answer.split("x")
    changed: list[Callable[[int], list[str]]] = [
        lambda step: [*sizes[:-1], str(int(sizes[-1]) + step)],
        lambda step: [str(int(sizes[0]) + step), *sizes[1:]],
        lambda step: [*sizes, str(step)],
    ]
    for step in count(1):
        found = ("x".join(change(step)) for change in changed)
        yield from (shape for shape in found if shape not in known)


def _formulas(asked: WrittenQuestion) -> Iterator[str]:
    known = {asked.values, *(mistake.values for mistake in asked.mistakes)}
    for step in count(1):
        changed: dict[str, Callable[[Fraction], Fraction]] = {
            f"{asked.answer} + {step}": lambda value, step=step: value + step,  # type: ignore[misc]
            f"{asked.answer} - {step}": lambda value, step=step: value - step,  # type: ignore[misc]
            f"({asked.answer})*{step + 1}": lambda value, step=step: value * (step + 1),  # type: ignore[misc]
        }
        yield from (text for text, change in changed.items() if tuple(map(change, asked.values)) not in known)
