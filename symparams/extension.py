"""What the module of an extension declares, checked when it is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from symparams.algebra.formula import Formula
from symparams.documents.formats import FORMATS, Format
from symparams.documents.written_question import AnswerType
from symparams.errors import SymparamsError, listed
from symparams.exams.kind import Kind
from symparams.exams.kinds import KINDS
from symparams.exports.export import Export
from symparams.exports.registry import EXPORTS
from symparams.extensions import Declaration, Part
from symparams.layers import CATALOGUE, entries
from symparams.misconceptions.families import CATALOGUE as MISCONCEPTIONS
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.shapes import OF_SHAPES
from symparams.misconceptions.task import ASKED
from symparams.misconceptions.totals import OF_LAYERS
from symparams.model.layer import Inputs, Layer, Reading
from symparams.model.sentence import Sentence
from symparams.quantities.quantity import Quantity
from symparams.sources.declarations import NO_LAYERS

_MISTAKES = frozenset({*MISCONCEPTIONS, *(m.name for m in (*OF_SHAPES, *OF_LAYERS))})


@dataclass(frozen=True, kw_only=True)
class Extension(Declaration):
    """What a distribution brings; raises SymparamsError for what cannot be brought."""

    layers: Sequence[type[Layer]] = ()
    misconceptions: Sequence[Misconception] = ()
    quantities: Sequence[Quantity] = ()
    formats: Sequence[Format] = ()  # of solutions and other documents
    kinds: Sequence[Kind] = ()  # of questions
    exports: Sequence[type[Export]] = ()  # of banks of questions

    def __post_init__(self) -> None:
        named = self.named()
        if not named:
            raise SymparamsError("it provides nothing")
        quantities = {*_TAKEN["quantity"], *(name for part, name in named if part == "quantity")}
        for misconception in self.misconceptions:
            for name in sorted(misconception.quantities - quantities):
                raise SymparamsError(
                    f"its misconception `{misconception.name}` is about `{name}`, which is not a quantity"
                )
        formats = {*FORMATS, *(name for part, name in named if part == "format")}
        for export in self.exports:
            if export.markup not in formats:
                raise SymparamsError(
                    f"its export {export.__name__} has the markup `{export.markup}`, which is not a format"
                )

    def named(self) -> Mapping[tuple[Part, str], Any]:
        found: dict[tuple[Part, str], Any] = {}
        for part, name, thing in self._each():
            if found.setdefault((part, name), thing) is not thing:
                raise SymparamsError(f"it provides two {_PLURAL[part]} with the name `{name}`")
        return found

    def _each(self) -> Iterator[tuple[Part, str, Any]]:
        """Everything under each of its names, checked."""
        for part, check in _CHECKS.items():
            for thing in getattr(self, _PLURAL[part]):
                for name in check(thing):
                    if name in _TAKEN[part]:
                        raise SymparamsError(f"the name `{name}` of its {part} is taken by symparams")
                    yield part, name, _watched(thing) if isinstance(thing, Quantity) else thing


_NAME = re.compile(r"[^\W\d]\w*")


def _of_layer(layer: type[Layer]) -> list[str]:
    if not (isinstance(layer, type) and issubclass(layer, Layer)):
        raise SymparamsError(f"{layer!r:.60} is not a layer class")
    if "__dataclass_fields__" not in vars(layer):
        raise SymparamsError(f"its layer {layer.__name__} is not marked with @layer_class")
    has = {
        "names": layer.names,
        "title": layer.title,
        "example": layer.example,
        "rules": layer.rules is not Layer.rules,
    }
    for what, is_there in has.items():
        if not is_there:
            raise SymparamsError(f"its layer {layer.__name__} has no {what}")
    for name in layer.names:
        if not isinstance(layer.names, tuple) or not _NAME.fullmatch(name):
            raise SymparamsError(
                f"the names of its layer {layer.__name__} are {layer.names!r}, which is not a tuple of words"
            )
    if layer.reads not in (known := get_args(Reading)):
        raise SymparamsError(f"its layer {layer.__name__} reads `{layer.reads}`; the choices are {listed(known)}")
    if layer.inputs not in (known := get_args(Inputs)):
        raise SymparamsError(f"its layer {layer.__name__} has inputs `{layer.inputs}`; the choices are {listed(known)}")
    return list(entries(layer))


def _of_record(kind: type[Any], what: str) -> Callable[[Any], list[str]]:
    def check(thing: Any) -> list[str]:
        if not isinstance(thing, kind):
            raise SymparamsError(f"{thing!r:.60} is no {what}")
        return [str(thing.name)]

    return check


def _of_kind(kind: Kind) -> list[str]:
    names = _of_record(Kind, "kind of question")(kind)
    known = get_args(AnswerType)
    for answer_type in kind.types:
        if answer_type not in known:
            raise SymparamsError(f"its kind {kind.name} has the type `{answer_type}`; the choices are {listed(known)}")
    return names


def _of_export(export: type[Export]) -> list[str]:
    if not (isinstance(export, type) and issubclass(export, Export)):
        raise SymparamsError(f"{export!r:.60} is not an export class")
    missing = sorted(export.__abstractmethods__)
    missing += [field for field in ("name", "markup") if not hasattr(export, field)]
    if missing:
        raise SymparamsError(f"its export {export.__name__} lacks {listed(missing)}")
    return [export.name]


def _watched(quantity: Quantity) -> Quantity:
    """The quantity, with functions that say so where they give something else than they should."""

    def watched(part: str, kinds: tuple[type[Any], ...], function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*about: Any) -> Any:
            given = function(*about)
            if not isinstance(given, kinds):
                wrong = type(given).__name__
                raise SymparamsError(f"{part} of the quantity `{quantity.name}` gives {wrong}, not {kinds[0].__name__}")
            return given

        return called

    return replace(
        quantity,
        rule=watched("rule", (Formula,), quantity.rule),
        because=watched("because", (str, Sentence), quantity.because),
        convention=watched("convention", (str,), quantity.convention),
    )


_PLURAL: Mapping[Part, str] = {
    "layer": "layers",
    "misconception": "misconceptions",
    "quantity": "quantities",
    "format": "formats",
    "kind": "kinds",
    "export": "exports",
}
_CHECKS: Mapping[Part, Callable[[Any], list[str]]] = {
    "layer": _of_layer,
    "misconception": _of_record(Misconception, "misconception"),
    "quantity": _of_record(Quantity, "quantity"),
    "format": _of_record(Format, "format"),
    "kind": _of_kind,
    "export": _of_export,
}
_TAKEN: Mapping[Part, frozenset[str]] = {
    "layer": frozenset({*CATALOGUE, *NO_LAYERS}),
    "misconception": _MISTAKES,
    "quantity": frozenset({*ASKED, "all", "total"}),
    "format": frozenset({*FORMATS, "pdf", "json"}),
    "kind": frozenset(KINDS),
    "export": frozenset(EXPORTS),
}
