"""python -m tests.differential --networks 2000 --seed 0 [--convention keras|torch] [--family x] [--letters]."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.differential.aiming import Aim
from tests.differential.comparing import Comparison, DisagreementError
from tests.differential.coverage import Coverage
from tests.differential.families import families
from tests.differential.family import BOTH
from tests.differential.frameworks import framework_of
from tests.differential.generating import networks
from tests.differential.letters import LetterCheck, lettered
from tests.differential.reach import is_out_of_reach

_SHRINKING = 60  # seconds after which the smallest failure so far will do
COMPLETE = 2000  # networks: a run of so many has to reach every layer and argument
_BATCH = 10  # Hypothesis starts to repeat itself with small changes after ten


def run(convention: str, count: int, start: int, only: str | None, progress: bool = True) -> str | None:
    """Compare so many different networks with a framework; the shrunk first disagreement, or None."""
    comparison = Comparison(framework_of(convention))
    coverage, family = comparison.tally.coverage, families()[only] if only else None

    def strategy() -> st.SearchStrategy[str]:
        return networks(convention, family, Aim.at(coverage, convention))

    failure = _search(convention, strategy, comparison, count, start, progress)
    if progress:
        print(f"{convention}: what has been compared, and how many kinds of value of each argument")
        print("\n".join(f"  {line}" for line in coverage.lines()), flush=True)
    if failure is None and only is None and count >= COMPLETE:
        failure = incomplete(coverage, convention)
    return failure


def incomplete(coverage: Coverage, convention: str) -> str | None:
    """What a large run should have reached and has not, or has reached although it is declared as out of reach."""
    missing = [goal for goal in coverage.missing() if not is_out_of_reach(goal, convention)]
    needless = [goal for goal in coverage.reached if len(goal.values) < 2 and is_out_of_reach(goal, convention)]
    lines = [f"never compared, as no writer draws it or no builder reads it: {goal}" for goal in missing]
    lines += [f"compared, but declared as out of reach in reach.py: {goal}" for goal in needless]
    return "\n".join(lines) or None


def run_letters(convention: str, count: int, start: int, only: str | None, progress: bool = True) -> str | None:
    """Compare so many networks with letters with the same networks in numbers; as `run`."""
    strategy = lettered(convention, families()[only] if only else None)
    return _search(convention, lambda: strategy, LetterCheck(), count, start, progress)


def _search(
    convention: str,
    strategy: Callable[[], st.SearchStrategy[Any]],
    comparison: Comparison | LetterCheck,
    count: int,
    start: int,
    progress: bool,
) -> str | None:
    began, told, batch, seen = time.perf_counter(), 0, 0, set[str]()
    failure = None
    while len(seen) < count and failure is None:
        failure = _batch(strategy(), comparison, start * 1_000_003 + batch, seen)
        batch += 1
        if progress and len(seen) - told >= 500:
            told = len(seen)
            print(f"{convention}: {told} networks, {time.perf_counter() - began:.0f} s", flush=True)
    print(f"{convention}: {len(seen)} networks, {time.perf_counter() - began:.0f} s; {comparison.tally}", flush=True)
    return failure


def _batch(
    strategy: st.SearchStrategy[Any], comparison: Comparison | LetterCheck, start: int, seen: set[str]
) -> str | None:
    """A few networks; what is wrong with the smallest one that Hypothesis finds, if anything is."""
    smallest: list[str] = []
    found_at: list[float] = []

    @seed(start)
    @settings(
        max_examples=_BATCH,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(strategy)
    def agree(network: Any) -> None:
        text = str(network)
        if (text in seen and not smallest) or (found_at and time.perf_counter() - found_at[0] > _SHRINKING):
            return
        try:
            comparison.compare(network)
        except Exception as error:
            name = "" if isinstance(error, DisagreementError) else f"{type(error).__name__}: "
            found_at.append(time.perf_counter())
            smallest[:] = [f"{text}\n\n{name}{error}"]
            raise
        if not smallest:
            seen.add(text)

    try:
        agree()
    except Exception as error:
        if not smallest:
            raise
        return smallest[0] if isinstance(error, DisagreementError) else f"{smallest[0]}\n{_where(error)}"
    return None


def _where(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)[-6:])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description="Compare with the frameworks.")
    parser.add_argument("--networks", type=int, default=2000, help="how many, for each convention")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--convention", choices=BOTH)
    parser.add_argument("--family", choices=sorted(families()), help="mostly layers of this family")
    parser.add_argument("--letters", action="store_true", help="letters against numbers instead; needs no framework")
    given_ = parser.parse_args()
    warnings.simplefilter("ignore")
    failed = False
    for convention in [given_.convention] if given_.convention else BOTH:
        failure = (run_letters if given_.letters else run)(convention, given_.networks, given_.seed, given_.family)
        if failure:
            print(f"\n{convention} disagrees:\n\n{failure}\n", flush=True)
            failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
