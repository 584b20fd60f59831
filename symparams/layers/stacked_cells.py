"""Several recurrent cells in one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar

from symparams.algebra.formula import Formula, Symbol, total
from symparams.algebra.substitution import mapped
from symparams.layers.cell import Cell, cell_of
from symparams.model.arguments import Kind, argument
from symparams.model.framework import keras
from symparams.model.layer import Unit, layer_class
from symparams.model.sentence import Text, changed, together
from symparams.model.tensor import Convention, Sizes, Tensor
from symparams.model.work import Work

CELLS = Kind("a cell, such as lstmcell(64)", lambda raw: (cell_of(raw),))  # for all positionals: a tuple of Cell

FED = Symbol("D")  # stands for what feeds a cell until its own letters have their marks


def marked(rule: Formula, mark: str, fed: Formula | None = None) -> Formula:
    """The rule with a mark at each of its own letters, so that U becomes U_1, and what feeds it put in."""

    def one(leaf: Formula) -> Formula:
        if leaf == FED:
            return fed or leaf
        if not isinstance(leaf, Symbol) or leaf.incoming or leaf.value is None:
            return leaf
        return leaf.renamed(f"{leaf.name}{'' if '_' in leaf.name else '_'}{mark}")

    return mapped(rule, one)


@layer_class
class StackedCells(Cell):
    """Several cells in one step, each on the outputs of the one before: the sum of their parameters.

    Keras calls this StackedRNNCells; rnn(stackedcells(…)) runs it over a sequence.
    """

    cells: tuple[Cell, ...] = argument(CELLS, "the cells, such as lstmcell(64), the first one first", variadic=True)

    stored_as: ClassVar = "stacked_rnn_cells."
    names: ClassVar = ("stackedcells", "StackedRNNCells")
    stock: ClassVar = ("keras",)
    calls: ClassVar = (keras("StackedRNNCells", "cells!"),)
    title: ClassVar = "Stacked recurrent cells"
    example: ClassVar = "input(32) -> stackedcells(lstmcell(64), grucell(16))"
    giver: ClassVar = "unit of the last cell"

    def each(self) -> tuple[Cell, ...]:
        """The cells, those of a stack in the stack among them."""
        inner = (cell.each() if isinstance(cell, StackedCells) else (cell,) for cell in self.cells)
        return tuple(cell for cells in inner for cell in cells)

    def _sum(self, rule: Callable[[Cell, Formula], Formula], D: Formula, convention: Convention) -> Formula:
        return total(marked(rule(cell, FED), i, fed) for i, cell, fed in self._fed(D, convention))

    def _fed(self, D: Formula, convention: Convention) -> Iterator[tuple[str, Cell, Formula]]:
        """Every cell with its number and what feeds it."""
        for i, cell in enumerate(self.each(), 1):
            yield str(i), cell, D
            D = marked(cell.output(convention), str(i))

    def _paths(self) -> Iterator[str]:
        """Where each cell is kept in this stack: in further stacks."""
        for cell in self.cells:
            if isinstance(cell, StackedCells):
                yield from (f"{cell.stored_as}{path}" for path in cell._paths())
            else:
                yield ""

    def check(self, convention: Convention) -> None:
        for cell in self.each():
            cell.check(convention)

    def output(self, convention: Convention) -> Formula:
        cells = self.each()
        return marked(cells[-1].output(convention), str(len(cells)))

    def tensors(self, D: Formula, convention: Convention) -> tuple[Tensor, ...]:
        return tuple(
            t.inside(i)
            .changed(partial(marked, mark=i, fed=fed))
            .called(f"cell {i} {t.name}", f"{path}{cell.stored_as}{t.stored.name}")
            for (i, cell, fed), path in zip(self._fed(D, convention), self._paths(), strict=True)
            for t in cell.tensors(FED, convention)
        )

    def macs(self, D: Formula, convention: Convention) -> Formula:
        return self._sum(lambda cell, fed: cell.macs(fed, convention), D, convention)

    def besides(self, convention: Convention) -> Work:
        work = Work()
        for i, cell in enumerate(self.each(), 1):
            work = work.plus(cell.besides(convention).changed(partial(marked, mark=str(i))))
        return work

    def why(self, who: str, D: Formula, convention: Convention) -> Text:
        every = (
            together(f"cell {i}", changed(cell.brief(convention), partial(marked, mark=i)), between=" ")
            for i, cell, _ in self._fed(FED, convention)
        )
        return together(
            f"{who} runs {len(self.each())} cells one after the other, each on the outputs of the cell before it: ",
            together(*every),
            ". Each value or unit has one weight for each input of its cell and for each output of its cell from the "
            "previous step",
            between="",
        )

    def counted_by(self, convention: Convention) -> tuple[Unit, ...]:
        return tuple(
            Unit(
                unit.plural,
                marked(unit.many, i),
                tuple(f"cell {i} {t.name}" for t in cell.tensors(FED, convention)),
                where=f"in cell {i}",
            )
            for i, cell, _ in self._fed(FED, convention)
            for unit in cell.counted_by(convention)
        )

    def differs_by_argument(self, convention: Convention) -> bool:
        return all(cell.differs_by_argument(convention) for _, cell, _ in self._fed(FED, convention))

    def difference(self, convention: Convention, copies: Sizes, parameters: Formula | None) -> Text:
        """Of each cell by itself."""
        every = (
            (i, changed(cell.difference(convention, copies, None), partial(marked, mark=i)))
            for i, cell, _ in self._fed(FED, convention)
        )
        return together(*(together(f"for cell {i}, ", said, between="") for i, said in every if said))
