"""The wrong way to a number beside the right one, as templates show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from symparams.algebra.formula import Symbol, as_formula
from symparams.algebra.notation import PLAIN
from symparams.documents.formats import Format
from symparams.documents.solution import Solution
from symparams.documents.vocabulary import Vocabulary, capital, columns
from symparams.errors import listed
from symparams.model.layer import OUTPUT_LETTERS
from symparams.quantities.derivation import Derivation, StepKind
from symparams.quantities.layer_derivations import Known, LayerDerivations
from symparams.quantities.totals import amount
from symparams.questions.diagnosis import Diagnosis, Match

_WORDS: dict[StepKind, str] = {
    "rule": "Rule",
    "substitution": "Values put in",
    "arithmetic": "Computed",
    "result": "Result",
}
_GENTLE: dict[StepKind, str] = {**_WORDS, "substitution": "With the numbers", "arithmetic": "Worked out"}
_PARTS: dict[StepKind, str] = {
    "rule": "in the rule",
    "substitution": "in the values that are put in",
    "arithmetic": "in the arithmetic",
    "result": "in the result",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A step of both ways; an empty side has fewer steps."""

    kind: StepKind
    wrong: str
    right: str
    parts: bool  # whether the ways part here


@dataclass(frozen=True, slots=True)
class Sides:
    """How one number, or several alike, come out both ways."""

    axes: tuple[str, ...]  # height, width …; ("",) for the only number
    lines: tuple[Line, ...]
    wrong: Derivation
    right: Derivation


class BothWays(Vocabulary):
    """The ways to the answer and to the right one, spoken in a format."""

    def __init__(self, diagnosis: Diagnosis, format_: Format, slug: str) -> None:
        super().__init__(Solution(diagnosis.network), format_, slug)
        self.diagnosis = diagnosis

    def names(self) -> dict[str, Any]:
        return {
            **super().names(),
            "sides": self.sides,
            "kept": self.kept,
            "axes_named": self.axes_named,
            "rows": self.rows,
            "gentle_rows": lambda sides: self.rows(sides, _GENTLE),
            "step_columns": lambda: columns(("Step", 0.14), ("Your way", 0.28), ("The right way", 0.28), ("", 0.19)),
            "values_of": self.values_of,
            "other_values": self.other_values,
            "part": self.part,
            "left": self.left,
            "right_groups": self.right_groups,
            "one_liner": self.one_liner,
            "way_lines": self.way_lines,
        }

    def sides(self, match: Match, symbols: bool = True) -> list[Sides]:
        """The numbers that came out wrong, those that come out alike together; `symbols`: with the rules."""
        groups: dict[tuple[Line, ...], list[tuple[str, Derivation, Derivation]]] = {}
        for wrong, right in zip(match.wrong, self.diagnosis.right, strict=False):
            if wrong.axis == right.axis and wrong.value != right.value:
                groups.setdefault(self._lines(wrong, right, symbols), []).append((right.axis, wrong, right))
        return [Sides(tuple(a for a, _, _ in some), lines, *some[0][1:]) for lines, some in groups.items()]

    def _lines(self, wrong: Derivation, right: Derivation, symbols: bool) -> tuple[Line, ...]:
        lines: list[Line] = []
        parted = False
        for kind in _WORDS:
            left, other = wrong.of_kind(kind), right.of_kind(kind)
            for mine, theirs in zip_longest(left, other):
                one, two = ("" if side is None else self.math(side) for side in (mine, theirs))
                if not lines or (one, two) != (lines[-1].wrong, lines[-1].right):
                    here = not parted and one != two
                    parted = parted or here
                    lines.append(Line(kind, one, two, here))
        kept = [line for line in lines if symbols or line.kind != "rule"]
        if not symbols and kept and not any(line.parts for line in kept):
            kept[0] = Line(kept[0].kind, kept[0].wrong, kept[0].right, kept[0].wrong != kept[0].right)
        return tuple(kept)

    def kept(self, match: Match) -> str:
        """The numbers of a shape that are right all the same."""
        right = [
            f"the {axis}" if axis not in ("channels", "features") else f"the number of {axis}"
            for axis, same in (
                (r.axis, w.axis == r.axis and w.value == r.value)
                for w, r in zip(match.wrong, self.diagnosis.right, strict=False)
            )
            if same
        ]
        verb = "is" if len(right) == 1 else "are"
        return f"{capital(listed(right))} {verb} right." if right else ""

    def axes_named(self, axes: Sequence[str]) -> str:
        """Height and width; empty for a single number."""
        return capital(listed(list(axes))) if any(axes) and len(self.diagnosis.right) > 1 else ""

    def rows(self, sides: Sides, words: dict[StepKind, str] = _WORDS) -> list[list[str]]:
        """A row a step, with a mark where the ways part."""
        arrow = "← " if self.format.notation is PLAIN else r"$\leftarrow$ "
        rows: list[list[str]] = []
        kind: StepKind | None = None
        for line in sides.lines:
            label = "" if line.kind == kind else words[line.kind]
            kind = line.kind
            rows.append([label, line.wrong, line.right, f"{arrow}here they part" if line.parts else ""])
        return rows

    def part(self, sides: Sides) -> str:
        """The two ways part in the rule."""
        return "".join(f"The two ways part {_PARTS[line.kind]}." for line in sides.lines if line.parts)

    def _known(self, derivation: Derivation) -> dict[str, Known]:
        node = self.diagnosis.node
        return {k.symbol.name: k for k in LayerDerivations(node.derived).known(derivation)} if node is not None else {}

    def values_of(self, sides: Sides) -> str:
        """k_h = 3 (kernel height) and C_in = 32 (input channels)."""
        known = {**self._known(sides.wrong), **self._known(sides.right)}
        return listed([f"{self.valued(k)} ({k.symbol.meaning})" for k in known.values()])

    def other_values(self, sides: Sides) -> str:
        """What was put in for a letter that has another value."""
        wrong, right = self._known(sides.wrong), self._known(sides.right)
        other = [wrong[name] for name in right if name in wrong and wrong[name].value != right[name].value]
        return listed(
            [f"{self.equation(k.symbol, k.value)} for {self.number(right[k.symbol.name].value)}" for k in other]
        )

    def left(self, derivation: Derivation) -> str:
        """What stands on the left of an equation."""
        if derivation.quantity == "shape":
            return self.formula(Symbol(OUTPUT_LETTERS.get(derivation.axis, "n_out")))
        if derivation.quantity == "field":
            return self.formula(Symbol("r"))
        return self.format.word(amount(derivation.quantity, self.diagnosis.settings).left)

    def right_groups(self) -> list[tuple[str, Derivation]]:
        """The right derivations, those of axes that come out alike once, with the names of the axes."""
        groups: dict[tuple[str, ...], list[Derivation]] = {}
        for derivation in self.diagnosis.right:
            groups.setdefault(tuple(self.chain_lines(derivation)), []).append(derivation)
        return [(self.axes_named([d.axis for d in some]), some[0]) for some in groups.values()]

    def one_liner(self, derivation: Derivation, symbols: bool = True) -> str:
        """parameters = (k·k·C_in + 1)·C_out = … = 18,207."""
        sides = [derivation.rule] if symbols else []
        sides += [derivation.substitution, as_formula(derivation.value)]
        texts = [self.left(derivation), *(self.formula(side) for side in sides)]
        return self._inline(" = ".join(dict.fromkeys(texts)))

    def way_lines(self, derivation: Derivation) -> list[str]:
        """All steps behind the left side, without a rule that only says the same again."""
        left = self.left(derivation)
        lines = self.chain_lines(derivation, left)
        return lines[1:] if lines[0] == left and len(lines) > 1 else lines
