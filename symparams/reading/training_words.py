"""What prose tells of training where it asks about memory: the optimizers, the type of numbers, a checkpoint."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MOMENTUM = re.compile(
    r"\bSGDM\b|\bmomentum\s+SGD\b"
    r"|\b(?:SGD|gradient\s+descent)\b(?:\s+(?:with|and|plus)|\s?\+)\s+(?:a\s+)?(?:Nesterov\s+)?momentum\b"
    r"|\bSGD\([^\n]{0,80}\bmomentum\s?=\s?0?\.\d",
    re.I,
)
_PLAIN = re.compile(r"\bSGD\b", re.I)
_ADAM = re.compile(r"\b(?:Adam[Ww]?|ADAMW?|adamw?|NAdam)\b")
_UNTOLD = ("sgd", "adam")  # the optimizers that are set beside each other where none is told
_MEMORY = re.compile(
    r"\b(?:memory|v?ram|(?:model|file)\s+size|[mgt]i?b|(?:mega|giga)?bytes?|checkpoint|ckpt|optimi[sz]er\s+states?|oom)\b",
    re.I,
)
_TRAINS = re.compile(
    r"\btrain(?:ing)?\b(?!\s+(?:data|set|samples|images))|\bgradients\b|\boptimi[sz]er|\bfine-?tun\w+|\bbackprop", re.I
)
_CHECKPOINT = re.compile(r"\bmodel\.save\b|\bcheckpoint|\bckpt\b|\boptimi[sz]er\.state_dict", re.I)
_SIZE = re.compile(r"(?<![\w.])(\d{1,5}(?:\.\d{1,3})?)\s?([MG])(?:i?B|(?=\W))", re.I)
_LARGER = re.compile(r"\b(?:bigger|larger|too\s+(?:big|large)|(?:three|3)\s?(?:times|x))\b", re.I)
_MANY = 20  # sizes that are looked at
_STATE = (2.8, 3.2)  # how many times as large a file with the averages of Adam is
_TYPES = {
    "float16": r"float16|fp16|half[ -]precision|mixed[ -]precision(?![^.?!\n]{0,20}bf)",
    "bfloat16": r"bfloat16|bf16",
    "float64": r"float64|fp64|double[ -]precision",
    "float32": r"float32|fp32|single[ -]precision",
}


def asks_for_training(questions: Iterable[str], prose: str) -> bool:
    """Whether a text that speaks of training asks how much memory something takes."""
    trains = _TRAINS.search(prose) or _ADAM.search(prose) or sizes_apart(prose)
    return any(map(_MEMORY.search, questions)) and bool(trains)


def names_optimizers(prose: str) -> bool:
    """Whether prose sets optimizers against each other."""
    return sum(pattern.search(prose) is not None for pattern in (_MOMENTUM, _PLAIN, _ADAM)) > 1


def optimizers_in(*texts: str) -> tuple[str, ...]:
    """The optimizers that the first text names which names any; if none does, those that are mostly used."""
    for text in texts:
        rest = _MOMENTUM.sub("", text)
        found = {"sgd": _PLAIN.search(rest), "momentum": rest != text, "adam": _ADAM.search(rest)}
        if any(found.values()):
            return tuple(name for name, is_named in found.items() if is_named)
    return ("adam",) if any(map(sizes_apart, texts)) else _UNTOLD


def number_type_in(prose: str) -> str:
    """The only type of numbers that prose names; float32 where it names none, or several."""
    found = [name for name, words in _TYPES.items() if re.search(rf"\b(?:{words})\b", prose, re.I)]
    return found[0] if len(found) == 1 else "float32"


def has_checkpoint(prose: str) -> bool:
    """Whether prose speaks of a file with the state of the optimizer."""
    return _CHECKPOINT.search(prose) is not None or bool(sizes_apart(prose))


def sizes_apart(prose: str) -> list[float]:
    """The megabytes of what a text finds too large, where another size in it is about three times as large."""
    sizes = [float(one[1]) * (1_000 if one[2] in "Gg" else 1) for one in _SIZE.finditer(prose)][:_MANY]
    if not _LARGER.search(prose):
        return []
    return [small for small in sizes if any(_STATE[0] <= large / small <= _STATE[1] for large in sizes if small)]
