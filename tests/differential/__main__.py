"""python -m tests.differential --networks 2000 --seed 0 [--convention keras|torch] [--family x]."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
import warnings

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.differential.comparing import Comparison, DisagreementError
from tests.differential.families import families
from tests.differential.family import BOTH
from tests.differential.frameworks import framework_of
from tests.differential.generating import networks

_BATCH = 10  # Hypothesis starts to repeat itself with small changes after ten


def run(convention: str, count: int, start: int, only: str | None, progress: bool = True) -> str | None:
    """Compare so many different networks; the shrunk first disagreement, or None."""
    comparison = Comparison(framework_of(convention))
    strategy = networks(convention, families()[only] if only else None)
    began, told, batch, seen = time.perf_counter(), 0, 0, set[str]()
    failure = None
    while len(seen) < count and failure is None:
        failure = _batch(strategy, comparison, start * 1_000_003 + batch, seen)
        batch += 1
        if progress and len(seen) - told >= 500:
            told = len(seen)
            print(f"{convention}: {told} networks, {time.perf_counter() - began:.0f} s", flush=True)
    print(f"{convention}: {len(seen)} networks, {time.perf_counter() - began:.0f} s; {comparison.tally}", flush=True)
    unseen = sorted(layer.names[0] for layer in comparison.framework.builders if layer not in comparison.tally.seen)
    if unseen and only is None:
        print(f"  never built: {', '.join(unseen)}")
    return failure


def _batch(strategy: st.SearchStrategy[str], comparison: Comparison, start: int, seen: set[str]) -> str | None:
    """A few networks; what is wrong with the smallest one that Hypothesis finds, if anything is."""
    smallest: list[str] = []

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
    def agree(text: str) -> None:
        if text in seen and not smallest:
            return
        try:
            comparison.compare(text)
        except Exception as error:
            name = "" if isinstance(error, DisagreementError) else f"{type(error).__name__}: "
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
    given_ = parser.parse_args()
    warnings.simplefilter("ignore")
    failed = False
    for convention in [given_.convention] if given_.convention else BOTH:
        failure = run(convention, given_.networks, given_.seed, given_.family)
        if failure:
            print(f"\n{convention} disagrees:\n\n{failure}\n", flush=True)
            failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
