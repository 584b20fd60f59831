"""A reader for Blackboard's packages, by what Blackboard exports and by the rules of Moodle's importer for it."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

_BB = "{http://www.blackboard.com/content-packaging/}"
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_FIELDS = [  # of metadata, in the order in which Blackboard writes them
    "bbmd_asi_object_id", "bbmd_asitype", "bbmd_assessmenttype", "bbmd_sectiontype", "bbmd_questiontype",
    "bbmd_is_from_cartridge", "bbmd_is_disabled", "bbmd_negative_points_ind", "bbmd_canvas_fullcrdt_ind",
    "bbmd_all_fullcredit_ind", "bbmd_numbertype", "bbmd_partialcredit", "bbmd_orientationtype",
    "bbmd_is_extracredit", "qmd_absolutescore_max", "qmd_weighting", "qmd_instructornotes",
]  # fmt: skip


@dataclass
class Read:
    """A question as it was imported."""

    kind: str
    ident: str
    name: str
    stem: str
    points: Fraction
    correct: str  # what is said to who is right
    incorrect: str
    options: dict[str, tuple[str, Fraction, str]] = field(default_factory=dict)  # text, share and feedback by ident
    right: list[str] = field(default_factory=list)  # the idents or texts that are right
    window: tuple[Fraction, Fraction] | None = None  # of a number
    negative: bool = False

    def share(self, response: str) -> Fraction:
        """The share of the points that a response earns."""
        if self.window is not None:
            try:
                return Fraction(self.window[0] <= Fraction(response.strip()) <= self.window[1])
            except ValueError:
                return Fraction(0)
        if self.options:
            return self.options[response][1] if response in self.options else Fraction(0)
        return Fraction(response.strip().casefold() in {text.casefold() for text in self.right})


@dataclass
class Pool:
    name: str
    title: str
    questions: list[Read]


@dataclass
class Block:
    """A part of the test that draws from a pool."""

    title: str
    pool: str
    number: int
    points: Fraction
    kinds: list[str]


def read_package(path: Path) -> tuple[list[Pool], list[Block]]:
    """The pools of a package and the blocks of its test; what Blackboard would not find is an error."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "cx.package.info.version=6.0" in files.pop(".bb-package-info").splitlines()
    pools, blocks = [], list[Block]()
    for resource in ElementTree.fromstring(files.pop("imsmanifest.xml")).findall("resources/resource"):
        name, kind = resource.attrib["identifier"], resource.attrib["type"]
        assert resource.attrib[_BASE] == name
        root = ElementTree.fromstring(files.pop(resource.attrib[f"{_BB}file"]))
        (assessment,) = root.findall("assessment")
        assert assessment.get("title") == resource.attrib[f"{_BB}title"]
        about = metadata(assessment, "assessment")
        (section,) = assessment.findall("section")
        if kind == "assessment/x-bb-qti-pool":
            assert about["bbmd_assessmenttype"] == "Pool"
            pools.append(Pool(name, assessment.attrib["title"], [_question(item) for item in section.findall("item")]))
        else:
            assert (kind, about["bbmd_assessmenttype"]) == ("assessment/x-bb-qti-test", "Test")
            blocks = [_block(inner) for inner in section.findall("section")]
    assert not files
    return pools, blocks


def metadata(element: Any, of: str) -> dict[str, str]:
    fields = element.find(f"{of}metadata")
    assert [child.tag for child in fields] == _FIELDS
    found = {child.tag: child.text or "" for child in fields}
    assert found["bbmd_asitype"] == of.capitalize()
    return found


def _block(section: Any) -> Block:
    about = metadata(section, "section")
    assert about["bbmd_sectiontype"] == "Random Block"
    (selection,) = section.findall("selection_ordering/selection")
    return Block(
        section.get("title"),
        selection.findtext("sourcebank_ref"),
        int(selection.findtext("selection_number")),
        Fraction(about["qmd_absolutescore_max"]),
        [kind.text for kind in selection.findall("or_selection/selection_metadata")],
    )


def _text(element: Any) -> str:
    (formatted,) = element.iter("mat_formattedtext")
    assert formatted.get("type") == "HTML"
    return formatted.text or ""


def _question(item: Any) -> Read:
    about = metadata(item, "item")
    blocks = {flow.get("class"): flow for flow in item.find("presentation/flow")}
    conditions = list(item.iter("respcondition"))
    feedback = {one.get("ident"): one for one in item.findall("itemfeedback")}
    read = Read(
        about["bbmd_questiontype"],
        about["bbmd_asi_object_id"],
        item.get("title"),
        _text(blocks["QUESTION_BLOCK"]),
        Fraction(about["qmd_absolutescore_max"]),
        _text(feedback["correct"]),
        _text(feedback["incorrect"]),
        negative=about["bbmd_negative_points_ind"] == "Y",
    )
    _READERS[read.kind](read, blocks["RESPONSE_BLOCK"], conditions, feedback)
    linked = {display.get("linkrefid") for display in item.iter("displayfeedback")}
    assert linked <= set(feedback)
    (other,) = [condition for condition in conditions if condition.find("conditionvar/other") is not None]
    assert (other.get("title"), other.findtext("setvar")) == ("incorrect", "0")
    return read


def _choice(read: Read, block: Any, conditions: list[Any], feedback: dict[str, Any]) -> None:
    (field_,) = block.findall("response_lid")
    assert (field_.get("ident"), field_.get("rcardinality")) == ("response", "Single")
    texts = {label.get("ident"): _text(label) for label in field_.iter("response_label")}
    (right,) = [condition for condition in conditions if condition.get("title") == "correct"]
    assert right.findtext("setvar") == "SCORE.max"
    read.right = [right.findtext("conditionvar/varequal")]
    for condition in conditions:
        test = condition.find("conditionvar/varequal")
        if not condition.get("title"):
            ident = test.get("respident")
            share = Fraction(condition.findtext("setvar")) / 100
            assert condition.find("displayfeedback").get("linkrefid") == ident
            read.options[ident] = (texts[ident], share, _text(feedback[ident].find("solution")))
    assert list(read.options) == list(texts)
    assert read.options[read.right[0]][1] == 1


def _truth(read: Read, block: Any, conditions: list[Any], feedback: dict[str, Any]) -> None:
    labels = [label.get("ident") for label in block.iter("response_label")]
    assert labels == ["true", "false"]
    (right,) = [condition for condition in conditions if condition.get("title") == "correct"]
    read.right = [right.findtext("conditionvar/varequal")]
    read.options = {label: (label, Fraction(label in read.right), "") for label in labels}


def _number(read: Read, block: Any, conditions: list[Any], feedback: dict[str, Any]) -> None:
    (field_,) = block.findall("response_num")
    assert field_.find("render_fib").get("fibtype") == "Decimal"
    (right,) = [condition for condition in conditions if condition.get("title") != "incorrect"]
    assert right.find("setvar") is None  # as Blackboard exports it
    low, high, exact = (Fraction(right.findtext(f"conditionvar/{name}")) for name in ("vargte", "varlte", "varequal"))
    assert low <= exact <= high
    read.window = (low, high)


def _typed(read: Read, block: Any, conditions: list[Any], feedback: dict[str, Any]) -> None:
    (field_,) = block.findall("response_str")
    assert field_.find("render_fib").get("fibtype") == "String"
    known = [condition for condition in conditions if condition.get("title") != "incorrect"]
    assert all(condition.get("title") in feedback for condition in known)
    read.right = [condition.findtext("conditionvar/varequal") for condition in known]


_READERS = {
    "Multiple Choice": _choice,
    "True/False": _truth,
    "Numeric": _number,
    "Fill in the Blank": _typed,
}
