"""How Keras and PyTorch call a layer: the arguments of a class in the framework's order, and what each is here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple, TypeAlias

Framework: TypeAlias = Literal["keras", "keras 1", "torch"]  # Keras 2 and 3 call alike
Arriving: TypeAlias = Literal["", "channels", "features", "features of input 2", "axis of the channels"]


class Parameter(NamedTuple):
    """An argument as a framework has it."""

    name: str  # as the framework calls it
    argument: str  # what it is here; "": no shape and no count depends on it
    told: Arriving  # what it says about the input, which is compared with what arrives; "": nothing
    required: bool  # whether the framework demands it
    default: str  # what is written here where it is not given, as our language writes it; "": nothing
    nothing: str  # a value that means the same as none: "0"; "": there is no such value
    presence: bool  # whether it is a switch here: any value but None means yes
    empty: bool  # whether None means none at all here, not the default
    positional: bool  # whether it may stand without its name


@dataclass(frozen=True, slots=True)
class FrameworkClass:
    """Classes of a framework that are called alike."""

    framework: Framework
    names: tuple[str, ...]
    signature: str  # the arguments in order, see `parameters`

    @property
    def takes_anything(self) -> bool:
        """Whether the framework takes any further arguments and does nothing with them."""
        return self.signature.endswith("...")

    def parameters(self) -> tuple[Parameter, ...]:
        """The arguments in the framework's order."""
        return parameters(self.signature)


def keras(names: str, signature: str = "") -> FrameworkClass:
    """Classes of Keras 2 and 3, and their arguments; those of every Keras layer, such as `name`, are not listed."""
    return FrameworkClass("keras", tuple(names.split()), signature)


def keras1(names: str, signature: str = "") -> FrameworkClass:
    """Classes of Keras 1, where its arguments are others."""
    return FrameworkClass("keras 1", tuple(names.split()), signature)


def torch(names: str, signature: str = "") -> FrameworkClass:
    """Classes of PyTorch and their arguments."""
    return FrameworkClass("torch", tuple(names.split()), signature)


_TOKEN = re.compile(
    r"(?P<idle>-?)(?P<name>\w+)(?::(?P<argument>\w+))?(?:~(?P<told>\w+))?(?P<presence>\+?)(?P<empty>\^?)(?P<required>!?)"
    r"(?:=(?P<default>\S+?))?(?:\?(?P<nothing>\w+))?"
)
_TOLD: dict[str | None, Arriving] = {
    None: "", "channels": "channels", "features": "features", "features2": "features of input 2",
    "axis": "axis of the channels",
}  # fmt: skip


@cache
def parameters(signature: str) -> tuple[Parameter, ...]:
    """The arguments of a signature, one a word.

    `units` is called so here too, `kernel_size:kernel` is `kernel` here, no shape or count depends on `-dtype`, and
    `in_channels~channels` says what arrives. What follows: `!` it must be given, `=2` is meant if it is not, `+` any
    value means yes, `?0` this value means none, `^` None means none at all. What stands behind `*` needs its name;
    `-{kernel,bias}_initializer` are two, and `...` at the end is whatever else is given.
    """
    found: list[Parameter] = []
    positional = True
    for word in _words(signature):
        if word in ("*", "..."):
            positional = False
            continue
        token = _TOKEN.fullmatch(word)
        assert token is not None, word
        told = _TOLD[token["told"]]
        argument = "" if token["idle"] or told else token["argument"] or token["name"]
        found.append(
            Parameter(
                token["name"], argument, told, bool(token["required"]), token["default"] or "",
                token["nothing"] or "", bool(token["presence"]), bool(token["empty"]), positional,
            )
        )  # fmt: skip
    return tuple(found)


def _words(signature: str) -> Iterator[str]:
    for word in signature.split():
        before, brace, rest = word.partition("{")
        several, _, after = rest.partition("}")
        yield from (before + one + after for one in several.split(",")) if brace else (word,)
