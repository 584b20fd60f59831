"""The site of the documentation as it is built."""

from __future__ import annotations

import inspect
import os
import re
from pathlib import Path

import pytest

import symparams as sp
from tests.site.building import ROOT, broken, build

pytestmark = pytest.mark.extra


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site: that in the folder which SITE names, or one that is built now."""
    if "SITE" in os.environ:
        return Path(os.environ["SITE"])
    pytest.importorskip("furo", reason="furo is not installed")
    out = tmp_path_factory.mktemp("site") / "out"
    done = build(out)
    assert (done.returncode, done.stderr) == (0, "")
    return out


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    assert list(broken(site)) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a id="x" href="#y"></a><a href="b.html"></a><img src="https://c.example/d.png">')
    assert len(list(broken(tmp_path))) == 3


def test_every_page_is_there_once_and_shows_the_version(site: Path) -> None:
    pages = [f"docs/{path.stem}" for path in (ROOT / "docs").glob("*.md")]
    pages += [f"site/{path.stem}" for path in (ROOT / "site").glob("*.md") if path.stem != "front"]
    for name in (*pages, "README", "CHANGELOG"):
        assert f"symparams {sp.__version__}" in (site / f"{name}.html").read_text("utf-8"), name
    assert 'url=README.html"' in (site / "index.html").read_text("utf-8")


def test_every_name_has_documentation(site: Path) -> None:
    page = (site / "site" / "python.html").read_text("utf-8")
    for name in sp.__all__:
        (told,) = re.findall(rf'id="symparams\.{name}">.*?</dt>\s*<dd>(.*?)</dd>', page, re.DOTALL)
        assert re.match(r"\s*<p>[A-Z]", told), name
    silent = [name for name in sp.__all__ if callable(getattr(sp, name)) and not inspect.getdoc(getattr(sp, name))]
    assert silent == []


def test_formulas_are_drawn_by_the_browser_itself(site: Path) -> None:
    layers = (site / "docs" / "layers.html").read_text("utf-8")
    assert layers.count("<math") > 500
    assert "\\cdot" not in layers
    assert "\\frac" not in layers


def test_the_page_in_the_browser_is_one_click_away_where_it_is_built(site: Path) -> None:
    linked = 'href="play/index.html"' in (site / "README.html").read_text("utf-8")
    assert linked == (ROOT / "web" / "out" / "index.html").is_file() == (site / "play" / "index.html").is_file()
    assert linked or "SITE" not in os.environ


def test_keyboards_and_screen_readers_have_what_they_need(site: Path) -> None:
    for name in ("README", "site/answer", "docs/editors"):
        page = (site / f"{name}.html").read_text("utf-8")
        assert 'role="heading" aria-level="2"' in page
        assert 'role="heading">' not in page
        assert '<pre tabindex="0">' in page
        assert "<pre>" not in page
