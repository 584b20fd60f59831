"""docs/phrasebook.md has every sentence, as it comes out now."""

from __future__ import annotations

import pytest

from tests.phrasebook.page import PAGE, Page
from tests.phrasebook.said import PACKAGE, ROOT, left_out, modules, pieces, plain, template_pieces


def test_the_page_is_as_the_program_speaks(request: pytest.FixtureRequest) -> None:
    text = Page().text()
    if request.config.getoption("--rewrite"):
        PAGE.write_text(text, "utf-8")
    assert PAGE.read_text("utf-8") == text, "python -m pytest tests/phrasebook --rewrite makes it anew"


def _left_out(found: dict[str, list[str]]) -> list[str]:
    """The clauses of these texts that are not on the page, each with the file that it stands in."""
    page = plain(PAGE.read_text("utf-8"))
    return sorted({f"{where}: {clause}" for where, said in found.items() for clause in left_out(said, page)})


_FOLDERS = sorted(path.name for path in PACKAGE.iterdir() if any(path.rglob("*.py")) or path.suffix == ".py")


@pytest.mark.parametrize("folder", _FOLDERS)
def test_no_sentence_of_these_is_left_out(folder: str) -> None:
    found = {str(path.relative_to(PACKAGE)): list(pieces(path)) for path in modules(folder)}
    assert folder != "layers" or sum(map(len, found.values())) > 20
    assert _left_out(found) == [], "a network in tests/phrasebook in which it is said"


def test_no_phrase_of_a_template_is_left_out() -> None:
    found = {path.name: list(template_pieces(path)) for path in sorted((ROOT / "templates").rglob("*.j2"))}
    assert sum(map(len, found.values())) > 200
    assert _left_out(found) == [], "a call in tests/phrasebook/spoken.py that prints it"


def test_a_sentence_that_is_left_out_is_found() -> None:
    assert _left_out({"conv.py": ["a gate has never heard of it"]}) == ["conv.py: a gate has never heard of it"]
