"""What happens to tensors in PyTorch: modules that are called, methods, operators, slices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from symparams.algebra.formula import Symbol, as_formula
from symparams.algebra.simplification import simplified
from symparams.errors import Span
from symparams.reading.python.graph import Graph, Node, Pointer, own
from symparams.reading.python.run import Run
from symparams.reading.python.torch_functions import FUNCTIONS
from symparams.reading.python.torch_modules import Leaf, Parameter, function_name
from symparams.reading.python.torch_shapes import TorchShapes, times
from symparams.reading.python.torch_tensors import BATCH, Data, OpenShape, States, Tensor
from symparams.reading.python.values import Arguments, Given, Native, Unknown, Value, is_number, letter
from symparams.reading.reading import IN_A_ROW
from symparams.sources import records as r

TAKING = {
    "Bilinear": ("input1", "input2"),
    "CosineSimilarity": ("x1", "x2"),
    "PairwiseDistance": ("x1", "x2"),
    "Transformer": ("src", "tgt"),
    "TransformerDecoder": ("tgt", "memory"),
    "TransformerDecoderLayer": ("tgt", "memory"),
    "MultiheadAttention": ("query", "key", "value"),
}  # the modules that take several tensors, and what they call them
_OF_TWO = ("Bilinear", "CosineSimilarity", "PairwiseDistance", "Transformer")  # which join the two
_RECURRENT = ("LSTM", "GRU", "RNN")
_SAME = frozenset(
    re.findall(
        r"\w+",
        """
        contiguous expand_as view_as float long to cuda cpu detach clone type double half requires_grad_ bool
        masked_fill masked_fill_ clamp abs exp log sqrt rsqrt pow square neg div div_ mul_ add_ sub_ data
        bfloat16 tril triu numpy type_as int sign floor round log1p expm1 sin cos nan_to_num copy_ byte
        """,
    )
)
_MERGES = {"Add": "add", "Mult": "multiply", "Sub": "subtract"}


class TorchCalls(TorchShapes):
    """Tensors in the hands of a program."""

    graph: Graph
    inputs: Any  # the Entrances of torch_inputs
    names: dict[int, str]
    current: Any  # the module that is followed; None: the program itself

    def ran(self, run: Run, module: Any, given: Arguments) -> Any:
        raise NotImplementedError

    def shape(self, run: Run, node: Node) -> tuple[Any, ...] | None:
        raise NotImplementedError

    def fresh(self, kind: str) -> str:
        raise NotImplementedError

    def not_understood(self, run: Run, name: str, given: Arguments) -> Any:
        raise NotImplementedError

    def through(
        self, run: Run, tensor: Tensor, call: r.Call, name: str, owner: object, at: Span,
        others: Sequence[Tensor] = (),
    ) -> Tensor:  # fmt: skip
        """What leaves a layer when a tensor enters."""
        run.allowance.make()
        node = Node(call, (tensor.node, *(t.node for t in others)), at, owner, name)
        self.graph.add(node)
        self.inputs.passes(node, tensor)
        if tensor.node in self.folded:
            self.folded[node] = self.folded[tensor.node]
        return Tensor(self, node, tensor.batch)

    def flowing(self, given: Arguments) -> list[Tensor]:
        """The tensors among some arguments, in lists too."""
        found: list[Tensor] = []
        for value in given.values():
            for one in value if isinstance(value, (list, tuple)) else (value,):
                if isinstance(one, Tensor):
                    found.append(one)
        return found

    def flows(self, given: Arguments) -> bool:
        """Whether something of the model that is followed is among some arguments, a parameter too."""
        one = self.current is not None and any(isinstance(v, Parameter) for v in given.values())
        return one or bool(self.flowing(given))

    def tensor(self, run: Run, value: Any, at: Span) -> Tensor | None:
        """A value as a tensor: a parameter, a state, numbers that the program makes up; None if it is none."""
        if isinstance(value, Tensor):
            return value
        if isinstance(value, Parameter):
            return self.parameter_tensor(run, value)
        if isinstance(value, States):
            return value.last(run, at)
        if isinstance(value, (tuple, list)) and value:
            return self.tensor(run, value[0], at)
        if isinstance(value, Data) and value.data_shape:
            sizes = [letter(s) for s in value.data_shape if s is not BATCH]
            if len(sizes) == len(value.data_shape) > 1 and sizes[0] == 1:  # the same for all examples
                sizes = sizes[1:]
            if sizes and all(map(is_number, sizes)):
                node = self.graph.add(Node(own("input", at, *sizes), (), at, None, self.fresh("data")))
                return Tensor(self, node, None if len(sizes) == len(value.data_shape) else 0)
        return None

    def parameter_tensor(self, run: Run, parameter: Parameter) -> Tensor:
        """A parameter as it flows."""
        shape = parameter.shape
        if len(shape) > 1 and shape[0] == 1:
            shape = shape[1:]
        return self._learned(parameter, shape, parameter.text(), 0 if len(parameter.shape) > len(shape) else None)

    def table_tensor(self, run: Run, leaf: Leaf) -> Tensor | None:
        """The table of an embedding as it flows; None where its rows are looked up as well, or nothing flows."""
        used = [n for n in self.graph.nodes if n.owner is leaf]
        sizes = [letter(leaf.given.get(i, name)) for i, name in enumerate(("num_embeddings", "embedding_dim"))]
        if self.current is None or leaf.kind != "Embedding" or not all(map(is_number, sizes)):
            return None
        return None if used and used[0].call.name != "param" else self._learned(leaf, sizes, "table", None)

    def _learned(self, owner: Any, shape: Sequence[Any], name: str, batch: int | None) -> Tensor:
        """What is learned as it flows, once."""
        node = next((n for n in self.graph.nodes if n.owner is owner), None)
        if node is None:
            at = owner.given.at if isinstance(owner, Leaf) else owner.at
            named = self.names.get(id(owner), name)
            node = self.graph.add(Node(own("param", at, *shape), (), at, owner, named, owner.frozen))
        return Tensor(self, node, batch)

    # ------------------------------------------------------------ modules

    def leaf(self, run: Run, leaf: Leaf, given: Arguments) -> Any:
        """A module of the catalogue is called."""
        first = given.get(0, "input", "query", "src", "tgt", "input1", "x1")
        x = None if self.current is None else self.tensor(run, first, given.at)
        if x is None:
            return self.ran(run, leaf, given) if isinstance(given.get(0), Data) else Unknown(f"{leaf.kind}()")
        self.inputs.read(run, leaf, x)
        call, others, beside = leaf.recorded(), [], []
        name = self.names.get(id(leaf)) or self.fresh(function_name(leaf.kind))
        if leaf.kind in _OF_TWO:
            others = [t for t in [self.tensor(run, given.get(1, TAKING[leaf.kind][1]), given.at)] if t is not None]
        memory = self._memory(run, leaf, x, given)
        if memory is not None:
            call = call._replace(arguments=(*call.arguments, r.Argument("memory", Pointer.to(memory), given.at)))
            beside = [memory]
        if leaf.tied is not None:
            call, beside = self._tied(leaf, call)
        made = self.through(run, x, call, name, leaf, given.at, others)
        made.node.beside = tuple(beside)
        made.node.frozen = leaf.frozen and not re.search(
            r"Pool|ReLU|Dropout|Flatten|Tanh|Sigmoid|Softmax|Identity", leaf.kind
        )
        if leaf.kind in _RECURRENT:
            return self._recurrent(leaf, made)
        if leaf.kind == "MultiheadAttention":
            return made, Unknown("attention_weights")
        if leaf.kind.endswith("Cell"):
            return (made, made) if leaf.kind == "LSTMCell" else made
        return made

    def flat_for(self, run: Run, leaf: Leaf, flow: Any, at: Span) -> Any:
        """What a linear layer receives whose class does not say what lies before it: all positions as one row."""
        shape = self.shape(run, flow.node) if isinstance(flow, Tensor) and leaf.kind == "Linear" else None
        taken = letter(leaf.given.get(0, "in_features"))
        if shape is None or len(shape) < 3 or not isinstance(taken, int) or not isinstance(shape[0], int):
            return flow
        if shape[-1] == taken or taken % shape[0]:
            return flow
        run.assume(IN_A_ROW, at)
        return self.through(run, flow, own("flatten", at), self.fresh("flatten"), None, at)

    def _memory(self, run: Run, leaf: Leaf, x: Tensor, given: Arguments) -> Node | None:
        """What attention looks at, if that is not its query."""
        if leaf.kind == "MultiheadAttention":
            value = self.tensor(run, given.get(2, "value") or given.get(1, "key"), given.at)
        elif leaf.kind in ("TransformerDecoderLayer", "TransformerDecoder"):
            value = self.tensor(run, given.get(1, "memory"), given.at)
        else:
            return None
        if value is None or value.node is x.node:
            return None
        if leaf.given.get(None, "kdim") is None:
            self.inputs.read(run, leaf, value)
        return value.node

    def _tied(self, leaf: Leaf, call: r.Call) -> tuple[r.Call, list[Node]]:
        """A linear layer with the matrix of an embedding that was used before."""
        words = next((n for n in self.graph.nodes if n.owner is leaf.tied), None)
        if words is None:
            return call, []
        arguments = [r.Argument(None, Pointer.to(words), leaf.given.at)]
        if leaf.given.get(2, "bias", default=True) is not False:
            arguments.append(r.Argument("bias", Symbol("yes"), leaf.given.at))
        return r.Call("tied", tuple(arguments), leaf.given.at), [words]

    def _recurrent(self, leaf: Leaf, made: Tensor) -> Any:
        """The outputs of all steps, and the last states."""
        given = leaf.given
        if given.get(None, "batch_first") is not True:
            made.batch = 1
        two = given.get(None, "bidirectional") is True
        states = States(made, 2 if two else 1, given.get(2, "num_layers", default=1), given.get(1, "hidden_size"))
        return (made, (states, states)) if leaf.kind == "LSTM" else (made, states)

    def last_step(self, run: Run, output: Tensor, at: Span) -> Tensor:
        """The last step of what a recurrent module gives."""
        made = self.through(run, output, own("slice", at, axis=1, start=-1), f"{output.node.name}_last", None, at)
        made.batch = 0
        return made

    def part(self, run: Run, tensor: Tensor, axis: int, index: int, parts: int, at: Span) -> Tensor:
        """One of so many equal parts of an axis."""
        shape = self.shape(run, tensor.node)
        if shape is None:
            return tensor
        width = simplified(as_formula(shape[axis]) / parts)
        call = own("slice", at, axis=axis + 1, start=times(width, index), size=width)
        return self.through(run, tensor, call, self.fresh("part"), None, at)

    # ------------------------------------------------------------ attributes and methods

    def tensor_attribute(self, run: Run, tensor: Tensor, name: str) -> Any:
        if name in ("shape", "size"):
            sizes = tensor.sizes(run)
            if sizes is None:
                self.inputs.asked(tensor.node)
            whole: Any = OpenShape(tensor) if sizes is None else sizes
            if name == "shape":
                return whole

            def size(run: Run, given: Arguments) -> Any:
                index = given.get(0, "dim")
                return whole if index is None else run.item(whole, index, given.at)

            return Native("size", size)
        if name in ("T", "mT"):
            return self.exchanged(run, tensor, -2, -1, tensor.node.at)
        if name in ("dim", "ndimension", "ndim"):
            rank = tensor.rank(run)
            value: Any = Unknown("dim") if rank is None else rank
            return value if name == "ndim" else Native(name, lambda run, given: value)
        if name in ("device", "dtype", "is_cuda"):
            return Unknown(name)
        if name in ("new_zeros", "new_ones", "new_full", "new_empty", "new_tensor"):
            return Native(name, lambda run, given: Data(None, given.at))
        if name in _SAME:
            return Native(name, lambda run, given: tensor)
        if name in FUNCTIONS:
            first = Given(tensor, tensor.node.at)
            return Native(
                name,
                lambda run, given: FUNCTIONS[name](
                    self, run, name, Arguments([first, *given.positional], given.keywords, given.at)
                ),
            )
        first_ = Given(tensor, tensor.node.at)
        return Native(
            name,
            lambda run, given: self.not_understood(
                run, name, Arguments([first_, *given.positional], given.keywords, given.at)
            ),
        )

    # ------------------------------------------------------------ operators and slices

    def operated(self, run: Run, x: Tensor, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        """`x + y`; a number beside a tensor changes no size."""
        y = self.tensor(run, other, at) if isinstance(other, Value) and not isinstance(other, Data) else None
        if y is None:
            return x
        if operator == "MatMult":
            pair = (y, x) if reflected else (x, y)
            return self.multiplied(run, *pair, at)
        kind = _MERGES.get(operator, "multiply")
        first, second = (y, x) if reflected else (x, y)
        if first.node is second.node:
            return first
        return self.joined(run, kind, [first, second], at)

    def joined(self, run: Run, kind: str, parts: Sequence[Tensor], at: Span, **named: Any) -> Tensor:
        """Tensors that are added, multiplied or put together."""
        first = next((p for p in parts if not self.inputs.is_open(p.node)), parts[0])
        if kind in _MERGES.values():
            parts = self._aligned(run, parts, at)
        made = self.through(
            run, parts[0], own(kind, at, **named), self.fresh(_NAMES.get(kind, kind)), None, at, parts[1:]
        )
        if kind == "concat":
            self.inputs.join(made.node, [part.node for part in parts])
        made.batch = next((p.batch for p in parts if p.batch is not None), None) if first.batch is None else first.batch
        return made

    def _aligned(self, run: Run, parts: Sequence[Tensor], at: Span) -> Sequence[Tensor]:
        """Two tensors axis by axis: one gets the axes that it lacks, letters that meet a number are that number."""
        parts = [self._without_batch(run, part, other, at) for part, other in zip(parts, reversed(parts), strict=True)]
        shapes = [self.shape(run, part.node) for part in parts]
        if len(shapes) != 2 or any(s is None for s in shapes):
            return parts
        for sizes in zip(*(reversed(s or ()) for s in shapes), strict=False):
            for here in (0, 1):
                if sizes[here] != 1:
                    self.inputs.equal(sizes[1 - here], sizes[here], at, parts[here].text(), "rows")
        most = max(len(s or ()) for s in shapes)
        return [self._lifted(run, p, s or (), most, at) for p, s in zip(parts, shapes, strict=True)]

    def _without_batch(self, run: Run, x: Tensor, other: Tensor, at: Span) -> Tensor:
        """What is the same for all examples, without the axis of size 1 that it has where the other counts them."""
        shape = self.shape(run, x.node)
        if x.batch is not None or not other.batch or shape is None or other.rank(run) != len(shape):
            return x
        if shape[other.batch] != 1:
            return x
        kept = (*shape[: other.batch], *shape[other.batch + 1 :])
        return self.through(run, x, own("reshape", at, *kept), self.fresh("view"), None, at)

    def _lifted(self, run: Run, x: Tensor, shape: Sequence[Any], axes: int, at: Span) -> Tensor:
        """A tensor with axes of size 1 in front, so that it has as many as another."""
        if not 1 < len(shape) < axes:
            return x
        call = own("reshape", at, *(1,) * (axes - len(shape)), *shape)
        return self.through(run, x, call, self.fresh("view"), None, at)

    def multiplied(self, run: Run, x: Tensor, y: Tensor, at: Span) -> Tensor:
        """A product of matrices."""
        b = self.shape(run, y.node)
        is_matrix = y.batch is None and b is not None and len(b) == 2  # of the model, the same for all examples
        if self.inputs.is_open(x.node) and b is not None:
            if not is_matrix:  # rows mixed by an input of which nothing is known, such as the edges of a graph
                return y
            self.inputs.settle(x.node, (b[0],))
        a = self.shape(run, x.node)
        if a is None or not b or (len(a) < 2 and not is_matrix):
            return x
        return self.opaque(run, [x, y], (*a[:-1], b[-1]), "matmul", at)

    def opaque(self, run: Run, parts: Sequence[Tensor], sizes: Sequence[Any], name: str, at: Span) -> Tensor:
        """A calculation without weights of which the sizes are known."""
        return self.through(run, parts[0], own("opaque", at, *sizes), self.fresh(name), None, at, parts[1:])


_NAMES = {"concat": "cat", "multiply": "mul", "subtract": "sub"}
