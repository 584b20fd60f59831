"""Models of Keras: layers in a row, graphs from inputs to outputs, classes of the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symparams.errors import Span
from symparams.reading.python.functions import Instance, UserClass
from symparams.reading.python.graph import Keras, Node, before
from symparams.reading.python.keras_layers import KerasLayer, snake
from symparams.reading.python.keras_tensors import Entrance, KerasTensor
from symparams.reading.python.keras_weights import KerasWeight, made_weight, with_rest
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Given, Native, Unknown, Value, is_number, shown

_IGNORED = ("compile", "fit", "summary", "evaluate", "predict", "save", "load_weights", "fit_generator", "count_params",
            "get_config", "save_weights", "set_weights", "reset_states")  # fmt: skip


class KerasModel(Value):
    """A model: of layers in a row, or of everything between inputs and outputs."""

    def __init__(self, keras: Keras, name: str) -> None:
        self.keras = keras
        self.name = name
        self.layers: list[Any] = []  # of a sequential model
        self.inputs: list[KerasTensor] = []
        self.outputs: list[KerasTensor] = []
        self.shape: Any = None  # of the input, as `build` was told
        self.fed: Any = None  # of one example of the data that it is called on or trained on; None: not known
        self.is_sequential = False
        self.at = Span(0)
        self.cls: Subclassed | None = None
        self._ordered: dict[tuple[Node, ...], list[Any]] = {}  # its layers, by what the graph ends with

    def text(self) -> str:
        return self.name

    def functional(self, inputs: Any, outputs: Any, at: Span) -> None:
        """From inputs to outputs."""
        self.at = at
        self.inputs, self.outputs = _tensors(inputs), _tensors(outputs)

    # ------------------------------------------------------------ what a program does with it

    def attribute(self, run: Run, name: str) -> Any:
        if name == "add":
            return Native("add", self.add)
        if name == "build":
            return Native("build", self.build)
        if name in ("layers", "_layers"):
            return self.all_layers()
        if name == "pop":
            return Native("pop", lambda run, given: self.layers.pop() if self.layers else None)
        if name == "get_layer":
            return Native("get_layer", self.layer)
        if name in ("input", "inputs", "output", "outputs"):
            self.graph(run)
            ends = self.inputs if name.startswith("in") else self.outputs
            return list(ends) if name.endswith("s") or len(ends) != 1 else ends[0]
        if name == "output_shape":
            self.graph(run)
            return self.outputs[0].attribute(run, "shape") if self.outputs else Unknown("output_shape")
        if name == "name":
            return self.name
        if name in _IGNORED:
            return Native(name, lambda run, given: self.used(name, given))
        return Unknown(f"{self.name}.{name}")

    def used(self, name: str, given: Arguments) -> Unknown:
        """`model.fit(x, y)`: the data say what enters, if nothing else does."""
        if name in ("fit", "predict", "evaluate"):
            self.feed(given.get(0, "x"))
        return Unknown(f"{name}()")

    def feed(self, value: Any) -> None:
        """Keep the sizes of data, of the first of which they are known."""
        if self.fed is None:
            self.fed = self.keras.sizes_of_data(value)

    def set_attribute(self, run: Run, name: str, value: Any) -> None:
        if name == "trainable":
            for layer in self.all_layers():
                layer.set_attribute(run, name, value)

    def all_layers(self) -> list[Any]:
        """The layers in the order of Keras: those farthest from the end first, the inputs of a graph among them."""
        if self.is_sequential:
            return self.layers
        ends = tuple(t.node for t in self.outputs)
        if ends not in self._ordered:
            self._ordered = {ends: self._in_order(ends)}
        return list(self._ordered[ends])

    def _in_order(self, ends: Sequence[Node]) -> list[Any]:
        """The same, worked out anew."""
        nodes = before(ends)
        far: dict[Node, int] = {}
        for node in reversed(nodes):
            far.setdefault(node, 0)
            for one in (*node.inputs, *node.beside):
                far[one] = max(far.get(one, 0), far[node] + 1)
        inputs = {t.node: t.entrance for t in self.inputs}
        owners = (inputs.get(n, n.owner) for n in sorted(nodes, key=lambda n: -far[n]))
        return [one for one in dict.fromkeys(owners) if isinstance(one, (KerasLayer, Entrance))]

    def add(self, run: Run, given: Arguments) -> Any:
        """`model.add(layer)`."""
        layer = given.get(0, "layer")
        if isinstance(layer, KerasTensor):  # Input(…), as Keras 3 takes it
            self.inputs = self.inputs or [layer]
            return None
        self.outputs = []
        if isinstance(layer, Value):
            self.layers.append(layer)
            self.at = given.at
        return None

    def build(self, run: Run, given: Arguments) -> Any:
        """`model.build((None, 28, 28, 1))`."""
        shape = given.get(0, "input_shape")
        if isinstance(shape, (tuple, list)) and all(s is None or is_number(s) for s in shape):
            self.shape = tuple(shape[1:])

    def layer(self, run: Run, given: Arguments) -> Any:
        """`model.get_layer(name)`."""
        name, index = given.get(0, "name"), given.get(1, "index")
        if isinstance(index, int):
            return self.all_layers()[index] if index < len(self.all_layers()) else Unknown("layer")
        return next((x for x in self.all_layers() if getattr(x, "name", None) == name), Unknown(f"layer {shown(name)}"))

    # ------------------------------------------------------------ its graph

    def graph(self, run: Run) -> None:
        """Make the graph of a model that is only a row of layers, or a class, so far."""
        if self.outputs:
            return
        if self.cls is not None:
            self.cls.follow(run)
        elif self.layers:
            if not self.inputs:
                self.inputs = [self._entrance()]
            self.outputs = _tensors(self.through(run, self.inputs[0], self.at))

    def _entrance(self) -> KerasTensor:
        """The input of a row of layers: as its first layer or `build` says, else as the first layer reads it."""
        shape, axes = self.shape, 0
        for layer in self.layers if shape is None else ():
            inner = layer.layers[0] if isinstance(layer, KerasModel) and layer.layers else layer
            if isinstance(inner, KerasModel) and inner.inputs:
                shape = _shape_of(inner.inputs[0])
                break
            if not isinstance(inner, KerasLayer):
                break
            shape, axes = inner.shape(), inner.axes
            if shape is not None or axes:
                break
        shape = self.fed if shape is None else shape
        first = self.layers[0]
        at = first.given.at if isinstance(first, KerasLayer) else self.at
        made = Entrance(self.keras, self.keras.fresh(self.keras.input_name), shape, at)
        if made.is_open and axes:
            made.settle(axes)
        return made.tensor()

    def through(self, run: Run, tensor: Any, at: Span) -> Any:
        """What leaves the layers in a row when a tensor enters."""
        flow = tensor
        for layer in self.layers:
            flow = layer.called(run, Arguments([Given(flow, at)], {}, _place(layer, at)))
        return flow

    def called(self, run: Run, given: Arguments) -> Any:
        value = given.get(0, "inputs")
        if self.cls is not None:
            return self.cls.called(run, given)
        if isinstance(value, Unknown):
            value = self.keras.implied(value.path, given.at) if "(" not in value.path else None
        arriving = _tensors(value)
        if not arriving:
            self.feed(value)
            return Unknown(f"{self.name}()")
        if self.is_sequential:
            return self.through(run, arriving[0], given.at)
        return self._again(run, arriving)

    def _again(self, run: Run, arriving: list[KerasTensor]) -> Any:
        """The graph once more, behind other tensors."""
        stands: dict[Node, Node] = {own.node: new.node for own, new in zip(self.inputs, arriving, strict=False)}
        for node in before(t.node for t in self.outputs):
            if node in stands:
                continue
            run.allowance.make()
            inputs = tuple(stands[i] for i in node.inputs)
            beside = tuple(stands[i] for i in node.beside)
            copy = Node(
                node.call, inputs, node.at, node.owner if node.owner is not None else node, node.name, beside=beside
            )
            if node.owner is None:
                node.owner = node
            stands[node] = self.keras.graph.add(copy) if node.inputs else node
        ends = [KerasTensor(self.keras, stands[t.node]) for t in self.outputs]
        return ends[0] if len(ends) == 1 else ends


def sequential(keras: Keras, run: Run, given: Arguments) -> KerasModel:
    """`Sequential([…])`."""
    name = given.get(1, "name")
    made = KerasModel(keras, name if isinstance(name, str) else keras.fresh("sequential"))
    made.is_sequential = True
    made.at = given.at
    layers = given.get(0, "layers")
    for layer in (run.each(layers) if layers is not None else None) or ():
        made.add(run, Arguments([Given(layer, given.at)], {}, _place(layer, given.at)))
    return made


class Subclassed(Instance):
    """An instance of a class that extends Model or Layer."""

    def __init__(self, cls: UserClass, keras: Keras) -> None:
        super().__init__(cls)
        self.keras = keras
        self.name = keras.fresh(snake(cls.name))
        self.model = KerasModel(keras, self.name)
        self.model.cls = self
        self.built = False
        self.weights: list[KerasWeight] = []  # that it makes itself

    def start(self, run: Run, given: Arguments) -> None:
        super().start(run, given)
        self.model.at = given.at

    def started(self, run: Run, given: Arguments) -> None:
        """What the initializer of Model does."""
        inputs, outputs = given.get(0, "inputs", "input"), given.get(1, "outputs", "output")
        if isinstance(given.get(None, "name"), str):
            self.name = self.model.name = given.get(None, "name")
        if self.model.is_sequential:
            for layer in inputs if isinstance(inputs, (list, tuple)) else ():
                self.model.add(run, Arguments([Given(layer, given.at)], {}, _place(layer, given.at)))
        elif _tensors(outputs):
            self.model.functional(inputs, outputs, given.at)
            self.model.cls = None

    def other(self, run: Run, name: str) -> Any:
        if name in ("add_weight", "add_variable"):
            return Native(name, self.add_weight)
        if name in ("add_loss", "add_metric"):
            return Native(name, lambda run, given: Unknown(f"{name}()"))
        return self.model.attribute(run, name)

    def set_attribute(self, run: Run, name: str, value: Any) -> None:
        super().set_attribute(run, name, value)
        if isinstance(value, KerasWeight) and not value.name:  # a variable that it makes is one of its weights
            value.name = self.name
            self.weights.append(value)

    def add_weight(self, run: Run, given: Arguments) -> Any:
        """`self.add_weight(shape=…)`."""
        made = made_weight(self.keras, run, self.name, given)
        if isinstance(made, KerasWeight):
            self.weights.append(made)
        return made

    def attribute(self, run: Run, name: str) -> Any:
        return self.model.attribute(run, name) if name == "build" and self.has("call") else super().attribute(run, name)

    def called(self, run: Run, given: Arguments) -> Any:
        value = given.get(0, "inputs")
        if isinstance(value, Unknown) and "(" not in value.path:
            value = self.keras.implied(value.path, given.at)
        if self.model not in self.keras.models:
            value = self.keras.fed(value, given.at) or value
        if not _tensors(value):
            shape = self.keras.sizes_of_data(value)
            if shape is not None and self.model.shape is None:
                self.model.shape = shape
            return Unknown(f"{self.name}()")
        if self.model.cls is None:
            return self.model.called(run, given)
        if not self.built:
            self.built = True
            shape = getattr(value, "attribute", lambda run, name: Unknown("shape"))(run, "shape")
            self.run_method(run, "build", Arguments([Given(shape, given.at)]))
        does = next((name for name in ("call", "__call__") if self.has(name)), None)
        if does is None:
            return self.keras.not_understood(run, self.name, given)
        result = self.run_method(
            run, does, Arguments([Given(value, given.at), *given.positional[1:]], given.keywords, given.at)
        )
        return with_rest(self.keras, run, self, self.weights, result, given.at)

    def follow(self, run: Run) -> None:
        """Call the model on an input of its own."""
        made = Entrance(self.keras, self.keras.fresh(self.keras.input_name), self.model.shape, self.model.at)
        tensor = made.tensor()
        self.model.inputs = [tensor]
        self.model.outputs = _tensors(self.called(run, Arguments([Given(tensor, self.model.at)], {}, self.model.at)))


def _shape_of(tensor: KerasTensor) -> Any:
    """The sizes of an input."""
    return tensor.entrance.shape if tensor.entrance is not None else None


def _place(layer: Any, at: Span) -> Span:
    """Where a layer was written."""
    return layer.given.at if isinstance(layer, KerasLayer) else at


def _tensors(value: Any) -> list[KerasTensor]:
    """The tensors of an argument."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [t for v in value for t in _tensors(v)]
    return [value] if isinstance(value, KerasTensor) else []
