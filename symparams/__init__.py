"""Symbolic derivation of shapes and parameter counts of neural networks.

import symparams as sp
net = sp.parse("input(28,28,1) -> conv(32, 3x3, relu) -> flatten -> dense(10)")
net.params, net["conv_1"].output_shape
net.solve("lesson").to_markdown()
"""

from symparams.collector import paused

with paused():  # a hundred classes are made, nothing of which is ever collected
    from symparams.api import LayerInfo, Net, Solution, compare, grade, load, parse
    from symparams.errors import LayerError, LimitError, SymparamsError
    from symparams.layers import CATALOGUE, entries
    from symparams.results import Comparison, Finding, Marks
    from symparams.version import __version__

__all__ = [
    "CATALOGUE",
    "Comparison",
    "Finding",
    "LayerError",
    "LayerInfo",
    "LimitError",
    "Marks",
    "Net",
    "Solution",
    "SymparamsError",
    "__version__",
    "compare",
    "entries",
    "grade",
    "load",
    "parse",
]
