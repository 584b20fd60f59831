"""Questions as JSON, for programs; docs/json.md says what each field is."""

from __future__ import annotations

import json
from dataclasses import fields
from fractions import Fraction
from typing import Any

from symparams.documents.written_question import BankInfo, WrittenOption, WrittenQuestion
from symparams.exports.export import TextExport

VERSION = 1  # of the fields; a change that breaks readers raises it


class Json(TextExport):
    """One object with the bank, its questions and their number."""

    name = "json"
    markup = "markdown"
    pictures = True
    formulas = True
    penalties = True
    follows = True

    def head(self, bank: BankInfo) -> str:
        return f'{{\n"bank": {_written({"format": VERSION, **_plain(bank)})},\n"questions": [\n'

    def item(self, asked: WrittenQuestion) -> str:
        return _written(_plain(asked))

    def between(self) -> str:
        return ",\n"

    def foot(self, bank: BankInfo) -> str:
        return "\n]\n}\n"

    def comment(self, text: str) -> str:
        return ""  # JSON has none; the mark is a field

    def end(self, bank: BankInfo, count: int, mark: str) -> str:
        return f'\n],\n"count": {count},\n"mark": {_written(mark)}\n}}\n'


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A record as an object, in the order of its fields; a fraction as a number where it is whole, else as 1/4."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else str(value)
    if isinstance(value, (str, int)) or value is None:
        return value
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if hasattr(value, "items"):
        return {key: _plain(entry) for key, entry in value.items()}
    record = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return record | {"correct": value.correct} if isinstance(value, WrittenOption) else record
