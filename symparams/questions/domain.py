"""What values a letter of a network can have: facts that are given and conditions that its layers set."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import lcm
from operator import itemgetter

from symparams import limits
from symparams.algebra.choices import Choices
from symparams.algebra.formula import Formula, Number
from symparams.algebra.numbersets import Interval, everything, points, residue_classes
from symparams.algebra.solving import PERIOD, TRIED, Found, letters_of, solutions
from symparams.algebra.substitution import replaced_inside
from symparams.errors import LimitError
from symparams.model.network import Network


def domain(network: Network, letter: str) -> Found:
    """The values that fulfil every fact and condition on this letter alone, its range among them."""
    allowed = unlimited(network, letter)
    for name, choices in network.ranges.items():
        value = network.symbols[name]
        if name == letter:
            allowed = both(allowed, _chosen(choices))
        elif value is not None and {*letters_of(value)} == {letter} and len(choices) <= _FOLLOWED:
            for_each = [solutions(value, "==", Number(n), letter).numbers for n in choices]
            if not any(numbers.is_endless for numbers in for_each):
                allowed = both(allowed, Found(points(n for numbers in for_each for n in numbers.first(_LISTED))))
    return allowed


_FOLLOWED = 100  # values of a range that are followed back to the letter that gives them
_LISTED = 1_000  # values of a range that are kept one by one


def _chosen(choices: Choices) -> Found:
    """The values of a range; those of a long one with steps that go ill together, up to a number."""
    period = lcm(*(piece.step for piece in choices.pieces if len(piece) > 1))
    if len(choices) <= _LISTED or period > PERIOD:
        tried = None if len(choices) <= _LISTED else choices[_LISTED - 1]
        return Found(points(choices[:_LISTED]), tried)
    rests: dict[int, list[Interval]] = {}
    for piece in choices.pieces:
        for first in piece[: period // piece.step]:
            times, rest = divmod(first, period)
            rests.setdefault(rest, []).append((times, (piece[-1] - rest) // period))
    return Found(residue_classes(period, {r: tuple(sorted(each, key=itemgetter(0))) for r, each in rests.items()}))


def unlimited(network: Network, letter: str) -> Found:
    """The values that fulfil every fact and condition on this letter alone, without its range."""
    allowed = Found(everything(1))
    for left, relation, right in _relations(network):
        if {*letters_of(left), *letters_of(right)} == {letter}:
            allowed = both(allowed, solutions(left, relation, right, letter))
    return allowed


def both(one: Found, other: Found) -> Found:
    """What fulfils both; up to a number where the two together have too many residue classes."""
    tried = [f.tried for f in (one, other) if f.tried is not None]
    limits.searched((one.numbers.pieces + other.numbers.pieces) // 8)
    try:
        numbers = one.numbers & other.numbers
    except LimitError:
        fewer, more = sorted((one.numbers, other.numbers), key=lambda n: Fraction(len(n.classes), n.period))
        several = fewer.first(TRIED)
        numbers = points(n for n in several if n in more)
        tried += several[-1:] if len(several) == TRIED else []
    return Found(numbers, min(tried) if tried else None)


def _relations(network: Network) -> Iterator[tuple[Formula, str, Formula]]:
    for left, relation, right in network.stated:
        yield _resolved(left, network), relation, _resolved(right, network)
    for condition in network.conditions:
        yield condition.left, condition.relation, condition.right


def _resolved(side: Formula, network: Network) -> Formula:
    """A side of a fact with the values of all letters put in."""
    for name, value in network.symbols.items():
        if value is not None:
            side = replaced_inside(side, name, value)
    return side
