"""docs/extending.md: its listings are the files of the distribution beside these tests, its reference is the code.

The reference has every name with its signature, so that a change of what extensions are written with turns this red.
"""

from __future__ import annotations

import re

import pytest

from symparams import extend
from tests.conftest import EXAMPLES
from tests.extensions.installing import PACKAGE
from tests.extensions.naming import reference

_PAGE = EXAMPLES.parent / "docs" / "extending.md"
_LISTING = re.compile(r"^`(?P<file>[\w./]+)`:\n\n```(?P<language>\w+)\n(?P<text>.*?)```$", re.M | re.S)
_MARK = "<!-- from here on made from the code -->\n"


def _listed(listing: re.Match[str]) -> str:
    text = (PACKAGE / listing["file"]).read_text("utf-8")
    return f"`{listing['file']}`:\n\n```{listing['language']}\n{text}```"


def test_the_page_is_as_the_code_is(request: pytest.FixtureRequest) -> None:
    page = _PAGE.read_text("utf-8")
    prose, mark, _ = page.partition(_MARK)
    made = _LISTING.sub(_listed, prose) + mark + "\n" + reference()
    if request.config.getoption("--rewrite"):
        _PAGE.write_text(made, "utf-8")
    assert _PAGE.read_text("utf-8") == made


def test_every_file_of_the_distribution_is_on_the_page() -> None:
    shown = {listing["file"] for listing in _LISTING.finditer(_PAGE.read_text("utf-8"))}
    files = {str(file.relative_to(PACKAGE)) for file in PACKAGE.rglob("*.*") if file.suffix in (".py", ".toml")}
    assert shown == files


def test_everything_on_the_page_says_what_it_is() -> None:
    entries = [line for line in reference().split("\n") if line.startswith("- ")]
    assert [line for line in entries if not re.fullmatch(r"- `.*?`.*?: \S.*", line)] == []
    assert len(entries) == len(extend.__all__)


def test_the_names_are_those_that_are_imported() -> None:
    assert all(hasattr(extend, name) for name in extend.__all__)
    assert set(extend.ABOUT) <= set(extend.__all__)
