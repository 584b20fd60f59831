"""The bibliography: the works that state the rules, and which rule of which layer is found where."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from symparams.errors import listed
from symparams.layers import CATALOGUE, key, with_extensions
from symparams.model.citation import DOCUMENTATION, Citation
from symparams.model.layer import Layer
from symparams.model.tensor import Convention
from symparams.quantities.counts import COUNTS
from symparams.quantities.field import CITED as FIELD
from symparams.quantities.quantity import QUANTITY_RULES

__all__ = ["PREFIX", "REFERENCES", "Citation", "Reference", "documentation", "sources_of"]

PREFIX = "symparams:"  # of the keys in a .bib file, so that they do not clash with an author's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A work, with the fields that BibTeX has for it; capitals that every style must keep stand in braces."""

    key: str  # dumoulin2016: the first author and the year
    type: str  # as BibTeX calls it: article, inproceedings, incollection, misc, manual
    title: str  # "{U-Net}: Convolutional networks …"
    author: tuple[str, ...] = ()  # the family name first, "Dumoulin, Vincent"
    organization: str = ""  # who publishes a manual
    journal: str = ""
    booktitle: str = ""  # the proceedings or the book that it is in
    editor: tuple[str, ...] = ()  # of that book
    publisher: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""  # "770–778", or the number of an article
    edition: str = ""  # the version of a manual
    year: int | None = None  # None: of a manual, which its version dates
    eprint: str = ""  # the number at arXiv
    doi: str = ""
    url: str = ""

    @property
    def venue(self) -> str:
        """Where it appeared, as text: the journal with volume and pages, the proceedings, arXiv."""
        volume = self.volume + (f"({self.number})" if self.number else "")
        if self.journal:
            pages = f":{self.pages}" if volume and self.pages else self.pages
            return _plain(" ".join(filter(None, (self.journal, volume + pages))))
        if self.booktitle:
            book = f"In {self.booktitle} {self.volume}".rstrip()
            pages = f"pages {self.pages}" if self.pages else ""
            return _plain(", ".join(filter(None, (book, pages, self.publisher))))
        return f"arXiv:{self.eprint}" if self.eprint else f"Version {self.edition}" if self.edition else ""

    @property
    def authors(self) -> str:
        """The authors as a text names them: `Dumoulin and Visin`, `He et al.`; of a manual, who publishes it."""
        families = [_plain(name.partition(",")[0]) for name in self.author]
        if len(families) > 3:
            return f"{families[0]} et al."
        return _joined(families) or self.organization

    @property
    def short(self) -> str:
        """The work as a text names it in passing: authors, title and year."""
        return ", ".join(filter(None, (self.authors, _plain(self.title), str(self.year or ""))))

    def plain(self) -> str:
        """The work in one line of text, without marks."""
        authors = _joined([_plain(_initials(name)) for name in self.author]) or self.organization
        dated = ", ".join(filter(None, (self.venue, str(self.year or ""))))
        title = _plain(self.title)
        return f"{authors.rstrip('.')}. {title}{'' if title.endswith('?') else '.'} {dated}."

    def bibtex(self) -> str:
        """The entry for a .bib file, in ASCII, its key behind the prefix."""
        lines = [f"  {name} = {{{_ascii(value)}}}" for name, value in self._fields()]
        return "\n".join([f"@{self.type}{{{PREFIX}{self.key},", ",\n".join(lines), "}"]) + "\n"

    def _fields(self) -> Iterator[tuple[str, str]]:
        """The fields that the entry has, in the usual order; a work that is at arXiv alone names it as its place."""
        yield from (("author", " and ".join(self.author)),) if self.author else ()
        yield "title", self.title
        for name in ("journal", "booktitle"):
            yield from ((name, getattr(self, name)),) if getattr(self, name) else ()
        yield from (("editor", " and ".join(self.editor)),) if self.editor else ()
        for name in ("volume", "number", "pages", "organization", "publisher", "edition"):
            yield from ((name, getattr(self, name)),) if getattr(self, name) else ()
        if self.eprint and not (self.journal or self.booktitle):
            yield "howpublished", f"arXiv:{self.eprint}"
        yield from (("year", str(self.year)),) if self.year else ()
        if self.eprint:
            yield from (("eprint", self.eprint), ("archiveprefix", "arXiv"))
        yield from ((name, value) for name, value in (("doi", self.doi), ("url", self.url)) if value)


class _References(Mapping[str, Reference]):
    """The works by their keys, read when first asked for."""

    def __getitem__(self, name: str) -> Reference:
        return _bibliography()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_bibliography())

    def __len__(self) -> int:
        return len(_bibliography())


REFERENCES: Mapping[str, Reference] = _References()


@cache
def _bibliography() -> Mapping[str, Reference]:
    import tomllib  # noqa: PLC0415 - only who prints a bibliography needs it

    entries = tomllib.loads((Path(__file__).with_suffix(".toml")).read_text("utf-8"))
    return {name: _reference(name, entry) for name, entry in entries.items()}


def _reference(name: str, entry: Mapping[str, Any]) -> Reference:
    given: dict[str, Any] = {
        field: tuple(value) if isinstance(value, list) else value for field, value in entry.items()
    }
    return Reference(key=name, **given)


def sources_of(kind: str, quantity: str, convention: Convention | None = None) -> tuple[Citation, ...]:
    """Where the rule of a quantity for a kind of layer is found.

    The kind is any name of the catalogue. What the layer declares comes first; the shapes and parameters of one that
    declares nothing are as the documentation of its frameworks says, and a further quantity has sources of its own.
    With a convention, the documentation of the other framework is left out. (): nothing is said of its source.
    """
    entry = with_extensions(CATALOGUE, [kind]).get(key(kind))
    quantity = "params" if quantity in COUNTS else quantity  # their parts come with them
    found = () if entry is None else _declared(entry.layer, quantity)
    if not found:
        found = FIELD if quantity == "field" else QUANTITY_RULES[quantity].cited if quantity in QUANTITY_RULES else ()
    other = {"keras": "pytorch", "torch": "keras"}.get(convention or "")
    return tuple(one for one in found if one.key != other)


def _declared(layer: type[Layer], quantity: str) -> tuple[Citation, ...]:
    """What the class itself declares, not the one that it is made from."""
    usual = (Citation(DOCUMENTATION),) if quantity in ("shape", "params") else ()
    cited = vars(layer).get("cited", {}).get(quantity, usual)
    return tuple(page for one in cited for page in (documentation(layer) if one.key == DOCUMENTATION else (one,)))


def documentation(layer: type[Layer]) -> tuple[Citation, ...]:
    """The page of each framework that has the layer: the first of its classes, of one for several ranks that for 2D."""
    classes: dict[str, list[str]] = {}
    for called in vars(layer).get("calls", ()):
        classes.setdefault(called.framework, []).extend(called.names)
    return tuple(
        Citation(work, f"{module}.{_page(classes[framework])}")
        for framework, work, module in (("keras", "keras", "keras.layers"), ("torch", "pytorch", "torch.nn"))
        if framework in classes
    )


def _page(names: list[str]) -> str:
    flat = re.sub(r"[13]([dD])", r"2\1", names[0])
    return flat if flat in names else names[0]


def _plain(text: str) -> str:
    """Text without the braces that keep capitals."""
    return text.replace("{", "").replace("}", "")


def _joined(names: list[str]) -> str:
    """`A, B and C`; BibTeX's `others` are `et al.`"""
    if names[-1:] == ["others"]:
        return f"{', '.join(names[:-1])} et al."
    return listed(names)


def _initials(name: str) -> str:
    """`Dumoulin, Vincent` -> `V. Dumoulin`; a name in one piece stays."""
    family, _, given = name.partition(", ")
    initials = [re.sub(r"\w+\.?", lambda word: f"{word[0][0]}.", part) for part in given.split()]
    return " ".join([*initials, family])


_ACCENTS = {"\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u030c": "v ", "\u0327": "c "}
_SIGNS = {
    "–": "--",
    "×": r"{$\times$}",
    "ß": r"{\ss}",
    "ł": r"{\l}",
    "Ł": r"{\L}",
    "ø": r"{\o}",
    "&": r"\&",
    "ı": r"{\i}",
}


def _ascii(text: str) -> str:
    """Text as every BibTeX reads it, its accents as commands."""
    written = ""
    for sign in text:
        letter, mark = unicodedata.normalize("NFD", sign)[0], unicodedata.normalize("NFD", sign)[1:]
        written += f"{{\\{_ACCENTS[mark]}{letter}}}" if mark else _SIGNS.get(sign, sign)
    return written
