"""Stacks of layers: one of them counted, one of the two stacks of a transformer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, Sum, total
from symparams.layers.recurrent import Recurrent
from symparams.layers.stacks import Transformer, TransformerEncoder
from symparams.misconceptions.edits import named, some, without_factor
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a, on_macs
from symparams.model.derived import macs_of

_WORK = ("macs", "flops")
_STACKED = (TransformerEncoder, Transformer, Recurrent)
_VASWANI = "Vaswani et al., Attention Is All You Need, 2017"


@misconception(
    "stacked layers counted once",
    "params",
    "cache",
    *_WORK,
    layers=_STACKED,
    explanation="you counted only one of the stacked layers",
    repair="every layer of a stack has its own weights, so all of them count",
    claim="The layers of the encoder of the original transformer share their weights.",
    source=_VASWANI + "; PyTorch documentation of TransformerEncoder, num_layers, and of LSTM, num_layers",
)
def stacked_once(s: Subject) -> Iterable[Formula]:
    """N·P → P; P + (n - 1)·P' → P."""
    layer = as_a(s, *_STACKED)
    if isinstance(layer, Recurrent):
        return _one_floor(s, layer)

    def change(rule: Formula) -> Formula | None:
        return without_factor(rule, named("N", "N_e", "N_d"))

    if layer is None:
        return ()
    return on_macs(s, change) if s.quantity in _WORK else some(change(s.rule))


def _one_floor(s: Subject, layer: Recurrent) -> Iterator[Formula]:
    """The first layer of a recurrent one with several."""
    if number(layer.layers) != 1 and s.quantity != "cache":
        first = replace(layer, layers=ONE)
        if s.quantity == "params":
            yield first.rules(s.x).parameters
        else:
            macs = macs_of(first, s.out, s.x)
            yield from on_macs(s, lambda rule: macs)


@misconception(
    "encoder or decoder left out",
    "params",
    *_WORK,
    layers=(Transformer,),
    explanation="you counted only one of the two stacks",
    repair="the transformer has an encoder and a decoder, each a stack of layers with its own weights",
    claim="The encoder and the decoder of the original transformer share their weights.",
    source=_VASWANI + ", section 3.1",
)
def one_stack(s: Subject) -> Iterable[Formula]:
    """N_e·P + 2·d + N_d·Q + 2·d → N_e·P + 2·d; → N_d·Q + 2·d."""
    if as_a(s, Transformer) is None:
        return

    def half(i: int) -> Callable[[Formula], Formula | None]:
        def change(rule: Formula) -> Formula | None:
            if not isinstance(rule, Sum) or len(rule.terms) % 2:
                return None
            middle = len(rule.terms) // 2
            return total(rule.terms[:middle] if i == 0 else rule.terms[middle:])

        return change

    for i in (0, 1):
        yield from on_macs(s, half(i)) if s.quantity in _WORK else some(half(i)(s.rule))
