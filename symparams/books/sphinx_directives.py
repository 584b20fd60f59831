"""The directives and roles of Sphinx: each asks about networks, in files or in its own text, and places the answer."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from symparams.books.appendix_labels import USUAL, relabelled, renamed
from symparams.books.docutils_tree import Placer
from symparams.books.request import PICTURE, About, Request, Texts, label_of, role_of, words
from symparams.books.sphinx_domain import Exercise, NetworkDomain, anchor
from symparams.books.tree import line, tree
from symparams.commands.console import Inputs
from symparams.errors import Source, SymparamsError
from symparams.files import write_whole

_LOGGER = logging.getLogger(__name__)
_INLINE = "<network>"  # what a network in the text of a directive is called
FIGURES = "arch-figures"  # the folder of figures, among what Sphinx keeps between builds


def read_file(env: Any, name: str) -> Source:
    """What a file holds; the document that is being read depends on it."""
    relative, absolute = env.relfn2path(name)
    env.note_dependency(relative)
    (source,) = Inputs((absolute,), None).sources()
    return replace(source, name=relative)


def networks(env: Any) -> NetworkDomain:
    """What Sphinx keeps of networks."""
    domain: NetworkDomain = env.get_domain(NetworkDomain.name)
    return domain


class Asking(SphinxDirective):  # type: ignore[misc]
    """A directive that asks for something about networks."""

    request: Request  # what it asks for; a subclass is made for each
    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[Any]:
        try:
            return self.placed(self.answer())
        except SymparamsError as error:
            return [self._wrong(error)]

    def placed(self, texts: Texts) -> list[Any]:
        """The nodes for an answer."""
        drawing = {name: texts[name] for name in texts if name.startswith(PICTURE)}
        placer = Placer(
            self.env.docname, self._numbered, lambda name, told: self._image(drawing[PICTURE + name], told), self._noted
        )
        found: list[Any] = placer.blocks(tree(texts["text"]))
        if any(isinstance(node, nodes.section) for node in found) and not self._may_have_sections():
            raise SymparamsError("an appendix stands right below a heading, not in a list or another directive")
        return found

    def _may_have_sections(self) -> bool:
        return isinstance(getattr(self.state, "parent", None), nodes.document | nodes.section)

    def _noted(self, label: str, place: str, title: str) -> None:
        """Have a section, table or figure be meant by its label, in every document."""
        self.env.get_domain("std").note_hyperlink_target(label, self.env.docname, place, title)

    def _image(self, text: str, alt: str) -> Any:
        """A picture that is given as SVG, as a file among what Sphinx keeps."""
        name = nodes.make_id(f"arch-{self.request.key([], About((Source('', text),)))[:24]}")
        path = Path(self.env.doctreedir) / FIGURES / f"{name}.svg"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)
        here = Path(self.env.doc2path(self.env.docname)).parent
        image = nodes.image("", uri=Path(os.path.relpath(path, here)).as_posix(), alt=alt)
        image["arch"] = True
        return image

    def answer(self) -> Texts:
        """What is asked for, from the environment if it is known there."""
        asked = {name: self.options[name] for name in self.request.options if name in self.options}
        arguments, about = self.request.arguments(asked), About(self._sources(), self._slug())
        key = self.request.key(arguments, about)
        return networks(self.env).answered(self.env.docname, key, lambda: self.request.answer(arguments, about))

    def _sources(self) -> tuple[Source, ...]:
        files = words(self.arguments[0]) if self.arguments else []
        if bool(files) == bool(self.content):
            raise SymparamsError("give a FILE, or a network as the text of the directive")
        if not files:
            return (Source(_INLINE, "\n".join(self.content)),)
        return tuple(read_file(self.env, name) for name in files)

    def _slug(self) -> str:
        """What tells its equations from all others: its name; without one where it stands."""
        if "name" in self.options:
            return label_of(self.options["name"])
        return f"{label_of(self.env.docname)}-{self.env.new_serialno(NetworkDomain.name) + 1}"

    def _numbered(self, node: Any) -> list[Any]:
        """A displayed equation with its number, and the target of links to it."""
        domain = self.env.get_domain("math")
        self.set_source_info(node)
        domain.note_equation(self.env.docname, node["label"], location=node)
        node["number"] = domain.get_equation_number_for(node["label"])
        targets = [self._target(f"equation-{node['label']}")]
        for other in node.get("also", ()):  # further kinds of layers have the same rule
            domain.equations[other] = (self.env.docname, node["number"])
            targets.append(self._target(f"equation-{other}"))
        return [*targets, node]

    def _target(self, name: str) -> Any:
        """What links lead to, before what they mean."""
        target = nodes.target("", "", ids=[nodes.make_id(name)])
        self.state.document.note_explicit_target(target)
        return target

    def _place(self, row: int) -> str:
        """The file and the line of a line of the content."""
        source, offset = self.content.items[row - 1]
        if self.content.items[0][1] == 0:  # MyST-Parser counts from the directive, and this behind its options
            return f"{source}:{self.lineno + self.content_offset + row}"
        return f"{source}:{offset + 1}"

    def _wrong(self, error: SymparamsError) -> Any:
        """Tell what is wrong, at its place; what stands instead is the message."""
        message, where = str(error), self.get_location()
        if error.place is not None and error.place.source.name == _INLINE and self.content:
            row, _, _ = error.place.position()
            where = self._place(min(row, len(self.content)))
            message = message.partition(":")[2].partition(":")[2].partition(": ")[2]
        _LOGGER.warning("%s", message, location=where, type="symparams", subtype=self.name)
        return nodes.literal_block(message, message, language="none", classes=["arch-error"])


class Drawing(Asking):
    """The directive for figures, which takes what those of images take."""

    def placed(self, texts: Texts) -> list[Any]:
        told = f"{texts['title']}: {texts['told']}" if texts["title"] else texts["told"]
        image = self._image(texts["svg"], self.options.get("alt", told))
        image.attributes.update({k: self.options[k] for k in ("width", "height", "scale") if k in self.options})
        figure = nodes.figure("", image, align=self.options.get("align", "default"))
        if "caption" in self.options:
            parsed, messages = self.parse_inline(self.options["caption"], lineno=self.lineno)
            figure += [nodes.caption("", "", *parsed), *messages]
        self.set_source_info(figure)
        self.add_name(figure)
        return [figure]


class Appending(Asking):
    """The directive for an appendix, whose labels begin with its name, or with that of its document."""

    def placed(self, texts: Texts) -> list[Any]:
        domain = networks(self.env)
        before = domain.appendices.setdefault(self.env.docname, [])
        self._label = label_of(self.options.get("name") or self.env.docname)
        if "name" not in self.options and before:
            self._label += f"-{len(before) + 1}"
        if before:  # what is alone in its document is found there without the name, too
            texts = {**texts, "text": relabelled(texts["text"], self._label)}
        found = super().placed(texts)
        before.append(self._label)
        for node in found:
            for reference in node.findall(addnodes.pending_xref):
                reference["reftarget"] = renamed(reference["reftarget"], self._label)
        return found

    def _noted(self, label: str, place: str, title: str) -> None:
        super()._noted(renamed(label, self._label), place, title)

    def _numbered(self, node: Any) -> list[Any]:
        usual = [label for label in (node["label"], *node["also"]) if label.startswith(f"{USUAL}:")]
        node["label"] = renamed(node["label"], self._label)
        node["also"] = [renamed(label, self._label) for label in node["also"]]
        return [*(self._target(f"equation-{label}") for label in usual), *super()._numbered(node)]


class ExerciseNode(nodes.Admonition, nodes.Element):  # type: ignore[misc]
    """An exercise, or the solution of one; the place of its title is filled when all numbers are known."""


class Exercising(Asking):
    """The directive for an exercise."""

    def placed(self, texts: Texts) -> list[Any]:
        domain = networks(self.env)
        name = self.options.get("name") or f"{self.env.docname}-{self.env.new_serialno('arch-exercise') + 1}"
        if name in domain.exercises:
            raise SymparamsError(
                f"there are two exercises named `{name[:60]}`, the other one in {domain.exercises[name].docname}"
            )
        place = self.env.new_serialno("arch-exercises")
        domain.exercises[name] = Exercise(self.env.docname, place, texts["name"], texts["solution"])
        domain.solutions.setdefault(self.env.docname, set()).add(name)
        node = ExerciseNode("", *super().placed(texts), exercise=name, solved=False)
        self.set_source_info(node)
        return [self._target(anchor(name)), node]


class Solving(SphinxDirective):  # type: ignore[misc]
    """The directive for the solution of an exercise, which may stand in any document."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[Any]:
        name = self.arguments[0].strip()
        networks(self.env).solutions.setdefault(self.env.docname, set()).add(name)
        node = ExerciseNode("", exercise=name, solved=True)
        self.set_source_info(node)
        return [node]


class Telling(SphinxRole):  # type: ignore[misc]
    """A role that says a number of a network, or of a layer of it."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request

    def run(self) -> tuple[list[Any], list[Any]]:
        try:
            return Placer(self.env.docname, lambda node: [node]).line(line(self._answer()["text"])), []
        except SymparamsError as error:
            _LOGGER.warning("%s", error, location=self.get_location(), type="symparams", subtype=self.name)
            return [nodes.problematic(self.rawtext, self.rawtext)], []

    def _answer(self) -> Texts:
        file, arguments = role_of(self.text)
        about = About((read_file(self.env, file),))
        key = self.request.key(arguments, about)
        return networks(self.env).answered(self.env.docname, key, lambda: self.request.answer(arguments, about))


def directive(request: Request) -> type[Asking]:
    """The directive for what can be asked for."""
    bases = {"arch:figure": Drawing, "arch:exercise": Exercising, "arch:appendix": Appending}
    base = bases.get(request.name, Asking)
    taken: dict[str, Callable[[str], Any]] = {
        name: directives.flag if option.is_flag else directives.unchanged_required
        for name, option in request.options.items()
    }
    if base is Drawing:
        taken |= {"alt": directives.unchanged, "caption": directives.unchanged, "align": _align}
        taken |= {"width": directives.length_or_percentage_or_unitless, "scale": directives.percentage}
    taken["name"] = directives.unchanged_required
    return type(base.__name__, (base,), {"request": request, "option_spec": taken})


def _align(text: str) -> str:
    return str(directives.choice(text, ("left", "center", "right")))
