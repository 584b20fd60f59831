"""QTI 2.1: a file for each question, a test that asks them all or one variant of each, and a manifest.

A typed number is a text that is matched with a pattern, so that 18207, 18,207 and 18 207 are one answer, and so that a
count beyond the 32 bits that QTI gives an integer is one too.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from symparams.documents.written_question import BankInfo, WrittenMistake, WrittenQuestion
from symparams.exports.export import Item, Items, PackedExport, encoded, entry
from symparams.exports.pictures import Album, stem_in_files
from symparams.exports.points import group_title, title
from symparams.exports.qti import (
    Maker,
    Node,
    Resource,
    document,
    figures,
    identifier,
    indent,
    manifest,
    picture_name,
    pictured,
)
from symparams.exports.qti21_text import flow, number_pattern
from symparams.exports.shapes import shape_pattern

_make = Maker("http://www.imsglobal.org/xsd/imsqti_v2p1", "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd")
_package = Maker(
    "http://www.imsglobal.org/xsd/imscp_v1p1", "http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd"
)
_ITEMS = "items"  # the folder of the questions, and of their pictures
_TITLE = 1_000  # characters of the name of a question in the list of the archive
_TEXTS = frozenset(["itemBody", "simpleChoice", "modalFeedback"])


class Qti21(PackedExport):
    """A package for systems that read QTI 2.1."""

    name = "qti21"
    markup = "html"
    pictures = True
    penalties = True

    def item(self, asked: WrittenQuestion) -> Item:
        asked, pictures = stem_in_files(asked)
        text = document(indent(_item(asked), _TEXTS))
        return [asked.identity, asked.number, asked.name[:_TITLE], text, pictures]

    def pack(self, archive: zipfile.ZipFile, bank: BankInfo, items: Items) -> int:
        identities, groups = [], dict[int, _Group]()
        needs, album = dict[str, tuple[str, ...]](), Album()
        for identity, number, name, text, pictures in items:
            album.add(pictures)
            needs[identity] = tuple(picture_name(file) for file, _ in pictures)
            note = json.dumps([identity, name]).encode()  # for whoever lists the archive
            archive.writestr(entry(_file(identity), note), encoded(text))
            identities.append(identity)
            group = number if bank.has_groups else 0
            if group not in groups:
                groups[group] = _Group(group_title(number, name, bank), [])
            groups[group].identities.append(identity)
        test = Resource(identifier(bank), "imsqti_test_xmlv2p1", "test.xml", tuple(identities))
        listed = [test, *(Resource(name, "imsqti_item_xmlv2p1", _file(name), needs[name]) for name in identities)]
        listed += pictured(album, _ITEMS, archive)
        archive.writestr(entry("test.xml"), encoded(document(indent(_test(bank, groups)))))
        text = manifest(_package, bank, ("QTIv2.1 Package", "1.0.0"), listed)
        archive.writestr(entry("imsmanifest.xml"), encoded(text))
        return len(identities)


class _Group(NamedTuple):
    """The variants of a question."""

    title: str
    identities: list[str]


def _file(identity: str) -> str:
    return f"{_ITEMS}/{identity}.xml"


@dataclass(frozen=True, slots=True)
class _Branch:
    """What one answer scores and shows."""

    test: Node  # whether the response is this answer
    score: Fraction  # in points
    feedback: str = ""  # the name of what is shown; empty for nothing
    said: str = ""  # what is shown, in HTML


@dataclass(frozen=True, slots=True)
class _Field:
    """A place for an answer."""

    declaration: Node
    interaction: Node  # as it stands in the body
    branches: tuple[_Branch, ...]
    feedback: str = "FEEDBACK"  # the outcome that has the name of what is shown


def _item(asked: WrittenQuestion) -> Node:
    fields = (_choices(asked),) if asked.options else tuple(_typed(asked))
    body = flow(_make, "div", {}, asked.stem)
    shown = ((field.feedback, branch) for field in fields for branch in field.branches if branch.feedback)
    return _make.root(
        "assessmentItem",
        {
            "identifier": asked.identity,
            "title": title(asked),
            "adaptive": "false",
            "timeDependent": "false",
            "toolName": "symparams",
            "toolVersion": asked.version,
        },
        *(field.declaration for field in fields),
        *_outcomes(asked.points, asked.penalty * asked.points, [field.feedback for field in fields]),
        _make("itemBody", {}, body, *(field.interaction for field in fields)),
        _processing(fields),
        *(_modal(outcome, branch.feedback, branch.said) for outcome, branch in shown),
        _modal("SOLUTION", "solution", asked.solution),
    )


def _choices(asked: WrittenQuestion) -> _Field:
    key = [f"choice_{n}" for n, option in enumerate(asked.options, start=1) if option.correct]
    choices, entries, branches = [], [], []
    for number, option in enumerate(asked.options, start=1):
        name, score = f"choice_{number}", asked.share(option) * asked.points
        choices.append(flow(_make, "simpleChoice", {"identifier": name}, option.text))
        entries.append(_make("mapEntry", {"mapKey": name, "mappedValue": figures(score)}))
        match = _make("match", {}, _variable("RESPONSE"), _base("identifier", name))
        branches.append(_Branch(match, score, name if option.feedback else "", option.feedback))
    mapping = _make("mapping", {"defaultValue": "0"}, *entries)
    attributes = {"responseIdentifier": "RESPONSE", "shuffle": "false", "maxChoices": "1"}
    declaration = _response("RESPONSE", "identifier", key, mapping)
    return _Field(declaration, _make("choiceInteraction", attributes, *choices), tuple(branches))


def _typed(asked: WrittenQuestion) -> Iterable[_Field]:
    """A field for the answer, or one for each part or blank of a faded solution."""
    if not asked.blanks:
        yield _field("", "Answer:", asked.answer, asked.value, asked.points, asked.mistakes)
    for number, blank in enumerate(asked.blanks, start=1):
        mistakes = asked.mistakes_at(blank)
        yield _field(f"_{number}", blank.mark, blank.answer, blank.value, blank.points, mistakes)


def _field(
    ending: str,
    label: str,
    answer: str,
    value: int | Fraction | None,
    points: Fraction,
    mistakes: Sequence[WrittenMistake],
) -> _Field:
    """A field to type in; names of what belongs to it have an ending."""
    name = f"RESPONSE{ending}"
    branches = [_Branch(_matches(name, answer, value), points)]
    for number, mistake in enumerate(mistakes, start=1):
        test, told = _matches(name, mistake.answer, mistake.value), f"mistake{ending}_{number}"
        branches.append(_Branch(test, mistake.credit * points, told if mistake.feedback else "", mistake.feedback))
    width = str(len(answer) + 6)
    entry = _make("textEntryInteraction", {"responseIdentifier": name, "expectedLength": width})
    shown = _make("p", {}, f"{label} ", entry)
    return _Field(_response(name, "string", [answer]), shown, tuple(branches), f"FEEDBACK{ending}")


def _matches(name: str, answer: str, value: int | Fraction | None) -> Node:
    pattern = shape_pattern(answer) if value is None else number_pattern(value)
    return _make("patternMatch", {"pattern": pattern}, _variable(name))


def _response(name: str, kind: str, correct: Sequence[str], *mapping: Node) -> Node:
    key = _make("correctResponse", {}, *(_make("value", {}, text) for text in correct))
    attributes = {"identifier": name, "cardinality": "single", "baseType": kind}
    return _make("responseDeclaration", attributes, key, *mapping)


def _outcomes(points: Fraction, penalty: Fraction, feedback: Iterable[str]) -> list[Node]:
    full = figures(points)
    return [
        _outcome("SCORE", "float", "0", {"normalMaximum": full, "normalMinimum": figures(-penalty)}),
        _outcome("MAXSCORE", "float", full),
        *(_outcome(name, "identifier") for name in feedback),
        _outcome("SOLUTION", "identifier"),
    ]


def _outcome(name: str, kind: str, default: str = "", more: Mapping[str, str] | None = None) -> Node:
    attributes = {"identifier": name, "cardinality": "single", "baseType": kind, **(more or {})}
    value = [_make("defaultValue", {}, _make("value", {}, default))] if default else []
    return _make("outcomeDeclaration", attributes, *value)


def _processing(fields: Sequence[_Field]) -> Node:
    """The score is the sum over the fields; each has feedback on its answer; the solution is shown to all."""
    conditions = [_condition(field, add=len(fields) > 1) for field in fields]
    return _make("responseProcessing", {}, *conditions, _set("SOLUTION", _base("identifier", "solution")))


def _condition(field: _Field, add: bool) -> Node:
    condition = _make("responseCondition")
    for number, branch in enumerate(field.branches):
        score = _base("float", figures(branch.score))
        rules = [_set("SCORE", _make("sum", {}, _variable("SCORE"), score) if add else score)]
        if branch.feedback:
            rules.append(_set(field.feedback, _base("identifier", branch.feedback)))
        condition.append(_make("responseElseIf" if number else "responseIf", {}, branch.test, *rules))
    if not add:
        condition.append(_make("responseElse", {}, _set("SCORE", _base("float", "0"))))
    return condition


def _set(name: str, value: Node) -> Node:
    return _make("setOutcomeValue", {"identifier": name}, value)


def _variable(name: str) -> Node:
    return _make("variable", {"identifier": name})


def _base(kind: str, text: str) -> Node:
    return _make("baseValue", {"baseType": kind}, text)


def _modal(outcome: str, name: str, html: str) -> Node:
    return flow(_make, "modalFeedback", {"outcomeIdentifier": outcome, "identifier": name, "showHide": "show"}, html)


def _test(bank: BankInfo, groups: Mapping[int, _Group]) -> Node:
    """All questions in one section, each answered once and commented on at once; of the variants of one, any."""
    every = [_reference(identity) for group in groups.values() for identity in group.identities]
    content = [_selection(number, group) for number, group in groups.items()] if bank.has_groups else every
    section = {"identifier": "section_1", "title": bank.title or "Questions", "visible": "true"}
    part = {"identifier": "part_1", "navigationMode": "nonlinear", "submissionMode": "individual"}
    total = _make("sum", {}, _make("testVariables", {"variableIdentifier": "SCORE"}))
    return _make.root(
        "assessmentTest",
        {
            "identifier": identifier(bank),
            "title": bank.title or "Questions",
            "toolName": "symparams",
            "toolVersion": bank.version,
        },
        _outcome("SCORE", "float", "0"),
        _make(
            "testPart",
            part,
            _make("itemSessionControl", {"maxAttempts": "1", "showFeedback": "true"}),
            _make("assessmentSection", section, *content),
        ),
        _make("outcomeProcessing", {}, _set("SCORE", total)),
    )


def _selection(number: int, group: _Group) -> Node:
    """A section of which a student gets one question; it is not shown as one."""
    attributes = {"identifier": f"question_{number}", "title": group.title, "visible": "false"}
    return _make(
        "assessmentSection", attributes, _make("selection", {"select": "1"}), *map(_reference, group.identities)
    )


def _reference(identity: str) -> Node:
    return _make("assessmentItemRef", {"identifier": identity, "href": _file(identity)})
