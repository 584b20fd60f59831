"""What people write around a number -> the number alone: units, thousands, about, both sides of an equation."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.errors import Place, Source, SymparamsError


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
    r"((?<=[0-9)])\s+((trainable|learnable|total)\s)?(param(eter)?s?|weights?|bias(es)?|values?|neurons?|numbers?|"
    r"MACs?|FLOPs?|units|channels|features|(in\s)?total)|(?<=[A-Za-z])\s+(param(eter)?s?|MACs?|FLOPs?))$",
    re.IGNORECASE,
)
_SCALED = re.compile(
    r"(?P<number>[0-9]+([.,][0-9]+)*)\s*(?P<unit>[kKMGTB]|[kKMGT]i?B|bytes?|thousand|million|billion|mio\.?)$"
)
_POWERS = {"k": 1, "thousand": 1, "m": 2, "million": 2, "mio": 2, "g": 3, "b": 3, "billion": 3, "t": 4}
_NUMBER = re.compile(r"[0-9]+([,'’ ][0-9]{3})*(\.[0-9]+)?(?P<exponent>[eE][+]?[0-9]{1,2})?")
_GROUPED_BY_DOTS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")
_GROUPED_BY_COMMAS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")
_COMMA_FOR_POINT = re.compile(r"([0-9]+|[0-9]{1,3}([.'’ ][0-9]{3})+),[0-9]+")
_EQUAL = re.compile(r"(?<![<>=!])=(?!=)")
_NAMED = re.compile(r"[^\W\d]\w*( [^\W\d]\w*)*")
_TIMES = re.compile(r"(?<=[0-9)\s])[xX](?=[0-9(\s])")
_SIZES = 3  # of an image; a product of more numbers is no shape
_TOKEN = re.compile(r"[A-Za-z0-9_]+")


def typed(source: Source, letters: Mapping[str, Formula], *, in_bytes: bool = False) -> Typed:
    """A number or an expression as it was typed, in these letters."""
    whole = _bare(source.text)
    words = _WORDS.search(whole.rstrip())
    first, *others = _sides(whole if words is None else _blank(whole, *words.span()))
    about = _ABOUT.match(first)
    text = first if about is None else _blank(first, *about.span())
    found = _scaled(text, letters, in_bytes=in_bytes)
    if found.unit == "":
        found = _plain(source, found.text)
        if about is not None and found.rounded is None and (alone := _alone(found.text)):
            found = Typed(found.text, rounded=Fraction(10 ** (len(alone) - len(alone.rstrip("0")))))
    return Typed(_multiplied(found.text, letters), tuple(others), found.factor, found.unit, found.rounded)


def typed_sizes(text: str, letters: Collection[str], count: int) -> str:
    """The sizes of a shape as they were typed, which `count` numbers would answer: 60 60 24, Fx32x32."""
    bare = sides_of_sizes(text)[0].replace("\\times", "×     ")
    apart = re.fullmatch(r"\s*[([]?\s*[0-9]+(\s+[0-9]+)+\s*[)\]]?\s*", bare)
    if apart is not None and len(bare.strip(" ([)]").split()) in (count, count + 1):
        return re.sub(r"(?<=[0-9])\s(?=\s*[0-9])", ",", bare)
    return _parted(bare, letters, "×")


def sides_of_sizes(text: str) -> list[str]:
    """What stands on each side of the signs of equality in a shape as it was typed."""
    return _sides(_bare(text))


def _bare(text: str) -> str:
    """The text without the marks of mathematics and code around it, and without a full stop."""
    for mark in ("$", "`", "\\(", "\\)"):
        text = text.replace(mark, " " * len(mark))
    end = len(text.rstrip())
    return _blank(text, end - 1, end) if re.search(r"(?<=[0-9A-Za-z)])\.$", text[:end]) else text


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _sides(text: str) -> list[str]:
    """What stands on each side of the signs of equality, the name of what is given left out: P = 630."""
    ends = [found.start() for found in _EQUAL.finditer(text)]
    starts = [0, *(end + 1 for end in ends)]
    sides = [
        " " * start + text[start:end] + " " * (len(text) - end)
        for start, end in zip(starts, [*ends, len(text)], strict=True)
    ]
    named = len(sides) > 1 and (not sides[0].strip() or _NAMED.fullmatch(sides[0].strip()) is not None)
    return sides[1:] if named else sides


def _scaled(text: str, letters: Mapping[str, Formula], *, in_bytes: bool) -> Typed:
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
    factor = _factor(unit, in_bytes=in_bytes)
    at = text.index(unit, text.index(digits) + len(digits))
    alone = _blank(text, at, at + len(unit))
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
    if _GROUPED_BY_DOTS.fullmatch(text.strip()):
        whole = text.strip().replace(".", "")
        if text.count(".") == 1:
            message = f"{text.strip()} is {int(whole):,} in some countries and a fraction in others; write {whole}"
            raise UnclearError(message, Place(source, at))
        return Typed(text.replace(".", ","))
    if _COMMA_FOR_POINT.fullmatch(text.strip()) and not _GROUPED_BY_COMMAS.fullmatch(text.strip()):
        point = re.sub("[.'’ ]", "", text.strip()).replace(",", ".")
        message = f"{text.strip()} is {point} in some countries and no number in others; write {point}"
        raise UnclearError(message, Place(source, at))
    if found is None or found["exponent"] is None:
        return Typed(text)
    power = int(found["exponent"][1:])
    start = at + found.start("exponent")
    decimals = len(text[:start].partition(".")[2])
    alone = _blank(text, start, start + len(found["exponent"]))
    return Typed(alone, (), 10**power, found["exponent"], Fraction(10**power, 10**decimals))


def _alone(text: str) -> str:
    """The digits of a whole number that stands alone; empty for anything else."""
    digits = re.sub(r"[,'’ ](?=[0-9]{3})", "", text.strip())
    return digits if digits.isdigit() else ""


def _multiplied(text: str, letters: Collection[str]) -> str:
    """The text with x for times where that cannot be a letter and where more is meant than sizes: (3x3 + 1)x63."""
    if "x" in letters or not (re.search(r"[+()*]", text) or len(re.findall("[xX×]", text)) >= _SIZES):
        return text
    return _parted(_TIMES.sub("*", text), letters, "*")


def _parted(text: str, letters: Collection[str], mark: str) -> str:
    """The text with a mark for the x in words that are numbers and letters with x between: Fx32x32."""

    def change(found: re.Match[str]) -> str:
        before, behind = text[: found.start()].rstrip()[-1:], text[found.end() :].lstrip()[:1]
        parts = re.split("[xX]", found[0])
        inner = parts[before == ")" and not parts[0] : len(parts) - (behind == "(" and not parts[-1])]  # )xF, Fx(
        known = all(part.isdigit() or part in letters for part in inner)
        return re.sub("[xX]", mark, found[0]) if known and len(parts) > 1 and found[0] not in letters else found[0]

    return _TOKEN.sub(change, text)
