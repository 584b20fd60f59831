"""A book built by Sphinx: as HTML and LaTeX without a warning, and again after a change."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

import symparams as sp
from tests.conftest import EXAMPLES

pytestmark = pytest.mark.extra

BOOK = Path(__file__).parent / "sphinx"


@pytest.fixture(scope="module", autouse=True)
def _sphinx() -> None:
    pytest.importorskip("sphinx", reason="Sphinx is not installed")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book, built as HTML and then as LaTeX from the same environment."""
    folder = tmp_path_factory.mktemp("book")
    shutil.copytree(BOOK, folder, dirs_exist_ok=True)
    for builder in ("html", "latex"):
        assert build(folder, builder, "-W") == ""
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """One of its own, not built yet."""
    shutil.copytree(BOOK, tmp_path, dirs_exist_ok=True)
    return tmp_path


def build(folder: Path, builder: str, *options: str) -> str:
    """Build it; what Sphinx says is wrong."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, "-d", "_build/kept", *options]
    done = subprocess.run(
        [*command, ".", f"_build/{builder}"],
        cwd=folder,
        env={"PYTHONPATH": str(EXAMPLES.parent), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.replace(f"{folder}/", "")


def page(folder: Path, name: str) -> str:
    return (folder / "_build" / "html" / f"{name}.html").read_text("utf-8")


class _Text(HTMLParser):
    """The text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def text(folder: Path, name: str) -> str:
    parser = _Text()
    parser.feed(page(folder, name))
    return " ".join("".join(parser.pieces).split())


def test_numbers_in_running_text(built: Path) -> None:
    net = sp.load(BOOK / "mnist.arch")
    index = text(built, "index")
    assert f"The network {net.params:,} has in its second convolution {net['conv_2'].params:,} parameters" in index
    assert "an output of \\(24 \\times 24 \\times 63\\); there are" in index
    letters = text(built, "letters")
    small = sp.load(BOOK / "letters.arch", F=16, k=3)
    assert f"Under these sizes there are {small.params:,}, in general \\(27 F" not in letters
    assert f"Under these sizes there are {small.params:,}, in general \\(" in letters


def test_equations_have_numbers_and_references_of_sphinx(built: Path) -> None:
    first = page(built, "first")
    numbers = re.findall(r'<span class="eqno">\((\d+)\)', first)
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    assert len(numbers) == 5
    assert "\\tag" not in first
    links = re.findall(r'href="#(equation-rule-mnist-[\w-]+)"', first)
    assert links
    assert all(f'id="{link}"' in first for link in links)
    assert 'href="first.html#equation-rule-mnist-conv-params"' in page(built, "index")


def test_exercises_are_numbered_in_the_order_of_the_book(built: Path) -> None:
    second, index = text(built, "second"), text(built, "index")
    assert "Exercise 1 (Parameters of " in second
    assert "Exercise 2 (Step by step" in second
    assert "Solution of Exercise 2" in second
    assert "See Exercise 1 and (" in index
    assert "Solution of Exercise 1" in index
    assert 'href="second.html#exercise-the-smaller-one"' in page(built, "index")
    assert 'id="exercise-the-smaller-one"' in page(built, "second")


APPENDIX = """Numbers
=======

See :ref:`sp:net:letters`, :eq:`sp:rule:conv:params`, :eq:`sp:rule:conv:size` and :ref:`sp:net:mnist:counts`.

.. arch:appendix:: mnist.arch letters.arch
   :exercises: 3
"""


def test_an_appendix_is_a_part_of_the_book(book: Path) -> None:
    (book / "letters.rst").write_text(APPENDIX, "utf-8")
    for builder in ("html", "latex"):
        assert build(book, builder, "-W") == ""
    said = text(book, "letters")
    for number in (sp.load(BOOK / "mnist.arch").params, 18_207):
        assert f"{number:,}" in said
    assert "By (" in said
    assert re.search(r"See letters, \((\d+)\), \((\d+)\) and Distinct counts of MNIST with 63 filters\.", said)
    contents = page(book, "index")
    for place in ("sp-notation", "sp-rules-params", "sp-net-letters", "sp-solutions"):
        assert f'href="letters.html#{place}"' in contents
    html = page(book, "letters")
    assert len(re.findall(r'src="_images/arch-\w+\.svg"', html)) >= 2
    for place in re.findall(r'href="#([^"]+)"', html):
        assert f'id="{place}"' in html
    latex = (book / "_build" / "latex" / "counting.tex").read_text("utf-8")
    assert "\\label{equation:letters:letters:rule:conv:params}" in latex
    assert f"{sp.load(BOOK / 'mnist.arch').params:,}" in latex


SEVERAL = """Numbers
=======

Here :eq:`sp:rule:conv:params`, :eq:`{name}:rule:conv:params` and :ref:`{name}:net:{net}`.

.. arch:appendix:: {net}.arch
   :exercises: 1
{option}
"""


INDEX = "Counting\n========\n\n.. toctree::\n\n   second\n   letters\n\nSee :eq:`sp:rule:conv:params`.\n"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_book_may_have_several_appendices(book: Path, jobs: str) -> None:
    (book / "index.rst").write_text(INDEX, "utf-8")
    (book / "first.rst").unlink()
    (book / "letters.rst").write_text(SEVERAL.format(name="letters", net="letters", option=""), "utf-8")
    (book / "second.rst").write_text(SEVERAL.format(name="small", net="mnist", option="   :name: small"), "utf-8")
    for builder in ("html", "latex"):
        assert build(book, builder, "-W", "-j", jobs) == ""
    assert 'href="second.html#equation-sp-rule-conv-params"' in page(book, "index")  # the first of the book
    for docname, name, usual in (("second", "small", ""), ("letters", "letters", "second.html")):
        html = page(book, docname)
        assert f'href="{usual}#equation-sp-rule-conv-params"' in html
        assert f'href="#equation-{name}-rule-conv-params"' in html
        for place in re.findall(r'href="#([^"]+)"', html):
            assert len(re.findall(f'id="{place}"', html)) == 1, place
    said = re.search(r"Here \((\d+)\), \((\d+)\) and letters", text(book, "letters"))
    assert said is not None
    assert said[1] != said[2]
    assert f"By ({said[2]})" in text(book, "letters")
    assert f"By ({said[1]})" not in text(book, "letters")


def test_appendices_come_and_go(book: Path) -> None:
    (book / "index.rst").write_text(INDEX, "utf-8")
    (book / "first.rst").unlink()
    one, other = ".. arch:appendix:: mnist.arch\n", ".. arch:appendix:: letters.arch\n"
    for second, letters in ((one + "\n" + other, other), ("", other), (one, ""), (one, other)):
        (book / "second.rst").write_text(f"Second\n======\n\n{second}", "utf-8")
        (book / "letters.rst").write_text(f"Letters\n=======\n\n{letters}", "utf-8")
        (book / "index.rst").write_text(INDEX + f"\nNow {len(second)} and {len(letters)}.\n", "utf-8")
        assert build(book, "html", "-W") == ""
        first = "second" if second else "letters"
        assert f'href="{first}.html#equation-sp-rule-conv-params"' in page(book, "index")


def test_two_kinds_of_layers_have_one_equation(book: Path) -> None:
    rule = "See :eq:`sp:rule:{}:size`.\n"
    said = "Numbers\n=======\n\n" + "\n".join(map(rule.format, ("conv", "maxpool")))
    (book / "letters.rst").write_text(f"{said}\n.. arch:appendix:: mnist.arch\n", "utf-8")
    assert build(book, "html", "-W") == ""
    found = re.findall(r"See \((\d+)\)\.", text(book, "letters"))
    assert len(found) == 2
    assert len(set(found)) == 1


def test_figures_are_files(built: Path) -> None:
    (image,) = re.findall(r'<img alt="([^"]*)" src="(_images/arch-\w+\.svg)"', page(built, "second"))
    assert image[0] == "3 layers, 1,243 parameters" or "1,2" in image[0]
    assert (built / "_build" / "html" / image[1]).read_text("utf-8").startswith("<svg")
    (figure,) = (built / "_build" / "latex").glob("arch-*.pdf")
    assert figure.read_bytes().startswith(b"%PDF-")


def test_latex_says_the_same_numbers(built: Path) -> None:
    latex = (built / "_build" / "latex" / "counting.tex").read_text("utf-8")
    net = sp.load(BOOK / "mnist.arch")
    assert f"{net.params:,} has" in latex.replace("\\sphinxAtStartPar\n", "").replace("\n", " ")
    assert "\\label{equation:first:rule:mnist:conv:params}" in latex
    assert "\\eqref{equation:first:rule:mnist:conv:params}" in latex
    assert "Exercise 1 (Parameters of" in latex


@pytest.mark.program
def test_latex_is_a_pdf(built: Path) -> None:
    folder = built / "_build" / "latex"
    for _ in range(2):
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "counting.tex"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
        assert done.returncode == 0, done.stdout[-2000:]
    assert "undefined" not in done.stdout


def read_again(folder: Path) -> list[str]:
    """Build it again; which documents Sphinx reads."""
    (folder / "seen.py").write_text(
        "def setup(app):\n"
        "    app.connect('source-read', lambda app, name, text: print('READ', name, flush=True))\n"
        "    return {'parallel_read_safe': True}\n",
        "utf-8",
    )
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", "-d", "_build/kept", ".", "_build/html"]
    done = subprocess.run(
        [*command[:4], "-D", "extensions=symparams.sphinx,seen", *command[4:]],
        cwd=folder,
        env={"PYTHONPATH": f"{EXAMPLES.parent}:{folder}", "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return sorted(line.partition(" ")[2] for line in done.stdout.splitlines() if line.startswith("READ"))


def test_only_what_depends_on_a_network_is_read_again(book: Path) -> None:
    assert read_again(book) == ["first", "index", "letters", "second"]
    assert read_again(book) == []
    network = book / "small.arch"
    network.write_text(network.read_text("utf-8").replace("dense(3)", "dense(5)"), "utf-8")
    assert read_again(book) == ["second"]
    total = f"{sp.load(network).params:,}"
    assert f"with {total} parameters" in text(book, "second")
    network.write_text(network.read_text("utf-8").replace("conv(4, 3)", "conv(6, 3)"), "utf-8")
    before = page(book, "index")
    assert read_again(book) == ["second"]
    assert page(book, "index") != before, "the solution of the exercise stands there"


def test_the_same_question_is_answered_once() -> None:
    """Even where a document is read again because its network was touched, or two processes read documents."""
    from symparams.books.sphinx_domain import NetworkDomain

    domain, asked = NetworkDomain(SimpleNamespace(domaindata={})), []

    def ask() -> dict[str, str]:
        asked.append(1)
        return {"text": "7"}

    for docname in ("one", "two"):
        assert domain.answered(docname, "key", ask) == {"text": "7"}
    domain.clear_doc("one")
    domain.clear_doc("two")
    assert domain.answered("one", "key", ask) == {"text": "7"}
    assert len(asked) == 1
    other = NetworkDomain(SimpleNamespace(domaindata={}))
    other.merge_domaindata({"one"}, domain.data)
    assert other.answered("three", "key", ask) == {"text": "7"}
    assert len(asked) == 1
    assert other.answered("three", "another key", ask) == {"text": "7"}
    assert len(asked) == 2


def test_in_parallel_the_pages_are_the_same(book: Path, built: Path) -> None:
    assert build(book, "html", "-W", "-j", "2") == ""
    for name in ("index", "first", "second", "letters"):
        assert text(book, name) == text(built, name)


WRONG = [  # what a page says from its fourth line on, and what is wrong with it
    (".. arch:summary:: no.arch", ":4: WARNING: cannot read no.arch: No such file or directory [symparams"),
    (".. arch:summary::", ":4: WARNING: give a FILE, or a network as the text of the directive"),
    (
        ".. arch:summary::\n\n   input(3)\n   -> conw(3)",
        ":7: WARNING: unknown layer `conw`; did you mean `conv`?\n    -> conw(3)\n       ^",
    ),
    ("* .. arch:appendix:: small.arch", ":4: WARNING: an appendix stands right below a heading, not in a list or"),
    (".. arch:figure:: small.arch mnist.arch", ":4: WARNING: give one network"),
    (".. arch:solution:: small.arch\n   :style: loud", ":4: WARNING: :style: 'loud' is not one of"),
    (".. arch:solution:: small.arch\n   :loud:", ':4: ERROR: Error in "arch:solution" directive:'),
    ("So :params:`small.arch conv_9` it is.", ":4: WARNING: there is no layer `conv_9`; did you mean"),
    ("So :params:`--digits none` it is.", ":4: WARNING: say which file: FILE, FILE LAYER or"),
    (".. arch:exercise-solution:: nobody", ":4: WARNING: there is no exercise named `nobody`"),
    ("See :arch:exercise:`nobody`.", ":4: WARNING: there is no exercise named `nobody`"),
    (
        ".. arch:exercise:: small.arch\n   :name: the larger one",
        ":4: WARNING: there are two exercises named `the larger one`, the other one in second",
    ),
]


def test_what_is_wrong_is_a_warning_at_its_place(book: Path) -> None:
    for number, (written, _) in enumerate(WRONG):
        (book / f"wrong{number}.rst").write_text(f":orphan:\n\n\n{written}\n", "utf-8")
    wrong = build(book, "html")
    missing = [warning for number, (_, warning) in enumerate(WRONG) if f"wrong{number}.rst{warning}" not in wrong]
    assert missing == [], wrong
    assert "Traceback" not in wrong
    assert len(re.findall(r"^wrong\d", wrong, re.MULTILINE)) == len(WRONG)


MARKDOWN = """# In Markdown

It has {params}`mnist.arch conv_2` parameters by {eq}`rule:md:conv:params`.

```{arch:solution} mnist.arch
:style: textbook
:name: md
```

```{arch:summary}
:quantity: macs
input(3)
-> dance(4)
```

So {params}`no.arch`.
"""


def test_pages_in_markdown(book: Path) -> None:
    pytest.importorskip("myst_parser", reason="MyST-Parser is not installed")
    (book / "letters.rst").unlink()
    (book / "letters.md").write_text(MARKDOWN, "utf-8")
    extensions = "extensions=symparams.sphinx,myst_parser"
    wrong = build(book, "html", "-D", extensions)
    assert wrong.startswith("letters.md:13: WARNING: unknown layer `dance`\n    -> dance(4)\n       ^ [")
    assert "letters.md:16: WARNING: cannot read no.arch: No such file or directory [symparams.params]" in wrong
    assert len(re.findall("^letters", wrong, re.MULTILINE)) == 2
    assert re.search(r"It has 18,207 parameters by \(\d+\)\.", text(book, "letters"))


def test_plain_text_has_tables_with_room(book: Path) -> None:
    assert build(book, "text", "-W") == ""
    first = (book / "_build" / "text" / "first.txt").read_text("utf-8")
    assert "| k_h              | kernel height or window height |" in first
