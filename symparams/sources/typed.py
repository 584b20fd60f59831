"""What people write around a number -> the number alone: units, thousands, about, both sides of an equation."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.errors import Place, Source, SymparamsError
from symparams.sources.spelled import blank, in_plain_characters, without_frame


class UnclearError(SymparamsError):
    """A number that means one thing in some countries and another thing in others."""


@dataclass(frozen=True, slots=True)
class Typed:
    """An answer as it was typed, taken apart; every text is as long as the whole, so that places in it stay."""

    text: str  # the number or formula alone
    others: tuple[str, ...] = ()  # what else it is said to equal
    factor: int = 1  # what one of it stands for: 1,000 behind `k`, 2^20 behind `MiB`
    unit: str = ""  # the word for that, as it was written
    rounded: Fraction | None = None  # of a number that is not meant exactly: what one step of its last digit is worth

    @property
    def in_bytes(self) -> bool:
        """Whether its unit counts bytes."""
        return self.unit.lower().endswith(("b", "byte", "bytes")) and len(self.unit) > 1

    @property
    def binary(self) -> int | None:
        """The power of 1,024 that its unit is often taken for: 2^20 for MB; None where it has no such unit."""
        power = _POWERS.get(self.unit[:1].lower())
        return 1024**power if self.in_bytes and power and self.factor == 1000**power else None

    @property
    def half(self) -> Fraction:
        """How far from it the exact number may be."""
        return Fraction(0) if self.rounded is None else self.rounded / 2


_ABOUT = re.compile(r"\s*(about|approximately|approx\.?|around|roughly|circa|ca\.|~|≈)\s*", re.IGNORECASE)
_WORDS = re.compile(
    r"((?<=[0-9)])\s+((trainable|learnable|total)\s)?(weights\sand\sbiases|param(eter)?s?|weights?|bias(es)?|values?|"
    r"neurons?|numbers?|MACs?|FLOPs?|units|channels|features|(in\s)?total)|"
    r"(?<=[A-Za-z])\s+(param(eter)?s?|MACs?|FLOPs?))(\s+(in\s)?(total|all))?$",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"(?<=[0-9)])\s+(?P<word>weights?|bias(es)?|param(eter)?s?)(?=\s*([+=)]|and\s|plus\s|$))", re.IGNORECASE
)
_PLUS = re.compile(
    r"(?<=[0-9)])\s+(and|plus)\s+(?=[0-9(])", re.IGNORECASE
)  # behind the word for a part: 288 weights and
_SCALED = re.compile(
    r"(?P<number>[0-9]+([.,][0-9]+)*)\s*"
    r"(?P<unit>[kKmMGTB]|[kKMGT]i?B|bytes?|[Tt]housand|[Mm]illion|[Bb]illion|[Mm]io\.?|mn)$"
)
_TIMES_TEN = re.compile(
    r"(?P<number>[0-9]+\.[0-9]+)(?P<power>\s*[x×*·]\s*10\s*(\^|\*\*)?\s*\(?(?P<raised>[0-9]{1,2}|[⁰¹²³⁴-⁹]{1,2})\)?)"
)
_WHOLE = r"[0-9][0-9,.'’]*"
_TWO = re.compile(rf"(?P<one>{_WHOLE})\s+(or|vs\.?|versus)\s+{_WHOLE}")
_RANGE = re.compile(rf"(between\s+|from\s+)?(?P<least>{_WHOLE})\s*(?P<to>[-–—]|to|and|\.\.\.?|…)\s*(?P<most>{_WHOLE})")
_POWERS = {"k": 1, "thousand": 1, "m": 2, "million": 2, "mio": 2, "mn": 2, "g": 3, "b": 3, "billion": 3, "t": 4}
_NUMBER = re.compile(r"[0-9]+([,'’ ][0-9]{3})*(\.[0-9]+)?(?P<exponent>[eE][+]?[0-9]{1,2})?")
_GROUPED_BY_DOTS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")
_ONE_DOT = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9.])")
_GROUPED_BY_COMMAS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")
_GROUPED_BY_LAKHS = re.compile(r"[0-9]{1,2}(,[0-9]{2})+,[0-9]{3}")  # 12,34,233, as India writes 1,234,233
_COMMA_FOR_POINT = re.compile(r"([0-9]+|[0-9]{1,3}([.'’ ][0-9]{3})+),[0-9]+")
_EQUAL = re.compile(r"(?<![<>=!])=(?!=)")
_NAMED = re.compile(r"(# ?)?[^\W\d]\w*( [^\W\d]\w*)*")
_TIMES = re.compile(r"(?<=[0-9)\s])[xX](?=[0-9(\s])")
_WORD_TIMES = re.compile(r"(?<=[0-9)\s])times(?=[0-9(\s])")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SIZES = 3  # of an image; a product of more numbers is no shape
_TOKEN = re.compile(r"[A-Za-z0-9_]+")


def typed(source: Source, letters: Mapping[str, Formula], *, in_bytes: bool = False, whole: bool = True) -> Typed:
    """A number or an expression as it was typed, in these letters; `whole`: not a side of an equation alone."""
    said = bare(source.text)
    _check_one(source, said.strip())
    words = _WORDS.search(said.rstrip())
    first, *others = sides(_added(said if words is None else blank(said, *words.span())))
    about = _ABOUT.match(first)
    text = first if about is None else blank(first, *about.span())
    found = _scaled(source, text, letters, in_bytes=in_bytes)
    if found.unit == "":
        found = _plain(source, found.text)
        if about is not None and found.rounded is None and (alone := _alone(found.text)):
            found = Typed(found.text, rounded=Fraction(10 ** (len(alone) - len(alone.rstrip("0")))))
    product = _multiplied(found.text, letters, always=bool(others) or not whole)
    return Typed(product, tuple(others), found.factor, found.unit, found.rounded)


def bare(text: str) -> str:
    """The text in plain characters, without the marks of mathematics and code around it, and without a full stop."""
    text = in_plain_characters(text)
    for mark in ("$", "`", "\\(", "\\)"):
        text = text.replace(mark, " " * len(mark))
    text = without_frame(text)
    end = len(text.rstrip())
    return blank(text, end - 1, end) if re.search(r"(?<=[0-9A-Za-z)])\.$|(?<=[0-9)])[!?,;]$", text[:end]) else text


def _check_one(source: Source, text: str) -> None:
    """Raise UnclearError where two numbers stand in place of one."""
    ends = _RANGE.fullmatch(text)
    if _TWO.fullmatch(text):
        raise UnclearError(f"two numbers stand here, {text}; give one", Place(source, 0))
    if ends is None or (ends["to"] == "and" and not ends[1]):
        return
    least, most = (int(re.sub("[^0-9]", "", ends[end]) or 0) for end in ("least", "most"))
    if ends[1] or ends["to"] != "-" or least < most:
        raise UnclearError(f"from {least:,} to {most:,} is a range; give one number", Place(source, 0))


def _added(text: str) -> str:
    """The text without words for the parts of a sum: 288 weights and 32 biases."""
    without = _PARTS.sub(lambda found: " " * len(found[0]), text)
    return text if without == text else _PLUS.sub(lambda found: "+".rjust(len(found[0])), without)


def sides(text: str) -> list[str]:
    """What stands on each side of the signs of equality, the name of what is given left out: P = 630."""
    ends = [found.start() for found in _EQUAL.finditer(text)]
    starts = [0, *(end + 1 for end in ends)]
    each = [
        " " * start + text[start:end] + " " * (len(text) - end)
        for start, end in zip(starts, [*ends, len(text)], strict=True)
    ]
    if len(each) > 1 and not each[-1].strip():  # (3*3 + 1)*32 =
        each.pop()
    named = len(each) > 1 and (not each[0].strip() or _NAMED.fullmatch(each[0].strip()) is not None)
    return each[1:] if named else each


def _scaled(source: Source, text: str, letters: Mapping[str, Formula], *, in_bytes: bool) -> Typed:
    """133M, 18k, 93 MB: a number of thousands or of millions; a letter of the network or of a rule stays one."""
    found = _SCALED.fullmatch(text.strip())
    if found is None:
        return Typed(text)
    letter = letters.get(found["unit"])
    if letter is not None and (
        found["unit"] != "k" or number(letter) is None
    ):  # 18k: nobody multiplies a number by 3 so
        return Typed(text)
    unit, digits = found["unit"], found["number"]
    _check_comma(source, text, digits, f" {unit}")
    factor = _factor(unit, in_bytes=in_bytes)
    at = text.index(unit, text.index(digits) + len(digits))
    alone = blank(text, at, at + len(unit))
    decimals = len(digits.partition(".")[2])
    return Typed(alone, (), factor, unit, None if factor == 1 else Fraction(factor, 10**decimals))


def _factor(unit: str, *, in_bytes: bool) -> int:
    word = unit.lower().rstrip(".")
    if word in ("byte", "bytes") or (word == "b" and in_bytes):
        return 1
    if word not in ("b",) and word.endswith("b"):
        return int(1024 ** _POWERS[word[0]]) if word.endswith("ib") else int(1000 ** _POWERS[word[0]])
    return int(1000 ** _POWERS[word])


def _plain(source: Source, text: str) -> Typed:
    """A number that is written with an exponent, or with dots where others have commas."""
    found = _NUMBER.fullmatch(text.strip())
    at = len(text) - len(text.lstrip())
    if _GROUPED_BY_DOTS.fullmatch(text.strip()) and text.count(".") > 1:
        return Typed(text.replace(".", ","))
    if _GROUPED_BY_LAKHS.fullmatch(text.strip()):
        return Typed(" " * at + text.strip().replace(",", "").ljust(len(text) - at))
    _check_comma(source, text, text.strip())
    times_ten = _TIMES_TEN.fullmatch(text.strip())
    if times_ten is not None:
        power = int(times_ten["raised"].translate(_RAISED))
        decimals = len(times_ten["number"].partition(".")[2])
        alone = blank(text, at + times_ten.start("power"), len(text))
        return Typed(alone, (), 10**power, times_ten["power"].strip(), Fraction(10**power, 10**decimals))
    if found is None or found["exponent"] is None:
        _check_dots(source, text)
        return Typed(text)
    power = int(found["exponent"][1:])
    start = at + found.start("exponent")
    decimals = len(text[:start].partition(".")[2])
    alone = blank(text, start, start + len(found["exponent"]))
    return Typed(alone, (), 10**power, found["exponent"], Fraction(10**power, 10**decimals))


def _check_dots(source: Source, text: str) -> None:
    """Raise UnclearError where a dot may stand between thousands, in a calculation with numbers alone, too: 1.233."""
    found = _ONE_DOT.search(text)
    if found is not None and not re.search("[A-Za-z]", text):
        whole = found[0].replace(".", "")
        message = f"{found[0]} is {int(whole):,} in some countries and a fraction in others; write {whole}"
        raise UnclearError(message, Place(source, found.start()))


def _check_comma(source: Source, text: str, digits: str, unit: str = "") -> None:
    """Raise UnclearError where a comma is what others write a point for: 320,5."""
    if _COMMA_FOR_POINT.fullmatch(digits) and not _GROUPED_BY_COMMAS.fullmatch(digits):
        point = re.sub("[.'’ ]", "", digits).replace(",", ".")
        message = f"{digits}{unit} is {point}{unit} in some countries and no number in others; write {point}{unit}"
        raise UnclearError(message, Place(source, text.index(digits)))


def _alone(text: str) -> str:
    """The digits of a whole number that stands alone; empty for anything else."""
    digits = re.sub(r"[,'’ ](?=[0-9]{3})", "", text.strip())
    return digits if digits.isdigit() else ""


def _multiplied(text: str, letters: Collection[str], *, always: bool) -> str:
    """The text with x for times where that cannot be a letter and where more is meant than sizes: (3x3 + 1)x63.

    `always`: also where two numbers alone are multiplied, since it is said what they come to: 2 x 64 = 128.
    """
    text = _WORD_TIMES.sub(lambda found: "*".ljust(len(found[0])), text)
    if "x" in letters or not (always or re.search(r"[+()*]", text) or len(re.findall("[xX×]", text)) >= _SIZES):
        return text
    return parted(_TIMES.sub("*", text), letters, "*")


def parted(text: str, letters: Collection[str], mark: str) -> str:
    """The text with a mark for the x in words that are numbers and letters with x between: Fx32x32."""

    def change(found: re.Match[str]) -> str:
        before, behind = text[: found.start()].rstrip()[-1:], text[found.end() :].lstrip()[:1]
        parts = re.split("[xX]", found[0])
        inner = parts[before == ")" and not parts[0] : len(parts) - (behind == "(" and not parts[-1])]  # )xF, Fx(
        known = all(part.isdigit() or part in letters for part in inner)
        return re.sub("[xX]", mark, found[0]) if known and len(parts) > 1 and found[0] not in letters else found[0]

    return _TOKEN.sub(change, text)
