"""Letters for sizes against the symbolic shapes of JAX and of PyTorch, and a letter for the number of layers."""

from __future__ import annotations

import importlib
import importlib.util
import json
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import PYTHON, best, built, process, row, solved
from symparams.algebra import order
from symparams.algebra import simplification as algebra

RESNET = (Path(__file__).parent.parent / "examples" / "resnet50.arch").read_text("utf-8").replace("224, 224", "H, W")

# What is kept from one network to the next, besides the tables of the parser.
_KEPT = (algebra.is_floor, algebra.floor_parts, order.bracket_key)


def forget() -> None:
    """What every measured run begins with."""
    for kept in _KEPT:
        kept.cache_clear()


def solution() -> str:
    """The same and the whole solution."""
    forget()
    return solved(RESNET)


def parameters() -> int:
    """All shapes of ResNet-50 with free H and W, and its number of parameters."""
    forget()
    count = built(RESNET).counts.params
    assert isinstance(count, int)
    return count


def peers() -> Iterator[str]:
    """ResNet-50 with free sizes: shapes and parameters, and the whole solution, which the peers do not have."""
    for name, needs in (("jax", "flax"), ("torch", "torch")):
        if not importlib.util.find_spec(needs):
            yield f"{needs} is not installed: its ResNet-50 with free sizes is left out"
            continue
        peer = importlib.import_module(f"benchmarks.peer_{name}").parameters
        if peer() != parameters():
            raise RuntimeError(f"{name} counts {peer():,} parameters in ResNet-50, not {parameters():,}")
        theirs, ours, all_ = best(peer, 3), best(parameters), best(solution)
        times = f"times as fast ({theirs:.3f} s / {ours:.3f} s)"
        yield row(f"warm, ResNet-50, free H, W: parameters, {name}", theirs / ours, times)
        times = f"times as fast ({theirs:.3f} s / {all_:.3f} s)"
        yield row("      the whole solution", theirs / all_, times)
        command = [PYTHON, "-m", "symparams"]
        commands = [
            [PYTHON, "-m", f"benchmarks.peer_{name}"],
            [*command, "summary", "-e", RESNET],
            [*command, "solve", "-e", RESNET],
        ]
        _agree(commands[0], [*command, "summary", "--format", "json", "-e", RESNET])
        cold, *each = _medians(commands)
        for what, seconds in zip((f"cold, ResNet-50, free H, W: summary, {name}", "      solve"), each, strict=True):
            yield row(what, cold / seconds, f"times as fast ({cold:.2f} s / {seconds:.2f} s)")


def _medians(commands: Sequence[Sequence[str]], runs: int = 7) -> list[float]:
    """Seconds of processor time of several programs run in turn; the first runs do not count."""
    rows = [[process(command)[0] for command in commands] for _ in range(runs + 1)]
    return [statistics.median(column) for column in zip(*rows[1:], strict=True)]


def _agree(theirs: Sequence[str], ours: Sequence[str]) -> None:
    """Both programs print the same number of parameters."""
    printed, summary = (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout for command in (theirs, ours)
    )
    if int(printed) != json.loads(summary)["params"]:
        raise RuntimeError(f"{theirs[-1]} printed {printed}")


BLOCK = (
    "def block = { ln -> attention(h) | id } -> add -> { ln -> dense(4*d, gelu) -> dense(d) | id } -> add\n"
    "where d % h == 0\n"
)


def depth() -> Iterator[str]:
    """A transformer of L blocks, L a letter, against one block and against 1,000 of them written out."""

    def blocks(times: str) -> str:
        return f"{BLOCK}input(T, d) -> [block] * {times}"

    letter, one = best(lambda: built(blocks("L")).counts, 9), best(lambda: built(blocks("1")).counts, 9)
    yield row("warm, transformer of L blocks / of one", letter / one, f"of the time ({letter * 1e3:.1f} ms)")
    unrolled = best(lambda: built(blocks("1000")).counts, 3)
    yield row("warm, transformer of L blocks / of 1,000", letter / unrolled, f"of the time ({unrolled:.3f} s)")
    letter, one = best(lambda: solved(blocks("L")), 9), best(lambda: solved(blocks("1")), 9)
    yield row("      the whole solution, L blocks / one", letter / one, f"of the time ({letter * 1e3:.1f} ms)")
