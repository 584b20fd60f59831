"""Numbers of tools and papers that count the same work in another way: multiply-accumulates, or two operations each."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

from symparams.algebra.formula import Formula, Number, Product, total
from symparams.errors import Span
from symparams.model.network import Network
from symparams.quantities.settings import Settings
from symparams.quantities.totals import amount, total_of
from symparams.questions.spoken_of import Spoken
from symparams.reading.asking import inquiry
from symparams.reading.doubts import written_in

Way: TypeAlias = Literal["macs", "flops", "macs+biases", "flops+biases"]  # what is counted

WORK = ("macs", "flops")  # the quantities that are counted in several ways
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
_WORK = r"(?:FLOPs?|MACs?|mult\w{0,8}[ -]?(?:add|accumulate|acc)\w{0,2}|MAdds?|operations|ops)"
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.(?P<decimals>\d{{1,6}}))?"
    rf"(?:\s?(?P<unit>[KMGBT])(?![A-Za-z])|\s?(?P<million>million|billion))?"
    rf"(?:\s?(?P<prefix>[KMGT])?[- ]?(?P<what>{_WORK})\b)?(?![\w%]|\s?[*·×xX^/+]|,\d|\.\d)",
    re.I,
)
_LINE = re.compile(
    r"\btotal\s+mult-adds\s+\((?:Units\.)?(?P<unit>[KMGT])\w*\):\s{0,5}(?P<digits>\d[\d,]{0,12}\.\d{1,4})", re.I
)
_ROWS = re.compile(r": \d{1,2}-\d{1,4}\s[^\n\[]{0,60}\[(\d{1,6}),")  # a row of torchinfo
_MADE = re.compile(r"\b(?:randn?|zeros|ones)\(\s?\(?(\d{1,6}),\s?\d+,\s?\d+,\s?\d")  # data with a batch in front
_CALLED = {"macs": r"mac|mult|madd", "flops": r"flop|operations"}
_BATCHES = 3  # sizes of a batch that are tried
_READ = 100_000  # characters that are looked at for them
_LONGER = re.compile(r"[*·×+/^xX]\s{0,3}$")  # before a number that is part of a formula
_WORDS = {"million": 10**6, "billion": 10**9}
_FEWEST = 2  # digits of a rounded number
_LEAST = 1_000  # smaller numbers are sizes and settings
_MOST = 40  # numbers that are looked at


class OtherCount(NamedTuple):
    """A number that is right for the work, in one of the ways in which it is counted."""

    text: str  # as it was written, with its unit
    way: Way  # what it counts
    value: int  # exactly
    macs: int  # the multiply-accumulates of one example
    additions: int  # the additions of biases
    batch: int  # for how many examples
    is_rounded: bool  # whether it was written with fewer digits
    says_so: bool  # whether it is called what it counts, or is a calculation
    at: Span  # where it stands

    @property
    def product(self) -> Formula:
        """How it comes out of the multiply-accumulates: 2·18,289,152 + 2,032,128."""
        whole: Formula = Number(self.macs)
        if self.way in ("flops", "flops+biases"):
            whole = Product((Number(2), whole))
        whole = total((whole, Number(self.additions))) if self.way.endswith("biases") else whole
        return whole if self.batch == 1 else Product((Number(self.batch), whole))


class _Number(NamedTuple):
    """A number that may count work."""

    text: str  # as it was written
    value: Fraction  # with its unit
    half: Fraction  # how far it may be off
    what: str  # what it is called: GMac, FLOPs; empty: nothing
    at: Span  # where it stands


def other_counts(network: Network, prose: str, layer: str | None, text: str = "") -> tuple[OtherCount, ...]:
    """The numbers in a question about work that count it rightly, in any way.

    `text` is the whole of it, whose tables and code tell how many examples a batch may have.
    """
    asked = inquiry(prose)
    if not {*WORK} & {*asked.quantities}:
        return ()
    macs = total_of(network, amount("macs"), layer)
    every = total_of(network, amount("macs", Settings(macs="with-bias")), layer)
    if not isinstance(macs, int) or not isinstance(every, int) or macs < _LEAST:
        return ()
    ways: dict[Way, int] = {"macs": macs, "flops": 2 * macs}
    if every != macs:
        ways |= {"macs+biases": every, "flops+biases": macs + every}
    batches = [1, *sorted(({asked.batch or 1} | _batches(text)) - {0, 1})[:_BATCHES]]
    found: list[OtherCount] = []
    for one in (*_written(prose), *_calculated(prose)):
        for batch, (way, exact) in itertools.product(batches, ways.items()):
            if abs(one.value - batch * exact) <= one.half:
                says_so = one.what == "=" or bool(one.what and way in WORK and re.search(_CALLED[way], one.what, re.I))
                count = OtherCount(
                    one.text, way, batch * exact, macs, every - macs, batch, one.half > 0, says_so, one.at
                )
                found.append(count)
                break
    return tuple(found)


def different(counts: tuple[OtherCount, ...]) -> tuple[OtherCount, ...]:
    """Those among them that count something else than those before, or are rounded; each once."""
    first: dict[tuple[Way, int, bool], OtherCount] = {}
    for one in counts:
        first.setdefault((one.way, one.batch, one.is_rounded), one)
    return tuple(first.values())


def _batches(text: str) -> set[int]:
    """How many examples data and printed shapes may have: their first sizes."""
    return {int(one) for one in (*_ROWS.findall(text[:_READ]), *_MADE.findall(text[:_READ]))}


def _calculated(prose: str) -> Iterator[_Number]:
    """The calculations in prose."""
    for one in written_in(prose):
        value = Spoken.value(one) if one.kind == "formula" else None
        if value is not None:
            yield _Number(one.text, Fraction(value), Fraction(0), "=", one.at)


def _written(prose: str) -> Iterator[_Number]:
    """The numbers in prose that may count work, and that of the line below a table."""
    for line in _LINE.finditer(prose):
        factor = _FACTORS[line["unit"][0].lower()]
        half = Fraction(factor, 2 * 10 ** len(line["digits"].partition(".")[2]))
        value = Fraction(line["digits"].replace(",", "")) * factor
        yield _Number(f"{line['digits']} {line['unit'][0].upper()}", value, half, "", Span(line.start(), line.end()))
    for many, found in enumerate(_NUMBER.finditer(prose)):
        if many == _MOST:
            return
        if _LONGER.search(prose[max(found.start() - 5, 0) : found.start()]):
            continue
        digits, decimals = found["digits"].replace(",", ""), found["decimals"] or ""
        factor = _FACTORS[(found["unit"] or found["prefix"] or "").lower()] * _WORDS.get(
            (found["million"] or "").lower(), 1
        )
        value = Fraction(int(digits + decimals) * factor, 10 ** len(decimals))
        significant = len((digits + decimals).lstrip("0"))
        half = Fraction(factor, 2 * 10 ** len(decimals)) if factor > 1 else Fraction(0)
        if value >= _LEAST and (not half or significant >= _FEWEST):
            yield _Number(found[0].strip(), value, half, found["what"] or "", _digits(found))


def _digits(found: re.Match[str]) -> Span:
    """Where the digits of a number stand, without the words that say what it counts."""
    return Span(found.start(), found.end("decimals") if found["decimals"] else found.end("digits"))


def without_counts(counts: tuple[OtherCount, ...], prose: str) -> str:
    """Prose with blanks in place of these numbers."""
    for one in counts:
        prose = prose[: one.at.start] + " " * (one.at.end - one.at.start) + prose[one.at.end :]
    return prose
