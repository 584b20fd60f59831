"""A recurrent cell as a layer has it: stacked in several layers, in one direction or in both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, Symbol, as_formula
from symparams.layers.cell import JOINED, Cell, features
from symparams.model.layer import Incoming, Unit, symbol
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import Sizes, Tensor, flat

_LISTED = 8  # so many layers have their tensors listed one by one
_ABOVE = "1 …"  # all layers above the first, where they are not listed


def steps(x: Incoming) -> Symbol:
    """The number of time steps that arrive."""
    return symbol("T", x.shape[0], "time steps", incoming=True)


@dataclass(frozen=True, slots=True)
class Stack:
    """What a cell has in all layers and directions."""

    cell: Cell  # what each layer does in a step
    x: Incoming  # what the first layer sees
    layers: Formula  # how many there are
    both: bool  # whether there is another one for each that processes the sequence in reverse
    noun: str  # what one layer is called in a sentence: LSTM
    stored_as: str  # what Keras calls it in a wrapper: lstm
    numbered: bool = True  # whether PyTorch numbers its tensors

    @property
    def n(self) -> Symbol:
        """The number of layers, as a symbol of a rule."""
        return symbol("n", self.layers, "layers")

    @property
    def several(self) -> bool:
        """Whether there may be layers above the first."""
        return number(self.layers) != 1

    @property
    def copies(self) -> Sizes:
        """How often there is a cell, as factors: directions and layers."""
        return (*([as_formula(2)] if self.both else []), *([self.n] if self.several else []))

    def output(self) -> Formula:
        """How many features a layer has at its output."""
        one_way = self.cell.output(self.x.convention)
        return 2 * one_way if self.both else one_way

    def total(self, one: Callable[[Formula], Formula]) -> Formula:
        """The rule of one cell, over all layers and directions."""
        rule = one(features(self.x))
        if self.several:
            rule = rule + (self.n - 1) * one(self.output())
        return 2 * rule if self.both else rule

    # -------------------------------------------------------------- tensors

    @property
    def _are_listed(self) -> bool:
        """Whether each layer has its tensors listed."""
        known = number(self.layers)
        return isinstance(known, int) and known <= _LISTED

    def tensors(self) -> Iterator[Tensor]:
        """The tensors of all layers, from the first up; in each, those of the forward direction first."""
        floors: list[tuple[str, Formula, Formula | None]] = [("0", features(self.x), None)]
        if self._are_listed:
            floors += [(str(i), self.output(), None) for i in range(1, int(number(self.layers) or 0))]
        else:
            floors.append((_ABOVE, self.output(), self.n - 1))
        T = steps(self.x)
        for floor, D, copies in floors:
            for backwards in (False, True) if self.both else (False,):
                for each in self.cell.tensors(D, self.x.convention):
                    name = self._name(each.name, floor, backwards)
                    stored = self._stored(each.stored.name, floor, backwards)
                    used = replace(each, uses=T).called(name, stored)
                    yield used if copies is None else used.repeated(copies)

    def _name(self, name: str, floor: str, backwards: bool) -> str:
        if self.x.convention == "torch" and self.numbered:
            return f"{name}_l{floor}{'_reverse' if backwards else ''}"
        direction = ("backward " if backwards else "forward ") if self.both else ""
        if not self.several:
            return direction + name
        place = "layer 1" if floor == "0" else "layers 2 …" if floor == _ABOVE else f"layer {int(floor) + 1}"
        return f"{place} {direction}{name}"

    def _stored(self, name: str, floor: str, backwards: bool) -> str:
        """Keras has a layer for each floor and, in a wrapper, for each direction; PyTorch numbers the floors."""
        place = "*" if floor == _ABOVE else floor
        if self.x.convention == "torch":
            return f"{name}_l{place}{'_reverse' if backwards else ''}"
        direction = f"{'backward' if backwards else 'forward'}_{self.stored_as}." if self.both else ""
        return f"{f'{place}.' if self.several else ''}{direction}{self.cell.stored_as}{name}"

    # -------------------------------------------------------------- sentences

    def why(self) -> Text:
        """What the values of a layer are made from, then the layers above and the other direction."""
        D = features(self.x)
        above = say(
            f"{'The second layer' if number(self.layers) == 2 else 'Each layer above it'} sees the {{=below outputs}} "
            f"of {'both directions of ' if self.both else ''}the layer below in place of {{D features}}",
            below=self.output(),
            D=D,
        )
        other = say(
            f"A second {self.noun} with its own weights processes the sequence in reverse"
            + (", in every layer" if self.several else "")
            + JOINED,
            both=self.output(),
        )
        return together(
            self.cell.why(f"in each step the {'first ' if self.several else ''}layer", D, self.x.convention),
            above if self.several else "",
            other if self.both else "",
            between=". ",
        )

    def units(self) -> Iterator[Unit]:
        """What its parameters are counted by: in the first layer and in those above, alike in both directions."""
        directions = as_formula(2 if self.both else 1)
        yield from self._of_floor("0", "layer 1" if self.several else "", directions)
        if not self.several:
            return
        if not self._are_listed:
            yield from self._of_floor(_ABOVE, "the layers above", directions, self.n - 1)
            return
        above = int(number(self.layers) or 0) - 1
        where = "layer 2" if above == 1 else "each layer above"
        yield from self._of_floor("1", where, as_formula(above * (2 if self.both else 1)))

    def _of_floor(self, floor: str, where: str, copies: Formula, stacked: Formula = ONE) -> Iterator[Unit]:
        """The units of a layer, or of so many that are stacked."""
        place = " of ".join(filter(None, ("each direction" if self.both else "", where)))
        every = tuple(t.name for t in self.cell.tensors(features(self.x), self.x.convention)) if place else ()
        for unit in self.cell.counted_by(self.x.convention):
            yield Unit(
                unit.plural,
                unit.many if stacked == ONE else flat((stacked, unit.many)),
                tuple(self._name(name, floor, False) for name in unit.tensors or every),
                copies,
                " ".join(filter(None, (place and f"in {place}", unit.where))),
            )
