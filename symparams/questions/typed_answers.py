"""What a student typed, fitted to what was asked: one number, a shape, or the size of all spatial axes at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from symparams.algebra.formula import Formula, Symbol
from symparams.errors import Source, SymparamsError, listed
from symparams.misconceptions.task import Task
from symparams.model.network import Network
from symparams.quantities.quantity import QUANTITY_RULES
from symparams.quantities.totals import amount
from symparams.questions.as_written import in_letters_of_the_layer
from symparams.questions.letters import letters_for, letters_of, words_for
from symparams.questions.typed_numbers import ANSWER, Answer, checked, read_number, read_sizes
from symparams.sources.spelled import in_plain_characters
from symparams.sources.typed import Typed, UnclearError
from symparams.sources.typed_sizes import with_channels

_TOLD_BATCH = re.compile(r"None|\?|batch", re.IGNORECASE)
_SPATIAL = ("length", "depth", "height", "width")


@dataclass(frozen=True, slots=True)
class Given:
    """An answer and what it answers."""

    answer: Answer
    task: Task  # of the axes that the answer is about
    as_each: bool = False  # whether it is one number that stands for all these axes
    typed: Typed | None = None  # how it was written, where it is one number
    taken: Mapping[str, Symbol] = field(default_factory=dict)  # letters of one's own: which of the layer each is


def read_for(task: Task, text: str, rules: Callable[[], Iterable[Formula]] = tuple) -> Given:
    """An answer for a layer, as it was typed; letters of one's own are those that make it one of some rules."""
    source = Source(ANSWER, text)
    letters = letters_for(task)
    if task.quantity not in ("shape", "field"):
        try:
            written, answer = _one_number(source, letters, task)
        except SymparamsError:
            taken = in_letters_of_the_layer(text, lambda known: read_number(source, known, {})[1], rules(), letters)
            if taken is None:
                raise
            return Given((taken[0],), task, taken=taken[1])
        return Given(checked((answer,)), task, typed=written)
    named = with_channels(text) if len(task.rules) > 1 else None
    if named is not None:
        source = Source(ANSWER, named.arranged(first=task.network.convention == "torch"))
    answers = read_sizes(source, letters, len(task.rules), lambda: (_one_number(source, letters, task)[1],))
    if not answers:
        raise SymparamsError(f"{ANSWER}: there is no size in the answer; {_expected(task)}")
    if task.quantity == "shape" and len(answers) == 1 and _TOLD_BATCH.search(text):
        return Given(checked(answers), task)  # (None, 512): all that the shape has
    return fitted(task, checked(answers))


def _one_number(source: Source, letters: Mapping[str, Formula], task: Task) -> tuple[Typed, Formula]:
    try:
        in_bytes = task.quantity in QUANTITY_RULES and QUANTITY_RULES[task.quantity].in_bytes
        return read_number(source, letters, words_for(task, dict(letters)), in_bytes=in_bytes)
    except UnclearError:
        raise
    except SymparamsError as error:
        if _looks_like_sizes(in_plain_characters(source.text)):
            what = f"{amount(task.quantity, task.settings).plural} of {task.node.name}"
            raise SymparamsError(f"one number is expected for the {what}, not sizes", error.place) from None
        raise


def _looks_like_sizes(text: str) -> bool:
    """26x26x32, (8, 64)."""
    sizes = re.split("[xX,;]", text.strip().strip("()[]"))
    return len(sizes) > 1 and all(size.strip().isdigit() or size.strip() in ("None", "?") for size in sizes)


def read_total(network: Network, text: str, *, in_bytes: bool = False) -> tuple[Typed, Answer]:
    """An answer for the whole network, as it was typed."""
    written, formula = read_number(Source(ANSWER, text), letters_of(network), {}, in_bytes=in_bytes)
    return written, checked((formula,))


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
    if given.taken:
        return listed([f"`{own}` is taken for `{letter.name}`" for own, letter in given.taken.items()])
    full = given.task.derived.out.axes
    if given.task.quantity == "shape" and len(given.answer) == len(given.task.axes) < len(full):
        left_out = [axis for axis in full if axis not in given.task.axes]
        what = f"the {listed(given.task.axes)}"
        each = " each" if given.as_each else ""
        return f"your answer is taken as {what}{each}; the number of {listed(left_out)} was not given"
    if given.as_each:
        return f"your answer is taken as the receptive field along the {listed(given.task.axes)} alike"
    return ""
