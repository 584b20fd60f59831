"""Numbers of tools and papers that count the same work in another way: multiply-accumulates, or two operations each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

from symparams.algebra.formula import Formula, Number, Product, total
from symparams.errors import Span
from symparams.model.network import Network
from symparams.quantities.settings import Settings
from symparams.quantities.totals import amount, total_of
from symparams.reading.asking import inquiry

Way: TypeAlias = Literal["macs", "flops", "macs with biases", "flops with biases"]  # what is counted

WORK = ("macs", "flops")  # the quantities that are counted in several ways
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
_WORK = r"(?:FLOPs?|MACs?|mult\w{0,8}[ -]?(?:add|accumulate|acc)\w{0,2}|MAdds?|operations|ops)"
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.(?P<decimals>\d{{1,6}}))?"
    rf"(?:\s?(?P<unit>[KMGBT])(?![A-Za-z])|\s?(?P<million>million|billion))?"
    rf"(?:\s?(?P<prefix>[KMGT])?[- ]?(?P<what>{_WORK})\b)?(?![\w%]|\s?[*·×xX^/+]|,\d|\.\d)",
    re.I,
)
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
    macs: int  # the multiply-accumulates
    additions: int  # the additions of biases
    is_rounded: bool  # whether it was written with fewer digits
    at: Span  # where it stands

    @property
    def product(self) -> Formula:
        """How it comes out of the multiply-accumulates: 2·18,289,152 + 2,032,128."""
        whole: Formula = Number(self.macs)
        if self.way in ("flops", "flops with biases"):
            whole = Product((Number(2), whole))
        return total((whole, Number(self.additions))) if self.way.endswith("biases") else whole


def other_counts(network: Network, prose: str, layer: str | None) -> tuple[OtherCount, ...]:
    """The numbers in a question about work that count it rightly, in any way, each way once."""
    if not {*WORK} & {*inquiry(prose).quantities}:
        return ()
    macs = total_of(network, amount("macs"), layer)
    every = total_of(network, amount("macs", Settings(macs="with-bias")), layer)
    if not isinstance(macs, int) or not isinstance(every, int) or macs < _LEAST:
        return ()
    ways: dict[Way, int] = {"macs": macs, "flops": 2 * macs}
    if every != macs:
        ways |= {"macs with biases": every, "flops with biases": macs + every}
    found: dict[tuple[Way, bool], OtherCount] = {}
    for text, value, half, at in _written(prose):
        for way, exact in ways.items():
            if abs(value - exact) <= half:
                found.setdefault((way, half > 0), OtherCount(text, way, exact, macs, every - macs, half > 0, at))
                break
    return tuple(found.values())


def _written(prose: str) -> Iterator[tuple[str, Fraction, Fraction, Span]]:
    """Numbers that may count work: as written, their value, how far they may be off, and where they stand."""
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
            yield found[0].strip(), value, half, Span(found.start(), found.end())


def without_counts(counts: tuple[OtherCount, ...], prose: str) -> str:
    """Prose with blanks in place of these numbers."""
    for one in counts:
        prose = prose[: one.at.start] + " " * (one.at.end - one.at.start) + prose[one.at.end :]
    return prose
