"""Words that several formats say alike."""

from __future__ import annotations

from fractions import Fraction

from symparams.documents.written_question import BankInfo, WrittenQuestion


def title(asked: WrittenQuestion) -> str:
    """The name of a question, with its number and that of its variant where there are several."""
    return f"Question {asked.number}, variant {asked.variant}: {asked.name}" if asked.variant else asked.name


def group_title(number: int, name: str, bank: BankInfo) -> str:
    """What the variants of a question are called together; the numbers are as wide as the last, to be sorted."""
    return f"Question {number:0{len(str(bank.questions))}}: {name}"


def points(count: Fraction) -> str:
    """1 point, 2 points, 2.5 points; what has no short decimals is a fraction."""
    decimals = f"{float(count):.3f}"
    number = decimals.rstrip("0").rstrip(".") if Fraction(decimals) == count else str(count)
    return f"{number} point{'' if count == 1 else 's'}"


def penalty(asked: WrittenQuestion) -> str:
    """What students should know before they guess."""
    return f"A wrong choice takes away {points(asked.penalty * asked.points)}; no choice takes nothing away."
