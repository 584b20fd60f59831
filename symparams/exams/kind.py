"""A kind of question: what it is called, how it can be answered, which questions of it a network has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from symparams.exams.course import Course
from symparams.exams.plan import Plan
from symparams.exams.question import AnswerType


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question."""

    name: str  # as --kinds takes it
    title: str  # what it asks for, for the help: "the number of parameters of a layer"
    order: int  # its place among the kinds
    types: tuple[AnswerType, ...]  # how it can be answered, the usual way first
    plans: Callable[[Course, AnswerType], Iterator[Plan]]  # its questions on a network, in reading order
    usual: bool = False  # whether it is asked where no kind is named
    fades: bool = False  # whether the last steps of its solutions can be left out, to be filled in
    recounted: bool = False  # whether the network built with the numbers of a variant must give the key once more
    parts: bool = False  # whether its questions have parts, which may build on one another
    needs: str = ""  # what a network must have for it, for the message that there is none: "a second network"
    heading: str = "Question on {}"  # of one question; the braces take the name of the layer
