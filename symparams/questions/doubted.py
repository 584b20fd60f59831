"""Which numbers of a network somebody doubts who writes about it, and for which layer each was meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, symbols
from symparams.errors import Span, SymparamsError
from symparams.model.network import Network
from symparams.quantities.totals import adds_up, amount
from symparams.questions.diagnosis import Diagnosis, Diagnostician
from symparams.questions.line_by_line import Calculation
from symparams.questions.misfit import Misfit
from symparams.questions.other_counts import OtherCount
from symparams.questions.places import last_with_positions
from symparams.questions.printed_sizes import PrintedSizes
from symparams.questions.put_right import put_right
from symparams.questions.replaced import replaced
from symparams.questions.right_for import right_for
from symparams.questions.spoken_of import SMALLEST, Spoken
from symparams.reading.asking import MOST, SO_MANY, inquiry, named_in
from symparams.reading.doubts import Written

_FACTORS = 3  # a formula with fewer numbers and no result describes, it does not count
_TRIED = 12  # so many layers are tried for a number that names none
_COMPARED = 3  # layers that are told beside each other
_NEARLY = 2  # quantities of which a formula may be nearly right
_OF_SIZE = ("activations", "memory")  # quantities of a whole network
_SUMMED = re.compile(r"\b(?:sum|total|altogether|together|makes|i\s+(?:get|got|have|counted))\W{0,5}$", re.I)
_SUM = 20  # characters before a number in which it is called a sum
_SET = re.compile(  # stands before a number that is a setting of layers: "dilations [1, 2, "
    r"\b(?:kernel|filter|dilat|strid|stack|pool|window|padding)\w*[^.?!\d]{0,20}[\d,\s\[(]*$", re.I
)
_SETTING = 60  # characters before a number in which that stands
_UNTRAINED = re.compile(r"non[\s-]?trainable|untrain|not\s+train|nicht\s+train", re.I)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that is asked about a number of a network."""

    layer: str | None  # which layer is asked about; None: the total
    quantity: str  # of which the number is
    diagnosis: Diagnosis | None  # of the wrong number; None: only the right one is asked about
    at: Span | None  # where it stands in the text; None: the whole text asks
    text: str = ""  # the number, formula or shape as it was written; empty: none was
    calculation: Calculation | None = None  # line by line, of which the doubts behind this one are the wrong lines
    mark: str = ""  # of the item that asks, as it is written: b); empty: no item does
    misfit: Misfit | None = None  # a message about sizes, which the doubt behind this one goes on with
    printed: PrintedSizes | None = None  # megabytes under a table
    counts: tuple[OtherCount, ...] = ()  # right numbers of the work that the doubt before this one is about


class Doubts:
    """Reads prose about one network."""

    def __init__(self, network: Network, prose: str) -> None:
        self.network = network
        self.spoken = Spoken(network, prose)
        asked = inquiry(prose)
        self.quantity = asked.quantity or "params"  # that is asked about where no shape is written
        self.quantities = asked.quantities or (self.quantity,)
        self.asked_for = asked.quantities if len(asked.quantities) > 1 else (self.quantity,)  # in one question
        self.topics, self.batch = asked.topics, asked.batch
        self.diagnostician = Diagnostician(network)

    def found(self) -> tuple[Doubt, ...]:
        """The doubts, in the order of the text: wrong numbers first of all, else right ones that are asked about."""
        spoken = self.spoken
        wrong = list(self.once(self._wrong()))
        known = {(doubt.layer, doubt.quantity) for doubt in wrong}
        places = {doubt.at for doubt in wrong}
        every = list(self._asked()) or ([] if wrong else self._sizes_beside())
        asked = [d for d in every if (d.layer, d.quantity) not in known and (d.at is None or d.at not in places)]
        if wrong:
            asked = [d for d in asked if self._is_asked_besides(d, wrong)]
            known |= {(d.layer, d.quantity) for d in asked}
            layer = wrong[0].layer
            told = {quantity for _, quantity in known}
            others = [q for q in self.quantities if q not in told and (q in _OF_SIZE or len(self.asked_for) > 1)]
            asked += [Doubt(layer, quantity, None, None) for quantity in others]
        elif not asked and self.quantity == "field":
            at_places = [layer for layer, _ in spoken.places] or [last_with_positions(self.network)]
            asked = [Doubt(at_places[0], "field", None, None)]
        elif not asked and (compared := self._compared()):
            asked = compared
        elif not asked and spoken.asking and (soles := [(q, spoken.sole(q)) for q in self.quantities])[0][1]:
            whole = len(spoken.layers) > 1
            asked = [Doubt(None if q in _OF_SIZE and whole else sole, q, None, None) for q, sole in soles]
        elif not asked and spoken.asking & spoken.of_training and self.network.counts.non_trainable != 0:
            untrained = _UNTRAINED.search(spoken.prose) is not None
            asked = [Doubt(None, "non_trainable" if untrained else "trainable", None, None)]
        elif not asked and spoken.asking and adds_up(self.quantity) and (self.quantity != "params" or self.topics):
            asked = [Doubt(None, quantity, None, None) for quantity in self.asked_for if adds_up(quantity)]
        elif not asked and spoken.asking and self.quantity == "shape":
            at_places = [layer for layer, _ in spoken.places] or [self.network.nodes[-1].name]
            asked = [Doubt(at_places[0], "shape", None, None)]
        return (*wrong, *self.once(asked))

    def _compared(self) -> list[Doubt]:
        """The layers that a question compares by their numbers, or names by their kinds; the one with the most."""
        spoken = self.spoken
        asking = " ".join(map(spoken.sentences.text, sorted(spoken.asking)))
        if MOST.search(asking):
            counts = {n.name: n.all_counts.params for n in self.network.nodes}
            known = {name: count for name, count in counts.items() if isinstance(count, int) and count}
            return [Doubt(max(known, key=lambda name: known[name]), "params", None, None)] if known else []
        near = [
            layer
            for one, layer in spoken.right
            if layer and {one.sentence - 1, one.sentence, one.sentence + 1} & spoken.asking
        ]
        kinds = [layer for layer, sentence in spoken.only_ones if sentence in spoken.asking]
        some = list(dict.fromkeys(near if len({*near}) > 1 else kinds))
        several = [Doubt(layer, quantity, None, None) for layer in some for quantity in self.asked_for]
        return several if len(some) <= _COMPARED else []

    def _is_of_counts(self, one: Written) -> bool:
        """Whether the sentence of a size asks about parameters, of which the size is only a circumstance."""
        named = named_in(self.spoken.sentences.text(one.sentence))
        counts = SO_MANY.search(self.spoken.sentences.text(one.sentence)) is not None
        return "params" in named and ("shape" not in named or counts)

    def _sizes_beside(self) -> list[Doubt]:
        """The right sizes in the sentences around a question that says of nothing else what it asks."""
        spoken = self.spoken
        around = {sentence + step for sentence in spoken.asking for step in (-1, 0, 1)}
        sizes = [(one, layer) for one, layer in spoken.right_sizes if one.sentence in around]
        return [Doubt(layer, "shape", None, one.at) for one, layer in sizes if not self._is_of_counts(one)]

    def _is_asked_besides(self, doubt: Doubt, wrong: list[Doubt]) -> bool:
        """Whether something is asked about beside wrong numbers: another quantity, or a layer without parameters."""
        if doubt.layer is not None and self.spoken.is_without(doubt.layer) and doubt.quantity == "params":
            return True
        if doubt.quantity in {one.quantity for one in wrong}:
            return False
        if doubt.at is None:
            return doubt.quantity != self.quantity
        return self.spoken.sentences.of(doubt.at.start) in self.spoken.questions

    # ------------------------------------------------------------ wrong numbers

    def _wrong(self) -> Iterator[Doubt]:
        spoken = self.spoken
        right = {one.at for one in (*spoken.of_parts, *(one for one, _ in (*spoken.right, *spoken.right_sizes)))}
        right |= self._of_layers | {one.at for one in (*spoken.steps, *spoken.of_written_layers)}
        others = [one for one in spoken.written if one.at not in right and not self._is_setting(one)]
        others = [one for one in others if not spoken.is_supposed(one)] or others
        for tried, explain in (
            ("formula shape", self._explained),
            ("formula", self._nearly_right),
            ("number", self._explained),
            ("formula shape", self._unexplained),
            ("number", self._unexplained),
        ):
            some = [one for one in others if one.kind in tried]
            found = list(filter(None, map(explain, some)))
            if found:
                yield from found
                return

    def _is_setting(self, one: Written) -> bool:
        """Whether something in prose only describes a layer: a small number, a kernel of 5*5, an output shape."""
        spoken = self.spoken
        if one.kind == "shape":
            known = spoken.sizes(one) in spoken.tensors or spoken.sizes(one) in spoken.shapes
            return known and not spoken.is_expected(one)
        value = spoken.value(one) or 0
        if one.kind == "number" and "field" in self._quantities_of(one):
            return value < 2 or _SET.search(spoken.prose[max(one.at.start - _SETTING, 0) : one.at.start]) is not None
        if one.kind == "number":
            is_part = value in spoken.parts and one.sentence in spoken.of_training
            return value < SMALLEST or value in spoken.settings or value == self.batch or is_part
        numbers = re.findall(r"\d+", one.text)
        return one.kind == "formula" and not one.result and len(numbers) < _FACTORS and len({*numbers}) == 1

    def _quantities_of(self, one: Written) -> tuple[str, ...]:
        """What something may be a number of, the likeliest first: what its sentence names, what is asked about."""
        if one.kind == "shape" or self.spoken.is_fraction(one) or self.spoken.counts_inputs(one):
            return ("shape",)
        if one.divides and self.spoken.sole("shape") is not None:
            return ("shape", self.quantity)
        sizes = {w.sentence for w, _ in self.spoken.right_sizes}
        near = ("shape",) if one.kind == "number" and {one.sentence, one.sentence - 1} & sizes else ()
        own = named_in(self.spoken.sentences.text(one.sentence))
        return tuple(dict.fromkeys((*own, *near, self.quantity, *(() if self.quantity == "field" else ("params",)))))

    def _explained(self, one: Written) -> Doubt | None:
        spoken = self.spoken
        sole = spoken.sole("shape") if one.kind == "shape" or one.divides else None
        only = [] if sole is None else [sole]
        near = list(dict.fromkeys((*self._near(one), *spoken.alike(one), *self._reading(one), *only)))
        here = {layer for layer, sentence in spoken.named if sentence == one.sentence}
        for quantity in self._quantities_of(one):
            for layer in near:
                diagnosis = self._typed(layer, quantity, one)
                if diagnosis is not None and self._is_explained(diagnosis, one, is_named=layer in here):
                    return Doubt(layer, quantity, diagnosis, one.at, one.text)
            if one.kind == "formula" and quantity != "field":
                others = [n.name for n in self.network.nodes if n.counts.params != 0 and n.name not in near]
                for layer in (*others[:_TRIED], *([None] if "+" in one.text else [])):  # a total is a sum
                    diagnosis = self._typed(layer, quantity, one)
                    if diagnosis is not None and self._is_explained(diagnosis, one, surely=True):
                        return Doubt(layer, quantity, diagnosis, one.at, one.text)
        return self._meant_by_its_mistake(one) if one.kind == "number" and not near else None

    @cached_property
    def _of_layers(self) -> set[Span]:
        """Where the right multiply-accumulates or operations of a layer stand, if these are asked about."""
        asked = [amount(q) for q in self.quantities if q in ("macs", "flops")]
        right = {what.of_layer(node) for what in asked for node in self.network.nodes} - {0}
        return {one.at for one in self.spoken.written if self.spoken.value(one) in right}

    def _nearly_right(self, one: Written) -> Doubt | None:
        """A formula in which one number stands for another size of a layer."""
        others = [n.name for n in self.network.nodes if n.counts.params != 0][:_TRIED]
        for layer in filter(None, dict.fromkeys((*self._near(one), *others))):
            for quantity in self._quantities_of(one)[:_NEARLY]:
                diagnosis = self._typed(layer, quantity, one)
                if diagnosis is not None and replaced(self.diagnostician.task(layer, quantity), diagnosis.answer):
                    return Doubt(layer, quantity, diagnosis, one.at, one.text)
        return None

    def _meant_by_its_mistake(self, one: Written) -> Doubt | None:
        """A number in a question that names no layer, or behind one: it is meant for the only one, or the total, for
        which a mistake gives it.
        """
        asks = {one.sentence - 1, one.sentence} & self.spoken.questions
        summed = _SUMMED.search(self.spoken.prose[max(one.at.start - _SUM, 0) : one.at.start])
        if not (asks or summed) or self._quantities_of(one)[0] != "params":
            return None
        layers = [n.name for n in self.network.nodes if n.counts.params != 0][:_TRIED]
        typed = (
            (layer, self._typed(layer, "params", one)) for layer in (*layers, *([None] if len(layers) > 1 else []))
        )
        found = [(layer, d) for layer, d in typed if d is not None and self._is_explained(d, one, surely=True)]
        return Doubt(found[0][0], "params", found[0][1], one.at, one.text) if len(found) == 1 else None

    def _reading(self, one: Written) -> Iterator[str]:
        """The layers that read a size which stands in a formula that gives no integer."""
        if self.spoken.is_fraction(one):
            yield from self.spoken.reading({int(text) for text in re.findall(r"\d+", one.text)})

    def _unexplained(self, one: Written) -> Doubt | None:
        """A wrong number that no mistake gives: a sum or a shape, or what is right for another layer of this kind."""
        spoken = self.spoken
        sizes = one.kind == "shape" or (one.kind == "formula" and self.quantity == "shape")
        own = [q for q in self._quantities_of(one) if sizes or q != "shape"]
        near = next(spoken.alike(one) if one.kind == "shape" else self._near(one), None)
        is_product = one.kind == "formula" and re.search(r"[*·×]", one.text) is not None
        is_total = is_product and not spoken.right and re.search(r"[+(]", one.text) is None
        if near is None and is_total and "params" in self.quantities and own == ["params"]:
            diagnosis = self._typed(None, "params", one)
        else:
            diagnosis = self._typed(near, own[0], one) if near is not None and own else None
        if diagnosis is None or (one.kind != "shape" and spoken.value(one) in (None, *spoken.settings)):
            return None
        is_plain = one.kind != "shape" and near is not None and re.search(r"[+(]", one.text) is None
        task = self.diagnostician.task(near, own[0]) if near is not None and one.result else None
        mended = task is not None and put_right(task, diagnosis.answer, two=True)
        if not is_plain or mended or right_for(diagnosis):
            return Doubt(near, own[0], diagnosis, one.at, one.text)
        return None

    def _is_explained(self, diagnosis: Diagnosis, one: Written, surely: bool = False, is_named: bool = False) -> bool:
        """Whether a mistake gives what was written; two at once only for a sum for a layer that is spoken of, or for a
        formula in a sentence that names the layer.
        """
        sum_ = self.spoken.multiples.get(one, one).text
        pairs = not surely and (re.search(r"[+(]", sum_) is not None or (is_named and one.kind == "formula"))
        found = [
            match.made for match in diagnosis.matches if not surely or match.made[0].credit
        ]  # nobody misreads those
        return any(len(made) == 1 or pairs for made in found)

    def _near(self, one: Written) -> Iterator[str | None]:
        """The layers that a number may be meant for, the likeliest first."""
        spoken = self.spoken
        near: list[tuple[str | None, int]] = [(layer, w.sentence) for w, layer in spoken.right]
        sizes = [(layer, w.sentence) for w, layer in spoken.right_sizes]
        is_asked = bool({one.sentence - 1, one.sentence, one.sentence + 1} & spoken.asking)
        if one.kind != "number" or is_asked:
            near += [*spoken.named, *spoken.counted_off, *sizes]
        if self.quantity == "field":
            yield from (layer for layer, _ in spoken.places)
            yield from (layer for layer, sentence in spoken.named if sentence in spoken.asking)
            yield spoken.layers[-1].name
        own = {kind for kind, sentence in spoken.kinds if sentence == one.sentence}
        if one.kind == "formula":
            yield from (layer for layer, sentence in spoken.named if sentence == one.sentence)
        for distance in (0, 1, 2):  # a layer whose kind stands in the sentence comes first
            some = [layer for layer, sentence in near if abs(sentence - one.sentence) == distance]
            yield from sorted(some, key=lambda name: name is None or type(self.network.node(name).layer) not in own)
        if one.kind == "formula":
            yield from (layer for layer, _ in near)
        if spoken.only is not None and (one.kind == "formula" or is_asked):
            yield spoken.only

    def _typed(self, layer: str | None, quantity: str, one: Written) -> Diagnosis | None:
        with suppress(SymparamsError):
            diagnosis = self.diagnostician.typed(layer, quantity, self.spoken.without_batch(one, layer))
            lettered = any(True for formula in diagnosis.answer for _ in symbols(formula))
            open_ = not lettered and any(
                isinstance(value, Formula) for value in diagnosis.value
            )  # right for some value
            return None if diagnosis.correct or open_ else diagnosis
        return None

    # ------------------------------------------------------------ right numbers

    def _asked(self) -> Iterator[Doubt]:
        """What is asked about without a wrong number; of all that is right only what stands in a question."""
        spoken = self.spoken
        parts = sorted(spoken.of_parts.items(), key=lambda pair: pair[0].sentence not in spoken.questions)
        for one, part in parts[:1]:  # its answer tells the rest
            yield Doubt(None, part, None, one.at)
        several = len({layer for _, layer in spoken.right}) > 1
        for one, layer in spoken.right:
            if layer is None and spoken.of_parts:
                continue
            if one.sentence in spoken.asking or not (several or self.quantity != "params"):
                yield Doubt(layer, "params", None, one.at)
        for one, layer in spoken.right_sizes:
            if one.sentence in spoken.questions and not self._is_of_counts(one):
                yield Doubt(layer, "shape", None, one.at)
        sizes = {(w.sentence, reader) for w, layer in spoken.right_sizes for reader in spoken.readers(layer)}
        for name, sentence in (*spoken.named, *spoken.counted_off):
            if sentence in spoken.asking and (sentence, name) not in sizes:
                yield from (Doubt(name, quantity, None, None) for quantity in self.asked_for)
        for name in spoken.without():
            yield from (Doubt(name, quantity, None, None) for quantity in self.asked_for)

    @staticmethod
    def once(doubts: Iterable[Doubt]) -> Iterator[Doubt]:
        """One for each layer and value, and for each mistake."""
        seen: set[tuple[object, ...]] = set()
        for doubt in doubts:
            about, diagnosis = (doubt.layer, doubt.quantity), doubt.diagnosis
            values = () if diagnosis is None else tuple(str(number(one) or one) for one in diagnosis.answer)
            keys: set[tuple[object, ...]] = {(*about, values)}
            if diagnosis is not None and len(diagnosis.matches) == 1:
                keys.add((*about, diagnosis.matches[0].made))
            if not keys & seen:
                yield doubt
            seen |= keys
