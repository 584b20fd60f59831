"""A module of PyTorch in memory -> statements of the language, by one run on tensors without numbers."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from symparams.algebra.formula import Symbol, as_formula
from symparams.errors import Source, Span, SymparamsError
from symparams.reading.graphs import Names, Step, chains_of
from symparams.reading.live.function_calls import Shape, function_call, opaque
from symparams.reading.live.module_calls import HERE, class_of, is_leaf, module_call
from symparams.reading.live.trace import Event, Trace, tensors_in, traced
from symparams.reading.reading import Reading, Repair
from symparams.sources import records as r
from symparams.sources.printer import printed

KIND = "torch"


def read_torch_module(module: Any, shapes: Sequence[tuple[int, ...]]) -> Reading:
    """What a module computes on inputs of these shapes, which are without the batch axis.

    Raises SymparamsError where it is no module, or does not run.
    """
    if not hasattr(module, "named_modules") or not hasattr(module, "forward"):
        raise SymparamsError(f"a module of PyTorch is wanted, not {type(module).__name__}")
    writer = _Writer(module, traced(module, shapes, is_leaf))
    statements: tuple[r.Statement, ...] = (r.Convention("torch", HERE), *chains_of(writer.steps()))
    source = Source(type(module).__name__, printed(statements))
    return Reading(KIND, source, statements, (), tuple(writer.doubts()))


class _Writer:
    """Follows tensors from call to call."""

    def __init__(self, module: Any, trace: Trace) -> None:
        self.torch = importlib.import_module("torch")
        self.module = module
        self.trace = trace
        self.names = Names(Source(type(module).__name__, ""))
        self.found: list[Step] = []
        self.points: dict[int, str] = {}  # by tensor: the name of what it is
        self.owners: dict[int, str] = {}  # by module: the name of its first call
        self.keepers: dict[int, str] = {}  # by parameter: the name of the layer that counts it
        self.parameters = {id(p): name for name, p in module.named_parameters()}

    def steps(self) -> list[Step]:
        for name, tensor in self.trace.inputs:
            self.points[id(tensor)] = self.step((), _input(self.shape(tensor)), name)
        for event in self.trace.events:
            if event.path or event.subject is self.module:
                self.called(event)
            else:
                self.computed(event)
        return self.found

    def step(self, inputs: Sequence[str], call: r.Call, wanted: str) -> str:
        """Add a layer; returns its name."""
        return self.added(inputs, call, self.names.free(wanted, "", HERE))

    def added(self, inputs: Sequence[str], call: r.Call, name: str) -> str:
        self.found.append(Step(tuple(inputs), r.Named(call, name, HERE), name, HERE))
        return name

    def shape(self, tensor: Any) -> Shape:
        return tuple(int(size) for size in tensor.shape[1:])

    # ------------------------------------------------------------ modules

    def called(self, event: Event) -> None:
        """A module that is a layer."""
        module, wanted = event.subject, event.path or type(event.subject).__name__.casefold()
        inputs = self.fed(event, module)
        owner = self.owners.get(id(module))
        if owner is not None:
            share = r.Call("share", (r.Argument(None, r.Reference(owner, HERE), HERE),), HERE)
            name = self.added(inputs, share, self.names.again(owner))
        else:
            name = self.step(inputs, self.layer(event), wanted)
            self.owners[id(module)] = name
            self.keep(module.parameters(), name)
        self.points.update(dict.fromkeys(map(id, event.made), name))

    def fed(self, event: Event, module: Any) -> list[str]:
        """What feeds a module; the same three times is self-attention."""
        tensors = tensors_in(self.torch, [*event.given[: self._most(module)]])
        inputs = [self.point(tensor) for tensor in tensors]
        if len(inputs) == 3 and isinstance(module, self.torch.nn.MultiheadAttention):
            return inputs[:1] if len(set(inputs)) == 1 else inputs[:2] if inputs[1] == inputs[2] else inputs
        return inputs

    def _most(self, module: Any) -> int | None:
        """How many of its arguments are no states and no masks."""
        if isinstance(module, self.torch.nn.MultiheadAttention):
            return 3
        states = (self.torch.nn.RNNBase, self.torch.nn.RNNCellBase)
        return 1 if isinstance(module, states) else None

    def layer(self, event: Event) -> r.Call:
        module, out = event.subject, self.shape(event.made[0])
        counted = [p for p in module.parameters() if id(p) in self.keepers]
        own = sum(p.numel() for p in module.parameters() if id(p) not in self.keepers)
        called = class_of(module)
        if called is None or (counted and own + len(counted) and not self.tied(module)):
            return opaque(out, own)
        if counted:
            keeper = r.Reference(self.keepers[id(module.weight)], HERE)
            bias = (r.Argument(None, Symbol("bias"), HERE),) if module.bias is not None else ()
            return r.Call("tied", (r.Argument(None, keeper, HERE), *bias), HERE)
        call = module_call(module, called)
        if all(not p.requires_grad for p in module.parameters()) and own:
            call = call._replace(arguments=(*call.arguments, r.Argument(None, Symbol("frozen"), HERE)))
        return call

    def tied(self, module: Any) -> bool:
        """Whether a linear layer has the table of an embedding that was called before."""
        owner = self.keepers.get(id(getattr(module, "weight", None)))
        embeds = {name for key, name in self.owners.items() if name == owner}
        is_linear = type(module) is self.torch.nn.Linear
        return is_linear and bool(embeds) and self._is_embedding(owner)

    def _is_embedding(self, name: str | None) -> bool:
        modules = dict(self.module.named_modules())
        return isinstance(modules.get(name or ""), self.torch.nn.Embedding)

    def keep(self, parameters: Any, name: str) -> None:
        for parameter in parameters:
            self.keepers.setdefault(id(parameter), name)

    # ------------------------------------------------------------ functions

    def computed(self, event: Event) -> None:
        """A function: a layer, or the same tensor."""
        tensors = tensors_in(self.torch, [*event.given, *event.named.values()])
        known = [t for t in tensors if id(t) in self.points or id(t) in self.parameters]
        if not known:
            return
        word = getattr(event.subject, "__name__", "")
        if len(known) == 1 and id(known[0]) in self.parameters and word not in ("linear", "embedding"):
            self.moved(event, known[0])
            return
        name = self.applied(event, word, known)
        self.points.update(dict.fromkeys(map(id, event.made), name))

    def moved(self, event: Event, parameter: Any) -> None:
        """A learned tensor by itself, repeated or cut: it stays what it is."""
        self.points.update(dict.fromkeys(map(id, event.made), self.point(parameter, event.made[0])))

    def applied(self, event: Event, word: str, known: Sequence[Any]) -> str:
        out = self.shape(event.made[0])
        weights = [t for t in known if id(t) in self.parameters and id(t) not in self.keepers]
        flows = [t for t in known if id(t) in self.points]
        if weights and (word in ("linear", "embedding", "matmul", "conv2d", "conv1d", "layer_norm", "group_norm")):
            step = opaque(out, sum(w.numel() for w in weights))
            name = self.added([self.point(t) for t in flows], step, self.names.counted(word))
            self.keep(weights, name)
            return name
        inputs = [self.point(t) for t in known]
        shapes = [self.shape(t) for t in known]
        done = function_call(word, event.given, event.named, shapes, out)
        if done.call is None:
            return inputs[0]
        stem = word.strip("_") or done.call.name
        return self.added(inputs if done.joins else inputs[:1], done.call, self.names.counted(stem))

    def point(self, tensor: Any, spread: Any = None) -> str:
        """The name of a tensor; a learned one becomes a point where it is first used."""
        found = self.points.get(id(tensor))
        if found is not None:
            return found
        if id(tensor) not in self.parameters:
            return self.added((), _input(self.shape(tensor)), self.names.counted("constant"))
        shape = tuple(map(int, tensor.shape))
        axes = len(shape) if spread is None else len(spread.shape)
        sizes = shape[1:] if len(shape) == axes and shape[:1] == (1,) and len(shape) > 1 else shape
        arguments = tuple(r.Argument(None, as_formula(size), HERE) for size in sizes or (1,))
        name = self.step((), r.Call("param", arguments, HERE), self.parameters[id(tensor)])
        self.keep([tensor], name)
        self.points[id(tensor)] = name
        return name

    def doubts(self) -> list[Repair]:
        """Parameters that the run did not meet."""
        left = [name for name, p in self.module.named_parameters() if id(p) not in self.keepers]
        if not left:
            return []
        return [Repair(f"{left[0]} and {len(left) - 1} other parameters are not used in a run" if left[1:] else
                       f"{left[0]} is not used in a run", Span(0))]  # fmt: skip


def _input(shape: Shape) -> r.Call:
    return r.Call("input", tuple(r.Argument(None, as_formula(size), HERE) for size in shape), HERE)
