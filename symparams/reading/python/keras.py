"""Keras: what its names mean in a program, of every version since the first."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from typing import Any

from symparams.algebra.formula import Symbol
from symparams.errors import Span
from symparams.layers import CATALOGUE, key
from symparams.model.tensor import Convention
from symparams.reading.python.builtin import MATH, OUTSIDE
from symparams.reading.python.functions import Instance, Scope, Super, UserClass, positional
from symparams.reading.python.graph import Graph, Node, Word, own, unknown_step
from symparams.reading.python.keras_cells import recurrent
from symparams.reading.python.keras_data import KerasData
from symparams.reading.python.keras_finding import KerasFinding
from symparams.reading.python.keras_functions import called_at_once
from symparams.reading.python.keras_layers import KerasLayer, class_name, snake
from symparams.reading.python.keras_models import KerasModel, Subclassed, sequential
from symparams.reading.python.keras_scopes import Scopes
from symparams.reading.python.keras_tensors import Entrance, KerasTensor, entrance
from symparams.reading.python.keras_weights import KEEPING, KerasWeight, applied, flowing, is_loss, tied
from symparams.reading.python.published import published
from symparams.reading.python.run import Run
from symparams.reading.python.sizes import Sizes
from symparams.reading.python.values import (
    Arguments,
    Given,
    Native,
    Unknown,
    Value,
    call_text,
    is_plain,
    word,
)

MERGES = {
    "add": "Add",
    "multiply": "Multiply",
    "subtract": "Subtract",
    "average": "Average",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "concatenate": "Concatenate",
    "concat": "Concatenate",
    "dot": "Dot",
}
_KERAS1_MODES = {
    "sum": "Add",
    "mul": "Multiply",
    "concat": "Concatenate",
    "ave": "Average",
    "max": "Maximum",
    "dot": "Dot",
}
_OPERATORS = {"Add": "Add", "Sub": "Subtract", "Mult": "Multiply"}
_CHANNELS = (1, 3)  # of an image
_CONSTANTS = {"image_data_format": "channels_last", "image_dim_ordering": "tf", "backend": "tensorflow"}
_SAME_SHAPE = frozenset(
    re.findall(
        r"\w+",
        """
        relu sigmoid tanh softmax softplus softsign elu selu gelu swish silu leaky_relu relu6 log_softmax cast
        identity stop_gradient square sqrt exp log abs l2_normalize normalize clip sin cos negative
        convert_to_tensor
        """,
    )
)


class Keras(KerasFinding, KerasData):
    """The framework as a program uses it."""

    kind = "keras"
    convention: Convention = "keras"

    def __init__(self, version: int, words: Collection[str], from_one: bool = False) -> None:
        super().__init__()
        self.version = version  # 1 for Keras 1; later ones count alike
        self.from_one = from_one or version == 1  # whether the first layer of a kind has the number 1
        self.words = words  # every word of the program: letters keep clear of them
        self.graph = Graph()
        self.counts: dict[str, int] = {}
        self.models: list[KerasModel] = []
        self.made: list[KerasLayer] = []
        self.channels_first = False
        self.input_name = "input_layer" if version == 3 and not from_one else "input"
        self.inputs: dict[str, KerasTensor] = {}  # that the program reads and never makes
        self.placeholders: set[Node] = set()
        self.aside: set[Node] = set()
        self.scopes = Scopes()  # of variables, in TensorFlow 1
        self.arg_scopes: list[dict[str, Any]] = []  # of TF-Slim, the innermost last
        self._sizes: Sizes | None = None

    # ------------------------------------------------------------ names

    def fresh(self, kind: str) -> str:
        """The next name of a kind, as that version numbers them."""
        count = self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.from_one or kind == "input":
            return f"{kind if self.version > 1 else kind.replace('_', '')}_{count}"
        return kind if count == 1 else f"{kind}_{count - 1}"

    def constant(self, run: Run, path: str) -> Any:
        last = path.rpartition(".")[2]
        if last in MATH and re.match(r"(math|np|numpy|ops|K)\b", path) and path != "ops.arange":
            return Native(path, MATH[last])
        return Native(path, OUTSIDE[path]) if path in OUTSIDE else None

    def defined(self, run: Run, path: str, at: Span) -> Any:
        return None

    def lost(self, run: Run, name: str) -> Any:
        return None

    def parameter(self, run: Run, name: str) -> Any:
        return None if name in ("training", "mask") else Unknown(name)

    def follows(self, run: Run, node: ast.For) -> bool:
        """Whether the body of a loop over something unknown is followed once."""
        return False

    def is_a(self, run: Run, value: Any, kind: Any) -> bool:
        """Whether a value is an instance."""
        wanted = kind.text().rpartition(".")[2] if isinstance(kind, Value) else ""
        if isinstance(value, KerasLayer):
            return wanted in (value.kind, "Layer")
        return is_plain(value, wanted)

    # ------------------------------------------------------------ classes

    def instance(self, run: Run, cls: UserClass) -> Instance:
        roots = [root.rpartition(".")[2] for root in cls.roots()]
        if any(root in ("Model", "Layer", "Sequential", "Module") for root in roots):
            made = Subclassed(cls, self)
            if "Sequential" in roots:
                made.model.is_sequential, made.model.cls = True, None
            if "Layer" not in roots:
                self.models.append(made.model)
            return made
        return Instance(cls)

    def base_method(self, run: Run, this: Any, name: str) -> Any:
        def start(run: Run, given: Arguments) -> Any:
            if isinstance(this, Subclassed):
                this.started(run, given)

        return Native(name, start) if name == "__init__" else Native(name, lambda run, given: None)

    def super(self, run: Run, scope: Scope) -> Any:
        """`super()` in a method."""
        around: Scope | None = scope
        while around is not None and around.owner is None:
            around = around.outer
        return Super(around.owner, around.this) if around is not None else Unknown("super()")

    # ------------------------------------------------------------ calls

    def called(self, run: Run, path: str, given: Arguments) -> Any:
        last = path.rpartition(".")[2]
        if last == "Sequential":
            return self.sequential(run, given)
        if last in ("Model", "Functional"):
            return self.model(run, given)
        if last in ("Input", "InputLayer"):
            return entrance(self, run, given, last)
        if last in MERGES and given.positional and _has_tensors(given.positional[0].value):
            return self.merged(run, MERGES[last], given)
        if last == "add" and "." in path and isinstance(given.get(0), (KerasLayer, KerasModel)):
            return self.implied_model(run, path.rpartition(".")[0], given)
        if (found := recurrent(self, run, path, given)) is not None:
            return found
        if last == "merge":
            return self.merged(
                run, _KERAS1_MODES.get(str(given.get(1, "mode", default="sum")), "Add"), given.without("mode")
            )
        if (network := published(run, path, given)) is not None:
            return network
        if last[:1].isupper() and (key(last) in CATALOGUE or last in ("Lambda", "Wrapper")):
            return KerasLayer(self, run, class_name(last), given)
        made = called_at_once(self, run, path, given) or tied(self, run, last, given)
        return self.function(run, path, last, given) if made is None else made

    def implied_model(self, run: Run, name: str, given: Arguments) -> Any:
        """`model.add(…)` of a model whose beginning is missing."""
        made = KerasModel(self, word(name))
        made.is_sequential = True
        self.models.append(made)
        run.globals.names[name] = made
        return made.add(run, given)

    def sequential(self, run: Run, given: Arguments) -> KerasModel:
        made = sequential(self, run, given)
        self.models.append(made)
        return made

    def model(self, run: Run, given: Arguments) -> KerasModel:
        made = KerasModel(self, given.get(None, "name") or self.fresh("functional" if self.version > 1 else "model"))
        made.functional(given.get(0, "inputs", "input"), given.get(1, "outputs", "output"), given.at)
        self.models.append(made)
        return made

    def merged(self, run: Run, kind: str, given: Arguments) -> Any:
        if kind == "Concatenate" and given.get(1, "axis") == 0:  # more examples, which nothing here counts
            return given.get(0, "inputs")[0]
        layer = KerasLayer(self, run, kind, given.without("inputs", first=1))
        value = [flowing(self, one, given.at) for one in given.get(0, "inputs")]
        return layer.called(run, Arguments([given.positional[0]._replace(value=value)], {}, given.at))

    def function(self, run: Run, path: str, last: str, given: Arguments) -> Any:
        """A function of the backend."""
        if last in _CONSTANTS:
            return _CONSTANTS[last]
        if last in ("set_image_dim_ordering", "set_image_data_format"):
            self.channels_first = given.get(0) in ("th", "channels_first")
            return None
        if last in ("int_shape", "shape") and given.positional and isinstance(given.get(0), KerasTensor):
            return given.get(0).attribute(run, "shape")
        weight = next((value for value in given.values()[:2] if isinstance(value, KerasWeight)), None)
        tensors = _tensors(given)
        if weight is not None and tensors:
            made = applied(self, run, last, tensors[0], weight, given.at)
            if made is not None:
                return made
        if weight is not None and last in KEEPING:
            return weight
        if is_loss(last):
            return Unknown(f"{path}()")
        if last in _SAME_SHAPE and given.positional and isinstance(given.get(0), KerasTensor):
            return self.activated(run, last, given)
        if last.endswith(("_layer", "Layer")) and not _tensors(given):
            return KerasLayer(self, run, last, given)
        return self.not_understood(run, path, given)

    def activated(self, run: Run, name: str, given: Arguments) -> Any:
        x = given.get(0)
        known = key(name) in CATALOGUE
        call = (
            own("activation", given.at, Word(key(name)))
            if known and key(name) != "identity"
            else own("identity", given.at)
        )
        return x.through(run, Node(call, (x.node,), given.at, name=self.fresh(name)))

    def not_understood(self, run: Run, name: str, given: Arguments) -> Any:
        """A call of which nothing is known: on the way of the data it is a layer of which nothing is known."""
        flowing = _tensors(given)
        if not flowing:
            run.may_change(name, given)
            return Unknown(call_text(name, given))
        last = re.sub(r"\W+", "_", re.sub(r"\([^()]*\)", "", name).rpartition(".")[2]).strip("_") or "call"
        nodes = tuple(t.settled(run).node for t in flowing)
        open_ = flowing[0].entrance is not None and flowing[0].entrance.is_open
        call = unknown_step(run, last, None if open_ else self.sizes(run).of(nodes[0]), given.at)
        return flowing[0].through(run, Node(call, nodes, given.at, name=self.fresh(snake(last))))

    def operated(self, run: Run, tensor: KerasTensor, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        """`x + y`."""
        if isinstance(other, KerasWeight):
            return applied(self, run, operator, tensor, other, at) or tensor
        kind = _OPERATORS.get(operator)
        if isinstance(other, KerasTensor):
            if operator in ("Mult", "Sub") and self.is_loss(tensor, other):
                return Unknown("loss")
            pair = [other, tensor] if reflected else [tensor, other]
            if kind is None:
                return self.not_understood(run, operator.lower(), positional(*pair))
            given = Arguments(positional(pair).positional, {}, at)
            return self.merged(run, kind, given)
        return tensor

    def sliced(self, run: Run, tensor: KerasTensor, key_: Any, at: Span) -> Any:
        """`x[:, -1]`: the batch stands first."""
        keys = key_ if isinstance(key_, tuple) else (key_,)
        node = tensor.settled(run).node
        for axis, one in enumerate(keys[1:], start=1):
            if isinstance(one, int):
                call = own("slice", at, axis=axis, start=one)
                node = self.graph.add(Node(call, (node,), at, name=self.fresh("get_item")))
        return KerasTensor(self, node)

    def over_time(self, run: Run, model: Any, tensor: KerasTensor, given: Arguments) -> Any:
        """TimeDistributed around a model: around each of its layers."""
        flow: Any = tensor
        for layer in getattr(model, "layers", ()):
            wrapped = KerasLayer(self, run, "TimeDistributed", Arguments([Given(layer, given.at)], {}, given.at))
            wrapped.name = getattr(layer, "name", wrapped.name)
            flow = wrapped.called(run, Arguments([Given(flow, given.at)], {}, given.at))
        return flow

    # ------------------------------------------------------------ what is open

    def implied(self, name: str, at: Span) -> KerasTensor:
        """The input that a program reads but does not make."""
        if name not in self.inputs:
            self.inputs[name] = Entrance(self, word(name), None, at).tensor()
        return self.inputs[name]

    def letter(self, wanted: str) -> Symbol:
        """A letter that the program does not use."""
        return Symbol(wanted if wanted not in self.words else f"{wanted}_in")

    def channels_last(self, sizes: list[Any]) -> list[Any]:
        """The sizes of an input with its channels last, where the program has them first."""
        if len(sizes) < 3 or not (self.channels_first or (self.version == 1 and _looks_first(sizes))):
            return sizes
        self.channels_first = True
        return [*sizes[1:], sizes[0]]

    def sizes(self, run: Run) -> Sizes:
        """The sizes of what flows."""
        if self._sizes is None:
            self._sizes = Sizes(run.source, self.convention)
        return self._sizes


def _looks_first(sizes: list[Any]) -> bool:
    """Whether an image looks as if its channels came first: 3 × 224 × 224, 1 × 3 × 4."""
    if not isinstance(sizes[0], int) or not (isinstance(sizes[-1], int) and sizes[-1] <= 4):
        return isinstance(sizes[0], int) and sizes[0] <= 4
    is_small = isinstance(sizes[1], int) and sizes[1] <= 2 * sizes[-1]  # no row of one image line
    return sizes[0] in _CHANNELS and sizes[-1] not in _CHANNELS and is_small


def _has_tensors(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(isinstance(v, KerasTensor) for v in value)


def _tensors(given: Arguments) -> list[KerasTensor]:
    """The tensors among some arguments, in lists too."""
    found: list[KerasTensor] = []
    for value in given.values():
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(one, KerasTensor):
                found.append(one)
    return found
