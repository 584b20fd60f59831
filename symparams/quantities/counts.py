"""Numbers that are counted one by one: parts of the parameters, optimizer states, neurons, connections."""

from __future__ import annotations

from symparams.algebra.formula import ZERO, Formula
from symparams.model.layer import symbol
from symparams.model.network import Node
from symparams.model.tensor import Tensor, TensorKind, parameter_rule
from symparams.quantities.clashes import without_clashes
from symparams.quantities.settings import STATES, Settings

NEURONS = (
    "Neurons, as in LeNet-5's paper: each output value of a layer with connections is one neuron, a different one at "
    "each position; the values of the input are not counted, nor are those of a layer that only moves or changes "
    "single values"
)
CONNECTIONS = (
    "Connections, as in LeNet-5's paper: each use of a weight is one and each use of a bias is one, however many of "
    "them share that weight; pooling without weights has one for each value in a window and none for a bias, where "
    "LeNet-5's trainable pooling has one more per neuron"
)
COUNTS = ("weights", "biases", "trainable", "non_trainable")  # of the parameters


def part_of(name: str, node: Node) -> Formula:
    """The rule for the parameters that belong to one of COUNTS: the sum over their tensors."""
    if node.shared is not None:
        return ZERO
    return parameter_rule(_those(name, node))


def belongs(name: str, kind: TensorKind, fixed: bool) -> bool:
    """Whether a tensor is among COUNTS of this name; `fixed`: training does not change it."""
    return (
        (kind == "bias") == (name == "biases") if name in ("weights", "biases") else fixed == (name == "non_trainable")
    )


def _those(name: str, node: Node) -> list[Tensor]:
    return [t for t in node.derived.rules.counted if belongs(name, t.kind, t.fixed or node.frozen)]


def active(node: Node, settings: Settings) -> Formula:
    """The parameters that one token uses: of experts some, otherwise all."""
    if node.shared is not None:
        return ZERO
    used = node.layer.active(*node.derived.arriving) if node.derived.arriving else None
    return node.derived.rules.parameters if used is None else used


def optimizer(node: Node, settings: Settings) -> Formula:
    """The numbers that an optimizer keeps for the trained parameters."""
    trained = part_of("trainable", node)
    if trained == ZERO or not STATES[settings.optimizer]:
        return ZERO
    s = symbol("n_state", STATES[settings.optimizer], "numbers kept for each trained parameter")
    return s * symbol("P_t", without_clashes(trained), "trained parameters")


def neurons(node: Node, settings: Settings) -> Formula:
    """One for each value of the output, where the layer has connections."""
    return ZERO if connections(node, settings) == ZERO else node.derived.out.numbers()


def connections(node: Node, settings: Settings) -> Formula:
    """Each use of a weight or a bias; where a window has no weights, each value in it."""
    derived = node.derived
    if not derived.arriving:
        return ZERO
    return derived.connections


def because_of_part(name: str, node: Node) -> str:
    """One clause on the parameters that belong to one of COUNTS."""
    named = [t.name for t in _those(name, node)]
    tensors = f"{' and '.join(filter(None, [', '.join(named[:-1]), *named[-1:]]))}"
    return {
        "weights": f"all parameters except the biases: {tensors}",
        "biases": f"the parameters that are added: {tensors}",
        "trainable": f"training changes these: {tensors}",
        "non_trainable": f"training does not change these: {tensors}",
    }[name]


def lacks_part(name: str, node: Node) -> str:
    """Why a layer has none of the parameters that belong to one of COUNTS."""
    if node.shared is not None:
        return f"it uses those of {node.shared}, which are counted there"
    if not node.derived.rules.counted:
        return "it has no parameters"
    if name in ("trainable", "non_trainable"):
        return "all its parameters are frozen" if name == "trainable" else "all its parameters are trained"
    return f"it has no {name}"


def because_of_active(node: Node, settings: Settings) -> str:
    """One clause on the parameters that one token uses."""
    if node.layer.active(*node.derived.arriving) is None:
        return "one token uses every parameter"
    return "the router is used for every token, but only the experts that it chooses, and those that are shared"


def because_of_connections(node: Node) -> str:
    """One clause on the connections of a layer."""
    if node.derived.macs == ZERO:
        return "each output value is connected to every value of its window, without weights and without a bias"
    biased = any(t.kind == "bias" for t in node.derived.rules.counted)
    return "each output value has one connection for each of its products" + (" and one for its bias" * biased)


def because_of_optimizer(settings: Settings) -> str:
    """One clause on what an optimizer keeps."""
    return {
        "momentum": "momentum keeps one number for each trained parameter: a running mean of its gradient",
        "adam": "Adam keeps two numbers for each trained parameter: running means of its gradient and of the square "
        "of its gradient",
    }.get(settings.optimizer, "")


def lacks_optimizer(node: Node, settings: Settings) -> str:
    """Why an optimizer keeps nothing for a layer."""
    if settings.optimizer == "none":
        return "no optimizer is chosen, so nothing is kept; SGD with momentum and Adam keep numbers"
    if settings.optimizer == "sgd":
        return "plain SGD keeps nothing in addition to the parameters and their gradients"
    return "it has no trained parameters of its own"


def say_optimizer(settings: Settings) -> str:
    """What an optimizer keeps."""
    kept = {"none": "none, so no numbers are kept", "sgd": "SGD, which keeps no numbers"}
    named = {"momentum": "SGD with momentum, which keeps 1 number", "adam": "Adam, which keeps 2 numbers"}
    chosen = kept.get(settings.optimizer) or f"{named[settings.optimizer]} for each trained parameter"
    return f"Optimizer state in numbers, not bytes; the optimizer is {chosen}; gradients are not counted"
