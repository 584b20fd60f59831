"""A reader for GIFT by the rules of Moodle's own importer."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.exports.moodle_marking import Answer, Read, accepted, path_of

_SIGNS = {"\\:": "&&058;", "\\#": "&&035;", "\\=": "&&061;", "\\{": "&&123;", "\\}": "&&125;", "\\~": "&&126;"}
_SIGNS["\\n"] = "&&010"


def _hidden(text: str) -> str:
    """Escaped signs as placeholders, so that they do not steer the reading."""
    text = text.replace("\\\\", "&&092;")
    for escaped, placeholder in _SIGNS.items():
        text = text.replace(escaped, placeholder)
    return text.replace("&&092;", "\\")


def _shown(text: str) -> str:
    for escaped, placeholder in _SIGNS.items():
        text = text.replace(placeholder, "\n" if escaped == "\\n" else escaped[1])
    return text


def read_gift(text: str) -> tuple[str, list[Read]]:
    """The category and the questions; what the importer would refuse is an error."""
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip() in ("", "0"):
            blocks.append([])
        else:
            blocks[-1].append(line.strip())
    comments = ["\n".join(line for line in block if line.startswith("//")) for block in blocks]
    texts = ["\n".join(" " if line.startswith("//") else line for line in block).strip() for block in blocks]
    reads, path = [], tuple[str, ...]()
    for hidden, comment in ((_hidden(text), comment) for text, comment in zip(texts, comments, strict=True) if text):
        if hidden.startswith("$CATEGORY:"):
            begun = path[:1]
            path = path_of(hidden[10:])
            assert begun in ((), path[:1])  # all in one
        else:
            reads.append(replace(_question(hidden, comment), path=path))
    return path[0], reads


def _question(text: str, comment: str) -> Read:
    assert text.startswith("::")
    name, text = text[2:].split("::", 1)
    start, finish = text.find("{"), text.find("}")
    assert 0 <= start < finish == len(text) - 1
    answers, _, general = text[start + 1 : finish].strip().rpartition("####")
    answers = answers.strip()
    stem = text[:start].strip()
    assert stem.startswith("[html]")
    read = Read(_kind(answers), _shown(name), _text(stem), _text(general), [])
    read.answers = _READERS[read.kind](answers)
    assert all(accepted(answer.fraction) for answer in read.answers)
    assert max(answer.fraction for answer in read.answers) == 1
    ((read.idnumber),) = [mark.replace("\\]", "]") for mark in re.findall(r"\[id:((?:\\]|[^]\x00-\x1f])+)]", comment)]
    tags = re.findall(r"\[tag:((?:\\]|[^]<>`\x00-\x1f])+)]", comment)
    read.tags = [tag.replace("\\]", "]").strip() for tag in tags]
    return read


def _kind(answers: str) -> str:
    assert answers
    if answers.startswith("#"):
        return "numerical"
    if "~" in answers:
        return "multichoice"
    assert not ("=" in answers and "->" in answers), "a question of pairs"
    return "truefalse" if answers.split("#")[0].strip() in ("T", "TRUE", "F", "FALSE") else "shortanswer"


def _text(text: str) -> str:
    """A text without its format; what only looks like a format stays."""
    text = text.strip()
    return _shown(re.sub(r"^\[(html|moodle|plain|markdown)\]", "", text)).strip()


def _split(answer: str, default: float) -> tuple[float, str, str]:
    """The fraction, the text and the feedback of one answer."""
    answer = answer.strip()
    weight = re.match(r"%-*([0-9]{1,2})\.?([0-9]*)%", answer)
    share, answer = (float(answer[1:].split("%")[0]) / 100, answer[weight.end() :]) if weight else (default, answer)
    text, _, feedback = answer.partition("#")
    return share, _text(text), _text(feedback)


def _multichoice(answers: str) -> list[Answer]:
    assert "=" in answers, "more than one answer would be asked for"
    found = []
    for answer in answers.replace("=", "~=").split("~")[1:]:
        if answer.strip():
            right = answer.startswith("=")
            share, text, feedback = _split(answer[1:] if right else answer, 0)
            found.append(Answer(text, 1 if right else share, feedback))
    return found


def _truefalse(answers: str) -> list[Answer]:
    key, wrong, right = [_text(part) for part in answers.split("#", 2)]
    other = {"TRUE": "FALSE", "FALSE": "TRUE"}[key]
    return [Answer(key, 1, right), Answer(other, 0, wrong)]


def _numerical(answers: str) -> list[Answer]:
    known, tilde, wrong = answers[1:].partition("~")
    found = []
    for answer in known.split("=")[1:]:
        share, text, feedback = _split(answer, 1)
        assert ".." not in text
        value, _, tolerance = text.partition(":")
        found.append(Answer(value, share, feedback, float(tolerance)))
    return [*found, Answer("*", 0, _text(wrong.partition("#")[2]))] if tilde else found


def _shortanswer(answers: str) -> list[Answer]:
    return [Answer(text, share, feedback) for share, text, feedback in (_split(a, 1) for a in answers.split("=")[1:])]


_READERS = {
    "multichoice": _multichoice,
    "truefalse": _truefalse,
    "numerical": _numerical,
    "shortanswer": _shortanswer,
}
