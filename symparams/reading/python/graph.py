"""The model's graph, as the data flows through what the program calls, and the records that it comes to."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from symparams.algebra.formula import Formula, Symbol, as_formula
from symparams.algebra.substitution import mapped
from symparams.errors import Span
from symparams.layers import CATALOGUE
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Unknown, letter
from symparams.sources import records as r
from symparams.sources.words import FROZEN, WORDS, reserved_words

Keras: TypeAlias = Any  # keras.Keras, which stands above everything that handles its layers
Torch: TypeAlias = Any  # torch.Torch, the same

TRUE, FALSE, NONE = Symbol("True"), Symbol("False"), Symbol("None")


@dataclass(eq=False, slots=True)
class Node:
    """One use of a layer."""

    call: r.Call  # what the layer is
    inputs: tuple[Node, ...]  # what flows in
    at: Span  # where it is used
    owner: object = None  # the layer or module that has the weights; None: this use alone
    name: str = ""  # as the source or its framework calls it
    frozen: bool = False  # whether it is not trained
    beside: tuple[Node, ...] = ()  # what its arguments name
    number: int = 0  # in the order of the uses


@dataclass(slots=True)
class Graph:
    """All uses of layers, in their order."""

    nodes: list[Node] = field(default_factory=list)

    def add(self, node: Node) -> Node:
        """Put a use behind the others."""
        node.number = len(self.nodes)
        self.nodes.append(node)
        return node


def before(ends: Iterable[Node], known: Container[Node] = ()) -> list[Node]:
    """Everything that the ends need, in order, without what is known already and what that needs."""
    found: dict[Node, None] = {}
    waiting = list(ends)
    while waiting:
        node = waiting.pop()
        if node not in found and node not in known:
            found[node] = None
            waiting += (*node.inputs, *node.beside)
    return sorted(found, key=lambda n: n.number)


# ---------------------------------------------------------------- arguments


@cache
def _reserved() -> frozenset[str]:
    return reserved_words(CATALOGUE)


def safe(name: str) -> str:
    """A letter that is no word of the language."""
    return f"{name}_" if name.casefold() in _reserved() or name in WORDS else name


def _safe_letters(formula: Formula) -> Formula:
    return mapped(formula, lambda leaf: Symbol(safe(leaf.name)) if isinstance(leaf, Symbol) else leaf)


class NoRecordError(Exception):
    """A value that no argument of a layer can be."""


def raw(value: Any) -> r.RawValue:
    """A value as records have it; NoRecordError if it cannot stand there."""
    if value is True or value is False or value is None:
        return TRUE if value else NONE if value is None else FALSE
    if isinstance(value, (int, float)):
        return as_formula(value if isinstance(value, int) else Fraction(repr(value)) if value - value == 0 else 0)
    if isinstance(value, Formula):
        return _safe_letters(value)
    if isinstance(value, Word):
        return Symbol(value.name)
    if isinstance(value, str):
        quote = "'" if '"' in value else '"'
        return quote + value.replace("\n", " ").replace(quote, "") + quote
    if isinstance(value, (list, tuple, range)):
        return tuple(raw(v) for v in value)
    if isinstance(value, r.Reference | r.Call):
        return value
    if isinstance(value, Unknown) and not re.search(r"[(\[]", value.path):
        if re.match(r"(tf|tensorflow|keras|K|torch|nn|F|activations?|ops|jax)\.", value.path):
            return Symbol(value.path)
        made = letter(value)
        assert isinstance(made, Formula)
        return _safe_letters(made)
    recorded = getattr(value, "recorded", None)
    if recorded is not None:
        call: r.Call = recorded()
        return call
    if isinstance(value, Unknown):
        return _safe_letters(letter(value))
    raise NoRecordError


def record(name: str, given: Arguments, *, drop: Sequence[str] = ()) -> r.Call:
    """A call of the framework as records have it; what cannot stand in one is left out."""
    arguments: list[r.Argument] = []
    for keyword, one in (*((None, g) for g in given.positional), *given.keywords.items()):
        if keyword in drop or (keyword is not None and not _SIZED.search(keyword) and _is_made(one.value)):
            continue
        try:
            arguments.append(r.Argument(keyword, raw(one.value), one.at))
        except NoRecordError:
            continue
    return r.Call(name, tuple(arguments), given.at)


_SIZED = re.compile(r"units|filters|features|channels|size|dim|heads|tokens|classes|num_|^d_model$")


def _is_made(value: Any) -> bool:
    """Whether a value is the result of a call that nobody knows: l2(0.01)."""
    return isinstance(value, Unknown) and "(" in value.path


def own(name: str, at: Span, *values: Any, **named: Any) -> r.Call:
    """A call of one of our own layers."""
    given = [r.Argument(None, raw(v), at) for v in values]
    return r.Call(name, (*given, *(r.Argument(k, raw(v), at) for k, v in named.items())), at)


class Word(NamedTuple):
    """A word of the language as an argument, not a letter: summed, keepdims."""

    name: str


def words(*names: str) -> tuple[Word, ...]:
    """Words of the language as arguments."""
    return tuple(map(Word, names))


# ---------------------------------------------------------------- records


def statements(nodes: Sequence[Node], convention: str, at: Span) -> list[r.Statement]:
    """The network as statements of the language: one chain for each use."""
    names: dict[Node, str] = {}
    owners: dict[object, Node] = {}
    taken: set[str] = set()
    chains: list[r.Statement] = [r.Convention(convention, at)]
    for node in nodes:
        names[node] = _free(node.name, taken)
        taken.add(names[node])
        chains.append(chain(node, names, owners))
    return chains


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name}_{n}" for n in range(2, len(taken) + 3) if f"{name}_{n}" not in taken)


def chain(node: Node, names: dict[Node, str], owners: dict[object, Node]) -> r.Chain:
    """`@x -> conv(…) as name`, or `share(@first)` where the weights are there already."""
    first = owners.setdefault(node.owner, node) if node.owner is not None else node
    call = node.call
    if first is not node:
        call = r.Call("share", (r.Argument(None, r.Reference(names[first], node.at), node.at),), node.at)
    else:
        arguments = tuple(_named(a, names) for a in call.arguments)
        if node.frozen:
            arguments = (*arguments, r.Argument(None, Symbol(FROZEN), call.at))
        call = call._replace(arguments=arguments)
    named = r.Named(call, names[node], node.at)
    if not node.inputs:
        return r.Chain((named,), node.at)
    references = [r.Reference(names[i], node.at) for i in node.inputs]
    start: r.Item = references[0]
    if len(references) > 1:
        start = r.Branches(tuple(r.Chain((one,), node.at) for one in references), node.at)
    return r.Chain((start, named), node.at)


def _named(argument: r.Argument, names: dict[Node, str]) -> r.Argument:
    """An argument, the node in it by its name."""
    if isinstance(argument.value, Pointer):
        return argument._replace(value=r.Reference(names[argument.value.node], argument.at))
    return argument


class Pointer(str):
    """A node as an argument, until it has a name."""

    node: Node

    @classmethod
    def to(cls, node: Node) -> Pointer:
        """The pointer to a node."""
        made = cls("@")
        made.node = node
        return made


def turned(call: str) -> tuple[int, int] | None:
    """The two numbers that a call begins with: double_conv(48, 96) turns 48 channels into 96; None if it has others."""
    found = re.search(r"\((\d{1,6}), (\d{1,6})(?:, [^()]*)?\)$", call)
    return None if found is None else (int(found[1]), int(found[2]))


def enters(inputs: Any, node: Node, call: str) -> None:
    """An open input enters what is not known: an image, if that is called a convolution of so many channels."""
    channels = turned(call)
    if inputs.is_open(node) and channels is not None and re.search("conv", call, re.IGNORECASE):
        inputs.settle(node, (channels[0], None, None))


def unknown_step(
    run: Run, name: str, sizes: Sequence[Any] | None, at: Span, channels: tuple[int, int] | None = None
) -> r.Call:
    """A call of which nothing is known: it is taken to leave the sizes as they are, which is said.

    Where its first number is how many channels arrive, the second one is how many it gives.
    """
    if sizes and channels is not None and sizes[0] == channels[0] != channels[1]:
        many = channels[1]
        run.assume(
            f"what `{name}` does is not known: it is taken to give {many} channels, as its arguments say, to keep the "
            "other sizes and to have no parameters",
            at,
        )
        return own("opaque", at, many, *sizes[1:])
    run.assume(f"what `{name}` does is not known: it is taken to keep the sizes and to have no parameters", at)
    return own("identity", at) if sizes is None else own("opaque", at, *sizes)
