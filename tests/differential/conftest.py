"""What the tests of random networks share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from symparams.model.derived import known


@pytest.fixture
def other_rules() -> Iterator[None]:
    """For a test that changes the rules of a layer: what has been worked out of layers is forgotten."""
    known.cache_clear()
    yield
    known.cache_clear()
