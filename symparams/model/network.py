"""A network: layers, what feeds them, and what each says about what it is fed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

from symparams import limits
from symparams.algebra.choices import Choices
from symparams.algebra.comparing import as_one_floor, same, without_floor
from symparams.algebra.facts import NOTHING_KNOWN, Facts
from symparams.algebra.formula import (
    Formula,
    Value,
    as_formula,
    product,
    replaced,
    size_and_depth,
)
from symparams.algebra.normal import UNIT, formula_of, plus, scaled, value_of
from symparams.algebra.notation import SOURCE, shown
from symparams.algebra.simplifying import poly, simplified
from symparams.algebra.summing import Repeat, mentions, over
from symparams.errors import LayerError, LimitError, SymparamsError
from symparams.model.conditions import (
    Condition,
    allowed,
    contradiction,
    formulas_of,
    positive,
    required,
    strongest,
    tightest,
    unless_certain,
)
from symparams.model.layer import Convention, Incoming, Layer, Outgoing, Rules, Shape, Work


@dataclass(frozen=True, slots=True)
class Counts:
    """How many numbers a layer, or a network, keeps."""

    weights: Value  # all parameters that are not biases
    biases: Value
    params: Value  # weights + biases
    trainable: Value
    non_trainable: Value


Kept: TypeAlias = "dict[object, Any]"  # by what worked it out

_AXES = 16  # more than any framework has use for

NO_PARAMETERS = Counts(0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Derived:
    """A layer on a given input: shared by all equal layers on equal inputs."""

    layer: Layer  # with its arguments
    arriving: tuple[Incoming, ...]  # what it was asked about
    rules: Rules  # what it said
    shape: Shape  # of the output
    conditions: tuple[Condition, ...]  # what its letters must fulfil
    facts: Facts  # what was known of the letters
    convention: Convention  # that of the network
    kept: Kept = field(default_factory=dict, init=False, repr=False, compare=False)  # what others worked out of it

    def again(self, layer: Layer) -> Derived:
        """The same of an equal layer, with all that is worked out already; what will be kept is kept for both."""
        copy = object.__new__(Derived)
        copy.__dict__.update(self.__dict__, layer=layer)
        return copy

    @cached_property
    def out(self) -> Outgoing:
        """The output, for the rules of work and memory."""
        names = [axis.name for axis in self.rules.output] if self.arriving else None
        return Outgoing(tuple(names or Incoming(self.shape, self.convention).axis_names()), self.shape)

    @cached_property
    def work(self) -> Work:
        """What the layer computes for one example."""
        return self.layer.work(self.out, *self.arriving)

    @cached_property
    def counts(self) -> Counts:
        """Read off the sizes of the tensors; the rule gives the same number a second way."""
        counted = [w for w in self.rules.weights if w.counted]
        if not counted:
            return NO_PARAMETERS
        sizes = [(w.kind, simplified(product(w.dimensions), self.facts)) for w in counted]
        biases = added((n for kind, n in sizes if kind == "bias"), self.facts)
        kept = [w.kind == "statistic" or not w.trained for w in counted]
        fixed = added((n for (_, n), is_kept in zip(sizes, kept, strict=True) if is_kept), self.facts)
        others = added((n for kind, n in sizes if kind != "bias"), self.facts)
        params = simplified(self.rules.parameters, self.facts)
        free = (n for (_, n), is_kept in zip(sizes, kept, strict=True) if not is_kept)
        trainable = params if fixed == 0 else added(free, self.facts)
        return Counts(others, biases, params, trainable, fixed)


@dataclass(frozen=True, slots=True)
class Node:
    """A layer in its place in the network."""

    name: str  # as given with `as`, or kind and counter
    inputs: tuple[int, ...]  # the nodes that feed it, by index
    derived: Derived  # what its layer says about what arrives
    origin: tuple[str, str]  # what the last size of its output is: ("filters", "conv_1")
    shared: str | None  # the layer whose weights it uses again, which are counted there
    frozen: bool  # whether its parameters are kept from training
    repeats: tuple[Repeat, ...] = ()  # the copies that it stands for, outermost first; (): only itself

    @property
    def layer(self) -> Layer:
        return self.derived.layer

    @property
    def kind(self) -> str:
        return self.derived.layer.kind

    @property
    def shape(self) -> Shape:
        return self.derived.shape

    @property
    def counts(self) -> Counts:
        """What one copy of it has."""
        if self.shared is not None:
            return NO_PARAMETERS
        counts = self.derived.counts
        return Counts(counts.weights, counts.biases, counts.params, 0, counts.params) if self.frozen else counts

    @property
    def all_counts(self) -> Counts:
        """What all copies of it have together."""
        counts = self.counts
        if not self.repeats or counts is NO_PARAMETERS:
            return counts
        every = [getattr(counts, f.name) for f in fields(Counts)]
        once = {id(value): value for value in every}  # most have as many trainable ones as parameters
        summed = {name: over(value, self.repeats, self.derived.facts) for name, value in once.items()}
        return Counts(*(summed[id(value)] for value in every))


@dataclass
class Network:
    """The layers of a network in reading order; built layer by layer with `add`."""

    convention: Convention = "keras"
    title: str = ""
    facts: Facts = field(default_factory=Facts)
    symbols: dict[str, Formula | None] = field(default_factory=dict)  # every letter, with its value if known
    stated: tuple[tuple[Formula, str, Formula], ...] = ()  # the facts of `where`: left, relation, right
    ranges: dict[str, Choices] = field(default_factory=dict)  # letters that take only these values
    nodes: list[Node] = field(default_factory=list)  # in reading order
    # What layers said, by the identities of layer and facts and by the shapes that arrived.
    _known: dict[tuple[int, int, tuple[Shape, ...]], Derived] = field(default_factory=dict, repr=False)
    _names: dict[str, int] = field(default_factory=dict, repr=False)  # name: index
    _counters: dict[str, int] = field(default_factory=dict, repr=False)  # how many layers of a kind have been named
    reserved: set[str] = field(default_factory=set, repr=False)  # names that automatic names keep clear of

    def add(
        self,
        layer: Layer,
        inputs: Sequence[int],
        name: str | None = None,
        *,
        shared: int | None = None,
        frozen: bool = False,
    ) -> int:
        """Put a layer behind others and return its index; raises LayerError if it does not fit."""
        if len(self.nodes) >= limits.LAYERS:
            raise LimitError(f"the network has more than {limits.LAYERS:,} layers, which is the limit")
        name = name or self.free_name(layer.kind)
        shapes = tuple(self.nodes[i].shape for i in inputs)
        try:
            limits.allow_layer()
            derived = self.derived(layer, shapes)
            _ = derived.counts  # worked out now, while an error can still be said to be here
            if shared is not None:
                self._check_shared(derived, self.nodes[shared])
        except LayerError as error:
            error.matter = f"{name}: {error.matter}"
            raise
        what = derived.rules.channels_are
        origin = (what, name) if what else self.nodes[inputs[0]].origin
        sharing = None if shared is None else self.nodes[shared].name
        self.nodes.append(Node(name, tuple(inputs), derived, origin, sharing, frozen))
        self._names[name] = len(self.nodes) - 1
        return len(self.nodes) - 1

    def free_name(self, kind: str) -> str:
        """conv_1, conv_2 …, clear of the names that the user gave."""
        while True:
            self._counters[kind] = count = self._counters.get(kind, 0) + 1
            if (name := f"{kind}_{count}") not in self.reserved:
                return name

    def node(self, name: str) -> Node:
        """The layer of that name; raises KeyError."""
        return self.nodes[self._names[name]]

    def index(self, name: str) -> int:
        """Where the layer of that name stands; raises KeyError."""
        return self._names[name]

    @property
    def names(self) -> Iterator[str]:
        return iter(self._names)

    @cached_property
    def counts(self) -> Counts:
        """The totals over all layers."""
        every = [(node.counts, node.repeats) for node in self.nodes if node.counts is not NO_PARAMETERS]

        def summed(name: str) -> Value:
            return added_over(((getattr(counts, name), repeats) for counts, repeats in every), self.facts)

        weights, biases, params, fixed = map(summed, ("weights", "biases", "params", "non_trainable"))
        return Counts(weights, biases, params, params if fixed == 0 else summed("trainable"), fixed)

    @cached_property
    def sources(self) -> tuple[int, ...]:
        """For every layer the input layer that its first input comes from, by index."""
        found: list[int] = []
        for i, node in enumerate(self.nodes):
            found.append(found[node.inputs[0]] if node.inputs else i)
        return tuple(found)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions but those that others imply."""
        kinds = {(id(node.derived), node.repeats): node for node in self.nodes}
        every = (c for node in kinds.values() for c in (*self._copies(node.repeats), *self._at_the_ends(node)))
        return strongest(every, self.facts)

    def _at_the_ends(self, node: Node) -> Iterator[Condition]:
        """What the layer needs; a size that changes from copy to copy must do where it is tightest.

        A divisor that changes must divide in every copy.
        """
        pending = list(node.derived.conditions)
        for repeat in reversed(node.repeats):
            for condition in pending[:]:
                if condition.slack is not None and mentions(formula_of(condition.slack), repeat.variable):
                    pending.remove(condition)
                    for end in tightest(condition.slack, repeat, node.derived.facts):
                        slack = poly(replaced(formula_of(condition.slack), repeat.variable, end), self.facts)
                        pending += unless_certain(without_floor(slack), self.facts, node.name)
        for condition in pending:
            sides = (condition.left, condition.right)
            changing = tuple(r for r in node.repeats if any(mentions(side, r.variable) for side in sides))
            yield replace(condition, copies=changing) if changing else condition

    def _copies(self, repeats: Sequence[Repeat]) -> Iterator[Condition]:
        """There are at least 0 copies."""
        for repeat in repeats:
            if not any(mentions(repeat.count, outer.variable) for outer in repeats):
                yield from unless_certain(poly(as_formula(repeat.count), self.facts), self.facts, "")

    def mark(self) -> tuple[int, dict[str, int]]:
        """A point to come back to with `back_to`."""
        return len(self.nodes), dict(self._counters)

    def back_to(self, mark: tuple[int, dict[str, int]]) -> None:
        """Take away every layer added since."""
        for node in self.nodes[mark[0] :]:
            self._names.pop(node.name, None)
        del self.nodes[mark[0] :]
        self._counters = dict(mark[1])

    def repeat(self, since: int, repeat: Repeat) -> None:
        """Say that the layers from index `since` on stand for copies."""
        for i in range(since, len(self.nodes)):
            self.nodes[i] = replace(self.nodes[i], repeats=(repeat, *self.nodes[i].repeats))

    def check_conditions(self) -> None:
        """Raise SymparamsError if no value of the letters fits all layers."""
        against = contradiction(self.conditions, self.facts)
        if against is not None:
            texts = [f"{shown(c.left, SOURCE)} >= {shown(c.right, SOURCE)}" for c in against]
            raise SymparamsError(f"no values of the letters fit all layers: {' and '.join(texts)}")

    # -------------------------------------------------------------- one layer

    def derived(self, layer: Layer, shapes: tuple[Shape, ...]) -> Derived:
        """What a layer says about inputs of these shapes; worked out once."""
        key = (id(layer), id(self.facts), shapes)
        found = self._known.get(key)
        if found is None:
            if self.symbols or self.facts != NOTHING_KNOWN:
                found = derive(layer, shapes, self.convention, self.facts)
            else:
                found = _without_letters(layer, shapes, self.convention).again(layer)
            self._known[key] = found
        return found

    def _check_shared(self, derived: Derived, first: Node) -> None:
        mine = [[simplified(d) for d in w.dimensions] for w in derived.rules.weights]
        theirs = [[simplified(d) for d in w.dimensions] for w in first.derived.rules.weights]
        if len(mine) != len(theirs) or not all(
            len(a) == len(b) and all(map(same, a, b)) for a, b in zip(mine, theirs, strict=True)
        ):
            arrived = " and ".join(map(str, derived.arriving))
            before = " and ".join(map(str, first.derived.arriving))
            raise LayerError(f"the weights of {first.name} fit an input {before}, but {arrived} arrives here")


@lru_cache(512)
def _without_letters(layer: Layer, shapes: tuple[Shape, ...], convention: Convention) -> Derived:
    """What a layer says in any network without letters, each of which has its own copy."""
    return derive(layer, shapes, convention, NOTHING_KNOWN)


def derive(layer: Layer, shapes: tuple[Shape, ...], convention: Convention, facts: Facts) -> Derived:
    """What a layer says about inputs of these shapes."""
    arriving = tuple(Incoming(shape, convention) for shape in shapes)
    rules = layer.rules(*arriving)
    conditions: list[Condition] = []
    for requirement in rules.requires:
        conditions += required(requirement, facts)
    if len(rules.output) > _AXES:
        raise LimitError(f"a shape has more than {_AXES} axes, which is the limit")
    handed_on = {size for x in arriving for size in x.shape}  # sizes that are simple and positive already
    shape = tuple(a.size if a.size in handed_on else as_one_floor(simplified(a.size, facts)) for a in rules.output)
    names = [axis.name for axis in rules.output] if arriving else Incoming(shape, convention).axis_names()
    for name, value in zip(names, shape, strict=True):
        if isinstance(value, Formula) and size_and_depth(value)[0] > limits.SIZE:
            raise LimitError(f"the {name} has more than {limits.SIZE} terms, which is the limit")
        if value not in handed_on:
            conditions += positive(f"the {name} of the output would be", value, 1, facts)
    for argument, formula in formulas_of(layer):
        conditions += allowed(argument, formula, facts)
    return Derived(layer, arriving, rules, shape, tuple(dict.fromkeys(conditions)), facts, convention)


def added(values: Iterable[Value], facts: Facts) -> Value:
    """The sum of values; sums of known integers stay Python integers."""
    known = 0
    open_: dict[int, tuple[Value, int]] = {}  # by identity: equal layers have the same one, which is counted
    for value in values:
        if isinstance(value, int):
            known += value
        else:
            open_[id(value)] = value, open_.get(id(value), (value, 0))[1] + 1
    if not open_:
        return known
    polys = (scaled(poly(as_formula(value), facts), times) for value, times in open_.values())
    return value_of(plus((*polys, {UNIT: known} if known else {})))


def added_over(values: Iterable[tuple[Value, tuple[Repeat, ...]]], facts: Facts) -> Value:
    """The sum of values in all their copies; what stands in the same brackets is added up before it is multiplied."""
    groups: dict[tuple[int, ...], tuple[tuple[Repeat, ...], list[Value]]] = {}
    for value, repeats in values:
        groups.setdefault(tuple(map(id, repeats)), (repeats, []))[1].append(value)
    return added([over(added(several, facts), repeats, facts) for repeats, several in groups.values()], facts)
