"""What `import symparams as sp` gives: networks with values that can be asked for, and solutions that can be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from symparams import limits
from symparams.algebra.choices import Choices
from symparams.algebra.formula import Formula, as_formula
from symparams.algebra.sympy_bridge import exact, from_sympy, letter
from symparams.documents import contract
from symparams.documents.rendering import Document, Style, check_style, render
from symparams.documents.solution import Solution as _Contents
from symparams.documents.totals import check_by
from symparams.errors import Source, SymparamsError
from symparams.files import read_source
from symparams.layer_info import Counted, LayerInfo, check_quantity
from symparams.layers import CATALOGUE, Catalogue
from symparams.model.derived import Counts
from symparams.model.network import Network
from symparams.quantities.layer_quantities import QUANTITIES, USUAL
from symparams.quantities.named_layers import layer_named, layers_named
from symparams.quantities.settings import Setting, Settings
from symparams.quantities.totals import amount
from symparams.questions.comparison import compared
from symparams.questions.finding import find as found
from symparams.questions.targets import Target, read_target, whole_target
from symparams.reading.door import network, reading_of
from symparams.results import Comparison, Displayed, Finding, Solution
from symparams.sources.printer import printed
from symparams.sources.reader import read_expression

if TYPE_CHECKING:
    import sympy

    from symparams.checks import Check
    from symparams.diagnoses import Answer, Diagnosis
    from symparams.pictures import Figure, Plot
    from symparams.questions.diagnosis import Diagnostician

Given: TypeAlias = "int | str | Formula | sympy.Expr"  # a value for a letter


@limits.work()
def parse(text: str, /, *, catalogue: Catalogue = CATALOGUE, **values: Given) -> Net:
    """The network that a text describes, in the architecture language or any other; `values` win over its `let`s.

    Raises SymparamsError with the place and the reason if the text is wrong.
    """
    return Net(Source("<text>", text), formulas(values), catalogue)


@limits.work()
def load(path: str | Path, /, *, catalogue: Catalogue = CATALOGUE, **values: Given) -> Net:
    """The network in a file; see `parse`."""
    return Net(read_source(Path(path)), formulas(values), catalogue)


def formulas(values: Mapping[str, Given]) -> dict[str, Formula]:
    """The values for letters, each as it is given in Python."""
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


@limits.face
@dataclass(frozen=True, repr=False, eq=False)
class Net(Counted, Displayed):
    """A network; make one with `parse` or `load`. Equal are those with the same text, values and catalogue."""

    _source: Source
    _values: Mapping[str, Formula]  # given for letters
    _catalogue: Catalogue

    def __post_init__(self) -> None:
        _ = self._network  # read now, so that what is wrong with it is said here

    @property
    def _layers(self) -> int:
        return len(self)

    @cached_property
    def _network(self) -> Network:
        return network(self._source, self._values, self._catalogue)

    @cached_property
    def _diagnosticians(self) -> dict[Settings, Diagnostician]:
        return {}  # what they found out is kept

    @cached_property
    def _content(self) -> tuple[str, frozenset[tuple[str, Formula]]]:
        return self.text, frozenset(self._values.items())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Net):
            return NotImplemented
        return self._content == other._content and self._catalogue == other._catalogue

    def __hash__(self) -> int:
        return hash(self._content)

    def __getstate__(self) -> dict[str, Any]:
        catalogue = None if self._catalogue is CATALOGUE else dict(self._catalogue)
        kept = {"_source": self._source, "_values": self._values, "_network": self._network}
        return {**kept, "_catalogue": catalogue}  # without what was worked out, which may be large

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__dict__["_catalogue"] = CATALOGUE if state["_catalogue"] is None else state["_catalogue"]

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
        """The layer of that name, of its own or as Keras gives it; raises KeyError with the nearest name."""
        try:
            return self.layers[self._network.index(layer_named(self._network, name).name)]
        except SymparamsError as error:
            raise KeyError(error.matter) from None

    def __iter__(self) -> Iterator[LayerInfo]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self._network.nodes)

    @property
    def text(self) -> str:
        """The network in the language, one statement a line."""
        return printed(reading_of(self._source).statements)

    @property
    def symbols(self) -> dict[str, sympy.Symbol]:
        """The free letters, as the sympy symbols that stand in its expressions."""
        return {name: letter(name) for name, value in self._network.symbols.items() if value is None}

    @property
    def ranges(self) -> dict[str, Choices]:
        """The values of the letters that a `range` limits: sequences of ints, ascending."""
        return dict(self._network.ranges)

    def quantity(self, name: str, **settings: Setting) -> int | sympy.Expr:
        """The total of a quantity that adds up: params, weights, biases, macs, flops, activations, memory, cache …

        Settings: `dtype` (float32, bfloat16, int8 …) for quantities in bytes, `optimizer` (none, sgd, momentum, adam)
        for memory and optimizer, policies of counting: `flops` (multiply-add, every-operation), `macs` (products,
        with-bias), `training` (three-forward, 6n), `kept` (outputs, megatron), `batch` (a number of examples or a
        letter for it), `cache_all=True` for a cache where nothing is generated. Raises SymparamsError for what there is
        not, and for a shape, padding or receptive field, which only layers have.
        """
        return exact(amount(name, Settings(**settings)).of_network(self._network))

    @property
    def macs(self) -> int | sympy.Expr:
        """Multiply-accumulates of one forward pass for one example; one MAC is not one FLOP."""
        return self.quantity("macs")

    def receptive_field(self, layer: str) -> tuple[int | sympy.Expr, ...] | None:
        """The receptive field of a layer along each axis, in places of the input; None: the whole input."""
        sizes: tuple[int | sympy.Expr, ...] | None = self[layer].quantity("field")
        return sizes

    def subs(self, values: Mapping[str, Given] | None = None, /, **more: Given) -> Net:
        """The same network with values for letters: `net.subs(H=28, k="n + 1")`."""
        given = formulas({**(values or {}), **more})
        return Net(self._source, {**self._values, **given}, self._catalogue)

    def solve(
        self,
        style: Style = "steps",
        *,
        layers: tuple[str, ...] | list[str] = (),
        quantities: tuple[str, ...] | list[str] = USUAL,
        total: bool = False,
        by: str = "",
        figures: bool = False,
        all_layers: bool = False,
        **settings: Setting,
    ) -> Solution:
        """The worked solution, of some layers and quantities if named; for `settings` see `quantity`.

        With `total`, only the totals; `by` adds subtotals for each "kind" of layer or each "macro", `figures` pictures
        of the network and of windows on small inputs, in formats that have pictures. With `all_layers`, each layer of a
        network with more than 500 has a place of its own; else a block that repeats in it is told once.
        """
        for quantity in quantities:
            check_quantity(quantity, QUANTITIES)
        check_by(by)
        if layers and (total or by):
            raise SymparamsError("total and by are about the whole network; leave out layers")
        check_style(style)
        for name in layers:
            layers_named(self._network, name)  # what there is not is told here, not where the solution is shown
        chosen = "total" if total else style
        asked = tuple(quantities), tuple(layers), Settings(**settings)
        return Solution(self._network, *asked, chosen, by, figures, all_layers)

    def subtotals(self, by: str = "kind", quantity: str = "params", **settings: Setting) -> dict[str, int | sympy.Expr]:
        """What the layers of each "kind", or of each "macro" as it is used, have together.

        Layers outside of all macros are under "". Raises SymparamsError where no layer stands in a macro.
        """
        check_by(by)
        contents = _Contents(self._network, settings=Settings(**settings), by=by)
        return {one.name: exact(one.value) for one in contents.total_of(quantity).subtotals}

    def answer(self, layer: str | None = None, quantity: str = "params", **settings: Setting) -> Solution:
        """A short answer: how much a layer, or with no layer the network, has of a quantity, and why.

        For `settings` see `quantity`. Raises SymparamsError for a layer or quantity that there is not.
        """
        layers = () if layer is None else (layer,)
        return self.solve("answer", layers=layers, quantities=(quantity,), total=False, **settings)

    def find(self, *unknowns: str, target: str | None = None, layer: str | None = None, **exactly: int) -> Finding:
        """The values of letters that meet a target: `find("k", params=51264)`, `find("k", target="params <= 10^6")`."""
        wanted = [Target(amount(name), "==", whole_target(value), layer) for name, value in exactly.items()]
        wanted += [] if target is None else [read_target(target, layer)]
        if len(wanted) != 1:
            raise SymparamsError('find takes one target, such as params=51264 or target="params <= 100000"')
        return Finding(found(partial(self._with, for_others=False), unknowns, wanted[0]))

    def diagnose(
        self, answer: Answer, /, layer: str | None = None, quantity: str = "params", **settings: Setting
    ) -> Diagnosis:
        """Which mistakes give an answer for a layer, or with no layer for the total: `diagnose(630, "conv_2")`.

        An answer is a number, a text as a student types it, or for shapes a tuple. `settings`: see `quantity`.
        """
        from symparams.diagnoses import diagnosed, diagnostician  # noqa: PLC0415 - the catalogue of misconceptions

        known = Settings(**settings)
        if known not in self._diagnosticians:
            self._diagnosticians[known] = diagnostician(self._network, known)
        return diagnosed(self._diagnosticians[known], answer, layer, quantity)

    def _with(
        self, more: Mapping[str, Formula], /, *, for_others: bool = True, without_ranges: bool = False
    ) -> Network:
        values = {**self._values, **more}
        return network(self._source, values, self._catalogue, for_others=for_others, without_ranges=without_ranges)

    def to(self, target: str) -> str:
        """The network as another text: "arch", "keras", "torch", "mermaid" or "dot"."""
        from symparams.converters.targets import converted  # noqa: PLC0415 - what writes code is not always needed

        return converted(target, self._network, reading_of(self._source).statements)

    def figure(self, view: str = "auto", *, depth: int | None = None) -> Figure:
        """The network as a picture; view: column, u or blocks, depth: how many frames in one another are opened."""
        from symparams.pictures import Figure  # noqa: PLC0415 - what draws is not always needed

        return Figure(self._network, view, depth)

    def plot(
        self,
        *others: Net,
        by: str = "",
        against: str = "",
        over: tuple[int, int] | None = None,
        quantities: tuple[str, ...] | list[str] = (),
        **settings: Setting,
    ) -> Plot:
        """Bars of parameters, MACs and activation memory by "layer", "stage" or "kind"; with others by "network".

        With `against` a curve of the totals against that letter, over the values that fit or those from the first to
        the last in `over`. For `settings` see `quantity`. Raises SymparamsError when it is shown.
        """
        from symparams.pictures import plotted  # noqa: PLC0415 - what draws is not always needed

        several = tuple(net._network for net in (self, *others))
        return plotted(several, by, against, over, tuple(quantities), Settings(**settings))

    def against(self, other: Net | str, /) -> Check:
        """This network beside "keras" or "torch", which builds each of its layers, or beside another network.

        Raises SymparamsError where there are letters, and where the framework is not installed.
        """
        from symparams.checking.framework import FRAMEWORKS, against_framework  # noqa: PLC0415 - seldom needed
        from symparams.checking.networks import against_network  # noqa: PLC0415
        from symparams.checks import Check  # noqa: PLC0415

        wrong = reading_of(self._source).wrong
        if isinstance(other, Net):
            titles = (self.title or self._source.name, other.title or other._source.name)
            both = (wrong, reading_of(other._source).wrong)
            return Check(against_network((self._network, other._network), titles, both))
        if other not in FRAMEWORKS:
            raise SymparamsError(f"a network is compared with keras, torch or another network, not {other[:60]}")
        return Check(against_framework(self._network, self.title or self._source.name, FRAMEWORKS[other], wrong))

    def summary(self) -> str:
        """The familiar table, as text."""
        return self._rendered("text")

    def __repr__(self) -> str:
        title = f" {self.title!r}" if self.title else ""
        return f"<Net{title}: {len(self)} layers, {contract.value(self._counts.params)} parameters>"

    def _rendered(self, format_: str) -> str:
        return render(_Contents(self._network), Document("summary", format_))


@limits.work()
def compare(first: Net, second: Net, /, quantity: str = "params", **values: Given) -> Comparison:
    """Two networks side by side; numbers among `values` are put in at the end."""
    nets = (first, second)
    return Comparison(compared([n._with for n in nets], [n.title for n in nets], formulas(values), amount(quantity)))


def draw(net: Net, /, view: str = "auto", *, depth: int | None = None) -> Figure:
    """A network as a picture, `draw(net).write("net.svg")`; see `Net.figure`."""
    return net.figure(view, depth=depth)
