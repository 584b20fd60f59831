"""What the parser did not expect -> an error in the user's words."""

from __future__ import annotations

import re

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from symparams.errors import Place, Source, SymparamsError, nearest

_WORDS = {
    "_ARROW": "->",
    "LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]", "LBRACE": "{", "RBRACE": "}",
    "COMMA": ",", "EQUALS": "=", "AT": "@name", "VBAR": "|", "__ANON_0": "..",
    "STRING": "a title in quotes", "RELATION": "a comparison such as >=", "NAME": "a name",
    "SIZE": "a size such as 3x3",
    "AS": "as", "FOR": "for", "IN": "in", "STAR": "*", "NUMBER": "a number", "FUNCTION": "a function",
    "LFLOOR": "⌊", "RFLOOR": "⌋", "LCEIL": "⌈", "RCEIL": "⌉", "RAISED": "a power",
    "SIGN": "+ or -", "TIMES": "* or /", "CARET": "^", "WHERE": "where", "DOTS": "..",
}  # fmt: skip
_STATEMENTS = {"MODEL", "CONVENTION", "LET", "RANGE", "WHERE", "DEF", "$END"}
_EXPRESSION = {"NUMBER", "LPAR"}
_OPERATORS = {"SIGN", "TIMES", "CARET", "RAISED"}


def explained(error: UnexpectedInput, source: Source) -> SymparamsError:
    """The parser's error in the user's words."""
    if isinstance(error, UnexpectedToken):
        return _unexpected(error, source)
    assert isinstance(error, UnexpectedCharacters)
    offset = error.pos_in_stream or 0
    character = source.text[offset]
    if character == '"':
        return SymparamsError("this title has no closing quote", Place(source, offset))
    shown = f"`{character}`" if character.isprintable() else f"the character U+{ord(character):04X}"
    hint = "; the arrow is ->" if character in "⟶⇒–—➔" else ""
    if character in "'‘’“”":
        hint = '; words stand without quotes, texts between "'
    return SymparamsError(f"{shown} is not a character of the language{hint}", Place(source, offset))


def _unexpected(error: UnexpectedToken, source: Source) -> SymparamsError:
    token = error.token
    ended = token.type == "$END"
    offset = len(source.text.rstrip()) if ended else (token.start_pos or 0)
    place = Place(source, offset)
    still_open = _open_brackets(source.text[:offset])
    if ended and still_open:
        bracket, at = still_open[-1]
        line, column, _ = Place(source, at).position()
        return SymparamsError(f"the text ends here, but the {bracket} of line {line}, column {column} is open", place)
    if token.value in (")", "]", "}") and not still_open:
        return SymparamsError(f"this {token.value} closes nothing", place)
    wanted = _expected({name.rpartition("EXPRESSION__")[2] for name in error.accepts or error.expected})
    if ended:
        return SymparamsError(f"the text ends here, but {wanted} is expected", place)
    return SymparamsError(f"unexpected `{token.value}`; expected {wanted}{_meant(source.text, token)}", place)


def _meant(text: str, token: Token) -> str:
    """A hint where a statement is misspelled or = stands for ==."""
    line = text[text.rfind("\n", 0, token.start_pos or 0) + 1 :].lstrip()
    first = re.match(r"[A-Za-z]+", line)
    statements = ("model", "convention", "let", "range", "where", "def")
    if first and first[0] == "where" and token.value == "=":
        return "; equality is =="
    if re.search(r"\brange\s+$", text[: token.start_pos or 0]):
        return "; a range is a statement of its own"
    if first and first[0] not in statements:
        return nearest(first[0], statements)
    return ""


_MARKS = re.compile(r'"[^"\n]*"|\'[^\'\n]*\'|#[^\n]*|[][(){}]')


def _open_brackets(text: str) -> list[tuple[str, int]]:
    """The brackets that the text opens and does not close, with their offsets."""
    brackets: list[tuple[str, int]] = []
    for token in _MARKS.finditer(text):
        if token[0] in ("(", "[", "{"):
            brackets.append((token[0], token.start()))
        elif token[0] in (")", "]", "}") and brackets:
            brackets.pop()
    return brackets


def _expected(terminals: set[str]) -> str:
    """What could stand here, the brackets and marks first."""
    words: list[str] = []
    rest = set(terminals)
    if "_ARROW" in rest:
        rest.discard("COMMA")  # stands for an arrow
    if rest >= _EXPRESSION:
        words.append("an expression")
        rest -= _EXPRESSION | {"NAME", "SIZE", "SIGN", "FUNCTION", "LFLOOR", "LCEIL"}
    elif rest & _OPERATORS:
        words.append("an operator")
        rest -= _OPERATORS | {"NAME", "LPAR", "FUNCTION", "LFLOOR", "LCEIL"}
    if {"NAME", "LSQB", "LBRACE"} <= rest:
        words.append("a layer, [ … ], { … } or @name")
        rest -= {"NAME", "LSQB", "LBRACE", "AT"}
    if rest & _STATEMENTS == _STATEMENTS:
        words.append("a statement")
    rest -= _STATEMENTS
    words += sorted({_WORDS.get(name, name.strip("_").lower()) for name in rest}, key=lambda w: (w.isalpha(), w))
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}" if words else "nothing more"
