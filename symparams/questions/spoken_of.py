"""What prose says of one network: the layers that it names, and which of its numbers are right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property, lru_cache

from symparams.algebra.evaluation import Exact, number
from symparams.algebra.formula import Formula, Value, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import Source, SymparamsError
from symparams.layers.dense import Flatten
from symparams.model.layer import Shape
from symparams.model.network import Network, Node
from symparams.quantities.named_layers import numbers_given
from symparams.quantities.tensor_counts import stored_tensors
from symparams.questions.calculations import led_on_from, multiples
from symparams.questions.naming import Naming
from symparams.reading.doubts import Written, written_in
from symparams.sources.answers import read_answer, read_shape

_BEFORE = 80  # characters before a number that say how it is meant
SMALLEST = 10  # smaller numbers in prose are settings, not counts
_EXPECTED = re.compile(  # stands before what somebody takes for right
    r"\b(?:expect(?:ed|ing)?|should(?:n't)?|thought|think|believed?|instead\s+of|rather\s+than|(?:and|why|but)\s+not)\b"
    r"(?:(?!\bbut\b)[^.?!;]){0,40}$",
    re.I,
)
_SUPPOSED = re.compile(r"\b(?:without|if\s+there\s+were\s+no)\b[^.?!]{0,40}\bwould\b[^.?!,;]{0,20}$", re.I)
_OF_INPUTS = re.compile(r"\b(?:inputs|input\s+features|in_features)\b", re.I)
_INPUTS = 24  # characters before a number, and half of them behind it, that say that it counts inputs
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{3})+")
_TRAINED = re.compile(
    r"train(?:able|ed|iert|ierbar)|fro[sz]e|freez|requires_grad|entra[iî]n|entren|eingefror|congel|обуча|训练", re.I
)


class Spoken(Naming):
    """Reads prose about one network."""

    def __init__(self, network: Network, prose: str) -> None:
        super().__init__(network, prose)
        self.written = written_in(prose, network.symbols)

    def sole(self, quantity: str) -> str | None:
        """The only layer that a question about a quantity can be meant for; None if there are several, or none."""
        changing = [node for node in self._changing if not isinstance(node.layer, Flatten)]
        if quantity in ("params", "memory") or (self.only and (quantity != "shape" or len(changing) < 2)):
            return self.only
        some = self.layers if len(self.layers) == 1 else changing
        return some[0].name if len(some) == 1 else None

    # ------------------------------------------------------------ counts

    @cached_property
    def counted(self) -> dict[int, list[str | None]]:
        """The layers by their number of parameters; None stands for the total."""
        by_count: dict[int, list[str | None]] = {}
        for node in self.network.nodes:
            if isinstance(node.all_counts.params, int) and node.all_counts.params >= SMALLEST:
                by_count.setdefault(node.all_counts.params, []).append(node.name)
        total = self.network.counts.params
        if isinstance(total, int) and (self.only is None or self.only not in by_count.get(total, [])):
            by_count.setdefault(total, []).append(None)
        return by_count

    @cached_property
    def right(self) -> list[tuple[Written, str | None]]:
        """Numbers that are right, each with its layer; those that several layers have are left out."""
        found = []
        for one in self.written:
            if one in self.of_parts:
                continue
            owners = self.counted.get(self.value(one) or -1, [])
            if len(owners) == 1:
                found.append((one, owners[0]))
        return found

    @cached_property
    def parts(self) -> set[Value]:
        """How many parameters of a layer, or of all, are trained and how many are not."""
        every = [self.network.counts, *(node.all_counts for node in self.network.nodes)]
        return {part for counts in every for part in (counts.trainable, counts.non_trainable)}

    @cached_property
    def of_training(self) -> set[int]:
        """The numbers of the sentences that speak of what is trained."""
        return {self.sentences.of(word.start()) for word in _TRAINED.finditer(self.prose)}

    @cached_property
    def of_parts(self) -> dict[Written, str]:
        """The numbers that are how many of all parameters are trained, or how many are not, each with which of them.

        One that is also the number of a layer is meant so where its sentence speaks of training, or nothing names it.
        """
        counts, found = self.network.counts, {}
        spoken = {name for name, _ in (*self.named, *self.counted_off, *self.only_ones)}
        told = {node.counts.non_trainable for node in self.network.nodes if node.counts.params != counts.params}
        own = self._of_written_layers
        for one in self.written:
            value, meant = self.value(one), one.sentence in self.of_training
            if value is None or value < SMALLEST or value == counts.params or value in own:
                continue
            if not meant and one.kind == "formula":  # who works it out means all parameters
                continue
            if value == counts.trainable and (meant or not spoken.intersection(self.counted.get(value, ()))):
                found[one] = "trainable"
            elif value == counts.non_trainable and value not in self.counted and (meant or value not in told):
                found[one] = "non_trainable"
        values = {self.value(one): part for one, part in found.items()}
        return {one: values[value] for one in self.written if (value := self.value(one)) in values}

    @cached_property
    def of_written_layers(self) -> list[Written]:
        """Numbers that are how much is not trained in a layer whose number stands in the same sentence."""
        counts = {node.all_counts.params: node.all_counts.non_trainable for node in self.network.nodes}
        parts = {(w.sentence, counts[n]) for w in self.written if (n := self.value(w)) is not None and n in counts}
        return [one for one in self.written if (one.sentence, self.value(one)) in parts and not self.is_expected(one)]

    @cached_property
    def _of_written_layers(self) -> set[Value]:
        """What is not trained in layers whose own number is written, too: the answer on such a layer tells both."""
        values = set(map(self.value, self.written)) - {self.network.counts.params}
        every = [node.all_counts for node in self.network.nodes]
        return {counts.non_trainable for counts in every if counts.params in values} - {0}

    @cached_property
    def multiples(self) -> dict[Written, Written]:
        """Numbers that are several times a formula in front of them: 4 of these make 346112."""
        return multiples(self.written, self.value, self.counted)

    @cached_property
    def steps(self) -> set[Written]:
        """Formulas that a calculation goes on with, so that they are no answers by themselves."""
        return led_on_from(self.written, self.value, self.only is not None).union(self.multiples.values())

    # ------------------------------------------------------------ sizes

    @cached_property
    def settings(self) -> set[int]:
        """Sizes and settings of the network, which prose repeats."""
        sizes = {size for node in self.network.nodes for size in node.shape if isinstance(size, int)}
        return sizes.union(*(numbers_given(node.layer) for node in self.network.nodes))

    @cached_property
    def shapes(self) -> set[tuple[Formula, ...]]:
        """The shapes that layers output, with their channels and without them."""
        whole = {tuple(map(as_formula, node.shape)) for node in self.network.nodes}
        return whole | {_spatial(n.shape, n) for n in self.network.nodes if len(n.shape) > 2}

    @cached_property
    def tensors(self) -> set[tuple[Formula, ...]]:
        """The shapes of the tensors of layers: a matrix of 8000 x 24."""
        every = (t for n in self.network.nodes for t in stored_tensors(n.derived.rules, n.derived.facts))
        return {tuple(map(as_formula, t.shape)) for t in every if len(t.shape) > 1}

    @cached_property
    def right_sizes(self) -> list[tuple[Written, str]]:
        """Sizes and shapes that are right and made by a layer, each with this layer.

        A shape counts where it is whole; a number where it is all that is laid out in a row, or where what the layer
        makes it from is written beside it.
        """
        return [
            (one, node.name)
            for one in self.written
            if not (one.kind == "shape" and self.is_expected(one))
            for node in [next((n for n in self._changing if self._is_its_size(one, n)), None)]
            if node is not None
        ]

    @cached_property
    def _changing(self) -> list[Node]:
        """The layers whose output has another shape than their only input."""
        return [
            n for n in self.network.nodes if len(n.derived.arriving) == 1 and n.derived.arriving[0].shape != n.shape
        ]

    def is_expected(self, one: Written) -> bool:
        """Whether somebody expected it, which says that it is doubted."""
        return _EXPECTED.search(self.prose[max(one.at.start - _BEFORE, 0) : one.at.start]) is not None

    def is_supposed(self, one: Written) -> bool:
        """Whether it is what there would be without something: nobody takes that for the right number."""
        return _SUPPOSED.search(self.prose[max(one.at.start - _BEFORE, 0) : one.at.start]) is not None

    def readers(self, layer: str) -> set[str]:
        """The layers that are fed by one."""
        index = self.network.index(layer)
        return {node.name for node in self.network.nodes if index in node.inputs}

    def _is_its_size(self, one: Written, node: Node) -> bool:
        """Whether something that is written is a size that this layer makes, or its whole shape."""
        arriving = node.derived.arriving[0].shape
        if one.kind == "shape" and len(sizes := self.sizes(one)) > 1:
            whole = tuple(map(as_formula, node.shape))
            if whole in (sizes, sizes[1:] if len(whole) > 1 else ()):  # the batch may stand before it
                return True
            if (
                len(sizes) >= len(whole) > 2
                and "None" in one.text
                and whole == (*sizes[-len(whole) + 1 :], sizes[-len(whole)])
            ):
                return True  # as Keras prints it where the channels come first
            beside = [w for w in self.written if w.kind == "shape" and abs(w.sentence - one.sentence) <= 1]
            before, after = (_spatial(x, node) for x in (arriving, node.shape))
            return len(after) > 1 and sizes == after != before and before in map(self.sizes, beside)
        value = self.value(one)
        if value is None or value < 2:
            return False
        if len(node.shape) == 1 and len(arriving) > 1 and node.counts.params == 0:
            return value == node.shape[0] and value >= SMALLEST and value not in arriving
        near = {self.value(other) for other in self.written if abs(other.sentence - one.sentence) <= 1}
        axes = list(zip(arriving, node.shape, strict=True)) if len(arriving) == len(node.shape) else []
        features = node.derived.feature_axis % len(node.shape)
        pairs = [pair for axis, pair in enumerate(axes) if axis != features]
        return one.kind == "number" and any(after == value != before and before in near for before, after in pairs)

    def alike(self, one: Written) -> Iterator[str]:
        """The layers whose output has as many channels as a shape in prose, and as many axes."""
        sizes = self.sizes(one) if one.kind == "shape" else ()
        for node in self.network.nodes if len(sizes) > 1 else ():
            axis = node.derived.feature_axis
            if node.inputs and len(node.shape) == len(sizes) and as_formula(node.shape[axis]) == sizes[axis]:
                yield node.name

    def reading(self, sizes: set[int]) -> Iterator[str]:
        """The layers that change the size of an axis which is among these sizes."""
        for node in self._changing:
            arriving = node.derived.arriving[0].shape
            if len(arriving) == len(node.shape) and any(
                a in sizes and a != b for a, b in zip(arriving, node.shape, strict=True)
            ):
                yield node.name

    def without_batch(self, one: Written, layer: str | None) -> str:
        """A shape as a framework prints it, (4, 32, 31, 31), without the batch in front; all else as it was written."""
        if one.kind != "shape" or one.text[0] not in "([" or layer is None:
            return one.text
        sizes = self.sizes(one)
        is_batched = len(sizes) == len(self.network.node(layer).shape) + 1 > 2 and sizes[1:] not in self.shapes
        return " x ".join(shown(size, PLAIN) for size in sizes[1:]) if is_batched else one.text

    def counts_inputs(self, one: Written) -> bool:
        """Whether a number is said to count the inputs of a layer that reads a feature map in a row."""
        rows = any(isinstance(node.layer, Flatten) for node in self.network.nodes)
        around = self.prose[max(one.at.start - _INPUTS, 0) : one.at.end + _INPUTS // 2]
        return rows and one.kind != "shape" and _OF_INPUTS.search(around) is not None

    # ------------------------------------------------------------ values

    @staticmethod
    def value(one: Written) -> int | None:
        """The number that something comes to; None for a shape, or where it is no integer."""
        value = _value(one.kind, one.text)
        return value if isinstance(value, int) else None

    @staticmethod
    def is_fraction(one: Written) -> bool:
        """Whether it is a formula whose value is no integer: (100 - 5)/2 + 1."""
        value = _value(one.kind, one.text) if one.kind == "formula" else None
        return value is not None and not isinstance(value, int)

    @staticmethod
    def sizes(one: Written) -> tuple[Formula, ...]:
        """The sizes of a shape."""
        return _sizes(one.text)


@lru_cache(1024)
def _value(kind: str, text: str) -> Exact | None:
    """What a number or a formula comes to; None for a shape, and where it comes to none."""
    if kind == "shape":
        return None
    if kind == "number" and _DOTTED.fullmatch(text):  # 18.207, as several languages write it
        text = text.replace(".", "")
    with suppress(SymparamsError):
        return number(read_answer(Source("text", text), {}))
    return None


@lru_cache(1024)
def _sizes(text: str) -> tuple[Formula, ...]:
    with suppress(SymparamsError):
        return read_shape(Source("text", text), {})
    return ()


def _spatial(shape: Shape, node: Node) -> tuple[Formula, ...]:
    """The sizes of a shape, without its channels, that a layer reads or makes."""
    axis = node.derived.feature_axis % len(node.shape)
    return tuple(as_formula(size) for i, size in enumerate(shape) if i != axis)
