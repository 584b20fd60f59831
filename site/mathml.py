"""Formulas of pages as MathML, which browsers draw without a script, a font or a request."""

from __future__ import annotations

import html
import re
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.util import logging

_BREAKS = frozenset("=≈≤≥+−")  # before these signs a line can end
_NAMED = re.compile(r"&(?!lt;|gt;|amp;|quot;)\w+;")  # characters that XML has no names for
_WRITER = LatexToMathML(macros={"allowbreak": ""}, fancy_error=False)


def setup(app: Any) -> dict[str, Any]:
    """Tell Sphinx what there is."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def in_a_line(latex: str) -> str:
    """A formula in running text: no browser breaks one, so it is several with places for a break between them."""
    written = _NAMED.sub(
        lambda found: html.unescape(found[0]), _WRITER.convert_with_local_state(latex, displaystyle=False)
    )
    whole = ElementTree.fromstring(written)
    pieces = [ElementTree.Element("math")]
    for part in whole:
        if part.tag == "mo" and part.text in _BREAKS and len(pieces[-1]):
            part.set("form", "infix")  # at the beginning it would be a sign of what follows
            pieces.append(ElementTree.Element("math"))
        pieces[-1].append(part)
    return "<wbr>".join(ElementTree.tostring(piece, "unicode") for piece in pieces)


def _inline(writer: Any, node: nodes.math) -> None:
    try:
        writer.body.append(in_a_line(node.astext()))
    except LatexError as error:
        _warn(error, node)
    raise nodes.SkipNode


def _block(writer: Any, node: nodes.math_block) -> None:
    latex = node.astext()
    if "\\\\" in latex and "\\begin" not in latex:  # lines, as Sphinx takes them
        latex = rf"\begin{{aligned}}{latex}\end{{aligned}}"
    writer.body.append(writer.starttag(node, "div", CLASS="math", TABINDEX="0"))
    try:
        writer.body.append(_WRITER.convert_with_local_state(latex, displaystyle=True))
    except LatexError as error:
        _warn(error, node)
    writer.body.append("</div>\n")
    raise nodes.SkipNode


def _warn(error: LatexError, node: nodes.Element) -> None:
    logging.getLogger(__name__).warning("formula %s: %s", node.astext(), error, location=node)
