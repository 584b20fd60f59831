"""What happens when Sphinx writes: exercises get titles with their numbers, figures the format that a builder takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.transforms.post_transforms.images import ImageConverter
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from symparams.books.docutils_tree import Placer
from symparams.books.sphinx_directives import ExerciseNode, networks
from symparams.books.sphinx_domain import Exercise, anchor
from symparams.books.tree import tree
from symparams.documents.pdf import check_typst, figure_pdf
from symparams.errors import SymparamsError
from symparams.files import write_whole

_LOGGER = logging.getLogger(__name__)


class Titles(SphinxPostTransform):  # type: ignore[misc]
    """Puts titles on exercises, and what solves them under the titles of their solutions."""

    default_priority = 5  # before references are resolved

    def run(self, **given: Any) -> None:
        domain = networks(self.env)
        for node in list(self.document.findall(ExerciseNode)):
            name = node["exercise"]
            one = domain.exercises.get(name)
            if one is None:
                _LOGGER.warning("there is no exercise named `%s`", name, location=node, type="symparams")
                node.parent.remove(node)
            elif node["solved"]:
                self._solve(node, name, one)
            else:
                title = f"Exercise {domain.number(name)} ({one.name})"
                node.insert(0, nodes.title(title, title))

    def _solve(self, node: Any, name: str, one: Exercise) -> None:
        here = self.env.docname
        said = nodes.Text(f"Exercise {networks(self.env).number(name)}")
        link = make_refnode(self.app.builder, here, one.docname, anchor(name), said)
        node += nodes.title("", "", nodes.Text("Solution of "), link)
        node += Placer(here, lambda equation: [equation]).blocks(tree(one.solution))


def visit_exercise(writer: Any, node: Any) -> None:
    """As an admonition with a title of its own."""
    writer.visit_admonition(node)


def depart_exercise(writer: Any, node: Any) -> None:
    """And its end."""
    writer.depart_admonition(node)


class FigureConverter(ImageConverter):  # type: ignore[misc]
    """Turns our figures into PDF where a builder takes no SVG, such as that for LaTeX."""

    conversion_rules = [("image/svg+xml", "application/pdf")]  # noqa: RUF012 - as Sphinx has it

    def match(self, node: Any) -> bool:
        return bool(node.get("arch")) and super().match(node)

    def is_available(self) -> bool:
        try:
            check_typst()
        except SymparamsError as error:
            _LOGGER.warning("figures: %s", error, type="symparams")
            return False
        return True

    def convert(self, _from: Any, _to: Any) -> bool:
        write_whole(Path(_to), figure_pdf(Path(_from).read_text("utf-8"), "a network as a figure"))
        return True
