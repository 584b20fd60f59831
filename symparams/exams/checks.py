"""Questions checked before they are written, each by a second way to its key."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from symparams.algebra.evaluation import at
from symparams.algebra.formula import Formula, Number, as_formula
from symparams.algebra.simplification import simplified
from symparams.errors import SymparamsError
from symparams.exams.choosing import text, value
from symparams.exams.examination import Examination
from symparams.exams.kinds import KINDS
from symparams.exams.question import Content, Question
from symparams.exams.supply import Supply
from symparams.misconceptions.task import Tasks
from symparams.quantities.totals import amount
from symparams.reading.door import network


def stress(examination: Examination, count: int) -> None:
    """Raise SymparamsError for the first of so many random variants of every question that is not in order."""
    for plan in examination.asked:
        for question in islice(Supply(plan, examination.wanted.seed + 1), count):
            for fault in faults(question):
                name = plan.node.name if plan.node is not None else plan.course.title or plan.course.stem
                raise SymparamsError(f"{question.identity} ({plan.kind}, {name}): {fault}")


def faults(question: Question) -> Iterator[str]:
    """What is wrong with a question."""
    contents = [option.content for option in question.options]
    if any(len(set(map(of, contents))) < len(contents) for of in (text, value)):
        yield "two options are the same"
    if question.options and [o.wrong for o in question.options].count(None) != 1:
        yield "not exactly one option is the key"
    if question.options and not any(o.wrong is None and o.content == question.key for o in question.options):
        yield "the key is not among the options"
    wrong = [*question.mistakes, *(o.wrong for o in question.options if o.wrong is not None)]
    if any(w.content == question.key for w in wrong):
        yield "a misconception gives the right answer"
    if any(not 0 <= w.credit < 1 for w in wrong):
        yield "a wrong answer has full credit"
    if any(w.rules and not _gives(question, w.rules, w.content) for w in wrong):
        yield "a misconception does not give what is said"
    if not _is_right(question):
        yield "the network with these values gives another answer"


def _gives(question: Question, rules: tuple[Formula, ...], content: Content) -> bool:
    if isinstance(content, str):
        return True  # a mistake by its name
    if question.answer_type == "formula" or not question.point:
        return len(rules) == len(content) and all(
            simplified(rule, question.course.network.facts) == value or _same_everywhere(question, rule, value)
            for rule, value in zip(rules, content, strict=True)
        )
    return tuple(at(rule, question.point) for rule in rules) == content


def _same_everywhere(question: Question, rule: Formula, value: object) -> bool:
    return all(at(rule, p) == at(as_formula(value), p) for p in question.course.points)  # type: ignore[arg-type]


def _is_right(question: Question) -> bool:
    """Whether the key is what the network gives when it is built with these numbers from the start."""
    if not KINDS[question.kind].recounted:
        return True
    course = question.course
    values = {**course.given, **{name: Number(question.point[name]) for name in course.ranges}}
    built = network(course.source, values, course.catalogue)
    if question.node is None:
        return question.key == (amount(question.quantity, course.settings).of_network(built),)
    if course.is_unrolled:
        return True  # its layers have other names there
    task = Tasks(built, course.settings).of(built.index(question.node.name), question.quantity)
    return task.values[: len(question.key)] == question.key
