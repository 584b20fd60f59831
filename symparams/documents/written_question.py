"""A question as it is handed to an export: every text in the markup that the format wants, every number exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias, get_args

Draw: TypeAlias = Literal["one", "all"]
DRAWS: tuple[Draw, ...] = get_args(Draw)
AnswerType: TypeAlias = Literal["number", "shape", "formula", "choice"]


@dataclass(frozen=True, slots=True)
class WrittenOption:
    """One of the answers to choose from."""

    text: str  # in the markup
    plain: str  # the same without any markup: 18,207
    credit: Fraction  # 1 for the key, 0 for no credit, between them for a misconception that earns a share
    feedback: str  # in the markup: what is said to one who chooses it
    misconception: str  # the name of the mistake that leads here; empty for the key

    @property
    def correct(self) -> bool:
        """Whether it is the key."""
        return self.credit == 1


@dataclass(frozen=True, slots=True)
class WrittenMistake:
    """A wrong answer that is known in advance, where the answer is typed."""

    answer: str  # as a student types it: 630, 12.5, 24x24x64, (k^2 + 1)*F
    value: int | Fraction | None  # the same as a number; None for a shape or a formula
    credit: Fraction  # 0 up to less than 1
    feedback: str  # in the markup
    misconception: str  # its name
    values: tuple[Fraction, ...] = ()  # what a formula gives at the points of the question, in their order
    follows: str = ""  # of a part: what the mistake gives from answers to earlier parts, a, b …; empty: the same


@dataclass(frozen=True, slots=True)
class WrittenBlank:
    """One place to fill in: a part of a question, or a gap in a worked solution whose last steps are left out."""

    mark: str  # how the stem names it: (a)
    answer: str  # as a student types it
    value: int | Fraction  # the same as a number
    points: Fraction  # its share of the points of the question
    mistakes: tuple[WrittenMistake, ...] = ()  # wrong answers that are known
    follows: str = ""  # what is right with other answers to earlier places, a, b …: 640*a + 10; empty: the same
    told: tuple[int | Fraction, ...] = ()  # numbers that earn nothing where a mistake gives them from earlier answers


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A question in a markup."""

    identity: str  # stable, and a name in XML: q-4b2f…; equal for equal questions only
    name: str  # a short title without markup: "Parameters of conv_2"
    kind: str  # params, total, shape, blank, inverse, formula, compare, truth, mistake …
    answer_type: AnswerType  # how it is answered; truth is a choice of two
    stem: str  # in the markup; several paragraphs, perhaps with a table
    answer: str  # the key as a student types it: 18207; the text of the right option
    value: int | Fraction | None  # the key as a number; None where it is not one
    solution: str  # the worked solution, in the markup
    options: tuple[WrittenOption, ...]  # to choose from, in their order; () where the answer is typed
    mistakes: tuple[WrittenMistake, ...]  # wrong answers that are known; () where there are options
    points: Fraction  # for a right answer; a multiple of 1/2
    difficulty: int  # 1 … 5
    tags: tuple[str, ...]  # words to sort by: convolution, parameters
    seed: int  # that the bank was made with
    version: str  # of the program that made it
    letters: tuple[str, ...] = ()  # a formula: the letters that may stand in it
    # A formula: values of the letters that fit the network, to compare answers at.
    at: tuple[Mapping[str, int], ...] = field(default=(), hash=False)
    values: tuple[Fraction, ...] = ()  # what the key gives there
    blanks: tuple[WrittenBlank, ...] = ()  # parts, or a faded solution: what to fill in; the last one is the answer
    penalty: Fraction = Fraction(0)  # a choice: the share of the points that a wrong option without credit takes away
    number: int = 1  # of the question in its bank, from 1; all variants of a question share it
    variant: int = 0  # of the question, from 1; 0 where it has one only

    def share(self, option: WrittenOption) -> Fraction:
        """The share of the points that an option gives: less than 0 where it takes some away."""
        return option.credit or -self.penalty

    def mistakes_at(self, blank: WrittenBlank) -> tuple[WrittenMistake, ...]:
        """The wrong answers that are known for a blank; those of the question are of its last one."""
        return blank.mistakes or (self.mistakes if blank is self.blanks[-1] else ())


@dataclass(frozen=True, slots=True)
class BankInfo:
    """What a bank says of itself."""

    title: str  # without markup
    seed: int
    version: str  # of the program
    request: str  # a hash of everything that decides what is in it: sources, options, version
    variants: int = 1  # of each question, one behind the other; the i-th variants of all questions are a paper
    questions: int = 1  # of the bank that it is or is a part of, variants not counted
    draw: Draw = "one"  # how many of the variants of a question a system asks a student

    @property
    def has_groups(self) -> bool:
        """Whether the variants of a question are a group of which a student gets one."""
        return self.variants > 1 and self.draw == "one"
