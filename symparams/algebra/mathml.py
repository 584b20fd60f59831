"""The notation of MathML: elements side by side, without <math> around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from symparams.algebra.notation import Labelled, Notation
from symparams.algebra.notations import GREEK_LETTERS

_LEAF = r"<(?:mi|mn|mtext)(?: [^>]*)?>[^<]*</[a-z]+>"
_ALONE = re.compile(f"{_LEAF}|<msub>(?:{_LEAF}){{2}}</msub>")  # one element, which needs no <mrow> around it
_LONG = 200  # characters of MathML that may be too long for the narrowest line
_WIDE = 26  # characters that are read of what stands in no longer line than that
_TALL = '<mo minsize="2em" maxsize="2em">'
_TAG = re.compile("<[^>]*>")


def _number(digits: str) -> str:
    return f"<mo>−</mo><mn>{digits[1:]}</mn>" if digits.startswith("-") else f"<mn>{digits}</mn>"


def _row(text: str) -> str:
    """A piece of a formula as one element."""
    return text if _ALONE.fullmatch(text) else f"<mrow>{text}</mrow>"


def _letter(head: str) -> str:
    head = GREEK_LETTERS.get(head, head)
    ending = re.fullmatch(r"([A-Za-z])(\d+)", head)
    if ending:
        return f"<msub><mi>{ending[1]}</mi><mn>{ending[2]}</mn></msub>"
    return f"<mi>{escape(head)}</mi>"


def _symbol(name: str) -> str:
    head, _, tail = name.strip("_").partition("_")
    if not tail:
        return _letter(head)
    return f"<msub>{_letter(head)}{_below(tail)}</msub>"


def _below(tail: str) -> str:
    words = tail.strip("_").split("_")
    if tail.isdigit():
        return f"<mn>{tail}</mn>"
    return f"<mi>{escape(tail)}</mi>" if len(tail) == 1 else f"<mtext>{escape(','.join(words))}</mtext>"


def _is_wide(text: str) -> bool:
    """Whether a piece may be too long for the narrowest line."""
    return len(text) > _LONG and len(_TAG.sub("", text)) > _WIDE


def _enclosed(left: str, inner: str, right: str) -> str:
    """Something between brackets, which grow with fractions alone; in long ones a line may break, so none is a row."""
    if "<mfrac" not in inner:
        return f'<mo stretchy="false">{left}</mo>{inner}<mo stretchy="false">{right}</mo>'
    if not _is_wide(inner):
        return f"<mrow><mo>{left}</mo>{inner}<mo>{right}</mo></mrow>"
    return f"{_TALL}{left}</mo>{inner}{_TALL}{right}</mo>"


def _function(name: str, arguments: list[str]) -> str:
    inner = "<mo>,</mo>".join(arguments)
    if name in ("floor", "ceil"):
        left, right = "⌊⌋" if name == "floor" else "⌈⌉"
        return _enclosed(left, inner, right)
    return f"<mi>{escape(name)}</mi><mo>\u2061</mo>{_enclosed('(', inner, ')')}"  # the sign for applied to


def _quotient(top: str, bottom: str) -> str:
    """A built-up fraction, or one beside the other where that would be too wide, since no line breaks in a fraction."""
    if _is_wide(top) or _is_wide(bottom):
        above, below = (side if _ALONE.fullmatch(side) else _enclosed("(", side, ")") for side in (top, bottom))
        return f"{above}<mo>/</mo>{below}"
    return f"<mfrac>{_row(top)}{_row(bottom)}</mfrac>"


def _power(base: str, exponent: str) -> str:
    return f"<msup>{_row(base)}{_row(exponent)}</msup>"


def _series(term: str, letter: str, first: str, last: str) -> str:
    return f"<munderover><mo>∑</mo><mrow>{letter}<mo>=</mo>{first}</mrow>{_row(last)}</munderover>{term}"


def _labelled(terms: Labelled, start: str) -> str:
    return start + "<mo>+</mo>".join(_term(term, texts) for term, texts in terms)


def _term(term: str, texts: Sequence[str]) -> str:
    term = f"<munder>{_row(term)}<mo>⏟</mo></munder>"
    for text in texts:
        term = f'<munder>{term}<mtext class="name">{escape(text)}</mtext></munder>'
    return term


MATHML = Notation(
    number=_number,
    plus="<mo>+</mo>",
    times="<mo>·</mo>",
    beside="<mo>\u2062</mo>",  # the sign for times that is not seen
    parting="<mo>\u2062</mo>",
    cross="<mo>×</mo>",
    minus="<mo>−</mo>",
    leading_minus="<mo>−</mo>",
    group=",",
    thin="\u202f",
    symbol=_symbol,
    indexed=lambda letter, name: f'<msub>{letter}<mtext class="name">{escape(name)}</mtext></msub>',
    word=lambda text: f"<mtext>{escape(text)}</mtext>",
    blank=lambda mark: f'<mtext class="blank">{escape(mark)}</mtext>',
    quotient=_quotient,
    over="<mo>/</mo>",
    power=_power,
    function=_function,
    series=_series,
    bracket=lambda inner: _enclosed("(", inner, ")"),
    modulo="<mo>mod</mo>",
    relation={
        sign: f"<mo>{mark}</mo>"
        for sign, mark in zip(
            ("==", "!=", "<", "<=", ">", ">=", "divides", "about"),
            ("=", "≠", "&lt;", "≤", "&gt;", "≥", "∣", "≈"),
            strict=True,
        )
    },
    comma="<mo>,</mo>",
    dots="<mi>…</mi>",
    members='{}<mo>∈</mo><mo stretchy="false">{{</mo>{}<mo stretchy="false">}}</mo>'.format,
    exact=False,
    labelled=_labelled,
)
