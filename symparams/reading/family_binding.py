"""A family and the values of one config -> its network in the language, with places in the config."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar, cast

from symparams import limits
from symparams.algebra.evaluation import at as value_at
from symparams.algebra.formula import Formula, Symbol, symbols
from symparams.errors import LimitError, Place, Source, Span, SymparamsError
from symparams.reading.config_values import FORMULAS, KINDS, Meaning, read_default
from symparams.reading.families import Architecture, Family, Key, written
from symparams.reading.json_places import Value
from symparams.reading.reading import Repair
from symparams.sources import records as r
from symparams.sources.reader import read_expression, read_network

_LONGEST = 50_000  # characters of a network
_SHOWN = 60  # characters of a value that a message shows
T = TypeVar("T")


class Given(NamedTuple):
    """What stands for a key."""

    meaning: Meaning  # as conditions see it
    written: tuple[str, ...]  # as the language writes it, for each of its letters
    at: Span | None  # where the config says so; None: it does not


@dataclass(frozen=True, slots=True)
class Bound:
    """A family with what stands for each of its keys."""

    family: Family
    architecture: Architecture
    given: Mapping[str, Given]  # by the usual name of the key
    places: Mapping[str, Span]  # where the config says what a letter is, or one of those it is computed from
    at: Span  # where it says which family this is
    body: str  # the network in the language, without the values of its letters

    def text(self, with_values: bool = True) -> str:
        """The network in the language: title, letters with their values, chains."""
        lets = [f"let {letter} = {value}\n" for letter, value in self.used()] if with_values else []
        return f'model "{self.architecture.name}"\nconvention torch\n' + "".join(lets) + self.body

    def used(self) -> Iterator[tuple[str, str]]:
        """The letters that stand in the network, or in the value of one that does, each with its value."""
        letters = [
            (letter, value)
            for key in self.family.keys
            for letter, value in zip(key.letters, self.given[key.names[0]].written, strict=False)
        ]
        wanted = {one.name for one in _every_symbol(tuple(read_network(Source(self.family.name, self.body))))}
        for letter, value in reversed(letters):
            if letter in wanted:
                wanted |= {one.name for one in symbols(_formula(value))}
        yield from (pair for pair in letters if pair[0] in wanted)

    def statements(self) -> tuple[r.Statement, ...]:
        """The network as records whose places lie in the config."""
        source = Source(f"{self.family.name}.arch", self.text())
        return tuple(self.placed(statement) for statement in read_network(source))

    def placed(self, record: T) -> T:
        """A record with places in the config: an argument stands where its first letter has its value."""
        if isinstance(record, Formula | str | int) or record is None:
            return record
        assert isinstance(record, tuple)
        parts = [self.placed(part) if not isinstance(part, Span) else self.at for part in record]
        if not hasattr(record, "_fields"):
            return cast(T, tuple(parts))
        made = type(record)(*parts)
        if isinstance(made, r.Let):
            made = made._replace(at=self.places.get(made.name, self.at))
        elif isinstance(made, r.Call):
            made = made._replace(at=self.place_of(made.arguments))
        elif isinstance(made, r.Argument):
            made = made._replace(at=self.place_of(made.value))
        elif isinstance(made, r.Group):
            made = made._replace(count_at=self.place_of(made[1:5]))
        return made

    def place_of(self, record: object) -> Span:
        places = (self.places.get(one.name) for one in _every_symbol(record))
        return next(filter(None, places), self.at)

    def notes(self) -> Iterator[Repair]:
        """What is said beside the network."""
        for note in self.family.notes:
            if said := written(note.text, _meanings(self.given)):
                yield Repair(said, self.given[note.key].at or self.at)

    def missing(self) -> Iterator[tuple[str, str]]:
        """The keys that this network depends on and the config does not have, each with what stands for it."""
        text = self.family.body + self.architecture.head
        used = dict(self.used())
        for key in self.family.keys:
            name = key.names[0]
            in_conditions = re.search(rf"\b{name}\b", text) is not None
            if self.given[name].at is None and (in_conditions or not used.keys().isdisjoint(key.letters)):
                yield name, ", ".join(self.given[name].written)


def bound(family: Family, architecture: Architecture, config: Mapping[str, Value], source: Source, at: Span) -> Bound:
    """The family with what the config says; raises SymparamsError for a value that cannot be."""
    given: dict[str, Given] = {}
    numbers: dict[str, int] = {}
    places: dict[str, Span] = {}
    for key in family.keys:
        one = _given(key, config, numbers, source)
        given[key.names[0]] = one
        meanings = one.meaning if isinstance(one.meaning, tuple) else (one.meaning,)
        for letter, number, text in zip(key.letters, meanings, one.written, strict=False):
            numbers[letter] = cast(int, number)
            computed = (places.get(s.name) for s in symbols(_formula(text)))
            place = one.at or next(filter(None, computed), None)
            if place is not None:
                places[letter] = place
    for need in family.needs:
        if said := written(need.text, _meanings(given)):
            value = next((config[name] for name in family.key(need.key).names if name in config), None)
            found = ", ".join(given[need.key].written) if value is None else shown(value, source)
            raise SymparamsError(f"{need.key} {said}, not {found}", Place(source, *(value.at if value else at)))
    return Bound(family, architecture, given, places, at, _body(family, architecture, given, source))


def _meanings(given: Mapping[str, Given]) -> dict[str, Meaning]:
    return {name: one.meaning for name, one in given.items()}


def _body(family: Family, architecture: Architecture, given: Mapping[str, Given], source: Source) -> str:
    """The network of a family, its conditions decided."""
    values = _meanings(given)
    head = written(architecture.head, values)
    body = written(family.body, {**values, "head": head, "architecture": architecture.name})
    if len(body) > _LONGEST:
        message = f"this config makes a network of more than {_LONGEST:,} characters, which is the limit"
        raise LimitError(message, source=source)
    return "".join(line + "\n" for line in body.splitlines() if line.strip())


def _given(key: Key, config: Mapping[str, Value], numbers: Mapping[str, int], source: Source) -> Given:
    """What the config says of a key, or what stands for it."""
    name, value = next(((name, config[name]) for name in key.names if name in config), (key.names[0], None))
    if value is None:
        return _default(key.kind, key.default, numbers, None)
    word = "null" if value.plain is None else value.plain
    if isinstance(word, str) and word in key.instead:
        return _default(key.kind, key.instead[word], numbers, value.at)
    if value.plain is None and key.kind != "switch":
        return _default(key.kind, key.default, numbers, None)
    read, wanted = KINDS[key.kind]
    meaning = read(value)
    if meaning is None:
        raise SymparamsError(f"{name} {wanted}, not {shown(value, source)}", Place(source, *value.at))
    if key.kind == "count" and isinstance(meaning, int) and meaning > limits.LAYERS:
        message = f"{name} is more than {limits.LAYERS:,}, which is the limit"
        raise LimitError(message, Place(source, *value.at))
    return Given(meaning, _in_language(meaning), value.at)


def _default(kind: str, text: str, numbers: Mapping[str, int], at: Span | None) -> Given:
    """What a family says of a key: a word, or a formula of letters before it, rounded down as the library does."""
    if kind not in FORMULAS:
        meaning = read_default(kind, text)
        return Given(meaning, _in_language(meaning), at)
    value = value_at(_formula(text), numbers)
    exactly = text.replace(" // ", "/")
    return Given(int(value), (exactly if value_at(_formula(exactly), numbers) == value else text,), at)


def _in_language(meaning: Meaning) -> tuple[str, ...]:
    if isinstance(meaning, tuple):
        return tuple(map(str, meaning))
    return (("yes" if meaning else "no") if isinstance(meaning, bool) else str(meaning),)


def _formula(text: str) -> Formula:
    return read_expression(Source("", text))


def _every_symbol(record: object) -> Iterator[Symbol]:
    """The letters and words in a record."""
    if isinstance(record, Formula):
        yield from symbols(record)
    elif isinstance(record, tuple):
        for part in record:
            yield from _every_symbol(part)


def shown(value: Value, source: Source) -> str:
    """A value as the config has it, not too long."""
    text = source.text[value.at.start : value.at.end]
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
