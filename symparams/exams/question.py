"""A question, free of any format: what is asked, what is right, which wrong answers are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

from symparams.algebra.equality import collected
from symparams.algebra.evaluation import Point
from symparams.algebra.formula import Formula, Value
from symparams.exams.course import Course
from symparams.misconceptions.misconception import Misconception
from symparams.model.network import Node
from symparams.quantities.derivation import Derivation, derive

AnswerType: TypeAlias = Literal["number", "shape", "formula", "choice"]
Content: TypeAlias = "tuple[Value, ...] | str"  # a number, the sizes of a shape, a formula; or a sentence


class Wrong(NamedTuple):
    """A wrong answer that is known in advance."""

    content: Content
    credit: Fraction  # its share of the points
    made: tuple[Misconception, ...] = ()  # what leads to it; () where it is only a number near by
    rules: tuple[Formula, ...] = ()  # the wrong rules, with the values of this variant; () where there are none
    carried: bool = False  # whether the mistake was made in earlier layers
    layers: tuple[str, ...] = ()  # of a total: where it was made; () where it can be made everywhere
    remark: str = ""  # what is said where no misconception has it, as a sentence of the catalogue
    follows: Formula | None = None  # of a part: what the mistake gives from earlier answers, a, b …; None: the same


class StoryPart(NamedTuple):
    """One of several parts of a question, which are answered by numbers."""

    mark: str  # (a)
    node: Node | None  # the layer; None: the whole network
    axes: tuple[str, ...]  # what the number is the size of; (): it is a number of parameters
    rule: Formula  # how the number comes out, the values of this variant put into the symbols
    value: int  # the right answer
    follows: Formula | None  # what is right with other answers to earlier parts, a, b …; None: the same
    mistakes: tuple[Wrong, ...]  # wrong answers that are known, the likeliest first


class Option(NamedTuple):
    """One of the answers to choose from."""

    content: Content
    wrong: Wrong | None  # None: the key


@dataclass(frozen=True)
class Question:
    """One variant of one question."""

    kind: str  # params, total, shape …
    answer_type: AnswerType  # how it is answered
    course: Course  # the network that it is about
    node: Node | None  # the layer; None: the whole network
    quantity: str  # that is asked for; empty where none is
    point: Point  # the values of the letters; {} where they stay letters
    key: Content  # the right answer
    rules: tuple[Formula, ...]  # how the key comes out, the values of this variant put into the symbols
    axes: tuple[str, ...]  # what each number of the key belongs to; ("",) for one number
    options: tuple[Option, ...]  # in their order; () where the answer is typed
    mistakes: tuple[Wrong, ...]  # wrong answers that are known, the likeliest first
    difficulty: int  # 1 … 5
    identity: str  # equal for equal questions only
    local: bool = False  # whether only the layer and what arrives is shown, not the network
    more: Mapping[str, Any] | None = None  # what a kind wants to say besides
    letters: tuple[str, ...] = ()  # a formula: the letters that may stand in it
    points: tuple[Point, ...] = ()  # a formula: where it is compared with the key
    fade: int = 0  # how many of the last steps of the solution are left out, to be filled in
    worth: Fraction | None = None  # points for a right answer; None: by its difficulty

    @cached_property
    def derivations(self) -> tuple[Derivation, ...]:
        """How the key comes out, step by step."""
        return tuple(self.derivation(axis, rule) for axis, rule in zip(self.axes, self.rules, strict=True))

    def derivation(self, axis: str, rule: Formula) -> Derivation:
        """How a rule comes out."""
        facts = self.course.network.facts
        return derive(self.quantity, axis, rule, collected(rule, facts), facts)
