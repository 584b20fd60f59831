"""Code made from networks, run by the frameworks: totals and shapes of outputs are those of the network."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from symparams import limits
from symparams.converters.targets import converted
from symparams.errors import Source, SymparamsError
from symparams.layers.embedding import Embedding
from symparams.layers.source import Input
from symparams.model.network import Network, Node
from symparams.sources.language import built
from symparams.sources.reader import read_network
from tests.conftest import EXAMPLES
from tests.differential.family import BOTH
from tests.differential.generating import networks

pytestmark = [pytest.mark.framework, pytest.mark.filterwarnings("ignore")]

LEFT_OUT = ("deepface.arch", "swin.arch")  # layers that Keras does not have any more, or never had


def _read(source: Source) -> tuple[Network, str | None]:
    """A network, and its code for the framework of its convention if that has all of it."""
    with limits.work():
        statements = read_network(source)
        network = built(statements, source)
        try:
            return network, converted(network.convention, network, statements)
        except SymparamsError:
            return network, None


def _ours(network: Network) -> tuple[object, list[object]]:
    read = {feeding for node in network.nodes for feeding in node.inputs}
    return network.counts.params, [n.shape for i, n in enumerate(network.nodes) if i not in read]


def _run(network: Network, code: str) -> tuple[object, list[object]]:
    """The parameters that the framework counts, and the shapes that its model gives."""
    run = _keras if network.convention == "keras" else _torch
    try:
        return run(network, code)
    finally:
        gc.collect()


def _keras(network: Network, code: str) -> tuple[object, list[object]]:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    names: dict[str, Any] = {}
    exec(code, names)
    model = names["model"]
    return model.count_params(), [tuple(output.shape[1:]) for output in model.outputs]


def _before(network: Network, node: Node) -> Iterator[int]:
    """The layers on the way to one, which its tokens pass."""
    for i in node.inputs:
        yield i
        yield from _before(network, network.nodes[i])


def _torch(network: Network, code: str) -> tuple[object, list[object]]:
    import torch

    tokens = {i for node in network.nodes if isinstance(node.layer, Embedding) for i in _before(network, node)}
    names: dict[str, Any] = {}
    with torch.device("meta"), torch.no_grad():
        exec(code, names)
        model = names["model"].eval()
        given = [
            torch.zeros((2, *n.shape), dtype=torch.long if i in tokens else torch.float)
            for i, n in enumerate(network.nodes)
            if isinstance(n.layer, Input)
        ]
        output = model(*given)
    several = output if isinstance(output, tuple) else (output,)
    return sum(p.numel() for p in model.parameters()), [tuple(one.shape[1:]) for one in several]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.arch")), ids=lambda path: path.name)
def test_examples(path: Path) -> None:
    network, code = _read(Source(path.name, path.read_text("utf-8")))
    if any(value is None for value in network.symbols.values()):
        assert code is None
        return
    assert (code is None) == (path.name in LEFT_OUT)
    if code is not None:
        assert _run(network, code) == _ours(network)


@pytest.mark.parametrize("convention", BOTH)
def test_random_networks(convention: str) -> None:
    ran = []

    @settings(max_examples=80, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(networks(convention))
    def agrees(text: str) -> None:
        try:
            network, code = _read(Source("<random>", text))
        except SymparamsError:
            return  # some of the texts are wrong on purpose
        if code is None:
            return
        try:
            found = _run(network, code)
        except ImportError:
            return  # the spectrogram of Keras wants scipy
        assert found == _ours(network), code
        ran.append(text)

    agrees()
    assert len(ran) > 10
