"""Random networks with letters in place of some numbers: every formula, at random values, equals the numeric network.

    python -m tests.differential --letters --networks 5000 --seed 0 [--convention keras|torch] [--family convolution]

A network with letters states conditions; where these hold the same text with numbers is accepted and every formula has
the number's value, where one of them does not hold the numbers are refused. Wanted exceptions stand in UNDECIDED.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from hypothesis import strategies as st

from symparams.algebra.formula import Formula, Value, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN, SOURCE
from symparams.algebra.solving import letters_of
from symparams.errors import LimitError, SymparamsError
from symparams.layers.activation import PReLU
from symparams.layers.param import Param
from symparams.model.derived import Counts
from symparams.model.network import Network
from symparams.model.work import Work
from symparams.quantities.derivation import Derivation, derive_parameters, derive_shape
from symparams.quantities.field import State
from symparams.quantities.layer_quantities import QUANTITIES, NetworkQuantities
from symparams.quantities.settings import Settings
from tests.differential.comparing import DisagreementError
from tests.differential.family import Draw, Family
from tests.differential.generating import networks
from tests.helpers import condition_holds, net, value

Letters = Mapping[str, int]

_WHOLE = re.compile(r'"[^"]*"|(?<![\w@])(?<!\d\.)([0-9]+)(?!\w)(?!\.\d)')  # a number, outside texts and names
_AXIS = re.compile(r"(-|(axis|axes|trailing|dim)=|(permute|normalization|unflatten)\((\d+, )*)$", re.IGNORECASE)
_NAMES = [*"abcdefghkmprstuvwyz", "C_in", "C_out", "H", "W", "n_1", "k_h", "T"]
_ONE_HOT = re.compile(r"onehot|one_hot|CategoryEncoding", re.IGNORECASE)
_SETTINGS = Settings(optimizer="adam", flops="every-operation")

# Networks with letters that are refused although some numbers would do: where, and why nobody would expect otherwise.
_EQUAL = "sizes that differ as formulas are taken for a mistake; `where` can say that they are equal"
_REPEATED = "a size of 1 is repeated, where a letter stands for as many as arrive"
UNDECIDED: dict[str, str] = {
    "must be (numbers of axes|the number of an axis)": "the axes of a shape cannot depend on a letter",
    r"differs? \(.* and .*\)|may differ in their last axis only": _EQUAL,
    "has .* (features|channels) in its two directions": _EQUAL,
    "(embed_dim|d_model) is .*, but the width that arrives": _EQUAL,
    "the weights of .* fit an input .*, but here the input is .*": _EQUAL,
    "the next copy does not fit after the one before": "with a letter for their number there may be two copies",
    "each copy changes the number of axes": "with a letter for their number there may be two copies",
    "has no formula that could be proved": "sizes must be followed through all copies; the message asks for a number",
    r"is for \d spatial axes": "with a letter for their number there may be two copies",
    "there is no axis": "with a letter for their number there may be two copies",
    "needs fft_length where the length of a frame is a letter": "the next power of two has no formula",
    "has layers only with units": "a letter need not be 1",
    "the formulas here grow too large": "a limit",
    "does not name each of the axes": "the axes of a shape cannot depend on a letter",
    "has the size .* along .* or 1 would fit": _REPEATED,
    "PyTorch has same padding for stride 1 only": "a letter need not be 1",
}


@dataclass(frozen=True)
class Lettered:
    """A network text with some of its numbers as letters."""

    pieces: tuple[str, ...]  # the text around the numbers
    names: tuple[str, ...]  # the letter of each number
    values: tuple[tuple[str, int], ...]  # of the letters, as generated
    others: tuple[tuple[tuple[str, int], ...], ...]  # further values to try

    def filled(self, numbers: Mapping[str, int] | None = None) -> str:
        """The text, with its letters or with numbers for them."""
        words = [name if numbers is None else str(numbers[name]) for name in self.names]
        return "".join(x for pair in zip(self.pieces, [*words, ""], strict=True) for x in pair)

    def __str__(self) -> str:
        return f"{self.filled()}\n# {dict(self.values)}" + "".join(f"\n# {dict(v)}" for v in self.others)


@st.composite
def lettered(draw: Draw, convention: str, only: Family | None = None) -> Lettered:
    """A network of the other generator, some of its numbers as letters, and a few values for them."""
    text = draw(networks(convention, only))
    used = set(re.findall(r"\w+", text))
    names = [name for name in _NAMES if name not in used]
    start = draw(st.integers(0, len(names) - 1))
    names = names[start:] + names[:start]
    found = [m for m in _WHOLE.finditer(text) if m[1] and int(m[1]) > 0 and not _AXIS.search(text, 0, m.start())]
    often = draw(st.sampled_from([1, 2, 4]))
    pieces, taken, values, end = list[str](), list[str](), dict[str, int](), 0
    for match in found:
        if draw(st.integers(0, 4)) >= often or not names:
            continue
        alike = [name for name, number in values.items() if number == int(match[1])]
        name = draw(st.sampled_from([names[-1], *alike]))
        names = [other for other in names if other != name]
        values[name] = int(match[1])
        pieces.append(text[end : match.start()])
        taken.append(name)
        end = match.end()
    moved = [{n: _moved(draw, v) for n, v in values.items()} for _ in range(draw(st.integers(1, 4)) if values else 0)]
    others = tuple(tuple(m.items()) for m in moved)
    return Lettered((*pieces, text[end:]), tuple(taken), tuple(values.items()), others)


def _moved(draw: Draw, number: int) -> int:
    """Mostly the same number, else one beside it, a multiple, or a small one."""
    way = draw(st.integers(0, 5))
    if way < 3:
        return number
    if way == 3:
        return max(1, number + draw(st.integers(-3, 3)))
    return number * draw(st.integers(1, 3)) if way == 4 else draw(st.integers(1, 6))


@dataclass
class Tally:
    """What has been compared."""

    accepted: int = 0
    refused: int = 0
    layers: Counter[str] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        lines = [f"{self.accepted} values accepted, {self.refused} refused, {self.layers.total()} layers"]
        lines += [f"  {n} times: {what}" for what, n in self.undecided.most_common()]
        return "\n".join(lines)


class LetterCheck:
    """Networks with letters against networks with numbers."""

    def __init__(self) -> None:
        self.tally = Tally()

    def compare(self, given: Lettered) -> None:
        """Raises DisagreementError at the first formula that has another value."""
        try:
            symbolic = net(given.filled())
        except SymparamsError as error:
            self._undecided(given, error)
            return
        try:
            formulas = Formulas(symbolic)
        except LimitError as error:
            self.tally.undecided[error.matter] += 1
            return
        for letters in map(dict, (given.values, *given.others)):
            self._at(given, formulas, letters)

    def _undecided(self, given: Lettered, error: SymparamsError) -> None:
        """The letters are refused: then the numbers are, or it is one of the known reasons."""
        for letters in map(dict, (given.values, *given.others)):
            if isinstance(_numeric(given, letters), Network):
                reason = (
                    _one_place(given)
                    or _no_copy(given, error)
                    or next((known for known in UNDECIDED if re.search(known, error.matter)), None)
                )
                if reason is None:
                    raise DisagreementError(f"refused with letters, accepted with {letters}: {error.matter}")
                self.tally.undecided[reason] += 1
                return

    def _at(self, given: Lettered, formulas: Formulas, letters: Letters) -> None:
        symbolic = formulas.network
        numeric = _numeric(given, letters)
        broken = [
            f"{shown(c.left, SOURCE)} {c.relation} {shown(c.right, SOURCE)}"
            for c in symbolic.conditions
            if not condition_holds(c, letters)
        ]
        if isinstance(numeric, SymparamsError):
            if not broken:
                stated = [f"{shown(c.left, SOURCE)} {c.relation} {shown(c.right, SOURCE)}" for c in symbolic.conditions]
                raise DisagreementError(f"all of {stated} hold at {letters}, but: {numeric.matter}")
            self.tally.refused += 1
            return
        if broken and (reason := _one_place(given) or _special(symbolic, letters)):
            self.tally.undecided[reason] += 1
            return
        if broken:
            raise DisagreementError(f"the numbers {letters} are accepted, but not {broken}")
        self.tally.accepted += 1
        formulas.check(numeric, letters)
        self.tally.layers.update(node.kind for node in numeric.nodes)


def _numeric(given: Lettered, letters: Mapping[str, int]) -> Network | SymparamsError:
    try:
        return net(given.filled(letters))
    except SymparamsError as error:
        return error


def _special(network: Network, letters: Letters) -> str:
    """Why numbers may be accepted that break a condition of the formulas."""
    outermost = [node.repeats[0] for node in network.nodes if node.repeats]
    if any(value(as_formula(repeat.count), letters) <= 0 for repeat in outermost):
        return "a bracket without any copy, or only one where the first differs"
    counts = [node.layer.parameters for node in network.nodes if isinstance(node.layer, PReLU)]
    if any(isinstance(count, Formula) and value(count, letters) == 1 for count in counts):
        return "one slope for all channels, where a letter stands for one each"
    learned = [(node.layer, node.derived) for node in network.nodes]
    joined = [
        (*layer.shape, *derived.arriving[0].shape)
        for layer, derived in learned
        if isinstance(layer, Param) and layer.join in ("add", "multiply")
    ]
    open_ = [size for sizes in joined for size in map(as_formula, sizes) if letters_of(size)]
    if any(not letters_of(size).keys() <= letters.keys() or value(size, letters) == 1 for size in open_):
        return _REPEATED
    return ""


def _one_place(given: Lettered) -> str:
    return "an axis of size 1 is left out by onehot" if _ONE_HOT.search(given.filled()) else ""


def _no_copy(given: Lettered, error: SymparamsError) -> str:
    contradicts = re.search("no values? of the letters fits?", error.matter)
    copied = re.search(r"\] \*| for \w+ in ", given.filled())
    return "conditions of copies that contradict others, where there may be no copy" if contradicts and copied else ""


class Formulas:
    """Everything that is said of a network with letters, to be held against networks with numbers."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.said = NetworkQuantities(network, QUANTITIES, _SETTINGS)
        self.is_repeated = any(node.repeats for node in network.nodes)
        self.derived = [] if self.is_repeated else [[*self._derivations(i)] for i in range(len(network.nodes))]
        self.totals = [
            (measure, self.said.total(measure), self.said.total_sum(measure)) for measure in self.said.chosen
        ]

    def _derivations(self, index: int) -> Iterator[tuple[str, Derivation]]:
        node = self.network.nodes[index]
        yield "params", derive_parameters(node.derived)
        for derivation in derive_shape(node.derived):
            yield derivation.axis, derivation
        for measured in self.said.of(node):
            yield measured.measure.name, measured.derivation
        axes = self.said.fields_of(index)
        for axis in () if isinstance(axes, str) else axes:
            for derivation in axis.steps:
                yield "receptive field", derivation

    def check(self, numeric: Network, letters: Letters) -> None:
        """Raises DisagreementError where a formula has another value than the network with numbers."""
        At(self, numeric, letters).check()


class At:
    """The formulas of a network at some values, and the network with these numbers."""

    def __init__(self, formulas: Formulas, numeric: Network, letters: Letters) -> None:
        self.formulas = formulas
        self.numeric = numeric
        self.letters = letters
        self.said = NetworkQuantities(numeric, QUANTITIES, _SETTINGS)

    def check(self) -> None:
        """Every layer, and the whole."""
        symbolic = self.formulas.network
        if not self.formulas.is_repeated:
            if [n.name for n in symbolic.nodes] != [n.name for n in self.numeric.nodes]:
                raise DisagreementError(f"other layers at {self.letters}")
            for index in range(len(self.numeric.nodes)):
                self._layer(index)
        self._shape(symbolic.nodes[-1].shape, self.numeric.nodes[-1].shape, "the last shape")
        self._counts(symbolic.counts, self.numeric.counts, "the network")
        for measure, total, terms in self.formulas.totals:
            wanted = self.said.total(measure)
            self._equal(total, wanted, f"total {measure.name}")
            self._equal(terms, wanted, f"sum of {measure.name}")

    def _layer(self, index: int) -> None:
        mine, other = self.formulas.network.nodes[index], self.numeric.nodes[index]
        self._shape(mine.shape, other.shape, f"shape of {mine.name}")
        self._counts(mine.counts, other.counts, mine.name)
        for f in fields(Work):
            if f.name != "because":
                done, wanted = (getattr(node.derived.work, f.name) for node in (mine, other))
                self._equal(done, wanted, f"{f.name} of {mine.name}")
        for measure in self.said.chosen:
            found, there = self.formulas.said.named(measure.name, mine), self.said.named(measure.name, other)
            ends = [0 if side is None else side.derivation.value for side in (found, there)]
            self._equal(ends[0], ends[1], f"{measure.name} of {mine.name}")
        self._field(self.formulas.said.states[index], self.said.states[index], f"receptive field of {mine.name}")
        for quantity, derivation in self.formulas.derived[index]:
            result = value(as_formula(derivation.value), self.letters)
            for step in derivation.steps:
                self._equal(step.expression, result, f"a step of {quantity} of {mine.name}")

    def _counts(self, mine: Counts, other: Counts, what: str) -> None:
        for f in fields(Counts):
            self._equal(getattr(mine, f.name), getattr(other, f.name), f"{f.name} of {what}")

    def _field(self, mine: State, other: State, what: str) -> None:
        # The letters may leave open whether branches step alike, or whether a single place is left, which sees all.
        if mine == "unknown" or other == "everywhere":
            return
        if isinstance(mine, str) or isinstance(other, str):
            if mine != other:
                raise DisagreementError(f"{what} at {self.letters}: {mine}, but with numbers {other}")
            return
        for a, b in zip(mine, other, strict=True):
            for name in ("size", "jump", "offset"):
                self._equal(getattr(a, name), getattr(b, name), f"{name} of {what}")

    def _shape(self, mine: tuple[Value, ...], other: tuple[Value, ...], what: str) -> None:
        for a, b in zip(mine, other, strict=True):
            self._equal(a, b, what)

    def _equal(self, mine: Value, wanted: Value, what: str) -> None:
        found, number = value(as_formula(mine), self.letters), value(as_formula(wanted), {})
        if found != number:
            text = shown(as_formula(mine), PLAIN)
            raise DisagreementError(f"{what} at {self.letters}: {text} = {found}, but with numbers {number}")
