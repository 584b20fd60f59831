"""What misconceptions say of themselves so that less has to be tried: the layers they concern, what they look at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from symparams.errors import SymparamsError
from symparams.misconceptions.families import CATALOGUE
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.task import ASKED, Task, Tasks
from symparams.model.network import Network
from tests.helpers import net

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = (
    "lenet5",
    "exam-text",
    "mobilenet",
    "mixtral",
    "transformer",
    "seq2seq",
    "dcgan-generator",
    "xception",
    "deepseek-v2",
    "mamba",
    "swin",
)


def _tasks(network: Network) -> list[Task]:
    tasks, found, seen = Tasks(network), [], set()
    for i, node in enumerate(network.nodes):
        if node.inputs and id(node.derived) not in seen:
            seen.add(id(node.derived))
            for quantity in ASKED:
                try:
                    found.append(tasks.of(i, quantity))
                except SymparamsError:  # a receptive field that has no size
                    continue
    return found


def _made(made: Misconception, task: Task) -> list[object]:
    try:
        return [rule for s in task.subjects() for rule in made.edit(s) if rule != s.rule]
    except SymparamsError:
        return []


def _alone(task: Task) -> Task:
    """The same task in a network that has only the layers that feed it, as inputs."""
    nodes = task.network.nodes
    feeding = [replace(nodes[0], name=f"x{i}", derived=nodes[j].derived) for i, j in enumerate(task.node.inputs)]
    lone = replace(task.network, nodes=(*feeding, replace(task.node, inputs=tuple(range(len(feeding))))))
    return replace(task, network=lone, index=len(feeding))


@pytest.mark.parametrize("name", NAMES)
def test_a_misconception_makes_nothing_of_layers_that_it_does_not_concern(name: str) -> None:
    for task in _tasks(net((EXAMPLES / f"{name}.arch").read_text())):
        for made in CATALOGUE.values():
            if task.quantity in made.quantities and not made.concerns(type(task.derived.layer), task.quantity):
                assert _made(made, task) == [], (made.name, task.node.name, task.quantity)


@pytest.mark.parametrize("name", NAMES)
def test_a_misconception_that_does_not_look_around_needs_the_layer_alone(name: str) -> None:
    for task in _tasks(net((EXAMPLES / f"{name}.arch").read_text())):
        alone = _alone(task)
        for made in CATALOGUE.values():
            if task.quantity in made.quantities and not made.around and task.quantity != "field":
                assert _made(made, task) == _made(made, alone), (made.name, task.node.name, task.quantity)


def test_networks_share_what_is_said_of_equal_layers() -> None:
    one, other = (net("input(8, 8, 3) -> conv(4, 3x3) -> conv(4, 3x3) -> flatten -> dense(2)") for _ in range(2))
    for mine, theirs in zip(one.nodes, other.nodes, strict=True):
        assert mine.derived is theirs.derived


def test_letters_keep_what_is_said_of_layers_apart() -> None:
    one, other = (net(f"where n >= {least} input(n, 3) -> conv(4, 3)") for least in (3, 5))
    assert one.nodes[1].derived != other.nodes[1].derived
