"""What of a PyTorch model takes no part in `forward`: sum(p.numel()) has its parameters, what flows has not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from symparams.errors import listed
from symparams.reading.python.torch_modules import Leaf, Module, Parameter

_SAID = 4  # parts that are named
_WEIGHTS = re.compile(r"Conv|Linear|Norm|Embedding|LSTM|GRU|RNN|Attention|Transformer|PReLU")


def idle(module: Module, used: Collection[int]) -> list[str]:
    """The paths of what has weights and is not used, a module for all in it; `used` has the ids of what is."""
    return list(_idle("", module, used))


def not_counted(paths: Sequence[str]) -> str:
    """What is said of parts that are not used."""
    more = f", with {len(paths) - _SAID} more" if len(paths) > _SAID else ""
    is_, its = ("is", "its") if len(paths) == 1 else ("are", "their")
    named = listed([f"`{path}`" for path in paths[:_SAID]])
    return f"{named}{more} {is_} not used by `forward` as far as can be followed here: {its} parameters are not counted"


def _idle(path: str, module: Module, used: Collection[int]) -> Iterator[str]:
    for name, child in module.children.items():
        inner = f"{path}.{name}" if path and name else path or name
        own = [one for _, one in child.paths() if _weighs(one)] if isinstance(child, Module) else [child]
        own = [one for one in own if _weighs(one)]
        if own and not any(id(one) in used for one in own):
            yield inner
        elif isinstance(child, Module):
            yield from _idle(inner, child, used)


def _weighs(one: object) -> bool:
    if isinstance(one, Leaf):
        return _WEIGHTS.search(one.kind) is not None and one.kind != "LocalResponseNorm"
    return isinstance(one, Parameter)
