"""What a network can be written as, each by one module of this folder, loaded when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence

from symparams.errors import SymparamsError, listed, nearest
from symparams.model.network import Network
from symparams.sources.records import Statement

TARGETS = {
    "arch": "the language",
    "keras": "Python code for Keras",
    "torch": "Python code for PyTorch",
    "mermaid": "a flowchart of Mermaid",
    "dot": "a graph of Graphviz",
}

# The suffixes that files of each have.
SUFFIXES = {
    "arch": (".arch",),
    "keras": (".py",),
    "torch": (".py",),
    "mermaid": (".mmd", ".mermaid"),
    "dot": (".dot", ".gv"),
}


def converted(target: str, network: Network, statements: Sequence[Statement]) -> str:
    """A network, and the statements that it was made of, as another text.

    Raises SymparamsError for a target that there is not, and where the target lacks something of the network.
    """
    if target not in TARGETS:
        known = listed(list(TARGETS), "or")
        raise SymparamsError(f"a network is written as {known}, not {target[:60]}{nearest(target, TARGETS)}")
    write: Callable[[Network, Sequence[Statement]], str]
    write = importlib.import_module(f"symparams.converters.{target}").converted
    return write(network, statements)
