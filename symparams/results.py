"""What comparing networks and searching for values gives in Python: numbers, expressions, documents."""

from __future__ import annotations

import json
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symparams.algebra.formula import Value
from symparams.algebra.sympy_bridge import to_sympy
from symparams.documents import contract, writing
from symparams.documents.writing import Document, render_comparison, render_finding
from symparams.questions.comparison import Comparison as _Comparison
from symparams.questions.finding import Finding as _Finding

if TYPE_CHECKING:
    import sympy


class Shown:
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
class Comparison(Shown):
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
class Finding(Shown):
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


def exact(value: Value) -> Any:
    """A number as an int, an expression with letters as one of sympy."""
    return value if isinstance(value, int) else to_sympy(value)
