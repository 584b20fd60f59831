"""When two sentences are the same but for what is put in: numbers, formulas, names, axes, one or several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_PUT_IN = re.compile(r"`[^`]*`|\$[^$]*\$|‹[^›]*›|\{[^ }]*")
_MARKUP = re.compile(r"\*\*|\}|\\(?=\W|_)")
_TOKEN = re.compile(r"(?P<before>[(“\"]*)(?P<core>\S*?)(?P<after>[)”\",.;:?!]*)\Z")
_FORMULA = re.compile(r"[\d·⌊⌋⌈⌉²³⁴Σ√^_=×≥≤≈+−<>∞…]|^[B-Zb-z]$|^[A-Z]{2,}$|^[-*/]$|[a-z]\.[a-z]")
_LETTER = re.compile(r"^[A-Za-z]$")
_AXIS = r"(?:the )?(?:depth|height|width|length|channels|features)\b"
_AXES = re.compile(rf"{_AXIS}(?:,? (?:and )?{_AXIS})*")
_CLAUSE_ENDS = re.compile(r"[()]|[.,;:?!](?:\s|$)| and ")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LISTED = re.compile(r"\b0(?: ,)?(?: and| or)? (?=0\b)")  # all but the last of several that are put in
_ORDINAL = re.compile(r"\b(?:second|third|fourth)\b")
_ONE = {
    "biases": "bias", "frequencies": "frequency", "matrices": "matrix", "axes": "axis", "are": "is", "were": "was",
    "have": "has", "they": "it", "their": "its", "them": "it", "these": "this", "those": "that", "one": "0",
    "two": "0", "three": "0",
}  # fmt: skip


def clauses(sentence: str, known: re.Pattern[str] | None = None) -> set[str]:
    """The clauses of a sentence of more than one word, without what is put in; `known` names are put in as well."""
    plain = _plain(sentence)
    plain = plain.removeprefix("with ")
    parts = _CLAUSE_ENDS.split(known.sub("0", plain) if known else plain)
    singular = (" ".join(map(_singular, part.split())) for part in parts)
    return {part for part in singular if len(_WORD.findall(part)) > 1}


def without_names(part: str) -> str:
    """A part of a sentence without what is put in: two that are the same but for that have the same."""
    return " ".join(map(_singular, _plain(part).split()))


def names(several: Iterable[str]) -> re.Pattern[str]:
    """Finds these names in a sentence, the longest first."""
    longest = sorted({one.casefold() for one in several}, key=lambda one: (-len(one), one))
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b")


def parted(sentence: str) -> list[str]:
    """The sentences in a text of several."""
    return re.split(r"(?<=[.?!]) (?=[A-Z'“])", sentence)


def _plain(sentence: str) -> str:
    words = _MARKUP.sub("", _PUT_IN.sub("0", sentence)).split()
    said = _LISTED.sub("", " ".join(_one_for_each_formula(words)).casefold())
    return _AXES.sub("the axis", _ORDINAL.sub("first", said))


def _one_for_each_formula(words: list[str]) -> Iterator[str]:
    """The words, each formula, however many words it takes, as a single 0."""
    in_formula = False
    for word in words:
        found = _TOKEN.match(word)
        if found and (_FORMULA.search(found["core"]) or (found["after"] and _LETTER.match(found["core"]))):
            if not in_formula:
                yield "0"
            in_formula = not found["after"].strip(")")
            if not in_formula:
                yield found["after"].strip(")")
        else:
            in_formula = False
            yield word


def _singular(word: str) -> str:
    one = _ONE.get(word, word)
    return one[:-1] if len(one) > 3 and one[-1] == "s" and one[-2] not in "su" else one
