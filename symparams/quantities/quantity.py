"""Quantities beside shapes and parameters: work, memory and caches, each a rule for a layer and a total."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from symparams.algebra.equality import collected
from symparams.algebra.formula import ZERO, Formula, Number, Value, total
from symparams.algebra.sums import Repeat
from symparams.errors import SymparamsError
from symparams.extensions import Open
from symparams.model.derived import Derived, added_over
from symparams.model.layer import symbol
from symparams.model.network import Network, Node
from symparams.model.sentence import Text

BYTES: dict[str, int] = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}
STATES: dict[str, int] = {"none": 0, "sgd": 0, "momentum": 1, "adam": 2}  # numbers kept for each trained parameter
POLICIES: dict[str, str] = {
    "multiply-add": "two for each multiply-accumulate, nothing else (as PyTorch's own counter does)",
    "every-operation": "two for each multiply-accumulate, and one for every other addition, multiplication, "
    "comparison and exponential",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What quantities in bytes or in FLOPs depend on."""

    dtype: str = "float32"  # of parameters and activations
    optimizer: str = "none"  # whose gradients and states are kept beside the parameters; none: no training
    flops: str = "multiply-add"  # the policy by which FLOPs are counted

    def __post_init__(self) -> None:
        for what, value, known in (
            ("type", self.dtype, BYTES),
            ("optimizer", self.optimizer, STATES),
            ("FLOPs policy", self.flops, POLICIES),
        ):
            if value not in known:
                raise SymparamsError(f"there is no {what} `{value}`; there are {', '.join(known)}")
        if self.dtype == "int8" and self.optimizer != "none":
            raise SymparamsError("int8 weights are not trained; choose another type, or no optimizer")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity that a layer has by itself and a network by adding up."""

    name: str  # as --quantity takes it
    title: str  # as a heading
    left: str  # the word on the left of its equations
    unit: str  # what is counted, in the plural
    rule: Callable[[Node, Settings], Formula]  # for one copy of the layer, in reading order; ZERO: it has none
    because: Callable[[Node, Settings], Text]  # one clause on the rule of a layer
    convention: Callable[[Settings], str]  # what is counted and what is not, one sentence
    by_layer: bool = False  # whether each kind of layer has a rule of its own; else one rule serves all
    in_bytes: bool = False  # whether it counts bytes, which are shown as KiB and MiB too


def _macs(node: Node, settings: Settings) -> Formula:
    return node.derived.macs


_OTHERS = ("additions", "multiplications", "comparisons", "exponentials")
_LETTERS = {"additions": "A", "multiplications": "M", "comparisons": "Q", "exponentials": "E"}


def _flops(node: Node, settings: Settings) -> Formula:
    work = node.derived.work
    facts = node.derived.facts
    terms: list[Formula] = []
    macs = node.derived.macs
    if macs != ZERO:
        terms.append(2 * symbol("MACs", collected(macs, facts), "multiply-accumulates"))
    if settings.flops == "every-operation":
        terms += [
            symbol(_LETTERS[kind], collected(getattr(work, kind), facts), kind)
            for kind in _OTHERS
            if getattr(work, kind) != ZERO
        ]
    return total(terms)


def _bytes(settings: Settings) -> Formula:
    return symbol("b", BYTES[settings.dtype], f"bytes of a {settings.dtype} number")


def _activations(node: Node, settings: Settings) -> Formula:
    return ZERO if node.kind == "copies" else node.derived.out.numbers() * _bytes(settings)


def _memory(node: Node, settings: Settings) -> Formula:
    counts = node.counts
    if counts.params == 0:
        return ZERO
    P = symbol("P", counts.params, "parameters")
    if settings.optimizer == "none" or counts.trainable == 0:
        return P * _bytes(settings)
    trained = P if counts.non_trainable == 0 else symbol("P_t", counts.trainable, "trained parameters")
    rule = P * _bytes(settings) + trained * _bytes(settings)
    kept = STATES[settings.optimizer] + (BYTES[settings.dtype] < 4)  # a float32 copy where training is in less
    if not kept:
        return rule
    states = _states(settings)
    s = symbol("n_state", kept, f"{states} numbers kept for each trained parameter")
    return rule + trained * s * Number(BYTES[states])


def _states(settings: Settings) -> str:
    """The type of the numbers that an optimizer keeps: that of the parameters, but float32 at least."""
    return "float64" if settings.dtype == "float64" else "float32"


def _cache(node: Node, settings: Settings) -> Formula:
    numbers = node.layer.cache(node.derived.out, *node.derived.arriving)
    return ZERO if numbers == ZERO else numbers * _bytes(settings)


def _because_of_memory(node: Node, settings: Settings) -> str:
    if settings.optimizer == "none" or node.counts.trainable == 0:
        return "every parameter is stored once"
    further = (
        "" if settings.optimizer == "sgd" and BYTES[settings.dtype] >= 4 else ", and what the optimizer keeps for it"
    )
    return f"every parameter is stored once, for each that is trained its gradient{further}"


def _say_memory(settings: Settings) -> str:
    text = f"Parameter memory: every parameter is a {settings.dtype} number of {BYTES[settings.dtype]} bytes"
    if settings.optimizer == "none":
        return f"{text}; gradients and the states of an optimizer are not counted, PyTorch's buffers neither"
    states = _states(settings)
    kept = {"sgd": "SGD keeps nothing more", "momentum": f"momentum keeps one {states} number more"}
    more = kept.get(settings.optimizer, f"Adam keeps two {states} numbers more")
    copy = ", and a float32 copy of each is trained" if BYTES[settings.dtype] < 4 else ""
    return f"{text}, and so is the gradient of each that is trained; {more} for each trained parameter{copy}"


def _say_activations(settings: Settings) -> str:
    return (
        f"Activation memory: the output of every layer for one example, {BYTES[settings.dtype]} bytes a number "
        f"({settings.dtype}); no output is overwritten or shared, and nothing is kept for training besides"
    )


_OWN: dict[str, Quantity] = {
    m.name: m
    for m in (
        Quantity(
            "macs",
            "Multiply-accumulates",
            "MACs",
            "multiply-accumulates",
            _macs,
            lambda node, settings: node.derived.work.because,
            lambda settings: (
                "MACs: multiply-accumulates of one forward pass for one example; biases are not counted, "
                "and one MAC is not one FLOP"
            ),
            by_layer=True,
        ),
        Quantity(
            "flops",
            "Floating-point operations",
            "FLOPs",
            "FLOPs",
            _flops,
            lambda node, settings: "",
            lambda settings: (
                f"FLOPs by the policy {settings.flops}: {POLICIES[settings.flops]}; one forward pass for one example"
            ),
        ),
        Quantity(
            "activations",
            "Activation memory",
            "activation memory",
            "bytes",
            _activations,
            lambda node, settings: "every number of the output is stored",
            _say_activations,
            in_bytes=True,
        ),
        Quantity(
            "memory",
            "Parameter memory",
            "parameter memory",
            "bytes",
            _memory,
            _because_of_memory,
            _say_memory,
            in_bytes=True,
        ),
        Quantity(
            "cache",
            "Key-value cache",
            "cache",
            "bytes",
            _cache,
            lambda node, settings: node.layer.caching(*node.derived.arriving),
            lambda settings: (
                "Key-value cache: keys and values of one sequence in every attention layer, or what a layer keeps in "
                "their place, "
                f"{BYTES[settings.dtype]} bytes a number "
                f"({settings.dtype})"
            ),
            by_layer=True,
            in_bytes=True,
        ),
    )
}


QUANTITY_RULES = Open("quantity", _OWN)


def chosen(names: Collection[str]) -> tuple[Quantity, ...]:
    """The quantities with these names, those of the package first; names of something else are passed over."""
    others = (QUANTITY_RULES.get(name) for name in names if name not in _OWN)
    return (*(m for m in _OWN.values() if m.name in names), *filter(None, others))


def of_layer(measure: Quantity, node: Node, settings: Settings) -> Value:
    """The quantity of one copy of a layer."""
    return collected(measure.rule(node, settings), node.derived.facts)


def of_network(measure: Quantity, network: Network, settings: Settings) -> Value:
    """The quantity of a network: all layers in all their copies; equal layers are worked out once."""
    known: dict[tuple[Derived, bool, bool], Value] = {}
    values: list[tuple[Value, tuple[Repeat, ...]]] = []
    for node in network.nodes:
        key = (node.derived, node.shared is None, node.frozen)
        value = known.get(key)
        if value is None:
            value = known[key] = of_layer(measure, node, settings)
        if value != 0:
            values.append((value, node.repeats))
    return added_over(values, network.facts)


def size_in_bytes(count: Value) -> str:
    """A known number of bytes in the largest binary unit that fits: 1.5 MiB = 1.5·2^20 bytes."""
    if not isinstance(count, int) or not 1024 <= count < 1024**7:
        return ""
    power = min((count.bit_length() - 1) // 10, 5)
    return f"{count / 1024**power:,.4g} {('KiB', 'MiB', 'GiB', 'TiB', 'PiB')[power - 1]}"
