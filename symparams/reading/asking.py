"""What kind of question prose asks: of which quantity, between two numbers, or whether something enters at all."""

from __future__ import annotations

import re

from symparams.reading.doubts import asking, sentence_ends
from symparams.reading.inquiry import Inquiry, Topic

_QUANTITIES = {  # the words for what is asked, those that say most first
    "field": r"receptive\s+fields?|rezeptive[sn]?\s+felde?|champ\s+r[eé]ceptif|campo\s+receptivo",
    "flops": r"flops?|floating[\s-]point\s+operations",
    "macs": r"macs?|mult(?:iply|i)?[\s-]?(?:add|accumulate)s?|madds?|(?:number\s+of\s+)?multiplications",
    "cache": r"(?:kv|key[\s-]value)[\s-]?cache",
    "shape": r"(?:output|outputs)\s+(?:shape|size|dimensions?)|(?:shape|size)\s+of\s+the\s+output|feature\s+map\s+size"
    r"|(?:how\s+(?:large|big)|what)\s+is\s+(?:the|its)\s+output|outputs?\s+(?:is\s+|of\s+)?\(?\d+"
    r"|(?:gives?|gets?|becomes?|outputs?|produces?|yields?|returns?)\s+(?:\w+\s+){0,3}\(?\d+\s*[x×,]\s*\d+"
    r"|ausgabegr[oö](?:ß|ss)e|taille\s+de\s+(?:la\s+)?sortie|tama[nñ]o\s+de\s+(?:la\s+)?salida",
}
_COUNTED = re.compile(r"\bparam|\bпарамет|参数", re.I)
_TOPICS: dict[Topic, str] = {
    "positions": r"(?:time[\s-]?)?steps?|seq(?:uence)?[\s-]?len(?:gth)?s?|sequence|length\s+\d+|timestamps?|tokens"
    r"|(?:image|input|picture|photo|spatial)[\s-]?(?:size|shape|resolution|dimensions?)s?|resolution|image|images"
    r"|height|width|bildgr[oö](?:ß|ss)e|zeitschritte?n?|l[aä]nge|taille\s+de\s+l['’]image|tama[nñ]o\s+de\s+la\s+imagen"
    r"|longitud|longueur|pasos|[eé]tapes",
    "batch": r"batch(?:[\s_-]?size)?|batchgr[oö](?:ß|ss)e|lote|None",
    "heads": r"(?:num(?:ber)?[\s_-](?:of[\s_-])?)?heads?|k[oö]pfe|cabezas|t[eê]tes",
    "stride": r"strides?|schrittweite|pas|paso",
    "dilation": r"dilations?|dilated|atrous",
}
_DEPENDS = re.compile(  # words of a question whether something enters
    r"\b(?:depend|affect|matter|enter|influence|change|increase|grow|go(?:es)?\s+(?:up|in|into)|relevant|ignore|independent"
    r"|regardless|irrespective|where\s+(?:is|does|do|are)|not\s+(?:in|part)|appear|h[aä]ng|abh[aä]ng|geht|gehen|eingeh"
    r"|d[eé]pend|influe|import|cambia|afect)",
    re.I,
)
_CHOOSING = re.compile(
    r"\b(?:(?:who|which)(?:\s+\w+){0,3}\s+(?:is|are)\s+(?:right|correct|wrong|true)|which\s+(?:one|of|number|is)\b"
    r"|(?:right|correct)\s*,?\s+(?:or|and)\b|wer\s+hat\s+recht|welche[rs]?\s+(?:von|zahl|ist)|lequel|laquelle"
    r"|qui\s+a\s+raison|qui[eé]n\s+tiene\s+raz[oó]n|cu[aá]l\s+es)",
    re.I,
)
_USUAL = re.compile(
    r"\b(?:usual|standard|normal|regular|ordinary|üblich\w*|normal\w*|habituel\w*|habitual\w*)\s+\(?\d", re.I
)


def inquiry(prose: str) -> Inquiry:
    """What a text asks; nothing where it has no question."""
    questions = _questions(prose)
    return Inquiry(
        _quantity(questions, prose),
        _named(" ".join(questions)),
        _topics(questions),
        any(map(_CHOOSING.search, questions)),
        any(map(_USUAL.search, questions)),
    )


def _questions(prose: str) -> list[str]:
    """The sentences that ask, each behind the one before it, which often says about what."""
    starts = [0, *sentence_ends(prose)]
    ends = [*starts[1:], len(prose)]
    sentences = [prose[start:end] for start, end in zip(starts, ends, strict=True)]
    asked = asking(prose)
    near = {i + step for i in asked for step in (-1, 0, 1)}
    return [sentence for i, sentence in enumerate(sentences) if i in near]


def _quantity(questions: list[str], prose: str) -> str:
    """The first quantity that is named, in the questions or else anywhere; none where parameters are named."""
    for text in (" ".join(questions), prose):
        if named := _named(text):
            return "" if "params" in named else named[0]
    return ""


def _named(text: str) -> tuple[str, ...]:
    found = (name for name, words in _QUANTITIES.items() if re.search(rf"(?<!\w)(?:{words})(?!\w)", text, re.I))
    return (*found, "params") if _COUNTED.search(text) else tuple(found)


def _topics(questions: list[str]) -> frozenset[Topic]:
    doubting = [sentence for sentence in questions if _DEPENDS.search(sentence)]
    return frozenset(
        topic
        for topic, words in _TOPICS.items()
        if any(re.search(rf"(?<!\w)(?:{words})(?!\w)", sentence, re.I) for sentence in doubting)
    )
