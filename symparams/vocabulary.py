"""The names that templates can use: one set for the built-in styles and for users' own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from symparams.account import AxisSize, Known, rounds
from symparams.derivation import Derivation
from symparams.errors import Source
from symparams.formats import Format
from symparams.formula import ONE, Formula, Negative, Product, Sum, Symbol, Value, as_formula, total
from symparams.layer import Shape
from symparams.notation import PLAIN, shown, size
from symparams.solution import Definition, LayerEntry, SizeDefinition, Solution
from symparams.sources.reader import read_expression


class Column(NamedTuple):
    """A column of a table."""

    title: str
    width: float  # share of the line in LaTeX
    right: bool


class Label(NamedTuple):
    """What a displayed equation is called."""

    label: str  # for \ref
    tag: str  # as printed


class Vocabulary:
    """A solution spoken in a format."""

    def __init__(self, solution: Solution, format_: Format, slug: str) -> None:
        self.solution = solution
        self.format = format_
        self.slug = slug
        self._texts: dict[int, tuple[Formula, str]] = {}  # formulas already written; the key is an id, kept alive
        self._shapes: dict[Shape, str] = {}
        self._tags = 0

    def names(self) -> dict[str, Any]:
        """Everything a template sees."""
        return {
            "s": self.solution,
            "solution": self.solution,
            "math": self.math,
            "formula": self.formula,
            "number": self.number,
            "size": self.size,
            "counted": self.counted,
            "parts": self.parts,
            "named": self.format.named,
            "words": self.format.word,
            "equation": self.equation,
            "math_equation": self.math_equation,
            "joined": self.joined,
            "valued": self.valued,
            "one_line": self.one_line,
            "chain_lines": self.chain_lines,
            "sum_lines": self.sum_lines,
            "relation": self.relation,
            "validity": self.validity,
            "origin": self.origin,
            "source": self.source,
            "likewise": self.likewise,
            "given": self.given,
            "floor_note": self.floor_note,
            "numbers": self.numbers,
            "layer_rows": self.layer_rows,
            "total_rows": self.total_rows,
            "symbol_rows": self.symbol_rows,
            "count_lines": self.count_lines,
            "size_lines": self.size_lines,
            "differences": self.differences,
            "columns": columns,
            "ruled": ruled,
            "label": self.label,
            "capital": capital,
            "one": ONE,
            "arrow": "→" if self.format.notation is PLAIN else r"$\to$",
        }

    # ------------------------------------------------------------ inside a line

    def formula(self, value: Value) -> str:
        """A formula or number, without marks around it."""
        if not isinstance(value, Formula):
            return shown(value, self.format.notation)
        found = self._texts.get(id(value))
        if found is None:
            found = self._texts[id(value)] = (value, shown(value, self.format.notation))
        return found[1]

    def _inline(self, text: str) -> str:
        before, after = self.format.inline
        return f"{before}{text}{after}"

    def math(self, value: Value) -> str:
        """A formula in a line."""
        return self._inline(self.formula(value))

    def number(self, value: Value) -> str:
        """A known number as text, a formula as mathematics."""
        if isinstance(value, int):
            return f"{value:,}".replace(",", self.format.group)
        return self.math(value)

    def counted(self, value: Value, plural: str) -> str:
        """128 outputs, 1 output."""
        singular = "bias" if plural == "biases" else plural.removesuffix("s")
        return f"{self.number(value)} {singular if value in (1, ONE) else plural}"

    def parts(self, entry: LayerEntry) -> str:
        """18,144 weights and 63 biases; tensor by tensor where that says too little."""
        if not any(w.kind == "statistic" and w.counted for w in entry.node.derived.rules.weights):
            counts = entry.node.derived.counts
            if counts.biases == 0:
                return f"{self.counted(counts.weights, 'weights')}, no biases"
            return f"{self.counted(counts.weights, 'weights')} and {self.counted(counts.biases, 'biases')}"
        return _listed([f"{self.number(t.value)} in {self.format.escape(t.name)}" for t in entry.account.tensors])

    def size(self, shape: Shape) -> str:
        """26 × 26 × 32."""
        found = self._shapes.get(shape)
        if found is None:
            found = self._shapes[shape] = self._inline(size(shape, self.format.notation))
        return found

    def equation(self, left: Value, right: Value) -> str:
        """k = 5."""
        return self._inline(f"{self.formula(left)} = {self.formula(right)}")

    def math_equation(self, left: str, right: Value) -> str:
        """parameters = …, with a word on the left."""
        return self._inline(f"{self.format.word(left)} = {self.formula(right)}")

    def joined(self, left: Value, right: Value) -> str:
        """32·9 = 288; the left side alone if both are the same."""
        return self.math(left) if as_formula(left) == as_formula(right) else self.equation(left, right)

    def valued(self, known: Known) -> str:
        """k_h = k = 5."""
        sides: list[Value] = [known.symbol, *([known.written] if known.written is not None else []), known.value]
        texts = list(dict.fromkeys(self.formula(side) for side in sides))
        return self._inline(" = ".join(texts))

    def one_line(self, derivation: Derivation, left: Symbol | None = None, start: str = "rule") -> str:
        """rule = values put in = result, in one line."""
        sides = [] if start == "substitution" else [derivation.rule]
        sides += [derivation.substitution, as_formula(derivation.value)]
        texts = ([self.formula(left)] if left is not None else []) + [self.formula(side) for side in sides]
        return self._inline(" = ".join(dict.fromkeys(texts)))

    def relation(self, fact: tuple[Formula, str, Formula]) -> str:
        left, sign, right = fact
        return self._inline(f"{self.formula(left)} {self.format.notation.relation[sign]} {self.formula(right)}")

    def validity(self, solution: Solution) -> str:
        """for H ≥ 19 and W ≥ 19, if 2 divides C."""
        bounds = [c for c in solution.conditions if c.relation != "divides"]
        divisions = [c for c in solution.conditions if c.relation == "divides"]
        where = _listed([self.relation((c.left, c.relation, c.right)) for c in bounds])
        whole = _listed([f"{self.math(c.left)} divides {self.math(c.right)}" for c in divisions])
        return ", ".join([*([f"for {where}"] if where else []), *([f"if {whole}"] if whole else [])])

    def origin(self, entry: LayerEntry, known: Known) -> str:
        """Where a number of input channels comes from: `, the filters of conv_1`."""
        if not known.incoming or not entry.origin[0] or "in" not in known.symbol.name.split("_"):
            return ""
        return f", which are {self._of(entry)}"

    def source(self, entry: LayerEntry) -> str:
        """`, whose channels are the filters of conv_1`."""
        if not entry.origin[0] or len(entry.arriving) != 1:
            return ""
        if entry.origin[1] == entry.inputs[0] and entry.origin[0] in ("channels", "features", "outputs"):
            return ""
        what = "channels" if len(entry.arriving[0]) > 1 else "features"
        return f"; its {what} are {self._of(entry)}"

    def _of(self, entry: LayerEntry) -> str:
        what, name = entry.origin
        node = self.solution.network.node(name)
        lone = node.layer.inputs == "none" and not self.solution.has_several_inputs
        where = "the input" if lone else self.format.named(name)
        return f"the {what} of {where}"

    def given(self, entry: LayerEntry, derivation: Derivation) -> str:
        """H_in = 26 (input height), k_h = 3 (kernel height) and s = 2 (stride)."""
        return _listed([f"{self.valued(k)} ({k.symbol.meaning})" for k in entry.account.known(derivation)])

    def floor_note(self, entry: LayerEntry, axis: AxisSize) -> str:
        """What was done to a floor, where a reader may wonder."""
        if not isinstance(axis.value, Formula):
            return ""
        if rounds(axis.rule) and not rounds(axis.value) and self.solution.network.facts.remainder:
            return "Nothing has to be rounded, because of what is given."
        if entry.first_floor and rounds(axis.value):
            return (
                "A whole number beside a floor may go under it, multiplied by the divisor; "
                "a floor inside a floor joins it, the divisors multiplied."
            )
        return ""

    def numbers(self, shape: Shape) -> str:
        """26 × 26 × 32, or 128 numbers."""
        return self.size(shape) + (" numbers" if len(shape) == 1 else "")

    def likewise(self, entry: LayerEntry, axis: AxisSize) -> str:
        """`, the width in the same way: W_out = 24`."""
        alike = [a for a in entry.account.axes if a.like == axis.axis]
        each = [f"the {a.label} in the same way: {self.equation(a.symbol, a.value)}" for a in alike]
        return "".join(", " + text for text in each)

    # ------------------------------------------------------------ displayed

    def chain_lines(self, derivation: Derivation) -> list[str]:
        """The steps of a derivation, a line each; a step that prints like the one before is left out."""
        lines: list[str] = []
        for step in derivation.steps:
            text = self.broken(step.expression)
            if not lines or lines[-1] != text:
                lines.append(text)
        return lines

    def sum_lines(self, formula: Formula) -> list[str]:
        return [self.broken(formula)]

    def broken(self, formula: Formula) -> str:
        """A formula with line breaks before + and − where it is too long."""
        if not isinstance(formula, Sum) or len(shown(formula, PLAIN)) <= self.format.width:
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
            if length > self.format.width:
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
            row = [self.format.named(entry.name), self.size(entry.shape)]
            if computation:
                row.append(self._computation(entry))
            rows.append([*row, self.number(entry.counts.params)])
        return rows

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

    def symbol_rows(self, solution: Solution) -> list[list[str]]:
        count = [[self.math(Symbol("P")), "parameters of a layer"]] if "params" in solution.quantities else []
        return count + [[self.math(symbol), prose(symbol.meaning, self.format)] for symbol in solution.symbols]

    def differences(self, solution: Solution) -> list[str]:
        """How the conventions differ, for the layers shown, each once."""
        return list(dict.fromkeys(entry.differs for entry in solution.layers if entry.differs))


def _listed(texts: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def capital(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def columns(*given: Sequence[Any]) -> list[Column]:
    """Columns of a table from (title, width) or (title, width, right)."""
    return [Column(title, width, bool(right)) for title, width, *right in given]


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
        "prose": lambda text: prose(text, format_),
        "sentence": lambda text: prose(capital(text), format_),
        "times": lambda inputs, each: Product((as_formula(inputs), as_formula(each))),
        "added": lambda values: total(map(as_formula, values)),
        "is_sum": lambda value: isinstance(value, Sum),
    }


def prose(text: str, format_: Format) -> str:
    """A sentence of the catalogue; what stands between backquotes is an expression."""
    pieces = text.split("`")
    before, after = format_.inline
    for i, piece in enumerate(pieces):
        if i % 2:
            formula = read_expression(Source("catalogue", piece))
            pieces[i] = f"{before}{shown(formula, format_.notation)}{after}"
        else:
            pieces[i] = format_.escape(piece)
    return "".join(pieces)
