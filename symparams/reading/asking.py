"""What kind of question prose asks: of which quantity, between two numbers, or whether something enters at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from symparams.reading.doubts import Sentences, asking, sentence_ends
from symparams.reading.inquiry import Inquiry, Topic
from symparams.reading.training_words import (
    asks_for_training,
    has_checkpoint,
    names_optimizers,
    number_type_in,
    optimizers_in,
)

_WORDS = r"(?:[^\W\d]+\s+){0,3}"  # between a verb and the number that it is about
_LEAVING_OUT = (
    r"(?:without|excluding|not\s+(?:counting|including)|ignoring|neglecting|leaving\s+out)\s+(?:the\s+|any\s+)?"
)
_BIAS = r"bias(?:es)?(?!\w)"
_QUANTITIES = {  # the words for what is asked, those that say most first
    "field": r"receptive\s+fields?|rezeptive[sn]?\s+felde?|champ\s+r[eé]ceptif|campo\s+receptivo",
    "flops": r"[kmgtp]?flops?|floating[\s-]point\s+operations",
    "macs": r"[kmgt]?macs?|mult(?:iply|i)?[\s-]?(?:add|accumulate)s?|madds?|(?:number\s+of\s+)?multiplications",
    "cache": r"(?:kv|key[\s-]value)[\s-]?cache",
    "activations": r"activations?\s+(?:maps?\s+)?(?:memory|take|use|need|occupy)|activation\s+sizes?"
    r"|(?:memory|bytes|[mg]i?b|v?ram|space)\b[^.?!]{0,40}\b(?:activations?|feature\s+maps?)",
    "memory": r"(?<!short-term )memory|megabytes?|bytes|file\s+size|size\s+on\s+disk"
    r"|size\s+in\s+(?:[mgk]i?b|bytes)|how\s+many\s+[mgk]i?b|(?:saved|stored)\s+model"
    r"|speicher|m[eé]moire|memoria",
    "weights": rf"weights?\s+(?:only|{_LEAVING_OUT}{_BIAS})"
    r"|(?:only|just)\s+(?:the\s+)?(?:number\s+of\s+)?(?:trainable\s+)?weights"
    rf"|(?:trainable\s+)?weights\s*\(?{_LEAVING_OUT}{_BIAS}",
    "biases": r"how\s+many\s+bias(?:es)?(?!\w)|number\s+of\s+bias(?:es)?(?!\w)",
    "padding": r"(?:what|which|how\s+much)\s+(?:is\s+the\s+|should\s+the\s+|amount\s+of\s+)?(?:zero[\s-])?padding"
    r"|padding\s+(?:is|are|do)\s+(?:needed|required|we|you|i)(?!\w)",
    "shape": r"outputs?[\s_]+(?:shape|size|dimensions?)|(?:shape|size|dimensions?)\s+of\s+the\s+output"
    r"|feature\s+map\s+size"
    r"|what\s+(?:will|would|should|are|is)\s+(?:be\s+)?the\s+(?:shapes|sizes|dimensions)"
    r"|(?:what|which)\s+(?:shape|size|dimensions?)\s+(?:goes|comes|is|do|does|will|leaves|enters)"
    r"|(?:output|resulting|convoluted|convolved)\s+(?:volume|tensor|matrix|image)|(?:dimensions?|sizes?|shape)\s+of\s+the\s+(?:data|results?|resulting)"
    r"|input\s+(?:dimensions?|size|shape)\s+of\s+the\s+(?:\w+[\s-]){1,3}layer|(?:size|shape|dimensions?)\s+of\s+(?:the|each)\s+(?:\w+\s+){0,2}(?:feature|activation)\s+maps?"
    r"|(?:how\s+(?:large|big)|what)\s+is\s+(?:the|its)\s+output|outputs?\s+(?:is\s+|of\s+)?\(?\d+"
    rf"|(?:gives?|gets?|becomes?|outputs?|produces?|yields?|returns?)\s+{_WORDS}(?:\d+\s*[x×]\s*\d+|\(\s*(?:None|\d+)\s*,)"
    rf"|\d+\s+(?:becomes?|turns?\s+into|go(?:es)?\s+to|shrinks?\s+to)\s+{_WORDS}\d+"
    r"|not\s+\(?\d+\s*[x×]\s*\d+(?:\s*[x×]\s*\d+)?(?![\d.]|\s?\)?\s*(?:[*+=x×]|kernel|filter|conv|pool|window))"
    r"|ausgabegr[oö](?:ß|ss)e|taille\s+de\s+(?:la\s+)?sortie|tama[nñ]o\s+de\s+(?:la\s+)?salida",
}
_WEIGHTS = re.compile(r"\bweights?\b|\bparam|\bkernels?\b", re.I)
_FULL = re.compile(r"out[ -]of[ -]memory|\boom\b|resource\s?exhausted|fills?\s+(?:up\s+)?(?:my|the|\d+\s?gb)", re.I)
_TITLE = re.compile(r"\s*([^\n]{8,150})\n\s*\n")  # a first line that stands by itself
_COUNTED = re.compile(r"\bparam(?!s?\s+size)|\bпарамет|参数", re.I)
_SETTING = (  # arguments of layers, which people call parameters, too
    r"(?:groups?|strides?|padding|dilation(?:_rate)?|kernel_size|pool_size|(?:in|out)put_(?:shape|dim|padding)|units"
    r"|filters|(?:in|out)_channels|return_(?:sequences|state)|hidden_size|num_(?:layers|heads)|ceil_mode|data_format"
    r"|reset_after|merge_mode|batch_first|key_dim|embed_dim)"
)
_ARGUMENT = re.compile(  # "the `groups` parameter", "(.output_shape) parameters", "parameter stride"
    rf"(?<=[\W_]){_SETTING}[`'\")\]]{{0,2}}\s+param(?:eter)?s?\b|\bparam(?:eter)?\s+[`'\"(]{{0,2}}{_SETTING}\b", re.I
)
_HOW_MANY = re.compile(r"\bhow\s+many\s+(?:\w+\s+){0,2}param|\b(?:number\s+of|count(?:ing)?)\s+(?:\w+\s+)?param", re.I)
TOPICS: dict[Topic, str] = {
    "positions": r"(?:time[\s-]?)?steps?|seq(?:uence)?[\s-]?len(?:gth)?s?|sequence|length\s+\d+|timestamps?|tokens"
    r"|(?:image|input|picture|photo|spatial)[\s-]?(?:size|shape|resolution|dimensions?)s?|resolution|image|images"
    r"|height|width|(?:shorter|longer|smaller|larger)\s+(?:sentence|review|sequence|text|input)s|bildgr[oö](?:ß|ss)e|zeitschritte?n?|l[aä]nge|taille\s+de\s+l['’]image|tama[nñ]o\s+de\s+la\s+imagen"
    r"|longitud|longueur|pasos|[eé]tapes",
    "batch": r"batch(?:[\s_-]?size)?|batchgr[oö](?:ß|ss)e|lote|None",
    "heads": r"(?:num(?:ber)?[\s_-](?:of[\s_-])?)?heads?|k[oö]pfe|cabezas|t[eê]tes",
    "stride": r"strides?|schrittweite|pas|paso",
    "dilation": r"dilations?|dilated|atrous",
}
_GROUPS = re.compile(r"\bgroup(?:s|ed)?\b", re.I)
_BATCH = re.compile(r"\bbatch(?:es)?(?:[ _-]?size)?(?: (?:of|is))?(?: ?= ?| |: ?)(\d{1,6})(?![\d.,]\d|\w)", re.I)
_DEPENDS = re.compile(  # words of a question whether something enters
    r"\b(?:depend|affect|matter|enter|influence|change|increase|grow|go(?:es)?\s+(?:up|in|into)|relevant|ignore|independent"
    r"|regardless|irrespective|where\s+(?:is|does|do|are)|not\s+(?:in|part)|appear|h[aä]ng|abh[aä]ng|geht|gehen|eingeh"
    r"|d[eé]pend|influe|import|cambia|afect)",
    re.I,
)
_CHOOSING = re.compile(
    r"\b(?:(?:who|which)(?:\s+\w+){0,3}\s+(?:is|are)\s+(?:right|correct|wrong|true)|which\s+(?:one|of|number|is)\b"
    r"|who['’]s\s+(?:right|correct|wrong)|(?:right|correct)\s*,?\s+(?:or|and)\b|wer\s+hat\s+recht|welche[rs]?\s+(?:von|zahl|ist)|lequel|laquelle"
    r"|qui\s+a\s+raison|qui[eé]n\s+tiene\s+raz[oó]n|cu[aá]l\s+es)",
    re.I,
)
_CHECKING = re.compile(
    r"\bwhat(?:['’]s|\s+is)\s+wrong\s+with\s+(?:my|this)|\bwhere\s+(?:am|did)\s+I\b[^.?!]{0,20}\bwrong|\bam\s+I\s+(?:right|correct|wrong)"
    r"|\bis\s+(?:this|that|it|my\s+\w+)\s+(?:right|correct|wrong)\b|\bcorrect\s+me\b|\bdid\s+I\s+make\s+a\s+mistake",
    re.I,
)
IN_ALL = re.compile(r"\b(?:in\s+(?:total|all)|total|overall|altogether|insgesamt|au\s+total|en\s+total)\b", re.I)
MOST = re.compile(r"\bmost\s+(?:of\s+(?:the\s+)?)?param|\b(?:largest|biggest)\s+(?:number|layer|part|share)", re.I)
SO_MANY = re.compile(
    r"\bso\s+(?:many|much|large|big|huge)|\b(?:most|much\s+more|more\s+than|majority|dominat\w+|bulk)\b"
    r"|\b(?:almost|nearly|practically)\s+(?:all\b|everything|the\s+(?:whole|entire))",
    re.I,
)
_USUAL = re.compile(
    r"\b(?:usual|standard|normal|regular|ordinary|üblich\w*|normal\w*|habituel\w*|habitual\w*)\s+\(?\d", re.I
)


def inquiry(prose: str) -> Inquiry:
    """What a text asks; nothing where it has no question."""
    questions, sentences = _questions(prose), Sentences(prose)
    alone = " ".join(map(sentences.text, sorted(asking(prose))))
    title = found[1] if (found := _TITLE.match(prose)) else ""
    quantity = _quantity((alone, title, " ".join(questions), prose))
    every = _in_order(next(filter(named_in, (alone, title)), " ".join(questions)))
    is_training = False
    if (
        "memory" in every and _FULL.search(prose) and not names_optimizers(prose)
    ):  # which is filled by what layers output, not by weights
        quantity, every = "activations", ("activations", "memory")
    elif is_training := asks_for_training((title, *questions), prose):
        counts = ("params",) if _HOW_MANY.search(f"{title} {alone}") else ()
        quantity, every = "memory", (*counts, "memory")
    if "params" in every and SO_MANY.search(alone):  # the shape is only a circumstance
        every = tuple(one for one in every if one != "shape")
    return Inquiry(
        quantity,
        every,
        _topics(questions),
        any(map(_CHOOSING.search, questions)),
        any(map(_USUAL.search, questions)),
        MOST.search(alone) is not None or SO_MANY.search(alone) is not None,
        _batch(prose),
        optimizers_in(prose) if is_training else (),
        number_type_in(prose),
        has_checkpoint(prose),
        about_groups=any(map(_GROUPS.search, (title, *questions))),
    )


def wants_a_check(prose: str) -> bool:
    """Whether a text asks if a calculation in it is right."""
    return _CHECKING.search(prose) is not None


def _batch(prose: str) -> int | None:
    """How many examples a batch has, if one number is told."""
    told = {int(many) for many in _BATCH.findall(prose)} - {0}
    return told.pop() if len(told) == 1 else None


def _questions(prose: str) -> list[str]:
    """The sentences that ask, each behind the one before it, which often says about what."""
    starts = [0, *sentence_ends(prose)]
    ends = [*starts[1:], len(prose)]
    sentences = [prose[start:end] for start, end in zip(starts, ends, strict=True)]
    asked = asking(prose)
    near = {i + step for i in asked for step in (-1, 0, 1)}
    return [sentence for i, sentence in enumerate(sentences) if i in near]


def _quantity(texts: Iterable[str]) -> str:
    """The first quantity that the first text names which names any; none where parameters are named."""
    named = next(filter(None, map(named_in, texts)), ())
    return "" if not named or "params" in named else named[0]


@lru_cache(64)
def named_in(text: str) -> tuple[str, ...]:
    """The quantities that a text names; parameters last."""
    counted = _COUNTED.search(_ARGUMENT.sub(" ", text))
    found = [name for name, words in _QUANTITIES.items() if _spoken(words).search(text)]
    if "activations" in found and "memory" in found and not _WEIGHTS.search(text):  # the word stands in both
        found.remove("memory")
    return tuple(found) if counted is None else (*found, "params")


def _in_order(text: str) -> tuple[str, ...]:
    """The quantities that a text names, in its order."""
    patterns = {**{name: _spoken(words) for name, words in _QUANTITIES.items()}, "params": _COUNTED}
    places = {name: found.start() for name in named_in(text) if (found := patterns[name].search(text))}
    return tuple(sorted(places, key=lambda name: places[name]))


@lru_cache(32)
def _spoken(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.I)


def _topics(questions: list[str]) -> frozenset[Topic]:
    doubting = [sentence for sentence in questions if _DEPENDS.search(sentence)]
    return frozenset(
        topic
        for topic, words in TOPICS.items()
        if any(re.search(rf"(?<!\w)(?:{words})(?!\w)", sentence, re.I) for sentence in doubting)
    )
