"""What the columns of a table with a student a line hold, be it written by hand or exported by a form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from symparams.documents.written_question import WrittenQuestion
from symparams.grading.bank import Bank
from symparams.grading.column_names import Role, has_points, numbered, plain, role

Asked: TypeAlias = Callable[[str], WrittenQuestion | None]  # the question that a text asks

_IDENTITY = re.compile(r"q-[0-9a-f]{8,}(?:-f[0-9]+)?")
_BEGINS = re.compile(r"(?:q|question|no\.?|nr\.?)?\s*#?\s*([0-9]{1,7})\s*[.):]\s+\S", re.IGNORECASE)  # 3. How many …
_OWN = re.compile(  # what people who make a form call who answers
    r"\b(names?|e-?mail|student (number|id)|matriculation|registration number|roll number)\b", re.IGNORECASE
)
_LONGEST = 10_000  # characters of the name of a column that are read
_MOST_WORDS = 8  # of a column that asks who answers


@dataclass(slots=True)
class Columns:
    """What the columns of a table hold, each by its place from 0."""

    name: list[int] = field(default_factory=list)  # the name of the student, perhaps in two: given name, family name
    key: int | None = None  # by what students are told apart: a number, or an address
    paper: int | None = None
    answers: dict[int, str] = field(default_factory=dict)  # of each column with answers: its question, as it is named
    texts: dict[int, int] = field(default_factory=dict)  # of such a column: the one with the text of the question
    others: list[int] = field(default_factory=list)  # what nobody here knows
    around: list[int] = field(default_factory=list)  # of the attempt: when, how long, in what state
    points: list[int] = field(default_factory=list)  # points that somebody gave for a question
    exported: bool = False  # whether a form or a learning platform wrote the table


def columns_of(header: Sequence[str], bank: Bank, asked: Asked | None) -> Columns:
    """What a header says; a question is named by its number or its identity, or, where `asked` finds it, its text."""
    return _Header([name[:_LONGEST] for name in header], bank, asked).columns()


class _Header:
    """The first line of a table."""

    def __init__(self, header: Sequence[str], bank: Bank, asked: Asked | None) -> None:
        self.header = header
        self.bank = bank
        self.asked = asked
        self._names = frozenset(filter(None, header))
        self.numbered = {at: found for at, name in enumerate(header) if (found := numbered(name))}
        self.has_responses = any(kind == "response" for kind, _ in self.numbered.values())

    def columns(self) -> Columns:
        """What each column holds."""
        found = Columns(exported=self.has_responses)
        roles: dict[Role, list[tuple[int, int]]] = {}  # the columns of each, by rank
        for at, name in enumerate(self.header):
            if not name or self._is_of_attempt(at):
                continue
            if has_points(name):
                found.points.append(at)
                continue
            known = role(name)
            question = None if known else self._question(at)
            if question is not None:
                found.answers[at] = question
            elif known or _asks_who(name):
                what, rank = known or _who(name)
                roles.setdefault(what, []).append((rank, at))
                if what == "around":
                    found.around.append(at)
            elif not self._is_beside(name):
                found.others.append(at)
        self._put(found, roles)
        return found

    def _put(self, found: Columns, roles: Mapping[Role, Sequence[tuple[int, int]]]) -> None:
        """Who the students are, and which question each of them had."""
        first: dict[Role, int] = {what: min(several)[1] for what, several in roles.items()}
        found.exported |= bool(found.around or found.points)
        both = [first[part] for part in _PARTS if part in first]
        found.name = [first["name"]] if "name" in first else both
        found.key, found.paper = first.get("key"), first.get("paper")
        asked = {number: at for at, (kind, number) in self.numbered.items() if kind == "asked"}
        for at in found.answers:
            if self.has_responses and at in self.numbered and self.numbered[at][1] in asked:
                found.texts[at] = asked[self.numbered[at][1]]

    def _is_of_attempt(self, at: int) -> bool:
        """Whether a column stands beside a response: what was asked, and what would be right."""
        return self.has_responses and at in self.numbered and self.numbered[at][0] != "response"

    def _question(self, at: int) -> str | None:
        """The question that a column answers."""
        name = self.header[at]
        if self._is_beside(name):
            return None
        if at in self.numbered:
            return self.numbered[at][1]
        if name in self.bank.places or re.fullmatch(r"(?:no\.?|nr\.?)?\s*#?\s*[0-9]{1,7}", name, re.IGNORECASE):
            return name
        if (identity := _IDENTITY.search(name)) and identity[0] in self.bank.places:
            return identity[0]
        if (begins := _BEGINS.match(name)) and 1 <= int(begins[1]) <= len(self.bank.numbered):
            return begins[1]
        asked = self._by_name.get(plain(name)) or (self.asked(name) if self.asked else None)
        return asked.identity if asked else None

    @cached_property
    def _by_name(self) -> Mapping[str, WrittenQuestion | None]:
        """The questions by their short titles; None for a title that several have."""
        by_name: dict[str, WrittenQuestion | None] = {}
        for asked in self.bank.questions:
            name = plain(asked.name)
            by_name[name] = None if name in by_name else asked
        return by_name

    def _is_beside(self, name: str) -> bool:
        """Whether a column has points or feedback for what another one answers: X [Score], or Points - X."""
        before, bracket, _ = name.rpartition("[")
        return (bool(bracket) and name.endswith("]") and before.rstrip() in self._names) or (
            name.partition(" - ")[2] in self._names
        )


_PARTS: tuple[Role, Role] = ("given", "family")
_LAST = 1_000  # the rank of columns that are known by what they ask, behind those that are called so


def _asks_who(name: str) -> bool:
    return len(name.split()) <= _MOST_WORDS and _OWN.search(name) is not None


def _who(name: str) -> tuple[Literal["name", "key"], int]:
    found = _OWN.search(name)
    return ("name" if found and found[1].casefold().startswith("name") else "key"), _LAST


def headers(header: Sequence[str], most: int, shown: int) -> Iterator[str]:
    """The names of columns for a message."""
    for name in header[:most]:
        yield f"`{name if len(name) <= shown else name[:shown] + '…'}`"
