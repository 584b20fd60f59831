"""What templates say of comparisons and of values that were searched for, in the words of a format."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symparams.algebra.formula import Formula, Negative, Number, Product, Quotient, Symbol, Value, as_formula
from symparams.algebra.notation import PLAIN
from symparams.algebra.numbersets import NumberSet, Stretch
from symparams.documents.formats import Format
from symparams.documents.solution import Solution
from symparams.documents.vocabulary import Column, Vocabulary, capital, columns
from symparams.errors import listed
from symparams.model.network import Network
from symparams.questions.comparison import Comparison, Side, significant
from symparams.questions.findings import Finding, Row

_STRETCHES = 12  # ranges that a sentence lists


class _AnswerText(Vocabulary):
    """What both kinds of answers need."""

    def values(self, numbers: NumberSet, letter: Symbol) -> str:
        """k = 5; every k from 1 to 6; every k from 4 on."""
        several = [
            one
            for s in numbers.stretches()
            for one in ([s] if s.last is None or s.last > s.first + s.step else [Stretch(n, n, 1) for n in s])
        ]
        if all(s.first == s.last for s in several):
            each = [self.number(s.first) for s in several[: _STRETCHES + 1]]
            return self._inline(f"{self.formula(letter)} = {each[0]}") + _others(each[1:])
        return ", ".join(self._stretch(s, letter) for s in several[:_STRETCHES]) + (
            " …" if len(several) > _STRETCHES else ""
        )

    def _stretch(self, s: Stretch, letter: Symbol) -> str:
        if s.first == s.last:
            return self.equation(letter, s.first)
        every = f"every {self.math(letter)}" if s.step == 1 else f"every {self._nth(s.step)} {self.math(letter)}"
        if s.last is None:
            return f"{every} from {self.number(s.first)} on"
        return f"{every} from {self.number(s.first)} to {self.number(s.last)}"

    def _nth(self, n: int) -> str:
        words = {2: "second", 3: "third", 4: "fourth", 5: "fifth", 8: "eighth"}
        return words.get(n, f"{n}th")

    def about(self, value: Fraction) -> str:
        """= 0.25 or ≈ 0.551, with the sign."""
        rounded, exact = significant(value)
        sign = "=" if exact else ("≈" if self.format.notation is PLAIN else r"\approx")
        return f"{sign} {self.formula(rounded)}"


class ComparisonText(_AnswerText):
    """A comparison spoken in a format."""

    def __init__(self, comparison: Comparison, format_: Format, slug: str) -> None:
        super().__init__(Solution(comparison.sides[0].network), format_, slug)
        self.comparison = comparison

    def names(self) -> dict[str, Any]:
        return {
            **super().names(),
            "c": self.comparison,
            "side_name": self.side_name,
            "chained": lambda lines: [self.broken(line) for line in lines],
            "ratio_chain": self.ratio_chain,
            "quotient": self.formula(Quotient(*(side.symbol for side in self.comparison.sides))),
            "gap": self.formula(self.comparison.sides[1].symbol - self.comparison.sides[0].symbol),
            "verdict": self.verdict,
            "share": self.share,
            "side_rows": self.side_rows,
            "settings": self.settings,
            "limit": self.limit,
            "ratio_is_known": lambda: not isinstance(self.comparison.ratio, Formula),
            "value_ratio": self.value_ratio,
            "holds": self.holds,
            "given_values": self.given_values,
        }

    def side_name(self, side: Side) -> str:
        return f"{side.letter} ({self.format.escape(side.title)})" if side.title else side.letter

    def ratio_chain(self) -> list[str]:
        """The ratio line by line; a number ends with its decimals."""
        lines = [self.formula(line) for line in self.comparison.ratio_lines]
        ratio = self.comparison.ratio
        if isinstance(ratio, Fraction) and ratio:
            lines[-1] += f" {self.about(ratio)}"
        return lines

    def limit(self) -> str:
        """27/49 ≈ 0.551."""
        limit = self.comparison.limit
        return "" if limit is None else self._inline(self._with_decimals(limit))

    def value_ratio(self) -> str:
        """What the ratio is with the values that were given."""
        ratio, values = self.comparison.number_of_values, self.comparison.values
        if ratio is None or values is None:
            return ""
        fraction = self.formula(Quotient(*map(as_formula, values)))
        return f"{fraction} {self.about(ratio)}" if ratio else f"{fraction} = 0"

    def _with_decimals(self, ratio: Fraction) -> str:
        if ratio.denominator == 1:
            return self.formula(ratio.numerator)
        fraction = Quotient(Number(ratio.numerator), Number(ratio.denominator))
        return f"{self.formula(fraction)} {self.about(ratio)}"

    def verdict(self) -> str:
        """Which of the two has fewer, in a sentence."""
        c = self.comparison
        plural = c.what.plural
        if c.sign == 0:
            return f"A and B have the same number of {plural}" + (", whatever the letters are." if self._open else ".")
        if c.sign is not None:
            fewer, more = ("A", "B") if c.sign < 0 else ("B", "A")
            gap = c.difference if c.sign < 0 else _opposite(c.difference)
            whatever = ", for all values of the letters" if self._open else ""
            return f"{more} has {self.counted(gap, f'more {plural}')} than {fewer}{whatever}."
        if c.order is None:
            where = self.relation((c.lowest[0], "<", c.lowest[1]))
            return f"Which of the two has fewer depends on the letters: A has fewer where {where}."
        o = c.order
        texts = [
            f"{words} for {self.values(numbers, o.letter)}"
            for words, numbers in (
                (f"A has fewer {plural} than B", o.fewer),
                ("as many", o.equal),
                ("more", o.more),
            )
            if not numbers.is_empty
        ]
        return capital("; ".join(texts)) + "."

    @property
    def _open(self) -> bool:
        return any(isinstance(total, Formula) for total in self.comparison.totals)

    def share(self, ratio: Fraction) -> str:
        """A has 55.1 % of the parameters of B."""
        plural = self.comparison.what.plural
        if ratio == 1:
            return f"A has as many {plural} as B."
        if ratio >= 2:
            text, exact = significant(ratio)
            return f"A has {'' if exact else 'about '}{self.number_or_math(text)} times the {plural} of B."
        text, exact = significant(ratio * 100)
        sign = r"\%" if self.format.name == "latex" else "%"
        return f"A has {'' if exact else 'about '}{self.number_or_math(text)} {sign} of the {plural} of B."

    def number_or_math(self, value: Formula) -> str:
        return self.math(value) if isinstance(value, Product) else self.formula(value)

    def side_rows(self) -> list[list[str]]:
        """A row a network: name, layers, quantity, with values."""
        c = self.comparison
        rows = []
        for i, side in enumerate(c.sides):
            row = [self.side_name(side), self.number(len(side.network.nodes)), self.number(side.total)]
            rows.append([*row, self.number(c.values[i])] if c.values is not None else row)
        return rows

    def given_values(self) -> str:
        """C = 64 and F = 128."""
        return listed([self.equation(Symbol(name), value) for name, value in self.comparison.given.items()])

    def settings(self) -> list[str]:
        """What has to be said of the two before counting: conventions, letters with values."""
        one, other = (side.network for side in self.comparison.sides)
        framework = {"keras": "Keras", "torch": "PyTorch"}
        if one.convention == other.convention:
            sentences = [f"Counted as {framework[one.convention]} counts."]
        else:
            sentences = [
                f"A is counted as {framework[one.convention]} counts, B as {framework[other.convention]} counts."
            ]
        for side, beside in ((self.comparison.sides[0], other), (self.comparison.sides[1], one)):
            for name, value in side.network.symbols.items():
                if value is not None and name in beside.symbols and beside.symbols[name] != value:
                    sentences.append(f"In {side.letter}, {self.equation(Symbol(name), value)}.")
        return sentences + self._given(one, other)

    def _given(self, one: Network, other: Network) -> list[str]:
        """What is given for both, then for either: ranges of letters, and facts."""
        first, second = self.stated(one), self.stated(other)
        both = [text for text in first if text in second]
        alone = [(side, [t for t in texts if t not in both]) for side, texts in (("A", first), ("B", second))]
        sentences = [f"Given: {', '.join(both)}."] if both else []
        return sentences + [f"Given in {side}: {', '.join(texts)}." for side, texts in alone if texts]

    def holds(self) -> str:
        """For which values the formulas of both hold."""
        texts = [self.validity(Solution(side.network)) for side in self.comparison.sides]
        if texts[0] == texts[1]:
            return texts[0]
        return "; ".join(
            f"that of {side.letter} {t}" for side, t in zip(self.comparison.sides, texts, strict=True) if t
        )


class FindingText(_AnswerText):
    """The answer to a search spoken in a format."""

    def __init__(self, finding: Finding, format_: Format, slug: str) -> None:
        super().__init__(Solution(finding.network), format_, slug)
        self.finding = finding

    def names(self) -> dict[str, Any]:
        return {
            **super().names(),
            "x": self.finding,
            "question": self.question,
            "unknowns": self.unknowns(),
            "wanted": self.wanted,
            "equations": self.equations,
            "chained": lambda lines: [self.broken(line) for line in lines],
            "count_rows": self.count_rows,
            "answer": self.answer,
            "nearest": self.nearest,
            "outside": self.outside,
            "inline": self._inline,
            "count_columns": self.count_columns,
        }

    def unknowns(self) -> str:
        return " and ".join(map(self.math, self.finding.letters))

    def wanted(self) -> str:
        """exactly 51,264 parameters in conv_2."""
        t = self.finding.target
        how = {"==": "exactly", "<=": "at most", ">=": "at least", "<": "fewer than", ">": "more than"}[t.relation]
        where = f" in {self.format.named(t.layer)}" if t.layer else ""
        return f"{how} {self.counted(t.amount, t.what.plural)}{where}"

    def question(self) -> str:
        return f"Which {self.unknowns()} give{'s' if len(self.finding.letters) == 1 else ''} {self.wanted()}?"

    def equations(self) -> list[tuple[str, str]]:
        """Every line of the way: the relation, and what was done."""
        lines = []
        for line in self.finding.equations:
            sign = self.format.notation.relation[line.relation]
            lines.append((f"{self.formula(line.left)} {sign} {self.formula(line.right)}", line.note))
        return lines

    def count_columns(self) -> list[Column]:
        """The unknowns, the quantity, whether it fits."""
        x = self.finding
        letters = [(self.math(letter), 0.2, "right") for letter in x.letters]
        verdict = "meets the target" if x.target.relation == "==" else "fits"
        return columns(*letters, (capital(x.target.what.plural), 0.3, "right"), (capital(verdict), 0.25))

    def count_rows(self) -> list[list[str]]:
        x = self.finding
        marks = {True: "yes", False: "no"}
        return [[*map(self.number, row.values), self.number(row.count), self._against(row, marks)] for row in x.rows]

    def _against(self, row: Row, marks: dict[bool, str]) -> str:
        if self.finding.target.relation != "==" or row.fulfils or isinstance(row.count, Formula):
            return marks[row.fulfils]
        gap: int | Fraction = row.count - self.finding.target.amount
        text = f"{self.number(max(gap, -gap))} too {'many' if gap > 0 else 'few'}"
        return text if gap else "no"

    def answer(self) -> str:
        """The answer in one sentence."""
        x = self.finding
        t = x.target
        what = f"number of {t.what.plural}" + (f" of {self.format.named(t.layer)}" if t.layer else "")
        if not x.depends:
            always = f"The {what} does not depend on {self.unknowns()}"
            fits = "no value fits" if x.numbers.is_empty else f"{self.values(x.numbers, x.letters[0])} fits"
            return f"{always}: it is {self.number(as_formula(self._constant()))} always, so {fits}."
        if len(x.letters) == 2:
            return self._pairs()
        if x.numbers.is_empty:
            return f"No {self.math(x.letters[0])} gives {self.wanted()}{self._scope()}."
        solutions = _sentence(self.values(x.numbers, x.letters[0]))
        if t.relation == "==":
            return f"{solutions}."
        ends = [] if x.numbers.is_endless else [f"the largest is {self.equation(x.letters[0], x.numbers.largest)}"]
        fits = "fits" if len(x.numbers.stretches()) == 1 else "fit"
        return f"{solutions} {fits}{self._scope()}" + "".join(f"; {end}" for end in ends) + "."

    def _constant(self) -> Value:
        x = self.finding
        return x.rows[0].count if x.rows else as_formula(x.lines[-1]) if x.lines else 0

    def _pairs(self) -> str:
        x = self.finding
        if not x.rows:
            return f"No pair of values gives {self.wanted()}{self._scope()}."
        if x.target.relation == "==":
            more = "more than " if x.more else ""
            pairs = "pair gives" if len(x.rows) == 1 else "pairs give"
            return f"{more}{len(x.rows)} {pairs} {self.wanted()}{self._scope()}.".capitalize()
        if x.grows:
            return f"These are the largest values that go together{self._scope()}; smaller ones fit too."
        return f"These are the largest {self.math(x.letters[0])} and {self.math(x.letters[1])} that fit{self._scope()}."

    def _scope(self) -> str:
        tried = self.finding.tried
        return "" if tried is None else f" among the values that were tried, up to {self.number(tried)}"

    def outside(self) -> str:
        """Which values would do if they were in the range."""
        x = self.finding
        letter = x.letters[0]
        return f"Outside its range: {self.values(x.outside, letter)} would do."

    def nearest(self) -> str:
        """What stands beside a target that nothing meets."""
        x = self.finding
        texts = [f"{self.equation(x.letters[0], row.values[0])} gives {self.number(row.count)}" for row in x.rows]
        return "The nearest: " + " and ".join(texts) + "." if texts else ""


def _sentence(text: str) -> str:
    """A capital at the start, but not for a letter of a formula."""
    return capital(text) if text.startswith("every") else text


def _others(numbers: Sequence[str]) -> str:
    """, 4, 8 or 16 after a first number."""
    if len(numbers) >= _STRETCHES:
        return "".join(f", {n}" for n in numbers[: _STRETCHES - 1]) + " …"
    return "".join(f", {n}" for n in numbers[:-1]) + "".join(f" or {n}" for n in numbers[-1:])


def _opposite(value: Value) -> Value:
    if not isinstance(value, Formula):
        return -value
    return value.term if isinstance(value, Negative) else -value
