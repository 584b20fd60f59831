"""A count as a formula: in the letters of the network, or in those of the rule where the network has numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from symparams.algebra.equality import collected
from symparams.algebra.evaluation import Point, number
from symparams.algebra.formula import Formula, Symbol, Value
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.simplification import simplified
from symparams.algebra.solving import letters_of
from symparams.algebra.substitution import mapped
from symparams.errors import SymparamsError
from symparams.exams.candidates import Candidate, all_mistakes, candidates
from symparams.exams.choosing import FEWEST
from symparams.exams.course import Course
from symparams.exams.describable import is_describable
from symparams.exams.fillers import near_formulas
from symparams.exams.kind import Kind
from symparams.exams.kinds.computed import difficulty, is_plain
from symparams.exams.kinds.inverse import unknowns
from symparams.exams.kinds.total import mistakes
from symparams.exams.plan import Computed, Plan
from symparams.exams.question import AnswerType, Content, Question, Wrong
from symparams.misconceptions.totals import Total
from symparams.questions.points import free_letters, number_from

_LONGEST = 80  # characters of a total that is asked for


@dataclass(kw_only=True)
class InLetters(Computed):
    """The answer is a formula; nothing is drawn."""

    row = "formulas"

    def question(self, point: Point, number: int, seed: int) -> Question | None:
        key = tuple(map(self._written, self.rules))
        mistakes = [
            Wrong(
                tuple(map(self._written, c.rules)),
                c.made[0].credit,
                c.made,
                c.rules,
                c.carried,
                c.layers,
            )
            for c in self.candidates
            if len(c.made) == 1 and not self._foreign(c)
        ]
        options = self.options(key, mistakes, number, seed, point) if self.answer_type == "choice" else ()
        if options and len(options) < FEWEST:
            return None
        letters = self._letters([*self.rules, *(rule for wrong in mistakes for rule in wrong.rules)])
        points = self._points(letters) if self.more["own"] else self.course.points
        return replace(self.made(key, options, mistakes, {}), letters=letters, points=points)

    @property
    def form(self) -> tuple[object, ...]:
        return (*super().form, self.more["own"])

    def near(self, key: Content, known: Sequence[Wrong], point: Point | None) -> Iterable[Wrong]:
        return near_formulas(key)

    def _written(self, rule: Formula) -> Value:
        """A formula as it is written: of a whole network collected over the layers."""
        return (collected if self.node is None else simplified)(rule, self.course.network.facts)

    def _letters(self, rules: Iterable[Formula]) -> tuple[str, ...]:
        """The letters of the key and of the mistakes, in an order that does not tell them apart."""
        names = dict.fromkeys(name for rule in rules for name in letters_of(rule))
        return tuple(names) if self.more["own"] else tuple(n for n in free_letters(self.course.network) if n in names)

    def _foreign(self, c: Candidate) -> bool:
        """Whether a wrong rule has letters that no answer may have: those of layers that are not shown."""
        own = {name for rule in self.rules for name in letters_of(rule)}
        return self.more["own"] != "" and any(name not in own for rule in c.rules for name in letters_of(rule))

    def _points(self, letters: tuple[str, ...]) -> tuple[Point, ...]:
        """Small values for the letters of a rule, which may be anything."""
        return tuple({name: 2 + number_from(name, i) % 12 for name in letters} for i in range(12))


def _plans(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    for i, node in enumerate(course.network.nodes):
        if node.layer.inputs == "none" or node.kind == "copies" or node.shared is not None:
            continue
        if any(repeat.runs for repeat in node.repeats):
            continue  # its copies differ
        task = course.tasks.of(i, "params")
        if task.values == (0,):
            continue
        with_letters = any(letters_of(rule) for rule in task.rules)
        told = is_describable(task)
        if not with_letters and not told:
            continue
        rules = task.rules if with_letters else tuple(map(in_own_letters, task.rules))
        if not with_letters and not any(letters_of(rule) for rule in rules):
            continue
        local = told and (is_plain(task) or not with_letters)
        yield InLetters(
            kind="formula",
            course=course,
            answer_type=answer_type,
            difficulty=max(2, difficulty(3, task.rules, is_plain(task))),
            node=node,
            local=local,
            rules=rules,
            mistakes=partial(_candidates, course, i, task.rules, with_letters, local),
            more={"own": "" if with_letters else "own"},
        )
    yield from _totals(course, answer_type)


def _totals(course: Course, answer_type: AnswerType) -> Iterator[Plan]:
    """The total in the letters of the network, where it has some and a formula of it can be written down."""
    total = course.total("params")
    if not letters_of(total.sum) or len(shown(collected(total.sum, course.network.facts), SOURCE)) > _LONGEST:
        return
    counted = sum(value != 0 for value in total.values)
    yield InLetters(
        kind="formula",
        course=course,
        answer_type=answer_type,
        difficulty=max(3, min(5, 2 + counted)),
        rules=(total.sum,),
        mistakes=lambda: candidates(course, mistakes(course, "params", Total.with_terms), (total.sum,)),
        more={"own": ""},
    )


def _is_lone(course: Course, index: int) -> bool:
    """Whether one tensor arrives, so that the layer can stand alone."""
    return len(course.network.nodes[index].inputs) == 1


def _candidates(
    course: Course, index: int, rules: tuple[Formula, ...], with_letters: bool, local: bool
) -> Iterator[Candidate]:
    mistakes = list(all_mistakes(course, index, "params", local=local and _is_lone(course, index), enough=0))
    if with_letters:
        yield from candidates(course, mistakes, rules)
        return
    right = {simplified(in_own_letters(rule)) for rule in rules}
    letters = {name for rule in rules for name in letters_of(in_own_letters(rule))}
    for mistake in mistakes:
        own = tuple(map(in_own_letters, mistake.rules))
        try:
            value = simplified(own[0])
        except SymparamsError:
            continue
        known = letters.issuperset(letters_of(own[0]))  # nobody answers with letters that the question does not have
        if known and not mistake.carried and value not in right:
            right.add(value)
            yield Candidate(mistake.made, own)


def in_own_letters(rule: Formula) -> Formula:
    """The rule with its own symbols as letters: the kernel size k for a square kernel."""
    short = {name: unknown for unknown, names in unknowns(rule) for name in names if unknown.name == "k"}

    def free(leaf: Formula) -> Formula:
        if not isinstance(leaf, Symbol) or leaf.value is None:
            return leaf
        if not leaf.meaning or number(leaf) is None:
            return leaf.value
        return short.get(leaf.name, Symbol(leaf.name, None, leaf.meaning))

    return mapped(rule, free)


formula = Kind(
    "formula",
    "the number of parameters of a layer, or of the network, as a formula",
    70,
    ("formula", "choice"),
    _plans,
    usual=True,
)
