"""Numbas: an exam as its editor imports it, a part for each answer with the known mistakes as alternatives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from symparams.documents.escaping import escape_html
from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exports.export import Item, TextExport
from symparams.exports.numbas_parts import going_on, parts, shown
from symparams.exports.points import group_title, title

_FORMAT = "// Numbas version: exam_results_page_options"  # by this first line the editor knows what the file is


class Numbas(TextExport):
    """The source of an exam for Numbas, in JSON behind a line that names the format."""

    name = "numbas"
    markup = "html"
    pictures = True  # in the text itself, since the source of an exam is one file
    formulas = True
    penalties = True
    follows = True
    formula_notice = (
        "Numbas reads a typed formula as it shows it beside the field: k^2 and k² are read, k**2 and the comma in "
        "18,207 are not, nor C_in beside another letter without a sign for times"
    )

    def head(self, bank: BankInfo) -> str:
        made = f"Made by symparams {bank.version}, seed {bank.seed}, request {bank.request}"
        exam = {
            "name": _name(bank.title) or "Exam",
            "metadata": {"description": shown(f"<p>{escape_html(made)}</p>"), "licence": None},
            **_SETTINGS,
        }
        return f'{_FORMAT}\n{_written(exam)[:-1]}, "question_groups": ['

    def item(self, asked: WrittenQuestion) -> Item:
        return [asked.number, asked.name, _written(_question(asked))]

    def body(self, bank: BankInfo, items: Iterable[Item]) -> Iterator[str]:
        yield self.head(bank)
        last = 0  # the question that the group is of, from 1
        for number, name, text in items:
            if not last:
                yield _group(number, name, bank)
            elif bank.has_groups and number != last:
                yield "\n]},\n" + _group(number, name, bank)
            else:
                yield ",\n"
            yield str(text)
            last = number

    def foot(self, bank: BankInfo) -> str:
        return "\n]}]}\n"

    def comment(self, text: str) -> str:
        return ""  # JSON has none; the mark is a field

    def end(self, bank: BankInfo, count: int, mark: str) -> str:
        return f'\n]}}], "symparams": {_written(mark)}}}\n'


def _group(number: int, name: str, bank: BankInfo) -> str:
    """What opens a group: the variants of a question, of which a student gets one, or all questions."""
    drawn = {"name": _name(group_title(number, name, bank)), "pickingStrategy": "random-subset", "pickQuestions": 1}
    every = {"name": "Questions", "pickingStrategy": "all-ordered", "pickQuestions": 1}
    return f'{_written(drawn if bank.has_groups else every)[:-1]}, "questions": [\n'


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
_CONSTANTS = dict.fromkeys(("e", "pi,π", "pi", "i", "j", "infinity,infty", "NaN"), False)


def _question(asked: WrittenQuestion) -> Mapping[str, Any]:
    more: dict[str, Any] = {"builtin_constants": _CONSTANTS} if asked.answer_type == "formula" else {}
    variables, made = going_on(asked) if any(blank.follows for blank in asked.blanks) else ({}, parts(asked))
    if variables:
        more |= {"variables": variables, "ungrouped_variables": list(variables)}
    return {
        "name": _name(title(asked)) or asked.identity,
        "metadata": {"description": f"<p>{asked.identity}</p>", "licence": None},
        "tags": list(dict.fromkeys(asked.tags)),
        "statement": shown(asked.stem),
        "advice": shown(asked.solution),
        **more,
        "parts": made,
    }


def _name(text: str) -> str:
    """A name on one line; what stands in braces would be computed there."""
    return " ".join(re.sub(r"[{}]", lambda found: "(" if found[0] == "{" else ")", text).split())


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
