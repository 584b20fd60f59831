"""The notation of Typst: text of a user or a layer stands as a string, so that nothing in it means anything."""

from __future__ import annotations

import re

from symparams.algebra.notation import Labelled, Notation
from symparams.algebra.notations import GREEK, PLAIN


def quoted(text: str) -> str:
    """A text as a string of Typst."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _symbol(name: str) -> str:
    head, _, tail = name.strip("_").partition("_")
    letter = _letter(PLAIN.symbol(head))
    if not tail:
        return letter
    words = tail.strip("_").split("_")
    if len(words) == 1 and tail.isascii() and (len(tail) == 1 or tail.isdigit()):
        return f"{letter}_{tail}"
    return f"{letter}_{quoted(','.join(words))}"


def _letter(head: str) -> str:
    if head in GREEK or (len(head) == 1 and head.isascii()):
        return head
    ending = re.fullmatch(r"([A-Za-z])(\d+)", head, re.ASCII)
    return f"{ending[1]}_{ending[2]}" if ending else f"italic({quoted(head)})"


def _function(name: str, arguments: list[str]) -> str:
    if name in ("floor", "ceil"):
        return f"{name}({arguments[0]})"
    return f"op({quoted(name)}) ({', '.join(arguments)})"


def _typed(text: str) -> str:
    return f"mono({quoted(text)})"


def _labelled(terms: Labelled, start: str) -> str:
    below = [(term, " \\ ".join(map(_typed, texts))) for term, texts in terms]
    return start + " + ".join(f"underbrace({term}, {texts})" for term, texts in below)


TYPST = Notation(
    number=str,
    plus=" + ",
    times=" ⋅ ",
    beside=" ",
    parting=" ",
    cross=" × ",
    minus=" - ",
    leading_minus="-",
    group="#gs;",
    thin=" thin ",
    symbol=_symbol,
    indexed=lambda letter, name: f"{letter}_{_typed(name)}",
    word=quoted,
    blank=lambda mark: f"underline(#h(0.3em) {quoted(mark)} #h(0.3em))",
    quotient="frac({}, {})".format,
    over="\\/",
    power="{}^({})".format,
    function=_function,
    series="sum_({1} = {2})^({3}) {0}".format,
    bracket="({})".format,
    modulo=" mod ",
    relation={"==": "=", "!=": "≠", "<": "lt", "<=": "≤", ">": "gt", ">=": "≥", "divides": "∣", "about": "≈"},
    comma=", ",
    dots="…",
    members="{} in {{{}}}".format,
    exact=False,
    whole="whole({})",
    labelled=_labelled,
)
