"""The sizes of what flows, worked out by the builder of networks as soon as a program asks for them."""

from __future__ import annotations

from collections.abc import Iterable

from symparams.algebra.facts import NOTHING_KNOWN
from symparams.algebra.formula import Value
from symparams.errors import Source, Span, SymparamsError
from symparams.layers import CATALOGUE
from symparams.model.builder import Builder
from symparams.model.tensor import Convention
from symparams.reading.python.graph import Node, before, chain
from symparams.sources import records as r
from symparams.sources.expansion import Expansion
from symparams.sources.framework_calls import understood
from symparams.sources.names import Names
from symparams.sources.placer import Placer
from symparams.sources.resolver import Resolver
from symparams.sources.scope import Scope
from symparams.sources.words import reserved_words


class Sizes:
    """A network that grows with the program."""

    def __init__(self, source: Source, convention: Convention) -> None:
        self.source = source
        self.stated = r.Convention(convention, Span(0))
        names = Names(source, {}, {}, reserved_words(CATALOGUE))
        self.expansion = Expansion(Resolver(names, {}, CATALOGUE), NOTHING_KNOWN)
        self.placer = Placer(names, Builder(convention))
        self.scope = Scope()
        self.names: dict[Node, str] = {}
        self.owners: dict[object, Node] = {}
        self.shapes: dict[Node, tuple[Value, ...] | None] = {}

    def of(self, node: Node) -> tuple[Value, ...] | None:
        """The shape of what leaves a layer, without the batch; None where it cannot be worked out."""
        if node not in self.shapes:
            for one in before([node], self.shapes):
                self.shapes[one] = self._placed(one)
        return self.shapes[node]

    def forget(self, nodes: Iterable[Node]) -> None:
        """Work some shapes out anew."""
        for node in nodes:
            self.shapes.pop(node, None)

    def _placed(self, node: Node) -> tuple[Value, ...] | None:
        if any(self.shapes.get(i) is None for i in (*node.inputs, *node.beside)):
            return None
        self.names[node] = f"p{node.number}"
        start = len(self.expansion.placed)
        try:
            read: list[r.Statement] = [self.stated, chain(node, self.names, self.owners)]
            meant = understood(read, self.source, CATALOGUE).statements[1]
            assert isinstance(meant, r.Chain)
            self.expansion.chain(meant, None, self.scope)
            self.placer.put(self.expansion.placed[start:])
        except SymparamsError:
            del self.expansion.placed[start:]
            if self.owners.get(node.owner) is node:  # there are no weights to share
                del self.owners[node.owner]
            return None
        return self.placer.builder.nodes[-1].shape
