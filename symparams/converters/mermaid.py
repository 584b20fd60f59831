"""A network -> a flowchart of Mermaid, which Markdown on many sites shows as a drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symparams.converters.drawing import arrows_of, lines_of
from symparams.model.network import Network
from symparams.sources.records import Statement

_ESCAPES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;"}


def converted(network: Network, statements: Sequence[Statement]) -> str:
    """A box for each layer, an arrow for each tensor."""
    return "\n".join(_lines(network)) + "\n"


def _lines(network: Network) -> Iterator[str]:
    yield "flowchart TD"
    for number, node in enumerate(network.nodes):
        yield f'  n{number}["{"<br>".join(map(_escaped, lines_of(node)))}"]'
    for feeding, fed in arrows_of(network):
        yield f"  n{feeding} --> n{fed}"


def _escaped(line: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in line)
