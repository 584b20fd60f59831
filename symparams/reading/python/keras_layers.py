"""Layers of Keras as a program makes and calls them."""

from __future__ import annotations

import re
from typing import Any

from symparams.algebra.formula import Symbol
from symparams.layers import CATALOGUE, key
from symparams.reading.python.graph import Keras, Node, Pointer, own, record
from symparams.reading.python.keras_tensors import Entrance, KerasTensor
from symparams.reading.python.keras_weights import Table
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Given, Native, Unknown, Value, data_sizes, is_number
from symparams.sources import records as r

_SPELLED = {
    "MaxPool": "MaxPooling",
    "AvgPool": "AveragePooling",
    "GlobalMaxPool": "GlobalMaxPooling",
    "GlobalAvgPool": "GlobalAveragePooling",
    "Convolution": "Conv",
    "SeparableConvolution": "SeparableConv",
}
_PLACING = ("input_shape", "batch_input_shape", "input_length", "name", "dtype", "trainable", "weights", "data_format",
            "dim_ordering", "batch_size", "return_state", "stateful", "unroll", "input_dim")  # fmt: skip
_RANKS = {"Dense": 1, "Embedding": 1, "RepeatVector": 1, "LSTM": 2, "GRU": 2, "SimpleRNN": 2, "Bidirectional": 2,
          "Resizing": 3, "CenterCrop": 3, "RandomCrop": 3, "RandomFlip": 3, "RandomRotation": 3, "RandomZoom": 3,
          "MultiHeadAttention": 2, "CuDNNLSTM": 2, "CuDNNGRU": 2, "RNN": 2, "TimeDistributed": 2}  # fmt: skip
_WEIGHTLESS = re.compile(r"Pool|Dropout|Flatten|Activation|Reshape|Permute|Padding|Cropping|UpSampl|ReLU|Softmax|"
                         r"^(Add|Concatenate|Multiply|Subtract|Average|Maximum|Minimum|Dot|Masking)")  # fmt: skip
_AXIS_OF_CHANNELS = ("BatchNormalization", "Concatenate", "LayerNormalization", "GroupNormalization")
STATES = {"LSTM": 2, "CuDNNLSTM": 2, "GRU": 1, "CuDNNGRU": 1, "SimpleRNN": 1}


def class_name(name: str) -> str:
    """The class of a layer, whichever of its names was written."""
    return name


def snake(name: str) -> str:
    """How Keras names a layer of a class: MaxPooling2D is max_pooling2d."""
    parts = re.match(r"([A-Za-z]+?)(\dD.*)?$", name)
    if parts and parts[1] in _SPELLED:
        name = _SPELLED[parts[1]] + (parts[2] or "")
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


class KerasLayer(Value):
    """A layer: called once or several times, its weights the same."""

    def __init__(self, keras: Keras, run: Run, kind: str, given: Arguments) -> None:
        run.allowance.make()
        self.keras = keras
        self.kind = kind
        self.given = given
        name = given.get(None, "name")
        plain = kind.lower() if keras.version == 1 else snake(kind)
        self.name = (
            name
            if isinstance(name, str) and name
            else (name.text() if isinstance(name, Unknown) else keras.fresh(plain))
        )
        self.trainable: Any = given.get(None, "trainable", default=True)
        self.states: Any = given.get(None, "return_state", default=False)
        self.sequences: Any = given.get(None, "return_sequences", default=False)
        self.uses = 0  # how often it has been called
        inner = given.get(0, "layer")
        self.inner = inner if isinstance(inner, Value) and not isinstance(inner, Unknown) else None
        keras.made.append(self)

    def text(self) -> str:
        return self.name

    @property
    def is_frozen(self) -> bool:
        """Whether it has weights that are not trained."""
        held = self.trainable is not False and (not isinstance(self.inner, KerasLayer) or not self.inner.is_frozen)
        return not held and not _WEIGHTLESS.search(self.kind)

    def recorded(self) -> r.Call:
        """The layer as an argument of another, or in a place of its own."""
        drop = list(_PLACING)
        if self.kind == "Embedding":
            drop.remove("input_dim")
        if self.kind in _AXIS_OF_CHANNELS and self.keras.channels_first and self.given.get(0, "axis") == 1:
            drop.append("axis")
            return record(self.kind, self.given.without("axis", first=1), drop=drop)
        given = self.given
        if self.kind in ("GRU",) and self.keras.version == 1 and "reset_after" not in given.keywords:
            given = Arguments(given.positional, {**given.keywords, "reset_after": Given(False, given.at)}, given.at)
        return record(self.kind, given, drop=drop)

    # ------------------------------------------------------------ its input

    def shape(self) -> Any:
        """The input that the layer itself states; None if it does not."""
        given = self.given
        whole = given.get(None, "batch_input_shape", "batch_shape")
        shape = given.get(None, "input_shape")
        if isinstance(whole, (tuple, list)):
            return tuple(whole[1:])
        if shape is not None:
            return (shape,) if is_number(shape) else shape
        length, width = given.get(None, "input_length"), given.get(None, "input_dim")
        if self.kind == "Embedding":
            return None if length is None else (length,) if not isinstance(length, (tuple, list)) else length
        if width is not None:
            return (width,) if self.axes in (0, 1) else (length, width)
        return self.inner.shape() if isinstance(self.inner, KerasLayer) else None

    @property
    def axes(self) -> int:
        """How many axes the layer reads, where its kind says so; else 0."""
        promised = re.search(r"(\d)D", self.kind)
        if self.kind == "TimeDistributed" and isinstance(self.inner, KerasLayer) and self.inner.axes:
            return self.inner.axes + 1
        if promised and not self.kind.startswith("Spatial"):
            return int(promised[1]) + 1 + ("LSTM" in self.kind)
        return _RANKS.get(self.kind, 0)

    # ------------------------------------------------------------ use

    def called(self, run: Run, given: Arguments) -> Any:
        value = given.get(0, "inputs", "input", "query")
        tensors = self.tensors(run, value, given)
        if not tensors:
            return Unknown(f"{self.name}()")
        for one in tensors:
            one.settled(run, self.axes)
        if self.kind == "Lambda":
            return self.function(run, value, tensors, given)
        if key(self.kind) not in CATALOGUE and self.kind != "Wrapper":
            return self._not_known(run, tensors[0], given)
        if self.inner is not None and self.kind == "TimeDistributed" and not isinstance(self.inner, KerasLayer):
            return self.keras.over_time(run, self.inner, tensors[0], given)
        call = self.recorded()
        beside: list[Node] = []
        if self.kind == "MultiHeadAttention":
            if self.uses == 0:  # it makes layers of its own, which take numbers
                self.keras.fresh("softmax")
                self.keras.fresh("dropout")
            call, beside = self._attending(call, tensors[0], given)
        beside += self._states_given(given)
        nodes = tuple(t.node for t in tensors)
        node = Node(call, nodes, given.at, self, self.name, beside=tuple(beside))
        self.uses += 1
        flowing = next((t for t in tensors if t.entrance is not None), tensors[0])
        made = flowing.through(run, node)
        return [made, *self._states(run, made)] if self.states is True else made

    def _not_known(self, run: Run, x: KerasTensor, given: Arguments) -> KerasTensor:
        """What leaves a layer of which nothing is known, such as one that is loaded from somewhere."""
        n = self.keras.letter("n")
        what = f"what `{self.kind}` gives is not known: it is taken to be a row of {n.name} values, without parameters"
        run.assume(what, given.at)
        return x.through(run, Node(own("opaque", given.at, n), (x.node,), given.at, self, self.name))

    def tensors(self, run: Run, value: Any, given: Arguments) -> list[KerasTensor]:
        """What flows in; an unknown value becomes an input."""
        found: list[KerasTensor] = []
        if isinstance(value, (list, tuple)) and data_sizes(value) is not None:
            value = self.keras.written_out(value)
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(one, KerasTensor):
                found.append(one)
            elif isinstance(one, Unknown) and "(" not in one.path:
                found.append(self.keras.implied(one.path, given.at))
            elif (fed := self.keras.fed(one, given.at)) is not None:
                found.append(fed)
        return found

    def _attending(self, call: r.Call, query: KerasTensor, given: Arguments) -> tuple[r.Call, list[Node]]:
        """Attention names what it looks at, unless that is the query itself."""
        value = given.get(1, "value")
        if not isinstance(value, KerasTensor) or value.node is query.node:
            return call, []
        memory = r.Argument("memory", Pointer.to(value.node), given.at)
        return call._replace(arguments=(*call.arguments, memory)), [value.node]

    def _states_given(self, given: Arguments) -> list[Node]:
        """What gives a recurrent layer its first states: no input of it, but a part of the model."""
        if self.kind not in STATES and self.kind != "Bidirectional":
            return []
        states = given.get(1, "initial_state", default=())
        found = states if isinstance(states, (list, tuple)) else (states,)
        return [s.node for s in found if isinstance(s, KerasTensor)]

    def _states(self, run: Run, made: KerasTensor) -> list[Any]:
        """The states after the last step: the first is the last output."""
        count = STATES.get(self.kind, 2)
        if isinstance(self.inner, KerasLayer):
            count = 2 * STATES.get(self.inner.kind, 1)
        if self.sequences is True:
            last = own("slice", self.given.at, axis=1, start=-1)
            return [LastStep(made, last, self.name) for _ in range(count)]
        return [made] * count

    def function(self, run: Run, value: Any, tensors: list[KerasTensor], given: Arguments) -> Any:
        """A layer that applies a function of the program."""
        does = self.given.get(0, "function")
        before = len(self.keras.graph.nodes)
        result = None
        if isinstance(does, Value):
            result = does.called(run, Arguments([Given(value, given.at)], {}, given.at))
        if isinstance(result, KerasTensor):
            if result.node.number < before:
                return result.through(run, Node(own("identity", given.at), (result.node,), given.at, self, self.name))
            result.node.name = self.name
            return result
        return self.keras.not_understood(run, self.name, given)

    def attribute(self, run: Run, name: str) -> Any:
        if name == "name":
            return self.name
        if name == "trainable":
            return self.trainable
        if name == "embeddings" and self.kind == "Embedding":
            return Table(self)
        if name in ("get_output_at", "set_weights", "get_weights", "build"):
            return Native(name, lambda run, given: None)
        return Unknown(f"{self.name}.{name}")

    def set_attribute(self, run: Run, name: str, value: Any) -> None:
        if name in ("trainable", "name", "_name"):
            setattr(self, name.lstrip("_"), value)


class LastStep(KerasTensor):
    """A state of a recurrent layer: the last output, cut out when somebody reads it."""

    def __init__(self, made: KerasTensor, call: r.Call, name: str) -> None:
        super().__init__(made.keras, made.node)
        self.before = made.node
        self.call = call
        self.name = name

    def settled(self, run: Run, axes: int = 0) -> KerasTensor:
        if self.node is self.before:
            self.node = self.keras.graph.add(Node(self.call, (self.before,), self.call.at, None, f"{self.name}_last"))
        return self


def open_input(keras: Keras, name: str, shape: Any, at: Any) -> KerasTensor:
    """An input that the program does not write as one."""
    return Entrance(keras, name, shape, at).tensor()


def letter_word(name: str) -> Symbol:
    """A letter."""
    return Symbol(name)
