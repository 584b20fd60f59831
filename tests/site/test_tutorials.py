"""Tutorials say what the program says, and a page that is wrong stops the site."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.site.building import SITE, build, module

executed = module("executed")


_NAMES = sorted(path.stem for path in SITE.glob("*.md"))
_WITH_TYPST = ("appendix",)  # whose pictures are PDF


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.extra] * (name in _WITH_TYPST)) for name in _NAMES]
)
def test_outputs_are_what_the_program_says(name: str, request: pytest.FixtureRequest) -> None:
    page = SITE / f"{name}.md"
    if request.config.getoption("--rewrite"):
        page.write_text(executed.fresh(page.read_text("utf-8")), "utf-8")
    assert executed.stale(page.read_text("utf-8")) == "", "python -m pytest tests/site --rewrite makes it anew"


def test_cells_share_a_folder_and_names() -> None:
    page = "`a.arch`:\n\n```arch\ninput(3) -> dense(4)\n```\n\n```pycon\n>>> import symparams as sp\n```\n\n"
    page += "```pycon\n>>> sp.load('a.arch').params\n{}\n```\n\n```console\n$ symparams examples mnist-63 -o .\n```\n"
    assert executed.fresh(page.format(17)) == executed.fresh(page.format(16)) == page.format(16)
    difference = executed.stale(page.format(17))
    assert "-17" in difference
    assert "+16" in difference


def test_other_fences_stay_as_they_are() -> None:
    page = "```sh\n$ rm -r x\n```\n\n```text\n>>> 1\n2\n```\n"
    assert executed.fresh(page) == page
    with pytest.raises(ValueError, match="runs symparams, not rm"):
        executed.fresh("```console\n$ rm x\n```\n")


@pytest.mark.extra
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ""),
        ("[there](../docs/none.md)", "none.md"),
        ("[there](../README.md#none)", "none"),
        ("```pycon\n>>> 1 + 1\n3\n```", "stale output"),
        ("$\\nothing$", "nothing"),
        ("{params}`../a.arch conv_9`", "conv_9"),
    ],
)
def test_a_page_that_is_wrong_stops_the_site(text: str, message: str, tmp_path: Path) -> None:
    pytest.importorskip("furo", reason="furo is not installed")
    shutil.copytree(SITE, tmp_path / "site", ignore=shutil.ignore_patterns("*.md"))
    (tmp_path / "README.md").write_text("# A\n\n## B\n\nC\n")
    (tmp_path / "a.arch").write_text("input(3) -> dense(4)")
    (tmp_path / "site" / "front.md").write_text("```{toctree}\nsite/one\n```\n\n")
    (tmp_path / "site" / "one.md").write_text(f"# One\n\n{text}\n")
    done = build(tmp_path / "out", tmp_path)
    assert done.returncode == bool(message), done.stderr
    assert message in done.stderr
