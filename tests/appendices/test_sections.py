"""What is said of networks: few rows for many layers, and sums that come out."""

from __future__ import annotations

import json
import re

import pytest

from symparams.algebra.equality import same
from symparams.algebra.formula import as_formula, total
from symparams.appendices.contract import record
from symparams.appendices.sections import named
from tests.appendices.networks import FEW, FORMATS, of_examples, of_texts


@pytest.mark.parametrize(
    ("name", "layers", "rules", "rows"),
    [
        ("resnet50", 107, 3, 27),
        ("densenet", 242, 3, 67),
        ("gpt2", 51, 5, 5),
        ("vgg16", 16, 2, 11),
        ("inception-v3", 189, 3, 54),
        ("efficientnet-b0", 131, 3, 61),
    ],
)
def test_layers_that_come_out_alike_share_a_row(name: str, layers: int, rules: int, rows: int) -> None:
    (section,) = of_examples(name).contents.sections
    every = [row for group in section.counts for row in group.rows]
    assert sum(int(str(row.many)) for row in every) == layers
    assert len({group.rule.number for group in section.counts}) == rules
    assert len(every) == rows


def test_rows_and_stages_add_up_to_the_totals() -> None:
    for section, network in zip(of_examples().contents.sections, of_examples().networks, strict=True):
        totals = section.totals
        rows = total(as_formula(row.together) for group in section.counts for row in group.rows)
        assert same(rows, totals.params, network.facts), section.slug
        for name in ("params", "macs", "activations", "layers"):
            added = total(as_formula(getattr(row, name)) for row in section.stages)
            if section.stages and name != "activations":
                assert same(added, getattr(totals, name), network.facts), (section.slug, name)


def test_names_are_taken_together() -> None:
    names, omitted = named(["conv_9", "conv_10", "conv_3", "conv_7", "conv_11", "wte", "conv_12"])
    assert [(one.word, one.runs) for one in names] == [("conv", ((3, 3), (7, 7), (9, 12))), ("wte", ())]
    assert omitted == 0
    names, omitted = named(f"conv_{n}" for n in range(0, 60, 2))
    assert len(names[0].runs) + omitted == 30


_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def _plain(text: str, format_: str) -> set[str]:
    """The numbers of a text, without the marks that a format has within them."""
    if format_ == "latex":
        text = re.sub(r"\\spnum\{\d+\}\{([\d,]+)\}", r"\1", text).replace("{,}", ",")
    if format_ == "markdown":
        text = text.replace("{,}", ",")
    return set(_NUMBER.findall(text.replace("#gs;", ",")))


def _numbers(found: object) -> set[str]:
    if isinstance(found, dict):
        return {n for one in found.values() for n in _numbers(one)}
    if isinstance(found, list):
        return {n for one in found for n in _numbers(one)}
    return {f"{found:,}"} if isinstance(found, int) and not isinstance(found, bool) else set()


@pytest.mark.parametrize("format_", FORMATS)
def test_every_number_of_the_json_is_in_the_text(format_: str) -> None:
    composed = of_examples(*FEW)
    made = record(composed.contents)
    there = _plain(composed.text(format_), format_)
    for network in made["networks"]:
        told = {key: value for key, value in network.items() if key != "stages"}
        stages = [{k: v for k, v in row.items() if k != "layers"} for row in network["stages"]]
        assert _numbers(told) | _numbers(stages) <= there
    assert _numbers([one["answer"] for one in made["exercises"]]) <= there


def test_the_json_is_what_the_command_writes() -> None:
    composed = of_examples(*FEW)
    assert json.loads(composed.text("json")) == json.loads(json.dumps(record(composed.contents)))


def test_exercises_are_on_different_rules_and_solutions_cite_them() -> None:
    contents = of_examples().contents
    assert len(contents.exercises) == 8
    assert len({one.rule.number for one in contents.exercises}) == 8
    assert len({one.slug for one in contents.exercises}) == 8
    text = of_examples().text("latex").partition(r"\spsubsection{Solutions}")[2]
    for one in contents.exercises:
        assert rf"\eqref{{{one.rule.labels[0]}}}" in text


def test_there_are_no_more_exercises_than_rules() -> None:
    assert len(of_texts("input(8) -> dense(40)").contents.exercises) == 2
    assert of_texts("input(8) -> relu").contents.exercises == ()


def test_no_axis_is_said_to_come_out_like_another_and_has_a_size_of_its_own() -> None:
    oblong = "input(1, 64, 301) -> conv(24, 5, s=2) -> conv(8, 3, s=2) -> maxpool(2)"
    (section,) = of_texts(f"convention torch {oblong}").contents.sections
    assert [(row.axes, row.likewise) for row in section.sizes] == [(("height",), ()), (("width",), ())] * 3
    for contents in (of_examples(*FEW).contents, of_examples().contents):
        for one in contents.sections:
            rows = [(str(row.names), row.axes, row.likewise) for row in one.sizes]
            for layers, _, likewise in rows:
                assert not any(own == layers and set(axes) & set(likewise) for own, axes, _ in rows), one.slug
