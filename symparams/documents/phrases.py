"""What stands inside a line of a document: numbers, formulas and short phrases, in a format."""

from __future__ import annotations

from typing import Any

from symparams.algebra.choices import Choices
from symparams.algebra.formula import ONE, Formula, Number, Symbol, Value, as_formula
from symparams.algebra.notation import PLAIN, shown, size
from symparams.algebra.sums import Repeat, over, over_shown
from symparams.documents.entries import LayerEntry
from symparams.documents.formats import Format
from symparams.documents.solution import Solution
from symparams.errors import Source, listed
from symparams.model.conditions import Condition
from symparams.model.layer import SPATIAL, Shape
from symparams.model.network import Network
from symparams.quantities.derivation import Derivation
from symparams.quantities.layer_derivations import AxisSize, Known, rounds
from symparams.quantities.layer_quantities import FieldSteps, LayerQuantity
from symparams.quantities.quantity import Quantity, size_in_bytes
from symparams.sources.reader import read_expression


class Phrases:
    """A solution spoken in a format, a phrase at a time."""

    def __init__(self, solution: Solution, format_: Format, slug: str) -> None:
        self.solution = solution
        self.format = format_
        self.slug = slug
        self._texts: dict[Formula, str] = {}  # formulas already written
        self._shapes: dict[Shape, str] = {}
        self._tags = 0
        self._explained: set[object] = set()  # rules and reasons that the document has given

    def names(self) -> dict[str, Any]:
        """What a template sees of the words for numbers, formulas and single facts."""
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
            "worked": self.worked,
            "listed": listed,
            "valued": self.valued,
            "one_line": self.one_line,
            "relation": self.relation,
            "stated": self.stated,
            "members": self.members,
            "validity": self.validity,
            "origin": self.origin,
            "source": self.source,
            "likewise": self.likewise,
            "given": self.given,
            "floor_note": self.floor_note,
            "numbers": self.numbers,
            "amount": self.amount,
            "measured": self.measured,
            "fields": self.fields,
            "why": self.why,
            "copies": self.copies,
            "numbered": self.numbered,
            "together": self.together,
            "running": self.running,
            "arrow": "→" if self.format.notation is PLAIN else r"$\to$",
        }

    def formula(self, value: Value) -> str:
        """A formula or number, without marks around it."""
        if not isinstance(value, Formula):
            return shown(value, self.format.notation)
        text = self._texts.get(value)
        if text is None:
            text = self._texts[value] = shown(value, self.format.notation)
        return text

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
        return f"{self.number(value)} {_numbered(value, plural)}"

    def worked(self, left: Value, value: Value, plural: str) -> str:
        """32·9 = 288 weights."""
        alone = as_formula(left) == as_formula(value)
        return f"{self.number(value) if alone else self.joined(left, value)} {_numbered(value, plural)}"

    def parts(self, entry: LayerEntry) -> str:
        """18,144 weights and 63 biases; tensor by tensor where that says too little."""
        if not any(t.kind == "statistic" for t in entry.node.derived.rules.counted):
            counts = entry.node.derived.counts
            if counts.biases == 0:
                return "all of them weights" if counts.weights != 1 else "a weight"
            return f"{self.counted(counts.weights, 'weights')} and {self.counted(counts.biases, 'biases')}"
        return listed([f"{self.number(t.value)} in {self.format.escape(t.name)}" for t in entry.account.tensors])

    def size(self, shape: Shape) -> str:
        """26 × 26 × 32."""
        text = self._shapes.get(shape)
        if text is None:
            text = self._shapes[shape] = self._inline(size(shape, self.format.notation))
        return text

    def equation(self, left: Value, right: Value) -> str:
        """k = 5."""
        return self._inline(f"{self.formula(left)} = {self.formula(right)}")

    def math_equation(self, left: str, right: Value) -> str:
        """parameters = …, with a word on the left."""
        return self._inline(f"{self.format.word(left)} = {self.formula(right)}")

    def joined(self, left: Value, right: Value) -> str:
        """32·9 = 288; the left side alone if both are the same."""
        return self.math(left) if self.formula(left) == self.formula(right) else self.equation(left, right)

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
        if isinstance(left, Number) and sign == ">=":
            left, sign, right = right, "<=", left
        return self._inline(f"{self.formula(left)} {self.format.notation.relation[sign]} {self.formula(right)}")

    def members(self, letter: str, choices: Choices) -> str:
        """F ∈ {8, 16, …, 64}; without marks in the numbers, whose commas would be taken for those between them."""
        numbers = [self._dots if n is None else str(n) for n in choices.dotted()]
        before, after = self.format.inline
        long = sum(map(len, numbers)) > 40  # then lines may break between the numbers, which they do not in a formula
        text = (f",{after} {before}" if long else ", ").join(numbers)
        return self._inline(self.format.notation.members(self.formula(Symbol(letter)), text))

    def stated(self, network: Network) -> list[str]:
        """What is given: the ranges of letters, then the facts of `where`."""
        ranges = [self.members(*one) for one in network.ranges.items()]
        return [*ranges, *map(self.relation, network.stated)]

    def validity(self, solution: Solution) -> str:
        """for H ≥ 19 and W ≥ 19, if 2 divides C."""
        bounds = [c for c in solution.conditions if c.relation != "divides"]
        divisions = [c for c in solution.conditions if c.relation == "divides"]
        where = listed([self.relation((c.left, c.relation, c.right)) for c in bounds])
        whole = listed([f"{self.math(c.left)} divides {self.math(c.right)}{self._copies(c)}" for c in divisions])
        return ", ".join([*([f"for {where}"] if where else []), *([f"if {whole}"] if whole else [])])

    def _copies(self, condition: Condition) -> str:
        """` for each i from 1 to N`, where something must hold in every copy."""
        ends = [(r.symbol, r.first, r.last) for r in condition.copies]
        return "".join(f" for each {self.math(i)} from {self.math(a)} to {self.math(b)}" for i, a, b in ends)

    def origin(self, entry: LayerEntry, known: Known) -> str:
        """Where a number of input channels comes from: `, the filters of conv_1`."""
        name = known.symbol.name
        if not known.incoming or not entry.origin[0] or "in" not in name.split("_") or name in _ALONG:
            return ""
        return f", which are {self._of(entry)}"

    def source(self, entry: LayerEntry) -> str:
        """`, whose channels are the filters of conv_1`."""
        if not entry.origin[0] or len(entry.arriving) != 1:
            return ""
        if entry.origin[1] == entry.inputs[0] and entry.origin[0] in ("channels", "features", "outputs"):
            return ""
        alone = len(entry.arriving[0]) == 1 or entry.origin[0] in ("units", "width")
        what = "features" if alone else "channels"
        return f"; its {what} are {self._of(entry)}"

    def _of(self, entry: LayerEntry) -> str:
        what, name = entry.origin
        node = self.solution.network.node(name)
        lone = node.layer.inputs == "none" and not self.solution.has_several_inputs
        where = "the input" if lone else self.format.named(name)
        return f"the {what} of {where}"

    def given(self, entry: LayerEntry, derivation: Derivation) -> str:
        """H_in = 26 (input height), k_h = 3 (kernel height) and s = 2 (stride)."""
        return listed([f"{self.valued(k)} ({k.symbol.meaning})" for k in entry.account.known(derivation)])

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
        return self.counted(shape[0], "numbers") if len(shape) == 1 else self.size(shape)

    def likewise(self, entry: LayerEntry, axis: AxisSize) -> str:
        """`, the width in the same way: W_out = 24`."""
        alike = [a for a in entry.account.axes if a.like == axis.axis]
        each = [f"the {a.label} in the same way: {self.equation(a.symbol, a.value)}" for a in alike]
        return "".join(", " + text for text in each)

    # ------------------------------------------------------------ further quantities

    def amount(self, measure: Quantity, value: Value) -> str:
        """1,024 bytes (1 KiB)."""
        human = size_in_bytes(value) if measure.in_bytes else ""
        return f"{self.number(value)} {measure.unit}" + (f" ({human})" if human else "")

    def measured(self, entry: LayerEntry) -> tuple[LayerQuantity, ...]:
        """The further quantities of a layer."""
        return self.solution.measurements.of(entry.node)

    def why(self, entry: LayerEntry, found: LayerQuantity) -> str:
        """The reason for a rule and what its letters are, where the rule is new in this document."""
        rule = (found.measure.name, entry.heading, shown(found.derivation.rule, PLAIN))
        if rule in self._explained:
            return ""
        self._explained.add(rule)
        because = "" if found.because in self._explained else found.because
        self._explained.add(found.because)
        known = listed([f"{self.valued(k)} ({k.symbol.meaning})" for k in entry.account.known(found.derivation)])
        sentence = prose(f"{because[:1].upper()}{because[1:]}.", self.format) if because else ""
        return " ".join(filter(None, [sentence, f"With {known}:" if known else ""]))

    def fields(self, entry: LayerEntry) -> tuple[FieldSteps, ...] | str:
        """The receptive field at the output of a layer, an axis each; a word where it has no size of its own."""
        steps = self.solution.measurements.fields_of(entry.number - 1)
        known = isinstance(steps, str) and any(self.solution.measurements.states[i] == steps for i in entry.node.inputs)
        return "as before" if known else steps

    def copies(self, entry: LayerEntry) -> str:
        """N − 1 copies; in nested brackets all of them."""
        count = over(1, entry.node.repeats, entry.node.derived.facts)
        return self.counted(count, "copies")

    def together(self, entry: LayerEntry, value: Value, all_of_it: Value) -> str:
        """What all copies have: (N − 1)·(9F + 1)·F = …"""
        written = over_shown(as_formula(value), entry.node.repeats)
        return self.joined(written, all_of_it)

    def running(self, entry: LayerEntry) -> str:
        """`, i = 2, …, N`: the letter that counts copies, where sizes depend on it."""
        return "".join(f", {self._numbers(repeat)}" for repeat in entry.node.repeats if repeat.runs)

    def numbered(self, entry: LayerEntry) -> str:
        """`i = 2, …, N`: the letters that count the copies of a layer."""
        return ", ".join(map(self._numbers, entry.node.repeats))

    def _numbers(self, repeat: Repeat) -> str:
        ends = f"{self.formula(repeat.first)}, {self._dots}, {self.formula(repeat.last)}"
        return self._inline(f"{self.formula(repeat.symbol)} = {ends}")

    @property
    def _dots(self) -> str:
        return "…" if self.format.name == "text" else r"\dots"


_ALONG = {f"{letter}_in" for axes in SPATIAL.values() for _, letter, _ in axes}  # sizes that no layer gives: H_in


def _numbered(value: Value, plural: str) -> str:
    """The word for so many: weights, or weight for one."""
    singular = {"biases": "bias", "copies": "copy"}.get(plural, plural.removesuffix("s"))
    return singular if value in (1, ONE) else plural


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
