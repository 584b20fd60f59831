"""Exams on paper as a format: the papers and their key."""

from __future__ import annotations

from symparams.exports.paper import Paper


class Latex(Paper):
    """Two LaTeX documents: exam.tex and exam-key.tex."""

    name = "latex"
    markup = "latex"
    template = "formats/exam.tex.j2"

    def tied(self, text: str) -> str:
        return text.strip("\n")
