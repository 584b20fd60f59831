"""Documents of long networks: what repeats is told once, and nothing is lost by that."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.equality import same
from symparams.algebra.formula import Value, as_formula, total
from symparams.documents import solution as module
from symparams.documents.rendering import STYLES, Document, Style, render
from symparams.documents.repeated_layers import RepeatedLayers
from symparams.documents.repetitions import Repetition, pieces
from symparams.documents.solution import Solution
from symparams.errors import SymparamsError
from symparams.model.derived import Counts
from symparams.model.network import Network
from tests.conftest import EXAMPLES
from tests.helpers import example, few_or_many, net, networks
from tests.test_cli import run
from tests.test_pdf import text_of

BLOCK = "{ conv(8,3,same) -> bn -> relu -> conv(8,3,same) -> bn | id } -> add -> relu"
LONG = f"input(9,9,8) -> [{BLOCK}] * 90 -> globalavgpool -> dense(10)"
FIVE_THOUSAND = f"input(9,9,8) -> [conv(8,1) -> [{BLOCK}] * 79 -> maxpool(1)] * 9 -> globalavgpool -> dense(10)"
ALL = ("shape", "params", "macs", "flops", "activations", "memory", "field")


tokens = st.lists(st.integers(0, 3), min_size=1, max_size=4)
rows = st.recursive(
    tokens,
    lambda inner: st.lists(st.tuples(inner, st.integers(1, 6)), min_size=1, max_size=3).map(
        lambda parts: [token for some, times in parts for token in some * times]
    ),
    max_leaves=8,
)


def unfolded(row: Sequence[int], found: Sequence[int | Repetition]) -> Iterator[int]:
    """The tokens that the pieces of a row stand for, each repetition by the block before it."""
    told: list[int] = []
    for one in found:
        if isinstance(one, int):
            assert one == len(told)
            told.append(row[one])
            continue
        assert one.start == len(told)
        assert (one.end - one.start) % one.period == 0
        while len(told) < one.end:
            told.append(told[-one.period])
    yield from told


@given(rows)
def test_blocks_that_repeat_are_found_and_nothing_else(row: list[int]) -> None:
    found = pieces(row, range(0, len(row), 3))
    assert list(unfolded(row, found)) == row


def test_as_few_places_as_blocks() -> None:
    row = [0, *([1, 2, *[3, 4, 5] * 40, 6] * 30), 7]
    found = pieces(row)
    assert [one if isinstance(one, int) else (one.end - one.start) // one.period for one in found] == (
        [0, 1, 2, 3, 4, 5, 39, 123, 29, len(row) - 1]
    )
    assert pieces([1, 1, 1]) == [0, 1, 2], "three rows say more than one row and what repeats it"
    assert pieces([]) == []


def test_a_block_begins_where_a_branch_does() -> None:
    row = [9, *([1, 2, 3, 9] * 5)]
    assert isinstance(pieces(row)[4], Repetition), "without a place to begin at, the first"
    assert pieces(row, {1})[:5] == [0, 1, 2, 3, 4]


# ------------------------------------------------------------ nothing is lost


@few_or_many("name", ("resnet50", "gpt2"), tuple(sorted(path.stem for path in EXAMPLES.glob("*.arch"))))
def test_the_rows_of_every_example_have_its_totals(name: object, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in (name,) if isinstance(name, str) else name:  # type: ignore[attr-defined]
        check(example(one)._network, monkeypatch)


@given(networks(), st.integers(2, 9))
def test_the_rows_of_any_network_have_its_totals(text: str, times: int) -> None:
    head, *layers = text.split(" -> ")
    try:
        network = net(f"{head} -> [conv(4, 3, same) -> relu -> bn] * {times} -> {' -> '.join(layers)}")
    except SymparamsError:
        assume(False)
    with pytest.MonkeyPatch.context() as patch:
        check(network, patch)


def check(network: Network, patch: pytest.MonkeyPatch) -> None:
    """What is shown of a network, however long, stands for all of its layers and for all that they have."""
    patch.setattr(module, "_MANY", 0)
    solution = Solution(network, ALL)
    every = [entry for one in solution.shown for entry in (one.layers if isinstance(one, RepeatedLayers) else (one,))]
    assert every == list(solution.every)
    for field in fields(Counts):
        rows = [getattr(one.all_counts, field.name) for one in solution.shown]
        assert add_up(rows, getattr(network.counts, field.name), network)
    for measure in solution.measurements.chosen:
        rows = [solution.in_all_copies(one, measure) for one in solution.shown]
        assert add_up(rows, solution.measurements.total(measure), network)
    for one in solution.shown:
        if isinstance(one, RepeatedLayers):
            check_repeated(one)


def add_up(rows: Sequence[Value], value: Value, network: Network) -> bool:
    """Whether rows have together what the network has."""
    return same(total(list(map(as_formula, rows))), as_formula(value), network.facts)


def check_repeated(one: RepeatedLayers) -> None:
    for place, entry in enumerate(one.layers):
        like = one.block[place % len(one.block)]
        assert (entry.heading, entry.shape, entry.arriving) == (like.heading, like.shape, like.arriving)
        assert (entry.node.counts, entry.frozen, entry.shared is None) == (
            like.node.counts,
            like.frozen,
            like.shared is None,
        )
        told_first = (entry.first, entry.first_shape, entry.first_floor)
        assert told_first == (False, False, False), "what is told of it for the first time is lost"
        assert not entry.is_input
        assert not entry.repeats


def test_what_is_read_from_afar_must_be_the_same_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MANY", 0)
    one = "input(8,8,4) as x -> [{ conv(4,1) | @x } -> add -> relu] * 60"
    (repeated,) = repetitions(Solution(net(one)))
    assert repeated.times == 59
    own = "input(8,8,4) -> [conv(4,1) -> conv(4,1) -> relu] * 60"
    (repeated,) = repetitions(Solution(net(own)))
    assert repeated.times == 59


def repetitions(solution: Solution) -> list[RepeatedLayers]:
    return [one for one in solution.shown if isinstance(one, RepeatedLayers)]


# ------------------------------------------------------------ what is said


def test_up_to_500_layers_are_shown_one_by_one() -> None:
    text = "input(8) -> [dense(8) -> relu] * {} -> {}"
    short, long = Solution(net(text.format(249, "dense(2)"))), Solution(net(text.format(249, "dense(8) -> dense(2)")))
    assert (len(short.every), len(long.every)) == (500, 501)
    assert short.shown == short.every
    assert len(long.shown) < 10
    assert all(len(example(name)._network.nodes) <= 500 for name in ("densenet", "inception-v3", "resnet50"))


def test_layers_that_repeat_a_block_are_told_together() -> None:
    told = run("solve", "-e", LONG, "--format", "text")[1]
    assert (
        "conv_3 to relu_180 repeat conv_1 to relu_2 89 times, with the same settings and input shapes and with weights "
        "of their own. They have 89·1,232 = 109,648 parameters."
    ) in told
    assert re.search(r"conv_3 to relu_180 \(89 × conv_1 to relu_2\) +9 × 9 × 8 +109,648\n", told)
    assert "conv_5" not in told.replace("conv_5,", "")


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_short_and_has_the_total(style: str) -> None:
    told = render(Solution(net(FIVE_THOUSAND), ALL), Document(style, "text"))
    assert f"{net(FIVE_THOUSAND).counts.params:,}" in told
    assert told.count("\n") < 500


@pytest.mark.parametrize("style", [style for style in STYLES if style != "answer"])
def test_with_all_layers_each_has_its_place(style: Style) -> None:
    told, every = (sp.parse(LONG).solve(style, all_layers=all_layers).to_text() for all_layers in (False, True))
    assert "conv_77 " not in told
    assert "conv_77 " in every or "conv_77:" in every
    assert "repeat" not in every
    assert run("solve", "-e", LONG, "--style", style, "--format", "text", "--all-layers")[1] == every


def test_json_is_whole() -> None:
    for command in ("solve", "summary"):
        found = json.loads(run(command, "-e", LONG, "--format", "json")[1])
        assert len(found["layers"]) == len(net(LONG).nodes)


def test_shared_weights_and_frozen_layers_are_told_rightly() -> None:
    shared = "input(8) -> dense(8) as a -> [share(@a) -> relu -> dense(8, frozen)] * 170"
    told = " ".join(run("solve", "-e", shared, "--style", "textbook", "--format", "text")[1].split())
    assert "They add 169·72 = 12,168 parameters." in told
    assert "weights of their own" not in told
    alone = "input(8) -> dense(8) as a -> [share(@a) -> relu] * 300"
    assert "They add no parameters." in run("solve", "-e", alone, "--format", "text")[1]
    assert "They have no parameters." in run("solve", "-e", "input(8) -> [relu] * 600", "--format", "text")[1]


def test_further_quantities_are_told_together() -> None:
    asked = ("--quantity", "macs", "--quantity", "field", "--format", "text")
    told = run("solve", "-e", LONG, "--style", "formula", *asked)[1]
    assert "Multiply-accumulates: 89·93,312 = 8,304,768" in " ".join(told.split())
    assert "The receptive field of their last output is 361 × 361." in told
    rows = run("solve", "-e", LONG, "--style", "table", *asked)[1]
    assert re.search(r"\(89 × conv_1 to relu_2\) +89·93,312 +8,304,768\n", rows)


@pytest.mark.extra
@pytest.mark.program
@pytest.mark.parametrize("style", ["steps", "table", "textbook"])
def test_five_thousand_layers_fit_a_few_pages(style: Style) -> None:
    pages = text_of(sp.parse(FIVE_THOUSAND).solve(style).to_pdf()).count("\f")  # at the end of each
    assert 0 < pages <= 6
