"""A made-up format in which every piece stands in a tag, and what is wrong with a document in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from symparams.algebra.notation import Notation
from symparams.documents.formats import Format

SIGNS = ("==", "!=", "<", "<=", ">", ">=", "divides", "about")


def _escaped(text: str) -> str:
    """A text in which only letters, digits, spaces and marks of sentences stand for themselves."""
    return f"<t>{re.sub(r'[^A-Za-z0-9 .,:;()]', lambda m: f'&#{ord(m[0])};', text)}</t>"


TAGGED = Format(
    name="tagged",
    notation=Notation(
        number="<n>{}</n>".format,
        plus=" <plus/> ",
        times="<times/>",
        beside="<beside/>",
        parting="<parting/>",
        cross="<cross/>",
        minus=" <minus/> ",
        leading_minus="<negative/>",
        group="<group/>",
        thin="<thin/>",
        symbol=lambda name: f"<s>{_escaped(name)}</s>",
        indexed=lambda letter, name: f"<index>{letter}{_escaped(name)}</index>",
        word=lambda text: f"<word>{_escaped(text)}</word>",
        blank=lambda mark: f"<blank>{_escaped(mark)}</blank>",
        quotient="<quotient>{}<over/>{}</quotient>".format,
        over="<slash/>",
        power="<power>{}<to/>{}</power>".format,
        function=lambda name, arguments: f"<call>{_escaped(name)}<of/>{'<comma/>'.join(arguments)}</call>",
        series="<series>{}<for/>{}<from/>{}<to/>{}</series>".format,
        bracket="<bracket>{}</bracket>".format,
        modulo="<modulo/>",
        relation={sign: f"<sign-{at}/>" for at, sign in enumerate(SIGNS)},
        comma="<comma/>",
        dots="<dots/>",
        members="{}<in/>{}".format,
        exact=False,
        labelled=lambda terms, start: (
            start + "<plus/>".join(f"<term>{term}{''.join(map(_escaped, texts))}</term>" for term, texts in terms)
        ),
    ),
    inline=("<m>", "</m>"),
    escape=_escaped,
    named=lambda name: f"<name>{_escaped(name)}</name>",
    code=lambda text: f"<code>{_escaped(text)}</code>",
    line_break="<break/>",
    arrow="<arrow/>",
    back="<back/>",
    cross="<cross/>",
    dots="<dots/>",
    dash="<dash/>",
    percent="<percent/>",
    equals="<equals/>",
    number="<n>{}</n>".format,
    group="<group/>",
    thin="<thin/>",
    code_break="<newline/>",
    across=3,
    blocks=(Path(__file__).parent / "data" / "tagged.j2").read_text("utf-8"),
)

# What may stand directly in a tag; in any other, as in none, only white space.
_PROSE = re.compile(r"[A-Za-z\s.,:;()?'-]*|[1-9]\. [A-Z][a-z]+\.")
_DIRECTLY = {
    **dict.fromkeys(("h1", "h2", "h3", "p", "item", "cell", "strong", "em"), _PROSE),
    "t": re.compile(r"(?:[A-Za-z0-9 .,:;()]|&#\d+;)*"),
    "n": re.compile(r"[0-9.]*"),
    **dict.fromkeys(("label", "ref"), re.compile(r"rule(:[a-z0-9_-]+)+")),
}
_PIECE = re.compile(r"<(/?)([a-z0-9-]+)(/?)>|([^<]+|<)")


def faults(document: str) -> Iterator[str]:
    """What stands in no tag or in the wrong one, tags that are not closed, jumps of headings, labels twice."""
    open_tags: list[str] = []
    for piece in _PIECE.finditer(document):
        closes, tag, alone, text = piece.groups()
        if text is not None:
            where = open_tags[-1] if open_tags else ""
            if not _DIRECTLY.get(where, re.compile(r"\s*")).fullmatch(text):
                yield f"`{text.strip()[:60]}` in <{where}>: {document[max(0, piece.start() - 60) : piece.end() + 20]}"
        elif closes:
            if not open_tags or open_tags.pop() != tag:
                yield f"</{tag}> closes nothing"
        elif not alone:
            open_tags.append(tag)
    yield from (f"<{tag}> is not closed" for tag in open_tags)
    levels = [0, *map(int, re.findall(r"<h(\d)>", document))]
    yield from (f"a heading of level {b} behind {a}" for a, b in pairwise(levels) if b > a + 1)
    labels = re.findall(r"<label>(.*?)</label>", document)
    yield from (f"the label {label} twice" for label in labels if labels.count(label) > 1)
    yield from (f"no label {one}" for one in re.findall(r"<ref>(.*?)</ref>", document) if one not in labels)
