"""What an appendix consists of, as data: templates only set it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from symparams.algebra.formula import Formula, Symbol, Value
from symparams.appendices.canonical import Features
from symparams.documents.entries import Letter
from symparams.documents.layer_description import ArrivingEntry, SettingEntry
from symparams.documents.solution import Given, Relation
from symparams.model.conditions import Condition
from symparams.model.layer import Shape
from symparams.model.network import Node
from symparams.model.sentence import Text
from symparams.quantities.derivation import Derivation
from symparams.references import Citation


class Case(NamedTuple):
    """A rule under other settings than those that the numbered formula is written for."""

    features: Features  # the settings
    rule: Formula  # the formula under them


class Example(NamedTuple):
    """A layer whose sizes are so small that its windows can be drawn."""

    network: str  # its title
    node: Node  # where it stands there


@dataclass(frozen=True, slots=True)
class Rule:
    """A formula with a number, which several kinds of layers may have."""

    number: int  # from 1, through all quantities
    labels: tuple[str, ...]  # what it is called in the source of a document, one for each kind
    quantity: str  # shape, params, macs, activations, field
    headings: tuple[str, ...]  # what its kinds of layers are called, in the order of a course; (): all layers
    left: Symbol | str  # what it gives: H_out, or a word such as MACs
    formula: Formula  # in free letters
    features: Features  # the settings that it is written for
    because: Text  # one sentence on it; empty where another rule says the same
    like: int  # the number of the rule whose sentence begins its own, which is left out then; 0: none does
    cases: tuple[Case, ...]  # the same under other settings
    sources: tuple[Citation, ...]  # where it is found
    symbols: tuple[Symbol, ...]  # those of all its formulas and its sentence, in reading order
    example: Example | None  # of a rule for spatial sizes: a layer that has it, to be drawn; None: there is none


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The rules for one quantity."""

    quantity: str  # shape, params, macs, activations, field
    title: str  # as a heading: Output sizes
    convention: str  # what is counted, one sentence; empty where there is nothing to say
    rules: tuple[Rule, ...]  # in the order of their numbers


class Meaning(NamedTuple):
    """What a symbol stands for, and where."""

    text: str  # filters
    rule: Rule  # the first in which it has this meaning


@dataclass(frozen=True, slots=True)
class Notation:
    """A symbol of the rules."""

    symbol: Symbol  # as it stands in the rules
    group: str  # sizes, windows, layers or quantities
    meanings: tuple[Meaning, ...]  # in the order of the rules


class Names(NamedTuple):
    """Names of layers that begin alike: conv 3, 7, 9–13; or one that was given."""

    word: str  # conv, or the whole name
    runs: tuple[tuple[int, int], ...]  # the numbers behind it, as stretches from first to last; (): there are none


@dataclass(frozen=True, slots=True)
class CountRow:
    """A distinct count: layers whose parameters come out alike."""

    names: tuple[Names, ...]  # of the layers that are named
    omitted: int  # how many further names there are
    many: Value  # how many layers there are, each copy counted
    substitution: Formula  # the rule with the values put in
    value: Value  # what each of them has
    together: Value  # what all of them have
    share: Fraction | None  # of the parameters of the network; None where letters leave it open


@dataclass(frozen=True, slots=True)
class CountGroup:
    """The distinct counts that one rule gives."""

    rule: Rule  # by which the layers are counted
    features: Features  # the settings that these layers have
    rows: tuple[CountRow, ...]  # in the order of their first layers


@dataclass(frozen=True, slots=True)
class SizeRow:
    """A size that changes: layers and axes along which it comes out alike."""

    rule: Rule  # by which the size comes out
    names: tuple[Names, ...]  # of the layers that are named
    omitted: int  # how many further names there are
    axes: tuple[str, ...]  # height, width …
    likewise: tuple[str, ...]  # the axes that come out in the same way from a letter of their own
    substitution: Formula  # the rule with the values put in
    value: Value  # the size


@dataclass(frozen=True, slots=True)
class StageRow:
    """Layers that stand together in the table of costs."""

    first: str  # the name of the first layer, or what all of them are called where they are of one kind
    last: str  # the name of the last layer; empty where they are of one kind, or only one
    layers: Value  # how many there are, each copy counted, inputs not
    shape: Shape  # of the last output; (): they are of one kind
    field: Shape | str  # the receptive field at that output; a word where it has no size
    params: Value  # of all these layers
    macs: Value  # for one example
    activations: Value  # in bytes


@dataclass(frozen=True, slots=True)
class Totals:
    """What a network has in all, each in its shortest form."""

    layers: Value  # inputs not counted, each copy counted
    params: Value  # trainable or not
    trainable: Value  # those that training sets
    non_trainable: Value  # those that it does not
    macs: Value  # for one example
    activations: Value  # in bytes


@dataclass(frozen=True, slots=True)
class NetworkSection:
    """What is said of one network."""

    slug: str  # what tells its labels and its figure from those of the others: the name of its file
    title: str  # what the source calls it, or else the name of its file
    file: str  # the name of its file; empty where it was no file
    convention: str  # keras or torch
    input_shapes: tuple[Shape, ...]  # without the batch axis
    letters: tuple[Letter, ...]  # those that it has, with and without values
    given: tuple[Given, ...]  # what is known of them
    counts: tuple[CountGroup, ...]  # the table of distinct counts, by rule
    sizes: tuple[SizeRow, ...]  # the table of sizes
    omitted_sizes: int  # sizes that change and are not listed, as they come out like those before them
    stages: tuple[StageRow, ...]  # the table of costs
    by_kind: bool  # whether these are kinds of layers
    totals: Totals  # what all layers have together
    bounds: tuple[Relation, ...]  # the conditions under which formulas hold
    divisions: tuple[Condition, ...]  # that one number divides another


@dataclass(frozen=True, slots=True)
class Exercise:
    """A number to be found by a rule."""

    label: str  # what tells it from others: by the network, the layer and the quantity
    slug: str  # of the network
    title: str  # of the network
    convention: str  # keras or torch
    layer: str  # its name in the network
    heading: str  # what layers of its kind are called: Convolution
    settings: tuple[SettingEntry, ...]  # as a question tells them
    arriving: ArrivingEntry  # its input
    quantity: str  # params, shape or macs
    axis: str  # of a shape: height …; else empty
    rule: Rule  # by which it is answered
    features: Features  # the settings that the layer has
    derivation: Derivation  # how the answer comes out
    shape: Shape  # of the output


@dataclass(frozen=True, slots=True)
class Appendix:
    """All of it."""

    groups: tuple[RuleGroup, ...]  # the rules, by quantity, in the order of a course
    notation: Mapping[str, tuple[Notation, ...]]  # by group
    sections: tuple[NetworkSection, ...]  # one for each network, in the order of the sources
    exercises: tuple[Exercise, ...]  # each on another rule, as far as there are rules enough
    conventions: tuple[str, ...]  # keras, torch: those that the networks have
    keys: tuple[str, ...]  # of the works that are cited, in alphabetical order

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in their order."""
        return tuple(rule for group in self.groups for rule in group.rules)
