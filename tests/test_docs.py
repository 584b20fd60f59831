"""What the documentation says is so."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

import symparams as sp
from symparams.algebra.notation import Notation
from symparams.documents.catalogue import catalogue_text
from symparams.documents.formats import Format
from symparams.figures.figure import VIEWS
from tests.conftest import EXAMPLES
from tests.template_reference import appendix_phrases, attributes, filters_told, objects, page, phrases
from tests.test_cli import run

ROOT = EXAMPLES.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_catalogue_page_is_what_the_command_prints(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "layers.md"
    text = catalogue_text(None, "markdown")
    if request.config.getoption("--rewrite"):
        page.write_text(text, "utf-8")
    assert page.read_text("utf-8") == text, "python -m pytest tests/test_docs.py --rewrite makes it anew"


def test_the_readme_shows_what_the_command_prints(request: pytest.FixtureRequest) -> None:
    block = re.compile(r'symparams solve -e "(.*?)" (--layer .*)\n```\n\n```text\n(.*?)```', re.S)
    found = block.search(README)
    assert found
    printed = run("solve", "-e", found[1], *found[2].split())[1]
    shown = "\n\n".join(textwrap.fill(paragraph, 100) for paragraph in printed.split("\n\n")) + "\n"
    if request.config.getoption("--rewrite"):
        (ROOT / "README.md").write_text(README.replace(found[3], shown), "utf-8")
    assert found[3] == shown or request.config.getoption("--rewrite")


def test_the_readme_speaks_the_language() -> None:
    (screen,) = re.findall(r"```text\n(# a comment.*?)```", README, re.S)
    assert sp.parse(screen).params is not None


def test_the_python_of_the_readme() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    names: dict[str, object] = {}
    for line in code.splitlines():
        expression, _, comment = line.partition("#")
        if "=" in expression.split("(")[0] or expression.startswith("import") or not expression.strip():
            exec(line, names)
        else:
            value = eval(expression, names)
            said = comment.split(",")[0].strip() if not comment.strip().startswith(("(", "or")) else comment.strip()
            assert said.startswith("or") or str(value) == said


def test_the_page_on_templates_is_made_from_the_code(request: pytest.FixtureRequest) -> None:
    path = ROOT / "docs" / "templates.md"
    before = path.read_text("utf-8")
    text = page(before.partition("\n## ")[0].rstrip())
    if request.config.getoption("--rewrite"):
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text, "python -m pytest tests/test_docs.py --rewrite makes it anew"


FIGURES = {
    "resnet50": ("draw", EXAMPLES / "resnet50.arch"),
    "transformer": ("draw", EXAMPLES / "transformer.arch"),
    "windows": ("draw", "-e", "input(6, 6, 3) -> conv(8, 3, s=2)", "--layer", "conv_1"),
    "stages": ("plot", EXAMPLES / "resnet50.arch", "--by", "stage"),
}


@pytest.mark.parametrize("name", FIGURES)
def test_the_figures_of_the_page_on_figures_are_what_the_commands_draw(
    name: str, request: pytest.FixtureRequest
) -> None:
    page, drawn = (ROOT / "docs" / "figures.md").read_text("utf-8"), ROOT / "docs" / "figures" / f"{name}.svg"
    assert f"](figures/{name}.svg)" in page
    text = run(*FIGURES[name])[1]
    if request.config.getoption("--rewrite"):
        drawn.write_text(text, "utf-8")
    assert drawn.read_text("utf-8") == text, "python -m pytest tests/test_docs.py --rewrite makes it anew"


def test_the_page_on_figures_says_what_figures_say() -> None:
    page = (ROOT / "docs" / "figures.md").read_text("utf-8")
    figures = "".join((ROOT / "docs" / "figures" / f"{n}.svg").read_text("utf-8") for n in ("resnet50", "transformer"))
    others = run("draw", str(EXAMPLES / "googlenet.arch"), "--view", "column")[1]
    for text in ("71,552 each", "552,432 in all", "28 × 28 × 64–128"):
        assert text in page
        assert f">{text}<" in figures + others
    assert [view for view in VIEWS if f"| `{view}` |" in page] == list(VIEWS)


def test_everything_that_a_template_sees_says_what_it_is() -> None:
    silent = [
        f"{found.__name__}.{name}"
        for several in objects().values()
        for found in several
        for name, told in attributes(found).items()
        if not told
    ]
    for told in (attributes(Format), attributes(Notation), filters_told(), phrases(), appendix_phrases()):
        silent += [name for name, text in told.items() if not text]
    assert silent == []


def test_pages_that_are_named_exist() -> None:
    for link in re.findall(r"\]\(((?:docs|examples)/[^)]+)\)", README):
        assert (ROOT / link).exists(), link
    assert Path(ROOT / "CHANGELOG.md").read_text("utf-8").count(f"## {sp.__version__}") == 1
