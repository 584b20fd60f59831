"""Questions a second, memory as banks grow, and how long the last variant takes compared with the first."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import PYTHON, best, process, row
from symparams.documents.question_writer import Writer
from symparams.errors import Source
from symparams.exams.course import Course
from symparams.exams.draws import Draws
from symparams.exams.examination import Examination, Wanted

TEXT = """
range k in 3, 5, 7
range F in 8..4096 step 8
range G in 8..4096 step 8
range m in 16..1024 step 16
input(28, 28, 3) -> conv(F, k, relu) -> maxpool(2) -> conv(G, k, relu) -> flatten -> dense(m, relu) -> dense(10)
"""


def _course() -> Course:
    return Course(Source("benchmark", TEXT))


class _Bank:
    """A bank whose questions are planned; what is timed is drawing, checking and writing them."""

    def __init__(self, kinds: tuple[str, ...], questions: int, variants: int) -> None:
        course = _course()
        self.examination = Examination([course], Wanted(questions, variants, 1, kinds))
        self.writer = Writer(course, "markdown", 1)
        self.rate = self.examination.total / best(self._write, 3)

    def _write(self) -> None:
        for question in self.examination.questions():
            self.writer.asked(question)


def all_of_them() -> Iterator[str]:
    """Memory and the cost of late variants; multiple choice against the same count by a framework."""
    small, large = (_run(size) for size in (1_000, 100_000))
    yield row("memory, bank of 100,000 / of 1,000", large[1] / small[1], f"of the memory ({large[1]:.0f} MB)")
    yield row("", large[0], "s for the 100,000 questions in GIFT")
    yield row("the 100,000th draw / the first", _late(), "of the time")
    choice = _Bank(("params:choice",), 4, 500)
    yield row("multiple choice, checked, with solutions", choice.rate, "questions a second")
    if importlib.util.find_spec("torch"):
        yield row("one question / PyTorch counting one variant", 1 / choice.rate / best(_torch, 3), "of the time")
    else:
        yield "torch is not installed: its count of the same network is left out"
    mixed = _Bank(("params", "shape", "macs", "total", "blank", "inverse", "mistake", "compare"), 16, 60)
    yield row("all kinds that are drawn, typed and choice", mixed.rate, "questions a second")
    yield from _whole_banks()


def _whole_banks() -> Iterator[str]:
    """The command with all kinds that are asked where none is named, planning and starting counted, and its peer."""
    peer, _ = process([PYTHON, "-c", "import sympy"])
    example = Path(__file__).parent.parent / "examples" / "exam-cnn.arch"
    for format_ in ("json", "moodle"):
        for questions in (1_500, 20_000):
            with tempfile.TemporaryDirectory() as folder:
                where = ["--questions", str(questions), "--format", format_, "-o", f"{folder}/bank"]
                seconds, _ = process([PYTHON, "-m", "symparams", "exam", str(example), *where])
            yield row(f"{format_}, {questions:,} of all kinds", questions / seconds, "questions a second")
            each = 1_000 * seconds / questions / peer
            yield row("      a thousand of them / import sympy", each, f"of the time ({seconds:.1f} s, {peer:.2f} s)")


def _torch() -> int:
    """The parameters of one variant, by building it."""
    from torch import nn

    model = nn.Sequential(
        nn.Conv2d(3, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(64, 128, 3), nn.ReLU(), nn.Flatten(),
        nn.Linear(128 * 11 * 11, 128, device="meta"), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip
    return sum(p.numel() for p in model.parameters())


def _run(variants: int) -> tuple[float, float]:
    """Seconds and megabytes of a whole run of the command."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = ["--questions", "1", "--variants", str(variants), "--kinds", "params:choice", "--level", "3..5"]
        where = ["--format", "gift", "-o", f"{folder}/bank.txt"]
        return process([PYTHON, "-m", "symparams", "exam", "-e", TEXT, *wanted, *where])


def _late() -> float:
    """How much longer late variants take to draw and check than early ones."""
    (plan,) = Examination([_course()], Wanted(1, 1, 1, ("total:choice",))).plans
    draws = Draws(plan.ranges, 1)

    def drawn(start: int) -> None:
        for i in range(start, start + 500):
            plan.question(draws.point(i), i, 1)

    return best(lambda: drawn(100_000)) / best(lambda: drawn(0))
