"""Two networks side by side: difference and ratio of a quantity, as formulas and as numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from symparams.algebra.equality import expanded, same
from symparams.algebra.evaluation import divided
from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Number, Quotient, Symbol, Value, as_formula
from symparams.algebra.normal_form import (
    UNIT,
    Poly,
    common_number,
    expanded_product,
    formula_of,
    is_constant,
    join,
    minus,
    scaled,
    value_of,
)
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.rounding import cleared
from symparams.algebra.shortest_form import factored, shortest, small
from symparams.algebra.simplification import poly
from symparams.algebra.solving import letters_of
from symparams.algebra.sympy_bridge import cancelled as in_lowest_terms
from symparams.errors import SymparamsError, nearest
from symparams.frozen import Frozen
from symparams.model.network import Network
from symparams.quantities.totals import TotalQuantity, sum_over_layers, total_of
from symparams.questions.cancelling import Cancelled, cancelled
from symparams.questions.domain import both, domain
from symparams.questions.layer_amounts import LayerAmount, layer_amounts, rule_over_layers
from symparams.questions.verdict import Verdict, verdict


@dataclass(frozen=True)
class Side:
    """One of the two networks."""

    letter: str  # A or B
    title: str  # of the network, or of its file
    network: Network  # as it was built
    what: TotalQuantity  # the quantity that is compared

    @property
    def total(self) -> Value:
        """The quantity, in the shortest of its forms."""
        return shortest(total_of(self.network, self.what), self.network.facts)

    @property
    def only(self) -> LayerAmount | None:
        """Its only layer that has some of it, if it is one and stands for no copies."""
        first = self.amounts[0] if len(self.amounts) == 1 else None
        return None if first is None or len(first.names) > 1 or first.stands_for_copies else first

    @property
    def lines(self) -> tuple[Formula, ...]:
        """The sum over the layers, or of the only one its rule with the values; then what it gives."""
        sums = sum_over_layers(self.network, self.what) if self.only is None else self.only.derivation.substitution
        return _different([sums, as_formula(self.total)])

    @property
    def lines_with_rule(self) -> tuple[Formula, ...]:
        """The same, before it the rule of the only layer."""
        return self.lines if self.only is None else _different([self.only.derivation.rule, *self.lines])

    @property
    def layers(self) -> int:
        """How many layers it has; an input is none."""
        return sum(node.layer.inputs != "none" and node.kind != "copies" for node in self.network.nodes)

    @cached_property
    def amounts(self) -> list[LayerAmount]:
        """What its layers have of it, equal ones once."""
        return layer_amounts(self.network, self.what)

    @property
    def symbol(self) -> Symbol:
        """What its total is called: P_A."""
        return Symbol(f"{self.what.letter}_{self.letter}")


@dataclass(frozen=True)
class Comparison:
    """The first network against the second."""

    sides: tuple[Side, Side]  # the networks, A and B
    given: Frozen[str, Formula]  # values that were put in for letters afterwards
    verdict: Verdict  # which of them has fewer, and for which values of the letters
    values: tuple[Value, Value] | None = None  # the totals with these values

    @property
    def what(self) -> TotalQuantity:
        """The quantity that is compared."""
        return self.sides[0].what

    @cached_property
    def facts(self) -> Facts:
        """What is given for either network."""
        return _facts_of_both([side.network for side in self.sides])

    @cached_property
    def totals(self) -> tuple[Value, Value]:
        """That of the first network and of the second."""
        return self.sides[0].total, self.sides[1].total

    @cached_property
    def _open(self) -> tuple[Poly, Poly]:
        return _opened(self.totals, self.facts)

    # ------------------------------------------------------------ difference

    @cached_property
    def difference(self) -> Value:
        """The second minus the first."""
        return shortest(value_of(minus(self._open[1], self._open[0])), self.facts)

    @property
    def difference_lines(self) -> tuple[Formula, ...]:
        """The difference of the totals, and what it comes to."""
        first, second = map(as_formula, self.totals)
        product = factored(minus(self._open[1], self._open[0])) if self._small else None
        lines = [second - first, as_formula(value_of(minus(self._open[1], self._open[0]))), as_formula(self.difference)]
        return _different([*lines, product] if product is not None else lines)

    @cached_property
    def larger_minus_smaller(self) -> Value:
        """The difference so that it is not below zero, where its sign is certain; in its shortest form."""
        turned = scaled(minus(self._open[0], self._open[1]), self.verdict.sign or 1)
        parts = self.verdict.parts
        product = factored(turned) if self._small and parts else None
        if product is None and len(parts) == 1:
            content = as_formula(common_number(turned))
            product = content * parts[0].formula if same(content * parts[0].formula, value_of(turned)) else None
        return shortest(value_of(turned), self.facts) if product is None else product

    # ------------------------------------------------------------ ratio

    @property
    def _small(self) -> bool:
        return all(map(small, self._open))

    @cached_property
    def _lowest(self) -> tuple[Poly, Poly]:
        """Top and bottom of the ratio, cancelled."""
        (top, below_top), (bottom, below_bottom) = (cleared(p, {UNIT: 1}) for p in self._open)
        top, bottom = expanded_product(top, below_bottom), expanded_product(bottom, below_top)
        if is_constant(top) and is_constant(bottom):
            ratio = Fraction(top.get(UNIT, 0)) / Fraction(bottom[UNIT])
            return {UNIT: ratio.numerator}, {UNIT: ratio.denominator}
        return in_lowest_terms(top, bottom) if small(top) and small(bottom) else (top, bottom)

    @property
    def lowest(self) -> tuple[Formula, Formula]:
        """Two formulas that are to one another as the totals, as small as they get."""
        top, bottom = (as_formula(shortest(value_of(p), self.facts)) for p in self._lowest)
        return top, bottom

    @cached_property
    def ratio(self) -> Value | None:
        """The first over the second in the shortest form; None if the second is 0."""
        if 0 in self.totals:
            return None if self.totals[1] == 0 else 0
        top, bottom = self._lowest
        if is_constant(top) and is_constant(bottom):
            return divided(top[UNIT], bottom[UNIT])
        forms: list[Value] = [_over(top, bottom, self.facts)]
        if len(bottom) == 1:  # divided term by term
            ((mono, coefficient),) = bottom.items()
            inverse = tuple((atom, -exponent) for atom, exponent in mono)
            forms.append(value_of({join(m, inverse): divided(c, coefficient) for m, c in top.items()}))
        return min(forms, key=lambda form: len(shown(form, PLAIN)))

    @cached_property
    def ratio_lines(self) -> tuple[Formula, ...]:
        """The totals as a fraction, factored, cancelled, and the ratio."""
        if self.ratio is None:
            return ()
        top, bottom = map(as_formula, self.totals)
        lines: list[Formula] = [Quotient(top, bottom)]
        if self._small and self.ratio != 0 and isinstance(self.ratio, Formula):
            lines.append(Quotient(*(factored(p) or as_formula(value_of(p)) for p in self._open)))
            lines.append(as_formula(_over(*self._lowest, self.facts)))
        if isinstance(self.ratio, Fraction):
            lines.append(Quotient(Number(self.ratio.numerator), Number(self.ratio.denominator)))
        else:
            lines.append(as_formula(self.ratio))
        return _different(lines)

    @cached_property
    def limit(self) -> Fraction | None:
        """What the ratio comes close to as its only letter grows; None where it has none or is constant."""
        if self.ratio is None or not isinstance(self.ratio, Formula):
            return None
        top, bottom = self._lowest
        atoms = {atom for m in (*top, *bottom) for atom, _ in m}
        if len(atoms) != 1 or not isinstance(next(iter(atoms)), Symbol):
            return None
        (high, above), (low, below) = (max((sum(e for _, e in m), c) for m, c in p.items()) for p in (top, bottom))
        return Fraction(above) / Fraction(below) if high == low else Fraction(0) if high < low else None

    @property
    def grows(self) -> Symbol:
        """The letter of the limit."""
        return Symbol(next(iter(letters_of(as_formula(self.ratio or 0)))))

    @property
    def number_of_values(self) -> Fraction | None:
        """The ratio with the values that were given."""
        if self.values is None:
            return None
        first, second = self.values
        if isinstance(first, Formula) or isinstance(second, Formula) or second == 0:
            return None
        return Fraction(first) / Fraction(second)

    @cached_property
    def cancelled(self) -> Cancelled | None:
        """What both have in common, and the ratio taken apart; None where that shows nothing."""
        if any(isinstance(total, Formula) for total in self.totals):
            first, second = (formula_of(p) for p in self._open)
        else:
            first, second = (rule_over_layers(side.network, self.what) for side in self.sides)
        return cancelled(first, second)


Build: TypeAlias = "Callable[[Mapping[str, Formula]], Network]"  # a network with values for some of its letters


def compared(
    builds: Sequence[Build], titles: Sequence[str], given: Mapping[str, Formula], what: TotalQuantity
) -> Comparison:
    """Two networks compared; numbers among `given` are put in at the end, expressions at once."""
    formulas = {name: value for name, value in given.items() if letters_of(value)}
    closed = [build(given) for build in builds]
    known = {name for network in closed for name in network.symbols}
    for name in given:
        if name not in known:
            listed = f"they have {', '.join(known)}" if known else "they have no letters"
            raise SymparamsError(f"there is no symbol `{name}` to set in the networks{nearest(name, known)}; {listed}")
    try:
        networks = closed if len(formulas) == len(given) else [build(formulas) for build in builds]
    except SymparamsError:  # a number of copies, which must be known
        networks = closed
    for letter in {letter: None for network in networks for letter in network.ranges}:
        if both(domain(networks[0], letter), domain(networks[1], letter)).numbers.is_empty:
            raise SymparamsError(f"no value of `{letter}` is allowed in both networks, as their ranges are")
    sides = [
        Side(letter, network.title or title, network, what)
        for letter, network, title in zip("AB", networks, titles, strict=True)
    ]
    facts = _facts_of_both(networks)
    first, second = (side.total for side in sides)
    open_ = _opened((first, second), facts)
    base = given if networks is closed else formulas

    def totals(values: Mapping[str, Formula]) -> tuple[Value, Value]:
        one, other = (total_of(build({**base, **values}), what) for build in builds)
        return one, other

    found = verdict(open_, networks, facts, totals)
    pair = (sides[0], sides[1])
    if networks is closed or not (isinstance(first, Formula) or isinstance(second, Formula)):
        return Comparison(pair, Frozen(given), found)
    one, other = (shortest(total_of(network, what), network.facts) for network in closed)
    return Comparison(pair, Frozen(given), found, (one, other))


def _facts_of_both(networks: Sequence[Network]) -> Facts:
    one, other = (network.facts for network in networks)
    lower = one.lower | {x: max(n, one.lower.get(x, n)) for x, n in other.lower.items()}
    upper = one.upper | {x: min(n, one.upper.get(x, n)) for x, n in other.upper.items()}
    return Facts(
        lower,
        upper,
        other.remainder | one.remainder,
        other.equal | one.equal,
        (*one.at_least_zero, *other.at_least_zero),
        one.whole | other.whole,
    )


def _opened(totals: tuple[Value, Value], facts: Facts) -> tuple[Poly, Poly]:
    first, second = (expanded(poly(as_formula(v), facts), facts) for v in totals)
    return first, second


def _over(top: Poly, bottom: Poly, facts: Facts) -> Value:
    above, below = shortest(value_of(top), facts), shortest(value_of(bottom), facts)
    return above if below == 1 else Quotient(as_formula(above), as_formula(below))


def _different(lines: list[Formula]) -> tuple[Formula, ...]:
    """The lines, each once."""
    texts = {shown(line, PLAIN): line for line in reversed(lines)}
    return tuple(dict.fromkeys(texts[shown(line, PLAIN)] for line in lines))
