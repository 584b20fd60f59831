"""The layers of a network in stages, or, where the resolution does not change, by their kinds; what each costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symparams.algebra.formula import Value
from symparams.algebra.shortest_form import shortest
from symparams.appendices.record import StageRow
from symparams.documents.entries import LayerEntry
from symparams.documents.solution import Solution
from symparams.model.derived import added_over
from symparams.model.layer import Shape
from symparams.plots.stages import stages

_FEWEST, _MOST = 3, 14  # stages; of fewer, or of more, the kinds of layers are told apart instead


def stages_of(solution: Solution) -> tuple[tuple[StageRow, ...], bool]:
    """The rows of the table of costs, and whether they are kinds of layers."""
    kept = [not (e.is_marker or e.is_input) for e in solution.every]
    found = [[solution.every[i] for i in layers if kept[i]] for _, layers in stages(solution.network)]
    runs = [run for run in found if run]
    if _FEWEST <= len(runs) <= _MOST:
        return tuple(_row(solution, run, run[0].name, run[-1].name, run[-1].shape) for run in runs), False
    kinds: dict[str, list[LayerEntry]] = {}
    for entry, is_kept in zip(solution.every, kept, strict=True):
        if is_kept:
            kinds.setdefault(entry.heading, []).append(entry)
    return tuple(_row(solution, some, name, "", ()) for name, some in kinds.items()), True


def _row(solution: Solution, entries: Sequence[LayerEntry], first: str, last: str, shape: Shape) -> StageRow:
    facts, measurements = solution.network.facts, solution.measurements

    def added(values: Iterable[tuple[Value, LayerEntry]]) -> Value:
        return shortest(added_over(((value, entry.repeats) for value, entry in values), facts), facts)

    def measured(name: str) -> Value:
        found = ((measurements.named(name, entry.node), entry) for entry in entries)
        return added((one.derivation.value, entry) for one, entry in found if one is not None)

    return StageRow(
        first,
        "" if last == first else last,
        added((1, entry) for entry in entries),
        shape,
        entries[-1].field_sizes if shape else (),
        added((entry.counts.params, entry) for entry in entries),
        measured("macs"),
        measured("activations"),
    )
