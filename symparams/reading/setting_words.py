"""What prose tells of the arguments of one layer, in the words that people have for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symparams.model.framework import Arriving, FrameworkClass, Parameter

_N = r"(?<![\w.,×*])\d{1,3}(?:,\d{3})+(?![\w,])|(?<![\w.,×*])\d{1,7}(?![\w×*]|[.,]\d)"
SIZES = r"(?<![\w.])\d{1,3}\s?[x×*]\s?\d{1,3}(?:\s?[x×*]\s?\d{1,3})?(?![\w]|\s?[x×*])"
_ONE = rf"(?P<n>{_N})"
_SIZE = rf"(?P<n>{SIZES})"
_ANY = rf"(?P<n>{SIZES}|\d{{1,4}}(?!\d)(?![\w.]\w))"
_IS = r"\s{0,2}(?:=|:|of|is|are|set to)?\s{0,2}"
_WORDS: dict[str, tuple[str, ...]] = {  # by our names of the arguments, or those of the framework
    "filters": (
        rf"{_ONE}\s(?:{SIZES}\s)?(?:convolutional\s|conv\s|different\s|learned\s)?(?:filters|kernels|feature\smaps|output\schannels|outputs)\b",
        rf"\bfrom\s[\d,]+\s(?:\w+\s)?to\s{_ONE}\s(?:\w+\s)?(?:channels|feature\smaps)\b",
    ),
    "kernel": (
        rf"{_SIZE}[\s-](?:kernels?|filters?|windows?|conv)",
        rf"\b(?:kernels?|filters?|windows?)(?:\ssizes?)?{_IS}(?:size{_IS})?{_ANY}",
        rf"\bfilters?\s(?:are|is|of(?:\ssize)?|with(?:\ssize)?)\s{_SIZE}",
        rf"\bof\ssize\s{_SIZE}",
        rf"\b(?:kernels?|filters?)\sof\s(?:length|width)\s{_ONE}",
    ),
    "size": (
        rf"{_SIZE}[\s-](?:max|pool|average|window)",
        rf"\b(?:pool(?:ing)?|window|kernel)(?:\ssize)?{_IS}{_ANY}",
        rf"\bof\ssize\s{_ANY}",
    ),
    "units": (
        rf"{_ONE}[\s-](?:hidden\s|memory\s|output\s)?(?:units?|neurons|nodes|cells|outputs|output\sfeatures)\b",
        rf"\bhidden(?:\s|_)(?:size|dim(?:ension)?|state){_IS}(?:size{_IS})?{_ONE}",
        rf"\bfrom\s[\d,]+\s(?:\w+\s)?to\s{_ONE}",
        rf"\b[\d,]+\s(?:->|→)\s{_ONE}",
    ),
    "stride": (rf"\bstrides?{_IS}{_ANY}",),
    "dilation": (rf"\bdilat(?:ion|ed)(?:\srate)?{_IS}{_ANY}",),
    "padding": (
        r"\bpadding\s?(?:=|:|of|is)?\s?['\"`]?(?P<n>same|valid|causal)\b",
        r"['\"`]?\b(?P<n>same|valid|causal)['\"`]?\s(?:zero[\s-])?padding\b",
        rf"\bpadding{_IS}{_ANY}",
        r"\b(?P<n>no)\s(?:zero[\s-])?padding\b",
    ),
    "groups": (rf"\bgroups{_IS}{_ONE}", rf"{_ONE}\sgroups\b"),
    "multiplier": (rf"\bdepth[\s_]multiplier{_IS}{_ONE}",),
    "bias": (r"\b(?P<n>no|without)\s(?:a\s|any\s)?bias(?:es)?\b", r"\bbias\s?=\s?(?P<n>False|True)\b"),
    "shape": (rf"{_ONE}\s(?:features|dimensions|channels|units)\b", rf"\b(?:size|dimension)\s(?:of\s)?{_ONE}"),
    "num_heads": (rf"{_ONE}\s(?:attention\s)?heads\b",),
    "nhead": (rf"{_ONE}\s(?:attention\s)?heads\b",),
    "layers": (
        rf"{_ONE}[\s-](?:stacked\s)?layers?\b", r"\b(?P<n>two|three|four)[\s-](?:stacked\s)?layers?\b"
    ),
    "bidirectional": (r"\b(?P<n>bi-?directional)\b",),
    "vocabulary": (
        rf"\bvocabulary(?:\ssize)?{_IS}(?:size{_IS})?{_ONE}",
        rf"{_ONE}\s(?:different\s|distinct\s|unique\s)?(?:words|tokens)\b",
    ),
    "width": (
        rf"\b(?:dim(?:ension)?s?|size|vectors){_IS}(?:size{_IS}|dimension{_IS}|length{_IS})?{_ONE}",
        rf"{_ONE}[\s-]dimension(?:s|al)\b",
    ),
}  # fmt: skip
_ARRIVING: dict[str, tuple[str, ...]] = {
    "channels": (
        rf"(?<!to\s){_ONE}\s(?:input\s)?channels?\b(?!\s(?:out|each))",
        rf"{_ONE}-channel\b",
        rf"\bfrom\s{_ONE}\s(?:\w+\s)?to\s[\d,]+\s(?:\w+\s)?(?:channels|feature\smaps)\b",
        (
            r"(?<![\d.x×*])(?<![x×*]\s)\d{1,5}\s?[x×*]\s?\d{1,5}\s?[x×*]\s?(?P<n>\d{1,5})\b"
            r"(?!\s?[x×*=+]|\s(?:kernel|filter|conv))"
        ),
    ),
    "features": (
        rf"{_ONE}\s(?:input\s)?(?:features|inputs)\b",
        rf"\binput[\s_](?:size|dim(?:ension)?|features?){_IS}{_ONE}",
        rf"\bfrom\s{_ONE}\s(?:\w+\s)?to\s[\d,]+",
        rf"{_ONE}\s(?:->|→)\s[\d,]+",
    ),
}
_NUMBERS = ("filters", "units", "vocabulary", "width", "groups", "multiplier", "layers")  # never one for each axis
_PLAIN = {"same": '"same"', "valid": '"valid"', "causal": '"causal"', "two": "2", "three": "3", "four": "4"}
_CLAUSE = re.compile(r"[.?!]\s|\n\s*\n|[,;:]\s|\b(?:a|an|the|and|then|with)\s")
_SENTENCE = re.compile(r"[.?!](?:\s|$)|\n\s*\n")


def arriving_in(text: str, what: Arriving) -> int | None:
    """How many channels or features a text tells to arrive; None where it tells none, or several numbers."""
    found = {
        one["n"].replace(",", "") for pattern in _ARRIVING.get(what, ()) for one in re.finditer(pattern, text, re.I)
    }
    return int(found.pop()) if len(found) == 1 else None


def clause_start(text: str, start: int) -> int:
    """Where the words begin that belong to a name: behind the article, the comma, the `then` before it."""
    return max((mark.end() for mark in _CLAUSE.finditer(text[:start])), default=0)


def settings_in(
    text: str, start: int, stop: int, end: int, known: FrameworkClass, *, own_only: bool = False
) -> dict[str, str]:
    """The arguments of a class, by their names, that the text tells of the layer named from `start` to `stop`.

    What its own sentence says up to the next layer, at `end`, goes before what stands elsewhere; two different values
    in one place say nothing; with `own_only`, what stands elsewhere is that of other layers.
    """
    clause = clause_start(text, start)
    sentence = max((m.end() for m in _SENTENCE.finditer(text[:start])), default=0)
    mark = _SENTENCE.search(text, stop)
    own = text[clause : min(mark.end() if mark else len(text), end)]
    whole = text[sentence : mark.end() if mark else len(text)]
    found: dict[str, str] = {}
    for one in known.parameters():
        arriving = one.told in _ARRIVING
        places = (own,) if own_only else (whole, text) if arriving else (own, whole, text)
        values = (_values(one, place) for place in places)
        several = next((some for some in values if some), set())
        if len(several) == 1:
            found[one.name] = several.pop()
    return found


def _values(parameter: Parameter, text: str) -> set[str]:
    """What a text tells of one argument, as code."""
    found = {
        _plain(one["n"], parameter) for pattern in _patterns(parameter) for one in re.finditer(pattern, text, re.I)
    }
    return found - {""}


def _patterns(parameter: Parameter) -> Iterator[str]:
    spelled = re.escape(parameter.name).replace("_", r"[\s_-]")
    sizes = "" if parameter.argument in _NUMBERS else rf"\((?:\s?\d+\s?,?){{1,3}}\)|{SIZES}|"
    value = rf"(?P<n>{sizes}\d{{1,7}}(?![\w.]\d)|True|False|['\"`]?(?:same|valid|causal)\b)"
    if parameter.argument or parameter.told:
        yield rf"(?<![\w.]){spelled}{_IS}{value}"
    own = _WORDS.get(parameter.argument, _WORDS.get(parameter.name, ()))
    yield from _ARRIVING.get(parameter.told, ()) if parameter.told else own


def _plain(value: str, parameter: Parameter) -> str:
    """A value as code: 3x3 as 3, 3x5 as (3, 5)."""
    word = value.strip("'\"`").lower()
    if parameter.argument == "bias":
        return "True" if word == "true" else "False"
    if word in ("no", "without"):
        return "0" if parameter.name == "padding" else ""
    if word.startswith("bi"):
        return "True"
    if word in _PLAIN:
        return _PLAIN[word]
    if word in ("true", "false"):
        return word.capitalize()
    if value.startswith("("):
        return value
    sizes = re.split(r"\s?[x×*]\s?", value.replace(",", ""))
    return sizes[0] if len({*sizes}) == 1 else f"({', '.join(sizes)})"
