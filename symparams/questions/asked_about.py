"""What a text asks about its network: rows of a table that are wrong, lines of a calculation, what the prose doubts."""

from __future__ import annotations

from contextlib import suppress

from symparams.errors import SymparamsError
from symparams.model.network import Network
from symparams.quantities.named_layers import layers_named
from symparams.quantities.totals import amount
from symparams.questions.diagnosis import Diagnostician
from symparams.questions.doubted import Doubt, Doubts
from symparams.questions.line_by_line import Calculation, calculation, without_lines
from symparams.questions.misfit import Misfit, misfit
from symparams.reading.reading import Reading, WrongRow


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
    found = calculation(network, reading)
    lines = [] if found is None else _of_lines(found)
    prose = reading.prose if found is None else without_lines(found, reading.prose)
    misfits = _of_misfit(misfit(network, reading))
    known = {doubt.layer for doubt in rows}
    further = [doubt for doubt in Doubts(network, prose).found() if doubt.layer not in known]
    if found is not None:  # what the lines say is said once
        further = [doubt for doubt in further if doubt.diagnosis is not None or doubt.quantity != found.quantity]
    if misfits:  # which tell the sizes on the way
        further = [doubt for doubt in further if doubt.diagnosis is not None or doubt.quantity != "shape"]
    return (*rows, *lines, *misfits, *further)


def _of_misfit(found: Misfit | None) -> list[Doubt]:
    """A size that does not fit, then the shape that it is a size of."""
    if found is None:
        return []
    said = [] if found.reader is None else [Doubt(found.reader, "shape", None, None, misfit=found)]
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
