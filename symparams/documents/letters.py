"""The letters of a network, each with what it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from symparams.algebra.formula import Formula, Symbol, as_formula, symbols
from symparams.algebra.simplification import simplified
from symparams.documents.entries import Letter
from symparams.model.arguments import arguments_of
from symparams.model.layer import Layer
from symparams.model.network import Network, Node
from symparams.model.provenance import names_meant

_Meaning: TypeAlias = tuple[
    str, str | None, bool
]  # what it is, the layer where it first stands (None: the input), others follow


def letters_in(network: Network, batch: int | str | None, of_examples: bool) -> tuple[Letter, ...]:
    """Every letter that the user wrote; a letter for the batch size, where something is told of all examples."""
    if not network.symbols and batch is None:
        return ()
    meanings = dict(_meanings(network))
    known = {n: None if v is None else simplified(v, network.facts) for n, v in network.symbols.items()}
    if isinstance(batch, str) and of_examples:
        known.setdefault(batch, None)
        meanings.setdefault(batch, ("batch size", None, False))
    return tuple(Letter(Symbol(n), value, *meanings.get(n, ("", None, False))) for n, value in known.items())


def names_in(formula: Formula) -> Iterator[str]:
    """The letters of a formula, and those of what they stand for."""
    for one in symbols(formula):
        yield one.name
        if one.value is not None:
            yield from names_in(one.value)


def _meanings(network: Network) -> Mapping[str, _Meaning]:
    uses: dict[Layer, list[Node]] = {}
    for node in network.nodes:
        uses.setdefault(node.layer, []).append(node)
    meanings: dict[str, _Meaning] = {}
    for node, *others in uses.values():
        for letter, what in _letters(node, () if node.inputs else names_meant(network, node)):
            where = node.name if node.layer.inputs != "none" or network.inputs > 1 else None
            before = meanings.setdefault(letter, (what, where, bool(others)))
            meanings[letter] = (*before[:2], before[2] or before[1] != where)
    for node in (node for node in network.nodes if node.kind != "copies"):
        for repeat in node.repeats:
            for one in symbols(as_formula(repeat.count)):
                meanings.setdefault(one.name, ("number of copies", node.name, False))
    return meanings


def _letters(node: Node, axes: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The letters among the arguments of a layer, each with what it is: ("k", "kernel size")."""
    for argument in arguments_of(type(node.layer)):
        value = getattr(node.layer, argument.name)
        sizes = value if isinstance(value, tuple) else (value,)
        for i, size in enumerate(one for some in sizes for one in (some if isinstance(some, tuple) else (some,))):
            meaning = argument.meaning.partition(":")[0] if node.inputs else axes[i]
            for letter in symbols(size) if isinstance(size, Formula) else ():
                yield letter.name, meaning if isinstance(size, Symbol) else f"letter in the {meaning}"
