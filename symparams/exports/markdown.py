"""Questions to read: each with its answer and solution behind it, folded away where the reader can fold."""

from __future__ import annotations

from fractions import Fraction
from string import ascii_uppercase

from symparams.documents.formats import FORMATS
from symparams.documents.written_question import BankInfo, WrittenMistake, WrittenOption, WrittenQuestion
from symparams.exports.export import TextExport
from symparams.exports.points import penalty, points, title

_escape = FORMATS["markdown"].escape


class Markdown(TextExport):
    """One page."""

    name = "markdown"
    markup = "markdown"
    pictures = True
    formulas = True
    penalties = True
    follows = True

    def head(self, bank: BankInfo) -> str:
        return f"# {_escape(bank.title)}\n\nSeed {bank.seed}, symparams {_escape(bank.version)}.\n"

    def item(self, asked: WrittenQuestion) -> str:
        parts = [
            f"## {_escape(title(asked))}",
            f"*{points(asked.points)}, difficulty {asked.difficulty} of 5* · `{asked.identity}`",
            asked.stem.strip("\n"),
            answer_line(asked),
            "<details>\n<summary>Answer and solution</summary>",
            _key(asked),
            asked.solution.strip("\n"),
            _known(asked),
            "</details>",
        ]
        return "\n" + "\n\n".join(filter(None, parts)) + "\n"

    def foot(self, bank: BankInfo) -> str:
        return "\n"

    def comment(self, text: str) -> str:
        return f"<!-- {text} -->\n"


def answer_line(asked: WrittenQuestion) -> str:
    """What to choose from, or where to write."""
    if asked.blanks:
        return "\n".join(f"- {_escape(blank.mark)} ________ ({points(blank.points)})" for blank in asked.blanks)
    if asked.options:
        choices = "\n".join(_item(f"{letter}. {option.text}") for letter, option in _lettered(asked))
        return choices + (f"\n\n{penalty(asked)}" if asked.penalty else "")
    letters = f" (a formula in {', '.join(map(_escape, asked.letters))})" if asked.answer_type == "formula" else ""
    return f"Answer{letters}: ________"


def _key(asked: WrittenQuestion) -> str:
    if asked.blanks:
        filled = (f"{_escape(blank.mark)} {_escape(blank.answer)}" for blank in asked.blanks)
        return f"**Answer:** {', '.join(filled)}"
    right = [letter for letter, option in _lettered(asked) if option.correct]
    return f"**Answer:** {'. '.join((*right, _escape(asked.answer)))}"


def _lettered(asked: WrittenQuestion) -> list[tuple[str, WrittenOption]]:
    return list(zip(ascii_uppercase, asked.options, strict=False))


def _known(asked: WrittenQuestion) -> str:
    """What is said to a known wrong answer, and what it is worth."""
    wrong: list[tuple[str, WrittenOption | WrittenMistake]] = [
        (f"{letter}. {_escape(option.plain)}", option) for letter, option in _lettered(asked) if not option.correct
    ]
    wrong.extend((_escape(mistake.answer), mistake) for mistake in asked.mistakes)
    known = [(answer, mistake, asked.points) for answer, mistake in wrong]
    known += [
        (f"{_escape(blank.mark)} {_escape(mistake.answer)}", mistake, blank.points)
        for blank in asked.blanks
        for mistake in blank.mistakes
    ]
    lines = [_item(_remark(answer, mistake, asked, worth)) for answer, mistake, worth in known]
    return "\n".join(["Known mistakes:\n", *lines]) if lines else ""


def _remark(answer: str, mistake: WrittenOption | WrittenMistake, asked: WrittenQuestion, worth: Fraction) -> str:
    share = asked.share(mistake) if isinstance(mistake, WrittenOption) else mistake.credit
    name = f" ({_escape(mistake.misconception)})" if mistake.misconception else ""
    return f"**{answer}**{name}: {points(share * worth)}. {mistake.feedback}"


def _item(text: str) -> str:
    """An item of a list; further lines of it are indented."""
    return "- " + text.strip("\n").replace("\n", "\n  ").replace("\n  \n", "\n\n")
