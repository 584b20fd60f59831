"""Work: multiply-accumulates and FLOPs; what is stored of a feature map."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from symparams.algebra.equality import same
from symparams.algebra.evaluation import number
from symparams.algebra.formula import ZERO, Formula, Product, Symbol, as_formula, product, symbols, total
from symparams.algebra.simplification import simplified
from symparams.layers.convolution import Convolution, Depthwise, Separable
from symparams.layers.spatial_letters import input_sizes
from symparams.layers.transposed import TransposedConvolution
from symparams.misconceptions.edits import exchanged, named, some, without_factor
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.roles import is_of, matrix
from symparams.misconceptions.surroundings import in_work, intact
from symparams.misconceptions.task import Subject
from symparams.quantities.quantity import QUANTITY_RULES

_SLIDING = (Convolution, Depthwise, Separable, TransposedConvolution)


@misconception(
    "positions left out",
    "macs",
    "flops",
    needs="tensor",
    explanation="you counted the work at a single position",
    repair="the same weights are used at every position: sharing them saves parameters, not work",
    claim="A convolution takes as many multiplications as it has weights.",
    source="Stack Exchange, questions on the FLOPs of a convolution",
)
def positions_left_out(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out·H_out·W_out → k·k·C_in·C_out."""
    joining = [t for t in s.tensors if t.joins]
    if not joining or any(t.of("state", "copy") for t in joining) or s.task.derived.work.pairs != ZERO:
        return ()
    positions = [*s.out.positions(), *(n for t in joining if t.uses is not None for n in symbols(t.uses))]
    return in_work(s, lambda rule: some(without_factor(rule, named(*(n.name for n in positions)))))


@misconception(
    "positions of the wrong side",
    "macs",
    "flops",
    layers=_SLIDING,
    explanation="you used the positions of the input for those of the output",
    repair="a convolution applies its filters once per output position",
    claim="A convolution with stride 2 takes as many multiplications as with stride 1.",
    source="Stack Exchange, questions on the FLOPs of a convolution: input or output size",
    credit=Fraction(1, 2),
)
def input_positions(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out·H_out·W_out → k·k·C_in·C_out·H_in·W_in."""
    if not isinstance(s.layer, _SLIDING) or isinstance(s.layer, TransposedConvolution):
        return ()
    return _other_positions(s, {m.name: n for n, m in _unlike_positions(s)})


@misconception(
    "positions of the output in a transposed convolution",
    "macs",
    "flops",
    layers=(TransposedConvolution,),
    explanation="you used the positions of the output for those of the input",
    repair="a transposed convolution applies its filters once per input position",
    claim="A transposed convolution computes every output value from all weights of its filters.",
    source="Stack Exchange, questions on the FLOPs of a transposed convolution: input or output size",
    credit=Fraction(1, 2),
)
def output_positions(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out·H_in·W_in → k·k·C_in·C_out·H_out·W_out."""
    if not isinstance(s.layer, TransposedConvolution):
        return ()
    return _other_positions(s, {n.name: m for n, m in _unlike_positions(s) if isinstance(n, Symbol)})


def _unlike_positions(s: Subject) -> list[tuple[Formula, Symbol]]:
    """The spatial sizes of the input and of the output that are not the same."""
    both = zip(input_sizes(s.x), s.out.spatial(), strict=True)
    return [(n, m) for n, m in both if getattr(n, "value", n) != m.value]


def _other_positions(s: Subject, other: dict[str, Formula]) -> Iterable[Formula]:
    def edit(rule: Formula) -> Iterable[Formula]:
        return some(exchanged(rule, named(*other), lambda node: other[getattr(node, "name", "")]))

    return in_work(s, edit)


@misconception(
    "channels of the output left out",
    "macs",
    "flops",
    needs="matrix",
    explanation="you counted the work of one filter",
    repair="every filter is applied at every position",
    source="Stack Exchange, questions on the FLOPs of a convolution",
)
def one_filter_works(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out·H_out·W_out → k·k·C_in·H_out·W_out: for a dense layer n_in·n_out → n_in."""
    one = matrix(s)
    if one is None:
        return ()
    is_units = is_of((one,), "output")
    return in_work(s, lambda rule: some(without_factor(rule, is_units)))


@misconception(
    "biases counted as multiplications",
    "macs",
    needs="tensor",
    explanation="you counted the biases too",
    repair="a bias is added, not multiplied, so it does not count as a multiply-accumulate",
    source="Stack Exchange, questions on the MACs of a convolution: (k*k*C + 1)*F*H*W",
    credit=Fraction(1, 2),
)
def biases_multiplied(s: Subject) -> Iterable[Formula]:
    """k·k·C_in·C_out·H_out·W_out → … + H_out·W_out·C_out."""
    weighing = any(t.joins for t in s.tensors) and not any(t.of("state", "copy") for t in s.tensors)
    if s.task.derived.counts.biases != 0 and weighing and s.task.derived.work.pairs == ZERO and s.rule != ZERO:
        yield s.rule + s.out.numbers()
        yield s.rule + next(t.size for t in s.tensors if t.kind == "bias")


@misconception(
    "FLOPs taken for MACs",
    "macs",
    explanation="you counted multiplications and additions separately",
    repair="a multiply-accumulate is one multiplication together with one addition",
    claim="A multiply-accumulate is a multiplication without an addition.",
    source="Stack Exchange, questions on MACs and FLOPs",
    credit=Fraction(1, 2),
)
def flops_for_macs(s: Subject) -> Iterable[Formula]:
    """M → 2·M."""
    if s.rule != ZERO:
        yield product([2, *(s.rule.factors if isinstance(s.rule, Product) else (s.rule,))])


@misconception(
    "MACs taken for FLOPs",
    "flops",
    explanation="you counted each multiply-accumulate as one operation",
    repair="a multiply-accumulate is two floating-point operations: a multiplication and an addition",
    source="Stack Exchange, questions on MACs and FLOPs",
    credit=Fraction(1, 2),
)
def macs_for_flops(s: Subject) -> Iterable[Formula]:
    """2·MACs → MACs."""
    return (node for node in symbols(s.rule) if node.name == "MACs")


@misconception(
    "one addition for each channel",
    "flops",
    needs="tensor",
    explanation="you added one operation for each bias",
    repair="a bias is added to every output value, not once per filter",
    claim="Adding the biases of a convolution takes as many additions as it has filters, whatever its output size.",
    source="Stack Overflow, 'Issue in understanding the counting of MACC operations of convolution layer'",
    credit=Fraction(1, 2),
)
def one_addition_for_each_bias(s: Subject) -> Iterable[Formula]:
    """2·MACs → 2·MACs + C_out."""
    biases = [t.size for t in s.tensors if t.kind == "bias"]
    if biases and s.out.positions() and _sums_once(s):
        yield s.rule + total(biases)


def _sums_once(s: Subject) -> bool:
    """Whether each output value is one sum of products, and nothing but those products is counted."""
    joining = [t for t in s.tensors if t.joins]
    plain = len(joining) == 1 and not joining[0].of("state", "copy") and s.task.derived.work.pairs == ZERO
    return plain and intact(s) and s.task.settings.flops == "multiply-add" and s.rule != ZERO


@misconception(
    "one addition fewer than products",
    "flops",
    needs="tensor",
    explanation="you counted one addition fewer than products for each output value",
    repair="a multiply-accumulate counts as two operations here, also the first, which starts from zero or the bias",
    claim="By every convention, a sum of `n` products takes `2*n - 1` floating-point operations.",
    source="Stack Exchange, 'Calculating FLOPS in Convolutional Neural Networks': 27 multiplications, 26 additions",
    credit=Fraction(1, 2),
)
def one_addition_fewer(s: Subject) -> Iterable[Formula]:
    """2·MACs → 2·MACs - H_out·W_out·C_out: n products and n - 1 additions for each value."""
    if _sums_once(s):
        values = s.out.numbers()
        known = number(values)
        yield s.rule - (values if known is None else as_formula(known))


@misconception(
    "every other operation counted too",
    "flops",
    explanation="you counted every operation: also the additions of biases and what activations compute",
    repair="the policy here counts two operations for each multiply-accumulate and nothing else",
    source="fvcore and PyTorch's FlopCounterMode leave biases and activations out, other counters do not",
    credit=Fraction(1, 2),
)
def every_operation(s: Subject) -> Iterable[Formula]:
    """2·MACs → 2·MACs + A: with a bias n products and n + 1 additions for each value."""
    return _by_policy(s, "every-operation")


@misconception(
    "other operations left out",
    "flops",
    explanation="you counted multiply-accumulates only, as two operations each",
    repair="the policy here counts every operation: also the additions of biases and what activations compute",
    source="fvcore and PyTorch's FlopCounterMode leave biases and activations out, other counters do not",
    credit=Fraction(1, 2),
)
def multiply_add(s: Subject) -> Iterable[Formula]:
    """2·MACs + A → 2·MACs."""
    return _by_policy(s, "multiply-add")


def _by_policy(s: Subject, policy: str) -> Iterable[Formula]:
    """The right rule of another policy."""
    if s.task.settings.flops != policy and intact(s):
        node = replace(s.task.node, derived=s.task.derived)
        yield QUANTITY_RULES["flops"].rule(node, replace(s.task.settings, flops=policy))


@misconception(
    "input counted for output",
    "activations",
    explanation="you counted the input values",
    repair="activation memory holds the output of the layer",
    source="questions on the memory of activations",
)
def input_stored(s: Subject) -> Iterable[Formula]:
    """H_out·W_out·C_out·b → H_in·W_in·C_in·b."""
    if s.arriving and len(s.arriving) == 1 and isinstance(s.rule, Product) and intact(s):
        stored = product([*s.x.shape, s.rule.factors[-1]])
        if not same(simplified(stored, s.network.facts), s.task.values[0], s.network.facts):
            yield stored
