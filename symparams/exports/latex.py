"""Exams on paper as a format: the papers and their key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symparams.documents.asked import Asked, BankInfo
from symparams.exports.export import PaperExport
from symparams.exports.paper import paper


class Latex(PaperExport):
    """Two LaTeX documents: exam.tex and exam-key.tex."""

    name = "latex"
    markup = "latex"
    formulas = True
    suffix = ".tex"

    def texts(self, bank: BankInfo, students: Sequence[str], papers: Sequence[Sequence[Asked]]) -> Mapping[str, str]:
        return {
            "": paper(bank.title, students, papers, key=False),
            "-key": paper(bank.title, students, papers, key=True),
        }
