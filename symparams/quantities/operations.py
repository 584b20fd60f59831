"""The work of a layer: multiply-accumulates, FLOPs of the forward pass and of a training step."""

from __future__ import annotations

from symparams.algebra.formula import ONE, ZERO, Formula, Number, Product, Sum, product, total
from symparams.model.layer import symbol
from symparams.model.network import Node
from symparams.model.sentence import Text, say
from symparams.model.tensor import flat
from symparams.quantities.clashes import without_clashes
from symparams.quantities.counts import active
from symparams.quantities.settings import MACS, POLICIES, TRAINING, Settings

_OTHERS = {"additions": "A", "multiplications": "M", "comparisons": "Q", "exponentials": "E"}  # each with its letter


def for_batch(rule: Formula, settings: Settings) -> Formula:
    """The rule for one example, as often as there are examples."""
    B = settings.examples
    return rule if B is None or rule == ZERO else flat((B, rule))


def macs(node: Node, settings: Settings) -> Formula:
    """Each product that is added to a sum; with biases each of these too."""
    return for_batch(_macs(node, settings), settings)


def _macs(node: Node, settings: Settings) -> Formula:
    return node.derived.macs if settings.macs == "products" else node.derived.macs_with_biases


def flops(node: Node, settings: Settings) -> Formula:
    """Two for each multiply-accumulate, and what else the policy counts."""
    return for_batch(_flops(node, settings), settings)


def _flops(node: Node, settings: Settings) -> Formula:
    work, terms = node.derived.work, list[Formula]()
    if node.derived.macs != ZERO:
        terms.append(2 * symbol("MACs", without_clashes(node.derived.macs), "multiply-accumulates"))
    if settings.flops == "every-operation":
        others = ((kind, letter, getattr(work, kind)) for kind, letter in _OTHERS.items())
        terms += [symbol(letter, without_clashes(done), kind) for kind, letter, done in others if done != ZERO]
    return total(terms)


def training(node: Node, settings: Settings) -> Formula:
    """The forward pass and the backward pass."""
    if settings.training == "three-forward":
        forward = _flops(node, settings)
        return ZERO if forward == ZERO else for_batch(_times_three(forward), settings)
    N = active(node, settings)
    if N == ZERO:
        return ZERO
    tokens = symbol("T", product([*node.derived.out.positions()] or [ONE]), "tokens of an example")
    return for_batch(
        flat((Number(6), symbol("N", without_clashes(N), "parameters that a token uses"), tokens)), settings
    )


def _times_three(forward: Formula) -> Formula:
    """3·2·MACs, or 3·(2·MACs + A)."""
    return Product((Number(3), forward)) if isinstance(forward, Sum) else flat((Number(3), forward))


def because_of_flops(node: Node, settings: Settings) -> Text:
    """What else than multiply-accumulates is counted, where something is."""
    work = node.derived.work
    others = {kind: getattr(work, kind) for kind in _OTHERS if getattr(work, kind) != ZERO}
    if settings.flops != "every-operation" or not others:
        return ""
    listed = [f"{{={kind} {kind}}}" for kind in others]
    every = " and ".join(filter(None, (", ".join(listed[:-1]), listed[-1])))
    return say(f"the other operations are {every}", **others)


def because_of_training(node: Node, settings: Settings) -> Text:
    """One clause on the rule for a training step."""
    if settings.training == "6n":
        return (
            "each parameter takes part in one multiply-accumulate (2 FLOPs) per token in the forward pass and in two "
            "(4 FLOPs) in the backward pass"
        )
    return say(
        "the forward pass takes {flops FLOPs} per example, and the backward pass twice as many: once for the gradients "
        "of the weights and once for those of the inputs",
        flops=_flops(node, settings),
    )


def lacks_training(node: Node, settings: Settings) -> str:
    """Why a layer has no FLOPs in a training step."""
    if settings.training == "6n":
        return "it has no parameters of its own"
    return f"it computes nothing that the policy {settings.flops} counts"


def say_macs(settings: Settings) -> str:
    """What counts as a multiply-accumulate."""
    return (
        f"MACs are the multiply-accumulates of one forward pass {settings.for_examples}: {MACS[settings.macs]}; "
        "one MAC is not one FLOP"
    )


def say_flops(settings: Settings) -> str:
    """What counts as a FLOP."""
    return (
        f"FLOPs of one forward pass {settings.for_examples}, by the policy {settings.flops}: {POLICIES[settings.flops]}"
    )


def say_training(settings: Settings) -> str:
    """What a training step takes."""
    counted = TRAINING[settings.training]
    if settings.training == "three-forward":
        counted += f"; {POLICIES[settings.flops]}"
    return (
        f"FLOPs of one training step {settings.for_examples}, by the policy {settings.training}: {counted}; the update "
        "of the weights is not counted"
    )
