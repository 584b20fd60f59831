"""The models of a Keras program: those that it makes, and those that it would make if somebody called it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from symparams.errors import LimitError, SymparamsError
from symparams.reading.python.functions import Function, UserClass
from symparams.reading.python.graph import Graph, Node, before, statements
from symparams.reading.python.keras_layers import KerasLayer
from symparams.reading.python.keras_models import KerasModel, Subclassed
from symparams.reading.python.keras_tensors import KerasTensor
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Given
from symparams.sources import records as r

_FOR_LOSSES = re.compile(r"(?:log|clip)(?:_|$)")


def _layers_of(model: KerasModel) -> set[int]:
    return {id(n.owner or n) for n in before(t.node for t in model.outputs) if n.inputs}


class KerasFinding:
    """What a program has made."""

    graph: Graph
    models: list[KerasModel]
    made: list[KerasLayer]  # all layers, as the program made them
    placeholders: set[Node]  # the inputs of TensorFlow 1, which also bring what a model should give
    aside: set[Node]  # what only a loss reads

    def comments(self, text: str) -> None:
        """Sizes that a comment tells are told by the code itself in Keras."""

    def found(self, run: Run) -> dict[str, KerasModel]:
        """The models that a program has made, by the names that it gives them; parts of others come last."""
        names: dict[int, str] = {}
        for name, value in run.globals.names.items():
            model = value.model if isinstance(value, Subclassed) else value
            if isinstance(model, KerasModel):
                names.setdefault(id(model), name)
        found: dict[str, KerasModel] = {}
        for model in self.models:
            name = names.get(id(model), model.name)
            model.graph(run)
            if model.outputs:
                found[name if name not in found else f"{name}_{len(found) + 1}"] = model
        if not found and self.graph.nodes and self._ends():
            found["model"] = self._whole()
        return dict(sorted(found.items(), key=lambda item: not self._stands_alone(item[1], found.values())))

    def _stands_alone(self, model: KerasModel, others: Iterable[KerasModel]) -> bool:
        """Whether no other model has all layers of this one and more."""
        mine = _layers_of(model)
        return not any(other is not model and mine < _layers_of(other) for other in others)

    def parts(self, found: Mapping[str, KerasModel], whole: str) -> tuple[str, ...]:
        """The names of the models all of whose layers another one has, with more."""
        return tuple(name for name, model in found.items() if _layers_of(model) < _layers_of(found[whole]))

    def _ends(self) -> list[Node]:
        nodes = [n for n in self.graph.nodes if n not in self.aside]
        read = {i for n in nodes for i in (*n.inputs, *n.beside)}
        return [n for n in nodes if n not in read and n.inputs]

    def is_loss(self, left: KerasTensor, right: KerasTensor) -> bool:
        """Whether `left * right` or `left - right` compares what flows with what it should be."""
        for wanted, given in ((left.node, right.node), (right.node, left.node)):
            if wanted in self.placeholders and wanted not in before([given]):
                while given.inputs and given.owner is None and _FOR_LOSSES.match(given.name):
                    self.aside.add(given)
                    (given,) = given.inputs[:1]
                return True
        return False

    def _whole(self) -> KerasModel:
        """A graph that no model was made of."""
        made = KerasModel(self, "model")
        made.outputs = [KerasTensor(self, n) for n in self._ends()]
        return made

    def call_what_was_not(self, run: Run, wanted: str | None) -> None:
        """Call the functions that nobody calls, the last first, until one makes a model."""
        for value in reversed(list(run.globals.names.values())):
            if isinstance(value, Function) and value.calls == 0 and not value.name.startswith("<"):
                try:
                    value.called(run, Arguments(at=run.spans(value.node)))
                except LimitError:
                    raise
                except SymparamsError:
                    continue
                if self.found(run):
                    return
        for value in reversed(list(run.globals.names.values())):
            if isinstance(value, UserClass) and value.made == 0 and value.roots():
                made = value.called(run, Arguments(at=run.spans(value.node)))
                if self.found(run):
                    run.globals.names.setdefault(value.name, made)
                    return
        self._put_in_a_row(run)

    def _put_in_a_row(self, run: Run) -> None:
        """Layers that a program makes and does not use are a model, in their order."""
        held = {id(layer.inner) for layer in self.made} | {id(v) for one in self.made for v in one.given.values()}
        alone = [layer for layer in self.made if not layer.uses and id(layer) not in held]
        if alone and not self.graph.nodes:
            made = KerasModel(self, "model")
            made.is_sequential = True
            names = {id(value): name for name, value in run.globals.names.items()} if len(alone) > 1 else {}
            for layer in alone:
                if (
                    layer.given.get(None, "name") is None and id(layer) in names
                ):  # nobody sees the name that Keras makes up
                    layer.name = names[id(layer)]
                made.add(run, Arguments([Given(layer, layer.given.at)], {}, layer.given.at))
            self.models.append(made)

    def statements(self, run: Run, model: KerasModel) -> list[r.Statement]:
        """A model as statements."""
        nodes = before(t.settled(run).node for t in model.outputs)
        for node in nodes:
            if isinstance(node.owner, KerasLayer):
                node.frozen = node.owner.is_frozen
        return statements(nodes, "keras", model.at)
