"""Receptive fields with a mistake: of stacks, of blocks, of copies whose number is a letter; worked out by hand."""

from __future__ import annotations

import pytest

from symparams.questions.diagnosis import Diagnostician
from tests.helpers import net

CASES = [
    (
        "one layer left out of the receptive field",
        "input(T, 1) -> conv(32, 2, causal) -> [conv(32, 2, causal, dilation=2^i) for i in 0..9]",
        "conv_11",
        "1024",
    ),
    (
        "dilation multiplied by the kernel",
        "input(T, 8) -> [[conv(8, 8, causal, dilation=2^i) for i in 0..3]] * 3",
        "conv_12",
        "192",
    ),
    ("field of a block times the blocks", "input(40, 40, 3) -> [conv(8, 3) -> conv(8, 3)] * 3", "conv_6", "15"),
    ("one layer of each block seen", "input(40, 40, 3) -> [conv(8, 3) -> conv(8, 3)] * 3", "conv_6", "7"),
    ("first position left out", "input(40, 40, 3) -> [conv(8, 3) -> conv(8, 3)] * 3", "conv_6", "12"),
    ("kernels added up", "input(40, 40, 3) -> [conv(8, 3) -> conv(8, 3)] * 3", "conv_6", "18"),
    (
        "field of a block times the blocks",
        "input(40, 40, 3) -> [conv(8, 3, same) -> conv(8, 3, same)] * N",
        "conv_4",
        "5N",
    ),
    (
        "one layer of each block seen",
        "input(40, 40, 3) -> [conv(8, 3, same) -> conv(8, 3, same)] * N",
        "conv_4",
        "2N+1",
    ),
    ("kernels added up", "input(40, 40, 3) -> [conv(8, 3, same) -> conv(8, 3, same)] * N", "conv_4", "6N"),
    ("first position left out", "input(40, 40, 3) -> [conv(8, 3, same) -> conv(8, 3, same)] * N", "conv_4", "4N"),
    (
        "field of a block times the blocks",
        "input(40, 40, 3) -> conv(8, 5, same) -> [conv(8, 3, same) -> conv(8, 3, same)] * N",
        "conv_3",
        "5+5N",
    ),
    (
        "earlier strides left out",
        "input(40, 40, 3) -> conv(8, 5, s=2) -> [conv(8, 3, same) -> conv(8, 3, same)] * N",
        "conv_3",
        "5+4N",
    ),
    (
        "earlier strides left out",
        "input(40, 40, 3) -> conv(8, 5, s=2) -> [conv(8, 3) -> conv(8, 3)] * N",
        "conv_3",
        "5+4N",
    ),
    ("kernels added up", "input(T, 1) -> [conv(16, 3, causal)] * N", "conv_2", "3N"),
    ("kernels added up", "input(T, 1) -> [conv(16, k, causal)] * N", "conv_2", "k*N"),
    ("kernels multiplied", "input(T, 1) -> [conv(16, k, causal)] * N", "conv_2", "k^N"),
    ("only the last kernel seen", "input(T, 1) -> [conv(16, 3, causal)] * N", "conv_2", "3"),
    ("first position left out", "input(T, 1) -> [conv(16, 3, causal)] * N", "conv_2", "2N"),
    ("kernels added up", "input(T, 1) -> [conv(16, 3, causal)] * 4", "conv_4", "12"),
    ("field of a block times the blocks", "input(H, W, 1) -> [conv(16, 3, same) -> maxpool(2)] * N", "maxpool_2", "4N"),
    ("earlier strides left out", "input(H, W, 1) -> [conv(16, 3, same) -> maxpool(2)] * N", "maxpool_2", "1+3N"),
    (
        "pooling left out of the receptive field",
        "input(H, W, 1) -> [conv(16, 3, same) -> maxpool(2)] * N",
        "maxpool_2",
        "1+2N",
    ),
    ("kernels added up", "input(n, 1) -> [conv(8, 3, s=2, same)] * L", "conv_2", "3L"),
    ("earlier strides left out", "input(n, 1) -> [conv(8, 3, s=2, same)] * L", "conv_2", "2L+1"),
    ("first position left out", "input(n, 1) -> [conv(8, 3, s=2, same)] * L", "conv_2", "2^(L+1)-2"),
    (
        "dilation left out of the receptive field",
        "input(T, 9) -> [conv(9, k, causal, d=2^i) -> conv(9, k, causal, d=2^i) for i in 0..n-1]",
        "conv_2",
        "1+2*n*(k-1)",
    ),
    (
        "one layer of each block seen",
        "input(T, 9) -> [conv(9, k, causal, d=2^i) -> conv(9, k, causal, d=2^i) for i in 0..n-1]",
        "conv_2",
        "1+(k-1)*(2^n-1)",
    ),
    (
        "first position left out",
        "input(T, 9) -> [conv(9, k, causal, d=2^i) -> conv(9, k, causal, d=2^i) for i in 0..n-1]",
        "conv_2",
        "2*(k-1)*(2^n-1)",
    ),
    (
        "dilation multiplied by the kernel",
        "input(T, 9) -> [conv(9, k, causal, d=2^i) for i in 0..n-1]",
        "conv_1",
        "k*2^(n-1)",
    ),
    (
        "dilation multiplied by the kernel",
        "input(T, 9) -> [conv(9, k, causal, d=2^i) for i in 0..n-1]",
        "conv_1",
        "k*(2^n-1)",
    ),
    ("dilation multiplied by the kernel", "input(T, 9) -> [conv(9, 3, causal, d=2^i) for i in 0..5]", "conv_6", "96"),
    (
        "field of a block times the blocks",
        "input(T, 1) -> [[conv(9, 2, causal, dilation=2^i) for i in 0..9]]*N",
        "conv_20",
        "1024*N",
    ),
    (
        "field of a block times the blocks",
        "input(T, 1) -> [[conv(9, 2, causal, dilation=2^i) for i in 0..9]]*5",
        "conv_50",
        "5120",
    ),
    (
        "field of a block times the blocks",
        "input(T, 9) -> [{conv(9, 3, causal) -> conv(9, 3, causal)|id}->add]*N",
        "add_1",
        "5N",
    ),
    (
        "one layer of each block seen",
        "input(T, 9) -> [{conv(9, 3, causal) -> conv(9, 3, causal)|id}->add]*N",
        "add_1",
        "1+2N",
    ),
    (
        "one layer of each block seen",
        "input(T, 9) -> [{conv(9, 3, causal) -> conv(9, 3, causal)|id}->add]*4",
        "add_4",
        "9",
    ),
    (
        "field of a block times the blocks",
        "input(T, 9) -> [{conv(9, 3, causal) -> conv(9, 3, causal)|id}->add]*4",
        "add_4",
        "20",
    ),
    (
        "one layer of each block seen",
        "input(T, 5) -> conv(9, 3, causal) -> conv(9, 3, causal) -> conv(9, 3, causal, d=2) -> conv(9, 3, causal, d=2)",
        "conv_4",
        "7",
    ),
    (
        "one layer of each block seen",
        (
            "input(T, 5) -> {conv(9, 3, causal) -> conv(9, 3, causal)|conv(9, 1)} -> add -> {conv(9, 3, causal, d=2)"
            " -> conv(9, 3, causal, d=2)|conv(9, 1)} -> add"
        ),
        "add_2",
        "7",
    ),
    (
        "earlier strides and dilation left out",
        "input(64, 64, 3) -> conv(32, 7, s=2, same) -> maxpool(3, s=2, same) -> conv(64, 3) -> conv(64, 3, dilation=2)",
        "conv_3",
        "13",
    ),
    ("kernels added up", "input(64, 64, 3) -> conv(8, 3) -> conv(8, 3) -> conv(8, 3)", "conv_3", "9"),
    (
        "own stride counted",
        "input(64, 64, 3) -> conv(8, 3, stride=2) -> conv(8, 3, stride=2) -> conv(8, 3)",
        "conv_3",
        "21",
    ),
    (
        "pooling left out of the receptive field",
        "input(64, 64, 3) -> conv(8, 3) -> maxpool(2) -> conv(8, 3)",
        "conv_2",
        "5",
    ),
    ("pooling multiplies the field", "input(40, 40, 3) -> conv(8, 3) -> conv(8, 3) -> maxpool(2)", "maxpool_1", "10"),
    (
        "dilation left out of the receptive field",
        "input(40, 40, 3) -> conv(8, 3) -> conv(8, 3, dilation=2) -> conv(8, 3, dilation=4)",
        "conv_3",
        "7",
    ),
]


@pytest.mark.parametrize(("name", "text", "layer", "answer"), CASES)
def test_real_answers(name: str, text: str, layer: str, answer: str) -> None:
    found = Diagnostician(net(text)).typed(layer, "field", answer)
    assert not found.correct
    assert [m.name for m in found.matches[0].made] == [name]


@pytest.mark.parametrize(
    ("text", "layer", "answer"),
    [
        ("input(40, 40, 3) -> [conv(8, 3, same) -> conv(8, 3, same)] * N", "conv_4", "4N + 1"),
        ("input(T, 9) -> [{conv(9, 3, causal) -> conv(9, 3, causal) | id} -> add] * N", "add_1", "4N + 1"),
        ("input(T, 1) -> [[conv(9, 2, causal, dilation=2^i) for i in 0..9]] * N", "conv_20", "1 + 1023*N"),
    ],
)
def test_right_ones(text: str, layer: str, answer: str) -> None:
    assert Diagnostician(net(text)).typed(layer, "field", answer).correct


@pytest.mark.parametrize(
    ("text", "layer", "answer"),
    [
        # A branch with a window of its own beside the blocks, and a layer amid copies: no way is plain.
        ("input(T, 9) -> {conv(9, 3, causal) | conv(9, 5, causal)} -> add -> conv(9, 3, causal)", "conv_3", "6"),
        ("input(T, 8) -> [conv(8, 3, causal) -> conv(8, 3, causal)] * N", "conv_1", "5N"),
    ],
)
def test_what_nothing_explains(text: str, layer: str, answer: str) -> None:
    found = Diagnostician(net(text)).typed(layer, "field", answer)
    assert not found.correct
    assert found.matches == ()
