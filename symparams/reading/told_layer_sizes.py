"""Perceptrons that prose tells layer by layer: "input layer: 784 neurons, hidden layer 1: 128 neurons, …"."""

from __future__ import annotations

import re
from math import prod

NUMBER = r"(\d{1,3}(?:,\d{3})+|\d{1,7})"
UNITS = r"(?:units?|neurons?|nodes?|perceptrons?)"
_IS = r"(?:\s?[:=–-]\s?|\s(?:has|have|with|of|is|contains|consists\sof)\s)(?:only\s|just\s)?"
_HAS = f"(?:{'|'.join((' has', ' with', ' of'))})?"
_PLACES = ("first", "second", "third", "fourth", "fifth")
_SHORT = ("1st", "2nd", "3rd", "4th", "5th")
_PLACE = rf"(?P<place>{'|'.join((*_PLACES, *_SHORT))})"
_INPUT = re.compile(rf"\binput layer{_IS}{NUMBER}|\b{NUMBER} {UNITS} in (?:the |its )?input layer", re.I)
_OUTPUT = re.compile(rf"\boutput layer{_IS}{NUMBER}|\b{NUMBER} {UNITS} in (?:the |its )?output layer", re.I)
_HIDDEN = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b{_PLACE} hidden layer{_IS}{NUMBER}",
        rf"\bhidden layer (?P<place>[1-9]){_IS}{NUMBER}",
        rf"\b{_PLACE}(?: one| layer)?{_HAS} {NUMBER} {UNITS}",  # behind the first: the second 3 neurons
        rf"\b{NUMBER} {UNITS} in (?:the |its )?{_PLACE} hidden layer",
    )
)
_COLORS = "|".join(("RGB", "colou?r", "gr[ae]y[- ]?scale", "MNIST"))
_PICTURES = "|".join(("images?", "pictures?", "photos?"))
_IMAGE = re.compile(
    r"(?<![\d.x×])(\d{1,4})\s?(?:x|×|by)\s?(\d{1,4})(?:\s?(?:x|×|by)\s?([134]))?(?:[- ]?pixels?)?"
    rf"(?P<color>\s?(?:{_COLORS})?)\s(?:{_PICTURES})\b",
    re.I,
)
_RGB = re.compile(r"rgb|colou?r", re.I)


def told_units(text: str) -> list[int] | None:
    """The units of the hidden layers, which are told one by one; None where one is missing or told twice."""
    units: dict[int, set[int]] = {}
    for pattern in _HIDDEN:
        for found in pattern.finditer(text):
            place = found["place"].lower()
            number = int(place) if place.isdecimal() else (_PLACES if place in _PLACES else _SHORT).index(place) + 1
            units.setdefault(number, set()).add(_number(found))
    if not units or sorted(units) != list(range(1, len(units) + 1)) or any(len(told) > 1 for told in units.values()):
        return None
    return [units[place].pop() for place in sorted(units)]


def told_inputs(text: str) -> set[int]:
    """What is told of the neurons of the input layer."""
    return {_number(found) for found in _INPUT.finditer(text)}


def told_outputs(text: str) -> set[int]:
    """What is told of the neurons of the output layer."""
    return {_number(found) for found in _OUTPUT.finditer(text)}


def told_pixels(text: str) -> int | None:
    """How many values the images have that a network reads in a row; None where their channels are not told."""
    found = {
        prod((int(h), int(w), int(depth or (3 if _RGB.search(color) else 1))))
        for h, w, depth, color in _IMAGE.findall(text)
        if depth or color.strip()
    }
    return found.pop() if len(found) == 1 else None


def _number(found: re.Match[str]) -> int:
    """The number in a match, in which the place of a layer is another group."""
    place = found.re.groupindex.get("place", 0)
    (number,) = [one for i, one in enumerate(found.groups(), 1) if one is not None and i != place]
    return int(number.replace(",", ""))
