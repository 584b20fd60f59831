"""Networks of dense layers that only prose describes: "784 inputs, two hidden layers with 128 units, 10 outputs"."""

from __future__ import annotations

import re

_N = r"(\d{1,3}(?:,\d{3})+|\d{1,7})"
_UNITS = r"(?:units?|neurons?|nodes?|perceptrons?)"
_KIND = re.compile(
    r"\b(?:MLP|(?:multi[ -]?layer )?perceptron"
    r"|(?:fully[ -]connected|dense|feed[ -]?forward|neural) (?:neural )?net(?:work)?)\b",
    re.I,
)
_INPUTS = re.compile(rf"\b{_N}[ -](?:inputs?|input (?:features|{_UNITS})|features)\b", re.I)
_OUTPUTS = re.compile(rf"\b{_N}[ -](?:outputs?|output {_UNITS}|classes)\b", re.I)
_HIDDEN = re.compile(
    r"\b(an?|one|single|two|three|four|[1-9]) hidden layers? (?:with|of|having|, each with) "
    rf"{_N}(?: hidden)?(?: {_UNITS})?\b"
    rf"(?P<more>(?:(?:,| and|, and) {_N}(?= {_UNITS}|,? and| {_UNITS}))*)",
    re.I,
)
_MANY = {"a": 1, "an": 1, "one": 1, "single": 1, "two": 2, "three": 3, "four": 4}
_DASHES = re.compile(r"(?<![\w.-])(\d{1,6}(?:\s?[-–]\s?\d{1,6}){2,8})(?![\w-]|\.\d)")


def told_perceptron(text: str) -> tuple[str, int] | None:
    """The network as Keras code and where its kind stands; None where its sizes are not all told in one way."""
    kind = _KIND.search(text)
    if kind is None:
        return None
    sizes = _sizes(text)
    if sizes is None or 0 in sizes:
        return None
    calls = [f"Input(({sizes[0]},))", *(f"Dense({size})" for size in sizes[1:])]
    return f"Sequential([{', '.join(calls)}])", kind.start()


def _sizes(text: str) -> list[int] | None:
    """Inputs, hidden units and outputs."""
    dashes = _DASHES.findall(text)
    if len(dashes) == 1:
        return [int(size) for size in re.findall(r"\d+", dashes[0])]
    inputs, outputs = ({int(one.replace(",", "")) for one in p.findall(text)} for p in (_INPUTS, _OUTPUTS))
    hidden = list(_HIDDEN.finditer(text))
    if len(inputs) != 1 or len(outputs) != 1 or len(hidden) != 1:
        return None
    many = _MANY.get(hidden[0][1].lower()) or int(hidden[0][1])
    units = [int(hidden[0][2].replace(",", "")), *map(int, re.findall(r"\d+", hidden[0]["more"].replace(",", " ")))]
    if len(units) not in (1, many):
        return None
    return [*inputs, *(units * many if len(units) == 1 else units), *outputs]
