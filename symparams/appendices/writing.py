"""The record of an appendix + a format -> text."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from symparams.algebra.typst_notation import quoted
from symparams.appendices.document import AppendixDocument, Made, Pictures, Work
from symparams.appendices.record import Appendix
from symparams.appendices.wording import extremes, halved, lettered, settings, too_long
from symparams.documents.escaping import escape_latex
from symparams.documents.formats import Format, check_letters, format_named
from symparams.documents.html_page import page_style
from symparams.documents.rendering import Document, environment, tidied, typesetter, written_with
from symparams.references import PREFIX, REFERENCES, Citation
from symparams.version import __version__

LETTER = "A"  # of the appendix, where the format does not number it
FORMATS = ("latex", "typst", "html", "markdown")  # whose text can be written


def written(
    appendix: Appendix,
    format_: str,
    made: Made,
    pictures: Pictures,
    title: str,
    digits: str = "comma",
    depth: int = 1,
    level: str = "section",
    drawn: str = "pdf",
) -> str:
    """The text; `depth`: the level of its heading, in LaTeX `level`; `drawn`: what pictures are there, pdf or tikz."""
    record = _record(format_named(format_, digits))
    setter = typesetter(record)
    env = environment(record).overlay()  # whose filters other documents do not have
    env.filters = env.filters | {
        "settings": settings, "fitted": _fitted, "halved": halved, "too_long": too_long, "extremes": extremes,
        "quoted": quoted,
        "lettered": lambda totals: [
            (setter.word(word), [setter.broken(value, word)]) for word, value in lettered(totals)
        ],
    }  # fmt: skip
    own = env.get_template(f"appendix/{format_}.j2")
    numbers = {key: number for number, key in enumerate(appendix.keys, 1)}
    blocks = own.make_module({"depth": depth, "letter": LETTER, "level": level, "drawn": drawn})

    def cited(citation: Citation) -> str:
        return str(blocks.cite(citation.key, citation.place, numbers[citation.key]))  # type: ignore[attr-defined]

    text = env.get_template("appendix/appendix.j2").render(
        x=appendix,
        a=blocks,
        made=made,
        title=title,
        pictures=pictures.networks,
        windows=pictures.windows,
        numbers=_numbers(appendix),
        cited=cited,
        works=[REFERENCES[key] for key in appendix.keys],
    )
    return tidied(check_letters(text, record), record)


SAID = ("names", "kinds", "axes", "letter", "trained", "stem", "asked", "found")  # in say.j2: also for own templates


def written_by(
    template: Path,
    appendix: Appendix,
    format_: str,
    made: Made,
    pictures: Pictures,
    title: str,
    digits: str = "comma",
    layers: int = 0,
) -> str:
    """What a template of a user's own makes of it, behind the comment on how it was made; of so many layers."""
    document = Document(format=format_, digits=digits)
    env = environment(document.record)
    say = env.get_template("appendix/say.j2").module
    works = tuple(Work(PREFIX + key, REFERENCES[key].plain()) for key in appendix.keys)
    about = AppendixDocument(title, made, appendix, *pictures, works)
    text = written_with(template, layers, document, d=about, **{name: getattr(say, name) for name in SAID})
    comment = env.get_template(f"appendix/{format_}.j2").module.comment(made)  # type: ignore[attr-defined]
    return f"{str(comment).strip()}\n{text}"


def _numbers(appendix: Appendix) -> dict[str, str]:
    """The numbers of the sections, by their labels."""
    labels = ["sp:notation", "sp:rules", *(f"sp:net:{one.slug}" for one in appendix.sections)]
    labels += ["sp:comparison"] if len(appendix.sections) > 1 else []
    labels += ["sp:exercises", "sp:solutions"]
    return {label: f"{LETTER}.{number}" for number, label in enumerate(labels, 1)}


@cache
def _record(record: Format) -> Format:
    """The format, in which numbers can be set by an author's own command."""
    if record.name != "latex":
        return record
    return replace(record, number=_own_number, named=_breakable, code=_breakable)


_BREAKS = re.compile(r"[^._/-]{9}(?=[^._/-]{3})|[^._/-]*[._/-]|.+")  # pieces of a name between which a line may end


def _breakable(name: str) -> str:
    """A name or a piece of code that columns may be too narrow for."""
    return "\\texttt{" + "\\allowbreak{}".join(map(escape_latex, _BREAKS.findall(name))) + "}"


_RIGID = re.compile(r"\$(?:\{|[^$]*(?:\\left|\\Bigl))[^$]*\$")  # formulas in which TeX ends no line


def _fitted(cell: str) -> str:
    """A cell in LaTeX with formulas that are no wider than its column; lines may end between the sizes of a shape."""
    return _RIGID.sub(lambda found: r"$\,\times\,$\allowbreak".join(map(_fit, found[0][1:-1].split(r" \times "))), cell)


def _fit(formula: str) -> str:
    return f"\\spm{{${formula}$}}" if not formula.isalnum() else f"${formula}$"


def _own_number(text: str) -> str:
    digits = "".join(c for c in text if c.isdigit())
    return text if digits == text or not text[:1].isdigit() or "." in text else f"\\spnum{{{digits}}}{{{text}}}"


def standalone(text: str, format_: str, title: str) -> str:
    """A whole document around the text."""
    env = environment(_record(format_named(format_)))
    template = env.get_template(f"appendix/document.{_SUFFIX[format_]}.j2")
    return template.render(body=text, style=page_style(), version=__version__, title=html.escape(title))


_SUFFIX = {"latex": "tex", "typst": "typ", "html": "html"}


def bibliography(keys: Sequence[str]) -> str:
    """The entries of the works that are cited."""
    return "\n".join(REFERENCES[key].bibtex() for key in keys)
