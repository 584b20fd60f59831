"""Values and texts -> what stands in a line of a format; templates have each method as a filter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from symparams.algebra.evaluation import Point
from symparams.algebra.formula import Formula, Product, Sum, Symbol, Value, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.documents.entries import Computed
from symparams.documents.formats import Format
from symparams.documents.kept import Kept
from symparams.documents.long_sums import broken, labelled
from symparams.documents.mathematics import Mathematics
from symparams.documents.patterns import Pattern
from symparams.documents.tables import columns, each, grid, paired, ruled
from symparams.documents.words import article, capital, listed, ordinal, percentage, singular, small, squeezed
from symparams.errors import Source
from symparams.model.sentence import Put, Text, for_so_many, plainly_put, symbols_put, value_of, with_values, written
from symparams.quantities.derivation import Derivation
from symparams.quantities.unit_counts import without_quotients
from symparams.sources.reader import read_expression

if TYPE_CHECKING:
    from symparams.figures.scene import Scene

_SHORT = 6  # letters on the left of an equation that a line has room for in any case
_NUMBER = re.compile(r"\d+(?:\.\d+)*", re.ASCII)  # layer 3 of a Sequential, or 0.2 inside of another
_LONG_WORD = re.compile(r"\S{12}(?=\S)")  # in which a line may break, where a format has a mark for that


# What templates can do with texts and tables in all formats alike.
_OF_ANY_FORMAT: tuple[Callable[..., Any], ...] = (
    capital, small, singular, squeezed, article, ordinal, listed, percentage, each, paired, columns, grid, ruled,
)  # fmt: skip


class Typesetter(Mathematics):
    """Writes values and texts in a format."""

    def __init__(self, format_: Format) -> None:
        super().__init__(format_)
        self._texts: Kept[str, str] = Kept(self._words)
        self._patterns: Kept[Formula, Pattern] = Kept(partial(Pattern, notation=format_.notation))

    def picture(self, scene: Scene | None) -> str:
        """A figure of a solution; empty where there is none, and in formats without pictures."""
        if scene is None or not self._format.picture:
            return ""
        from symparams.documents.set_pictures import set_picture  # noqa: PLC0415 - what draws is not always needed

        return set_picture(scene, self._format.picture)

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

    def labelled(self, terms: Iterable[Formula], rows: Sequence[Sequence[str]], left: str = "") -> str:
        """A sum behind a word, with a text of each row under its terms: 320 + 18,207 above conv_1 and conv_2."""
        room = self._format.width - max(0, len(left) - _SHORT)
        return labelled(terms, rows, room, self._format, self.formula)

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

    def spoken(self, name: str) -> str:
        """The name of a layer inside a sentence: layer 3, where it is only a number."""
        return ("layer " if _NUMBER.fullmatch(name) else "") + self._format.named(name)

    def opening(self, name: str) -> str:
        """The name of a layer that begins a sentence: Layer 3, where it is only a number."""
        return ("Layer " if _NUMBER.fullmatch(name) else "") + self._format.named(name)

    def code(self, text: str) -> str:
        """A piece of the language in a line."""
        return self._format.code(text)

    def code_lines(self, text: str) -> str:
        """A text in the language, escaped, with the format's breaks between its lines."""
        return self._format.code_break.join(map(self._format.escape, text.split("\n")))

    def prose(self, text: Text) -> str:
        """A sentence of a layer or a mistake; what stands between backquotes is an expression."""
        if isinstance(text, str):
            return self._texts[text]
        return written(text, self._texts.__getitem__, self._put, plainly_put)

    def general(self, text: Text) -> str:
        """The same with symbols in place of their values, and a capital at its start."""
        if isinstance(text, str):
            return self._texts[capital(text)]
        general = written(text.in_general(), self._texts.__getitem__, self._put_generally, symbols_put)
        return capital(general) if text.in_general().text[:1].islower() else general

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
            return self.spoken(slot) if put.form == "@" else self._format.escape(slot)
        if isinstance(slot, tuple):
            return self._sizes[tuple(map(value_of, slot))]
        value = value_of(slot)
        left = with_values(slot) if put.form else as_formula(value)
        if isinstance(left, Product):  # 8·128, not 8·4,096/32
            left = without_quotients(left)
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
    written = {name: getattr(typesetter, name) for name in dir(Typesetter) if not name.startswith("_")}
    return written | {function.__name__: function for function in _OF_ANY_FORMAT}
