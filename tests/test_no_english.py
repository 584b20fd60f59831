"""No logic reads English: where sentences are nonsense, the same is counted, asked and diagnosed."""

from __future__ import annotations

import subprocess
import sys
from difflib import unified_diff
from itertools import islice

from tests.conftest import EXAMPLES
from tests.helpers import few_or_many
from tests.nonsense import DOORS, Nonsense


def started(share: int, *doors: str) -> subprocess.Popen[str]:
    """What is found out with nonsense behind these doors, in a process of its own, since much is kept in one."""
    command = [sys.executable, "-m", "tests.nonsense", str(share), *doors]
    return subprocess.Popen(
        command, cwd=EXAMPLES.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def lines(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out.splitlines()


@few_or_many("share", 12, 1)
def test_the_same_is_found_with_nonsense(share: int) -> None:
    told, nonsense = (lines(process) for process in [started(share), started(share, *DOORS)])
    assert len(told) > 500
    assert list(islice(unified_diff(told, nonsense, n=0), 20)) == []


def test_nonsense_says_nothing_and_stays_the_same() -> None:
    say = Nonsense()
    made = say("every filter spans `k*k` places")
    assert not {"every", "filter", "spans", "places"} & set(made.split())
    assert made.split()[3] == "`k*k`"
    assert say("every filter spans `k*k` places") == made == say(made)
    assert say("every unit")[:8] != made[:8]
