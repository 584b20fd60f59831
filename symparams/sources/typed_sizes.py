"""The sizes of a shape as people type them -> sizes with marks between them, and which of them is the channels."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from symparams.errors import Place, Source
from symparams.sources.spelled import blank
from symparams.sources.typed import UnclearError, bare, parted, sides

_BY = re.compile(r"(?<=[0-9)\s])(by|times)(?=[0-9(\s])|\\times")
_DOT = re.compile(r"\\cdot")
_WHAT = re.compile(r"(?<=[0-9)])\s*(pixels?|px|values?|neurons?|units|feature\smaps?|in\ssize)\s*$", re.IGNORECASE)
_WRAPPED = re.compile(r"\s*(torch\.Size|(tf\.)?TensorShape|(np\.)?array|tuple|list|shape)\s*(?=\()")
_BATCH = re.compile(r"\s*\(?\s*(?P<batch>(batch([ _]?size)?|bs|N|B|m)(?=\s*[,;×x])|1(?=\s*[,;]))", re.IGNORECASE)
_NUMBERS = r"[1-9][0-9]*"
_GROUPED = re.compile(r"\([1-9][0-9]{0,2}(,[0-9]{3})+\)")
_APART = re.compile(rf"\(?\s*{_NUMBERS}(\s+{_NUMBERS})+\s*\)?")
_PRODUCT = re.compile(rf"\(?\s*{_NUMBERS}(\s*[*·]\s*{_NUMBERS})+\s*\)?")
_TWO_WAYS = re.compile(rf"{_NUMBERS}(?P<mark>\s*[-/|]\s*){_NUMBERS}((?P=mark){_NUMBERS})*")
_SIDES = rf"\(?\s*(?P<sides>{_NUMBERS}((\s*[x×*,]\s*|\s+){_NUMBERS})*)\s*\)?"
_MAPS = r"(channels?|filters?|(feature\s)?maps?|kernels?)"
_NAMING = (  # 26x26 with 32 channels, 32 feature maps of 26x26, 32@26x26
    re.compile(
        rf"{_SIDES}\s*(,|;|and|with|\(|x|×)?\s*(?<![0-9])(?P<channels>{_NUMBERS})\s*{_MAPS}\s*\)?", re.IGNORECASE
    ),
    re.compile(rf"(?P<channels>{_NUMBERS})\s*{_MAPS}\s*(,|;|of(\ssize)?|with|x|×|\()?\s*{_SIDES}\s*\)?", re.IGNORECASE),
    re.compile(rf"(?P<channels>{_NUMBERS})\s*@\s*{_SIDES}"),
    re.compile(rf"{_SIDES}\s*@\s*(?P<channels>{_NUMBERS})"),
)


_LONG = 100  # characters of the sizes of a shape with their names
_AXES = {  # what people call the axes, by their place among the sizes; the channels have none
    **dict.fromkeys(("h", "height", "rows"), 0),
    **dict.fromkeys(("w", "width", "columns", "cols"), 1),
    **dict.fromkeys(("l", "length", "steps", "t", "time"), 0),
    **dict.fromkeys(("c", "channels", "filters", "maps", "f", "features", "c_out", "channel"), None),
}
_NAME_OF = r"(?P<name>[A-Za-z_]+)"
_EACH = re.compile(rf"\(?\s*({_NAME_OF}\s*[=:]?\s*(?P<size>{_NUMBERS}))\s*([,;x×]|and\b)?\s*\)?")
_EACH_BEFORE = re.compile(rf"\(?\s*((?P<size>{_NUMBERS})\s*{_NAME_OF})\s*([,;×]|and\b)?\s*\)?")
_TUPLES = re.compile(
    rf"\(?(?P<names>[A-Za-z_]+(\s*[,×]\s*[A-Za-z_]+)+)\)?\s*[=:]\s*\(?(?P<sizes>{_NUMBERS}(\s*[,x×]\s*{_NUMBERS})+)\)?"
)


class NamedSizes(NamedTuple):
    """Sizes of which it is said which are the channels."""

    spatial: str  # the others, with marks between them
    channels: str

    def arranged(self, *, first: bool) -> str:
        """All of them, the channels first or last."""
        return f"{self.channels}×{self.spatial}" if first else f"{self.spatial}×{self.channels}"


def with_channels(text: str) -> NamedSizes | None:
    """The sizes of a text that names its channels; None if it does not."""
    said = " ".join(_between(bare(text)).split())
    if len(said) > _LONG:
        return None
    by_name = _by_name(said)
    if by_name is not None:
        return by_name
    found = next(filter(None, (naming.fullmatch(said) for naming in _NAMING)), None)
    return None if found is None else NamedSizes(re.sub(r"\s*[x×*,]\s*|\s+", "×", found["sides"]), found["channels"])


def _by_name(text: str) -> NamedSizes | None:
    """The sizes where each has the name of its axis: H=26, W=26, C=32; (H, W, C) = (26, 26, 32)."""
    tuples = _TUPLES.fullmatch(text)
    if tuples is not None:
        names, sizes = (re.split(r"\s*[,x×]\s*", tuples[part]) for part in ("names", "sizes"))
    else:
        pattern = _EACH if text.lstrip("( ")[:1].isalpha() else _EACH_BEFORE
        found = list(pattern.finditer(text))
        if "".join(one[0] for one in found) != text:
            return None
        names, sizes = [one["name"] for one in found], [one["size"] for one in found]
    places = [_AXES.get(name.lower(), -1) for name in names]
    if len(set(places)) < len(places) or len(places) != len(sizes) or None not in places or -1 in places:
        return None
    others = sorted((place, size) for place, size in zip(places, sizes, strict=True) if place is not None)
    return NamedSizes("×".join(size for _, size in others), sizes[places.index(None)])


def typed_sizes(source: Source, letters: Collection[str], count: int, side: str | None = None) -> str:
    """The sizes of a shape as they were typed, which `count` numbers would answer: 60 60 24, Fx32x32."""
    text = _between(sides_of_sizes(source.text)[0] if side is None else side)
    plain = text.strip()
    if count == 1 and _GROUPED.fullmatch(plain):  # (9,216) is one number where one is asked for
        return re.sub("[(),]", "", plain)
    if _APART.fullmatch(plain) and len(plain.strip("() ").split()) in (count, count + 1):
        return re.sub(r"(?<=[0-9])\s(?=\s*[0-9])", ",", text)
    if count > 1 and _PRODUCT.fullmatch(plain) and len(re.findall(_NUMBERS, plain)) <= count:
        return re.sub("[*·]", "×", text)
    if count > 1 and _TWO_WAYS.fullmatch(plain) and len(re.findall(_NUMBERS, plain)) == count:
        sizes = "x".join(re.findall(_NUMBERS, plain))
        raise UnclearError(f"{plain} may be meant as sizes or as a calculation; write {sizes}", Place(source, 0))
    return parted(_without_batch(text, letters, count), letters, "×")


def sides_of_sizes(text: str) -> list[str]:
    """What stands on each side of the signs of equality in a shape as it was typed."""
    return sides(bare(text))


def _between(text: str) -> str:
    """The text with signs in place of words between sizes, and without what stands around them."""
    text = _BY.sub(lambda found: "×".ljust(len(found[0])), text)
    text = _DOT.sub(lambda found: "·".ljust(len(found[0])), text)
    text = _WHAT.sub(lambda found: " " * len(found[0]), text)
    wrapped = _WRAPPED.match(text)
    text = text if wrapped is None else blank(text, *wrapped.span())
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    twice = re.fullmatch(r"\(\s*\([^()]*\)\s*,?\s*\)", text[start:end])  # ((None, 28, 28, 1))
    return blank(blank(text, start, start + 1), end - 1, end) if twice else text


def _without_batch(text: str, letters: Collection[str], count: int) -> str:
    """The text with a mark in place of the size of a batch, where there is one size more than asked for."""
    batch = _BATCH.match(text)
    sizes = [size for size in re.split("[,;×x]", text.strip().strip("()")) if size.strip()]
    if batch is None or batch["batch"] in letters or len(sizes) != count + 1:
        return text
    start, end = batch.span("batch")
    return text[:start] + "?".ljust(end - start) + text[end:]
