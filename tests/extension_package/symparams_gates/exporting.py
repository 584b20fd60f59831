"""An export: index cards, a line for each side."""

from __future__ import annotations

from symparams.extend import BankInfo, TextExport, WrittenQuestion


class Cards(TextExport):
    """Index cards as plain text."""

    name = "cards"
    markup = "wiki"

    def head(self, bank: BankInfo) -> str:
        return f"{bank.title}\n\n"

    def item(self, asked: WrittenQuestion) -> str:
        front = asked.stem.strip().replace("\n", " ")
        wrong = "".join(f"NOT {m.answer}: {m.misconception}\n" for m in asked.mistakes)
        return f"FRONT {front}\nBACK {asked.answer}\n{wrong}\n"

    def foot(self, bank: BankInfo) -> str:
        return ""

    def comment(self, text: str) -> str:
        return f"; {text}\n"
