"""Where in a bank the names of questions and papers lead that stand in a table of answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from symparams.documents.written_question import WrittenQuestion
from symparams.errors import Source, SymparamsError, nearest
from symparams.exports.paper import SHEET, exam_code
from symparams.grading.bank import Bank
from symparams.grading.question_texts import QuestionTexts
from symparams.grading.table_lines import error_at

_NUMBER = re.compile(r"(?:q|question|no\.?|nr\.?)?\s*#?\s*([0-9]{1,7})", re.IGNORECASE)
_SHOWN = 60  # characters of a cell in a message


@dataclass(frozen=True)
class Places:
    """Finds the questions and papers of a bank for a table."""

    source: Source  # the table
    bank: Bank

    @cached_property
    def _texts(self) -> QuestionTexts:
        return QuestionTexts(self.bank)

    def asked(self, text: str, number: str = "") -> WrittenQuestion | None:
        """The question that a text asks; where several ask the same, the one of a number."""
        return self._texts.question(text, int(number) if number.isascii() and number.isdigit() else None)

    def error(self, line: int, matter: str) -> SymparamsError:
        return error_at(self.source, line, matter)

    def knows(self, name: str) -> bool:
        """Whether a name is one that a question may have."""
        return name in self.bank.places or _NUMBER.fullmatch(name) is not None

    def question(self, line: int, name: str) -> tuple[int, int | None]:
        """The question from 0, and where its identity is named its variant."""
        places = self.bank.places.get(name, [])
        if len(places) == 1:
            return places[0]
        if places:
            raise self.error(line, f"the bank has `{name}` {len(places)} times; name it by its number")
        number = _NUMBER.fullmatch(name)
        if number and 1 <= int(number[1]) <= len(self.bank.numbered):
            return int(number[1]) - 1, None
        near = nearest(name, self.bank.places)
        there = near or f"; there are {self.numbers()}, or their identities"
        raise self.error(line, f"there is no question `{short(name)}` in {self.bank.name}{there}")

    def numbers(self) -> str:
        """The numbers that questions have."""
        count = len(self.bank.numbered)
        return f"1 to {count:,}" if count > 1 else "1"

    def paper(self, line: int, text: str) -> int:
        """A paper by its number, by the code that is printed on it, or by what the QR code of its sheet says."""
        sheet = SHEET.fullmatch(text.upper())
        if sheet and sheet["exam"] != exam_code(self.bank.info):
            matter = (
                f"the sheet `{short(text)}` belongs to another exam than {self.bank.name}, whose code is "
                f"{exam_code(self.bank.info)}; grade it with the bank of that exam"
            )
            raise self.error(line, matter)
        code = sheet["paper"] if sheet else text.upper()
        if code in self.bank.codes:
            return self.bank.codes[code]
        if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= self.bank.info.variants:
            return int(text[:9]) - 1
        papers = f"1 to {self.bank.info.variants:,}" if self.bank.info.variants > 1 else "only 1"
        raise self.error(
            line, f"there is no paper `{short(text)}`; there is {papers}, or the code that is printed on it"
        )


def student_of(paper: str) -> str:
    """The student that the QR code of a sheet names; empty if this is none, or one that names nobody."""
    sheet = SHEET.fullmatch(paper)
    return (sheet["student"] or "") if sheet else ""


def short(text: str) -> str:
    """A cell for a message."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
