"""Answers to a question about several networks: what is wrong for each, how much each has, and why they differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from symparams.algebra.formula import Formula, Value
from symparams.documents import contract
from symparams.documents.asked import Asked
from symparams.documents.rendering import Document, render_comparison, written
from symparams.errors import Span
from symparams.frozen import Frozen
from symparams.layers.recurrent import Recurrent
from symparams.model.layer import Shape
from symparams.model.network import Network, Node
from symparams.quantities.totals import TotalQuantity, adds_up, amount, total_of
from symparams.questions.asked_about import doubts_about
from symparams.questions.comparison import Comparison, compared
from symparams.questions.doubted import Doubt
from symparams.questions.misfit import misfit
from symparams.questions.set_against import doubts_of_each, quantities_of
from symparams.reading.reading import Reading
from symparams.sources.language import built

_SAME_SHAPE = re.compile(r"\bsame\s+(?:\w+\s+)?(?:shapes?|sizes?|dimensions?|outputs?)\b", re.I)


class RecurrentInput(NamedTuple):
    """What a recurrent layer is fed, for one example."""

    steps: Value  # how many there are; a letter where nothing says it
    features: Value  # of each step


@dataclass(frozen=True)
class Several:
    """A text that sets networks against each other."""

    each: tuple[Asked, ...]  # the networks, with the numbers that are doubted of each
    quantities: tuple[str, ...]  # in which they are compared
    given: Mapping[str, Formula] = Frozen()  # values for letters

    @property
    def _prose(self) -> str:
        return self.each[0].reading.prose

    def document(self, document: Document) -> str:
        """What is wrong, then how much each has and why; of two networks also the ratio."""
        bodies = [one.answer(doubt, document) for one, doubt in self._doubts]
        for quantity in self.quantities:
            if len(self.each) == 2 and not self._are_explained(quantity):
                bodies.append(render_comparison(self._comparison(quantity), document))
            else:
                totals = written(document, "several", d=self, what=amount(quantity))
                bodies = [totals, *bodies, *self._mechanisms(quantity, document)]
        bodies.append(written(document, "several", d=self, what=None))
        error = misfit(self.each[0].network, self.each[0].reading)
        if error is not None and error.mismatch.of == "normalized":
            bodies.append(written(document, "misfit", d=error))
        bodies += dict.fromkeys(one.note(document) for one in self.each)
        return "\n".join(body for body in bodies if body.strip())

    @property
    def _doubts(self) -> list[tuple[Asked, Doubt]]:
        """The numbers that are wrong, each with its network, in the order of the text."""
        doubts = [(one, doubt) for one in self.each for doubt in one.doubts]
        return sorted(doubts, key=lambda pair: pair[1].at or Span(0))

    def document_with(self, template: Path, document: Document) -> str:
        """The first of them through a user's own template."""
        return self.each[0].document_with(template, document)

    def _comparison(self, quantity: str) -> Comparison:
        builds = [_builder(one.reading) for one in self.each]
        return compared(
            builds,
            [one.reading.title or f"the {place}" for one, place in zip(self.each, ("first", "second"), strict=True)],
            self.given,
            amount(quantity),
        )

    def _are_explained(self, quantity: str) -> bool:
        """Whether what each network has is told by what one layer is made from."""
        return quantity == "params" and all(_only(one.network) is not None for one in self.each)

    def _mechanisms(self, quantity: str, document: Document) -> Iterator[str]:
        """What each network has, and why, but for a layer of which a wrong number has been explained."""
        told = {id(one) for one, doubt in self._doubts if doubt.quantity == quantity}
        for one in self.each:
            if id(one) not in told:
                yield one.answer(Doubt(_only(one.network), quantity, None, None), document)

    @property
    def shape(self) -> Shape | None:
        """The shape that all of them output; None where they differ, or the text speaks of no shapes."""
        shapes = {one.network.nodes[-1].shape for one in self.each}
        return shapes.pop() if len(shapes) == 1 and _SAME_SHAPE.search(self._prose) is not None else None

    @property
    def inputs(self) -> list[tuple[str, RecurrentInput]]:
        """What the same recurrent layer is fed in each network, where that differs; () for any other networks."""
        nodes = [_layers(one.network) for one in self.each]
        alone = [some[0] for some in nodes if len(some) == 1 and isinstance(some[0].layer, Recurrent)]
        if len(alone) < len(self.each) or len({node.layer for node in alone}) > 1:
            return []
        told = [RecurrentInput(*node.derived.arriving[0].shape) for node in alone]
        differ = len({one.features for one in told}) > 1
        return [(one.reading.title, fed) for one, fed in zip(self.each, told, strict=True)] if differ else []

    def totals(self, what: TotalQuantity) -> list[tuple[str, Value]]:
        """What the text calls each network, with how much of a quantity it has."""
        return [(one.reading.title, total_of(one.network, what)) for one in self.each]

    def record(self) -> dict[str, Any]:
        """That of the first network, and the others beside it."""
        others = [
            {
                "title": one.reading.title,
                "network": contract.summary(one.whole),
                "doubts": [one.asked(doubt) for doubt in one.doubts],
            }
            for one in self.each[1:]
        ]
        text = Document("answer", "text")
        return {**self.each[0].record(), "alternatives": others, "comparison": self.document(text).rstrip()}


def _layers(network: Network) -> list[Node]:
    return [node for node in network.nodes if node.layer.inputs != "none"]


def _only(network: Network) -> str | None:
    """The only layer of a network; None if there are several."""
    layers = _layers(network)
    return layers[0].name if len(layers) == 1 else None


def _builder(reading: Reading) -> Callable[[Mapping[str, Formula]], Network]:
    return partial(built, reading.statements, reading.source, for_others=True)


def asked_of(
    reading: Reading,
    network: Network,
    given: Mapping[str, Formula],
    layer: str | None = None,
    quantity: str | None = None,
    *,
    figures: bool = False,
) -> Asked | Several:
    """A text with what it asks about its network, or about the networks that it compares where no layer is named."""
    if layer is not None or not reading.alternatives:
        return Asked(reading, network, doubts_about(network, reading, layer, quantity), figures=figures)
    readings = (reading, *reading.alternatives)
    networks = [network, *(_builder(one)(given) for one in reading.alternatives)]
    each = zip(readings, networks, doubts_of_each(networks, readings), strict=True)
    quantities = quantities_of(reading.prose) if quantity is None or not adds_up(quantity) else (quantity,)
    asked = tuple(Asked(*one, is_one_of_several=True, figures=figures) for one in each)
    return Several(asked, quantities, Frozen(given))
