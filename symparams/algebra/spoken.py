"""The notation of formulas in words, as they are read aloud: for alternative texts, where a formula is a picture."""

from __future__ import annotations

import re

from symparams.algebra.notation import Labelled, Notation

_POWERS = {"2": "squared", "3": "cubed"}
_NAMES = {"floor": "the floor of", "ceil": "the ceiling of", "max": "the maximum of", "min": "the minimum of"}
_ALONE = re.compile(r"[\w,.]+")  # a letter or number, which needs nobody to say where it ends


def _symbol(name: str) -> str:
    head, *tail = name.strip("_").split("_")
    return f"{head} sub {' '.join(tail)}" if tail else head


def _quotient(top: str, bottom: str) -> str:
    if _ALONE.fullmatch(top) and _ALONE.fullmatch(bottom):
        return f"{top} over {bottom}"
    return f"the fraction {top} over {bottom}, end of fraction"


def _power(base: str, exponent: str) -> str:
    if exponent in _POWERS:
        return f"{base} {_POWERS[exponent]}"
    return f"{base} to the power of {exponent}" + ("" if _ALONE.fullmatch(exponent) else ", end of power")


def _function(name: str, arguments: list[str]) -> str:
    inner = ", ".join(arguments)
    said = f"{_NAMES.get(name, f'{name} of')} {inner}"
    return said if _ALONE.fullmatch(inner) else f"{said}, end of {name}"


def _labelled(terms: Labelled, start: str) -> str:
    return start + " plus ".join(f"{term} for {', '.join(texts)}" for term, texts in terms)


SPOKEN = Notation(
    number=lambda digits: f"minus {digits[1:]}" if digits.startswith("-") else digits,
    plus=" plus ",
    times=" times ",
    beside=" times ",
    parting=" times ",
    cross=" by ",
    minus=" minus ",
    leading_minus="minus ",
    group=",",
    thin=",",
    symbol=_symbol,
    indexed="{} of {}".format,
    word="{}".format,
    blank="blank {}".format,
    quotient=_quotient,
    over=" over ",
    power=_power,
    function=_function,
    series="the sum for {1} from {2} to {3} of {0}".format,
    bracket="open bracket {} close bracket".format,
    modulo=" modulo ",
    relation={
        "==": "equals",
        "!=": "is not",
        "<": "is less than",
        "<=": "is at most",
        ">": "is greater than",
        ">=": "is at least",
        "divides": "divides",
        "about": "is about",
    },
    comma=", ",
    dots="and so on",
    members="{} is one of {}".format,
    exact=False,
    labelled=_labelled,
)
