"""What a printed table says: rows, totals, and where each stands. Nothing here is solved yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from symparams.errors import Span
from symparams.model.tensor import Convention
from symparams.reading.reading import Repair

Form: TypeAlias = Literal["keras", "torchsummary", "torchinfo", "modules", "weights"]  # who prints such tables
What: TypeAlias = Literal["total", "trainable", "non_trainable", "optimizer"]  # a total is of
Sizes: TypeAlias = "tuple[int | None, ...]"  # without the batch axis; None: printed as None, -1 or ?

ROWS = 3_000  # of a table, at most; one more is read to tell that there are more

CONVENTIONS: dict[Form, Convention] = {
    "keras": "keras",
    "torchsummary": "torch",
    "torchinfo": "torch",
    "modules": "torch",
    "weights": "torch",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row as printed."""

    name: str  # as printed, without the dots of a cut
    type: str  # the class, completed where it is cut; empty where nothing says it
    at: Span  # the row in the original text
    shape: Sizes | None = None  # of the output; None: not printed, or printed as "multiple"
    count: int | None = None  # of its parameters; None: not printed
    count_begins: str = ""  # the first digits of a count that is cut
    depth: int = 0  # how many rows it stands under
    inputs: tuple[str, ...] | None = None  # the rows it is connected to; None: no such column, or cut
    trainable: bool | None = None  # None: not printed, or only in part
    incoming: Sizes | None = None  # the shape of the input, where it is printed
    kernel: tuple[int, ...] | None = None  # the kernel's shape, where it is printed
    settings: tuple[tuple[str | None, str], ...] = ()  # of print(model): keyword and value, as printed
    counted_before: bool = False  # a layer that an earlier row has counted
    path: str = ""  # the attribute path, where it is known: stem.0
    times: int = 1  # how many equal ones the row stands for
    shapes: tuple[Sizes, ...] = ()  # of all outputs, where there are several
    within: str = ""  # the row of the model that it is a part of, the outermost one
    turned: bool = False  # whether the channels are printed first though the convention has them last


class Total(NamedTuple):
    """A line under a table."""

    what: What
    value: int
    at: Span


class Told(NamedTuple):
    """What the sentences around a table tell of layers: of several that would do, those that agree are preferred."""

    inputs: tuple[tuple[int, ...], ...] = ()  # shapes that are called the input's, in any order of the axes
    kernels: frozenset[tuple[int, ...]] = frozenset()  # kernel sizes; (3,) along every axis
    groups: frozenset[int] = frozenset()  # numbers of groups
    unbiased: bool = False  # whether layers without biases are spoken of


@dataclass(frozen=True, slots=True)
class Table:
    """A printed table."""

    form: Form
    at: Span  # from its title to its last total
    rows: tuple[Row, ...]  # in the order of the text
    title: str = ""  # the model's name, where it is printed
    totals: tuple[Total, ...] = ()
    repairs: tuple[Repair, ...] = ()  # damage that was undone
    told: Told = Told()  # what the sentences around it tell

    @property
    def convention(self) -> Convention:
        """That of the framework which prints such tables."""
        return CONVENTIONS[self.form]

    def total(self, what: str) -> Total | None:
        """The line under the table that says how many parameters of a kind there are."""
        return next((t for t in self.totals if t.what == what), None)
