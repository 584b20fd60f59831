"""Groups, depthwise and separable convolutions."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Product, Quotient, product
from symparams.layers.convolution import Convolution, Depthwise, Separable
from symparams.misconceptions.edits import Test, bound, changed, exchanged, named, rewritten, some
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.roles import apart, groups, is_kernel, is_of, spanning
from symparams.misconceptions.surroundings import beside_kernel, has_kernel, in_work, intact
from symparams.misconceptions.task import Subject
from symparams.model.derived import macs_of
from symparams.model.layer import symbol

_STEPWISE = (Depthwise, Separable)  # what has a step for each channel


def by_groups(s: Subject) -> Test | None:
    """Whether a node is the input channels divided among groups; None where there are none."""
    g = groups(s)
    if g is None:
        return None
    is_g = named(g.name)
    return lambda node: isinstance(node, Quotient) and is_g(node.bottom)


def without_groups(s: Subject, rule: Formula) -> list[Formula]:
    """The rule with all input channels where those of one group stand: C_in/g → C_in."""

    def whole(node: Formula) -> Formula:
        assert isinstance(node, Quotient)
        return node.top

    divided = by_groups(s)
    return [] if divided is None else list(some(exchanged(rule, divided, whole)))


@misconception(
    "groups ignored",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    needs="groups",
    explanation="you counted all input channels for every filter, although the channels are divided into groups",
    repair="with `g` groups, each filter sees only the `C_in/g` channels of its own group",
    claim="Dividing the channels of a convolution into groups does not change its number of parameters.",
    source="PyTorch documentation of Conv2d, groups; questions on the parameters of ResNeXt",
    credit=Fraction(1, 2),
)
def groups_ignored(s: Subject) -> Iterable[Formula]:
    """k·k·C_in/g·C_out → k·k·C_in·C_out."""
    return in_work(s, lambda rule: without_groups(s, rule)) if by_groups(s) is not None else ()


@misconception(
    "groups multiplied",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    needs="groups",
    explanation="you multiplied by the number of groups",
    repair="dividing a convolution into `g` groups divides its number of weights by `g`",
    claim="A convolution with 4 groups has 4 times as many weights as the same convolution without groups.",
    source="questions on grouped convolutions",
)
def groups_multiplied(s: Subject) -> Iterable[Formula]:
    """k·k·C_in/g·C_out → k·k·C_in·g·C_out."""
    divided = by_groups(s)
    if divided is None:
        return ()

    def times(node: Formula) -> Formula | None:
        if not isinstance(node, Product) or not any(map(divided, node.factors)):
            return None
        each = ((f.top, f.bottom) if isinstance(f, Quotient) and divided(f) else (f,) for f in node.factors)
        return product(f for several in each for f in several)

    return in_work(s, lambda rule: some(changed(rule, rewritten(rule, times))))


@misconception(
    "one group counted",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    needs="groups",
    explanation="you counted the filters of a single group",
    repair="with groups, all filters of a convolution count; only the number of channels per filter is divided by "
    "the number of groups",
    claim="With 4 groups, a convolution has one sixteenth of the weights that it has without groups.",
    source="questions on grouped convolutions: (k*k*C/g)*(F/g)",
    credit=Fraction(1, 2),
)
def one_group(s: Subject) -> Iterable[Formula]:
    """(k·k·C_in/g + 1)·C_out → (k·k·C_in/g + 1)·C_out/g."""
    g, divided = groups(s), by_groups(s)
    if g is None or divided is None:
        return ()
    is_filters = is_of(spanning(s.tensors), "output")

    def change(node: Formula) -> Formula | None:
        if divided(node):
            return node
        return node / g if is_filters(node) else None

    return in_work(s, lambda rule: some(changed(rule, rewritten(rule, change))))


# ---------------------------------------------------------------- depthwise and separable


@misconception(
    "depthwise counted as a full convolution",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    layers=(Depthwise,),
    explanation="you let every filter of the depthwise convolution see all channels",
    repair="in a depthwise convolution each kernel sees only one channel, so the input channels count once",
    claim="A depthwise convolution has as many weights as a standard convolution with the same kernel and channels.",
    source="Howard et al., MobileNets, 2017, section 3.1",
)
def depthwise_as_full(s: Subject) -> Iterable[Formula]:
    """(k·k + 1)·C_in → (k·k·C_in + 1)·C_in."""
    if not isinstance(s.layer, Depthwise):
        return ()
    return in_work(s, lambda rule: some(beside_kernel(s, rule, s.x.C_in())))


@misconception(
    "one kernel for all channels",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    layers=_STEPWISE,
    explanation="you counted one kernel that all channels share",
    repair="in a depthwise convolution every channel has its own kernel",
    claim="A depthwise convolution uses the same kernel for every channel.",
    source="questions on the parameters of DepthwiseConv2D",
)
def one_kernel(s: Subject) -> Iterable[Formula]:
    """(k·k + 1)·C_in → k·k + 1."""
    if not isinstance(s.layer, _STEPWISE):
        return ()
    channels = is_of(apart(s.tensors), "output")

    def change(node: Formula) -> Formula | None:
        if not isinstance(node, Product) or not has_kernel(s, node):
            return None
        return product(f for f in node.factors if not channels(f))

    if s.quantity == "trainable" and isinstance(s.layer, Depthwise):
        return ()
    return in_work(s, lambda rule: some(changed(rule, rewritten(rule, change))))


@misconception(
    "depth multiplier left out",
    "params",
    "weights",
    "biases",
    "trainable",
    "macs",
    "flops",
    "shape",
    layers=_STEPWISE,
    explanation="you left out the depth multiplier",
    repair="in a depthwise convolution each input channel produces as many output channels as the depth multiplier, "
    "each with its own kernel",
    claim="The depth multiplier of a depthwise convolution does not change its number of parameters.",
    source="Keras documentation of DepthwiseConv2D, depth_multiplier",
    credit=Fraction(1, 2),
)
def multiplier_left_out(s: Subject) -> Iterable[Formula]:
    """(k·k + 1)·C_in·m → (k·k + 1)·C_in."""
    if not isinstance(s.layer, _STEPWISE) or number(s.layer.multiplier) == 1:
        return ()
    return in_work(s, lambda rule: some(exchanged(rule, named("m"), ONE)))


@misconception(
    "depthwise step multiplied by the filters",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    layers=(Separable,),
    explanation="you multiplied the depthwise step by the number of filters, which belong to the pointwise step",
    repair="in a separable convolution the depthwise step has one kernel per channel; only the 1x1 step has filters",
    claim="The depthwise step of a separable convolution has a kernel for each pair of a channel and a filter.",
    source="Chollet, Xception, 2017; questions on the parameters of SeparableConv2D",
)
def step_times_filters(s: Subject) -> Iterable[Formula]:
    """k·k·C_in + (C_in + 1)·C_out → k·k·C_in·C_out + (C_in + 1)·C_out."""
    if not isinstance(s.layer, Separable):
        return ()
    C_out = symbol("C_out", s.layer.filters, "filters")

    def change(node: Formula) -> Formula | None:
        return node * C_out if isinstance(node, Product) and any(map(is_kernel(s), node.factors)) else None

    return in_work(s, lambda rule: some(changed(rule, rewritten(rule, change))))


@misconception(
    "separable counted as a full convolution",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    layers=(Separable,),
    whole=True,
    explanation="you counted a standard convolution",
    repair="a separable convolution has two steps: one kernel per channel, then a 1x1 convolution that mixes the "
    "channels",
    claim="A separable convolution has as many weights as a standard convolution with the same kernel, channels and "
    "filters.",
    source="Chollet, Xception, 2017; Howard et al., MobileNets, 2017",
)
def separable_as_full(s: Subject) -> Iterable[Formula]:
    """k·k·C_in + (C_in + 1)·C_out → (k·k·C_in + 1)·C_out."""
    if not isinstance(s.layer, Separable) or s.rule == ZERO:
        return ()
    layer = s.layer
    full = Convolution(
        filters=layer.filters,
        kernel=layer.kernel,
        stride=layer.stride,
        padding=layer.padding,
        dilation=layer.dilation,
        bias=layer.bias and s.quantity != "weights",
    )
    work = macs_of(full, s.out, s.x)
    if s.quantity == "flops":
        return some(bound(s.rule, "MACs", work))
    return (work,) if s.quantity == "macs" else (full.rules(s.x).parameters,)


def _steps(s: Subject) -> tuple[Formula, Formula, Formula, Formula] | None:
    """The kernels of the depthwise step, the channels between, the filters and the biases of the second step."""
    if not isinstance(s.layer, Separable) or not intact(s) or s.rule == ZERO:
        return None
    depthwise, pointwise, *_ = s.tensors
    (between,), (C_out,) = pointwise.of("input"), pointwise.of("output")
    taps = depthwise.size
    biased = s.layer.bias and s.quantity != "weights"
    return taps, between, C_out, C_out if biased else ZERO


@misconception(
    "biases in both steps",
    "params",
    "trainable",
    "biases",
    layers=(Separable,),
    explanation="you also counted biases for the depthwise step",
    repair="in Keras only the pointwise step of a separable convolution has biases",
    source="Keras source code of SeparableConv2D; questions on its parameters",
    credit=Fraction(1, 2),
)
def biases_in_both(s: Subject) -> Iterable[Formula]:
    """k·k·C_in + (C_in + 1)·C_out → k·k·C_in + C_in + (C_in + 1)·C_out."""
    steps = _steps(s)
    if steps is None or steps[3] == ZERO:
        return
    taps, between, C_out, _ = steps
    yield between + C_out if s.quantity == "biases" else taps + between + (between + 1) * C_out


@misconception(
    "pointwise step left out",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    layers=(Separable,),
    explanation="you counted only the depthwise step",
    repair="in a separable convolution the depthwise step is followed by a 1x1 convolution, with one weight for "
    "each pair of a channel and a filter",
    claim="A separable convolution is the same as a depthwise convolution.",
    source="Chollet, Xception, 2017; questions on DepthwiseConv2D and SeparableConv2D",
)
def pointwise_left_out(s: Subject) -> Iterable[Formula]:
    """k·k·C_in + (C_in + 1)·C_out → k·k·C_in, with or without biases."""
    steps = _steps(s)
    if steps is None:
        return
    taps, between, C_out, biases = steps
    if s.quantity in ("macs", "flops"):
        yield from _of_macs(s, [taps, *s.out.spatial()])
        return
    if biases != ZERO:
        yield taps + between
        yield taps + C_out
    yield taps


@misconception(
    "depthwise step left out",
    "params",
    "weights",
    "trainable",
    "macs",
    "flops",
    layers=(Separable,),
    explanation="you counted only the 1x1 step",
    repair="in a separable convolution every channel is convolved with its own kernel before the 1x1 step",
    claim="A separable convolution has as many weights as a 1x1 convolution with as many filters.",
    source="questions on the parameters of SeparableConv2D",
)
def depthwise_left_out(s: Subject) -> Iterable[Formula]:
    """k·k·C_in + (C_in + 1)·C_out → (C_in + 1)·C_out."""
    steps = _steps(s)
    if steps is None:
        return
    _, between, C_out, biases = steps
    if s.quantity in ("macs", "flops"):
        yield from _of_macs(s, [between, C_out, *s.out.spatial()])
    else:
        yield between * C_out if biases == ZERO else (between + 1) * C_out


def _of_macs(s: Subject, factors: list[Formula]) -> Iterable[Formula]:
    """The work of one step, as MACs or as the FLOPs made of them."""
    macs = product(g for f in factors for g in (f.factors if isinstance(f, Product) else (f,)))
    return (macs,) if s.quantity == "macs" else some(bound(s.rule, "MACs", macs))
