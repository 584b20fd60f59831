"""Exams on paper through Typst: the papers and their key, as its source or as PDF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from symparams.documents.pdf import check_typst, pdf
from symparams.exports.paper import Paper


class Typst(Paper):
    """Two documents of Typst: exam.typ and exam-key.typ."""

    name: ClassVar[str] = "typst"
    markup = "typst"
    template = "formats/exam.typ.j2"

    def tied(self, text: str) -> str:
        return text.strip("\n")


class Pdf(Typst):
    """The same as PDF: exam.pdf and exam-key.pdf."""

    name = "pdf"
    is_text = False

    def check(self) -> None:
        super().check()
        check_typst()

    def written(self, text: Iterator[str]) -> Iterator[bytes]:
        yield pdf("".join(text), self.fonts)
