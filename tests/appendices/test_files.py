"""What is written: whole, the same for the same sources, not again where nothing changed, compared with --check."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

import symparams as sp
from symparams.appendices import request
from symparams.appendices.request import Composed, whole
from symparams.documents.pdf import pdf
from tests.appendices.networks import FEW, FORMATS, of_examples, of_texts
from tests.conftest import EXAMPLES
from tests.test_cli import refused, run

pytestmark = pytest.mark.extra  # Typst, which makes pictures and PDFs

_NETWORKS = ("mnist-63", "lenet5")
_HOSTILE = (
    "</title><script>alert(1)</script>",
    r"\input{/etc/passwd} % $x$ # _ ^ ~ & { }",
    '#panic("no") @a <b> *c* _d_ `e` // "f" \\',
    "--> ]]> | [a](b) ![c](d) <!--",
)


@pytest.fixture
def sources(tmp_path: Path) -> list[str]:
    for name in _NETWORKS:
        shutil.copy(EXAMPLES / f"{name}.arch", tmp_path)
    return [str(tmp_path / f"{name}.arch") for name in _NETWORKS]


def _examples(names: Sequence[str]) -> list[str]:
    return [str(EXAMPLES / f"{name}.arch") for name in names]


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_folder_gets_the_text_the_bibliography_and_the_figures(tmp_path: Path, sources: list[str]) -> None:
    assert run("appendix", *sources, "-o", tmp_path / "out")[0] == 0
    made = _files(tmp_path / "out")
    assert {"appendix.tex", "symparams.bib", "figures/mnist-63.pdf", "figures/lenet5.pdf"} <= set(made)
    text = made["appendix.tex"].decode()
    assert set(re.findall(r"figures/[\w-]+\.pdf", text)) == {name for name in made if name.startswith("figures/")}
    commands = set(re.findall(r"\\(?:new|provide)command\{\\(\w+)\}", text))
    assert all(name.startswith("sp") for name in commands)
    assert "Do not edit" in text
    assert "mnist-63.arch" in text


@pytest.mark.parametrize("format_", [*FORMATS, "pdf", "json"])
def test_the_same_sources_give_the_same_bytes(tmp_path: Path, sources: list[str], format_: str) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        assert run("appendix", *sources, "-o", tmp_path / folder / "out", "--format", format_)[0] == 0
    one, other = (_files(tmp_path / folder) for folder in ("a", "b"))
    assert one == other != {}


def test_what_has_not_changed_is_not_written_again(tmp_path: Path, sources: list[str]) -> None:
    out = tmp_path / "out"
    run("appendix", *sources, "-o", out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    run("appendix", *sources, "-o", out)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before
    text = out / "appendix.tex"
    original = text.read_text("utf-8")
    text.write_text(original.replace("1,181,161", "1,181,162"), "utf-8")  # by a hand that should not
    run("appendix", *sources, "-o", out)
    assert text.read_text("utf-8") == original
    (out / "figures" / "lenet5.pdf").unlink()
    run("appendix", *sources, "-o", out)
    assert (out / "figures" / "lenet5.pdf").is_file()


@pytest.mark.parametrize("name", ["out", "out.tex", "out.typ", "out.pdf", "out.html", "out.md", "out.json"])
def test_check_finds_what_differs(tmp_path: Path, sources: list[str], name: str) -> None:
    command: tuple[str | Path, ...] = ("appendix", *sources, "-o", tmp_path / "book" / name)
    assert run(*command)[0] == 0
    assert run(*command, "--check") == (0, "", "")
    Path(sources[0]).write_text(Path(sources[0]).read_text().replace("conv(63", "conv(64"))
    status, out, _ = run(*command, "--check")
    assert status == 1
    assert "18,207" in out or "18207" in out
    assert run(*command)[0] == 0
    assert run(*command, "--check") == (0, "", "")


def test_the_version_alone_is_no_difference(
    tmp_path: Path, sources: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    nets = [sp.load(one) for one in sources]
    for format_ in FORMATS:
        sp.appendix(*nets).write(tmp_path / format_, format_)
        text = next((tmp_path / format_).glob("appendix.*"))
        text.write_text(text.read_text("utf-8").replace(sp.__version__, "0.6.1"), "utf-8")
        assert sp.appendix(*nets).differences(tmp_path / format_, format_) == ""
    monkeypatch.setattr(request, "__version__", "9.9.9")
    run("appendix", *sources, "-o", tmp_path / "again")
    assert "contents" in (tmp_path / "again" / "appendix.tex").read_text("utf-8")


def test_python_writes_what_the_command_writes(tmp_path: Path, sources: list[str]) -> None:
    sp.appendix(*map(sp.load, sources)).write(tmp_path / "python")
    run("appendix", *sources, "-o", tmp_path / "out")
    one, other = (_files(tmp_path / name)["appendix.tex"] for name in ("python", "out"))
    one, other = (re.sub(rb"(?m)^% .*\n| This appendix was made .* Do not", b"", text) for text in (one, other))
    assert one == other


@pytest.mark.parametrize("title", _HOSTILE)
def test_hostile_titles_do_no_harm(title: str) -> None:
    named = title.replace('"', "'")
    text = f'model "{named}" input(8) -> dense(4)'
    composed = of_texts(text, text.replace("dense(4)", "dense(5)"), title=title)
    for format_ in FORMATS:
        made = composed.text(format_)
        assert "<script>" not in made if format_ in ("html", "markdown") else made
    page = composed.text("html")
    assert page.count("<main>") == page.count("</main>") == 1
    assert page.count("</html>") == 1
    assert sp.appendix(sp.parse(text), title=title).to_pdf().startswith(b"%PDF")


def test_two_networks_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for folder, units in (("a", 4), ("b", 5)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "net.arch").write_text(f"input(8) -> dense({units})")
    run("appendix", tmp_path / "a" / "net.arch", tmp_path / "b" / "net.arch", "-o", tmp_path / "out")
    text = (tmp_path / "out" / "appendix.tex").read_text()
    labels = re.findall(r"\\label\{([^#}]+)\}", text)
    assert len(labels) == len(set(labels))
    assert len([label for label in labels if re.fullmatch("sp:net:net[^:]*", label)]) == 2


def test_a_network_without_layers_or_parameters_has_a_section() -> None:
    for text in ("input(8)", "input(8) -> relu", "input(H, W, 3) -> conv(F, k) -> maxpool(2)"):
        for format_ in FORMATS:
            assert of_texts(text).text(format_)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-e", "input(8) -> dense(4)"), "say where to write it with -o FOLDER or -o FILE"),
        (("-o", "x"), "give a FILE, - for standard input, or -e SOURCE"),
        (("-e", "input(8) -> dense(4)", "-o", "x.docx", "--format", "doc"), "Invalid value for '--format'"),
        (("-e", "input(8) -> dense(4)", "-o", "x.tex", "--format", "html"), "--format html does not go with -o x.tex"),
        (("-e", "input(8) -> dense(4)", "-o", "x", "--section", "part"), "'part' is not one of"),
        (("-e", "input(8) -> dense(4)", "-o", "x", "--exercises", "-1"), "-1 is not in the range"),
        (
            ("-e", "input(8) -> dense(4)", "-o", "x.html", "--standalone"),
            "--standalone goes with --format latex or typst",
        ),
        (("-e", "input(8) -> dence(4)", "-o", "x"), "dence"),
    ],
)
def test_bad_input_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in refused("appendix", *arguments)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_is_not_overwritten(tmp_path: Path, sources: list[str]) -> None:
    thesis = tmp_path / "thesis.tex"
    thesis.write_text(r"\documentclass{book}")
    assert "stands there and is no appendix of symparams" in refused("appendix", *sources, "-o", thesis)
    assert thesis.read_text() == r"\documentclass{book}"
    (tmp_path / "file").write_text("x")
    assert "is a file, not a folder" in refused("appendix", *sources, "-o", tmp_path / "file")


def test_missing_typst_is_named(tmp_path: Path, sources: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    for name in ("out", "out.pdf", "out.tex"):
        assert 'pip install "symparams[pdf]"' in refused("appendix", *sources, "-o", tmp_path / "book" / name)
    assert not (tmp_path / "book").exists()
    assert run("appendix", *sources, "-o", tmp_path / "out.html")[0] == 0


def test_pictures_that_tex_draws_need_no_typst(
    tmp_path: Path, sources: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    words = ("appendix", *sources, "-o", str(tmp_path / "out"), "--pictures", "tikz")
    assert run(*words)[0] == 0
    made = _files(tmp_path / "out")
    text = made["appendix.tex"].decode()
    figures = {name for name in made if name.startswith("figures/")}
    assert set(re.findall(r"figures/[\w-]+\.\w+", text)) == figures >= {"figures/lenet5.tex"}
    assert all(b"\\begin{tikzpicture}" in made[name] for name in figures)
    assert "--pictures tikz" in text
    assert run(*words, "--check") == (0, "", "")
    (tmp_path / "out" / "figures" / "lenet5.tex").unlink()
    assert "lenet5.tex is missing" in run(*words, "--check")[1]
    assert run(*words)[0] == 0
    assert _files(tmp_path / "out") == made
    said = refused("appendix", *sources, "-o", tmp_path / "page.html", "--pictures", "tikz")
    assert "--pictures goes with --format latex; other texts have pictures of their own" in said


@pytest.mark.program
def test_pictures_that_tex_draws_are_set_without_a_warning(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("there is no pdflatex")
    assert run("appendix", *_examples(FEW), "-o", tmp_path, "--pictures", "tikz", "--standalone")[0] == 0
    for _ in range(2):
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "appendix.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]
    log = (tmp_path / "appendix.log").read_text("utf-8", errors="replace")
    assert re.findall(r"^(?:Overfull|!|LaTeX Warning: (?!Citation|There were undefined)).*", log, re.M) == []


def test_python_says_what_cannot_be() -> None:
    net = sp.parse("input(8) -> dense(4)")
    with pytest.raises(sp.SymparamsError, match="needs a network"):
        sp.appendix()
    with pytest.raises(sp.SymparamsError, match="chapter, section or subsection"):
        sp.appendix(net, section="part")
    with pytest.raises(sp.SymparamsError, match="pdf or tikz, not `png`"):
        sp.appendix(net, pictures="png")
    with pytest.raises(sp.SymparamsError, match="0 exercises or more"):
        sp.appendix(net, exercises=-1)
    with pytest.raises(sp.SymparamsError, match="not as text"):
        sp.appendix(net).to_format("text")
    with pytest.raises(sp.SymparamsError, match="stands for html"):
        sp.appendix(net).write("x.html", "latex")


class _Balanced(HTMLParser):
    """Whether what is opened is closed, and no name is given twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names += [value or "" for name, value in attrs if name == "id"]
        if tag not in ("meta", "wbr", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"{tag} at {self.getpos()}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass


def test_the_page_is_well_formed() -> None:
    page = of_examples(*FEW).text("html")
    reader = _Balanced()
    reader.feed(page)
    assert (reader.open, reader.faults) == ([], [])
    assert len(reader.names) == len(set(reader.names))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(reader.names)


_SHOWN = ["lenet5", "mnist-63", "vgg16-letters", "googlenet", "resnet50", "unet", "bilstm-imdb", "transformer", "gpt2"]


def test_the_page_on_the_appendix_shows_one(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    shown = EXAMPLES.parent / "docs" / "appendix.pdf"
    if request.config.getoption("--rewrite"):
        run("appendix", *(EXAMPLES / f"{name}.arch" for name in _SHOWN), "-o", tmp_path / "appendix.pdf")
        shutil.copy(tmp_path / "appendix.pdf", shown)
    assert shown.read_bytes().startswith(b"%PDF")
    assert shown.stat().st_size < 1_000_000


@pytest.mark.extra
@pytest.mark.slow
def test_the_appendix_over_all_examples_has_two_pages_for_a_network_and_twelve_more() -> None:
    composed = of_examples()
    made = pdf(Composed(whole(composed.request), composed.networks).text("typst"))
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", made))
    networks = len(composed.networks)
    assert networks < pages <= 12 + 2 * networks


def _pages(*texts: str) -> int:
    composed = of_texts(*texts)
    return len(
        re.findall(rb"/Type\s*/Page\b(?!s)", pdf(Composed(whole(composed.request), composed.networks).text("typst")))
    )


def test_a_network_begins_a_page_only_where_it_has_no_room() -> None:
    small = [f"input(784) -> dense({units}, relu) -> dense(10)" for units in range(8, 14)]
    assert _pages(*small) <= _pages(*small[:2]) + 2  # two stand on a page


def test_costs_are_drawn_only_where_a_page_has_tables_too() -> None:
    drawn = of_examples("lenet5", "vgg16").drawn
    assert "lenet5-costs" not in drawn["lenet5"]
    assert "vgg16-costs" in drawn["vgg16"]
    assert drawn["lenet5"]["lenet5"].room <= 1 == drawn["vgg16"]["vgg16"].room
