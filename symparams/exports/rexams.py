"""R/exams: an exercise in R Markdown for each question, and a list of them for R, in an archive.

The exercises have no code, and nothing in them is taken for code: R would run what stands in backticks behind an r.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from fractions import Fraction

from symparams.documents.formats import FORMATS
from symparams.documents.written_question import BankInfo, WrittenBlank, WrittenQuestion
from symparams.exports.export import Item, Items, PackedExport, encoded, entry
from symparams.exports.points import title
from symparams.exports.qti import figures, places

_escape = FORMATS["markdown"].escape
_EXACT_BELOW = 10**15  # R has numbers of 15 digits; a larger one is compared as a text
_TOLERANCE = "0.01"  # of a number whose digits have no end


class RExams(PackedExport):
    """Exercises for the package exams of R, which makes papers and files for many systems from them."""

    name = "rexams"
    markup = "markdown"
    pictures = True
    shapes = False  # a text that is typed is right in one spelling only
    shares = False

    def item(self, asked: WrittenQuestion) -> Item:
        return [asked.number, asked.identity, _exercise(asked)]

    def pack(self, archive: zipfile.ZipFile, bank: BankInfo, items: Items) -> int:
        groups = dict[int, list[str]]()
        for number, identity, text in items:
            archive.writestr(entry(f"{identity}.Rmd"), encoded(text))
            groups.setdefault(number if bank.has_groups else len(groups), []).append(identity)
        archive.writestr(entry("exam.R"), encoded("".join(_script(bank, list(groups.values())))))
        return sum(map(len, groups.values()))


def _script(bank: BankInfo, groups: list[list[str]]) -> Iterator[str]:
    """The exercises as R lists them: of several in one entry it draws one."""
    yield f"# {_line(bank.title) or 'Exam'}\n"
    yield f"# Made by symparams {bank.version}, seed {bank.seed}, request {_line(bank.request)}\n"
    yield '# In this folder: source("exam.R"); library("exams"); exams2html(exam)\n\n'
    yield "exam <- list(\n"
    yield ",\n".join(f"  c({', '.join(json.dumps(f'{identity}.Rmd') for identity in group)})" for group in groups)
    yield "\n)\n"


def _exercise(asked: WrittenQuestion) -> str:
    """An exercise: a section for the question, one for the solution, and what R has to know."""
    question, solution = [_text(asked.stem), *_fields(asked.blanks)], [_text(asked.solution), *_known(asked)]
    if asked.options:
        question.append(_listed([option.text for option in asked.options]))
        solution.append(_listed([_verdict(asked, at) for at in range(len(asked.options))]))
    sections = [
        _section("Question", question),
        _section("Solution", solution),
        _section("Meta-information", ["\n".join(f"{name}: {value}" for name, value in _about(asked))]),
    ]
    return _inert("\n".join(sections))


def _section(name: str, blocks: list[str]) -> str:
    return "\n\n".join([f"{name}\n{'=' * len(name)}", *blocks]) + "\n"


def _fields(blanks: tuple[WrittenBlank, ...]) -> list[str]:
    return [f"{_escape(blank.mark)} ##ANSWER{number}##" for number, blank in enumerate(blanks, start=1)]


def _listed(texts: list[str]) -> str:
    """A list of answers, each on one line."""
    return "\n".join(["Answerlist\n----------", *(f"* {_line(_guarded(text))}" for text in texts)])


def _verdict(asked: WrittenQuestion, at: int) -> str:
    option = asked.options[at]
    return " ".join(filter(None, ["Right." if option.correct else "Wrong.", option.feedback.strip()]))


def _known(asked: WrittenQuestion) -> list[str]:
    """What is to be said about wrong answers that are typed: R shows it to all, with the solution."""
    each = [(f"{b.mark} ", asked.mistakes_at(b)) for b in asked.blanks] or [("", asked.mistakes)]
    told = [
        f"- {mark}**{_escape(m.answer)}**: {_line(_guarded(m.feedback))}"
        for mark, mistakes in each
        for m in mistakes
        if m.feedback
    ]
    return ["Known mistakes:", "\n".join(told)] if told else []


def _about(asked: WrittenQuestion) -> Iterator[tuple[str, str]]:
    """What R has to know of a question, by the names that it has for that."""
    yield "exname", asked.identity
    yield "extitle", _value(title(asked)) or asked.identity
    yield "exsection", _value(asked.kind)
    yield "extags", "|".join(filter(None, map(_value, asked.tags)))
    yield "exversion", _value(asked.version)
    if asked.options:
        yield "extype", "schoice"
        yield "exsolution", "".join("1" if option.correct else "0" for option in asked.options)
        yield "exshuffle", "FALSE"  # the positions of the key are balanced over the bank
        yield "expoints", figures(asked.points)
        return
    assert asked.value is not None  # what has no number is a choice
    blanks = asked.blanks or (WrittenBlank("", asked.answer, asked.value, asked.points),)
    types = ["num" if -_EXACT_BELOW < blank.value < _EXACT_BELOW else "string" for blank in blanks]
    yield "extype", "cloze" if asked.blanks else types[0]
    if asked.blanks:
        yield "exclozetype", "|".join(types)
    yield "exsolution", "|".join(figures(blank.value) for blank in blanks)
    if "num" in types:
        yield "extol", "|".join(_tolerance(blank.value) for blank in blanks)
    yield "expoints", "|".join(figures(blank.points) for blank in blanks)


def _tolerance(value: int | Fraction) -> str:
    return "0" if places(value) is not None else _TOLERANCE


_PIECE = re.compile(r"\\.|```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|(?P<sign>[\^@])", re.DOTALL)
_RULE = re.compile(r"^(?=====|----)", re.MULTILINE)


def _text(markdown: str) -> str:
    """Paragraphs in which no line is the rule below the head of a section."""
    return _RULE.sub(" ", _guarded(markdown.strip("\n")))


def _guarded(markdown: str) -> str:
    """Markdown as pandoc reads it: there a superscript and a citation have signs of their own."""
    return _PIECE.sub(_piece, markdown)


def _piece(found: re.Match[str]) -> str:
    if found["sign"]:
        return f"\\{found['sign']}"
    return found[0].replace("\\allowbreak ", "") if found[0].startswith("$") else found[0]  # pandoc does not know it


def _inert(text: str) -> str:
    """A text in which R finds no code: inside it would stand between backticks, alone behind three of them."""
    return re.sub(r"`+(?=r[\s#]|[ \t]*\{)", lambda found: "'" * len(found[0]), text)


def _line(text: str) -> str:
    return " ".join(text.split())


def _value(text: str) -> str:
    """A text as a value: there a bar separates values, and the name of another would begin a second one."""
    return re.sub(r"\b(ex\w*):", r"\1", _line(text).replace("|", "/").replace("`", "'"))
