"""Values of the letters that a network accepts: where formulas are compared, and what variants are made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b

from symparams import limits
from symparams.algebra.choices import Choices
from symparams.algebra.evaluation import Point, at
from symparams.algebra.formula import Formula, as_formula
from symparams.algebra.numbersets import everything
from symparams.algebra.sums import Repeat
from symparams.errors import LimitError, SymparamsError
from symparams.model.network import Network
from symparams.questions.domain import unlimited

_SPREAD = 40  # how far above its smallest value a letter is tried
_TRIES = 2_000
_IN_VAIN = 500  # tries without a new point after which there are no more


def free_letters(network: Network) -> tuple[str, ...]:
    """The letters without a value, in the order of the network."""
    return tuple(name for name, value in network.symbols.items() if value is None)


def points(network: Network, count: int, spread: int = _SPREAD) -> tuple[Point, ...]:
    """So many different points that fulfil all facts and conditions; fewer where there are no more to be found.

    `spread` is how far above its smallest value a letter is tried at first.
    """
    letters = free_letters(network)
    if not letters:
        return ({},)
    ranges = narrowed(network)
    points_by_values: dict[tuple[int, ...], Point] = {}
    last = 0
    for i in range(_TRIES):
        point = dict(zip(letters, _drawn(network, ranges, letters, i, spread), strict=True))
        _equalled(network, point)
        values = tuple(point.values())
        if values not in points_by_values and accepts(network, point):
            points_by_values[values], last = point, i
        if len(points_by_values) == count or (points_by_values and i - last > _IN_VAIN):
            break
    return tuple(points_by_values.values())


def _drawn(
    network: Network, ranges: Mapping[str, Choices], letters: tuple[str, ...], i: int, spread: int
) -> Iterator[int]:
    facts = network.facts
    for letter in letters:
        if letter in ranges:
            choices = ranges[letter]
            yield choices[number_from(f"{letter}/{i}") % len(choices)]
            continue
        low, high = facts.lower.get(letter, 1), facts.upper.get(letter)
        m, r = facts.remainder.get(letter, (1, 0))
        first = low + (r - low) % m
        steps = spread * (1 + i // 200) if high is None else min((high - first) // m, spread * (1 + i // 200))
        yield first + m * (number_from(f"{letter}/{i}") % (max(steps, 0) + 1))


def narrowed(network: Network) -> dict[str, Choices]:
    """The ranges of letters, without what is too small or too large for a layer, as far as a letter alone decides."""
    ranges: dict[str, Choices] = {}
    for name, choices in network.ranges.items():
        inside = choices
        try:
            with limits.search():
                numbers = unlimited(network, name).numbers
        except LimitError:  # too many facts to be followed; whoever draws tries the values
            numbers = everything(1)
        if not numbers.is_empty:
            inside = choices.between(numbers.smallest, None if numbers.is_endless else numbers.largest)
        ranges[name] = inside if len(inside) else choices  # if none fits, whoever draws says why
    return ranges


def number_from(*words: object) -> int:
    """A number of 64 bits that only these words decide, evenly spread."""
    text = "\x1f".join(map(str, words))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _equalled(network: Network, point: dict[str, int]) -> None:
    """Letters that equal a formula of others take its value."""
    for name, formula in network.facts.equal.items():
        if name in point:
            try:
                value = at(formula, point)
            except (SymparamsError, KeyError):
                continue
            point[name] = value if isinstance(value, int) else 0


def accepts(network: Network, point: Point) -> bool:
    """Whether every fact and condition of the network holds at a point."""
    return why_not(network, point) is None


def why_not(network: Network, point: Point) -> tuple[Formula, str, Formula] | None:
    """The first fact or condition that does not hold at a point; None if all do."""
    known = dict(point)
    for name, value in network.symbols.items():
        if value is not None:
            known[name] = int(at(value, known))
    for relation in network.stated:
        if not holds(*relation, known):
            return relation
    for c in network.conditions:
        if not all(holds(c.left, c.relation, c.right, p) for p in in_copies(c.copies, known)):
            return c.left, c.relation, c.right
    return None


def in_copies(copies: Sequence[Repeat], point: Point) -> Iterator[Point]:
    """The point with the number of every copy."""
    if not copies:
        yield point
        return
    first, *rest = copies
    for i in range(int(at(as_formula(first.first), point)), int(at(as_formula(first.last), point)) + 1):
        yield from in_copies(rest, {**point, first.variable: i})


def holds(left: Formula, relation: str, right: Formula, point: Point) -> bool:
    """Whether a relation holds at a point."""
    try:
        a, b = at(left, point), at(right, point)
    except (SymparamsError, KeyError):
        return False
    if relation == "divides":
        return a != 0 and b % a == 0
    return {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[relation]
