"""Questions as `symparams exam` makes them, drawn by a seed: real networks, all kinds, all types of answers."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TypeVar

from symparams.documents.question_writer import Writer
from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.errors import Source
from symparams.exams.course import Course
from symparams.exams.examination import Examination, Wanted
from symparams.exams.kinds import KINDS
from symparams.exams.plan import Plan
from symparams.exams.question import Question
from symparams.exams.supply import Supply
from symparams.exports.edition import answer_types
from symparams.exports.export import Export
from tests.exams.samples import EXAMPLE_TEXTS, TEXTS

REAL_SEEDS = range(int(os.environ.get("EXPORT_SEEDS", "12")))
TITLE = (
    r"\neq & <b>50%</b> {x} $y$ #1 ~z^2 = ::n:: -> ]]> [html] `c` _u_ {1:NUMERICAL:=1} {#1} // \end{x} &amp; {{v}}"
    " [sound:a.mp3] <!-- %> größer"
)
BANK = BankInfo(title=TITLE, seed=0, version="1.2.3", request="real")
_TITLED = (
    'model "'
    + TITLE.replace("\\", "\\\\")
    + """\"
range F in 4..40 step 4
range k in 3, 5
input(20, 24, 3) -> conv(F, k, s=2) as stem_1 -> depthwise(3, same) -> conv(2*F, 1, bias=no) -> batchnorm
-> maxpool(2) -> flatten -> dense(F, relu) as the_head -> dense(7)"""
)
NETWORKS = {
    **{name: EXAMPLE_TEXTS[name] for name in ("exam-cnn.arch", "exam-text.arch", "lenet5.arch")},
    **{f"{name}.arch": TEXTS[name] for name in ("torch", "sequences", "letters")},
    "titled.arch": _TITLED,
}
T = TypeVar("T")
_EACH = ("number", "number", "choice", "choice", "shape", "formula", "faded", "story")  # what is asked for each seed


@cache
def _examination() -> Examination:
    courses = [Course(Source(name, text)) for name, text in NETWORKS.items()]
    return Examination(courses, Wanted(kinds=tuple(KINDS)))


@cache
def _writer(index: int, markup: str) -> Writer:
    return Writer(_examination().courses[index], markup, seed=0)


@cache
def _plans(what: str) -> dict[str, dict[str, list[Plan]]]:
    """The plans of questions that are answered in one way, by their kind and the name of the network."""
    found: dict[str, dict[str, list[Plan]]] = {}
    for plan in _examination().plans:
        fades = plan.answer_type == "number" and KINDS[plan.kind].fades
        if {"faded": fades, "story": plan.kind == "story"}.get(what, plan.answer_type == what):
            found.setdefault(plan.kind, {}).setdefault(plan.course.source.name, []).append(plan)
    return found


@cache
def _questions(seed: int) -> tuple[Question, ...]:
    return tuple(_question(what, 7 * seed + at) for at, what in enumerate(_EACH))


def _question(what: str, seed: int) -> Question:
    chance = random.Random(seed)
    plans = _plans(what)
    while True:
        of_kind = _any(chance, plans)
        plan = chance.choice(_any(chance, of_kind))
        found = next(iter(Supply(plan, seed)), None)
        if found is not None:
            fade = chance.randint(1, 3) if what == "faded" else 0
            return replace(found, fade=fade, identity=f"{found.identity}-f{fade}") if fade else found


def _any(chance: random.Random, choices: Mapping[str, T]) -> T:
    return choices[chance.choice(list(choices))]


@cache
def asked(seed: int, markup: str) -> tuple[WrittenQuestion, ...]:
    """The questions of a seed in a markup."""
    courses = _examination().courses
    found = []
    for question in _questions(seed):
        found.append(_writer(courses.index(question.course), markup).asked(question))
    return tuple(found)


def bank(export: Export, seed: int) -> list[WrittenQuestion]:
    """The questions of a seed that a format can ask, as it wants them."""
    types = answer_types(export)
    return [one for one in asked(seed, export.markup) if one.answer_type in types]


def every(export: Export) -> list[WrittenQuestion]:
    """The questions of all seeds, each once."""
    return list({one.identity: one for seed in REAL_SEEDS for one in bank(export, seed)}.values())


def origin(question: WrittenQuestion) -> str:
    """Where a question comes from."""
    seeds = [seed for seed in REAL_SEEDS if any(q.identity == question.identity for q in _questions(seed))]
    return f"the seed {seeds[0]}: {question.identity}, {question.kind}, {question.name}"
