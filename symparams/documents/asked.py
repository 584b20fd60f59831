"""Answers to a whole question: what was read, and for every doubt its diagnosis or the right way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from symparams.documents import contract
from symparams.documents.answer_document import AnswerDocument
from symparams.documents.asked_document import AskedDocument, AskedQuestion
from symparams.documents.calculation_document import CalculationDocument
from symparams.documents.diagnosis_document import record as diagnosis_record
from symparams.documents.diagnosis_document import render_diagnosis
from symparams.documents.diagnosis_sections import DiagnosisDocument
from symparams.documents.printed_sizes import PrintedSizesDocument
from symparams.documents.rendering import Document, render, written, written_with
from symparams.documents.side_document import SideDocument
from symparams.documents.solution import Solution
from symparams.documents.training_memory import TrainingMemory
from symparams.errors import Span
from symparams.layers.dense import Flatten
from symparams.layers.param import Param
from symparams.layers.source import Input
from symparams.model.network import Network
from symparams.model.sentence import pattern
from symparams.quantities.counts import COUNTS
from symparams.quantities.layer_quantities import USUAL
from symparams.quantities.settings import Settings
from symparams.questions.asked_about import unanswered
from symparams.questions.changed_networks import settings_of
from symparams.questions.doubted import Doubt
from symparams.questions.side_facts import says_nothing_is_frozen
from symparams.questions.side_questions import Sides
from symparams.questions.spoken_of import Spoken
from symparams.questions.state_dicts import listed
from symparams.reading.asking import inquiry, wants_a_check
from symparams.reading.doubts import asking
from symparams.reading.inquiry import Inquiry
from symparams.reading.items import items_in
from symparams.reading.reading import Reading, Repair, WrongRow
from symparams.reading.side_sentences import Ask
from symparams.reading.training_words import optimizers_in


@dataclass(frozen=True)
class Asked:
    """A text, what it says and what is asked about it."""

    reading: Reading  # what was read
    network: Network  # what it describes
    doubts: Sequence[Doubt]  # what is asked; empty: nothing in particular
    is_one_of_several: bool = False  # whether the text sets other networks against this one
    figures: bool = False  # whether the network, and windows on small inputs, are shown as pictures

    def document(self, document: Document) -> str:
        """The answer to each doubt, then how the text was read; without any doubt the total and the table."""
        note, beside = self.note(document), written(document, "beside", d=self.beside)
        if all(map(self._is_beside, self.doubts)):
            bodies = [note, *self._of_whole(document, beside)]
        else:
            shown = [(i, doubt) for i, doubt in enumerate(self.doubts) if self._is_shown(doubt)]
            marks = [doubt.mark for _, doubt in shown]
            answers = [
                self._label(marks, at, document)
                + self.answer(doubt, document, self._told_before(i), self._continues(i))
                for at, (i, doubt) in enumerate(shown)
            ]
            bodies = [beside, *answers, note] if self._is_first else [*answers, beside, note]
        return "\n".join(body for body in bodies if body.strip())

    def _is_shown(self, doubt: Doubt) -> bool:
        return doubt.at not in self._again and not self._is_beside(doubt)

    def _label(self, marks: list[str], at: int, document: Document) -> str:
        """How the text numbers the question that is answered next; empty where it numbers one alone, or has said it."""
        mark, beside = marks[at], {one.mark for one in self._asks}
        if not mark or mark in beside or mark in marks[:at] or len({*marks, *beside} - {""}) < 2:
            return ""
        return written(document, "item", label=mark) + "\n"

    def _of_whole(self, document: Document, beside: str) -> list[str]:
        """The total with a table, where nothing in particular is asked; with what is asked beside it, in its order."""
        total = render(replace(self.whole, pictures=self.figures), document)
        if not beside.strip():
            return [total, render(self.whole, self._styled(document, "summary"))]
        answered = {one.number for one in self._asks}
        if asking(self.reading.prose) <= answered:
            return [beside]
        return [beside, total] if self._is_first else [total, beside]

    # ------------------------------------------------------------ what is asked beside the numbers

    @cached_property
    def _sides(self) -> Sides:
        about = [(doubt.layer, doubt.quantity) for doubt in self.doubts]
        return Sides(self.network, "" if self.is_one_of_several else self.reading.prose, about)

    @cached_property
    def beside(self) -> SideDocument:
        """What is asked beside the numbers, with its answers."""
        mended = any(doubt.misfit is not None and doubt.misfit.remedy for doubt in self.doubts)
        sides = tuple(one for one in self._sides.found() if not (mended and one.topic == "output_padding"))
        facts = tuple(self._sides.facts())
        speaks = not self.is_one_of_several and "state_dict" in self.reading.source.text
        marks = {one.ask.mark for one in sides} | {one.ask.mark for one in facts}
        prose = "" if self.is_one_of_several or not (self.doubts or marks) else self.reading.prose
        outside = [one for one in unanswered(self.network, prose) if one[1] not in marks]
        return SideDocument(sides, facts, listed(self.network) if speaks else None, outside)

    def _is_beside(self, doubt: Doubt) -> bool:
        """Whether what is asked beside the numbers tells it: a layer without parameters, an item's answer."""
        if doubt.diagnosis is not None or doubt.quantity != "params":
            return False
        left_out = {type(self.network.node(name).layer) for side in self.beside.sides for name in side.left_out}
        if doubt.layer is not None and type(self.network.node(doubt.layer).layer) in left_out:
            return True
        tied = {fact.node.name for fact in self.beside.facts if fact.kind == "own matrix"}
        in_item = doubt.mark != "" and doubt.mark in {one.mark for one in self._asks}
        return doubt.layer in tied or (in_item and not self._is_spoken_of(doubt.layer))

    def _is_spoken_of(self, layer: str | None) -> bool:
        """Whether a text speaks of the kind of a layer, or of one in it, outside of the items that it numbers."""
        if layer is None:
            return False
        rest = self.reading.prose
        for item in items_in(rest):
            rest = rest[: item.start] + " " * (item.end - item.start) + rest[item.end :]
        own = self.network.node(layer).layer
        names = {name.lower() for one in (own, *(owner for owner, _ in settings_of(own))) for name in one.names}
        return any(word.lower() in names for word in re.findall(r"[^\W\d_]\w*", rest))

    @property
    def _is_first(self) -> bool:
        """Whether what is asked beside the numbers is the first question, and no number is doubted."""
        if any(doubt.diagnosis is not None for doubt in self.doubts):
            return False
        first = min(asking(self.reading.prose), default=-1)
        return any(one.number == first and not one.mark for one in self._asks)

    @property
    def _asks(self) -> list[Ask]:
        """The sentences that are answered beside the numbers."""
        return [*(one.ask for one in self.beside.sides), *(one.ask for one in self.beside.facts)]

    def note(self, document: Document) -> str:
        """How the text was read; in a question only repairs that change a number, and what could be otherwise."""
        r, assumed = self.reading, self._relied_on()
        if r.kind == "question":
            said = {f"`{doubt.misfit.argument}`" for doubt in self.doubts if doubt.misfit is not None}
            told = (one for one in r.repairs if one.changes and not any(name in one.what for name in said))
            r = replace(r, repairs=tuple(told))
            assumed = tuple(one for one in assumed if not one.implied)
        return written(document, "reading", r=replace(r, assumed=assumed))

    def _relied_on(self) -> tuple[Repair, ...]:
        """The assumptions that the answers rest on: those on other layers than theirs are left out."""
        assumed, used = self.reading.assumed, {""}
        if self.doubts and all(doubt.quantity == "params" or doubt.quantity in COUNTS for doubt in self.doubts):
            assumed = tuple(one for one in assumed if not one.counts_stand)
        for doubt in self.doubts:
            if doubt.printed is not None:  # of which all stands in the table
                continue
            if doubt.layer is None or doubt.quantity == "field":
                return assumed
            used |= self._sized_by(doubt.layer)
        return tuple(one for one in assumed if one.about in used) if self.doubts else assumed

    def _sized_by(self, layer: str) -> set[str]:
        """The layers whose settings an answer about one tells: its own, and of all behind a flattening."""
        node = self.network.node(layer)
        before = [self.network.nodes[i] for i in node.inputs]
        if any(isinstance(one.layer, Flatten) for one in (node, *before)):
            return {one.name for one in self.network.nodes[: self.network.index(layer) + 1]}
        return {layer}

    def document_with(self, template: Path, document: Document) -> str:
        """The same through a user's own template."""
        about = AskedDocument(
            self.whole,
            tuple(map(self._about, self.doubts)),
            tuple(dict.fromkeys(one.what for one in self.reading.repairs)),
            tuple(dict.fromkeys(one.what for one in self.reading.assumed)),
        )
        return written_with(template, len(self.network.nodes), document, d=about)

    def _about(self, doubt: Doubt) -> AskedQuestion:
        layers = () if doubt.layer is None else (doubt.layer,)
        solution = Solution(self.network, (doubt.quantity,), layers)
        found = doubt.diagnosis
        diagnosis = None if found is None else DiagnosisDocument(found, "answer", self._inquiry)
        return AskedQuestion(doubt.layer or "", doubt.quantity, doubt.text, solution, diagnosis)

    @cached_property
    def whole(self) -> Solution:
        """The solution of the whole network."""
        return Solution(self.network, USUAL)

    @cached_property
    def _again(self) -> set[Span]:
        """The places of lines whose mistake is explained for another line."""
        every = [line for doubt in self.doubts if doubt.calculation is not None for line in doubt.calculation.repeated]
        return {line.at for line in every}

    @staticmethod
    def _styled(document: Document, style: str) -> Document:
        return Document(style, document.format, document.digits, document.math)

    def _told_before(self, index: int) -> bool:
        """Whether an answer before one has said the same: what the units of its layer are made from, or how sizes
        change on the way to it.
        """
        doubt, before = self.doubts[index], [d for d in self.doubts[:index] if d.layer is not None and d.misfit is None]
        if doubt.layer is None or doubt.quantity not in ("params", "shape"):
            return False
        same = [self.network.node(d.layer).derived for d in before if d.layer and d.quantity == doubt.quantity]
        if doubt.quantity == "shape":
            return bool(same)
        own = pattern(self.network.node(doubt.layer).derived.rules.because)
        return any(pattern(derived.rules.because) == own for derived in same)

    def _continues(self, index: int) -> bool:
        """Whether an answer is about the row of which a message about sizes has just said how long it is."""
        said = self.doubts[index - 1].misfit if index else None
        return said is not None and said.row is not None and self.doubts[index].layer == said.maker

    def answer(self, doubt: Doubt, document: Document, brief: bool = False, continues: bool = False) -> str:
        """The answer to one doubt; `brief` where one before it has said the same of another layer, `continues` where
        that has said its number.
        """
        if doubt.calculation is not None:
            return written(document, "calculation", d=CalculationDocument(doubt.calculation))
        if doubt.misfit is not None:
            return written(document, "misfit", d=doubt.misfit)
        if doubt.printed is not None:
            return written(document, "printed_sizes", d=PrintedSizesDocument(doubt.printed))
        if doubt.counts:
            return written(document, "other_counts", counts=doubt.counts, quantity=doubt.quantity)
        if doubt.diagnosis is not None:
            return render_diagnosis(doubt.diagnosis, document, replace(self._inquiry, brief=brief))
        if doubt.quantity == "memory" and (self._inquiry.optimizers or self._is_count):
            of_all = self._is_count or any(other.quantity == "params" and other.layer is None for other in self.doubts)
            memory = TrainingMemory(replace(self.whole, quantities=("params",)), self._inquiry, not of_all)
            return written(document, "training_memory", d=memory)
        layers = () if doubt.layer is None else (doubt.layer,)
        batch = self._inquiry.batch if doubt.quantity == "activations" else None
        settings = Settings(batch=batch, dtype=self._inquiry.dtype)
        solution = Solution(self.network, (doubt.quantity,), layers, settings, pictures=self.figures)
        about = replace(self._inquiry, brief=brief, continues=continues)
        return written(document, "answer", s=solution, a=AnswerDocument(solution, about))

    @property
    def _is_count(self) -> bool:
        """Whether nothing is known of the network but how many parameters it has."""
        return all(isinstance(node.layer, (Input, Param)) for node in self.network.nodes)

    @cached_property
    def _inquiry(self) -> Inquiry:
        """What is asked beside the numbers."""
        layers = {doubt.layer for doubt in self.doubts if not self._is_beside(doubt)}
        asked = inquiry(self.reading.prose)
        sides = self.beside.sides
        return replace(
            asked,
            optimizers=optimizers_in(self.reading.prose, self.reading.source.text) if asked.optimizers else (),
            is_asked=True,
            confirms=self._confirms,
            printed=any(one.counts_stand and one.about for one in self.reading.assumed),
            topics=asked.topics - {side.topic for side in sides},
            unfrozen=says_nothing_is_frozen(self.reading.prose),
            beside=frozenset(text for side in sides for text in side.told),
            several=self.is_one_of_several or len(layers) > 1 or (asked.compares and self.doubts[0].at is None),
        )

    @property
    def _confirms(self) -> bool:
        """Whether somebody asks what is wrong with a calculation of his that is right, and has no wrong number."""
        if not wants_a_check(self.reading.prose) or any(doubt.diagnosis is not None for doubt in self.doubts):
            return False
        return any(one.kind == "formula" for one, _ in Spoken(self.network, self.reading.prose).right)

    # ------------------------------------------------------------ JSON

    def record(self) -> dict[str, Any]:
        """What was read, the network, the first question with diagnosis and answer, the others, and what is beside."""
        first, *others = self.doubts or [Doubt(None, "params", None, None)]
        return {
            "read": self._read(),
            "network": contract.summary(self.whole),
            **self._question(first),
            "others": [self._question(doubt) for doubt in others],
            "beside": written(Document("answer", "text"), "beside", d=self.beside).rstrip() or None,
        }

    def _read(self) -> dict[str, Any]:
        r = self.reading
        return {
            "kind": r.kind,
            "models": list(r.models),
            "read_as": r.read_as or None,
            "repairs": [{"what": one.what, "start": one.at.start} for one in r.repairs],
            "assumed": [{"what": one.what, "start": one.at.start} for one in r.assumed],
            "wrong": [_wrong(row) for row in r.wrong],
            "doubts": [self.asked(doubt) for doubt in self.doubts],
        }

    @staticmethod
    def asked(doubt: Doubt) -> dict[str, Any]:
        """What one doubt asks, for JSON."""
        start = None if doubt.at is None else doubt.at.start
        return {"layer": doubt.layer, "quantity": doubt.quantity, "number": doubt.text or None, "start": start}

    def _question(self, doubt: Doubt) -> dict[str, Any]:
        return {
            "question": self.asked(doubt),
            "diagnosis": None if doubt.diagnosis is None else diagnosis_record(doubt.diagnosis),
            "answer": self.answer(doubt, Document("answer", "text")).rstrip(),
        }


def _wrong(row: WrongRow) -> dict[str, Any]:
    printed, right = (list(one) if isinstance(one, tuple) else one for one in (row.printed, row.right))
    return {
        "row": row.name,
        "field": row.field,
        "printed": printed,
        "right": right,
        "against": list(row.against),
        "start": row.at.start,
    }
