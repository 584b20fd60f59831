"""What is said about answers, right or wrong: options, and the feedback that a mistake gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from symparams.algebra.evaluation import Point
from symparams.algebra.formula import Formula, Value, as_formula
from symparams.algebra.notation import shown, size
from symparams.documents.formats import Format
from symparams.documents.patterns import Pattern
from symparams.documents.phrases import prose
from symparams.documents.solution import Solution
from symparams.documents.vocabulary import Vocabulary, capital
from symparams.errors import listed
from symparams.exams.course import Course
from symparams.exams.question import Content, Question, Wrong


class Feedback(Vocabulary):
    """What is said about the questions on one network, in one format."""

    def __init__(self, course: Course, format_: Format) -> None:
        super().__init__(Solution(course.network), format_, "question")
        self.course = course
        self._patterns: dict[Formula, Pattern] = {}  # of wrong rules
        self._sentences: dict[object, str] = {}  # of misconceptions and layers, which are the same in every variant

    def formula(self, value: Value) -> str:
        """A formula or number; nothing is kept, because a bank may have any number of questions."""
        return shown(value, self.format.notation)

    def size(self, shape: Sequence[Value]) -> str:
        return self._inline(size(shape, self.format.notation))

    def blank(self, mark: str) -> str:
        """A place to fill in."""
        return self.format.blank.format(mark)

    def content(self, content: Content) -> str:
        """An answer: 18,207; 24 × 24 × 63; a formula; a sentence."""
        if isinstance(content, str):
            return prose(capital(content), self.format)
        return self.size(content) if len(content) > 1 else self.number(content[0])

    def feedback(self, wrong: Wrong, question: Question) -> str:
        """What a wrong answer is told: the mistake, how it comes out, what is right."""
        if wrong.remark or not wrong.made:
            return prose(f"{capital(wrong.remark)}.", self.format) if wrong.remark else ""
        told = self.sentence(("told", wrong.made, wrong.carried, wrong.layers), partial(_told, wrong))
        mended = self.sentence(("mended", wrong.made), lambda: " ".join(f"{capital(m.repair)}." for m in wrong.made))
        return f"{told}{self._way(wrong, question)} {mended}"

    def sentence(self, key: object, text: Callable[[], str]) -> str:
        """A sentence of the catalogue in the format; what is said once is kept."""
        sentence = self._sentences.get(key)
        if sentence is None:
            sentence = self._sentences[key] = prose(text(), self.format)
        return sentence

    def _way(self, wrong: Wrong, question: Question) -> str:
        """` That gives (3·3 + 1)·63 = 630.`, where it is one number."""
        if len(wrong.rules) != 1 or isinstance(wrong.content, str) or len(wrong.content) != 1:
            return ""
        (rule,) = wrong.rules
        if question.point:
            start = [] if question.node is None else [super().formula(rule)]  # of a total a number for each layer
            texts = dict.fromkeys([*start, self._written(rule, question.point), self.formula(wrong.content[0])])
        else:
            derivation = question.derivation("", rule)
            steps = (derivation.rule, derivation.substitution, as_formula(derivation.value))
            texts = dict.fromkeys(map(self.formula, steps))
        return f" That gives {self._inline(' = '.join(texts))}." if len(texts) > 1 else ""

    def _written(self, rule: Formula, point: Point) -> str:
        """A rule of a plan with the numbers of a point."""
        pattern = self._patterns.get(rule)
        if pattern is None:
            pattern = self._patterns[rule] = Pattern(rule, self.format.notation)
        return pattern.written(point)


def _told(wrong: Wrong) -> str:
    """What was done wrong, and where."""
    several = " and ".join(m.name for m in wrong.made)
    where = f" (in {listed(wrong.layers)})" if wrong.layers else ""
    before = ", in a layer before this one" if wrong.carried else ""
    return f"{capital(several)}{where}: {'; '.join(m.explanation for m in wrong.made)}{before}."
