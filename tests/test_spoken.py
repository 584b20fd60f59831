"""Formulas in words."""

from __future__ import annotations

import pytest

from symparams.algebra.notation import shown, size
from symparams.algebra.spoken import SPOKEN
from symparams.errors import Source
from symparams.sources.reader import read_expression


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("25088*4096", "25,088 times 4,096"),
        (
            "(k_h*k_w*C_in + 1)*C_out",
            "open bracket k sub h times k sub w times C sub in plus 1 close bracket times C sub out",
        ),
        ("floor(H/2)", "the floor of H over 2, end of floor"),
        ("ceil(n)", "the ceiling of n"),
        ("(a - 1)/b", "the fraction a minus 1 over b, end of fraction"),
        ("-k^2 + x^n", "minus k squared plus x to the power of n"),
    ],
)
def test_formulas(text: str, said: str) -> None:
    assert shown(read_expression(Source("test", text)), SPOKEN) == said


def test_sizes() -> None:
    assert size((26, 26, 32), SPOKEN) == "26 by 26 by 32"
