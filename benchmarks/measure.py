"""Timing of functions and of whole processes, and the lines of the report."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from symparams.documents.rendering import Document, render
from symparams.documents.solution import Solution
from symparams.errors import Source
from symparams.model.network import Network
from symparams.sources.language import network


def best(work: Callable[[], object], runs: int = 5) -> float:
    """The shortest of several runs, in seconds: what the machine adds is left out."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def process(command: Sequence[str], environment: dict[str, str] | None = None) -> tuple[float, float]:
    """Seconds of processor time and megabytes of a whole process."""
    # Every program may keep its compiled modules, as when it is installed.
    variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})}
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=variables)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def paired(ours: Sequence[str], theirs: Sequence[str], runs: int = 7) -> tuple[float, float, float, float]:
    """Medians of two processes run in turn: seconds and megabytes of ours, then of theirs; the first do not count."""
    process(ours), process(theirs)
    rows = [(*process(ours), *process(theirs)) for _ in range(runs)]
    columns = [statistics.median(column) for column in zip(*rows, strict=True)]
    return columns[0], columns[1], columns[2], columns[3]


PYTHON = sys.executable


def row(what: str, figure: float, unit: str) -> str:
    """A line of the report."""
    return f"{what:52}{figure:7.3f} {unit}"


def built(text: str) -> Network:
    """Parse and derive."""
    return network(Source("benchmark", text))


def solved(text: str) -> str:
    """Parse, derive and render, as one job."""
    return render(Solution(built(text)), Document("steps", "markdown"))
