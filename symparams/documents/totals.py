"""How a total comes out: a term for each layer, equal layers as one term, subtotals by kind or by macro."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias, get_args

from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Number, Product, Value, as_formula, total
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.shortest_form import shortest
from symparams.algebra.simplification import simplified
from symparams.algebra.sums import over_shown
from symparams.documents.entries import LayerEntry
from symparams.errors import SymparamsError, listed
from symparams.model.derived import Derived, added_over
from symparams.quantities.totals import TotalQuantity

By: TypeAlias = Literal["kind", "macro"]  # what layers may be added up by
BYS: tuple[By, ...] = get_args(By)
_LONG = 120  # so many characters of terms are too many for a sentence
_FEW = 6  # terms that are named in the sum itself; more of them stand in a table


@dataclass(frozen=True, slots=True)
class Part:
    """Layers of one kind that have the same amount: a term of a total."""

    layers: tuple[LayerEntry, ...]  # in reading order
    term: Formula  # what they have together, as it is written: 13·72
    value: Value  # the same, worked out
    share: Fraction | None  # of the total; None where letters leave it open, and for a single part

    @property
    def one(self) -> LayerEntry:
        """The first of them."""
        return self.layers[0]

    @property
    def last(self) -> LayerEntry:
        """The last of them."""
        return self.layers[-1]

    @property
    def many(self) -> int:
        """How many there are."""
        return len(self.layers)


@dataclass(frozen=True, slots=True)
class Subtotal:
    """What the layers of one kind, or those of one macro, have together."""

    name: str  # the heading of the layers, or the macro as it is used; empty: outside of all macros
    times: int  # how often the macro is used so; 1 for a kind
    layers: Value  # how many there are, each copy counted; those without any of the quantity are not
    value: Value  # what they have together
    share: Fraction | None  # of the total, as in a part


@dataclass(frozen=True, slots=True)
class Total:
    """The total of a quantity and how it comes out."""

    what: TotalQuantity  # which quantity
    value: Value  # in its shortest form
    parts: tuple[Part, ...]  # in the order of their first layers
    by: str  # what the subtotals are for: one of BYS; empty: there are none
    subtotals: tuple[Subtotal, ...]  # in reading order
    facts: Facts  # what is known of the letters

    @property
    def is_short(self) -> bool:
        """Whether every term can be named in the sum."""
        return len(self.parts) <= _FEW

    @property
    def layers(self) -> Value:
        """How many layers have some of it, each copy counted."""
        return _together(((entry, 1) for part in self.parts for entry in part.layers), self.facts)

    @property
    def has_shares(self) -> bool:
        """Whether the parts are compared with the whole."""
        return any(part.share is not None for part in self.parts)

    @property
    def terms(self) -> list[Formula]:
        """What the parts have, each as it is written."""
        return [part.term for part in self.parts]

    @property
    def terms_are_long(self) -> bool:
        """Whether the terms do not fit into a sentence."""
        return sum(len(shown(term, PLAIN)) for term in self.terms) > _LONG

    @property
    def is_its_sum(self) -> bool:
        """Whether it is written as the sum over its parts."""
        return as_formula(self.value) == total(self.terms)


def total_of(entries: Sequence[LayerEntry], what: TotalQuantity, value: Value, by: str, facts: Facts) -> Total:
    """The total of a quantity, which these layers have together."""
    amounts: dict[tuple[Derived, str | None, bool], Value] = {}
    having: list[tuple[LayerEntry, Value]] = []
    for entry in entries:
        key = (entry.node.derived, entry.shared, entry.frozen)
        if key not in amounts:
            amounts[key] = what.of_layer(entry.node)
        if amounts[key] != 0:
            having.append((entry, amounts[key]))
    groups: dict[object, list[tuple[LayerEntry, Value]]] = {}
    for entry, each in having:
        groups.setdefault((entry.heading, each, entry.repeats), []).append((entry, each))
    alone = len(groups) == 1
    parts = tuple(_part(group, 0 if alone else value, facts) for group in groups.values())
    return Total(what, value, parts, by, tuple(_subtotals(having, value, by, facts)) if by else (), facts)


def _part(group: Sequence[tuple[LayerEntry, Value]], whole: Value, facts: Facts) -> Part:
    entry, each = group[0]
    term = over_shown(as_formula(each), entry.repeats)
    if len(group) > 1:
        term = Product((Number(len(group)), term))
    value = _together(group, facts)
    return Part(tuple(one for one, _ in group), term, value, _share(value, whole))


def _together(having: Iterable[tuple[LayerEntry, Value]], facts: Facts) -> Value:
    return added_over(((each, entry.repeats) for entry, each in having), facts)


def _subtotals(having: Sequence[tuple[LayerEntry, Value]], whole: Value, by: str, facts: Facts) -> Iterable[Subtotal]:
    name = _NAMES[by]
    groups: dict[str, list[tuple[LayerEntry, Value]]] = {}
    for entry, each in having:
        groups.setdefault(name(entry), []).append((entry, each))
    if by == "macro" and set(groups) <= {""}:
        raise SymparamsError("no layer that counts here is in a macro (`def`); add up by kind instead")
    for text, group in groups.items():
        uses = {entry.node.macro for entry, _ in group} if text and by == "macro" else {None}
        value = shortest(_together(group, facts), facts)
        layers = _together(((entry, 1) for entry, _ in group), facts)
        yield Subtotal(text, len(uses), layers, value, _share(value, whole))


def _of_macro(entry: LayerEntry) -> str:
    return "" if entry.node.macro is None else entry.node.macro.text


_NAMES: dict[str, Callable[[LayerEntry], str]] = {"kind": lambda entry: entry.heading, "macro": _of_macro}


def statistics_of(entries: Iterable[LayerEntry], facts: Facts) -> Value:
    """How many parameters of these layers are measured, not trained."""
    known: dict[Derived, Value] = {}
    having = []
    for entry in (entry for entry in entries if entry.has_statistics and entry.shared is None):
        derived = entry.node.derived
        if derived not in known:
            measured = [t.size for t in derived.rules.counted if t.kind == "statistic"]
            known[derived] = simplified(total(measured), derived.facts)
        having.append((entry, known[derived]))
    return shortest(_together(having, facts), facts)


def check_by(by: str) -> None:
    """Raise SymparamsError for something that layers are not added up by."""
    if by and by not in BYS:
        raise SymparamsError(f"layers are added up by {listed(BYS, 'or')}, not by `{by[:60]}`")


def _share(value: Value, whole: Value) -> Fraction | None:
    return Fraction(value, whole) if isinstance(value, int) and isinstance(whole, int) and whole else None
