"""A network as it is built: layer behind layer, each on what arrives at it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from symparams import limits
from symparams.algebra.equality import same
from symparams.algebra.facts import NOTHING_KNOWN, Facts
from symparams.algebra.simplification import simplified
from symparams.algebra.sums import Repeat
from symparams.errors import LayerError, LimitError
from symparams.model.conditions import required
from symparams.model.derived import Derived, known
from symparams.model.layer import Layer, Requirement
from symparams.model.network import MacroUse, Node
from symparams.model.tensor import Convention


class Builder:
    """Makes the nodes of a network; what is only tried can be taken away again."""

    def __init__(
        self,
        convention: Convention,
        facts: Facts = NOTHING_KNOWN,
        reserved: Collection[str] = frozenset(),
        sequences: Collection[Layer] = frozenset(),
    ) -> None:
        self.convention = convention
        self.facts = facts  # that hold where the next layer stands
        self.nodes: list[Node] = []  # in reading order
        self._sequences = sequences  # layers that lay out two axes which are read as positions and features
        self._reserved = reserved  # names that automatic names keep clear of
        self._counters: dict[str, int] = {}  # how many layers of a kind have been named

    def add(
        self,
        layer: Layer,
        inputs: Sequence[int],
        name: str | None = None,
        *,
        shared: int | None = None,
        frozen: bool = False,
        within: tuple[str, ...] = (),
        macro: MacroUse | None = None,
    ) -> int:
        """Put a layer behind others and return its index; raises LayerError if it does not fit."""
        if len(self.nodes) >= limits.LAYERS:
            raise too_many_layers()
        name = name or self.free_name(layer.kind)
        shapes = tuple(self.nodes[i].shape for i in inputs)
        read = tuple(self.nodes[i].derived.is_sequence for i in inputs)
        try:
            limits.allow()
            derived = known(layer, shapes, self.convention, self.facts, read, layer in self._sequences)
            _ = derived.counts  # worked out now, while an error can still be said to be here
            if shared is not None:
                _check_shared(derived, self.nodes[shared])
        except LayerError as error:
            error.matter = f"{name}: {error.matter}"
            raise
        sharing = None if shared is None else self.nodes[shared].name
        self.nodes.append(Node(name, tuple(inputs), derived, sharing, frozen, within=within, macro=macro))
        return len(self.nodes) - 1

    def require(self, index: int, requirements: Iterable[Requirement]) -> None:
        """Have a layer require more than it does itself; raises LayerError where that surely does not hold."""
        conditions = tuple(c for r in requirements for c in required(r, self.facts))
        if conditions:
            node = self.nodes[index]
            self.nodes[index] = replace(node, told=(*node.told, *conditions))

    def free_name(self, kind: str) -> str:
        """conv_1, conv_2 …, clear of the names that the user gave."""
        while True:
            self._counters[kind] = count = self._counters.get(kind, 0) + 1
            if (name := f"{kind}_{count}") not in self._reserved:
                return name

    def mark(self) -> tuple[int, dict[str, int]]:
        """A point to come back to with `back_to`."""
        return len(self.nodes), dict(self._counters)

    def back_to(self, mark: tuple[int, dict[str, int]]) -> None:
        """Take away every layer added since."""
        del self.nodes[mark[0] :]
        self._counters = dict(mark[1])

    def finished(self) -> tuple[Node, ...]:
        """All nodes, told whether text can be generated, which any of them may make possible."""
        if not any(_generates(node.layer) for node in self.nodes):
            return tuple(self.nodes)
        return tuple(replace(node, generated=True) for node in self.nodes)

    def repeat(self, since: int, repeat: Repeat) -> None:
        """Say that the layers from index `since` on stand for copies."""
        for i in range(since, len(self.nodes)):
            node = self.nodes[i]
            self.nodes[i] = replace(node, repeats=(repeat, *node.repeats), brackets=(since, *node.brackets))


def _generates(layer: Layer) -> bool:
    return type(layer).cache is not Layer.cache and layer.generates


def too_many_layers() -> LimitError:
    """What is raised where a network would become too long."""
    return LimitError(f"the network has more than {limits.LAYERS:,} layers, which is the limit")


def _check_shared(derived: Derived, first: Node) -> None:
    mine = [[simplified(d) for d in t.stored.shape] for t in derived.rules.tensors]
    theirs = [[simplified(d) for d in t.stored.shape] for t in first.derived.rules.tensors]
    if len(mine) != len(theirs) or not all(
        len(a) == len(b) and all(map(same, a, b)) for a, b in zip(mine, theirs, strict=True)
    ):
        arrived = " and ".join(map(str, derived.arriving))
        before = " and ".join(map(str, first.derived.arriving))
        raise LayerError(f"the weights of {first.name} fit an input {before}, but here the input is {arrived}")
