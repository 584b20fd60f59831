"""Numbas: an exam as the editor of Numbas imports it, a part for each answer with the known mistakes as alternatives."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exports.export import TextExport
from symparams.exports.numbas_parts import parts, shown

_FORMAT = "// Numbas version: exam_results_page_options"  # by this first line the editor knows what the file is


class Numbas(TextExport):
    """The source of an exam for Numbas, in JSON behind a line that names the format."""

    name = "numbas"
    markup = "html"
    formulas = True
    penalties = True

    def head(self, bank: BankInfo) -> str:
        made = f"Made by symparams {bank.version}, seed {bank.seed}, request {bank.request}"
        exam = {
            "name": _name(bank.title) or "Exam",
            "metadata": {"description": shown(f"<p>{made}</p>"), "licence": None},
            **_SETTINGS,
        }
        group = {"name": "Questions", "pickingStrategy": "all-ordered", "pickQuestions": 1}
        opened = f'{_written(group)[:-1]}, "questions": [\n'
        return f'{_FORMAT}\n{_written(exam)[:-1]}, "question_groups": [{opened}'

    def item(self, asked: WrittenQuestion) -> str:
        return _written(_question(asked))

    def between(self) -> str:
        return ",\n"

    def foot(self, bank: BankInfo) -> str:
        return "\n]}]}\n"

    def comment(self, text: str) -> str:
        return ""  # JSON has none; the mark is a field

    def end(self, bank: BankInfo, count: int, mark: str) -> str:
        return f'\n]}}], "symparams": {_written(mark)}}}\n'


_SETTINGS: Mapping[str, Any] = {
    "duration": 0,
    "percentPass": 0,
    "showQuestionGroupNames": False,
    "shuffleQuestionGroups": False,
    "showstudentname": True,
    "navigation": {"navigatemode": "sequence", "reverse": True, "browse": True, "showfrontpage": True},
    "feedback": {
        "showactualmarkwhen": "always",
        "showtotalmarkwhen": "always",
        "showanswerstatewhen": "always",
        "showpartfeedbackmessageswhen": "always",
        "showexpectedanswerswhen": "inreview",
        "showadvicewhen": "inreview",
        "allowrevealanswer": True,
    },
    "extensions": [],
    "custom_part_types": [],
    "resources": [],
}
# In formulas these are letters like any other.
_CONSTANTS = {name: False for name in ("e", "pi,\u03c0", "pi", "i", "j", "infinity,infty", "NaN")}


def _question(asked: WrittenQuestion) -> Mapping[str, Any]:
    more = {"builtin_constants": _CONSTANTS} if asked.answer_type == "formula" else {}
    return {
        "name": _name(asked.name) or asked.identity,
        "metadata": {"description": f"<p>{asked.identity}</p>", "licence": None},
        "tags": list(dict.fromkeys(asked.tags)),
        "statement": shown(asked.stem),
        "advice": shown(asked.solution),
        **more,
        "parts": parts(asked),
    }


def _name(text: str) -> str:
    """A name on one line; what stands in braces would be computed there."""
    return " ".join(re.sub(r"[{}]", lambda found: "(" if found[0] == "{" else ")", text).split())


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
