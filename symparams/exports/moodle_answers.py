"""What Moodle can mark: the two formats that it reads, XML and GIFT, have these rules in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from typing import Any

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exports.points import group_title
from symparams.exports.points import title as titled
from symparams.exports.shapes import SPACES, further_spellings, usual_spellings

# A question with any other percentage is dropped on import.
PERCENTAGES: dict[str, Fraction] = {
    "100": Fraction(1),
    "90": Fraction(9, 10),
    "83.33333": Fraction(5, 6),
    "80": Fraction(4, 5),
    "75": Fraction(3, 4),
    "70": Fraction(7, 10),
    "66.66667": Fraction(2, 3),
    "60": Fraction(3, 5),
    "50": Fraction(1, 2),
    "40": Fraction(2, 5),
    "33.33333": Fraction(1, 3),
    "30": Fraction(3, 10),
    "25": Fraction(1, 4),
    "20": Fraction(1, 5),
    "16.66667": Fraction(1, 6),
    "14.28571": Fraction(1, 7),
    "12.5": Fraction(1, 8),
    "11.11111": Fraction(1, 9),
    "10": Fraction(1, 10),
    "5": Fraction(1, 20),
    "0": Fraction(0),
}

RIGHT = "<p>Correct.</p>"
OTHER = "<p>This is not the answer, and none of the usual slips leads to it. Compare your steps with the solution.</p>"

SHAPE_NOTICE = (
    "Moodle compares a typed shape with a list: 24x24x64, 24 · 24 · 64, (24, 24, 64), [24, 24, 64] and the like; "
    "what mixes signs earns nothing there"
)

_NOT_IN_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME_LENGTH = 255
_PLACES = 7
# Moodle compares numbers with 14 significant digits: from here on neighbors would count as equal.
_EXACT_BELOW = 10**14


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """Something that may be typed, and what Moodle does about it."""

    text: str  # a number in decimals, or a spelling of a shape
    percentage: str  # one of PERCENTAGES
    feedback: str  # HTML
    tolerance: str = "0"  # how far a number may be away


@lru_cache(256)
def percentage(share: Fraction) -> str:
    """The percentage that Moodle accepts next to a share, nearer to 0 if it does not accept the share itself."""
    text = next(text for text, accepted in PERCENTAGES.items() if accepted <= abs(share))
    return f"-{text}" if share < 0 and text != "0" else text


def penalty_notices(penalty: Fraction, most: Fraction = Fraction(1)) -> Iterator[str]:
    """That Moodle takes away another share than was asked for, where it does; `most` is what the format can say."""
    text = percentage(min(penalty, most))
    if PERCENTAGES[text] != penalty:
        wanted = decimal(100 * penalty, 5)
        yield f"Moodle's grades have fixed steps: there a wrong choice takes away {text}% instead of {wanted}%"


def decimal(value: int | Fraction, places: int = _PLACES) -> str:
    """The number in decimals: all of them if they end, otherwise rounded to some places."""
    value = Fraction(value)
    if (ending := _places(value)) is not None:
        places = ending
    digits = str(abs(round(value * 10**places))).rjust(places + 1, "0")
    whole, parts = digits[: len(digits) - places], digits[len(digits) - places :]
    return ("-" if value < 0 else "") + whole + (f".{parts}" if parts else "")


def _places(value: Fraction) -> int | None:
    """How many decimals the number has; None where they never end."""
    rest, powers = value.denominator, []
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        powers.append(power)
    return max(powers) if rest == 1 else None


def one_by_one(asked: WrittenQuestion) -> Iterator[WrittenQuestion]:
    """The question itself, or one for each of its parts or of the blanks of a faded solution."""
    if not asked.blanks:
        yield asked
    for blank in asked.blanks:
        mark = blank.mark.strip("()")
        longest = _NAME_LENGTH - len(mark) - 3 - (len(titled(asked)) - len(asked.name))
        yield replace(
            asked,
            identity=f"{asked.identity}-{mark}",
            name=f"{shortened(asked.name, longest)} ({mark})",
            answer_type="number",
            stem=f"{asked.stem}\n<p>What belongs at ({mark})?</p>",
            answer=blank.answer,
            value=blank.value,
            mistakes=asked.mistakes_at(blank),
            points=blank.points,
            blanks=(),
        )


def is_truth(asked: WrittenQuestion) -> bool:
    """Whether it is Moodle's true/false question, which gives no credit for the wrong one of the two."""
    options = {option.plain.strip().lower(): asked.share(option) for option in asked.options}
    return len(asked.options) == 2 and options.keys() == {"true", "false"} and sorted(options.values()) == [0, 1]


def is_numerical(asked: WrittenQuestion) -> bool:
    """Whether it is asked as a number; one with too many digits is compared as text, which is exact."""
    values = [asked.value, *(mistake.value for mistake in asked.mistakes)]
    small = all(-_EXACT_BELOW < value < _EXACT_BELOW for value in values if value is not None)
    return asked.answer_type == "number" and asked.value is not None and small


def numbers(asked: WrittenQuestion) -> Iterator[TypedAnswer]:
    """The key and the known mistakes as numbers, each once; the first that fits is Moodle's verdict."""
    assert asked.value is not None
    yield _number(asked.value, "100", RIGHT)
    seen: set[int | Fraction] = {asked.value}
    # Those that are met exactly stand before those that are met nearly.
    known = [mistake for mistake in asked.mistakes if mistake.value is not None]
    for mistake in sorted(known, key=lambda mistake: _places(Fraction(mistake.value or 0)) is None):
        if mistake.value is not None and mistake.value not in seen:
            seen.add(mistake.value)
            yield _number(mistake.value, percentage(mistake.credit), mistake.feedback)


def _number(value: int | Fraction, share: str, feedback: str) -> TypedAnswer:
    # 37/3 can only be typed rounded or cut off: two decimals are enough.
    tolerance = "0" if _places(Fraction(value)) is not None else "0.01"
    return TypedAnswer(decimal(value), share, feedback, tolerance)


def spellings(asked: WrittenQuestion) -> Iterator[TypedAnswer]:
    """All ways to type the key and the known mistakes as text, each once."""
    known = [(asked.answer, asked.value, "100", RIGHT)]
    known += [(m.answer, m.value, percentage(m.credit), m.feedback) for m in asked.mistakes]
    taken: set[str] = set()
    # The first has a text: what is the answer itself is nobody else's; the shape 18,432 is not the number 18432.
    exact = [(answer, share, said) for answer, _, share, said in known]
    usual = [(text, share, said) for answer, value, share, said in known for text in _spelled(answer, value)]
    # All texts that earn anything are listed; most of them are rare, and say no more than the solution does.
    shapes = [(answer, share) for answer, value, share, _ in known if value is None and share != "0"]
    rare = [(text, share, RIGHT * (share == "100")) for answer, share in shapes for text in further_spellings(answer)]
    for text, share, said in (*exact, *usual, *rare):
        if text.casefold() not in taken:
            taken.add(text.casefold())
            yield TypedAnswer(text, share, said)


def _spelled(answer: str, value: int | Fraction | None) -> Iterator[str]:
    if value is None:
        yield from usual_spellings(answer)
        return
    yield answer
    if isinstance(value, int):
        yield from (f"{value:,}".replace(",", mark) for mark in ("", ",", " ", *SPACES))
    else:
        yield from (decimal(value, places) for places in (_PLACES, 2, 3, 4))


def spelled_patterns(asked: WrittenQuestion) -> Iterator[TypedAnswer]:
    """The spellings as Moodle compares them: there an asterisk stands for anything, unless it is escaped."""
    for answer in spellings(asked):
        yield replace(answer, text=answer.text.replace("*", "\\*")) if "*" in answer.text else answer


def shortened(text: str, length: int) -> str:
    """A text that is not too long."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def kept(asked: WrittenQuestion, texts: Sequence[str]) -> list[list[Any]]:
    """What is kept of a question, or of each of its blanks: number, mark of the blank, name, text in the format."""
    marks = [blank.mark for blank in asked.blanks] if len(texts) == len(asked.blanks) > 1 else ["" for _ in texts]
    return [[asked.number, mark, asked.name, text] for mark, text in zip(marks, texts, strict=True)]


def grouped(items: Iterable[Sequence[Any]], bank: BankInfo, opened: Callable[[str], str]) -> Iterator[str]:
    """The texts of questions; where variants are in groups, behind what opens their category, whose path it is given.

    A category for each question has its variants; the blanks of a faded solution are questions of their own.
    """
    last, own = (0, ""), ""
    for number, mark, name, text in chain.from_iterable(items):
        if bank.has_groups and (number, mark) != last:
            own = own if number == last[0] else name  # variants may have other names
            last = number, mark
            group = group_title(number, f"{own} {mark}".rstrip(), bank)
            yield opened(f"{category(bank.title)}/{category(group)}")
        yield text


def title(text: str, otherwise: str) -> str:
    """A name for Moodle, which needs one, takes tags out of it, and prints it as HTML."""
    line = " ".join(printable(text).split()) or otherwise
    for length in range(_NAME_LENGTH, 0, -1):
        written = _guarded(shortened(line, length))
        if len(written) <= _NAME_LENGTH:
            return written
    return otherwise


def _guarded(text: str) -> str:
    return re.sub(r"&(?=[a-zA-Z0-9#]{1,8};)", "&amp;", text).replace("<", "&lt;")


def category(text: str) -> str:
    """A title as the path of a category, in which a single slash would begin a category inside."""
    path = title(text, "symparams").replace("/", "//")
    return f"{' ' * path.startswith('/')}{path}{' ' * path.endswith('/')}"


def tag(text: str) -> str:
    """A tag in the letters and the length that Moodle keeps."""
    return " ".join(re.sub(r"[<>`]", " ", printable(text)).split())[:50].rstrip()


def printable(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return text if text.isprintable() else _NOT_IN_XML.sub(" ", text.replace("\r\n", "\n"))
