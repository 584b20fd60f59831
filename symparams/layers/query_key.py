"""What may happen to queries and keys before they meet: a norm in each head, rotary positions."""

from __future__ import annotations

from symparams.algebra.formula import Formula, Number
from symparams.layers.rotary import turning
from symparams.model.arguments import choice
from symparams.model.layer import Unit
from symparams.model.sentence import Text, say
from symparams.model.tensor import Convention, Tensor, parameter_rule, tensor
from symparams.model.work import Work

# The flag `qknorm` alone means rms.
QUERY_KEY_NORM = choice("none", "rms", "layer", qknorm="rms", no="none", yes="rms")


def norm_tensors(convention: Convention, kind: str, width: Formula, beta: bool) -> tuple[Tensor, ...]:
    """Gamma, and perhaps beta, of the norms of queries and keys; all heads share them."""
    if kind == "none":
        return ()
    gammas = [
        tensor(convention, f"{name} norm gamma", outputs=(width,), stored=f"{name[0]}_norm.weight")
        for name in ("query", "key")
    ]
    betas = [
        tensor(convention, f"{name} norm beta", outputs=(width,), kind="bias", stored=f"{name[0]}_norm.bias")
        for name in ("query", "key")
        if kind == "layer" and beta
    ]
    return (*gammas, *betas)


def norm_rule(kind: str, width: Formula, beta: bool) -> tuple[Formula, ...]:
    """The sum over these tensors; () where there are none."""
    every = norm_tensors("torch", kind, width, beta)
    return (parameter_rule(every),) if every else ()


def refining(kind: str, turned: bool, numbers: Formula, beta: bool) -> Work:
    """What is done to so many numbers of queries and keys before they meet."""
    work = norm_work(kind, numbers, beta)
    return work.plus(turning(numbers)) if turned else work


def norm_work(kind: str, numbers: Formula, beta: bool) -> Work:
    """As `rmsnorm` and `ln` count their work for so many numbers."""
    if kind == "none":
        return Work()
    additions = 1 if kind == "rms" else 3 + beta
    return Work(additions=numbers if additions == 1 else additions * numbers, multiplications=3 * numbers)


def told(kind: str, width: Formula, beta: bool) -> Text:
    """The sentence on the norms; empty where there are none."""
    if kind == "none":
        return ""
    learned = "one learned scale and one shift" if kind == "layer" and beta else "one learned scale"
    return say(
        f"Queries and keys are normalized in each head, with {learned} for each of the {{width}} features; "
        "all heads share these",
        width=width,
    )


def kinds(kind: str, width: Formula, beta: bool) -> tuple[Unit, ...]:
    """The norms as parts; () where there are none."""
    if kind == "none":
        return ()
    return (Unit("query and key norms", Number(2), each=2 * width if kind == "layer" and beta else width),)
