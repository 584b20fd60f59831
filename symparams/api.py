"""What `import symparams as sp` gives: networks with values that can be asked for, and solutions that can be shown."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from symparams import limits
from symparams.algebra.choices import Choices
from symparams.algebra.formula import Formula, as_formula
from symparams.algebra.summing import over
from symparams.algebra.sympy_bridge import exact, from_sympy, letter
from symparams.documents import contract, writing
from symparams.documents.derivations import PARTS, explained
from symparams.documents.solution import Solution as _Contents
from symparams.documents.writing import Document, Style, render, render_with
from symparams.errors import Source, SymparamsError, listed, nearest
from symparams.files import read_source
from symparams.layers import CATALOGUE, Catalogue
from symparams.model.derived import Counts
from symparams.model.network import Network, Node
from symparams.quantities.account import Account
from symparams.quantities.amounts import AMOUNTS, amount
from symparams.quantities.measured import QUANTITIES, USUAL, Measurements
from symparams.quantities.measures import Settings
from symparams.questions.comparison import compared
from symparams.questions.finding import find as found
from symparams.questions.targets import Target, read_target, whole_target
from symparams.results import Comparison, Derivation, Finding
from symparams.sources.language import network
from symparams.sources.printer import printed
from symparams.sources.reader import read_expression, read_network

if TYPE_CHECKING:
    import sympy

    from symparams.judgements import Answer, Diagnosis
    from symparams.questions.diagnosis import Diagnostician

Given: TypeAlias = "int | str | Formula | sympy.Expr"  # a value for a letter


def parse(text: str, /, *, catalogue: Catalogue = CATALOGUE, **values: Given) -> Net:
    """The network that a text in the architecture language describes; `values` win over its `let`s.

    Raises SymparamsError with the place and the reason if the text is wrong.
    """
    return Net(Source("<text>", text), _formulas(values), catalogue)


def load(path: str | Path, /, *, catalogue: Catalogue = CATALOGUE, **values: Given) -> Net:
    """The network in a file; see `parse`."""
    return Net(read_source(Path(path)), _formulas(values), catalogue)


def _formulas(values: Mapping[str, Given]) -> dict[str, Formula]:
    return {name: _formula(name, value) for name, value in values.items()}


def _formula(name: str, value: Given) -> Formula:
    if isinstance(value, (int, Formula)):
        return as_formula(value)
    if isinstance(value, str):
        return read_expression(Source(name, value))
    try:
        return from_sympy(value)
    except (ValueError, AttributeError):
        raise SymparamsError(f"the value of {name} is not a number or an expression of the language: {value}") from None


class _Counted:
    """The numbers of a layer or a network: ints, or sympy expressions where letters are free."""

    @property
    @abstractmethod
    def _counts(self) -> Counts: ...

    @property
    def weights(self) -> int | sympy.Expr:
        """Parameters that are not biases."""
        return exact(self._counts.weights)

    @property
    def biases(self) -> int | sympy.Expr:
        return exact(self._counts.biases)

    @property
    def params(self) -> int | sympy.Expr:
        """All parameters: weights + biases = trainable + non_trainable."""
        return exact(self._counts.params)

    @property
    def trainable(self) -> int | sympy.Expr:
        return exact(self._counts.trainable)

    @property
    def non_trainable(self) -> int | sympy.Expr:
        return exact(self._counts.non_trainable)


@dataclass(frozen=True, repr=False)
class LayerInfo(_Counted):
    """A layer of a network."""

    _network: Network
    _index: int  # of its node

    @property
    def _node(self) -> Node:
        return self._network.nodes[self._index]

    @property
    def name(self) -> str:
        return self._node.name

    @property
    def kind(self) -> str:
        return self._node.kind

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the layers that feed it."""
        return tuple(self._network.nodes[i].name for i in self._node.inputs)

    @property
    def _counts(self) -> Counts:
        return self._node.counts

    def __repr__(self) -> str:
        shape = ", ".join(str(contract.value(size)) for size in self._node.shape)
        return f"<{self.kind} {self.name!r}: ({shape}), {contract.value(self._node.counts.params)} parameters>"

    def quantity(self, name: str, **settings: str) -> Any:
        """A quantity of one copy of the layer: a count, a shape or field as a tuple with a size for each axis.

        `name`: shape, params, weights, biases, trainable, non_trainable, macs, flops, activations, memory, cache or
        field, which is None where it has no size: behind a layer that sees its whole input. `settings`: dtype,
        optimizer, flops; see `Net.quantity`. Raises SymparamsError for a name that there is not.
        """
        known = Settings(**settings)
        if name == "shape":
            return self.output_shape
        limits.begin_work(len(self._network.nodes))
        if name != "field":
            _check(name, ("shape", *AMOUNTS, "field"))
            return exact(amount(name, known).of_layer(self._node))
        fields = self._measurements(name, known).fields_of(self._index)
        return None if isinstance(fields, str) else tuple(exact(one.field.size) for one in fields)

    def derivation(self, quantity: str = "params", *, part: str = "size", **settings: str) -> Any:
        """How a quantity of one copy comes out: rule, values put in, arithmetic, result.

        `quantity`: params, macs, flops, activations, memory or cache give one Derivation; shape and field a tuple with
        one for each axis, of a field for its `part`: size, jump or offset. `settings`: dtype, optimizer, flops; see
        `Net.quantity`. Raises SymparamsError for a quantity or part that there is not.
        """
        _check(quantity, QUANTITIES)
        if part not in PARTS:
            raise SymparamsError(f"a receptive field has no part `{part[:60]}`; there are {listed(PARTS)}")
        limits.begin_work(len(self._network.nodes))
        account = Account(self._node.derived)
        measurements = self._measurements(quantity, Settings(**settings))
        every = explained(self._node, self._index, account, (quantity,), measurements, every=True)
        found = tuple(
            Derivation(self.name, one, account.known(one.derivation, every=True))
            for one in every
            if one.part in ("", part)
        )
        return found if quantity in ("shape", "field") else found[0]

    def _measurements(self, quantity: str, settings: Settings) -> Measurements:
        return Measurements(self._network, (quantity,), settings)

    @property
    def copies(self) -> int | sympy.Expr:
        """How many copies the layer stands for: 1 unless it is inside a bracket with a letter."""
        return exact(over(1, self._node.repeats, self._node.derived.facts))

    @property
    def output_shape(self) -> tuple[int | sympy.Expr, ...]:
        """The sizes of the output, without the batch axis, in the order of the convention."""
        return tuple(exact(size) for size in self._node.shape)


class Net(_Counted):
    """A network; make one with `parse` or `load`."""

    def __init__(self, source: Source, values: Mapping[str, Formula], catalogue: Catalogue) -> None:
        self._source = source
        self._values = dict(values)
        self._catalogue = catalogue
        self._network = network(source, self._values, catalogue)
        self._diagnosticians: dict[Settings, Diagnostician] = {}  # what they found out is kept

    @property
    def _counts(self) -> Counts:
        return self._network.counts

    @property
    def title(self) -> str:
        return self._network.title

    @property
    def convention(self) -> str:
        """keras or torch."""
        return self._network.convention

    @cached_property
    def layers(self) -> tuple[LayerInfo, ...]:
        """All layers, in reading order."""
        return tuple(LayerInfo(self._network, index) for index in range(len(self)))

    def __getitem__(self, name: str) -> LayerInfo:
        """The layer of that name; raises KeyError with the nearest name."""
        if name not in self._network.names:
            raise KeyError(f"there is no layer `{name}`{nearest(name, self._network.names)}")
        return self.layers[self._network.index(name)]

    def __iter__(self) -> Iterator[LayerInfo]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self._network.nodes)

    @property
    def text(self) -> str:
        """The network in the language, one statement a line."""
        return printed(read_network(self._source))

    @property
    def symbols(self) -> dict[str, sympy.Symbol]:
        """The free letters, as the sympy symbols that stand in its expressions."""
        return {name: letter(name) for name, value in self._network.symbols.items() if value is None}

    @property
    def ranges(self) -> dict[str, Choices]:
        """The values of the letters that a `range` limits: sequences of ints, ascending."""
        return dict(self._network.ranges)

    def quantity(self, name: str, **settings: str) -> int | sympy.Expr:
        """The total of a quantity that adds up: params, weights, biases, macs, flops, activations, memory, cache …

        `dtype` (float32, bfloat16, int8 …) for quantities in bytes, `optimizer` (none, sgd, momentum, adam) for memory,
        `flops` (multiply-add, every-operation) for the policy by which FLOPs are counted. Raises SymparamsError for
        what there is not, and for a shape or receptive field, which only layers have.
        """
        limits.begin_work(len(self))
        return exact(amount(name, Settings(**settings)).of_network(self._network))

    @property
    def macs(self) -> int | sympy.Expr:
        """Multiply-accumulates of one forward pass for one example; one MAC is not one FLOP."""
        return self.quantity("macs")

    def receptive_field(self, layer: str) -> tuple[int | sympy.Expr, ...] | None:
        """The receptive field of a layer along each axis, in places of the input; None: the whole input."""
        found: tuple[int | sympy.Expr, ...] | None = self[layer].quantity("field")
        return found

    def subs(self, values: Mapping[str, Given] | None = None, /, **more: Given) -> Net:
        """The same network with values for letters: `net.subs(H=28, k="n + 1")`."""
        given = _formulas({**(values or {}), **more})
        return Net(self._source, {**self._values, **given}, self._catalogue)

    def solve(
        self,
        style: Style = "steps",
        *,
        layers: tuple[str, ...] | list[str] = (),
        quantities: tuple[str, ...] | list[str] = USUAL,
        **settings: str,
    ) -> Solution:
        """The worked solution, of some layers and quantities if named; for `settings` see `quantity`."""
        for quantity in quantities:
            _check(quantity, QUANTITIES)
        return Solution(_Contents(self._network, tuple(quantities), tuple(layers), Settings(**settings)), style)

    def find(self, *unknowns: str, target: str | None = None, layer: str | None = None, **exactly: int) -> Finding:
        """The values of letters that meet a target: `find("k", params=51264)`, `find("k", target="params <= 10^6")`."""
        wanted = [Target(amount(name), "==", whole_target(value), layer) for name, value in exactly.items()]
        wanted += [] if target is None else [read_target(target, layer)]
        if len(wanted) != 1:
            raise SymparamsError('find takes one target, such as params=51264 or target="params <= 100000"')
        return Finding(found(partial(self._with, for_others=False), unknowns, wanted[0]))

    def diagnose(
        self, answer: Answer, /, layer: str | None = None, quantity: str = "params", **settings: str
    ) -> Diagnosis:
        """Which mistakes give an answer for a layer, or with no layer for the total: `diagnose(630, "conv_2")`.

        An answer is a number, a text as a student types it, or for shapes a tuple. `settings`: dtype, optimizer, flops.
        """
        from symparams.judgements import diagnosed, diagnostician  # noqa: PLC0415 - the catalogue of misconceptions

        known = Settings(**settings)
        if known not in self._diagnosticians:
            self._diagnosticians[known] = diagnostician(self._network, known)
        return diagnosed(self._diagnosticians[known], answer, layer, quantity)

    def _with(
        self, more: Mapping[str, Formula], /, *, for_others: bool = True, without_ranges: bool = False
    ) -> Network:
        values = {**self._values, **more}
        return network(self._source, values, self._catalogue, for_others=for_others, without_ranges=without_ranges)

    def summary(self) -> str:
        """The familiar table, as text."""
        return render(_Contents(self._network), Document("summary", "text"))

    def __repr__(self) -> str:
        title = f" {self.title!r}" if self.title else ""
        return f"<Net{title}: {len(self)} layers, {contract.value(self._counts.params)} parameters>"

    def _repr_markdown_(self) -> str:
        return render(_Contents(self._network), Document("summary", "markdown"))

    def _repr_latex_(self) -> str:
        return render(_Contents(self._network), Document("summary", "latex"))


def compare(first: Net, second: Net, /, quantity: str = "params", **values: Given) -> Comparison:
    """Two networks side by side; numbers among `values` are put in at the end."""
    nets = (first, second)
    return Comparison(compared([n._with for n in nets], [n.title for n in nets], _formulas(values), amount(quantity)))


@dataclass(frozen=True, repr=False)
class Solution:
    """A worked solution, to be shown in one of the formats."""

    _contents: _Contents
    style: str = "steps"

    def to_markdown(self, style: Style | None = None) -> str:
        return render(self._contents, Document(style or self.style, "markdown"))

    def to_latex(self, style: Style | None = None, *, standalone: bool = False) -> str:
        """A fragment to \\input, or with `standalone` a whole document."""
        body = render(self._contents, Document(style or self.style, "latex"))
        return writing.standalone(body) if standalone else body

    def to_text(self, style: Style | None = None) -> str:
        return render(self._contents, Document(style or self.style, "text"))

    def to_json(self) -> str:
        return json.dumps(contract.solve(self._contents), ensure_ascii=False, indent=2)

    def render(self, template: str | Path, format: str = "markdown") -> str:
        """Through a Jinja template of one's own, in a sandbox."""
        return render_with(Path(template), self._contents, Document(self.style, format))

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<Solution {self._contents.title!r}: {len(self._contents.layers)} layers in the style {self.style}>"

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _repr_latex_(self) -> str:
        return self.to_latex()


def _check(quantity: str, known: Sequence[str]) -> None:
    if quantity not in known:
        near = nearest(quantity, known) or f"; there are {', '.join(known)}"
        raise SymparamsError(f"there is no quantity `{quantity[:60]}`{near}")
