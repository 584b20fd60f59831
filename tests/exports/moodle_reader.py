"""A reader for Moodle XML by the rules of Moodle's own importer."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from xml.etree import ElementTree

from tests.exports.moodle_marking import Answer, Read, accepted, path_of

_NUMBER = r"-?(?:(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?)"
_SHARE = r"=|%(-?[0-9]+(?:[.,][0-9]*)?)%"
_ONE = rf"({_SHARE})?(.+?(?<!\\|&)(?<!&amp;)(?=[~#}}]|$))(#(.*?(?<!\\)(?=[~}}]|$)))?"
_UNNAMED = re.sub(r"(?<!\\)\((?!\?)", "(?:", _ONE)
_EMBEDDED = re.compile(
    rf"\{{([0-9]*):(NUMERICAL|NM|MULTICHOICE|MC|SHORTANSWER|SA|MW):({_UNNAMED}(?:~{_UNNAMED})*)\}}", re.S
)


def read_moodle(text: str) -> tuple[str, list[Read]]:
    """The category and the questions; what the importer would refuse is an error."""
    reads, path = [], tuple[str, ...]()
    for element in ElementTree.fromstring(text.encode()).findall("question"):
        if element.get("type") == "category":
            begun = path[:1]
            path = path_of(element.findtext("category/text", ""))
            assert begun in ((), path[:1])  # all in one
        else:
            reads.append(replace(_question(element), path=path))
    numbers = [read.idnumber for read in reads]
    assert len(set(numbers)) == len(numbers)
    return path[0], reads


def _question(element: ElementTree.Element) -> Read:
    read = Read(
        kind=element.get("type", ""),
        name=element.findtext("name/text", "").strip(),
        stem=_html(element, "questiontext"),
        general=_html(element, "generalfeedback"),
        answers=[_answer(answer, element.get("type", "")) for answer in element.findall("answer")],
        idnumber=element.findtext("idnumber", ""),
        tags=[tag.text or "" for tag in element.findall("tags/tag/text")],
        mark=float(element.findtext("defaultgrade", "")),
        settings={child.tag: child.text or "" for child in element if len(child) == 0},
    )
    assert read.name
    assert 0 < len(read.idnumber) <= 100
    if read.kind == "cloze":
        _extract(read)
    else:
        assert all(accepted(answer.fraction) for answer in read.answers)
        assert max(answer.fraction for answer in read.answers) == 1
    return read


def _html(element: ElementTree.Element, path: str) -> str:
    found = element.find(path)
    assert found is not None
    assert found.get("format") == "html"
    return found.findtext("text", "").strip()


def _answer(element: ElementTree.Element, kind: str) -> Answer:
    formats = {"multichoice": "html"}
    assert element.get("format") == formats.get(kind, "plain_text")
    return Answer(
        text=element.findtext("text", "").strip(),
        fraction=float(element.get("fraction", "")) / 100,
        feedback="" if element.find("feedback") is None else _html(element, "feedback"),
        tolerance=float(element.findtext("tolerance", "0")),
    )


def _extract(read: Read) -> None:
    """Take the embedded answers out of the text, as the importer does."""
    read.mark = 0
    while match := _EMBEDDED.search(read.stem):
        part = Read("numerical", read.name, "", "", [], mark=int(match[1] or 1))
        assert match[2] == "NUMERICAL"
        for share, percent, text, given, feedback in re.findall("~?" + _ONE, match[3], re.S):
            fraction = 1 if share == "=" else float(percent or 0) / 100
            number = re.fullmatch(rf"({_NUMBER})(?::({_NUMBER}))?", text)
            assert number or text == "*"
            said = html.unescape(feedback).replace("\\}", "}").replace("\\#", "#") if given else ""
            value, tolerance = (number[1], float(number[2] or 0)) if number else ("*", 0)
            part.answers.append(Answer(value, fraction, said, tolerance))
        assert max(answer.fraction for answer in part.answers) == 1
        read.parts.append(part)
        read.mark += part.mark
        read.stem = read.stem.replace(match[0], f"{{#{len(read.parts)}}}", 1)
    assert read.parts
