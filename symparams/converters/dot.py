"""A network -> a graph in the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symparams.converters.drawing import arrows_of, lines_of
from symparams.model.network import Network
from symparams.sources.records import Statement


def converted(network: Network, statements: Sequence[Statement]) -> str:
    """A node for each layer, an arrow for each tensor."""
    return "\n".join(_lines(network)) + "\n"


def _lines(network: Network) -> Iterator[str]:
    yield f"digraph {_quoted(network.title or 'network')} {{"
    yield "  node [shape=box, fontname=Helvetica];"
    for number, node in enumerate(network.nodes):
        yield f"  n{number} [label={_quoted(*lines_of(node))}];"
    for feeding, fed in arrows_of(network):
        yield f"  n{feeding} -> n{fed};"
    yield "}"


def _quoted(*lines: str) -> str:
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(escaped) + '"'
