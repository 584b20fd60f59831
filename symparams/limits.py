"""The limits that guard the machine against hostile or broken input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from functools import cached_property, wraps
from types import FunctionType
from typing import Any, TypeVar

from symparams import extensions
from symparams.errors import LimitError, SymparamsError

T = TypeVar("T")

SOURCE_BYTES = 1 << 20  # of a text in the language, and of a template
INPUT_BYTES = 1 << 23  # of code, a table or a config that is read
NOTEBOOK_BYTES = 1 << 26  # of a notebook: pictures stand in it as text
BANK_BYTES = 1 << 28  # of a bank of questions that is read
ANSWERS_BYTES = 1 << 25  # of a table of answers
ANSWERS = 500_000  # that a class gives, and lines of their table
ANSWER_COLUMNS = 10_000  # of that table
ANSWER_LINE = 2_000_000  # characters of one of its lines
LAYERS = 100_000
NESTING = 100
DIGITS = 1_000
ARGUMENTS = 1_000  # between two brackets
LETTERS = 1_000  # in a network
VALUES = 10**18  # of a letter with a range
CHOICES = 10_000  # values of a range that cannot be kept as first, last and step
TRIED_LAYERS = 1_000  # layers of copies in copies that are tried to see how sizes change
EXPRESSION = 1_000  # numbers and symbols in an expression, values put in
SIZE = 300  # numbers and symbols in a size that layers hand on
DEPTH = 24  # how deep a simplified formula may be nested
TERMS = 2_000  # terms of a sum

_BITS = int(DIGITS * 3.3219281) + 1  # an integer of DIGITS digits has at most so many bits
SMALL = 1 << 64  # far from the limit

_WORK = 60_000  # steps of algebra that one call of the public face may take, and
_WORK_PER_LAYER = 200  # for each layer that it is about
_SEARCH = 30_000  # steps that a search may take before it says how far it came
_BEYOND = 2 * _SEARCH  # the same where it cannot say so


class _Allowance:
    """Steps that may still be taken."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left


_work: ContextVar[_Allowance | None] = ContextVar("_work", default=None)
_search: ContextVar[_Allowance | None] = ContextVar("_search", default=None)


@contextmanager
def work(layers: int = 0) -> Iterator[None]:
    """One thing that is asked for, about so many layers: a network, a document, a question, an answer to it.

    What happens inside has an allowance of its own. Steps are counted, not time, so that a slow machine prints the
    same; inside nothing has to be remembered but to `spend` where work grows. What an extension does wrong inside is
    told with its name.
    """
    token = _work.set(_Allowance(_WORK + _WORK_PER_LAYER * layers))
    try:
        yield
    except Exception as error:
        failed = extensions.failure(error)
        if failed is None:
            raise
        raise failed from error
    finally:
        _work.reset(token)


def allow() -> None:
    """Add what one more layer may need: of a network it is not known before how many there are."""
    allowance = _work.get()
    if allowance is not None:
        allowance.left += _WORK_PER_LAYER


def spend(amount: int = 1) -> None:
    """Take steps from the allowance; formulas that grow without end stop here."""
    allowance = _work.get()
    if allowance is not None:
        allowance.left -= amount
        if allowance.left < 0:
            raise LimitError("the formulas here grow too large to be worked out")


def face(cls: type[T]) -> type[T]:
    """A class of the public face: every call of its methods and properties is one thing that is asked for.

    `_layers` of an object says how many layers it is about.
    """
    for name, member in list(vars(cls).items()):
        if name.startswith("_") and not name.startswith("_repr_") and name not in ("__str__", "__repr__"):
            continue
        if isinstance(member, cached_property):
            member.func = _one_call(member.func)
        elif isinstance(member, property) and member.fget is not None:
            setattr(cls, name, property(_one_call(member.fget)))
        elif isinstance(member, FunctionType):
            setattr(cls, name, _one_call(member))
    return cls


def _one_call(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def bounded(self: Any, *given: Any, **named: Any) -> Any:
        with work(getattr(self, "_layers", 0)):
            return method(self, *given, **named)

    return bounded


@contextmanager
def search() -> Iterator[None]:
    """A search, which ends with what it has when its allowance is used up."""
    token = _search.set(_Allowance(_SEARCH))
    try:
        yield
    finally:
        _search.reset(token)


def searched(steps: int) -> None:
    """Take steps from the allowance of a search; one that goes far beyond it ends with an error."""
    allowance = _search.get()
    if allowance is not None:
        allowance.left -= steps
        if allowance.left < -_BEYOND:
            raise LimitError("a search through so many values would take too long")


def search_is_over() -> bool:
    """Whether the allowance is used up: the search ends with what it has."""
    allowance = _search.get()
    return allowance is not None and allowance.left < 0


def checked(value: int | Fraction) -> int | Fraction:
    """`value`, unless it has more than 1,000 digits."""
    if -SMALL < value < SMALL and isinstance(value, int):
        return value
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _BITS:
        raise LimitError(f"a number here has more than {DIGITS:,} digits, which is the limit")
    return value


def power(base: int | Fraction, exponent: int) -> int | Fraction:
    """base ** exponent, refused by size before it is computed."""
    bits = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
    if bits * abs(exponent) > _BITS:
        raise LimitError(f"a power here has more than {DIGITS:,} digits, which is the limit")
    if exponent < 0:
        if base == 0:
            raise SymparamsError("0 cannot be raised to a negative power")
        return checked(Fraction(1) / Fraction(base) ** -exponent)
    return checked(base**exponent)
