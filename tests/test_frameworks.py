"""Against what Keras and PyTorch say: shapes and counts of random networks, recorded from the frameworks themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import symparams as sp
from symparams.errors import SymparamsError
from tests.helpers import net, value

RECORDED = json.loads((Path(__file__).parent / "data" / "frameworks.json").read_text("utf-8"))


def test_every_layer_of_every_recorded_network() -> None:
    assert len(RECORDED["networks"]) > 200
    for network in RECORDED["networks"]:
        found: list[list[Any]] = [
            [layer.kind, list(layer.output_shape), layer.params, layer.trainable, layer.non_trainable]
            for layer in sp.parse(network["text"])
        ]
        assert found == network["layers"], network["text"]


def test_what_the_frameworks_refuse_is_refused() -> None:
    assert len(RECORDED["refused"]) > 100
    for network in RECORDED["refused"]:
        with pytest.raises(SymparamsError):
            sp.parse(network["text"])


def test_rounding_up_is_pytorchs_with_numbers_and_with_letters() -> None:
    for n, k, s, p, out in RECORDED["ceil pooling"]:
        text = f"convention torch input(1, {{}}) -> maxpool({k}, s={s}, p={p}, ceil)"
        symbolic = net(text.format("n")) if 2 * p <= k else None
        if out is None:
            with pytest.raises(SymparamsError):
                sp.parse(text.format(n))
            holds = symbolic is not None and all(
                value(c.left, {"n": n}) >= value(c.right, {"n": n}) for c in symbolic.conditions
            )
            assert not holds, (n, k, s, p)
            continue
        assert sp.parse(text.format(n)).layers[-1].output_shape == (1, out), (n, k, s, p)
        assert symbolic is not None
        assert value(symbolic.nodes[-1].shape[1], {"n": n}) == out, (n, k, s, p)
