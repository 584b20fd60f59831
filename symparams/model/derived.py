"""What a layer says about a given input: its rules, the shape, the counts and the conditions that come of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from symparams import limits
from symparams.algebra.equality import as_one_floor, collected, shortened
from symparams.algebra.facts import Facts
from symparams.algebra.formula import ZERO, Formula, Value, as_formula, size_and_depth
from symparams.algebra.normal_form import UNIT, plus, scaled, value_of
from symparams.algebra.simplification import bounds, poly, simplified
from symparams.algebra.sums import Repeat, over
from symparams.errors import LimitError
from symparams.model.conditions import Condition, allowed, formulas_of, positive, required
from symparams.model.layer import Axis, Incoming, Layer, Outgoing, Rules, Shape
from symparams.model.outside import check_methods, is_outside, rules_of
from symparams.model.tensor import Convention, macs_rule, summed_biases
from symparams.model.work import Work, joined


@dataclass(frozen=True, slots=True)
class Counts:
    """How many numbers a layer, or a network, keeps."""

    weights: Value  # all parameters that are not biases
    biases: Value  # parameters that are added
    params: Value  # weights + biases
    trainable: Value  # parameters that training sets
    non_trainable: Value  # parameters that it does not
    statistics: Value = 0  # those among the weights that are measured

    @property
    def learned_weights(self) -> Value:
        """The weights without the statistics: 8 of a batch normalization over 8 channels."""
        if self.statistics == 0:
            return self.weights
        return simplified(as_formula(self.weights) - as_formula(self.statistics))


_AXES = 16  # more than any framework has use for

NO_PARAMETERS = Counts(0, 0, 0, 0, 0)


@dataclass(frozen=True, eq=False)
class Derived:
    """A layer on a given input; two of an equal layer on equal input are equal, since all else follows."""

    layer: Layer  # with its arguments
    arriving: tuple[Incoming, ...]  # what it was asked about
    rules: Rules  # what it said
    shape: Shape  # of the output
    conditions: tuple[Condition, ...]  # what its letters must fulfil
    facts: Facts  # what was known of the letters
    convention: Convention  # that of the network
    is_sequence: bool | None  # how the output is read; see Incoming

    @property
    def _asked(self) -> tuple[Layer, tuple[Shape, ...], Convention, Facts, tuple[bool | None, ...], bool]:
        """What `derive` makes it of."""
        shapes, read = tuple(x.shape for x in self.arriving), tuple(x.is_sequence for x in self.arriving)
        return self.layer, shapes, self.convention, self.facts, read, self.laid_out

    @property
    def laid_out(self) -> bool:
        """Whether it lays numbers out in positions and features."""
        return self.layer.reading == "new" and bool(self.is_sequence)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Derived) and self._asked == other._asked)

    @cached_property
    def _hash(self) -> int:
        return hash(self._asked)

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        return derive, self._asked  # rules hold functions, which cannot be pickled

    @cached_property
    def out(self) -> Outgoing:
        """The output, for the rules of work and memory."""
        names = [axis.name for axis in self.rules.output] if self.arriving else None
        return Outgoing(tuple(names or self.leaving.axis_names()), self.shape, self.layer.on_last_axis)

    @property
    def is_stock(self) -> bool:
        """Whether the framework has the layer, and stores its tensors as the rules say."""
        return bool(self.arriving) and self.layer.is_stock(*self.arriving)

    @property
    def feature_axis(self) -> int:
        """The axis of the output that has its channels or features."""
        names = [axis.name for axis in self.rules.output]
        if self.layer.reading == "features" and len(names) == 2:
            return 1
        named = [i for i, name in enumerate(names) if name in ("channels", "features")]
        return named[-1] if named else self.leaving.channel_axis

    @cached_property
    def leaving(self) -> Incoming:
        """The output as it arrives at the layers behind."""
        return Incoming(self.shape, self.convention, self.is_sequence)

    @cached_property
    def work(self) -> Work:
        """What the layer computes for one example."""
        return _with_macs(self.layer.work(self.out, *self.arriving), self.rules, self.out)

    @property
    def macs(self) -> Formula:
        """The multiply-accumulates of one example, in reading order."""
        macs = self.work.macs
        assert macs is not None
        return macs

    @property
    def macs_with_biases(self) -> Formula:
        """The same with one for each addition of a bias."""
        biases = summed_biases(self.rules.tensors)
        if self.macs == ZERO or not biases:
            return self.macs
        positions = self.out.positions()
        if self.layer.work(self.out, *self.arriving).macs is None:
            return joined(macs_rule(self.rules.tensors, positions, biases), self.work.pairs)
        return self.macs + macs_rule(biases, positions, biases)

    @property
    def connections(self) -> Formula:
        """Each use of a weight and each addition of a bias, or each value in a window without weights."""
        tensors = self.rules.tensors
        if not any(t.joins and t.uses != ZERO for t in tensors):
            return self.layer.pooled(self.out, *self.arriving)
        return macs_rule(tensors, self.out.positions(), summed_biases(tensors))

    @cached_property
    def counts(self) -> Counts:
        """Read off the sizes of the tensors; the rule gives the same number a second way."""
        counted = self.rules.counted
        if not counted:
            return NO_PARAMETERS
        sizes = [(t, simplified(t.size, self.facts)) for t in counted]
        biases = added((n for t, n in sizes if t.kind == "bias"), self.facts)
        others = added((n for t, n in sizes if t.kind != "bias"), self.facts)
        fixed = added((n for t, n in sizes if t.fixed), self.facts)
        params = collected(self.rules.parameters, self.facts)
        trainable = params if fixed == 0 else added((n for t, n in sizes if not t.fixed), self.facts)
        measured = added((n for t, n in sizes if t.kind == "statistic"), self.facts)
        return Counts(others, biases, params, trainable, fixed, measured)


def macs_of(layer: Layer, out: Outgoing, *arriving: Incoming) -> Formula:
    """The multiply-accumulates of a layer that stands in no network."""
    macs = _with_macs(layer.work(out, *arriving), layer.rules(*arriving), out).macs
    assert macs is not None
    return macs


def _with_macs(work: Work, rules: Rules, out: Outgoing) -> Work:
    """The work with its multiply-accumulates: where they are not written, those of the weights and of the pairs."""
    if work.macs is not None:
        return work
    return replace(work, macs=joined(macs_rule(rules.tensors, out.positions()), work.pairs))


def derive(
    layer: Layer,
    shapes: tuple[Shape, ...],
    convention: Convention,
    facts: Facts,
    read: tuple[bool | None, ...] = (),
    laid_out: bool = False,
) -> Derived:
    """What a layer says about inputs of these shapes, which are read as `Incoming` has it.

    With `laid_out`, the two axes that the layer makes of its numbers are positions and features.
    """
    pairs = zip(shapes, read or (None,) * len(shapes), strict=True)
    arriving = tuple(Incoming(shape, convention, is_sequence) for shape, is_sequence in pairs)
    outside = is_outside(layer)
    rules = rules_of(layer, arriving, facts) if outside else layer.rules(*arriving)
    conditions: list[Condition] = []
    for requirement in rules.requires:
        conditions += required(requirement, facts)
    if len(rules.output) > _AXES:
        raise LimitError(f"a shape has more than {_AXES} axes, which is the limit")
    handed_on = {size for x in arriving for size in x.shape}  # sizes that are simple and positive already
    plain = [a.size if a.size in handed_on else simplified(a.size, facts) for a in rules.output]
    shape = tuple(size if size in handed_on else as_one_floor(_shortest(size, facts)) for size in plain)
    meant = _read(layer, rules, arriving, laid_out) if convention == "torch" and len(shape) == 2 else None
    if meant and layer.reading == "new":  # a layer that lays numbers out does not know how they are read
        names_, sizes = Incoming(shape, convention, meant).axis_names(), [axis.size for axis in rules.output]
        rules = replace(rules, output=tuple(map(Axis, names_, sizes)), channels_are=names_[-1])
    names = [axis.name for axis in rules.output] if arriving else Incoming(shape, convention, meant).axis_names()
    for name, simple, value in zip(names, plain, shape, strict=True):
        if isinstance(value, Formula) and size_and_depth(value)[0] > limits.SIZE:
            raise LimitError(f"the {name} has more than {limits.SIZE} terms, which is the limit")
        if value not in handed_on:
            conditions += positive(f"the {name} of the output would be", as_one_floor(simple), 1, facts)
    for argument, formula in formulas_of(layer):
        conditions += allowed(argument, formula, facts)
    derived = Derived(layer, arriving, rules, shape, tuple(dict.fromkeys(conditions)), facts, convention, meant)
    if outside:
        check_methods(layer, derived.out, arriving)
    return derived


def _read(layer: Layer, rules: Rules, arriving: tuple[Incoming, ...], laid_out: bool) -> bool | None:
    """How two axes in PyTorch are read: positions and features, channels and length, or not yet known."""
    if layer.reading == "new":
        return True if laid_out else None
    two_axes = [x.is_sequence for x in arriving if len(x.shape) == 2]
    if layer.reading == "kept" and two_axes and all(read is None for read in two_axes):
        return None
    return rules.output[0].name not in ("channels", "features")


def _shortest(value: Value, facts: Facts) -> Value:
    """A size in its shortest form, unless only its brackets show how small it can be: (L - 1)s + 3."""
    short = shortened(value, facts)
    if short != value:
        least, shown = (bounds(poly(as_formula(one), facts), facts)[0] for one in (value, short))
        if least is not None and (shown is None or shown < least):
            return value
    return short


known = lru_cache(512)(derive)  # the same for every network: equal layers on equal input are worked out once


def added(values: Iterable[Value], facts: Facts) -> Value:
    """The sum of values; sums of known integers stay Python integers."""
    known = 0
    open_: dict[Formula, int] = {}  # with how often it stands there: equal layers have the same one
    for value in values:
        if isinstance(value, int):
            known += value
        else:
            open_[as_formula(value)] = open_.get(as_formula(value), 0) + 1
    if not open_:
        return known
    polys = (scaled(poly(value, facts), times) for value, times in open_.items())
    return shortened(value_of(plus((*polys, {UNIT: known} if known else {}))), facts)


def added_over(values: Iterable[tuple[Value, tuple[Repeat, ...]]], facts: Facts) -> Value:
    """The sum of values in all their copies; what stands in the same brackets is added up before it is multiplied."""
    groups: dict[tuple[Repeat, ...], list[Value]] = {}
    for value, repeats in values:
        groups.setdefault(repeats, []).append(value)
    return added([over(added(several, facts), repeats, facts) for repeats, several in groups.items()], facts)
