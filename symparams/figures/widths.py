"""How wide a text is: by the widths of a wide common font, so that it fits its box in others, too."""

from __future__ import annotations

import unicodedata

# Thousandths of the size of letters, as DejaVu Sans has them; Helvetica, Arial and Liberation Sans are narrower.
_WIDTHS = {
    290: "'ijlIJ",
    320: " ,.·",
    360: "/:;\\|f-",
    420: "()[]t!r⌊⌋⌈⌉",
    520: '"*_`sz?c–',
    600: "LFkvxyP",
    640: "TYaoeESbdghnpqu$0123456789{}",
    700: "KAVBRXZC",
    790: "UHNDG&OQw",
    850: "#+<=>^~M×−≥≤",
    1000: "%mW@…",
}
_WIDTH_OF = {character: width for width, characters in _WIDTHS.items() for character in characters}
_OTHER, _WIDE = 750, 1050  # letters of other alphabets, and characters as wide as high
_BOLD = 1.13  # how much wider bold letters are


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a line of text in letters of a size, at most."""
    thousandths = sum(_WIDTH_OF.get(character) or _of_another(character) for character in text)
    return thousandths * size / 1000 * (_BOLD if bold else 1)


def _of_another(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" or ord(character) > 0xFFFF else _OTHER


def shortened(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text, or its beginning with an ellipsis where it is wider than there is room."""
    if width(text, size, bold=bold) <= room:
        return text
    left = room - width("…", size, bold=bold)
    end = 0
    while end < len(text) and (left := left - width(text[end], size, bold=bold)) >= 0:
        end += 1
    return f"{text[:end].rstrip()}…" if end else ""
