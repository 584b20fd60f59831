"""Many rules worked out at a point: what their symbols stand for is worked out once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symparams.algebra.compiling import Evaluator, Exact, compiled
from symparams.algebra.formula import Formula, Number, Symbol, mapped
from symparams.errors import SymparamsError
from symparams.questions.points import Point


class Together:
    """Groups of rules, such as a right one and the wrong ones beside it."""

    def __init__(self, groups: Iterable[Sequence[Formula]]) -> None:
        self._names: dict[Formula, str] = {}  # what symbols stand for, each under a name that no letter has
        self._groups = [tuple(compiled(mapped(rule, self._leaf)) for rule in group) for group in groups]
        self._values = [(name, compiled(value)) for value, name in self._names.items()]

    def _leaf(self, leaf: Formula) -> Formula:
        if not isinstance(leaf, Symbol) or leaf.value is None or isinstance(leaf.value, Number):
            return leaf
        return Symbol(self._names.setdefault(leaf.value, f"={len(self._names)}"))

    def at(self, point: Point) -> list[tuple[Exact, ...] | None]:
        """What each group gives; None where one of its rules gives nothing, or has a letter that is not drawn."""
        known = dict(point)
        for name, value in self._values:
            found = _given((value,), point)
            if found is not None:
                known[name] = found[0]  # type: ignore[assignment]
        return [_given(group, known) for group in self._groups]


def _given(rules: tuple[Evaluator, ...], point: Point) -> tuple[Exact, ...] | None:
    try:
        values = tuple([rule(point) for rule in rules])
    except (SymparamsError, KeyError):
        return None
    for value in values:
        if type(value) is not int:
            return tuple(map(_whole, values))
    return values


def _whole(value: Exact) -> Exact:
    """A fraction that is a whole number as a whole number: they are written differently."""
    return value.numerator if value.denominator == 1 else value
