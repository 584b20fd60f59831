"""docs/inside.md is as the code is."""

from __future__ import annotations

import pytest

from tests.inside.floors import imports, upward
from tests.inside.glossary import unexplained
from tests.inside.listings import PAGE
from tests.inside.page import made, rewritten


def test_the_page_is_as_the_code_is(request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text("utf-8")
    if request.config.getoption("--rewrite"):
        PAGE.write_text(rewritten(page), "utf-8")
    assert PAGE.read_text("utf-8") == rewritten(page), "python -m pytest tests/inside --rewrite makes it anew"


def test_every_part_that_is_made_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    assert [name for name in made() if f"<!-- made: {name} -->" not in page] == []


def test_nothing_imports_upward() -> None:
    assert upward(imports()) == []


def test_every_field_in_the_glossary_is_explained() -> None:
    assert unexplained() == [], "a comment beside the field, or above it"
