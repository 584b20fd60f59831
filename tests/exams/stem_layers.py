"""Layers as stems describe them -> layers, by the catalogue: a reader who sees nothing but the words."""

from __future__ import annotations

import re
from dataclasses import MISSING
from typing import Any

from symparams.algebra.formula import Formula, as_formula
from symparams.documents.layer_description import noun_of
from symparams.documents.words import article
from symparams.errors import Source
from symparams.layers import CATALOGUE
from symparams.layers.activation import FUNCTIONS
from symparams.layers.selecting import Reduce
from symparams.layers.spelling import Spelling
from symparams.model.arguments import AXIS, INTEGERS, POSITION, TEXT, TOTALS, Argument, arguments_of, read
from symparams.model.layer import Layer
from symparams.model.sentence import for_so_many
from symparams.sources.reader import read_expression

KINDS = {
    entry.layer.title: entry.layer
    for entry in CATALOGUE.values()
    if entry.layer.title and not issubclass(entry.layer, Spelling)
}
KINDS |= dict.fromkeys(("Mean", "Sum", "Largest value", "Smallest value"), Reduce)  # called by what it takes
BY_ARTICLE = {article(title): layer for title, layer in KINDS.items()}
ACTIVATIONS = {name.casefold(): word for word, names in FUNCTIONS.items() for name in (word, *names)} | {
    "leaky relu": "leakyrelu",
    "no": "linear",
}
MERGES = {"concatenated": "concat", "added": "sum", "multiplied": "mul", "averaged": "ave", "returned apart": "none"}
# What a phrase says of a layer: the argument and its value.
SWITCHES: dict[str, tuple[str, Any]] = {
    "biases": ("bias", True),
    "no biases": ("bias", False),
    "biases in the projections": ("bias", True),
    "no biases in the projections": ("bias", False),
    "biases in the down-projections and the output projection": ("bias", True),
    "no biases in the down-projections and the output projection": ("bias", False),
    "biases in the input and output projections": ("bias", True),
    "no biases in the input and output projections": ("bias", False),
    "biases in its convolution": ("convbias", True),
    "no biases in its convolution": ("convbias", False),
    "biases in the query, key and value projections": ("qkvbias", True),
    "no biases in the query, key and value projections": ("qkvbias", False),
    "biases in the key projection": ("keybias", True),
    "no biases in the key projection": ("keybias", False),
    "a learned key and a learned value appended to the sequence": ("biaskv", True),
    "a gate, computed from the query, for the outputs of the heads": ("gate", True),
    "gated experts": ("gated", True),
    "experts without gates": ("gated", False),
    "the outputs of all steps returned": ("sequences", True),
    "only the output of the last step returned": ("sequences", False),
    "both directions, their outputs concatenated": ("bidirectional", True),
    "the reset gate applied after the recurrent weights": ("reset_after", True),
    "the reset gate applied before the recurrent weights": ("reset_after", False),
    "causal attention": ("causal", True),
    "rotary position embedding": ("rope", True),
    "nothing to train": ("affine", False),
    "a trainable scale and shift for each channel": ("affine", True),
    "a trainable scale": ("scale", True),
    "no trainable scale": ("scale", False),
    "a learned factor for the scores": ("scale", True),
    "no learned factors": ("scale", False),
    "a trainable shift": ("center", True),
    "no trainable shift": ("center", False),
    "a moving mean and variance": ("track", True),
    "no moving mean and variance": ("track", False),
    "batch renormalization": ("renorm", True),
    "a mean and a variance that are given": ("fixed", True),
    "sizes rounded up": ("ceil", True),
    "reduced axes kept with size 1": ("keepdims", True),
    "the reduced axis is kept with size 1": ("keepdim", True),
    "an axis for the frequencies and one for the channels": ("expand_dims", True),
    "a layer normalization at the end": ("norm", True),
    "the cosine of the angle": ("normalize", True),
    "windows shifted by half their size": ("shifted", True),
    "vectors of sines and cosines": ("sinusoidal", True),
    "vectors added": ("sums", True),
    "a table of its own for the way back to tokens": ("tie_weights", False),
    "same padding": ("padding", "same"),
    "no padding": ("padding", "valid"),
    "causal padding": ("padding", "causal"),
    "stride as large as the window": ("stride", None),
}
# What settings are called besides the nouns of their arguments.
NOUNS = {
    "axes that share a slope": "shared", "axis to halve": "axis", "axes to sum over": "axes",
    "axis of the vectors": "axis",
    "first axis to join": "start", "last axis to join": "end", "letters with biases": "bias_axes",
    "axes of one vector": "axis", "axes with means of their own": "axis", "axis to concatenate along": "axis",
    "axis to put it along": "axis", "axis to split": "axis", "axis to take from": "axis",
    "first index taken": "start", "axes to reduce": "axes", "sizes normalized together": "shape",
    "last axes normalized together": "trailing", "axes normalized together": "axis",
    "normalization of queries and keys:": "qknorm", "dropout rate of the scores": "dropout", "border:": "mode",
    "encoding": "mode", "interpolation": "mode", "axes in the order": "order", "masked value": "value",
    "output": "mode",
    "score": "score", "output size": "output",
}  # fmt: skip
WORDS = {
    "put in front of its input": ("join", "prepend"),
    "put behind its input": ("join", "append"),
    "added to its input": ("join", "add"),
    "multiplied by its input": ("join", "multiply"),
    "averaged": ("by", "averaged"),
    "summed": ("by", "summed"),
    "the largest value": ("by", "largest"),
    "the smallest value": ("by", "smallest"),
}
SIZE = r"(?:[\w·^()/⌊⌋⌈⌉+−-]|\d\.\d)+(?: [+−] [\w·^()/]+)*"
ENDING = re.compile(r"(?:, | and |$)")


def expression(text: str) -> Formula:
    """A formula as it is printed: 18, 2F, H − 2, 2F(9F + 1)."""
    plain = re.sub(r"(?<=\d)(?=[A-Za-z(])", "*", text.replace("·", "*").replace("−", "-"))
    plain = re.sub(r"(?<=\))(?=[\w(])|(?<=\b[A-Za-z])(?=\()", "*", plain)
    return read_expression(Source("stem", plain))


def sizes(text: str) -> tuple[Formula, ...]:
    return tuple(expression(part) for part in text.split(" × "))


def layer_of(kind: type[Layer], settings: str, **more: object) -> Layer:
    """The layer with these settings, which stand behind one another with commas, or with "and" before the last."""
    given: dict[str, Any] = dict(more)
    rest = settings.strip()
    while rest:
        rest = _read_one(kind, rest, given)
    required = [a.name for a in arguments_of(kind) if a.default is MISSING and a.name not in given]
    assert not required, f"{kind.__name__}: {required} not said in {settings!r}"
    return kind(**given)


def _read_one(kind: type[Layer], rest: str, given: dict[str, Any]) -> str:
    """Note the first setting; returns what follows."""
    for length in sorted({m.start() for m in ENDING.finditer(rest)} - {0}, reverse=True):
        found = _setting(kind, rest[:length]) if rest.count("(", 0, length) == rest.count(")", 0, length) else None
        if found is not None:
            name, value = found
            if name == "cells":
                value = (*given.get(name, ()), *value)
            assert name not in given or name in ("cells", "padding"), f"{name} twice in {rest!r}"
            given[name] = value
            return re.sub(r"^(, | and )", "", rest[length:])
    raise AssertionError(f"{kind.__name__}: nobody understands {rest!r}")


def _setting(kind: type[Layer], text: str) -> tuple[str, Any] | None:
    known = {a.name: a for a in arguments_of(kind)}
    if text in SWITCHES and SWITCHES[text][0] in known:
        return SWITCHES[text]
    if text in WORDS and WORDS[text][0] in known:
        return WORDS[text]
    merged = re.fullmatch("the outputs of both directions (.*)", text)
    if merged:
        return "merge", MERGES[merged[1]]
    function = re.fullmatch(r"(.*) activation", text)
    if function and function[1].casefold() in ACTIVATIONS:
        return "activation", ACTIVATIONS[function[1].casefold()]
    if "function" in known and text.casefold() in ACTIVATIONS:
        return "function", ACTIVATIONS[text.casefold()]
    inside = re.fullmatch(r"(an? [^(]*?)(?: \((.*)\))?", text)
    if inside and "), a" not in text and inside[1] in BY_ARTICLE:
        wrapped = layer_of(BY_ARTICLE[inside[1]], inside[2] or "")
        name = next(a for a in ("cells", "layer", "units") if a in known)
        return name, (wrapped,) if name == "cells" else wrapped
    return next((found for a in known.values() if (found := _valued(a, text)) is not None), None)


def _valued(argument: Argument, text: str) -> tuple[str, Any] | None:
    """A setting with a number or a word, by what its argument is called."""
    noun = noun_of(argument)
    plural = noun.removeprefix("number of ")
    if argument.kind is TOTALS:
        pairs = re.findall(rf"({SIZE}) before and ({SIZE}) after along the \w+", text)
        if not pairs or len(re.findall(" before and ", text)) != len(re.split(", | and (?=[^ ]+ before)", text)):
            return None
        return argument.name, tuple((expression(a), expression(b)) for a, b in pairs)
    count = re.fullmatch(rf"({SIZE}) ({re.escape(plural)}|{re.escape(for_so_many(1, plural))})", text)
    if count and plural.endswith("s"):
        return argument.name, expression(count[1])
    called = [noun, *(words for words, name in NOUNS.items() if name == argument.name)]
    word = next((one for one in sorted(called, key=len, reverse=True) if text.startswith(f"{one} ")), None)
    if word is None:
        return None
    value = text[len(word) + 1 :]
    if value in argument.kind.words:
        return argument.name, argument.kind.words[value]
    if argument.kind in (INTEGERS, AXIS, POSITION) and re.fullmatch(r"-?\d+(, -?\d+)*", value):
        whole = tuple(map(int, value.split(", ")))
        return argument.name, whole if argument.kind is INTEGERS else read(argument, as_formula(whole[0]))
    by_axis = re.findall(rf"({SIZE}) \(\w+\)", value)
    if by_axis and re.fullmatch(rf"(?:{SIZE} \(\w+\)(?:, | and )?)+", value):
        return argument.name, tuple(map(expression, by_axis))
    if re.fullmatch(rf"{SIZE}(?: × {SIZE})*", value):
        found = sizes(value)
        if argument.kind is not TEXT:
            return argument.name, read(argument, found if len(found) > 1 else found[0])
    if argument.kind is TEXT:
        return (argument.name, value) if re.fullmatch(r"[\w.]+(,[\w.]+)*(->[\w.]*)?", value) else None
    return None if ", " in value or " and " in value else (argument.name, _word(argument, value))


def _word(argument: Argument, value: str) -> object:
    return argument.kind.words.get(value, value)
