"""Whether outputs behind layers that enlarge see equally many positions, against a walk over single positions."""

from __future__ import annotations

import random

import pytest

import symparams as sp
from symparams.model.network import Network
from symparams.quantities.field import fields
from symparams.quantities.upsampled_fields import Neighbors, neighbors


def said(text: str) -> str:
    return sp.parse(text).solve(quantities=["field"]).to_text()


NOTES = [
    ("input(9, 9, 4) -> conv(8, 3)", None),
    ("input(9, 9, 4) -> tconv(256, 2, stride=2)", "several neighboring outputs can see the same positions"),
    ("input(9, 9, 4) -> upsample(2) -> conv(8, 3, same)", "several neighboring outputs can see the same positions"),
    ("input(9, 9, 4) -> pixelshuffle(2)", "several neighboring outputs can see the same positions"),
    ("input(9, 9, 4) -> tconv(8, 3, stride=2)", "neighboring outputs can see different numbers of input positions"),
    ("input(9, 9, 4) -> upsample(2) -> conv(8, 2)", "neighboring outputs can see different numbers of input positions"),
    ("input(9, 9, 4) -> tconv(8, k, stride=2)", "neighboring outputs may see different numbers of input positions"),
    ("input(9, 9, 4) -> [upsample(2)] * N", "neighboring outputs may see different numbers of input positions"),
]


@pytest.mark.parametrize(("text", "note"), NOTES)
def test_what_is_said(text: str, note: str | None) -> None:
    document = said(text)
    if note is None:
        assert "upsampling" not in document
    else:
        assert f"After an upsampling layer, {note}; the " in document


def _window(k: int, s: int, seen: list[set[int]]) -> list[set[int]]:
    return [set[int]().union(*seen[x : x + k]) for x in range(0, len(seen) - k + 1, s)]


def _spread(k: int, s: int, seen: list[set[int]]) -> list[set[int]]:
    out: list[set[int]] = [set() for _ in range((len(seen) - 1) * s + max(k, s))]
    for x, one in enumerate(seen):
        for i in range(k):
            out[x * s + i] |= one
    return out


@pytest.mark.parametrize("seed", range(40))
def test_it_is_as_position_by_position(seed: int) -> None:
    draw = random.Random(seed)
    parts: list[str] = []
    seen = [{i} for i in range(150)]
    for _ in range(draw.randint(2, 4)):
        k, s = draw.randint(1, 4), draw.choice([1, 1, 2, 3])
        if draw.random() < 0.5:
            parts.append(f"conv(1, {k}, stride={s})")
            seen = _window(k, s, seen)
        else:
            parts.append(f"tconv(1, {k}, stride={s})")
            seen = _spread(k, s, seen)
    network = sp.parse(f"input(150, 1) -> {' -> '.join(parts)}")._network
    margin = len(seen) // 4
    middle = seen[margin : len(seen) - margin]  # away from the edges
    spans = {max(one) - min(one) + 1 if one else 0 for one in middle}
    before = sp.parse(f"input(150, 1) -> {' -> '.join(parts[:-1])}")._network
    if _verdict(before) == "alike":
        assert _verdict(network) == ("differ" if len(spans) > 1 else "alike"), parts


def _verdict(network: Network) -> Neighbors:
    return neighbors(network, [not isinstance(state, str) for state in fields(network)])
