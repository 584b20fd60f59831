"""The answer to a whole question as a template of a user's own sees it."""

from __future__ import annotations

from dataclasses import dataclass

from symparams.documents.diagnosis_sections import DiagnosisDocument
from symparams.documents.solution import Solution


@dataclass(frozen=True)
class AskedQuestion:
    """Something that is asked about a number."""

    layer: str  # which layer is asked about; empty: the whole network
    quantity: str  # which quantity: params, shape …
    number: str  # the number that is doubted, as it stands in the text; empty: none is
    solution: Solution  # how what is asked about comes out
    diagnosis: DiagnosisDocument | None  # what the doubted number is; None where there is none


@dataclass(frozen=True)
class AskedDocument:
    """A text with a network, what was read in it and what is asked."""

    solution: Solution  # of the whole network
    questions: tuple[AskedQuestion, ...]  # in the order of the text; (): nothing in particular is asked
    repairs: tuple[str, ...]  # what had to be repaired, a clause each; what stands between backquotes is code
    assumed: tuple[str, ...]  # what the text leaves open and was taken as usual, likewise
