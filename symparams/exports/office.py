"""Exams on paper as Word documents and EPUBs, through pandoc: the papers and their key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from symparams.documents.office import check_pandoc, office
from symparams.exports.paper import Paper


class Docx(Paper):
    """Two documents for Word: exam.docx and exam-key.docx."""

    name: ClassVar[str] = "docx"
    markup = "office"
    template = "formats/exam.office.j2"
    is_text = False
    has_sheets = False

    def check(self) -> None:
        super().check()
        check_pandoc()

    def tied(self, text: str) -> str:
        return text.strip("\n")

    def written(self, text: Iterator[str]) -> Iterator[bytes]:
        yield office("".join(text), self.name)


class Epub(Docx):
    """The same as EPUBs, a chapter for each paper: exam.epub and exam-key.epub."""

    name = "epub"
