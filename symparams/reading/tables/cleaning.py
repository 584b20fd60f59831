"""A text without what terminals, mail programs and comments put into it; every character keeps its place."""

from __future__ import annotations

import re
from typing import NamedTuple

from symparams.errors import Span


class Cleaned(NamedTuple):
    """A text as long as the original one."""

    text: str
    codes: tuple[Span, ...]  # colors of a terminal that were taken out
    marks: tuple[Span, ...]  # marks before lines that were taken out: of comments, of quotes


_CODES = re.compile(r"(?:\x1b|␛|\\x1b|\\e|\\033|\^\[)?\[(?:\d{1,3}(?:;\d{1,3}){0,4})?m")
_MARKS = re.compile(
    r"^[ \t]*+(?:(?:#++|>|//++|%++|\*|;++|\.\.\.:?)[ \t]*+)++(?=\S)|^[ \t]*+(?:#++|>|//++)[ \t]*+$", re.MULTILINE
)
_COUNTED = re.compile(  # what ptflops writes into print(model): `1.34 k, 0.020% Params, 95.1 KMac, 0.016% MACs, `
    r"[\d.]{1,20}[ ]?[kKMGT]?,\s[\d.]{1,20}%[ ]Params,\s[\d.]{1,20}[ ]?[KMGT]?Macs?,\s[\d.]{1,20}%[ ]MACs,?[ ]?"
)
_HIERARCHICAL = re.compile(
    r"(?<=\)),\s[\d,]{1,20}\sparams(?=\s|\Z)"
)  # what pytorch_model_summary writes behind modules
_ENTITIES = {"&nbsp;": " ", "&gt;": ">", "&lt;": "<", "&quot;": '"', "&amp;": "&", "&#39;": "'", "&#x27;": "'"}
_ENTITY = re.compile("|".join(_ENTITIES))
_BLANKS = "\xa0" + "".join(map(chr, range(0x2000, 0x200E))) + "\u202f\u205f\u2060\u3000\ufeff\t\r\x0b\x0c"
_FULL_WIDTH = "（）［］，：．－＿＃"
_WIDE = str.maketrans(
    _BLANKS + _FULL_WIDTH + "０１２３４５６７８９" + "┃║‖", " " * len(_BLANKS) + "()[],:.-_#" + "0123456789" + "│││"
)


def cleaned(text: str) -> Cleaned:
    """The text with blanks in place of codes, marks and entities."""
    codes, text = _without(_CODES, text)
    marks, text = _without(_MARKS, text)
    if "% Params" in text:
        _, text = _without(_COUNTED, text)
    if "), 0 params" in text:
        _, text = _without(_HIERARCHICAL, text)
    if "&" in text:
        text = _ENTITY.sub(lambda m: _ENTITIES[m[0]].ljust(len(m[0])), text)
    if "\n" not in text.strip() and text.lstrip().startswith("#"):  # a comment whose lines were joined
        text = re.sub(r"(?<=\s)#(?=\s)|^#", " ", text)
    return Cleaned(text.translate(_WIDE), codes, marks)


def _without(pattern: re.Pattern[str], text: str) -> tuple[tuple[Span, ...], str]:
    """Where a pattern stands, and the text with blanks there."""
    found = tuple(Span(m.start(), m.end()) for m in pattern.finditer(text) if m[0].strip())
    return found, pattern.sub(lambda m: " " * len(m[0]), text) if found else text
