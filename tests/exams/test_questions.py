"""Every number of a question from a second witness: the network that its text says, with numbers in it."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from types import MappingProxyType

import pytest
from hypothesis import assume, given, settings

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, as_formula, symbols
from symparams.errors import SymparamsError
from symparams.exams.checks import faults
from symparams.exams.course import Course
from symparams.exams.kinds import KINDS
from symparams.exams.kinds.inverse import freed, unknowns
from symparams.exams.question import Content, Question, Wrong
from symparams.misconceptions.families import CATALOGUE
from symparams.misconceptions.mistakes import Mistake, Mistakes
from symparams.misconceptions.task import Task, Tasks
from symparams.misconceptions.totals import Total
from symparams.model.network import Network
from tests.exams.samples import (
    EXAMPLE_TEXTS,
    LAYER_TEXTS,
    TEXTS,
    course,
    plans,
    questions,
    random_texts,
    readable,
    variants,
)
from tests.helpers import few_or_many, net, value

NOTHING: Mapping[str, int] = MappingProxyType({})
COMPUTED = ("params", "shape", "macs", "flops", "memory", "activations", "cache", "field", "blank", "mistake")
ALL = int(os.environ.get("EXAMS", "0"))  # so many random networks, and everything else in full


@cache
def numeric(text: str) -> tuple[Network, Mistakes]:
    """A network with numbers, read from its text, and its mistakes."""
    found = net(text)
    return found, Mistakes(Tasks(found, course("input(1) -> dense(1)").settings))


def witness(question: Question) -> tuple[Network, Mistakes]:
    """The network of a variant, from the text that is shown."""
    return numeric(question.course.text({**question.course.resting, **question.point}))


def task_of(question: Question) -> tuple[Task, Mistakes]:
    network, mistakes = witness(question)
    assert question.node is not None
    index = network.index(question.node.name)
    if question.course.is_unrolled:  # layers have other names there: one of the same arguments on the same input
        alike = type(question.node.layer)
        of = [mistakes.tasks.of(i, question.quantity) for i, n in enumerate(network.nodes) if type(n.layer) is alike]
        index = next((t.index for t in of if question.kind == "mistake" or t.values == question.key), index)
    if question.local:  # somebody who sees the layer alone
        shown = {**question.course.resting, **question.point}
        mistakes = lone(course(question.course.text(shown)), index)
        index = len(mistakes.network.nodes) - 1
    return mistakes.tasks.of(index, question.quantity), mistakes


@cache
def lone(on: Course, index: int) -> Mistakes:
    """The mistakes of somebody who sees one layer alone."""
    return on.alone(index)


def numbers(formulas: tuple[Formula, ...], point: Mapping[str, int] = NOTHING) -> tuple[object, ...] | None:
    """What formulas give, computed by the tests' own arithmetic."""
    try:
        return tuple(value(formula, point) for formula in formulas)
    except (ZeroDivisionError, KeyError):
        return None


def only(content: Content) -> int:
    """The number that an answer is."""
    assert not isinstance(content, str)
    (one,) = content
    assert isinstance(one, int)
    return one


def check(question: Question) -> None:
    assert list(faults(question)) == []
    CHECKS.get(question.kind, check_computed)(question)
    for wrong in (*question.mistakes, *(o.wrong for o in question.options if o.wrong is not None)):
        assert 0 <= wrong.credit < 1
        assert wrong.content != question.key
    assert 1 <= question.difficulty <= 5
    if question.options:
        contents = [option.content for option in question.options]
        assert len(set(contents)) == len(contents)
        assert len(contents) in ((2,) if question.kind == "truth" else (4, 5))
        assert [o.content for o in question.options if o.wrong is None] == [question.key]
        for option in question.options:
            if question.answer_type == "choice" and isinstance(option.content, tuple) and question.kind != "formula":
                assert all(isinstance(v, int) and v > 0 for v in option.content) or option.wrong is None


def check_computed(question: Question) -> None:
    task, mistakes = task_of(question)
    key = numbers(task.rules)
    assert key is not None
    if question.kind == "field":
        key = key[:1]
    if question.kind != "mistake":
        assert question.key == key
        assert question.kind == "shape" or key == task.values[: len(key)]
    if question.kind in ("params", "blank"):
        assert key == (task.node.counts.params,)
    if question.kind == "shape":
        assert key == task.node.shape
    wrong = [w for w in (*question.mistakes, *(o.wrong for o in question.options if o.wrong)) if w.rules]
    if question.kind != "mistake" and not question.course.is_unrolled:
        for w in wrong:
            found = answers(task, mistakes, w, len(key))
            if not found:  # a mistake that needs letters, or a size that is no whole number and cannot arrive
                found = {numbers(w.rules, question.point)}
            assert w.content in found
    check_no_coincidence(question, key)


@cache
def edited(mistakes: Mistakes, index: int, quantity: str, way: str) -> list[Mistake]:
    """The mistakes of a task, made one way."""
    return list(getattr(mistakes, way)(mistakes.tasks.of(index, quantity)))


def answers(task: Task, mistakes: Mistakes, wrong: Wrong, count: int) -> set[object]:
    """What a mistake gives when it is made in the network with numbers."""
    way = "pairs" if len(wrong.made) == 2 else "carried" if wrong.carried else "singles"
    made = [m for m in edited(mistakes, task.index, task.quantity, way) if m.made == wrong.made]
    return {numbers(m.rules[:count]) for m in made}


def check_no_coincidence(question: Question, key: tuple[object, ...]) -> None:
    """No single misconception gives the right answer by luck."""
    symbolic = question.course
    assert question.node is not None
    task = symbolic.tasks.of(symbolic.network.index(question.node.name), question.quantity)
    index = symbolic.network.index(question.node.name)
    mistakes = lone(symbolic, index) if question.local else symbolic.mistakes
    if question.local:
        index = len(mistakes.network.nodes) - 1
    for mistake in mistakes.singles(mistakes.tasks.of(index, question.quantity)):
        wrong, right = mistake.rules[: len(key)], task.rules[: len(key)]
        try:
            alike = all(value(a, p) == value(b, p) for p in symbolic.points for a, b in zip(wrong, right, strict=True))
            gives = tuple(value(rule, question.point) for rule in wrong)
        except (KeyError, ZeroDivisionError):
            continue
        assert alike or gives != key, f"{mistake.made[0].name} gives the right answer"


def check_total(question: Question) -> None:
    network, mistakes = witness(question)
    assert question.key == (network.counts.params,)
    if question.course.is_unrolled:
        return
    total = Total(mistakes, "params")
    for wrong in (*question.mistakes, *(o.wrong for o in question.options if o.wrong)):
        if not wrong.made:  # only a number near by
            continue
        if wrong.layers:
            possible = [[t] for t in total.wrong_terms() if total.node(t.index).name in wrong.layers]
        else:
            possible = [list(terms) for terms in total.everywhere()]
        named = [terms for terms in possible if terms[0].made in wrong.made]
        assert wrong.content in {(number(total.with_terms(terms)),) for terms in named}


def check_inverse(question: Question) -> None:
    """Of all values up to 5,000, the one that is asked for gives the count, and no other."""
    assert question.more is not None
    assert question.node is not None
    if question.course.is_unrolled:
        return
    network, mistakes = witness(question)
    (rule,) = mistakes.tasks.of(network.index(question.node.name), "params").rules
    names = [n for unknown, n in unknowns(rule) if n == question.more["names"]]
    assert len(names) == 1
    letter = question.more["symbol"]
    free = freed(rule, letter, names[0])
    count = network.nodes[network.index(question.node.name)].counts.params
    step = 1 if ALL else 7
    tried = {*range(1, 40), *range(1, 5_000, step), question.key[0]}
    assert [v for v in sorted(tried) if value(free, {letter.name: v}) == count] == list(question.key)


def check_formula(question: Question) -> None:
    symbolic = question.course
    assert not isinstance(question.key, str)
    (key,) = question.key
    if question.node is None:
        for point in question.points[:4] if not symbolic.is_unrolled else ():
            network, _ = numeric_at(symbolic, point)
            assert value(key, point) == network.counts.params
    elif question.more and question.more["own"]:
        rules = symbolic.tasks.of(symbolic.network.index(question.node.name), "params").rules
        known = {s.name: number(s) for rule in rules for s in symbols(rule)}
        known |= {u.name: known[names[0]] for rule in rules for u, names in unknowns(rule) if names}
        assert value(key, known) == question.node.counts.params
    elif not symbolic.is_unrolled:
        for point in question.points[:4]:
            network, mistakes = numeric_at(symbolic, point)
            index = network.index(question.node.name)
            if question.local:
                lets = "\n".join(f"let {name} = {n}" for name, n in point.items())
                mistakes = lone(alone(symbolic, lets), index)
                index = len(mistakes.network.nodes) - 1
            task = mistakes.tasks.of(index, "params")
            assert value(key, point) == task.node.counts.params
            for wrong in question.mistakes:
                found = answers(task, mistakes, wrong, 1)
                assert (value(wrong.content[0], point),) in (found or {numbers(wrong.rules, point)})
    assert set(question.letters) >= set() if isinstance(key, int) else {s.name for s in symbols(as_formula(key))}
    for wrong in (*question.mistakes, *(o.wrong for o in question.options if o.wrong)):
        assert any(value(wrong.content[0], p) != value(key, p) for p in question.points)


def with_lets(symbolic: Course, lets: str) -> str:
    lines = [line for line in symbolic.source.text.split("\n") if not line.strip().startswith("range ")]
    where = next((i + 1 for i, line in enumerate(lines) if line.strip().startswith("convention")), 0)
    return "\n".join([*lines[:where], lets, *lines[where:]])


def numeric_at(symbolic: Course, point: Mapping[str, int]) -> tuple[Network, Mistakes]:
    return numeric(with_lets(symbolic, "\n".join(f"let {name} = {n}" for name, n in point.items())))


def alone(symbolic: Course, lets: str) -> Course:
    return course(with_lets(symbolic, lets))


def check_compare(question: Question) -> None:
    assert question.more is not None
    first, _ = numeric(question.course.text(question.more["first"]))
    second, _ = numeric(question.more["other"].text(question.more["second"]))
    assert question.key == (second.counts.params - first.counts.params,)
    assert only(question.key) > 0
    assert question.more["counts"] == (first.counts.params, second.counts.params)


def check_mistake(question: Question) -> None:
    """The claimed number is what the mistake gives, and no other mistake among the options gives it."""
    assert question.more is not None
    if question.course.is_unrolled:
        return
    check_computed(question)
    task, mistakes = task_of(question)
    ways = defaultdict(set)
    for m in (*mistakes.singles(task), *mistakes.carried(task)):
        ways[m.made[0].name].add(numbers(m.rules))
    claimed = question.more["claimed"]
    assert claimed != numbers(task.rules)
    giving = [option.content for option in question.options if claimed in ways[str(option.content)]]
    assert giving == [question.key]
    assert {option.content for option in question.options} <= {m.made[0].name for m in mistakes.singles(task)}


def check_truth(question: Question) -> None:
    assert question.more is not None
    said = question.more["said"]
    assert (said.stated == said.actual) is question.more["is_true"] is (question.key == "True")
    assert [option.content for option in question.options] == ["True", "False"]


def check_story(question: Question) -> None:
    """Every part by the network with numbers; what follows from right answers is right."""
    assert question.more is not None
    built, mistakes = witness(question)
    right: dict[str, int] = {}
    for part in question.more["parts"]:
        if part.node is None:
            assert part.value == built.counts.params
        elif part.axes:
            task = mistakes.tasks.of(built.index(part.node.name), "shape")
            sizes = dict(zip(task.axes, task.values, strict=True))
            assert {sizes[axis] for axis in part.axes} == {part.value}
        else:
            assert part.value == built.node(part.node.name).counts.params
        assert part.follows is None or value(part.follows, right) == part.value
        for wrong in part.mistakes:
            assert wrong.content != (part.value,)
            assert 0 <= wrong.credit < 1
            assert wrong.follows is None or (value(wrong.follows, right),) == wrong.content
        right[part.mark.strip("()")] = part.value


CHECKS = {
    "story": check_story,
    "total": check_total,
    "inverse": check_inverse,
    "formula": check_formula,
    "compare": check_compare,
    "mistake": check_mistake,
    "truth": check_truth,
}


@few_or_many("most", 1, 10 if ALL else 4)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_answers(text: str, kind: str, most: int) -> None:
    for question in questions(text, kind, count=2, most=most):
        check(question)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(EXAMPLE_TEXTS)[:: 1 if ALL else 9])
def test_examples(name: str) -> None:
    text = EXAMPLE_TEXTS[name]
    for kind in KINDS:
        for question in questions(text, kind, count=1, most=1):
            check(question)


@few_or_many("step", 20, 1 if ALL else 6)
def test_layers(step: int) -> None:
    for text in filter(readable, LAYER_TEXTS[::step]):
        for kind in ("params", "shape", "inverse", "formula", "mistake"):
            for question in questions(text, kind, count=1, most=2):
                check(question)


@settings(max_examples=ALL or 4)
@given(random_texts())
def test_random_networks(text: str) -> None:
    assume(readable(text))
    for kind in KINDS:
        for question in questions(text, kind, count=2, most=3):
            check(question)


@pytest.mark.parametrize(
    "text",
    [
        "range u in 1 input(3, 1) -> mqa(1) -> attention(u)",
        "convention torch range u in 1, 2 input(3, 4) -> mqa(1) -> attention(u) -> attention(2)",
        "range u in 1, 2 range v in 1, 3 input(3, 6) -> mqa(u) -> attention(v) -> attention(1)",
        "range u in 1 input(8, 4) -> encoderlayer(u, 8) -> encoderlayer(1, u) -> mqa(u)",
        "range u in 1, 2 input(9, 9, 4) -> conv(4, 3, s=u) -> conv(4, 3, groups=u) -> depthwise(3, multiplier=u)",
        "range u in 1, 2 input(8, 4) -> lstm(u, sequences) -> bidirectional(gru(u, sequences)) -> lstm(3)",
    ],
)
def test_a_letter_that_is_one_leaves_no_mistake_about_it(text: str) -> None:
    """One head is no head too many: what was a mistake for other values is another one there, or none."""
    seen = 0
    for question in questions(text, "total", "story", count=2):
        check(question)
        network, _ = witness(question)
        tensors = (t for node in network.nodes for t in node.derived.rules.counted)
        if question.node is None and question.kind == "total":
            seen += 1
            assert only(question.key) == sum(value(t.size, NOTHING) for t in tensors)
        if question.kind == "story":
            (last,) = (part for part in question.more["parts"] if part.node is None)  # type: ignore[index]
            check_total(replace(question, kind="total", mistakes=last.mistakes))
    assert seen > 1


@few_or_many("step", 20, 1 if ALL else 5)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_equal_identity_means_equal_question(text: str, step: int) -> None:
    seen: dict[str, object] = {}
    for plan in list(plans(text))[::step]:
        for seed in (0, 1):
            for question in variants(plan, 6, seed):
                shown = (plan.words, {n: question.point[n] for n in plan.ranges} if question.point else question.more)
                assert seen.setdefault(question.identity, shown) == shown
        found = [question.identity for question in variants(plan, 30 if ALL else 10)]
        assert len(found) == len(set(found))


def test_the_key_stands_at_every_place_equally_often() -> None:
    for name in ("params", "inverse", "total", "compare"):
        for plan in list(plans(TEXTS["images"], name, types=("choice",)))[:3]:
            places: dict[int, Counter[int]] = defaultdict(Counter)
            for question in variants(plan, 36):
                places[len(question.options)][[o.wrong for o in question.options].index(None)] += 1
            for count, found in places.items():
                assert max(found.values()) - min(found[i] for i in range(count)) <= 1, (name, count, found)


def test_the_key_is_neither_always_largest_nor_always_smallest() -> None:
    for name in ("params", "macs", "inverse", "total", "compare"):
        for plan in list(plans(TEXTS["images"], name, types=("choice",)))[:3]:
            ranks: Counter[str] = Counter()
            possible: set[bool] = set()
            for question in variants(plan, 40):
                values = [only(o.content) for o in question.options]
                key = only(question.key)
                ranks["largest" if key == max(values) else "smallest" if key == min(values) else "between"] += 1
                possible |= {v > key for v in values if v != key}
            if len(possible) == 2:
                assert ranks["largest"] < 40
                assert ranks["smallest"] < 40


def test_difficulty_and_points() -> None:
    for plan in plans(TEXTS["images"]):
        assert plan.difficulty in range(1, 6)


def test_wrong_answers_are_worth_less() -> None:
    for about in CATALOGUE.values():
        assert 0 <= about.credit < 1
        assert isinstance(about.credit, Fraction)


def test_a_fault_is_found() -> None:
    (plan, *_) = plans(TEXTS["images"], "params", types=("choice",))
    question = next(variants(plan, 1))
    assert list(faults(question)) == []
    assert "the network with these values gives another answer" in list(faults(replace(question, key=(1,))))
    twice = (*question.options, question.options[0])
    assert "two options are the same" in list(faults(replace(question, options=twice)))
    with pytest.raises(AssertionError):
        check(replace(question, key=(1,)))
    with pytest.raises(SymparamsError):
        net("input(")
