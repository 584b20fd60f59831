"""What is said of a layer, in every case that changes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

from symparams.algebra.formula import ZERO, Formula, symbols
from symparams.model.arguments import arguments_of
from symparams.model.layer import Axis, Layer, Requirement, Unit
from symparams.model.tensor import Tensor
from tests.phrasebook.variants import variants

ORDER = ("Why", "What does not matter", "Shape", "Work", "Cache", "Conventions", "Rule")  # sentences
LISTS = ("Counted by", "Symbols", "Tensors", "Arguments")  # names, with what they mean
_LABELS = {
    "because": "Why",
    "shape_because": "Shape",
    "differs": "Conventions",
    "ignores": "What does not matter",
    "unit": "Counted by",
    "units": "Counted by",
    "channels_are": "Counted by",
}
_NUMBERED = re.compile(r"[\d_.]")  # names that a framework gives, and those of parts that are numbered


def spoken_of(kind: type[Layer]) -> Iterator[tuple[str, str, str]]:
    """What is said of a layer: what about, the text, in which case."""
    if kind.by_hand:
        yield "Rule", kind.by_hand, ""
    for d, case in variants(kind):
        if d.arriving and d.layer.cache(d.out, *d.arriving) != ZERO:
            yield "Cache", str(d.layer.caching(*d.arriving)), case
        for name, text in _texts(d.rules):
            yield _LABELS[name], text, case
        for _, text in _texts(d.layer.work(d.out, *d.arriving)):
            yield "Work", text, case
        for tensor in d.rules.tensors:
            if not _NUMBERED.search(tensor.name):
                yield "Tensors", tensor.name, ""
        formulas = (*(axis.size for axis in d.rules.output), d.rules.parameters)
        for symbol in dict.fromkeys(s for formula in formulas for s in symbols(formula)):
            yield "Symbols", f"`{symbol.name}`: {symbol.meaning}", ""
    for argument in arguments_of(kind):
        yield "Arguments", f"`{argument.name}`: {argument.meaning.removeprefix(f'{argument.name}: ')}", ""


def _texts(record: object) -> Iterator[tuple[str, str]]:
    """The sentences of a record and what it counts by, by the names of their fields."""
    for field in fields(record):  # type: ignore[arg-type]
        if field.name == "size_because":  # a part of what is said of the shape
            continue
        value = getattr(record, field.name)
        value = value() if callable(value) else value
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Unit):
                yield from ((field.name, said) for said in (one.plural, one.where) if said)
            elif not isinstance(one, (Formula, Axis, Tensor, Requirement)) and " " in str(one).strip():
                yield field.name, str(one)
