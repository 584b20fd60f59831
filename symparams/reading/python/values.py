"""What names stand for while a program is followed.

Python's own numbers, texts, tuples, lists and dictionaries stand for themselves, a Formula for a number that is not
known; everything else is a Value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from symparams.algebra.formula import Formula, Symbol
from symparams.errors import Span
from symparams.reading.python.run import Run


class Given(NamedTuple):
    """An argument of a call."""

    value: Any
    at: Span


@dataclass(slots=True)
class Arguments:
    """What stands between the brackets of a call."""

    positional: list[Given] = field(default_factory=list)
    keywords: dict[str, Given] = field(default_factory=dict)
    at: Span = Span(0)  # of the whole call

    def get(self, index: int | None, *names: str, default: Any = None) -> Any:
        """The value at a position or under one of some names."""
        given = self.given(index, *names)
        return default if given is None else given.value

    def given(self, index: int | None, *names: str) -> Given | None:
        """The argument at a position or under one of some names."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        if index is not None and index < len(self.positional):
            return self.positional[index]
        return None

    def without(self, *names: str, first: int = 0) -> Arguments:
        """The same without some keywords, and without the first positional ones."""
        kept = {k: v for k, v in self.keywords.items() if k not in names}
        return Arguments(self.positional[first:], kept, self.at)

    def values(self) -> list[Any]:
        """All values."""
        return [g.value for g in (*self.positional, *self.keywords.values())]


_LONGEST = 400  # characters of a name of something unknown
_ARGUMENTS = 10  # of a call that stand in its name
Copies: TypeAlias = dict[int, Any]  # what was copied already, by the id of the original


class Value:
    """Anything that is not a plain value of Python; what a program may do to it."""

    def attribute(self, run: Run, name: str) -> Any:
        """`value.name`."""
        return Unknown(f"{self.text()}.{name}")

    def set_attribute(self, run: Run, name: str, value: Any) -> None:
        """`value.name = …`."""

    def called(self, run: Run, given: Arguments) -> Any:
        """`value(…)`."""
        return run.framework.not_understood(run, self.text(), given)

    def item(self, run: Run, key: Any, at: Span) -> Any:
        """`value[key]`."""
        return Unknown(f"{self.text()}[{shown(key)}]")

    def set_item(self, run: Run, key: Any, value: Any) -> None:
        """`value[key] = …`."""

    def items(self, run: Run) -> Sequence[Any] | None:
        """What a loop over the value goes through; None: nobody knows."""
        return None

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        """`value + other`, or `other + value` reflected."""
        return Unknown(f"{self.text()}")

    def entered(self, run: Run) -> None:
        """What happens where `with value:` begins."""

    def left(self, run: Run) -> None:
        """And where it ends."""

    def copied(self, run: Run, deeply: Copies | None) -> Any:
        """`copy.copy(value)`, or `copy.deepcopy(value)` where copies are to be kept."""
        return self

    def length(self, run: Run) -> Any:
        """`len(value)`."""
        return Unknown(f"len({self.text()})")

    def text(self) -> str:
        """How the value may be called."""
        return type(self).__name__.lower()


@dataclass(slots=True, eq=False)
class Unknown(Value):
    """A value that the text does not give: a name, an attribute or a call as it was written."""

    path: str  # vocab_size, torch.nn.Conv2d, x_train.shape[1:]; what is longer is cut, since loops may build it up

    def __post_init__(self) -> None:
        self.path = self.path[:_LONGEST]

    def attribute(self, run: Run, name: str) -> Any:
        path = f"{self.path}.{name}"
        known = run.framework.constant(run, path)
        return Unknown(path) if known is None else known

    def called(self, run: Run, given: Arguments) -> Any:
        return run.framework.called(run, self.path, given)

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        left, right = (other, self) if reflected else (self, other)
        return run.operate(operator, letter(left), letter(right), at)

    def text(self) -> str:
        return self.path


class Native(Value):
    """A function of Python, or a method of a value, that is known here."""

    def __init__(self, name: str, does: Callable[[Run, Arguments], Any]) -> None:
        self.name = name
        self.does = does

    def called(self, run: Run, given: Arguments) -> Any:
        return self.does(run, given)

    def text(self) -> str:
        return self.name


def method(value: Value, name: str, does: Callable[[Run, Arguments], Any]) -> Native:
    """A bound method."""
    return Native(f"{value.text()}.{name}", does)


def shown(key: Any) -> str:
    """A value as part of a name."""
    if isinstance(key, slice):
        return ":".join("" if part is None else shown(part) for part in (key.start, key.stop))
    if isinstance(key, tuple):
        return ", ".join(map(shown, key[:10]))
    return key.text() if isinstance(key, Value) else str(key)[:40]


def call_text(name: str, given: Arguments) -> str:
    """A call as the name of its result: width_of(16, 8), so that other arguments give another letter."""
    values = given.values()[:_ARGUMENTS]
    known = all(isinstance(v, (int, float, str, Unknown)) for v in values)
    return f"{name}({', '.join(map(shown, values)) if known else ''})"


def letter(value: Any) -> Any:
    """A letter for an unknown number; anything else as it is."""
    if not isinstance(value, Unknown):
        return value
    return Symbol(word(value.path))


def word(path: str) -> str:
    """An identifier for what was written: `args.hidden` is hidden, `len(words)` len_words."""
    inner = re.sub(r"\W+", "_", path if "(" in path or "[" in path else path.rpartition(".")[2]).strip("_")
    return inner[:40] if inner[:1].isalpha() else f"n_{inner[:38]}".rstrip("_")


def is_number(value: Any) -> bool:
    """Whether a value is a number, known or not."""
    return isinstance(value, (int, float, Formula))


_PLAIN: dict[str, Any] = {
    "int": int,
    "str": str,
    "list": list,
    "tuple": tuple,
    "float": (int, float),
    "dict": dict,
    "Sequence": (list, tuple, str, range),
    "Iterable": (list, tuple, str, range, dict),
}


def is_plain(value: Any, name: str) -> bool:
    """Whether a value is of a type of Python's own, by its name."""
    return isinstance(value, _PLAIN.get(name, ()))


class Row(tuple[Any, ...]):
    """A tuple whose parts have names, as namedtuple makes them."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, names: Sequence[str], values: Sequence[Any]) -> Row:
        """The row of some values."""
        made = cls(values)
        made.names = tuple(names)
        return made


def copied(run: Run, value: Any, deeply: Copies | None) -> Any:
    """A value again, and if deeply all that it holds; what is held twice is one copy."""
    if deeply is not None and id(value) in deeply:
        return deeply[id(value)]
    run.allowance.spend()
    made: Any = value
    if isinstance(value, Value):
        made = value.copied(run, deeply)
    elif isinstance(value, (list, tuple)) and not isinstance(value, Row):
        made = type(value)(value if deeply is None else [copied(run, v, deeply) for v in value])
    elif isinstance(value, dict):
        made = {k: v if deeply is None else copied(run, v, deeply) for k, v in value.items()}
    if deeply is not None:
        deeply[id(value)] = made
    return made


class MadeUp(Value):
    """Numbers of which only the sizes are known."""

    def __init__(self, shape: Sequence[Any]) -> None:
        self.data_shape = tuple(letter(size) for size in shape)

    def attribute(self, run: Run, name: str) -> Any:
        if name == "shape":
            return self.data_shape
        if name == "reshape":
            return self.attribute_reshape()
        return self if name == "astype" else super().attribute(run, name)

    def attribute_reshape(self) -> Native:
        """`numbers.reshape`."""
        return Native("reshape", lambda run, given: self.reshaped(given))

    def reshaped(self, given: Arguments, first: int = 0) -> MadeUp:
        """The same numbers in another shape; as they are where that is not known."""
        shape = reshaped(self.data_shape, given, first)
        known = shape is not None and all(is_number(letter(size)) for size in shape)
        return MadeUp(shape) if known and shape else self

    def called(self, run: Run, given: Arguments) -> Any:
        return self

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        return self

    def text(self) -> str:
        return "numbers"


def data_sizes(value: Any) -> tuple[Any, ...] | None:
    """The sizes of numbers, made up or written out; None for anything else."""
    if isinstance(value, MadeUp):
        return value.data_shape
    return (len(value),) if isinstance(value, range) else measured(value)


def measured(rows: Any) -> tuple[int, ...] | None:
    """The shape of numbers that are written out: [[1.0, 2.0]] has 1 row of 2."""
    sizes: list[int] = []
    while isinstance(rows, (list, tuple)) and rows:
        sizes.append(len(rows))
        rows = rows[0]
    return tuple(sizes) if sizes and is_number(rows) else None


def reshaped(before: Sequence[Any] | None, given: Arguments, first: int = 0) -> tuple[Any, ...] | None:
    """The sizes of `reshape(2, 3)` or `reshape((2, -1))`; None where -1 stands for nobody knows how many."""
    sizes = [g.value for g in given.positional[first:]]
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = list(sizes[0])
    sizes = sizes or list(given.get(None, "shape", "newshape", default=()))
    if -1 not in sizes:
        return tuple(sizes) or None
    if before is None or not all(isinstance(s, int) for s in (*before, *sizes)) or sizes.count(-1) > 1:
        return None
    others = -math.prod(sizes)
    return tuple(math.prod(before) // others if s == -1 else s for s in sizes) if others > 0 else None
