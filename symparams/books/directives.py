"""The directives of a book, each with the options of the command that does the same."""

from __future__ import annotations

from symparams.books import answers
from symparams.books.request import SETTINGS, request
from symparams.commands.appendix import appendix
from symparams.commands.console import like
from symparams.commands.draw import draw
from symparams.commands.exams import exam
from symparams.commands.main import solve, summary

_INPUT = ("kind", "model", "given")  # the options for what is read

DIRECTIVES = {
    one.name: one
    for one in (
        request(
            "arch:solution",
            answers.solution,
            like(
                solve,
                *_INPUT,
                "style",
                "layers",
                "quantities",
                "total",
                "detail",
                "by",
                "all_layers",
                "digits",
                *SETTINGS,
            ),
            is_for_one=False,
        ),
        request(
            "arch:summary",
            answers.summary,
            like(summary, *_INPUT, "quantities", "all_layers", "digits", *SETTINGS),
            is_for_one=False,
        ),
        request(
            "arch:appendix",
            answers.appendix,
            like(appendix, *_INPUT, "unstated", "exercises", "digits"),
            is_for_one=False,
        ),
        request("arch:figure", answers.figure, like(draw, *_INPUT, "view", "depth")),
        request(
            "arch:exercise",
            answers.exercise,
            like(exam, *_INPUT, "kinds", "level", "seed", "layers", "without", "show", "digits", *SETTINGS),
        ),
    )
}
