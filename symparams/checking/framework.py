"""A network against a framework: each layer built there from the code that is written for it, and compared."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from symparams.checking.check import Alone, Check, Pair
from symparams.checking.code import evaluated
from symparams.checking.difference import Difference, difference
from symparams.checking.measured import Kept, Measured, Sizes, check_numbers, measured, whole
from symparams.checking.printed import as_printed, total_difference
from symparams.converters.recipes import Recipe
from symparams.converters.steps import Written, check_sizes, variables
from symparams.errors import SymparamsError
from symparams.layers import CATALOGUE, key
from symparams.layers.embedding import Embedding
from symparams.layers.source import Input
from symparams.layers.spelling import Spelling
from symparams.model.layer import Layer
from symparams.model.network import Network, Node
from symparams.model.tensor import BOTH, Convention
from symparams.reading.reading import WrongRow

FRAMEWORKS: dict[str, Convention] = {name: name for name in BOTH}  # as they are named
_CLASSES = {"keras": "Keras", "torch": "Torch"}  # in the module of that name


class Framework(Protocol):
    """What is asked of a framework."""

    name: str
    title: str  # with its version
    convention: Convention

    def building(self) -> AbstractContextManager[None]: ...
    def names(self, recipes: Sequence[Recipe]) -> dict[str, Any]: ...
    def recipe(self, node: Node) -> Recipe: ...
    def written(self, network: Network, recipes: Sequence[Recipe]) -> Iterator[Written]: ...
    def part(self, names: dict[str, Any], name: str, part: Any) -> None: ...
    def tensor(self, shape: Sizes, whole: bool) -> Any: ...
    def shape(self, tensor: Any) -> Sizes: ...
    def counts(self, parts: Collection[Any]) -> tuple[int, int]: ...
    def tensors(self, part: Any) -> tuple[Kept, ...]: ...


def framework(name: Convention) -> Framework:
    """The installed framework of that name; raises SymparamsError where it is not installed."""
    found: Framework = getattr(import_module(f"symparams.checking.{name}"), _CLASSES[name])()
    return found


def against_framework(network: Network, title: str, name: Convention, wrong: Sequence[WrongRow] = ()) -> Check:
    """A network whose layers a framework builds; `title` is what our side is called, `wrong` what it prints otherwise.

    Raises SymparamsError where the network has letters, counts as another framework does, or has no layer that this
    one has, and where the framework is not installed.
    """
    check_numbers(network)
    check_sizes(network, name)
    by = framework(name)
    run = _Run(network, by, wrong)
    with warnings.catch_warnings(), by.building():
        warnings.simplefilter("ignore")
        pairs = tuple(run.pairs())
    if run.lacking and all(isinstance(network.node(pair.first.name).layer, Input) for pair in pairs if pair.first):
        raise next(iter(run.lacking.values()))
    alone = tuple(Alone(measured(network.node(name)), 0) for name in run.lacking)
    total = whole(network.counts.params)
    return Check((title, by.title), by.name, pairs, alone, total_difference((total, total), (wrong, ())))


@dataclass
class _Run:
    """The layers as they are built, one after the other."""

    network: Network
    by: Framework
    wrong: Sequence[WrongRow]  # what a table prints otherwise than the network has it
    lacking: dict[str, SymparamsError] = field(default_factory=dict)  # the layers that it does not have
    built: dict[str, list[Any]] = field(default_factory=dict)  # the parts of each layer that has some

    def pairs(self) -> Iterator[Pair]:
        """Each layer beside ours; one that differs passes on what ours does, so that those behind it are judged too."""
        recipes = [self._recipe(node) for node in self.network.nodes]
        names = self.by.names(recipes)
        layers = self.by.written(self.network, recipes)
        tokens = {i for node in self.network.nodes if isinstance(node.layer, Embedding) for i in node.inputs}
        several = list(zip(self.network.nodes, variables(self.network), strict=True))
        for i, (node, variable) in enumerate(several):
            if isinstance(node.layer, Input):
                names[variable] = self.by.tensor(measured(node).shape, i in tokens)
        for i, (node, variable) in enumerate(several):
            ours = measured(node)
            try:
                written = next(layers)
            except SymparamsError as error:  # of weights that it cannot use again; no more code is written
                self.lacking.update(dict.fromkeys((later.name for later in self.network.nodes[i:]), error))
                return
            if isinstance(node.layer, Input):
                yield Pair(ours, ours._replace(shape=self.by.shape(names[variable])), None)
                continue
            if node.name in self.lacking or node.shared in self.lacking:
                names[variable] = self.by.tensor(ours.shape, False)
                continue
            pair = self._pair(node, ours, written, names)
            if pair.second is None or pair.second.shape != ours.shape:
                names[variable] = self.by.tensor(ours.shape, False)
            yield pair

    def _recipe(self, node: Node) -> Recipe:
        try:
            return self.by.recipe(node)
        except SymparamsError as error:
            self.lacking[node.name] = error
            return Recipe(())

    def _pair(self, node: Node, ours: Measured, written: Written, names: dict[str, Any]) -> Pair:
        try:
            theirs = self._theirs(node, written, names)
        except SymparamsError:
            raise
        except Exception as error:  # of the framework, which has classes of errors without end
            return Pair(ours, None, Difference("built", ours, None, refusal=_said(error)))
        told = as_printed(ours, self.wrong)
        return Pair(told, theirs, difference(told, theirs, node.derived.leaving.axis_names()))

    def _theirs(self, node: Node, written: Written, names: dict[str, Any]) -> Measured:
        parts: list[Any] = []
        for name, text in written.parts:
            parts.append(evaluated(text, names))
            self.by.part(names, name, parts[-1])
        for name, text in written.outputs:
            names[name] = evaluated(text, names)
        shape = self.by.shape(names[written.outputs[-1].name])
        trainable, fixed = self.by.counts(parts)
        return Measured(node.name, node.layer.heading, shape, trainable, fixed, self._tensors(node, parts))

    def _tensors(self, node: Node, parts: Sequence[Any]) -> tuple[Kept, ...] | None:
        """Its tensors, where one layer of the framework is the same layer as ours."""
        found = [(part, tensors) for part in parts if (tensors := self.by.tensors(part))]
        if len(found) != 1 or not node.derived.is_stock or not _is_same(node.layer, found[0][0]):
            return None
        return found[0][1]


_BESIDE = re.compile(r"\x1b\[\d*m|Exception encountered when calling [^\n]*")  # the reason, where Keras wraps one


def _said(error: Exception) -> str:
    """What a framework says, its first line."""
    lines = [line.strip() for line in _BESIDE.sub("", str(error)).splitlines() if line.strip()]
    return ": ".join([type(error).__name__, *lines[:1]])


def _is_same(layer: Layer, part: Any) -> bool:
    entry = CATALOGUE.get(key(type(part).__name__))
    return entry is not None and (entry.layer is type(layer) or issubclass(entry.layer, Spelling))
