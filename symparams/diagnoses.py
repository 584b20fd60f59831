"""What is found out about an answer, as Python has it; loaded when it is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from symparams import limits
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.sympy_bridge import exact
from symparams.documents.diagnosis_document import record, render_diagnosis
from symparams.documents.rendering import Document, Style
from symparams.model.network import Network
from symparams.quantities.settings import Settings
from symparams.questions.diagnosis import Diagnosis as _Diagnosis
from symparams.questions.diagnosis import Diagnostician
from symparams.results import Styled

if TYPE_CHECKING:
    import sympy

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


@limits.face
@dataclass(frozen=True, repr=False)
class Diagnosis(Styled):
    """What is found out about an answer."""

    _contents: _Diagnosis

    @property
    def _layers(self) -> int:
        return len(self._contents.network.nodes)

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

    def _rendered(self, format_: str, style: Style | None = None) -> str:
        return render_diagnosis(self._contents, Document(style or "answer", format_))

    def to_json(self) -> str:
        return json.dumps(record(self._contents), ensure_ascii=False, indent=2)

    def __repr__(self) -> str:
        if self.correct:
            return "<Diagnosis: right>"
        names = "; ".join(" and ".join(m.name for m in match.made) for match in self._contents.matches)
        return f"<Diagnosis: {names or 'no known mistake'}>"


def diagnostician(network: Network, settings: Settings) -> Diagnostician:
    """Who explains answers on a network, and keeps what it found out."""
    return Diagnostician(network, settings)


def diagnosed(by: Diagnostician, answer: Answer, layer: str | None, quantity: str) -> Diagnosis:
    """What is found out about an answer for a layer, or for the total."""
    return Diagnosis(by.typed(layer, quantity, written(answer)))
