"""QTI 1.2: questions are scored as a system does that runs their conditions, and read as Canvas reads them."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from symparams.documents.asked import Asked
from symparams.errors import SymparamsError
from symparams.exports.qti12 import Qti12, Qti12Text
from tests.exports.qti_samples import (
    BANK,
    NASTY,
    SEEDS,
    html,
    others,
    packed,
    sample,
    shape_spellings,
    spellings,
    visible,
    zipped,
)

etree = pytest.importorskip("lxml.etree")
EXPORT = Qti12()
TEXT = Qti12Text()
Q = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return packed(EXPORT)


@pytest.fixture(scope="module")
def items(files: dict[str, str]) -> dict[str, Any]:
    root = etree.fromstring(files[EXPORT.text_name(BANK)].encode())
    return {item.get("ident"): item for item in root.iter(f"{Q}item")}


def number(text: str) -> Fraction | None:
    """What Canvas reads in a field for numbers."""
    try:
        return Fraction(text.strip().replace(",", "").replace(" ", ""))
    except ValueError:
        return None


def holds(test: Any, typed: str, numeric: bool) -> bool:
    """Whether a response meets a condition."""
    kind = test.tag.removeprefix(Q)
    if kind in ("conditionvar", "and"):
        return all(holds(child, typed, numeric) for child in test)
    if kind == "or":
        return any(holds(child, typed, numeric) for child in test)
    if kind == "other":
        return True
    assert test.get("respident") == "response1"
    if not numeric:
        assert kind == "varequal"
        return str(test.text).strip().casefold() == typed.strip().casefold()
    given, bound = number(typed), Fraction(str(test.text))
    if given is None:
        return False
    return {"varequal": given == bound, "vargte": given >= bound, "varlte": given <= bound}[kind]


def run(item: Any, typed: str) -> tuple[int | Fraction, list[str]]:
    """The score from 0 to 1, and the names of the feedback that is shown."""
    numeric = item.find(f".//{Q}render_fib[@fibtype='Decimal']") is not None
    scores = {"SCORE": Fraction(0)}
    shown = []
    for condition in item.iter(f"{Q}respcondition"):
        if not holds(condition.find(f"{Q}conditionvar"), typed, numeric):
            continue
        for setting in condition.iter(f"{Q}setvar"):
            assert setting.get("action", "Set") == "Set"
            scores[setting.get("varname", "SCORE")] = Fraction(setting.text)
        shown += [display.get("linkrefid") for display in condition.iter(f"{Q}displayfeedback")]
        if condition.get("continue", "No") == "No":
            break
    return scores["SCORE"] / Fraction(item.find(f".//{Q}decvar").get("maxvalue")), shown


def feedback(item: Any, names: list[str]) -> list[str]:
    """The texts of feedback, without the solution that everyone sees."""
    texts = {f.get("ident"): f.findtext(f".//{Q}mattext") for f in item.iter(f"{Q}itemfeedback")}
    return [texts[name] for name in names if name != "general_fb"]


def near(found: int | Fraction, credit: Fraction) -> bool:
    return abs(found - credit) < Fraction(1, 10**5)


def parts(asked: Asked) -> list[tuple[str, Any, bool]]:
    """The identity of each question that is written for one, its key, and whether the mistakes belong to it."""
    if not asked.blanks:
        return [(asked.identity, asked, True)]
    return [(f"{asked.identity}-{b.mark[1]}", b, b is asked.blanks[-1]) for b in asked.blanks]


@pytest.mark.parametrize("seed", [s for s in SEEDS if sample(s).answer_type == "number"])
def test_numbers_are_scored(items: dict[str, Any], seed: int) -> None:
    asked = sample(seed)
    for identity, key, mistaken in parts(asked):
        item = items[identity]
        for text in spellings(key.value):
            assert run(item, text) == (1, ["general_fb"])
        for mistake in asked.mistakes if mistaken else ():
            assert mistake.value is not None
            if mistake.value.denominator == 3:
                continue
            for text in spellings(mistake.value):
                score, shown = run(item, text)
                assert near(score, mistake.credit)
                assert feedback(item, shown) == [mistake.feedback]
        for other in others(asked, seed):
            assert run(item, str(other)) == (0, ["general_fb"])
        assert run(item, "no number") == (0, ["general_fb"])


@pytest.mark.parametrize("seed", [s for s in SEEDS if sample(s).options])
def test_choices_are_scored(items: dict[str, Any], seed: int) -> None:
    asked = sample(seed)
    item = items[asked.identity]
    labels = [label.get("ident") for label in item.iter(f"{Q}response_label")]
    for name, option in zip(labels, asked.options, strict=True):
        score, shown = run(item, name)
        assert near(score, option.credit)
        assert feedback(item, shown) == ([option.feedback] if option.feedback else [])
    assert run(item, "") == (0, ["general_fb"])
    if any(0 < option.credit < 1 for option in asked.options):  # New Quizzes read such scores as points
        assert Fraction(item.find(f".//{Q}decvar").get("maxvalue")) == asked.points


@pytest.mark.parametrize("seed", [s for s in SEEDS if sample(s).answer_type == "shape"])
def test_shapes_are_scored_and_mistakes_explained(items: dict[str, Any], seed: int) -> None:
    asked = sample(seed)
    item = items[asked.identity]
    for text in shape_spellings(asked.answer):
        assert run(item, text) == (1, ["general_fb"])
    for mistake in asked.mistakes:
        score, shown = run(item, mistake.answer)
        (explained,) = feedback(item, shown)
        assert score == 0
        assert f"<strong>{mistake.answer}</strong></p>\n{mistake.feedback}" in explained
    assert run(item, "7x7x7x7")[0] == 0


def test_a_shape_of_one_size_may_have_a_separator() -> None:
    asked = replace(sample(2), answer="36864", mistakes=())
    item = etree.fromstring((TEXT.head(BANK) + TEXT.item(asked) + TEXT.foot(BANK)).encode()).find(f".//{Q}item")
    assert [run(item, text)[0] for text in ("36864", "36,864", "(36864,)", "3,6864")] == [1, 1, 1, 0]


def taken_for_right(item: Any) -> set[str]:
    """What Canvas' quizzes take for right answers: they look through the conditions and do not run them."""
    kind = metadata(item)["question_type"]
    right: dict[str, bool] = {}
    for condition in item.iter(f"{Q}respcondition"):
        equal = condition.find(f".//{Q}varequal")
        if equal is None:
            continue
        if kind == "numerical_question":
            right[equal.text] = condition.find(f".//{Q}or") is not None or condition.find(f".//{Q}and") is not None
        elif kind == "short_answer_question":
            right.update({test.text: True for test in condition.iter(f"{Q}varequal")})
        else:
            score = condition.findtext(f"{Q}setvar")
            right[equal.text] = score is not None and float(score) > 0
    return {text for text, good in right.items() if good}


def right_in_new_quizzes(item: Any) -> list[str]:
    """What Canvas' New Quizzes take for right numbers: each condition that names SCORE must be a key with its range."""
    named = [c for c in item.iter(f"{Q}respcondition") if c.find(f"{Q}setvar[@varname='SCORE']") is not None]
    for condition in named:
        assert condition.find(f".//{Q}vargte") is not None
        assert condition.find(f".//{Q}varlte") is not None
    return [condition.findtext(f".//{Q}varequal") for condition in named]


def metadata(item: Any) -> dict[str, str]:
    return {f.findtext(f"{Q}fieldlabel"): f.findtext(f"{Q}fieldentry") for f in item.iter(f"{Q}qtimetadatafield")}


@pytest.mark.parametrize("seed", SEEDS)
def test_canvas_takes_the_key_for_right_and_nothing_else(items: dict[str, Any], seed: int) -> None:
    asked = sample(seed)
    for identity, key, _ in parts(asked):
        right = taken_for_right(items[identity])
        if asked.options:
            keys = {f"choice_{n}" for n, option in enumerate(asked.options, start=1) if option.correct}
            assert right == keys
            conditions = items[identity].iter(f"{Q}respcondition")
            scored = [c.findtext(f".//{Q}varequal") for c in conditions if c.find(f"{Q}setvar") is not None]
            assert {scored[0]} == keys
        elif asked.answer_type == "number":
            (text,) = right
            assert abs(Fraction(text) - key.value) < Fraction(1, 10**6)
            assert right_in_new_quizzes(items[identity]) == [text]
        else:
            assert {text.strip() for text in shape_spellings(asked.answer)} <= right
            assert right.isdisjoint(m.answer for m in asked.mistakes)


def test_points_and_kinds(items: dict[str, Any]) -> None:
    kinds = {}
    for seed in SEEDS:
        asked = sample(seed)
        for identity, key, _ in parts(asked):
            assert Fraction(metadata(items[identity])["points_possible"]) == key.points
            kinds[asked.kind] = metadata(items[identity])["question_type"]
    numbers = dict.fromkeys(["number", "fraction", "blank", "large", "endless"], "numerical_question")
    choices = {"choice": "multiple_choice_question", "truth": "true_false_question"}
    assert kinds == {**numbers, **choices, "shape": "short_answer_question"}


@pytest.mark.parametrize("seed", SEEDS)
def test_texts_print_as_themselves(items: dict[str, Any], seed: int) -> None:
    asked = sample(seed)
    for identity, _, _ in parts(asked):
        item = items[identity]
        assert visible(item.get("title")).startswith(visible(asked.name))
        texts = [node.text for node in item.iter(f"{Q}mattext")]
        assert texts[0].startswith(html(f"stem {NASTY}"))
        assert html(f"solution {NASTY}") in texts
        assert all(option.text in texts for option in asked.options)


def test_what_xml_cannot_hold_becomes_a_blank() -> None:
    item = etree.fromstring(TEXT.item(replace(sample(0), stem="<p>a\x0b\ufffe\ud800b</p>", name="a\x00b")))
    assert item.findtext(".//mattext") == "<p>a   b</p>"
    assert item.get("title") == "a b"


def test_the_bank_has_its_title_and_each_question_once(files: dict[str, str], items: dict[str, Any]) -> None:
    root = etree.fromstring(files[EXPORT.text_name(BANK)].encode())
    assert visible(root.find(f"{Q}assessment").get("title")) == visible(NASTY)
    assert len(items) == len(list(root.iter(f"{Q}item"))) == sum(len(parts(sample(seed))) for seed in SEEDS)


def test_the_manifest_lists_every_file(files: dict[str, str]) -> None:
    root = etree.fromstring(files["imsmanifest.xml"].encode())
    listed = [node.get("href") for node in root.iter("{*}file")]
    assert sorted([*listed, "imsmanifest.xml"]) == sorted(files)
    assert [node.get("type") for node in root.iter("{*}resource")] == ["imsqti_xmlv1p2"]


def test_the_same_bank_is_the_same_bytes(files: dict[str, str]) -> None:
    assert zipped(packed(Qti12())) == zipped(files)


def test_it_fits_the_schema(files: dict[str, str]) -> None:
    folder = os.environ.get("QTI_SCHEMAS")
    if not folder:
        pytest.skip("QTI_SCHEMAS names no folder with the schemas of QTI")
    schema = etree.XMLSchema(etree.parse(str(Path(folder) / "qti12/domainProfile/ims_qtiasiv1p2.xsd")))
    schema.assertValid(etree.fromstring(files[EXPORT.text_name(BANK)].encode()))


def test_without_lxml_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lxml", None)
    with pytest.raises(SymparamsError) as caught:
        TEXT.head(BANK)
    assert str(caught.value) == "the formats qti12 and qti21 need lxml: pip install 'symparams[exports]'"
