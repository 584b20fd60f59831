"""Appendices by a template of the user's own, and by another convention."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import symparams as sp
from symparams.appendices.document import Made
from symparams.appendices.writing import SAID
from symparams.errors import SymparamsError
from tests.appendices.networks import FORMATS, of_examples
from tests.conftest import EXAMPLES
from tests.test_cli import refused, run

LENET, MNIST = EXAMPLES / "lenet5.arch", EXAMPLES / "mnist-63.arch"
EVERYTHING = """\
{{ d.title|plain }}; {{ d.made.version|plain }}; {{ d.made.files|map("code")|join(", ") }}
{% for g in d.contents.groups %}{{ g.title|plain }}{% for r in g.rules %}
{{ kinds(r) }} {{ r.number }}: {{ r.left|word if r.left is string else r.left|formula }}: {{ r.formula|formula }}
{% endfor %}{% endfor %}
{% for n in d.contents.sections %}
{{ n.title|plain }}: {{ d.pictures[n.slug].layers.told|plain }}; {{ n.totals.params|number }}{{ trained(n.totals) }}
{% for g in n.counts %}{% for row in g.rows %}{{ names(row) }}: {{ row.value|number }}
{% endfor %}{% endfor %}{% for row in n.sizes %}{{ axes(row) }} {{ row.value|number }}{% endfor %}
{% for l in n.letters %}{{ letter(l) }}{% endfor %}{% endfor %}
{% for e in d.contents.exercises %}{{ stem(e) }} {{ asked(e) }} {{ found(e) }}
{% endfor %}
{% for w in d.works %}{{ w.key|plain }}: {{ w.text|plain }}
{% endfor %}"""
Own = Callable[..., Path]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    def written(text: str, format_: str = "markdown") -> Path:
        if format_ in ("latex", "typst"):
            for ours, theirs in (("{{", "<<"), ("}}", ">>"), ("{%", "<%"), ("%}", "%>")):
                text = text.replace(ours, theirs)
        path = tmp_path / "mine.j2"
        path.write_text(text, "utf-8")
        return path

    return written


@pytest.mark.parametrize("format_", FORMATS)
def test_a_template_sees_all_that_is_in_an_appendix(own: Own, format_: str) -> None:
    made = sp.appendix(sp.load(MNIST), sp.load(LENET))
    text = made.with_template(own(EVERYTHING, format_), format_)
    usual = made.to_format(format_)
    for number in ("18,207", "61,706"):
        typeset = next(one for one in (number, number.replace(",", "{,}"), number.replace(",", "#gs;")) if one in usual)
        assert typeset in text
    assert "Dumoulin" in text
    assert text.startswith(usual[: usual.index("Made by")].split("<!DOCTYPE")[0][:2])
    assert all(f"{name}(" in EVERYTHING for name in SAID)


@pytest.mark.extra
def test_the_command_keeps_it_true(own: Own, tmp_path: Path) -> None:
    template = own("{% for n in d.contents.sections %}\\title{ {{n.title|plain}} }{% endfor %}", "latex")
    command = ("appendix", LENET, "--template", template, "-o", tmp_path / "out")
    assert run(*command) == (0, "", "")
    text = (tmp_path / "out" / "appendix.tex").read_text("utf-8")
    assert text.splitlines()[0].startswith("% Made by symparams ")
    assert "--template mine.j2" in text.splitlines()[1]
    assert text.splitlines()[2] == "\\title{ LeNet-5 }"
    assert (tmp_path / "out" / "figures" / "lenet5.pdf").is_file()
    assert (tmp_path / "out" / "symparams.bib").is_file()
    assert run(*command, "--check") == (0, "", "")
    own("{% for n in d.contents.sections %}\\name{ {{n.title|plain}} }{% endfor %}", "latex")
    status, out, _ = run(*command, "--check")
    assert (status, "+\\name{ LeNet-5 }" in out) == (1, True)
    assert run(*command) == (0, "", "")
    assert run(*command, "--check") == (0, "", "")
    assert run(*command, "--standalone") == (0, "", "")
    assert "\\documentclass" in (tmp_path / "out" / "appendix.tex").read_text("utf-8")


@pytest.mark.extra
def test_what_no_template_writes(own: Own, tmp_path: Path) -> None:
    template = own("{{ d.title }}")
    for name, said in (
        ("a.pdf", "--template makes no PDF, since what it writes would be run; it goes with --format typst"),
        ("a.json", "--template makes text; it goes with --format latex, typst, html or markdown"),
    ):
        assert refused("appendix", LENET, "--template", template, "-o", tmp_path / name).splitlines()[0] == said
    with pytest.raises(SymparamsError, match="a template writes an appendix as latex, typst, html or markdown, not as"):
        sp.appendix(sp.load(LENET)).with_template(template, "json")
    for text in ("{{ d.contents.__class__ }}", "{{ d.nothing }}", "{{ d.contents.sections[0].slug.format.x() }}"):
        assert refused("appendix", LENET, "--template", own(text), "-o", tmp_path / "a.md").startswith(f"{template}:1:")
    missing = refused("appendix", LENET, "--template", tmp_path / "none.j2", "-o", tmp_path / "a.md")
    assert "none.j2" in missing
    assert not list(tmp_path.glob("a.*"))


def test_no_line_of_the_comment_is_more_than_a_comment() -> None:
    made = Made(("a\n\\input{b}.arch",), ("symparams", "--title", "'--> <b> --!> <!-- '"))
    assert made.note.count("\n") == 0
    assert not any(mark in made.note for mark in ("-->", "--!>", "<!--"))


def test_a_convention_for_those_that_state_none(tmp_path: Path) -> None:
    texts = {
        "none": "input(1, 28, 28) -> conv(8, 3) -> bn",
        "stated": "convention keras input(28, 28, 1) -> conv(8, 3) -> bn",
        "named": "input(28, 28, 1) -> Conv2D(8, 3)",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.arch").write_text(text, "utf-8")
    files = [tmp_path / f"{name}.arch" for name in texts]
    assert run("appendix", *files, "--convention", "torch", "-o", tmp_path / "a.json") == (0, "", "")
    nets = sp.load(tmp_path / "stated.arch"), sp.parse("convention torch " + texts["none"])
    found = (tmp_path / "a.json").read_text("utf-8")
    assert found.count('"convention": "keras"') == 2
    assert found.count('"convention": "torch"') >= 1
    assert [net.params for net in nets] == [112, 96]
    assert run("appendix", files[0], "--convention", "torch", "-o", tmp_path / "a.md") == (0, "", "")
    assert "--convention torch" in (tmp_path / "a.md").read_text("utf-8")
    assert "8 not" not in (tmp_path / "a.md").read_text("utf-8")
    refused("appendix", files[0], "-o", tmp_path / "b.md")  # in Keras the channels stand last


def test_what_is_known_is_not_worked_out_again() -> None:
    composed = of_examples("lenet5")
    assert composed.by(composed.request).contents is composed.contents
