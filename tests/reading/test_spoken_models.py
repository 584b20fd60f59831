"""Of several models in a text, the one that its prose speaks of."""

from __future__ import annotations

import random

import pytest

import symparams as sp

GROUPS = """groups in Conv2d: parameters not exactly divided by groups

m1 = nn.Conv2d(48, 96, 3)            -> 3x3x48x96 + 96 = 41568  (matches)
m2 = nn.Conv2d(48, 96, 3, groups=4)  -> 41568 / 4 = 10392

but sum(p.numel() for p in m2.parameters()) returns 10464. It's only 72 more but I'd like to understand it.
"""
TWO = """encoder = keras.Sequential([keras.Input((784,)), layers.Dense(128), layers.Dense(32)])
decoder = keras.Sequential([keras.Input((32,)), layers.Dense(128), layers.Dense(784)])
"""


def test_what_is_said_of_one_is_not_doubted_of_the_other() -> None:
    answer = sp.read(GROUPS).answer().to_text()
    assert answer.startswith("10,464 = (3·3·12 + 1)·96; with (3·3·48 + 1)·96/4 = 10,392, you divided the biases")
    assert "41,568" not in answer


@pytest.mark.parametrize(
    ("prose", "total"),
    [
        (f"Where do the parameters of the decoder come from?\n\n{TWO}", 105_360),
        (f"Where do the parameters of the encoder come from?\n\n{TWO}", 104_608),
        (f"Keras says 105,360 parameters. Why?\n\n{TWO}", 105_360),
        (f"Keras says 104.608 parameters. Why?\n\n{TWO}", 104_608),
        (f"Where do the parameters come from?\n\n{TWO}", 104_608),  # nothing speaks of one
        (f"Keras says 105,361 parameters. Why?\n\n{TWO}", 104_608),
        (f"How do encoder and decoder fit together?\n\n{TWO}", 104_608),
    ],
)
def test_the_model_that_prose_speaks_of_is_read(prose: str, total: int) -> None:
    assert sp.read(prose).net.params == total


def test_generated_models_are_told_by_their_names_and_their_numbers() -> None:
    chance = random.Random(17)
    for _ in range(20):
        names = chance.sample(["head", "net_a", "net_b", "student", "critic"], 3)
        sizes = [(chance.randint(10, 90), chance.randint(100, 900)) for _ in names]
        totals = [(a + 1) * b for a, b in sizes]
        code = "\n".join(f"{n} = nn.Linear({a}, {b})" for n, (a, b) in zip(names, sizes, strict=True))
        i = chance.randrange(3)
        if len({*totals}) == len(totals):
            assert sp.read(f"Why has {names[i]} so many parameters?\n\n{code}\n").net.params == totals[i], code
            assert sp.read(f"Why does it print {totals[i]}?\n\n{code}\n").net.params == totals[i], code
