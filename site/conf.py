"""The site of the documentation: python -m sphinx -W -c site . OUT."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from symparams.version import __version__  # noqa: E402

project = "symparams"
author = "the authors of symparams"
release = version = __version__
html_title = f"symparams {__version__}"
language = "en"

# The pages are read where they lie; README.md is the front page.
root_doc = "README"
include_patterns = ["README.md", "CHANGELOG.md", "docs/*.md", "site/*.md"]
exclude_patterns = ["site/front.md"]  # what the front page has besides: where to begin, and the table of contents

extensions = ["myst_parser", "sphinx.ext.autodoc", "symparams.sphinx", "mathml", "executed"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]  # types of other packages, to which nothing is linked
default_role = "code"  # of docstrings
autodoc_class_signature = "separated"  # these classes are made by functions

html_theme = "furo"
html_math_renderer = "mathml"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_extra_path = ["extra"]  # index.html, which leads to README.html

# The page in the browser comes along where it has been built; it is loaded when somebody goes there.
PLAY = HERE.parent / "web" / "out"
html_context = {"play": (PLAY / "index.html").is_file()}
templates_path = ["templates"]
html_sidebars = {
    "**": [
        *("sidebar/brand.html", "sidebar/search.html", "play.html", "sidebar/scroll-start.html"),
        *("sidebar/navigation.html", "sidebar/scroll-end.html"),
    ]
}


def _read(app: Any, name: str, source: list[str]) -> None:
    """Give the front page what it has besides."""
    if name == root_doc:
        before, heading, behind = source[0].partition("\n## ")
        source[0] = f"{before}\n{(HERE / 'front.md').read_text('utf-8')}{heading.lstrip()}{behind}"


def _docstring(app: Any, what: str, name: str, of: object, options: Any, lines: list[str]) -> None:
    """Let code be followed by a letter, as in `let`s: reStructuredText wants a mark there."""
    if what == "module":
        lines.clear()  # the page introduces it
    lines[:] = [re.sub(r"(`[^`]+`)(\w)?", lambda f: f"{f[1]}\\ {f[2]}" if f[2] else f[1], line) for line in lines]


def _page(app: Any, name: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Say what screen readers and keyboards need: how high headings of the contents are, that code can be moved."""
    if "body" in context:
        context["body"] = context["body"].replace("<pre>", '<pre tabindex="0">')
    contents = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = contents.replace('role="heading"', 'role="heading" aria-level="2"')


def _made(app: Any, error: Exception | None) -> None:
    """Put the page in the browser beside the others."""
    if error is None and html_context["play"]:
        shutil.copytree(PLAY, Path(app.outdir) / "play", dirs_exist_ok=True)


def setup(app: Any) -> None:
    """Tell Sphinx what this site has besides."""
    app.add_lexer("mermaid", TextLexer)  # GitHub draws it; a text says the same
    app.connect("source-read", _read)
    app.connect("autodoc-process-docstring", _docstring)
    app.connect("html-page-context", _page, priority=900)  # behind the theme
    app.connect("build-finished", _made)
