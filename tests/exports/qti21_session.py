"""QTI 2.1: attempts at questions, scored as a system does that runs their response processing."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

from symparams.documents.written_question import WrittenQuestion
from tests.exports.near import fields, others
from tests.exports.qti_samples import shape_spellings, spellings, visible

Q = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"


class Session:
    """One attempt at one item."""

    def __init__(self, item: Any, responses: dict[str, str]) -> None:
        self.values: dict[str, Any] = {}
        for declared in item.iter(f"{Q}outcomeDeclaration"):
            default = declared.findtext(f"{Q}defaultValue/{Q}value")
            self.values[declared.get("identifier")] = self.read(declared.get("baseType"), default)
        for declared in item.iter(f"{Q}responseDeclaration"):
            self.values[declared.get("identifier")] = responses.get(declared.get("identifier"))
        self.declared = {d.get("identifier") for d in item.iter(f"{Q}outcomeDeclaration")}
        for rule in item.find(f"{Q}responseProcessing"):
            self.run(rule)
        self.shown = [
            modal
            for modal in item.iter(f"{Q}modalFeedback")
            if self.values[modal.get("outcomeIdentifier")] == modal.get("identifier")
        ]

    @staticmethod
    def read(kind: str, text: str | None) -> Any:
        return Fraction(text) if text is not None and kind == "float" else text

    def run(self, rule: Any) -> None:
        if rule.tag == f"{Q}setOutcomeValue":
            assert rule.get("identifier") in self.declared
            self.values[rule.get("identifier")] = self.value(rule[0])
            return
        assert rule.tag == f"{Q}responseCondition"
        for branch in rule:
            rules = list(branch)
            if branch.tag != f"{Q}responseElse" and self.value(rules.pop(0)) is not True:
                continue
            for inner in rules:
                self.run(inner)
            return

    def value(self, expression: Any) -> Any:
        kind = expression.tag.removeprefix(Q)
        if kind == "variable":
            return self.values[expression.get("identifier")]
        if kind == "baseValue":
            return self.read(expression.get("baseType"), expression.text)
        parts = [self.value(child) for child in expression]
        if None in parts:
            return None
        if kind == "patternMatch":
            return re.fullmatch(expression.get("pattern"), parts[0]) is not None
        return {"match": lambda: parts[0] == parts[1], "sum": lambda: sum(parts)}[kind]()

    def result(self) -> tuple[int | Fraction, list[str]]:
        """The score, and the texts that are shown besides the solution."""
        texts = [
            visible("".join(f.itertext())) for f in self.shown if f.get("outcomeIdentifier").startswith("FEEDBACK")
        ]
        solution = [f for f in self.shown if f.get("outcomeIdentifier") == "SOLUTION"]
        assert len(solution) == 1
        return self.values["SCORE"], texts


def text_of(html: str) -> str:
    return visible("".join(ElementTree.fromstring(f"<div>{html}</div>").itertext()))


def near(found: int | Fraction, points: Fraction) -> bool:
    return abs(found - points) < Fraction(1, 10**5)


def answered(item: Any, text: str) -> tuple[int | Fraction, list[str]]:
    return Session(item, {"RESPONSE": text}).result()


def assert_scored(item: Any, asked: WrittenQuestion) -> None:
    """The key is worth all points, each mistake its credit and feedback, and nothing else anything."""
    declared = list(item.iter(f"{Q}responseDeclaration"))
    key = {d.get("identifier"): d.findtext(f"{Q}correctResponse/{Q}value") for d in declared}
    session = Session(item, key)
    assert session.values["SCORE"] == session.values["MAXSCORE"] == asked.points
    if asked.options:
        _choices_are_scored(item, asked)
    elif asked.blanks:
        _blanks_are_scored(item, asked)
    else:
        _typed_is_scored(item, asked)
    assert Session(item, {}).result() == (0, [])


def _typed_is_scored(item: Any, asked: WrittenQuestion) -> None:
    for text in _spellings(asked.answer, asked.value):
        assert answered(item, text) == (asked.points, []), text
    for mistake in asked.mistakes:
        for text in _spellings(mistake.answer, mistake.value):
            score, shown = answered(item, text)
            assert near(score, mistake.credit * asked.points), text
            assert shown == [text_of(mistake.feedback)], text
    more = {"no answer", f"1{asked.answer}"}
    if asked.answer_type == "shape":
        more.add(asked.answer.replace("x", "") + "0")
    for other in (*others(asked, 20), *more.difference(mistake.answer for mistake in asked.mistakes)):
        assert answered(item, other) == (0, []), other


def _spellings(answer: str, value: int | Fraction | None) -> list[str]:
    return list(shape_spellings(answer)) if value is None else spellings(value)


def _blanks_are_scored(item: Any, asked: WrittenQuestion) -> None:
    names = [field.get("responseIdentifier") for field in item.iter(f"{Q}textEntryInteraction")]
    right = {name: blank.answer for name, blank in zip(names, asked.blanks, strict=True)}
    for name, part in zip(names, fields(asked), strict=True):
        assert Session(item, {name: part.answer}).result() == (part.points, [])
        for mistake in part.mistakes:
            score, shown = Session(item, {**right, name: mistake.answer}).result()
            assert near(score, asked.points - part.points * (1 - mistake.credit)), mistake.answer
            assert shown == [text_of(mistake.feedback)], mistake.answer
        for other in ("no number", *others(part)):
            assert Session(item, {**right, name: other}).result() == (asked.points - part.points, []), other


def _choices_are_scored(item: Any, asked: WrittenQuestion) -> None:
    names = [choice.get("identifier") for choice in item.iter(f"{Q}simpleChoice")]
    entries = {e.get("mapKey"): Fraction(e.get("mappedValue")) for e in item.iter(f"{Q}mapEntry")}
    for name, option in zip(names, asked.options, strict=True):
        score, shown = answered(item, name)
        assert near(score, asked.share(option) * asked.points)
        assert score >= Fraction(item.find(f"{Q}outcomeDeclaration[@identifier='SCORE']").get("normalMinimum"))
        assert entries[name] == score
        assert shown == ([text_of(option.feedback)] if option.feedback else [])
    assert answered(item, "choice_9") == (0, [])
    assert item.find(f".//{Q}choiceInteraction").get("shuffle") == "false"
