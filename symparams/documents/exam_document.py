"""An exam as a template of a user's own sees it."""

from __future__ import annotations

from dataclasses import dataclass

from symparams.documents.written_question import WrittenQuestion


@dataclass(frozen=True)
class ExamPaper:
    """A paper: the variants of all questions that one student gets."""

    number: int  # its place among the papers, from 1
    name: str  # of the student; empty where there are no names
    questions: tuple[WrittenQuestion, ...]  # in their order; stem, solution and feedback are written in the format


@dataclass(frozen=True)
class ExamDocument:
    """An exam: its papers, each with questions, keys, solutions and known mistakes."""

    title: str  # without marks of a format
    seed: int  # that it was made with
    version: str  # of the program that made it
    papers: tuple[ExamPaper, ...]  # one for each variant, or for each name

    @property
    def questions(self) -> tuple[WrittenQuestion, ...]:
        """The questions of the first paper."""
        return self.papers[0].questions
