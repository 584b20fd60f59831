"""Quantities beside shapes and parameters: counts, work, memory and caches, each a rule for a layer and a total."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from symparams.algebra.equality import collected
from symparams.algebra.formula import Formula, Value
from symparams.algebra.sums import Repeat
from symparams.extensions import Open
from symparams.frozen import Frozen
from symparams.model.citation import Citation, citations
from symparams.model.derived import Derived, added_over
from symparams.model.network import Network, Node
from symparams.model.sentence import Text
from symparams.quantities import counts, operations, storage
from symparams.quantities.settings import Settings


def _says_nothing(node: Node, settings: Settings) -> str:
    return ""


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
    by_name: bool = False  # whether it is shown only where it is asked for by its name, not with all
    by_position: bool = False  # whether it grows with the number of positions of the output
    lacking: Callable[[Node, Settings], str] = _says_nothing  # why a layer has none of it, one clause
    nowhere: str = ""  # why no layer of a network may have any, one sentence
    cited: tuple[Citation, ...] = ()  # where its rule is found, for layers that do not say it themselves


def _part(name: str, title: str, unit: str, convention: str) -> Quantity:
    """A part of the parameters."""
    return Quantity(
        name,
        title,
        unit,
        unit,
        lambda node, settings: counts.part_of(name, node),
        lambda node, settings: counts.because_of_part(name, node),
        lambda settings: convention,
        by_layer=True,
        by_name=True,
        lacking=lambda node, settings: counts.lacks_part(name, node),
    )


_OWN: dict[str, Quantity] = {
    m.name: m
    for m in (
        _part(
            "weights",
            "Weights",
            "weights",
            "Weights are all parameters other than biases, including statistics that a convention counts among the "
            "parameters",
        ),
        _part("biases", "Biases", "biases", "Biases are the parameters that are added"),
        _part(
            "trainable", "Trainable parameters", "trainable parameters", "Trainable parameters are updated by training"
        ),
        _part(
            "non_trainable",
            "Non-trainable parameters",
            "non-trainable parameters",
            "Non-trainable parameters are frozen weights, and the statistics that a convention counts among the "
            "parameters",
        ),
        Quantity(
            "macs",
            "Multiply-accumulates",
            "MACs",
            "multiply-accumulates",
            operations.macs,
            lambda node, settings: node.derived.work.because,
            operations.say_macs,
            by_layer=True,
            by_position=True,
            lacking=lambda node, settings: "it sums no products",
            cited=citations("he2016 §3.3"),
        ),
        Quantity(
            "flops",
            "Floating-point operations",
            "FLOPs",
            "FLOPs",
            operations.flops,
            operations.because_of_flops,
            operations.say_flops,
            by_position=True,
            lacking=lambda node, settings: f"it computes nothing that the policy {settings.flops} counts",
            cited=citations("kaplan2020 §2.1"),
        ),
        Quantity(
            "activations",
            "Activation memory",
            "activation memory",
            "bytes",
            storage.activations,
            storage.because_of_activations,
            storage.say_activations,
            in_bytes=True,
            by_position=True,
            cited=citations("chen2016"),
        ),
        Quantity(
            "memory",
            "Parameter memory",
            "parameter memory",
            "bytes",
            storage.memory,
            storage.because_of_memory,
            storage.say_memory,
            in_bytes=True,
            lacking=lambda node, settings: "it has no parameters of its own",
            cited=citations("rajbhandari2020 §3.1"),
        ),
        Quantity(
            "cache",
            "Key-value cache",
            "cache",
            "bytes",
            storage.cache,
            storage.because_of_cache,
            storage.say_cache,
            by_layer=True,
            in_bytes=True,
            lacking=storage.lacks_cache,
            nowhere=storage.NO_CACHE,
            cited=citations("shazeer2019 §2.4"),
        ),
        Quantity(
            "training",
            "Training step",
            "training FLOPs",
            "FLOPs",
            operations.training,
            operations.because_of_training,
            operations.say_training,
            by_name=True,
            by_position=True,
            lacking=operations.lacks_training,
            cited=citations("kaplan2020 §2.1"),
        ),
        Quantity(
            "kept",
            "Kept for the backward pass",
            "kept",
            "bytes",
            storage.kept,
            storage.because_of_kept,
            storage.say_kept,
            by_layer=True,
            in_bytes=True,
            by_name=True,
            by_position=True,
            lacking=lambda node, settings: "its backward pass needs no value of the forward pass",
            cited=citations("chen2016; korthikanti2022 §4.1"),
        ),
        Quantity(
            "optimizer",
            "Optimizer state",
            "optimizer state",
            "numbers",
            counts.optimizer,
            lambda node, settings: counts.because_of_optimizer(settings),
            counts.say_optimizer,
            by_name=True,
            lacking=counts.lacks_optimizer,
            cited=citations("kingma2015 Algorithm 1; rajbhandari2020 §3.1"),
        ),
        Quantity(
            "active",
            "Active parameters",
            "active parameters",
            "active parameters",
            counts.active,
            counts.because_of_active,
            lambda settings: (
                "Active parameters are those that one token uses: of experts only the chosen and the "
                "shared ones, of all other layers every parameter"
            ),
            by_layer=True,
            by_name=True,
            lacking=lambda node, settings: "it has no parameters of its own",
            cited=citations("jiang2024 §2.1"),
        ),
        Quantity(
            "neurons",
            "Neurons",
            "neurons",
            "neurons",
            counts.neurons,
            lambda node, settings: "every output value is one neuron",
            lambda settings: counts.NEURONS,
            by_name=True,
            by_position=True,
            lacking=lambda node, settings: "it has no connections, so its output values are not counted as neurons",
            cited=citations("lecun1998 §II-B"),
        ),
        Quantity(
            "connections",
            "Connections",
            "connections",
            "connections",
            counts.connections,
            lambda node, settings: counts.because_of_connections(node),
            lambda settings: counts.CONNECTIONS,
            by_layer=True,
            by_name=True,
            by_position=True,
            lacking=lambda node, settings: "it does not combine values into sums or windows",
            cited=citations("lecun1998 §II-B"),
        ),
    )
}


QUANTITY_RULES = Open("quantity", _OWN)
WITH_ALL = tuple(name for name, quantity in _OWN.items() if not quantity.by_name)


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


def with_batch(network: Network, settings: Settings) -> Network:
    """The network with the letter for the batch, if there is one, among its letters."""
    batch = settings.batch
    if not isinstance(batch, str) or batch in network.symbols:
        return network
    return replace(network, symbols=Frozen({**network.symbols, batch: None}))


def size_in_bytes(count: Value) -> str:
    """A known number of bytes in the largest binary unit that fits: 1.5 MiB = 1.5·2^20 bytes."""
    if not isinstance(count, int) or not 1024 <= count < 1024**7:
        return ""
    power = min((count.bit_length() - 1) // 10, 5)
    return f"{count / 1024**power:,.4g} {('KiB', 'MiB', 'GiB', 'TiB', 'PiB')[power - 1]}"
