"""Questions -> texts in a markup: what an export is handed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, cast

from symparams.algebra.formula import Formula, Value, as_formula
from symparams.algebra.notation import decimals, shown, size
from symparams.algebra.notations import PLAIN, SOURCE
from symparams.documents.faded_solution import Faded, faded
from symparams.documents.formats import Format, format_named, markup_named, without_pictures
from symparams.documents.question_document import QuestionDocument
from symparams.documents.rendering import environment, tidied, typesetter
from symparams.documents.shown_numbers import Shown
from symparams.documents.words import capital
from symparams.documents.written_question import WrittenBlank, WrittenMistake, WrittenOption, WrittenQuestion
from symparams.errors import SymparamsError
from symparams.exams.course import Course
from symparams.exams.credit import Credit
from symparams.exams.question import Content, Option, Question, Wrong
from symparams.questions.signatures import signature
from symparams.version import __version__

_POINTS = {1: 1, 2: 1, 3: 2, 4: 2, 5: 3}  # of a question, by its difficulty
_FADED = Fraction(1, 2)  # points of a blank
_BARE = format_named("text", "none")  # without any markup; in it a comma is no part of a number
CREDIT = Credit()


class Writer:
    """Writes the questions on one network in one markup."""

    def __init__(
        self,
        course: Course,
        markup: str,
        seed: int,
        digits: str = "comma",
        credit: Credit = CREDIT,
        *,
        pictures: bool = False,
    ) -> None:
        self.course = course
        self.seed = seed
        self.credit = credit
        self.format = markup_named(markup, digits) if pictures else without_pictures(markup_named(markup, digits))
        self._typesetter = typesetter(self.format)
        self._module = _macros(self.format)
        self._bare_typesetter = typesetter(_BARE)
        self._bare = _macros(_BARE)

    def asked(self, question: Question) -> WrittenQuestion:
        """The question in the markup."""
        document = QuestionDocument(question)
        away = faded(question, self._typesetter) if question.fade else None
        usual = _FADED * len(away.blanks) if away else Fraction(_POINTS[question.difficulty])
        points = usual if question.worth is None else question.worth
        return WrittenQuestion(
            identity=question.identity,
            name=str(self._bare.name(document)).strip(),
            kind=question.kind,
            answer_type=question.answer_type,
            stem=self._said("stem", document) + (self._said("to_fill_in", document, away.lines) if away else ""),
            answer=plain(question.key) if question.options else typed(question.key),
            value=_number(question.key),
            solution=self._said("solution", document),
            options=tuple(self._option(option, document) for option in question.options),
            mistakes=self._mistakes(document),
            points=points,
            penalty=self.credit.penalty if question.options else Fraction(0),
            difficulty=question.difficulty,
            tags=self.tags(question),
            seed=self.seed,
            version=__version__,
            letters=question.letters,
            at=question.points if question.answer_type == "formula" else (),
            values=self._values(question.key, question),
            blanks=self._blanks(document, away, points),
        )

    def _blanks(self, document: QuestionDocument, away: Faded | None, points: Fraction) -> tuple[WrittenBlank, ...]:
        """The parts, or what is left out of the solution; all are worth the same."""
        if away is not None:
            each = points / len(away.blanks)
            return tuple(WrittenBlank(b.mark, str(b.value), b.value, each) for b in away.blanks)
        if not document.parts:
            return ()
        shown = Shown(self._bare_stem(document))
        return tuple(
            WrittenBlank(
                part.mark,
                str(part.value),
                part.value,
                points / len(document.parts),
                tuple(self._mistake(wrong, document, shown) for wrong in part.mistakes),
                "" if part.follows is None else _typed(part.follows),
                shown.told if any(w.follows for w in part.mistakes) and not self.credit.pays_copied else (),
            )
            for part in document.parts
        )

    def _said(self, macro: str, *about: object) -> str:
        return tidied(cast("Callable[..., str]", getattr(self._module, macro))(*about), self.format)

    def _feedback(self, wrong: Wrong, document: QuestionDocument) -> str:
        return str(self._module.feedback(document, wrong)).strip("\n")

    def _option(self, option: Option, document: QuestionDocument) -> WrittenOption:
        wrong = option.wrong
        return WrittenOption(
            text=self._typesetter.answer(option.content),
            plain=plain(option.content),
            credit=Fraction(1) if wrong is None else self._share(wrong),
            feedback="" if wrong is None else self._feedback(wrong, document),
            misconception="" if wrong is None else _names(wrong),
        )

    def _share(self, wrong: Wrong, shown: Shown | None = None) -> Fraction:
        """What a wrong answer earns; `shown` is what stands in the stem, where the answer is typed."""
        copied = shown is not None and shown.has(wrong.content)
        return self.credit.share(wrong.made, wrong.credit, typed=shown is not None, copied=copied)

    def _mistakes(self, document: QuestionDocument) -> tuple[WrittenMistake, ...]:
        """The wrong answers that are known where the answer is typed."""
        if not document.question.mistakes:
            return ()
        shown = Shown(self._bare_stem(document))
        return tuple(self._mistake(wrong, document, shown) for wrong in document.question.mistakes)

    def _bare_stem(self, document: QuestionDocument) -> str:
        """The stem as a text in which a number is nothing but its digits."""
        question = document.question
        lines = faded(question, self._bare_typesetter).lines if question.fade else ()
        return "\n".join([str(self._bare.stem(document)), *lines])

    def _mistake(self, wrong: Wrong, document: QuestionDocument, shown: Shown) -> WrittenMistake:
        return WrittenMistake(
            answer=typed(wrong.content),
            value=_number(wrong.content),
            credit=self._share(wrong, shown),
            feedback=self._feedback(wrong, document),
            misconception=_names(wrong),
            values=self._values(wrong.content, document.question),
            follows="" if wrong.follows is None else _typed(wrong.follows),
        )

    def _values(self, content: Content, question: Question) -> tuple[Fraction, ...]:
        if question.answer_type != "formula" or isinstance(content, str):
            return ()
        values = signature(map(as_formula, content), question.points)
        if values is None:
            raise SymparamsError(f"{question.identity}: a formula has no value at one of the points")
        return tuple(map(Fraction, values))

    def tags(self, question: Question) -> tuple[str, ...]:
        """Words to sort by."""
        layer = () if question.node is None else (question.node.kind,)
        words = (question.kind, *layer, question.answer_type, f"level {question.difficulty}")
        return tuple(dict.fromkeys(words))


def _macros(format_: Format) -> Any:
    """What is said of questions, each a macro."""
    return environment(format_).get_template("exam/question.j2").module


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
