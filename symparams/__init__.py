"""Symbolic derivation of shapes and parameter counts of neural networks.

import symparams as sp
net = sp.parse("input(28,28,1) -> conv(32, 3x3, relu) -> flatten -> dense(10)")
net.params, net["conv_1"].output_shape
net.solve("lesson").to_markdown()
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from symparams.api import Net, compare, draw, load, parse
from symparams.errors import LayerError, LimitError, SymparamsError
from symparams.layer_info import LayerInfo
from symparams.layers import CATALOGUE, entries
from symparams.results import Comparison, Derivation, Finding, Solution, Step
from symparams.version import __version__

if TYPE_CHECKING:
    from symparams.checks import Check
    from symparams.class_marks import Marks, grade
    from symparams.diagnoses import Diagnosis
    from symparams.exam_questions import Exam, Question, exam
    from symparams.live_models import from_keras, from_torch
    from symparams.notebooks import load_ipython_extension
    from symparams.pictures import Figure
    from symparams.readings import Reading, read

# What needs the catalogue of misconceptions, which is not always needed: where it is.
_LATER = {
    "Check": "checks",
    "Diagnosis": "diagnoses",
    "Exam": "exam_questions",
    "Figure": "pictures",
    "Marks": "class_marks",
    "Question": "exam_questions",
    "exam": "exam_questions",
    "from_keras": "live_models",
    "from_torch": "live_models",
    "grade": "class_marks",
    "load_ipython_extension": "notebooks",  # IPython calls it for %load_ext symparams
    "Reading": "readings",
    "read": "readings",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"symparams.{_LATER[name]}"), name)


__all__ = [
    "CATALOGUE",
    "Check",
    "Comparison",
    "Derivation",
    "Diagnosis",
    "Exam",
    "Figure",
    "Finding",
    "LayerError",
    "LayerInfo",
    "LimitError",
    "Marks",
    "Net",
    "Question",
    "Reading",
    "Solution",
    "Step",
    "SymparamsError",
    "__version__",
    "compare",
    "draw",
    "entries",
    "exam",
    "from_keras",
    "from_torch",
    "grade",
    "load",
    "load_ipython_extension",
    "parse",
    "read",
]
