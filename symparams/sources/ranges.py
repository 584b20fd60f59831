"""`range` -> the values of a letter, and the facts that they state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symparams import limits
from symparams.algebra.choices import Choices
from symparams.algebra.evaluation import number
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Function, Number, Symbol, symbols
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.simplification import simplified
from symparams.algebra.solving import SIGNS, letters_of, value_for
from symparams.errors import EXPRESSION, LimitError, Place, RangeError, Span, SymparamsError
from symparams.sources.names import Names
from symparams.sources.printer import written_piece
from symparams.sources.records import Fact, Piece, Range
from symparams.sources.stated_facts import resolved, written_fact, written_shortly

_TRIED = 10_000  # values that are put into facts; what these exclude beyond is left to whoever draws from a range


@dataclass(frozen=True, slots=True)
class Ranges:
    """The letters with a range, but those that have a number as their value."""

    names: Names
    stated: Mapping[str, Range]  # as they are written
    choices: Mapping[str, Choices]  # their values

    def facts(self) -> list[Fact]:
        """Bounds, and the remainder that all values of a letter share."""
        range_facts: list[Fact] = []
        for name, choices in self.choices.items():
            letter, stated = Symbol(name), self.stated[name]
            modulus, rest = choices.remainder
            says: list[tuple[Formula, str, int]] = [(letter, ">=", choices[0]), (letter, "<=", choices[-1])]
            if modulus > 1:
                says.append((Function("mod", (letter, Number(modulus))), "==", rest))
            elif not modulus:
                says = [(letter, "==", rest)]
            range_facts += [Fact(left, sign, Number(right), stated.at, stated) for left, sign, right in says]
        return range_facts

    def narrowed(self, facts: Sequence[Fact]) -> Ranges:
        """Without the values that a fact on the letter alone excludes, where there are few to try."""
        choices, tried = dict(self.choices), 0
        earlier = {name: [written_shortly(self.stated[name])] for name in choices}
        for fact in facts if choices else ():
            left, right = resolved(fact, self.names)
            name, *others = {s.name for side in (left, right) for s in symbols(side)} or {""}
            if others or name not in choices or tried + len(choices[name]) > _TRIED:
                continue
            tried += len(choices[name])
            kept = [n for n in choices[name] if _may_hold(left - right, fact.relation, name, n)]
            if not kept:
                message = f"the fact {written_fact(fact)} contradicts {' and '.join(earlier[name])}"
                raise SymparamsError(message, Place(self.names.source, *fact.at))
            if len(kept) < len(choices[name]):
                choices[name] = Choices(range(n, n + 1) for n in kept)
                earlier[name].append(written_fact(fact))
        return Ranges(self.names, self.stated, choices)

    def within(self, facts: Facts, said: Sequence[Fact]) -> dict[str, Choices]:
        """The values that the facts, put together of what is said, leave as far as bounds say so."""
        remaining: dict[str, Choices] = {}
        for name, choices in self.choices.items():
            value = simplified(Symbol(name), facts)
            if isinstance(value, Formula):
                remaining[name] = choices.between(facts.lower.get(name, 1), facts.upper.get(name))
            else:
                remaining[name] = Choices(
                    [range(value, value + 1)] if isinstance(value, int) and value in choices else []
                )
            if not remaining[name]:
                against = [f for f in said if name in {s.name for side in (f.left, f.right) for s in symbols(side)}]
                texts = " and ".join(map(written_fact, against))
                message = f"no value of {written_shortly(self.stated[name])} fulfils {texts}"
                raise SymparamsError(message, Place(self.names.source, *against[-1].at))
        return remaining


def read_ranges(stated: Mapping[str, Range], names: Names) -> Ranges:
    """The values of every range; a letter that was given another value is an error."""
    choices_by_letter: dict[str, Choices] = {}
    for name, one in stated.items():
        symbol, choices = names.symbol(name, one.at), _choices(one, names)
        value = None if symbol.value is None else number(symbol.value)
        if value is None:
            choices_by_letter[name] = choices
        elif value not in choices:
            values = written_shortly(one).removeprefix(f"{name} in ")
            message = f"{name} = {shown(value, SOURCE)} is not in its range {values}"
            raise RangeError(message, Place(names.source, *one.at), name, choices)
    return Ranges(names, stated, choices_by_letter)


def _choices(stated: Range, names: Names) -> Choices:
    if len(stated.pieces) > limits.ARGUMENTS:
        message = f"a range with more than {limits.ARGUMENTS:,} items, which is the limit"
        raise LimitError(message, Place(names.source, *stated.pieces[limits.ARGUMENTS].at))
    pieces = [_values(piece, names) for piece in stated.pieces]
    try:
        return Choices(pieces)
    except SymparamsError as error:
        error.place = Place(names.source, *stated.at)
        raise


def _values(piece: Piece, names: Names) -> range:
    place = Place(names.source, *piece.at)
    first = _whole(piece.first, names, place, "a range holds positive whole numbers")
    if piece.last is None:
        return range(first, first + 1)
    last = _whole(piece.last, names, place, "a range holds positive whole numbers")
    step = 1
    if piece.step is not None:
        behind = Place(names.source, place.at_word("step").until, EXPRESSION)
        step = _whole(piece.step, names, behind, "the step of a range is a positive whole number")
    if last < first:
        raise SymparamsError(f"{written_piece(piece)} is empty: {first:,} is above {last:,}", place)
    if (last - first) // step >= limits.VALUES:
        raise LimitError(f"{written_piece(piece)} has more than {limits.VALUES:,} values, which is the limit", place)
    return range(first, last + 1, step)


def _whole(formula: Formula, names: Names, place: Place, wanted: str) -> int:
    """A number that must be positive and whole."""
    try:
        meant = names.resolved(formula, _no_local, _no_channels, Span(place.offset, place.until))
    except SymparamsError as error:
        error.place = error.place or place
        raise
    open_ = next(iter(letters_of(meant)), None)
    if open_ is not None:
        raise SymparamsError(f"{wanted}, but `{open_}` is a letter without a value", place.at_word(open_))
    value = number(meant)
    if not isinstance(value, int) or value < 1:
        raise SymparamsError(f"{wanted}, not {shown(meant if value is None else value, SOURCE)}", place)
    return value


def _no_local(name: str) -> None:
    return None


def _no_channels() -> Formula:
    raise SymparamsError("`channels` has no meaning in a range")


def _may_hold(difference: Formula, relation: str, letter: str, n: int) -> bool:
    value = value_for(difference, letter, n)
    return value is None or (value > 0) - (value < 0) in SIGNS[relation]
