"""Questions -> texts in a markup: what an export is handed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, cast

from symparams.algebra.formula import Formula, Value, as_formula
from symparams.algebra.notation import PLAIN, SOURCE, decimals, shown, size
from symparams.documents.faded_solution import faded
from symparams.documents.feedback import Feedback
from symparams.documents.formats import FORMATS, with_digits
from symparams.documents.question_text import Words
from symparams.documents.rendering import environment, tidied
from symparams.documents.vocabulary import capital
from symparams.documents.written_question import WrittenBlank, WrittenMistake, WrittenOption, WrittenQuestion
from symparams.errors import SymparamsError
from symparams.exams.course import Course
from symparams.exams.kinds import KINDS
from symparams.exams.question import Content, Option, Question, Wrong
from symparams.questions.signatures import signature
from symparams.version import __version__

_POINTS = {1: 1, 2: 1, 3: 2, 4: 2, 5: 3}  # of a question, by its difficulty
_FADED = Fraction(1, 2)  # points of a blank


class Writer:
    """Writes the questions on one network in one markup."""

    def __init__(self, course: Course, markup: str, seed: int, digits: str = "comma") -> None:
        self.course = course
        self.seed = seed
        self.format = with_digits(FORMATS[markup], digits)
        self.asking = Feedback(course, self.format)
        template = environment(markup).get_template("exam/question.j2")
        names = {**self.asking.names(), "format": f"formats/{markup}.j2"}
        self._module: Any = template.make_module(names)

    def asked(self, question: Question) -> WrittenQuestion:
        """The question in the markup."""
        words = Words(self.asking, question)
        away = faded(question, words) if question.fade else None
        points = _FADED * len(away.blanks) if away else Fraction(_POINTS[question.difficulty])
        return WrittenQuestion(
            identity=question.identity,
            name=self.name(question),
            kind=question.kind,
            answer_type=question.answer_type,
            stem=self._said("stem", question, words) + (self._said("to_fill_in", away) if away else ""),
            answer=plain(question.key) if question.options else typed(question.key),
            value=_number(question.key),
            solution=self._said("solution", question, words),
            options=tuple(self._option(option, question) for option in question.options),
            mistakes=tuple(self._mistake(wrong, question) for wrong in question.mistakes),
            points=points,
            difficulty=question.difficulty,
            tags=self.tags(question),
            seed=self.seed,
            version=__version__,
            letters=question.letters,
            at=question.points if question.answer_type == "formula" else (),
            values=self._values(question.key, question),
            blanks=tuple(WrittenBlank(b.mark, str(b.value), b.value, _FADED) for b in away.blanks) if away else (),
        )

    def _said(self, macro: str, *about: object) -> str:
        return tidied(cast("Callable[..., str]", getattr(self._module, macro))(*about), self.format)

    def _option(self, option: Option, question: Question) -> WrittenOption:
        wrong = option.wrong
        return WrittenOption(
            text=self.asking.content(option.content),
            plain=plain(option.content),
            credit=Fraction(1) if wrong is None else wrong.credit,
            feedback="" if wrong is None else self.asking.feedback(wrong, question),
            misconception="" if wrong is None else _names(wrong),
        )

    def _mistake(self, wrong: Wrong, question: Question) -> WrittenMistake:
        return WrittenMistake(
            answer=typed(wrong.content),
            value=_number(wrong.content),
            credit=wrong.credit,
            feedback=self.asking.feedback(wrong, question),
            misconception=_names(wrong),
            values=self._values(wrong.content, question),
        )

    def _values(self, content: Content, question: Question) -> tuple[Fraction, ...]:
        if question.answer_type != "formula" or isinstance(content, str):
            return ()
        values = signature(map(as_formula, content), question.points)
        if values is None:
            raise SymparamsError(f"{question.identity}: a formula has no value at one of the points")
        return tuple(map(Fraction, values))

    def name(self, question: Question) -> str:
        """Parameters of conv_2."""
        title = _TITLES.get(question.kind) or KINDS[question.kind].heading
        where = question.node.name if question.node is not None else self.course.title or self.course.stem
        return title.format(where)

    def tags(self, question: Question) -> tuple[str, ...]:
        """Words to sort by."""
        layer = () if question.node is None else (question.node.kind,)
        words = (question.kind, *layer, question.answer_type, f"level {question.difficulty}")
        return tuple(dict.fromkeys(words))


_TITLES = {
    "params": "Parameters of {}",
    "shape": "Output shape of {}",
    "macs": "Multiply-accumulates of {}",
    "flops": "FLOPs of {}",
    "memory": "Parameter memory of {}",
    "activations": "Activation memory of {}",
    "cache": "Key-value cache of {}",
    "field": "Receptive field of {}",
    "total": "Parameters of {}",
    "blank": "A blank in the summary: {}",
    "inverse": "An argument of {}",
    "formula": "Parameters of {} as a formula",
    "compare": "Two designs: {}",
    "truth": "True or false: {}",
    "mistake": "Where is the mistake? {}",
}


def _names(wrong: Wrong) -> str:
    return " and ".join(made.name for made in wrong.made)


def _number(content: Content) -> int | Fraction | None:
    if isinstance(content, str) or len(content) != 1 or isinstance(content[0], Formula):
        return None
    return content[0]


def typed(content: Content) -> str:
    """An answer as a student types it: 18207, 12.5, 24x24x63, (k^2*C + 1)*F."""
    return content if isinstance(content, str) else "x".join(map(_typed, content))


def _typed(value: Value) -> str:
    if isinstance(value, Fraction):
        return decimals(value) or f"{value.numerator}/{value.denominator}"
    return shown(value, SOURCE)


def plain(content: Content) -> str:
    """An answer to be read, without any markup."""
    if isinstance(content, str):
        return capital(content)
    return size(content, PLAIN) if len(content) > 1 else shown(content[0], PLAIN)
