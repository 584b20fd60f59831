"""Networks whose letters have no values: what is asked about them in letters."""

from __future__ import annotations

import pytest

from symparams.algebra.evaluation import at
from symparams.algebra.formula import Formula, Number, as_formula
from symparams.errors import Source
from symparams.exams.course import Course
from symparams.exams.examination import Examination, Wanted
from symparams.exams.question import Question
from tests.exams.samples import examination

BLOCKS = """
def block = { attention(h) | id } -> add -> layernorm -> { ffn(4*d) | id } -> add -> layernorm
input(T) -> embedding(V, d) as tokens -> [block] * N -> dense(C) as head"""
PLAIN = """
convention torch
input(T) -> embedding(V, d) as tokens -> { attention(h, causal) | id } -> add
-> { layernorm -> dense(4*d, gelu) as wide -> dense(d) as narrow | id } -> add -> dense(V) as head"""


def formulas(text: str, seed: int = 0) -> list[Question]:
    return list(examination(text, questions=None, kinds=("formula",), seed=seed).questions())


def names(questions: list[Question]) -> set[str]:
    return {"" if question.node is None else question.node.name for question in questions}


def only(question: Question) -> Formula:
    """The formula that is the key."""
    assert not isinstance(question.key, str)
    (key,) = question.key
    return as_formula(key)


@pytest.mark.parametrize("seed", range(4))
def test_a_transformer_in_letters_is_asked_about_everywhere(seed: int) -> None:
    assert names(formulas(BLOCKS, seed)) == {"", "tokens", "attention_1", "ln_1", "ffn_1", "ln_2", "head"}
    assert names(formulas(PLAIN, seed)) >= {"", "tokens", "attention_1", "wide", "narrow", "head"}
    usual = list(examination(BLOCKS, questions=10, seed=seed).questions())
    assert {q.kind for q in usual} == {"formula", "truth"}
    assert names(usual) >= {"", "tokens", "attention_1", "ln_1", "ffn_1", "ln_2", "head"}


@pytest.mark.parametrize("text", [BLOCKS, PLAIN])
def test_a_total_in_letters_is_what_the_network_with_numbers_has(text: str) -> None:
    """By a second way: the letters get values first, then the network is built and added up."""
    asked = next(question for question in formulas(text) if question.node is None)
    for i in range(3):
        values = {"T": 16 + i, "V": 100 + i, "d": 24, "h": 2 + i % 2} | ({"N": 3 + i, "C": 5} if "N" in text else {})
        built = Course(Source("net.arch", text), given={name: Number(value) for name, value in values.items()})
        assert at(only(asked), values) == built.network.counts.params


def test_copies_are_asked_about_one_by_one() -> None:
    questions = {q.node.name: q for q in formulas(BLOCKS) if q.node is not None}
    assert at(only(questions["attention_1"]), {"d": 12, "N": 7}) == 4 * 12 * 13


def test_copies_that_differ_are_not_asked_about() -> None:
    text = "input(T) -> dense(d) as first -> [dense(i*d) for i in 1..N]"
    asked = [question.node for question in formulas(text) if question.node is not None]
    assert {node.name for node in asked} == {"first", "dense_1"}
    assert not any(node.repeats for node in asked)


def test_a_total_that_nobody_can_write_down_is_not_asked_for() -> None:
    text = "input(H, W, 3) -> conv(F, k, s=2) -> conv(G, k, s=3) -> conv(F, k) -> flatten -> dense(m) -> dense(F)"
    assert "" not in names(formulas(text))


def test_mistakes_in_a_total_say_where_they_were_made() -> None:
    course = Course(Source("net.arch", "input(n) -> dense(m) as first -> dense(p) as second"))
    asked = [q for q in Examination([course], Wanted(questions=6, kinds=("formula",))).questions() if q.node is None]
    layers = {wrong.layers for q in asked for wrong in (*q.mistakes, *(o.wrong for o in q.options if o.wrong))}
    assert ("first",) in layers
