"""A bank of sample questions and the marks of a class, for the tests of marking."""

from __future__ import annotations

from dataclasses import replace

import pytest

import symparams as sp
from symparams.documents.written_question import BankInfo
from symparams.errors import Source
from symparams.exports.json import Json
from symparams.grading.bank import Bank, read_bank
from symparams.grading.marks import ClassMarks, graded
from tests.exports.asked_samples import printable, samples


def bank_text(seed: int = 1, count: int = 8, variants: int = 1, title: str = "Week 3", markup: str = "markdown") -> str:
    """The text of a bank; names of questions have only what a markup can print."""
    export, info = Json(), BankInfo(title, 7, "0.0.1", "0123abcd", variants)
    questions = [replace(q, name=printable(markup, q.name)) for q in samples(seed, count=count)]
    return export.head(info) + export.between().join(map(export.item, questions)) + export.end(info, count, "mark")


def bank(seed: int = 1, count: int = 8, variants: int = 1) -> Bank:
    return read_bank(Source("bank.json", bank_text(seed, count, variants)))


def marks(table: str, text: str | None = None) -> ClassMarks:
    return graded(Source("bank.json", bank_text() if text is None else text), Source("answers.csv", table))


def error(table: str, text: str | None = None) -> str:
    with pytest.raises(sp.SymparamsError) as caught:
        marks(table, text)
    return str(caught.value)
