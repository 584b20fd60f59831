"""A bank of questions read back from its JSON; whatever is not one is refused with one message."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, NoReturn, TypeAlias, get_args

from symparams import limits
from symparams.algebra.evaluation import whole
from symparams.documents.written_question import (
    AnswerType,
    BankInfo,
    WrittenBlank,
    WrittenMistake,
    WrittenOption,
    WrittenQuestion,
)
from symparams.errors import Source, SymparamsError
from symparams.exports.json import VERSION
from symparams.exports.paper import variant

_BITS = 3 * limits.DIGITS  # of a number
_FRACTION = re.compile(r"-?[0-9]+(/[0-9]*[1-9][0-9]*)?")


@dataclass(frozen=True)
class Bank:
    """A bank of questions, in its order: all variants of the first question, then of the second …"""

    name: str  # of the file
    info: BankInfo
    questions: tuple[WrittenQuestion, ...]

    @cached_property
    def numbered(self) -> tuple[tuple[WrittenQuestion, ...], ...]:
        """The variants of question 1, of question 2 …"""
        step = self.info.variants
        return tuple(self.questions[at : at + step] for at in range(0, len(self.questions), step))

    @cached_property
    def codes(self) -> Mapping[str, int]:
        """Which paper, from 0, each printed code belongs to."""
        step = self.info.variants
        return {variant(asked.identity for asked in self.questions[at::step]): at for at in range(step)}

    @cached_property
    def places(self) -> Mapping[str, list[tuple[int, int]]]:
        """Where an identity stands: the question and its variant, from 0."""
        places: dict[str, list[tuple[int, int]]] = {}
        for at, asked in enumerate(self.questions):
            places.setdefault(asked.identity, []).append(divmod(at, self.info.variants))
        return places


class _FaultError(Exception):
    """What is wrong with a value; where is known one level up."""


Reading: TypeAlias = Callable[[Any], Any]


def read_bank(source: Source) -> Bank:
    """The bank in a text that `symparams exam --format json` wrote."""
    try:
        document = json.loads(source.text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _foreign(source.name, "it is not JSON") from None
    return bank_of(source.name, document)


def bank_of(name: str, found: Any) -> Bank:
    """The bank that JSON says, of a name for messages."""
    try:
        return _bank(name, found)
    except _FaultError as fault:
        raise _foreign(name, str(fault)) from None


def _foreign(name: str, why: str) -> SymparamsError:
    return SymparamsError(
        f"{name} is not a bank of questions: {why}; such a bank is made by symparams exam --format json -o FILE"
    )


def _bank(name: str, found: Any) -> Bank:
    if not isinstance(found, dict) or not isinstance(found.get("bank"), dict) or "questions" not in found:
        raise _FaultError("it has no `bank` and `questions`")
    format_ = found["bank"].get("format")
    if format_ != VERSION or isinstance(format_, bool):
        raise SymparamsError(
            f"{name} is a bank of format {str(format_)[:20]}; this version of symparams reads format {VERSION}"
        )
    info = _record(BankInfo, _INFO, {"variants": 1, **found["bank"]}, "bank")
    if info.variants < 1:
        raise _FaultError("`variants` of `bank` is less than 1")
    records = _several(found["questions"])
    questions = tuple(_asked(record, f"question {number}") for number, record in enumerate(records, 1))
    if not questions:
        raise SymparamsError(f"{name}: there are no questions in this bank")
    if len(questions) % info.variants:
        raise SymparamsError(
            f"{name}: the bank is not complete, it has {len(questions):,} questions in "
            f"{info.variants:,} variants each; mark with the whole bank"
        )
    return Bank(name, info, questions)


def _asked(record: Any, where: str) -> WrittenQuestion:
    asked = _record(WrittenQuestion, _ASKED, record, where)
    for fault in _faults(asked):
        raise _FaultError(f"{where}: {fault}")
    assert isinstance(asked, WrittenQuestion)
    return asked


def _faults(asked: WrittenQuestion) -> Iterator[str]:
    """What would keep a question from being marked."""
    if asked.answer_type not in get_args(AnswerType):
        yield f"there is no answer type {asked.answer_type[:20]}"
    if asked.answer_type == "number" and asked.value is None:
        yield "its answer is not a number"
    if asked.answer_type == "choice" and [option.correct for option in asked.options].count(True) != 1:
        yield "not exactly one option is right"
    if asked.answer_type == "formula" and not asked.at:
        yield "it has no points to compare formulas at"
    answers: tuple[WrittenQuestion | WrittenMistake, ...] = (asked, *asked.mistakes)
    if any(len(wanted.values) != len(asked.at) for wanted in answers):
        yield "`values` and `at` differ in length"
    if any(not set(asked.letters) <= set(point) for point in asked.at):
        yield "`at` does not give the letters their values"
    worth = [option.credit for option in asked.options] + [mistake.credit for mistake in asked.mistakes]
    if any(not 0 <= credit <= 1 for credit in worth) or any(m.credit == 1 for m in asked.mistakes):
        yield "a credit is not between 0 and 1"
    if not 0 <= asked.penalty <= 1:
        yield "its penalty is not between 0 and 1"
    if any(blank.value is None for blank in asked.blanks):
        yield "a blank has no number"
    yield from _faults_of_blanks(asked)
    if min(asked.points, *(blank.points for blank in asked.blanks), Fraction(0)) < 0:
        yield "its points are negative"


def _faults_of_blanks(asked: WrittenQuestion) -> Iterator[str]:
    """What would keep parts from being marked by a student's own earlier answers."""
    if any(not 0 <= mistake.credit < 1 for blank in asked.blanks for mistake in blank.mistakes):
        yield "a credit of a blank is not between 0 and 1"
    if any(blank.follows for blank in asked.blanks) and len({b.mark for b in asked.blanks}) < len(asked.blanks):
        yield "two blanks have the same mark"


def _record(made: Callable[..., Any], readings: Mapping[str, Reading], record: Any, where: str) -> Any:
    """A record from an object: each field by its reading; keys that are not known are passed over."""
    if not isinstance(record, dict):
        raise _FaultError(f"{where} is not an object")
    values = {}
    for name, reading in readings.items():
        if name not in record and (made, name) in _LATER:
            continue
        if name not in record:
            raise _FaultError(f"{where} has no `{name}`")
        try:
            values[name] = reading(record[name])
        except _FaultError as fault:
            raise _FaultError(f"`{name}` of {where}: {fault}") from None
    return made(**values)


# ---------------------------------------------------------------- values


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)  # NaN and Infinity, which are not JSON


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _FaultError("it is not a text")
    return value


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _FaultError("it is not a whole number")
    if value.bit_length() > _BITS:
        raise _FaultError("it has too many digits")
    return value


def _fraction(value: Any) -> Fraction:
    if isinstance(value, str) and len(value) <= 2 * limits.DIGITS and _FRACTION.fullmatch(value):
        return Fraction(value)
    if isinstance(value, str):
        raise _FaultError("it is not a number")
    return Fraction(_integer(value))


def _number(value: Any) -> int | Fraction | None:
    return None if value is None else whole(_fraction(value))


def _several(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _FaultError("it is not a list")
    return value


def _each(reading: Reading) -> Reading:
    return lambda value: tuple(map(reading, _several(value)))


def _each_record(made: Callable[..., Any], readings: Mapping[str, Reading], what: str) -> Reading:
    return lambda value: tuple(
        _record(made, readings, record, f"{what} {at}") for at, record in enumerate(_several(value), 1)
    )


def _point(value: Any) -> Mapping[str, int]:
    if not isinstance(value, dict):
        raise _FaultError("it is not an object")
    return {name: _integer(number) for name, number in value.items()}


_LATER = {  # what older banks lack
    (WrittenQuestion, "penalty"), (WrittenQuestion, "number"), (WrittenQuestion, "variant"),
    (WrittenMistake, "follows"), (WrittenBlank, "mistakes"), (WrittenBlank, "follows"),
    (WrittenBlank, "told"),
}  # fmt: skip
_INFO: Mapping[str, Reading] = {
    "title": _text, "seed": _integer, "version": _text, "request": _text, "variants": _integer,
}  # fmt: skip
_OPTION: Mapping[str, Reading] = {
    "text": _text, "plain": _text, "credit": _fraction, "feedback": _text, "misconception": _text,
}  # fmt: skip
_MISTAKE: Mapping[str, Reading] = {
    "answer": _text, "value": _number, "credit": _fraction, "feedback": _text, "misconception": _text,
    "values": _each(_fraction), "follows": _text,
}  # fmt: skip
_BLANK: Mapping[str, Reading] = {
    "mark": _text, "answer": _text, "value": _number, "points": _fraction,
    "mistakes": _each_record(WrittenMistake, _MISTAKE, "mistake"), "follows": _text,
    "told": _each(_fraction),
}  # fmt: skip
_ASKED: Mapping[str, Reading] = {
    "identity": _text, "name": _text, "kind": _text, "answer_type": _text, "stem": _text, "answer": _text,
    "value": _number, "solution": _text, "points": _fraction, "difficulty": _integer, "tags": _each(_text),
    "seed": _integer, "version": _text, "letters": _each(_text), "at": _each(_point), "values": _each(_fraction),
    "options": _each_record(WrittenOption, _OPTION, "option"),
    "mistakes": _each_record(WrittenMistake, _MISTAKE, "mistake"),
    "penalty": _fraction, "number": _integer, "variant": _integer,
    "blanks": _each_record(WrittenBlank, _BLANK, "blank"),
}  # fmt: skip
