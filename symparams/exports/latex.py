"""Exams on paper as a format: the papers and their key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from symparams.documents.latex_pdf import check_lualatex, latex_pdf
from symparams.exports.paper import Paper


class Latex(Paper):
    """Two LaTeX documents: exam.tex and exam-key.tex."""

    name: ClassVar[str] = "latex"
    markup: ClassVar[str] = "latex"
    template = "formats/exam.tex.j2"

    def tied(self, text: str) -> str:
        return text.strip("\n")


class LatexPdf(Latex):
    """The same as PDF, by LuaLaTeX: exam.pdf and exam-key.pdf."""

    name = "pdf"
    markup = "lualatex"
    is_text = False

    def check(self) -> None:
        super().check()
        check_lualatex()

    def written(self, text: Iterator[str]) -> Iterator[bytes]:
        yield latex_pdf("".join(text), self.fonts)
