"""What a student typed, fitted to what was asked: one number, a shape, or the size of all spatial axes at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Symbol, Value, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import LimitError, Place, Source, SymparamsError, listed
from symparams.misconceptions.task import Task
from symparams.model.network import Network
from symparams.quantities.quantity import QUANTITY_RULES
from symparams.quantities.totals import amount
from symparams.questions.as_written import in_letters_of_the_layer
from symparams.questions.letters import letters_for, letters_of, words_for
from symparams.sources.answers import LONGEST, read_answer, read_shape
from symparams.sources.typed import Typed, typed, typed_sizes

Answer: TypeAlias = "tuple[Formula, ...]"  # one formula for each number of the answer
_Read = TypeVar("_Read")

_SPATIAL = ("length", "depth", "height", "width")
_NAME = "answer"  # what messages call the text


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
    source = Source(_NAME, text)
    letters = letters_for(task)
    if task.quantity not in ("shape", "field"):
        try:
            written, answer = _one_number(source, letters, task)
        except SymparamsError:
            taken = in_letters_of_the_layer(text, lambda known: _of_typed(source, known, {})[1], rules(), letters)
            if taken is None:
                raise
            return Given((taken[0],), task, taken=taken[1])
        return Given(checked((answer,)), task, typed=written)
    one = len(task.rules) == 1 and _is_one_number(text)
    sizes = Source(_NAME, typed_sizes(text, letters, len(task.rules)))
    answers = (_one_number(source, letters, task)[1],) if one else _placed(source, read_shape, sizes, letters)
    if not answers:
        raise SymparamsError(f"{_NAME}: there is no size in the answer; {_expected(task)}")
    return fitted(task, checked(answers))


def _placed(source: Source, read: Callable[[Source, Mapping[str, Formula]], _Read], *given: Any) -> _Read:
    """What is read of a text from which something was taken; errors show the text as it was typed."""
    try:
        return read(*given)
    except SymparamsError as error:
        if error.place is not None:
            error.place = Place(source, error.place.offset)
        raise


def _in_words(source: Source, text: str, letters: Mapping[str, Formula], words: Mapping[str, Formula]) -> Formula:
    """What a text says in letters, or in words for them; errors list the letters alone."""
    part = Source(_NAME, text)
    try:
        return read_answer(part, letters)
    except SymparamsError:
        with suppress(SymparamsError):
            return read_answer(part, {**letters, **words})
    return _placed(source, read_answer, part, letters)


def _of_typed(
    source: Source, letters: Mapping[str, Formula], words: Mapping[str, Formula], *, in_bytes: bool = False
) -> tuple[Typed, Formula]:
    """A number as it was typed, with what it comes to; both sides of an equation must be equal."""
    if len(source.text) > LONGEST:
        return Typed(source.text), read_answer(source, letters)  # which says that it is too long
    written = typed(source, letters, in_bytes=in_bytes)
    formula = _in_words(source, written.text, letters, words)
    for other in written.others:
        claimed = _in_words(source, other, letters, words)
        left, right = (number(checked((side,))[0]) for side in (formula, claimed))
        if left is not None and right is not None and left != right:
            place = Place(source, len(other) - len(other.lstrip()))
            raise SymparamsError(f"the two sides differ: {left:,} is on the left, {right:,} on the right", place)
    if written.in_bytes and not in_bytes:
        place = Place(source, source.text.index(written.unit))
        raise SymparamsError("this is a number of bytes, but no bytes are asked for", place)
    value = None if written.factor == 1 else number(formula)
    return written, formula if value is None else as_formula(value * written.factor)


def _one_number(source: Source, letters: Mapping[str, Formula], task: Task) -> tuple[Typed, Formula]:
    try:
        in_bytes = task.quantity in QUANTITY_RULES and QUANTITY_RULES[task.quantity].in_bytes
        return _of_typed(source, letters, words_for(task, dict(letters)), in_bytes=in_bytes)
    except SymparamsError as error:
        if _looks_like_sizes(source.text):
            what = f"{amount(task.quantity, task.settings).plural} of {task.node.name}"
            raise SymparamsError(f"one number is expected for the {what}, not sizes", error.place) from None
        raise


def _looks_like_sizes(text: str) -> bool:
    """26x26x32, (8, 64)."""
    sizes = re.split("[xX,;]", text.strip().strip("()[]"))
    return len(sizes) > 1 and all(size.strip().isdigit() or size.strip() in ("None", "?") for size in sizes)


def read_total(network: Network, text: str, *, in_bytes: bool = False) -> tuple[Typed, Answer]:
    """An answer for the whole network, as it was typed."""
    written, formula = _of_typed(Source(_NAME, text), letters_of(network), {}, in_bytes=in_bytes)
    return written, checked((formula,))


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


def _is_one_number(text: str) -> bool:
    """Whether a text for a single size has none of the marks that part sizes, but may be a product: 12 * 12 * 63."""
    bare = re.sub(r"(?<=[0-9])[,](?=[0-9]{3}(?![0-9]))", "", text)
    return not re.search(r"[,;×xX]|None|\?", bare)


def how_typed(written: Typed | None, answer: Answer, right: Value) -> str:
    """What has to be said of a number that is not meant exactly; empty where there is nothing."""
    value = number(answer[0]) if len(answer) == 1 else None
    if written is None or written.rounded is None or value is None or value == right:
        return ""
    read = f"the answer is read as {shown(as_formula(value), PLAIN)}" if written.unit else "the answer is rounded"
    if not is_near(written, value, right):
        return read if written.unit else ""
    return f"{read}; the right number, {right:,}, is that when it is rounded in this way"


def is_near(written: Typed | None, value: Value | None, right: Value) -> bool:
    """Whether a rounded number is what the right one is when it is rounded in this way."""
    if written is None or written.rounded is None or isinstance(value, Formula) or isinstance(right, Formula):
        return False
    return value is not None and value != right and abs(Fraction(value) - Fraction(right)) <= written.half
