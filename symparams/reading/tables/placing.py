"""Rows -> layers in their places: each with what feeds it, its arguments solved, and what contradicts its neighbors."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from symparams.errors import Span
from symparams.layers import CATALOGUE, key
from symparams.reading.tables.bridges import Bridge, Step, bridges
from symparams.reading.tables.classes import is_container
from symparams.reading.tables.rules import Arguments, used_up
from symparams.reading.tables.solving import guessed, natural_shape, solutions
from symparams.reading.tables.table import Row, Sizes, Table
from symparams.reading.tables.tasks import Solution, Task, arguments, others_like

_ODD = 3.0  # how unusual the first layer may be on an input that is told
_NEAR = 200  # rows before one among which a cut connection is looked for
_CHOICES, _ALIKE = 64, 8  # combinations of layers that cut connections may mean, and layers for one of them


@dataclass(frozen=True, slots=True)
class Placed:
    """A layer in its place."""

    name: str
    call: str  # in the catalogue
    arguments: Arguments
    inputs: tuple[int, ...]  # what feeds it, by index
    at: Span
    shape: Sizes | None
    count: int
    fixed: int = 0  # parameters that training never sets
    row: Row | None = None  # None: no row says it
    frozen: bool = False
    shares: int | None = None  # the layer whose weights it uses again
    others: tuple[Solution, ...] = ()  # other layers that would do as well
    solved: bool = True  # whether it is a layer that gives the printed shape and count
    task: Task | None = None  # what was asked about the row
    cost: float = 0  # how unusual it is


@dataclass(frozen=True, slots=True)
class Misfit:
    """A row that no layer explains."""

    row: Row
    place: int  # of its layer
    task: Task
    shape: Sizes | None = None  # what the row must print for its shape, where that is wrong


@dataclass(slots=True)
class Placing:
    """What the rows of a table come to."""

    table: Table
    placed: list[Placed] = field(default_factory=list)
    misfits: list[Misfit] = field(default_factory=list)


def placing(table: Table, rows: Sequence[Row], prefix: str = "") -> Placing:
    """The layers of a table's rows, in their order."""
    result = Placing(table)
    indices: dict[str, int] = {}
    for row in rows:
        if row.counted_before:
            _again(result, row)
            continue
        if row.type == "InputLayer" and row.depth and result.placed:
            indices[row.name] = len(result.placed) - 1
            continue
        sources = _sources(result, row, indices)
        _place(result, row, sources)
        indices[row.name] = len(result.placed) - 1
    return result


def _sources(result: Placing, row: Row, indices: dict[str, int]) -> tuple[int, ...]:
    """The layers that feed a row: those it is connected to, else the one before."""
    before = (len(result.placed) - 1,) if result.placed else ()
    if row.type == "InputLayer":
        return ()
    if row.inputs is None:
        return before
    meant: dict[str, list[int]] = {}
    for name in row.inputs:
        if name not in meant:
            meant[name] = _meant(result, name, indices)
    each = [meant[name] for name in row.inputs]
    each = [choices for choices in each if choices]
    if not each:
        return before
    first = tuple(choices[0] for choices in each)
    if all(len(choices) == 1 for choices in each):
        return first
    for sources in itertools.islice(itertools.product(*each), _CHOICES):
        if len(set(sources)) == len(sources) and solutions(_task(result, row, sources)):
            return sources
    return first


def _meant(result: Placing, name: str, indices: dict[str, int]) -> list[int]:
    """The layers that a connection may mean: of a cut name all that begin so, those that feed nothing yet first."""
    if name in indices:
        return [indices[name]]
    cut = name.rstrip("….")
    near = itertools.islice(reversed(indices.items()), _NEAR)
    fitting = [i for known, i in near if cut and (known.startswith(cut) or cut.startswith(known))]
    used = {i for one in result.placed[-_NEAR:] for i in one.inputs}
    return sorted(dict.fromkeys(fitting), key=lambda i: (i in used, -i))[:_ALIKE]


def _task(result: Placing, row: Row, sources: tuple[int, ...]) -> Task:
    arriving = tuple(result.placed[i].shape for i in sources)
    known = tuple(shape for shape in arriving if shape is not None) if None not in arriving else ()
    return Task(
        row.type, "" if not _named(row) else row.name, result.table.convention, known, row.shape, row.count, row.kernel,
        result.table.told,
    )  # fmt: skip


def _named(row: Row) -> bool:
    return row.type in ("Activation", "Bidirectional", "TimeDistributed")


def _place(result: Placing, row: Row, sources: tuple[int, ...]) -> None:
    if used_up():
        _opaque(result, row, sources)
        return
    if not sources and not result.placed and row.incoming is None:
        sources = _told_input(result, row)
    task = _task(result, row, sources)
    if not row.type and row.shape is not None:
        row = replace(row, type=guessed(task))
        task = replace(task, type=row.type)
    if row.incoming is not None:
        task = replace(task, arriving=(row.incoming,))
        found = solutions(task) if sources and result.placed[sources[-1]].shape == row.incoming else ()
        if found:
            _add(result, row, sources, found)
            return
        _bridged(result, row, sources, task)
        return
    if len(sources) == 1 and _joins(row.type):
        sources = _paired(result, row, sources[0])
        task = _task(result, row, sources)
        if len(sources) == 1:
            _opaque(result, row, sources)
            return
    found = tuple(one for one in solutions(task) if _begins(task, one, row.count_begins))
    if found and (found[0].cost < 1.5 or result.table.convention == "keras" or not sources):
        _add(result, row, sources, found)
    elif result.table.convention == "torch" and sources:
        _bridged(result, row, sources, task)
    else:
        _unknown(result, row, sources, task)


def _told_input(result: Placing, row: Row) -> tuple[int, ...]:
    """An input of a shape that the sentences around tell, if it gives what the first row prints."""
    task = _task(result, row, ())
    for told in result.table.told.inputs if row.shape is not None and row.count else ():
        for shape in dict.fromkeys((told, (told[-1], *told[:-1]) if task.first else told)):
            found = solutions(replace(task, arriving=(shape,))) if len(shape) == len(row.shape or ()) else ()
            if found and found[0].cost < _ODD:
                result.placed.append(_input(shape, row))
                return (0,)
    return ()


def _joins(type_: str) -> bool:
    """Whether a layer of this class takes several inputs."""
    entry = CATALOGUE.get(key(type_))
    return entry is not None and entry.layer.inputs == "many"


def _paired(result: Placing, row: Row, source: int) -> tuple[int, ...]:
    """A second input for a layer that joins two, of which only one is printed."""
    for i in range(source - 1, max(source - 60, -1), -1):
        pair = (i, source)
        if result.placed[i].shape is not None and solutions(_task(result, row, pair)):
            return pair
    return (source,)


def _begins(task: Task, one: Solution, digits: str) -> bool:
    """Whether the count begins with the digits that are left of it."""
    if not digits:
        return True
    outcome = task.outcome(one.call, one.arguments, None if one.arriving is None else (one.arriving,))
    return outcome is not None and str(outcome[1]).startswith(digits)


def _add(result: Placing, row: Row, sources: tuple[int, ...], found: Sequence[Solution]) -> None:
    """Put a layer behind what feeds it; at the start with the input that it needs."""
    best = found[0]
    if best.call == "input":
        result.placed.append(Placed(row.name, "input", best.arguments, (), row.at, row.shape, 0, row=row))
        return
    if best.arriving is not None and not sources:
        result.placed.append(_input(best.arriving, row))
        sources = (len(result.placed) - 1,)
    task = _task(result, row, sources)
    if best.arriving is not None:
        task = replace(task, arriving=(best.arriving,))
    outcome = task.outcome(best.call, best.arguments)
    shape, count, fixed = outcome if outcome else (row.shape, row.count or 0, 0)
    printed = row.shape if row.shape is not None else shape
    frozen = row.trainable is False and count > 0
    result.placed.append(
        Placed(
            row.name, best.call, best.arguments, sources, row.at, printed, count, fixed,
            row=row, frozen=frozen, others=others_like(best, found[1:]),
            task=task, cost=best.cost,
        )
    )  # fmt: skip


def _input(shape: Sizes, row: Row) -> Placed:
    return Placed("", "input", arguments(shape=shape), (), row.at, shape, 0)


def _bridged(result: Placing, row: Row, sources: tuple[int, ...], task: Task) -> None:
    """A row that the layer before does not feed as it is: something stands between, or another layer feeds it."""
    best: tuple[float, Bridge, tuple[Solution, ...]] | None = None
    outputs = [one.shape for one in result.placed]
    for bridge in bridges(outputs, sources[-1]) if sources else ():
        if best is not None and best[0] <= bridge.cost + 0.05:
            continue
        if row.incoming is not None and bridge.shape != row.incoming:
            continue
        if used_up():
            break
        found = solutions(replace(task, arriving=(bridge.shape,)))
        if found and (best is None or bridge.cost + found[0].cost < best[0]):
            best = bridge.cost + found[0].cost, bridge, found
    if best is not None:
        _add(result, row, _walked(result, best[1], row), best[2])
        return
    needed = solutions(replace(task, arriving=()) if row.incoming is None else task)
    wanted = row.incoming if row.incoming is not None else needed[0].arriving if needed else None
    if needed and wanted is not None and (row.incoming is not None or not _contradicts(result, row, task)):
        step = Step("opaque", arguments(shape=wanted), wanted)
        if sources:
            sources = _walked(result, Bridge(sources, (step,), wanted, 3), row)
        else:
            result.placed.append(_input(wanted, row))
            sources = (len(result.placed) - 1,)
        _add(result, row, sources, [one._replace(arriving=None) for one in needed])
        return
    if row.incoming is not None and sources:
        fitting = (one for one in bridges(outputs, sources[-1]) if one.shape == row.incoming)
        way = next(fitting, None)
        sources = _walked(result, way, row) if way is not None else sources
    _unknown(result, row, sources, task)


def _contradicts(result: Placing, row: Row, task: Task) -> bool:
    """Whether the row, and not something between, is what is wrong: its count fits no input of that size."""
    total = result.table.total("total")
    summed = sum(one.count or 0 for one in result.table.rows)
    without_count = solutions(replace(task, count=None))
    return bool(without_count) and total is not None and total.value != summed


def _walked(result: Placing, bridge: Bridge, row: Row) -> tuple[int, ...]:
    """The layers of a bridge, put in place; what the row is fed by."""
    sources = bridge.sources
    for step in bridge.steps:
        many = sources if step.call in ("concat", "add") else sources[:1]
        rest = sources[1:] if many != sources else ()
        result.placed.append(Placed("", step.call, step.arguments, many, row.at, step.shape, 0))
        sources = (len(result.placed) - 1, *rest)
    return sources


def _unknown(result: Placing, row: Row, sources: tuple[int, ...], task: Task) -> None:
    """A row that no known layer explains: one of its kind that the shape allows, else an opaque one."""
    likely = solutions(replace(task, count=None)) if task.arriving else ()
    if likely and not is_container(row.type):
        place = len(result.placed)
        _add(result, row, sources, likely)
        result.misfits.append(Misfit(row, place, task))
        return
    natural = natural_shape(task)
    if natural is not None:
        place = len(result.placed)
        _add(result, replace(row, shape=natural[1]), sources, [natural[0]])
        result.misfits.append(Misfit(row, place, task, natural[1]))
        return
    if row.shape is None and task.arriving and not row.count:
        _add(result, row, sources, [Solution("identity")])
        return
    _opaque(result, row, sources)
    if row.count is None and row.shape is not None and row.type:
        result.misfits.append(Misfit(row, len(result.placed) - 1, task))


def _opaque(result: Placing, row: Row, sources: tuple[int, ...]) -> None:
    """A layer of which only what is printed is known."""
    if not result.placed or not sources:
        result.placed.append(_input(row.shape if row.shape is not None else (1,), row))
        sources = (len(result.placed) - 1,)
    shape = row.shape if row.shape is not None else result.placed[sources[0]].shape or (1,)
    given = arguments(shape=shape, parameters=row.count or 0)
    result.placed.append(
        Placed(
            row.name,
            "opaque",
            given,
            sources,
            row.at,
            shape,
            row.count or 0,
            row=row,
            frozen=row.trainable is False and bool(row.count),
            solved=False,
        )
    )


def _again(result: Placing, row: Row) -> None:
    """A layer that is used once more: the last one of its class with weights to share, if the shape fits."""
    before = len(result.placed) - 1
    for i in range(before, -1, -1):
        first = result.placed[i]
        if first.row is None or first.row.type != row.type:
            continue
        task = replace(_task(result, row, (before,)), count=first.count)
        if task.fits(first.call, first.arguments):
            result.placed.append(
                Placed(
                    row.name,
                    first.call,
                    first.arguments,
                    (before,),
                    row.at,
                    row.shape,
                    0,
                    row=row,
                    shares=i if first.count else None,
                )
            )
            return
    _place(result, replace(row, counted_before=False), (before,))
