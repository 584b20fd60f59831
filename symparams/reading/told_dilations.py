"""Rows of dilations that prose tells, "dilations 1, 2, 4, 8", and the copies of a block that they make."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

from symparams.algebra.formula import Formula, Number, Symbol
from symparams.algebra.substitution import mapped
from symparams.errors import SymparamsError, listed
from symparams.model.network import Network
from symparams.reading.reading import Reading
from symparams.sources import records as r
from symparams.sources.language import built

_N = r"\d{1,4}"
_AND = r"\s?(?:,\s?(?:and\s)?|\s(?:and|->|→)\s|\s?[-–]>?\s?|/)\s?"
_COUNTED = r"\s(?:\w{1,12}\s)?(?:layers|blocks|filters|channels|stacks|conv)"  # what another number counts
_ROW = (
    rf"(?P<row>{_N}(?:{_AND}{_N}){{1,11}}(?:,?\s?(?:\.\.\.|…|\.\.)\s?,?\s?(?P<last>{_N}))?)"
    rf"(?![\w%]|\.\d|{_COUNTED})"
)
_ROWS = (  # "dilation values of [1, 2, 4, 8]", "dilated convolutions (1, 2, 4)"; "1, 2, 4, 8 as dilations"
    re.compile(
        rf"\bdilat\w{{1,6}}(?:[\s:=_(\[]{{1,3}}[a-z]{{1,12}}){{0,5}}[\s:=(\[`]{{1,5}}(?:of\s)?[\[(]?{_ROW}", re.I
    ),
    re.compile(rf"(?<![\w.,]){_ROW}[\])]?\s(?:as|for the|are the)\s(?:\w{{1,9}}\s)?dilation", re.I),
)
_STACKS = re.compile(
    r"\b(?:nb_|num_|number of )?stacks?(?:_of_residuals_blocks)?\s?(?:=|:|is|of)\s?(\d{1,2})\b|\b(\d{1,2}) stacks\b",
    re.I,
)
_MOST = 48  # dilations, of all stacks together


_KIND = re.compile(r"\b(?:TCNs?|temporal conv\w*|WaveNet\w*|(?:dilated|causal)(?: \w+)? conv\w*)", re.I)
_OF_BLOCKS = re.compile(r"\b(?:TCNs?|temporal conv\w*|two (?:\w+ )?conv\w*|residual blocks?)", re.I)
_KERNEL = re.compile(
    r"\b(?:kernel|filter)[\s_]?(?:size|width|length)?s?\s?(?:=|:|is|of|to)?\s?(\d{1,3})\b"
    r"|\bk\s?=\s?(\d{1,3})\b|\b(\d{1,3})[\s-]taps?\b",
    re.I,
)


class Dilations(NamedTuple):
    """A row of dilations, and how often it is gone through."""

    row: tuple[int, ...]
    stacks: int = 1

    @property
    def every(self) -> tuple[int, ...]:
        """All of them, one after another."""
        return self.row * self.stacks


def dilations_in(text: str) -> Dilations | None:
    """The only row of dilations in a text; None where there is none, or two differ."""
    rows = {row for pattern in _ROWS for found in pattern.finditer(text) if (row := _numbers(found))}
    stacks = {int(one or other) for one, other in _STACKS.findall(text)} - {0} or {1}
    if len(rows) != 1 or len(stacks) != 1:
        return None
    found = Dilations(rows.pop(), stacks.pop())
    return found if len(found.every) <= _MOST else None


class ToldStack(NamedTuple):
    """A stack of dilated convolutions that only prose describes."""

    code: str  # as Keras has it
    at: int  # where its kind stands in the text
    read_as: str  # the same in short, with code in code marks


def told_stack(text: str) -> ToldStack | None:
    """A stack of dilated convolutions of which prose tells the kernel size and the dilations; None for any other."""
    kind, dilations = _KIND.search(text), dilations_in(text)
    kernels = {int(next(filter(None, found))) for found in _KERNEL.findall(text)} - {0}
    if kind is None or dilations is None or len(kernels) != 1:
        return None
    kernel, many = kernels.pop(), 2 if _OF_BLOCKS.search(text) else 1
    layers = [f"Conv1D(F, {kernel}, padding='causal', dilation_rate={d})" for d in dilations.every for _ in range(many)]
    row = listed(list(map(str, dilations.row)))
    stacks = f", in each of {dilations.stacks} stacks" if dilations.stacks > 1 else ""
    each = "two convolutions, as in the residual blocks of a TCN," if many > 1 else "one convolution"
    short = f"{each} `Conv1D(F, {kernel}, padding='causal', dilation_rate=d)` for each of the dilations {row}{stacks}"
    return ToldStack(f"Sequential([Input((None, C)), {', '.join(layers)}])", kind.start(), short)


def _numbers(found: re.Match[str]) -> tuple[int, ...]:
    """1, 2, 4, …, 32 as 1, 2, 4, 8, 16, 32; none where dots stand for something else."""
    last = found["last"]
    numbers = [int(n) for n in re.findall(r"\d+", found["row"])]
    if 0 in numbers:
        return ()
    if last is None:
        return tuple(numbers)
    *start, end = numbers
    if len(start) < 2:
        return ()
    ratio, step = start[1] // start[0], start[1] - start[0]
    doubles = ratio > 1 and all(b == ratio * a for a, b in itertools.pairwise(start))
    if not doubles and (step < 1 or any(b - a != step for a, b in itertools.pairwise(start))):
        return ()
    while start[-1] < end and len(start) < _MOST:
        start.append(start[-1] * ratio if doubles else start[-1] + step)
    return tuple(start) if start[-1] == end else ()


# ---------------------------------------------------------------- copies of a block


def with_told_dilations(reading: Reading) -> Reading:
    """A block whose dilation is a letter, once for each dilation that the prose tells."""
    told = dilations_in(reading.prose)
    if told is None or reading.alternatives:
        return reading
    with suppress(SymparamsError):
        network = built(reading.statements, reading.source)
        letter = _dilation(network)
        inputs = [node.name for node in network.nodes if not node.inputs]
        if letter is None or len(inputs) != 1:
            return reading
        body = [one for one in reading.statements if isinstance(one, r.Chain) and not _is_input(one, inputs[0])]
        kept = tuple(one for one in reading.statements if one not in body)
        statements, flow = list(kept), inputs[0]
        for i, dilation in enumerate(told.every, 1):
            names = {n.name: f"block{i}_{n.name}" for n in network.nodes if n.inputs} | {inputs[0]: flow}
            statements += [_copy(one, names, letter, dilation) for one in body]
            flow = names[network.nodes[-1].name]
        if built(tuple(statements), reading.source).nodes:
            return replace(reading, statements=tuple(statements))
    return reading


def _dilation(network: Network) -> str | None:
    """The only letter that is a dilation and nothing else."""
    letters = {name for node in network.nodes for name in _letters(getattr(node.layer, "dilation", ()))}
    sizes = {name for node in network.nodes for name in _letters(node.shape)}
    return letters.pop() if len(letters - sizes) == len(letters) == 1 else None


def _letters(values: Any) -> Iterator[str]:
    for value in values if isinstance(values, tuple) else ():
        if isinstance(value, Symbol):
            yield value.name


def _is_input(statement: r.Chain, name: str) -> bool:
    first = statement.items[0]
    return isinstance(first, r.Named) and first.name == name


def _copy(item: Any, names: Mapping[str, str], letter: str, dilation: int) -> Any:
    """A statement with other names for its layers and a number for a letter."""
    match item:
        case r.Named():
            inner = _copy(item.item, names, letter, dilation)
            return item._replace(item=inner, name=names.get(item.name, item.name))
        case r.Reference():
            return item._replace(name=names.get(item.name, item.name))
        case Formula():
            return mapped(item, lambda leaf: Number(dilation) if leaf == Symbol(letter) else leaf)
        case tuple() if hasattr(item, "_fields"):
            return type(item)(*(_copy(part, names, letter, dilation) for part in item))
        case tuple():
            return tuple(_copy(part, names, letter, dilation) for part in item)
    return item
