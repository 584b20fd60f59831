"""How Numbas marks: its exam is read, and each part and its alternatives are evaluated as its marking scripts do.

A small evaluator of its language JME knows what the exports write in it, and formulas as students type them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor, inf
from types import MappingProxyType
from typing import Any, TypeAlias

_STYLES = {
    "plain": r"([0-9]+)(\.[0-9]+)?",
    "en": r"(\d{1,3}(?:,\d{3})*)(\.\d+)?",
    "si-en": r"(\d{1,3}(?: +\d{3})*)(\.(?:\d{3} )*\d{1,3})?",
}
_HEAD = re.compile(r"// Numbas version: [^\n]*\n")


def read_exam(text: str) -> dict[str, Any]:
    """The exam in a file; what the editor would refuse is an error."""
    head = _HEAD.match(text)
    assert head
    exam: dict[str, Any] = json.loads(text[head.end() :])
    assert exam["name"]
    return exam


def questions_of(exam: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The questions of all groups."""
    return [question for group in exam["question_groups"] for question in group["questions"]]


@dataclass(frozen=True)
class Marks:
    score: float | Fraction
    feedback: str = ""  # of the alternative that was met


Values: TypeAlias = Mapping[str, Fraction]  # of the variables of a question
NO_VALUES: Values = MappingProxyType({})


def variables(question: Mapping[str, Any]) -> Values:
    """The variables of a question as they are defined."""
    defined = question.get("variables", {})
    assert list(defined) == question.get("ungrouped_variables", [])
    return {name: Fraction(evaluate(defined[name]["definition"], {})) for name in defined}


def marked_in_turn(question: Mapping[str, Any], answers: Sequence[str]) -> list[Marks]:
    """The marks of the parts of a question: adaptive marking puts own answers in the place of variables."""
    found = []
    for part, answer in zip(question["parts"], answers, strict=True):
        marks = marked(part, answer, variables(question))
        own: dict[str, Any] = {}
        for replaced in part.get("variableReplacements", ()):
            assert not replaced["must_go_first"]
            assert part["variableReplacementStrategy"] == "originalfirst"
            at = int(replaced["part"].removeprefix("p"))
            other = question["parts"][at]
            note = _notes(other["customMarkingAlgorithm"])["studentNumber"]
            typed = _typed(note, answers[at], tuple(other["notationStyles"]))
            own |= {} if typed is None else {replaced["variable"]: typed}
        again = marked(part, answer, {**variables(question), **own}) if marks.score < part["marks"] else marks
        found.append(again if again.score > marks.score else marks)
    return found


def marked(part: Mapping[str, Any], answer: str, values: Values = NO_VALUES) -> Marks:
    """The marks of a part: its own if the answer is right for it, else those of the best alternative."""
    if _right(part, answer, values):
        return Marks(part["marks"])
    assert all(alternative["type"] == part["type"] for alternative in part["alternatives"])
    met = [alternative for alternative in part["alternatives"] if _right(alternative, answer, values)]
    if not met:
        return Marks(0)
    best = max(met, key=lambda alternative: alternative["marks"])  # the first of those with most marks
    return Marks(best["marks"], best["alternativeFeedbackMessage"])


def _right(part: Mapping[str, Any], answer: str, values: Values) -> bool:
    notes = _notes(part.get("customMarkingAlgorithm", ""))
    assert not notes or part["extendBaseMarkingAlgorithm"]
    match part["type"]:
        case "patternmatch":
            pattern = part["answer"]
            assert "{" not in pattern  # what stands in braces would be computed
            assert part["matchMode"] == "regex"
            return re.search(f"^{pattern}$(?!\n)", answer, re.IGNORECASE) is not None
        case "numberentry":
            typed = _typed(notes["studentNumber"], answer, tuple(part["notationStyles"]))
            if typed is None or ("/" in answer and not part["allowFractions"]):
                return False
            given = tuple(values.items())
            return bool(_worth_of(part["minValue"], given) <= typed <= _worth_of(part["maxValue"], given))
        case "jme":
            assert (part["checkingType"], part["failureRate"]) == ("absdiff", 1)
            return all(_agree(answer, part, point) for point in _points(notes["vset"]))
    raise AssertionError(part["type"])


@cache
def _typed(note: str, answer: str, styles: tuple[str, ...]) -> Fraction | None:
    typed: Fraction | None = evaluate(note, {"studentAnswer": answer, "settings": {"notationStyles": styles}})
    return typed


@cache
def _worth_of(text: str, values: tuple[tuple[str, Fraction], ...]) -> Any:
    worth = evaluate(text, {"infinity": inf, **dict(values)})
    return worth if worth == inf else Fraction(worth)


@cache
def _points(note: str) -> tuple[tuple[tuple[str, Fraction], ...], ...]:
    """The values of the letters at which formulas are compared."""
    points = tuple(tuple(point.items()) for point in evaluate(note, {}))
    assert points
    return points


def _agree(answer: str, part: Mapping[str, Any], point: tuple[tuple[str, Fraction], ...]) -> bool:
    typed = _worth(answer, point, part["singleLetterVariables"])
    right = _worth(part["answer"], point, part["singleLetterVariables"])
    return typed is not None and right is not None and abs(typed - right) <= part["checkingAccuracy"]


@cache
def _worth(text: str, point: tuple[tuple[str, Fraction], ...], single: bool) -> float | None:
    """What a formula gives at a point, in floating point; None where it cannot be read or has no value."""
    try:
        return float(evaluate(text, dict(point), single=single))
    except (KeyError, SyntaxError, ZeroDivisionError):
        return None


def _notes(script: str) -> dict[str, str]:
    """The notes of a marking script, by their names."""
    return {
        note.partition(":")[0].strip(): note.partition(":")[2].strip() for note in re.split(r"\n\s*\n", script) if note
    }


# JME


_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<string>\"(?:[^\"\\]|\\.)*\")|(?P<name>[^\W\d]\w*'*)|(?P<sign>[-+*/^()\[\],:]))"
)


def evaluate(text: str, scope: Mapping[str, Any], *, single: bool = False) -> Any:
    """What an expression of JME is worth; `single`: letters side by side are multiplied."""
    reading = _Reading(text, scope, single)
    value = reading.whole()
    if reading.kind:
        raise SyntaxError(text)
    return value


class _Reading:
    def __init__(self, text: str, scope: Mapping[str, Any], single: bool) -> None:
        self.scope = scope
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if not found:
                raise SyntaxError(text)
            at, kind, word = found.end(), str(found.lastgroup), found[str(found.lastgroup)]
            split = single and kind == "name" and word not in _FUNCTIONS
            self.tokens += [(kind, letter) for letter in word] if split else [(kind, word)]
        self.tokens.reverse()

    @property
    def kind(self) -> str:
        return self.tokens[-1][0] if self.tokens else ""

    def accept(self, *signs: str) -> str:
        return self.tokens.pop()[1] if self.tokens and self.tokens[-1][1] in signs and self.kind == "sign" else ""

    def whole(self) -> Any:
        value = self.sum()
        if self.tokens and self.tokens[-1] == ("name", "in"):
            self.tokens.pop()
            return value in self.sum()
        return value

    def sum(self) -> Any:
        value = self.product()
        while sign := self.accept("+", "-"):
            term = self.product()
            value = value + term if sign == "+" else value - term
        return value

    def product(self) -> Any:
        value = self.power()
        while True:
            if sign := self.accept("*", "/"):
                factor = self.power()
                value = value * factor if sign == "*" else value / factor
            elif self.tokens and self.tokens[-1] == ("name", "in"):
                return value
            elif self.kind in ("name", "number") or (self.tokens and self.tokens[-1] == ("sign", "(")):
                value = value * self.power()
            else:
                return value

    def power(self) -> Any:
        if sign := self.accept("-", "+"):
            value = self.power()
            return -value if sign == "-" else value
        base = self.atom()
        return base ** self.power() if self.accept("^") else base

    def atom(self) -> Any:
        if self.accept("("):
            value = self.sum()
        elif self.accept("["):
            return self.listed()
        else:
            return self.word()
        if not self.accept(")"):
            raise SyntaxError
        return value

    def word(self) -> Any:
        if not self.tokens:
            raise SyntaxError
        kind, word = self.tokens.pop()
        if kind == "number":
            return Fraction(word)
        if kind == "string":
            return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), word[1:-1])
        if word in _FUNCTIONS and word not in self.scope and self.accept("("):
            return _FUNCTIONS[word](*self.given(")"))
        value = self.scope[word]
        if self.accept("["):
            (index,) = self.given("]")
            return value[index]
        return value

    def given(self, closing: str) -> list[Any]:
        found = [self.whole()]
        while self.accept(","):
            found.append(self.whole())
        if not self.accept(closing):
            raise SyntaxError
        return found

    def listed(self) -> Any:
        entries: list[Any] = []
        pairs: dict[Any, Any] = {}
        while not self.accept("]"):
            entry = self.sum()
            if self.accept(":"):
                pairs[entry] = self.sum()
            else:
                entries.append(entry)
            if not self.accept(",") and self.tokens[-1] != ("sign", "]"):
                raise SyntaxError
        return pairs or entries


def _replaced(pattern: str, by: str, text: str, options: str) -> str:
    assert options == "gu"
    return re.sub(pattern, by, text)


def _number(text: str, styles: Sequence[str]) -> Fraction | None:
    """A number in one of the styles, or a quotient of two whole numbers."""
    minus = re.match(r"\s*(-)?\s*", text)
    assert minus
    for style in styles:
        if found := re.fullmatch(_STYLES[style] + r"\s*", text[minus.end() :]):
            value = Fraction(re.sub(r"\D", "", found[1]) + "." + re.sub(r"\D", "", found[2] or "") + "0")
            return -value if minus[1] else value
    quotient = re.fullmatch(r"\s*(-?)\s*(\d+)\s*/\s*(\d+)\s*", text)
    return Fraction(quotient[1] + quotient[2] + "/" + quotient[3]) if quotient and int(quotient[3]) else None


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "floor": lambda value: Fraction(floor(value)),
    "ceil": lambda value: Fraction(ceil(value)),
    "min": min,
    "max": max,
    "dec": Fraction,
    "if": lambda holds, one, other: one if holds else other,
    "trim": str.strip,
    "replace_regex": _replaced,
    "parsedecimal_or_fraction": _number,
}
