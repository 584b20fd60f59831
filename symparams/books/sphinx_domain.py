"""What Sphinx keeps of networks between builds: answers by what was asked, and exercises with their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.roles import XRefRole
from sphinx.util.nodes import make_refnode

from symparams.books.appendix_labels import USUAL
from symparams.books.request import Texts


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise of a book."""

    docname: str  # where it stands
    place: int  # how many stand before it there
    name: str  # a short title: Parameters of conv_2
    solution: str  # a document in the format `tree`


class NetworkDomain(Domain):  # type: ignore[misc]
    """Networks in books."""

    name = "arch"
    label = "networks"
    object_types = {"exercise": ObjType("exercise", "exercise")}  # noqa: RUF012 - as Sphinx has it
    roles = {"exercise": XRefRole(warn_dangling=True)}  # noqa: RUF012
    dangling_warnings = {"exercise": "there is no exercise named `%(target)s`"}  # noqa: RUF012
    # what is behind the properties below; `former` are answers of documents that are read again, `numbers` has the
    # number of each exercise with its solution, as they were when documents were written last, `usual` the labels that
    # mean the first appendix
    initial_data: dict[str, Any] = {  # noqa: RUF012
        name: {} for name in ("answers", "former", "exercises", "solutions", "numbers", "appendices", "usual")
    }
    data_version = 2

    @property
    def answers(self) -> dict[str, dict[str, Texts]]:
        """By the names of documents what was asked there, and the answer."""
        found: dict[str, dict[str, Texts]] = self.data["answers"]
        return found

    @property
    def exercises(self) -> dict[str, Exercise]:
        """The exercises by their names."""
        found: dict[str, Exercise] = self.data["exercises"]
        return found

    @property
    def solutions(self) -> dict[str, set[str]]:
        """By the names of documents the exercises that are named there."""
        found: dict[str, set[str]] = self.data["solutions"]
        return found

    @property
    def appendices(self) -> dict[str, list[str]]:
        """By the names of documents what the labels of the appendices in them begin with."""
        found: dict[str, list[str]] = self.data["appendices"]
        return found

    def answered(self, docname: str, key: str, ask: Callable[[], Texts]) -> Texts:
        """The answer that was given before to the same question, in any document, or a new one."""
        everywhere = (*self.answers.values(), *self.data["former"].values())
        known = next((of[key] for of in everywhere if key in of), None)
        self.answers.setdefault(docname, {})[key] = found = ask() if known is None else known
        return found

    def clear_doc(self, docname: str) -> None:
        self.data["former"][docname] = self.answers.pop(docname, {})  # it may be read again, and ask the same
        self.solutions.pop(docname, None)
        self.appendices.pop(docname, None)
        for name in [name for name, one in self.exercises.items() if one.docname == docname]:
            del self.exercises[name]

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        docnames = set(docnames)
        for kind in ("answers", "solutions", "appendices"):
            self.data[kind].update({d: kept for d, kept in otherdata[kind].items() if d in docnames})
        self.exercises.update({name: e for name, e in otherdata["exercises"].items() if e.docname in docnames})

    def name_first_appendix(self) -> None:
        """Have the usual labels mean the first appendix in the order of the book."""
        ordered = [name for docname in _in_order(self.env) for name in self.appendices.get(docname, ())]
        others = [name for docname in sorted(self.appendices) for name in self.appendices[docname]]
        first = next(iter([*ordered, *others]), USUAL)
        standard, mathematics = self.env.get_domain("std"), self.env.get_domain("math")
        before, self.data["usual"] = self.data["usual"], {}
        for kind, labels in enumerate((standard.labels, standard.anonlabels, mathematics.equations)):
            for label in before.get(kind, ()):
                labels.pop(label, None)
            meant = {
                f"{USUAL}{label[len(first) :]}": of for label, of in labels.items() if label.startswith(f"{first}:")
            }
            self.data["usual"][kind] = [label for label in meant if label not in labels]
            labels.update({label: meant[label] for label in self.data["usual"][kind]})

    def number(self, name: str) -> int:
        """That of an exercise, in the order of the book."""
        found: dict[str, tuple[int, str]] = self.data["numbers"]
        return found[name][0]

    def renumbered(self) -> list[str]:
        """Give all exercises their numbers; the documents that say one that has changed, or its solution."""
        self.data["former"].clear()
        before = dict(self.data["numbers"])
        places = {docname: at for at, docname in enumerate(_in_order(self.env))}

        def place(name: str) -> tuple[int, str, int]:
            one = self.exercises[name]
            return places.get(one.docname, len(places)), one.docname, one.place

        ordered = sorted(self.exercises, key=place)
        self.data["numbers"] = now = {name: (at, self.exercises[name].solution) for at, name in enumerate(ordered, 1)}
        changed = {name for name in {*before, *now} if before.get(name) != now.get(name)}
        saying = {docname for docname, names in self.solutions.items() if names & changed}
        return sorted(saying | {self.exercises[name].docname for name in changed if name in self.exercises})

    def resolve_xref(
        self, env: Any, fromdocname: str, builder: Any, typ: str, target: str, node: Any, contnode: Any
    ) -> Any:
        if target not in self.exercises:
            return None
        if not node.get("refexplicit"):
            contnode = nodes.Text(f"Exercise {self.number(target)}")
        return make_refnode(builder, fromdocname, self.exercises[target].docname, anchor(target), contnode)

    def resolve_any_xref(self, *given: Any) -> list[tuple[str, Any]]:
        """Nothing: exercises are meant by their own role."""
        return []

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        for name, one in self.exercises.items():
            yield name, one.name, "exercise", one.docname, anchor(name), 1


def anchor(name: str) -> str:
    """Where an exercise can be linked to."""
    return str(nodes.make_id(f"exercise-{name}"))


def _in_order(env: Any) -> Iterator[str]:
    """The documents as the tables of contents have them, each once; then those that are in none."""
    seen: set[str] = set()
    waiting = [env.config.root_doc]
    while waiting:
        docname = waiting.pop()
        if docname not in seen:
            seen.add(docname)
            yield docname
            waiting += reversed(env.toctree_includes.get(docname, []))
