"""What is stored, in bytes: outputs, parameters, caches, and what training keeps for the backward pass."""

from __future__ import annotations

from symparams.algebra.formula import ZERO, Formula, Number
from symparams.model.layer import symbol
from symparams.model.network import Node
from symparams.model.sentence import Text, say, together
from symparams.quantities.operations import for_batch
from symparams.quantities.saved import saved
from symparams.quantities.settings import BYTES, KEPT, STATES, Settings, a_value


def _bytes(settings: Settings) -> Formula:
    return symbol("b", settings.size, f"bytes of {a_value(settings.dtype)}")


def activations(node: Node, settings: Settings) -> Formula:
    """The output."""
    if node.kind == "copies":
        return ZERO
    return for_batch(node.derived.out.numbers() * _bytes(settings), settings)


def memory(node: Node, settings: Settings) -> Formula:
    """Parameters, gradients, and what the optimizer keeps."""
    counts = node.counts
    if counts.params == 0:
        return ZERO
    P = symbol("P", counts.params, "parameters")
    if settings.optimizer == "none" or counts.trainable == 0:
        return P * _bytes(settings)
    trained = P if counts.non_trainable == 0 else symbol("P_t", counts.trainable, "trained parameters")
    rule = P * _bytes(settings) + trained * _bytes(settings)
    kept = STATES[settings.optimizer] + (settings.size < 4)  # a float32 copy where training is in less
    if not kept:
        return rule
    states = _states(settings)
    s = symbol("n_state", kept, f"{states} values kept for each trained parameter")
    return rule + trained * s * Number(BYTES[states])


def _states(settings: Settings) -> str:
    """The type of the numbers that an optimizer keeps: that of the parameters, but float32 at least."""
    return "float64" if settings.dtype == "float64" else "float32"


def cache(node: Node, settings: Settings) -> Formula:
    """What the layer keeps of one example while text is generated; nothing where nothing is."""
    if not (settings.cache_all or is_generating(node)):
        return ZERO
    numbers = node.layer.cache(node.derived.out, *node.derived.arriving)
    return ZERO if numbers == ZERO else for_batch(numbers * _bytes(settings), settings)


def is_generating(node: Node) -> bool:
    """Whether it takes part in generating: by itself, or because it attends to a memory where others generate."""
    return node.layer.generates or (node.generated and len(node.inputs) > 1)


def kept(node: Node, settings: Settings) -> Formula:
    """What training keeps of the forward pass for the backward pass."""
    if settings.kept == "outputs":
        return activations(node, settings)
    values, masks = saved(node)
    terms = [*([values * _bytes(settings)] if values != ZERO else []), *([masks] if masks != ZERO else [])]
    if not terms:
        return ZERO
    return for_batch(terms[0] if len(terms) == 1 else terms[0] + terms[1], settings)


# ---------------------------------------------------------------- in words


def because_of_activations(node: Node, settings: Settings) -> Text:
    """One clause on the memory of the output."""
    return say("the output has {=numbers values} per example", numbers=node.derived.out.numbers())


def because_of_memory(node: Node, settings: Settings) -> Text:
    """One clause on the rule for the memory of parameters."""
    counts = node.counts
    if settings.optimizer == "none" or counts.trainable == 0:
        return say("the layer has {P parameters}, each stored once", P=counts.params)
    has_state = settings.optimizer != "sgd" or settings.size < 4
    each = "each of its {t trainable parameters}" if counts.trainable != 1 else "its only trainable parameter"
    gradients = f"one gradient for {each}"
    kept = f", {gradients} and the optimizer's state for each" if has_state else f" and {gradients}"
    return say(
        f"the layer stores {{P parameters}}{kept}",
        P=counts.params,
        t=counts.trainable,
    )


def because_of_cache(node: Node, settings: Settings) -> Text:
    """One clause on what is kept while text is generated."""
    numbers = node.layer.cache(node.derived.out, *node.derived.arriving)
    return together(
        node.layer.caching(*node.derived.arriving), say("these are {=numbers values} per sequence", numbers=numbers)
    )


def because_of_kept(node: Node, settings: Settings) -> Text:
    """One clause on what is kept for the backward pass."""
    if settings.kept == "outputs":
        return because_of_activations(node, settings)
    return node.layer.saves


def lacks_cache(node: Node, settings: Settings) -> str:
    """Why a layer has no cache."""
    if node.layer.cache(node.derived.out, *node.derived.arriving) == ZERO:
        return "it keeps nothing while text is generated"
    return "it generates nothing, because its attention is not causal; the option cache-all counts a cache anyway"


def say_activations(settings: Settings) -> str:
    """What activation memory holds."""
    return (
        f"Activation memory is the output of every layer {settings.for_examples}, {settings.per_value}, "
        "assuming no buffer is reused and nothing else is kept for training"
    )


def say_memory(settings: Settings) -> str:
    """What the memory of parameters holds."""
    if settings.optimizer == "none":
        return (
            f"Memory holds every parameter, {settings.per_value}; gradients, optimizer state and PyTorch buffers "
            "are not counted"
        )
    states = _states(settings)
    copy = f"a {states} copy" if settings.size < 4 else ""
    kept = {"momentum": f"1 {states} value for momentum", "adam": f"2 {states} values for Adam"}
    state = " and ".join(filter(None, (kept.get(settings.optimizer, ""), copy)))
    if not state:
        return (
            f"Memory holds every parameter and one gradient per trainable parameter, {settings.per_value}; plain SGD "
            "keeps no state"
        )
    return (
        f"Memory holds every parameter, one gradient per trainable parameter, both with {settings.per_value}, and the "
        f"optimizer's state for each: {state}"
    )


NO_CACHE = (
    "Only layers that generate text keep a cache: causal attention, and attention to a memory in a network that has "
    "causal attention; the option cache-all counts those of other attention layers too"
)


def say_cache(settings: Settings) -> str:
    """Which layers keep something while text is generated."""
    one = "one sequence" if settings.batch in (None, 1) else f"`{settings.batch}` sequences"
    every = "; every attention layer keeps one, whether it generates or not" if settings.cache_all else ""
    return f"This is the key-value cache of {one}, {settings.per_value}{every}"


def say_kept(settings: Settings) -> str:
    """What training keeps, by which policy."""
    text = f"This is kept for the backward pass {settings.for_examples}, by the policy {settings.kept}: "
    text += KEPT[settings.kept]
    if settings.kept == "outputs":
        return f"{text}, {settings.per_value}"
    return (
        f"{text}: its inputs, the inputs of its activation, the output of a softmax, {settings.per_value}, and dropout "
        "masks, 1 byte each; an input that several layers read is counted for each of them"
    )
