"""Code as it is written: which variable holds the output of which layer."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import NamedTuple

from symparams.errors import SymparamsError, listed
from symparams.model.network import Network, Node
from symparams.model.tensor import Convention

_FLOW = "x"  # what flows from one layer to the next


class Assigned(NamedTuple):
    """A value of the code that has a name."""

    name: str
    text: str  # the expression that gives it


class Written(NamedTuple):
    """A layer as code, behind those that feed it."""

    node: Node
    parts: tuple[Assigned, ...]  # what it is made of, where that has names of its own
    outputs: tuple[Assigned, ...]  # what is computed, the output of the layer last


def is_chain(network: Network) -> bool:
    """Whether each layer stands on the one before, with weights of its own."""
    return all(node.inputs == ((i - 1,) if i else ()) and node.shared is None for i, node in enumerate(network.nodes))


def identifier(name: str) -> str:
    """A name of the network as Python can have it."""
    word = re.sub(r"\W", "_", name, flags=re.ASCII)
    word = f"_{word}" if not word or word[0].isdigit() else word
    return f"{word}_" if keyword.iskeyword(word) or word in _TAKEN else word


_TAKEN = (_FLOW, "self", "layers", "keras", "torch", "nn", "F", "ops", "model")


def variables(network: Network) -> list[str]:
    """A variable for the output of each layer: `x` where only the next layer reads it."""
    readers: dict[int, list[int]] = {}
    for i, node in enumerate(network.nodes):
        for feeding in node.inputs:
            readers.setdefault(feeding, []).append(i)
    found: list[str] = []
    taken: set[str] = set()
    last = len(network.nodes) - 1
    for i, node in enumerate(network.nodes):
        flows = set(readers.get(i, [])) == {i + 1} or (i == last and node.inputs)
        word = _FLOW if flows and node.inputs else free(identifier(node.name), taken)
        found.append(word)
    return found


def free(word: str, taken: set[str]) -> str:
    """The word, with a number where it is taken."""
    name, number = word, 2
    while name in taken:
        name, number = f"{word}_{number}", number + 1
    taken.add(name)
    return name


def outputs(network: Network) -> list[int]:
    """The layers that nothing reads."""
    read = {feeding for node in network.nodes for feeding in node.inputs}
    return [i for i in range(len(network.nodes)) if i not in read]


def is_named(node: Node) -> bool:
    """Whether a layer has a name that somebody gave it."""
    return re.fullmatch(rf"{re.escape(node.kind)}_\d+", node.name) is None


def indented(lines: Iterator[str], by: int) -> Iterator[str]:
    """Lines further right."""
    for line in lines:
        yield f"{' ' * by}{line}" if line else line


def check_sizes(network: Network, convention: Convention) -> None:
    """Raise SymparamsError where code would need a letter, or or is counted as another framework does."""
    letters = [name for name, value in network.symbols.items() if value is None]
    if letters:
        message = f"code needs numbers; {listed(letters)} must have values, as with --set {letters[0]}=8"
        raise SymparamsError(message)
    if network.convention != convention:
        raise SymparamsError(
            f"this network is written and counted as {_TITLES[network.convention]} does; for {_TITLES[convention]} it "
            f"has to be written under `convention {convention}`"
        )


_TITLES = {"keras": "Keras", "torch": "PyTorch"}
