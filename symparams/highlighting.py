"""The Pygments lexer of the language, which interprets the TextMate grammar that editors use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from pygments.lexer import Lexer
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

from symparams.resources import folder

Lexed: TypeAlias = "tuple[int, Any, str]"  # where it begins, what it is to Pygments, its text

# What the scopes of the grammar are to Pygments, by how they begin.
_TYPES: Mapping[str, Any] = {
    "comment.line": Comment.Single,
    "constant.language": Keyword.Constant,
    "constant.numeric": Number,
    "entity.name.function": Name.Function,
    "entity.name.label": Name.Label,
    "invalid.illegal": Error,
    "keyword.control": Keyword,
    "keyword.declaration": Keyword.Declaration,
    "keyword.operator": Operator,
    "punctuation": Punctuation,
    "string.quoted": String,
    "support.function": Name.Builtin,
    "variable.other": Name.Variable,
    "variable.parameter": Name.Attribute,
}


class ArchLexer(Lexer):  # type: ignore[misc]
    """Networks in the architecture language."""

    name = "symparams architecture"
    aliases = ("arch", "symparams", "symparams-arch")
    filenames = ("*.arch",)
    mimetypes = ("text/x-symparams",)

    def get_tokens_unprocessed(self, text: str) -> Iterator[Lexed]:
        stack = [_Open(_whole_file(), -1, -1)]
        start = 0
        for line in _LINE.findall(text):
            yield from _tokens(stack, line, start)
            start += len(line)


_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(slots=True)
class _Alternative:
    """What can match at a place, and what follows from it."""

    groups: tuple[tuple[int, Any], ...]  # those that are tokens: number in the whole expression, what it is to Pygments
    opens: _Context | None = None  # what stands behind it, up to an end of its own
    closes: bool = False  # whether it is the end of what it stands in


class _Context:
    """What can stand between the beginning and the end of a pattern of the grammar, or in a whole file."""

    def __init__(self, pattern: Mapping[str, Any], inside: Sequence[Mapping[str, Any]]) -> None:
        expressions = [(f"p{i}", one.get("match") or one["begin"]) for i, one in enumerate(inside)]
        if "end" in pattern:
            end = len(expressions) if "applyEndPatternLast" in pattern else 0
            expressions.insert(end, ("end", pattern["end"]))
        text = "|".join(f"(?P<{name}>{expression})" for name, expression in expressions)
        # Python has no \G: it matches always behind the beginning, and never elsewhere.
        self._behind, self._elsewhere = re.compile(text.replace(r"\G", "(?:)")), re.compile(text.replace(r"\G", "(?!)"))
        first = self._elsewhere.groupindex
        self.alternatives = {f"p{i}": _Alternative(_groups(first[f"p{i}"], one)) for i, one in enumerate(inside)}
        if "end" in pattern:
            self.alternatives["end"] = _Alternative(
                _captured(first["end"], pattern.get("endCaptures", {})), closes=True
            )

    def next(self, line: str, position: int, anchor: int) -> re.Match[str] | None:
        """What matches first from a position on; of what begins at the same place, the first alternative."""
        if position == anchor:
            return self._behind.match(line, position) or self._elsewhere.search(line, position + 1)
        return self._elsewhere.search(line, position)


def _groups(first: int, pattern: Mapping[str, Any]) -> tuple[tuple[int, Any], ...]:
    """The tokens in a match of a pattern, whose own group is the `first`."""
    if "name" in pattern:
        return ((first, kind_of(pattern["name"])),)
    return _captured(first, pattern.get("captures") or pattern.get("beginCaptures") or {})


def _captured(first: int, captures: Mapping[str, Any]) -> tuple[tuple[int, Any], ...]:
    return tuple((first + int(number), kind_of(one["name"])) for number, one in captures.items())


def kind_of(scope: str) -> Any:
    """What a scope of the grammar is to Pygments."""
    return next(kind for beginning, kind in _TYPES.items() if scope.startswith(beginning))


@cache
def _whole_file() -> _Context:
    """The grammar, made ready."""
    grammar = json.loads((folder("grammar") / "arch.tmLanguage.json").read_text("utf-8"))
    contexts: dict[int, _Context] = {}

    def flat(patterns: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """The patterns in their order, with those that are included in place of their names."""
        for pattern in patterns:
            one = grammar["repository"][pattern["include"][1:]] if "include" in pattern else pattern
            if "match" in one or "begin" in one:
                yield one
            else:
                yield from flat(one["patterns"])

    def context(pattern: Mapping[str, Any]) -> _Context:
        if id(pattern) not in contexts:
            inside = list(flat(pattern["patterns"]))
            made = contexts[id(pattern)] = _Context(pattern, inside)
            for i, one in enumerate(inside):
                if "begin" in one:
                    made.alternatives[f"p{i}"].opens = context(one)
        return contexts[id(pattern)]

    return context(grammar)


@dataclass(slots=True)
class _Open:
    """A context that is open."""

    context: _Context
    entered: int  # where in the text it was looked for
    anchor: int  # behind its beginning: there \G matches


def _tokens(stack: list[_Open], line: str, start: int) -> Iterator[Lexed]:
    """The tokens of a line that begins at `start`; contexts are opened and closed on the way."""
    position = 0
    while True:
        here = stack[-1]
        found = here.context.next(line, position, here.anchor - start)
        begin, end = (len(line), len(line)) if found is None else found.span()
        if begin > position:
            yield start + position, Whitespace, line[position:begin]
        if found is None:
            return
        what = here.context.alternatives[str(found.lastgroup)]
        for group, kind in what.groups:
            if found[group]:
                yield start + found.start(group), kind, found[group]
        if what.opens is not None:
            stack.append(_Open(what.opens, start + position, start + end))
        elif what.closes:
            stack.pop()
            if start + end == here.entered:  # nothing fits here: it goes on behind the next character
                if end == len(line):
                    return
                yield start + end, Error, line[end]
                end += 1
        position = end
