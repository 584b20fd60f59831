"""The sizes of a model's input in PyTorch, which its code does not write: from a run, a comment, the layers."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Collection, Sequence
from typing import Any

from symparams.algebra.formula import Formula, Symbol, as_formula, symbols
from symparams.errors import Span
from symparams.reading.python.graph import Node, Torch, own, safe
from symparams.reading.python.input_sizes import most_alike, one_for_all, written_pair
from symparams.reading.python.run import Run
from symparams.reading.python.torch_modules import Container, Leaf, Module, size
from symparams.reading.python.torch_tensors import Tensor
from symparams.reading.python.values import Arguments, Unknown, letter

_LETTERS = {1: ("n",), 2: ("T", "d"), 3: ("C", "H", "W"), 4: ("C", "D", "H", "W")}
_FURTHER = {"Embedding": ("T",), "Conv1d": ("C", "L"), "ConvTranspose1d": ("C", "L"), "MaxPool1d": ("C", "L")}
_OF_SEQUENCES = ("LSTM", "GRU", "RNN", "MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer",
                 "TransformerEncoder", "TransformerDecoder")  # fmt: skip


_MADE = re.compile(  # words before the sizes of an output
    r"(?:\b(?:yields?|gives?|produces?|outputs?|returns?|becomes?|results?|makes?|now)\b[^\d\n]{0,20}|[-=]>\s?|→\s?)$",
    re.I,
)


class SolvedError(Exception):
    """Letters of the input have been found: the model is followed again with their values."""

    def __init__(self, values: dict[str, int], assumed: str, at: Span) -> None:
        self.values = values
        self.assumed = assumed
        self.at = at


class Entrances:
    """The inputs of the model that is followed."""

    def __init__(self, torch: Torch, words: Collection[str]) -> None:
        self.torch = torch
        self.words = words
        self.values: dict[str, int] = {}  # of letters, as far as they have been found
        self.known: dict[int, list[Any]] = {}  # shapes of the inputs that a module is run on, by its id
        self.again: dict[int, list[int]] = {}  # and which of them are the same data: the place of the first of these
        self.told: list[tuple[Any, ...]] = []  # sizes in comments
        self.unknown: set[Node] = set()  # steps of which nothing is known but what the next layer reads
        self.open: dict[Node, Node] = {}  # node: the open input that it comes from
        self.joined: dict[Node, list[Node]] = {}  # node: what it was put together of, where some of that is open
        self.sizes: dict[int, Sequence[Any]] = {}  # of inputs whose sizes a program asks for before they are known
        self.places: dict[Node, int] = {}  # of the inputs in their order
        self.waiting: dict[Node, int] = {}  # those whose sizes are asked for, with their places
        self.module: Module | None = None
        self.count = 0

    # ------------------------------------------------------------ what the program says

    def note(self, module: Module, values: Sequence[Any]) -> None:
        """A module is run on this data."""
        before = self.known.get(id(module))
        if before is None or all(s is None for s in before):
            axes = _axes_of_one(module)
            shapes = [getattr(value, "data_shape", None) for value in values]
            self.known[id(module)] = [None if s is None else _of_one(tuple(s), axes) for s in shapes]
            self.again[id(module)] = [next(i for i, v in enumerate(values) if v is value) for value in values]

    def is_run(self, module: Module) -> bool:
        """Whether the program runs a module."""
        return id(module) in self.known

    def has(self, module: Module, index: int) -> bool:
        """Whether a module is run with so many inputs."""
        return index < len(self.known.get(id(module), ()))

    def of_module(self, run: Run, module: Module, names: Sequence[str], at: Span) -> list[Any]:
        """What enters a model without a `forward`: a tensor for each of these names, the same where its data are."""
        again = self.again.get(id(module), ())
        found: list[Any] = []
        for index, name in enumerate(names):
            first = again[index] if index < len(again) else index
            found.append(found[first] if first < index else self.tensor(run, name, at, index))
        return found

    def summary(self, run: Run, path: str, given: Arguments) -> Any:
        """`summary(model, (3, 32, 32))` of torchsummary or torchinfo."""
        module, shape = given.get(0, "model"), given.get(1, "input_size")
        if isinstance(module, Module) and isinstance(shape, (tuple, list)) and shape:
            shapes = list(shape) if isinstance(shape[0], (tuple, list)) else [tuple(shape)]
            with_batch = "torchinfo" in path or "torchinfo" in self.words
            self.known[id(module)] = [tuple(s[1:] if with_batch else s) for s in shapes]
            if not any(m is module for m in self.torch.models):
                self.torch.models.append(module)

    def comments(self, text: str) -> None:
        """Sizes in comments: 1x28x28, (batch, channels, 128), "input 64 x 96"."""
        for comment in _comments(text):
            about_input = re.search(
                r"inp|imag|picture|img|photo|resolution|shape of x|\bx\b|sees|data", comment, re.IGNORECASE
            )
            for found in re.finditer(r"\d+(?:\s*[x×X*]\s*\d+)+", comment):
                sizes = tuple(int(n) for n in re.findall(r"\d+", found[0]))
                if (about_input or len(sizes) > 2) and not _MADE.search(comment[: found.start()]):
                    self.told.append(sizes)
            for found in re.finditer(r"[(\[]([^()\[\]]*,[^()\[\]]*)[)\]]", comment):
                parts = [p.strip() for p in found[1].split(",")]
                if about_input and all(re.fullmatch(r"\w+|-1", p) for p in parts):
                    self.told.append(tuple(int(p) if p.isdigit() else None for p in parts))

    # ------------------------------------------------------------ following a model

    def start(self, module: Module) -> None:
        """Follow a model anew."""
        self.module = module
        self.open.clear()
        self.joined.clear()
        self.waiting.clear()
        self.places.clear()
        self.count = 0

    def tensor(self, run: Run, name: str, at: Span, index: int) -> Any:
        """What enters the model."""
        shapes = self._shapes()
        shape = shapes[index] if index < len(shapes) else self.sizes.get(index)
        node = self.torch.graph.add(Node(own("input", at, Symbol("n")), (), at, f"input {index}", name))
        self.open[node] = node
        self.places[node] = index
        if shape is not None:
            self.settle(node, [letter(s) for s in shape])
        return Tensor(self.torch, node)

    def asked(self, node: Node) -> None:
        """The program asks for the sizes of an input that is open: they are known when it is followed again."""
        entrance = self.open.get(node)
        if entrance is not None:
            self.waiting[entrance] = self.places[entrance]

    def learned(self) -> bool:
        """Whether sizes that the program asked for have been found since."""
        found = {i: n for n, i in self.waiting.items() if n not in self.open.values() and i not in self.sizes}
        self.sizes |= {i: [argument.value for argument in node.call.arguments] for i, node in found.items()}
        return bool(found)

    def _shapes(self) -> list[Any]:
        """The shapes that the model is run on, or its first layer, where a program calls its layers one by one."""
        module = self.module
        seen: set[int] = set()
        while module is not None and id(module) not in seen:
            seen.add(id(module))
            if id(module) in self.known:
                return self.known[id(module)]
            module = next((child for _, child in module.parts()), None)
        return []

    def is_open(self, node: Node) -> bool:
        """Whether a node comes from an input of which nothing is known."""
        return node in self.open

    def passes(self, node: Node, tensor: Tensor) -> None:
        """A node through which an open input passes stays open."""
        entrance = self.open.get(tensor.node)
        if entrance is not None:
            self.open[node] = entrance
        if tensor.node in self.joined:
            self.joined[node] = self.joined[tensor.node]

    def join(self, node: Node, parts: Sequence[Node]) -> None:
        """A node in which open inputs and others are put together, one behind the other."""
        if any(self.is_open(part) for part in parts):
            self.joined[node] = list(parts)

    def settle(self, node: Node, sizes: Sequence[Any], letters: Sequence[str] = ()) -> None:
        """Give an open input its sizes, letters for those that are open."""
        entrance = self.open.get(node)
        if entrance is None:
            return
        self.open = {n: e for n, e in self.open.items() if e is not entrance}
        self.count += 1
        if any(s is None for s in sizes):
            sizes = self._told(sizes)
        letters = letters or _LETTERS.get(len(sizes), tuple(f"n_{i + 1}" for i in range(len(sizes))))
        found = [self._letter(letters[i]) if s is None else letter(s) for i, s in enumerate(sizes)]
        entrance.call = own("input", entrance.at, *(self._valued(s) for s in found))

    def _letter(self, wanted: str) -> Symbol:
        name = wanted if self.count == 1 else f"{wanted}_{self.count}"
        return Symbol(name if name not in self.words else f"{name}_in")

    def _valued(self, value: Any) -> Any:
        if isinstance(value, Symbol):
            return self.values.get(safe(value.name), value)
        return value

    def _told(self, sizes: Sequence[Any]) -> Sequence[Any]:
        """The sizes, those that are open from a comment that fits."""
        for told in self.told:
            for order in _orders(told, len(sizes)):
                if all(
                    a is None or b is None or a == b or not isinstance(a, int)
                    for a, b in zip(sizes, order, strict=True)
                ):
                    return [b if a is None else a for a, b in zip(sizes, order, strict=True)]
        return sizes

    def finish(self) -> None:
        """Whatever is still open is a row of numbers."""
        for entrance in set(self.open.values()):
            self.settle(entrance, (None,))

    # ------------------------------------------------------------ what the layers say

    def read(self, run: Run, leaf: Leaf, tensor: Tensor) -> None:
        """A layer reads a tensor: an open input gets its axes, letters may get their values."""
        axes = _axes(leaf)
        if self.is_open(tensor.node) and axes is not None:
            parts = self.joined.get(tensor.node, ()) if len(axes) == 1 else ()
            for part in parts:
                self.settle(part, (None,))  # all of them together have what the layer reads
            self.settle(tensor.node, axes, _FURTHER.get(leaf.kind, ()))
        place, wanted = _wanted(leaf)
        if wanted is None:
            return
        shape = self.torch.shape(run, tensor.node)
        if tensor.node in self.unknown:
            self._told_by(leaf, tensor.node, place, wanted, shape)
        elif shape is not None and shape:
            self.equal(
                shape[place if len(shape) > 1 else -1], wanted, leaf.given.at, self.torch.names.get(id(leaf), leaf.kind)
            )

    def _told_by(self, leaf: Leaf, node: Node, place: int, wanted: Any, shape: Any) -> None:
        """What comes out of an unknown step is what the next layer reads."""
        sizes = [letter(wanted)]
        if leaf.kind != "Linear" and shape is not None and len(shape) > 1:
            sizes = list(shape)
            sizes[place] = letter(wanted)
        node.call = own("opaque", node.at, *sizes)
        self.torch.forget(node)

    def equal(self, found: Any, wanted: Any, at: Span, reader: str, counted: str = "inputs") -> None:
        """A size with letters that must be a number: their values are found, if there are such."""
        if not isinstance(found, Formula) or not isinstance(wanted, int):
            return
        free = sorted({s.name for s in symbols(found)})
        if not free:
            return
        values = self._solved(found, free, wanted)
        alike = len(set(values.values())) == 1
        told = [" and ".join(free)] if alike else [f"{name} is {value}" for name, value in values.items()]
        letters = " and ".join(told) + (f" {'are' if len(free) > 1 else 'is'} {values[free[0]]}" if alike else "")
        if values:
            raise SolvedError(values, f"{letters}, from the {wanted:,} {counted} of {reader}", at)

    def _solved(self, found: Formula, free: Sequence[str], wanted: int) -> dict[str, int]:
        """Values of letters with which a size is as wanted: of several inputs such as the program writes."""
        several = len(free) == 2 and len({name.partition("_")[0] for name in free}) == 1
        if several and (values := written_pair(found, free, wanted, self.words)):
            return values
        side = one_for_all(found, free, wanted)
        if side is not None:
            return dict.fromkeys(free, side)
        if len(free) != 2:
            return {}
        return written_pair(found, free, wanted, self.words) or most_alike(found, free, wanted)


def _orders(told: Sequence[Any], count: int) -> list[tuple[Any, ...]]:
    """How sizes in a comment can be meant: with the batch or without, the channels first or last, or left out."""
    found: list[tuple[Any, ...]] = []
    if len(told) == count + 1:
        found.append(tuple(told[1:]))
    if len(told) == count:
        found.append(tuple(told))
        if count > 2:
            found.append((told[-1], *told[:-1]))
    if len(told) == count - 1 and count > 2:
        found.append((None, *told))
    return found


def _axes_of_one(module: Module) -> int:
    """How many axes one example has for a module whose first layer says so by its name; else 0."""
    first = next((inner for inner in module.inside() if isinstance(inner, Leaf)), None)
    kind = "" if first is None or first.kind.startswith("BatchNorm") else first.kind
    promised = re.search(r"(\d)d$", kind)
    axes = int(promised[1]) + 1 if promised else 2 if kind in _OF_SEQUENCES else 0
    return axes if isinstance(module, (Leaf, Container)) or axes > 2 else 0  # a class can use its layers in any order


def _of_one(shape: tuple[Any, ...], axes: int) -> tuple[Any, ...]:
    """The shape of one example: without the batch, unless the data have none."""
    return shape if len(shape) in (1, axes) else shape[1:]


def _axes(leaf: Leaf) -> Sequence[Any] | None:
    """The sizes of an input that a layer reads: numbers where it says them, None where they are open."""
    kind, first = (
        leaf.kind,
        size(leaf.given.get(0, "in_channels", "in_features", "input_size", "embed_dim", "num_features", "d_model")),
    )
    promised = re.search(r"(\d)d$", kind)
    if re.match(r"(Lazy)?(Conv|BatchNorm|InstanceNorm)", kind) and promised:
        axes = int(promised[1])
        channels = None if kind.startswith("Lazy") else first
        return (channels,) if kind == "BatchNorm1d" else (channels, *(None,) * axes)
    if kind == "GroupNorm":
        return (size(leaf.given.get(1, "num_channels")), None, None)
    if promised and "Pool" in kind:
        return (None,) * (int(promised[1]) + 1)
    if kind in ("LSTMCell", "GRUCell", "RNNCell"):
        return (first,)
    if kind in ("Linear", "LazyLinear"):
        return (None if kind == "LazyLinear" else first,)
    if kind == "Embedding":
        return (None,)
    if kind in _OF_SEQUENCES and not kind.endswith("coder"):
        return (None, first)
    if kind in _OF_SEQUENCES:
        inner = leaf.given.get(0, "encoder_layer", "decoder_layer")
        return (None, size(inner.given.get(0, "d_model")) if isinstance(inner, Leaf) else None)
    if kind == "LayerNorm":
        shape = leaf.given.get(0, "normalized_shape")
        return tuple(shape) if isinstance(shape, (tuple, list)) else (None, size(shape))
    return None


def _wanted(leaf: Leaf) -> tuple[int, Any]:
    """Which size of its input a layer states, and what it is: 0 the first, -1 the last."""
    if leaf.kind.startswith("Lazy"):
        return 0, None
    if re.match(r"Conv(Transpose)?\dd$|BatchNorm|InstanceNorm", leaf.kind):
        return 0, leaf.given.get(0, "in_channels", "num_features")
    if leaf.kind in ("Linear", "LSTM", "GRU", "RNN"):
        return -1, leaf.given.get(0, "in_features", "input_size")
    return 0, None


def _comments(text: str) -> list[str]:
    """The comments of a program, and the texts that explain it."""
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT or (
                token.type == tokenize.STRING and token.string.startswith(('"""', "'''"))
            ):
                found.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        return found
    return found


def as_sizes(values: Sequence[Any]) -> list[Formula]:
    """Sizes as formulas."""
    return [as_formula(v) if not isinstance(v, Unknown) else letter(v) for v in values]
