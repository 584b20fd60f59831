"""Layers that only prose names, as calls of their framework: "a Conv2D layer with 64 filters of size 3x3"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from symparams.layers import CATALOGUE, key
from symparams.model.framework import Arriving, FrameworkClass, Parameter
from symparams.reading.number_words import number_of
from symparams.reading.python.program import framework_of
from symparams.reading.setting_words import arriving_in, clause_start, settings_in
from symparams.reading.told_dilations import told_stack
from symparams.reading.told_perceptrons import told_perceptron

_NAMED = re.compile(
    r"(?<![\w.(=])(?:(?:tf|keras|torch|layers|nn)\.){0,3}([A-Z][A-Za-z]{2,40}[1-3]?[dD]?[A-Za-z]{0,20})\b(?!\()"
)
_WORDS = re.compile(  # what people call the layers for which the frameworks have other names
    r"\b(?:(?P<rank>[123][dD])[ -]{0,2})?(?:(?P<conv>conv(?:olution(?:al)?)?s?(?:[ -]layers?)?(?![a-z ]{0,4}net))"
    r"|(?P<dense>(?:dense|fully[ -]connected|linear)[ -]layers?)|(?P<embedding>embedding[ -]layers?)"
    r"|(?P<max>max[ -]?pool(?:ing)?s?(?:[ -]layers?)?))\b(?!-)",
    re.I,
)
_OTHERWISE = re.compile(r"(?:depthwise|separable|transposed?|pointwise|dilated|causal|masked|graph|de)[ -]?$", re.I)
_CLASSES = {
    "conv": ("Conv{}D", "nn.Conv{}d"),
    "dense": ("Dense", "nn.Linear"),
    "embedding": ("Embedding", "nn.Embedding"),
    "max": ("MaxPooling{}D", "nn.MaxPool{}d"),
}
_ONE_AXIS = re.compile(r"\b(?:time[ -]?steps?|time series|sequences?|signals?)\b", re.I)
_LETTERS = {  # for what must be known and is not told
    "filters": "F", "kernel": "k", "units": "U", "size": "p", "channels": "C_in", "features": "d_in",
    "vocabulary": "V", "width": "d",
}  # fmt: skip
_READ: tuple[Arriving, ...] = ("channels", "features")
_SEQUENCES = frozenset(("LSTM", "GRU", "RNN"))
_THEN = re.compile(
    r"\b(?:then|followed by|follows?|next|after(?: that)?|finally|into|before)\b|->|→|,\s*(?:and\s+)?"
    r"(?:an?|another|\d)\b",
    re.I,
)
_MANY = re.compile(
    r"\b(two|three|four|five|[2-9]|[1-5]\d)\s+(?:(?:stacked|consecutive|successive|\d+\s?[x×]\s?\d+)\s+){0,2}$", re.I
)
_SURELY = 5  # so many convolutions are layers
_LAID_OUT = ("Conv", "MaxPooling", "nn.Conv", "nn.MaxPool")  # what a dense layer reads in one row
_BEFORE = 40  # characters before a layer that say how many
_MOST = 12  # layers that are looked at, and of a row
_LONGEST = 3_000  # characters of a question about one layer; a longer text tells of many


class _Mention(NamedTuple):
    """Where prose names a layer."""

    start: int
    end: int
    name: str  # the class, with `nn.` where PyTorch has it


class ToldLayer(NamedTuple):
    """A layer that prose describes."""

    code: str  # a call of the framework's class
    at: int  # where its name stands in the text
    read_as: str = ""  # the same in short, with code in code marks; empty: the call


def told_layer(text: str) -> ToldLayer | None:
    """The layers in a row, or the first layer, whose names stand in prose with at least one size of their own.

    None if there is none. Classes of a framework go before words such as `conv layer`. What must be known and is not
    told is a letter.
    """
    if len(text) > _LONGEST:
        return None
    framework = "torch" if re.search(r"(?<![a-z])(?:py)?torch|\bnn\.", text, re.I) else framework_of(text)
    classes, by_words = list(_classes(text, framework))[:_MOST], list(_by_words(text, framework))[:_MOST]
    several = sorted({mention.start: mention for mention in (*by_words, *classes)}.values())
    row = _in_a_row(several, text)
    if row is None and (stack := told_stack(text)) is not None:
        row = ToldLayer(*stack)
    if row is None and (perceptron := told_perceptron(text)) is not None:
        row = ToldLayer(*perceptron)
    if row is not None:
        return row
    for mentions in (classes, by_words, list(_by_words(text, "torch"))[:_MOST]):
        for i, mention in enumerate(mentions):
            others = [one.start for one in mentions[i + 1 :] if one.name != mention.name]
            code = _call(mention, text, others[0] if others else len(text))
            if code is not None:
                return ToldLayer(_repeated(code, _many(mention, text)), mention.start)
    return None


def _in_a_row(mentions: list[_Mention], text: str) -> ToldLayer | None:
    """Layers that follow one another: "a conv layer with 8 filters, then 2x2 max pooling, then a dense layer"."""
    calls: list[str] = []
    for i, mention in enumerate(mentions):
        end = clause_start(text, mentions[i + 1].start) if i + 1 < len(mentions) else len(text)
        code = _call(mention, text, end, in_a_row=True)
        if code is None or (calls and not _THEN.search(text[mentions[i - 1].end : mention.start])):
            break
        if mention.name in ("Dense", "nn.Linear") and calls and calls[-1].startswith(_LAID_OUT):
            calls.append("nn.Flatten()" if mention.name == "nn.Linear" else "Flatten()")
        calls += [code] * _many(mention, text)
    if len([call for call in calls if "Flatten" not in call]) < 2 or len(calls) > _MOST:
        return None
    joined = ", ".join(calls)
    return ToldLayer(f"nn.Sequential({joined})" if "nn." in joined else f"Sequential([{joined}])", mentions[0].start)


def _many(mention: _Mention, text: str) -> int:
    """How many layers alike are meant: "two 3x3 convolutions"."""
    before = _MANY.search(text[max(mention.start - _BEFORE, 0) : mention.start].rstrip() + " ")
    words = text[mention.start : mention.end].lower()
    if before is None or not words.endswith("s"):
        return 1
    many = number_of(before[1])
    return many if many <= _SURELY or words.endswith("layers") else 1  # 32 convolutions may be filters


def _repeated(call: str, many: int) -> str:
    """Several layers alike, many of them as a comprehension."""
    if many == 1:
        return call
    several = ", ".join([call] * many) if many <= _SURELY else " ".join((call, "for _ in", f"range({many})"))
    if "nn." in call:
        return f"nn.Sequential({several})" if many <= _SURELY else f"nn.Sequential(*[{several}])"
    return f"Sequential([{several}])"


def _classes(text: str, framework: str) -> Iterator[_Mention]:
    """The classes of frameworks that the text names."""
    for one in _NAMED.finditer(text):
        known = _frameworks(one[1])
        if known:
            mine = framework if framework in known else known[0]
            yield _Mention(one.start(), one.end(), f"nn.{one[1]}" if mine == "torch" else one[1])


def _by_words(text: str, framework: str) -> Iterator[_Mention]:
    """The layers that the text names in plain words."""
    for one in _WORDS.finditer(text):
        kind = one.lastgroup or ""
        if kind and not _OTHERWISE.search(text[: one.start()]):
            rank = one["rank"][0] if one["rank"] else "1" if _ONE_AXIS.search(text) else "2"
            name = _CLASSES[kind][framework == "torch"].format(rank)
            yield _Mention(one.start(), one.end(), name)


def _frameworks(name: str) -> list[str]:
    return [one for one in ("keras", "torch") if _class_of(name, one) is not None]


@lru_cache(1024)
def _class_of(name: str, framework: str) -> FrameworkClass | None:
    """How a framework calls the class of this name, if it has sizes of its own."""
    entry = CATALOGUE.get(key(name))
    for one in entry.layer.calls if entry is not None else ():
        wanted = _is_norm(name) or any((p.required and _is_size(p)) or p.argument == "size" for p in one.parameters())
        if one.framework == framework and name in one.names and wanted:
            return one
    return None


def _is_norm(name: str) -> bool:
    """Whether a class normalizes, which needs no sizes of its own."""
    return "Norm" in name and not name.startswith(("Group", "Spectral", "Local"))


def _is_size(parameter: Parameter) -> bool:
    return bool(parameter.argument) and parameter.argument != "layer"


def _call(mention: _Mention, text: str, end: int, *, in_a_row: bool = False) -> str | None:
    """A call with what the text tells of its arguments; None where it tells no size of the layer itself."""
    name = mention.name.removeprefix("nn.")
    known = _class_of(name, "torch" if mention.name.startswith("nn.") else "keras")
    if known is None:
        return None
    told = settings_in(text, mention.start, mention.end, end, known, own_only=in_a_row)
    own = [one.name for one in known.parameters() if one.required or one.argument == "size"]
    if _is_norm(name) and not told:  # of which the features alone are told
        several = (arriving_in(text, what) for what in _READ)
        if in_a_row or all(many is None for many in several):
            return None
    elif not any(one in told for one in own) and not (_is_norm(name) and told):
        return None
    if told.get("padding", "").isdecimal() and not mention.name.startswith("nn."):  # as only PyTorch has it
        return None
    arguments: list[str] = []
    in_order = True
    for one in known.parameters():
        value = told.get(one.name)
        if value is None and (one.required or one.told in ("channels", "features")):
            value = _LETTERS.get(one.argument or one.told)
            if value is None:
                return None
        in_order = in_order and value is not None and (one.required or bool(one.told))
        if value is not None:
            arguments.append(value if in_order else f"{one.name}={value}")
    call = f"{mention.name}({', '.join(arguments)})"
    is_both = re.search(r"bi-?directional", text, re.I) and name in _SEQUENCES and not mention.name.startswith("nn.")
    return f"Bidirectional({call})" if is_both else call
