"""The blocks of a document in HTML -> the parts of a page: its title, sections that fold, its style."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from functools import cache
from itertools import pairwise

from symparams.resources import folder
from symparams.version import __version__

_FIRST = re.compile(r"<(?:h1|p)>(.*?)</(?:h1|p)>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_BEHIND = ").,;:?!"  # marks that may touch a formula at its end
_SECTION = re.compile(r"\n<h[12]>")  # where one begins
_LONGEST = 90  # characters of a title
_STEPS = '<div class="chain'  # what a section has that folds


def page_parts(body: str) -> dict[str, object]:
    """What the template of a page is given for the blocks of one or more documents."""
    return {
        "title": _title(body),
        "has_heading": "<h1>" in body,
        "body": "".join(map(_folding, _sections(tied(body)))),
        "style": page_style(),
        "version": __version__,
    }


def _title(body: str) -> str:
    """The first heading or, if there is none, what the first paragraph says, without its marks."""
    first = _FIRST.search(body)
    text = html.unescape(" ".join(_TAG.sub("", first[1]).split())) if first else ""
    return html.escape(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def tied(body: str) -> str:
    """Blocks in which formulas stay on one line with the marks that touch them, which browsers would leave on another.

    Searched for as plain text: a pattern that may begin with a bracket is tried at every character.
    """
    before, *others = body.split("<math>")
    found = [before]
    for other in others:
        inside, end, after = other.partition("</math>")
        behind = after.lstrip(_BEHIND)
        opened = "(" if end and found[-1].endswith("(") else ""
        whole = f"{opened}<math>{inside}{end}{after[: len(after) - len(behind)]}"
        if opened:
            found[-1] = found[-1][:-1]
        if opened or len(behind) < len(after):
            whole = f'<span class="whole">{whole}</span>'
        found += [whole, behind]
    return "".join(found)


def _sections(body: str) -> list[str]:
    """The blocks from one heading to the next."""
    starts = [0, *(found.start() + 1 for found in _SECTION.finditer(body)), len(body)]
    return [body[low:high] for low, high in pairwise(starts)]


def _folding(section: str) -> str:
    """A section whose steps can be folded away, if it has any."""
    heading, end, rest = section.partition("</h2>")
    if not end or _STEPS not in rest:
        return section
    return f"<details open>\n<summary>{heading}</h2></summary>\n{rest.strip()}\n</details>\n\n"


@cache
def page_style(*more: str) -> str:
    """The style sheet, with the font for formulas in it; `more` are sheets that are put behind it."""
    sheets = [(folder("templates") / "formats" / name).read_text("utf-8") for name in ("document.css", *more)]
    sheet = "".join(sheets)
    font = (folder("templates") / "fonts" / "formulas.woff2").read_bytes()
    return sheet.replace("FONT", b64encode(font).decode(), 1).rstrip()
