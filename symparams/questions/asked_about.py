"""What a whole text asks about a network: wrong rows and lines, sizes that do not fit, and what its prose doubts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from symparams.algebra.formula import as_formula
from symparams.errors import SymparamsError
from symparams.model.network import Network
from symparams.quantities.named_layers import layers_named
from symparams.quantities.totals import adds_up, amount
from symparams.questions.diagnosis import Diagnostician
from symparams.questions.doubted import Doubt, Doubts
from symparams.questions.line_by_line import Calculation, calculation, without_lines
from symparams.questions.misfit import Misfit, misfit
from symparams.questions.other_counts import WORK, OtherCount, different, other_counts, without_counts
from symparams.questions.printed_sizes import printed_sizes
from symparams.questions.spoken_of import Spoken
from symparams.reading.asking import IN_ALL, inquiry, named_in
from symparams.reading.doubts import Sentences, asking
from symparams.reading.items import alone, asks, marked_items
from symparams.reading.reading import Reading, WrongRow

_NAMED = 4  # layers that a number of multiply-accumulates may be meant for
_OF_EACH = re.compile(
    r"\b(?:each|every|all(?:\s+the)?)\s+(?:\w+\s+)?(?:layers?|steps?)\b|\blayer[\s-]by[\s-]layer", re.I
)
_OUTPUT = re.compile(r"\boutput", re.I)


def doubts_about(
    network: Network, reading: Reading, layer: str | None = None, quantity: str | None = None
) -> tuple[Doubt, ...]:
    """What a text asks about the network that it describes; of a layer or a quantity that is named, that one at least.

    Raises SymparamsError for a layer that there is not, and for a quantity that only layers have where none is named.
    """
    doubts = _doubts(network, reading)
    if layer is None and quantity is None:
        return doubts
    names = [node.name for node in layers_named(network, layer)] if layer is not None else [None]
    named = tuple(d for d in doubts if d.layer in names and quantity in (None, d.quantity))
    if layer is None and not named:
        amount(quantity or "params")
    return named or tuple(Doubt(name, quantity or "params", None, None) for name in names)


def _doubts(network: Network, reading: Reading) -> tuple[Doubt, ...]:
    """Rows that are wrong, then the wrong lines of a calculation, then what the prose doubts."""
    rows = [doubt for row in reading.wrong if (doubt := _of_row(network, row)) is not None]
    if not reading.prose.strip():
        return tuple(rows)
    in_bytes = _of_bytes(network, reading)
    if in_bytes:
        return (*rows, *in_bytes)
    found = calculation(network, reading)
    lines = [] if found is None else _of_lines(found)
    prose = reading.prose if found is None else without_lines(found, reading.prose)
    error = misfit(network, reading)
    misfits = _of_misfit(error)
    is_normalized = error is not None and error.mismatch.of == "normalized"
    if error is not None and is_normalized:  # whose sizes are doubted by nobody
        start, end = error.mismatch.at
        prose = prose[:start] + re.sub(r"\S", " ", prose[start:end]) + prose[end:]
    known = {doubt.layer for doubt in rows}
    further = [doubt for doubt in _of_prose_with_counts(network, reading, prose) if doubt.layer not in known]
    if found is not None:  # what the lines say is said once
        further = [doubt for doubt in further if doubt.diagnosis is not None or doubt.quantity != found.quantity]
    if misfits:  # which tell the sizes on the way
        further = [doubt for doubt in further if doubt.diagnosis is not None or doubt.quantity != "shape"]
    if is_normalized:
        further = [doubt for doubt in further if doubt.diagnosis is not None or doubt.quantity in named_in(prose)]
    found_ones = (*rows, *lines, *misfits, *further)
    if _asks_of_each(prose) and all(doubt.diagnosis is None and doubt.misfit is None for doubt in found_ones):
        return ()  # which gives the total and the table
    if not found_ones and reading.read_as and "params" in named_in(prose):  # its table has nothing that was not told
        return (Doubt(None, "params", None, None),)
    return found_ones


def _asks_of_each(prose: str) -> bool:
    """Whether a text asks for shapes or parameters of every layer, as a table has them."""
    sentences = Sentences(prose)
    asked = " ".join(map(sentences.text, sorted(asking(prose))))
    return _OF_EACH.search(asked) is not None and {*named_in(asked)} in ({"shape"}, {"params"}, {"shape", "params"})


def _of_bytes(network: Network, reading: Reading) -> list[Doubt]:
    """What a text asks about megabytes below a table, or about the memory of training; bytes are no parameters."""
    sizes = printed_sizes(network, reading)
    if sizes is not None:
        return [Doubt(None, "activations", None, None, printed=sizes)]
    asked = inquiry(reading.prose)
    if not asked.optimizers:
        return []
    counts = _of_prose(network, reading.prose) if "params" in asked.quantities else ()
    return [Doubt(None, "memory", None, None), *(doubt for doubt in counts if doubt.quantity == "params")]


def _of_prose_with_counts(network: Network, reading: Reading, prose: str) -> Sequence[Doubt]:
    """What prose doubts, with the numbers that count the same work behind the work that they count."""
    layer, counts = _other_counts(network, prose, reading.source.text)
    doubts = _of_prose(network, without_counts(counts, prose))
    if not counts:
        return doubts
    first, *work = [doubt for doubt in doubts if doubt.quantity in WORK] or [_of_work(layer, prose)]
    others = [doubt for doubt in doubts if doubt.quantity not in WORK and doubt.diagnosis is not None]
    return [first, Doubt(layer, first.quantity, None, None, counts=different(counts)), *work, *others]


def _other_counts(network: Network, prose: str, text: str) -> tuple[str | None, tuple[OtherCount, ...]]:
    """The numbers that count the same work in some way, and of which layer; of all where they count the total."""
    spoken = Spoken(network, prose)
    sole = spoken.sole("macs")
    for layer in dict.fromkeys((sole, None, *(name for name, _ in spoken.named[:_NAMED]))):
        counts = other_counts(network, prose, layer, text)
        if counts:
            return layer, counts
    return None, ()


def _of_work(layer: str | None, prose: str) -> Doubt:
    """The work that a text asks about."""
    return Doubt(layer, next((one for one in inquiry(prose).quantities if one in WORK), WORK[0]), None, None)


def _of_prose(network: Network, prose: str) -> Sequence[Doubt]:
    """What prose doubts; where it numbers its questions, what each of them asks, if any can be answered."""
    items = [(mark, alone(prose, item)) for mark, item in marked_items(prose)]
    found = [replace(doubt, mark=mark) for mark, item in items for doubt in _of_item(network, item)]
    told = {(doubt.layer, doubt.quantity) for doubt in found if doubt.diagnosis is not None}
    found = [doubt for doubt in found if doubt.diagnosis is not None or (doubt.layer, doubt.quantity) not in told]
    return list(Doubts.once(found)) or Doubts(network, prose).found()


def unanswered(network: Network, prose: str) -> Iterator[tuple[int, str]]:
    """The items that ask something which no number answers: each one's first sentence, and its mark."""
    sentences = Sentences(prose)
    for mark, item in marked_items(prose):
        if asks(prose[item.start : item.end]) and not _of_item(network, alone(prose, item)):
            yield sentences.of(item.start), mark


@lru_cache(16)  # what is answered, and what is not, is looked up in turn
def _of_item(network: Network, item: str) -> tuple[Doubt, ...]:
    """What one of several questions asks; of the whole network where it says so."""
    doubts = Doubts(network, item)
    quantities = [one for one in named_in(item) if adds_up(one)]
    total = quantities[:1] if IN_ALL.search(item) else []
    found = [Doubt(None, quantity, None, None) for quantity in total]
    found += [doubt for doubt in doubts.found() if doubt.layer is not None or doubt.quantity not in total]
    if "shape" in named_in(item) and _OUTPUT.search(item) and not (doubts.spoken.named or doubts.spoken.counted_off):
        others = [doubt for doubt in found if doubt.quantity != "shape"]
        found = [*others, _of_output(network, doubts)]
    return tuple(found)


def _of_output(network: Network, doubts: Doubts) -> Doubt:
    """The shape of the whole network's output; where another shape is written beside it, why it is not that one."""
    last = network.nodes[-1]
    whole = tuple(map(as_formula, last.shape))
    shapes = [one for one in doubts.spoken.written if one.kind == "shape"]
    if any(doubts.spoken.sizes(one) == whole for one in shapes):
        for one in shapes:
            with suppress(SymparamsError):
                found = Diagnostician(network).typed(last.name, "shape", one.text)
                if not found.correct and found.matches:
                    first = replace(found, matches=found.matches[:1], apart=None)  # it is not said to be an answer
                    return Doubt(last.name, "shape", first, one.at, one.text)
    return Doubt(last.name, "shape", None, None)


def _of_misfit(found: Misfit | None) -> list[Doubt]:
    """A size that does not fit, then the shape that it is a size of."""
    if found is None:
        return []
    is_told = found.reader is not None or found.mismatch.of == "normalized"
    said = [Doubt(found.reader, "shape", None, None, misfit=found)] if is_told else []
    shape = [] if found.maker is None else [Doubt(found.maker, "shape", found.diagnosis, None)]
    remedy = [Doubt(found.maker, "shape", None, None, misfit=found)] if found.remedy else []
    return [*said, *shape, *remedy]


def _of_lines(found: Calculation) -> list[Doubt]:
    """The calculation, then its wrong lines."""
    total = "" if found.written_total is None else str(found.written_total)
    whole = Doubt(None, found.quantity, None, None, total, found)
    return [whole, *(Doubt(line.layer, found.quantity, line.diagnosis, line.at, line.text) for line in found.wrong)]


def _of_row(network: Network, row: WrongRow) -> Doubt | None:
    """What is wrong with a printed number; None where it cannot be said of one layer or of the total."""
    is_total = row.name == "total" and row.field in ("params", "total")
    if row.printed is None or not (is_total or (row.name in network.names and row.field in ("params", "shape"))):
        return None
    layer, quantity = (None, "params") if is_total else (row.name, row.field)
    text = str(row.printed) if isinstance(row.printed, int) else " x ".join(str(size) for size in row.printed)
    with suppress(SymparamsError):
        diagnosis = Diagnostician(network).typed(layer, quantity, text)
        if not diagnosis.correct:
            return Doubt(layer, quantity, diagnosis, row.at, text)
    return None
