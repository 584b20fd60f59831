"""However a shape is typed, every system gives it the same marks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symparams as sp
from symparams.documents.written_question import WrittenMistake, WrittenQuestion
from symparams.exports import prairielearn_server
from symparams.exports.qti12 import Qti12
from symparams.exports.qti21 import Qti21
from symparams.exports.shapes import further_spellings, readings, shape_pattern, usual_spellings
from symparams.grading.marking import Marker
from tests.exports import qti12_scoring, qti21_session
from tests.exports.asked_samples import asked as sample
from tests.exports.gift_reader import read_gift
from tests.exports.moodle_marking import verdict
from tests.exports.moodle_reader import read_moodle
from tests.exports.prairielearn_executor import files
from tests.exports.qti_samples import packed
from tests.exports.test_gift import written as gift
from tests.exports.test_moodle import written as moodle
from tests.helpers import optional

etree = optional("lxml.etree")
System = Callable[[str], float]
SIGNS = ("x", "X", "×", "*", "·", "⋅", "✕")
SPACES = ("", " ", "\u00a0", "\u2009", "\u202f")
BRACKETS = (("", ""), ("(", ")"), ("[", "]"))


def asked(answer: str, **credits: Fraction) -> WrittenQuestion:
    """A question with a shape as its key, and mistakes of other shapes with their credits."""
    question = sample("html", "shape", "conv_2", [1, 2, 3, 4, 5])
    mistakes = (WrittenMistake(wrong[1:], None, credit, "<p>Why.</p>", "it") for wrong, credit in credits.items())
    return replace(question, answer=answer, mistakes=tuple(mistakes))


def systems(question: WrittenQuestion) -> dict[str, System]:
    """The share of the points that each system gives for a typed text; what it asks to type again gets none."""
    (by_moodle,), (by_gift,) = read_moodle(moodle(question))[1], read_gift(gift(question))[1]
    (item,) = (text for name, text in packed(Qti21(), [question]).items() if name.startswith("items/"))
    by_qti21, marker = ElementTree.fromstring(item), Marker(question)
    (field,) = json.loads(files(question)["answers.json"])["fields"]

    def prairielearn(text: str) -> float:
        try:
            return prairielearn_server.judged(field, text, {})[0]
        except prairielearn_server.AnswerError:
            return 0

    return {
        "moodle": lambda text: verdict(by_moodle, text)[0],
        "gift": lambda text: verdict(by_gift, text)[0],
        "qti21": lambda text: float(qti21_session.answered(by_qti21, text)[0] / question.points),
        "prairielearn": prairielearn,
        "grade": lambda text: float(marker.mark(text).points / question.points),
    }


def typed(answer: str) -> Iterator[str]:
    """A shape in the ways that the documentation promises."""
    sizes = answer.split("x")
    if len(sizes) == 1:
        yield from (f"{left}{answer}{end}{right}" for left, right in BRACKETS for end in ("", ","))
    for sign in SIGNS if len(sizes) > 1 else ():
        yield from (f"{space}{sign}{space}".join(sizes) for space in SPACES)
        yield from (
            f"{left}{between.join(sizes)}{right}" for left, right in BRACKETS for between in (sign, f" {sign} ")
        )
    for left, right in BRACKETS:
        yield from (f"{left}{f',{space}'.join(sizes)}{right}" for space in SPACES)
        yield f"{left}None, {', '.join(sizes)}{right}"


KEY, KNOWN = "24x20x64", {"_24x64": Fraction(1, 2), "_20x24x64": Fraction(1, 4), "_24x20x1024": Fraction(0)}


@pytest.mark.parametrize(("answer", "known"), [("56", {"_57": Fraction(1, 2)}), ("36864", KNOWN), (KEY, KNOWN)])
def test_every_system_gives_the_same_marks(answer: str, known: dict[str, Fraction]) -> None:
    question = asked(answer, **known)
    expected = {answer: 1.0, **{wrong[1:]: float(credit) for wrong, credit in known.items()}}
    expected |= {"7x7": 0.0, "24x20": 0.0, "24x20x6": 0.0, "24x20x64x2": 0.0, "124x20x64": 0.0, "24x2064": 0.0}
    for name, system in systems(question).items():
        for shape, share in expected.items():
            assert {text for text in typed(shape) if system(text) != share} == set(), (name, shape)


def test_digits_in_groups() -> None:
    for answer in ("36864", "7x7x2048"):
        for name, system in systems(asked(answer)).items():
            for mark in ",", *(SPACES[1:] if answer == "36864" else ()):
                text = " × ".join(f"{int(size):,}".replace(",", mark) for size in answer.split("x"))
                assert system(text) == 1, (name, text)


def test_what_is_no_shape_earns_nothing() -> None:
    for text in ("", "x", "24x20x", "(24x20x64", "24x20x64)", "{24x20x64", "24x20x64x", "24.5x20x64", "a", "*", "(,)"):
        for name, system in systems(asked(KEY)).items():
            assert system(text) == 0, (name, text)


def test_qti12_lists_every_spelling_of_the_key() -> None:
    """Canvas takes each of them for right, and nothing else."""
    for answer in ("56", "36864", KEY):
        name = qti12_scoring.Q + "item"
        (text,) = (text for file, text in packed(Qti12(), [asked(answer)]).items() if "manifest" not in file)
        item = ElementTree.fromstring(text).find(f".//{name}")
        assert {text for text in typed(answer) if qti12_scoring.run(item, text)[0] != 1} == set()
        assert qti12_scoring.run(item, f"{answer}x1")[0] == 0


@given(
    st.lists(st.integers(0, 5000), min_size=1, max_size=5),
    st.text("0123456789x,;()[] .×*·⋅✕None?-1\u2009", max_size=24),
)
@settings(deadline=None)
def test_the_readers_agree(sizes: list[int], text: str) -> None:
    """That of `grade`, that of PrairieLearn, the list of Moodle and the pattern of QTI."""
    answer = "x".join(map(str, sizes))
    pattern = re.compile(shape_pattern(answer))
    for spelled in (*usual_spellings(answer), *further_spellings(answer)):
        assert tuple(map(Fraction, sizes)) in readings(spelled), spelled
        assert prairielearn_server.judged({"kind": "shape", "right": answer, "mistakes": ()}, spelled, {})[0] == 1, (
            spelled
        )
        assert pattern.fullmatch(spelled), spelled
    for read in readings(text):
        again = "x".join(map(str, read))
        assert prairielearn_server.judged({"kind": "shape", "right": again, "mistakes": ()}, text, {})[0] == 1
        if all(size.denominator == 1 for size in read) and "." not in text:
            assert re.fullmatch(shape_pattern(again), text.strip()) or re.search("[0-9],[0-9]{1,2}(?![0-9])", text), (
                text
            )
    if pattern.fullmatch(text):
        assert tuple(map(Fraction, sizes)) in readings(text), text


@pytest.mark.extra
@pytest.mark.parametrize("answer", ["56", "36864", KEY, "7x7x2048", "9.5x3"])
def test_the_pattern_is_one_of_xml_schema(answer: str) -> None:
    declared = etree.fromstring(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:simpleType>'
        '<xs:restriction base="xs:string"><xs:pattern/></xs:restriction></xs:simpleType></xs:element></xs:schema>'
    )
    declared.find(".//{*}pattern").set("value", shape_pattern(answer))
    schema, element = etree.XMLSchema(declared), etree.Element("a")
    for text in (*typed(answer), f"{answer}x1", f"1{answer}", f"{answer}0", ""):
        element.text = text
        assert schema.validate(element) == (re.fullmatch(shape_pattern(answer), text) is not None), text


CHOICES = "the format qti12 cannot mark a shape that is typed: questions of the kind shape are choices"
LISTED = (
    "Moodle compares a typed shape with a list: 24x24x64, 24 · 24 · 64, (24, 24, 64), [24, 24, 64] and the like; "
    "what mixes signs earns nothing there"
)


@pytest.mark.parametrize(
    ("format_", "kinds", "notices"),
    [
        ("moodle", "shape,params", [LISTED]),
        ("gift", "shape", [LISTED]),
        ("moodle", "shape:choice,params", []),
        ("qti12", "shape,params", [CHOICES]),
        ("qti12", "shape,shape:choice", [CHOICES]),
        ("qti12", "shape:choice", []),
        ("qti21", "shape", []),
        ("prairielearn", "shape", []),
        ("json", "shape", []),
    ],
)
def test_what_a_system_cannot_mark_is_said(format_: str, kinds: str, notices: list[str]) -> None:
    made = sp.exam(sp.parse("input(28, 28, 1) -> conv(32, 3) -> flatten -> dense(10)"), kinds=kinds)
    assert made.notices(format_) == notices
