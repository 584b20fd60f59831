"""The order in which plans are asked: every layer before one comes again, every kind, other papers for other seeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

import pytest

from symparams.exams.plan import Plan
from symparams.exams.spread import spread
from tests.exams.samples import EXAMPLE_TEXTS, TEXTS, examination, plans

_TALL = "input(32, 32, 3) -> " + " -> ".join(f"conv({8 * i}, 3, same) -> bn" for i in range(1, 13)) + " -> dense(10)"
_ALIKE = "input(32, 32, 3) -> conv(8, 3, same) -> conv(8, 3, same) -> conv(8, 3, same) -> flatten -> dense(10)"
NETWORKS = {
    **{name: TEXTS[name] for name in ("images", "torch", "sequences", "numbers")},
    "tall": _TALL,
    "alike": _ALIKE,
}


def _order(found: Sequence[Plan], seed: int = 0) -> Iterator[Plan]:
    return (found[i] for i in spread(found, seed, lambda i: True))


def _unevenness(subjects: Sequence[object]) -> int:
    """By how much, at any moment, what came most often is ahead of what came least."""
    counts = Counter(dict.fromkeys(subjects, 0))
    most = 0
    for subject in subjects:
        counts[subject] += 1
        most = max(most, counts[subject] - min(counts.values()))
    return most


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_each_layer_comes_once_before_any_twice(text: str) -> None:
    found = list(plans(text))
    for seed in range(5):
        counts: Counter[object] = Counter()
        waiting = {plan.subject for plan in found}
        for plan in _order(found, seed):
            if counts[plan.subject] == 1:
                break
            counts[plan.subject] += 1
        assert set(counts) == waiting


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_each_kind_comes_once_before_any_twice_where_there_are_enough_layers(text: str) -> None:
    found = [plan for plan in plans(text) if plan.kind in ("params", "shape", "macs")]
    kinds = len({plan.kind for plan in found})
    for seed in range(5):
        assert len({plan.kind for plan in islice(_order(found, seed), kinds)}) == kinds


def test_types_of_answers_take_turns() -> None:
    found = list(plans(_TALL, "params"))
    types = [plan.answer_type for plan in islice(_order(found), 20)]
    assert _unevenness(types) == 1


def test_a_subject_gives_way_where_another_kind_has_no_other() -> None:
    """A flatten has only a shape, a batch normalization none: whatever the seed, the other kinds leave them room."""
    found = list(plans("input(8, 8, 2) -> conv(4, 3) -> bn -> flatten", "params", "shape"))
    for seed in range(10):
        first = [(plan.kind, plan.node.name if plan.node else "") for plan in islice(_order(found, seed), 3)]
        assert {name for _, name in first} == {"conv_1", "bn_1", "flatten_1"}
        assert [kind for kind, _ in first[:2]] == ["params", "shape"]


def test_layers_that_are_built_alike_are_asked_the_same_once() -> None:
    found = list(plans(_ALIKE, "params:number".partition(":")[0], types=("number",)))
    assert Counter(plan.node.name for plan in found if plan.node) == Counter(["conv_1", "conv_2", "conv_3", "dense_1"])
    names = {tuple(plan.node.name for plan in _order(found, seed) if plan.node) for seed in range(20)}
    assert {frozenset(each) for each in names} == {
        frozenset({"conv_1", "conv_2", "dense_1"}), frozenset({"conv_1", "conv_3", "dense_1"})
    }  # fmt: skip


def test_receptive_fields_of_layers_that_are_built_alike_differ() -> None:
    found = list(plans(_ALIKE, "field", types=("number",)))
    assert {plan.node.name for plan in _order(found) if plan.node} == {"conv_2", "conv_3"}  # of the first: the kernel


def test_what_does_not_fit_takes_no_turn() -> None:
    """A layer whose plan does not fit is asked something else before another layer comes again."""
    found = list(plans(_TALL, "params", "macs", "shape"))
    unfit = {i for i, plan in enumerate(found) if plan.kind == "params" and plan.node and "conv" in plan.node.name}
    order = list(spread(found, 3, lambda i: i not in unfit))
    assert not unfit & set(order)
    subjects = [found[i].subject for i in order]
    assert len(set(subjects[: len(set(subjects))])) == len(set(subjects))


def test_no_more_is_looked_at_than_is_needed() -> None:
    found = list(plans(_TALL))
    asked: list[int] = []

    def fits(i: int) -> bool:
        asked.append(i)
        return True

    assert len(list(islice(spread(found, 0, fits), 5))) == 5
    assert len(asked) <= 20 < len(found)


@pytest.mark.parametrize("text", [EXAMPLE_TEXTS["vgg16.arch"], TEXTS["numbers"]], ids=["vgg16", "numbers"])
def test_ten_seeds_give_ten_papers(text: str) -> None:
    papers = [
        frozenset(question.identity for question in examination(text, questions=16, seed=seed).questions())
        for seed in range(10)
    ]
    assert len(set(papers)) == 10


def test_a_paper_of_a_tall_network_asks_each_layer() -> None:
    asked = [question.node for question in examination(EXAMPLE_TEXTS["vgg16.arch"], questions=24, seed=4).questions()]
    names = Counter(node.name for node in asked if node)
    assert max(names.values()) == 1
    assert len(names) == 22


def test_a_kind_waits_before_its_stems_are_too_many() -> None:
    """Layers built alike differ in nothing but their receptive fields; other kinds come twice before all of these."""
    blocks = " -> ".join(["conv(16, 3, same) -> bn -> relu"] * 20)
    found = list(plans(f"input(32, 32, 3) -> {blocks} -> globalavgpool -> dense(10)"))
    for seed in range(3):
        kinds = [plan.kind for plan in islice(_order(found, seed), 60)]
        assert max(kinds[:40].count(kind) for kind in kinds if kind != "truth") <= 6
        assert kinds.count("field") <= 9
        assert kinds.count("field") >= 6


def test_a_round_in_which_nothing_fits_is_not_the_end() -> None:
    found = list(plans("input(8, 8, 2) -> conv(4, 3) -> flatten -> dense(3)", "params"))
    convolution = {i for i, plan in enumerate(found) if plan.node and plan.node.kind == "conv"}
    for seed in range(6):
        assert set(spread(found, seed, convolution.__contains__)) == convolution
