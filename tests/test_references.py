"""The bibliography, and where the rule of each layer is found in it."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from symparams.layers import CATALOGUE
from symparams.model.layer import Layer
from symparams.quantities.counts import COUNTS
from symparams.quantities.layer_quantities import QUANTITIES
from symparams.references import PREFIX, REFERENCES, Citation, Reference, documentation, sources_of
from tests.helpers import net

LAYERS = {entry.layer.names[0]: entry.layer for entry in CATALOGUE.values()}
_DOCUMENTATION = {"keras": "keras", "pytorch": "torch"}  # work: the convention that it speaks of
_PLACE = re.compile(
    r"(§[IVXA-Z\d]+([-.][A-Z\d]+)*|Eqs?\. \(\d+\)( and \(\d+\))?|(Relationship|Algorithm|Table) \d+)( \(.+\))?"
)
_NEEDED = {
    "article": {"author", "title", "journal", "year"},
    "inproceedings": {"author", "title", "booktitle", "year"},
    "incollection": {"author", "title", "booktitle", "publisher", "year"},
    "misc": {"author", "title", "howpublished", "year", "eprint"},
    "manual": {"title", "organization", "edition", "url"},
}


def _cited() -> Iterator[tuple[str, str, Citation]]:
    """Every citation, with the layer and the quantity."""
    for kind in LAYERS:
        for quantity in QUANTITIES:
            yield from ((kind, quantity, one) for one in sources_of(kind, quantity))


def _entry(text: str) -> tuple[str, str, dict[str, str]]:
    """Type, key and fields of an entry, by a reader that knows only that braces come in pairs."""
    head = re.match(r"@(\w+)\{([^,\s]+),\n", text)
    assert head
    fields, at = {}, head.end()
    while field := re.compile(r"\s*(\w+) = \{").match(text, at):
        depth, at = 1, field.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        assert field[1] not in fields
        fields[field[1]] = text[field.end() : at - 1]
        at += text[at] == ","
    assert text[at:] == "\n}\n"
    return head[1], head[2], fields


@pytest.mark.parametrize("kind", LAYERS)
def test_every_rule_of_a_layer_has_a_source(kind: str) -> None:
    layer = LAYERS[kind]
    if kind == "opaque":  # its numbers are the user's own
        assert not sources_of(kind, "shape")
        return
    assert sources_of(kind, "shape"), f"{layer.__name__} says nothing of where its shape rule is found: cited"
    nodes = [node for node in net(layer.example).nodes if isinstance(node.layer, layer)]
    if any(node.derived.rules.counted for node in nodes):
        assert sources_of(kind, "params"), f"{layer.__name__} says nothing of where its count is found: cited"


def test_a_layer_without_a_source_is_found() -> None:
    class Bare(Layer):
        """A layer that says nothing."""

        __slots__ = ()

    assert not documentation(Bare)
    assert all("cited" not in vars(layer) or vars(layer)["cited"] for layer in LAYERS.values())


@pytest.mark.parametrize("quantity", [name for name in QUANTITIES if name not in ("shape", "params", "padding")])
def test_every_quantity_has_a_source(quantity: str) -> None:
    assert sources_of("conv", quantity)
    assert quantity not in COUNTS or sources_of("conv", quantity) == sources_of("conv", "params")


def test_what_is_declared_is_a_quantity() -> None:
    assert {name for layer in LAYERS.values() for name in vars(layer).get("cited", {})} <= set(QUANTITIES)


def test_every_citation_is_in_the_bibliography_and_nothing_else_is() -> None:
    assert {one.key for _, _, one in _cited()} == set(REFERENCES)


def test_places_are_written_alike() -> None:
    for kind, quantity, one in _cited():
        if one.key not in _DOCUMENTATION:
            assert not one.place or _PLACE.fullmatch(one.place), (kind, quantity, one)
        else:
            assert one.place.startswith(("keras.", "torch.")), (kind, quantity, one)


def test_documentation_is_that_of_the_convention() -> None:
    for kind in LAYERS:
        for convention, other in (("keras", "pytorch"), ("torch", "keras")):
            assert other not in {one.key for one in sources_of(kind, "params", convention)}  # type: ignore[arg-type]
    assert sources_of("nn.Conv2d", "shape") == sources_of("conv", "shape")
    assert sources_of("no such layer", "params") == ()


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=list(REFERENCES))
def test_an_entry_reads_back(reference: Reference) -> None:
    text = reference.bibtex()
    kind, key, fields = _entry(text)
    assert text.isascii()
    assert kind == reference.type
    assert key == PREFIX + reference.key
    assert fields.keys() >= _NEEDED[kind]
    assert "{{" not in fields["title"] or kind == "manual"
    if kind != "manual":
        family = re.sub(r"\W", "", reference.author[0].partition(",")[0].partition("-")[0]).casefold()
        assert reference.key == f"{family}{reference.year}"
        assert len(fields["author"].split(" and ")) == len(reference.author)


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=list(REFERENCES))
def test_a_work_as_text(reference: Reference) -> None:
    for text in (reference.plain(), reference.short):
        assert not re.search(r"[{}\\]|\.\.|,,|  |--", text)
    assert reference.plain().endswith(".")
    assert str(reference.year or reference.edition) in reference.plain()


def test_works_as_they_are_printed() -> None:
    assert REFERENCES["hochreiter1997"].plain() == (
        "S. Hochreiter and J. Schmidhuber. Long short-term memory. Neural Computation 9(8):1735–1780, 1997."
    )
    assert REFERENCES["jiang2024"].plain().startswith("A. Q. Jiang, A. Sablayrolles, A. Roux, A. Mensch et al. Mixtral")
    assert REFERENCES["dumoulin2016"].short == (
        "Dumoulin and Visin, A guide to convolution arithmetic for deep learning, 2016"
    )


def test_the_versions_are_those_that_are_tested() -> None:
    extras = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]["frameworks"]
    (pinned,) = (one.partition("==")[2] for one in extras if one.startswith("torch"))
    assert pinned.startswith(f"{REFERENCES['pytorch'].edition}.")
    assert REFERENCES["pytorch"].url.endswith(f"/{REFERENCES['pytorch'].edition}/")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.framework
def test_every_page_of_the_documentation_is_of_something_that_exists() -> None:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    pytest.importorskip("torch")
    pytest.importorskip("keras")
    for kind, _, one in _cited():
        if one.key in _DOCUMENTATION:
            module, *names = one.place.split(".")
            found = import_module(module)
            for name in names:
                assert hasattr(found, name), (kind, one)
                found = getattr(found, name)
            assert found.__doc__


@pytest.mark.program
def test_bibtex_takes_every_entry(tmp_path: Path) -> None:
    (tmp_path / "works.bib").write_text("\n".join(one.bibtex() for one in REFERENCES.values()), "ascii")
    cites = "".join(rf"\cite[§1]{{{PREFIX}{key}}} " for key in REFERENCES)
    (tmp_path / "works.tex").write_text(
        r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{hyperref}\begin{document}\sloppy "
        + cites
        + r"\bibliographystyle{plain}\bibliography{works}\end{document}",
        "utf-8",
    )
    latex = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "works"]
    for command in (latex, ["bibtex", "works"], latex, latex):
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
        assert ran.returncode == 0, ran.stdout
    assert "Warning" not in (tmp_path / "works.blg").read_text("utf-8")
    assert "undefined" not in (tmp_path / "works.log").read_text("utf-8", "replace")
