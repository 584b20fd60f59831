"""Where an exercise tells a setting of a layer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from symparams.reading.number_words import NUMBER_WORD, number_of

_NUMBER = r"(?<![\w.,×])(?<![x×] )(?:\d{1,3}(?:,\d{3})+|\d{1,7})(?!\w|[.,]\d|\s?[x×*]\s?\d)"
_LETTER = r"(?<![\w'])(?!a\b)[B-HJ-Zb-z](?![\w']|\s?[=:])"  # neither "a filter" nor "I"
_CROSS = r"\s?(?:[x×*]|-?by-?)\s?"
_SIDE = r"(?:\d{1,3}|(?!a\b)[B-HJ-Zb-wyz])"
_SIZES = (
    rf"(?<![\w.])(?:[(\[]\s?{_SIDE}\s?,\s?{_SIDE}\s?[)\]]"
    rf"|{_SIDE}{_CROSS}{_SIDE}(?:{_CROSS}(?:\d{{1,5}}|[A-Z]))?)(?!\w|\s?[x×*+=/^])"
)
_V = rf"(?P<v>{_NUMBER}|{_LETTER})"
_W = rf"(?P<v>{_NUMBER}|{_LETTER}|\b{NUMBER_WORD}\b)"
_S = rf"(?P<v>{_SIZES})"
_S_OR_V = rf"(?:{_S}|(?P<w>{_NUMBER}|{_LETTER}))"
_TAG = r"(?:\s?\(?[A-Za-z]\)?)?"  # "kernel size (F): 3x3", "stride S = 1"
_LINKS = r"(?:of|is|are|be|to|equals?|each|all|that|with|has|have|having|the|a|sizes?|dimensions?)"
_IS = rf"{_TAG}(?:\s?[=:]\s?|\s(?:{_LINKS}\s)*)(?:(?-i:[A-Z])\s?[=:]\s?)?"
_WINDOW = r"(?:kernels?|filters?|receptive\sfields?)"
_OUT = r"(?:(?:convolutional|conv|different|learned|learnable|such|output|hidden|separate|distinct)\s)*"
_MAPS = r"(?:filters|kernels|feature\s?maps|channels\sout|output\s(?:channels|maps))"
_QUOTE = r"['\"“”‘’`]?"
_SETTINGS: tuple[tuple[str, tuple[str, ...]], ...] = (  # those that say most of a number first
    (
        "kernel",
        (
            rf"{_S}[\s-](?:(?:convolution(?:al)?|conv|learnable)\s)?{_WINDOW}\b",
            rf"\b{_WINDOW}(?:\ssizes?)?(?:{_IS}|\s?\(){_S}",
            rf"\b{_WINDOW}(?:\s|-)?(?:sizes?|lengths?|widths?){_IS}{_V}",
            rf"\b(?:kernels?|filters?)\s(?:(?:with|of|having)\s)?(?:(?:a|the)\s)?(?:size|length|width){_IS}{_V}",
        ),
    ),
    (
        "size",
        (
            rf"\b(?:pool(?:ing)?|window|filter)(?:\s(?:size|window|width)){_IS}{_S_OR_V}",
            r"\bpool(?:ing)?\s(?P<v>\d{1,2})\b(?!\s?[x×.])",
        ),
    ),
    ("window", (_S,)),
    ("filters", (rf"{_W}\s(?:{_SIZES}\s)?{_OUT}{_MAPS}\b",)),
    ("one", (rf"\b(?P<v>an?|one|single)\s(?:single\s)?(?:{_SIZES}\s)?{_OUT}(?:filter|kernel)\b",)),
    ("filters", (rf"\b(?:number\sof\s(?:filters|kernels|output\schannels)|out(?:put)?[\s_]channels){_IS}{_V}",)),
    ("stride", (rf"\bstrides?(?:{_IS}|\s?-\s?|\s?\(){_S_OR_V}",)),
    (
        "padding",
        (
            rf"{_QUOTE}\b(?P<v>same|valid){_QUOTE}[\s-](?:zero[\s-])?(?:pad(?:ding|ded)?|convolutions?|conv)\b",
            rf"\bpadding(?:\s?[=:]|\sis|\sof|\sset\sto)?\s?{_QUOTE}(?P<v>same|valid)\b",
            r"\b(?P<v>no|without(?:\sany)?)\s(?:zero[\s-])?padding\b",
            (
                r"\b(?P<v>padding\s(?:to|that|which|so\s(?:that|as\sto)|such\sthat)\s(?:\w+\s){0,4}?"
                r"(?:keep|conserve|preserve|maintain|retain)\w*)\b"
            ),
            rf"\b(?:zero[\s-])?pad(?:ding)?(?!\s(?:it|them|the)){_IS}(?P<v>{_NUMBER}|(?-i:{_LETTER}))",
            (
                r"\b(?P<v>same)\s(?:spatial\s)?(?:size|resolution|height|dimensions?)(?:\sand\swidth)?\sas\sthe\s"
                r"(?:input|output|image)\b"
            ),
        ),
    ),
    ("dilation", (rf"\bdilat(?:ion|ed)(?:\s(?:rate|factor))?{_IS}{_V}",)),
    ("groups", (rf"\bgroups{_IS}{_V}|(?P<w>{_NUMBER})\sgroups\b",)),
    ("bias", (r"\b(?P<v>no)\sbias(?:es)?\b(?!\s?\?)", r"\b(?P<v>without)(?:\sany|\sa|\sits)?\sbias(?:es)?\b")),
    ("bidirectional", (r"\b(?P<v>bi-?directional)\b",)),
    (
        "units",
        (
            (
                rf"{_W}[\s-](?:(?:hidden|output|memory|recurrent|LSTM|GRU|RNN|softmax)\s)*"
                r"(?:units?|neurons?|nodes?|cells|perceptrons)\b"
            ),
        ),
    ),
    ("outputs", (rf"{_W}\soutputs?(?:\s(?:classes|labels|categories))?\b",)),
    (
        "units",
        (
            rf"\bhidden(?:\s|_|-)?(?:states?|sizes?|dim(?:ension(?:ality)?)?s?|layer\ssize|vectors?){_IS}{_V}",
            rf"{_V}[\s-]dimension(?:al|s)?\s(?:hidden|output)\b",
            (
                r"\b(?:FC\d{0,2}|fully[\s-]connected|dense|linear|output(?=\s?\())(?:[\s-]layers?)?(?:\s|-|\s?\(|:\s?)"
                rf"(?:(?:of|with)\s(?:size\s)?)?(?P<v>{_NUMBER})"
            ),
        ),
    ),
    ("classes", (rf"{_W}\s(?:\w+\s)?(?:classes|categories|labels|digits)\b",)),
    (
        "heads",
        (
            rf"{_V}\s(?:attention\s|parallel\s)?heads\b",
            r"\b(?P<v>one|single)[\s-](?:attention\s)?head\b",
            rf"\b(?:num_heads|number\sof\s(?:attention\s)?heads|nhead){_IS}{_V}",
        ),
    ),
    (
        "width",
        (
            rf"\b(?:d_?model|(?:model|embedding|hidden)[\s_](?:dim(?:ension)?|size|width)|embed_dim|embeddings){_IS}{_V}",
            rf"{_V}[\s-]dimensional\s(?:word\s)?(?:embeddings?|vectors)\b",
        ),
    ),
    (
        "inner",
        (
            rf"\b(?:d_?ff|ffn?(?:\sdim(?:ension)?)?){_IS}{_V}",
            (
                r"\bfeed-?\s?forward(?:\s(?:network|layer))?(?:\s(?:hidden|inner))?(?:\s(?:dim(?:ension)?|size|width))?"
                rf"{_IS}{_V}"
            ),
        ),
    ),
    ("size", (rf"(?:^|[:,(]|\bof|\bwith|\bis)\s?size{_IS}{_S_OR_V}",)),
    (
        "vocabulary",
        (
            rf"\bvocab(?:ulary)?(?:[\s_]size)?{_IS}{_V}",
            rf"(?P<v>{_NUMBER})[\s-](?:(?:different|distinct|unique)\s)?(?:words|tokens)\b",
        ),
    ),
)
_MOST = 200  # settings of a kind that are looked at
_CHOICE = re.compile(r"\W*(?:[A-Ea-e1-5][).:])?[\s\d()x×*,]*")  # a line that is nothing but an answer to choose
_LISTED = re.compile(
    rf"(?P<v>{_NUMBER}(?:\s?,\s?{_NUMBER}){{0,7}}\s?,?\s(?:and|&)\s{_NUMBER})\s(?P<what>(?:output\s|hidden\s)?"
    r"(?:filters|kernels|feature\s?maps|channels|units|neurons|nodes))\b",
    re.I,
)


class Setting(NamedTuple):
    """Where a text tells a setting."""

    start: int
    end: int
    name: str  # of a kind's settings; `window` for a bare size, `classes` for what an output layer has
    value: str  # as the language writes it
    each: tuple[str, ...] = ()  # one value for each of several layers

    @property
    def is_usual(self) -> bool:
        """Whether it holds only where nothing else is told: a filter is one, a last layer has a unit for each class."""
        return self.name in ("one", "classes")


@lru_cache(1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    return [(name, re.compile(pattern, re.I)) for name, several in _SETTINGS for pattern in several]


def settings_in(text: str, taken: Sequence[tuple[int, int]] = ()) -> list[Setting]:
    """The settings that a text tells, in order; the words that say most of a number take it.

    What is `taken` has the sizes of images.
    """
    found: list[Setting] = [Setting(start, end, "", "") for start, end in taken]
    found += _listed(text)
    for name, pattern in _patterns():
        for one in islice(pattern.finditer(text), _MOST):
            value = one["v"] if one["v"] is not None else one.groupdict().get("w")
            start, end = one.span("v") if one["v"] is not None else one.span("w")
            is_choice = name == "window" and _CHOICE.fullmatch(_line(text, start))
            if value is not None and not is_choice and all(end <= other.start or other.end <= start for other in found):
                found.append(Setting(start, end, name, _plain(name, value)))
    return sorted(one for one in found if one.name)


def _line(text: str, at: int) -> str:
    """The line in which something stands."""
    return text[text.rfind("\n", 0, at) + 1 :].partition("\n")[0]


def _listed(text: str) -> Iterator[Setting]:
    """Several numbers for several layers: "16, 32 and 64 filters"."""
    for one in _LISTED.finditer(text):
        name = "units" if one["what"].split()[-1].lower() in ("units", "neurons", "nodes") else "filters"
        values = tuple(value.replace(",", "") for value in re.findall(r"\d{1,3}(?:,\d{3})+|\d+", one["v"]))
        yield Setting(*one.span("v"), name, values[-1], values)


def _plain(name: str, value: str) -> str:
    """A value as the language writes it: 5x5x3 as 5, 3x5 as (3, 5)."""
    word = value.lower()
    if name == "padding":
        is_same = word.startswith(("same", "padding"))
        return "same" if is_same else "valid" if word.startswith(("valid", "no", "without")) else value
    if name in ("bias", "bidirectional"):
        return name
    if name == "one" or word == "single":
        return "1"
    if re.fullmatch(NUMBER_WORD, word):
        return str(number_of(word))
    if name in ("kernel", "size", "window", "stride"):
        sizes = re.findall(r"\d+|[A-Za-z]", re.sub(r"\s?(?:[x×*]|-?by-?)\s?", " ", value.replace(",", " ")))[:2]
        return sizes[0] if len({*sizes}) == 1 else f"({', '.join(sizes)})"
    return value.replace(",", "")
