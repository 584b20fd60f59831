"""What values a letter of a network can have: facts that are given and conditions that its layers set."""

from __future__ import annotations

from collections.abc import Iterator

from symparams.algebra.formula import Formula
from symparams.algebra.numbersets import everything
from symparams.algebra.solving import Found, letters_of, put, solutions
from symparams.model.network import Network


def domain(network: Network, letter: str) -> Found:
    """The values that fulfil every fact and condition on this letter alone."""
    found = Found(everything(1))
    for left, relation, right in _relations(network):
        if {*letters_of(left), *letters_of(right)} == {letter}:
            found = both(found, solutions(left, relation, right, letter))
    return found


def both(one: Found, other: Found) -> Found:
    """What fulfils both."""
    tried = [f.tried for f in (one, other) if f.tried is not None]
    return Found(one.numbers & other.numbers, min(tried) if tried else None, one.grows or other.grows)


def _relations(network: Network) -> Iterator[tuple[Formula, str, Formula]]:
    for left, relation, right in network.stated:
        yield _resolved(left, network), relation, _resolved(right, network)
    for condition in network.conditions:
        yield condition.left, condition.relation, condition.right


def _resolved(side: Formula, network: Network) -> Formula:
    """A side of a fact with the values of all letters put in."""
    for name, value in network.symbols.items():
        if value is not None:
            side = put(side, name, value)
    return side
