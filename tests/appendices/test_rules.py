"""Each rule once, each layer under its rule, each label by what the rule is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from symparams.algebra.formula import Symbol
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.appendices.canonical import any_axis, text_of
from symparams.appendices.entries import all_found, solution_of
from symparams.appendices.identity import Found
from symparams.appendices.record import Rule
from symparams.appendices.rules import Collected
from symparams.appendices.wording import settings
from symparams.documents.formats import FORMATS
from symparams.documents.rendering import typesetter
from symparams.errors import Source
from symparams.model.sentence import pattern
from symparams.references import REFERENCES
from symparams.sources.language import network
from tests.appendices.networks import of_examples, of_texts
from tests.phrasebook.variants import LAYERS


def _left(rule: Rule) -> str:
    return rule.left.name if isinstance(rule.left, Symbol) else rule.left


def test_over_all_examples_no_formula_and_no_sentence_stands_twice() -> None:
    rules = of_examples().contents.rules
    formulas = Counter(
        (rule.quantity, _left(rule), shown(formula, PLAIN))
        for rule in rules
        for formula in (rule.formula, *(case.rule for case in rule.cases))
    )
    assert [one for one, times in formulas.items() if times > 1] == []
    markdown = typesetter(FORMATS["markdown"])
    sentences = Counter(markdown.general(rule.because) for rule in rules if rule.because)
    assert [one for one, times in sentences.items() if times > 1] == []
    assert len(rules) > 60
    text = of_examples().text("markdown")
    assert all(text.count(sentence) == 1 for sentence in sentences)


def _every() -> Iterator[Found]:
    for name in (kind.example for kind in LAYERS if kind.example):
        for entry in solution_of(network(Source("example", name))).every:
            yield from all_found(entry)


def test_the_rule_of_every_layer_is_among_the_formulas_under_its_number() -> None:
    collected = Collected()
    for kind in LAYERS:
        if kind.example:
            collected.add(solution_of(network(Source("example", kind.example))), "")
    collected.groups()
    for found in _every():
        rule = collected.rules[found.identity]
        formulas = [rule.formula, *(case.rule for case in rule.cases)]
        is_size = found.identity.role == "size"
        texts = {text_of(any_axis(one) if is_size else one) for one in formulas}
        assert text_of(any_axis(found.formula) if is_size else found.formula) in texts, found
        assert found.features == rule.features or settings(rule.features, found.features)


def test_equal_formulas_of_two_kinds_are_one_rule() -> None:
    rules = of_texts("input(9,9,3) -> conv(4,3) -> maxpool(3,s=1)").contents.rules
    sizes = [rule for rule in rules if rule.quantity == "shape"]
    assert [rule.headings for rule in sizes] == [("Convolution", "Max pooling")]
    assert sizes[0].labels == ("sp:rule:conv:size", "sp:rule:maxpool:size")


@pytest.mark.parametrize(
    ("text", "formula", "cases"),
    [
        ("input(9,9,3) -> conv(4,3) -> conv(4,3,bias=no)", "(k_h·k_w·C_in + 1)·C_out", ["k_h·k_w·C_in·C_out"]),
        ("input(9,9,4) -> conv(4,3) -> conv(4,3,groups=2)", "(k_h·k_w·C_in + 1)·C_out", ["(k_h·k_w·C_in/g + 1)·C_out"]),
        ("input(8) -> dense(4) -> dense(3,bias=no)", "(n_in + 1)·n_out", ["n_in·n_out"]),
        ("input(9,4) -> conv(4,3) input(9,9,4) -> conv(4,3)", "(k_h·k_w·C_in + 1)·C_out", ["(k·C_in + 1)·C_out"]),
    ],
)
def test_special_settings_stand_under_the_rule(text: str, formula: str, cases: list[str]) -> None:
    (rule,) = (rule for rule in of_texts(text).contents.rules if rule.quantity == "params")
    assert shown(rule.formula, PLAIN) == formula
    assert [shown(case.rule, PLAIN) for case in rule.cases] == cases


def test_labels_are_by_what_and_stay_when_others_come_in() -> None:
    alone = {label for rule in of_texts("input(9,9,3) -> conv(4,3) -> relu").contents.rules for label in rule.labels}
    more = of_texts("input(9,9,3) -> lstm(4)", "input(9,9,3) -> maxpool(2) -> conv(4,3,s=2) -> bn") if False else None
    others = of_texts("input(9,9,3) -> maxpool(2) -> conv(4,3,s=2) -> bn", "input(9,9,3) -> conv(4,3) -> relu")
    assert more is None
    assert alone <= {label for rule in others.contents.rules for label in rule.labels}
    every = [label for rule in of_examples().contents.rules for label in rule.labels]
    assert len(every) == len(set(every))
    assert all(label.startswith("sp:rule:") for label in every)


def test_every_source_is_in_the_bibliography_and_is_cited() -> None:
    composed = of_examples()
    cited = {one.key for rule in composed.contents.rules for one in rule.sources}
    assert set(composed.contents.keys) == cited <= set(REFERENCES)
    entries = composed.bibliography
    assert all(f"{{symparams:{key}," in entries for key in cited)
    assert entries.count("\n@") + 1 == len(cited)


def test_no_sentence_of_a_rule_has_numbers_of_a_network() -> None:
    for rule in of_examples().contents.rules:
        general = pattern(rule.because) if isinstance(rule.because, str) else rule.because.in_general().text
        assert not any(
            c.isdigit() for c in general.replace("The + 1 counts", "").replace("stride 1", "").replace("size 1", "")
        ), general


def test_networks_of_one_convention_cite_the_documentation_of_its_framework() -> None:
    network = "input(9, 4) -> gru(3, sequences) -> crop((1, 0)) -> flatten"
    for convention, other in (("keras", "pytorch"), ("torch", "keras")):
        assert other not in of_texts(f"convention {convention} {network}").contents.keys
    both = of_texts(f"convention keras {network}", f"convention torch {network}").contents.keys
    assert {"keras", "pytorch"} <= set(both)
