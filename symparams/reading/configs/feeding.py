"""What of a call's tensors feeds a layer, in the order in which the language takes it."""

from __future__ import annotations

from symparams.reading.configs.calls_on import Tensor, Use
from symparams.reading.configs.models import Layer

_RECURRENT = frozenset(("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"))
_ATTENTION = frozenset(("Attention", "AdditiveAttention"))  # take a list: query, value and perhaps key
_PROJECTED = frozenset(("MultiHeadAttention", "GroupedQueryAttention", "GroupQueryAttention"))
_PROJECTED_INPUTS = ("query", "value", "key")  # in the order of their call
_ASIDE = frozenset(("training", "mask", "attention_mask", "query_mask", "value_mask", "key_mask", "initial_state"))


def fed(layer: Layer, use: Use) -> list[Tensor]:
    """The tensors that feed one call; states and masks change no shape and no count."""
    if layer.kind in _PROJECTED:
        return _attended(use)
    positional = Use(use.positional, {}).tensors()
    if layer.kind in _RECURRENT:
        return positional[:1] or use.tensors()[:1]
    if layer.kind in _ATTENTION and len(positional) == 3:
        query, value, key = positional
        return [query, key, value]
    return Use(use.positional, {k: v for k, v in use.named.items() if k not in _ASIDE}).tensors()


def _attended(use: Use) -> list[Tensor]:
    """Query and memory, or query, key and value; the query alone where all are the same."""
    given = dict(zip(_PROJECTED_INPUTS, use.positional, strict=False)) | use.named
    found = {name: given[name] for name in _PROJECTED_INPUTS if isinstance(given.get(name), Tensor)}
    query, value = found.get("query"), found.get("value")
    if query is None or value is None:
        return Use(use.positional, {}).tensors()
    key = found.get("key") or value
    if _same(query, value) and _same(query, key):
        return [query]
    return [query, value] if _same(key, value) else [query, key, value]


def _same(one: Tensor, other: Tensor) -> bool:
    return one[:3] == other[:3]
