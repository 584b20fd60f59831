"""What a student typed, fitted to what was asked: one number, a shape, or the size of all spatial axes at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.errors import LimitError, Source, SymparamsError, listed
from symparams.misconceptions.task import Task
from symparams.model.network import Network
from symparams.quantities.totals import amount
from symparams.questions.letters import letters_for, letters_of
from symparams.sources.answers import read_answer, read_shape

Answer: TypeAlias = "tuple[Formula, ...]"  # one formula for each number of the answer

_SPATIAL = ("length", "depth", "height", "width")
_NAME = "answer"  # what messages call the text


@dataclass(frozen=True, slots=True)
class Given:
    """An answer and what it answers."""

    answer: Answer
    task: Task  # of the axes that the answer is about
    as_each: bool = False  # whether it is one number that stands for all these axes


def read_for(task: Task, text: str) -> Given:
    """An answer for a layer, as it was typed."""
    source = Source(_NAME, text)
    letters = letters_for(task)
    several = task.quantity in ("shape", "field") and not (len(task.rules) == 1 and _is_one_number(text))
    answer = read_shape(source, letters) if several else (_one_number(source, letters, task),)
    if not answer:
        raise SymparamsError(f"{_NAME}: there is no size in the answer; {_expected(task)}")
    return fitted(task, checked(answer))


def _one_number(source: Source, letters: Mapping[str, Formula], task: Task) -> Formula:
    try:
        return read_answer(source, letters)
    except SymparamsError as error:
        if _looks_like_sizes(source.text):
            what = f"{amount(task.quantity, task.settings).plural} of {task.node.name}"
            raise SymparamsError(f"one number is expected for the {what}, not sizes", error.place) from None
        raise


def _looks_like_sizes(text: str) -> bool:
    """26x26x32, (8, 64)."""
    sizes = re.split("[xX,;]", text.strip().strip("()[]"))
    return len(sizes) > 1 and all(size.strip().isdigit() or size.strip() in ("None", "?") for size in sizes)


def read_total(network: Network, text: str) -> Answer:
    """An answer for the whole network, as it was typed."""
    return checked((read_answer(Source(_NAME, text), letters_of(network)),))


def checked(answer: Answer) -> Answer:
    """The answer, unless it has numbers that cannot be worked out."""
    for formula in answer:
        try:
            number(formula)
        except LimitError as error:
            raise LimitError(f"{_NAME}: {error.matter}") from None
        except SymparamsError as error:
            raise SymparamsError(f"{_NAME}: this cannot be worked out: {error.matter}") from None
    return answer


def fitted(task: Task, answer: Answer) -> Given:
    """Which axes an answer is about; as many numbers as there are spatial axes leave the channels out."""
    count = len(answer)
    if count == len(task.rules):
        return Given(answer, task)
    spatial = _spatial(task)
    if len(spatial.rules) in (0, 1) or count not in (1, len(spatial.rules)):
        return Given(answer, spatial if count == len(spatial.rules) else task)
    return Given(answer * (len(spatial.rules) if count == 1 else 1), spatial, count == 1)


def check_count(task: Task, answer: Answer) -> None:
    """Raise SymparamsError if an answer does not have a number for every axis."""
    if len(answer) != len(task.rules):
        raise SymparamsError(f"the answer has {_counted(len(answer))}; {_expected(task)}")


def _expected(task: Task) -> str:
    what = "the output shape" if task.quantity == "shape" else "the receptive field"
    order = {"keras": "Keras", "torch": "PyTorch"}[task.network.convention]
    if len(task.axes) == 1:
        return f"{what} of {task.node.name} has one, the {task.axes[0]}"
    axes = f"{', '.join(task.axes[:-1])} and {task.axes[-1]}"
    tail = f", in this order, as {order} counts" if task.quantity == "shape" else ""
    return f"{what} of {task.node.name} has {len(task.axes)}: {axes}{tail}"


def _counted(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"


def _spatial(task: Task) -> Task:
    """The same task for the spatial axes alone."""
    kept = [(axis, rule) for axis, rule in zip(task.axes, task.rules, strict=True) if axis in _SPATIAL]
    return replace(task, axes=tuple(axis for axis, _ in kept), rules=tuple(rule for _, rule in kept))


def how_read(given: Given) -> str:
    """What has to be said of the reading of an answer; empty where it is plain."""
    full = given.task.derived.out.axes
    if given.task.quantity == "shape" and len(given.answer) == len(given.task.axes) < len(full):
        left_out = [axis for axis in full if axis not in given.task.axes]
        what = f"the {listed(given.task.axes)}"
        each = " each" if given.as_each else ""
        return f"the answer is taken for {what}{each}; the number of {listed(left_out)} was not given"
    if given.as_each:
        return f"the answer is taken for the receptive field along the {listed(given.task.axes)} alike"
    return ""


def _is_one_number(text: str) -> bool:
    """Whether a text for a single size has none of the marks that part sizes, but may be a product: 12 * 12 * 63."""
    bare = re.sub(r"(?<=[0-9])[,](?=[0-9]{3}(?![0-9]))", "", text)
    return not re.search(r"[,;×xX]|None|\?", bare)
