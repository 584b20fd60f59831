"""Wrong totals: a misconception in all layers, in one or in two of them, or a mistake in the adding up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from symparams.algebra.equality import collected
from symparams.algebra.facts import Facts
from symparams.algebra.formula import ZERO, Formula, Function, Symbol, Value, as_formula, total
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import can_put_in, put_in
from symparams.algebra.sums import Repeat, over, over_shown
from symparams.layers.embedding import Embedding, Positional
from symparams.misconceptions.families.tying import counted_again
from symparams.misconceptions.misconception import Misconception, misconception
from symparams.misconceptions.mistakes import Mistake, Mistakes
from symparams.misconceptions.task import Subject, Task
from symparams.model.network import Node
from symparams.model.tensor import parameter_rule
from symparams.quantities.layer_quantities import sum_of


@dataclass(frozen=True, slots=True)
class Term:
    """What one layer adds to a total."""

    task: Task
    rule: Formula  # in all its copies


@dataclass(frozen=True, slots=True)
class WrongTerm:
    """What a mistake makes of a term."""

    index: int  # of the term
    made: Misconception
    rule: Formula  # in all copies


WrongRules: TypeAlias = "tuple[tuple[Misconception, Formula], ...]"  # in all copies, with the mistake that makes them


class Total:
    """The total of a quantity over a network."""

    def __init__(self, mistakes: Mistakes, quantity: str) -> None:
        self.mistakes = mistakes
        self.quantity = quantity
        self.terms = tuple(self._terms())
        self._wrong_rules: dict[tuple[object, ...], WrongRules] = {}

    @cached_property
    def sum(self) -> Formula:
        """What the layers have, added up."""
        return self.with_terms(())

    def with_terms(self, wrong: Sequence[WrongTerm]) -> Formula:
        """The sum with some terms wrong."""
        facts = self.mistakes.network.facts
        values = {term.index: worked_out(term.rule, facts) for term in wrong}
        every = (values.get(i, value) for i, value in enumerate(self.values))
        return sum_of(as_formula(value) for value in every if value != 0)

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """What each layer has in all its copies."""
        values: dict[Formula, Value] = {}  # equal layers have equal rules
        for term in self.terms:
            if term.rule not in values:
                values[term.rule] = worked_out(term.rule, self.mistakes.network.facts)
        return tuple(values[term.rule] for term in self.terms)

    def _terms(self) -> Iterator[Term]:
        for i, node in enumerate(self.mistakes.network.nodes):
            task = self.mistakes.tasks.of(i, self.quantity)
            if node.layer.inputs != "none" or task.rules[0] != ZERO:  # an input has no weights, but values
                yield Term(task, in_all_copies(task.rules[0], node))

    def wrong_terms(self) -> Iterator[WrongTerm]:
        """Every single misconception in every layer, and every way to count a layer wrongly as a whole."""
        for i in range(len(self.terms)):
            for made, rule in self.wrong_rules(i):
                yield WrongTerm(i, made, rule)

    def wrong_rules(self, index: int) -> WrongRules:
        """The same in one layer; equal layers with the same slips share them."""
        term, node = self.terms[index], self.node(index)
        slips = self.mistakes.slips(term.task) if term.task.derived.arriving else ()
        key = (term.rule, slips, node.derived, node.repeats, node.frozen, node.shared is None)
        if key not in self._wrong_rules:
            self._wrong_rules[key] = tuple(_wrong_rules(term, slips))
        return self._wrong_rules[key]

    def everywhere(self) -> Iterator[tuple[WrongTerm, ...]]:
        """Every misconception made in all layers where it can be made, each in its likeliest way."""
        groups: dict[str, dict[int, WrongTerm]] = {}
        for term in self.wrong_terms():
            if term.made not in (layer_left_out, layer_counted_twice):  # those are made once
                groups.setdefault(term.made.name, {}).setdefault(term.index, term)
        return (tuple(by_layer.values()) for by_layer in groups.values())

    def in_the_network(self) -> Iterator[tuple[WrongTerm, ...]]:
        """Every misconception that is made in a whole network with embeddings, where other layers are wrong too."""
        tables = (Embedding, Positional)
        if any(issubclass(kind, tables) for kind in self.mistakes.network.kinds):
            for made in OF_NETWORKS:
                subjects = (next(term.task.subjects((term.rule,))) for term in self.terms)
                terms = tuple(WrongTerm(i, made, rule) for i, s in enumerate(subjects) for rule in made.edit(s))
                if not all(isinstance(self.node(term.index).layer, tables) for term in terms):
                    yield terms

    def node(self, index: int) -> Node:
        """The layer of a term."""
        return self.terms[index].task.node


def _wrong_rules(term: Term, slips: Iterable[Mistake]) -> Iterator[tuple[Misconception, Formula]]:
    for mistake in slips:
        yield mistake.made[0], in_all_copies(mistake.rules[0], term.task.node)
    subject = next(term.task.subjects((term.rule,)))
    for made in _OF_EACH_LAYER:
        for rule in made.edit(subject):
            yield made, rule


def in_all_copies(rule: Formula, node: Node) -> Formula:
    """The sum of a rule over the copies of a layer; with its values put in where they change from copy to copy."""
    if not node.repeats:
        return rule
    while any(repeat.runs for repeat in node.repeats) and can_put_in(rule):
        rule = put_in(rule)
    return over_shown(rule, node.repeats)


def worked_out(rule: Formula, facts: Facts) -> Value:
    """The value of a rule in all its copies, a sum over copies in closed form where there is one."""
    match rule:
        case Function("sum", (term, Symbol(variable), first, last)):
            count = simplified(last - first + 1, facts)
            return over(worked_out(term, facts), (Repeat(variable, first, last, count, runs=True),), facts)
    return collected(rule, facts)


@misconception(
    "layer left out",
    "total",
    explanation="you left out a layer",
    of_several="you left out layers",
    repair="the total adds up all layers",
    source="Stack Exchange, questions on totals of model.summary() that come out too small",
    credit=Fraction(1, 2),
)
def layer_left_out(s: Subject) -> Iterator[Formula]:
    """The term of one layer is missing."""
    if s.rule != ZERO:
        yield ZERO


@misconception(
    "layer counted twice",
    "total",
    explanation="you counted a layer twice",
    of_several="you counted layers twice",
    repair="each layer counts once; repeated layers count once per copy",
    source="Stack Exchange, questions on totals of model.summary() that come out too large",
    credit=Fraction(1, 2),
)
def layer_counted_twice(s: Subject) -> Iterator[Formula]:
    """The term of one layer stands there twice."""
    if s.rule != ZERO:
        yield 2 * s.rule


@misconception(
    "one copy for all",
    "total",
    explanation="you counted only one copy of a repeated layer",
    repair="every copy of a repeated layer has its own weights, so all copies count",
    claim="Copies of a layer in a network share their weights by default.",
    source="questions on the parameters of stacked transformer blocks",
)
def one_copy(s: Subject) -> Iterator[Formula]:
    """N·P → P."""
    if s.task.node.repeats and not any(repeat.runs for repeat in s.task.node.repeats):
        yield s.task.rules[0]


@misconception(
    "shared weights counted at each use",
    "total",
    explanation="you counted shared weights each time they are used",
    repair="shared weights are stored, and counted, once",
    claim="Weights that two layers share are counted twice.",
    source="Press and Wolf, Using the Output Embedding to Improve Language Models, 2017",
)
def shared_again(s: Subject) -> Iterator[Formula]:
    """0 → P; where layers share weights, a tied matrix is counted at each use too."""
    if s.quantity != "params":
        return
    if s.task.node.shared is not None:
        yield from (rule for rule in (s.rules.parameters,) if rule != ZERO)
    elif s.network.shares_weights:
        yield from (over_shown(rule, s.task.node.repeats) for rule in counted_again.edit(next(s.task.subjects())))


@misconception(
    "only the trained parameters counted",
    "total",
    explanation="you counted only the trainable parameters",
    repair="the total includes non-trainable parameters: they are stored, although training does not update them",
    claim="Parameters that are not trained do not count as parameters of the network.",
    source="Keras documentation of Model.summary(): total, trainable and non-trainable",
    credit=Fraction(1, 2),
)
def only_trained(s: Subject) -> Iterator[Formula]:
    """P → P - fixed ones."""
    counts = s.task.node.counts
    if s.quantity == "params" and counts.non_trainable != 0:
        yield over_shown(as_formula(counts.trainable), s.task.node.repeats)


@misconception(
    "one copy missed",
    "total",
    explanation="you counted one copy too few of a repeated layer",
    repair="a repeated layer counts once per copy",
    source="questions on the parameters of stacked transformer blocks",
    credit=Fraction(1, 2),
)
def one_copy_missed(s: Subject) -> Iterator[Formula]:
    """N·P → N·P - P."""
    node = s.task.node
    if node.repeats and s.task.rules[0] != s.rule and not any(repeat.runs for repeat in node.repeats):
        yield s.rule - s.task.rules[0]


@misconception(
    "frozen layers counted as trained",
    "total",
    explanation="you counted a frozen layer as trainable",
    repair="a frozen layer is not updated: all its parameters are non-trainable",
    claim="The parameters of a frozen layer count as trainable.",
    source="Keras guide on transfer learning: layer.trainable = False",
    credit=Fraction(1, 2),
)
def frozen_as_trained(s: Subject) -> Iterator[Formula]:
    """trainable 0 → P; non-trainable P → what is measured."""
    node = s.task.node
    if node.frozen and node.shared is None and s.quantity in ("trainable", "non_trainable"):
        yield over_shown(as_formula(getattr(node.derived.counts, s.quantity)), node.repeats)


@misconception(
    "frozen layers left out",
    "total",
    explanation="you left out a frozen layer",
    repair="the parameters of a frozen layer are stored and used, so they count in the total as non-trainable "
    "parameters",
    claim="Freezing a layer reduces the total number of parameters.",
    source="Keras guide on transfer learning: Model.summary() of a frozen model",
    credit=Fraction(1, 2),
)
def frozen_left_out(s: Subject) -> Iterator[Formula]:
    """P → 0."""
    if s.task.node.frozen and s.quantity in ("params", "weights", "biases", "memory") and s.rule != ZERO:
        yield ZERO


@misconception(
    "buffers counted",
    "total",
    explanation="you counted buffers, such as the running mean and variance, as parameters",
    repair="PyTorch saves buffers with a model, but they are not parameters",
    claim="In PyTorch, a model always has as many parameters as there are values in its state dictionary.",
    source="PyTorch forums, questions on state_dict() and parameters()",
    credit=Fraction(1, 2),
)
def buffers_counted(s: Subject) -> Iterator[Formula]:
    """2·C → 4·C + 1 for a batch normalization of PyTorch."""
    node = s.task.node
    buffers = [t.size for t in s.rules.tensors if not t.counted]
    if buffers and s.quantity == "params" and node.shared is None:
        yield over_shown(s.rules.parameters + total(buffers), node.repeats)


@misconception(
    "only the matrices of the network counted",
    "total",
    explanation="you counted only the matrices that inputs are multiplied with, not the embeddings",
    repair="embeddings, biases and normalizations are parameters too; papers on scaling laws leave them out to compare "
    "networks",
    source="Kaplan et al., Scaling Laws for Neural Language Models, 2020, section 2.1; issues on the `n_params` of "
    "TransformerLens: 85M for GPT-2",
    credit=Fraction(1, 2),
)
def only_multiplying(s: Subject) -> Iterator[Formula]:
    """V·d → 0, 4·(d + 1)·d → 4·d·d, 2·d → 0, in the whole network."""
    kept = [t for t in s.rules.counted if t.joins and t.uses != ZERO]
    if s.quantity == "params" and s.task.node.shared is None and len(kept) < len(s.rules.counted):
        yield over_shown(parameter_rule(kept), s.task.node.repeats)


OF_NETWORKS = (only_multiplying,)  # made in the whole network, or not at all
OF_WHOLE_LAYERS = (layer_left_out, layer_counted_twice)  # what explains least: others are told before them
OF_LAYERS: tuple[Misconception, ...] = (
    layer_left_out,
    layer_counted_twice,
    one_copy,
    shared_again,
    only_trained,
    one_copy_missed,
    frozen_as_trained,
    frozen_left_out,
    buffers_counted,
    *OF_NETWORKS,
)
_OF_EACH_LAYER = OF_LAYERS[: -len(OF_NETWORKS)]
