"""The command that draws, the same in Python, and what they refuse."""

from __future__ import annotations

import pickle
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

import symparams as sp
from symparams.errors import SymparamsError
from tests.helpers import example
from tests.test_cli import run

NET = "input(28, 28, 1) -> conv(32, 3, relu) -> maxpool(2) -> flatten -> dense(10)"
HOSTILE = ["</svg><script>alert(1)</script>", "&#x3c;", "]]>", "%n_{x}$\\end{document}", "王小明", "משה", "x" * 3000]


_BEHIND = ("bn", "relu", "conv(4, 3)", "dropout(0.5)", "maxpool(2)", "flatten", "ln", "zeropad(1)", "separable(4, 3)")


@pytest.mark.parametrize("behind", _BEHIND)
@pytest.mark.parametrize("padding", ["zeropad(1)", "pad(1)", "crop(1)", "zeropad(1) -> zeropad(2)"])
def test_whatever_stands_behind_padding(padding: str, behind: str) -> None:
    assert sp.parse(f"input(9, 9, 3) -> {padding} -> {behind}").figure().to_svg().startswith("<svg")


def test_a_figure_is_printed_or_written(tmp_path: Path) -> None:
    status, printed, _ = run("draw", "-e", NET)
    assert status == 0
    assert run("draw", "-e", NET, "-o", str(tmp_path / "net.svg"))[0] == 0
    assert (tmp_path / "net.svg").read_text("utf-8") == printed
    assert printed == sp.draw(sp.parse(NET)).to_svg() == sp.parse(NET).figure()._repr_svg_()


def test_python_has_the_options_of_the_command(tmp_path: Path) -> None:
    net = example("resnet50")
    files = (tmp_path / "a.svg", tmp_path / "b.svg")
    net.figure("blocks", depth=0).write(files[0])
    source = str(Path(__file__).parents[2] / "examples" / "resnet50.arch")
    assert run("draw", source, "--view", "blocks", "--depth", "0", "-o", str(files[1]))[0] == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    figure = net.figure("blocks")
    assert pickle.loads(pickle.dumps(figure)) == figure
    assert repr(figure) == "<Figure 'ResNet-50': 177 layers>"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "net.jpg"], "net.jpg: a figure is a file that ends with .svg, .tex, .pdf or .png"),
        (["-o", "net"], "net: a figure is a file that ends with .svg, .tex, .pdf or .png"),
        (["-o", "none/net.svg"], "cannot write none/net.svg: No such file or directory"),
        (["--view", "u"], "only a network whose resolution falls and rises again, with lines across, is a U"),
        (["--scale", "2"], "--scale goes with a file that ends with .png"),
        pytest.param(
            ["--scale", "2", "-o", "net.pdf"], "--scale goes with a file that ends with .png", marks=pytest.mark.extra
        ),
        (["--font", __file__, "-o", "net.tex"], "--font goes with a file that ends with .pdf or .png"),
        (["--depth", "-1"], "Invalid value for '--depth': -1 is not in the range x>=0."),
    ],
)
def test_refusals(arguments: list[str], message: str) -> None:
    status, printed, error = run("draw", "-e", NET, *arguments)
    assert (status, printed) == (2, "")
    assert error.splitlines()[0] == message


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    path = tmp_path / "file" / "net.svg"
    assert run("draw", "-e", NET, "-o", str(path))[2] == f"cannot write {path}: Not a directory\n"


def test_one_network_at_a_time() -> None:
    file = str(Path(__file__).parents[2] / "examples" / "lenet5.arch")
    assert run("draw", file, file)[2].splitlines()[0] == "give one network"


def test_a_view_that_there_is_not() -> None:
    with pytest.raises(SymparamsError) as refused:
        sp.parse(NET).figure("colum").to_svg()
    assert str(refused.value) == ("a figure is drawn as auto, column, u or blocks, not colum; did you mean `column`?")


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text(name: str) -> None:
    net = sp.parse(f'model "{name}" input(8, 8, 3) -> conv(4, 3) as "{name}" -> flatten')
    root = ElementTree.fromstring(net.figure().to_svg())
    texts = [element.text or "" for element in root.iter()]
    assert any(name in text for text in texts)
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert float(root.get("width", "")) < 1200


def test_letters_are_written_out() -> None:
    texts = [element.text for element in ElementTree.fromstring(example("lenet5-letters").figure().to_svg()).iter()]
    assert "6k²C + 6" in texts
    assert "⌊(H − k + 1)/2⌋ × ⌊(W − k + 1)/2⌋ × 6" in texts


def test_a_letter_that_latex_lacks_is_told(tmp_path: Path) -> None:
    error = run("draw", "-e", f'{NET} as "王小明"', "-o", str(tmp_path / "net.tex"))[2]
    assert error.startswith("the format latex has no letter `王` (U+738B), which occurs in `")


@pytest.mark.program
@pytest.mark.parametrize("name", ["resnet50", "lenet5-letters", "unet", "googlenet", "mamba", "wavenet"])
def test_latex_sets_it(name: str, tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("there is no pdflatex")
    example(name).figure().write(tmp_path / "net.tex")
    whole = (
        r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{lmodern}\usepackage{tikz}"
        r"\usepackage[paperwidth=60in,paperheight=60in]{geometry}\usetikzlibrary{arrows.meta}"
        r"\begin{document}\noindent\input{net.tex}\end{document}"
    )
    (tmp_path / "whole.tex").write_text(whole, "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "whole.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Warning" not in done.stdout
