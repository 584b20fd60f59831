"""The rules that a network uses, each with what it counts: for the textbook style."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symparams.algebra.formula import Formula, Symbol, as_formula, symbols
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.documents.entries import Computed, Figure, LayerEntry
from symparams.documents.labels import Labels
from symparams.model.sentence import Text
from symparams.model.sentence import pattern as sentence_pattern
from symparams.quantities.layer_derivations import AxisSize
from symparams.quantities.layer_quantities import FieldSteps
from symparams.quantities.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule for parameters and the layers that it counts."""

    label: str  # what its equation is called in the source of a document
    number: int  # what its equation is called for the reader
    heading: str  # what its layers are called: Convolution
    rule: Formula  # for the parameters, in reading order
    because: Text  # one sentence on the rule
    symbols: tuple[Symbol, ...]  # those of the rule, in reading order
    layers: tuple[LayerEntry, ...]  # the layers that it counts

    @property
    def computed(self) -> list[Computed]:
        """What it gives, for each of its layers."""
        return [Computed((("P", entry.name),), entry.account.params) for entry in self.layers]


@dataclass(frozen=True, slots=True)
class SizeDefinition:
    """A rule for an output size and where it is used."""

    label: str  # what its equation is called in the source of a document
    number: int  # what its equation is called for the reader
    heading: str  # what its layers are called: Convolution
    symbol: Symbol  # what the rule gives: H_out
    rule: Formula  # for the size, in reading order
    because: Text  # one sentence on the rule
    cases: tuple[tuple[LayerEntry, AxisSize], ...]  # every axis that it gives, with its layer

    @property
    def layers(self) -> list[LayerEntry]:
        """The layers whose sizes it gives."""
        return [entry for entry, _ in self.cases]

    @property
    def computed(self) -> list[Computed]:
        """What it gives: H_conv_2 = W_conv_2 = 26 − 3 + 1 = 24, once for the sizes of a layer that come out alike."""
        found = []
        for entry, axis in self.cases:
            by_sides: dict[tuple[object, object], list[AxisSize]] = {}
            for one in (axis, *(other for other in entry.account.ruled_axes if other.like == axis.axis)):
                by_sides.setdefault((one.derivation.substitution, one.derivation.value), []).append(one)
            for some in by_sides.values():
                lefts = tuple((one.symbol.name[0], entry.name) for one in some)
                found.append(Computed(lefts, some[0].derivation))
        return found


@dataclass(frozen=True, slots=True)
class MeasureDefinition:
    """A rule for a further quantity and the layers that have it."""

    label: str  # what its equation is called in the source of a document
    number: int  # what its equation is called for the reader
    measure: Quantity  # the quantity
    heading: str  # what its layers are called; empty if the reason is not a layer's own
    rule: Formula  # for the quantity, in reading order
    because: Text  # one sentence on the rule
    symbols: tuple[Symbol, ...]  # those of the rule that have a meaning
    layers: tuple[Figure, ...]  # each with its own steps

    @property
    def computed(self) -> list[Computed]:
        """What it gives, for each of its layers."""
        word = self.measure.left
        return [Computed(((word, one.entry.name),), one.quantity.derivation, is_word=True) for one in self.layers]


def size_rules(layers: Iterable[LayerEntry], labels: Labels, before: int) -> tuple[SizeDefinition, ...]:
    """The rules for output sizes that layers use, each once; so many equations stand before them."""
    groups: dict[tuple[str, str], list[tuple[LayerEntry, AxisSize]]] = {}
    for entry in layers:
        for axis in entry.account.ruled_axes:
            if axis.like is None and entry.before is None:
                groups.setdefault((entry.heading, pattern(axis.rule)), []).append((entry, axis))
    return tuple(
        SizeDefinition(
            labels.of(entry, axis.axis),
            number,
            entry.heading,
            axis.symbol,
            axis.derivation.rule,
            _reason(one.shape_because for one, _ in ((entry, axis), *others)),
            ((entry, axis), *others),
        )
        for number, ((entry, axis), *others) in enumerate(groups.values(), before + 1)
    )


def parameter_rules(layers: Iterable[LayerEntry], labels: Labels, before: int) -> tuple[Definition, ...]:
    """The rules for parameters that layers use, each once; so many equations stand before them."""
    groups: dict[tuple[str, str], list[LayerEntry]] = {}
    for entry in layers:
        if entry.has_parameters and entry.node.shared is None:
            groups.setdefault((entry.heading, pattern(entry.account.params.rule)), []).append(entry)
    return tuple(
        Definition(
            labels.of(first, "params"),
            number,
            first.heading,
            first.account.params.rule,
            _reason(one.because for one in (first, *others)),
            tuple(known.symbol for known in first.account.values),
            (first, *others),
        )
        for number, (first, *others) in enumerate(groups.values(), before + 1)
    )


def measure_rules(figures: Sequence[Figure], labels: Labels, before: int) -> tuple[MeasureDefinition, ...]:
    """The rules for further quantities that layers use, each once; so many equations stand before them."""
    groups: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in figures:
        measure = figure.quantity.measure
        heading = figure.entry.heading if measure.by_layer else ""
        groups.setdefault((measure.name, heading, pattern(figure.quantity.derivation.rule)), []).append(figure)
    return tuple(
        MeasureDefinition(
            labels.of(some[0].entry, name),
            number,
            some[0].quantity.measure,
            heading,
            some[0].quantity.derivation.rule,
            some[0].quantity.because,
            tuple(s for s in some[0].quantity.derivation.symbols if s.meaning),
            tuple(some),
        )
        for number, ((name, heading, _), some) in enumerate(groups.items(), before + 1)
    )


def _reason(reasons: Iterable[Text]) -> Text:
    """What most layers with a rule say of it; of several such sentences the last, as a first layer is often special."""
    said = list(reasons)
    often = Counter(map(sentence_pattern, said))
    return max(reversed(said), key=lambda text: often[sentence_pattern(text)])


def _said(reason: Text) -> list[Symbol]:
    """The symbols in a sentence that have a meaning."""
    pieces = [] if isinstance(reason, str) else [slot for _, slot in reason.slots if not isinstance(slot, str)]
    formulas = [as_formula(one) for slot in pieces for one in (slot if isinstance(slot, tuple) else (slot,))]
    return [symbol for formula in formulas for symbol in symbols(formula) if symbol.meaning]


def symbols_of(
    sizes: Sequence[SizeDefinition],
    definitions: Sequence[Definition],
    measures: Sequence[MeasureDefinition],
    fields: Iterable[tuple[FieldSteps, ...] | str],
) -> tuple[Symbol, ...]:
    """Each symbol of these rules once, with every meaning that it has: k is the size of a kernel or of a window."""
    rules = [(d.cases[0][0].account, d.cases[0][1].derivation) for d in sizes]
    rules += [(d.layers[0].account, d.layers[0].account.params) for d in definitions]
    given = [known.symbol for account, rule in rules for known in account.known(rule)]
    reasons = [[d.because for d in some] for some in (sizes, definitions, measures)]
    given += [symbol for some in reasons for because in some for symbol in _said(because)]
    given += [symbol for measure in measures for symbol in measure.symbols]
    seen = [one for steps in fields if not isinstance(steps, str) for one in steps]
    given += [s for one in seen for steps in (*one.steps, *one.of_copy) for s in steps.symbols if s.meaning]
    meanings: dict[str, dict[str, None]] = {}
    for symbol in given:
        meanings.setdefault(symbol.name, {})[symbol.meaning] = None
    return tuple(Symbol(name, meaning=" or ".join(several)) for name, several in meanings.items())


def pattern(rule: Formula) -> str:
    """What rules have in common that are written alike."""
    return shown(rule, PLAIN)
