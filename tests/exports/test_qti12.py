"""QTI 1.2: questions are scored as a system does that runs their conditions, and read as Canvas reads them."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from symparams.documents.written_question import WrittenQuestion
from symparams.exports.qti import identifier
from symparams.exports.qti12 import Qti12
from tests.exports.near import naming
from tests.exports.qti12_scoring import Q, assert_scored, feedback, items_of, metadata, parts, run, standard
from tests.exports.qti_samples import (
    BANK,
    NASTY,
    SEEDS,
    html,
    packed,
    sample,
    shape_spellings,
    visible,
    zipped,
)
from tests.helpers import optional

pytestmark = pytest.mark.extra
etree = optional("lxml.etree")
EXPORT = Qti12()
TEXT = f"{identifier(BANK)}/{identifier(BANK)}.xml"


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return packed(EXPORT)


@pytest.fixture(scope="module")
def items(files: dict[str, str]) -> dict[str, Any]:
    root = etree.fromstring(files[TEXT].encode())
    return items_of(root)


def test_questions_are_scored(items: dict[str, Any]) -> None:
    for seed in SEEDS:
        with naming(seed):
            assert_scored(items, sample(seed))


def test_shapes_are_scored_and_mistakes_explained(items: dict[str, Any]) -> None:
    for seed in SEEDS:
        if sample(seed).answer_type == "shape":
            with naming(seed):
                shapes_are_scored(items, sample(seed))


def shapes_are_scored(items: dict[str, Any], asked: WrittenQuestion) -> None:
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
    item = etree.fromstring(packed(EXPORT, [asked])[TEXT].encode()).find(f".//{Q}item")
    assert [run(item, text)[0] for text in ("36864", "36,864", "(36864,)", "3,6864")] == [1, 1, 1, 0]


def test_points_and_kinds(items: dict[str, Any]) -> None:
    kinds = {}
    for seed in SEEDS:
        asked = sample(seed)
        for identity, key in parts(asked):
            assert Fraction(metadata(items[identity])["points_possible"]) == key.points
            kinds[asked.kind] = metadata(items[identity])["question_type"]
    numbers = dict.fromkeys(["number", "fraction", "blank", "large", "endless"], "numerical_question")
    choices = {"choice": "multiple_choice_question", "truth": "true_false_question"}
    assert kinds == {**numbers, **choices, "shape": "short_answer_question"}


def test_texts_print_as_themselves(items: dict[str, Any]) -> None:
    for seed in SEEDS:
        with naming(seed):
            texts_print(items, sample(seed))


def texts_print(items: dict[str, Any], asked: WrittenQuestion) -> None:
    for identity, _ in parts(asked):
        item = items[identity]
        assert visible(item.get("title")).startswith(visible(asked.name))
        texts = [node.text for node in item.iter(f"{Q}mattext")]
        assert texts[0].startswith(html(f"stem {NASTY}"))
        assert html(f"solution {NASTY}") in texts
        assert all(option.text in texts for option in asked.options)


def test_what_xml_cannot_hold_becomes_a_blank() -> None:
    ((*_, text),) = EXPORT.item(replace(sample(0), stem="<p>a\x0b\ufffe\ud800b</p>", name="a\x00b"))
    item = etree.fromstring(text)
    assert item.findtext(".//mattext") == "<p>a   b</p>"
    assert item.get("title") == "a b"


def test_the_bank_has_its_title_and_each_question_once(files: dict[str, str], items: dict[str, Any]) -> None:
    root = etree.fromstring(files[TEXT].encode())
    assert visible(root.find(f"{Q}assessment").get("title")) == visible(NASTY)
    assert len(items) == len(list(root.iter(f"{Q}item"))) == sum(len(parts(sample(seed))) for seed in SEEDS)


def test_the_manifest_lists_every_file(files: dict[str, str]) -> None:
    root = etree.fromstring(files["imsmanifest.xml"].encode())
    listed = [node.get("href") for node in root.iter("{*}file")]
    assert sorted([*listed, "imsmanifest.xml"]) == sorted(files)
    assert [node.get("type") for node in root.iter("{*}resource")] == ["imsqti_xmlv1p2"]


def test_the_same_bank_is_the_same_bytes(files: dict[str, str]) -> None:
    assert zipped(packed(Qti12())) == zipped(files)


@pytest.mark.schemas
def test_it_fits_the_schema(files: dict[str, str]) -> None:
    folder = os.environ.get("QTI_SCHEMAS")
    if not folder:
        pytest.skip("QTI_SCHEMAS names no folder with the schemas of QTI")
    schema = etree.XMLSchema(etree.parse(str(Path(folder) / "qti12/domainProfile/ims_qtiasiv1p2.xsd")))
    schema.assertValid(standard(etree.fromstring(files[TEXT].encode())))
