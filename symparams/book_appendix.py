"""The appendix of a book, as Python has it; loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from symparams import limits
from symparams.api import Net
from symparams.appendices.files import Place, check_place, difference, write
from symparams.appendices.making import EXERCISES
from symparams.appendices.request import SUFFIXES, TEXTS, TITLE, Composed, Request, check_request, whole
from symparams.documents.pdf import pdf
from symparams.errors import SymparamsError, listed
from symparams.results import Shown


@limits.face
@dataclass(frozen=True, repr=False)
class Appendix(Shown):
    """Notation, each rule once, a section for each network, exercises with solutions; made by `appendix`."""

    nets: tuple[Net, ...]  # in the order of their sections
    _request: Request

    @property
    def _layers(self) -> int:
        return sum(map(len, self.nets))

    @cached_property
    def _composed(self) -> Composed:
        return Composed(self._request, [net._network for net in self.nets])

    def _rendered(self, format_: str) -> str:
        if format_ not in TEXTS or format_ == "pdf":
            known = [name for name in TEXTS if name != "pdf"]
            raise SymparamsError(f"an appendix is written as {listed(known, 'or')}, not as {format_[:60]}")
        return self._composed.text(format_)

    def _whole(self) -> Composed:
        return Composed(whole(self._request), self._composed.networks)

    def to_latex(self, *, standalone: bool = False) -> str:
        """A part of a book to \\input, or with `standalone` a whole document; `write` gives its pictures, too."""
        return (self._whole() if standalone else self._composed).text("latex")

    def to_html(self, *, standalone: bool = True) -> str:
        """A page that needs no other file; there are no blocks without one."""
        return self._rendered("html")

    def to_typst(self, *, standalone: bool = False) -> str:
        """A part of a book to #include, or with `standalone` a whole document."""
        return (self._whole() if standalone else self._composed).text("typst")

    def to_pdf(self, *, fonts: Sequence[str] = (), engine: str = "typst") -> bytes:
        """The bytes of a PDF, made by Typst alone; `fonts` are files or folders with characters that its own lack."""
        if engine != "typst":
            raise SymparamsError(f"an appendix is set by Typst, not by {engine[:60]}; to_latex gives what LaTeX sets")
        return pdf(self.to_typst(standalone=True), fonts)

    def to_text(self) -> str:
        return self.to_markdown()

    def to_json(self) -> str:
        """Everything that is in it, as data."""
        return self._rendered("json").rstrip("\n")

    def with_template(self, template: str | Path, format: str = "latex") -> str:
        """What a Jinja template of your own makes of it, in a sandbox.

        `format`: the marks that it writes: latex, typst, html or markdown. The file is read whenever it is used.
        """
        request = replace(self._request, template=Path(template))
        return self._composed.by(request).text(format)

    def to_format(self, name: str) -> str:
        return self._rendered(name)

    @property
    def bibliography(self) -> str:
        """The entries of the works that are cited, for BibTeX."""
        return self._composed.bibliography

    def write(self, path: str | Path, format: str | None = None, *, fonts: Sequence[str] = ()) -> None:
        """Write it to a folder, or to a file whose suffix says the format, with all that belongs to it.

        `format`: latex, typst, pdf, html, markdown or json. Raises SymparamsError where something else stands.
        """
        place = _place(Path(path), format)
        check_place(place, self._request)
        write(place, self._composed, fonts)

    def differences(self, path: str | Path, format: str | None = None) -> str:
        """How what was written differs from this, line by line; empty where it does not."""
        return difference(_place(Path(path), format), self._composed)

    def _repr_latex_(self) -> None:
        """None: it is a part of a book."""

    def _repr_mimebundle_(self, **choice: Any) -> dict[str, str]:
        return {"text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Appendix: {len(self.nets)} networks, {len(self._composed.contents.rules)} rules>"

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # without what was worked out


def _place(path: Path, format_: str | None) -> Place:
    meant = SUFFIXES.get(path.suffix.lower())
    chosen = format_ or meant or "latex"
    if chosen not in TEXTS:
        raise SymparamsError(f"an appendix is written as {listed(list(TEXTS), 'or')}, not as {chosen[:60]}")
    if meant not in (None, chosen):
        raise SymparamsError(f"{path} stands for {meant}, not for {chosen}")
    return Place(path, chosen)


@limits.work()
def appendix(
    *nets: Net,
    title: str = TITLE,
    exercises: int = EXERCISES,
    section: str = "section",
    digits: str = "comma",
    pictures: str = "pdf",
) -> Appendix:
    """The appendix of a book on some networks, as `symparams appendix` makes it.

    `title`: its heading; `exercises`: at most so many; `section`: the level of its heading, chapter, section or
    subsection; `digits`: the mark between thousands, comma, space or none; `pictures`: what those of LaTeX are, pdf,
    or tikz, which TeX itself draws.
    """
    sources = tuple(replace(net._source) for net in nets)
    request = Request(sources, {}, title, exercises, section, digits, drawn=pictures)
    check_request(request)
    return Appendix(nets, request)
