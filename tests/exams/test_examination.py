"""Banks of questions: which ones, in which order, the same ones every time."""

from __future__ import annotations

import random
import re
from collections import Counter
from fractions import Fraction

import pytest

from symparams.errors import Source, SymparamsError
from symparams.exams.checks import stress
from symparams.exams.course import Course
from symparams.exams.examination import USUAL, Examination, Wanted
from symparams.exams.kinds import KINDS
from tests.exams.samples import TEXTS, examination
from tests.helpers import few_or_many


def identities(found: Examination) -> list[str]:
    return [question.identity for question in found.questions()]


@few_or_many("count", 3, 10)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_same_request_gives_the_same_questions(text: str, count: int) -> None:
    one, other = (Examination([Course(Source("net.arch", text))], Wanted(questions=count)) for _ in range(2))
    assert list(map(repr, map(_shown, one.questions()))) == list(map(repr, map(_shown, other.questions())))
    assert one.request == other.request


_WIDE = {
    "images": """
        range a in 1..9999
        range b in 1..9999
        input(a) -> dense(b) -> dense(3) -> dense(b) -> dense(a) -> dense(7)""",
    "strides": """
        where n % 3 == 0, s < k
        range n in 20..2000
        range k in 2..7
        range s in 1..6
        input(n, n, 3) -> conv(16, k, s=s) -> maxpool(2) -> conv(n, 3x2, same) -> globalavgpool -> dense(10)""",
}


def _shown(question: object) -> tuple[object, ...]:
    names = ("identity", "kind", "answer_type", "key", "point", "options", "mistakes", "difficulty")
    return tuple(getattr(question, name) for name in names)


def test_another_seed_gives_other_questions() -> None:
    banks = [identities(examination(TEXTS["images"], questions=12, seed=seed)) for seed in range(6)]
    assert len(set(map(tuple, banks))) == 6


def test_an_identity_depends_on_the_question_only() -> None:
    """What two seeds have in common is the same question, whatever else was asked for."""
    found: dict[str, object] = {}
    shared = 0
    for seed in range(8):
        for question in examination(TEXTS["torch sequences"], questions=30, seed=seed, kinds=("params",)).questions():
            about = (question.kind, question.answer_type, question.node and question.node.name, *question.rules)
            shared += question.identity in found
            assert found.setdefault(question.identity, about) == about
    assert shared > 10


def test_no_question_comes_twice() -> None:
    for name, text in TEXTS.items():
        for variants in (3, 1):  # a network of numbers has one variant of each
            try:
                found = identities(examination(text, variants=variants, kinds=tuple(KINDS)))
            except SymparamsError:
                assert variants == 3, name
                continue
            assert len(found) == len(set(found)), name
            break


@pytest.mark.parametrize("name", ["images", "strides"])
def test_a_question_does_not_depend_on_those_made_before(name: str) -> None:
    """Whatever its number: one of the first variants, one behind them, one of a plan that has few."""
    text, wanted = _WIDE.get(name, TEXTS[name]), {"questions": 8, "variants": 120, "kinds": ("total", "params:choice")}
    every = list(map(_shown, examination(text, **wanted).questions()))
    assert len({each[0] for each in every}) == len(every) == 960
    order = random.Random(1).sample(range(960), 200)
    anew = examination(text, **wanted)
    assert [_shown(anew.question(number)) for number in order] == [every[number] for number in order]


def test_a_paper_has_one_variant_of_each_question() -> None:
    found = examination(TEXTS["images"], questions=7, variants=4)
    papers = [[found.question(4 * slot + variant) for slot in range(7)] for variant in range(4)]
    assert [len(paper) for paper in papers] == [7, 7, 7, 7]
    kinds = [[(question.kind, question.node and question.node.name) for question in paper] for paper in papers]
    assert kinds == [kinds[0]] * 4
    assert len({question.identity for paper in papers for question in paper}) == 28


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_levels(level: int) -> None:
    found = examination(TEXTS["images"], levels=(level, level), kinds=tuple(KINDS))
    assert {question.difficulty for question in found.questions()} == {level}


def test_every_usual_kind_is_asked_once_before_one_comes_again() -> None:
    found = [question.kind for question in examination(TEXTS["images"], questions=len(USUAL)).questions()]
    assert Counter(found) == Counter(USUAL)


_FEW: set[tuple[str, str]] = set()  # kinds with too few mistakes to choose from


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_says_what_it_is(name: str) -> None:
    kind = KINDS[name]
    assert kind.title, f"{name}: the title says what it asks for"
    assert kind.types, f"{name}: types, the ways in which it can be answered"
    assert kind.heading.count("{}") <= 1, f"{name}: the heading has one place for the name of the layer"
    again = [other.name for other in KINDS.values() if other.order == kind.order]
    assert again == [name], f"{name}: another order, each kind has a place of its own"


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_and_its_types(name: str) -> None:
    text = TEXTS["sequences"] if name == "cache" else TEXTS["images"]
    for answer_type in KINDS[name].types:
        if (name, answer_type) in _FEW:
            with pytest.raises(SymparamsError, match=f"^there is no question of the kind {name}:choice on net.arch$"):
                examination(text, kinds=(f"{name}:{answer_type}",))
            continue
        found = list(examination(text, kinds=(f"{name}:{answer_type}",)).questions())
        assert {(question.kind, question.answer_type) for question in found} == {(name, answer_type)}


def test_types_that_a_format_cannot_mark_are_not_asked() -> None:
    found = examination(TEXTS["images"], answer_types=frozenset({"choice"}), questions=20)
    assert {question.answer_type for question in found.questions()} == {"choice"}


def test_two_designs_of_two_networks() -> None:
    found = examination("input(8) -> dense(4) -> dense(2)", TEXTS["images"], kinds=("compare",), questions=4)
    for question in found.questions():
        assert question.more is not None
        assert question.key == (question.more["counts"][1] - question.more["counts"][0],)
    assert any(q.more["other"] is not q.course for q in found.questions() if q.more is not None)


def test_stress_finds_nothing() -> None:
    for text in TEXTS.values():
        stress(examination(text, kinds=tuple(KINDS)), 3)


MESSAGES = [
    ("params:shape", "questions of the kind params are answered by number or choice, not shape"),
    ("shap", "there is no kind of question `shap`; did you mean `shape`?"),
    ("zzz", f"there is no kind of question `zzz`; the choices are {', '.join(KINDS)}"),
]


@pytest.mark.parametrize(("kind", "message"), MESSAGES)
def test_kinds_that_are_none(kind: str, message: str) -> None:
    with pytest.raises(SymparamsError, match=f"^{re.escape(message)}$"):
        examination(TEXTS["images"], kinds=(kind,))


def test_fading_asks_for_what_has_steps() -> None:
    found = list(examination(TEXTS["images"], fade=2, questions=10).questions())
    assert {question.fade for question in found} == {2}
    assert all(question.identity.endswith("-f2") for question in found)
    assert Fraction(1) not in [wrong.credit for question in found for wrong in question.mistakes]
