"""Questions on one quantity of one layer: parameters, shapes, work, memory, receptive fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number, Product, Symbol, as_formula, symbols
from symparams.errors import SymparamsError
from symparams.exams.candidates import USUAL, Candidate, all_mistakes, candidates
from symparams.exams.course import Course
from symparams.exams.describable import is_describable
from symparams.exams.kind import Kind
from symparams.exams.plan import Computed, Plan
from symparams.exams.question import AnswerType
from symparams.misconceptions.mistakes import Mistake
from symparams.misconceptions.task import Task
from symparams.model.conditions import formulas_of


def plans(quantity: str, kind: str, level: int, course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    """One question for every layer that has something of the quantity."""
    for i, node in enumerate(course.network.nodes):
        if node.layer.inputs == "none" or node.kind == "copies" or node.shared is not None:
            continue
        try:
            task = course.tasks.of(i, quantity)
        except SymparamsError:
            continue
        if not _worth_asking(task):
            continue
        if quantity == "field":
            if len(set(task.values)) > 1:
                continue
            task = replace(task, axes=task.axes[:1], rules=task.rules[:1])
        ranges = course.drawn(task.rules)
        if ranges is None:
            continue
        local = quantity != "field" and is_plain(task) and is_describable(task)
        if not local and (course.is_unrolled or node.repeats):
            continue  # its name alone does not say which of its copies is meant
        if any(repeat.runs for repeat in node.repeats):
            continue
        yield Computed(
            kind=kind,
            course=course,
            answer_type=answer_type,
            difficulty=difficulty(level, task.rules, local),
            node=node,
            quantity=quantity,
            ranges=ranges,
            local=local,
            rules=task.rules,
            axes=task.axes,
            mistakes=partial(_candidates, course, task, local, answer_type == "choice"),
        )


_WITH_PAIRS = 99  # single mistakes up to which pairs are looked for, too: more than there are


def _candidates(course: Course, task: Task, local: bool, chosen: bool) -> tuple[Candidate, ...]:
    return candidates(course, _mistakes(course, task, local, chosen), task.rules)


def _mistakes(course: Course, task: Task, local: bool, chosen: bool) -> Iterator[Mistake]:
    """The mistakes of a task; of a receptive field those along the axis that is asked for.

    Among shapes with one mistake each, the right one is what they have in common; so pairs are wanted where one of
    them is chosen.
    """
    wanted = len(task.rules)
    enough = _WITH_PAIRS if chosen and wanted > 1 else USUAL
    for mistake in all_mistakes(course, task.index, task.quantity, local=local, enough=enough):
        yield mistake if len(mistake.rules) == wanted else replace(mistake, rules=mistake.rules[:wanted])


def _worth_asking(task: Task) -> bool:
    """Whether there is something to work out: a shape or a field that changes, a quantity that is not 0."""
    if task.quantity == "shape":
        arriving = task.derived.arriving
        is_given = len(task.rules) == 1 and isinstance(task.rules[0], Symbol)  # units, or the channels that arrive
        return bool(arriving) and not is_given and any(value not in arriving[0].shape for value in task.derived.shape)
    if task.quantity == "field":
        return bool(task.rules) and not isinstance(task.rules[0], Symbol) and not _is_first(task.rules[0])
    return any(value != 0 for value in task.values)


def _is_first(rule: Formula) -> bool:
    """Whether a receptive field begins at a single value of the input, so that it is the kernel."""
    return any(s.name == "r_in" and number(s) == 1 for s in symbols(rule))


def is_plain(task: Task) -> bool:
    """Whether what arrives and the arguments are numbers or letters as they stand, so that they can be told."""
    sizes = [as_formula(size) for x in task.derived.arriving for size in x.shape]
    given = [formula for _, formula in formulas_of(task.derived.layer)]
    return len(task.derived.arriving) == 1 and all(map(_is_plain, [*sizes, *given]))


def _is_plain(formula: Formula) -> bool:
    if isinstance(formula, Symbol):
        return formula.value is None or _is_plain(formula.value)
    if isinstance(formula, Product) and len(formula.factors) == 2:
        return isinstance(formula.factors[0], Number) and _is_plain(formula.factors[1])
    return number(formula) is not None


def difficulty(level: int, rules: tuple[Formula, ...], local: bool) -> int:
    """How hard a question is: by its kind, by how many letters its rule has, harder if sizes must be found first."""
    letters = len({s.name for rule in rules for s in symbols(rule)})
    return max(1, min(5, level + (letters > 5) - (letters < 3) + (not local)))


def _kind(quantity: str, title: str, order: int, level: int, *, usual: bool = False, needs: str = "") -> Kind:
    """The kind of question that asks for a number, called as the quantity."""
    asked = partial(plans, quantity, quantity, level)
    return Kind(
        quantity, title, order, ("number", "choice"), asked, usual=usual, fades=True, recounted=True, needs=needs
    )


params = _kind("params", "the number of parameters of a layer", 10, 2, usual=True)
shape = Kind(
    "shape", "the output shape of a layer", 20, ("shape", "choice"), partial(plans, "shape", "shape", 2),
    usual=True, recounted=True,
)  # fmt: skip
macs = _kind("macs", "the multiply-accumulates of a layer", 30, 3, usual=True)
flops = _kind("flops", "the floating-point operations of a layer", 31, 3)
memory = _kind("memory", "the bytes of the parameters of a layer", 32, 3)
activations = _kind("activations", "the bytes of the output of a layer", 33, 3)
cache = _kind(
    "cache", "the bytes that a layer keeps in generation", 34, 4, needs="causal attention, which keeps keys and values"
)
field = _kind("field", "the receptive field of a layer", 35, 3, usual=True, needs="a convolution or a pooling")
