"""What templates of users found under other names in versions before: so that they go on working."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from symparams.algebra.formula import Symbol
from symparams.documents.entries import LayerEntry
from symparams.documents.solution import Solution
from symparams.documents.tables import Column, columns
from symparams.documents.typesetting import Typesetter
from symparams.model.network import Network
from symparams.model.sentence import Text
from symparams.quantities.layer_quantities import FieldSteps, LayerQuantity
from symparams.quantities.quantity import Quantity
from symparams.quantities.tensor_counts import TensorCount


class Table(NamedTuple):
    """A table to be set."""

    columns: list[Column]
    rows: list[list[str]]
    totals: list[list[str]]


class FormerNames:
    """The functions that are now attributes of a solution or of its layers, or built of macros."""

    def __init__(self, solution: Solution, typesetter: Typesetter, phrases: Mapping[str, Any]) -> None:
        self._solution = solution
        self._typesetter = typesetter
        self._say = phrases

    @property
    def functions(self) -> dict[str, Any]:
        """Every function by its name."""
        return {name: getattr(self, name) for name in self.names}

    def symbol_named(self, name: str) -> Symbol:
        return Symbol(name)

    def measured(self, entry: LayerEntry) -> tuple[LayerQuantity, ...]:
        return entry.quantities

    def fields(self, entry: LayerEntry) -> tuple[FieldSteps, ...] | str:
        return entry.fields

    def tensor_groups(self, entry: LayerEntry) -> list[list[TensorCount]]:
        return [list(group.tensors) for group in entry.tensor_groups]

    def differences(self, solution: Solution) -> list[Text]:
        return solution.differences

    def stated(self, network: Network) -> list[str]:
        return [self._typesetter.fact(given) for given in Solution(network).given]

    def why(self, entry: LayerEntry, quantity: LayerQuantity) -> str:
        reason = self._solution.reasons[entry.number, quantity.measure.name]
        return str(self._say["reason"](reason)).strip()

    def amount_lines(self, definition: Any) -> list[tuple[str, list[str]]]:
        return self._typesetter.computed_lines(definition.computed)

    def columns(self, *given: Sequence[Any]) -> list[Column]:
        return columns(given)

    def layer_rows(self, entries: Iterable[LayerEntry], computation: bool = False) -> list[list[str]]:
        work = [self._say["work_cell"]] if computation else []
        return self._typesetter.rows(entries, self._say["name_cell"], "shape", *work, "all_counts.params")

    def total_rows(self, solution: Solution, width: int) -> list[list[str]]:
        names = () if solution.only else ("params", "trainable", "non_trainable")
        values = [self._typesetter.number(getattr(solution.totals, name)) for name in names]
        between = [""] * (width - 2)
        return [[self._say["total_name"](n), *between, value] for n, value in zip(names, values, strict=True)]

    def measure_rows(self, measure: Quantity) -> list[list[str]]:
        name, work = self._say["figure_name"], self._say["figure_work"]
        return self._typesetter.rows(self._solution.figures(measure), name, work, "quantity.together")

    def amount_rows(self, measure: Quantity) -> list[list[str]]:
        if self._solution.only:
            return []
        total = self._typesetter.number(self._solution.measurements.total(measure))
        return [[self._say["total_name"]("params"), "", total]]

    def symbol_rows(self, solution: Solution) -> list[list[str]]:
        letters = [(self._typesetter.math(Symbol(n)), self._say["letter_meaning"](n)) for n in solution.rule_letters]
        cells = self._say["symbol_cell"], self._say["meaning_cell"]
        return [*map(list, letters), *self._typesetter.rows(solution.rule_symbols, *cells)]

    def further_tables(self, solution: Solution) -> list[Table]:
        return [self._table(solution, some) for some in solution.further_columns]

    def _table(self, solution: Solution, some: Sequence[Quantity | None]) -> Table:
        titles = [(self._say["column_title"](m), 0.66 / len(some), "right") for m in some]
        rows = [
            [self._say["name_cell"](e), *(self._say["column_cell"](solution, e, m) for m in some)]
            for e in solution.layers
        ]
        totals = ["" if m is None else self._typesetter.number(solution.measurements.total(m)) for m in some]
        last = [] if solution.only or not any(totals) else [[self._say["total_name"]("params"), *totals]]
        return Table(columns([("Layer", 0.2), *titles]), rows, last)

    names = tuple(name for name in vars() if name[0] != "_" and name != "functions")
