"""Exams on paper as a format: the papers and their key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exports.answer_sheets import check_sheets
from symparams.exports.export import Item, PaperExport
from symparams.exports.paper import document, exam_code, question


class Latex(PaperExport):
    """Two LaTeX documents: exam.tex and exam-key.tex."""

    name = "latex"
    markup = "latex"
    formulas = True
    penalties = True
    follows = True

    def item(self, asked: WrittenQuestion) -> Item:
        return question(asked)

    def text(self, bank: BankInfo, papers: Sequence[Iterable[Item]], *, key: bool) -> Iterator[str]:
        if self.sheets and not key:
            check_sheets()
        return document(bank.title, self.students, papers, key, exam_code(bank) if self.sheets else "")
