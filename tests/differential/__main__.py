"""python -m tests.differential --networks 2000 --seed 0 [--convention keras|torch] [--family x]."""

from __future__ import annotations

import argparse
import sys
import time
import warnings

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.differential.comparing import Comparison, DisagreementError
from tests.differential.families import families
from tests.differential.family import BOTH
from tests.differential.frameworks import framework_of
from tests.differential.generating import networks


def run(convention: str, count: int, start: int, only: str | None, progress: bool = True) -> str | None:
    """Compare so many networks; the shrunk first disagreement, or None."""
    comparison = Comparison(framework_of(convention))
    began = time.perf_counter()
    smallest: list[str] = []

    @seed(start)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(networks(convention, families()[only] if only else None))
    def agree(text: str) -> None:
        try:
            comparison.compare(text)
        except Exception as error:
            smallest[:] = [
                f"{text}\n\n{'' if isinstance(error, DisagreementError) else type(error).__name__ + ': '}{error}"
            ]
            raise
        done = comparison.tally.networks
        if progress and not smallest and done % 500 == 0:
            print(f"{convention}: {done} networks, {time.perf_counter() - began:.0f} s", flush=True)

    failure = None
    try:
        agree()
    except Exception as error:
        if not smallest:
            raise
        failure = smallest[0] if isinstance(error, DisagreementError) else f"{smallest[0]}\n{_where(error)}"
    tally = comparison.tally
    print(
        f"{convention}: {tally.networks} networks, {tally.layers} layers, {tally.macs} with multiply-accumulates, "
        f"{tally.refused} refused by both, {time.perf_counter() - began:.0f} s"
    )
    print("  " + ", ".join(f"{kind} {n}" for kind, n in sorted(tally.kinds.items())))
    for title, found in (("without an equivalent", tally.uncompared), ("excused", tally.excused)):
        if found:
            print(f"  {title}: " + ", ".join(f"{what} {n}" for what, n in sorted(found.items())))
    return failure


def _where(error: BaseException) -> str:
    import traceback

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
