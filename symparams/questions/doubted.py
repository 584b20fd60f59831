"""Which numbers of a network somebody doubts who writes about it, and for which layer each was meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Value, as_formula
from symparams.errors import Source, Span, SymparamsError
from symparams.model.network import Network
from symparams.quantities.counted_off import at, kinds, of_words
from symparams.quantities.named_layers import layers_named
from symparams.quantities.totals import amount
from symparams.questions.diagnosis import Diagnosis, Diagnostician
from symparams.reading.asking import inquiry
from symparams.reading.doubts import Sentences, Written, asking, ordinals_in, written_in
from symparams.reading.reading import Reading, WrongRow
from symparams.sources.answers import read_answer, read_shape

_DOTTED = re.compile(r"\d{1,3}(?:\.\d{3})+")
_SMALLEST = 10  # smaller numbers in prose are settings, not counts
_FACTORS = 3  # a formula with fewer numbers and no result describes, it does not count
_DESCRIBED = 3  # a sentence that names so many layers describes the network
_TRIED = 12  # so many layers are tried for a number that names none
_TRAINED = re.compile(
    r"train(?:able|ed|iert|ierbar)|fro[sz]e|freez|requires_grad|entra[iî]n|entren|eingefror|congel|обуча|训练", re.I
)
_UNTRAINED = re.compile(r"non[\s-]?trainable|untrain|not\s+train|nicht\s+train", re.I)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that is asked about a number of a network."""

    layer: str | None  # which layer is asked about; None: the total
    quantity: str  # of which the number is
    diagnosis: Diagnosis | None  # of the wrong number; None: only the right one is asked about
    at: Span | None  # where it stands in the text; None: the whole text asks
    text: str = ""  # the number, formula or shape as it was written; empty: none was


class Doubts:
    """Reads prose about one network."""

    def __init__(self, network: Network, prose: str) -> None:
        self.network = network
        self.prose = prose
        self.written = written_in(prose)
        self.asking = asking(prose)
        asked = inquiry(prose)
        self.quantity = asked.quantity or "params"  # that is asked about where no shape is written
        self.quantities = asked.quantities or ("params",)
        self.diagnostician = Diagnostician(network)

    def found(self) -> tuple[Doubt, ...]:
        """The doubts, in the order of the text: wrong numbers first of all, else right ones that are asked about."""
        wrong = list(self._once(self._wrong()))
        known = {(doubt.layer, doubt.quantity) for doubt in wrong}
        places = {doubt.at for doubt in wrong}
        asked = [
            d for d in self._asked() if (d.layer, d.quantity) not in known and (d.at is None or d.at not in places)
        ]
        if wrong:
            usual = ("params", self.quantity)
            asked = [d for d in asked if d.quantity not in usual or (d.layer is not None and self._is_without(d.layer))]
        elif not asked and self.asking and self._only is not None:
            asked = [Doubt(self._only, quantity, None, None) for quantity in self.quantities]
        elif not asked and self.asking & self._of_training and self.network.counts.non_trainable != 0:
            untrained = _UNTRAINED.search(self.prose) is not None
            asked = [Doubt(None, "non_trainable" if untrained else "trainable", None, None)]
        return (*wrong, *self._once(asked))

    # ------------------------------------------------------------ what the text speaks of

    @cached_property
    def _counted(self) -> dict[int, list[str | None]]:
        """The layers by their number of parameters; None stands for the total."""
        by_count: dict[int, list[str | None]] = {}
        for node in self.network.nodes:
            if isinstance(node.all_counts.params, int) and node.all_counts.params >= _SMALLEST:
                by_count.setdefault(node.all_counts.params, []).append(node.name)
        total = self.network.counts.params
        if isinstance(total, int) and (self._only is None or self._only not in by_count.get(total, [])):
            by_count.setdefault(total, []).append(None)
        return by_count

    @cached_property
    def _only(self) -> str | None:
        """The only layer that has parameters; None if there are several, or none."""
        weighted = [node.name for node in self.network.nodes if node.counts.params != 0]
        return weighted[0] if len(weighted) == 1 else None

    @cached_property
    def _parts(self) -> set[Value]:
        """How many parameters of a layer, or of all, are trained and how many are not."""
        every = [self.network.counts, *(node.all_counts for node in self.network.nodes)]
        return {part for counts in every for part in (counts.trainable, counts.non_trainable)}

    @cached_property
    def _of_parts(self) -> dict[Written, str]:
        """The numbers that are how many of all parameters are trained, or how many are not, each with which of them.

        One that is also the number of a layer is meant so where its sentence speaks of training, or nothing names it.
        """
        counts, found = self.network.counts, {}
        spoken = {name for name, _ in (*self.named, *self.counted_off)}
        told = {node.counts.non_trainable for node in self.network.nodes if node.counts.params != counts.params}
        own = self._of_written_layers
        for one in self.written:
            value, meant = self._value(one), one.sentence in self._of_training
            if value is None or value < _SMALLEST or value == counts.params or value in own:
                continue
            if value == counts.trainable and (meant or not spoken.intersection(self._counted.get(value, ()))):
                found[one] = "trainable"
            elif value == counts.non_trainable and value not in self._counted and (meant or value not in told):
                found[one] = "non_trainable"
        values = {self._value(one): part for one, part in found.items()}
        return {one: values[value] for one in self.written if (value := self._value(one)) in values}

    @cached_property
    def _of_written_layers(self) -> set[Value]:
        """What is not trained in layers whose own number is written, too: the answer on such a layer tells both."""
        values = set(map(self._value, self.written)) - {self.network.counts.params}
        every = [node.all_counts for node in self.network.nodes]
        return {counts.non_trainable for counts in every if counts.params in values} - {0}

    @cached_property
    def right(self) -> list[tuple[Written, str | None]]:
        """Numbers that are right, each with its layer; those that several layers have are left out."""
        found = []
        for one in self.written:
            if one in self._of_parts:
                continue
            owners = self._counted.get(self._value(one) or -1, [])
            if len(owners) == 1:
                found.append((one, owners[0]))
        return found

    @cached_property
    def _of_training(self) -> set[int]:
        """The numbers of the sentences that speak of what is trained."""
        sentences = Sentences(self.prose)
        return {sentences.of(word.start()) for word in _TRAINED.finditer(self.prose)}

    @cached_property
    def named(self) -> list[tuple[str, int]]:
        """The layers that are called by their names, each with the number of its sentence."""
        found = []
        sentences = Sentences(self.prose)
        for name in self.network.names:
            if not re.search(r"[\d_.]", name):  # `dense` is also a word; it counts only in code marks
                pattern = rf"[`'\"]{re.escape(name)}[`'\"]"
            else:
                pattern = rf"(?<![\w.]){re.escape(name)}(?![\w])"
            found += [(name, sentences.of(mark.start())) for mark in re.finditer(pattern, self.prose)]
        return sorted(found, key=lambda pair: pair[1])

    @cached_property
    def counted_off(self) -> list[tuple[str, int]]:
        """The layers that the text numbers: the second convolution."""
        found = []
        for one in ordinals_in(self.prose):
            node = at(of_words(self.network, one.words), one.position)
            if node is not None:
                found.append((node.name, one.sentence))
        return found

    # ------------------------------------------------------------ wrong numbers

    def _wrong(self) -> Iterator[Doubt]:
        right = {one.at for one in (*self._of_parts, *(one for one, _ in self.right))}
        others = [one for one in self.written if one.at not in right and not self._is_setting(one)]
        for tried, explained in (("formula shape", True), ("number", True), ("formula shape", False)):
            some = [one for one in others if one.kind in tried]
            found = list(filter(None, map(self._explained if explained else self._unexplained, some)))
            if found:
                yield from found
                return

    def _is_setting(self, one: Written) -> bool:
        """Whether something in prose only describes a layer: a small number, a kernel of 5*5, an output shape."""
        if one.kind == "shape":
            return self._sizes(one) in self._shapes
        if one.kind == "number":
            value = self._value(one) or 0
            is_part = value in self._parts and one.sentence in self._of_training
            return value < _SMALLEST or value in self._settings or is_part
        numbers = re.findall(r"\d+", one.text)
        return one.kind == "formula" and not one.result and len(numbers) < _FACTORS and len({*numbers}) == 1

    def _explained(self, one: Written) -> Doubt | None:
        near = list(dict.fromkeys((*self._near(one), *self._alike(one))))
        quantity = "shape" if one.kind == "shape" else self.quantity
        for layer in near:
            diagnosis = self._typed(layer, quantity, one)
            if diagnosis is not None and self._is_explained(diagnosis, one):
                return Doubt(layer, quantity, diagnosis, one.at, one.text)
        if one.kind != "formula":
            return None
        others = [node.name for node in self.network.nodes if node.counts.params != 0 and node.name not in near]
        for layer in (*others[:_TRIED], None):
            diagnosis = self._typed(layer, quantity, one)
            if diagnosis is not None and self._is_explained(diagnosis, one, surely=True):
                return Doubt(layer, quantity, diagnosis, one.at, one.text)
        return None

    def _alike(self, one: Written) -> Iterator[str]:
        """The layers whose output has as many channels as a shape in prose, and as many axes."""
        sizes = self._sizes(one) if one.kind == "shape" else ()
        for node in self.network.nodes if len(sizes) > 1 else ():
            axis = node.derived.feature_axis
            if node.inputs and len(node.shape) == len(sizes) and as_formula(node.shape[axis]) == sizes[axis]:
                yield node.name

    def _unexplained(self, one: Written) -> Doubt | None:
        """A wrong sum that no mistake gives, for the layer that it is likeliest meant for."""
        quantity = "shape" if one.kind == "shape" else self.quantity
        near = next(self._alike(one) if one.kind == "shape" else self._near(one), None)
        is_sum = self._value(one) not in (None, *self._settings) and re.search(r"[+(]", one.text) is not None
        if near is None or not (is_sum or one.kind == "shape"):
            return None
        diagnosis = self._typed(near, quantity, one)
        return None if diagnosis is None else Doubt(near, quantity, diagnosis, one.at, one.text)

    @staticmethod
    def _is_explained(diagnosis: Diagnosis, one: Written, surely: bool = False) -> bool:
        """Whether a mistake gives what was written; two at once only for a sum for a layer that is spoken of."""
        pairs = not surely and re.search(r"[+(]", one.text) is not None
        return any(len(match.made) == 1 or pairs for match in diagnosis.matches)

    def _near(self, one: Written) -> Iterator[str | None]:
        """The layers that a number may be meant for, the likeliest first."""
        spoken = [(layer, w.sentence) for w, layer in self.right]
        if one.kind != "number" or {one.sentence, one.sentence + 1} & self.asking:
            spoken += [*self.named, *self.counted_off]
        for distance in (0, 1, 2):
            yield from (layer for layer, sentence in spoken if abs(sentence - one.sentence) == distance)
        if one.kind == "formula":
            yield from (layer for layer, _ in spoken)
        if self._only is not None and (one.kind == "formula" or {one.sentence, one.sentence + 1} & self.asking):
            yield self._only

    @cached_property
    def _shapes(self) -> set[tuple[Formula, ...]]:
        """The shapes that layers output."""
        return {tuple(map(as_formula, node.shape)) for node in self.network.nodes}

    @staticmethod
    def _sizes(one: Written) -> tuple[Formula, ...]:
        with suppress(SymparamsError):
            return read_shape(Source("text", one.text), {})
        return ()

    @cached_property
    def _settings(self) -> set[int]:
        """Sizes of the network, which prose repeats."""
        return {size for node in self.network.nodes for size in node.shape if isinstance(size, int)}

    def _typed(self, layer: str | None, quantity: str, one: Written) -> Diagnosis | None:
        with suppress(SymparamsError):
            diagnosis = self.diagnostician.typed(layer, quantity, one.text)
            open_ = any(isinstance(value, Formula) for value in diagnosis.value)  # right for some value of a letter
            return None if diagnosis.correct or open_ else diagnosis
        return None

    # ------------------------------------------------------------ right numbers

    def _asked(self) -> Iterator[Doubt]:
        """What is asked about without a wrong number; of all that is right only what stands in a question."""
        for one, part in self._of_parts.items():
            yield Doubt(None, part, None, one.at)
        several = len({layer for _, layer in self.right}) > 1
        for one, layer in self.right:
            if not several or one.sentence in self.asking:
                yield Doubt(layer, "params", None, one.at)
        for name, sentence in (*self.named, *self.counted_off):
            if sentence in self.asking:
                yield Doubt(name, self.quantity, None, None)
        for name in self._without():
            yield Doubt(name, self.quantity, None, None)

    def _without(self) -> Iterator[str]:
        """A layer of each kind that has no parameters and is asked about."""
        sentences = Sentences(self.prose)
        words = [(m[0].lower(), sentences.of(m.start())) for m in re.finditer(r"[^\W\d_]\w*", self.prose)]
        known = kinds()
        spoken = Counter(sentence for word, sentence in words if word in known)
        without = {
            known[word]
            for word, sentence in words
            if word in known and self._is_near_question(sentence) and spoken[sentence] < _DESCRIBED
        }
        for node in self.network.nodes:
            if type(node.layer) in without and node.layer.inputs != "none" and node.derived.counts.params == 0:
                without.discard(type(node.layer))
                yield node.name

    def _is_near_question(self, sentence: int) -> bool:
        return sentence in self.asking or sentence + 1 in self.asking

    def _is_without(self, layer: str) -> bool:
        return self.network.node(layer).derived.counts.params == 0

    # ------------------------------------------------------------ values

    def _value(self, one: Written) -> int | None:
        """The number that something comes to; None for a shape, or where it is no integer."""
        text = one.text
        if one.kind == "shape" and len(read := re.findall(r"\d+", text)) < 2 and read:
            text = read[0]
        with suppress(SymparamsError):
            if one.kind == "shape":
                read_shape(Source("text", text), {})
                return None
            if one.kind == "number" and _DOTTED.fullmatch(text):  # 18.207, as several languages write it
                text = text.replace(".", "")
            value = number(read_answer(Source("text", text), {}))
            return value if isinstance(value, int) else None
        return None

    @staticmethod
    def _once(doubts: Iterable[Doubt]) -> Iterator[Doubt]:
        """One for each layer and value, and for each mistake."""
        seen: set[tuple[object, ...]] = set()
        for doubt in doubts:
            about, diagnosis = (doubt.layer, doubt.quantity), doubt.diagnosis
            values = () if diagnosis is None else tuple(map(str, diagnosis.answer))
            keys: set[tuple[object, ...]] = {(*about, values)}
            if diagnosis is not None and len(diagnosis.matches) == 1:
                keys.add((*about, diagnosis.matches[0].made))
            if not keys & seen:
                yield doubt
            seen |= keys


def doubts_about(
    network: Network, reading: Reading, layer: str | None = None, quantity: str | None = None
) -> tuple[Doubt, ...]:
    """What a text asks about the network that it describes; of a layer or a quantity that is named, that one at least.

    Raises SymparamsError for a layer that there is not, and for a quantity that only layers have where none is named.
    """
    doubts = _doubts(network, reading)
    if layer is None and quantity is None:
        return doubts
    names = [node.name for node in layers_named(network, layer)] if layer is not None else [None]
    named = tuple(d for d in doubts if d.layer in names and quantity in (None, d.quantity))
    if layer is None and not named:
        amount(quantity or "params")
    return named or tuple(Doubt(name, quantity or "params", None, None) for name in names)


def _doubts(network: Network, reading: Reading) -> tuple[Doubt, ...]:
    """Rows that are wrong, then what the prose doubts."""
    rows = [doubt for row in reading.wrong if (doubt := _of_row(network, row)) is not None]
    known = {doubt.layer for doubt in rows}
    prose = Doubts(network, reading.prose).found() if reading.prose.strip() else ()
    return (*rows, *(doubt for doubt in prose if doubt.layer not in known))


def _of_row(network: Network, row: WrongRow) -> Doubt | None:
    """What is wrong with a printed number; None where it cannot be said of one layer or of the total."""
    is_total = row.name == "total" and row.field in ("params", "total")
    if row.printed is None or not (is_total or (row.name in network.names and row.field in ("params", "shape"))):
        return None
    layer, quantity = (None, "params") if is_total else (row.name, row.field)
    text = str(row.printed) if isinstance(row.printed, int) else " x ".join(str(size) for size in row.printed)
    with suppress(SymparamsError):
        diagnosis = Diagnostician(network).typed(layer, quantity, text)
        if not diagnosis.correct:
            return Doubt(layer, quantity, diagnosis, row.at, text)
    return None
