"""What `symparams.read` gives: a text of any kind as it was understood, its network, and the answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from symparams import limits
from symparams.algebra.formula import Formula
from symparams.api import Given, Net, formulas
from symparams.documents.asked_several import asked_of
from symparams.documents.rendering import Document
from symparams.errors import Source
from symparams.frozen import Frozen
from symparams.layers import CATALOGUE
from symparams.model.network import Network
from symparams.questions.asked_about import doubts_about
from symparams.questions.doubted import Doubt
from symparams.reading.door import network, reading_of
from symparams.reading.reading import Reading as _Reading
from symparams.reading.reading import Repair
from symparams.results import Shown


@limits.face
@dataclass(frozen=True, repr=False)
class Reading(Shown):
    """A text as it was understood: code, a printed table, a config, a whole question or the language."""

    _source: Source
    _values: Mapping[str, Formula] = Frozen()  # given for letters
    _layer: str | None = None  # that is asked about, whatever the text says; None: as it says
    _quantity: str | None = None  # that is asked about

    @cached_property
    def _read(self) -> _Reading:
        return reading_of(self._source)

    @property
    def kind(self) -> str:
        """What it was read as: arch, keras, torch, summary, notebook, keras-config, hf, onnx or question."""
        return self._read.kind

    @cached_property
    def net(self) -> Net:
        """The network that it describes."""
        return Net(self._source, self._values, CATALOGUE)

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """What was repaired, each with its place in the text."""
        return self._read.repairs

    @property
    def assumed(self) -> tuple[Repair, ...]:
        """What the text leaves open and was taken as usual."""
        return self._read.assumed

    @property
    def models(self) -> tuple[str, ...]:
        """The names of all models in it, the one that was read first."""
        return self._read.models

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """What it asks: the layers, and the numbers that it doubts."""
        return doubts_about(self._described, self._read, self._layer, self._quantity)

    @property
    def _described(self) -> Network:
        return network(self._source, self._values, for_others=bool(self._read.alternatives))

    def answer(self, layer: str | None = None, quantity: str | None = None, **values: Given) -> Reading:
        """The answer to it, which can be shown in every format; `layer` and `quantity` say what is asked about.

        `values` are for letters. Raises SymparamsError for a layer that there is not.
        """
        answer = replace(self, _values=Frozen({**self._values, **formulas(values)}), _layer=layer, _quantity=quantity)
        _ = answer.doubts  # worked out now, so that what is wrong with it is said here
        return answer

    def _rendered(self, format_: str) -> str:
        asked = asked_of(self._read, self._described, self._values, self._layer, self._quantity)
        return asked.document(Document("answer", format_))

    def __repr__(self) -> str:
        return f"<Reading of {self._source.name}: {self.kind}>"


@limits.work()
def read(text: str, /, kind: str | None = None, model: str | None = None) -> Reading:
    """A text of any kind as it was understood; `kind` and `model` choose where it could be several.

    Raises SymparamsError, with the place in the text, for what cannot be read.
    """
    found = Reading(Source("<text>", text, kind or "", model or ""))
    _ = found.kind  # read now, so that what is wrong with it is said here
    return found
