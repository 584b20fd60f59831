"""Two mistakes about one shape, joined so that both of them are in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from symparams.algebra.formula import Formula

Rules: TypeAlias = tuple[Formula, ...]


def joined(
    right: Rules, first: Rules, second: Rules, orders: Callable[[], tuple[Iterable[Rules], Iterable[Rules]]],
    same: Callable[[Formula, Formula], bool],
) -> Rules | None:  # fmt: skip
    """The shape with two mistakes, from the shapes with one; None where one of them undoes the other.

    Sizes in another order are those of the other mistake in that order. Otherwise each size is that of the mistake
    which changes it; one that both change is what both edits give, if that is the same in both `orders`.
    """
    turned, other_turned = _arrangement(right, first), _arrangement(right, second)
    if turned is not None or other_turned is not None:
        if turned is not None and other_turned is not None:
            return None
        return tuple(second[i] for i in turned) if turned is not None else tuple(first[i] for i in other_turned or ())
    both = [i for i, (r, a, b) in enumerate(zip(right, first, second, strict=True)) if r not in (a, b)]
    apart = [b if a == r else a for r, a, b in zip(right, first, second, strict=True)]
    return tuple(apart) if not both else _in_any_order(apart, first, second, both, orders, same)


def _arrangement(right: Rules, wrong: Rules) -> tuple[int, ...] | None:
    """Which right size stands at each place, if all are there in another order."""
    left = list(range(len(right)))
    order: list[int] = []
    for rule in wrong:
        found = next((i for i in left if right[i] == rule), None)
        if found is None:
            return None
        left.remove(found)
        order.append(found)
    return tuple(order) if order != sorted(order) else None


def _in_any_order(
    apart: Sequence[Formula], first: Rules, second: Rules, both: Sequence[int],
    orders: Callable[[], tuple[Iterable[Rules], Iterable[Rules]]], same: Callable[[Formula, Formula], bool],
) -> Rules | None:  # fmt: skip
    for one, other in zip(*orders(), strict=False):
        if all(one[i] not in (first[i], second[i]) and same(one[i], other[i]) for i in both):
            return tuple(one[i] if i in both else size for i, size in enumerate(apart))
    return None
