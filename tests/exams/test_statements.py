"""What is stated of a layer."""

from __future__ import annotations

import pytest

from symparams.exams.statements import is_stated_of
from tests.exams.samples import course, examination

_TIED = "input(64) -> embedding(1000, 32) as words -> dense(32, relu) -> tied(@words{})"
_OUTPUTS = """
    range F in 8..64 step 8
    input(32, 32, 3) -> conv(F, 3) -> relu -> maxpool(2) -> dropout(0.2) -> flatten -> dense(10)"""


@pytest.mark.parametrize("bias", ["", ", bias"])
def test_nothing_is_stated_of_a_layer_with_the_weights_of_another(bias: str) -> None:
    on = course(_TIED.format(bias))
    assert [node.name for node in on.network.nodes if is_stated_of(node)] == ["words", "dense_1"]


def test_outputs_are_compared_where_a_layer_has_no_parameters() -> None:
    found = [
        (question.node.name, (question.more or {})["said"], question.key)
        for seed in range(10)
        for question in examination(_OUTPUTS, kinds=("truth",), questions=12, seed=seed).questions()
        if question.node is not None
    ]
    compared = [(name, said, key) for name, said, key in found if said.form == "larger" and said.quantity == "values"]
    assert {name for name, _, _ in compared} >= {"relu_1", "maxpool_1", "dropout_1", "flatten_1"}
    assert {said.is_second for _, said, _ in compared} == {True, False}
    for _, said, key in compared:
        first, second = (said.after, said.before) if said.is_second else (said.before, said.after)
        assert ((first > second) == said.stated) == (key == "True")
        assert first != second
