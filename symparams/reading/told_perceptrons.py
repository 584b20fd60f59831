"""Networks of dense layers that only prose describes: "784 inputs, two hidden layers with 128 units, 10 outputs"."""

from __future__ import annotations

import itertools
import re

from symparams.reading.number_words import NUMBER_WORD, number_of
from symparams.reading.told_layer_sizes import NUMBER, UNITS, told_inputs, told_outputs, told_pixels, told_units

_N, _UNITS = NUMBER, UNITS
_TO = "to the"
_KINDS = (
    "MLPs?",
    r"(?:multi[ -]?layer )?perceptron",
    r"nn\.Linear",
    r"(?:fully[ -]connected|dense|linear) layers",
    rf"connected {_TO} inputs?",
    r"(?:fully[ -]connected|dense|feed[ -]?forward|neural) (?:neural )?net(?:work)?",
)
_KIND = re.compile(rf"\b(?:{'|'.join(_KINDS)})\b", re.I)
_INPUTS = re.compile(rf"\b{_N}[ -](?:inputs?|input (?:features|{_UNITS})|features)\b", re.I)
_OUTPUTS = re.compile(rf"\b{_N}[ -](?:outputs?|output {_UNITS}|classes)\b", re.I)
_SO_MANY = rf"(?P<many>an?|single|{NUMBER_WORD}|[1-9])"
_IN_HIDDEN = re.compile(rf"\b(?P<units>{_N}) {_UNITS} in (?:each of )?(?:the )?{_SO_MANY} hidden layers?\b", re.I)
_HIDDEN = re.compile(
    rf"\b{_SO_MANY} hidden layers? (?:with|of|having|, each with) "
    rf"(?P<units>{_N})(?: hidden)?(?: {_UNITS})?\b"
    rf"(?P<more>(?:(?:,| and|, and) {_N}(?= {_UNITS}|,? and| {_UNITS}))*)",
    re.I,
)
_BENT = r"(?:relu|gelu|tanh|sigmoid|softmax|dropout)"  # between sizes, of which they change none
_ARROW = r"\s?(?:[-–]|[-=]{1,3}>|→|⟶)\s?"
_STEP = rf"{_ARROW}(?:{_BENT}{_ARROW})?"
_SIZES = re.compile(rf"(?<![\w.-]){_N}(?:{_STEP}{_N}){{2,8}}(?![\w-]|[.,]\d)", re.I)  # 784 -> 100 -> 10
_LISTED = re.compile(  # layer sizes [784, 100, 10]
    r"\b(?:sizes?|widths?|units|neurons|dim(?:ension)?s)\b[ =:a-z]{0,20}"
    r"(?:[\[(]\s?(\d{1,7}(?:,\s?\d{1,7}){2,8})\s?[\])]|(?<= )(\d{1,7}(?:, \d{1,7}){2,8})(?![\w]|,\d|\.\d))",
    re.I,
)
_OTHERS = re.compile(r"\b(?:conv|pool|kernels?\b|strides?\b|lstm|gru|rnn|embedding|attention)", re.I)  # no dense layers
_TORCH = re.compile(r"(?<![a-z])(?:py)?torch|\bnn\.", re.I)
_NO_BIAS = re.compile(r"\b(?:no|without)\s(?:a\s|any\s)?bias(?:es)?\b|\bbias\s?=\s?False\b", re.I)


def told_perceptron(text: str) -> tuple[str, int] | None:
    """The network as code and where its kind stands; None where its sizes are not all told in one way."""
    kind = _KIND.search(text)
    if kind is None:
        return None
    sizes = _sizes(text)
    if sizes is None or 0 in sizes:
        return None
    has_bias = _NO_BIAS.search(text) is None
    if _TORCH.search(text):
        off = "" if has_bias else ", bias=False"
        layers = [f"nn.Linear({before}, {after}{off})" for before, after in itertools.pairwise(sizes)]
        return f"nn.Sequential({', '.join(layers)})", kind.start()
    off = "" if has_bias else ", use_bias=False"
    calls = [f"Input(({sizes[0]},))", *(f"Dense({size}{off})" for size in sizes[1:])]
    return f"Sequential([{', '.join(calls)}])", kind.start()


def _sizes(text: str) -> list[int] | None:
    """Inputs, hidden units and outputs."""
    rows = {_numbers(row[0]) for row in _SIZES.finditer(text)} | {
        _numbers(row[1] or row[2]) for row in _LISTED.finditer(text)
    }
    if rows and _OTHERS.search(text) is None:
        return list(rows.pop()) if len(rows) == 1 else None
    inputs = {int(one.replace(",", "")) for one in _INPUTS.findall(text)} | told_inputs(text)
    outputs = {int(one.replace(",", "")) for one in _OUTPUTS.findall(text)} | told_outputs(text)
    if not inputs and (pixels := told_pixels(text)) is not None:
        inputs = {pixels}
    units = told_units(text)
    if units is not None and len(inputs) == 1 and (len(outputs) == 1 or (not outputs and len(units) == 1)):
        return [*inputs, *units, *outputs]
    hidden = list(_HIDDEN.finditer(text)) or list(_IN_HIDDEN.finditer(text))
    if len(inputs) != 1 or len(outputs) != 1 or len(hidden) != 1:
        return None
    many = number_of(hidden[0]["many"])
    more = hidden[0].groupdict().get("more") or ""
    units = [int(hidden[0]["units"].replace(",", "")), *map(int, re.findall(r"\d+", more.replace(",", " ")))]
    if len(units) not in (1, many):
        return None
    return [*inputs, *(units * many if len(units) == 1 else units), *outputs]


def _numbers(row: str) -> tuple[int, ...]:
    """The numbers in a row, whose thousands have no blank behind their comma."""
    return tuple(int(one.replace(",", "")) for one in re.findall(_N, row))
