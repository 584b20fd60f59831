"""Long networks in stems: blocks that repeat stand in one row, and what leads nowhere is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from symparams.documents.folded_rows import Copy, folded
from symparams.documents.question_writer import Writer
from symparams.exams.kinds import KINDS
from symparams.exams.plan import Plan
from symparams.exams.supply import Supply
from tests.exams.samples import EXAMPLE_TEXTS, course, plans, variants
from tests.exams.test_answerable import asked, check

TALL = EXAMPLE_TEXTS["resnet50.arch"]
SHARED = """
input(16, 16, 8) -> conv(8, 3, same) as first -> relu
-> """ + " -> ".join(["conv(8, 3, same) -> bn -> relu"] * 8 + ["conv(8, 3, same) -> share(@first) -> relu"] * 4)


def stem_of(plan: Plan) -> str:
    question = next(iter(Supply(plan, 0)))
    return Writer(plan.course, "text", 0, "none").asked(question).stem


def rows_of(stem: str) -> list[list[str]]:
    """The cells of its table."""
    lines = stem.split("\n")
    rules = [at for at, line in enumerate(lines) if line.startswith("───")]
    return [re.split(r"  +", line) for line in lines[rules[1] + 1 : rules[2]]]


# ---------------------------------------------------------------- which rows


@pytest.mark.parametrize(
    ("keys", "kept", "starts", "shown"),
    [
        ("abcabcabcd", (), (), [0, 1, 2, Copy(3, 0, 3), Copy(6, 0, 3), 9]),
        ("abcabcab", (), (), [0, 1, 2, 3, 4, Copy(5, 2, 3)]),  # what is over is left out at the beginning
        ("abcabcab", (), (1,), [0, 1, 2, 3, Copy(4, 1, 3), 7]),  # if no place is better
        ("ababab", (), (), [0, 1, 2, 3, 4, 5]),  # too short
        ("abcabcabc", (4,), (), [0, 1, 2, 3, 4, 5, Copy(6, 3, 3)]),
        ("abcabcabcabc", (4,), (), [0, 1, 2, 3, 4, 5, Copy(6, 0, 6)]),
        ("abcabcxabcabcx", (), (), [0, 1, 2, Copy(3, 0, 3), 6, Copy(7, 0, 7)]),
        ("abcdefgh", (), (), list(range(8))),
    ],
)
def test_which_rows_are_shown(
    keys: str, kept: tuple[int, ...], starts: tuple[int, ...], shown: list[int | Copy]
) -> None:
    assert folded(keys, kept, starts) == shown


def test_every_row_is_shown_or_repeats_one_that_is() -> None:
    for kept in ((), (33,), (70, 71), tuple(range(0, 160, 23))):
        keys = [str(at % 10 if at < 100 else at % 7) for at in range(160)]
        parts = folded(keys, kept, ())
        copies = [part for part in parts if isinstance(part, Copy)]
        covered = [
            at
            for part in parts
            for at in (range(part.first, part.first + part.length) if isinstance(part, Copy) else [part])
        ]
        assert covered == list(range(160))
        assert not {at for c in copies for at in range(c.first, c.first + c.length)} & set(kept)
        assert all(keys[c.like : c.like + c.length] == keys[c.first : c.first + c.length] for c in copies)


# ---------------------------------------------------------------- in a stem


def test_the_table_of_a_total() -> None:
    (plan,) = plans(TALL, "total", types=("number",))
    stem = stem_of(plan)
    rows = rows_of(stem)
    assert len(rows) < len(course(TALL).network.nodes) * 2 / 3
    assert ["conv_19 to relu_19", "The same as conv_16 to relu_16"] in rows
    assert rows[-1][0] == "dense_1"
    assert "stands for all layers from the first to the second" in stem
    assert "not shown" not in stem


def _far(kind: str) -> Iterator[Plan]:
    yield from list(plans(TALL, kind, types=("number", "choice")))[5::41]


@pytest.mark.parametrize("kind", ["field", "truth"])
def test_what_is_asked_about_is_shown(kind: str) -> None:
    seen = 0
    for plan in _far(kind):
        if plan.local or plan.node is None:
            continue
        stem = stem_of(plan)
        names = [row[0] for row in rows_of(stem)]
        assert plan.node.name in names
        last = names[-1]
        if last != "dense_1":
            assert f"The layers after {last} are not shown" in " ".join(stem.split())
            assert last in stem.rpartition("not shown")[2]
        seen += 1
    assert seen


def test_what_feeds_a_layer_is_shown_or_ends_a_block() -> None:
    (plan,) = plans(TALL, "total", types=("number",))
    rows = rows_of(stem_of(plan))
    names = {name for row in rows for name in row[0].split(" to ")}
    fed = {name for row in rows if len(row) > 2 for name in row[2].split(" and ")}
    assert fed
    assert fed <= names


def test_weights_that_are_used_again_are_said() -> None:
    (plan,) = plans(SHARED, "total", types=("number",))
    rows = rows_of(stem_of(plan))
    assert sum("with the weights of first" in row[1] for row in rows) == 4
    assert any(" to " in row[0] for row in rows)


def test_short_networks_are_shown_whole() -> None:
    text = "input(32, 32, 3) -> " + " -> ".join(["conv(8, 3, same) -> bn -> relu"] * 5) + " -> flatten -> dense(10)"
    for plan in (*plans(text, "total", types=("number",)), *list(plans(text, "field", types=("number",)))[-1:]):
        stem = stem_of(plan)
        assert len(rows_of(stem)) == len(course(text).network.nodes)
        assert "not shown" not in stem


@pytest.mark.parametrize("name", ["resnet20-cifar", "densenet", "mobilenet-v2", "googlenet", "bert"])
def test_folded_stems_are_answerable(name: str) -> None:
    for question, found in asked(course(EXAMPLE_TEXTS[f"{name}.arch"]), len(KINDS)):
        check(question, found)


def test_mistakes_are_told_by_the_layers_that_are_shown() -> None:
    text = EXAMPLE_TEXTS["mobilenet.arch"]
    found = [q for plan in plans(text, "mistake") for q in variants(plan, 1) if not plan.local]
    writer = Writer(course(text), "text", 0, "none")
    assert len(found) > 40
    for question in found[::5]:
        check(question, writer.asked(question))
    names = {str(option.content) for question in found for option in question.options}
    assert "the layer before given" in names
    assert names.isdisjoint(["the layer after given", "the whole network given"])
