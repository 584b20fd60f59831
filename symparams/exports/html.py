"""Exams on paper as pages of HTML, with formulas in MathML: the papers and their key."""

from __future__ import annotations

from collections.abc import Mapping

from symparams.documents.html_page import page_style, tied
from symparams.exports.paper import Paper
from symparams.version import __version__


class Html(Paper):
    """Two pages that a browser prints: exam.html and exam-key.html."""

    name = "html"
    markup = "mathml"
    template = "formats/exam.html.j2"

    def tied(self, text: str) -> str:
        return tied(text.strip("\n"))

    def around(self) -> Mapping[str, object]:
        return {"style": page_style("exam.css"), "version": __version__}
