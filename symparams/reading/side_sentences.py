"""Questions beside the one about a number: whether something changes it, in the sentences of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

from symparams.reading.doubts import Sentences, asking
from symparams.reading.items import marked_items

Wanted: TypeAlias = Literal["", "more", "fewer", "same"]

_POLAR = re.compile(  # a verb at the beginning of a clause
    r"(?:^|[,;:(—–]\s*|\b(?:and|but|so|then|also|or)\s+)(?:(?:and|but|so|then|also)\s+)?"
    r"(?:do|does|did|is|are|was|should|would|will|can|could|must|has|have|do|don|doesn|isn|aren|shouldn|wouldn|won)"
    r"(?:n?['’]t)?\s+\S|\bI\s+(?:also\s+)?(?:thought|think|guess|assumed?|supposed?)\b",
    re.I,
)
_WHAT = re.compile(
    r"\bwhat\s+(?:\w+\s+)?(?:changes?|happens?|becomes?|(?:is\s+)?different)\b|\bhow\b[^?]*\bchange"
    r"|\bwhat\s+if\b"
    r"|\bhow\s+(?:many|much)\b[^?]*\b(?:sav(?:e|es|ing)|fewer|less|more|add)\b",
    re.I,
)
_UNDER = re.compile(r"^\W*(?:(?:and|but|so)\s+)?(?:what\s+about\s+)?(?:with|without)\b", re.I)
_WHY = re.compile(r"^\W*(?:(?:and|but|so|also|then)\s+)?(?:why|how|where|which|who|when)\b", re.I)
_DENIED = re.compile(
    r"\bindependent|\bregardless|\birrespective|\bno\s+(?:effect|influence|impact)|\bnothing\s+to\s+do|\bignore|\bnot\s+(?:matter|depend|affect)"
    r"|(?<!^)(?<!, )\b(?:do|does|is|are|would|will|should)(?:\s+not|n['’]t)\s+(?:\w+\s+)?"
    r"(?:matter|depend|affect|change|enter|count|add|influence)",
    re.I,
)
_EFFECT = re.compile(
    r"\b(?:depend|affect|matter|enter|influenc|impact|chang|differ|increas|decreas|reduc|cut|halv|half|doubl|tripl|grow|shrink"
    r"|sav(?:e|es|ing)\b|add(?:s|ed|ing)?\b|fewer|less\b|more\b|larger|smaller|bigger|cost|need|\brole\b|contribut|count|help|remov|drop(?:s|ped)\b)",
    re.I,
)
_FEWER = re.compile(
    r"\b(?:decreas|reduc|cut|halv|half|shrink|sav(?:e|es|ing)\b|fewer|less\b|smaller|remov|drop(?:s|ped)\b)", re.I
)
_MORE = re.compile(r"\b(?:increas|doubl|tripl|grow|add(?:s|ed|ing)?\b|more\b|larger|bigger|cost)", re.I)
_SAME = re.compile(
    r"\bsame\s+(?:number|count|amount|total|param|with|for|if|when)|\bthe\s+same\s*(?:[?,]|$)|\bunchanged\b|\bstays?\b",
    re.I,
)
_CONFIRMED = re.compile(r",\s*(?:right|correct|no|yes|or\s+not|isn['’]t\s+it|doesn['’]t\s+it)\s*\?$", re.I)
_AMOUNT = re.compile(r"\b(?:times|factor)\b|\d\s?x\b", re.I)
_FACTORS = (
    (re.compile(r"\b(?:halv\w*|half)\b", re.I), Fraction(1, 2)),
    (re.compile(r"\bquarter", re.I), Fraction(1, 4)),
    (re.compile(r"\b(?:doubl\w*|twice)\b", re.I), Fraction(2)),
    (re.compile(r"\btripl\w*\b", re.I), Fraction(3)),
)


_MOST = 16  # sentences that are looked at
_LONGEST = 400  # characters of a sentence, up to its end


class Ask(NamedTuple):
    """A sentence that asks."""

    text: str  # with single blanks
    number: int  # which sentence of the text it is, from 0
    first: int  # the first sentence of the item in which it stands; its own number where it stands in none
    mark: str  # of the item in which it stands, as it is written: b); empty: it stands in none
    is_polar: bool  # whether it can be answered by yes or no
    is_what: bool  # whether it asks what changes
    is_denied: bool  # whether it says that something does not matter
    about_effect: bool  # whether it asks if something changes something
    wanted: Wanted  # what it expects of the number; "": to change
    factor: Fraction | None  # how many times as much it expects: half as much; None: it does not say
    is_amount: bool  # whether it says by how much in another way


def asks(prose: str) -> Iterator[Ask]:
    """The first sentences with a question mark or in an item, in order; of those that are the same only the first."""
    sentences = Sentences(prose)
    items = list(marked_items(prose))
    every = {n for mark, item in items for n in range(sentences.of(item.start), sentences.of(item.end - 1) + 1)}
    seen: set[tuple[str, str]] = set()
    for number in sorted(asking(prose) | every):
        whole = sentences.text(number)
        start = 0 if number == 0 else sentences.ends[number - 1]
        middle = start + len(whole.rstrip()) - 1
        mark = next((mark for mark, item in items if item.start <= middle < item.end), "")
        inside = next((item for _, item in items if item.start <= middle < item.end), None)
        text = whole if inside is None else prose[max(start, inside.start) : min(start + len(whole), inside.end)]
        asked = " ".join(text.split())[-_LONGEST:]
        if (mark, asked) not in seen:
            seen.add((mark, asked))
            yield _ask(asked, number, number if inside is None else sentences.of(inside.start), mark)
        if len(seen) == _MOST:
            return


def _ask(text: str, number: int, first: int, mark: str) -> Ask:
    why = _WHY.match(text) is not None
    denied = _DENIED.search(text) is not None and not why
    polar = (_POLAR.search(text) or _CONFIRMED.search(text)) is not None and not denied and not why
    fewer, more = _FEWER.search(text) is not None, _MORE.search(text) is not None
    same = _SAME.search(text) is not None
    wanted: Wanted = "same" if same else "" if fewer == more else "fewer" if fewer else "more"
    what = _WHAT.search(text) is not None or (_UNDER.match(text) is not None and not polar)
    effect = same or _EFFECT.search(text) is not None
    factor = next((factor for words, factor in _FACTORS if words.search(text)), None)
    return Ask(text, number, first, mark, polar, what, denied, effect, wanted, factor, _AMOUNT.search(text) is not None)
