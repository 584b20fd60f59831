"""Models of a config -> steps: every call of every layer once, in the order of the config as far as it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from symparams.errors import Place, Source, Span, SymparamsError
from symparams.reading.configs.calls_on import Tensor, Use
from symparams.reading.configs.feeding import fed
from symparams.reading.configs.inputs import has_sizes, input_call, sizes_of, turned
from symparams.reading.configs.layer_calls import call_of
from symparams.reading.configs.layout import turned_target
from symparams.reading.configs.models import Layer, Model, is_model, model_of
from symparams.reading.configs.operations import Operation, is_operation, operation, stated_shape
from symparams.reading.configs.tables import Table
from symparams.reading.graphs import Names, Step, one_chain, usual_name
from symparams.reading.reading import Repair
from symparams.sources import records as r

_INPUT = "InputLayer"


class Written(NamedTuple):
    """A model as steps."""

    steps: list[Step]
    outputs: list[str]  # the names of the points that it ends in


class Writer:
    """Writes one model and those inside it."""

    def __init__(self, source: Source, channels_first: bool) -> None:
        self.source = source
        self.channels_first = channels_first
        self.names = Names(source)
        self.steps = 0  # how many `TimeDistributed` stand around
        self.open: dict[str, Span] = {}  # letters, with what leaves them open
        self.opaque: list[Repair] = []  # what is not followed
        self._owners: dict[tuple[str, str], str] = {}  # by model and layer: the point with the weights

    # ------------------------------------------------------------ models

    def model(self, model: Model, arriving: Sequence[str] | None, around: str = "", frozen: bool = False) -> Written:
        """The steps of a model on what arrives, or from inputs of its own."""
        frozen = frozen or model.config.get("trainable") is False
        walk = self.functional if model.functional else self.chain
        return walk(model, arriving, around, frozen)

    def chain(self, model: Model, arriving: Sequence[str] | None, around: str, frozen: bool) -> Written:
        """A Sequential: each layer on the one before."""
        steps: list[Step] = []
        flow = list(arriving or ())
        layers = model.layers
        if not layers:
            raise self.error("this model has no layers", model.at)
        for i, layer in enumerate(layers):
            if layer.kind == _INPUT:
                if not flow:
                    flow = [self.input(layer, layer, model, steps)]
                continue
            if not flow and layer.branches:
                for branch in layer.branches:
                    written = self.model(branch, None, around, frozen)
                    steps += written.steps
                    flow += written.outputs[:1]
            elif not flow and not _begins(layer):
                flow = [self.input(layer, _first(layer), model, steps)]
            elif i and not flow:
                raise self.error(f"nothing flows into {layer.name or layer.kind}", layer.at)
            if is_operation(layer):
                found = operation(layer, Use((Tensor("", 0, 0),), {}), stated_shape(layer))
                flow = self.computed(layer, found, flow, around, steps)
            else:
                flow = self.call(layer, flow, around, frozen, steps)[:1]
        return Written(steps, flow)

    def functional(self, model: Model, arriving: Sequence[str] | None, around: str, frozen: bool) -> Written:
        """A functional model: each call of a layer behind the calls that feed it."""
        graph = _Graph(model, self)
        steps: list[Step] = []
        for tensor, name in zip(model.inputs, arriving or (), strict=False):
            graph.made[tensor.layer, 0] = [name]
        for layer, number in graph.in_order():
            if (layer.name, number) in graph.made:
                continue
            if layer.kind == _INPUT:
                graph.made[layer.name, 0] = [self.input(layer, layer, model, steps)]
                continue
            use = layer.uses[number]
            if is_operation(layer):
                leaving = graph.shapes.get((layer.name, number, 0)) or stated_shape(layer)
                found = operation(layer, use, leaving)
                inputs = [graph.point(tensor, layer) for tensor in found.inputs]
                graph.made[layer.name, number] = self.computed(layer, found, inputs, around, steps)
                continue
            inputs = [graph.point(tensor, layer) for tensor in fed(layer, use)]
            graph.made[layer.name, number] = self.call(layer, inputs, around, frozen, steps)
        outputs = [graph.point(tensor, None) for tensor in model.outputs]
        return Written(steps, outputs or [steps[-1].name] if steps else [])

    # ------------------------------------------------------------ layers

    def input(self, layer: Layer, first: Layer, model: Model, steps: list[Step]) -> str:
        """A step that brings in data, for the layer that reads it first; returns its name."""
        sizes = sizes_of(first, model)
        if self.channels_first:
            sizes = turned(sizes)
        for letter in sizes.open:
            self.open.setdefault(letter, sizes.at)
        wanted = layer.name if layer.kind == _INPUT else f"{layer.name or usual_name(layer.kind)}_input"
        name = self.names.free(wanted or "input_layer", "", layer.name_at)
        steps.append(Step((), r.Named(input_call(sizes), name, layer.name_at), name, layer.at))
        return name

    def call(self, layer: Layer, inputs: list[str], around: str, frozen: bool, steps: list[Step]) -> list[str]:
        """Add a call of a layer, or of a nested model; returns the names of its outputs."""
        key = (around, layer.name)
        owner = self._owners.get(key) if layer.name else None
        if layer.model is not None:
            return self.nested(layer, layer.model, inputs, around, frozen, steps)
        frame = layer.config.get("layer")
        if layer.kind == "TimeDistributed" and isinstance(frame, Table) and is_model(frame):
            self.steps += 1
            try:
                return self.nested(layer, model_of(frame, self.source), inputs, around, frozen, steps)
            finally:
                self.steps -= 1
        if owner is None:
            name = self.names.free(layer.name or usual_name(layer.kind), around, layer.name_at)
            self._owners[key] = name
            item: r.Call = call_of(layer, self.source, frozen)
            if self.channels_first and layer.kind == "Reshape":
                item = turned_target(item)
        else:
            name = self.names.again(owner)
            item = r.Call("share", (r.Argument(None, r.Reference(owner, layer.at), layer.at),), layer.at)
        steps.append(Step(tuple(inputs), r.Named(self.at_each_step(item), name, layer.name_at), name, layer.at))
        return [name]

    def at_each_step(self, call: r.Call) -> r.Call:
        """The call inside of the `TimeDistributed` that stand around."""
        for _ in range(self.steps):
            call = r.Call("TimeDistributed", (r.Argument(None, call, call.at),), call.at)
        return call

    def computed(self, layer: Layer, found: Operation, inputs: list[str], around: str, steps: list[Step]) -> list[str]:
        """Add an operation, which has no weights; returns its name."""
        name = self.names.free(layer.name or usual_name(layer.kind), around, layer.name_at)
        if found.doubt:
            self.opaque.append(Repair(found.doubt, layer.at))
        steps.append(Step(tuple(inputs), r.Named(self.at_each_step(found.call), name, layer.name_at), name, layer.at))
        return [name]

    def nested(
        self, layer: Layer, model: Model, inputs: list[str], around: str, frozen: bool, steps: list[Step]
    ) -> list[str]:
        """Add the layers of a model inside this one, as one bracket with its name."""
        key = (around, layer.name)
        owner = self._owners.get(key)
        name = self.names.free(layer.name, around, layer.name_at) if owner is None else self.names.again(owner)
        self._owners.setdefault(key, name)
        frozen = frozen or layer.config.get("trainable") is False
        written = self.model(model, inputs, self._owners[key], frozen)
        if not written.steps:
            return list(inputs)
        chain = one_chain(written.steps, inputs[0] if len(inputs) == 1 else None, written.outputs[0], layer.at)
        group = r.Group(chain, None, None, None, None, layer.at, layer.at)
        steps.append(Step(tuple(inputs[:1]), r.Named(group, name, layer.name_at), name, layer.at))
        return [name, *written.outputs[1:]]

    def error(self, matter: str, at: Span) -> SymparamsError:
        return SymparamsError(matter, Place(self.source, *at))


def _begins(layer: Layer) -> bool:
    """Whether a nested model brings its own input, as that which opens a Sequential does."""
    model = layer.model
    if model is None or not model.layers:
        return False
    first = model.layers[0]
    return first.kind == _INPUT or has_sizes(first) or _begins(first)


def _first(layer: Layer) -> Layer:
    """The layer inside that reads first what flows in."""
    while layer.model is not None and layer.model.layers:
        layer = layer.model.layers[0]
    return layer


class _Graph:
    """The calls of a functional model."""

    def __init__(self, model: Model, writer: Writer) -> None:
        self.model = model
        self.error = writer.error
        self.layers = {layer.name: layer for layer in model.layers}
        self.made: dict[tuple[str, int], list[str]] = {}  # by layer and call: the names of its outputs
        self.shapes: dict[tuple[str, int, int], tuple[int | None, ...]] = {}  # those that the config says
        self.before = self._before()  # by layer: calls of a nested model that the config does not list

    def _before(self) -> dict[str, int]:
        """A model that was built on inputs of its own counts that as its first call, which no config lists."""
        last: dict[str, int] = {}
        every = [t for layer in self.model.layers for use in layer.uses for t in use.tensors()]
        for tensor in (*every, *self.model.outputs):
            last[tensor.layer] = max(last.get(tensor.layer, 0), tensor.call)
            if tensor.shape is not None:
                self.shapes[tensor[:3]] = tensor.shape
        return {
            name: max(0, last.get(name, 0) + 1 - len(layer.uses))
            for name, layer in self.layers.items()
            if layer.model is not None
        }

    def key(self, tensor: Tensor, reader: Layer | None) -> tuple[str, int]:
        """The call that gives a tensor."""
        layer = self.layers.get(tensor.layer)
        at = self.model.at if reader is None else reader.at
        if layer is None:
            raise self.error(f"there is no layer `{tensor.layer[:60]}` in this model", at)
        call = 0 if layer.kind == _INPUT else tensor.call - self.before.get(tensor.layer, 0)
        if layer.kind != _INPUT and not 0 <= call < len(layer.uses):
            raise self.error(f"`{tensor.layer[:60]}` is not called so often as this says", at)
        return tensor.layer, call

    def point(self, tensor: Tensor, reader: Layer | None) -> str:
        """The name of the point that a tensor is."""
        outputs = self.made[self.key(tensor, reader)]
        return outputs[tensor.output] if tensor.output < len(outputs) else outputs[0]

    def in_order(self) -> Iterator[tuple[Layer, int]]:
        """All calls in the order of the config, but those that feed a call before it."""
        done: set[tuple[str, int]] = set()
        for layer in self.model.layers:
            for number in range(max(len(layer.uses), layer.kind == _INPUT)):
                yield from self._behind(layer, number, done)

    def _behind(self, layer: Layer, number: int, done: set[tuple[str, int]]) -> Iterator[tuple[Layer, int]]:
        pending = [(layer, number, False)]
        waiting: set[tuple[str, int]] = set()
        while pending:
            layer, number, ready = pending.pop()
            key = (layer.name, number)
            if ready:
                waiting.discard(key)
                done.add(key)
                yield layer, number
                continue
            if key in done:
                continue
            if key in waiting:
                raise self.error(f"{layer.name} is fed by what it feeds", layer.at)
            waiting.add(key)
            pending.append((layer, number, True))
            if layer.kind != _INPUT:
                feeding = [self.key(tensor, layer) for tensor in fed(layer, layer.uses[number])]
                pending += [(self.layers[name], call, False) for name, call in reversed(feeding)]
