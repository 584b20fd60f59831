"""What is said of a table: which layers its numbers left open and were taken as usual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symparams.reading.reading import Repair
from symparams.reading.tables.placing import Placed
from symparams.reading.tables.rules import Argument, Arguments, Inner
from symparams.reading.tables.table import Form, Table


def assumptions(placed: Sequence[Placed], table: Table) -> Iterator[Repair]:
    """A clause for each layer whose settings the table does not print."""
    form = table.form
    if form == "modules" and placed:
        order = "the modules are taken to run in the order in which they are printed"
        yield Repair(order, placed[0].at, counts_stand=True)
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
        if one.row is not None:
            yield from _of_row(one, form)
        elif one.call == "input":
            yield from _of_input(one, table, _next(placed, one))
        else:
            before = _next(placed, one)
            yield Repair(f"a `{one.call}` is taken to stand before `{before}`", one.at, before)


def _of_input(one: Placed, table: Table, before: str) -> Iterator[Repair]:
    """The shape of the input, where letters do not say it and nobody tells it."""
    shape = dict(one.arguments)["shape"]
    assert isinstance(shape, tuple)
    is_told = any(sorted(shape, key=str) == sorted(told, key=str) for told in table.told.inputs)
    if None not in shape and not is_told:
        yield Repair(f"the input has the shape `{shape}`", one.at, before, counts_stand=table.form != "modules")


def _of_row(one: Placed, form: Form) -> Iterator[Repair]:
    """What a row does not print of its layer."""
    settings = _settings(one.arguments)
    if one.others:
        instead = ", or ".join(_settings(other.arguments) or "the usual settings" for other in one.others[:2])
        yield Repair(
            f"`{one.name}` has {settings or 'the usual settings'} (it could also have {instead})", one.at, one.name
        )
    elif not one.solved:
        what = "is not known: its shape and its number of parameters are taken as printed"
        yield Repair(f"`{one.name}` {what}", one.at, one.name)
    elif settings and form != "modules":
        yield Repair(f"`{one.name}` has {settings}, as the table implies", one.at, one.name, implied=True)


def _next(placed: Sequence[Placed], one: Placed) -> str:
    index = next(i for i, other in enumerate(placed) if other is one)
    return next((other.name for other in placed[index + 1 :] if other.row is not None), "the end")


_PRINTED = {
    "filters", "units", "shape", "target", "width", "sequences", "last", "layer", "parameters", "function",
    "bidirectional",
}  # fmt: skip
_WINDOW = ("kernel", "size", "stride", "padding")  # come first
_SAID = {  # as a reader calls the arguments
    "kernel": "kernel size {}", "size": "window size {}", "vocabulary": "a vocabulary of {}", "groups": "{} groups",
    "multiplier": "depth multiplier {}", "output_padding": "output padding {}", "layers": "{} layers",
}  # fmt: skip


def _settings(given: Arguments) -> str:
    """kernel size 3 × 3 and padding `same`: what a table does not print."""
    kept = sorted((pair for pair in given if pair[0] not in _PRINTED), key=lambda pair: pair[0] not in _WINDOW)
    told = [_setting(keyword, value) for keyword, value in kept]
    return " and ".join(filter(None, [", ".join(told[:-1]), *told[-1:]]))


def _setting(keyword: str, value: Argument) -> str:
    if isinstance(value, bool):
        return f"{keyword}" if value else f"no {keyword}"
    if keyword in ("stride", "padding", "dilation") and isinstance(value, tuple) and len({*value}) == 1:
        value = value[0]
    return _SAID.get(keyword, f"{keyword.replace('_', ' ')} {{}}").format(_written(value))


def _written(value: Argument) -> str:
    if isinstance(value, tuple):
        return " × ".join("?" if part is None else _written(part) for part in value)
    if isinstance(value, int):
        return f"{value:,}"
    return value.call if isinstance(value, Inner) else f"`{value}`"
