"""What edits look at: whether a rule is still right, what a window does along an axis, which layers stand before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from symparams.algebra.evaluation import number
from symparams.algebra.formula import (
    ONE,
    ZERO,
    Formula,
    Product,
    Quotient,
    Symbol,
    as_formula,
    multiply,
    product,
    symbols,
)
from symparams.algebra.simplification import simplified
from symparams.layers.convolution import Convolution, Depthwise, Separable
from symparams.layers.dense import Flatten
from symparams.layers.locally_connected import LocallyConnected
from symparams.layers.passing import Passing
from symparams.layers.pooling import Pooling
from symparams.layers.sizes import spatial_axes
from symparams.layers.spatial_letters import input_sizes
from symparams.layers.window import Window
from symparams.misconceptions.edits import Test, bound, exchanged, named, rewritten, without_term
from symparams.misconceptions.roles import is_kernel
from symparams.misconceptions.task import Subject, once
from symparams.model.derived import Derived
from symparams.model.network import Node
from symparams.model.tensor import parameter_rule

CONVOLVING = (Convolution, Depthwise, Separable, LocallyConnected)
WINDOWED = (*CONVOLVING, Pooling)


def intact(s: Subject) -> bool:
    """Whether the rule is the right one; where a mistake takes its place whole, no other goes before."""
    return s.rule in s.task.rules and s.task.node.shared is None


def has_kernel(s: Subject, rule: Formula) -> bool:
    """Whether the size of a kernel stands in a rule."""
    return any(map(is_kernel(s), symbols(rule)))


def in_work(s: Subject, edit: Callable[[Formula], Iterable[Formula]]) -> Iterable[Formula]:
    """An edit of the rule; of that for the multiply-accumulates where FLOPs are made of them."""
    if s.quantity != "flops":
        return edit(s.rule)
    if not intact(s):
        return ()
    put = (bound(s.rule, "MACs", macs) for macs in edit(s.task.derived.macs))
    return (rule for rule in put if rule is not None)


def factor_of(node: Formula, wanted: Test) -> bool:
    """Whether a factor is such a symbol, or one divided: C_in, C_in/g."""
    return wanted(node.top if isinstance(node, Quotient) else node)


def beside_kernel(s: Subject, rule: Formula, factor: Formula) -> Formula | None:
    """The rule with a factor put in behind the kernel: k·k → k·k·C_in."""
    kernel = is_kernel(s)

    def change(node: Formula) -> Formula | None:
        if isinstance(node, Product) and any(map(kernel, node.factors)):
            last = max(i for i, f in enumerate(node.factors) if kernel(f))
            return product([*node.factors[: last + 1], factor, *node.factors[last + 1 :]])
        return multiply(node, factor) if kernel(node) else None

    after = rewritten(rule, change)
    return None if after == rule else after


def other_kernels(rule: Formula, sizes: dict[str, Formula]) -> Formula | None:
    """The rule with other sizes for the kernel, by the names of its sides."""

    return exchanged(rule, named(*sizes), lambda node: sizes[node.name] if isinstance(node, Symbol) else node)


# ---------------------------------------------------------------- biases


@once
def without_biases(s: Subject) -> Formula | None:
    """The right rule without its biases; None where the biases are not those of sums: normalization has none such."""
    matrices = any(t.joins for t in s.tensors)
    if s.task.derived.counts.biases == 0 or not matrices or not intact(s) or s.rule == ZERO:
        return None
    edited = without_term(s.rule, lambda term: number(term) == 1 and term == ONE)
    kept = [t for t in s.tensors if not (t.fixed and s.quantity == "trainable")]
    plain = parameter_rule(t for t in kept if t.kind != "bias")
    if edited is not None and simplified(edited, s.network.facts) == simplified(plain, s.network.facts):
        return edited
    return plain


def with_biases(s: Subject, biases: Formula) -> Iterable[Formula]:
    """The rule with other biases."""
    weights = without_biases(s)
    if weights is None:
        return ()
    return (biases if s.quantity == "biases" else weights + biases,)


# ---------------------------------------------------------------- windows


@dataclass(frozen=True, slots=True)
class Along:
    """A window along one axis, in the symbols of the rule."""

    n: Formula  # the input size
    k: Formula  # the size of the kernel or window
    span: Formula  # the places it covers: d(k - 1) + 1
    s: Formula  # the stride
    d: Formula  # the dilation
    p: Formula | None  # the padding, where it is given in numbers
    fills: bool  # whether the padding is same or causal

    @property
    def still(self) -> bool:
        """Whether the window moves by one place."""
        return number(self.s) == 1


def window_of(derived: Derived) -> Window | None:
    """The window of a convolution or of pooling."""
    layer = derived.layer
    if isinstance(layer, CONVOLVING):
        return layer.window(derived.arriving[0], layer.kernel)
    return layer.window(derived.arriving[0]) if isinstance(layer, Pooling) else None


@lru_cache(1024)
def sides(derived: Derived) -> dict[str, Along]:
    """The window along every spatial axis, by the name of the axis; {} where there is no window."""
    window = window_of(derived)
    if window is None:
        return {}
    x = window.x
    k, strides, dilations, paddings = window.sizes(), window.strides(), window.dilations(), window.paddings()
    windows_by_axis = {}
    for i, ((name, _, _), n, reach) in enumerate(zip(spatial_axes(x), input_sizes(x), spans(window), strict=True)):
        p = paddings[i] if paddings else None
        windows_by_axis[name] = Along(n, k[i], reach, strides[i], dilations[i], p, window.padding in ("same", "causal"))
    return windows_by_axis


def spans(window: Window) -> tuple[Formula, ...]:
    """The places that a window covers along each axis."""
    pairs = zip(window.sizes(), window.dilations(), strict=True)
    return tuple(k if number(d) == 1 else d * (k - 1) + 1 for k, d in pairs)


def along(s: Subject) -> Along | None:
    """The window along the axis that is asked for."""
    return sides(s.task.derived).get(s.axis)


# ---------------------------------------------------------------- layers before


def weighted_before(s: Subject) -> Iterator[Node]:
    """The layers with parameters before it along its first input, the nearest first."""
    return (node for node in s.before if node.derived.rules.tensors)


def network_input(s: Subject) -> Node | None:
    """The input layer that its first input comes from, unless it stands right behind it."""
    nearest = next((node for node in s.before if not isinstance(node.layer, Passing)), None)
    if nearest is None or not nearest.inputs:
        return None
    source = s.network.nodes[s.network.sources[s.task.index]]
    return source if source.layer.inputs == "none" else None


def flattened(s: Subject) -> tuple[Node, Node] | None:
    """The flattening whose output arrives, and what it flattens, layers that only pass on skipped."""
    before = (node for node in s.before if not isinstance(node.layer, Passing))
    first, second = next(before, None), next(before, None)
    if first is None or second is None or not isinstance(first.layer, Flatten):
        return None
    return first, second


def numbers(node: Node) -> Formula:
    """How many numbers a layer hands on, as a product of its sizes."""
    return product(map(as_formula, node.shape))
