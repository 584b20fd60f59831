"""Tables whose counts are cut off: the printed total chooses among the layers that the shapes allow."""

from __future__ import annotations

from dataclasses import replace

from symparams.reading.reading import Repair
from symparams.reading.tables.checks import printed_total
from symparams.reading.tables.placing import Placed, Placing
from symparams.reading.tables.tasks import Solution, arguments

_MOST = 20_000  # sums that are looked at


def chosen_by_total(result: Placing) -> tuple[Repair, ...]:
    """Choose the layers without printed counts that add up to the total; what is said where none do."""
    total, line = printed_total(result.table), result.table.total("total")
    rows = [one for one in result.placed if one.row is not None and one.call != "input"]
    if total is None or line is None or not rows or any(one.row and one.row.count is not None for one in rows):
        return ()
    missing = total - sum(one.count for one in result.placed)
    if not missing:
        return ()
    unknown = [i for i, one in enumerate(result.placed) if one.call == "opaque" and one.row is not None]
    if len(unknown) == 1 and missing > 0:
        one = result.placed[unknown[0]]
        given = arguments(shape=one.shape, parameters=missing)
        result.placed[unknown[0]] = replace(one, arguments=given, count=missing)
        return (Repair(f"{one.name} has the {missing:,} parameters that the printed total leaves", one.at),)
    if not unknown and _choose(result, missing):
        return (Repair("the counts are cut off; the layers are those that add up to the printed total", line.at),)
    taken = total - missing
    return (
        Repair(f"the counts are cut off; what is taken adds up to {taken:,}, not to the printed {total:,}", line.at),
    )


def _choose(result: Placing, missing: int) -> bool:
    """Put other layers into their places that have so many more parameters together, the most usual ones."""
    sums: dict[int, tuple[float, tuple[tuple[int, Placed], ...]]] = {0: (0.0, ())}
    for place, one in enumerate(result.placed):
        choices = [(other, _as(one, other)) for other in one.others]
        for reached, (cost, changes) in list(sums.items()):
            for other, changed in choices:
                step = reached + changed.count - one.count
                found = (cost + other.cost - one.cost, (*changes, (place, changed)))
                if len(sums) < _MOST and (step not in sums or found[0] < sums[step][0]):
                    sums[step] = found
    if missing not in sums:
        return False
    for place, changed in sums[missing][1]:
        result.placed[place] = changed
    result.placed[:] = [replace(one, others=()) for one in result.placed]
    return True


def _as(one: Placed, other: Solution) -> Placed:
    """A layer as another one that would do as well."""
    assert one.task is not None
    outcome = one.task.outcome(other.call, other.arguments)
    assert outcome is not None
    return replace(one, call=other.call, arguments=other.arguments, count=outcome[1], fixed=outcome[2])
