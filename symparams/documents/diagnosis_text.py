"""What templates say of an answer: the verdict, the mistakes, where they were made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Negative, Number, Quotient, Symbol, Value, as_formula, parts
from symparams.algebra.notation import PLAIN, shown
from symparams.algebra.simplification import simplified
from symparams.algebra.solving import letters_of
from symparams.documents.phrases import prose
from symparams.documents.two_ways import BothWays
from symparams.documents.vocabulary import Column, capital, columns
from symparams.errors import SymparamsError, listed
from symparams.quantities.totals import TOTALS, amount
from symparams.questions.diagnosis import Changed, Match

_SHOWN = 6  # layers that are listed
_SHORT = 24  # characters of an answer that a heading has room for


class DiagnosisText(BothWays):
    """A diagnosis spoken in a format."""

    def names(self) -> dict[str, Any]:
        return {
            **super().names(),
            "d": self.diagnosis,
            "heading": self.heading,
            "answered": self.answered,
            "verdict": self.verdict,
            "found": self.found,
            "made": self.made,
            "carried": self.carried,
            "way_rows": self.way_rows,
            "term_rows": self.term_rows,
            "more_terms": self.more_terms,
            "term_columns": self.term_columns,
            "apart": self.apart,
            "hint": self.hint,
            "convention_notes": self.convention_notes,
        }

    # ------------------------------------------------------------ what was asked and answered

    def asked(self) -> str:
        """The parameters of conv_2; the output shape of conv_2; the parameters of the network."""
        d = self.diagnosis
        return self._what(d.quantity, d.layer)

    def _what(self, quantity: str, layer: str | None, every_copy: bool = False) -> str:
        several = layer is not None and self.solution.network.node(layer).repeats
        every_copy = every_copy or quantity == "field"
        copy = ("all copies of " if every_copy else "one copy of ") if several else ""
        where = "the network" if layer is None else f"{copy}{self.format.named(layer)}"
        return f"{self._noun(quantity)} {'behind' if copy and quantity == 'field' else 'of'} {where}"

    def _noun(self, quantity: str) -> str:
        nouns = {"shape": "output shape", "field": "receptive field"}
        return nouns.get(quantity) or amount(quantity, self.diagnosis.settings).plural

    def heading(self) -> str:
        """What was asked, and the answer where it is short."""
        title = f"{self.format.escape(self.solution.title)}: {self.asked()}" if self.solution.title else self.asked()
        length = sum(len(shown(given, PLAIN)) for given in self.diagnosis.answer)
        return capital(title) + (f", answer {self._typed()}" if length <= _SHORT else "")

    def _typed(self) -> str:
        """The answer as it was given."""
        d = self.diagnosis
        return self._sizes(d.answer) if d.quantity in ("shape", "field") else self._number_or_math(d.answer[0])

    def _number_or_math(self, given: Formula) -> str:
        return self.number(self._worked(given)) if _is_plain(given) else self.math(given)

    def answered(self) -> str:
        """The answer as it was given, and what it comes to: (k² + 1)·F = 630."""
        d = self.diagnosis
        if d.quantity in ("shape", "field"):
            return self._sizes(d.answer)
        (given,) = d.answer
        return self._with_value(given)

    def _with_value(self, given: Formula) -> str:
        value = self._worked(given)
        return self.number(value) if _is_plain(given) else self.joined(given, value)

    def _worked(self, given: Formula) -> Value:
        try:
            known = number(given)
            value = simplified(given, self.solution.network.facts) if known is None else known
        except SymparamsError:
            return given
        return value if isinstance(value, (int, Formula)) else _fraction(value)

    def _sizes(self, answer: Iterable[Formula]) -> str:
        return self.size(tuple(each if letters_of(each) else self._worked(each) for each in answer))

    def _value(self) -> str:
        d = self.diagnosis
        return self.size(d.value) if d.quantity in ("shape", "field") else self.number(d.value[0])

    def verdict(self, gently: bool = False) -> str:
        """Right or wrong, with the right answer."""
        d = self.diagnosis
        what = f"{self.asked()} is" if d.quantity in ("shape", "field") else f"number of {self.asked()} is"
        if d.quantity == "shape" and d.note:
            are = "are" if len(d.right) > 1 else "is"
            what = f"{listed([x.axis for x in d.right])} of the {self.asked()} {are}"
        verdict = "Right" if d.correct else "Not quite" if gently else "Not right"
        return f"{verdict}: the {what} {self._value()}" + ("." if d.correct else f", not {self.answered()}.")

    def convention_notes(self) -> str:
        """How the quantity is counted."""
        framework = {"keras": "Keras", "torch": "PyTorch"}[self.diagnosis.network.convention]
        notes = [f"Counted as {framework} counts."]
        if self.diagnosis.quantity in TOTALS:
            told = amount(self.diagnosis.quantity, self.diagnosis.settings).convention
            notes += [f"{prose(told, self.format)}."] if told else []
        return " ".join(notes)

    def hint(self) -> str:
        """What can be said of an answer that nothing explains."""
        d = self.diagnosis
        if d.unclear:
            return capital(d.unclear) + "."
        letters = [name for name in d.network.symbols if any(name in letters_of(as_formula(v)) for v in d.value)]
        if letters and not any(letters_of(given) for given in d.answer):
            names = listed([self.math(Symbol(name)) for name in letters])
            return f"The right answer depends on {names}; a number cannot be right for all values."
        if len(d.answer) > 1 or d.quantity in ("shape", "field"):
            return ""
        given, right = self._worked(d.answer[0]), d.value[0]
        if isinstance(given, int) and isinstance(right, int):
            return f"It is {self.number(abs(given - right))} too {'many' if given > right else 'few'}."
        return ""

    # ------------------------------------------------------------ which mistakes

    def found(self) -> str:
        """How many mistakes explain the answer."""
        matches = self.diagnosis.matches
        if len(matches) > 1:
            return f"Each of these {'pairs of ' * (len(matches[0].made) > 1)}mistakes gives exactly this answer"
        (match,) = matches
        where = " in an earlier layer" if match.carried and not match.terms else ""
        if len(match.made) > 1:
            return "Two mistakes together give exactly this answer"
        return f"One mistake{where} gives exactly this answer"

    def made(self, match: Match) -> str:
        """input channels left out; biases left out in conv_1 and conv_3."""
        name = " and ".join(self.format.escape(m.name) for m in match.made)
        return name + self._places(match)

    def _places(self, match: Match) -> str:
        if not match.terms:
            return ""
        if match.carried:
            return " all along"
        names = [self.format.named(changed.layer) for changed in match.terms]
        if match.or_in:
            return f" in {listed([*names, *self._some(match.or_in)], 'or')}"
        return f" in {listed(self._some([changed.layer for changed in match.terms]))}"

    def _some(self, names: Sequence[str]) -> list[str]:
        """The first few names, and how many more."""
        shown = [self.format.named(name) for name in names[:_SHOWN]]
        return shown if len(names) <= _SHOWN else [*shown, f"{len(names) - _SHOWN} more"]

    def carried(self, match: Match) -> str:
        """Where a mistake in earlier layers began, and what follows."""
        first, last = match.way[0], match.way[-1]
        text = (
            f"It was made first in {self.format.named(first.layer)}, whose output comes out as "
            f"{self.numbers(first.wrong)} that way instead of {self.numbers(first.right)}."
        )
        if match.terms:
            return f"{text} What follows is counted rightly for the sizes that come of it."
        if last is not first:
            arrive = "arrives" if len(last.wrong) > 1 or last.wrong == (1,) else "arrive"
            text += f" So {self.numbers(last.wrong)} {arrive} here instead of {self.size(last.right)}."
        return f"{text} The rest is right for what arrives."

    def way_rows(self, match: Match) -> list[list[str]]:
        """A row for each layer with a wrong output, the first few."""
        rows = [[self.format.named(a.layer), self.size(a.wrong), self.size(a.right)] for a in match.way[:_SHOWN]]
        rest = len(match.way) - _SHOWN
        return [*rows, [f"and {rest} more", "", ""]] if rest > 0 else rows

    def apart(self) -> str:
        """Ask for the parameters of conv_1: 10 means …, 28 means …."""
        apart = self.diagnosis.apart
        if apart is None:
            return ""
        by_value: dict[str, list[str]] = {}
        for given, match in zip(apart.gives, self.diagnosis.matches, strict=True):
            by_value.setdefault(self.number(self._worked(given)), []).append(self.made(match))
        texts = [f"{value} means {' or '.join(dict.fromkeys(names))}" for value, names in by_value.items()]
        ask = f"Ask for the {self._what(apart.quantity, apart.layer, self.diagnosis.layer is None)}"
        return f"{ask}: {'; '.join(texts)}."

    # ------------------------------------------------------------ totals

    def term_columns(self) -> list[Column]:
        return columns(("Layer", 0.16), ("Your term", 0.39), ("The right term", 0.39))

    def term_rows(self, match: Match, full: bool = True) -> list[list[str]]:
        """A row for each layer that was counted wrongly, the first few; `full`: with how its term comes out."""
        return [self._term_row(changed, full) for changed in match.terms[:_SHOWN]]

    def _term_row(self, changed: Changed, full: bool) -> list[str]:
        name = self.format.named(changed.layer)
        if not full:
            return [name, self.number(changed.wrong), self.number(changed.right)]
        right, wrong = changed.steps()
        return [name, *(self.one_line(d, None, "substitution") for d in (wrong, right))]

    def more_terms(self, match: Match) -> str:
        rest = len(match.terms) - _SHOWN
        return f"And {self.counted(rest, 'more layers')} in the same way." if rest > 0 else ""


def _is_plain(given: Formula) -> bool:
    """Whether an answer is just a number: 630, 12.5, −5/3."""
    below = parts(given)
    return isinstance(given, (Number, Negative, Quotient)) and all(isinstance(part, Number) for part in below)


def _fraction(value: Fraction) -> Formula:
    """12.5 as a decimal, 1/3 as a fraction."""
    rest = value.denominator
    for p in (2, 5):
        while rest % p == 0:
            rest //= p
    if rest == 1 and value > 0:
        return Number(value)
    sides = as_formula(abs(value.numerator)), as_formula(value.denominator)
    return -Quotient(*sides) if value < 0 else Quotient(*sides)
