"""What contradicts what in a table: rows against their neighbors, totals against rows."""

from __future__ import annotations

from dataclasses import replace

from symparams.reading.reading import WrongRow
from symparams.reading.tables.placing import Misfit, Placed, Placing
from symparams.reading.tables.solving import solutions
from symparams.reading.tables.table import Sizes, Table
from symparams.reading.tables.tasks import Solution, Task, arguments


def mended(result: Placing) -> tuple[WrongRow, ...]:
    """The rows that are wrong; each is placed as its neighbors and the total imply."""
    alone = len(result.misfits) == 1
    wrong = [_mended(result, misfit, alone) for misfit in result.misfits]
    wrong = [one for one in wrong if one.printed is not None]
    return tuple(wrong) or tuple(_unusual(result))


def _unusual(result: Placing) -> list[WrongRow]:
    """The one row whose count only an unusual layer has, where the total implies a count that a usual one has."""
    total = printed_total(result.table)
    if total is None:
        return []
    missing = total - sum(one.count for one in result.placed)
    found = []
    for place, one in enumerate(result.placed):
        if one.task is None or one.row is None or one.cost < _UNUSUAL or one.count + missing < 0 or not missing:
            continue
        usual = solutions(replace(one.task, count=one.count + missing))
        if usual and usual[0].cost < one.cost - _CLEARLY:
            found.append((place, one, usual[0]))
    if len(found) != 1:
        return []
    place, one, solution = found[0]
    assert one.task is not None
    assert one.row is not None
    result.placed[place] = right = _placed_as(one, one.task, solution)
    return [WrongRow(one.row.name, "params", one.row.count, right.count, _neighbors(result, place), one.at)]


_UNUSUAL, _CLEARLY = 0.5, 0.4  # from which cost on a layer is unusual, and how much more usual another one must be


def _mended(result: Placing, misfit: Misfit, alone: bool) -> WrongRow:
    row, place = misfit.row, misfit.place
    if misfit.shape is not None:
        return WrongRow(row.name, "shape", row.shape, misfit.shape, _neighbors(result, place), row.at)
    one = result.placed[place]
    implied = _implied(result, misfit) if alone else None
    if implied is not None:
        found = solutions(replace(misfit.task, count=implied))
        if found:
            arriving = found[0].arriving
            if arriving is not None:
                first = result.placed[one.inputs[0]]
                result.placed[one.inputs[0]] = replace(first, arguments=arguments(shape=arriving), shape=arriving)
            one = replace(_placed_as(one, misfit.task, found[0]), solved=True)
            result.placed[place] = one
    elif (shape := _other_shape(result, misfit)) is not None:
        found = solutions(replace(misfit.task, shape=shape))
        result.placed[place] = replace(_placed_as(one, replace(misfit.task, shape=shape), found[0]), shape=shape)
        return WrongRow(row.name, "shape", row.shape, shape, _neighbors(result, place), row.at)
    return WrongRow(row.name, "params", row.count, one.count, _neighbors(result, place), row.at)


def _placed_as(one: Placed, task: Task, solution: Solution) -> Placed:
    arriving = None if solution.arriving is None else (solution.arriving,)
    outcome = task.outcome(solution.call, solution.arguments, arriving)
    assert outcome is not None
    return replace(one, call=solution.call, arguments=solution.arguments, count=outcome[1], fixed=outcome[2], others=())


def _implied(result: Placing, misfit: Misfit) -> int | None:
    """What the printed total leaves for a row."""
    total = printed_total(result.table)
    if total is None:
        return None
    rest = total - sum(one.count for i, one in enumerate(result.placed) if i != misfit.place)
    return rest if rest >= 0 and rest != misfit.row.count and solutions(replace(misfit.task, count=rest)) else None


def _other_shape(result: Placing, misfit: Misfit) -> Sizes | None:
    """A shape with which the printed count would be right: that of the next row, or its channels."""
    printed = misfit.row.shape
    if printed is None or misfit.place + 1 >= len(result.placed):
        return None
    after = result.placed[misfit.place + 1].shape
    if not after or len(after) != len(printed):
        return None
    first = misfit.task.first and len(printed) > 1
    channels = (after[0], *printed[1:]) if first else (*printed[:-1], after[-1])
    for shape in (channels, after):
        if shape != printed and solutions(replace(misfit.task, shape=shape)):
            return shape
    return None


def _neighbors(result: Placing, place: int) -> tuple[str, ...]:
    one = result.placed[place]
    before = [result.placed[i].name for i in one.inputs]
    after = [other.name for other in result.placed[place + 1 : place + 2]]
    return tuple(name for name in (*before, *after) if name)


def printed_total(table: Table) -> int | None:
    """The total under a table, without what Keras 3 adds for the optimizer."""
    total, optimizer = table.total("total"), table.total("optimizer")
    if total is None:
        return None
    parts = [table.total("trainable"), table.total("non_trainable")]
    if optimizer is not None and None not in parts and sum(p.value for p in parts if p) == total.value:
        return total.value
    return total.value - (optimizer.value if optimizer else 0)


def wrong_totals(result: Placing, wrong: tuple[WrongRow, ...]) -> tuple[WrongRow, ...]:
    """Totals that are not the sums of their rows, where no row explains the difference."""
    table, total = result.table, printed_total(result.table)
    line = table.total("total")
    if total is None or line is None or any(one.row is not None and one.row.count is None for one in result.placed):
        return ()
    right = sum(one.count for one in result.placed)
    as_printed = right + sum(_excess(one) for one in wrong)
    if total in (right, as_printed):
        return ()
    return (WrongRow("total", "params", total, right, (), line.at),)


def _excess(one: WrongRow) -> int:
    """How many parameters too many a wrong row prints."""
    if isinstance(one.printed, int) and isinstance(one.right, int):
        return one.printed - one.right
    return 0
