"""What an extension brings works like what the package has."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

import symparams as sp
from symparams import extensions
from symparams.documents.rendering import STYLES
from symparams.exports.edition import answer_types
from symparams.exports.registry import EXPORTS, export
from symparams.quantities.layer_quantities import QUANTITIES
from tests.exports.asked_samples import PACKED
from tests.extensions.installing import NETWORK
from tests.helpers import marked
from tests.test_cli import run

ASKED = ("--quantity", "all", "--quantity", "energy")


def said(*arguments: str | Path) -> str:
    status, out, error = run(*arguments)
    assert (status, error) == (0, "")
    return out


@pytest.mark.usefixtures("gates")
class TestLayer:
    def test_counts(self) -> None:
        net = sp.parse(NETWORK)
        layer = net["gatedmemory_1"]
        assert (layer.params, layer.weights, layer.biases, layer.output_shape) == (1_088, 1_024, 64, (10, 32))
        assert (layer.quantity("macs"), layer.quantity("cache"), net.quantity("energy")) == (10_240, 1_280, 44_800)

    def test_letters(self) -> None:
        net = sp.parse("input(T, d) -> GatedMemory(m, bias=no)")
        assert str(net.params) == "2*d*m"
        assert net.subs(d=3, m=5).params == 30
        assert sp.parse("input(7, 3) -> gmem(m)").find("m", params=40).values == (5,)

    def test_inside_other_layers_and_macros(self) -> None:
        assert sp.parse("input(4, 10, 16) -> timedistributed(gmem(32))").params == 1_088
        assert sp.parse("def m(u) = gmem(u) -> relu input(10, 16) -> [m(16)] * 3").params == 3 * 544

    @pytest.mark.parametrize("style", STYLES)
    @pytest.mark.parametrize("format_", ["text", "markdown", "latex", "json", "wiki"])
    def test_documents(self, style: str, format_: str) -> None:
        out = said("solve", "-e", NETWORK, "--style", style, "--format", format_, *ASKED)
        for number in (1_088, 10_240, 40_960):
            assert str(number) in out.replace(",", "").replace("{", "").replace("}", "")

    def test_documents_in_python(self) -> None:
        net = sp.parse(NETWORK)
        assert "'''Result.'''" in net.solve().to_format("wiki")
        assert net.solve("table").to_format("wiki") == net.solve().to_format("wiki", "table")
        assert "you counted the memory and left out its gate" in net.diagnose(544, "gatedmemory_1").to_format("wiki")
        assert "== Side by side ==" in sp.compare(net, sp.parse("input(10, 16) -> dense(3)")).to_format("wiki", "steps")

    def test_page(self) -> None:
        page = said("layers", "gmem")
        assert page.startswith("gatedmemory(units, bias=yes)\n")
        assert "  - parameters: p(d + 1)m = 2·(16 + 1)·32 = 1,088\n" in page
        whole = said("layers")
        assert "The extension symparams-gates 1.0\n=================================\n\n" + page in whole
        assert "| [The extension symparams-gates 1.0](#the-extension-symparams-gates-10) |" in said(
            "layers", "--format", "markdown"
        )

    def test_the_nearest_name(self) -> None:
        with pytest.raises(sp.SymparamsError) as error:
            sp.parse("input(3) -> gatedmemori(3)")
        assert error.value.matter == "unknown layer `gatedmemori`; did you mean `gatedmemory`?"

    def test_a_macro_may_have_its_name(self) -> None:
        assert sp.parse("def gmem(n) = dense(n) input(3) -> gmem(4)").params == 16
        assert extensions.loaded() == []

    def test_pickling(self) -> None:
        net = sp.parse(NETWORK)
        again = pickle.loads(pickle.dumps(net))
        assert (again, again.params) == (net, 1_187)
        found = pickle.loads(pickle.dumps(net.diagnose(544, "gatedmemory_1")))
        assert found.matches[0].misconception == "gate of the memory left out"


@pytest.mark.usefixtures("gates")
class TestQuantity:
    def test_asked_for_by_name(self) -> None:
        assert sp.parse("input(3) -> dense(2)").quantity("energy") == 24
        assert sp.parse("input(3) -> dense(2)")["dense_1"].derivation("energy").value == 24
        record = json.loads(said("solve", "-e", NETWORK, "--quantity", "energy", "--format", "json"))
        assert record["layers"][1]["quantities"]["energy"] == 40_960

    def test_not_asked_for(self) -> None:
        sp.parse(NETWORK)
        assert "energy" not in said("solve", "-e", NETWORK, "--quantity", "all")

    def test_in_other_commands(self) -> None:
        assert "44,800" in said("summary", "-e", NETWORK, "--quantity", "energy", "--digits", "comma")
        assert "13,440" in said("compare", "-e", NETWORK, "-e", "input(10, 16) -> dense(21)", "--quantity", "energy")
        assert "n = 7" in said("find", "-e", "input(3) -> dense(n)", "--target", "energy = 84", "--format", "text")

    def test_help_names_it(self) -> None:
        assert "energy" in said("solve", "--help")
        assert "cards" in said("exam", "--help")


@pytest.mark.usefixtures("gates")
class TestMisconception:
    @pytest.mark.parametrize(("answer", "name"), [(544, "gate of the memory left out"), (1_024, "biases left out")])
    def test_diagnosis(self, answer: int, name: str) -> None:
        found = sp.parse(NETWORK).diagnose(answer, "gatedmemory_1")
        assert [m.misconception for m in found.matches] == [name]

    def test_total(self) -> None:
        (match,) = sp.parse(NETWORK).diagnose(643).matches
        assert (match.misconception, match.layers) == ("gate of the memory left out", ("gatedmemory_1",))

    def test_page(self) -> None:
        assert said("misconceptions", "gate of the memory left out").startswith("gate of the memory left out\n")
        assert "gate of the memory left out" in said("misconceptions")


@pytest.mark.usefixtures("gates")
class TestExam:
    @pytest.mark.parametrize("format_", [*marked(EXPORTS, pytest.mark.extra, *PACKED), "cards"])
    def test_every_format(self, format_: str, tmp_path: Path) -> None:
        kinds = ("--kinds", "params,shape,macs,cache,total,formula,mistake,energy:number")
        where = tmp_path / "exam"
        words = ("exam", "-e", NETWORK, *kinds, "--questions", "9", "--stress", "2", "--format", format_)
        status, out, error = run(*words, "-o", where)
        assert (status, out) == (0, "")
        formulas = (
            f"the format {format_} cannot mark a formula that is typed: questions of the kind formula are choices"
        )
        assert (f"symparams: {formulas}" in error.splitlines()) == (not answer_types(export(format_)) >= {"formula"})
        assert where.exists()

    def test_its_own_kind(self) -> None:
        made = sp.exam(sp.parse(NETWORK), kinds="energy:number", questions=1, layers="gatedmemory_1")
        (first,) = made.questions
        assert (first.name, first.kind, first.key) == ("Energy of gatedmemory_1", "energy", "40960")
        assert "How many picojoules does this layer need for one example?" in first.prompt
        assert "3" in said("exam", "-e", NETWORK, "--kinds", "energy", "--questions", "2", "--format", "json")

    def test_its_solutions_fade(self) -> None:
        net = sp.parse("range m in 8..64 step 8 input(10, 16) -> gmem(m)")
        (asked, *_) = sp.exam(net, kinds="energy:number", questions=1, variants=3, fade=1, stress=3).questions
        assert "A worked solution begins here. Fill in the blanks." in asked.prompt

    def test_marks(self, tmp_path: Path) -> None:
        answers = tmp_path / "answers.csv"
        answers.write_text("student,question,answer\nann,1,40960\nbob,1,5\n", "utf-8")
        made = sp.exam(sp.parse(NETWORK), kinds="energy:number", questions=1, layers="gatedmemory_1")
        assert "| bob || 0 || 0 || 0 %" in sp.grade(made, answers).to_format("wiki")
        energy = ("--kinds", "energy:number", "--layers", "gatedmemory_1")
        said("exam", "-e", NETWORK, *energy, "--format", "json", "-o", tmp_path / "bank.json")
        assert "{|\n" in said("grade", tmp_path / "bank.json", "--answers", answers, "--format", "wiki")

    def test_cards(self) -> None:
        asked = ("--kinds", "params:number", "--questions", "1", "--layers", "gatedmemory_1")
        cards = said("exam", "-e", NETWORK, *asked, "--format", "cards")
        assert cards.startswith(
            "Exam\n\nFRONT In Keras, a gated memory layer with 32 units and biases receives an input of "
            "<math>10 × 16</math>"
        )
        assert "\nBACK 1088\nNOT 1024: biases left out\n" in cards
        assert "\nNOT 544: gate of the memory left out\n" in cards


def test_what_is_installed(gates: Path) -> None:
    assert said("extensions") == (
        "symparams-gates 1.0\n"
        "  layer: gatedmemory\n"
        "  misconception: gate of the memory left out\n"
        "  quantity: energy\n"
        "  format: wiki\n"
        "  kind: energy\n"
        "  export: cards\n"
    )


def test_nothing_is_installed(site: Path) -> None:
    assert said("extensions") == "no extension is installed\n"


def test_it_names_what_the_package_has_not(site: Path) -> None:
    assert "energy" not in QUANTITIES
    with pytest.raises(sp.SymparamsError, match=r"^there is no quantity `energy`; the choices are shape, "):
        sp.parse("input(3) -> dense(2)").solve(quantities=["energy"])
