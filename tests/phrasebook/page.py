"""docs/phrasebook.md: every sentence that the program can say, as it comes out for a typical case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import fields
from itertools import product

from symparams.algebra.formula import ZERO, Formula, symbols
from symparams.documents.formats import FORMATS
from symparams.documents.words import small
from symparams.errors import Source, SymparamsError
from symparams.layers.convolution import Convolution
from symparams.misconceptions.families import CATALOGUE as MISTAKES
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.shapes import OF_SHAPES
from symparams.misconceptions.totals import OF_LAYERS
from symparams.model.arguments import arguments_of
from symparams.model.layer import Axis, Layer, Requirement, Unit
from symparams.model.network import Node
from symparams.model.sentence import Text
from symparams.model.tensor import Tensor
from symparams.quantities.counts import COUNTS
from symparams.quantities.field import Field
from symparams.quantities.field import fields as receptive_fields
from symparams.quantities.quantity import QUANTITY_RULES, Quantity
from symparams.quantities.settings import BYTES, CHOICES, STATES, Setting, Settings
from symparams.sources.language import network
from tests.phrasebook.said import PACKAGE, ROOT, messages, modules
from tests.phrasebook.spoken import documents, helps, sentences
from tests.phrasebook.variants import LAYERS, variants

PAGE = ROOT / "docs" / "phrasebook.md"

_INTRODUCTION = """\
# The phrasebook

Every sentence that symparams can say, as it comes out for a typical case, with what it belongs to, so that a person can
read all of them, and a change of wording is one visible difference. A sentence is listed where one of its clauses is
new; numbers, formulas and the names of layers are those of the case. In messages, `‹…›` marks what is put in. The page
is made by `python -m pytest tests/phrasebook --rewrite`.
"""
_LABELS = {
    "because": "why",
    "shape_because": "shape",
    "differs": "conventions",
    "ignores": "does not enter",
    "unit": "unit",
    "units": "unit",
    "channels_are": "unit",
}
_ORDER = (
    "why",
    "does not enter",
    "unit",
    "shape",
    "work",
    "cache",
    "conventions",
    "rule",
    "symbol",
    "tensor",
    "argument",
)
# A network with reasons that no example has: frozen and shared weights. Tensors are listed for it alone.
_FURTHER = "input(8,8) -> dense(8,frozen) as a -> share(@a) -> dense(8) -> relu"
_ESCAPED = FORMATS["markdown"].escape
_VARIABLE = re.compile(r"`[^`]*`|\$[^$]*\$|\b[A-Za-z]+_\w+|\d+(?:[.,]\d+)*|\*\*")
_WORDS = re.compile(r"[^\W\d_]{2,}")


class Page:
    """The page as it is put together: what it has said is not said again."""

    def __init__(self) -> None:
        self._clauses: set[str] = set()

    def text(self) -> str:
        """The whole page."""
        parts = [_INTRODUCTION, "## Layers\n", *map(self._layer, LAYERS), self._arguments()]
        parts += ["## Mistakes\n", *map(self._mistake, mistakes()), _sources(), "## Quantities\n", *self._quantities()]
        parts += ["## Documents\n", *self._documents(), "## Help\n", *self._helps()]
        return "\n".join([*parts, "## Messages\n", *self._messages()])

    def _is_new(self, sentence: str) -> bool:
        """Whether a clause of a sentence is new; it is not any more."""
        new = clauses(sentence) - self._clauses
        self._clauses |= new
        return bool(new)

    def _layer(self, kind: type[Layer]) -> str:
        items = [f"example: `{kind.example}`", *([f"family: {kind.family}"] if self._is_new(kind.family) else [])]
        heading = f"`{kind.names[0]}`: {small(kind.title)}"
        self._is_new(kind.title)
        said: set[str] = set()
        spoken: dict[tuple[str, str], str] = {}
        for label, sentence, case in spoken_of(kind):
            spoken.setdefault((label, sentence), case)
        for (label, sentence), case in sorted(spoken.items(), key=lambda one: _ORDER.index(one[0][0])):
            new = clauses(sentence) - said
            said |= new
            if self._is_new(sentence) if label in _ORDER[-3:] else new:
                items.append(f"{label}: {_prose(sentence)}{case}")
            self._is_new(sentence)
        return _entry(heading, items)

    def _arguments(self) -> str:
        """What arguments take."""
        kinds = {argument.kind.expects for layer in LAYERS for argument in arguments_of(layer)}
        return _entry("Arguments", [_prose(expects) for expects in sorted(kinds) if self._is_new(expects)])

    def _mistake(self, m: Misconception) -> str:
        told = [f"{m.explanation}.", f"{m.repair}.", f"belief: {m.claim}" if m.claim else ""]
        for sentence in (m.name, *told):
            self._is_new(sentence)
        return _entry(_ESCAPED(m.name), map(_prose, filter(None, told)))

    def _quantities(self) -> Iterator[str]:
        further = network(Source("further", _FURTHER)).nodes
        nodes = [node for kind in LAYERS for node in network(Source("example", kind.example)).nodes]
        for quantity in QUANTITY_RULES.values():
            items = [f"counted in {quantity.unit}; in equations: {quantity.left}"]
            for settings in _settings():
                texts = (
                    quantity.convention(settings),
                    *_reasons(quantity, further if quantity.name in COUNTS else (*nodes, *further), settings),
                )
                items += [_prose(text) for text in texts if self._is_new(str(text))]
            yield _entry(f"`{quantity.name}`: {small(quantity.title)}", items)
        convolution = receptive_fields(network(Source("example", Convolution.example)))[-1]
        letters = {s.name: s for axis in convolution if isinstance(axis, Field) for r in axis.rules for s in symbols(r)}
        yield _entry("`field`: receptive field", [f"`{s.name}`: {s.meaning}" for s in letters.values()])
        yield _entry("Settings", [_prose(text) for text in _no_settings() if self._is_new(text)])

    def _documents(self) -> Iterator[str]:
        for said in documents():
            new = []
            for sentence in sentences(said):
                if self._is_new(sentence):
                    new.append(sentence if said.is_markdown else _ESCAPED(sentence))
            yield _entry(said.title, new)

    def _helps(self) -> Iterator[str]:
        for name, told in helps():
            yield _entry(f"`{name}`", [_ESCAPED(text) for text in told if self._is_new(text)])

    def _messages(self) -> Iterator[str]:
        for path in modules():
            found = [_prose(text) for text in messages(path) if self._is_new(text)]
            if found:
                yield _entry(f"`{path.relative_to(PACKAGE)}`", found)


def clauses(sentence: str) -> set[str]:
    """The clauses of a sentence, numbers, formulas and names left out."""
    plain = _VARIABLE.sub("0", sentence).casefold()
    parts = (" ".join(part.split()) for part in re.split(r"[()]|[.,;:?!](?:\s|$)", plain))
    return {part for part in parts if len(_WORDS.findall(part)) > 1}


def mistakes() -> tuple[Misconception, ...]:
    """All misconceptions, edits of rules first."""
    return (*MISTAKES.values(), *OF_SHAPES, *OF_LAYERS)


def _sources() -> str:
    """Where mistakes are described."""
    return _entry("Sources", map(_ESCAPED, dict.fromkeys(m.source for m in mistakes())))


def _entry(title: str, items: Iterable[str]) -> str:
    return "\n".join([f"### {title}", "", *(f"- {item}" for item in items), ""])


def _prose(text: object) -> str:
    """A sentence in plain text, its formulas as code."""
    parts = str(text).split("`")
    return "`".join(part if i % 2 else _ESCAPED(part) for i, part in enumerate(parts))


def _settings() -> Iterator[Settings]:
    """Types with optimizers, then each of the other settings changed by itself."""
    for dtype, optimizer in product(BYTES, STATES):
        with suppress(SymparamsError):
            yield Settings(dtype, optimizer)
    for name, (_, choices) in CHOICES.items():
        if name not in ("dtype", "optimizer"):
            yield from (_chosen(name, choice) for choice in choices)
    yield Settings(batch=32)
    yield Settings(cache_all=True)


def _chosen(name: str, choice: str) -> Settings:
    changes: dict[str, Setting] = {name: choice}
    return Settings(**changes)


def _no_settings() -> Iterator[str]:
    """What is said of a choice that there is not, setting by setting."""
    for name in CHOICES:
        try:
            _chosen(name, "other")
        except SymparamsError as error:
            yield str(error)


def _reasons(quantity: Quantity, nodes: Iterable[Node], settings: Settings) -> Iterator[Text]:
    """Why layers have so much of a quantity, or nothing; what is said of work and of caches stands with the layers."""
    for node in nodes:
        if not node.inputs:
            continue
        if quantity.rule(node, settings) == ZERO:
            yield quantity.lacking(node, settings)
        elif quantity.name not in ("macs", "cache"):
            yield quantity.because(node, settings)


# ---------------------------------------------------------------- what is said of a layer


def spoken_of(kind: type[Layer]) -> Iterator[tuple[str, str, str]]:
    """What is said of a layer: what about, the sentence, in which case."""
    if kind.by_hand:
        yield "rule", kind.by_hand, ""
    for d, case in variants(kind):
        if d.arriving and d.layer.cache(d.out, *d.arriving) != ZERO:
            yield "cache", str(d.layer.caching(*d.arriving)), _case(case)
        for name, text in _texts(d.rules):
            yield _LABELS[name], text, _case(case)
        for _, text in _texts(d.layer.work(d.out, *d.arriving)):
            yield "work", text, _case(case)
        for tensor in d.rules.tensors:
            yield "tensor", tensor.name, ""
        formulas = (*(axis.size for axis in d.rules.output), d.rules.parameters)
        for symbol in dict.fromkeys(s for formula in formulas for s in symbols(formula)):
            yield "symbol", f"`{symbol.name}`: {symbol.meaning}", ""
    for argument in arguments_of(kind):
        yield "argument", f"`{argument.name}`: {argument.meaning.removeprefix(f'{argument.name}: ')}", ""


def _case(case: str) -> str:
    return f" ({case})" if case else ""


def _texts(record: object) -> Iterator[tuple[str, str]]:
    """The sentences of a record, by the names of their fields."""
    for field in fields(record):  # type: ignore[arg-type]
        value = getattr(record, field.name)
        for one in value if isinstance(value, tuple) else (value,):
            for said in (one.plural, one.where) if isinstance(one, Unit) else (one,):
                if not isinstance(said, (Formula, Axis, Tensor, Requirement)) and " " in str(said).strip():
                    yield field.name, str(said)
