"""What is worked out of networks, as Python has it: solutions, derivations, comparisons, values searched for."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symparams import limits
from symparams.algebra.formula import Formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import LATEX, PLAIN
from symparams.algebra.sympy_bridge import as_written, exact, named, to_sympy
from symparams.documents import contract, rendering
from symparams.documents.derivations import Explained
from symparams.documents.engines import made_pdf
from symparams.documents.rendering import Document, Style, render, render_comparison, render_finding, render_with
from symparams.documents.solution import Solution as _Contents
from symparams.errors import SymparamsError
from symparams.model.network import Network
from symparams.quantities.derivation import StepKind
from symparams.quantities.layer_derivations import Known
from symparams.quantities.settings import Settings
from symparams.questions.comparison import Comparison as _Comparison
from symparams.questions.findings import Finding as _Finding

if TYPE_CHECKING:
    import sympy


@limits.face
class Displayed:
    """Something that a notebook shows, from a paragraph on: the headings there are those of its author."""

    @abstractmethod
    def _rendered(self, format_: str) -> str:
        """The document in a format."""

    def _repr_markdown_(self) -> str | None:
        return self._rendered("markdown-cell")

    def _repr_latex_(self) -> str | None:
        try:
            return self._rendered("latex-cell")
        except SymparamsError:  # a letter that LaTeX lacks: the Markdown is there all the same
            return None

    def _repr_mimebundle_(self, **choice: Any) -> dict[str, str]:
        """The text, for terminals; IPython adds the others itself."""
        return {"text/plain": self._rendered("text").rstrip()}


@limits.face
class Shown(Displayed):
    """Something that can be shown in every format."""

    def to_markdown(self) -> str:
        return self._rendered("markdown")

    def to_latex(self, *, standalone: bool = False) -> str:
        """A fragment to \\input, or with `standalone` a whole document."""
        body = self._rendered("latex")
        return rendering.standalone(body) if standalone else body

    def to_html(self, *, standalone: bool = True) -> str:
        """A page with formulas in MathML, or without `standalone` only its blocks."""
        body = self._rendered("html")
        return rendering.standalone(body, "html") if standalone else body

    def to_typst(self, *, standalone: bool = False) -> str:
        """A fragment to #include, or with `standalone` a whole document."""
        return rendering.delivered(self._rendered("typst"), "typst", standalone)

    def to_pdf(self, *, fonts: Sequence[str] = (), engine: str = "typst") -> bytes:
        """The bytes of a PDF; `fonts` are files or folders with characters that its own lack.

        `engine`: what makes it, typst, or lualatex where it is installed.
        """
        return made_pdf(self._rendered, engine, fonts)

    def to_text(self) -> str:
        return self._rendered("text")

    def to_format(self, name: str) -> str:
        """In a format by its name, such as one of an extension."""
        return rendering.delivered(self._rendered(name), name)

    def __str__(self) -> str:
        return self.to_text()


@limits.face
class Styled(Shown):
    """Something that can be shown in every format and style; one that is not named is its own."""

    @abstractmethod
    def _rendered(self, format_: str, style: Style | None = None) -> str:
        """The document in a format and style."""

    def to_markdown(self, style: Style | None = None) -> str:
        return self._rendered("markdown", style)

    def to_latex(self, style: Style | None = None, *, standalone: bool = False) -> str:
        """A fragment to \\input, or with `standalone` a whole document."""
        body = self._rendered("latex", style)
        return rendering.standalone(body) if standalone else body

    def to_html(self, style: Style | None = None, *, standalone: bool = True) -> str:
        """A page with formulas in MathML, or without `standalone` only its blocks."""
        body = self._rendered("html", style)
        return rendering.standalone(body, "html") if standalone else body

    def to_typst(self, style: Style | None = None, *, standalone: bool = False) -> str:
        """A fragment to #include, or with `standalone` a whole document."""
        return rendering.delivered(self._rendered("typst", style), "typst", standalone)

    def to_pdf(self, style: Style | None = None, *, fonts: Sequence[str] = (), engine: str = "typst") -> bytes:
        """The bytes of a PDF; `fonts` are files or folders with characters that its own lack.

        `engine`: what makes it, typst, or lualatex where it is installed.
        """
        return made_pdf(lambda format_: self._rendered(format_, style), engine, fonts)

    def to_text(self, style: Style | None = None) -> str:
        return self._rendered("text", style)

    def to_format(self, name: str, style: Style | None = None) -> str:
        """In a format by its name, such as one of an extension."""
        return rendering.delivered(self._rendered(name, style), name)


@limits.face
@dataclass(frozen=True, repr=False)
class Solution(Styled):
    """A worked solution, to be shown in one of the formats."""

    _network: Network
    quantities: tuple[str, ...]  # that are derived: shape, params …
    layers: tuple[str, ...]  # names of those that are shown; (): all
    settings: Settings
    style: str = "steps"
    by: str = ""  # what subtotals are for: kind or macro; empty: there are none
    figures: bool = False  # whether the network, and windows on small inputs, are shown as pictures
    all_layers: bool = False  # whether each layer of a long network is shown, not each block that repeats once

    @property
    def _layers(self) -> int:
        return len(self._network.nodes)

    @cached_property
    def _contents(self) -> _Contents:
        asked = self._network, self.quantities, self.layers, self.settings
        return _Contents(*asked, by=self.by, pictures=self.figures, all_layers=self.all_layers)

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # without what was worked out

    def _rendered(self, format_: str, style: Style | None = None) -> str:
        return render(self._contents, Document(style or self.style, format_))

    def to_json(self) -> str:
        return json.dumps(rendering.record(self._contents), ensure_ascii=False, indent=2)

    def render(self, template: str | Path, format: str = "markdown") -> str:
        """Through a Jinja template of one's own, in a sandbox."""
        return render_with(Path(template), self._contents, Document(self.style, format))

    def __repr__(self) -> str:
        return f"<Solution {self._contents.title!r}: {len(self._contents.layers)} layers in the style {self.style}>"


@limits.face
@dataclass(frozen=True, repr=False)
class Comparison(Styled):
    """Two networks side by side, in the style answer or steps."""

    _contents: _Comparison

    @property
    def _layers(self) -> int:
        return sum(len(side.network.nodes) for side in self._contents.sides)

    @property
    def totals(self) -> tuple[int | sympy.Expr, int | sympy.Expr]:
        """The quantity of either network."""
        first, second = map(exact, self._contents.totals)
        return first, second

    @property
    def difference(self) -> int | sympy.Expr:
        """The second minus the first."""
        return exact(self._contents.difference)

    @property
    def ratio(self) -> int | sympy.Expr | None:
        """The first over the second, in lowest terms; None if the second has none."""
        return None if self._contents.ratio is None else exact(self._contents.ratio)

    def _rendered(self, format_: str, style: str | None = None) -> str:
        return render_comparison(self._contents, Document(style or "answer", format_))

    def to_json(self) -> str:
        answer = self._rendered("markdown")
        return json.dumps(contract.compare(self._contents, answer), ensure_ascii=False, indent=2)

    def __repr__(self) -> str:
        return f"<Comparison: {' against '.join(str(contract.value(t)) for t in self._contents.totals)}>"


@limits.face
@dataclass(frozen=True, repr=False)
class Finding(Shown):
    """The values of one or two letters that meet a target."""

    _contents: _Finding

    @property
    def _layers(self) -> int:
        return len(self._contents.network.nodes)

    @property
    def values(self) -> tuple[Any, ...]:
        """The smallest solutions, at most 1,000: whole numbers, or pairs where two letters were asked for."""
        if len(self._contents.letters) == 2:
            return tuple(row.values for row in self._contents.fitting)
        return tuple(self._contents.numbers.first(1000))

    @property
    def count(self) -> int | None:
        """How many solutions there are; None if there is no end of them."""
        return len(self.values) if len(self._contents.letters) == 2 else self._contents.numbers.count

    @property
    def largest(self) -> int | None:
        """The largest value of a single letter; None if there is none."""
        numbers = self._contents.numbers
        return None if numbers.is_empty or numbers.is_endless else numbers.largest

    @property
    def smallest(self) -> int | None:
        """The smallest value of a single letter; None if there is none."""
        return None if self._contents.numbers.is_empty else self._contents.numbers.smallest

    @property
    def complete(self) -> bool:
        """Whether nothing can be missing; otherwise values were only tried up to a limit."""
        return self._contents.tried is None and not (self._contents.more and len(self._contents.letters) == 2)

    def __contains__(self, value: int) -> bool:
        return value in self._contents.numbers

    def _rendered(self, format_: str) -> str:
        return render_finding(self._contents, Document("find", format_))

    def to_json(self) -> str:
        return json.dumps(contract.find(self._contents), ensure_ascii=False, indent=2)

    def __repr__(self) -> str:
        letters = ", ".join(letter.name for letter in self._contents.letters)
        shown = ", ".join(map(str, self.values[:5])) + (", …" if self.count is None or self.count > 5 else "")
        return f"<Finding {letters}: {shown or 'none'}>"


@limits.face
@dataclass(frozen=True, repr=False)
class Step:
    """One line of a derivation; it equals the line before."""

    kind: StepKind  # rule, substitution, arithmetic or result
    _formula: Formula

    def sympy(self) -> sympy.Expr:
        """The line as it is written, nothing computed (`doit()` computes it); the result in its simplest form."""
        return to_sympy(self._formula) if self.kind == "result" else as_written(self._formula)

    def latex(self) -> str:
        """The line in LaTeX, without dollar signs around it."""
        return shown(self._formula, LATEX)

    def text(self) -> str:
        """The line as one types it by hand: (3·3·1 + 1)·32."""
        return shown(self._formula, PLAIN)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Step {self.kind}: {self.text()}>"

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"


@limits.face
@dataclass(frozen=True, repr=False)
class Derivation:
    """How a number comes out: the chain of equal expressions from the rule to the result."""

    layer: str  # its name
    _contents: Explained
    _known: tuple[Known, ...]

    @property
    def quantity(self) -> str:
        """shape, params, macs …"""
        return self._contents.derivation.quantity

    @property
    def axis(self) -> str:
        """Which axis of a shape or of a receptive field: height, width …; empty for counts."""
        return self._contents.derivation.axis

    @property
    def part(self) -> str:
        """Of a receptive field: size, jump or offset; empty for everything else."""
        return self._contents.part

    @property
    def because(self) -> str:
        """One clause on the rule; empty where there is none."""
        return str(self._contents.because)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All lines, from the rule to the result."""
        return tuple(Step(step.kind, step.expression) for step in self._contents.derivation.steps)

    @property
    def rule(self) -> Step:
        """The rule with its symbols: (k_h·k_w·C_in + 1)·F."""
        return self.steps[0]

    @property
    def substitution(self) -> Step:
        """The rule with all values put in, nothing computed: (3·3·1 + 1)·32."""
        return Step("substitution", self._contents.derivation.substitution)

    @property
    def result(self) -> Step:
        return self.steps[-1]

    @property
    def value(self) -> int | sympy.Expr:
        """The result as a number, or an expression of sympy where letters are free."""
        return exact(self._contents.derivation.value)

    @property
    def values(self) -> Mapping[sympy.Symbol, Any]:
        """What the known symbols stand for: `rule.sympy().subs(values)` is the result."""
        return {named(known.symbol): exact(known.value) for known in self._known}

    @property
    def meanings(self) -> Mapping[str, str]:
        """What the symbols of the rule are, in a few words: {"k_h": "kernel height"}."""
        return {known.symbol.name: known.symbol.meaning for known in self._known if known.symbol.meaning}

    def latex(self) -> str:
        """All lines in LaTeX, aligned at their signs of equality, for a display."""
        first, *others = dict.fromkeys(step.latex() for step in self.steps)
        lines = [f"& {first}", *(f"&= {line}" for line in others)]
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def text(self) -> str:
        """All lines as text, one below the other."""
        return "\n= ".join(dict.fromkeys(step.text() for step in self.steps))

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Derivation: {self._contents.asked} = {shown(self._contents.derivation.value, PLAIN)}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"
