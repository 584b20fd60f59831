"""QTI 2.1: questions are scored as a system does that runs their response processing."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import symparams as sp
from symparams.documents.written_question import WrittenQuestion
from symparams.exports.qti21 import Qti21
from symparams.exports.qti21_text import number_pattern
from symparams.exports.shapes import shape_pattern
from tests.exports.near import naming
from tests.exports.qti21_session import Q, Session, assert_scored, text_of
from tests.exports.qti_samples import (
    NASTY,
    SEEDS,
    packed,
    sample,
    visible,
    zipped,
)
from tests.helpers import optional

pytestmark = pytest.mark.extra
etree = optional("lxml.etree")
EXPORT = Qti21()
NCNAME = re.compile(r"[A-Za-z_][\w.-]*")


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return packed(EXPORT)


@pytest.fixture(scope="module")
def items(files: dict[str, str]) -> dict[str, Any]:
    roots = [etree.fromstring(text.encode()) for name, text in files.items() if name.startswith("items/")]
    return {root.get("identifier"): root for root in roots}


def test_questions_are_scored(items: dict[str, Any]) -> None:
    for seed in SEEDS:
        with naming(seed):
            assert_scored(items[sample(seed).identity], sample(seed))


def test_texts_print_as_themselves(items: dict[str, Any]) -> None:
    for seed in SEEDS:
        with naming(seed):
            texts_print(items[sample(seed).identity], sample(seed))


def texts_print(item: Any, asked: WrittenQuestion) -> None:
    assert visible(item.get("title")) == visible(asked.name)
    assert visible("".join(item.find(f"{Q}itemBody")[0].itertext())) == text_of(asked.stem)
    solution = item.find(f"{Q}modalFeedback[@identifier='solution']")
    assert visible("".join(solution.itertext())) == text_of(asked.solution)
    for choice, option in zip(item.iter(f"{Q}simpleChoice"), asked.options, strict=True):
        assert visible("".join(choice.itertext())) == text_of(option.text)
    assert item.findtext(f".//{Q}pre") == "\nx = a -> b\n  c & d"


def test_identifiers_are_names(files: dict[str, str], items: dict[str, Any]) -> None:
    roots = [
        *items.values(),
        etree.fromstring(files["test.xml"].encode()),
        etree.fromstring(files["imsmanifest.xml"].encode()),
    ]
    names = [
        value for root in roots for value in root.xpath("//@identifier|//@responseIdentifier|//@outcomeIdentifier")
    ]
    assert all(NCNAME.fullmatch(name) for name in names)


def test_the_manifest_and_the_test_list_every_file(files: dict[str, str]) -> None:
    manifest = etree.fromstring(files["imsmanifest.xml"].encode())
    listed = [node.get("href") for node in manifest.iter("{*}file")]
    assert sorted([*listed, "imsmanifest.xml"]) == sorted(files)
    test = etree.fromstring(files["test.xml"].encode())
    references = {node.get("identifier"): node.get("href") for node in test.iter(f"{Q}assessmentItemRef")}
    assert references == {sample(seed).identity: f"items/{sample(seed).identity}.xml" for seed in SEEDS}
    assert visible(test.get("title")) == visible(NASTY)
    needed = [node.get("identifierref") for node in manifest.iter("{*}dependency")]
    assert needed == list(references)


def test_the_same_bank_is_the_same_bytes(files: dict[str, str]) -> None:
    assert zipped(packed(Qti21())) == zipped(files)


@pytest.mark.schemas
def test_it_fits_the_schema(files: dict[str, str]) -> None:
    folder = os.environ.get("QTI_SCHEMAS")
    if not folder:
        pytest.skip("QTI_SCHEMAS names no folder with the schemas of QTI")
    schema = etree.XMLSchema(etree.parse(str(Path(folder) / "qti21/imsqti_v2p1p2.xsd")))
    for name, text in files.items():
        if name != "imsmanifest.xml":
            schema.assertValid(etree.fromstring(text.encode()))


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern, as XML Schema and Python agree."""
    declared = etree.fromstring(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:simpleType>'
        '<xs:restriction base="xs:string"><xs:pattern/></xs:restriction></xs:simpleType></xs:element></xs:schema>'
    )
    declared.find(".//{*}pattern").set("value", pattern)
    element = etree.Element("a")
    element.text = text
    found: bool = etree.XMLSchema(declared).validate(element)
    assert found == (re.fullmatch(pattern, text) is not None)
    return found


@pytest.mark.parametrize(
    ("value", "same", "different"),
    [
        (
            18207,
            ["18207", "18,207", "18 207", "18\u202f207", "+18207", "18207.0", "18207."],
            ["1,8207", "18207.5", "118207"],
        ),
        (0, ["0", "0.0", "0.00"], ["", "00", "1", "."]),
        (630, ["630", " 630 "], ["63", "6300", "-630"]),
        (175_000_000_000, ["175,000,000,000", "175000000000"], ["175000000001"]),
        (-5, ["-5", "−5"], ["5"]),
        (Fraction(25, 2), ["12.5", "12.50", "25/2"], ["125", "12,5", "12", "12.55"]),
        (Fraction(1, 8), ["0.125", ".125", "1/8"], ["125", "0125"]),
        (Fraction(2, 3), ["2/3", "0.667", "0.6667", "0.666"], ["0.67", "0.7", "0.668", "0.6665"]),
    ],
)
def test_numbers_have_many_spellings(value: int | Fraction, same: list[str], different: list[str]) -> None:
    pattern = number_pattern(value)
    assert [text for text in same if not matches(pattern, text)] == []
    assert [text for text in different if matches(pattern, text)] == []


def test_shapes_have_many_spellings() -> None:
    pattern = shape_pattern("24x24x64")
    for text in (
        "24x24x64",
        "24, 24, 64",
        "(24,24,64)",
        "24 x 24 x 64",
        "24×24×64",
        "[24, 24, 64]",
        "24X24X64",
        "24*24*64",
    ):
        assert matches(pattern, text)
    for text in ("24x24", "242464", "24x24x640", "124x24x64", "24x2464", ""):
        assert not matches(pattern, text)
    assert matches(shape_pattern("128"), "(128,)")
    assert matches(shape_pattern("36864"), "36,864")
    assert matches(shape_pattern("a.b[c]^$|x1"), "a.b[c]^$| x 1")
    assert not matches(shape_pattern("a.b"), "aob")


@pytest.mark.parametrize(
    ("stem", "body"),
    [
        ('<section><p style="color: red">a <u>b</u> c</p></section>', "<p>a b c</p>"),
        (
            '<table><tr><td colspan="2">d</td></tr></table>',
            '<table><tbody><tr><td colspan="2">d</td></tr></tbody></table>',
        ),
        ("<p>a\x0b\ufffe\ud800b</p>", "<p>a   b</p>"),
    ],
)
def test_html_that_the_schema_lacks_keeps_its_content(stem: str, body: str) -> None:
    asked = sample(0)
    text = EXPORT.item(replace(asked, stem=stem))[3]
    found = etree.tostring(etree.fromstring(text.encode()).find(f"{Q}itemBody")[0], encoding="unicode", with_tail=False)
    assert re.sub(r' xmlns(:\w+)?="[^"]*"', "", found) == f"<div>{body}</div>"


def test_each_part_has_points_and_feedback_of_its_own() -> None:
    made = sp.exam(sp.parse("input(14, 14, 2) -> conv(6, 3) -> maxpool(2) -> flatten -> dense(10)"), story=True)
    edition = made.edition("qti21")
    asked = edition.asked(0)
    assert sum(len(blank.mistakes) > 1 for blank in asked.blanks) > 2
    (item,) = (text for name, text in packed(EXPORT, [asked]).items() if name.startswith("items/"))
    root = etree.fromstring(item.encode())
    assert_scored(root, asked)
    names = [modal.get("identifier") for modal in root.iter(f"{Q}modalFeedback")]
    assert len(set(names)) == len(names) == 1 + sum(bool(m.feedback) for b in asked.blanks for m in b.mistakes)
    wrong = {f"RESPONSE_{at}": blank.mistakes[0] for at, blank in enumerate(asked.blanks, start=1)}
    shown = Session(root, {name: mistake.answer for name, mistake in wrong.items()}).result()[1]
    assert shown == [text_of(mistake.feedback) for mistake in wrong.values()]
