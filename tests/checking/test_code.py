"""Only what a converter writes is evaluated."""

from __future__ import annotations

import pytest

from symparams.checking.code import evaluated
from symparams.errors import SymparamsError

NAMES = {"twice": lambda x, more=0: 2 * x + more, "x": (3, 4, 5), "self.__0": 7}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("twice(3, more=1)", 7),
        ("x[1]", 4),
        ("x[:-1] + (2 * 3, 8 / 4, 1 - 2)", (3, 4, 6, 2.0, -1)),
        ("[True, None, \"__import__('os')\"]", [True, None, "__import__('os')"]),
        ("self.__0", 7),
        ("x.count(3)", 1),
    ],
)
def test_what_is_evaluated(text: str, value: object) -> None:
    assert evaluated(text, NAMES) == value


@pytest.mark.parametrize(
    "text",
    [
        "x.__class__",
        "self.other",
        "open('mark', 'w')",
        "__import__('os')",
        "(lambda: 3)()",
        "[y for y in x]",
        "x if x else x",
        "f'{x}'",
        "(y := x)",
        "x @ x",
        "not x",
        "x and x",
    ],
)
def test_nothing_else(text: str) -> None:
    with pytest.raises(SymparamsError) as caught:
        evaluated(text, NAMES)
    assert str(caught.value).startswith("this is nothing that a converter writes: ")
