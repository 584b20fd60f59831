"""Which layers an exam describes in a sentence, and what the sentence may leave out."""

from contextlib import suppress
from dataclasses import replace

import pytest

from symparams.algebra.facts import NOTHING_KNOWN
from symparams.errors import LayerError, Source
from symparams.exams.describable import is_describable
from symparams.layers import CATALOGUE
from symparams.misconceptions.task import Tasks
from symparams.model.arguments import arguments_of
from symparams.model.derived import known
from symparams.model.layer import Layer
from symparams.model.network import Node
from symparams.model.tensor import Convention
from symparams.sources.language import network

LAYERS = list(dict.fromkeys(entry.layer for entry in CATALOGUE.values()))
WEIGHTLESS = [(layer, a.name) for layer in LAYERS for a in arguments_of(layer) if a.weightless]


def shown(layer: type[Layer]) -> Node:
    nodes = network(Source("example", layer.example)).nodes
    return next(node for node in nodes if isinstance(node.layer, layer))


@pytest.mark.parametrize(("layer", "name"), WEIGHTLESS)
def test_no_count_depends_on_a_weightless_argument(layer: type[Layer], name: str) -> None:
    node = shown(layer)
    shapes = tuple(x.shape for x in node.derived.arriving)
    found = set()
    for value in (True, False):
        with suppress(LayerError):  # two of them may exclude each other
            changed = replace(node.layer, **{name: value})
            assert known(changed, shapes, "keras", NOTHING_KNOWN).counts == node.derived.counts
            found.add(value)
    assert found


@pytest.mark.parametrize(
    ("text", "quantity", "said"),
    [
        ("dense(8)", "params", True),
        ("lstm(8)", "params", True),  # its count is the same whatever it gives out
        ("lstm(8)", "shape", False),
        ("ln", "params", {"keras"}),
        ("groupnorm(4)", "params", {"keras"}),
        ("bn", "params", True),
        ("dropout(0.5)", "shape", True),
        ("timedistributed(dense(8))", "params", False),
    ],
)
def test_described(text: str, quantity: str, said: bool | set[Convention]) -> None:
    for convention in ("keras", "torch"):
        built = network(Source("text", f"convention {convention}\ninput(12, 16) -> {text}"))
        wanted = said if isinstance(said, bool) else convention in said
        assert is_describable(Tasks(built).of(1, quantity)) == wanted, (text, convention)
