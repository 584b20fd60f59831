"""The catalogue of misconceptions as a page: read off the declarations, so that it cannot be out of date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from symparams import extensions
from symparams.documents.formats import FORMATS
from symparams.documents.rendering import typesetter
from symparams.documents.words import capital
from symparams.errors import SymparamsError, nearest
from symparams.misconceptions.families import CATALOGUE
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.shapes import OF_SHAPES
from symparams.misconceptions.task import ASKED
from symparams.misconceptions.totals import OF_LAYERS

_INTRODUCTION = """\
`symparams diagnose` recognizes a wrong answer by what these mistakes give: each is an edit of the right rule, for every
layer where it makes sense, with numbers and with letters. An answer is explained by one mistake if there is one that
gives it, by one that was carried on from earlier layers, or by two at once.
"""
_WHOLE: dict[str, tuple[Misconception, ...]] = {
    "Shapes as a whole": OF_SHAPES,
    "Totals": OF_LAYERS,
}  # beside the families of edits


def misconception_names() -> tuple[str, ...]:
    """The names of all misconceptions of the package."""
    groups: Sequence[Sequence[Misconception]] = (*_families(CATALOGUE.values()).values(), *_WHOLE.values())
    return tuple(dict.fromkeys(m.name for several in groups for m in several))


def misconceptions_text(name: str | None, format_: str) -> str:
    """One misconception, or all of them."""
    groups: dict[str, Sequence[Misconception]] = {**_families(CATALOGUE.values()), **_WHOLE}
    if name is not None:
        every = {m.name: m for several in groups.values() for m in several}
        one: Misconception | None = every.get(name) or extensions.find("misconception", name)
        if one is None:
            known = (*every, *extensions.names("misconception"))
            raise SymparamsError(f"there is no misconception `{name[:60]}`{nearest(name, known)}")
        return "\n".join(_entry(one, format_))
    groups |= _families(extensions.every("misconception").values())
    markdown = format_ == "markdown"
    lines = ["# The misconceptions", "", _INTRODUCTION] if markdown else []
    if markdown:
        lines += ["| family | misconceptions |", "| --- | --- |"]
        lines += [f"| [{t}](#{_anchor(t)}) | {', '.join(map(_link, some))} |" for t, some in groups.items()] + [""]
    for title, several in groups.items():
        lines += [f"## {title}", ""] if markdown else [title, "=" * len(title), ""]
        for misconception in several:
            lines += _entry(misconception, format_)
    return "\n".join(lines)


def _families(several: Iterable[Misconception]) -> dict[str, list[Misconception]]:
    """Misconceptions by the modules or extensions that they are written in."""
    families: dict[str, list[Misconception]] = {}
    for misconception in several:
        module = misconception.edit.__module__
        outside = extensions.is_outside(module)
        family = extensions.whose(module) if outside else module.rpartition(".")[2].replace("_", " ")
        families.setdefault(capital(family), []).append(misconception)
    return families


def _link(misconception: Misconception) -> str:
    return f"[{misconception.name}](#{_anchor(misconception.name)})"


def _anchor(heading: str) -> str:
    """What a heading is called in a link, as GitHub derives it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _entry(m: Misconception, format_: str) -> Iterator[str]:
    markdown = format_ == "markdown"
    words = typesetter(FORMATS[format_])
    yield from [f"### {words.plain(capital(m.name))}", ""] if markdown else [m.name, ""]
    about = [
        f"{words.sentence(m.explanation)}. {words.sentence(m.repair)}.",
        f"The belief behind it: {words.prose(m.claim)}" if m.claim else "",
        f"For {_quantities(m)}; described in: {words.plain(m.source)}.",
    ]
    for text in filter(None, about):
        yield from [text, ""] if markdown else [f"  {text}"]
    if not markdown:
        yield ""


def _quantities(m: Misconception) -> str:
    known = [*(q for q in ASKED if q in m.quantities), *sorted(m.quantities - {*ASKED, "total"})]
    return ", ".join(known) if known else "totals"
