"""A network -> a text of the language."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.model.network import Network
from symparams.sources.printer import printed
from symparams.sources.records import Statement


def converted(network: Network, statements: Sequence[Statement]) -> str:
    """The statements that the network was made of, one a line."""
    return printed(statements)
