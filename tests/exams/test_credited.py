"""Every wrong answer that earns something, computed again from the edited rules in the network with numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations, product

import pytest

from symparams.algebra.evaluation import number
from symparams.documents.question_writer import Writer, typed
from symparams.documents.written_question import WrittenMistake
from symparams.exams.kinds.inverse import freed
from symparams.exams.question import Question, Wrong
from symparams.misconceptions.mistakes import Mistakes
from symparams.misconceptions.task import Task
from symparams.misconceptions.totals import Total
from tests.exams.samples import TEXTS, course, questions
from tests.exams.test_questions import edited, numbers, numeric, task_of, witness
from tests.helpers import few_or_many, value

OF_LAYERS = ("params", "shape", "macs", "flops", "memory", "activations", "field", "blank")


def credited(text: str, kind: str, most: int) -> Iterator[tuple[Question, Wrong, WrittenMistake]]:
    """The typed wrong answers of some questions that earn a share."""
    for question in questions(text, kind, count=2, most=most):
        if not question.options:
            written = Writer(course(text), "markdown", 0).asked(question)
            for wrong, mistake in zip(question.mistakes, written.mistakes, strict=True):
                assert 0 <= mistake.credit <= wrong.credit
                if mistake.credit:
                    yield question, wrong, mistake


def made_again(task: Task, mistakes: Mistakes, wrong: Wrong, count: int) -> set[object]:
    """What its mistakes give when they are made in the network with numbers."""
    if len(wrong.made) == 2 and task.quantity == "shape":
        return set(both(task, mistakes, wrong))
    way = "pairs" if len(wrong.made) == 2 else "carried" if wrong.carried else "singles"
    made = [m for m in edited(mistakes, task.index, task.quantity, way) if m.made == wrong.made]
    return {numbers(m.rules[:count]) for m in made}


def both(task: Task, mistakes: Mistakes, wrong: Wrong) -> Iterator[tuple[object, ...]]:
    """Shapes with two mistakes, put together from those with one: by axes, or one in the order of the other."""
    apart = list(_apart(task, mistakes, wrong))
    yield from apart
    if not apart:  # both change one size: the tests of pairs have these worked out by hand
        yield from (tuple(map(number, m.rules)) for m in mistakes.pairs(task) if m.made == wrong.made)


def _apart(task: Task, mistakes: Mistakes, wrong: Wrong) -> Iterator[tuple[object, ...]]:
    right = tuple(map(number, task.rules))
    singles = edited(mistakes, task.index, "shape", "singles")
    ones, others = ([tuple(map(number, m.rules)) for m in singles if m.made == (made,)] for made in wrong.made)
    for one, other in product(ones, others):
        for order in permutations(range(len(right))):
            turned = [tuple(shape[i] for i in order) for shape in (right, one, other)]
            if order != tuple(range(len(right))):
                yield from (two for same, two in ((one, turned[2]), (other, turned[1])) if turned[0] == same)
        if all(r in (a, b) for r, a, b in zip(right, one, other, strict=True)):
            yield tuple(b if a == r else a for r, a, b in zip(right, one, other, strict=True))


@few_or_many("most", 2, 8)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_of_layers(text: str, most: int) -> None:
    seen: Counter[str] = Counter()
    for kind in OF_LAYERS:
        for question, wrong, mistake in credited(text, kind, most):
            given = numbers(wrong.rules, question.point)
            assert given is not None
            assert mistake.answer == typed(given)  # type: ignore[arg-type]
            if question.course.is_unrolled:
                continue
            task, mistakes = task_of(question)
            again = made_again(task, mistakes, wrong, len(given))
            seen["again" if again else "only with letters"] += 1
            assert not again or given in again, (question.identity, mistake.misconception, given, again)
    assert seen["only with letters"] <= seen["again"] / 20


@few_or_many("most", 2, 4)
def test_of_totals(most: int) -> None:
    seen = 0
    for text in TEXTS.values():
        for question, wrong, mistake in credited(text, "total", most):
            if not question.course.is_unrolled:
                network, mistakes = witness(question)
                seen += 1
                assert Fraction(mistake.answer) in wrong_totals(Total(mistakes, "params"), wrong), network
    assert seen > 20


def wrong_totals(total: Total, wrong: Wrong) -> set[object]:
    """What a mistake gives where it is made everywhere, or in the layers that are named."""
    ways = [list(terms) for terms in total.everywhere()] if not wrong.layers else [[t] for t in total.wrong_terms()]
    named = [terms for terms in ways if terms[0].made in wrong.made]
    if wrong.layers:
        named = [terms for terms in named if total.node(terms[0].index).name in wrong.layers]
    return {number(total.with_terms(terms)) for terms in named}


def others(total: Total) -> set[object]:
    """What there is where a mistake changes nothing, or gives there what one with another name gives."""
    return {number(total.sum), *(number(total.with_terms(terms)) for terms in total.everywhere())}


def test_of_comparisons() -> None:
    seen = 0
    for text in TEXTS.values():
        for question, wrong, mistake in credited(text, "compare", 2):
            more = question.more or {}
            designs = (question.course.text(more["first"]), more["other"].text(more["second"]))
            if not question.course.is_unrolled:
                totals = [Total(numeric(one)[1], "params") for one in designs]
                first, second = (wrong_totals(total, wrong) or others(total) for total in totals)
                seen += 1
                gaps = {b - a for a, b in product(first, second)}  # type: ignore[operator]
                assert Fraction(mistake.answer) in gaps, mistake.misconception
    assert seen > 20


def test_of_inverse_questions() -> None:
    """The wrong value put into the wrong rule gives the count of the stem."""
    seen = 0
    for text in TEXTS.values():
        for question, wrong, mistake in credited(text, "inverse", 4):
            more = question.more or {}
            if question.course.is_unrolled or question.node is None:
                continue
            network, mistakes = witness(question)
            index = network.index(question.node.name)
            singles = [m for m in edited(mistakes, index, "params", "singles") if m.made == wrong.made]
            letter = more["symbol"].name
            given = {letter: int(mistake.answer)}
            gives = {value(freed(m.rules[0], more["symbol"], more["names"]), given) for m in singles}
            seen += 1
            assert not singles or network.nodes[index].counts.params in gives, mistake.misconception
    assert seen > 10


def test_formulas_are_what_their_values_say() -> None:
    seen = 0
    for text in TEXTS.values():
        for question, wrong, mistake in credited(text, "formula", 4):
            assert not isinstance(wrong.content, str)
            for point, given in zip(question.points, mistake.values, strict=True):
                assert value(wrong.rules[0], point) == value(wrong.content[0], point) == given
            seen += 1
    assert seen > 20
