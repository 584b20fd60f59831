"""What an exam asks whether it is true: beliefs, and repairs that hold for networks in general."""

import re

from symparams.misconceptions.families import CATALOGUE

BELIEVED = [m for m in CATALOGUE.values() if m.claim]
# Words by which a sentence leans on the layer that it was written about.
LEANING = re.compile(
    r"\b(here|this|these)\b|^(there|the (table|window|taps|layer that|output padding|places of a f))\b"
)


def test_no_general_repair_leans_on_a_layer() -> None:
    assert [m.name for m in BELIEVED if m.general and LEANING.search(m.repair)] == []


def test_every_statement_is_made_once() -> None:
    statements = [m.claim for m in BELIEVED] + [m.repair for m in BELIEVED if m.general]
    assert len(set(statements)) == len(statements)


def test_a_repair_is_kept_out_for_a_reason() -> None:
    general = {m.repair for m in BELIEVED if m.general}
    kept_out = [m for m in BELIEVED if not m.general]
    assert all(LEANING.search(m.repair) or m.repair in general for m in kept_out)
