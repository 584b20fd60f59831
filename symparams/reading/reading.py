"""What a way in leaves behind, whatever it read: statements of the language, with places in the original text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from symparams.errors import Source, Span
from symparams.sources.records import Statement

Field: TypeAlias = Literal["params", "shape", "total", "trainable", "non_trainable"]  # a number of a table


# What is assumed of modules of PyTorch whose class is shown without its `forward`.
IN_A_ROW = "nothing says how the layers are called: they follow one another, and the input is flattened"


class Repair(NamedTuple):
    """Damage that could be undone in one way only, or an assumption where the text leaves something open."""

    what: str  # a clause for the reader: "typographic quotes read as straight ones"
    at: Span  # where it first occurs, in the original text
    about: str = ""  # the layer that it is about, or that reads an input that it is about; empty: the whole network
    changes: bool = False  # whether numbers are other than the text has them
    implied: bool = False  # of an assumption: whether the text leaves no other choice
    counts_stand: bool = False  # of an assumption: whether no number of parameters depends on it, as the text has these


class WrongRow(NamedTuple):
    """A printed number that contradicts others."""

    name: str  # of the row as printed, or "total"
    field: Field  # which number of it
    printed: int | tuple[int | None, ...] | None
    right: int | tuple[int | None, ...] | None  # what its neighbors imply
    against: tuple[str, ...]  # the rows that it contradicts
    at: Span


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it was understood."""

    kind: str  # the way in: arch, keras, torch, summary, notebook, keras-config, hf, onnx, question
    source: Source  # the original text, to the byte; every place below and every error points into it
    statements: tuple[Statement, ...]  # the network in the language's records
    repairs: tuple[Repair, ...] = ()  # what was repaired, in the order of the text
    assumed: tuple[Repair, ...] = ()  # what the text leaves open and was taken as usual
    models: tuple[str, ...] = ()  # the names of all models in the text, the one that was read first
    wrong: tuple[WrongRow, ...] = ()  # what a printed table contradicts itself in
    parts: tuple[str, ...] = ()  # those among the models that are parts of the one that was read
    prose: str = ""  # the text with blanks in place of code and tables, where there is prose
    read_as: str = ""  # as what a layer was read that only prose names: a call in code marks; empty: code or a table
    title: str = ""  # what the text calls this one of several networks that it compares; empty: nothing
    alternatives: tuple[Reading, ...] = ()  # the networks that the text sets against this one, in its order


class WayIn(NamedTuple):
    """A kind of text, or kinds that one reader tells apart."""

    kinds: tuple[str, ...]  # as --from names them
    title: str  # what it reads, for messages: Python code
    recognised: Callable[[str], float]  # how sure a look at the text makes: 0 not at all, 1 certainly
    read: Callable[[Source, str | None], Reading]  # of the model of that name; None: of the first one
