"""docs/phrasebook.md: every sentence that the program can say, as it comes out for a typical case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import product
from typing import get_args

from symparams.algebra.formula import ZERO, symbols
from symparams.documents.formats import FORMATS
from symparams.documents.words import capital, small
from symparams.errors import Source, SymparamsError
from symparams.layers.convolution import Convolution
from symparams.misconceptions.families import CATALOGUE as MISTAKES
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.shapes import OF_SHAPES
from symparams.misconceptions.totals import OF_LAYERS
from symparams.model.arguments import arguments_of
from symparams.model.family import Family
from symparams.model.layer import Layer
from symparams.model.network import Node
from symparams.model.sentence import Text, for_so_many
from symparams.quantities.counts import COUNTS
from symparams.quantities.field import Field
from symparams.quantities.field import fields as receptive_fields
from symparams.quantities.quantity import QUANTITY_RULES, Quantity
from symparams.quantities.settings import BYTES, CHOICES, STATES, Setting, Settings
from symparams.sources.language import network
from tests.phrasebook.layers import LISTS, ORDER, spoken_of
from tests.phrasebook.likeness import clauses, names, parted, without_names
from tests.phrasebook.said import (
    PACKAGE,
    ROOT,
    left_out,
    messages,
    modules,
    others,
    parts_of,
    pieces_of,
    plain,
    spoken_texts,
)
from tests.phrasebook.spoken import documents, helps, sentences
from tests.phrasebook.variants import LAYERS

PAGE = ROOT / "docs" / "phrasebook.md"

_INTRODUCTION = """\
# The phrasebook

Every sentence that symparams can say, so that a person can read all of them in an hour or two, and a change of wording
is one visible difference. Each stands once, where it first belongs, as it comes out for a typical case: sentences that
differ only in numbers, formulas, names or axes are one. `…` stands for a part of a sentence that was listed before;
what follows a sentence in brackets is the case, mostly what differs from the example. In messages, `‹…›` marks what is
put in. The page is made by `python -m pytest tests/phrasebook --rewrite`.
"""
# A network with reasons that no example has: frozen and shared weights. Tensors are listed for it alone.
_FURTHER = "input(8,8) -> dense(8,frozen) as a -> share(@a) -> dense(8) -> relu"
_ESCAPED = FORMATS["markdown"].escape
_SPOKEN = ("layers", "misconceptions/families", "quantities")  # what they say other than errors comes out above
_BEFORE = "…"  # in place of a part that was listed before
_INTERNAL = re.compile(r"\[([^]]*)\]\(#[^)]*\)")  # a link to a place of its own document, which is not here
_REPEATED = re.compile(r"…(?:[;:] …)+")


class Page:
    """The page as it is put together: what it has said is not said again."""

    def __init__(self) -> None:
        self._spoken = {kind: list(spoken_of(kind)) for kind in LAYERS}
        self._names = names(_names(self._spoken))
        self._seen: set[str] = set()
        self._clauses: set[str] = set()
        self._parts: set[str] = set()
        # The clauses of the code that are said nowhere yet, by their second words, which are whole wherever they stand.
        self._wanted: dict[str, set[str]] = {}
        for clause in (clause for said in spoken_texts() for clause in parts_of(said)):
            self._wanted.setdefault(clause.split()[1], set()).add(clause)
        self._listed: set[str] = set()

    def text(self) -> str:
        """The whole page."""
        parts = [_INTRODUCTION, "## Layers\n", *self._layers(), "## Mistakes\n", *self._mistakes()]
        parts += ["## Quantities\n", *self._quantities(), "## Documents\n", *self._documents()]
        said = "\n".join([*parts, "## Help\n", *self._helps(), "## Messages and other texts\n"])
        return "\n".join([said, *self._texts(plain(said))])

    def _new(self, text: object, *, named: bool = True) -> list[str]:
        """The sentences of a text that say something new, without their parts that were listed before."""
        said = []
        sentences = [one for one in parted(str(text)) if one not in self._seen]
        self._seen.update(sentences)
        for sentence in sentences:
            parts = re.split(r"([;:] )", sentence)
            wanted = [self._is_wanted(plain(part)) for part in parts[::2]]
            new = [self._is_new(part, named=named) for part in parts[::2]]  # of each part, also behind a new one
            if any(wanted) or any(new):
                shown = [part if i % 2 else self._shown(part, wanted[i // 2]) for i, part in enumerate(parts)]
                said.append(_REPEATED.sub(_BEFORE, "".join(shown)))
        return [one for one in said if one != _BEFORE]

    def _shown(self, part: str, wanted: bool) -> str:
        """A part of a sentence, or what stands for one that was listed in the same words."""
        key = without_names(part)
        if key in self._parts and clauses(part) and not wanted:
            return _BEFORE
        self._parts.add(key)
        return part

    def _is_new(self, text: str, *, named: bool = True) -> bool:
        """Whether a clause of a text is new, whatever it names if not `named`; it is not any more."""
        general = clauses(text, self._names)
        new = (clauses(text) if named else general) - self._clauses
        self._clauses |= clauses(text) | general
        return bool(self._is_wanted(plain(text)) or new)

    def _is_wanted(self, said: str) -> bool:
        """Whether a text has words of the code that are said nowhere yet."""
        found = {clause for word in set(said.split()) for clause in self._wanted.get(word, ()) if clause in said}
        for clause in found:
            self._wanted[clause.split()[1]].remove(clause)
        return bool(found)

    def _layers(self) -> Iterator[str]:
        for family in get_args(Family):
            members = [kind for kind in LAYERS if kind.family == family]
            if members:
                yield f"### {family}\n"
                self._is_new(family)
            for kind in members:
                yield from self._layer(kind)
        kinds = {argument.kind.expects for layer in LAYERS for argument in arguments_of(layer)}
        yield _entry("### What arguments take", [_prose(one) for one in sorted(kinds) if self._is_new(one)])

    def _layer(self, kind: type[Layer]) -> Iterator[str]:
        self._is_new(kind.title)
        said: dict[str, list[str]] = {label: [] for label in (*ORDER, *LISTS)}
        for label, text, case in sorted(self._spoken[kind], key=lambda one: list(said).index(one[0])):
            if label in LISTS:
                if text not in self._listed and _prose(text) not in said[label]:
                    said[label].append(_prose(text))
                self._is_new(text)
            else:
                said[label] += [_sentence(one) + (f" ({case})" if case else "") for one in self._new(text)]
        self._listed |= {text for label, text, _ in self._spoken[kind] if label in LISTS}
        yield f"#### `{kind.names[0]}`: {small(kind.title)}\n"
        if any(said.values()):
            yield f"Example: `{kind.example}`.\n"
        for label, items in said.items():
            if label in ORDER and items:
                yield _entry(f"{label}:", items)
        lists = [f"{label}: {'; '.join(said[label])}." for label in LISTS if said[label]]
        if lists:
            yield "\n\n".join(lists) + "\n"

    def _mistakes(self) -> Iterator[str]:
        for title, several in (("One layer", MISTAKES.values()), ("Shapes", OF_SHAPES), ("Totals", OF_LAYERS)):
            yield _entry(f"### {title}", map(self._mistake, several))

    def _mistake(self, m: Misconception) -> str:
        told = [_sentence(m.explanation), _sentence(m.repair), *([f"Belief: {_prose(m.claim)}"] if m.claim else ())]
        for sentence in (m.name, m.explanation, m.repair, m.claim):
            self._is_new(sentence)
        return f"**{_ESCAPED(m.name)}**: {' '.join(told)}"

    def _quantities(self) -> Iterator[str]:
        further = network(Source("further", _FURTHER)).nodes
        nodes = [node for kind in LAYERS for node in network(Source("example", kind.example)).nodes]
        for quantity in QUANTITY_RULES.values():
            items = [f"Counted in {quantity.unit}; in equations: {quantity.left}."]
            for settings in _settings():
                several = further if quantity.name in COUNTS else (*nodes, *further)
                for text in (quantity.convention(settings), *_reasons(quantity, several, settings)):
                    items += map(_sentence, self._new(text, named=False))
            yield _entry(f"### `{quantity.name}`: {small(quantity.title)}", items)
        convolution = receptive_fields(network(Source("example", Convolution.example)))[-1]
        letters = {s.name: s for axis in convolution if isinstance(axis, Field) for r in axis.rules for s in symbols(r)}
        yield _entry("### `field`: receptive field", [f"`{s.name}`: {s.meaning}" for s in letters.values()])
        yield _entry("### Settings", [_sentence(one) for text in _no_settings() for one in self._new(text)])

    def _documents(self) -> Iterator[str]:
        by_title: dict[str, list[str]] = {}
        for said in documents():
            items = by_title.setdefault(said.title, [])
            for one in dict.fromkeys(sentences(said)):
                new = self._new(one, named=False)
                items += [_INTERNAL.sub(r"\1", text) if said.is_markdown else _ESCAPED(text) for text in new]
        yield from (_entry(f"### {title}", items) for title, items in by_title.items() if items)

    def _helps(self) -> Iterator[str]:
        for name, told in helps():
            yield _entry(f"### `{name}`", [_ESCAPED(text) for text in told if self._is_new(text)])

    def _texts(self, before: str) -> Iterator[str]:
        """Messages, and what else stands in the code and was not said before."""
        for path in modules():
            found = [text for text in messages(path) if self._is_new(text)]
            if not path.relative_to(PACKAGE).as_posix().startswith(_SPOKEN):
                found += [text for text in others(path) if left_out(pieces_of(text), before)]
            if found:
                yield _entry(f"### `{path.relative_to(PACKAGE)}`", map(_prose, found))


def _names(spoken: Mapping[type[Layer], Iterable[tuple[str, str, str]]]) -> Iterator[str]:
    """What layers, their units, symbols and tensors are called."""
    for kind, texts in spoken.items():
        yield kind.title
        for label, text, _ in texts:
            if label == "Symbols":
                yield text.partition(": ")[2]
            elif label == "Tensors":
                yield from (text, f"{text}s", f"{text}es")
            elif label == "Counted by":
                yield from (text, for_so_many(1, text))


def _entry(title: str, items: Iterable[str]) -> str:
    return "\n".join([title, "", *(f"- {item}" for item in items), ""])


def _sentence(text: str) -> str:
    """A sentence with its capital and its full stop, in Markdown."""
    return capital(_prose(text)) + ("" if text.endswith((".", "?", ":")) else ".")


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
