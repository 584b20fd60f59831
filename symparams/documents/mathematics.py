"""Formulas, numbers and sizes -> what stands in a line of a format."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import partial
from typing import Any

from symparams.algebra.choices import Choices
from symparams.algebra.formula import ZERO, Formula, Number, Quotient, Sum, Symbol, Value, as_formula
from symparams.algebra.notation import decimals, shown, size
from symparams.algebra.notations import PLAIN, SOURCE
from symparams.algebra.significant import significant
from symparams.documents.formats import Format
from symparams.documents.kept import Kept
from symparams.documents.long_sums import unbroken
from symparams.errors import Source
from symparams.model.layer import Shape
from symparams.model.sentence import for_so_many
from symparams.quantities.layer_derivations import Known
from symparams.quantities.quantity import Quantity, size_in_bytes
from symparams.quantities.tensor_counts import StoredTensor
from symparams.sources.reader import read_expression

_LONG = 40  # characters of numbers between which a line may break


class Mathematics:
    """Writes formulas, numbers and sizes in a format."""

    def __init__(self, format_: Format) -> None:
        self._format = format_
        self._notation = format_.notation
        self._formulas: Kept[Formula, str] = Kept(partial(shown, notation=format_.notation))
        self._sizes: Kept[Shape, str] = Kept(self._written_size)

    def formula(self, value: Value) -> str:
        """A formula or number, without the marks for mathematics."""
        return self._formulas[value] if isinstance(value, Formula) else shown(value, self._notation)

    def inline(self, text: str) -> str:
        """The text of a formula with the marks for mathematics around it."""
        if self._format.in_line is not None:
            return self._format.in_line(text)
        before, after = self._format.inline
        return f"{before}{text}{after}"

    def math(self, value: Value) -> str:
        """A formula or number with the marks for mathematics: (k + 1)·F."""
        return self.inline(self.formula(value))

    def number(self, value: Value) -> str:
        """A known number as text, a formula as mathematics: 18,207."""
        if isinstance(value, int):
            return self._format.number(f"{value:,}".replace(",", self._format.group))
        return self.math(value)

    def cell(self, value: Value) -> str:
        """A number or formula in a cell of a table, which may break between the terms of a sum, not in a bracket."""
        if isinstance(value, int):
            return self.number(value)
        if self._format.in_line is not None:
            return self.math(value)
        terms = value.terms if isinstance(value, Sum) else (as_formula(value),)
        return " ".join(self.inline(text) for text in unbroken(terms, self._format, self.formula))

    def counted(self, value: Value, plural: str) -> str:
        """A number of something: 1 bias, 63 biases."""
        return f"{self.number(value)} {for_so_many(value, plural)}"

    def worked(self, left: Value, value: Value, plural: str) -> str:
        """How a number of something comes out: 32·9 = 288 weights."""
        alone = as_formula(left) == as_formula(value)
        return f"{self.number(value) if alone else self.joined(left, value)} {for_so_many(value, plural)}"

    def amount(self, measure: Quantity, value: Value) -> str:
        """So much of a further quantity: 1,024 bytes (1 KiB)."""
        return self.beside(measure, value, f" {measure.unit}")

    def beside(self, measure: Quantity, value: Value, unit: str = "") -> str:
        """The same in a column whose title has the unit: 1,024 (1 KiB)."""
        human = size_in_bytes(value) if measure.in_bytes else ""
        return self.number(value) + unit + (f" ({self._format.escape(human)})" if human else "")

    def size(self, shape: Shape) -> str:
        """A shape: 26 × 26 × 32."""
        return self._sizes[shape]

    def _written_size(self, shape: Shape) -> str:
        return self.inline(size(shape, self._notation))

    def sizes(self, shapes: Iterable[Shape]) -> list[str]:
        """Several shapes, as texts."""
        return [self._sizes[shape] for shape in shapes]

    def symbol(self, name: str) -> Symbol:
        """A symbol of that name, as a value."""
        return Symbol(name)

    def word(self, text: str) -> str:
        """A word as it stands among formulas."""
        return self._notation.word(text)

    def blank(self, mark: str) -> str:
        """A place to fill in, among formulas."""
        return self._notation.blank(mark)

    def indexed(self, letter: str, name: str, is_word: bool = False) -> str:
        """A letter or word with the name of a layer, without the marks for mathematics: P(conv_1)."""
        return self._notation.indexed(self.word(letter) if is_word else self.formula(Symbol(letter)), name)

    def related(self, left: str, sign: str, right: str) -> str:
        """The texts of two formulas with the sign of a relation between them: k ≤ 5."""
        return f"{left} {self._notation.relation[sign]} {right}"

    def equated(self, texts: Iterable[str]) -> str:
        """The texts of formulas with signs of equality between them; what is repeated stands once."""
        return f" {self._notation.relation['==']} ".join(dict.fromkeys(texts))

    def equation(self, left: Value, right: Value) -> str:
        """An equation: k = 5."""
        return self.inline(self.related(self.formula(left), "==", self.formula(right)))

    def math_equation(self, left: str, right: Value) -> str:
        """An equation with a word on the left: parameters = (k + 1)·F."""
        return self.inline(self.related(self.word(left), "==", self.formula(right)))

    def joined(self, left: Value, right: Value) -> str:
        """An equation, or its left side alone if both print alike: 32·9 = 288."""
        return self.inline(self.equated([self.formula(left), self.formula(right)]))

    def valued(self, known: Known) -> str:
        """A symbol with its value: k_h = k = 5."""
        sides = (known.symbol, known.written, known.value)
        return self.inline(self.equated(self.formula(side) for side in sides if side is not None))

    def relation(self, fact: tuple[Formula, str, Formula]) -> str:
        """A relation: H ≥ 19."""
        left, sign, right = fact
        if isinstance(left, Number) and sign == ">=":
            left, sign, right = right, "<=", left
        return self.inline(self.related(self.formula(left), sign, self.formula(right)))

    def members(self, letter: str, choices: Choices) -> str:
        """The values that a letter may take: F ∈ {8, 16, …, 64}."""
        notation = self._notation  # its marks between thousands are left out: they would be taken for commas
        numbers = [notation.dots if n is None else notation.number(str(n)) for n in choices.dotted()]
        before, after = self._format.inline
        long = (
            self._format.in_line is None and sum(map(len, numbers)) > _LONG
        )  # then lines may break between the numbers, as they do in no formula
        comma = f"{notation.comma.rstrip()}{after} {before}" if long else notation.comma
        return self.inline(notation.members(self.formula(Symbol(letter)), comma.join(numbers)))

    def fact(self, given: tuple[Any, ...]) -> str:
        """What is given: a letter with the values that it may take, or a relation."""
        return self.members(*given) if len(given) == 2 else self.relation(given)

    def running(self, letter: Value, first: Value, last: Value) -> str:
        """A letter that takes all values from one to another: i = 2, …, N."""
        ends = self._notation.comma.join([self.formula(first), self._notation.dots, self.formula(last)])
        return self.inline(self.related(self.formula(letter), "==", ends))

    def about(self, value: Fraction) -> str:
        """A number as decimals with the sign before it, without the marks for mathematics: ≈ 0.551."""
        rounded, exact = significant(value) if value else (ZERO, True)
        return f"{self._notation.relation['==' if exact else 'about']} {self.formula(rounded)}"

    def decimals(self, value: Fraction) -> str:
        """A fraction with its decimals, without the marks for mathematics: 27/49 ≈ 0.551."""
        if value.denominator == 1:
            return self.formula(value.numerator)
        fraction = Quotient(Number(value.numerator), Number(value.denominator))
        return f"{self.formula(fraction)} {self.about(value)}"

    def decimal(self, value: Formula) -> str:
        """A rounded number in text, one that is too large for that as mathematics: 55.1."""
        if not isinstance(value, Number):
            return self.math(value)
        if isinstance(value.value, int):
            return self.number(value.value)
        return self._format.number(decimals(value.value) or str(value.value))

    def expression(self, text: str) -> str:
        """An expression of the language, as mathematics."""
        return self.math(read_expression(Source("template", text)))

    def identity(self, left: str, right: str) -> str:
        """An equation between two expressions of the language, as mathematics."""
        return self.equation(*(read_expression(Source("template", text)) for text in (left, right)))

    def is_long(self, formula: Formula) -> bool:
        """Whether a formula is too long for a sentence."""
        return len(shown(formula, PLAIN)) > self._format.width - 12

    def stored_code(self, tensor: StoredTensor) -> str:
        """A tensor as a framework prints it: kernel (3, 3, 32, 63)."""
        sizes = ", ".join(shown(size, SOURCE) for size in tensor.shape)
        return self._format.code(f"{tensor.name} ({sizes}{',' if len(tensor.shape) == 1 else ''})")
