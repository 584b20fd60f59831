"""What people type and copy, in the characters of the language; every text stays as long as it is, for its places."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    **dict.fromkeys("⨯✕✖╳хХ", "×"),  # the last two are Cyrillic letters
    **dict.fromkeys("∗＊", "*"),
    **dict.fromkeys("⋅∙•‧", "·"),
    **dict.fromkeys("∼≃≅", "≈"),
    **dict.fromkeys("{[⟨〈｛［", "("),
    **dict.fromkeys("}]⟩〉｝］", ")"),
}
_PLAIN = re.compile(r"[ -Z^-z|~]*")  # what stays as it is, whatever stands beside it
_BETWEEN_NUMBERS = re.compile(r"(?:(?<=\d)|(?<=\d\s))[⨯✕✖╳хХ](?=\s?\d)")
_THIN = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_FULL_WIDTH = range(0xFF01, 0xFF5F)  # ＋, ３, ｘ, 0xFEE0 behind those of ASCII
_FROM, _TO = "“”„«»‘", '"""""\''
_QUOTES = str.maketrans(_FROM, _TO)
_AROUND = re.compile(r"\s*(\*\*|['\"])(?P<inside>.*)\1\s*")
_LABEL = re.compile(
    r"\s*(#\s*)?((the|my|our|so|final|correct|right|number|total|overall|output|trainable|layer|of)\s+)*"
    r"((answer|result|total|sum|param(eter)?s?|weights?|bias(es)?|shape|size|output|count|MACs?|FLOPs?|memory)"
    r"(\s*(:|=>|->|→|⇒)|\s+(is|are|(would|should)\sbe)\b)|(it\s(has|is)|there\sare|(i|we)\s(get|got|have))\b)"
    r"\s*(?=[0-9(\[~≈$.]|about|around|approx|ca\.|roughly)",
    re.IGNORECASE,
)


def in_plain_characters(text: str) -> str:
    """The text with the signs, digits, spaces and brackets of the language for those that look like them."""
    return text if _PLAIN.fullmatch(text) else "".join(map(_plain_character, text.translate(_QUOTES)))


def in_plain_signs(prose: str) -> str:
    """Prose with the signs for times that stand between numbers, and the spaces, of the language: 28⨯28, 28 х 28."""
    return _BETWEEN_NUMBERS.sub("×", _THIN.sub(" ", prose))


def _plain_character(c: str) -> str:
    if c in _SIGNS:
        return _SIGNS[c]
    if c.isascii():
        return c
    if ord(c) in _FULL_WIDTH:
        return chr(ord(c) - 0xFEE0)
    kind = unicodedata.category(c)
    if kind == "Nd":
        return str(unicodedata.decimal(c))
    return " " if kind in ("Zs", "Cf") else c  # thin spaces, and marks that cannot be seen


def without_frame(text: str) -> str:
    """The text without quotation marks and stars around it, and without what introduces it: `the answer is 320`."""
    around = _AROUND.fullmatch(text)
    if around is not None:
        text = blank(blank(text, 0, around.start("inside")), around.end("inside"), len(text))
    label = _LABEL.match(text)
    return text if label is None else blank(text, *label.span())


def blank(text: str, start: int, end: int) -> str:
    """The text with spaces from one place to another."""
    return text[:start] + " " * (end - start) + text[end:]
