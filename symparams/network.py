"""A network: layers, what feeds them, and what each says about what it is fed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from math import lcm

from symparams import limits
from symparams.algebra import at_least_zero, below_zero, bounds, poly, simplified
from symparams.arguments import Argument, arguments_of
from symparams.comparing import as_one_floor, opened, same, smallest_letter, without_floor
from symparams.errors import LayerError, LimitError, SymparamsError
from symparams.exact import number
from symparams.facts import Facts
from symparams.formula import (
    CHANNELS,
    Formula,
    Function,
    Number,
    Quotient,
    Symbol,
    Value,
    as_formula,
    parts,
    product,
    size_and_depth,
)
from symparams.layer import Convention, Incoming, Layer, Outgoing, Requirement, Rules, Shape, Work
from symparams.normal import UNIT, Poly, formula_of, is_constant, minus, plus, quotient, scaled, value_of
from symparams.notation import PLAIN, SOURCE, shown


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must hold for the formulas to be valid: H >= 19, or g divides C."""

    left: Formula
    relation: str  # ">=" or "divides" (left divides right)
    right: Formula
    slack: Poly | None = field(default=None, compare=False)  # what must be at least 0, for ">="


@dataclass(frozen=True, slots=True)
class Counts:
    """How many numbers a layer, or a network, keeps."""

    weights: Value  # all parameters that are not biases
    biases: Value
    params: Value  # weights + biases
    trainable: Value
    non_trainable: Value


_AXES = 16  # more than any framework has use for

NO_PARAMETERS = Counts(0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Derived:
    """A layer on a given input: shared by all equal layers on equal inputs."""

    layer: Layer
    arriving: tuple[Incoming, ...]
    rules: Rules
    shape: Shape  # of the output
    conditions: tuple[Condition, ...]
    facts: Facts
    convention: Convention

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
        fixed = added((n for kind, n in sizes if kind == "statistic"), self.facts)
        others = added((n for kind, n in sizes if kind != "bias"), self.facts)
        params = simplified(self.rules.parameters, self.facts)
        trainable = params if fixed == 0 else added((n for kind, n in sizes if kind != "statistic"), self.facts)
        return Counts(others, biases, params, trainable, fixed)


@dataclass(frozen=True, slots=True)
class Node:
    """A layer in its place in the network."""

    name: str  # as given with `as`, or kind and counter
    inputs: tuple[int, ...]  # the nodes that feed it, by index
    derived: Derived
    origin: tuple[str, str]  # what the last size of its output is: ("filters", "conv_1")
    shared: str | None  # the layer whose weights it uses again, which are counted there
    frozen: bool  # whether its parameters are kept from training

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
        if self.shared is not None:
            return NO_PARAMETERS
        counts = self.derived.counts
        return Counts(counts.weights, counts.biases, counts.params, 0, counts.params) if self.frozen else counts


@dataclass
class Network:
    """The layers of a network in reading order; built layer by layer with `add`."""

    convention: Convention = "keras"
    title: str = ""
    facts: Facts = field(default_factory=Facts)
    symbols: dict[str, Formula | None] = field(default_factory=dict)  # every letter, with its value if known
    stated: tuple[tuple[Formula, str, Formula], ...] = ()  # the facts of `where`: left, relation, right
    nodes: list[Node] = field(default_factory=list)
    _known: dict[tuple[int, tuple[Shape, ...]], Derived] = field(default_factory=dict, repr=False)
    _names: dict[str, int] = field(default_factory=dict, repr=False)  # name: index
    _counters: dict[str, int] = field(default_factory=dict, repr=False)
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
            derived = self._derive(layer, shapes)
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

    @property
    def names(self) -> Iterator[str]:
        return iter(self._names)

    @cached_property
    def counts(self) -> Counts:
        """The totals over all layers."""
        every = [node.counts for node in self.nodes if node.counts is not NO_PARAMETERS]
        return Counts(*(added((getattr(c, f.name) for c in every), self.facts) for f in fields(Counts)))

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions but those that others imply."""
        kept: list[Condition] = []
        for derived in {id(n.derived): n.derived for n in self.nodes}.values():
            for condition in derived.conditions:
                if not any(_implies(other, condition, self.facts) for other in kept):
                    kept = [other for other in kept if not _implies(condition, other, self.facts)]
                    kept.append(condition)
        return tuple(kept)

    def check_conditions(self) -> None:
        """Raise SymparamsError if no value of the letters fits all layers."""
        bounds_ = [c for c in self.conditions if c.slack is not None]
        for i, one in enumerate(bounds_):
            for other in bounds_[:i]:
                if below_zero(plus((one.slack or {}, other.slack or {})), self.facts):
                    texts = [f"{shown(c.left, SOURCE)} >= {shown(c.right, SOURCE)}" for c in (other, one)]
                    raise SymparamsError(f"no values of the letters fit all layers: {' and '.join(texts)}")

    # -------------------------------------------------------------- one layer

    def _derive(self, layer: Layer, shapes: tuple[Shape, ...]) -> Derived:
        key = (id(layer), shapes)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = derive(layer, shapes, self.convention, self.facts)
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


def derive(layer: Layer, shapes: tuple[Shape, ...], convention: Convention, facts: Facts) -> Derived:
    """What a layer says about inputs of these shapes."""
    arriving = tuple(Incoming(shape, convention) for shape in shapes)
    rules = layer.rules(*arriving)
    conditions: list[Condition] = []
    for requirement in rules.requires:
        conditions += _required(requirement, facts)
    if len(rules.output) > _AXES:
        raise LimitError(f"a shape has more than {_AXES} axes, which is the limit")
    handed_on = {id(size) for x in arriving for size in x.shape}  # sizes that are simple and positive already
    shape = tuple(a.size if id(a.size) in handed_on else as_one_floor(simplified(a.size, facts)) for a in rules.output)
    names = [axis.name for axis in rules.output] if arriving else Incoming(shape, convention).axis_names()
    for axis, name, value in zip(rules.output, names, shape, strict=True):
        if isinstance(value, Formula) and size_and_depth(value)[0] > limits.SIZE:
            raise LimitError(f"the {name} has more than {limits.SIZE} terms, which is the limit")
        if value is not axis.size:
            conditions += _positive(f"the {name} of the output would be", value, 1, facts)
    for argument, formula in _formulas(layer):
        conditions += _allowed(argument, formula, facts)
    derived = Derived(layer, arriving, rules, shape, tuple(dict.fromkeys(conditions)), facts, convention)
    _ = derived.counts  # worked out now, while an error can still be said to be here
    return derived


def added(values: Iterable[Value], facts: Facts) -> Value:
    """The sum of values; sums of known integers stay Python integers."""
    known = 0
    open_: list[Poly] = []
    for value in values:
        if isinstance(value, int):
            known += value
        else:
            open_.append(poly(as_formula(value), facts))
    return value_of(plus((*open_, {UNIT: known} if known else {}))) if open_ else known


# ---------------------------------------------------------------- conditions


def _required(requirement: Requirement, facts: Facts) -> list[Condition]:
    """Nothing if it surely holds, an error if it surely does not, else the condition."""
    left, right = simplified(requirement.left, facts), simplified(requirement.right, facts)
    if requirement.relation == ">=" and isinstance(left, int) and isinstance(right, int):
        if left < right:
            raise LayerError(requirement.otherwise())
        return []
    if requirement.relation == "multiple":
        if isinstance(left, int) and isinstance(right, int):
            if right < 1 or left % right:
                raise LayerError(requirement.otherwise())
            return []
        return _divides(as_formula(left), as_formula(right), facts)
    difference = without_floor(minus(poly(as_formula(left), facts), poly(as_formula(right), facts)))
    if below_zero(difference, facts):
        raise LayerError(requirement.otherwise())
    return [] if at_least_zero(difference, facts) else [_at_least(difference)]


def _positive(what: str, value: Value, least: int, facts: Facts) -> list[Condition]:
    """A value is at least 1, or at least 0."""
    if isinstance(value, int) and value >= least:
        return []
    size = poly(as_formula(value), facts)
    factors: list[Poly] = [size]
    if len(size) == 1:  # a product is positive if all its factors are
        ((mono, coefficient),) = size.items()
        if coefficient > 0:
            factors = [{((atom, 1),): 1} for atom, exponent in mono if exponent > 0]
    found: list[Condition] = []
    for factor in factors:
        inside = opened(factor)
        difference = without_floor(minus(inside, {UNIT: least}))
        if below_zero(difference, facts):
            raise LayerError(f"{what} {shown(value, PLAIN)}, but must be at least {least}")
        lowest = bounds(inside, facts)[0]
        if lowest is not None and lowest > least - 1:  # whole, so at least `least`
            continue
        if not at_least_zero(difference, facts):
            found.append(_at_least(difference))
    return found


def _at_least(slack: Poly) -> Condition:
    """slack >= 0, as a bound on its letter if it has only one."""
    letter = smallest_letter(slack)
    if letter is not None:
        return Condition(letter[0], ">=", as_formula(letter[1]), slack)
    left = {m: c for m, c in slack.items() if c > 0}
    right = {m: -c for m, c in slack.items() if c < 0}
    return Condition(formula_of(left), ">=", formula_of(right), slack)


def _implies(one: Condition, other: Condition, facts: Facts) -> bool:
    """Whether a condition makes another one needless."""
    if one.slack is None or other.slack is None:
        return one == other
    return one == other or at_least_zero(minus(other.slack, one.slack), facts)


def _formulas(layer: Layer) -> Iterator[tuple[Argument, Formula]]:
    """Every formula among the arguments of a layer, with its argument."""
    for argument in arguments_of(type(layer)):
        pending = [getattr(layer, argument.name)]
        while pending:
            value = pending.pop()
            if isinstance(value, tuple):
                pending.extend(value)
            elif isinstance(value, Layer):
                yield from _formulas(value)
            elif isinstance(value, Formula) and not isinstance(value, Number):
                yield argument, value


def _whole_divisions(formula: Formula, facts: Facts, rounded: bool = False) -> list[Condition]:
    """What every division in an argument needs to come out whole, if it is not rounded, and to be one at all."""
    if isinstance(formula, Symbol):
        inside = None if formula.name == CHANNELS else formula.value
        return [] if inside is None else _whole_divisions(inside, facts, rounded)
    rounds = isinstance(formula, Function) and formula.name in ("floor", "ceil")
    found = [c for part in parts(formula) for c in _whole_divisions(part, facts, rounded or rounds)]
    if isinstance(formula, Quotient) and number(formula) is None:
        top, bottom = as_formula(simplified(formula.top, facts)), as_formula(simplified(formula.bottom, facts))
        found += [] if rounded else _divides(top, bottom, facts)
        if not isinstance(bottom, Number):
            found += _positive("the divisor would be", bottom, 1, facts)
    return found


def _allowed(argument: Argument, formula: Formula, facts: Facts) -> list[Condition]:
    """What an argument with letters needs to be whole and not too small."""
    found = _whole_divisions(formula, facts)
    least = argument.kind.least
    if least is None or number(formula) is not None:
        return found
    if not any(c.relation == "divides" for c in found):
        found += _whole_value(formula, facts)
    return found + _positive(f"{argument.name} would be", simplified(formula, facts), least, facts)


def _whole_value(formula: Formula, facts: Facts) -> list[Condition]:
    """What a value with fractions in it, such as 0.5·H, needs to be whole."""
    p = poly(formula, facts)
    scale = lcm(*(c.denominator for c in p.values()))
    return [] if scale == 1 else _divides(formula_of(scaled(p, scale)), Number(scale), facts)


def _divides(top: Formula, bottom: Formula, facts: Facts) -> list[Condition]:
    """bottom | top, unless that is known."""
    known_top, known_bottom = number(top), number(bottom)
    if known_bottom == 0:
        raise LayerError("division by zero")
    if isinstance(known_top, int) and isinstance(known_bottom, int):
        if known_top % known_bottom:
            raise LayerError(f"the division {known_top}/{known_bottom} does not come out whole")
        return []
    if (top, bottom) in facts.whole:
        return []
    ratio = quotient(poly(top, facts), poly(bottom, facts))
    if all(c.denominator == 1 and all(e > 0 for _, e in m) for m, c in ratio.items()):
        return []
    rounded = simplified(Function("floor", (Quotient(top, bottom),)), facts)
    if not is_constant(ratio) and same(rounded, value_of(ratio), facts):
        return []
    return [Condition(bottom, "divides", top)]
