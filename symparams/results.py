"""What comparing, searching and diagnosing give in Python: numbers, expressions, documents."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from symparams import limits
from symparams.algebra.formula import Value
from symparams.algebra.notation import SOURCE, shown
from symparams.algebra.sympy_bridge import to_sympy
from symparams.documents import contract, writing
from symparams.documents.writing import Document, Style, render_comparison, render_diagnosis, render_finding
from symparams.grading import plot, tables
from symparams.grading.marks import ClassMarks, Student, Tally
from symparams.grading.report import report
from symparams.questions.comparison import Comparison as _Comparison
from symparams.questions.diagnosis import Diagnosis as _Diagnosis
from symparams.questions.finding import Finding as _Finding

if TYPE_CHECKING:
    import sympy


class _Shown:
    """Something that can be shown in every format."""

    @abstractmethod
    def _rendered(self, format_: str) -> str:
        """The document in a format."""

    def to_markdown(self) -> str:
        return self._rendered("markdown")

    def to_latex(self, *, standalone: bool = False) -> str:
        """A fragment to \\input, or with `standalone` a whole document."""
        body = self._rendered("latex")
        return writing.standalone(body) if standalone else body

    def to_text(self) -> str:
        return self._rendered("text")

    def __str__(self) -> str:
        return self.to_text()

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _repr_latex_(self) -> str:
        return self.to_latex()


@dataclass(frozen=True, repr=False)
class Comparison(_Shown):
    """Two networks side by side."""

    _contents: _Comparison

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

    def _rendered(self, format_: str) -> str:
        return render_comparison(self._contents, Document("compare", format_))

    def to_json(self) -> str:
        return json.dumps(contract.compare(self._contents), ensure_ascii=False, indent=2)

    def __repr__(self) -> str:
        return f"<Comparison: {' against '.join(str(contract.value(t)) for t in self._contents.totals)}>"


@dataclass(frozen=True, repr=False)
class Finding(_Shown):
    """The values of one or two letters that meet a target."""

    _contents: _Finding

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


Answer: TypeAlias = "int | float | Fraction | str | sympy.Expr | Sequence[int | str | sympy.Expr]"


def written(answer: Answer) -> str:
    """An answer as a student would type it."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, (tuple, list)):
        return f"({'; '.join(map(written, answer))})"
    if isinstance(answer, int):
        limits.checked(answer)
    return str(answer)


@dataclass(frozen=True, slots=True)
class Match:
    """A mistake that gives an answer."""

    misconception: str  # its name
    formula: str | tuple[str, ...]  # the wrong rule, in the language's syntax; of a shape one for each axis
    value: Any  # what it gives: an int, an expression, of a shape a tuple
    explanation: str  # what was done
    repair: str  # what is right, and why
    second: str | None = None  # the name of another misconception, where two were made at once
    layers: tuple[str, ...] = ()  # of a total: where it was made


@dataclass(frozen=True, repr=False)
class Diagnosis(_Shown):
    """What is found out about an answer."""

    _contents: _Diagnosis

    @property
    def correct(self) -> bool:
        return self._contents.correct

    @property
    def value(self) -> Any:
        """The right answer: an int or an expression, of a shape or a receptive field a tuple."""
        return self._one_or_several([exact(value) for value in self._contents.value])

    @property
    def matches(self) -> tuple[Match, ...]:
        """The mistakes that give the answer, the likeliest first; none if it is right, or nothing explains it."""
        return tuple(
            Match(
                match.made[0].name,
                self._one_or_several([shown(w.rule, SOURCE) for w in match.wrong]),
                self._one_or_several([exact(w.value) for w in match.wrong]),
                match.made[0].explanation,
                match.made[0].repair,
                match.made[1].name if len(match.made) > 1 else None,
                tuple(changed.layer for changed in match.terms),
            )
            for match in self._contents.matches
        )

    def _one_or_several(self, values: list[Any]) -> Any:
        return tuple(values) if self._contents.quantity in ("shape", "field") else values[0]

    def _rendered(self, format_: str, style: str = "steps") -> str:
        return render_diagnosis(self._contents, Document(style, format_))

    def to_markdown(self, style: Style = "steps") -> str:
        return self._rendered("markdown", style)

    def to_latex(self, style: Style = "steps", *, standalone: bool = False) -> str:
        """A fragment to \\input, or with `standalone` a whole document."""
        body = self._rendered("latex", style)
        return writing.standalone(body) if standalone else body

    def to_text(self, style: Style = "steps") -> str:
        return self._rendered("text", style)

    def to_json(self) -> str:
        return json.dumps(contract.diagnose(self._contents), ensure_ascii=False, indent=2)

    def __repr__(self) -> str:
        if self.correct:
            return "<Diagnosis: right>"
        names = "; ".join(" and ".join(m.name for m in match.made) for match in self._contents.matches)
        return f"<Diagnosis: {names or 'no known mistake'}>"


@dataclass(frozen=True, repr=False)
class Marks(_Shown):
    """The marks of a class; made by `grade`."""

    _contents: ClassMarks

    @property
    def students(self) -> tuple[Student, ...]:
        """Each student: `name`, `paper`, `points`, `of`, `share` and `answers`, one for each question."""
        return self._contents.students

    @property
    def tally(self) -> tuple[Tally, ...]:
        """The misconceptions that were met, the most frequent first: `misconception`, `count` and `questions`."""
        return self._contents.tally

    @property
    def mean(self) -> Fraction:
        """Points of a student on average."""
        return self._contents.mean

    def right(self, number: int) -> Fraction:
        """The share of students whose answer to a question is right; questions count from 1."""
        return self._contents.right(number)

    def _rendered(self, format_: str) -> str:
        return report(self._contents, format_)

    def to_csv(self, table: str = "marks") -> str:
        """One of the tables `marks`, `tally` and `answers`."""
        return tables.as_csv(self._contents, table)

    def to_json(self) -> str:
        return json.dumps(tables.as_record(self._contents), ensure_ascii=False, indent=2)

    def plot(self, path: str | Path) -> None:
        """The tally as a picture; needs matplotlib."""
        plot.plot(self._contents, Path(path))

    def __repr__(self) -> str:
        return f"<Marks: {len(self.students)} students, {len(self._contents.bank.numbered)} questions>"


def exact(value: Value) -> Any:
    """A number as an int, an expression with letters as one of sympy."""
    return value if isinstance(value, int) else to_sympy(value)
