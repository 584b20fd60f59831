"""Networks with letters against networks with numbers: formulas equal, conditions exact; no framework is needed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symparams.layers.dense import Dense
from symparams.model.layer import Incoming, Rules
from symparams.model.network import Network
from tests.differential.__main__ import run_letters
from tests.differential.family import BOTH
from tests.helpers import few_or_many


@few_or_many("networks", 20, 150)
@pytest.mark.parametrize("convention", BOTH)
def test_letters_agree_with_numbers(convention: str, networks: int) -> None:
    assert run_letters(convention, networks, 0, None, progress=False) is None


@pytest.mark.usefixtures("other_rules")
def test_a_rule_that_is_wrong_with_letters_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Dense.rules

    def wrong(self: Dense, *arriving: Incoming) -> Rules:
        found = rules(self, *arriving)
        return found if isinstance(arriving[0].shape[-1], int) else replace(found, written=found.parameters + 1)

    monkeypatch.setattr(Dense, "rules", wrong)
    failure = run_letters("keras", 300, 0, "dense", progress=False)
    assert failure is not None
    assert "but with numbers" in failure


@pytest.mark.slow
def test_a_missing_condition_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Network, "conditions", ())
    failure = run_letters("torch", 300, 0, "convolution", progress=False)
    assert failure is not None
    assert "all of [] hold" in failure
