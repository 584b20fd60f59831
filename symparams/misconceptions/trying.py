"""Edits tried on rules: which are worth it, and what they make of a right rule or of one that is wrong already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from symparams import extensions
from symparams.algebra.formula import Formula
from symparams.errors import SymparamsError
from symparams.layers.spelling import Spelling
from symparams.misconceptions.families import CATALOGUE
from symparams.misconceptions.forms import editing
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.roles import offers
from symparams.misconceptions.surroundings import intact
from symparams.misconceptions.task import Subject, Task
from symparams.model.layer import Layer

_CONCERNING: dict[tuple[object, ...], tuple[Misconception, ...]] = {}  # by kind, quantity and extensions in use
_WAYS = 6  # ways to make one mistake in one layer that are looked at


def worth_a_try(kind: type[Layer], quantity: str) -> tuple[Misconception, ...]:
    """The misconceptions that may concern a quantity of a kind of layers, those beside it in an extension too."""
    key = (kind, quantity, extensions.in_use())
    if key not in _CONCERNING:
        others = extensions.beside("misconception", kind.__module__, ("quantity", quantity))
        every = sorted([*CATALOGUE.values(), *others], key=lambda m: -m.credit)
        _CONCERNING[key] = tuple(m for m in every if m.concerns(kind, quantity))
    return _CONCERNING[key]


def sensible(task: Task) -> tuple[Misconception, ...]:
    """Those among them whose tensors the layer has."""
    concerning, has = worth_a_try(type(task.derived.layer), task.quantity), offers(task.derived)
    kinds = task.network.kinds
    return tuple(
        m for m in concerning if (m.needs is None or m.needs in has) and (not m.beside or _stands_in(kinds, m.beside))
    )


@lru_cache(256)
def _stands_in(kinds: frozenset[type[Layer]], wanted: tuple[type[Layer], ...]) -> bool:
    """Whether one of these kinds is in a network, or a framework's name that may mean it."""
    return any(issubclass(kind, (*wanted, Spelling)) for kind in kinds)


def of_right(misconception: Misconception, task: Task) -> Iterable[tuple[Formula, ...]]:
    """What a misconception makes of the right rules; equal layers on equal inputs share it."""
    if misconception.around:
        return edited(misconception, task.right)
    if misconception not in task.kept:
        by_form = editing(task.right[0]) if misconception.formal and len(task.right) == 1 else None
        filled = None if by_form is None else by_form.made(misconception, ways_of)
        rules = edited(misconception, task.right) if filled is None else ((one.rule,) for one in filled)
        task.kept[misconception] = tuple(rules)
    wrong_rules: tuple[tuple[Formula, ...], ...] = task.kept[misconception]
    return wrong_rules


def edited(misconception: Misconception, subjects: Sequence[Subject]) -> Iterator[tuple[Formula, ...]]:
    """The rules as a misconception changes them; where it changes several, all in the same way."""
    ways = [ways_of(misconception, subject) for subject in subjects]
    if not any(ways):
        return
    for i in range(max(map(len, ways))):
        yield tuple(way[min(i, len(way) - 1)] if way else s.rule for way, s in zip(ways, subjects, strict=True))


def ways_of(misconception: Misconception, subject: Subject) -> list[Formula]:
    """The wrong rules that can be worked out, the likeliest."""
    if misconception.whole and not intact(subject):
        return []
    try:
        rules = list(islice(misconception.edit(subject), _WAYS))
    except SymparamsError:
        return []
    except Exception as error:
        if not extensions.reported(error):
            raise
        return []
    if not rules:
        return rules
    if not all(isinstance(rule, Formula) for rule in rules):
        origin = extensions.whose(misconception.edit.__module__)
        extensions.tell(f"{origin}: the edit of `{misconception.name}` gives something other than formulas")
        return []
    return [rule for rule in rules if rule != subject.rule]
