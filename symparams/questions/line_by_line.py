"""A calculation that somebody wrote line by line: which layer each line counts, and which lines are wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from symparams.algebra.evaluation import number
from symparams.errors import Source, Span, SymparamsError
from symparams.model.network import Network, Node
from symparams.quantities.counted_off import at, counted_off, of_words, position_of
from symparams.quantities.named_layers import layers_named
from symparams.quantities.totals import adds_up, amount, total_of
from symparams.questions.diagnosis import Diagnosis, Diagnostician
from symparams.reading.asking import inquiry
from symparams.reading.doubts import written_in
from symparams.reading.lines import Line, commented_lines, labeled_lines
from symparams.reading.reading import Reading
from symparams.sources.answers import read_answer

_NUMBERED = re.compile(r"(?:layer|level|schicht|couche|capa)\s?(\d{1,3})", re.I)
_PARTS = re.compile(r"[A-Za-z]+|\d+(?:st|nd|rd|th)?")


@dataclass(frozen=True, slots=True)
class Calculated:
    """What somebody calculated for one layer."""

    layer: str  # its name
    text: str  # as it was written
    value: int  # what it comes to
    right: int  # what the layer has
    diagnosis: Diagnosis | None  # of a wrong line; None: it is right
    at: Span  # where it stands in the text

    @property
    def excess(self) -> int:
        """What is too much in it; below zero: what is missing."""
        return self.value - self.right

    @property
    def mistake(self) -> object:
        """What tells the mistake in it from others, for a layer of this kind; None where none is known."""
        diagnosis = self.diagnosis
        if diagnosis is None or diagnosis.node is None or not diagnosis.matches:
            return None
        return type(diagnosis.node.layer), tuple(one.name for one in diagnosis.matches[0].made)


@dataclass(frozen=True, slots=True)
class Calculation:
    """A calculation line by line."""

    quantity: str  # that the lines count
    lines: tuple[Calculated, ...]  # in the order of the text, each for another layer
    right_total: int | None  # of the network; None where layers have no line
    written_total: int | None  # what somebody takes for the total; None: it is not written

    @property
    def wrong(self) -> tuple[Calculated, ...]:
        """The wrong lines."""
        return tuple(line for line in self.lines if line.diagnosis is not None)

    @property
    def sum(self) -> int:
        """What the lines add up to, as they are written."""
        return sum(line.value for line in self.lines)

    @property
    def excess(self) -> int:
        """What the lines have too much of together; below zero: what is missing."""
        return sum(line.excess for line in self.lines)

    @property
    def repeated(self) -> tuple[Calculated, ...]:
        """The wrong lines with a mistake that a line before them has, for a layer of the same kind."""
        seen: set[object] = set()
        found = []
        for line in self.wrong:
            if line.mistake is not None and line.mistake in seen:
                found.append(line)
            seen.add(line.mistake)
        return tuple(found)


def calculation(network: Network, reading: Reading) -> Calculation | None:
    """The calculation in a text, where a line of it is wrong, or its total; None: there is none."""
    lines = [*commented_lines(reading), *labeled_lines(reading.prose)]
    counted = list(_by_layer(network, lines))
    if not counted:
        return None
    quantity = _quantity(network, reading.prose, counted)
    calculated = tuple(_calculated(network, quantity, counted))
    if not any(line.diagnosis is None or line.diagnosis.matches for line in calculated):
        return None
    covered = {line.layer for line in calculated}
    others = [node for node in network.nodes if node.name not in covered]
    what = amount(quantity)
    total = total_of(network, what) if all(what.of_layer(node) == 0 for node in others) else None
    right = total if isinstance(total, int) else None
    found = Calculation(quantity, calculated, right, None)
    found = Calculation(quantity, calculated, right, _total(found, lines, reading.prose))
    return found if found.wrong or found.written_total not in (None, found.right_total) else None


def without_lines(found: Calculation, prose: str) -> str:
    """The prose with blanks in place of the lines, their sum, and what is told about it."""
    told = {found.sum, found.right_total, found.written_total, abs(found.excess)} - {None, 0}
    kept = list(prose)
    places = [line.at for line in found.lines]
    places += [one.at for one in written_in(prose) if _value(one.result or one.text) in told]
    for start, end in places:
        kept[start:end] = " " * (end - start) if prose[start:end].strip() else prose[start:end]
    return "".join(kept)


# ---------------------------------------------------------------- which layer a line counts


def _by_layer(network: Network, lines: Iterable[Line]) -> Iterator[tuple[Node, Line, int]]:
    """The lines with their layers and numbers, the first of each layer."""
    seen: set[str] = set()
    for line in lines:
        value = _value(line.written.result or line.written.text)
        node = None if line.is_total or value is None else _layer(network, line)
        if node is not None and value is not None and node.name not in seen and not node.repeats:
            seen.add(node.name)
            yield node, line, value


def _layer(network: Network, line: Line) -> Node | None:
    """The layer that a label means."""
    label = re.sub(r"\s+", " ", line.label.strip("`*_ ")).removesuffix(" layer")
    node = None
    alike = [node for node in network.nodes if node.name.lower() == label.lower()]
    if len(alike) == 1:
        node = alike[0]
    elif line.by_code:
        return None
    else:
        node = _called(network, label)
    return None if node is None or node.layer.inputs == "none" or node.kind == "copies" else node


def _called(network: Network, label: str) -> Node | None:
    """The layer that a label means by its kind and its place: conv 2, second dense, layer 3, output."""
    numbered = _NUMBERED.fullmatch(label)
    if numbered:
        return at(of_words(network, ("layer",)), int(numbered[1]))
    words = [word.lower() for word in _PARTS.findall(label)]
    last = [word for word in words if position_of(word) == -1]
    if last:
        own = of_words(network, [word for word in words if word not in last]) or of_words(network, ("layer",))
        return at(own, -1)
    with suppress(SymparamsError):
        meant = layers_named(network, label)
        return meant[0] if len(meant) == 1 else None
    found = counted_off(network, " ".join(words))
    if found is None and len(several := of_words(network, words)) == 1:
        return several[0]
    return found


# ---------------------------------------------------------------- what a line comes to


def _quantity(network: Network, prose: str, counted: Sequence[tuple[Node, Line, int]]) -> str:
    """What the lines count: of what is asked about, and of parameters, that of which most lines are right."""
    asked = inquiry(prose)
    some = [one for one in (*asked.quantities, "params") if adds_up(one)]
    right = {one: sum(amount(one).of_layer(node) == value for node, _, value in counted) for one in some}
    return max(dict.fromkeys(some), key=lambda one: right[one])


def _calculated(network: Network, quantity: str, counted: Iterable[tuple[Node, Line, int]]) -> Iterator[Calculated]:
    """Each line with what is wrong in it."""
    diagnostician, what = Diagnostician(network), amount(quantity)
    for node, line, value in counted:
        written = line.written
        right = what.of_layer(node)
        if not isinstance(right, int):
            continue
        diagnosis, text = None, written.text
        if value != right:
            text = written.text if _value(written.text) != right else written.result
            with suppress(SymparamsError):
                diagnosis = diagnostician.typed(node.name, quantity, text)
            if diagnosis is None or diagnosis.correct or ((line.by_code or right == 0) and not diagnosis.matches):
                continue  # it may say something else: a size, or how many values are laid out in a row
        yield Calculated(node.name, text, value, right, diagnosis, written.at)


def _total(found: Calculation, lines: Iterable[Line], prose: str) -> int | None:
    """What somebody takes for the total: the sum of the lines where it is written, else what is called the total."""
    numbers = {_value(one.result or one.text) for one in written_in(prose)}
    if found.sum in numbers:
        return found.sum
    called = {_value(line.written.result or line.written.text) for line in lines if line.is_total}
    called -= {None, found.right_total}
    return called.pop() if len(called) == 1 else None


def _value(text: str) -> int | None:
    """The number that something comes to; None where it is no integer."""
    with suppress(SymparamsError):
        value = number(read_answer(Source("text", text), {}))
        return value if isinstance(value, int) else None
    return None
