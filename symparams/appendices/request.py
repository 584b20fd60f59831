"""What an appendix is asked for, and what it becomes: a text, a bibliography and pictures."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from symparams import limits
from symparams.algebra.formula import Formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.appendices.contract import record
from symparams.appendices.document import Made, Pictures
from symparams.appendices.making import EXERCISES, appendix_of, file_of
from symparams.appendices.pictures import Drawn, picture, pictures_of, shown_in, windows_of_rule
from symparams.appendices.record import Appendix
from symparams.appendices.writing import bibliography, standalone, written, written_by
from symparams.documents.formats import FORMATS
from symparams.documents.own_templates import template_text
from symparams.documents.rendering import standalone as whole_document
from symparams.errors import Source, SymparamsError, listed
from symparams.figures.scene import Scene
from symparams.model.network import Network
from symparams.model.tensor import Convention
from symparams.version import __version__

TITLE = "Counting the networks of this book"
DRAWN = {"pdf": ".pdf", "tikz": ".tex"}  # what pictures of LaTeX can be, and how their files end
LEVELS = ("chapter", "section", "subsection")  # of the heading
_WRITTEN = {
    **{name: FORMATS[name].suffixes for name in ("latex", "typst", "html", "markdown")},
    "pdf": (".pdf",),
    "json": (".json",),
}
TEXTS = {name: suffixes[0] for name, suffixes in _WRITTEN.items()}  # what it is written in, and how such files end
OWN = ("latex", "typst", "html", "markdown")  # what a template of a user's own writes
SUFFIXES = {suffix: name for name, suffixes in _WRITTEN.items() for suffix in suffixes}  # what each ending stands for
_OPEN = "0" * 12  # in place of the digest of the contents, until it is known
HEAD = re.compile(r"Made by symparams (\S+); sources ([0-9a-f]{12}); contents ([0-9a-f]{12})")


@dataclass(frozen=True)
class Request:
    """What was asked for; equal ones give the same bytes."""

    sources: tuple[Source, ...]  # the texts of the networks
    given: Mapping[str, Formula]  # values for letters
    title: str = TITLE
    exercises: int = EXERCISES  # at most
    level: str = "section"  # one of LEVELS
    digits: str = "comma"  # the mark between groups of three digits
    whole: bool = False  # whether a document stands around the text
    words: tuple[str, ...] = ()  # of the command that made it
    unstated: Convention | None = None  # the convention of sources that state none; None: that of Keras
    template: Path | None = None  # a template of the user's own, which writes the text
    drawn: str = "pdf"  # one of DRAWN: what the pictures of LaTeX are

    def digest(self, format_: str) -> str:
        """Equal for requests that give the same in a format."""
        texts = [(file_of(s), s.text, s.kind, s.model) for s in self.sources]
        values = sorted((name, shown(formula, SOURCE)) for name, formula in self.given.items())
        about = (self.title, self.exercises, self.level, self.digits, self.whole, self.words, format_, __version__)
        template = None if self.template is None else template_text(self.template)
        drawn = [self.drawn] if self.drawn != "pdf" else []
        return _hashed(json.dumps([texts, values, about, self.unstated, template, *drawn]))


def check_request(request: Request) -> None:
    """Raise SymparamsError for what cannot be made."""
    if request.level not in LEVELS:
        raise SymparamsError(f"an appendix is a {listed(LEVELS, 'or')}, not `{request.level[:60]}`")
    if request.drawn not in DRAWN:
        raise SymparamsError(f"pictures of LaTeX are {listed(list(DRAWN), 'or')}, not `{request.drawn[:60]}`")
    if request.exercises < 0:
        raise SymparamsError(f"there can be 0 exercises or more, not {request.exercises}")
    if not request.sources:
        raise SymparamsError("an appendix needs a network")


class Composed:
    """An appendix with its pictures, for any format."""

    def __init__(self, request: Request, networks: Sequence[Network]) -> None:
        check_request(request)
        self.request, self.networks = request, tuple(networks)

    @cached_property
    def contents(self) -> Appendix:
        """The appendix as data."""
        with limits.work(sum(len(network.nodes) for network in self.networks)):
            pairs = list(zip(self.request.sources, self.networks, strict=True))
            return appendix_of(pairs, self.request.exercises)

    @cached_property
    def drawn(self) -> dict[str, dict[str, Drawn]]:
        """The pictures of each network, by its slug and their names."""
        pairs = zip(self.networks, self.contents.sections, strict=True)
        return {section.slug: pictures_of(network, section) for network, section in pairs}

    @cached_property
    def windows(self) -> dict[int, tuple[str, Drawn]]:
        """By the number of the rule for a size where windows stand: the name of the picture's file, and the picture."""
        return {rule.number: windows_of_rule(rule) for rule in self.contents.rules if rule.example is not None}

    def _shown(self, format_: str) -> Pictures:
        """All pictures as a text in the format has them."""
        networks = {slug: shown_in(format_, drawn) for slug, drawn in self.drawn.items()}
        return Pictures(networks, {number: picture(format_, *named) for number, named in self.windows.items()})

    def text(self, format_: str) -> str:
        """The text in one of TEXTS but pdf, whose text is that of Typst."""
        request = self.request
        if request.template is not None and format_ not in OWN:
            raise SymparamsError(f"a template writes an appendix as {listed(OWN, 'or')}, not as {format_}")
        if format_ == "json":
            return json.dumps(record(self.contents), ensure_ascii=False, indent=2) + "\n"
        files = tuple(file_of(source) or "a text" for source in request.sources)
        digest = request.digest("pdf" if format_ == "typst" and request.whole else format_)
        made = Made(files, request.words, f"sources {digest}; contents {_OPEN}")
        pictures = self._shown(format_)
        if request.template is not None:
            return sealed(self._by_template(request.template, format_, made, pictures))
        depth = max(LEVELS.index(request.level), 1) if not (request.whole or format_ == "html") else 1
        about = (request.title, request.digits, depth, request.level, request.drawn)
        body = written(self.contents, format_, made, pictures, *about)
        if request.whole or format_ == "html":
            body = standalone(body, format_, request.title)
        return sealed(body)

    def body(self, format_: str) -> str:
        """The text in a format, without a title, a document around it, or how it was made."""
        return written(self.contents, format_, Made((), ()), self._shown(format_), "", self.request.digits)

    def by(self, request: Request) -> Composed:
        """The same networks, asked for otherwise; what is known of them is not worked out again."""
        other = Composed(request, self.networks)
        if request.exercises == self.request.exercises:
            other.__dict__.update(contents=self.contents, drawn=self.drawn, windows=self.windows)
        return other

    def _by_template(self, template: Path, format_: str, made: Made, pictures: Pictures) -> str:
        layers = sum(len(network.nodes) for network in self.networks)
        about = (self.contents, format_, made, pictures, self.request.title, self.request.digits, layers)
        text = written_by(template, *about)
        return whole_document(text, format_) if self.request.whole else text

    @property
    def bibliography(self) -> str:
        """The file of the works that are cited."""
        return bibliography(self.contents.keys)

    @property
    def pictures(self) -> dict[str, Scene]:
        """All pictures, by the names of their files."""
        found = dict(self.windows.values())
        return {name: drawn.scene for several in (found, *self.drawn.values()) for name, drawn in several.items()}


def sealed(text: str) -> str:
    """The text with a digest of itself in its head."""
    return text.replace(f"contents {_OPEN}", f"contents {_contents(text)}", 1)


def is_sealed(text: str) -> bool:
    """Whether nobody has changed a text since it was made."""
    found = HEAD.search(text)
    return found is not None and found[3] == _contents(text)


def _contents(text: str) -> str:
    return _hashed(HEAD.sub("", text, count=1))


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def whole(request: Request) -> Request:
    """The same as a document that stands alone."""
    return replace(request, whole=True)
