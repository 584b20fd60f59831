"""Makes templates/fonts/formulas.woff2, the part of STIX Two Math that formulas in HTML need: their letters and signs.

    npm pack @fontsource/stix-two-math@5.3.0 && tar xzf fontsource-stix-two-math-5.3.0.tgz
    pip install fonttools brotli
    python tools/formula_font.py package/files/stix-two-math-latin-400-normal.woff2

Run once, when signs are added: a page embeds the file as it is, and nothing of this runs with the program.
"""

from __future__ import annotations

import string
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

_OUTPUT = Path(__file__).parent.parent / "templates" / "fonts" / "formulas.woff2"
_ITALIC = 0x1D434  # where the italic letters of mathematics begin: A to Z, a to z
_ITALIC_GREEK = 0x1D6E2  # the same for Greek
_SIGNS = "ϕϵ·×−±=≠≤≥≈∣∈⌊⌋⌈⌉∑⏟…,′ℎ%→←–"
_MATH_FEATURES = ["ssty", "kern", "mark", "mkmk", "ccmp"]  # ssty: letters cut for exponents and indices


def subset(source: Path) -> TTFont:
    """The font with the glyphs that formulas need, and with what is said of them for setting mathematics."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = _MATH_FEATURES
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # with the license
    subsetter = Subsetter(options)
    italic = [_ITALIC + i for i in range(52)] + [_ITALIC_GREEK + i for i in range(58)]
    subsetter.populate(unicodes=[*map(ord, string.printable.strip()), *map(ord, _SIGNS), *range(0x391, 0x3CA), *italic])
    subsetter.subset(font)
    font.flavor = "woff2"
    return font


if __name__ == "__main__":
    subset(Path(sys.argv[1])).save(_OUTPUT)
    print(f"{_OUTPUT.stat().st_size:,} bytes")
