"""The parts of a question in Numbas: each takes an answer, and has an alternative for each mistake that is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from symparams.documents.written_question import WrittenBlank, WrittenMistake, WrittenQuestion
from symparams.exports.paragraphs import inline
from symparams.exports.qti import figures, places
from symparams.exports.shapes import shape_pattern

Part: TypeAlias = dict[str, Any]

_EXACT_BELOW = 1 << 53  # larger whole numbers are decimals in Numbas, whose numbers are those of JavaScript
_ROUNDED = Fraction(1, 100)  # 37/3 can only be typed rounded or cut off: two digits behind the point are enough
_ACCURACY = 0.0001  # formulas are computed in floating point; the points are small enough for this to be exact

# Between groups of digits Numbas takes a comma or plain spaces; here also thin spaces, apostrophes and underscores.
_READING = """studentNumber:
  parsedecimal_or_fraction(
    replace_regex("−", "-", replace_regex("[\\\\s_'’]", " ", trim(studentAnswer), "gu"), "gu"),
    settings["notationStyles"]
  )"""


def parts(asked: WrittenQuestion) -> list[Part]:
    """The part that takes the answer; of a faded solution one for each blank."""
    if asked.options:
        return [_choice(asked)]
    if not asked.blanks:
        return [_typed(asked, asked.answer, asked.value, asked.points, asked.mistakes)]
    return [
        {"prompt": f"<p>{blank.mark}</p>"}
        | _typed(asked, blank.answer, blank.value, blank.points, asked.mistakes_at(blank))
        for blank in asked.blanks
    ]


def going_on(asked: WrittenQuestion) -> tuple[dict[str, Any], list[Part]]:
    """The variables of a question whose parts build on one another, and its parts, which go on from what was answered.

    A variable has the right answer to a part. Where an answer is not right for it, Numbas puts the student's own in its
    place and marks once more; better marks count.
    """
    made, letters = parts(asked), [_letter(blank) for blank in asked.blanks]
    used: dict[str, int] = {}  # the letters from which something follows, and their parts
    for place, (blank, part) in enumerate(zip(asked.blanks, made, strict=True)):
        known = {mistake.answer: mistake.follows for mistake in blank.mistakes}
        before = {letter: at for at, letter in enumerate(letters[:place])}
        whole = [(part, blank.follows, blank.value, ()), *_alternatives(asked, blank, part, known)]
        from_here = [_follow(*one, before) for one in whole]
        named = {letter: at for letter, at in before.items() if any(letter in one for one in from_here)}
        used |= named
        if named:
            part["variableReplacementStrategy"] = "originalfirst"
            part["variableReplacements"] = [
                {"variable": _variable(letter), "part": f"p{at}", "must_go_first": False}
                for letter, at in named.items()
            ]
    right = {letter: blank.value for letter, blank in zip(letters, asked.blanks, strict=True)}
    return {_variable(letter): _defined(letter, right[letter]) for letter in sorted(used)}, made


def _alternatives(
    asked: WrittenQuestion, blank: WrittenBlank, part: Part, known: Mapping[str, str]
) -> Iterator[tuple[Part, str, int | Fraction | None, tuple[int | Fraction, ...]]]:
    """The alternatives of a part, with what they follow from."""
    for alternative, mistake in zip(part["alternatives"], _in_order(asked.mistakes_at(blank)), strict=True):
        yield alternative, known.get(mistake.answer, ""), mistake.value, blank.told


def _follow(
    part: Part, follows: str, value: int | Fraction | None, told: tuple[int | Fraction, ...], before: Mapping[str, int]
) -> set[str]:
    """Let a part be right for what follows from earlier answers; the letters of these.

    What stands in the question earns nothing where a mistake gives it from them.
    """
    letters = set(_LETTER.findall(follows))
    if not letters or not letters <= before.keys() or not isinstance(value, int) or abs(value) >= _EXACT_BELOW:
        return set()
    gives = _LETTER.sub(lambda found: _variable(found[0]), follows)
    copied = ", ".join(_expression(one) for one in told if one != value)
    part["minValue"] = part["maxValue"] = f"if(({gives}) in [{copied}], infinity, {gives})" if copied else gives
    return letters


_LETTER = re.compile(r"(?<![^\W_])[a-z](?![^\W_])")


def _letter(blank: WrittenBlank) -> str:
    return blank.mark.strip("()")


def _variable(letter: str) -> str:
    return f"part_{letter}"


def _defined(letter: str, value: int | Fraction) -> Mapping[str, Any]:
    return {
        "name": _variable(letter),
        "group": "Ungrouped variables",
        "definition": _expression(value),
        "description": f"The answer to part ({letter})",
        "templateType": "anything",
        "can_override": False,
    }


def _choice(asked: WrittenQuestion) -> Part:
    marks = [_plain(asked.share(option) * asked.points) for option in asked.options]
    least = min(0, *marks)
    return {
        "type": "1_n_2",
        "marks": 0,  # they stand in the matrix
        "minimumMarks": least,  # as the page reads it
        "minMarks": least,  # as a question is read that is made from JSON
        "displayType": "radiogroup",
        "displayColumns": 1,
        "shuffleChoices": False,  # the positions of the key are balanced over the bank
        "choices": [shown(inline(option.text)) for option in asked.options],
        "matrix": marks,
        "distractors": [shown(option.feedback) for option in asked.options],
    }


def _typed(
    asked: WrittenQuestion,
    answer: str,
    value: int | Fraction | None,
    points: Fraction,
    mistakes: Sequence[WrittenMistake],
) -> Part:
    alternatives = [
        _answered(asked, mistake.answer, mistake.value)
        | {"marks": _plain(mistake.credit * points), "alternativeFeedbackMessage": shown(mistake.feedback)}
        for mistake in _in_order(mistakes)
    ]
    known = _answered(asked, answer, value)
    if asked.answer_type == "formula":
        known["checkVariableNames"] = True
    return known | {"marks": _plain(points), "alternatives": alternatives}


def _in_order(mistakes: Sequence[WrittenMistake]) -> list[WrittenMistake]:
    """Of alternatives with equal marks Numbas takes the first: those that are met exactly stand before the others."""
    return sorted(mistakes, key=lambda mistake: mistake.value is not None and places(mistake.value) is None)


def _answered(asked: WrittenQuestion, answer: str, value: int | Fraction | None) -> Part:
    """A part that is right for an answer, without its marks."""
    if asked.answer_type == "formula":
        return _formula(asked, answer)
    if value is None:
        return {"type": "patternmatch", "matchMode": "regex", "answer": shape_pattern(answer), "displayAnswer": answer}
    return _number(value, fractions=any(places(one) != 0 for one in _values(asked)))


def _values(asked: WrittenQuestion) -> Iterator[int | Fraction]:
    mistakes = [*asked.mistakes, *(mistake for blank in asked.blanks for mistake in blank.mistakes)]
    for value in (asked.value, *(mistake.value for mistake in mistakes)):
        if value is not None:
            yield value


def _number(value: int | Fraction, *, fractions: bool) -> Part:
    ends = places(value) is not None
    least, most = (value, value) if ends else (value - _ROUNDED, value + _ROUNDED)
    return {
        "type": "numberentry",
        "minValue": _expression(least),
        "maxValue": _expression(most),
        "allowFractions": fractions,
        "showFractionHint": False,
        "notationStyles": ["plain", "en", "si-en"],
        "correctAnswerStyle": "plain",
        "customMarkingAlgorithm": _READING,
        "extendBaseMarkingAlgorithm": True,
    }


def _expression(value: int | Fraction) -> str:
    """A number in the language of Numbas, without loss."""
    text = figures(value)
    return text if isinstance(value, int) and abs(value) < _EXACT_BELOW else f'dec("{text}")'


def _formula(asked: WrittenQuestion, answer: str) -> Part:
    """A formula, compared with what is typed at the points of the question."""
    return {
        "type": "jme",
        "answer": answer,
        "showPreview": True,
        "checkingType": "absdiff",
        "checkingAccuracy": _ACCURACY,
        "failureRate": 1,
        "caseSensitive": True,
        "singleLetterVariables": all(len(letter) == 1 for letter in asked.letters),
        "allowUnknownFunctions": False,
        "customMarkingAlgorithm": f"vset:\n  [{', '.join(map(_point, asked.at))}]",
        "extendBaseMarkingAlgorithm": True,
    }


def _point(point: Mapping[str, int]) -> str:
    return "[" + ", ".join(f'"{letter}": {value}' for letter, value in point.items()) + "]"


def _plain(number: Fraction) -> int | float:
    return number.numerator if number.denominator == 1 else float(number)


_BRACE = re.compile(r"<[^>]*>|\\\(.*?\\\)|\\\[.*?\\\]|(?P<brace>[{}])", re.DOTALL)


def shown(html: str) -> str:
    """HTML in which a brace outside mathematics is one: what stands between two of them would be computed."""
    return _BRACE.sub(lambda found: f"<span>{found['brace']}</span>" if found["brace"] else found[0], html.strip())
