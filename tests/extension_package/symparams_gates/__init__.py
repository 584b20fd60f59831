"""A gated memory for symparams, a mistake about it, its energy, and two ways to print and to export."""

from symparams.extend import Extension

from .asking import energy_questions
from .energy import energy
from .exporting import Cards
from .gated_memory import GatedMemory
from .mistakes import one_gate
from .wiki import WIKI

extension = Extension(
    layers=[GatedMemory],
    misconceptions=[one_gate],
    quantities=[energy],
    formats=[WIKI],
    kinds=[energy_questions],
    exports=[Cards],
)
