"""The short answer about a quantity of a layer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from symparams.algebra.formula import Formula, as_formula, symbols, total
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.documents.entries import LayerEntry, Letter
from symparams.documents.filter_groups import FilterGroups, filter_groups
from symparams.documents.solution import Solution
from symparams.documents.tensor_groups import of_a_direction, of_one_shape
from symparams.layers.convolution import Convolution
from symparams.layers.dense import Dense
from symparams.model.sentence import Put, Sentence, Text, value_of
from symparams.quantities.backward_field import WayBack, way_back
from symparams.quantities.counts import COUNTS, belongs
from symparams.quantities.derivation import Derivation
from symparams.quantities.layer_quantities import FieldSteps, LayerQuantity
from symparams.quantities.quantity import QUANTITY_RULES, Quantity
from symparams.quantities.settings import Settings
from symparams.quantities.tensor_counts import StoredTensor
from symparams.quantities.unit_counts import UnitCount, by_units, counts_by_unit, without_quotients
from symparams.questions.not_entering import not_entering
from symparams.reading.inquiry import Inquiry

_NESTED = re.compile(r"\([^()]*\(")  # brackets in brackets: 4((50 + 50)·50 + 50)
_MUCH = Fraction(1, 4)  # of all parameters, which is worth saying
_LISTED = 8  # so many tensors are named one by one


@dataclass(frozen=True)
class LayerAnswer:
    """How much a layer has of one quantity, and why."""

    solution: Solution  # of the network
    entry: LayerEntry  # the layer
    quantity: str  # shape, params, field, or a further quantity
    inquiry: Inquiry | None = None  # what a whole question asks beside it; None: there is no such question

    # ------------------------------------------------------------ parameters

    @cached_property
    def params(self) -> Derivation:
        """How its parameters come out."""
        return self.entry.account.params

    @cached_property
    def by_unit(self) -> tuple[UnitCount, ...]:
        """Its parameters unit by unit, where it has units; of several kinds each by itself."""
        derived = self.entry.node.derived
        return counts_by_unit(derived.rules, derived.facts)

    @property
    def sum_of_units(self) -> Formula:
        """What the units of all kinds have together: 7,296 + 8,448."""
        return total(as_formula(count.value) for count in self.by_unit)

    @property
    def begins_with_sum(self) -> bool:
        """Whether there are so many kinds of units that their sum says more than the rule."""
        return len(self.by_unit) > 2 and isinstance(self.params.value, int)

    @cached_property
    def head(self) -> Formula:
        """What its number of parameters is: as the rule has it, or unit by unit where that is clearly shorter."""
        if self.begins_with_sum:
            return self.sum_of_units
        rule = without_quotients(self.params.substitution)
        units = by_units(self.by_unit) if self.by_unit else rule
        short, long = len(shown(units, PLAIN)), len(text := shown(rule, PLAIN))
        return units if short + (0 if _NESTED.search(text) else 2) < long else rule

    @cached_property
    def not_entering(self) -> tuple[Text, ...]:
        """What does not affect its number of parameters, of what is asked about: that is said first."""
        derived = self.entry.node.derived
        if self.inquiry is None or self.quantity != "params":
            return ()
        return not_entering(derived, self.inquiry.topics)

    @property
    def ignores(self) -> tuple[Text, ...]:
        """What does not affect its number of parameters, apart from what is said first."""
        if self.is_brief:
            return ()
        told = {*self.not_entering, *(() if self.inquiry is None else self.inquiry.beside)}
        return tuple(t for t in self.entry.node.derived.rules.ignores if t not in told)

    @property
    def is_brief(self) -> bool:
        """Whether what its units are made from has been said of another layer."""
        return self.inquiry is not None and self.inquiry.brief

    @property
    def is_continued(self) -> bool:
        """Whether its number has been said just before."""
        return self.inquiry is not None and self.inquiry.continues

    @property
    def share(self) -> Fraction | None:
        """Its part of all parameters, where it is asked why there are so many."""
        total = self.solution.network.counts.params
        own = self.entry.all_counts.params
        if self.inquiry is None or not self.inquiry.compares or not (isinstance(own, int) and isinstance(total, int)):
            return None
        return Fraction(own, total) if _MUCH * total <= own < total else None

    @property
    def reads_a_row(self) -> bool:
        """Whether it has a weight for every value that a convolution's feature map has."""
        slides = any(isinstance(node.layer, Convolution) for node in self.solution.network.nodes)
        return slides and isinstance(self.entry.node.layer, Dense) and self.entry.changes_laid_out is not None

    @property
    def each_first(self) -> UnitCount | None:
        """What each unit has, where that is a number that needs no calculation: it stands beside the total."""
        one = self.by_unit[0] if len(self.by_unit) == 1 else None
        plain = one is not None and not one.where and one.each == as_formula(one.each_value)
        return one if one is not None and plain and one.each_value != 1 != one.many_value else None

    @property
    def has_number_first(self) -> bool:
        """Whether a question is answered by a number without letters, before which no letter needs to be explained."""
        return self.inquiry is not None and self.quantity == "params" and isinstance(self.params.value, int)

    @property
    def letters_first(self) -> tuple[Letter, ...]:
        """The letters that are explained before its answer: those in what follows."""
        every = tuple(self.solution.letters_of(self.entry))
        if self.has_number_first or self.entry.repeats:
            return () if self.has_number_first else every
        if self.quantity == "params" and isinstance(self.params.value, Formula):
            own = {*self.letters, *(one for one in every if one.symbol in symbols(self.params.value))}
            return tuple(one for one in every if one in own)
        if self.quantity == "field" and not isinstance(self.fields, str):
            sizes = [size for one in self.fields for size in (one.field.size, *one.field.made_of)]
            names = {symbol.name for size in sizes for symbol in symbols(as_formula(size))}
            return tuple(one for one in every if one.symbol.name in names)
        return every

    @property
    def letters(self) -> tuple[Letter, ...]:
        """The letters in what is said of its parameters, where their number has none."""
        every = tuple(self.solution.letters_of(self.entry))
        if len(self.entry.arriving) != 1 or self.entry.changes_laid_out is not None:
            return every
        told = (self.entry.because, *self.ignores, *self.not_entering, self.entry.wondered)
        names = {name for text in told if isinstance(text, Sentence) for name in _letters_in(text)}
        return tuple(letter for letter in every if letter.symbol.name in names)

    @property
    def wonders_about_batch(self) -> bool:
        """Whether it is asked about the size of a batch."""
        return self.inquiry is not None and "batch" in self.inquiry.topics

    @property
    def stored(self) -> list[list[StoredTensor]]:
        """Its parameters as the framework stores them, where there are not too many; three of one shape together.

        Where two directions have the same ones, those of one direction.
        """
        return of_one_shape(self._of_a_direction or self.tensors)

    @property
    def is_each_way(self) -> bool:
        """Whether these are stored for each of two directions."""
        return bool(self._of_a_direction)

    @cached_property
    def _of_a_direction(self) -> list[StoredTensor]:
        """The tensors of one direction under their own names, where the other has the same under the same names."""
        return of_a_direction(self.tensors)

    @property
    def stored_part(self) -> list[list[StoredTensor]]:
        """Those of them that are asked about, where a part of the parameters is."""
        if self.quantity not in COUNTS:
            return []
        frozen = self.entry.node.frozen
        return of_one_shape([t for t in self.tensors if belongs(self.quantity, t.kind, not t.trained or frozen)])

    @property
    def has_biases(self) -> bool:
        """Whether some of its parameters are biases."""
        return any(t.kind == "bias" for t in self.entry.account.stored_parameters)

    @cached_property
    def tensors(self) -> Sequence[StoredTensor]:
        """Its parameters by the names that stand in front of them, where the framework has the layer, and not many."""
        return self.listed if len(self.listed) <= _LISTED else ()

    @cached_property
    def listed(self) -> Sequence[StoredTensor]:
        """The same however many there are."""
        own = self.entry.account.stored_parameters
        if not self.entry.account.derived.is_stock:
            return ()
        names = [t.name.rpartition(".")[2] for t in own] if self.solution.convention == "keras" else []
        if len(set(names)) < len(own):
            return own
        return [replace(t, name=name) for t, name in zip(own, names, strict=True)]

    def stored_names(self, trained: bool) -> list[str]:
        """The names of its tensors that training changes, or of the others, where they can be told by these."""
        return [t.name for t in self.tensors if t.trained == trained]

    @property
    def groups(self) -> FilterGroups | None:
        """How its filters are divided into groups, where that is asked about."""
        return filter_groups(self.entry) if self.inquiry is not None and self.inquiry.about_groups else None

    # ------------------------------------------------------------ further quantities

    @property
    def measure(self) -> Quantity | None:
        """The rule of a further quantity."""
        return QUANTITY_RULES.get(self.quantity)

    @cached_property
    def measured(self) -> LayerQuantity | None:
        """What it has of a further quantity; None if nothing."""
        assert self.measure is not None
        return self.solution.measurements.named(self.quantity, self.entry.node)

    @property
    def line(self) -> Formula:
        """Its rule with the values put in, known quotients worked out."""
        assert self.measured is not None
        return without_quotients(self.measured.derivation.substitution)

    @property
    def has_convention(self) -> bool:
        """Whether it has to be said what is counted: not of multiply-accumulates as everybody counts them, nor of a
        part of the parameters that says so itself."""
        if self.quantity in COUNTS:
            return self.quantity == "weights" and any(t.kind == "statistic" for t in self.tensors)
        return self.quantity != "macs" or self.solution.settings != Settings()

    @cached_property
    def inner(self) -> LayerQuantity | None:
        """The multiply-accumulates, where FLOPs are made of them."""
        return (
            self.solution.measurements.named("macs", self.entry.node)
            if self.quantity == "flops" and self.solution.settings.macs == "products"
            else None
        )

    # ------------------------------------------------------------ receptive fields

    @cached_property
    def fields(self) -> tuple[FieldSteps, ...] | str:
        """Its receptive field along each axis, or a word."""
        return self.solution.measurements.fields_of(self.entry.number - 1)

    @property
    def back(self) -> list[tuple[FieldSteps, WayBack | None]]:
        """The way back along each axis, those of axes that come out alike once."""
        assert not isinstance(self.fields, str)
        return [(steps, self.way_back(steps)) for steps in self.fields if not steps.like]

    def way_back(self, steps: FieldSteps) -> WayBack | None:
        """The way back to the input along an axis."""
        assert not isinstance(self.fields, str)
        axis = self.fields.index(steps)
        states = self.solution.measurements.states
        return way_back(self.solution.network, self.entry.number - 1, axis, steps.field, states)


def _letters_in(text: Sentence) -> Iterator[str]:
    """The letters in what is put into a sentence."""
    for put in text.pieces():
        slot = put.slot if isinstance(put, Put) else ()
        for one in slot if isinstance(slot, tuple) else (slot,):
            if not isinstance(one, str):
                yield from (s.name for s in symbols(as_formula(value_of(one))))
