"""`where` -> facts: bounds, remainders and equalities that algebra can use."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from symparams import limits
from symparams.algebra.equality import largest_letter, smallest_letter, without_floor
from symparams.algebra.evaluation import number
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Function, Symbol, Value, as_formula, size_and_depth, symbols
from symparams.algebra.normal_form import UNIT, Poly, formula_of, is_constant, minus, plus, scaled
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.simplification import at_least_zero, below_zero, poly, simplified
from symparams.errors import LimitError, Place, SymparamsError, clean
from symparams.sources.names import Names
from symparams.sources.printer import written_range
from symparams.sources.records import Fact, Range

_HOLDS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def facts_of(stated: Sequence[Fact], names: Names) -> Facts:
    """What the facts of a file say together; a fact that cannot hold is an error that names what it contradicts."""
    facts = Facts()
    said: list[tuple[Fact, Formula, Formula]] = []
    written = [fact for fact in stated if fact.range is None]
    if len(written) > limits.ARGUMENTS:
        message = f"more than {limits.ARGUMENTS:,} facts, which is the limit"
        raise LimitError(message, Place(names.source, *written[limits.ARGUMENTS].at))
    for fact in sorted(stated, key=_strength):
        sides = resolved(fact, names)
        try:
            facts = _Reading(fact, names, facts, said).learned(sides[0], fact.relation, sides[1])
        except SymparamsError as error:
            error.place = error.place or Place(names.source, *fact.at)
            raise
        said.append((fact, sides[0], sides[1]))
    return facts


def resolved(fact: Fact, names: Names) -> tuple[Formula, Formula]:
    """Both sides, with every name given its meaning."""
    left, right = (names.resolved(side, _no_local, _no_channels, fact.at) for side in (fact.left, fact.right))
    return left, right


def _strength(fact: Fact) -> int:
    """Equalities are taken in first, then remainders, then bounds: so their order in the text does not matter."""
    if fact.relation != "==":
        return 2
    sides = (fact.left, fact.right)
    return 1 if any(isinstance(side, Function) and side.name == "mod" for side in sides) else 0


def _no_local(name: str) -> None:
    return None


def _no_channels() -> Formula:
    raise SymparamsError("`channels` has no meaning in a fact")


class _Reading:
    """One fact being taken in."""

    def __init__(self, fact: Fact, names: Names, facts: Facts, said: Sequence[tuple[Fact, Formula, Formula]]) -> None:
        self.fact, self.names, self.facts, self.said = fact, names, facts, said

    def learned(self, left: Formula, relation: str, right: Formula) -> Facts:
        known_left, known_right = number(left), number(right)
        if known_left is not None and known_right is not None:
            if not _HOLDS[relation](Fraction(known_left), Fraction(known_right)):
                raise self._contradiction(left, right)
            return self.facts
        if relation == "==" and isinstance(left, Function) and left.name == "mod":
            return self._remainder(left.arguments, right)
        if relation == "==" and isinstance(right, Function) and right.name == "mod":
            return self._remainder(right.arguments, left)
        difference = minus(poly(left, self.facts), poly(right, self.facts))
        if is_constant(difference):
            if not _HOLDS[relation](Fraction(difference.get(UNIT, 0)), Fraction(0)):
                raise self._contradiction(left, right)
            return self.facts
        if relation == "==":
            return self._equal(left, right)
        if relation == "!=":
            return self.facts
        if relation in ("<", "<="):
            difference = minus({}, difference)
        if relation in ("<", ">"):  # a whole number above 0 is at least 1
            difference = scaled(difference, lcm(*(c.denominator for c in difference.values())))
            difference = minus(difference, {UNIT: 1})
        return self._at_least_zero(difference, left, right)

    def _at_least_zero(self, difference: Poly, left: Formula, right: Formula) -> Facts:
        slack = without_floor(difference)
        together = [plus((slack, poly(fact))) for fact in self.facts.at_least_zero]
        if any(below_zero(p, self.facts) for p in (slack, *together)):
            raise self._contradiction(left, right)
        low = smallest_letter(slack)
        if low is not None:
            name, least = low[0].name, max(low[1], self.facts.lower.get(low[0].name, 1))
            return _with(self.facts, lower=self.facts.lower | {name: least})
        high = largest_letter(slack)
        if high is not None:
            name, most = high[0].name, min(high[1], self.facts.upper.get(high[0].name, high[1]))
            return _with(self.facts, upper=self.facts.upper | {name: most})
        return _with(self.facts, at_least_zero=(*self.facts.at_least_zero, formula_of(slack)))

    def _remainder(self, sides: tuple[Formula, ...], rest: Formula) -> Facts:
        top, bottom = sides
        modulus, remainder = number(bottom), number(rest)
        if modulus == 0:
            raise SymparamsError("division by zero")
        known_remainder = simplified(Function("mod", sides), self.facts)
        if isinstance(known_remainder, int) and isinstance(remainder, int):
            if known_remainder != remainder:
                raise self._contradiction(Function("mod", sides), rest)
            return self.facts
        if remainder == 0:
            whole = self.facts.whole | {(formula_of(poly(top, self.facts)), formula_of(poly(bottom, self.facts)))}
            facts = _with(self.facts, whole=whole)
        else:
            facts = self.facts
        if not isinstance(modulus, int) or not isinstance(remainder, int):
            return facts
        if not 0 <= remainder < modulus:
            raise self._contradiction(Function("mod", sides), rest)
        solved = _solved(poly(top, self.facts), modulus, remainder)
        if solved is None:
            return facts
        letter, residue = solved
        combined = None if residue is None else _both(facts.remainder.get(letter, (1, 0)), residue)
        if combined is None:
            raise self._contradiction(Function("mod", sides), rest)
        return _with(facts, remainder=facts.remainder | {letter: combined})

    def _equal(self, left: Formula, right: Formula) -> Facts:
        for one, other in ((left, right), (right, left)):
            letter = _letter(one)
            if letter is None:
                continue
            value = poly(other, self.facts)
            if letter in {s.name for s in symbols(formula_of(value))}:
                continue
            known: Value = formula_of(value)
            if size_and_depth(as_formula(known))[0] > limits.SIZE:
                raise LimitError(f"a value with more than {limits.SIZE} terms, which is the limit")
            low = minus(value, {UNIT: self.facts.lower.get(letter, 1)})
            if below_zero(low, self.facts) or self._breaks_remainder(letter, known):
                raise self._contradiction(left, right)
            return _with(self.facts, equal=self.facts.equal | {letter: as_formula(known)})
        difference = minus(poly(left, self.facts), poly(right, self.facts))
        if (is_constant(difference) and difference) or below_zero(difference, self.facts):
            raise self._contradiction(left, right)
        if not is_constant(difference) and at_least_zero(minus(difference, {UNIT: 1}), self.facts):
            raise self._contradiction(left, right)
        return self.facts

    def _breaks_remainder(self, letter: str, value: Value) -> bool:
        modulus, remainder = self.facts.remainder.get(letter, (1, 0))
        known = number(as_formula(value))
        high = self.facts.upper.get(letter)
        if known is None:
            return False
        return known % modulus != remainder or (high is not None and known > high)

    def _contradiction(self, left: Formula, right: Formula) -> SymparamsError:
        """Name the fact and what it contradicts: the values put in, or the facts before it."""
        mentioned = list(dict.fromkeys(s.name for side in (left, right) for s in symbols(side)))
        values = [f"{name} = {shown(v, SOURCE)}" for name in mentioned if (v := self.names.all().get(name)) is not None]
        earlier = [
            written_fact(fact)
            for fact, *sides in self.said
            if any(s.name in mentioned for side in sides for s in symbols(side))
        ]
        against = " and ".join(dict.fromkeys([*values, *earlier]))
        if against:
            kind = "fact" if self.fact.range is None else "range"
            message = f"the {kind} {written_fact(self.fact)} contradicts {against}"
        else:
            message = f"the fact {written_fact(self.fact)} can never hold; symbols are positive whole numbers"
        return SymparamsError(message, Place(self.names.source, *self.fact.at))


def _solved(p: Poly, modulus: int, remainder: int) -> tuple[str, tuple[int, int] | None] | None:
    """(x, (m, r)) if p % modulus == remainder means x % m == r for its only letter; (x, None) if it cannot be."""
    rest = [(m, c) for m, c in p.items() if m]
    if len(rest) != 1 or len(rest[0][0]) != 1 or any(c.denominator != 1 for c in p.values()):
        return None
    ((atom, exponent),), factor = rest[0]
    if not isinstance(atom, Symbol) or exponent != 1:
        return None
    shared = gcd(int(factor), modulus)
    wanted = (remainder - int(p.get(UNIT, 0))) % modulus
    if wanted % shared:
        return atom.name, None
    smaller = modulus // shared
    return atom.name, (smaller, wanted // shared * pow(int(factor) // shared, -1, smaller) % smaller)


def written_fact(fact: Fact) -> str:
    """A fact in the language."""
    if fact.range is not None:
        return written_shortly(fact.range)
    return f"{shown(fact.left, SOURCE)} {fact.relation} {shown(fact.right, SOURCE)}"


def written_shortly(stated: Range) -> str:
    """k in 3, 5, 7; cut where it is long."""
    return clean(written_range(stated), 100)


def _letter(formula: Formula) -> str | None:
    return formula.name if isinstance(formula, Symbol) and formula.value is None else None


def _with(facts: Facts, **changes: Any) -> Facts:
    return dataclasses.replace(facts, **changes)


def _both(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int] | None:
    """The remainder that says both (Chinese remainder theorem); None if they exclude each other."""
    (m, r), (n, s) = one, other
    shared = gcd(m, n)
    if (s - r) % shared:
        return None
    step = (s - r) // shared * pow(m // shared, -1, n // shared) % (n // shared)
    both = m * n // shared
    return both, (r + m * step) % both
