"""A total against a letter: the values that the letter may have, and what comes out at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symparams.algebra.formula import as_formula
from symparams.algebra.numbersets import NumberSet, everything
from symparams.algebra.solving import letters_of, value_for
from symparams.errors import SymparamsError, listed
from symparams.model.network import Network
from symparams.quantities.totals import TotalQuantity
from symparams.questions.domain import domain

_MOST = 160  # points of a curve


@dataclass(frozen=True, slots=True)
class Curve:
    """The totals of a network along an axis."""

    title: str  # of the network
    points: tuple[tuple[int, int], ...]  # the letter, and the total at it
    is_every: bool  # whether these are all the values that the letter may have there


def curve_of(network: Network, letter: str, quantity: TotalQuantity, over: range | None) -> Curve:
    """The total against a letter, over a range or over all values that the network allows.

    Raises SymparamsError where other letters are not known, and where there is no end to the values.
    """
    free = [name for name, value in network.symbols.items() if value is None]
    if letter not in free:
        has = f"its letters are {listed(free, 'and')}" if free else "it has no letters"
        raise SymparamsError(f"{network.title or 'the network'} has no letter `{letter[:60]}`; {has}")
    total = as_formula(quantity.of_network(network))
    others = [name for name in letters_of(total) if name != letter]
    if others:
        raise SymparamsError(
            f"the {quantity.plural} depend on {listed(others, 'and')}, too; give "
            f"{'it a value' if len(others) == 1 else 'them values'} with --set {others[0]}=…"
        )
    allowed = domain(network, letter).numbers
    if over is None and allowed.is_endless:
        raise SymparamsError(f"there is no end to the values of {letter}; say how far, as in --over 1..256")
    if over is not None:
        allowed = allowed & everything(over[0], over[-1])
    if allowed.is_empty:
        where = f" from {over[0]:,} to {over[-1]:,}" if over is not None else ""
        raise SymparamsError(f"no value of {letter}{where} fits the network")
    chosen = _spread(allowed)
    values = ((n, value_for(total, letter, n)) for n in chosen)
    points = tuple((n, value) for n, value in values if isinstance(value, int))
    return Curve(network.title or "Network", points, len(chosen) == allowed.count)


def _spread(allowed: NumberSet) -> Sequence[int]:
    """The values, or of very many some that are about equally far apart, the first and the last among them."""
    count = allowed.count
    if count is not None and count <= _MOST:
        return allowed.first(count)
    first, last = allowed.smallest, allowed.largest
    found: dict[int, None] = {}
    for step in range(_MOST):
        behind = allowed & everything(first + (last - first) * step // (_MOST - 1), last)
        found[behind.smallest] = None
    return list(found)
