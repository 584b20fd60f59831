"""Marks the typed answers of a question in PrairieLearn by what stands in answers.json beside it.

PrairieLearn runs a copy of this file, server.py, for every question, so it needs nothing but Python. What students type
is read by the small readers below and never evaluated as code.
"""

from __future__ import annotations

import html
import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

LONGEST = 1_000  # characters of an answer
LARGEST = 2_000  # bits of any number a formula comes to: the largest networks need a hundred
DEEPEST = 50  # brackets in brackets

Point = Mapping[str, Fraction]
Node = Callable[[Point], Fraction]


class AnswerError(Exception):
    """An answer that cannot be read; the text says what would do."""


class UndefinedError(AnswerError):
    """A formula without a value at a point."""


# What PrairieLearn calls, in the order in which it does.


def parse(data: dict[str, Any]) -> None:
    """Tell answers that can be marked from those that cannot; 18,207 is as good as 18207."""
    for field in _fields(data):
        name = field["name"]
        text = _text(data["raw_submitted_answers"].get(name))
        try:
            reading = read(field, text)
        except AnswerError as error:
            data["format_errors"][name] = html.escape(str(error))  # it is shown as HTML, and may quote what was typed
            data["submitted_answers"][name] = None
        else:
            data["format_errors"].pop(name, None)
            data["submitted_answers"][name] = _stored(int(reading)) if field["kind"] == "integer" else text


def grade(data: dict[str, Any]) -> None:
    """Give each answer its score, and a known mistake what is to be said about it."""
    own: dict[str, Fraction] = {}  # the student's answers to earlier parts
    for field in _fields(data):
        name = field["name"]
        text = _text(data["submitted_answers"].get(name))
        data["feedback"].pop(name, None)
        try:
            score, feedback = judged(field, text, own)
        except AnswerError as error:  # only where the question was changed after the answer was saved
            data["format_errors"][name] = html.escape(str(error))
            continue
        _keep(field, text, own)
        data["partial_scores"][name] = {"score": score, "weight": field["weight"]}
        if feedback:
            data["feedback"][name] = feedback
    data["score"] = _total(data["partial_scores"])


def test(data: dict[str, Any]) -> None:
    """Submit a right, a wrong or an unreadable answer, for the tests that PrairieLearn offers to teachers."""
    own: dict[str, Fraction] = {}
    for field in _fields(data):
        name = field["name"]
        if data["test_type"] == "invalid":
            data["raw_submitted_answers"][name] = "?"
            data["format_errors"][name] = "It cannot be read."
            continue
        text = field["typed"] if data["test_type"] == "correct" else field["wrong"]
        data["raw_submitted_answers"][name] = text
        data["partial_scores"][name] = {"score": judged(field, text, own)[0], "weight": field["weight"]}
        _keep(field, text, own)
    data["score"] = _total(data["partial_scores"])


def _keep(field: Mapping[str, Any], text: str, own: dict[str, Fraction]) -> None:
    """Put an answer with those that later parts may follow from."""
    if field.get("letter"):
        own[field["letter"]] = Fraction(read(field, text))


def _fields(data: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    place = Path(data["options"]["question_path"]) / "answers.json"
    fields: Sequence[Mapping[str, Any]] = json.loads(place.read_text("utf-8"))["fields"]
    return fields


def _text(answer: object) -> str:
    return "" if answer is None else str(answer).strip()


def _stored(value: int) -> int | str:
    return value if abs(value) < 1 << 53 else str(value)  # as pl-integer-input stores it: JSON has no larger integers


def _total(scores: Mapping[str, Mapping[str, float]]) -> float:
    weight = sum(one["weight"] for one in scores.values())
    return sum(one["weight"] * one["score"] for one in scores.values()) / weight if weight else 0


# Marking


def judged(field: Mapping[str, Any], text: str, own: Mapping[str, Fraction]) -> tuple[float, str]:
    """The score of an answer and what is to be said about it; it may follow from the student's own earlier answers."""
    reading = read(field, text)
    if reading == field["right"]:
        return 1, ""
    if _follows(field, field.get("follows", ""), own) == reading:
        return 1, "<p>This is right with your own earlier answers.</p>"
    for key in ("found", "follows"):
        for mistake in field["mistakes"]:
            gives = mistake["found"] if key == "found" else _follows(field, mistake.get("follows", ""), own)
            if reading == gives:
                copied = key == "follows" and reading in field.get("told", ())
                return 0 if copied else mistake["score"], mistake["feedback"]
    return 0, ""


def _follows(field: Mapping[str, Any], formula: str, own: Mapping[str, Fraction]) -> str | None:
    """What a formula gives from a student's own earlier answers, or from the right ones where there are none."""
    if not formula:
        return None
    answers = {letter: own.get(letter, Fraction(right)) for letter, right in field["before"].items()}
    try:
        return str(Reading(formula, list(answers)).whole()(answers))
    except AnswerError:
        return None


def read(field: Mapping[str, Any], text: str) -> str:
    """What an answer says, written so that equal answers are equal texts."""
    if len(text) > LONGEST:
        raise AnswerError(f"The answer is longer than {LONGEST:,} characters.")
    if not text.strip():
        raise AnswerError("The answer is blank.")
    text = text.translate(_SIGNS).strip()
    match field["kind"]:
        case "integer":
            return str(_whole(text))
        case "shape":
            shapes = _shapes(text)
            known = [field.get("right"), *(mistake["found"] for mistake in field.get("mistakes", ()))]
            return next((shape for shape in known if shape in shapes), shapes[0])
        case "formula":
            return _values(text, field["letters"], field["at"])
        case _:
            return str(_number(text))


_AS_X = str.maketrans(dict.fromkeys("X*", "x"))
_SIGNS = str.maketrans(
    {**dict.fromkeys("−–", "-"), **dict.fromkeys("×✕✖·⋅∙∗", "*"), **dict.fromkeys("÷∕⁄", "/")}
    | dict.fromkeys("\u00a0\u202f\u2009", " ")
)
_NUMBER = re.compile(
    r"([+-]?) *([0-9]{1,3}(?P<sep>[,_' ])[0-9]{3}(?:(?P=sep)[0-9]{3})*|[0-9_]+)(?:\.([0-9]*))? *(?:/ *0*([1-9][0-9]*))?"
)


def _number(text: str) -> Fraction:
    number = _NUMBER.fullmatch(text)
    digits = re.sub("[^0-9]", "", number[2]) if number else ""
    if number is None or not digits:
        raise AnswerError("Type a number, such as 18207, 18,207, 12.5 or 25/2.")
    decimals = number[4] or ""
    value = Fraction(int(digits + decimals), 10 ** len(decimals) * int(number[5] or 1))
    return -value if number[1] == "-" else value


def _whole(text: str) -> int:
    advice = "Type a whole number, such as 18207 or 18,207."
    try:
        value = _number(text)
    except AnswerError:
        raise AnswerError(advice) from None
    if value.denominator != 1:
        raise AnswerError(advice)
    return value.numerator


_BATCH = re.compile(r"(?:None|\?|-1) *[,;x] *")
_SIZE = re.compile(r"(?:[1-9][0-9]{0,2}(?:[ ,][0-9]{3})+|0|[1-9][0-9]*)(?:\.[0-9]+)?")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")


def _shapes(text: str) -> list[str]:
    """The shapes that a text can mean, the likeliest first."""
    text = text.translate(_AS_X).removesuffix(".")
    if inside := re.fullmatch(r"\((.*)\)|\[(.*)\]", text):
        text = (inside[1] or inside[2] or "").strip()
    text = text[batch.end() :] if (batch := _BATCH.match(text)) else text
    text = text.removesuffix(",").rstrip()
    if re.search("[x;]", text):  # then a comma is inside a number
        found = _each_number(re.split("[x;,]", _THOUSANDS.sub("", text)))
    elif "," in text:
        found = [*_each_number(text.split(",")), *_each_number([text])]
    else:
        found = [*_each_number(re.split(" +", text)), *(_each_number([text]) if " " in text else [])]
    if not found:
        raise AnswerError("Type a shape, such as 4x5x6 or (4, 5, 6).")
    return found


def _each_number(parts: Sequence[str]) -> list[str]:
    """The shape with these sizes, if they are numbers."""
    if not all(_SIZE.fullmatch(part.strip()) for part in parts):
        return []
    return ["x".join(str(Fraction(re.sub("[ ,]", "", part))) for part in parts)]


def _values(text: str, letters: Sequence[str], at: Sequence[Mapping[str, int]]) -> str:
    formula = Reading(text, letters).whole()
    values: list[str] = []
    refusal: UndefinedError | None = None
    for point in at:
        try:
            values.append(str(formula({letter: Fraction(value) for letter, value in point.items()})))
        except UndefinedError as error:
            values.append("-")
            refusal = error
    if refusal is not None and set(values) == {"-"}:
        raise refusal
    return " ".join(values)


# Formulas: a text becomes tokens, these a function of the values of the letters.

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?)"
    r"|(?P<sign>\*\*|//|[-+*/%^(),⌊⌋⌈⌉])"
    r"|(?P<name>[A-Za-zͰ-Ͽ_][A-Za-z0-9Ͱ-Ͽ_]*(?:\.[A-Za-zͰ-Ͽ_][A-Za-z0-9Ͱ-Ͽ_]*)*)"
    r"|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_CLOSING = {"(": ")", "⌊": "⌋", "⌈": "⌉"}
_FUNCTIONS: Mapping[str, Callable[[list[Fraction]], Fraction]] = {
    "floor": lambda given: Fraction(floor(given[0])),
    "ceil": lambda given: Fraction(ceil(given[0])),
    "min": min,
    "max": max,
}
_OPERATIONS: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "*": operator.mul,
    "/": operator.truediv,
    "//": lambda left, right: Fraction(left // right),
    "%": operator.mod,
}


class Reading:
    """A formula on its way from text to function, by recursive descent."""

    def __init__(self, text: str, letters: Sequence[str]) -> None:
        self._letters = sorted(letters, key=len, reverse=True)  # the longest first: C_in is not C times _in
        self._tokens = list(self._tokenized(re.sub(r"_\{([^{}]*)\}", r"_\1", text)))
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        """The formula that the whole text is."""
        node = self._sum()
        if self._next < len(self._tokens):
            raise AnswerError(f"The formula cannot be read from {self._tokens[self._next][1]} on.")
        return node

    def _tokenized(self, text: str) -> list[tuple[str, str]]:
        tokens: list[tuple[str, str]] = []
        offset = 0
        while offset < len(text):
            token = _TOKEN.match(text, offset)
            if text[offset].isspace():
                offset += 1
            elif token is None:
                raise AnswerError(f"There is a sign that a formula cannot have: {text[offset]}")
            else:
                offset = token.end()
                kind, word = str(token.lastgroup), token[0]
                tokens += self._named(word) if kind == "name" else [(kind, word)]
        return tokens

    def _named(self, word: str) -> list[tuple[str, str]]:
        """A word that is a function, a letter or several letters side by side."""
        if word in _FUNCTIONS and word not in self._letters:
            return [("function", word)]
        tokens: list[tuple[str, str]] = []
        rest = word
        while rest:
            letter = next((letter for letter in self._letters if rest.startswith(letter)), None)
            if letter is None:
                raise AnswerError(f"{word} is not among the letters of this question: {', '.join(self._letters)}.")
            tokens.append(("letter", letter))
            rest = rest.removeprefix(letter)
        return tokens

    def _here(self) -> tuple[str, str]:
        return self._tokens[self._next] if self._next < len(self._tokens) else ("end", "")

    def _accept(self, *words: str) -> str:
        kind, word = self._here()
        if kind == "sign" and word in words:
            self._next += 1
            return word
        return ""

    def _sum(self) -> Node:
        terms = [self._product()]
        while sign := self._accept("+", "-"):
            term = self._product()
            terms.append(term if sign == "+" else _negative(term))
        return terms[0] if len(terms) == 1 else lambda at: _added([term(at) for term in terms])

    def _product(self) -> Node:
        first, rest = self._signed(), list[tuple[str, Node]]()
        while True:
            if sign := self._accept(*_OPERATIONS):
                rest.append((sign, self._signed()))
            elif self._opens():
                if rest and rest[-1][0] != "*":
                    raise AnswerError("Put brackets around what you divide by: 1/(2k), or (1/2)k.")
                rest.append(("*", self._power()))
            else:
                return (lambda at: _multiplied(first, rest, at)) if rest else first

    def _opens(self) -> bool:
        """Whether a factor follows without a sign for times; a number does not: k2 could be k² or 2k."""
        kind, word = self._here()
        return kind in ("letter", "function") or (kind == "sign" and word in _CLOSING)

    def _signed(self) -> Node:
        negative = False
        while sign := self._accept("+", "-"):
            negative ^= sign == "-"
        power = self._power()
        return _negative(power) if negative else power

    def _power(self) -> Node:
        parts = [self._atom()]
        while True:
            kind, word = self._here()
            if kind == "raised":
                self._next += 1
                parts.append(_constant(Fraction(int(word.translate(_RAISED)))))
            elif self._accept("^", "**"):
                negative = bool(self._accept("-"))
                exponent = self._atom()
                parts.append(_negative(exponent) if negative else exponent)
            else:
                return parts[0] if len(parts) == 1 else lambda at: _raised([part(at) for part in parts])

    def _atom(self) -> Node:
        kind, word = self._here()
        self._next += 1
        if kind == "number":
            return _constant(Fraction(word.replace(",", "")))
        if kind == "letter":
            return lambda at: at[word]
        if kind == "function":
            return self._function(word)
        if kind == "sign" and word in _CLOSING:
            inside = self._bracketed(_CLOSING[word], 1)[0]
            return inside if word == "(" else _applied("floor" if word == "⌊" else "ceil", [inside])
        raise AnswerError(f"Something is missing before {word}." if word else "The formula ends too early.")

    def _function(self, name: str) -> Node:
        if not self._accept("("):
            raise AnswerError(f"{name} needs brackets: {name}( ).")
        given = self._bracketed(")", 1 if name in ("floor", "ceil") else LONGEST)
        if name in ("min", "max") and len(given) == 1:
            raise AnswerError(f"{name} compares two values; leave a space after the comma: {name}(1, 200).")
        return _applied(name, given)

    def _bracketed(self, closing: str, most: int) -> list[Node]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise AnswerError(f"Brackets are nested more than {DEEPEST} deep.")
        inside = [self._sum()]
        while len(inside) < most and self._accept(","):
            inside.append(self._sum())
        if not self._accept(closing):
            raise AnswerError(f"A closing {closing} is missing.")
        self._depth -= 1
        return inside


def _constant(value: Fraction) -> Node:
    return lambda at: _bounded(value)


def _negative(node: Node) -> Node:
    return lambda at: -node(at)


def _applied(name: str, given: Sequence[Node]) -> Node:
    return lambda at: _FUNCTIONS[name]([one(at) for one in given])


def _multiplied(first: Node, rest: Sequence[tuple[str, Node]], at: Point) -> Fraction:
    value = first(at)
    for sign, node in rest:
        factor = node(at)
        if sign != "*" and not factor:
            raise UndefinedError("The formula divides by zero.")
        value = _bounded(_OPERATIONS[sign](value, factor))
    return value


def _added(values: Sequence[Fraction]) -> Fraction:
    value = Fraction(0)
    for term in values:
        value = _bounded(value + term)
    return value


def _raised(values: Sequence[Fraction]) -> Fraction:
    """A tower of powers, read from the top: 2^3^2 is 2^9."""
    exponent = values[-1]
    for base in reversed(values[:-1]):
        if exponent.denominator != 1:
            raise UndefinedError("The formula has a power that is not a whole number.")
        if not base and exponent < 0:
            raise UndefinedError("The formula divides by zero.")
        if abs(exponent) * _bits(base) > LARGEST and base not in (-1, 0, 1):
            raise UndefinedError("The formula has a power that is too large.")
        exponent = Fraction(base**exponent.numerator)
    return exponent


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _bounded(value: Fraction) -> Fraction:
    if _bits(value) > LARGEST:
        raise UndefinedError("The formula comes to a number that is too large.")
    return value
