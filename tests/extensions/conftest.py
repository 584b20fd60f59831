"""What the tests of extensions share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.extensions.installing import install_gates, site_of


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """A folder to install into; nothing is installed yet."""
    with site_of(tmp_path / "site") as folder:
        yield folder


@pytest.fixture
def gates(site: Path) -> Path:
    """The same with the small distribution beside these tests."""
    install_gates(site)
    return site
