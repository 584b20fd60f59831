"""What Moodle keeps of a question that it has imported, and how it marks what a student types."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from symparams.documents.written_question import WrittenQuestion
from tests.exports.near import fields, others

Inside: TypeAlias = Callable[[str], str]

# The fractions of Moodle's question bank; a question with another one is left out on import.
FRACTIONS = [1, 0.9, 0.8333333, 0.8, 0.75, 0.7, 0.6666667, 0.6, 0.5, 0.4, 0.3333333, 0.3, 0.25, 0.2]
FRACTIONS += [0.1666667, 0.1428571, 0.125, 0.1111111, 0.1, 0.05, 0]


@dataclass
class Answer:
    text: str
    fraction: float
    feedback: str
    tolerance: float = 0


@dataclass
class Read:
    kind: str
    name: str
    stem: str
    general: str
    answers: list[Answer]
    idnumber: str = ""
    tags: list[str] = field(default_factory=list)
    mark: float = 1
    parts: list[Read] = field(default_factory=list)  # of a question with embedded answers
    settings: dict[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()  # of its category


def path_of(text: str) -> tuple[str, ...]:
    """The names on the path of a category, as Moodle cuts it: at slashes that stand alone."""
    return tuple(name.replace("//", "/").strip() for name in re.split(r"(?<!/)/(?!/)", text.strip()))


def accepted(fraction: float) -> bool:
    return any(abs(abs(fraction) - known) < 0.00001 for known in FRACTIONS)


def nearest_below(share: Fraction) -> float:
    """What Moodle has next to a share, on the side of 0."""
    size = max(known for known in FRACTIONS if known <= abs(float(share)) + 1e-7)
    return -size if share < 0 else size


def shown_name(name: str) -> str:
    """What a reader sees of a name: tags are taken out when it is saved, and it is printed as HTML."""
    saved = re.sub(r"<(?=[^\s])[^>]*>?", "", name).strip()
    assert len(saved) <= 255
    return html.unescape(re.sub(r"&(?![a-zA-Z0-9#]{1,8};)", "&amp;", saved))


def typed_number(response: str) -> float | None:
    """A number as an English Moodle reads it; None where it is not one, or something stands behind it."""
    response = response.replace(" ", "").replace(",", "")  # in English, the comma only groups digits
    match = re.match(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?", response)
    if not match or match.end() != len(response):
        return None
    return float(match[0]) if "." in match[0] else int(match[0])


def _within(answer: Answer, value: float) -> bool:
    if answer.text == "*":
        return True
    known = typed_number(answer.text)
    assert known is not None, answer.text
    tolerance = answer.tolerance + 1e-14 * max(1, abs(known))
    return known - tolerance <= value <= known + tolerance


def _like(pattern: str, response: str) -> bool:
    bits = re.split(r"(?<!\\)\*+", unicodedata.normalize("NFC", pattern))
    expression = ".*".join(re.escape(bit.replace("\\*", "*")) for bit in bits)
    return re.fullmatch(expression, response.strip(), re.IGNORECASE) is not None


def verdict(read: Read, response: str) -> tuple[float, str]:
    """The fraction and the feedback that a typed response earns."""
    value = typed_number(response) if read.kind == "numerical" else None
    for answer in read.answers:
        if (value is not None and _within(answer, value)) if read.kind == "numerical" else _like(answer.text, response):
            return answer.fraction, answer.feedback
    return 0, ""


def ways(answer: str, value: int | Fraction | None) -> list[str]:
    """Some ways to type an answer."""
    if isinstance(value, int):
        return [str(value), f"{value:,}", f" {value:,} ".replace(",", " ")]
    if value is not None:
        cut = math.floor(value * 100) / 100
        return [repr(cut), repr(round(float(value), 2)), repr(round(float(value), 4))]
    sizes = answer.split("x")
    return [answer, ", ".join(sizes), f"({','.join(sizes)})", " X ".join(sizes), "×".join(sizes)]


def assert_marked(reads: Sequence[Read], asked: WrittenQuestion, inside: Inside = str.strip) -> None:
    """A question of any type: its texts, the key, every mistake or option, and anything else.

    `inside` is what the format makes of a text among the answers.
    """
    if not asked.blanks:
        (read,) = reads
        assert_common(read, asked, inside)
        (assert_options if asked.options else assert_typed)(read, asked, inside)
        return
    parts = reads[0].parts or reads
    for part, field_ in zip(parts, fields(asked), strict=True):
        assert_typed(part, field_, inside)


def assert_common(read: Read, asked: WrittenQuestion, inside: Inside = str.strip) -> None:
    assert shown_name(read.name) == " ".join(asked.name.split())
    assert (read.stem, read.general) == (asked.stem.strip(), inside(asked.solution))
    assert (read.idnumber, read.tags) == (asked.identity, list(asked.tags))


def assert_options(read: Read, asked: WrittenQuestion, inside: Inside = str.strip) -> None:
    """Every option in its place with its credit and its feedback; true and false by their words."""
    if read.kind == "truefalse":
        told = {answer.text.lower(): (answer.fraction, answer.feedback) for answer in read.answers}
        assert told == {o.plain.lower(): (float(asked.share(o)), inside(o.feedback)) for o in asked.options}
        return
    assert read.kind == "multichoice"
    for answer, option in zip(read.answers, asked.options, strict=True):
        assert (answer.text, answer.feedback) == (inside(option.text), inside(option.feedback))
        assert abs(answer.fraction - nearest_below(asked.share(option))) < 1e-5


def assert_typed(read: Read, asked: WrittenQuestion, inside: Inside = str.strip) -> None:
    """The key has full marks, every mistake its credit and feedback, and nothing else has any."""
    for way in ways(asked.answer, asked.value):
        assert verdict(read, way)[0] == 1, way
    for mistake in asked.mistakes:
        for way in ways(mistake.answer, mistake.value):
            fraction, feedback = verdict(read, way)
            assert abs(fraction - nearest_below(mistake.credit)) < 1e-5, way
            assert feedback == inside(mistake.feedback), way
    for other in (*others(asked), *_odd(asked)):
        fraction, feedback = verdict(read, other)
        assert (fraction, feedback.startswith("<p>This is not the answer")) == (0, True), other


def _odd(asked: WrittenQuestion) -> list[str]:
    """Wrong answers that look like something: to patterns, or by their neighbours."""
    if asked.value is None:
        wrong = {f"{asked.answer}x1", f"{asked.answer}x", f"1{asked.answer}", asked.answer[:-1] + "0", "*", "0"}
        return sorted(wrong - {asked.answer, *(mistake.answer for mistake in asked.mistakes)})
    known = {asked.value, *(mistake.value for mistake in asked.mistakes)}
    near = {value + step for value in known if isinstance(value, int) for step in (-1, 1)}
    return [str(value) for value in near | {0, 10**9} if value not in known and value >= 0]
