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
from symparams.exports.points import group_title, title
from symparams.exports.qti import Maker, Node, Resource, document, figures, identifier, indent, manifest
from symparams.exports.qti21_text import flow, number_pattern
from symparams.exports.shapes import shape_pattern

_make = Maker("http://www.imsglobal.org/xsd/imsqti_v2p1", "http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd")
_package = Maker(
    "http://www.imsglobal.org/xsd/imscp_v1p1", "http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd"
)
_TITLE = 1_000  # characters of the name of a question in the list of the archive
_TEXTS = frozenset(["itemBody", "simpleChoice", "modalFeedback"])


class Qti21(PackedExport):
    """A package for systems that read QTI 2.1."""

    name = "qti21"
    markup = "html"
    penalties = True

    def item(self, asked: WrittenQuestion) -> Item:
        return [asked.identity, asked.number, asked.name[:_TITLE], document(indent(_item(asked), _TEXTS))]

    def pack(self, archive: zipfile.ZipFile, bank: BankInfo, items: Items) -> int:
        identities, groups = [], dict[int, _Group]()
        for identity, number, name, text in items:
            note = json.dumps([identity, name]).encode()  # for whoever lists the archive
            archive.writestr(entry(_file(identity), note), encoded(text))
            identities.append(identity)
            group = number if bank.has_groups else 0
            if group not in groups:
                groups[group] = _Group(group_title(number, name, bank), [])
            groups[group].identities.append(identity)
        test = Resource(identifier(bank), "imsqti_test_xmlv2p1", "test.xml", tuple(identities))
        listed = [test, *(Resource(name, "imsqti_item_xmlv2p1", _file(name)) for name in identities)]
        archive.writestr(entry("test.xml"), encoded(document(indent(_test(bank, groups)))))
        text = manifest(_package, bank, ("QTIv2.1 Package", "1.0.0"), listed)
        archive.writestr(entry("imsmanifest.xml"), encoded(text))
        return len(identities)


class _Group(NamedTuple):
    """The variants of a question."""

    title: str
    identities: list[str]


def _file(identity: str) -> str:
    return f"items/{identity}.xml"


@dataclass(frozen=True, slots=True)
class _Branch:
    """What one answer scores and shows."""

    test: Node  # whether the response is this answer
    score: Fraction  # in points
    feedback: str  # the name of what is shown; empty for nothing


@dataclass(frozen=True, slots=True)
class _Field:
    """A place for an answer."""

    declaration: Node
    interaction: Node  # as it stands in the body
    branches: tuple[_Branch, ...]


def _item(asked: WrittenQuestion) -> Node:
    fields = (_choices(asked),) if asked.options else tuple(_typed(asked))
    body = flow(_make, "div", {}, asked.stem)
    shown = {name: text for name, text in _feedback(asked) if text}
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
        *_outcomes(asked.points, asked.penalty * asked.points),
        _make("itemBody", {}, body, *(field.interaction for field in fields)),
        _processing(fields),
        *(_modal("FEEDBACK", name, text) for name, text in shown.items()),
        _modal("SOLUTION", "solution", asked.solution),
    )


def _feedback(asked: WrittenQuestion) -> Iterable[tuple[str, str]]:
    """What is shown for each answer that is known, by its name."""
    yield from ((f"choice_{n}", option.feedback) for n, option in enumerate(asked.options, start=1))
    yield from ((f"mistake_{n}", mistake.feedback) for n, mistake in enumerate(asked.mistakes, start=1))


def _choices(asked: WrittenQuestion) -> _Field:
    key = [f"choice_{n}" for n, option in enumerate(asked.options, start=1) if option.correct]
    choices, entries, branches = [], [], []
    for number, option in enumerate(asked.options, start=1):
        name, score = f"choice_{number}", asked.share(option) * asked.points
        choices.append(flow(_make, "simpleChoice", {"identifier": name}, option.text))
        entries.append(_make("mapEntry", {"mapKey": name, "mappedValue": figures(score)}))
        match = _make("match", {}, _variable("RESPONSE"), _base("identifier", name))
        branches.append(_Branch(match, score, name if option.feedback else ""))
    mapping = _make("mapping", {"defaultValue": "0"}, *entries)
    attributes = {"responseIdentifier": "RESPONSE", "shuffle": "false", "maxChoices": "1"}
    declaration = _response("RESPONSE", "identifier", key, mapping)
    return _Field(declaration, _make("choiceInteraction", attributes, *choices), tuple(branches))


def _typed(asked: WrittenQuestion) -> Iterable[_Field]:
    """A field for the answer, or one for each blank of a faded solution."""
    if not asked.blanks:
        yield _field("RESPONSE", "Answer:", asked.answer, asked.value, asked.points, asked.mistakes)
    for number, blank in enumerate(asked.blanks, start=1):
        mistakes = asked.mistakes_at(blank)
        yield _field(f"RESPONSE_{number}", blank.mark, blank.answer, blank.value, blank.points, mistakes)


def _field(
    name: str,
    label: str,
    answer: str,
    value: int | Fraction | None,
    points: Fraction,
    mistakes: Sequence[WrittenMistake],
) -> _Field:
    branches = [_Branch(_matches(name, answer, value), points, "")]
    for number, mistake in enumerate(mistakes, start=1):
        test = _matches(name, mistake.answer, mistake.value)
        branches.append(_Branch(test, mistake.credit * points, f"mistake_{number}" if mistake.feedback else ""))
    width = str(len(answer) + 6)
    entry = _make("textEntryInteraction", {"responseIdentifier": name, "expectedLength": width})
    return _Field(_response(name, "string", [answer]), _make("p", {}, f"{label} ", entry), tuple(branches))


def _matches(name: str, answer: str, value: int | Fraction | None) -> Node:
    pattern = shape_pattern(answer) if value is None else number_pattern(value)
    return _make("patternMatch", {"pattern": pattern}, _variable(name))


def _response(name: str, kind: str, correct: Sequence[str], *mapping: Node) -> Node:
    key = _make("correctResponse", {}, *(_make("value", {}, text) for text in correct))
    attributes = {"identifier": name, "cardinality": "single", "baseType": kind}
    return _make("responseDeclaration", attributes, key, *mapping)


def _outcomes(points: Fraction, penalty: Fraction) -> list[Node]:
    full = figures(points)
    return [
        _outcome("SCORE", "float", "0", {"normalMaximum": full, "normalMinimum": figures(-penalty)}),
        _outcome("MAXSCORE", "float", full),
        _outcome("FEEDBACK", "identifier"),
        _outcome("SOLUTION", "identifier"),
    ]


def _outcome(name: str, kind: str, default: str = "", more: Mapping[str, str] | None = None) -> Node:
    attributes = {"identifier": name, "cardinality": "single", "baseType": kind, **(more or {})}
    value = [_make("defaultValue", {}, _make("value", {}, default))] if default else []
    return _make("outcomeDeclaration", attributes, *value)


def _processing(fields: Sequence[_Field]) -> Node:
    """The score is the sum over the fields; the feedback that of the answer; the solution is shown to all."""
    conditions = [_condition(field.branches, add=len(fields) > 1) for field in fields]
    return _make("responseProcessing", {}, *conditions, _set("SOLUTION", _base("identifier", "solution")))


def _condition(branches: Sequence[_Branch], add: bool) -> Node:
    condition = _make("responseCondition")
    for number, branch in enumerate(branches):
        score = _base("float", figures(branch.score))
        rules = [_set("SCORE", _make("sum", {}, _variable("SCORE"), score) if add else score)]
        if branch.feedback:
            rules.append(_set("FEEDBACK", _base("identifier", branch.feedback)))
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
