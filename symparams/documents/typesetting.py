"""Values and texts -> what stands in a line of a format; templates have each method as a filter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial
from operator import attrgetter
from typing import Any

from symparams.algebra.choices import Choices
from symparams.algebra.evaluation import Point
from symparams.algebra.formula import ZERO, Formula, Number, Quotient, Sum, Symbol, Value, as_formula
from symparams.algebra.notation import decimals, shown, size
from symparams.algebra.notations import PLAIN, SOURCE
from symparams.documents.entries import Computed
from symparams.documents.formats import Format
from symparams.documents.kept import Kept
from symparams.documents.long_sums import broken, labelled, unbroken
from symparams.documents.patterns import Pattern
from symparams.documents.tables import columns, each, grid, paired, ruled
from symparams.documents.words import article, capital, listed, ordinal, percentage, singular, small, squeezed
from symparams.errors import Source
from symparams.model.layer import Shape
from symparams.model.sentence import Put, Text, for_so_many, value_of, with_values
from symparams.quantities.derivation import Derivation
from symparams.quantities.layer_derivations import Known
from symparams.quantities.quantity import Quantity, size_in_bytes
from symparams.quantities.tensor_counts import StoredTensor
from symparams.questions.comparison import significant
from symparams.sources.reader import read_expression

_SHORT = 6  # letters on the left of an equation that a line has room for in any case
_LONG_WORD = re.compile(r"\S{12}(?=\S)")  # in which a line may break, where a format has a mark for that
_LONG = 40  # characters of numbers between which a line may break


# What templates can do with texts and tables in all formats alike.
_OF_ANY_FORMAT: tuple[Callable[..., Any], ...] = (
    capital, small, singular, squeezed, article, ordinal, listed, percentage, each, paired, columns, grid, ruled,
)  # fmt: skip


class Typesetter:
    """Writes values and texts in a format."""

    def __init__(self, format_: Format) -> None:
        self._format = format_
        self._notation = format_.notation
        self._formulas: Kept[Formula, str] = Kept(partial(shown, notation=format_.notation))
        self._sizes: Kept[Shape, str] = Kept(self._written_size)
        self._prose: Kept[Text, str] = Kept(self._written_prose)
        self._general: Kept[Text, str] = Kept(partial(self._written_prose, general=True))
        self._patterns: Kept[Formula, Pattern] = Kept(partial(Pattern, notation=format_.notation))

    # ------------------------------------------------------------ mathematics

    def formula(self, value: Value) -> str:
        """A formula or number, without the marks for mathematics."""
        return self._formulas[value] if isinstance(value, Formula) else shown(value, self._notation)

    def inline(self, text: str) -> str:
        """The text of a formula with the marks for mathematics around it."""
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
        return self.number(value) + unit + (f" ({self.plain(human)})" if human else "")

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
        long = sum(map(len, numbers)) > _LONG  # then lines may break between the numbers, as they do in no formula
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

    # ------------------------------------------------------------ derivations

    def one_line(self, derivation: Derivation, left: Symbol | None = None, start: str = "rule") -> str:
        """A derivation in a line: rule = values put in = result; or from the "substitution" on."""
        return self.inline(self.equated(self._sides(derivation, "" if left is None else self.formula(left), start)))

    def after(self, derivation: Derivation, left: str, start: str = "rule") -> str:
        """A derivation in a line, behind the text of a formula."""
        return self.inline(self.equated(self._sides(derivation, left, start)))

    def _sides(self, derivation: Derivation, left: str, start: str) -> list[str]:
        sides = [] if start == "substitution" else [derivation.rule]
        sides += [derivation.substitution, as_formula(derivation.value)]
        return [*([left] if left else []), *map(self.formula, sides)]

    def result_lines(self, derivation: Derivation, left: str = "") -> list[str]:
        """The values put in and the result, on one line if there is room; broken where one is too long by itself."""
        texts = list(dict.fromkeys(self._sides(derivation, "", "substitution")))
        plain = len(shown(derivation.substitution, PLAIN)) + len(shown(derivation.value, PLAIN))
        if plain < self._format.width - 22:
            return [self.equated(texts)]
        if texts[0] == self.formula(derivation.substitution):
            texts[0] = self.broken(derivation.substitution, left)
        return texts

    def computed_lines(self, computed: Iterable[Computed]) -> list[tuple[str, list[str]]]:
        """Numbers that a rule gives, as rows of equations: P(conv_2) = (3·3·32 + 1)·63 = 18,207."""
        return [
            (
                self.equated(self.indexed(*left, one.is_word) for left in one.lefts),
                self.result_lines(one.derivation, " = ".join(map("".join, one.lefts))),
            )
            for one in computed
        ]

    def chain_lines(self, derivation: Derivation, left: str = "") -> list[str]:
        """All steps of a derivation behind a word, a line each; one that prints like the line before is left out."""
        lines: list[str] = []
        for step in derivation.steps:
            text = self.broken(step.expression, left)
            if not lines or lines[-1] != text:
                lines.append(text)
        return lines

    def lines(self, formulas: Iterable[Formula], left: str = "") -> list[str]:
        """Formulas behind a word, a line each."""
        return [self.broken(formula, left) for formula in formulas]

    def chain_rows(self, chains: Iterable[tuple[str, Derivation]]) -> list[tuple[str, list[str]]]:
        """Derivations, each behind its word, as rows of equations."""
        return [(self.word(left), self.chain_lines(derivation)) for left, derivation in chains]

    def sum_rows(self, sums: Iterable[tuple[Symbol, Sequence[Formula]]]) -> list[tuple[str, list[str]]]:
        """Formulas of the same value, behind the letter for it, as rows of equations."""
        return [(self.formula(letter), self.lines(formulas)) for letter, formulas in sums]

    def put_in(self, rule: Formula, point: Point) -> str:
        """A rule with the numbers of a variant put in, without the marks for mathematics."""
        return self._patterns[rule].written(point) if point else self.formula(rule)

    def answer(self, content: tuple[Value, ...] | str) -> str:
        """An answer to a question: 18,207; 24 × 24 × 63; a formula; a sentence."""
        if isinstance(content, str):
            return self.sentence(content)
        return self.size(content) if len(content) > 1 else self.number(content[0])

    def broken(self, formula: Formula, left: str = "") -> str:
        """A formula with line breaks before + and − where it is too long to stand behind what is left of it."""
        room = self._format.width - max(0, len(left) - _SHORT)
        if not isinstance(formula, Sum) or len(shown(formula, PLAIN)) <= room:
            return self.formula(formula)
        return broken(formula, room, self._format, self.formula)

    def labelled(self, terms: Iterable[Formula], rows: Sequence[Sequence[str]]) -> str:
        """A sum with a text of each row under its terms: 320 + 18,207 above conv_1 and conv_2."""
        return labelled(terms, rows, self._format, self.formula)

    def rows(self, values: Iterable[Any], *cells: Callable[[Any], str] | str) -> list[list[str]]:
        """A row of a table for each value; a cell is what a macro makes of it, or a shape or number that it has."""
        made = [self._cell(cell) for cell in cells]
        return [[make(value) for make in made] for value in values]

    def _cell(self, cell: Callable[[Any], str] | str) -> Callable[[Any], str]:
        if not isinstance(cell, str):
            return lambda value: str(cell(value))
        get = attrgetter(cell)
        return lambda value: self.size(found) if isinstance(found := get(value), tuple) else self.cell(found)

    # ------------------------------------------------------------ texts

    def plain(self, text: str) -> str:
        """A text that somebody gave, escaped."""
        return self._format.escape(text)

    def breakable(self, text: str) -> str:
        """A text that somebody gave, in which a line may break inside long words too."""
        return self._format.soft_break.join(map(self._format.escape, _LONG_WORD.sub("\\g<0>\0", text).split("\0")))

    def quoted(self, text: str) -> str:
        """The same of what was typed as an answer; letters that the format cannot print by their numbers: U+674E."""
        lacks, safe = self._format.lacks, self.breakable(text)
        return safe if lacks is None else lacks.sub(lambda c: f"U+{ord(c[0]):04X}", safe)

    def named(self, name: str) -> str:
        """The name of a layer."""
        return self._format.named(name)

    def code(self, text: str) -> str:
        """A piece of the language in a line."""
        return self._format.code(text)

    def code_lines(self, text: str) -> str:
        """A text in the language, escaped, with the format's breaks between its lines."""
        return self._format.code_break.join(map(self._format.escape, text.split("\n")))

    def prose(self, text: Text) -> str:
        """A sentence of a layer or a mistake; what stands between backquotes is an expression."""
        return self._prose[text]

    def general(self, text: Text) -> str:
        """The same with symbols in place of their values, and a capital at its start."""
        return self._general[capital(text if isinstance(text, str) else text.in_general())]

    def _written_prose(self, text: Text, general: bool = False) -> str:
        if isinstance(text, str):
            return self._words(text)
        put = self._put_generally if general else self._put
        return "".join(self._words(piece) if isinstance(piece, str) else put(piece) for piece in text.pieces())

    def _words(self, text: str) -> str:
        pieces = text.split("`")
        for i, piece in enumerate(pieces):
            if i % 2:
                pieces[i] = self.math(read_expression(Source("catalogue", piece)))
            else:
                pieces[i] = self._format.escape(piece)
        return "".join(pieces)

    def _put(self, put: Put) -> str:
        """What is put into a sentence, with its value."""
        slot = put.slot
        if isinstance(slot, str):
            return self._format.named(slot) if put.form == "@" else self._format.escape(slot)
        if isinstance(slot, tuple):
            return self._sizes[tuple(map(value_of, slot))]
        value = value_of(slot)
        left = with_values(slot) if put.form else as_formula(value)
        if put.form == ".":
            text = self.math(left)
        else:
            text = self.number(value) if left == as_formula(value) else self.joined(left, value)
        return f"{text} {self._format.escape(for_so_many(value, put.plural))}" if put.plural else text

    def _put_generally(self, put: Put) -> str:
        """The same with symbols."""
        if isinstance(put.slot, str):
            return self._put(put)
        shape = put.slot if isinstance(put.slot, tuple) else (put.slot,)
        text = self.size(tuple(map(as_formula, shape)))
        return f"{text} {self._format.escape(put.plural)}" if put.plural else text

    def sentence(self, text: Text) -> str:
        """The same with a capital at its start."""
        return self.prose(capital(text))

    def full_sentence(self, text: Text) -> str:
        """The same with a full stop at its end."""
        written = self.sentence(text)
        return written if written.endswith(".") else f"{written}."

    def digits(self, number: str) -> str:
        """A number in text, as it is: 0.33."""
        return self._format.number(number)

    def percent(self, number: str) -> str:
        """So many in a hundred: 55.1 %."""
        return f"{number}{self._format.percent}"

    def share(self, part: Fraction) -> str:
        """A part of a whole in percent: 98.3 %, <0.1 %."""
        text = percentage(part)
        return self.plain("<" * text.startswith("<")) + self.percent(self.digits(text.removeprefix("<")))

    def axes(self, names: Sequence[str]) -> str:
        """The names of axes: height × width."""
        return self._format.cross.join(map(self.plain, names))


def filters(typesetter: Typesetter) -> dict[str, Callable[..., Any]]:
    """What templates can do with values: what a typesetter writes, what words become, how tables are made."""
    written = {name: getattr(typesetter, name) for name in vars(Typesetter) if not name.startswith("_")}
    return written | {function.__name__: function for function in _OF_ANY_FORMAT}
