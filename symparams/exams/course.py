"""A network as the source of questions: its letters and their ranges, its text with values, its mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from symparams.algebra.evaluation import Point
from symparams.algebra.formula import Formula, Number, Symbol, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.solving import letters_of
from symparams.converters.targets import converted
from symparams.errors import Source, SymparamsError, listed, nearest
from symparams.layers import CATALOGUE, Catalogue
from symparams.layers.source import Input
from symparams.misconceptions.mistakes import Mistakes
from symparams.misconceptions.task import Tasks
from symparams.misconceptions.totals import Total
from symparams.model.builder import Builder
from symparams.model.network import Network
from symparams.quantities.settings import Settings
from symparams.questions.points import free_letters, narrowed, points, why_not
from symparams.reading.door import network, reading_of
from symparams.sources.printer import printed
from symparams.sources.variants import with_values

SHOWN = ("table", "keras", "torch", "language", "figure")  # the ways in which a question can show a network
CODE = ("keras", "torch")  # those that are code of a framework, which cannot have letters
_LONG = 30  # layers of a network whose table has each of them; of longer ones blocks that repeat are folded
_POINTS = 12  # where typed formulas are compared with the key


class Course:
    """One network that questions are asked about."""

    def __init__(
        self,
        source: Source,
        settings: Settings | None = None,
        given: Mapping[str, Formula] | None = None,
        catalogue: Catalogue = CATALOGUE,
        built: Network | None = None,
        show: str = SHOWN[0],
    ) -> None:
        self.source = source
        self.given = dict(given or {})
        self.catalogue = catalogue
        self.network = built or network(source, self.given, catalogue)
        self.settings = settings or Settings()
        self.mistakes = Mistakes(Tasks(self.network, self.settings))
        self.show = show  # how questions show it
        self.rival: Course | None = None  # another network, to be compared with
        self._totals: dict[str, Total] = {}
        self._statements = reading_of(source).statements

    def total(self, quantity: str) -> Total:
        """The total of a quantity, with its mistakes."""
        if quantity not in self._totals:
            self._totals[quantity] = Total(self.mistakes, quantity)
        return self._totals[quantity]

    @cached_property
    def identity(self) -> str:
        """What makes it different from other networks: what is written in it."""
        return printed(self._statements)

    @property
    def tasks(self) -> Tasks:
        return self.mistakes.tasks

    @property
    def stem(self) -> str:
        """The name of its file, without what ends it; a text has none."""
        return "the network" if self.source.name.startswith("<") else Path(self.source.name).stem

    @property
    def title(self) -> str:
        return self.network.title

    def alone(self, index: int) -> Mistakes:
        """The mistakes of a student who sees one layer and what arrives at it, not the network around."""
        node, network = self.network.nodes[index], self.network
        builder = Builder(network.convention, network.facts)
        inputs = [builder.add(Input(tuple(map(as_formula, x.shape))), ()) for x in node.derived.arriving]
        builder.add(node.layer, inputs, node.name, frozen=node.frozen)
        lone = replace(network, nodes=tuple(builder.nodes))
        return Mistakes(Tasks(lone, self.settings))

    @cached_property
    def ranges(self) -> dict[str, Sequence[int]]:
        """The letters that are drawn, with their values."""
        free = free_letters(self.network)
        return {name: values for name, values in narrowed(self.network).items() if name in free}

    @cached_property
    def open_letters(self) -> tuple[str, ...]:
        """The letters that are not drawn."""
        return tuple(name for name in free_letters(self.network) if name not in self.ranges)

    @cached_property
    def is_unrolled(self) -> bool:
        """Whether a drawn letter counts copies: in a variant they stand one by one, and layers have other names."""
        sides = [as_formula(side) for n in self.network.nodes for r in n.repeats for side in (r.first, r.last)]
        return any(name in self.ranges for side in sides for name in letters_of(side))

    def drawn(self, formulas: Sequence[Formula]) -> dict[str, Sequence[int]] | None:
        """The ranges of the letters in some formulas; None if a letter of them has no range."""
        letters = dict.fromkeys(name for formula in formulas for name in letters_of(formula))
        if any(name not in self.ranges for name in letters):
            return None
        return {name: values for name, values in self.ranges.items() if name in letters}

    @cached_property
    def is_long(self) -> bool:
        """Whether a table of all its layers would be too long to read."""
        return sum(node.kind != "copies" for node in self.network.nodes) > _LONG

    @cached_property
    def resting(self) -> dict[str, int]:
        """A value for every letter with a range, so that all conditions hold: what letters have that do not matter."""
        self.check_ranges()
        return {name: self.points[0][name] for name in self.ranges}

    def check_ranges(self) -> None:
        """Raise SymparamsError if no values in the ranges fit all layers, with the rule that none of them fits."""
        if self.points:
            return
        first = {name: values[0] for name, values in self.ranges.items()}
        relation = why_not(self.network, first)
        sides = "" if relation is None else f"; {shown(relation[0], SOURCE)} {relation[1]} {shown(relation[2], SOURCE)}"
        rule = f"{sides} does not hold for {listed([f'{n} = {v}' for n, v in first.items()])}" if sides else ""
        letters = listed(list(self.ranges) or free_letters(self.network))
        raise SymparamsError(f"{self.source.name}: no values of {letters} were found that fit all layers{rule}")

    @cached_property
    def accepts(self) -> Callable[[Point], bool]:
        """Whether all facts and conditions hold at a point of all letters with ranges."""
        return lambda point: why_not(self.network, point) is None

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Where typed formulas are compared with the key."""
        return points(self.network, _POINTS)

    # ------------------------------------------------------------ as it is shown

    def text(self, point: Mapping[str, int | str]) -> str:
        """The network in the language, with the values of a variant, or with letters."""
        return "".join(part if i % 2 == 0 else str(point[part]) for i, part in enumerate(self.pieces))

    def code(self, point: Point) -> str:
        """The network with the values of a variant as code of the framework that it is shown in."""
        values = {**self.given, **{name: Number(point[name]) for name in self.ranges}}
        built = network(self.source, values, self.catalogue)
        return converted(self.show, built, self._statements).rstrip("\n")

    def check_shown(self) -> None:
        """Raise SymparamsError if the network cannot be shown in the way that was asked for."""
        if self.show not in SHOWN:
            near = nearest(self.show, SHOWN) or f"; the choices are {listed(SHOWN)}"
            raise SymparamsError(f"there is no way to show a network called `{self.show[:60]}`{near}")
        if self.show in CODE:
            if self.open_letters:
                has = "has no value and no range" if len(self.open_letters) == 1 else "have no values and no ranges"
                raise SymparamsError(
                    f"{self.source.name}: a network with letters cannot be shown as code, and "
                    f"{listed(self.open_letters)} {has}; show it as a table"
                )
            self.code(self.resting)

    @cached_property
    def pieces(self) -> list[str]:
        """The text, with the names of the letters to put in at the odd places."""
        marks: dict[str, Formula] = {name: Symbol(f"⟦{name}⟧") for name in self.ranges}
        return re.split(r"⟦(\w+)⟧", printed(with_values(self._statements, marks | self.given)).rstrip("\n"))
