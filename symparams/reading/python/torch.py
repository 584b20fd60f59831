"""PyTorch: what its names mean in a program, and the models of a program followed through `forward`."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence
from typing import Any

from symparams.errors import Source, Span, SymparamsError, listed
from symparams.layers import CATALOGUE, key
from symparams.model.tensor import Convention
from symparams.reading.python.builtin import MATH, OUTSIDE
from symparams.reading.python.functions import Function, Instance, Scope, Super, UserClass
from symparams.reading.python.graph import Graph, Node, before, enters, own, statements, turned, unknown_step
from symparams.reading.python.published import published
from symparams.reading.python.run import Run
from symparams.reading.python.sizes import Sizes
from symparams.reading.python.torch_calls import TAKING, TorchCalls
from symparams.reading.python.torch_classes import UserModule
from symparams.reading.python.torch_finding import TorchFinding
from symparams.reading.python.torch_functional import FURTHER
from symparams.reading.python.torch_functions import FUNCTIONS
from symparams.reading.python.torch_idle import idle, not_counted
from symparams.reading.python.torch_inputs import Entrances, SolvedError
from symparams.reading.python.torch_library import Library
from symparams.reading.python.torch_modules import CONTAINERS, Container, Leaf, Module, Parameter
from symparams.reading.python.torch_numbers import numbers
from symparams.reading.python.torch_rows import in_a_row
from symparams.reading.python.torch_tensors import Data, Tensor
from symparams.reading.python.values import (
    Arguments,
    Given,
    Native,
    Unknown,
    Value,
    call_text,
    is_plain,
    letter,
    measured,
    word,
)
from symparams.sources import records as r

_MADE_UP = ("randn", "rand", "zeros", "ones", "empty", "randint", "full", "tensor", "arange", "linspace", "randperm",
            "zeros_like", "ones_like", "randn_like", "eye", "tril", "triu", "from_numpy",
            "Tensor", "FloatTensor", "DoubleTensor", "LongTensor", "IntTensor")  # fmt: skip
_TRIES = 8  # of a model whose input sizes are found step by step


class Torch(TorchFinding, TorchCalls):
    """The framework as a program uses it."""

    kind = "torch"
    convention: Convention = "torch"

    def __init__(self, source: Source, words: Collection[str]) -> None:
        self.source = source
        self.graph = Graph()
        self.counts: dict[str, int] = {}
        self.inputs = Entrances(self, words)
        self.current: Module | None = None  # whose forward is followed
        self.models: list[Module] = []  # that the program has run
        self.names: dict[int, str] = {}  # of the modules in the current one
        self.made: list[Module] = []  # all modules, as they were made
        self._sizes: Sizes | None = None
        self._library = Library()
        self.training = False  # what `self.training` says
        self.asked_training = False  # whether the program looks at it
        self.used: set[int] = set()  # parameters that layers of functions have as their biases, by id

    # ------------------------------------------------------------ names

    def constant(self, run: Run, path: str) -> Any:
        last = path.rpartition(".")[2]
        if last in MATH and re.match(r"(math|np|numpy)\b", path):
            return Native(path, MATH[last])
        if path in OUTSIDE:
            return Native(path, OUTSIDE[path])
        if path.endswith(("cuda.is_available", "is_scripting", "is_tracing")):
            return Native(path, lambda run, given: False)
        return None

    def lost(self, run: Run, name: str) -> Any:
        """`self` of a class whose head is missing."""
        if name != "self":
            return None
        made = in_a_row(self, {})
        run.globals.names["self"] = made
        return made

    def parameter(self, run: Run, name: str) -> Any:
        return Unknown(name)

    def follows(self, run: Run, node: ast.For) -> bool:
        return self.current is not None

    def is_a(self, run: Run, value: Any, kind: Any) -> bool:
        """Whether a value is an instance."""
        wanted = kind.text().rpartition(".")[2] if isinstance(kind, Value) else ""
        if isinstance(value, Leaf):
            return value.kind == wanted or wanted == "Module" or (wanted.startswith("_") and wanted[1:] in value.kind)
        if isinstance(value, Container):
            return wanted in (value.kind, "Module")
        if isinstance(value, Instance):
            return wanted == "Module" or value.cls.is_a(kind, wanted)
        if isinstance(value, Tensor):
            return wanted == "Tensor"
        return is_plain(value, wanted)

    def super(self, run: Run, scope: Scope) -> Any:
        """`super()` in a method."""
        around: Scope | None = scope
        while around is not None and around.owner is None:
            around = around.outer
        return Super(around.owner, around.this) if around is not None else Unknown("super()")

    # ------------------------------------------------------------ classes

    def instance(self, run: Run, cls: UserClass) -> Instance:
        roots = [root.rpartition(".")[2] for root in cls.roots()]
        if any(root in ("Module", "LightningModule", *CONTAINERS) or self.is_layer(root) for root in roots):
            made = UserModule(cls, self)
            self.made.append(made)
            return made
        return Instance(cls)

    def base_method(self, run: Run, this: Any, name: str) -> Any:
        def start(run: Run, given: Arguments) -> Any:
            if isinstance(this, UserModule):
                this.begin(run, given)

        def forward(run: Run, given: Arguments) -> Any:
            flow = given.get(0)
            for child in list(this.children.values()):
                flow = child.called(run, Arguments([Given(flow, given.at)], {}, given.at))
            return flow

        does = {"__init__": start, "forward": forward}.get(name, lambda run, given: None)
        return Native(name, does)

    # ------------------------------------------------------------ calls

    def defined(self, run: Run, path: str, at: Span) -> Any:
        return self._library.find(run, path, at)

    def called(self, run: Run, path: str, given: Arguments) -> Any:
        last = path.rpartition(".")[2]
        defined = self.defined(run, path, given.at)
        if defined is not None:
            return defined.called(run, given)
        if last in CONTAINERS:
            run.allowance.make()
            self.made.append(made := Container(self, last, run, given))
            return made
        if last == "OrderedDict":
            pairs = run.each(given.get(0)) if given.positional else None
            return dict(p for p in pairs or () if isinstance(p, tuple) and len(p) == 2)
        if last == "partial":
            return _partial(given)
        if last == "Parameter":
            return self.parameter_of(run, given)
        if last == "summary":
            return self.inputs.summary(run, path, given)
        if last in FUNCTIONS and (last[:1].islower() or last not in CATALOGUE) and self.flows(given):
            return FUNCTIONS[last](self, run, last, given)
        known = numbers(run, last, given)
        if known is not None:
            return known
        if last in FURTHER and self.flowing(given):
            return FURTHER[last](self, run, last, given)
        if last in _MADE_UP:
            return self.data(last, given)
        if (network := published(run, path, given)) is not None:
            return network
        if last[:1].isupper() and not self.flowing(given) and self.is_layer(last):
            run.allowance.make()
            self.made.append(leaf := Leaf(self, last, given))
            return leaf
        return self.not_understood(run, path, given)

    def is_layer(self, name: str) -> bool:
        """Whether a class name is one of the catalogue; losses are none."""
        return key(name) in CATALOGUE and not name.endswith("Loss")

    def parameter_of(self, run: Run, given: Arguments) -> Any:
        shape = getattr(given.get(0, "data"), "data_shape", None)
        if shape is None:
            run.assume("the shape of a parameter is not known: it is not counted", given.at)
            return Unknown("nn.Parameter()")
        made = Parameter(self, [letter(s) for s in shape], given.at)
        made.frozen = given.get(1, "requires_grad", default=True) is False
        return made

    def data(self, name: str, given: Arguments) -> Data:
        """Numbers that the program makes up."""
        values: Sequence[Any] = [g.value for g in given.positional]
        if name.lower().endswith("tensor") and (written := measured(given.get(0, "data"))) is not None:
            return Data(written, given.at)
        if name == "arange":
            return Data(values[-1:] if values else None, given.at)
        if name in ("randint", "full"):
            sizes = given.get(2 if name == "randint" and len(values) > 2 else 1 if len(values) > 1 else None, "size")
            values = [sizes] if isinstance(sizes, (tuple, list)) else []
        shape = given.get(None, "size")
        if isinstance(shape, (tuple, list)):
            values = shape
        if len(values) == 1 and isinstance(values[0], (tuple, list)):
            values = values[0]
        return Data(values if name not in ("tensor", "from_numpy") and values else None, given.at)

    # ------------------------------------------------------------ models

    def outside(self, run: Run, module: Module, given: Arguments) -> bool:
        """Whether a module is called by the program itself, not while one is followed."""
        return self.current is None

    def ran(self, run: Run, module: Module, given: Arguments) -> Any:
        """The program runs a model on data: their sizes are those of its input."""
        self.inputs.note(module, given.values())
        if not any(m is module for m in self.models):
            self.models.append(module)
        return Data(None, given.at)

    def comments(self, text: str) -> None:
        """Look for sizes in comments."""
        self.inputs.comments(text)

    def statements(self, run: Run, module: Module) -> list[r.Statement]:
        """A model as statements."""
        self._follow(run, module)
        left = self._idle(module)
        if left and self.asked_training:
            left = self._trained(run, module, left)
        if left:
            run.assume(not_counted(left), getattr(module, "at", Span(0)))
        nodes = [n for n in self.graph.nodes if not isinstance(n.owner, str) or self._is_read(n)]
        nodes = before(nodes)
        if not nodes:
            raise SymparamsError("nothing flows through this model", source=self.source)
        return statements(nodes, "pytorch", nodes[0].at)

    def _trained(self, run: Run, module: Module, left: list[str]) -> list[str]:
        """The model as it is trained, if it uses more then; what it does not use."""
        self.training = True
        self._follow(run, module)
        now = self._idle(module)
        if len(now) < len(left):
            only = listed([f"`{path}`" for path in left if path not in now])
            run.assume(f"the model is taken as it is trained: only then it uses {only}", getattr(module, "at", Span(0)))
            return now
        self.training = False
        self._follow(run, module)
        return left

    def _idle(self, module: Module) -> list[str]:
        return idle(module, {id(n.owner) for n in self.graph.nodes} | self.used)

    def _follow(self, run: Run, module: Module) -> None:
        """Follow what flows through a model, again where sizes were found on the way."""
        for _ in range(_TRIES):
            self.graph, self.counts, self._sizes, self.gathered, self.folded = Graph(), {}, None, {}, {}
            self.inputs.start(module)
            self.names = {id(one): path for path, one in module.paths()}
            self.current = module
            try:
                self._forward(run, module)
                if not self.inputs.learned():
                    break
            except SolvedError as solved:
                self.inputs.values.update(solved.values)
                if solved.assumed:
                    run.assume(solved.assumed, solved.at)
            finally:
                self.current = None
        self.inputs.finish()

    def _is_read(self, entrance: Node) -> bool:
        return any(entrance in (*n.inputs, *n.beside) for n in self.graph.nodes)

    def _forward(self, run: Run, module: Module) -> None:
        at = getattr(module, "at", None) or Span(0)
        if isinstance(module, UserModule) and module.has("forward"):
            forward = module.cls.member("forward")
            assert isinstance(forward, Function)
            spec = forward.node.args
            names = [p.arg for p in (*spec.posonlyargs, *spec.args)][1:]
            given = Arguments(at=run.spans(forward.node))
            for index, name in enumerate(names):
                if name in forward.defaults and not self.inputs.has(module, index):
                    break
                given.positional.append(Given(self.inputs.tensor(run, name, given.at, index), given.at))
            module.run_method(run, "forward", given)
            return
        takes: Sequence[str] = ("input",)
        if isinstance(module, UserModule):
            at = run.spans(module.cls.node)
        elif isinstance(module, Leaf):
            takes = TAKING.get(module.kind, takes)
        if takes[0] == "query" and not self.inputs.has(module, 1):
            takes = takes[:1]  # attention that the program does not call looks at its own input
        entering = self.inputs.of_module(run, module, takes, at)
        module.called(run, Arguments([Given(one, at) for one in entering], {}, at))

    # ------------------------------------------------------------ sizes

    def shape(self, run: Run, node: Node) -> tuple[Any, ...] | None:
        """The sizes of what leaves a node; None if they are open."""
        if self.inputs.is_open(node):
            return None
        if self._sizes is None:
            self._sizes = Sizes(self.source, self.convention)
        return self._sizes.of(node)

    def forget(self, node: Node) -> None:
        """The sizes of a step have been found otherwise."""
        self._sizes = None

    def settle_axes(self, run: Run, tensor: Tensor, count: int) -> None:
        """Give an open input so many axes."""
        self.inputs.settle(tensor.node, (None,) * count)

    def fresh(self, kind: str) -> str:
        """The next name of a function's calls: relu_1."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{kind}_{self.counts[kind]}"

    def nothing_inside(self, run: Run, module: Module, given: Arguments) -> Any:
        """An empty nn.Sequential lets everything pass."""
        x = given.get(0)
        if not isinstance(x, Tensor):
            return x
        return self.through(run, x, own("identity", given.at), self.names.get(id(module), "identity"), module, given.at)

    def not_understood(self, run: Run, name: str, given: Arguments) -> Any:
        flowing = self.flowing(given)
        if not flowing:
            run.may_change(name, given)
            return Unknown(call_text(name, given))
        last = re.sub(r"\W+", "_", re.sub(r"\([^()]*\)", "", name).rpartition(".")[2]).strip("_") or "call"
        enters(self.inputs, flowing[0].node, name)
        call = unknown_step(run, last, self.shape(run, flowing[0].node), given.at, turned(name))
        made = self.through(run, flowing[0], call, self.fresh(word(last)), None, given.at, flowing[1:])
        self.inputs.unknown.add(made.node)
        return made


def _partial(given: Arguments) -> Any:
    """`partial(nn.Conv1d, kernel_size=1)`."""
    function, rest = given.get(0), given.without(first=1)

    def does(run: Run, more: Arguments) -> Any:
        whole = Arguments([*rest.positional, *more.positional], rest.keywords | more.keywords, more.at)
        return function.called(run, whole) if isinstance(function, Value) else Unknown("value")

    return Native("partial", does)
