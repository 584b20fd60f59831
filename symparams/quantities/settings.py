"""What quantities depend on beside the network: types, policies, the optimizer, the batch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from symparams.algebra.formula import Formula, Number, Symbol
from symparams.errors import SymparamsError

Setting: TypeAlias = Any  # a value of one of the Settings: a name, or for the batch a number

BYTES: dict[str, int] = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}
STATES: dict[str, int] = {"none": 0, "sgd": 0, "momentum": 1, "adam": 2}  # numbers kept for each trained parameter
MACS: dict[str, str] = {
    "products": "one for each product that is added to a sum; bias additions are not counted",
    "with-bias": "one for each product that is added to a sum, and one for each bias addition",
}
POLICIES: dict[str, str] = {
    "multiply-add": "two for each multiply-accumulate, nothing else (as PyTorch's own counter does)",
    "every-operation": "two for each multiply-accumulate, and one for every other addition, multiplication, "
    "comparison and exponential",
}
TRAINING: dict[str, str] = {
    "three-forward": "those of the forward pass, and twice as many for the backward pass",
    "6n": "6·N·tokens, where N is the number of parameters that one token uses; what a layer computes without "
    "parameters, such as attention scores, is not counted",
}
KEPT: dict[str, str] = {
    "outputs": "the output of every layer",
    "megatron": "what the backward pass of each layer needs, as Korthikanti et al., 2022, count it for Megatron",
}

# The settings that are chosen by name: what each is called in messages, and what there is.
CHOICES: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "dtype": ("type", BYTES),
    "optimizer": ("optimizer", STATES),
    "flops": ("FLOPs policy", POLICIES),
    "macs": ("MACs policy", MACS),
    "training": ("training policy", TRAINING),
    "kept": ("backward policy", KEPT),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What quantities in bytes or in operations depend on."""

    dtype: str = "float32"  # of parameters and activations
    optimizer: str = "none"  # whose gradients and states are kept beside the parameters; none: no training
    flops: str = "multiply-add"  # the policy by which FLOPs are counted
    macs: str = "products"  # the policy by which multiply-accumulates are counted
    training: str = "three-forward"  # the policy by which the FLOPs of a training step are counted
    kept: str = "outputs"  # the policy by which is counted what training keeps for the backward pass
    batch: int | str | None = None  # how many examples, or a letter for them; None: one
    cache_all: bool = False  # whether attention that generates nothing has a cache all the same

    def __post_init__(self) -> None:
        for name, (what, known) in CHOICES.items():
            value = getattr(self, name)
            if value not in known:
                raise SymparamsError(f"there is no {what} `{value}`; the choices are {', '.join(known)}")
        if self.dtype == "int8" and self.optimizer != "none":
            raise SymparamsError("int8 weights are not trained; choose another type, or no optimizer")
        object.__setattr__(self, "batch", _batch(self.batch))

    @property
    def examples(self) -> Formula | None:
        """The size of the batch as a symbol of a rule; None: one example, which multiplies nothing."""
        if self.batch is None:
            return None
        value = Number(self.batch) if isinstance(self.batch, int) else Symbol(self.batch)
        return Symbol("B", value, "batch size")

    @property
    def size(self) -> int:
        """Bytes of a number."""
        return BYTES[self.dtype]

    @property
    def per_value(self) -> str:
        """4 bytes per value (float32)."""
        return f"{self.size} {'byte' if self.size == 1 else 'bytes'} per value ({self.dtype})"

    @property
    def for_examples(self) -> str:
        """For which examples something is counted, at the end of a sentence."""
        return "for one example" if self.batch in (None, 1) else f"for a batch of `{self.batch}` examples"


def a_value(dtype: str) -> str:
    """A float32 value, an int8 value."""
    return f"{'an' if dtype.startswith('int') else 'a'} {dtype} value"


def _batch(given: object) -> int | str | None:
    """The batch as a number, or a letter for it."""
    text = str(given)
    if given is None or (isinstance(given, int) and not isinstance(given, bool) and given > 0):
        return given
    if isinstance(given, str) and re.fullmatch(r"0*[1-9][0-9]{0,30}", text):
        return int(text)
    if isinstance(given, str) and re.fullmatch(r"[^\W\d]\w{0,30}", text):
        return text
    raise SymparamsError(f"a batch is a number of at least 1 or a letter, such as 32 or N, not `{text[:60]}`")
