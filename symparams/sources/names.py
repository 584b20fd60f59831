"""What a name in an expression means: a parameter, a `let`, or a free symbol."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from symparams import limits
from symparams.algebra.evaluation import number
from symparams.algebra.formula import (
    CHANNELS,
    Formula,
    Function,
    Quotient,
    Symbol,
    as_formula,
    count_leaves,
    parts,
    size_and_depth,
    symbols,
)
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import mapped
from symparams.errors import LimitError, Place, Source, Span, SymparamsError, nearest
from symparams.sources.records import Let
from symparams.sources.words import WORDS

_DEPTH = 2 * limits.NESTING  # of an expression, values put in


class Names:
    """The letters of a file: those with a value and those that are free."""

    def __init__(
        self, source: Source, lets: Mapping[str, Let], given: Mapping[str, Formula], reserved: frozenset[str]
    ) -> None:
        self.source = source
        self.lets = lets
        self.given = given  # from --set: wins over let
        self.reserved = reserved
        self._found: dict[str, Formula | None] = {}  # name: value, None if free; in order of appearance
        self._counted = [0, 0]  # letters with a value and free ones
        for name, let in lets.items():
            self.symbol(name, let.at)

    def all(self) -> dict[str, Formula | None]:
        """Every letter that has appeared, with its value if it has one."""
        return dict(self._found)

    def check_word(self, name: str, at: Span) -> None:
        """A word of the language cannot be a symbol or name a point."""
        if name.casefold() in self.reserved or name in WORDS:
            raise self._error(f"`{name}` is a word of the language and cannot be a symbol or a name", at, name)

    def symbol(self, name: str, at: Span) -> Symbol:
        """The letter, with its value if it has one."""
        if name not in self._found:
            self._work_out(name, at)
        return Symbol(name, self._found[name])

    def _work_out(self, name: str, at: Span) -> None:
        """Find a letter's value, first those of the letters in it: in a loop, since there may be a thousand of them."""
        opened = {name: self._letters_in(name, at)}
        while opened:
            name, letters = next(reversed(opened.items()))
            wanted = next((letter for letter in letters if letter not in self._found), None)
            if wanted is None:
                self._found[name] = self._value(name, at)
                del opened[name]
            elif wanted in opened:
                round_trip = " -> ".join([*opened, wanted])
                raise self._error(f"{wanted} is given by itself: {round_trip}", at, wanted)
            else:
                opened[wanted] = self._letters_in(wanted, at)

    def _letters_in(self, name: str, at: Span) -> Iterator[str]:
        """The letters in what a letter is given by."""
        given = self._given(name)
        self._counted[given is None] += 1
        if self._counted[given is None] > limits.LETTERS:
            raise self.error(f"more than {limits.LETTERS:,} letters, which is the limit", at, LimitError)
        self.check_word(name, at)
        if "." in name:
            raise self._error(f"`{name}` is not a symbol: a symbol has no dot", at, name)
        return (symbol.name for symbol in symbols(given)) if given is not None else iter(())

    def _given(self, name: str) -> Formula | None:
        """What a letter is given by, as it was written; --set L=L sets a letter free again."""
        value = self.given.get(name) or (self.lets[name].value if name in self.lets else None)
        return None if value == Symbol(name) else value

    def _value(self, name: str, at: Span) -> Formula | None:
        given = self._given(name)
        if given is None:
            return None
        stated = self.lets[name].at if name in self.lets else at
        resolved = mapped(given, lambda leaf: self.symbol(leaf.name, at) if isinstance(leaf, Symbol) else leaf)
        if size_and_depth(resolved)[1] > limits.NESTING:  # F50 = F49 + 1, F49 = F48 + 1 …: put together, F50 = F + 50
            try:
                resolved = as_formula(simplified(resolved))
            except SymparamsError as error:
                error.place = error.place or Place(self.source, *stated)
                raise
        self.check(resolved, stated)
        return resolved

    def check(self, formula: Formula, at: Span) -> None:
        """Raise SymparamsError for an expression that is too large, or that has no value."""
        try:
            leaves, depth = size_and_depth(formula)
            if leaves > limits.EXPRESSION:
                raise LimitError(f"an expression with more than {limits.EXPRESSION:,} terms, which is the limit")
            if depth > _DEPTH:
                raise LimitError(f"an expression nested more than {_DEPTH} deep, which is the limit")
            number(formula)
        except SymparamsError as error:
            error.place = error.place or Place(self.source, *at)
            raise

    def resolved(
        self, formula: Formula, local: Callable[[str], Formula | None], channels: Callable[[], Formula], at: Span
    ) -> Formula:
        """The formula with every name given its meaning; `local` knows parameters and loop variables."""

        def meaning(leaf: Formula) -> Formula:
            if not isinstance(leaf, Symbol):
                return leaf
            value = local(leaf.name)
            if value is not None:
                return value
            return channels() if leaf.name == CHANNELS else self.symbol(leaf.name, at)

        if _has_sum(formula):
            raise self._error("a sum over copies is a result and cannot be an argument", at, "sum")
        result = mapped(formula, meaning)
        self.check(result, at)
        return computed(result)

    def check_given(self, given: Mapping[str, Formula]) -> None:
        """Every name given a value from outside must be a letter of the network."""
        for name in given:
            if name not in self._found:
                known = ", ".join(self._found) or "no letters"
                raise SymparamsError(
                    f"there is no symbol `{name}` to set{nearest(name, self._found)}; the network has {known}"
                )

    def error(self, matter: str, at: Span, kind: type[SymparamsError] = SymparamsError) -> SymparamsError:
        """An error at a place of the source."""
        return kind(matter, Place(self.source, *at))

    def _error(self, matter: str, at: Span, name: str) -> SymparamsError:
        return SymparamsError(matter, Place(self.source, *at).at_word(name))


def _has_sum(formula: Formula) -> bool:
    return (isinstance(formula, Function) and formula.name == "sum") or any(map(_has_sum, parts(formula)))


def computed(formula: Formula) -> Formula:
    """The formula worked out where no symbol with a value and no division wants to be shown: 4·64 is 256."""
    if not parts(formula) or _keeps(formula):
        return formula
    value = as_formula(simplified(formula))
    return value if count_leaves(value) < count_leaves(formula) else formula


def _keeps(formula: Formula) -> bool:
    if isinstance(formula, (Quotient, Function)) or (isinstance(formula, Symbol) and formula.value is not None):
        return True
    return any(map(_keeps, parts(formula)))
