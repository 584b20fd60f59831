"""Operations counted by another policy than the one that is asked for."""

from __future__ import annotations

import pytest

from symparams.quantities.settings import Settings
from tests.misconceptions.explaining import Answer, explained

EVERY = Settings(flops="every-operation")

CASES: list[tuple[str, str, str, Answer, Settings]] = [
    ("other operations left out", "input(10, 10, 3) -> conv(8, 3)", "flops", 27_648, EVERY),
    ("other operations left out", "input(n) -> dense(m)", "flops", "2*n*m", EVERY),
]


@pytest.mark.parametrize(("name", "text", "quantity", "answer", "settings"), CASES)
def test_real_answers(name: str, text: str, quantity: str, answer: Answer, settings: Settings) -> None:
    assert name in explained(text, quantity, answer, settings=settings)
