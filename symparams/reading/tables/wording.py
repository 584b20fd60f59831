"""What is said of a table: which layers its numbers left open and were taken as usual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symparams.reading.reading import Repair
from symparams.reading.tables.placing import Placed
from symparams.reading.tables.rules import Argument, Arguments, Inner
from symparams.reading.tables.table import Form


def assumptions(placed: Sequence[Placed], form: Form) -> Iterator[Repair]:
    """A clause for each layer whose settings the table does not print."""
    if form == "modules" and placed:
        yield Repair("the modules are taken to run in the order in which they are printed", placed[0].at)
    if form == "weights" and placed:
        yield Repair("the layers are taken to run in the order in which their weights are listed", placed[0].at)
        yield Repair("strides of 1 and no padding are taken, which a list of weights does not tell", placed[0].at)
        yield Repair("layers without weights are not in such a list", placed[0].at)
        return
    if form != "modules" and placed and all(one.row is None or one.row.shape is None for one in placed):
        yield Repair(
            "no shapes are printed; the most usual widths and windows that give the counts are taken", placed[0].at
        )
    turned = next((one for one in placed if one.row is not None and one.row.turned), None)
    if turned is not None:
        yield Repair("the channels are printed first; here they stand last, as the convention has them", turned.at)
    for one in placed:
        if one.row is None:
            if one.call == "input" and one.shape is not None and None in one.shape:
                continue  # letters say it
            if one.call == "input":
                yield Repair(f"the input is taken as {_written(dict(one.arguments)['shape'])}", one.at)
            else:
                yield Repair(f"{one.call} is taken to stand before {_next(placed, one)}", one.at)
        elif one.others:
            instead = "; or ".join(_settings(other.arguments) or "the defaults" for other in one.others[:2])
            taken = _settings(one.arguments) or "the defaults"
            yield Repair(f"{one.name} is taken with {taken}; it could also have {instead}", one.at)
        elif not one.solved:
            yield Repair(
                f"{one.name} is not known: its shape and its number of parameters are taken as printed", one.at
            )
        elif _settings(one.arguments) and form != "modules":
            yield Repair(f"{one.name} has {_settings(one.arguments)}, which its shape and its count tell", one.at)


def _next(placed: Sequence[Placed], one: Placed) -> str:
    index = next(i for i, other in enumerate(placed) if other is one)
    return next((other.name for other in placed[index + 1 :] if other.row is not None), "the end")


_PRINTED = {"filters", "units", "shape", "target", "width", "sequences", "last", "layer", "parameters", "function"}


def _settings(given: Arguments) -> str:
    """kernel 3x3, padding same: what a table does not print."""
    told = ((keyword, value) for keyword, value in given if keyword not in _PRINTED)
    return ", ".join(_setting(keyword, value) for keyword, value in told)


def _setting(keyword: str, value: Argument) -> str:
    if value is False:
        return f"no {keyword}"
    return f"{keyword} {_written(value)}"


def _written(value: Argument) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "x".join("?" if part is None else str(part) for part in value)
    return value.call if isinstance(value, Inner) else str(value)
