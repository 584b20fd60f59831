"""Misconceptions on latent attention, window attention, Mamba and norms of queries and keys, worked out by hand."""

from __future__ import annotations

import pytest

from tests.misconceptions.explaining import Answer, Case, explained

T, D, H = 100, 64, 4
LATENT = f"input({T}, {D}) -> mla({H}, 32, rope=6, head=10, value=12, causal)"
QUERIES, DOWN, UP, OUT = D * H * 16, D * 38, 32 * H * 22, H * 12 * D
SCORES = H * T**2 * 16 + H * T**2 * 12
LETTERS = "input(T, d) -> mla(h, c, rope=r, head=k, q_rank=q, causal)"

IMAGE = "input(28, 56, 64) -> windowattention(4, 7)"
MATRICES = 3 * 65 * 64 + 65 * 64
OBLONG = "input(28, 56, 64) -> windowattention(4, 7x2, bias=no)"

MAMBA = f"input({T}, {D}) -> mamba(rank=5)"
INNER = 2 * D
BLOCK = 2 * D * INNER + 5 * INNER + INNER * 37 + 6 * INNER + INNER * 16 + INNER + INNER * D
WORK = T * (2 * D * INNER + INNER * 4 + INNER * 37 + 5 * INNER + 2 * INNER * 16 + INNER + INNER * D)

NORMED = f"input({T}, {D}) -> attention({H}, kv=2, head=10, qknorm, bias=no)"
PROJECTED = D * 40 + 2 * D * 20 + 40 * D

CASES: list[Case] = [
    ("keys and values of all heads in the cache", LATENT, "cache", T * H * 28 * 4),
    ("keys and values of all heads in the cache", LATENT, "cache", 2 * T * H * 10 * 4),
    ("compressed vector kept twice", LATENT, "cache", T * 2 * 32 * 4),
    ("compressed vector kept twice", LETTERS, "cache", "2*T*(c + r)*4"),
    ("rotary key left out", LATENT, "cache", T * 32 * 4),
    ("rotary key left out", LATENT, "params", QUERIES + D * 32 + 32 + UP + OUT),
    ("rotary key for every head", LATENT, "cache", T * (32 + H * 6) * 4),
    ("rotary key for every head", LATENT, "macs", T * (QUERIES + D * (32 + H * 6) + UP + OUT) + SCORES),
    ("rotary part of queries left out", LATENT, "params", D * H * 10 + DOWN + 32 + UP + OUT),
    ("up-projection of keys and values left out", LATENT, "params", QUERIES + DOWN + 32 + OUT),
    ("up-projection of keys and values left out", LATENT, "flops", 2 * (T * (QUERIES + DOWN + OUT) + SCORES)),
    ("norms of compressed vectors left out", LATENT, "params", QUERIES + DOWN + UP + OUT),
    ("norms of compressed vectors left out", LETTERS, "params", "d*q + q*h*(k + r) + d*(c + r) + 2*c*h*k + h*k*d"),
    ("scores over the whole image", IMAGE, "macs", 4 * 28 * 56 * 64**2 + 2 * (28 * 56) ** 2 * 64),
    ("relative biases left out", IMAGE, "params", MATRICES),
    ("relative biases shared by the heads", IMAGE, "params", MATRICES + 13**2),
    ("one relative bias for each position or pair", IMAGE, "params", MATRICES + 4 * 7**2),
    ("one relative bias for each position or pair", OBLONG, "params", 4 * 64**2 + 4 * (7 * 2) ** 2),
    ("state for every position", MAMBA, "cache", T * INNER * 20 * 4),
    ("inputs of the convolution not kept", MAMBA, "cache", INNER * 16 * 4),
    ("expansion left out", MAMBA, "params", 3 * D**2 + 5 * D + D * 37 + 6 * D + D * 16 + D),
    ("gate of the block left out", MAMBA, "params", BLOCK - D * INNER),
    ("gate of the block left out", MAMBA, "macs", WORK - T * D * INNER),
    ("convolution over all channels", MAMBA, "params", BLOCK - 4 * INNER + 4 * INNER**2),
    ("convolution over all channels", MAMBA, "macs", WORK - T * 4 * INNER + T * 4 * INNER**2),
    ("D and A left out", MAMBA, "params", BLOCK - INNER * 17),
    ("scan squared in the length", MAMBA, "macs", WORK + (T**2 - T) * 2 * INNER * 16),
    ("norms of queries and keys left out", NORMED, "params", PROJECTED),
    ("norms of queries and keys for every head", NORMED, "params", PROJECTED + H * 2 * 10),
    ("one norm of queries and keys", NORMED, "params", PROJECTED + 10),
    ("output projection left out", NORMED, "params", PROJECTED - 40 * D + 20),
]


@pytest.mark.parametrize(("name", "text", "quantity", "answer"), CASES)
def test_real_answers(name: str, text: str, quantity: str, answer: Answer) -> None:
    assert name in explained(text, quantity, answer)


@pytest.mark.parametrize(
    ("text", "quantity", "answer"),
    [
        (LATENT, "cache", T * 6 * 4),  # nobody keeps the rotary keys alone
        (MAMBA, "cache", INNER * 4 * 4),
        (IMAGE, "params", MATRICES + 13**2 * 4 + 1),
    ],
)
def test_nobody_makes_these(text: str, quantity: str, answer: Answer) -> None:
    assert explained(text, quantity, answer) == []
