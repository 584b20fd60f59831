"""The random networks themselves; a few of them against the frameworks, where those are installed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from symparams.layers.dense import Dense
from symparams.model.layer import Incoming, Rules
from tests.differential import __main__ as main
from tests.differential.__main__ import run
from tests.differential.family import BOTH
from tests.differential.generating import networks
from tests.differential.reading import read
from tests.helpers import few_or_many


@few_or_many("count", 20, 100)
@pytest.mark.parametrize("convention", BOTH)
def test_every_text_is_understood(convention: str, count: int) -> None:
    @settings(max_examples=count, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(networks(convention))
    def understood(text: str) -> None:
        read(text)

    understood()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.framework
@pytest.mark.parametrize("convention", BOTH)
def test_networks_agree(convention: str) -> None:
    assert run(convention, 60, 0, None, progress=False) is None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.framework
@pytest.mark.usefixtures("other_rules")
@pytest.mark.parametrize("convention", BOTH)
def test_a_wrong_rule_is_found_and_the_network_shrunk(convention: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Dense.rules

    def wrong(self: Dense, *arriving: Incoming) -> Rules:
        found = rules(self, *arriving)
        kernel = found.tensors[0]
        return replace(found, tensors=(replace(kernel, axes=kernel.axes[:1]),))

    monkeypatch.setattr(Dense, "rules", wrong)
    failure = run(convention, 60, 0, None, progress=False)
    assert failure is not None
    text, _, found = failure.partition("\n\n")
    assert "trainable" in found
    assert len(text) < 80, text


@pytest.mark.filterwarnings("ignore")
@pytest.mark.framework
def test_a_run_that_should_have_reached_everything_and_has_not_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "COMPLETE", 10)
    failure = run("torch", 10, 0, None, progress=False)
    assert failure is not None
    assert {line.partition(":")[0] for line in failure.splitlines()} == {
        "never compared, as no writer draws it or no builder reads it"
    }
