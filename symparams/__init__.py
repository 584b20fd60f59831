"""Symbolic derivation of shapes and parameter counts of neural networks.

import symparams as sp
net = sp.parse("input(28,28,1) -> conv(32, 3x3, relu) -> flatten -> dense(10)")
net.params, net["conv_1"].output_shape
net.solve("lesson").to_markdown()
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from symparams.version import __version__

if TYPE_CHECKING:
    from symparams.api import Net, compare, draw, load, parse
    from symparams.book_appendix import Appendix, appendix
    from symparams.checks import Check
    from symparams.class_marks import Marks, grade
    from symparams.diagnoses import Diagnosis
    from symparams.errors import LayerError, LimitError, SymparamsError
    from symparams.exam_questions import Exam, Question, exam
    from symparams.layer_info import LayerInfo
    from symparams.layers import CATALOGUE, entries
    from symparams.live_models import from_keras, from_torch
    from symparams.notebooks import load_ipython_extension
    from symparams.pictures import Figure
    from symparams.readings import Reading, read
    from symparams.results import Comparison, Derivation, Finding, Solution, Step

# Where each name is; loaded when it is asked for, since no command needs all of them.
_LATER = {
    "Appendix": "book_appendix",
    "CATALOGUE": "layers",
    "Check": "checks",
    "Comparison": "results",
    "Derivation": "results",
    "Diagnosis": "diagnoses",
    "Exam": "exam_questions",
    "Figure": "pictures",
    "Finding": "results",
    "LayerError": "errors",
    "LayerInfo": "layer_info",
    "LimitError": "errors",
    "Marks": "class_marks",
    "Net": "api",
    "Question": "exam_questions",
    "Reading": "readings",
    "Solution": "results",
    "Step": "results",
    "SymparamsError": "errors",
    "appendix": "book_appendix",
    "compare": "api",
    "draw": "api",
    "entries": "layers",
    "exam": "exam_questions",
    "from_keras": "live_models",
    "from_torch": "live_models",
    "grade": "class_marks",
    "load": "api",
    "load_ipython_extension": "notebooks",  # IPython calls it for %load_ext symparams
    "parse": "api",
    "read": "readings",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"symparams.{_LATER[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = [
    "CATALOGUE",
    "Appendix",
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
    "appendix",
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
