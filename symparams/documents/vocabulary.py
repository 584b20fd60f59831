"""The names that templates can use: one set for the built-in styles and for users' own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from symparams.algebra.formula import ONE, Formula, Negative, Product, Sum, Symbol, as_formula, product, total
from symparams.algebra.notation import PLAIN, shown
from symparams.algebra.simplification import simplified
from symparams.documents.entries import Definition, LayerEntry, MeasureDefinition, SizeDefinition
from symparams.documents.formats import Format
from symparams.documents.phrases import Phrases, prose
from symparams.documents.solution import Solution
from symparams.quantities.derivation import Derivation
from symparams.quantities.quantity import Quantity
from symparams.quantities.tensor_counts import TensorCount

_SHORT = 6  # letters on the left of an equation that a line has room for in any case
_NAMES = ("Gaussian", "Keras", "Mamba", "PyTorch")  # words that keep their capital letter


class Column(NamedTuple):
    """A column of a table."""

    title: str
    width: float  # share of the line in LaTeX
    right: bool


class Table(NamedTuple):
    """A table to be set."""

    columns: list[Column]
    rows: list[list[str]]
    totals: list[list[str]]


class Label(NamedTuple):
    """What a displayed equation is called."""

    label: str  # for \ref
    tag: str  # as printed


class Vocabulary(Phrases):
    """A solution spoken in a format."""

    def names(self) -> dict[str, Any]:
        """Everything a template sees."""
        return {
            **super().names(),
            "tensor_groups": tensor_groups,
            "chain_lines": self.chain_lines,
            "sum_lines": self.sum_lines,
            "layer_rows": self.layer_rows,
            "total_rows": self.total_rows,
            "symbol_rows": self.symbol_rows,
            "count_lines": self.count_lines,
            "size_lines": self.size_lines,
            "differences": self.differences,
            "measure_rows": self.measure_rows,
            "amount_rows": self.amount_rows,
            "amount_lines": self.amount_lines,
            "further_tables": self.further_tables,
            "symbol_named": Symbol,
            "columns": columns,
            "ruled": ruled,
            "label": self.label,
            "capital": capital,
            "one": ONE,
        }

    # ------------------------------------------------------------ displayed

    def chain_lines(self, derivation: Derivation, left: str = "") -> list[str]:
        """The steps of a derivation behind a word, a line each; one that prints like the line before is left out."""
        lines: list[str] = []
        for step in derivation.steps:
            text = self.broken(step.expression, left)
            if not lines or lines[-1] != text:
                lines.append(text)
        return lines

    def sum_lines(self, formula: Formula, left: str = "") -> list[str]:
        return [self.broken(formula, left)]

    def broken(self, formula: Formula, left: str = "") -> str:
        """A formula with line breaks before + and − where it is too long to stand behind what is left of it."""
        width = self.format.width - max(0, len(left) - _SHORT)
        if not isinstance(formula, Sum) or len(shown(formula, PLAIN)) <= width:
            return self.formula(formula)
        first = formula.terms[0]
        lines = [self._bracketed(first)]
        length = len(shown(formula.terms[0], PLAIN))
        for term in formula.terms[1:]:
            minus = isinstance(term, Negative)
            bare = term.term if isinstance(term, Negative) else term
            part = self._bracketed(bare)
            sign = self.format.notation.minus if minus else " + "
            length += len(shown(bare, PLAIN)) + 3
            if length > width:
                lines.append(sign.lstrip() + part)
                length = len(shown(bare, PLAIN)) + 3
            else:
                lines[-1] += sign + part
        return self.format.line_break.join(lines)

    def _bracketed(self, term: Formula) -> str:
        text = self.formula(term)
        return self.format.notation.bracket(text) if isinstance(term, Sum) else text

    def count_lines(self, definition: Definition) -> list[tuple[str, list[str]]]:
        """P_conv_2 = (3·3·32 + 1)·63 = 18,207, a row a layer."""
        rows = []
        for entry in definition.layers:
            left = self._indexed("P", entry.name)
            rows.append((left, self._sides(entry.account.params)))
        return rows

    def amount_lines(self, definition: MeasureDefinition) -> list[tuple[str, list[str]]]:
        """MACs_conv_2 = 3·3·32·63·24·24 = …, a row a layer."""
        return [(self._indexed("Q", entry.name), self._sides(m.derivation)) for entry, m in definition.layers]

    def size_lines(self, definition: SizeDefinition) -> list[tuple[str, list[str]]]:
        """H_conv_2 = W_conv_2 = 26 − 3 + 1 = 24, a row for each size that is computed."""
        rows: list[tuple[str, list[str]]] = []
        for entry, axis in definition.cases:
            alike = [axis, *(other for other in entry.account.axes if other.like == axis.axis)]
            by_sides: dict[tuple[str, ...], list[str]] = {}
            for one in alike:
                left = self._indexed(one.symbol.name[0], entry.name)
                by_sides.setdefault(tuple(self._sides(one.derivation)), []).append(left)
            rows += [(" = ".join(lefts), list(sides)) for sides, lefts in by_sides.items()]
        return rows

    def _indexed(self, letter: str, name: str) -> str:
        if self.format.notation is PLAIN:
            return f"{letter}({name})"
        return f"{letter}_{{\\texttt{{{name.replace('_', chr(92) + '_')}}}}}"

    def _sides(self, derivation: Derivation) -> list[str]:
        """Values put in and result, on one line if there is room."""
        texts = list(dict.fromkeys([self.formula(derivation.substitution), self.formula(as_formula(derivation.value))]))
        plain = len(shown(derivation.substitution, PLAIN)) + len(shown(derivation.value, PLAIN))
        return [" = ".join(texts)] if plain < self.format.width - 22 else texts

    def label(self, what: str, index: int) -> Label:
        """The next number of an equation and its label."""
        self._tags += 1
        return Label(f"eq:{self.slug}-{what}-{index}", str(self._tags))

    # ------------------------------------------------------------ tables

    def layer_rows(self, entries: Iterable[LayerEntry], computation: bool = False) -> list[list[str]]:
        rows = []
        for entry in entries:
            row = [self._layer_cell(entry), self.size(entry.shape)]
            if computation:
                row.append(self._computation(entry))
            rows.append([*row, self.number(entry.all_counts.params)])
        return rows

    def _field(self, entry: LayerEntry) -> str:
        steps = self.solution.measurements.fields_of(entry.number - 1)
        if isinstance(steps, str):
            return {"everywhere": "all", "nothing": "none"}.get(steps, "")
        return self.size(tuple(s.field.size for s in steps)) if steps else ""

    def further_tables(self, solution: Solution) -> list[Table]:
        """The further quantities of all layers in all their copies, as many columns a table as fit."""
        measurements = solution.measurements
        titles = [capital(m.left) + (" (bytes)" if m.in_bytes else "") for m in measurements.chosen]
        cells = [self._cells(measure) for measure in measurements.chosen]
        totals = [self.number(measurements.total(m)) for m in measurements.chosen]
        if measurements.has_fields:
            titles.append("Receptive field")
            cells.append([self._field(entry) for entry in solution.layers])
            totals.append("")
        names = [self._layer_cell(entry) for entry in solution.layers]
        wide = 2 if solution.has_letters else 4
        tables = []
        for start in range(0, len(titles), wide):
            some = slice(start, start + wide)
            heads = [Column(title, 0.66 / min(wide, len(titles) - start), True) for title in titles[some]]
            rows = [list(row) for row in zip(names, *cells[some], strict=True)]
            last = [] if solution.only or not any(totals[some]) else [["Total", *totals[some]]]
            tables.append(Table([Column("Layer", 0.2, False), *heads], rows, last))
        return tables

    def _cells(self, measure: Quantity) -> list[str]:
        quantities = (self.solution.measurements.named(measure.name, entry.node) for entry in self.solution.layers)
        return [self.number(m.together if m is not None else 0) for m in quantities]

    def measure_rows(self, measure: Quantity) -> list[list[str]]:
        """Every layer that has some of a quantity, with its computation."""
        rows = []
        for entry in self.solution.layers:
            quantity = self.solution.measurements.named(measure.name, entry.node)
            if quantity is not None:
                computation = self.math(quantity.derivation.substitution)
                rows.append([self._layer_cell(entry), computation, self.number(quantity.together)])
        return rows

    def _layer_cell(self, entry: LayerEntry) -> str:
        """The name of a layer, and how many copies it stands for."""
        name = self.format.named(entry.name)
        return f"{name} ({self.copies(entry)})" if entry.node.repeats and not entry.is_marker else name

    def _computation(self, entry: LayerEntry) -> str:
        if entry.node.shared is not None:
            return f"shared with {self.format.named(entry.node.shared)}"
        return self.math(entry.account.params.substitution) if entry.has_parameters else ""

    def total_rows(self, solution: Solution, width: int) -> list[list[str]]:
        """Total, trainable and non-trainable."""
        if solution.only:
            return []
        totals = solution.totals
        rows = [("Total", totals.params), ("Trainable", totals.trainable), ("Non-trainable", totals.non_trainable)]
        return [[name, *[""] * (width - 2), self.number(value)] for name, value in rows]

    def amount_rows(self, measure: Quantity) -> list[list[str]]:
        """The total of a quantity, for the table of its computations."""
        if self.solution.only:
            return []
        return [["Total", "", self.number(self.solution.measurements.total(measure))]]

    def symbol_rows(self, solution: Solution) -> list[list[str]]:
        count = [[self.math(Symbol("P")), "parameters of a layer"]] if "params" in solution.quantities else []
        if solution.measurements.chosen:
            count.append([self.math(Symbol("Q")), "the quantity of a layer that the heading names"])
        known = [symbol for symbol in solution.symbols if not count or symbol.name != "P"]
        return count + [[self.math(symbol), prose(symbol.meaning, self.format)] for symbol in known]

    def differences(self, solution: Solution) -> list[str]:
        """How the conventions differ, for the layers shown, each once."""
        return list(dict.fromkeys(entry.differs for entry in solution.layers if entry.differs))


def capital(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def columns(*given: Sequence[Any]) -> list[Column]:
    """Columns of a table from (title, width) or (title, width, right)."""
    return [Column(title, width, bool(right)) for title, width, *right in given]


def small(heading: str) -> str:
    """A heading inside a line: its first letter small, unless a name begins it."""
    return heading if heading.split(" ")[0] in _NAMES or heading[1:2].isupper() else heading[:1].lower() + heading[1:]


def tensor_groups(entry: LayerEntry) -> list[list[TensorCount]]:
    """The tensors of a layer, those of one kind and size together: the kernels of query, key and value."""
    groups: dict[TensorCount, list[TensorCount]] = {}
    for t in entry.account.tensors:
        vector = t.inputs is not None and t.each_value == 1 and t.kind != "statistic"
        alike = replace(t, name="bias" if t.name == "bias" else "", kind="weight" if vector else t.kind)
        groups.setdefault(alike, []).append(t)
    return list(groups.values())


def _summed(groups: Sequence[Sequence[TensorCount]]) -> Formula:
    """What groups of tensors have together: 4·262,144 + 4·512."""
    return total([product([as_formula(len(g)), as_formula(g[0].value)][len(g) == 1 :]) for g in groups])


def ruled(given: Sequence[Column], rows: Sequence[Sequence[str]], totals: Sequence[Sequence[str]]) -> list[str]:
    """A table for the terminal: columns padded to their widest cell."""
    head = [column.title for column in given]
    widths = [max(map(len, cells)) for cells in zip(head, *rows, *totals, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = [c.rjust(w) if col.right else c.ljust(w) for c, w, col in zip(cells, widths, given, strict=True)]
        return "  ".join(padded).rstrip()

    rule = "─" * (sum(widths) + 2 * len(widths) - 2)
    lines = [rule, line(head), rule, *map(line, rows), rule]
    return [*lines, *map(line, totals), rule] if totals else lines


def filters(format_: Format) -> dict[str, Any]:
    """The filters that templates can use, beside Jinja's own."""
    return {
        "plain": format_.escape,
        "named": format_.named,
        "code_lines": lambda text: format_.code_break.join(map(format_.escape, text.split("\n"))),
        "prose": lambda text: prose(text, format_),
        "sentence": lambda text: prose(capital(text), format_),
        "times": lambda inputs, each: Product((as_formula(inputs), as_formula(each))),
        "added": lambda values: total(map(as_formula, values)),
        "small": small,
        "summed": _summed,
        "all_of": lambda value, many: simplified(product([as_formula(many), as_formula(value)])),
        "the_name": "the {}".format,
        "is_sum": lambda value: isinstance(value, Sum),
    }
