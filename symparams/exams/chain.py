"""A network cut where outputs are asked for: what comes behind in the letters of these parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from string import ascii_lowercase

from symparams.algebra.formula import Formula, Symbol, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.simplification import simplified
from symparams.algebra.solving import letters_of
from symparams.algebra.substitution import mapped
from symparams.exams.course import Course
from symparams.exams.values import written
from symparams.layers.source import Input
from symparams.misconceptions.mistakes import Mistakes
from symparams.misconceptions.task import Tasks
from symparams.model.builder import Builder

_MARK = "§"  # before the letter of a part: no letter of a network is called so
_LONGEST = 400  # characters of what follows; nobody goes on by a longer formula


def part_letter(place: int) -> Symbol:
    """What stands for the answer to the part at a place, from 0."""
    return Symbol(f"{_MARK}{ascii_lowercase[place]}")


@dataclass(frozen=True, slots=True)
class Cut:
    """An output some of whose sizes are what was answered."""

    axes: tuple[int, ...]  # the places of these sizes in the shape
    letter: Symbol  # that stands for them


def chained(course: Course, cuts: Mapping[int, Cut]) -> tuple[Mistakes, Mapping[int, int]]:
    """The mistakes in the network with the outputs of some layers cut, and where each of its layers stands there."""
    network = course.network
    builder = Builder(network.convention, network.facts)
    own: dict[int, int] = {}
    hands_on: dict[int, int] = {}
    for i, node in enumerate(network.nodes):
        shared = None if node.shared is None else own[network.index(node.shared)]
        inputs = [hands_on[j] for j in node.inputs]
        own[i] = hands_on[i] = builder.add(node.layer, inputs, node.name, shared=shared, frozen=node.frozen)
        if i in cuts:
            sizes = map(as_formula, builder.nodes[own[i]].shape)
            shape = tuple(cuts[i].letter if axis in cuts[i].axes else size for axis, size in enumerate(sizes))
            hands_on[i] = builder.add(Input(shape), (), f"{_MARK}{node.name}")
    return Mistakes(Tasks(replace(network, nodes=tuple(builder.nodes)), course.settings)), own


def following(rule: Formula, point: Mapping[str, int]) -> Formula | None:
    """The rule with the numbers of a variant, in letters for the parts, a, b …; None if it uses none or grows long."""
    worked_out = mapped(as_formula(simplified(written(rule, point))), _bare)
    return worked_out if letters_of(worked_out) and len(shown(worked_out, SOURCE)) <= _LONGEST else None


def _bare(leaf: Formula) -> Formula:
    return Symbol(leaf.name.removeprefix(_MARK)) if isinstance(leaf, Symbol) else leaf
