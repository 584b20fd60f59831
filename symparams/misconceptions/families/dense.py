"""Dense layers: what arrives at them guessed, and the flattening in front of them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.formula import ONE, ZERO, Formula, Product, as_formula, product
from symparams.layers.dense import Flatten
from symparams.layers.pooling import GlobalAveragePooling, Pooling
from symparams.layers.sizes import sizes_of
from symparams.misconceptions.edits import bound_where, named, some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.roles import is_of, matrix
from symparams.misconceptions.surroundings import flattened, in_work, intact, network_input, numbers
from symparams.misconceptions.task import Subject
from symparams.model.tensor import flat

_COUNTED = ("params", "weights", "trainable", "macs", "flops")


def _with_inputs(s: Subject, inputs: Formula) -> Iterable[Formula]:
    """The rule of a layer with one matrix where so many inputs arrive."""
    one = matrix(s)
    if one is None:
        return ()
    is_inputs = is_of((one,), "input")
    return in_work(s, lambda rule: some(bound_where(rule, is_inputs, inputs)))


@misconception(
    "flattening forgotten",
    *_COUNTED,
    around=True,
    needs="matrix",
    explanation="you used the number of channels as the number of inputs of the dense layer",
    repair="after flattening, every value of the feature map is an input: height times width times channels",
    claim="A dense layer after a flattened feature map has one input for each channel.",
    source="Stack Exchange, questions on the first dense layer of a network: 64*128 + 128",
)
def flattening_forgotten(s: Subject) -> Iterable[Formula]:
    """n_in = 12·12·63 → n_in = 63."""
    layers_before = flattened(s)
    if layers_before is None or len(layers_before[0].shape) != 1:
        return ()
    return _with_inputs(s, as_formula(layers_before[0].derived.arriving[0].channels))


@misconception(
    "a factor left out in flattening",
    *_COUNTED,
    around=True,
    needs="matrix",
    explanation="you left out one of the sizes of the feature map",
    repair="flattening multiplies all the sizes: height, width and channels",
    claim="Flattening a feature map gives `H*W` values, whatever its number of channels.",
    source="Stack Exchange, questions on the inputs of the first dense layer",
    credit=Fraction(1, 2),
)
def factor_left_out(s: Subject) -> Iterable[Formula]:
    """n_in = 12·12·63 → n_in = 12·12, n_in = 12·63."""
    layers_before = flattened(s)
    if layers_before is None or len(layers_before[0].shape) != 1:
        return
    x = layers_before[0].derived.arriving[0]
    if len(x.shape) > 2:
        yield from _with_inputs(s, product(x.spatial))
        for i in range(len(x.spatial)):
            yield from _with_inputs(s, product([*x.spatial[:i], *x.spatial[i + 1 :], x.channels]))


@misconception(
    "size in front of the pooling",
    *_COUNTED,
    around=True,
    needs="matrix",
    explanation="you used the feature map before pooling",
    repair="the feature map is flattened after pooling, so its size after pooling counts",
    source="Stack Exchange, questions on the first dense layer of a network",
    credit=Fraction(1, 2),
)
def before_pooling(s: Subject) -> Iterable[Formula]:
    """n_in = 12·12·63 → n_in = 24·24·63."""
    layers_before = flattened(s)
    if layers_before is not None and isinstance(layers_before[1].layer, Pooling):
        yield from _with_inputs(s, product(layers_before[1].derived.arriving[0].shape))


@misconception(
    "size of the image taken",
    *_COUNTED,
    around=True,
    needs="matrix",
    explanation="you used the input of the network, not the input of this layer",
    repair="the inputs of a dense layer are the outputs of the layer before it",
    claim="Every dense layer of a network has as many inputs as the image has pixel values.",
    source="Stack Exchange, questions on the first dense layer of a network: 28*28*128 + 128",
)
def size_of_the_image(s: Subject) -> Iterable[Formula]:
    """n_in = 9072 → n_in = 28·28."""
    source = network_input(s)
    layers_before = flattened(s)
    if source is None or (layers_before is not None and layers_before[1] is source):
        return ()
    return _with_inputs(s, numbers(source))


@misconception(
    "inputs and units added",
    "params",
    "weights",
    "trainable",
    needs="matrix",
    whole=True,
    explanation="you added inputs and units",
    repair="the number of weights of a dense layer is the product of inputs and units, because every unit has a "
    "weight for every input",
    claim="A dense layer with `n` inputs and `m` units has `n + m` weights.",
    source="Stack Exchange, questions on the weights between two layers",
)
def added(s: Subject) -> Iterable[Formula]:
    """(n_in + 1)·n_out → n_in + n_out, with or without biases."""
    one = matrix(s)
    if one is None or s.rule == ZERO:
        return
    n_in, n_out = flat(one.of("input")), flat(one.of("output"))
    if s.task.derived.counts.biases != 0 and s.quantity != "weights":
        yield n_in + n_out + n_out
    yield n_in + n_out


@misconception(
    "one weight for each unit",
    *_COUNTED,
    needs="matrix",
    explanation="you counted one weight for each unit",
    repair="every unit of a dense layer has a weight for every input",
    claim="A dense layer has as many weights as units.",
    source="Stack Exchange, questions on weights and neurons",
)
def one_weight(s: Subject) -> Iterable[Formula]:
    """(n_in + 1)·n_out → (1 + 1)·n_out."""
    return _with_inputs(s, ONE)


# ---------------------------------------------------------------- shapes


@misconception(
    "flattening keeps one size",
    "shape",
    layers=(Flatten,),
    explanation="you left out some of the sizes of the feature map",
    repair="flattening keeps every value of the feature map, so all its sizes are multiplied",
    claim="Flattening keeps the channels and drops height and width.",
    source="Stack Exchange, questions on the output shape of Flatten",
)
def flatten_keeps_one(s: Subject) -> Iterable[Formula]:
    """H·W·C → C, H·W, H·C."""
    if not isinstance(s.layer, Flatten) or not isinstance(s.rule, Product) or len(s.rule.factors) < 2:
        return
    factors = s.rule.factors
    channels = [f for f in factors if named("C_in")(f)]
    places = [f for f in factors if f not in channels]
    if channels:
        yield product(channels)
    if len(places) > 1:
        yield product(places)
        yield from (product(f for f in factors if f is not left) for left in places)


@misconception(
    "global pooling taken for flattening",
    "shape",
    layers=(GlobalAveragePooling,),
    explanation="you kept all values of the feature map",
    repair="global pooling reduces each channel to a single value",
    claim="Global average pooling gives as many values as flattening.",
    source="Lin et al., Network In Network, 2014, section 3.2",
)
def global_pooling_flattens(s: Subject) -> Iterable[Formula]:
    """C → H·W·C."""
    if isinstance(s.layer, GlobalAveragePooling) and s.axis == "features" and intact(s):
        yield product(sizes_of(s.x))


@misconception(
    "global pooling keeps the places",
    "shape",
    layers=(GlobalAveragePooling,),
    explanation="you kept one value for each position",
    repair="global pooling reduces all positions of a channel to one value, so one value per channel is left",
    claim="Global average pooling averages over the channels and keeps height and width.",
    source="Lin et al., Network In Network, 2014, section 3.2",
)
def global_pooling_keeps_places(s: Subject) -> Iterable[Formula]:
    """C → H·W."""
    if isinstance(s.layer, GlobalAveragePooling) and s.axis == "features" and intact(s):
        channels = s.x.channel_axis
        yield product(size for i, size in enumerate(sizes_of(s.x)) if i != channels)


@misconception(
    "units multiplied by the inputs",
    "shape",
    needs="matrix",
    explanation="you gave the number of connections, not the number of outputs",
    repair="every unit of a dense layer computes a single output from all its inputs",
    claim="A dense layer has one output for each of its weights.",
    source="Stack Exchange, questions on the output shape of Dense",
)
def connections_given(s: Subject) -> Iterable[Formula]:
    """n_out → n_in·n_out."""
    one = matrix(s)
    if one is not None and s.axis == s.out.axes[-1]:
        yield flat(one.of("input")) * s.rule
