"""The short answers about a network: its total, or a quantity of some of its layers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from symparams.algebra.formula import as_formula, symbols
from symparams.documents.answer import LayerAnswer
from symparams.documents.entries import LayerEntry, Letter
from symparams.documents.solution import Solution
from symparams.model.sentence import Text
from symparams.quantities.totals import TOTALS
from symparams.questions.not_entering import not_entering
from symparams.reading.inquiry import Inquiry


@dataclass(frozen=True)
class AnswerDocument:
    """The answers to what was asked about a network."""

    solution: Solution  # with the layers and quantities that were asked for
    inquiry: Inquiry | None = None  # what a whole question asks beside these

    @property
    def is_total(self) -> bool:
        """Whether the network was asked about, not its layers."""
        return not self.solution.only

    @cached_property
    def layers(self) -> tuple[tuple[LayerEntry, tuple[LayerAnswer, ...]], ...]:
        """The layers that were asked about, each with an answer for every quantity."""
        return tuple(
            (entry, tuple(LayerAnswer(self.solution, entry, quantity, self.inquiry) for quantity in self._asked(entry)))
            for entry in self.solution.layers
        )

    def _asked(self, entry: LayerEntry) -> tuple[str, ...]:
        return self.solution.quantities or (("params",) if entry.has_parameters else ("shape",))

    @property
    def untrained(self) -> list[LayerEntry]:
        """The layers with parameters that are not trained."""
        return [entry for entry in self.solution.layers if entry.all_counts.non_trainable != 0]

    def alone(self, quantity: str) -> LayerAnswer | None:
        """The answer for the only layer that has some of a number of parameters; None where there are several."""
        asked = self.inquiry is not None and quantity in ("params", "trainable")
        parts = self.solution.total_of(quantity).parts if asked else ()
        if len(parts) != 1 or parts[0].many > 1:
            return None
        return LayerAnswer(self.solution, parts[0].one, "params", self.inquiry)

    def says_convention(self, quantity: str) -> bool:
        """Whether it has to be said what is counted: not where those that are not trained are named."""
        return not self.untrained or (quantity != "trainable" and not (quantity == "non_trainable" and self.measured))

    @property
    def measured(self) -> list[str]:
        """In a question, the tensors that are not trained, by name, where all are statistics and nothing is frozen."""
        counts = self.solution.network.counts
        tensors = [t for entry in self.untrained for t in entry.account.stored_parameters if not t.trained]
        if self.inquiry is None or counts.statistics != counts.non_trainable or any(e.frozen for e in self.untrained):
            return []
        return list(dict.fromkeys(t.name.rpartition(".")[2] for t in tensors))

    @cached_property
    def not_entering(self) -> tuple[Text, ...]:
        """What does not affect the number of parameters, of what is asked about, as the first of each kind says."""
        first: dict[type[object], tuple[Text, ...]] = {}
        topics = frozenset() if self.inquiry is None else self.inquiry.topics
        for entry in self.solution.layers if topics else ():
            derived = entry.node.derived
            is_row = entry.has_parameters and "positions" in topics and entry.changes_laid_out is not None
            if entry.has_parameters and not is_row and type(derived.layer) not in first:
                first[type(derived.layer)] = not_entering(derived, topics)
        return tuple(dict.fromkeys(text for some in first.values() for text in some))

    @property
    def laid_out_readers(self) -> list[LayerEntry]:
        """The layers with a weight for each value of a feature map in a row, if the image size is asked about."""
        asked = self.inquiry is not None and "positions" in self.inquiry.topics
        return [e for e in self.solution.layers if asked and e.has_parameters and e.changes_laid_out is not None]

    @property
    def wonders_about_batch(self) -> bool:
        """Whether it is asked about the size of a batch."""
        return self.inquiry is not None and "batch" in self.inquiry.topics

    @property
    def letters_in_totals(self) -> tuple[Letter, ...]:
        """The letters that stand in what the layers have together."""
        totals = [self.solution.total_of(quantity) for quantity in self.solution.quantities if quantity in TOTALS]
        names = {one.name for t in totals for term in (*t.terms, as_formula(t.value)) for one in symbols(term)}
        return tuple(letter for letter in self.solution.letters if letter.symbol.name in names)
